//! GraphQL over HTTP: one endpoint, POST for everything and GET for queries only.

mod answer;
mod asked;
pub mod cost;
pub mod documents;
pub mod kept;
pub mod limits;
mod media;
mod named;
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
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, header};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tower_http::cors::CorsLayer;
use uuid::Uuid;

pub use self::answer::REQUEST_ID;
use self::answer::Refused;
use self::asked::{Asked, Ready, Takes, from_body, from_parameters, not_allowed, prepare};
use self::cost::Purse;
pub use self::documents::Documents;
use self::kept::{Given, Kept, Noted, Question, will_do};
use self::limits::Limits;
use self::media::{Media, Wanted};
pub use self::named::named;
use super::access::{Address, OfficeDevice, ReceiptShown, TurnedAway};
use super::error::FailureCode;
use super::live::{Here, Token};
use super::rates::Rates;
use super::sign_in::{Caller, SignIn};
use crate::domain::actor::Actor;

/// Header with whom a page belongs to that gives a command: OFFICE/PSEUDONYM.
pub const ACTOR: &str = "motcua-actor";

/// A schema and who may be asking.
#[derive(Clone)]
pub struct Endpoint<E> {
    pub schema: E,
    pub sign_in: SignIn,
    /// Whose documents are answered.
    pub documents: Documents,
    pub streams: Streams,
    pub limits: Arc<Limits>,
    pub rates: Rates,
    /// What every request carries, made when it comes in.
    pub here: Option<Arc<dyn Fn() -> Here + Send + Sync>>,
    /// Answers to everybody; without `here` none is kept.
    pub kept: Kept,
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
    /// So many at once, until `stop`.
    #[must_use]
    pub fn new(streams_max: usize, stop: CancellationToken) -> Self {
        Self {
            room: Arc::new(Semaphore::new(streams_max)),
            stop,
        }
    }

    /// A place for one more, until it is dropped.
    fn enter(&self) -> Result<OwnedSemaphorePermit, Refused> {
        let message = "this node serves as many streams as it can; come back later";
        let room = self.room.clone().try_acquire_owned();
        room.map_err(|_| Refused::new(FailureCode::Unavailable, message))
    }
}

/// Lets the pages of these origins ask from a browser, with tokens and never with cookies. An origin that is none is left out.
pub fn cors(origins: &[String]) -> CorsLayer {
    let origins = origins
        .iter()
        .filter_map(|origin| origin.trim_end_matches('/').parse().ok());
    let origins: Vec<HeaderValue> = origins.collect();
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("last-event-id"),
            REQUEST_ID,
        ])
        .expose_headers([REQUEST_ID, header::RETRY_AFTER, header::ETAG])
        .max_age(Duration::from_hours(1))
}

/// The handler of `/graphql`.
pub async fn graphql<E: Executor>(
    State(endpoint): State<Endpoint<E>>,
    request: axum::extract::Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let request_id = request_id(&parts.headers);
    let media = match Wanted::accepted(&parts.headers) {
        Some(Wanted::Response(media)) => media,
        Some(Wanted::Events) => {
            let answered = match asked(&parts, body, &endpoint.limits).await {
                Ok(asked) => sse::answer(&endpoint, &parts, asked, &request_id).await,
                Err(refused) => Err(refused),
            };
            return answered
                .unwrap_or_else(|refused| refused.respond(Media::GraphqlResponse, &request_id));
        }
        None => {
            let message = "offered are application/graphql-response+json, application/json and text/event-stream";
            let refused = Refused::new(FailureCode::NotAcceptable, message);
            return refused.respond(Media::Json, &request_id);
        }
    };
    match answer(&endpoint, &parts, body, media).await {
        Ok(Told::Again(body)) => {
            let response = answer::again(body, media, &request_id);
            for_everybody(response, &parts).await
        }
        Ok(Told::Anew(answered)) => {
            let failed = answered.response.is_err();
            let response = answer::executed(answered.response, media, &request_id);
            let mut response = match answered.to_keep {
                Some(to_keep) => to_keep.kept(&endpoint.kept, response).await,
                None => response,
            };
            if answered.exceeded {
                answer::too_many(&mut response);
            } else if answered.turned_away {
                answer::later(&mut response);
            } else if answered.public && !failed {
                return for_everybody(response, &parts).await;
            }
            response
        }
        Err(refused) => refused.respond(media, &request_id),
    }
}

/// What is the same for everybody may be kept by whoever asks by GET.
async fn for_everybody(response: Response<Body>, asked: &Parts) -> Response<Body> {
    if asked.method == Method::GET {
        answer::for_everybody(response, &asked.headers).await
    } else {
        response
    }
}

/// Reads what is asked by one of the methods that are served.
async fn asked(parts: &Parts, body: Body, limits: &Limits) -> Result<Asked, Refused> {
    if parts.method == Method::POST {
        from_body(&parts.headers, body, limits.body).await
    } else if parts.method == Method::GET {
        from_parameters(parts.uri.query().unwrap_or_default())
    } else {
        Err(not_allowed("GET, POST"))
    }
}

/// What became of a question.
enum Told {
    /// What others were told a moment ago.
    Again(Bytes),
    Anew(Box<Answered>),
}

/// The answer to a question that was executed.
struct Answered {
    response: async_graphql::Response,
    /// The caller's bucket did not hold what it costs.
    exceeded: bool,
    /// None of its commands could be taken, and all may be sent again.
    turned_away: bool,
    /// Everybody would be answered the same.
    public: bool,
    to_keep: Option<ToKeep>,
}

/// An answer that may be given again.
struct ToKeep {
    question: Question,
    at: Token,
    points: u32,
    look_ups: usize,
}

impl ToKeep {
    async fn kept(self, kept: &Kept, response: Response<Body>) -> Response<Body> {
        let (head, body) = response.into_parts();
        let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
            return Response::from_parts(head, Body::empty());
        };
        let given = Given {
            body: body.clone(),
            points: self.points,
            look_ups: self.look_ups,
        };
        kept.keep(self.question, self.at, given);
        Response::from_parts(head, Body::from(body))
    }
}

async fn answer<E: Executor>(
    endpoint: &Endpoint<E>,
    parts: &Parts,
    body: Body,
    media: Media,
) -> Result<Told, Refused> {
    let limits = &endpoint.limits;
    let asked = asked(parts, body, limits).await?;
    let here = endpoint.here.as_ref().map(|here| here().0);
    let here = here.filter(|_| will_do(&parts.headers));
    let question = here.map(|here| (asked.question(media), here));
    if let Some((question, here)) = &question
        && let Some(given) = endpoint.kept.standing(question, *here)
        && given.is_paid(&endpoint.rates, address(endpoint, parts))
    {
        return Ok(Told::Again(given.body));
    }
    let takes = Takes {
        mutations: parts.method == Method::POST,
        subscriptions: false,
    };
    let prepared = prepare(asked, takes, endpoint.documents, limits)?;
    let who = who(endpoint, &parts.headers, address(endpoint, parts)).await?;
    let is_query = prepared.is_query();
    let Ready {
        request,
        order,
        purse,
    } = prepared.of(&who, endpoint)?;
    let receipt = ReceiptShown::default();
    let turned_away = TurnedAway::default();
    let noted = Noted::default();
    let request = request.data(receipt.clone()).data(turned_away.clone());
    let request = request.data(noted.clone());
    let executing = endpoint.schema.execute(request);
    let patience = Duration::from_secs(limits.seconds);
    let mut response = tokio::time::timeout(patience, executing)
        .await
        .map_err(|_| Refused::new(FailureCode::Timeout, "it took too long"))?;
    order.put(&mut response);
    let drawn = purse.drawn();
    if let Some(drawn) = drawn {
        response = response.extension("cost", drawn.told(limits));
    }
    let commands = turned_away.commands();
    let public = who.caller.is_none() && !receipt.is_shown();
    let may_stand = public && is_query && response.is_ok() && !noted.is_passing();
    let to_keep = question.filter(|_| may_stand).zip(drawn);
    let to_keep = to_keep.map(|((question, at), drawn)| ToKeep {
        question,
        at,
        points: drawn.points,
        look_ups: noted.look_ups(),
    });
    Ok(Told::Anew(Box::new(Answered {
        turned_away: commands > 0 && commands == answer::commands(&response.data),
        response,
        exceeded: drawn.is_some_and(|drawn| drawn.exceeded.is_some()),
        public,
        to_keep,
    })))
}

/// Who is asking, and where.
#[derive(Clone)]
struct Who {
    /// None for the public.
    caller: Option<Caller>,
    device: OfficeDevice,
    address: Address,
}

impl Who {
    /// The bucket that this caller draws on.
    fn purse(&self, rates: &Rates) -> Purse {
        let Address(address) = self.address;
        let id = self.caller.as_ref().map(|caller| caller.id);
        Purse::of(rates, rates.key(id, address))
    }
}

/// Where a request comes from.
fn address<E>(endpoint: &Endpoint<E>, parts: &Parts) -> Address {
    Address(endpoint.rates.address(&parts.headers, &parts.extensions))
}

/// Who is asking.
async fn who<E>(
    endpoint: &Endpoint<E>,
    headers: &HeaderMap,
    address: Address,
) -> Result<Who, Refused> {
    let caller = endpoint.sign_in.authenticate(headers).await?;
    let actor = caller.as_ref().map(|caller| &caller.actor);
    expected(headers, actor)?;
    let device = OfficeDevice(endpoint.sign_in.is_office_device(headers, actor));
    Ok(Who {
        caller,
        device,
        address,
    })
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

#[expect(clippy::disallowed_methods, reason = "the edge names requests")]
fn new_request_id() -> String {
    Uuid::now_v7().to_string()
}

/// The client's id of the request if it is a plain one, else a new one.
fn request_id(headers: &HeaderMap) -> String {
    headers
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic()))
        .map_or_else(new_request_id, str::to_owned)
}
