//! Responses: which status, which codes, and when `data` must be absent.

use std::collections::BTreeMap;

use async_graphql::PathSegment;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::media::Media;
use super::words;
use crate::api::error::FailureCode;
use crate::api::scalar::hex;
use crate::api::sign_in::TokenRefused;

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A GraphQL request that cannot be executed. The audits of graphql-http want 400; the draft of 2026 says 422.
const REQUEST_ERROR: StatusCode = StatusCode::BAD_REQUEST;

/// A request refused before it was executed.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused {
    pub code: FailureCode,
    pub message: String,
    /// The same in Vietnamese.
    pub message_vi: String,
    /// Methods that would do, for `Allow`.
    pub allow: Option<&'static str>,
    /// A narrower code, for `reason`.
    pub reason: Option<&'static str>,
}

impl From<TokenRefused> for Refused {
    fn from(refused: TokenRefused) -> Self {
        let (code, reason) = match refused {
            TokenRefused::Invalid => (FailureCode::Unauthenticated, None),
            TokenRefused::Unchecked => (FailureCode::Unavailable, None),
            TokenRefused::Nobody(reason) => (FailureCode::Forbidden, Some(reason)),
        };
        Self {
            reason,
            ..Self::new(code, refused.to_string())
        }
    }
}

impl Refused {
    pub fn new(code: FailureCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            message_vi: words::vietnamese(code).to_owned(),
            allow: None,
            reason: None,
        }
    }

    pub fn said(code: FailureCode, (message_vi, message): words::Words) -> Self {
        Self {
            message_vi,
            ..Self::new(code, message)
        }
    }

    fn status(&self, media: Media) -> StatusCode {
        match self.code {
            FailureCode::BadRequest => StatusCode::BAD_REQUEST,
            FailureCode::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            FailureCode::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            FailureCode::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            FailureCode::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            FailureCode::Unauthenticated | FailureCode::AnotherActor => StatusCode::UNAUTHORIZED,
            FailureCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            FailureCode::Forbidden => StatusCode::FORBIDDEN,
            FailureCode::Timeout => StatusCode::GATEWAY_TIMEOUT,
            FailureCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            FailureCode::InternalServerError => StatusCode::INTERNAL_SERVER_ERROR,
            FailureCode::GraphqlParseFailed
            | FailureCode::PersistedQueryNotFound
            | FailureCode::UntrustedDocument
            | FailureCode::GraphqlValidationFailed
            | FailureCode::BadUserInput
            | FailureCode::Withheld
            | FailureCode::NoFindingsHere
            | FailureCode::TooFewToTell
            | FailureCode::SearchTooWide
            | FailureCode::EntryAltered
            | FailureCode::NotYet => request_error(media),
        }
    }

    /// As it stands among `errors`.
    #[must_use]
    pub fn error(&self) -> Value {
        let mut extensions = json!({"code": self.code.name(), "messageVi": self.message_vi});
        if let Some(reason) = self.reason {
            extensions["reason"] = reason.into();
        }
        json!({"message": self.message, "extensions": extensions})
    }

    /// Whether the GraphQL request is at fault, and not how it was sent.
    #[must_use]
    pub fn is_of_request(&self) -> bool {
        match self.code {
            FailureCode::GraphqlParseFailed
            | FailureCode::PersistedQueryNotFound
            | FailureCode::UntrustedDocument
            | FailureCode::GraphqlValidationFailed
            | FailureCode::BadUserInput
            | FailureCode::Forbidden
            | FailureCode::Withheld
            | FailureCode::NoFindingsHere
            | FailureCode::TooFewToTell
            | FailureCode::SearchTooWide
            | FailureCode::EntryAltered
            | FailureCode::NotYet => true,
            FailureCode::BadRequest
            | FailureCode::MethodNotAllowed
            | FailureCode::NotAcceptable
            | FailureCode::UnsupportedMediaType
            | FailureCode::PayloadTooLarge
            | FailureCode::Unauthenticated
            | FailureCode::AnotherActor
            | FailureCode::RateLimited
            | FailureCode::Timeout
            | FailureCode::Unavailable
            | FailureCode::InternalServerError => false,
        }
    }

    #[must_use]
    pub fn respond(self, media: Media, request_id: &str) -> Response<Body> {
        let body = json!({"errors": [self.error()]});
        let mut response = respond(self.status(media), media, request_id, &body);
        if self.code == FailureCode::Unavailable {
            later(&mut response);
        }
        if let Some(allow) = self.allow {
            response
                .headers_mut()
                .insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        if self.code == FailureCode::Unauthenticated {
            response.headers_mut().insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer error=\"invalid_token\""),
            );
        }
        response
    }
}

fn request_error(media: Media) -> StatusCode {
    match media {
        Media::GraphqlResponse => REQUEST_ERROR,
        Media::Json => StatusCode::OK,
    }
}

/// Errors first, as the specification advises.
#[derive(Serialize)]
struct Executed {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<async_graphql::Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: BTreeMap<String, async_graphql::Value>,
}

/// What an executed operation gave, each error with its code.
pub struct Outcome {
    body: Executed,
    /// It was refused before anything was executed.
    pub failed_before: bool,
}

impl Outcome {
    #[must_use]
    pub fn of(executed: async_graphql::Response, request_id: &str) -> Self {
        let failed_before = executed.data == async_graphql::Value::Null
            && !executed.errors.is_empty()
            && executed.errors.iter().all(|error| error.path.is_empty());
        let mut data = executed.data;
        for error in &executed.errors {
            fill(&mut data, &error.path);
        }
        let errors = executed.errors.iter();
        let body = Executed {
            errors: errors.map(|error| coded(error, request_id)).collect(),
            data: (!failed_before).then_some(data),
            extensions: executed.extensions,
        };
        Self {
            body,
            failed_before,
        }
    }

    /// As JSON.
    #[must_use]
    pub fn body(&self) -> &impl Serialize {
        &self.body
    }

    /// Its errors alone.
    #[must_use]
    pub fn errors(&self) -> &[Value] {
        &self.body.errors
    }
}

/// The response of an executed operation.
#[must_use]
pub fn executed(
    executed: async_graphql::Response,
    media: Media,
    request_id: &str,
) -> Response<Body> {
    let outcome = Outcome::of(executed, request_id);
    let status = if outcome.failed_before {
        request_error(media)
    } else {
        StatusCode::OK
    };
    let mut response = respond(status, media, request_id, outcome.body());
    let waits = outcome.errors().iter();
    let waits = waits.filter_map(|error| error.pointer("/extensions/retryAfter")?.as_u64());
    if let Some(seconds) = waits.max() {
        let seconds = HeaderValue::from(seconds);
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}

/// A response that was given before, to somebody else.
#[must_use]
pub fn again(body: Bytes, media: Media, request_id: &str) -> Response<Body> {
    made(StatusCode::OK, media, request_id, body)
}

/// How long an answer to everybody may be kept, in seconds.
const KEPT: &str = "public, max-age=5";

/// An answer to a GET that is the same for everybody: it may be kept for a moment, and asked for again by its tag (RFC 9110 §13).
pub async fn for_everybody(response: Response<Body>, asked: &HeaderMap) -> Response<Body> {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, usize::MAX).await else {
        return Response::from_parts(parts, Body::empty());
    };
    // Weak: the bytes on the wire are compressed for some.
    let tag = format!("W/\"{}\"", hex(&Sha256::digest(&bytes)[..12]));
    let known = asked.get_all(header::IF_NONE_MATCH).iter();
    let known = known.filter_map(|known| known.to_str().ok());
    let mut known = known.flat_map(|known| known.split(','));
    let is_known = known.any(|known| known.trim() == tag);
    let told = [
        (header::CACHE_CONTROL, KEPT),
        (header::VARY, "Accept, Authorization, Cookie"),
        (header::ETAG, tag.as_str()),
    ];
    for (name, value) in told {
        if let Ok(value) = value.parse() {
            parts.headers.insert(name, value);
        }
    }
    if is_known {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// The response to whoever asked for too much (RFC 6585 §4), whatever media type.
pub fn too_many(response: &mut Response<Body>) {
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
}

/// How many seconds somebody whose commands cannot be taken now should wait: about as long as those wait that are taken.
const LATER: u64 = 5;

/// The response to whoever should send the same again.
pub fn later(response: &mut Response<Body>) {
    let seconds = HeaderValue::from(LATER);
    response.headers_mut().insert(header::RETRY_AFTER, seconds);
}

/// How many commands were answered; one that failed counts too.
#[must_use]
pub fn commands(data: &async_graphql::Value) -> usize {
    let async_graphql::Value::Object(fields) = data else {
        return 0;
    };
    let is_name = |value: &async_graphql::Value| matches!(value, async_graphql::Value::String(_));
    fields.values().filter(|value| !is_name(value)).count()
}

/// A field whose argument cannot be read is left out by the library; it must be null.
fn fill(data: &mut async_graphql::Value, path: &[PathSegment]) {
    match (path, data) {
        ([PathSegment::Field(name)], async_graphql::Value::Object(fields)) => {
            let name = async_graphql::Name::new(name);
            fields.entry(name).or_insert(async_graphql::Value::Null);
        }
        ([PathSegment::Field(name), rest @ ..], async_graphql::Value::Object(fields)) => {
            if let Some(inner) = fields.get_mut(name.as_str()) {
                fill(inner, rest);
            }
        }
        ([PathSegment::Index(place), rest @ ..], async_graphql::Value::List(items)) => {
            if let Some(inner) = items.get_mut(*place) {
                fill(inner, rest);
            }
        }
        _ => {}
    }
}

/// What the library found wrong carries no code of its own: a value it could not read and what is wrong at a field is
/// an argument, anything else before execution is validation.
fn coded(error: &async_graphql::ServerError, request_id: &str) -> Value {
    let mut value = serde_json::to_value(error).unwrap_or_default();
    let own = value.pointer("/extensions/code").and_then(Value::as_str);
    let own = own.and_then(FailureCode::from_name);
    let unread = words::unread(&error.message).filter(|_| own.is_none());
    let code = match own {
        Some(code) => code,
        None if error.path.is_empty() && unread.is_none() => FailureCode::GraphqlValidationFailed,
        None => FailureCode::BadUserInput,
    };
    if code == FailureCode::InternalServerError {
        value["extensions"]["requestId"] = request_id.into();
    }
    value["extensions"]["code"] = code.name().into();
    if let Some((vi, en)) = unread {
        value["message"] = en.into();
        value["extensions"]["messageVi"] = vi.into();
        value["extensions"]["reason"] = "VALUE_MALFORMED".into();
    } else if value.pointer("/extensions/messageVi").is_none() {
        value["extensions"]["messageVi"] = words::vietnamese(code).into();
    }
    value
}

fn respond(
    status: StatusCode,
    media: Media,
    request_id: &str,
    body: &impl Serialize,
) -> Response<Body> {
    let bytes = serde_json::to_vec(body).expect("responses are plain JSON");
    made(status, media, request_id, bytes.into())
}

fn made(status: StatusCode, media: Media, request_id: &str, body: Bytes) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(media.content_type()),
    );
    headers.insert(header::VARY, HeaderValue::from_static("Accept"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(id) = request_id.parse() {
        headers.insert(REQUEST_ID, id);
    }
    response
}
