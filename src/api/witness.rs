//! The witness over HTTP (c2sp.org/tlog-witness): what logs post, and what anybody may read back.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use crate::integrity::witness::{Denial, Witness};
use crate::journal::clock;
use crate::tlog::witness::{Refusal, SIZE_CONTENT_TYPE, size_body};

/// A proof has at most 63 hashes, about 3 kB; the rest is for a checkpoint with many lines.
const BODY_MAX: usize = 64 << 10;
const WAIT_MAX: Duration = Duration::from_secs(10);
/// Requests that are checked and written at a time; the others wait.
const AT_ONCE_MAX: usize = 16;
const TEXT: &str = "text/plain; charset=utf-8";

#[derive(Clone)]
struct Door {
    witness: Arc<Witness>,
    places: Arc<Semaphore>,
}

/// `/add-checkpoint`, `/{hexadecimal SHA-256 of an origin}/checkpoint` and `/vkey`, for the top of a witness or below a
/// prefix.
pub fn router(witness: Arc<Witness>) -> Router {
    let door = Door {
        witness,
        places: Arc::new(Semaphore::new(AT_ONCE_MAX)),
    };
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/{hash}/checkpoint", get(checkpoint))
        .route("/vkey", get(vkey))
        .with_state(door)
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            WAIT_MAX,
        ))
        .layer(CatchPanicLayer::new())
}

async fn add_checkpoint(State(door): State<Door>, body: Bytes) -> Response {
    let Ok(_place) = door.places.clone().acquire_owned().await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let witness = Arc::clone(&door.witness);
    let asked = tokio::task::spawn_blocking(move || {
        let request = std::str::from_utf8(&body).map_err(|_| Refusal::Malformed)?;
        let now = clock::system().0 / crate::domain::time::Moment::SECOND;
        witness.add_checkpoint(request, now.unsigned_abs())
    });
    match asked.await {
        Ok(Ok(line)) => ([(header::CONTENT_TYPE, TEXT)], line).into_response(),
        Ok(Err(denial)) => denied(&denial),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn denied(denial: &Denial) -> Response {
    let status = StatusCode::from_u16(denial.status());
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let (kind, body) = match denial {
        Denial::Refused(Refusal::Conflict { size }) => (SIZE_CONTENT_TYPE, size_body(*size)),
        Denial::Failed(error) => {
            // Paths of this machine are nobody's business.
            tracing::error!(%error, code = denial.code(), "a checkpoint could not be cosigned");
            (TEXT, format!("{}\n", denial.code()))
        }
        Denial::Refused(_) | Denial::UnknownLog | Denial::NotSigned => {
            (TEXT, format!("{}: {denial}\n", denial.code()))
        }
    };
    (status, [(header::CONTENT_TYPE, kind)], body).into_response()
}

async fn checkpoint(State(door): State<Door>, Path(hash): Path<String>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, TEXT),
        (header::CACHE_CONTROL, "no-store"),
    ];
    match door.witness.checkpoint(&hash) {
        Some(note) => (headers, note).into_response(),
        None => (StatusCode::NOT_FOUND, headers, "nothing cosigned\n").into_response(),
    }
}

async fn vkey(State(door): State<Door>) -> Response {
    let key = format!("{}\n", door.witness.verifier());
    ([(header::CONTENT_TYPE, TEXT)], key).into_response()
}
