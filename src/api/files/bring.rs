//! `POST /files`: who may bring a file, how much, and what is taken.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use http_body_util::LengthLimitError;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use uuid::Uuid;

use super::problem::{FileProblem, written};
use crate::api::Api;
use crate::api::access;
use crate::api::rates::{Exceeded, Key};
use crate::api::sign_in::{Caller, Scope};
use crate::domain::actor::Role;
use crate::domain::text;
use crate::vault::{BYTES_MAX, TICKET_HOURS, Upload};

const NAME_CHARS_MAX: usize = 200;

/// Points of a caller's bucket that each begun megabyte costs.
const POINTS_PER_MEGABYTE: u32 = 100;

/// Files that come at once are held in memory, one and its cipher text each.
const AT_ONCE: usize = 32;
/// How long a place among them is waited for, and how long a file may take.
const WAIT: Duration = Duration::from_secs(10);
const SENDING: Duration = Duration::from_mins(5);

/// What is taken, and how such a file begins.
const MEDIA_TYPES: [(&str, &[u8]); 4] = [
    ("application/pdf", b"%PDF-"),
    ("image/png", b"\x89PNG\r\n\x1a\n"),
    ("image/jpeg", b"\xff\xd8\xff"),
    ("application/xml", b"<"),
];

/// The commands that take a file: a service key needs one of them.
const TAKING: [&str; 6] = [
    "receiveComponent",
    "issueResult",
    "signResult",
    "correctResult",
    "replaceResult",
    "enterArchivedResult",
];

/// Where files arrive; clones share it.
#[derive(Clone)]
pub struct Arrivals {
    api: Api,
    places: Arc<Semaphore>,
}

impl Arrivals {
    pub fn new(api: Api) -> Self {
        let places = Arc::new(Semaphore::new(AT_ONCE));
        Self { api, places }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Brought {
    command_id: Uuid,
    name: String,
}

/// Nothing of the body is read before it is known who sends it, that they may, and that they have not sent too much.
pub async fn bring(
    State(Arrivals { api, places }): State<Arrivals>,
    asked: Result<Query<Brought>, QueryRejection>,
    request: Request,
) -> Result<Response, FileProblem> {
    let (parts, body) = request.into_parts();
    let caller = api.sign_in.authenticate(&parts.headers).await;
    let caller = caller.ok().flatten().ok_or(FileProblem::Unauthenticated)?;
    if !may_bring(&caller) {
        return Err(FileProblem::Forbidden);
    }
    let Query(asked) = asked.map_err(|_| FileProblem::Address)?;
    let name = text::required(&asked.name, NAME_CHARS_MAX).map_err(|_| FileProblem::Address)?;
    let media = MediaType::said(&parts.headers)?;
    let length = length(&parts.headers)?;
    let vault = api.vault()?;
    spend(&api, caller.id, length)?;
    let place = timeout(WAIT, places.acquire()).await;
    let place = place.map_err(|_| busy(WAIT))?;
    let file = received(body).await?;
    if file.is_empty() {
        return Err(FileProblem::Empty);
    }
    let upload = Upload {
        command: asked.command_id,
        by: caller.actor.id.clone(),
        name,
        media_type: media.of(&file)?.to_owned(),
    };
    let now = api.office.clock();
    let (ticket, arrived) = vault.receive(upload, &file, now).await?;
    drop(place);
    let body = json!({
        "ticket": ticket,
        "sha256": arrived.sha256,
        "sizeBytes": arrived.kept.bytes,
        "mediaType": arrived.kept.media_type,
        "hours": TICKET_HOURS,
    });
    Ok(written(StatusCode::CREATED, "application/json", &body))
}

/// Those who give commands that take a file.
fn may_bring(caller: &Caller) -> bool {
    let role = caller.actor.role;
    let may = |name: &&str| caller.may(&Scope::Act((*name).to_owned()));
    (access::is_officer(role) || role == Role::Applicant) && TAKING.iter().any(may)
}

/// As it is said beforehand; who does not say is counted as sending the most.
fn length(headers: &HeaderMap) -> Result<usize, FileProblem> {
    let said = headers.get(header::CONTENT_LENGTH);
    let said = said.and_then(|said| said.to_str().ok()?.parse().ok());
    let length = said.unwrap_or(BYTES_MAX);
    (length <= BYTES_MAX)
        .then_some(length)
        .ok_or(FileProblem::TooLarge)
}

fn spend(api: &Api, caller: u64, bytes: usize) -> Result<(), FileProblem> {
    let megabytes = u32::try_from(bytes >> 20).unwrap_or(u32::MAX);
    let megabytes = megabytes.saturating_add(1);
    let key = Key::Caller(caller);
    let points = megabytes.saturating_mul(POINTS_PER_MEGABYTE);
    let spent = api.rates.spend(&key, points);
    let spent = spent.and_then(|_| api.rates.bring(&key, megabytes));
    spent.map_err(|Exceeded { retry_after }| busy(retry_after))
}

fn busy(wait: Duration) -> FileProblem {
    FileProblem::RateLimited(HeaderValue::from(wait.as_secs()))
}

async fn received(body: Body) -> Result<Bytes, FileProblem> {
    match timeout(SENDING, to_bytes(body, BYTES_MAX)).await {
        Ok(Ok(file)) => Ok(file),
        Ok(Err(error)) if is_too_long(&error) => Err(FileProblem::TooLarge),
        Ok(Err(_)) | Err(_) => Err(FileProblem::CutOff),
    }
}

fn is_too_long(error: &axum::Error) -> bool {
    let source = std::error::Error::source(error);
    source.is_some_and(<dyn std::error::Error>::is::<LengthLimitError>)
}

/// One of those taken, and how such a file begins.
struct MediaType(&'static str, &'static [u8]);

impl MediaType {
    /// What the request says of itself, if it is taken.
    fn said(headers: &HeaderMap) -> Result<Self, FileProblem> {
        let said = headers.get(header::CONTENT_TYPE);
        let said = said.and_then(|said| said.to_str().ok()).unwrap_or_default();
        let said = said.split(';').next().unwrap_or_default().trim();
        let mut taken = MEDIA_TYPES.iter();
        let found = taken.find(|(name, _)| said.eq_ignore_ascii_case(name));
        let (name, begins) = found.ok_or(FileProblem::MediaType)?;
        Ok(Self(name, begins))
    }

    /// Its name, if the file begins like one.
    fn of(self, file: &[u8]) -> Result<&'static str, FileProblem> {
        let Self(name, begins) = self;
        let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
        file.starts_with(begins)
            .then_some(name)
            .ok_or(FileProblem::MediaType)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_that_does_not_say_how_long_it_is_is_cut_off_where_it_is_too_long() {
        let whole = received(Body::from(vec![0; BYTES_MAX])).await;
        assert_eq!(whole.expect("taken").len(), BYTES_MAX);
        let longer = received(Body::from(vec![0; BYTES_MAX + 1])).await;
        assert!(matches!(longer, Err(FileProblem::TooLarge)), "{longer:?}");
    }
}
