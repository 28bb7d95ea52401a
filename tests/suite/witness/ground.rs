//! Witnesses and offices on loopback.

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use motcua::api;
use motcua::integrity::witness::Witness;
use motcua::integrity::{Integrity, Log, Place, Role, Sealer, Status, signer};
use motcua::journal::Location;
use motcua::tlog::VerifierKey;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::client::client;
use crate::office::{Node, acceptance, id, node};

pub const PATIENCE: Duration = Duration::from_secs(20);

/// A partner agency's witness.
pub struct Partner {
    pub address: SocketAddr,
    pub url: String,
    pub vkey: String,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

impl Partner {
    /// Opens the witness in a folder and serves it as `motcua witness` does.
    pub async fn start(folder: &Path, logs: &[&VerifierKey], address: SocketAddr) -> Self {
        let logs = logs.iter().map(|log| (*log).clone()).collect();
        let witness = Arc::new(Witness::open(folder, logs, None).expect("a witness opens"));
        Self::serve(witness, address, "").await
    }

    /// Serves a witness below a prefix.
    pub async fn serve(witness: Arc<Witness>, address: SocketAddr, prefix: &str) -> Self {
        let vkey = witness.verifier().to_string();
        let router = api::witness::router(witness);
        let router = if prefix.is_empty() {
            router
        } else {
            Router::new().nest(prefix, router)
        };
        let listener = tokio::net::TcpListener::bind(address)
            .await
            .expect("a port");
        let address = listener.local_addr().expect("an address");
        let stop = CancellationToken::new();
        let stopped = stop.clone().cancelled_owned();
        let serving = tokio::spawn(async move {
            let serving = axum::serve(listener, router).with_graceful_shutdown(stopped);
            serving.await.expect("it serves");
        });
        Self {
            address,
            url: format!("http://{address}{prefix}"),
            vkey,
            stop,
            serving,
        }
    }

    /// Stops it; its folder is free again.
    pub async fn stop(self) {
        self.stop.cancel();
        self.serving.await.expect("it ends");
    }

    /// Posts a request: status, type and body of the answer.
    pub async fn post(&self, body: impl Into<reqwest::Body>) -> (u16, String, String) {
        let address = format!("{}/add-checkpoint", self.url);
        let sent = client().post(address).body(body).send().await;
        let response = sent.expect("an answer");
        let status = response.status().as_u16();
        let kind = response.headers().get("content-type");
        let kind = kind.map_or("", |kind| kind.to_str().expect("text"));
        let kind = kind.to_owned();
        (status, kind, response.text().await.expect("text"))
    }

    /// Status and body of what it cosigned last for an origin.
    pub async fn last(&self, origin: &str) -> (u16, String) {
        let hash = motcua::tlog::witness::origin_hash(origin);
        let address = format!("{}/{hash}/checkpoint", self.url);
        let response = client().get(address).send().await.expect("an answer");
        let status = response.status().as_u16();
        (status, response.text().await.expect("text"))
    }
}

pub fn anywhere() -> SocketAddr {
    "127.0.0.1:0".parse().expect("an address")
}

/// An office with its log, not sealing yet.
pub struct Office {
    pub node: Node,
    pub place: Place,
    pub vkey: VerifierKey,
    pub folder: TempDir,
}

impl Office {
    /// A new journal, and the key that will sign it.
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (data, keys) = (folder.path().join("data"), folder.path().join("keys"));
        fs::create_dir_all(&data).expect("a folder");
        let location = Location::Sqlite(data.join("journal.db"));
        let node = node(&location, &keys).await;
        let place = Place {
            data,
            keys,
            journal: location,
            policy: None,
        };
        let log = Log::open(&place, node.journal.clone())
            .await
            .expect("a log");
        let vkey = signer::make_key(&log.signer_folder(), &log.origin).expect("a key");
        Self {
            node,
            place,
            vkey,
            folder,
        }
    }

    /// Writes the policy: these witnesses, and how many of them must have cosigned.
    pub fn asks(&mut self, partners: &[(&str, &str)], quorum: usize) {
        let mut text = format!("log {}\n", self.vkey);
        let mut names = Vec::new();
        for (number, (vkey, url)) in partners.iter().enumerate() {
            writeln!(text, "witness w{number} {vkey} {url}").expect("a text grows");
            names.push(format!("w{number}"));
        }
        let names = names.join(" ");
        writeln!(text, "group outside {quorum} {names}\nquorum outside").expect("a text grows");
        let file = self.folder.path().join("policy");
        fs::write(&file, text).expect("a policy is written");
        self.place.policy = Some(file);
    }

    pub async fn open(&self) -> (Integrity, Sealer) {
        let opened = Integrity::open(&self.place, self.node.journal.clone(), Role::Signer);
        opened.await.expect("the proof opens")
    }

    /// Accepts a dossier; the position of its first fact.
    pub async fn accept(&self) -> u64 {
        let (_, request) = acceptance(id(), "Công dân 000123");
        let receipt = self.node.counter.submit(request).await;
        receipt.expect("it is accepted").position
    }
}

/// A sealer at work.
pub struct Sealing {
    pub integrity: Integrity,
    stop: CancellationToken,
    task: JoinHandle<motcua::integrity::Result<()>>,
}

impl Sealing {
    pub fn begin((integrity, sealer): (Integrity, Sealer)) -> Self {
        let stop = CancellationToken::new();
        let task = tokio::spawn(sealer.run(stop.clone()));
        Self {
            integrity,
            stop,
            task,
        }
    }

    /// Waits for something to hold; how long that took.
    #[track_caller]
    pub fn until(
        &self,
        what: &'static str,
        holds: impl Fn(&Status) -> bool,
    ) -> impl Future<Output = Duration> {
        let place = std::panic::Location::caller();
        let (began, mut watch) = (Instant::now(), self.integrity.watch());
        async move {
            let waiting = tokio::time::timeout(PATIENCE, watch.wait_for(holds)).await;
            assert!(matches!(waiting, Ok(Ok(_))), "{place}: never {what}");
            drop(waiting);
            began.elapsed()
        }
    }

    pub async fn end(self) -> motcua::integrity::Result<()> {
        self.stop.cancel();
        self.task.await.expect("it ends")
    }
}

pub fn published_size(status: &Status) -> u64 {
    let published = status.published.as_ref();
    published.map_or(0, |published| published.checkpoint.size)
}

/// Names of the files in a folder.
pub fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    let mut names: Vec<String> = entries
        .map(|entry| name(entry.expect("an entry")))
        .collect();
    names.sort();
    names
}
