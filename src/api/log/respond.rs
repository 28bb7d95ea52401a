//! Answers of the log: type, how long they may be kept, and for whom.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};

const TEXT: &str = "text/plain; charset=utf-8";

/// How long an answer may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// It changes.
    Never,
    /// It will never change, and is everybody's.
    Forever,
    /// It will never change, and is for the one who asked.
    ForeverPrivate,
}

impl Keep {
    fn header(self) -> &'static str {
        match self {
            Self::Never => "no-store",
            Self::Forever => "public, max-age=31536000, immutable",
            Self::ForeverPrivate => "private, max-age=31536000, immutable",
        }
    }
}

pub fn text(body: String, keep: Keep) -> Response {
    of_kind(TEXT, body, keep)
}

pub fn octets(body: Vec<u8>, keep: Keep) -> Response {
    of_kind("application/octet-stream", body, keep)
}

/// A `.tlog-proof`, to be saved under this name.
pub fn receipt(body: String, name: &str) -> Response {
    let mut response = text(body, Keep::Never);
    let disposition = format!("attachment; filename=\"{name}.tlog-proof\"");
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

fn of_kind(kind: &'static str, body: impl IntoResponse, keep: Keep) -> Response {
    let mut response = body.into_response();
    let mut set = |name: HeaderName, value: &'static str| {
        let headers = response.headers_mut();
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::CONTENT_TYPE, kind);
    set(header::CACHE_CONTROL, keep.header());
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if keep != Keep::ForeverPrivate {
        set(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    }
    response
}
