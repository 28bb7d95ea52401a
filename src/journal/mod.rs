//! The record: opaque exact bytes in one order, on an embedded SQLite file or on a shared PostgreSQL database.
//!
//! Positions start at 0, have no gap and follow the order of commits; versions start at 1 and have no gap within a
//! stream; `recorded_at` never runs backwards. Nothing here ever changes or deletes an entry.

mod canonical;
pub mod clock;
mod copy;
mod error;
pub mod fact;
mod follow;
mod location;
mod nodes;
mod postgres;
mod rows;
mod sqlite;
mod writer;

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

use self::follow::Recent;
pub use self::{
    canonical::canonical,
    copy::{Copier, CopyError, NO_MAC},
    error::JournalError,
    follow::Follower,
    location::Location,
    writer::{Assumed, Look, Looked, STAMP_AGE_MAX, Writer},
};
pub use crate::tlog::Hash;
use crate::{databases::together::Together, domain::time::Moment, tlog};

pub type Result<T, E = JournalError> = std::result::Result<T, E>;

/// Entries per read when the whole journal is read.
const CHUNK_MAX: u32 = 4_096;
/// How long a store may take to give a page or its newest entry.
const ANSWER_MAX: std::time::Duration = std::time::Duration::from_secs(15);

/// One fact at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// From 0; also the leaf's index in the tree.
    pub position: u64,
    pub stream: Uuid,
    /// From 1 within its stream.
    pub version: u32,
    pub recorded_at: Moment,
    /// The exact bytes that `leaf_hash` is made of.
    pub body: Bytes,
    pub leaf_hash: Hash,
}

impl Entry {
    /// Whether `leaf_hash` is the hash of `body`.
    pub fn is_intact(&self) -> bool {
        tlog::leaf_hash(&self.body) == self.leaf_hash
    }
}

/// How far the journal goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    /// How many entries there are.
    pub size: u64,
    /// Of the newest entry.
    pub recorded_at: Option<Moment>,
    /// Of the newest entry.
    pub leaf_hash: Option<Hash>,
}

impl Head {
    /// The journal up to this entry.
    pub fn of(newest: &Entry) -> Self {
        Self {
            size: newest.position + 1,
            recorded_at: Some(newest.recorded_at),
            leaf_hash: Some(newest.leaf_hash),
        }
    }
}

/// The newest entry of one stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tail {
    pub version: u32,
    pub leaf_hash: Hash,
}

/// A command that was answered before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownCommand {
    /// Keyed digest of its content and actor.
    pub mac: Hash,
    /// Position of its first entry.
    pub position: u64,
    pub entries: u32,
}

/// A command answered by this batch; see [`KnownCommand`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewCommand {
    pub id: Uuid,
    pub mac: Hash,
    pub position: u64,
    pub entries: u32,
}

/// Where a reading of streams stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// At the newest entry.
    End,
    /// Before this position: the journal when it had this size.
    Size(u64),
    /// After the last entry recorded at or before this moment.
    Moment(Moment),
}

impl Until {
    /// Positions below the first, recorded at or before the second.
    fn bounds(self) -> (i64, i64) {
        match self {
            Self::End => (i64::MAX, i64::MAX),
            Self::Size(size) => (i64::try_from(size).unwrap_or(i64::MAX), i64::MAX),
            Self::Moment(moment) => (i64::MAX, moment.0),
        }
    }
}

/// A handle on the journal; clones share connections and wake-ups.
#[derive(Clone)]
pub struct Journal {
    shared: Arc<Shared>,
}

struct Shared {
    store: Store,
    wake: watch::Sender<()>,
    recent: Recent,
    /// Streams that are asked for whole.
    whole: Together<Uuid, Vec<Entry>>,
    /// The task that turns PostgreSQL's notifications into wake-ups, once somebody follows.
    listening: std::sync::OnceLock<tokio::task::JoinHandle<()>>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(task) = self.listening.get() {
            task.abort();
        }
    }
}

/// Where entries are read.
enum Store {
    Sqlite(Box<sqlite::Store>),
    Postgres(postgres::Store),
}

/// A writer's own connection.
enum Connection {
    Sqlite(sqlite::Connection),
    Postgres(postgres::Connection),
}

/// Calls the same method of whichever back end it is.
macro_rules! either {
    ($kind:ident, $this:expr, $inner:ident => $call:expr) => {
        match $this {
            $kind::Sqlite($inner) => $call,
            $kind::Postgres($inner) => $call,
        }
    };
}

impl Journal {
    /// Opens the journal, makes it when there is none, and brings its tables up to this program's format.
    pub async fn create_or_open(location: &Location) -> Result<Self> {
        Ok(Self::new(match location {
            Location::Sqlite(file) => {
                Store::Sqlite(Box::new(sqlite::Store::create_or_open(file).await?))
            }
            Location::Postgres(url) => Store::Postgres(postgres::Store::create_or_open(url).await?),
        }))
    }

    /// Opens a journal that must exist, and never writes to it.
    pub async fn open_read_only(location: &Location) -> Result<Self> {
        Ok(Self::new(match location {
            Location::Sqlite(file) => {
                Store::Sqlite(Box::new(sqlite::Store::open_read_only(file).await?))
            }
            Location::Postgres(url) => Store::Postgres(postgres::Store::open_read_only(url).await?),
        }))
    }

    fn new(store: Store) -> Self {
        let shared = Shared {
            store,
            wake: watch::Sender::new(()),
            recent: Recent::default(),
            whole: Together::default(),
            listening: std::sync::OnceLock::new(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// How far the journal goes now.
    pub async fn head(&self) -> Result<Head> {
        let newest = async { either!(Store, &self.shared.store, store => store.newest().await) };
        rows::head(answered(newest).await?)
    }

    /// Up to `max` entries from position `from` on, in order; empty at the end. A hole is [`JournalError::Gap`].
    pub async fn read(&self, from: u64, max: u32) -> Result<Vec<Entry>> {
        let Ok(first) = i64::try_from(from) else {
            return Ok(Vec::new());
        };
        let page =
            async { either!(Store, &self.shared.store, store => store.page(first, max).await) };
        let found = match answered(page).await {
            Err(error) if error.is_of_a_damaged_file() => {
                return Err(self.damaged(first, max, error).await);
            }
            found => found?,
        };
        let entries = decode(found)?;
        match entries
            .iter()
            .zip(from..)
            .find(|(entry, position)| entry.position != *position)
        {
            Some((_, position)) => Err(JournalError::Gap { position }),
            None => Ok(entries),
        }
    }

    /// The first of these positions that the file does not give any more.
    async fn damaged(&self, first: i64, max: u32, error: JournalError) -> JournalError {
        for position in first..first.saturating_add(max.into()) {
            let read = either!(Store, &self.shared.store, store => store.page(position, 1).await);
            if read.is_err_and(|error| error.is_of_a_damaged_file()) {
                return JournalError::Damaged {
                    position: position.cast_unsigned(),
                    why: "the database's file is damaged there",
                };
            }
        }
        error
    }

    /// Everything from position `from` on, in chunks of a few thousand, the next read while one is worked on. Ends at the
    /// head, or after the first error. Must be called within a runtime.
    pub fn chunks(&self, from: u64) -> impl Stream<Item = Result<Vec<Entry>>> + use<> {
        let (to, chunks) = mpsc::channel(2);
        let journal = self.clone();
        tokio::spawn(async move {
            let mut from = from;
            loop {
                let chunk = journal.read(from, CHUNK_MAX).await;
                let last = match &chunk {
                    Ok(entries) if entries.is_empty() => break,
                    Ok(entries) => entries.len() < CHUNK_MAX as usize,
                    Err(_) => true,
                };
                from += u64::from(CHUNK_MAX);
                if to.send(chunk).await.is_err() || last {
                    break;
                }
            }
        });
        stream::unfold(chunks, |mut chunks| async {
            chunks.recv().await.map(|chunk| (chunk, chunks))
        })
    }

    /// [`Journal::chunks`], entry by entry.
    pub fn stream_all(&self, from: u64) -> impl Stream<Item = Result<Entry>> + use<> {
        self.chunks(from)
            .map_ok(|chunk| stream::iter(chunk).map(Ok))
            .try_flatten()
    }

    /// Entries of one stream after a version (0: all), in order.
    pub async fn read_stream(
        &self,
        stream: Uuid,
        after_version: u32,
        until: Until,
    ) -> Result<Vec<Entry>> {
        if after_version == 0 && until == Until::End {
            let several = {
                let journal = self.clone();
                move |streams: Vec<Uuid>| {
                    let journal = journal.clone();
                    async move { journal.whole(&streams).await }
                }
            };
            return Ok(self
                .shared
                .whole
                .ask(stream, several)
                .await?
                .unwrap_or_default());
        }
        let bounds = until.bounds();
        let found = async {
            either!(Store, &self.shared.store, store => store.stream(stream, after_version, bounds).await)
        };
        let entries = decode(answered(found).await?)?;
        rows::dense_versions(&entries, after_version)?;
        Ok(entries)
    }

    /// All entries of several streams, for each that has any.
    async fn whole(&self, streams: &[Uuid]) -> Result<HashMap<Uuid, Vec<Entry>>> {
        let mut whole: HashMap<Uuid, Vec<Entry>> = HashMap::new();
        for entry in self.read_streams(streams, Until::End).await? {
            whole.entry(entry.stream).or_default().push(entry);
        }
        Ok(whole)
    }

    /// All entries of several streams, ordered by position.
    pub async fn read_streams(&self, streams: &[Uuid], until: Until) -> Result<Vec<Entry>> {
        let bounds = until.bounds();
        let mut streams = streams.to_vec();
        streams.sort_unstable();
        streams.dedup();
        let found = async {
            either!(Store, &self.shared.store, store => store.streams(&streams, bounds).await)
        };
        let entries = decode(answered(found).await?)?;
        rows::dense_streams(&entries, HashMap::new())?;
        Ok(entries)
    }

    /// How many entries were recorded at or before `at`: the size to pass when the journal is wanted as of a time.
    pub async fn size_at(&self, at: Moment) -> Result<u64> {
        let (mut least, mut most) = (0, self.head().await?.size);
        while least < most {
            let middle = least + (most - least) / 2;
            let key = middle.cast_signed();
            let recorded_at =
                either!(Store, &self.shared.store, store => store.recorded_at(key).await?);
            match recorded_at {
                None => return Err(JournalError::Gap { position: middle }),
                Some(recorded_at) if recorded_at <= at.0 => least = middle + 1,
                Some(_) => most = middle,
            }
        }
        Ok(least)
    }

    /// Up to `max` streams of the index of tails, by id, after an id (nil: from the first). What the index says is only as
    /// good as its agreement with the entries.
    pub async fn tails(&self, after: Uuid, max: u32) -> Result<Vec<(Uuid, Tail)>> {
        let found = either!(Store, &self.shared.store, store => store.tails(after, max).await?);
        found.into_iter().map(rows::tail).collect()
    }

    /// How many of the triggers that keep the record append-only stand, and how many there must be.
    pub async fn guards(&self) -> Result<(u32, u32)> {
        either!(Store, &self.shared.store, store => store.guards().await)
    }

    /// What was answered to a command, if it was.
    pub async fn command(&self, id: Uuid) -> Result<Option<KnownCommand>> {
        Ok(self.commands(&[id]).await?.remove(&id))
    }

    /// What was answered to those of these commands that were answered.
    pub async fn commands(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, KnownCommand>> {
        let found = either!(Store, &self.shared.store, store => store.commands(ids).await?);
        found.into_iter().map(rows::command).collect()
    }

    /// A reader that waits at the end for more. Must be called within a runtime.
    pub fn follow(&self, from: u64) -> Follower {
        if let Store::Postgres(store) = &self.shared.store {
            let task = || tokio::spawn(follow::listen(store.servers(), self.shared.wake.clone()));
            self.shared.listening.get_or_init(task);
        }
        Follower::new(self.clone(), self.shared.wake.subscribe(), from)
    }

    /// The one that appends, on a connection of its own.
    pub async fn writer(&self) -> Result<Writer> {
        Writer::connect(self.clone()).await
    }

    async fn connect(&self) -> Result<Connection> {
        Ok(match &self.shared.store {
            Store::Sqlite(store) => Connection::Sqlite(store.connect().await?),
            Store::Postgres(store) => Connection::Postgres(store.connect().await?),
        })
    }

    /// Takes note of what was written behind this head, and wakes who follows.
    fn wrote(&self, before: Head, entries: &[Entry]) {
        self.shared.recent.add(before, entries);
        self.shared.wake.send_replace(());
    }
}

impl Connection {
    /// Begins, takes the lock and looks.
    async fn lock(&mut self, asked: &rows::Asked) -> Result<Looked> {
        either!(Self, self, connection => connection.lock(asked).await)
    }

    async fn look(&mut self, asked: &rows::Asked) -> Result<Looked> {
        either!(Self, self, connection => connection.look(asked).await)
    }

    /// Takes the lock, appends and commits, if what the batch was decided on holds.
    async fn append(
        &mut self,
        assumed: Assumed<'_>,
        batch: &writer::Batch<'_>,
    ) -> Result<Option<Moment>> {
        either!(Self, self, connection => connection.append(assumed, batch).await)
    }

    /// Appends and commits.
    async fn write(&mut self, batch: &writer::Batch<'_>) -> Result<()> {
        either!(Self, self, connection => connection.write(batch).await)
    }

    async fn rollback(&mut self) -> Result<()> {
        either!(Self, self, connection => connection.rollback().await)
    }
}

/// An answer in time. A line that died without a word gives none for ever, and with the question its connection is given up.
async fn answered<T>(asked: impl Future<Output = Result<T>>) -> Result<T> {
    let answer = tokio::time::timeout(ANSWER_MAX, asked).await;
    answer.unwrap_or(Err(JournalError::unconfirmed()))
}

fn decode(found: Vec<rows::EntryRow>) -> Result<Vec<Entry>> {
    found.into_iter().map(rows::entry).collect()
}
