//! An office whose nodes are processes of their own.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use motcua::journal::Location;

use crate::grounds::Ground;
use crate::office::{self, Node};

pub struct Place {
    ground: Ground,
    folder: tempfile::TempDir,
    /// The writer of this test.
    pub node: Node,
}

/// A process that serves.
pub struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Place {
    pub async fn new(ground: Ground) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        if let Location::Sqlite(file) = &ground.location {
            let data = file.parent().expect("a folder");
            std::fs::create_dir_all(data).expect("the folder is made");
        }
        let node = office::node(&ground.location, &folder.path().join("keys")).await;
        Self {
            ground,
            folder,
            node,
        }
    }

    fn data(&self, name: &str) -> PathBuf {
        match &self.ground.location {
            Location::Sqlite(file) => file.parent().expect("a folder").to_owned(),
            Location::Postgres(_) => self.folder.path().join(name),
        }
    }

    fn command(&self, node: &str, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
        command.args(words);
        command.arg("--data").arg(self.data(node));
        command.arg("--keys").arg(self.folder.path().join("keys"));
        match &self.ground.location {
            Location::Sqlite(_) => command.env_remove("MOTCUA_JOURNAL"),
            Location::Postgres(url) => command.env("MOTCUA_JOURNAL", url),
        };
        command.env("MOTCUA_WEBHOOK_ALLOW", "127.0.0.0/8");
        command
    }

    /// Runs `motcua webhook WORDS…`.
    pub fn webhook(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
        let whole = self.command("a", &[]);
        command.arg("webhook").args(words).args(whole.get_args());
        for (name, value) in whole.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.output().expect("the program runs")
    }

    /// As [`Place::webhook`]; what it printed.
    #[track_caller]
    pub fn did(&self, words: &[&str]) -> String {
        let output = self.webhook(words);
        let failed = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?}: {failed}");
        String::from_utf8(output.stdout).expect("text")
    }

    /// Adds a receiver; its secret.
    #[track_caller]
    pub fn add(&self, name: &str, url: &str, more: &[&str]) -> String {
        let words = [&["add", "--name", name, "--url", url], more].concat();
        self.did(&words).trim().to_owned()
    }

    /// A process that serves, once it serves.
    pub fn serve(&self, name: &str) -> Serving {
        let started = self
            .command(name, &["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn();
        let mut served = started.expect("the program runs");
        let mut lines = BufReader::new(served.stdout.take().expect("a pipe")).lines();
        let begun = lines.find(|line| line.as_ref().is_ok_and(|line| line.starts_with("Serving")));
        assert!(begun.is_some(), "it serves");
        // Nobody reads the rest: a full pipe must not hold it up.
        std::thread::spawn(move || lines.for_each(drop));
        Serving(served)
    }

    /// Dossiers that are accepted at the counter: two facts about each, and one in the register.
    pub async fn accept(&self, how_many: usize) {
        for chunk in (0..how_many).collect::<Vec<_>>().chunks(50) {
            let requests = chunk.iter().map(|_| {
                let (_, request) = office::acceptance(office::id(), "Công dân 000123");
                self.node.counter.submit(request)
            });
            for receipt in futures_util::future::join_all(requests).await {
                receipt.expect("accepted");
            }
        }
    }

    /// Positions of the facts about dossiers, in order.
    pub async fn of_dossiers(&self) -> Vec<u64> {
        let entries = self.node.journal.read(0, 100_000).await.expect("entries");
        let told = entries.iter().filter(|entry| {
            let fact = motcua::journal::fact::decode(&entry.body).expect("a fact");
            fact.event.kind().starts_with("dossier.")
        });
        told.map(|entry| entry.position).collect()
    }
}
