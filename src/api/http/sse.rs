//! Answers as server-sent events, the "distinct connections" mode of GraphQL over SSE: one operation, one stream. Each `next` bears
//! its resume token as the event's id, and a quiet stream an id alone, so that a browser that comes back misses nothing.

use std::convert::Infallible;

use async_graphql::{Executor, Response};
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{self, HeaderValue, Method, header};
use axum::response::IntoResponse as _;
use axum::response::sse::{Event, Sse};
use futures_util::future::{BoxFuture, pending};
use futures_util::stream::{self, BoxStream, Stream};
use futures_util::{FutureExt as _, StreamExt as _};
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio_util::sync::CancellationToken;

use super::answer::{Outcome, REQUEST_ID, Refused};
use super::asked::{Asked, Ready, Takes, prepare};
use super::order::Order;
use super::{Endpoint, address, who};
use crate::api::live::{LastSeen, Place, Token};
use crate::api::sign_in::{Caller, SignIn, TokenRefused};

/// Header of a browser that comes back.
const LAST_SEEN: &str = "last-event-id";

/// The stream of one operation.
///
/// # Errors
/// What is wrong with how it was sent. What is wrong with the GraphQL request is told in the stream, as clients expect.
pub async fn answer<E: Executor>(
    endpoint: &Endpoint<E>,
    parts: &Parts,
    asked: Asked,
    request_id: &str,
) -> Result<http::Response<Body>, Refused> {
    let takes = Takes {
        mutations: parts.method == Method::POST,
        subscriptions: true,
    };
    let prepared = match prepare(asked, takes, endpoint.documents, &endpoint.limits) {
        Ok(prepared) => prepared,
        Err(refused) if refused.is_of_request() => {
            let told = next(None, &json!({"errors": [refused.error()]}));
            let events = stream::iter([told, complete()].map(Ok::<_, Infallible>));
            return Ok(respond(events, request_id));
        }
        Err(refused) => return Err(refused),
    };
    let headers = &parts.headers;
    let who = who(endpoint, headers, address(endpoint, parts)).await?;
    let Ready { request, order, .. } = prepared.of(&who, endpoint)?;
    let room = endpoint.streams.enter()?;
    let seen = headers.get(LAST_SEEN).and_then(|id| id.to_str().ok());
    let place = Place::default();
    let request = request
        .data(LastSeen(
            seen.filter(|id| !id.is_empty()).map(str::to_owned),
        ))
        .data(place.clone());
    let carrier = Carrier {
        responses: endpoint.schema.execute_stream(request, None),
        order,
        quiet: place.quiet(),
        place,
        request_id: request_id.to_owned(),
        stop: endpoint.streams.stop.clone(),
        gone: gone(endpoint.sign_in.clone(), who.caller),
        ended: false,
        _room: room,
    };
    let events = stream::unfold(carrier, |mut carrier| async move {
        let event = carrier.next().await?;
        Some((Ok::<_, Infallible>(event), carrier))
    });
    Ok(respond(events, request_id))
}

/// Until a token or a key has ended, which the public has none of.
fn gone(sign_in: SignIn, caller: Option<Caller>) -> BoxFuture<'static, ()> {
    match caller {
        Some(caller) => async move { sign_in.ended(&caller).await }.boxed(),
        None => pending().boxed(),
    }
}

/// What one stream carries.
struct Carrier {
    responses: BoxStream<'static, Response>,
    order: Order,
    place: Place,
    quiet: watch::Receiver<Option<Token>>,
    request_id: String,
    stop: CancellationToken,
    /// When whoever asked is not let in any more.
    gone: BoxFuture<'static, ()>,
    ended: bool,
    _room: OwnedSemaphorePermit,
}

impl Carrier {
    async fn next(&mut self) -> Option<Event> {
        if self.ended {
            return None;
        }
        tokio::select! {
            biased;
            () = self.stop.cancelled() => None,
            () = &mut self.gone => {
                self.gone = pending().boxed();
                self.responses = stream::empty().boxed();
                let refused = Refused::from(TokenRefused::Invalid);
                Some(next(None, &json!({"errors": [refused.error()]})))
            }
            response = self.responses.next() => Some(self.tell(response)),
            Ok(()) = self.quiet.changed() => {
                let token = *self.quiet.borrow_and_update();
                let id = token.map(|token| token.to_string()).unwrap_or_default();
                Some(Event::default().id(id))
            }
        }
    }

    fn tell(&mut self, response: Option<Response>) -> Event {
        let Some(mut response) = response else {
            self.ended = true;
            return complete();
        };
        // A place that was set before this message lies before it.
        self.quiet.mark_unchanged();
        self.order.put(&mut response);
        let outcome = Outcome::of(response, &self.request_id);
        next(self.place.told(), outcome.body())
    }
}

fn next(token: Option<Token>, body: &impl serde::Serialize) -> Event {
    let event = Event::default().event("next");
    let event = match token {
        Some(token) => event.id(token.to_string()),
        None => event,
    };
    event.json_data(body).unwrap_or_else(|_| complete())
}

fn complete() -> Event {
    // Browsers pass no event on that has no data.
    Event::default().event("complete").data("")
}

fn respond(
    events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static,
    request_id: &str,
) -> http::Response<Body> {
    let mut response = Sse::new(events).into_response();
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Accept"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    if let Ok(id) = request_id.parse() {
        headers.insert(REQUEST_ID, id);
    }
    response
}
