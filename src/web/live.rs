//! Open pages that follow what happens: a stream of server-sent events tells a page that it is old, and the page asks for
//! itself again. So there is one way to make a page, and whoever runs no script misses nothing but the speed.

use std::convert::Infallible;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream};
use sha2::{Digest as _, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use uuid::Uuid;

use super::Web;
use crate::api::scalar::hex;
use crate::projections::audit::{self, Filter, Order};
use crate::projections::tracking;

/// Open streams on one node; further ones are asked to poll.
const STREAMS_MAX: usize = 20_000;

/// A quiet stream says so often that the line still stands.
const TICK: Duration = Duration::from_secs(15);

/// Changes nearer together than this are told as one.
const PACE: Duration = Duration::from_millis(250);

static ROOM: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(STREAMS_MAX)));

/// Names the program that is running: the beginning of its file's SHA-256. A page that hears another name loads itself anew.
static BUILD: LazyLock<String> = LazyLock::new(|| {
    let file = std::env::current_exe().and_then(std::fs::read);
    let name = file.map(|bytes| hex(&Sha256::digest(bytes)[..8]));
    name.unwrap_or_else(|_| env!("CARGO_PKG_VERSION").to_owned())
});

/// Whose facts make a page old.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    Dossier(Uuid),
    /// Facts of an office's own people.
    Office(String),
}

impl Subject {
    /// Position of the subject's newest fact; none when it has none or cannot be read now.
    async fn newest(&self, web: &Web) -> Option<u64> {
        let models = web.models();
        match self {
            Self::Dossier(id) => {
                let rows = tracking::by_ids(models, &[*id]).await.ok()?;
                rows.first().map(|row| row.position)
            }
            Self::Office(office) => {
                let filter = Filter {
                    office: Some(office.clone()),
                    ..Filter::default()
                };
                let newest = audit::search(models, &filter, Order::NewestFirst, None, 1).await;
                newest.ok()?.rows.first().map(|(_, row)| row.position)
            }
        }
    }
}

/// Follows a subject: `hello` with the program's name, `changed` with the newest position as its id, `tick` when nothing
/// happened for a while. A reader who was cut off names the last position seen (`Last-Event-ID`) and misses nothing.
pub async fn follow(web: &Web, headers: &HeaderMap, subject: Subject) -> Response {
    let Ok(room) = Arc::clone(&ROOM).try_acquire_owned() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    // The file is read once, and not by a thread that serves others.
    let build = tokio::task::spawn_blocking(|| BUILD.as_str()).await;
    let build = build.unwrap_or(env!("CARGO_PKG_VERSION"));
    let named = headers.get("last-event-id");
    let named = named.and_then(|id| id.to_str().ok()?.parse().ok());
    let seen = match named {
        Some(position) => Some(position),
        None => subject.newest(web).await,
    };
    let mut response = Sse::new(events(web.clone(), subject, seen, build, room)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn events(
    web: Web,
    subject: Subject,
    seen: Option<u64>,
    build: &'static str,
    room: OwnedSemaphorePermit,
) -> impl Stream<Item = Result<Event, Infallible>> {
    struct Reader {
        web: Web,
        subject: Subject,
        seen: Option<u64>,
        greeted: bool,
        _room: OwnedSemaphorePermit,
    }
    let reader = Reader {
        web,
        subject,
        seen,
        greeted: false,
        _room: room,
    };
    stream::unfold(reader, move |mut reader| async move {
        if !reader.greeted {
            reader.greeted = true;
            return Some((Ok(Event::default().event("hello").data(build)), reader));
        }
        let mut progress = reader.web.models().watch();
        let stop = reader.web.stop.clone();
        let tick = Instant::now() + TICK;
        loop {
            progress.borrow_and_update();
            let newest = reader.subject.newest(&reader.web).await;
            if newest.is_some() && newest > reader.seen {
                reader.seen = newest;
                let id = newest.unwrap_or_default().to_string();
                let event = Event::default().event("changed").id(id.clone()).data(id);
                return Some((Ok(event), reader));
            }
            tokio::select! {
                () = stop.cancelled() => return None,
                () = tokio::time::sleep_until(tick) => {
                    let size = reader.web.models().size().to_string();
                    return Some((Ok(Event::default().event("tick").data(size)), reader));
                }
                moved = progress.changed() => {
                    moved.ok()?;
                    tokio::time::sleep(PACE).await;
                }
            }
        }
    })
}
