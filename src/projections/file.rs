//! The file on disk: its name, its lock, what is done with one that is damaged, and how old ones go.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection, query, query_as, query_scalar, raw_sql};
use uuid::Uuid;

use super::error::{ProjectionError, Result};
use super::rebuild::{Pace, fill_new};
use super::{MODELS, fold, statistics, tracking};
use crate::databases::file::written;
use crate::databases::insert::Writes;
use crate::databases::readers::Readers;
use crate::databases::written_back::WrittenBack;
use crate::domain::event::Event;
use crate::domain::journal::JournalEvent;
use crate::journal::{Hash, Journal};

const READERS_MAX: usize = 4;
const BUSY_WAIT_MAX: Duration = Duration::from_secs(10);
/// Larger files are opened without reading all their pages first; `verify` reads them.
const CHECKED_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// This program's file and the one before it.
const FILES_KEPT: usize = 2;

const PROGRESS: &str = "
    create table progress (
        only        integer primary key check (only = 1),
        size        integer not null,
        leaf_hash   blob,              -- of the entry at size - 1
        journal     blob,              -- the journal's own id
        fingerprint text    not null
    ) strict;";

/// SHA-256 over all schema texts and versions, first 12 hexadecimal digits.
pub fn fingerprint() -> String {
    let start = Sha256::new().chain_update(PROGRESS);
    let digest = MODELS.iter().fold(start, |hasher, model| {
        hasher
            .chain_update(model.version.to_be_bytes())
            .chain_update(model.tables)
            .chain_update([0])
            .chain_update(model.indexes)
            .chain_update([0])
    });
    let hex = |byte: &u8| format!("{byte:02x}");
    digest.finalize().iter().take(6).map(hex).collect()
}

/// Where the read models of this program lie in a folder.
pub fn path_in(folder: &Path) -> PathBuf {
    folder.join(format!("read-{}.db", fingerprint()))
}

/// How far a file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mark {
    pub size: u64,
    /// Of the entry at `size - 1`.
    pub leaf_hash: Option<Hash>,
}

/// A file that is ours alone, until it is dropped.
pub struct ReadFile {
    pub path: PathBuf,
    /// Held, never read: the system releases the lock when the process ends, however it ends.
    _lock: File,
}

impl ReadFile {
    pub async fn writer(&self) -> Result<SqliteConnection> {
        Ok(SqliteConnection::connect_with(&options(&self.path)).await?)
    }

    /// Writes its log back as long as it is held.
    pub fn written_back(&self) -> WrittenBack {
        WrittenBack::of(options(&self.path))
    }

    pub async fn readers(&self) -> Result<Readers> {
        let options = SqliteConnectOptions::new()
            .filename(&self.path)
            .read_only(true)
            .busy_timeout(BUSY_WAIT_MAX);
        Ok(Readers::open(READERS_MAX, options).await?)
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    written(path).busy_timeout(BUSY_WAIT_MAX)
}

/// Takes the folder's file for this program: the one that is there if it is sound, else a new one, filled.
pub async fn open(
    folder: &Path,
    journal: &Journal,
    tell: impl FnMut(Pace) + Send,
) -> Result<ReadFile> {
    let file = take(folder)?;
    if file.path.exists() {
        match inspect(&file.path).await {
            Ok(mark) => {
                check_beside(journal, mark).await?;
                prune(folder, &file.path)?;
                return Ok(file);
            }
            Err(why) => {
                tracing::warn!(file = %file.path.display(), %why, "the read models are moved aside and filled anew");
                move_aside(&file.path)?;
            }
        }
    }
    fill_new(&file.path, journal, tell).await?;
    prune(folder, &file.path)?;
    Ok(file)
}

/// Locks the place of this program's file.
pub fn take(folder: &Path) -> Result<ReadFile> {
    fs::create_dir_all(folder)?;
    let path = path_in(folder);
    let lock = File::create(path.with_extension("lock"))?;
    match lock.try_lock() {
        Ok(()) => Ok(ReadFile { path, _lock: lock }),
        Err(TryLockError::WouldBlock) => Err(ProjectionError::InUse(path)),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Whether the file can be trusted, else why not.
async fn inspect(path: &Path) -> Result<Mark, String> {
    let checked = async {
        let mut file = SqliteConnection::connect_with(&options(path)).await?;
        if fs::metadata(path)?.len() <= CHECKED_BYTES_MAX {
            let found: String = query_scalar("pragma quick_check(1)")
                .fetch_one(&mut file)
                .await?;
            if found != "ok" {
                return Ok(Err(found));
            }
        }
        let written: String = query_scalar("select fingerprint from progress")
            .fetch_one(&mut file)
            .await?;
        if written != fingerprint() {
            return Ok(Err(format!("it was made by another version ({written})")));
        }
        let mark = mark(&mut file).await?;
        file.close().await?;
        Ok::<_, ProjectionError>(Ok(mark))
    };
    checked.await.unwrap_or_else(|error| Err(error.to_string()))
}

pub async fn mark(file: &mut SqliteConnection) -> Result<Mark> {
    let (size, hash): (i64, Option<Vec<u8>>) = query_as("select size, leaf_hash from progress")
        .fetch_one(file)
        .await?;
    let wrong = |_| ProjectionError::Damaged("the last entry's hash is not 32 bytes".to_owned());
    Ok(Mark {
        size: size.cast_unsigned(),
        leaf_hash: hash.map(TryInto::try_into).transpose().map_err(wrong)?,
    })
}

/// The journal's entry before `size` must be the one that was followed.
pub async fn check_beside(journal: &Journal, mark: Mark) -> Result<()> {
    let Some(position) = mark.size.checked_sub(1) else {
        return Ok(());
    };
    let found = journal
        .read(position, 1)
        .await
        .or_else(|error| match error {
            crate::journal::JournalError::Gap { .. } => Ok(Vec::new()),
            error => Err(error),
        })?;
    if found.first().map(|entry| entry.leaf_hash) == mark.leaf_hash {
        return Ok(());
    }
    Err(ProjectionError::BesideJournal { position })
}

/// Makes the tables; the indexes come when there is something in them.
pub async fn make_tables(file: &mut SqliteConnection) -> Result<()> {
    raw_sql(PROGRESS).execute(&mut *file).await?;
    for model in &MODELS {
        raw_sql(model.tables).execute(&mut *file).await?;
    }
    query("insert into progress (only, size, fingerprint) values (1, 0, ?1)")
        .bind(fingerprint())
        .execute(file)
        .await?;
    Ok(())
}

pub async fn make_indexes(file: &mut SqliteConnection) -> Result<()> {
    for model in &MODELS {
        raw_sql(model.indexes).execute(&mut *file).await?;
    }
    Ok(())
}

/// Writes what one batch adds, but for the rows of dossiers, and how far the file has come with it.
pub fn write_facts(to: &mut Writes, batch: &fold::Batch) {
    super::audit::write(to, batch);
    super::change::write(to, batch);
    statistics::write_due_changes(to, batch);
    statistics::write_deeds(to, batch);
    super::catalogue::write(to, batch);
    super::offices::write(to, batch);
    super::agenda::write_papers(to, batch);
    super::reorganisation::write_closings(to, batch);
    super::repository::write_archived(to, batch);
    super::looks::write(to, batch);
    super::erasures::write(to, batch);
    write_mark(to, batch);
}

/// Writes the rows of these dossiers as they are now.
pub fn write_dossiers(to: &mut Writes, states: &[&fold::State]) {
    tracking::write(to, states);
    statistics::write(to, states);
    statistics::write_desks(to, states);
    super::agenda::write(to, states);
    super::portal::write(to, states);
    super::reorganisation::write(to, states);
    super::repository::write(to, states);
}

fn write_mark(to: &mut Writes, batch: &fold::Batch) {
    let Some(mark) = mark_of(batch) else {
        return;
    };
    let moved = [
        mark.size.cast_signed().into(),
        mark.leaf_hash.map(|hash| hash.to_vec()).into(),
        journal_id(batch).into(),
    ];
    let sql = "update progress set size = ?, leaf_hash = ?, journal = coalesce(journal, ?)";
    to.push(sql, moved);
}

/// How far a file is that shows this batch; none for one without facts.
pub fn mark_of(batch: &fold::Batch) -> Option<Mark> {
    let last = batch.reads.last()?;
    Some(Mark {
        size: last.entry.position + 1,
        leaf_hash: Some(last.entry.leaf_hash),
    })
}

/// The journal's own id, when the batch holds its first fact.
fn journal_id(batch: &fold::Batch) -> Option<Uuid> {
    let first = batch
        .reads
        .first()
        .filter(|read| read.entry.position == 0)?;
    match &first.fact.event {
        Event::Journal(JournalEvent::Opened(opened)) => Some(opened.id),
        Event::Journal(JournalEvent::FormatRaised(_))
        | Event::Reference(_)
        | Event::Register(_)
        | Event::Archive(_)
        | Event::Staff(_)
        | Event::Access(_)
        | Event::Erasure(_)
        | Event::Import(_)
        | Event::Dossier(_) => None,
    }
}

/// SQLite's own files beside a database.
fn companions(path: &Path) -> [PathBuf; 2] {
    ["-wal", "-shm"].map(|end| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    })
}

/// Deletes a database, then what SQLite keeps beside it: a database must never meet the log of another.
pub fn remove(path: &Path) -> io::Result<()> {
    for file in [path]
        .into_iter()
        .chain(companions(path).iter().map(PathBuf::as_path))
    {
        match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

/// Keeps a file that cannot be trusted under another name, in place of an earlier one.
fn move_aside(path: &Path) -> io::Result<()> {
    let aside = path.with_extension("db.aside");
    fs::rename(path, aside)?;
    remove(path)
}

/// Deletes the files of older versions that no process holds; the newest but ours is kept for a way back.
fn prune(folder: &Path, ours: &Path) -> Result<()> {
    let mut others: Vec<(SystemTime, PathBuf)> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let is_database = path.extension().is_some_and(|end| end == "db");
        if path != ours && is_database && name.starts_with("read-") {
            others.push((fs::metadata(&path)?.modified()?, path));
        }
    }
    others.sort_unstable();
    others.reverse();
    for (_, path) in others.into_iter().skip(FILES_KEPT - 1) {
        let lock_path = path.with_extension("lock");
        let lock = File::create(&lock_path)?;
        if lock.try_lock().is_ok() {
            tracing::info!(file = %path.display(), "read models of an older version are deleted");
            remove(&path)?;
            fs::remove_file(lock_path)?;
        }
    }
    Ok(())
}
