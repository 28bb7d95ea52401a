//! Filling a new file from the whole journal: secondary indexes last, closed dossiers written once, then swapped in.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use futures_util::StreamExt;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, SqliteConnection, query};
use tokio::sync::mpsc;
use tokio::task::JoinError;

use super::change;
use super::error::{ProjectionError, Result};
use super::file::{self, Mark};
use super::fold::{Folding, Read, State, decode};
use crate::databases::insert::{PREPARED, Writes};
use crate::journal::{Entry, Journal};

/// So many pieces wait between two who work side by side.
const AHEAD: usize = 2;
/// Dossiers in a piece.
const DOSSIERS: usize = 4_096;
/// Facts in a piece, or a chunk more.
const FACTS: usize = 8_192;

/// How far a filling is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    pub done: u64,
    /// Entries there are in all; grows while others append.
    pub total: u64,
}

/// Fills a new file of this program's version and swaps it in, whatever is there. Another version's process may go on
/// serving its own file meanwhile; one of this version must have stopped ([`ProjectionError::InUse`]).
pub async fn rebuild(
    folder: &Path,
    journal: &Journal,
    tell: impl FnMut(Pace) + Send,
) -> Result<()> {
    let file = file::take(folder)?;
    fill_new(&file.path, journal, tell).await
}

/// Fills `….building` and renames it; what was at `path` is gone afterwards, and never before.
pub async fn fill_new(path: &Path, journal: &Journal, tell: impl FnMut(Pace) + Send) -> Result<()> {
    let building = path.with_extension("building");
    file::remove(&building)?;
    fill(&building, journal, u64::MAX, tell).await?;
    File::open(&building)?.sync_all()?;
    file::remove(path)?;
    fs::rename(&building, path)?;
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Writes the read models as they were when the journal had this size into one new file, complete or not at all.
///
/// # Errors
/// [`ProjectionError::Exists`] when there is a file already; [`ProjectionError::BeyondEnd`] when the journal is shorter.
pub async fn replay_until(
    out: &Path,
    journal: &Journal,
    size: u64,
    tell: impl FnMut(Pace) + Send,
) -> Result<()> {
    let refuse_to_overwrite = || match fs::symlink_metadata(out) {
        Ok(_) => Err(ProjectionError::Exists(out.to_owned())),
        Err(_) => Ok(()),
    };
    refuse_to_overwrite()?;
    let mut name = out.as_os_str().to_owned();
    name.push(".building");
    let building = PathBuf::from(name);
    file::remove(&building)?;
    let mark = fill(&building, journal, size, tell).await?;
    if mark.size != size {
        file::remove(&building)?;
        let (asked, size) = (size, mark.size);
        return Err(ProjectionError::BeyondEnd { asked, size });
    }
    File::open(&building)?.sync_all()?;
    refuse_to_overwrite()?;
    fs::rename(&building, out)?;
    Ok(())
}

/// Fills a file that must not exist with the read models of a journal of at most this size.
pub async fn fill(
    path: &Path,
    journal: &Journal,
    size_max: u64,
    tell: impl FnMut(Pace) + Send,
) -> Result<Mark> {
    // Without a journal of its own: a file that was not finished is thrown away.
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Off)
        .synchronous(SqliteSynchronous::Off)
        .locking_mode(sqlx::sqlite::SqliteLockingMode::Exclusive)
        .statement_cache_capacity(PREPARED)
        .page_size(8192)
        // The rows of dossiers are written when they close: all over those that were begun since the oldest open one.
        .pragma("cache_size", "-262144")
        .pragma("temp_store", "file");
    let mut connection = SqliteConnection::connect_with(&options).await?;
    file::make_tables(&mut connection).await?;
    let mark = pour(&mut connection, journal, size_max, tell).await?;
    file::make_indexes(&mut connection).await?;
    connection.close().await?;
    Ok(mark)
}

async fn pour(
    connection: &mut SqliteConnection,
    journal: &Journal,
    size_max: u64,
    mut tell: impl FnMut(Pace) + Send,
) -> Result<Mark> {
    let mut folding = Folding::at(journal, 0).await?;
    let mut mark = Mark::default();
    let mut total = size_max.min(journal.head().await?.size);
    folding.changes_from = total.saturating_sub(change::KEPT);
    let (to, mut pieces) = mpsc::channel(AHEAD);
    let folded = tokio::spawn(fold_all(folding, decoded(journal, size_max), to));
    query("begin").execute(&mut *connection).await?;
    while let Some(piece) = pieces.recv().await {
        let Piece { writes, reached } = piece;
        writes.run(connection).await?;
        mark = reached.unwrap_or(mark);
        total = total.max(mark.size);
        tell(Pace {
            done: mark.size,
            total,
        });
    }
    // Also one that fell ends the pieces: what it left out must not pass for the whole.
    folded.await.unwrap_or_else(fallen)?;
    query("commit").execute(&mut *connection).await?;
    Ok(mark)
}

/// What is to be written next, and how far the file is with it.
struct Piece {
    writes: Writes,
    reached: Option<Mark>,
}

/// Folds the chunks and makes their rows, beside the writing: closed dossiers as they come, those still open at the end. Stops when
/// nobody writes any more.
async fn fold_all(
    mut folding: Folding,
    mut chunks: mpsc::Receiver<Result<Vec<Read>>>,
    to: mpsc::Sender<Piece>,
) -> Result<()> {
    while let Some(reads) = chunks.recv().await {
        let mut reads = reads?;
        while reads.len() < FACTS
            && let Some(more) = chunks.recv().await
        {
            reads.extend(more?);
        }
        let piece = fold(&mut folding, reads).await?;
        if to.send(piece).await.is_err() {
            return Ok(());
        }
    }
    for states in folding.into_states().chunks(DOSSIERS) {
        let mut writes = Writes::default();
        write_dossiers(&mut writes, states);
        let piece = Piece {
            writes,
            reached: None,
        };
        if to.send(piece).await.is_err() {
            return Ok(());
        }
    }
    Ok(())
}

async fn fold(folding: &mut Folding, reads: Vec<Read>) -> Result<Piece> {
    let batch = folding.take(reads).await?;
    let mut writes = Writes::default();
    file::write_facts(&mut writes, &batch);
    let closed = folding.take_closed(&batch);
    write_dossiers(&mut writes, &closed);
    Ok(Piece {
        writes,
        reached: file::mark_of(&batch),
    })
}

fn write_dossiers(to: &mut Writes, states: &[Box<State>]) {
    let states: Vec<&State> = states.iter().map(Box::as_ref).collect();
    file::write_dossiers(to, &states);
}

/// The journal in chunks, read and decoded beside the folding and writing.
fn decoded(journal: &Journal, size_max: u64) -> mpsc::Receiver<Result<Vec<Read>>> {
    let (to, chunks) = mpsc::channel(AHEAD);
    let mut read = Box::pin(journal.chunks(0));
    tokio::spawn(async move {
        while let Some(chunk) = read.next().await {
            let reads = match chunk {
                Ok(mut entries) => {
                    entries.retain(|entry| entry.position < size_max);
                    if entries.is_empty() {
                        return;
                    }
                    decode_aside(entries).await
                }
                Err(error) => Err(error.into()),
            };
            let failed = reads.is_err();
            if to.send(reads).await.is_err() || failed {
                return;
            }
        }
    });
    chunks
}

/// Decodes on a thread that may take its time.
pub async fn decode_aside(entries: Vec<Entry>) -> Result<Vec<Read>> {
    let decoding = tokio::task::spawn_blocking(|| decode(entries)).await;
    decoding.unwrap_or_else(fallen)
}

/// The work fell.
fn fallen<T>(error: JoinError) -> Result<T> {
    Err(ProjectionError::Folder(std::io::Error::other(error)))
}
