//! A journal on which a story is told.

use std::io::Write as _;
use std::path::PathBuf;

use motcua::acts::{Counter, found};
use motcua::journal::{Journal, Location};
use motcua::scenario::{Plan, PlayError, Played, play};
use motcua::vault::{self, Keys, Vault};
use tempfile::TempDir;

use crate::office::id;

pub struct Told {
    pub journal: Journal,
    pub counter: Counter,
    pub vault: Vault,
    pub keys: Keys,
    place: Place,
}

/// Where a node keeps what it keeps.
struct Place {
    journal: Location,
    /// Of the vault, the read models and, unless it is in a database, the journal.
    data: TempDir,
    keys: TempDir,
}

impl Place {
    fn new() -> Self {
        let data = tempfile::tempdir().expect("a temporary folder");
        Self {
            journal: Location::Sqlite(data.path().join("journal.db")),
            data,
            keys: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    async fn journal(&self) -> Journal {
        let opened = Journal::create_or_open(&self.journal).await;
        opened.expect("a journal opens")
    }
}

impl Told {
    /// Begins a story in a file.
    pub async fn begin(plan: &Plan, seed: &str) -> Self {
        Self::begin_in(Place::new(), plan, seed).await
    }

    /// Begins a story on an empty journal elsewhere.
    pub async fn begin_at(journal: &Location, plan: &Plan, seed: &str) -> Self {
        let place = Place {
            journal: journal.clone(),
            ..Place::new()
        };
        Self::begin_in(place, plan, seed).await
    }

    async fn begin_in(place: Place, plan: &Plan, seed: &str) -> Self {
        let opened = plan.opened(id(), seed);
        found(&place.journal().await, opened, id(), Some(plan.opens_at()))
            .await
            .expect("the journal is begun");
        Self::open(place).await
    }

    async fn open(place: Place) -> Self {
        let keys = Keys::load_or_create(place.keys.path()).expect("keys load");
        let journal = place.journal().await;
        let safe = vault::Location::Sqlite(place.data.path().join("vault.db"));
        let vault = Vault::create_or_open(&safe, &keys).await;
        let vault = vault.expect("a vault opens");
        let counter = Counter::open(journal.clone(), vault.clone(), &keys).await;
        Self {
            journal,
            counter: counter.expect("a counter opens"),
            vault,
            keys,
            place,
        }
    }

    /// Closes everything and opens it again.
    pub async fn restart(self) -> Self {
        let Self { place, .. } = self;
        Self::open(place).await
    }

    pub async fn play(&self, plan: &Plan, seed: &str) -> Result<Played, PlayError> {
        play(&self.counter, plan, seed, 1, |_, _| {}).await
    }

    /// Where its read models lie.
    pub fn read_models(&self) -> PathBuf {
        self.place.data.path().join("read")
    }

    /// The facts, one per line, as `motcua export` writes them.
    pub async fn export(&self) -> PathBuf {
        let path = self.place.data.path().join("facts.ndjson");
        let mut file = std::fs::File::create(&path).expect("a file");
        let mut position = 0;
        loop {
            let entries = self.journal.read(position, 5_000).await.expect("entries");
            if entries.is_empty() {
                return path;
            }
            for entry in &entries {
                file.write_all(&entry.body).expect("written");
                file.write_all(b"\n").expect("written");
            }
            position += entries.len() as u64;
        }
    }
}
