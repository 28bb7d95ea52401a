//! Connections to a file that are sound.

use std::path::Path;

use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

/// How a file is written whose commits are acknowledged.
#[must_use]
pub fn durable(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        // FULL: in WAL mode anything less may lose an acknowledged commit when the power goes.
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", "-65536")
        // A statement that may be refused keeps the pages it changes, to put them back: not in a file.
        .pragma("temp_store", "memory")
}

/// A pool that only reads. Nobody asks a connection first whether it is alive: a file does not hang up, and asking costs as much
/// as a short question.
#[must_use]
pub fn readers(max: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(max)
        .test_before_acquire(false)
}

/// A pool that gives up a connection whose transaction could not be ended: on a full disk SQLite ends it by itself, the driver
/// goes on counting it, and every later one would be refused until the program is started again.
#[must_use]
pub fn sound(pool: SqlitePoolOptions) -> SqlitePoolOptions {
    // It was asked before whether it is alive, and with that it has ended what was left open.
    pool.before_acquire(|connection, _| {
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
