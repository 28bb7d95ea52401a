//! Pages as responses: nothing is fetched from elsewhere, nothing runs that is not ours, nothing is kept.

use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use sha2::{Digest as _, Sha256};

use super::frame::STYLE_SOURCE;
use crate::api::scalar::hex;

/// A page with a strict policy: our one inline stylesheet, our own files, and nothing else.
pub fn html(status: StatusCode, page: &impl Template) -> Response {
    with_policy(status, page, &policy())
}

fn policy() -> String {
    format!(
        "default-src 'none'; style-src 'self' {}; script-src 'self'; connect-src 'self'; img-src 'self' data:; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        *STYLE_SOURCE
    )
}

/// A page that is the same for everybody: whoever is not signed in may keep it for a minute, and then ask whether it is
/// still the same. What is shown to somebody who is signed in bears their name and is kept by nobody.
pub fn public(asked: &HeaderMap, signed_in: bool, page: &impl Template) -> Response {
    let Ok(text) = page.render() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if signed_in {
        return written(StatusCode::OK, text, &policy());
    }
    // Weak: the bytes on the wire are compressed for some.
    let tag = format!("W/\"{}\"", hex(&Sha256::digest(&text)[..12]));
    let known = asked.get(header::IF_NONE_MATCH);
    let known = known.and_then(|known| known.to_str().ok());
    let known = known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag));
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        written(StatusCode::OK, text, &policy())
    };
    let headers = response.headers_mut();
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=60"),
    );
    headers.insert(header::VARY, HeaderValue::from_static("cookie"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// A page under a policy of its own.
pub fn with_policy(status: StatusCode, page: &impl Template, policy: &str) -> Response {
    let Ok(text) = page.render() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    written(status, text, policy)
}

fn written(status: StatusCode, text: String, policy: &str) -> Response {
    let mut response = (status, text).into_response();
    let headers = response.headers_mut();
    let mut set = |name: header::HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(header::CONTENT_TYPE, "text/html; charset=utf-8");
    set(header::CACHE_CONTROL, "private, no-store");
    set(header::CONTENT_SECURITY_POLICY, policy);
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    response
}

/// For what is the same for everybody: it may be kept for a minute, and is not sent again while it is unchanged.
pub async fn shared(asked: &HeaderMap, response: Response) -> Response {
    if response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    // Weak: what is compressed on the way is the same page.
    let tag = format!("W/\"{}\"", hex(&Sha256::digest(&bytes)[..12]));
    let known = asked.get_all(header::IF_NONE_MATCH).iter();
    let is_known = known
        .filter_map(|names| names.to_str().ok())
        .any(|names| names.contains(&tag));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, tag);
    }
    let minute = HeaderValue::from_static("public, max-age=60");
    parts.headers.insert(header::CACHE_CONTROL, minute);
    let vary = HeaderValue::from_static("cookie, authorization");
    parts.headers.append(header::VARY, vary);
    if is_known {
        parts.status = StatusCode::NOT_MODIFIED;
        return Response::from_parts(parts, axum::body::Body::empty());
    }
    Response::from_parts(parts, bytes.into())
}

/// For pages about one dossier: no search engine keeps them.
pub fn unlisted(mut response: Response) -> Response {
    let name = header::HeaderName::from_static("x-robots-tag");
    response
        .headers_mut()
        .insert(name, HeaderValue::from_static("noindex"));
    response
}

/// Asks the browser to load the page again after so many seconds. A header and no `<meta>`: a saved or printed copy stays
/// as it is.
pub fn refreshing(mut response: Response, seconds: &'static str) -> Response {
    response
        .headers_mut()
        .insert(header::REFRESH, HeaderValue::from_static(seconds));
    response
}

/// See the other page, whatever the method was.
pub fn see(place: &str) -> Response {
    Redirect::to(place).into_response()
}
