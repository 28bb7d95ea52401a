//! `POST /files` takes a file and gives a ticket for one command; `GET /files/{dossier}/{position}` gives a file back.

use axum::Router;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use uuid::Uuid;

use super::bring::{Arrivals, bring};
use super::problem::FileProblem;
use super::{Bearer, archived_bearers, bearers, open};
use crate::api::Api;
use crate::api::access::{self, Sight};
use crate::api::capability::fingerprint;
use crate::api::dossier::Reader;
use crate::api::error::Problem;
use crate::api::looks;
use crate::api::repository;
use crate::domain::access::Purpose;
use crate::domain::actor::{Actor, Role};
use crate::projections::tracking::{self, DossierRow};
use crate::projections::{self, history};
use crate::vault::Opened;

/// `POST /files?commandId=UUID&name=TEXT`, `GET /files/{dossier}/{position}?k=CAPABILITY`.
pub fn router(api: Api) -> Router {
    let arrivals = Arrivals::new(api.clone());
    Router::new()
        .route("/files", post(bring))
        .with_state(arrivals)
        .route("/files/{dossier}/{position}", get(fetch))
        .with_state(api)
}

#[derive(Deserialize)]
struct Shown {
    k: Option<String>,
}

async fn fetch(
    State(api): State<Api>,
    path: Result<Path<(Uuid, u64)>, PathRejection>,
    shown: Result<Query<Shown>, QueryRejection>,
    request: Request,
) -> Result<Response, FileProblem> {
    let Path((id, position)) = path.map_err(|_| FileProblem::Unknown)?;
    let Query(shown) = shown.map_err(|_| FileProblem::Unknown)?;
    let actor = api.sign_in.reader(request.headers()).await;
    let row = tracking::by_id(&api.models, id).await;
    let who = actor.clone();
    let mut bearers = match row.map_err(Problem::from)? {
        Some(row) => of_dossier(&api, &row, actor, shown.k.as_deref()).await?,
        None => of_archive(&api, id, actor).await?,
    };
    bearers.retain(|bearer| bearer.position == position);
    if let (Some(who), false) = (who, bearers.is_empty()) {
        let looked = looks::record(&api, &who, Purpose::File, &[id]).await;
        looked.map_err(Problem::from)?;
    }
    let opened = open(&api, &bearers).await?.pop();
    match opened.map(Opened::readable).transpose()? {
        None => Err(FileProblem::Unknown),
        Some(None) => Err(FileProblem::Erased),
        Some(Some(opening)) => {
            let kept = opening.file.ok_or(FileProblem::Unknown)?;
            let bytes = api
                .vault()?
                .file(&kept)
                .await?
                .ok_or(FileProblem::Damaged)?;
            Ok(given(bytes, &kept.media_type, &kept.name))
        }
    }
}

/// What somebody may fetch of a dossier; none at all is [`FileProblem::Unknown`].
async fn of_dossier(
    api: &Api,
    row: &DossierRow,
    actor: Option<Actor>,
    key: Option<&str>,
) -> Result<Vec<Bearer>, FileProblem> {
    let changes = history::of_dossier(&api.models, row.id).await;
    let changes = changes.map_err(Problem::from)?;
    let opens = actor.filter(|actor| access::sight(actor, row) == Sight::Open);
    let holds = || {
        let wanted = changes.last()?.after.capability.as_ref()?;
        (key.map(fingerprint).as_ref() == Some(wanted)).then_some(Reader::Receipt)
    };
    let reader = match opens {
        Some(actor) if actor.role != Role::Applicant => Some(Reader::Staff),
        Some(_) => Some(Reader::Applicant),
        None => holds(),
    };
    Ok(bearers(&changes, reader.ok_or(FileProblem::Unknown)?))
}

/// The file of a result older than the system, for the offices that keep it.
async fn of_archive(
    api: &Api,
    stream: Uuid,
    actor: Option<Actor>,
) -> Result<Vec<Bearer>, FileProblem> {
    let row = projections::repository::archived(&api.models, stream).await;
    let row = row.map_err(Problem::from)?.ok_or(FileProblem::Unknown)?;
    let keeps = |actor: Actor| repository::keeps(api, &actor, &row);
    if !actor.is_some_and(keeps) {
        return Err(FileProblem::Unknown);
    }
    Ok(archived_bearers(api, stream).await?)
}

/// Never shown in the page's own origin: it is somebody's file.
fn given(bytes: Vec<u8>, media_type: &str, name: &str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    // RFC 8187.
    let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
    let name = format!("attachment; filename*=UTF-8''{name}");
    for (key, value) in [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_DISPOSITION, name.as_str()),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(key, value);
        }
    }
    response
}
