//! An office whose log is published on a loopback port, and everything that can go wrong on the way.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures_util::future::join_all;
use motcua::acts::Counter;
use motcua::api::log::Readers;
use motcua::api::{self, Api};
use motcua::domain::actor::{Actor, NO_OFFICE, Role as ActorRole};
use motcua::integrity::{Integrity, Place, Role, Sealer};
use motcua::journal::{Journal, Location};
use motcua::projections::ReadModels;
use motcua::tlog::VerifierKey;

use crate::client::client;
use crate::office::{self, id};

/// An office that seals and publishes.
pub struct Log {
    pub url: String,
    pub api: Api,
    pub shown: Arc<Shown>,
    pub folder: PathBuf,
    integrity: Integrity,
    sealer: Sealer,
}

/// What is shown of it.
#[derive(Default)]
pub struct Shown {
    /// Answers in place of the true ones, by path below `/log/`.
    instead: Mutex<HashMap<String, (StatusCode, Vec<u8>)>>,
    /// Paths that were asked for.
    asked: Mutex<Vec<String>>,
}

impl Log {
    /// In `folder`, where journal and keys may lie already; entries are for everybody.
    pub async fn open(folder: &Path) -> Self {
        Self::open_for(folder, Readers::Everybody).await
    }

    pub async fn open_for(folder: &Path, readers: Readers) -> Self {
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
        let opened = ReadModels::open(folder, node.journal.clone()).await;
        let (models, _) = opened.expect("read models open");
        let api = Api::new(node.counter, models, node.journal, node.vault, &node.keys)
            .with_log(integrity.clone(), readers);
        let shown = Arc::<Shown>::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let lying = from_fn_with_state(Arc::clone(&shown), lie);
        let router = api::router(api.clone()).layer(lying);
        tokio::spawn(async move { axum::serve(listener, router).await });
        let mut log = Self {
            url,
            api,
            shown,
            folder: folder.to_owned(),
            integrity,
            sealer,
        };
        log.seal().await;
        log
    }

    pub fn journal(&self) -> &Journal {
        &self.api.journal
    }

    fn counter(&self) -> &Counter {
        self.api.counter().expect("a counter")
    }

    /// A token of somebody with this role who is of no office.
    pub fn token(&self, role: ActorRole) -> String {
        let actor = Actor::new("somebody-01", NO_OFFICE, role);
        self.api.sign_in.issue(&actor, Duration::from_mins(10))
    }

    /// Signs and publishes what is there.
    pub async fn seal(&mut self) {
        self.sealer.step().await.expect("it is sealed");
    }

    /// Accepts so many dossiers and seals them; the size then.
    pub async fn grow(&mut self, dossiers: usize) -> u64 {
        let counter = self.counter();
        let accept = |at| async move {
            let (_, request) = office::acceptance(id(), &format!("Công dân {at:06}"));
            counter.submit(request).await.expect("accepted");
        };
        join_all((0..dossiers).map(accept)).await;
        self.seal().await;
        self.size()
    }

    pub fn size(&self) -> u64 {
        let published = self.integrity.published();
        published.map_or(0, |published| published.checkpoint.size)
    }

    pub fn note(&self) -> String {
        self.integrity.published().expect("published").note.clone()
    }

    pub fn key(&self) -> VerifierKey {
        self.integrity.vkey().expect("a key")
    }

    /// The true answer.
    pub async fn truth(&self, path: &str) -> Vec<u8> {
        let answer = client()
            .get(format!("{}/log/{path}", self.url))
            .send()
            .await;
        let answer = answer.expect("an answer").bytes().await.expect("a body");
        answer.to_vec()
    }

    /// Another office with the same history and the same keys, down to the signer's memory.
    pub async fn twin(&self, folder: &Path) -> Self {
        let location = Location::Sqlite(folder.join("journal.db"));
        let journal = Journal::create_or_open(&location).await.expect("a journal");
        let entries = self.journal().read(0, u32::MAX).await.expect("entries");
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

    /// The paths asked for since the last time.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().expect("free"))
    }
}

async fn lie(State(shown): State<Arc<Shown>>, request: Request, next: Next) -> Response {
    let path = request
        .uri()
        .path()
        .strip_prefix("/log/")
        .unwrap_or_default();
    shown.asked.lock().expect("free").push(path.into());
    let instead = shown.instead.lock().expect("free").get(path).cloned();
    match instead {
        Some(answer) => answer.into_response(),
        None => next.run(request).await,
    }
}
