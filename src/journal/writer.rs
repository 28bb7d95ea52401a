//! Appending: take the lock, look, decide (elsewhere), commit; or decide first, and append if it still holds.

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
    /// A head at which every held version was its stream's newest, or newer, where the caller knows one: what was held then
    /// and not written since needs no look.
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
    /// Nothing was asked for.
    fn nothing(head: Head) -> Self {
        Self {
            head,
            now: head.recorded_at.unwrap_or_default(),
            tails: HashMap::new(),
            known: HashMap::new(),
            missing: Vec::new(),
            since: None,
        }
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

/// What a batch was decided on before the lock is taken.
#[derive(Debug, Clone, Copy)]
pub struct Assumed<'a> {
    /// The journal ends here.
    pub head: Head,
    /// None of these was answered: commands that the batch refuses.
    pub refused: &'a [Uuid],
    /// The oldest and the newest stamp, where they were taken by the database's clock: that clock is not behind the newest, and at
    /// most [`STAMP_AGE_MAX`] before the oldest.
    pub stamps: Option<(Moment, Moment)>,
}

/// How old a stamp may be that was taken before the lock, in microseconds.
pub const STAMP_AGE_MAX: i64 = 2_000_000;

impl Assumed<'_> {
    /// Whether it holds of what stands there.
    pub(super) fn holds(&self, head: Head, now: Moment) -> bool {
        let fits =
            |(oldest, newest): (Moment, Moment)| newest <= now && now.0 - oldest.0 <= STAMP_AGE_MAX;
        head == self.head && self.stamps.is_none_or(fits)
    }
}

/// The one that appends, on a connection of its own.
///
/// A call that fails or is dropped half-way gives up the lock and the connection; the next one opens another.
pub struct Writer {
    journal: Journal,
    idle: Option<Connection>,
    held: Option<Held>,
}

struct Held {
    connection: Connection,
    head: Head,
    /// The head that the caller knew, and the streams written since.
    since: Option<(Head, Vec<Uuid>)>,
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
        let (new, held) = asked.divided();
        let mut looked = connection.lock(&new).await?;
        let (written, current) = held.divided_by(looked.since.as_deref());
        if !written.streams.is_empty() {
            looked.extend(connection.look(&written).await?);
        }
        let mut held = Held {
            connection,
            since: asked.since.zip(looked.since.clone()),
            head: looked.head,
            versions: current.streams.into_iter().collect(),
        };
        held.remember(asked, &looked);
        self.held = Some(held);
        Ok(looked)
    }

    /// Reads more while the lock is held. Where the same [`Look::since`] is named as at the lock, what was not written since is
    /// not asked for.
    pub async fn look_more(&mut self, look: Look<'_>) -> Result<Looked> {
        let mut held = self
            .held
            .take()
            .ok_or(JournalError::Misuse("looking without the lock"))?;
        let mut asked = Asked::from(look);
        if let Some((since, written)) = &held.since
            && look.since == Some(*since)
        {
            let (new, known) = asked.divided();
            let (written, current) = known.divided_by(Some(written));
            held.versions.extend(current.streams);
            asked = new;
            asked.streams.extend(written.streams);
        }
        let looked = if asked.streams.is_empty() && asked.commands.is_empty() {
            Looked::nothing(held.head)
        } else {
            held.connection.look(&asked).await?
        };
        held.remember(&asked, &looked);
        self.held = Some(held);
        Ok(looked)
    }

    /// Takes the lock, and writes and commits the batch if what it was decided on holds: one round trip on a shared database. All
    /// or nothing.
    ///
    /// Some with the database's clock: written. None: it does not hold, nothing was written, and the batch is to be decided
    /// under the lock. After an error the outcome is unknown: lock and look the command ids up; whoever asks later is given the lock
    /// later, and two seconds after its oldest stamp nothing is written any more. That the batch continues its
    /// streams is the caller's word, which the database checks as far as no version is given twice.
    pub async fn append(
        &mut self,
        assumed: Assumed<'_>,
        entries: &[Entry],
        commands: &[NewCommand],
    ) -> Result<Option<Moment>> {
        self.release().await?;
        let before = |entry: &Entry| Ok(entry.version.saturating_sub(1));
        let tails = tails(entries, assumed.head, before)?;
        let batch = Batch {
            entries,
            tails,
            commands,
            continued: None,
        };
        let mut connection = match self.idle.take() {
            Some(connection) => connection,
            None => self.journal.connect().await?,
        };
        let written = connection.append(assumed, &batch).await?;
        self.idle = Some(connection);
        if written.is_some() {
            self.journal.wrote(assumed.head, entries);
        }
        Ok(written)
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
                self.journal.wrote(held.head, entries);
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

    fn tails(&self, entries: &[Entry]) -> Result<Vec<(Uuid, u32, Hash)>> {
        let before = |entry: &Entry| match self.versions.get(&entry.stream) {
            Some(version) => Ok(*version),
            None => Err(JournalError::Misuse(
                "a stream was not looked at under the lock",
            )),
        };
        tails(entries, self.head, before)
    }
}

/// Checks that the entries continue the journal and their streams, each of which is as far as `before` says, and gives the
/// streams' new tails.
fn tails(
    entries: &[Entry],
    head: Head,
    before: impl Fn(&Entry) -> Result<u32>,
) -> Result<Vec<(Uuid, u32, Hash)>> {
    if entries.is_empty() {
        return Err(JournalError::Misuse(
            "a batch without entries; release the lock instead",
        ));
    }
    let mut newest: HashMap<Uuid, (u32, Hash)> = HashMap::new();
    let mut recorded_at = head.recorded_at.unwrap_or(Moment(i64::MIN));
    for (entry, position) in entries.iter().zip(head.size..) {
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
            None => before(entry)?,
        };
        if entry.version != before + 1 {
            return Err(JournalError::Misuse(
                "a version does not follow its stream's tail",
            ));
        }
        newest.insert(entry.stream, (entry.version, entry.leaf_hash));
    }
    let tails = newest.into_iter();
    Ok(tails
        .map(|(stream, (version, hash))| (stream, version, hash))
        .collect())
}
