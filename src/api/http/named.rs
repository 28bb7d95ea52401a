//! Every request has a name: in its answer, and in each line of the log that it causes.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;
use uuid::Uuid;

use super::{REQUEST_ID, new_request_id, request_id};

/// Names the request, and says in the log by which route it was answered, with what and how soon: never the address that was
/// asked for, which holds codes. A client's own name goes into the log only as a UUID: nothing else can be typed there.
pub async fn named(mut request: Request, next: Next) -> Response {
    let id = request_id(request.headers());
    let told = id
        .parse::<Uuid>()
        .map_or_else(|_| new_request_id(), |id| id.to_string());
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("none", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let value = HeaderValue::from_str(&id).ok();
    if let Some(value) = &value {
        request.headers_mut().insert(REQUEST_ID, value.clone());
    }
    let (span, began) = (
        tracing::info_span!(target: "motcua::request", "request", id = told),
        Instant::now(),
    );
    let mut response = next.run(request).instrument(span.clone()).await;
    if let Some(value) = value {
        response.headers_mut().entry(REQUEST_ID).or_insert(value);
    }
    let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let _named = span.entered();
    tracing::debug!(target: "motcua::request", %method, route, status = response.status().as_u16(), ms, "answered");
    response
}
