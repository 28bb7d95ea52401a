//! A sealed journal with all that lies beside it, and somebody who may do with it what a database's administrator may.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use motcua::integrity::signer::{self, make_key};
use motcua::integrity::{Integrity, Place, Question, Role};
use motcua::journal::{Journal, Location};
use motcua::tlog::{KeyKind, SigningKey, cosignature};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, query_scalar, raw_sql};
use tempfile::TempDir;
use uuid::Uuid;

use super::program::{Said, motcua};
use crate::story::Story;

/// Of the story's journal.
const ORIGIN: &str = "localhost/story";
const JOURNAL: Uuid = Uuid::from_u128(63);

pub struct Office {
    pub data: TempDir,
    pub keys: TempDir,
    pub story: Story,
}

impl Office {
    pub async fn simulated() -> Self {
        let (data, keys) = folders();
        let story = Story::begin(journal(data.path()).await).await;
        Self::with_key(data, keys, story)
    }

    pub async fn live() -> Self {
        let (data, keys) = folders();
        let story = Story::begin_live(journal(data.path()).await).await;
        Self::with_key(data, keys, story)
    }

    fn with_key(data: TempDir, keys: TempDir, story: Story) -> Self {
        make_key(&signer_folder(&keys), ORIGIN).expect("a key");
        Self { data, keys, story }
    }

    /// Somebody who has a copy of the log's key, and writes another history with it.
    pub async fn forger(&self) -> Self {
        let forger = Self::simulated().await;
        let [from, to] = [&self.keys, &forger.keys].map(|keys| signer_folder(keys).join("log.key"));
        std::fs::copy(from, to).expect("the key is copied");
        forger
    }

    fn place(&self) -> Place {
        Place {
            data: self.data.path().to_owned(),
            keys: self.keys.path().to_owned(),
            journal: Location::Sqlite(self.data.path().join("journal.db")),
            policy: None,
        }
    }

    /// Seals what is written; the published note.
    pub async fn seal(&self) -> String {
        self.seal_witnessed(|_| Vec::new()).await
    }

    /// As [`Office::seal`]; witnesses say the seconds at which they saw it.
    pub async fn seal_witnessed(&self, witnesses: fn(i64) -> Vec<(SigningKey, i64)>) -> String {
        let opened = Integrity::open(&self.place(), self.story.journal.clone(), Role::Signer).await;
        let (integrity, sealer) = opened.expect("the proof opens");
        let now = self.story.now.0 / 1_000_000;
        let ask = move |question: Question| {
            let body = question.signed.note().text.clone();
            let lines = witnesses(now).into_iter().map(|(key, seconds)| {
                let seconds = seconds.try_into().expect("after 1970");
                cosignature::cosign(&body, &key, seconds).expect("cosigned")
            });
            let lines = lines.collect();
            Box::pin(async move { lines }) as futures_util::future::BoxFuture<'static, _>
        };
        let mut sealer = sealer.with_witnesses(Arc::new(ask));
        sealer.step().await.expect("sealed");
        integrity
            .published()
            .map_or_else(String::new, |published| published.note.clone())
    }

    /// Writes the policy that the signer asks, and gives its path.
    pub fn policy(&self, witnesses: &[SigningKey], quorum: &str) -> String {
        let key = signer::verifier(&signer_folder(&self.keys), ORIGIN);
        let key = key.expect("a folder").expect("a key");
        let mut text = format!("log {key}\n");
        for (number, witness) in witnesses.iter().enumerate() {
            writeln!(text, "witness w{number} {}", witness.verifier()).expect("written");
        }
        writeln!(text, "quorum {quorum}").expect("written");
        let path = signer_folder(&self.keys).join("policy");
        std::fs::write(&path, text).expect("a policy");
        path.to_str().expect("a path").to_owned()
    }

    /// A file outside the data folder.
    pub fn kept(&self, name: &str, text: &str) -> String {
        let path = self.keys.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("a path").to_owned()
    }

    pub fn verify(&self, words: &[&str]) -> Said {
        motcua(self.data.path(), &[&["verify"], words].concat())
    }

    /// With the database's own rights, the guards taken away.
    pub async fn meddle(&self, sql: &'static str) {
        meddle(&self.data.path().join("journal.db"), sql).await;
    }

    /// As [`Office::meddle`], with the seals.
    pub async fn meddle_with_seals(&self, sql: &'static str) {
        meddle(&self.data.path().join("seals.db"), sql).await;
    }

    pub async fn size(&self) -> u64 {
        self.story.journal.head().await.expect("a head").size
    }

    /// The evidence that was kept.
    pub fn evidence(&self) -> Vec<String> {
        let folder = std::fs::read_dir(self.data.path().join("evidence"));
        let files = folder.into_iter().flatten().flatten();
        let text = |path: PathBuf| std::fs::read_to_string(path).expect("a text");
        files.map(|file| text(file.path())).collect()
    }
}

/// A witness with a key of its own.
pub fn witness(number: u8) -> SigningKey {
    let name = format!("witness.example/w{number}");
    SigningKey::from_seed(&name, &[number; 32], KeyKind::Witness).expect("a key")
}

async fn meddle(file: &Path, sql: &'static str) {
    let mut file = SqliteConnectOptions::new()
        .filename(file)
        .connect()
        .await
        .expect("the file");
    let guards = "select 'drop trigger ' || name from sqlite_schema where type = 'trigger'";
    let guards: Vec<String> = query_scalar(guards)
        .fetch_all(&mut file)
        .await
        .expect("guards");
    for guard in guards {
        raw_sql(AssertSqlSafe(guard))
            .execute(&mut file)
            .await
            .expect("unguarded");
    }
    raw_sql(sql).execute(&mut file).await.expect(sql);
}

/// Copies a data folder as it is.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

fn folders() -> (TempDir, TempDir) {
    let folder = || tempfile::tempdir().expect("a temporary folder");
    (folder(), folder())
}

async fn journal(data: &Path) -> Journal {
    let location = Location::Sqlite(data.join("journal.db"));
    Journal::create_or_open(&location).await.expect("a journal")
}

fn signer_folder(keys: &TempDir) -> PathBuf {
    signer::folder(keys.path(), JOURNAL)
}
