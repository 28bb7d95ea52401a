//! Where the digital form of a paper comes from: who digitised it, or what it is reused from.

use async_graphql::{Context, ID};

use super::form::Form;
use super::input::ReusedFromInput;
use super::perform::known;
use crate::api::access::{self, api, may_open};
use crate::api::error::{Result, UserError};
use crate::api::paging::read_global_id;
use crate::api::repository;
use crate::domain::dossier::{Digitisation, Rejection, ReusedFrom};
use crate::projections;
use crate::projections::tracking::{self, DossierRow};

/// The dossier whose paper or result it is: one that the caller may open.
pub async fn reused(
    context: &Context<'_>,
    form: &mut Form,
    digitisation: Digitisation,
    given: Option<&ReusedFromInput>,
) -> Result<Option<ReusedFrom>> {
    let Some(given) = given else {
        return Ok(None);
    };
    if let (Digitisation::FromResult, Some(id)) = (digitisation, &given.archived) {
        return archived(context, form, given, id).await;
    }
    let fits = match digitisation {
        Digitisation::FromDossier => {
            given.dossier.is_some() && given.item.is_some() && given.result_number.is_none()
        }
        Digitisation::FromResult => given.item.is_none() && given.dossier.is_some(),
        Digitisation::None | Digitisation::Here => false,
    };
    if !fits {
        form.errors.push(unfit());
        return Ok(None);
    }
    let actor = access::signed_in(context)?;
    let Some(dossier) = given.dossier.as_ref().filter(|_| given.archived.is_none()) else {
        form.errors.push(unfit());
        return Ok(None);
    };
    let found = row(context, dossier).await?;
    let Some(row) = found.filter(|row| may_open(actor, row)) else {
        let mut error = UserError::rejected(&Rejection::UnknownDossier);
        error.field = vec!["input".into(), "reusedFrom".into(), "dossier".into()];
        form.errors.push(error);
        return Ok(None);
    };
    let result = given.result_number.as_deref();
    let result =
        result.and_then(|number| form.document_number("input.reusedFrom.resultNumber", number));
    Ok(Some(ReusedFrom {
        dossier: row.id,
        item: given.item,
        result,
        archived: false,
    }))
}

/// A result older than the system: officers may rest on what any office gave.
async fn archived(
    context: &Context<'_>,
    form: &mut Form,
    given: &ReusedFromInput,
    id: &ID,
) -> Result<Option<ReusedFrom>> {
    let alone = given.dossier.is_none() && given.item.is_none() && given.result_number.is_none();
    if !alone {
        form.errors.push(unfit());
        return Ok(None);
    }
    let actor = access::signed_in(context)?;
    let stream = match read_global_id(id) {
        Some((kind, key)) if kind == repository::ARCHIVED => key.parse().ok(),
        Some(_) | None => None,
    };
    let row = match stream {
        Some(stream) if repository::may_search(actor.role) => {
            projections::repository::archived(&api(context).models, stream).await?
        }
        Some(_) | None => None,
    };
    let Some(row) = row else {
        let mut error = UserError::rejected(&Rejection::UnknownDossier);
        error.field = vec!["input".into(), "reusedFrom".into(), "archived".into()];
        form.errors.push(error);
        return Ok(None);
    };
    Ok(Some(ReusedFrom {
        dossier: row.stream,
        item: None,
        result: Some(row.number),
        archived: true,
    }))
}

fn unfit() -> UserError {
    UserError::malformed(
        "input.reusedFrom",
        "Nguồn tái sử dụng không khớp: FROM_DOSSIER cần `dossier` và `item`; FROM_RESULT cần `dossier` (và `resultNumber`) hoặc chỉ `archived`.",
        "what it is reused from does not fit: FROM_DOSSIER takes `dossier` and `item`; FROM_RESULT takes `dossier` (and `resultNumber`), or `archived` alone",
    )
}

/// A signature belongs to what was digitised here.
pub fn check(form: &mut Form, digitisation: Digitisation, signed: bool) {
    if signed && digitisation != Digitisation::Here {
        form.errors.push(UserError::malformed(
            "input.signature",
            "Chữ ký số chỉ dành cho giấy tờ số hóa tại đây (HERE).",
            "a signature belongs to what was digitised here (HERE)",
        ));
    }
}

async fn row(context: &Context<'_>, id: &ID) -> Result<Option<DossierRow>> {
    let api = api(context);
    match known(api, id).await? {
        Some(id) => Ok(tracking::by_id(&api.models, id).await?),
        None => Ok(None),
    }
}
