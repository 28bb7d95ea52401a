//! Where the digital form of a paper comes from: who digitised it, or what it is reused from.

use async_graphql::Context;

use super::form::Form;
use super::input::ReusedFromInput;
use super::perform::known;
use crate::api::access::{self, api, may_open};
use crate::api::error::{Result, UserError};
use crate::domain::dossier::{Digitisation, Rejection, ReusedFrom};
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
    let fits = match digitisation {
        Digitisation::FromDossier => given.item.is_some() && given.result_number.is_none(),
        Digitisation::FromResult => given.item.is_none(),
        Digitisation::None | Digitisation::Here => false,
    };
    if !fits {
        form.errors.push(UserError::malformed(
            "input.reusedFrom",
            "Nguồn tái sử dụng không khớp: FROM_DOSSIER cần `item`, FROM_RESULT cần `resultNumber` hoặc để trống.",
            "what it is reused from does not fit: FROM_DOSSIER takes `item`, FROM_RESULT takes `resultNumber` or nothing",
        ));
        return Ok(None);
    }
    let actor = access::signed_in(context)?;
    let found = row(context, &given.dossier).await?;
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
    }))
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

async fn row(context: &Context<'_>, id: &async_graphql::ID) -> Result<Option<DossierRow>> {
    let api = api(context);
    match known(api, id).await? {
        Some(id) => Ok(tracking::by_id(&api.models, id).await?),
        None => Ok(None),
    }
}
