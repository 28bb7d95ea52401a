//! An office whose log is published on a loopback port, and everything that can go wrong on the way.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use futures_util::future::join_all;
use motcua::integrity::{Integrity, Place, Role, Sealer};
use motcua::journal::{Journal, Location};
use motcua::tlog::{Bundle, Tile, VerifierKey};

use crate::office::{self, Node, id};

/// An office that seals and publishes.
pub struct Log {
    pub url: String,
    pub node: Node,
    pub shown: Arc<Shown>,
    sealer: Sealer,
    pub folder: PathBuf,
}

/// What is shown of it.
pub struct Shown {
    pub integrity: Integrity,
    /// Answers in place of the true ones, by path below `/log/`.
    instead: Mutex<HashMap<String, (StatusCode, Vec<u8>)>>,
    /// Paths that were asked for.
    asked: Mutex<Vec<String>>,
    /// Entries are for its bearer only.
    token: Mutex<Option<String>>,
}

impl Log {
    /// In `folder`, where journal and keys may lie already.
    pub async fn open(folder: &Path) -> Self {
        let location = Location::Sqlite(folder.join("journal.db"));
        let keys = folder.with_extension("keys");
        let node = office::node(&location, &keys).await;
        let place = Place {
            data: folder.to_owned(),
            keys,
            journal: location,
            policy: None,
        };
        let opened = Integrity::open(&place, node.journal.clone(), Role::Signer).await;
        let (integrity, sealer) = opened.expect("the proof opens");
        let shown = Arc::new(Shown {
            integrity,
            instead: Mutex::default(),
            asked: Mutex::default(),
            token: Mutex::default(),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().fallback(show).with_state(Arc::clone(&shown));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let mut log = Self {
            url,
            node,
            shown,
            sealer,
            folder: folder.to_owned(),
        };
        log.seal().await;
        log
    }

    /// Signs and publishes what is there.
    pub async fn seal(&mut self) {
        self.sealer.step().await.expect("it is sealed");
    }

    /// Accepts so many dossiers and seals them; the size then.
    pub async fn grow(&mut self, dossiers: usize) -> u64 {
        let counter = &self.node.counter;
        let accept = |at| async move {
            let (_, request) = office::acceptance(id(), &format!("Công dân {at:06}"));
            counter.submit(request).await.expect("accepted");
        };
        join_all((0..dossiers).map(accept)).await;
        self.seal().await;
        self.size()
    }

    pub fn size(&self) -> u64 {
        let published = self.shown.integrity.published();
        published.map_or(0, |published| published.checkpoint.size)
    }

    pub fn note(&self) -> String {
        self.shown
            .integrity
            .published()
            .expect("published")
            .note
            .clone()
    }

    pub fn key(&self) -> VerifierKey {
        self.shown.integrity.vkey().expect("a key")
    }

    /// Another office with the same history and the same keys, down to the signer's memory.
    pub async fn twin(&self, folder: &Path) -> Self {
        let location = Location::Sqlite(folder.join("journal.db"));
        let journal = Journal::create_or_open(&location).await.expect("a journal");
        let entries = self.node.journal.read(0, u32::MAX).await.expect("entries");
        let bodies: Vec<_> = entries.into_iter().map(|entry| entry.body).collect();
        let mut copier = journal.copier().await.expect("a copier");
        copier.append(0, &bodies).await.expect("copied");
        let (from, to) = (
            self.folder.with_extension("keys"),
            folder.with_extension("keys"),
        );
        copy_folder(&from, &to);
        Self::open(folder).await
    }
}

pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for file in std::fs::read_dir(from).expect("a folder") {
        let file = file.expect("a file");
        let (from, to) = (file.path(), to.join(file.file_name()));
        if from.is_dir() {
            copy_folder(&from, &to);
        } else {
            std::fs::copy(from, to).expect("copied");
        }
    }
}

impl Shown {
    /// Shows this in place of the truth.
    pub fn lie(&self, path: &str, bytes: impl Into<Vec<u8>>) {
        self.answer(path, StatusCode::OK, bytes);
    }

    pub fn fail(&self, path: &str, status: StatusCode) {
        self.answer(path, status, []);
    }

    fn answer(&self, path: &str, status: StatusCode, bytes: impl Into<Vec<u8>>) {
        let answer = (status, bytes.into());
        self.instead
            .lock()
            .expect("free")
            .insert(path.into(), answer);
    }

    pub fn repent(&self) {
        self.instead.lock().expect("free").clear();
    }

    pub fn only_for(&self, token: &str) {
        *self.token.lock().expect("free") = Some(token.into());
    }

    /// The paths asked for since the last time.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().expect("free"))
    }

    /// The true answer.
    pub async fn truth(&self, path: &str) -> Option<Vec<u8>> {
        let published = self.integrity.published()?;
        if path == "checkpoint" {
            return Some(published.note.clone().into());
        }
        if path == "vkey" {
            return Some(format!("{}\n", self.integrity.vkey()?).into());
        }
        if let Some(path) = path.strip_prefix("tile/entries/") {
            let bundle: Bundle = path.parse().ok()?;
            let journal = &self.integrity.log().journal;
            let entries = journal.read(bundle.index * 256, bundle.width.into()).await;
            let bodies: Vec<_> = entries.ok()?.into_iter().map(|entry| entry.body).collect();
            let whole = bodies.len() == usize::from(bundle.width);
            return whole.then(|| Bundle::encode(&bodies).expect("a bundle"));
        }
        let tile: Tile = path.strip_prefix("tile/")?.parse().ok()?;
        self.integrity.tree().tile(&tile)
    }
}

async fn show(State(shown): State<Arc<Shown>>, uri: Uri, headers: HeaderMap) -> Response {
    let Some(path) = uri.path().strip_prefix("/log/") else {
        return StatusCode::NOT_FOUND.into_response();
    };
    shown.asked.lock().expect("free").push(path.into());
    let token = shown.token.lock().expect("free").clone();
    let bearer = headers
        .get(header::AUTHORIZATION)
        .map(|value| value.to_str().expect("a text"));
    if let Some(token) = token
        && path.starts_with("tile/entries/")
        && bearer != Some(&format!("Bearer {token}"))
    {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let instead = shown.instead.lock().expect("free").get(path).cloned();
    match (instead, shown.truth(path).await) {
        (Some(answer), _) => answer.into_response(),
        (None, Some(bytes)) => bytes.into_response(),
        (None, None) => StatusCode::NOT_FOUND.into_response(),
    }
}
