//! Files compiled into the binary, served under addresses that change with their content.

use axum::extract::{Path, RawQuery};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::api::scalar::hex;

#[derive(RustEmbed)]
#[folder = "src/web/assets/"]
struct Assets;

/// The address of an embedded file; it holds a piece of the content's hash, so that it may be kept for ever.
#[must_use]
pub fn address(path: &str) -> String {
    let version = Assets::get(path).map(|file| version(&file));
    format!("/assets/{path}?v={}", version.unwrap_or_default())
}

fn version(file: &EmbeddedFile) -> String {
    hex(&file.metadata.sha256_hash()[..6])
}

/// A module that another one imports is asked for without its version, and may not be kept.
pub async fn serve(Path(path): Path<String>, RawQuery(query): RawQuery) -> Response {
    let Some(file) = Assets::get(&path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = HeaderValue::from_str(file.metadata.mimetype())
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let mut response = file.data.into_owned().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(match query {
            Some(_) => "public, max-age=31536000, immutable",
            None => "no-cache",
        }),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}
