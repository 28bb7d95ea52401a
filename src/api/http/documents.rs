//! The documents of our own pages: known by the hash of their text, so that nothing else need be answered. And what others asked
//! lately, parsed: programs ask the same again and again.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use clap::ValueEnum;
use lru::LruCache;
use rust_embed::RustEmbed;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::api::scalar::hex;

#[derive(RustEmbed)]
#[folder = "src/web/queries/"]
struct Files;

/// Whose documents this node answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Documents {
    /// Any that fits the schema and the limits.
    #[default]
    Open,
    /// Its own, named by `documentId`.
    Trusted,
}

/// One document: parsed once, kept as long as the program runs.
#[derive(Debug)]
pub struct Document {
    /// Its file without the ending: `desk/worklist`.
    pub name: String,
    /// `sha256:` and the hash of its text in hexadecimal digits.
    pub id: String,
    pub text: String,
    pub parsed: ExecutableDocument,
}

static ALL: LazyLock<Vec<Document>> = LazyLock::new(|| {
    let mut names: Vec<_> = Files::iter().collect();
    names.sort_unstable();
    names.iter().filter_map(|name| read(name)).collect()
});

static BY_ID: LazyLock<HashMap<&str, &Document>> =
    LazyLock::new(|| ALL.iter().map(|one| (one.id.as_str(), one)).collect());

/// What does not parse is left out; a test parses every file.
fn read(name: &str) -> Option<Document> {
    let text = String::from_utf8(Files::get(name)?.data.into_owned()).ok()?;
    let parsed = parse_query(&text).ok()?;
    Some(Document {
        name: name.strip_suffix(".graphql")?.to_owned(),
        id: format!("sha256:{}", hex(&Sha256::digest(&text))),
        text,
        parsed,
    })
}

/// Every document, by name.
#[must_use]
pub fn all() -> &'static [Document] {
    &ALL
}

/// How many files there are, whether they parse or not.
#[must_use]
pub fn files() -> usize {
    Files::iter().count()
}

#[must_use]
pub fn by_id(id: &str) -> Option<&'static Document> {
    BY_ID.get(id).copied()
}

#[must_use]
pub fn by_name(name: &str) -> Option<&'static Document> {
    ALL.iter().find(|one| one.name == name)
}

/// So many texts of others are kept parsed.
const KEPT: NonZeroUsize = NonZeroUsize::new(128).expect("not zero");
/// Longer texts are parsed each time.
const KEPT_BYTES_MAX: usize = 4 * 1024;

type Lately = LruCache<String, Arc<ExecutableDocument>>;

fn lately() -> MutexGuard<'static, Lately> {
    static LATELY: LazyLock<Mutex<Lately>> = LazyLock::new(|| Mutex::new(LruCache::new(KEPT)));
    LATELY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The document of a text that was kept.
#[must_use]
pub fn known(text: &str) -> Option<ExecutableDocument> {
    let known = lately().get(text).cloned();
    known.map(|known| (*known).clone())
}

/// Keeps a document for the next time. Not one with a text in it: that may be somebody's name or key, and must not outlive its request.
pub fn keep(text: &str, parsed: &ExecutableDocument) {
    if text.len() <= KEPT_BYTES_MAX && !text.contains('"') {
        lately().put(text.to_owned(), Arc::new(parsed.clone()));
    }
}

/// `/graphql/documents.json`: what may be asked of a node that trusts its own documents only.
pub async fn manifest() -> Response {
    #[derive(Serialize)]
    struct Entry {
        id: &'static str,
        text: &'static str,
    }
    let entries: std::collections::BTreeMap<&str, Entry> = ALL
        .iter()
        .map(|one| {
            let entry = Entry {
                id: &one.id,
                text: &one.text,
            };
            (one.name.as_str(), entry)
        })
        .collect();
    let mut response = axum::Json(entries).into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}
