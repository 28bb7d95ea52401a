//! GraphQL over HTTP: one endpoint, POST for everything and GET for queries only.

mod answer;
mod asked;
pub mod documents;
pub mod limits;
mod media;
mod order;
mod scope;
mod sse;
#[cfg(test)]
mod tests;
mod words;
pub mod ws;

use std::sync::Arc;
use std::time::Duration;

use async_graphql::Executor;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use self::answer::REQUEST_ID;
use self::answer::Refused;
use self::asked::{Asked, Prepared, Takes, from_body, from_parameters, not_allowed, prepare};
pub use self::documents::Documents;
use self::media::Media;
use super::access::OfficeDevice;
use super::error::FailureCode;
use super::live::Here;
use super::sign_in::{Caller, SignIn};
use crate::domain::actor::Actor;

/// Header with whom a page belongs to that gives a command: OFFICE/PSEUDONYM.
pub const ACTOR: &str = "motcua-actor";
/// Larger bodies are refused.
pub const BODY_BYTES_MAX: usize = 256 * 1024;
/// One operation may take so long.
const EXECUTION_MAX: Duration = Duration::from_secs(10);

/// Streams and sockets of one node together; further ones are refused.
const STREAMS_MAX: usize = 1_000;

/// A schema and who may be asking.
#[derive(Clone)]
pub struct Endpoint<E> {
    pub schema: E,
    pub sign_in: SignIn,
    /// Whose documents are answered.
    pub documents: Documents,
    pub streams: Streams,
    /// What every request carries, made when it comes in.
    pub here: Option<Arc<dyn Fn() -> Here + Send + Sync>>,
}

/// What answers that go on share on one node.
#[derive(Clone)]
pub struct Streams {
    /// How many more there may be.
    room: Arc<Semaphore>,
    /// The node stops: they end.
    stop: CancellationToken,
}

impl Streams {
    /// Until `stop`.
    #[must_use]
    pub fn until(stop: CancellationToken) -> Self {
        Self {
            room: Arc::new(Semaphore::new(STREAMS_MAX)),
            stop,
        }
    }
}

/// The handler of `/graphql`.
pub async fn graphql<E: Executor>(
    State(endpoint): State<Endpoint<E>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Response<Body> {
    let request_id = request_id(&headers);
    if media::wants_events(&headers) {
        let asked = asked(&method, &uri, &headers, body).await;
        let answered = match asked {
            Ok(asked) => sse::answer(&endpoint, &method, asked, &headers, &request_id).await,
            Err(refused) => Err(refused),
        };
        return answered
            .unwrap_or_else(|refused| refused.respond(Media::GraphqlResponse, &request_id));
    }
    let Some(media) = Media::accepted(&headers) else {
        let message =
            "offered are application/graphql-response+json, application/json and text/event-stream";
        let refused = Refused::new(FailureCode::NotAcceptable, message);
        return refused.respond(Media::Json, &request_id);
    };
    match answer(&endpoint, &method, &uri, &headers, body).await {
        Ok(response) => answer::executed(response, media, &request_id),
        Err(refused) => refused.respond(media, &request_id),
    }
}

/// Reads what is asked by one of the methods that are served.
async fn asked(
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: Body,
) -> Result<Asked, Refused> {
    if method == Method::POST {
        from_body(headers, body).await
    } else if method == Method::GET {
        from_parameters(uri.query().unwrap_or_default())
    } else {
        Err(not_allowed("GET, POST"))
    }
}

async fn answer<E: Executor>(
    endpoint: &Endpoint<E>,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: Body,
) -> Result<async_graphql::Response, Refused> {
    let asked = asked(method, uri, headers, body).await?;
    let takes = Takes {
        mutations: method == Method::POST,
        subscriptions: false,
    };
    let prepared = prepare(asked, takes, endpoint.documents)?;
    let who = who(endpoint, headers).await?;
    let Prepared {
        mut request, order, ..
    } = prepared.of(&who)?;
    if let Some(here) = &endpoint.here {
        request = request.data(here());
    }
    let executing = endpoint.schema.execute(request);
    let mut response = tokio::time::timeout(EXECUTION_MAX, executing)
        .await
        .map_err(|_| Refused::new(FailureCode::Timeout, "it took too long"))?;
    order.put(&mut response);
    Ok(response)
}

/// Who is asking, and where.
#[derive(Clone)]
struct Who {
    /// None for the public.
    caller: Option<Caller>,
    device: OfficeDevice,
}

/// Who is asking.
async fn who<E>(endpoint: &Endpoint<E>, headers: &HeaderMap) -> Result<Who, Refused> {
    let caller = endpoint.sign_in.authenticate(headers).await?;
    let actor = caller.as_ref().map(|caller| &caller.actor);
    expected(headers, actor)?;
    let device = OfficeDevice(endpoint.sign_in.is_office_device(headers, actor));
    Ok(Who { caller, device })
}

/// A page that was opened by one person must not act as the next: it names who it belongs to, OFFICE/PSEUDONYM.
fn expected(headers: &HeaderMap, actor: Option<&Actor>) -> Result<(), Refused> {
    let Some(named) = headers.get(ACTOR) else {
        return Ok(());
    };
    let is =
        |actor: &Actor| named.as_bytes() == format!("{}/{}", actor.office, actor.id).as_bytes();
    match actor {
        None => Err(Refused::new(FailureCode::Unauthenticated, "sign in first")),
        Some(actor) if is(actor) => Ok(()),
        Some(_) => {
            let message = "somebody else is signed in than Motcua-Actor names; nothing was done";
            Err(Refused::new(FailureCode::AnotherActor, message))
        }
    }
}

/// The client's id of the request if it is a plain one, else a new one.
#[expect(clippy::disallowed_methods, reason = "the edge names requests")]
fn request_id(headers: &HeaderMap) -> String {
    headers
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic()))
        .map_or_else(|| Uuid::now_v7().to_string(), str::to_owned)
}
