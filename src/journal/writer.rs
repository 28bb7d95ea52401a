//! Appending: take the lock, look, decide (elsewhere), commit.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    Connection, Entry, Head, Journal, JournalError, KnownCommand, NewCommand, Result, Tail,
    rows::Asked,
};
use crate::{domain::time::Moment, tlog::Hash};

/// What a writer wants to know under the lock.
#[derive(Debug, Clone, Copy, Default)]
pub struct Look<'a> {
    /// Streams, each with the version held in the caller's cache (0: nothing is held).
    pub streams: &'a [(Uuid, u32)],
    /// Ids of the commands in the batch.
    pub commands: &'a [Uuid],
    /// The head at which every held version was its stream's newest, where the caller knows one: what was held then and not
    /// written since needs no look.
    pub since: Option<Head>,
}

/// What stands in the journal while the lock is held.
#[derive(Debug, Clone)]
pub struct Looked {
    pub head: Head,
    /// The batch's stamp: the later of the database's clock and the newest `recorded_at`, in microseconds.
    pub now: Moment,
    /// Tails of the streams asked for; a stream without entries is absent, and so is one that was held and is still its newest.
    pub tails: HashMap<Uuid, Tail>,
    /// Those of the asked commands that were answered before.
    pub known: HashMap<Uuid, KnownCommand>,
    /// Entries of the asked streams after the held versions, ordered by position.
    pub missing: Vec<Entry>,
    /// The streams of the entries that were written since [`Look::since`]; `None` where none was named, where they are very
    /// many, or where it is not of this record.
    pub since: Option<Vec<Uuid>>,
}

impl Looked {
    fn nothing_since(&self) -> bool {
        self.since.as_ref().is_some_and(Vec::is_empty)
    }

    fn extend(&mut self, further: Self) {
        self.tails.extend(further.tails);
        self.known.extend(further.known);
        self.missing.extend(further.missing);
        self.missing.sort_unstable_by_key(|entry| entry.position);
    }
}

/// One batch as the back ends write it.
pub struct Batch<'a> {
    pub entries: &'a [Entry],
    /// The newest version of each stream of the batch.
    pub tails: Vec<(Uuid, u32, Hash)>,
    pub commands: &'a [NewCommand],
    pub continued: Option<Continued>,
}

/// A command whose first facts are in the journal already; only copying cuts a command in two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Continued {
    pub id: Uuid,
    /// Entries of it in this batch.
    pub more: u32,
}

/// The one that appends, on a connection of its own.
///
/// A call that fails or is dropped half-way gives up the lock and the connection; the next [`Writer::lock`] opens a new one.
pub struct Writer {
    journal: Journal,
    idle: Option<Connection>,
    held: Option<Held>,
    /// Nobody else wrote between the last two looks. Then held streams are not asked for before it is known that somebody did.
    alone: bool,
}

struct Held {
    connection: Connection,
    head: Head,
    /// Versions of every stream looked at since the lock was taken; 0 for a new one.
    versions: HashMap<Uuid, u32>,
}

impl Writer {
    pub(super) async fn connect(journal: Journal) -> Result<Self> {
        let idle = Some(journal.connect().await?);
        Ok(Self {
            journal,
            idle,
            held: None,
            alone: false,
        })
    }

    /// Begins a transaction, waits for the journal's lock and reads what was asked for.
    ///
    /// A lock still held from before is released first. [`JournalError::Unavailable`]: nothing was done, try again.
    pub async fn lock(&mut self, look: Look<'_>) -> Result<Looked> {
        self.release().await?;
        let asked = Asked::from(look);
        if let Some(connection) = self.idle.take() {
            match self.begin(connection, &asked).await {
                Err(error) if error.lost_connection() => {
                    tracing::debug!(%error, "the writer's connection was lost; opening another");
                }
                other => return other,
            }
        }
        let connection = self.journal.connect().await?;
        self.begin(connection, &asked).await
    }

    async fn begin(&mut self, mut connection: Connection, asked: &Asked) -> Result<Looked> {
        let mut versions = HashMap::new();
        let looked = if self.alone && asked.since.is_some() {
            let (new, held) = asked.divided();
            let mut looked = connection.lock(&new).await?;
            if looked.nothing_since() {
                versions.extend(held.streams);
            } else {
                looked.extend(connection.look(&held).await?);
            }
            looked
        } else {
            connection.lock(asked).await?
        };
        self.alone = looked.nothing_since();
        let mut held = Held {
            connection,
            head: looked.head,
            versions,
        };
        held.remember(asked, &looked);
        self.held = Some(held);
        Ok(looked)
    }

    /// Reads more while the lock is held. What is held at this very head is not asked for.
    pub async fn look_more(&mut self, look: Look<'_>) -> Result<Looked> {
        let mut held = self
            .held
            .take()
            .ok_or(JournalError::Misuse("looking without the lock"))?;
        let mut asked = Asked::from(look);
        if look.since == Some(held.head) {
            let (new, current) = asked.divided();
            held.versions.extend(current.streams);
            asked = new;
        }
        let looked = held.connection.look(&asked).await?;
        held.remember(&asked, &looked);
        self.held = Some(held);
        Ok(looked)
    }

    /// Writes the batch, commits, gives up the lock and wakes who follows. All or nothing.
    ///
    /// Every stream of the batch must have been looked at under this lock. On [`JournalError::Unavailable`] the outcome
    /// is unknown: lock again and look the command ids up.
    pub async fn commit(&mut self, entries: &[Entry], commands: &[NewCommand]) -> Result<()> {
        self.commit_copy(entries, commands, None).await
    }

    /// [`Writer::commit`] of a batch that may begin in the middle of a command.
    pub(super) async fn commit_copy(
        &mut self,
        entries: &[Entry],
        commands: &[NewCommand],
        continued: Option<Continued>,
    ) -> Result<()> {
        let mut held = self
            .held
            .take()
            .ok_or(JournalError::Misuse("committing without the lock"))?;
        match held.write(entries, commands, continued).await {
            Ok(()) => {
                self.idle = Some(held.connection);
                self.journal.wake();
                Ok(())
            }
            Err(error) => {
                if !error.lost_connection() && held.connection.rollback().await.is_ok() {
                    self.idle = Some(held.connection);
                }
                Err(error)
            }
        }
    }

    /// Gives up the lock without writing. Without a lock it does nothing.
    pub async fn release(&mut self) -> Result<()> {
        let Some(mut held) = self.held.take() else {
            return Ok(());
        };
        match held.connection.rollback().await {
            Ok(()) => self.idle = Some(held.connection),
            // Dropping the connection ends the transaction as surely as a rollback.
            Err(error) => {
                tracing::debug!(%error, "the writer's connection was lost while it held the lock");
            }
        }
        Ok(())
    }
}

impl Held {
    fn remember(&mut self, asked: &Asked, looked: &Looked) {
        for stream in asked.streams.keys() {
            if let Some(tail) = looked.tails.get(stream) {
                self.versions.insert(*stream, tail.version);
            } else {
                self.versions.entry(*stream).or_insert(0);
            }
        }
    }

    async fn write(
        &mut self,
        entries: &[Entry],
        commands: &[NewCommand],
        continued: Option<Continued>,
    ) -> Result<()> {
        let tails = self.tails(entries)?;
        self.connection
            .write(&Batch {
                entries,
                tails,
                commands,
                continued,
            })
            .await
    }

    /// Checks that the entries continue the journal and their streams, and gives the streams' new tails.
    fn tails(&self, entries: &[Entry]) -> Result<Vec<(Uuid, u32, Hash)>> {
        if entries.is_empty() {
            return Err(JournalError::Misuse(
                "a batch without entries; release the lock instead",
            ));
        }
        let mut newest = HashMap::new();
        let mut recorded_at = self.head.recorded_at.unwrap_or(Moment(i64::MIN));
        for (entry, position) in entries.iter().zip(self.head.size..) {
            if entry.position != position {
                return Err(JournalError::Misuse(
                    "positions do not follow the newest entry",
                ));
            }
            if entry.recorded_at < recorded_at {
                return Err(JournalError::Misuse("recorded_at runs backwards"));
            }
            recorded_at = entry.recorded_at;
            let before = match newest.get(&entry.stream) {
                Some((version, _)) => *version,
                None => *self
                    .versions
                    .get(&entry.stream)
                    .ok_or(JournalError::Misuse(
                        "a stream was not looked at under the lock",
                    ))?,
            };
            if entry.version != before + 1 {
                return Err(JournalError::Misuse(
                    "a version does not follow its stream's tail",
                ));
            }
            newest.insert(entry.stream, (entry.version, entry.leaf_hash));
        }
        Ok(newest
            .into_iter()
            .map(|(stream, (version, hash))| (stream, version, hash))
            .collect())
    }
}
