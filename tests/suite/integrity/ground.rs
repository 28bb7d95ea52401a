//! An archive: a fresh journal of plain entries, with a data folder and keys of its own, and what tests do to it.

use std::fs;
use std::path::{Path, PathBuf};

use motcua::acts;
use motcua::domain::journal::FORMAT;
use motcua::domain::reference::{ClockKind, JournalKind, Opened};
use motcua::integrity::{Integrity, Place, Role, Sealer};
use motcua::journal::{Entry, Hash, Journal, Location, Look, Writer};
use motcua::tlog::{leaf_hash, node_hash};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};

use crate::grounds::{Ground, grounds};
use crate::office::id;

/// A journal that is about to be sealed.
pub struct Archive {
    pub location: Location,
    pub journal: Journal,
    folder: PathBuf,
    /// Taken away with it.
    _kept: (Option<tempfile::TempDir>, Option<Ground>),
}

/// One on each back end that can be tried here.
pub async fn archives() -> Vec<Archive> {
    let mut archives = Vec::new();
    for ground in grounds().await {
        archives.push(Archive::on(ground).await);
    }
    archives
}

impl Archive {
    async fn on(ground: Ground) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let location = match &ground.location {
            Location::Sqlite(_) => Location::Sqlite(folder.path().join("data/journal.db")),
            Location::Postgres(_) => ground.location.clone(),
        };
        let journal = found(&location).await;
        Self {
            location,
            journal,
            folder: folder.path().to_owned(),
            _kept: (Some(folder), Some(ground)),
        }
    }

    /// On an embedded journal.
    pub async fn embedded() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let location = Location::Sqlite(folder.path().join("data/journal.db"));
        let journal = found(&location).await;
        Self {
            location,
            journal,
            folder: folder.path().to_owned(),
            _kept: (Some(folder), None),
        }
    }

    /// Over a copy of another's `data` and `keys`, which stay where they are.
    pub async fn copied(folder: &Path) -> Self {
        let location = Location::Sqlite(folder.join("data/journal.db"));
        let journal = Journal::create_or_open(&location)
            .await
            .expect("a journal opens");
        Self {
            location,
            journal,
            folder: folder.to_owned(),
            _kept: (None, None),
        }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub fn keys(&self) -> PathBuf {
        self.folder.join("keys")
    }

    pub fn place(&self) -> Place {
        self.place_at("data", "keys")
    }

    /// Another node: folders of its own on the same journal.
    pub fn place_at(&self, data: &str, keys: &str) -> Place {
        Place {
            data: self.folder.join(data),
            keys: self.folder.join(keys),
            journal: self.location.clone(),
            policy: None,
        }
    }

    pub async fn open(&self, role: Role) -> (Integrity, Sealer) {
        self.open_at(&self.place(), role).await
    }

    pub async fn open_at(&self, place: &Place, role: Role) -> (Integrity, Sealer) {
        Integrity::open(place, self.journal.clone(), role)
            .await
            .expect("the proof opens")
    }

    /// Appends entries, one batch.
    pub async fn append(&self, count: u64) {
        let mut writer = self.journal.writer().await.expect("a writer");
        append(&mut writer, count).await;
    }

    /// What a superuser may do: SQL past every guard. In `sqlite` and `postgres` each in its own dialect.
    pub async fn by_hand(&self, sqlite: &str, postgres: &str) {
        match &self.location {
            Location::Sqlite(file) => by_hand_in(file, sqlite).await,
            Location::Postgres(url) => by_hand_on(url, postgres).await,
        }
    }

    /// Puts other bytes in the place of a body, and their hash beside them or not.
    pub async fn edit(&self, position: u64, with_hash: bool) {
        let hash = hex(&leaf_hash(b"forged"));
        let (sqlite, postgres) = if with_hash {
            (
                format!(", leaf_hash = unhex('{hash}')"),
                format!(", leaf_hash = decode('{hash}', 'hex')"),
            )
        } else {
            (String::new(), String::new())
        };
        self.by_hand(
            &format!(
                "drop trigger entry_is_never_updated;
                 update entry set body = cast('forged' as blob){sqlite} where position = {position}"
            ),
            &format!(
                "alter table journal.entry disable trigger all;
                 alter table journal.entry drop constraint entry_check;
                 update journal.entry set body = 'forged'::bytea{postgres} where position = {position}"
            ),
        )
        .await;
    }

    /// What a restored older dump leaves: neither entries nor checkpoints from this size on.
    pub async fn set_back(&self, size: u64) {
        self.by_hand(
            &format!(
                "drop trigger entry_is_never_deleted; delete from entry where position >= {size};
                 create trigger entry_is_never_deleted before delete on entry
                 begin select raise(abort, 'never'); end"
            ),
            &format!(
                "alter table journal.entry disable trigger all;
                 delete from journal.entry where position >= {size};
                 alter table journal.entry enable trigger all;
                 alter table integrity.checkpoint disable trigger all;
                 delete from integrity.checkpoint where size > {size};
                 alter table integrity.checkpoint enable trigger all"
            ),
        )
        .await;
    }

    pub async fn entries(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        loop {
            let from = entries.len() as u64;
            let more = self.journal.read(from, 5_000).await.expect("entries");
            if more.is_empty() {
                return entries;
            }
            entries.extend(more);
        }
    }

    /// The root of the first `size` entries, from their bytes and by the definition of RFC 6962.
    pub async fn fresh_root(&self, size: u64) -> Hash {
        let entries = self.entries().await;
        let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(&entry.body)).collect();
        root(&leaves[..usize::try_from(size).expect("a size")])
    }
}

async fn found(location: &Location) -> Journal {
    let journal = Journal::create_or_open(location)
        .await
        .expect("a journal opens");
    let id = id();
    let opened = Opened {
        id,
        origin: format!("localhost/{id}"),
        kind: JournalKind::Live,
        clock: ClockKind::Database,
        format: FORMAT,
        story: None,
        teller: None,
    };
    acts::found(&journal, opened, crate::office::id(), None)
        .await
        .expect("the journal begins");
    journal
}

/// The sealer looks at no entry but the first, so anything will do.
pub async fn append(writer: &mut Writer, count: u64) -> u64 {
    let stream = id();
    let look = Look {
        streams: &[(stream, 0)],
        commands: &[],
        ..Look::default()
    };
    let looked = writer.lock(look).await.expect("the lock");
    let first = looked.head.size;
    let entry = |position: u64, version: u32| {
        let body = format!("entry {position} of {stream}");
        Entry {
            position,
            stream,
            version,
            recorded_at: looked.now,
            leaf_hash: leaf_hash(body.as_bytes()),
            body: body.into(),
        }
    };
    let entries: Vec<Entry> = (first..first + count)
        .zip(1..)
        .map(|(position, version)| entry(position, version))
        .collect();
    writer.commit(&entries, &[]).await.expect("a batch");
    first + count
}

/// RFC 6962 §2.1, word for word.
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => motcua::tlog::empty_root(),
        [leaf] => *leaf,
        _ => {
            let left = leaves.len().next_power_of_two() / 2;
            node_hash(&root(&leaves[..left]), &root(&leaves[left..]))
        }
    }
}

pub async fn by_hand_in(file: &Path, sql: &str) {
    let options = SqliteConnectOptions::new().filename(file);
    let mut connection = SqliteConnection::connect_with(&options)
        .await
        .expect("a connection");
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(&mut connection)
        .await
        .expect("the statement runs");
}

pub async fn by_hand_on(url: &str, sql: &str) {
    let mut connection = PgConnection::connect(url).await.expect("a connection");
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(&mut connection)
        .await
        .expect("the statement runs");
}

pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// The only file in the evidence folder, as JSON.
pub fn evidence(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(path).expect("the evidence")).expect("JSON")
}
