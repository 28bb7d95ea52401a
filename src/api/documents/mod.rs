//! `/documents/{system}`: the office's document management says which number a signed result was given.
//!
//! The id of the command follows from the fact that was registered: told by the answer and by a notification, it is recorded once.

mod problem;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};
use uuid::Uuid;

pub use self::problem::DocumentProblem;
use super::Api;
use crate::acts::{self, Act, Refusal};
use crate::domain::dossier::{DossierCommand, DossierEvent};
use crate::domain::event::Event;
use crate::domain::fact::stream;
use crate::journal::fact;
use crate::ports::documents::{Reference, Registry, Told, cause};
use crate::ports::payment::Notice;

const BYTES_MAX: usize = 64 * 1024;

/// `/documents/{system}`.
pub fn router(api: Api) -> Router {
    Router::new()
        .route("/documents/{system}", post(notified))
        .method_not_allowed_fallback(|| async {
            Refused::Problem(DocumentProblem::MethodNotAllowed)
        })
        .with_state(api)
}

/// Why nothing was recorded.
enum Refused {
    Problem(DocumentProblem),
    /// By the rules, or by a store that does not answer.
    Counter(Refusal),
}

impl From<DocumentProblem> for Refused {
    fn from(problem: DocumentProblem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Counter(refusal)
    }
}

async fn notified(
    State(api): State<Api>,
    Path(system): Path<String>,
    request: Request,
) -> Result<Response, Refused> {
    let (parts, body) = request.into_parts();
    let registry = api.registries.iter().find(|known| known.name == system);
    let registry = registry.ok_or(DocumentProblem::SystemUnknown)?;
    let address = api.rates.address(&parts.headers, &parts.extensions);
    if let Some(key) = api.rates.key(None, address) {
        let spent = api.rates.spend(&key, 1);
        spent.map_err(|_| DocumentProblem::RateLimited)?;
    }
    let body = axum::body::to_bytes(body, BYTES_MAX).await;
    let body = body.map_err(|_| DocumentProblem::TooLarge)?;
    match read(registry, &parts.headers, &body)? {
        Told::Nothing => Ok(written(StatusCode::OK, &json!({"code": "NOTED"}))),
        Told::Issued { reference, number } => {
            let position = issued(&api, registry, reference, number).await?;
            let told = json!({"code": "RECORDED", "position": position});
            Ok(written(StatusCode::OK, &told))
        }
    }
}

fn read(registry: &Registry, headers: &HeaderMap, body: &[u8]) -> Result<Told, DocumentProblem> {
    let header = |name: &str| headers.get(name)?.to_str().ok();
    let told = registry.system.read(&Notice {
        header: &header,
        query: "",
        body,
        now: jsonwebtoken::get_current_timestamp(),
    });
    told.map_err(|unread| {
        let problem = DocumentProblem::from(unread);
        let (system, code) = (&registry.name, problem.code());
        tracing::debug!(system, code, "a notification was not believed");
        problem
    })
}

async fn issued(
    api: &Api,
    registry: &Registry,
    reference: Reference,
    number: String,
) -> Result<u64, Refused> {
    let dossier = signed_at(api, registry, reference).await?;
    let name = cause(&registry.name, reference);
    let act = Act::Dossier {
        dossier,
        command: DossierCommand::IssueResult { number },
    };
    let request = acts::Request::new(stream::reaction(&name), registry.actor(), act);
    let receipt = api.counter()?.submit(request).await;
    if let Err(Refusal::Rejected(rejection)) = &receipt {
        tracing::warn!(
            system = registry.name,
            position = reference.position,
            code = rejection.code(),
            "a number that document management gave is not recorded: somebody has to look at it"
        );
    }
    Ok(receipt?.position)
}

/// The dossier whose result was signed by the fact that was registered, in an office whose documents this system numbers.
async fn signed_at(api: &Api, registry: &Registry, reference: Reference) -> Result<Uuid, Refused> {
    if reference.journal != api.office.opened().id {
        return Err(DocumentProblem::ReferenceUnknown.into());
    }
    let entries = api.journal.read(reference.position, 1).await;
    let entries = entries.map_err(|error| {
        tracing::warn!(%error, "a document cannot be looked up now");
        Refusal::Unavailable
    })?;
    let entry = entries
        .first()
        .filter(|entry| entry.position == reference.position);
    let signed = entry.filter(|entry| {
        fact::decode(&entry.body).is_ok_and(|fact| {
            let signed = matches!(fact.event, Event::Dossier(DossierEvent::ResultSigned(_)));
            signed && registry.serves(&fact.actor.office)
        })
    });
    Ok(signed.ok_or(DocumentProblem::ReferenceUnknown)?.stream)
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let body = |code: &str, vietnamese: &str, english: &str| json!({"code": code, "messageVi": vietnamese, "messageEn": english});
        match self {
            Self::Problem(problem) => {
                let (vietnamese, english) = problem.message();
                let told = body(problem.code(), vietnamese, english);
                written(problem.status(), &told)
            }
            Self::Counter(refusal) => {
                let status = match &refusal {
                    Refusal::Rejected(_) => StatusCode::CONFLICT,
                    Refusal::Fault => StatusCode::INTERNAL_SERVER_ERROR,
                    Refusal::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
                    Refusal::Overloaded
                    | Refusal::Stopping
                    | Refusal::Halted(_)
                    | Refusal::Unavailable
                    | Refusal::ClocksApart(_)
                    | Refusal::NotYetEnabled { .. }
                    | Refusal::ReadOnlyNode => StatusCode::SERVICE_UNAVAILABLE,
                };
                let (vietnamese, english) = refusal.message();
                written(status, &body(refusal.code(), &vietnamese, &english))
            }
        }
    }
}

fn written(status: StatusCode, body: &Value) -> Response {
    let mut response = (status, body.to_string()).into_response();
    let kind = if status.is_success() {
        "application/json"
    } else {
        "application/problem+json"
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if matches!(
        status,
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS
    ) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    response
}
