//! Connections to a file that are sound.

use std::path::Path;

use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::insert::PREPARED;
use super::written_back::LOG_MAX;

/// How a file is written whose commits are acknowledged.
#[must_use]
pub fn durable(file: &Path) -> SqliteConnectOptions {
    // FULL: in WAL mode anything less may lose an acknowledged commit when the power goes.
    written(file).synchronous(SqliteSynchronous::Full)
}

/// How a file is written that can be made anew: the power may take its newest commits.
#[must_use]
pub fn written(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .thread_name(named(file))
        .statement_cache_capacity(PREPARED)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .pragma("cache_size", "-65536")
        .pragma("wal_autocheckpoint", LOG_MAX)
        // A statement that may be refused keeps the pages it changes, to put them back: not in a file.
        .pragma("temp_store", "memory")
}

/// What the thread of a connection that writes a file is called in the system's lists: as the file is.
fn named(file: &Path) -> impl Fn(u64) -> String + Send + Sync + use<> {
    let name = file.file_stem().unwrap_or_default();
    let name = name.to_string_lossy().into_owned();
    move |_| name.clone()
}

/// A pool that gives up a connection whose transaction could not be ended: on a full disk SQLite ends it by itself, the driver
/// goes on counting it, and every later one would be refused until the program is started again.
#[must_use]
pub fn sound(pool: SqlitePoolOptions) -> SqlitePoolOptions {
    // When it came back it was asked whether it is alive, and with that it has ended what was left open.
    pool.test_before_acquire(false)
        .before_acquire(|connection, _| {
            Box::pin(async move { Ok(!connection.is_in_transaction()) })
        })
}

/// On media that nobody can write to a file is read as it lies: SQLite would want a log beside it. Not where a log is left that
/// holds what the file does not.
#[must_use]
pub fn cannot_change(file: &Path) -> bool {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let written = rustix::fs::access(folder, rustix::fs::Access::WRITE_OK);
    let log = file.with_extension("db-wal");
    let is_left = std::fs::metadata(log).is_ok_and(|log| log.len() > 0);
    written == Err(rustix::io::Errno::ROFS) && !is_left
}
