//! A receiver in another language, which checks signatures with somebody else's library.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::clients;

/// A receiver that can be killed and started again where it was.
pub struct Receiver {
    scripts: PathBuf,
    folder: tempfile::TempDir,
    secret: String,
    pub port: u16,
    process: Option<Child>,
}

/// A message as it came.
pub struct Told {
    pub id: String,
    pub position: u64,
    pub kind: String,
    pub body: String,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A free port, for a receiver that does not listen yet.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

impl Receiver {
    /// None where there is no Node, or its packages cannot be fetched.
    pub fn new(port: u16) -> Option<Self> {
        let Some(scripts) = clients::folder("standardwebhooks") else {
            eprintln!("skipped: no Node, or its packages cannot be fetched");
            return None;
        };
        Some(Self {
            scripts,
            folder: tempfile::tempdir().expect("a folder"),
            secret: String::new(),
            port,
            process: None,
        })
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("told.ndjson")
    }

    pub fn start_with(&mut self, secret: &str) {
        secret.clone_into(&mut self.secret);
        self.start();
    }

    /// Listens on its port; while it was down, another connection of this machine may have borrowed that.
    pub fn start(&mut self) {
        for _ in 0..20 {
            let mut process = self.spawned();
            let output = process.stdout.take().expect("a pipe");
            let mut line = String::new();
            BufReader::new(output)
                .read_line(&mut line)
                .expect("it says where it listens, or ends");
            if line.starts_with("listening") {
                self.process = Some(process);
                return;
            }
            process.wait().expect("it ends");
            std::thread::sleep(std::time::Duration::from_millis(500));
        }
        panic!("port {} is taken for good", self.port);
    }

    fn spawned(&self) -> Child {
        let started = Command::new("node")
            .arg("webhooks.js")
            .arg(self.port.to_string())
            .arg(self.file())
            .arg(&self.secret)
            .current_dir(&self.scripts)
            .stdout(Stdio::piped())
            .spawn();
        started.expect("Node runs")
    }

    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("it is killed");
            process.wait().expect("it ends");
        }
    }

    /// Everything that came, as it came.
    #[track_caller]
    pub fn told(&self) -> Vec<Told> {
        let text = std::fs::read_to_string(self.file()).unwrap_or_default();
        // A line that is being written is not there yet.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let lines = whole.lines().map(|line| {
            let line: Value = serde_json::from_str(line).expect("a line");
            assert!(line["failed"].is_null(), "{}", line["failed"]);
            let text = |name: &str| line[name].as_str().expect("a text").to_owned();
            Told {
                id: text("id"),
                position: text("position").parse().expect("a position"),
                kind: text("type"),
                body: text("body"),
            }
        });
        lines.collect()
    }

    /// Waits until so many came, repeats included.
    pub async fn has(&self, least: usize) {
        self.wait_for(least, |told| told.len()).await;
    }

    /// Waits until so many different ones came.
    pub async fn has_different(&self, least: usize) {
        self.wait_for(least, |told| once(told).len()).await;
    }

    async fn wait_for(&self, least: usize, count: impl Fn(Vec<Told>) -> usize) {
        let told = || count(self.told());
        for _ in 0..1_800 {
            if told() >= least {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{} of {least} came", told());
    }
}

/// Without repeated ids.
pub fn once(told: Vec<Told>) -> Vec<Told> {
    let mut seen = std::collections::HashSet::new();
    told.into_iter()
        .filter(|one| seen.insert(one.id.clone()))
        .collect()
}
