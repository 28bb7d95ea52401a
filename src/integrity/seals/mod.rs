//! Every checkpoint that was signed and what witnesses said to it: shared by all nodes of a journal, append-only.

mod postgres;
mod sqlite;

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;

use super::error::{IntegrityError, Result, at};
use crate::domain::time::Moment;
use crate::journal::Location;
use crate::tlog::Hash;

/// One signed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// Of the tree; at least 1.
    pub size: u64,
    pub root: Hash,
    /// The signed note, with the log's signature and no other.
    pub note: String,
    pub signed_at: Moment,
    /// When the policy's quorum held; nothing is served before.
    pub published_at: Option<Moment>,
}

/// What a witness answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosignature {
    /// A signature line of a note, without its line end.
    pub line: String,
    pub received_at: Moment,
}

/// A handle on the seals; clones share connections.
#[derive(Clone)]
pub struct Seals {
    store: Arc<Store>,
}

enum Store {
    Sqlite(sqlite::Store),
    Postgres(Box<postgres::Store>),
}

/// `size, root, note, signed_at, published_at`.
type SealRow = (i64, Vec<u8>, String, i64, Option<i64>);

/// Which of the rows.
enum Which {
    Newest,
    NewestPublished,
    /// The smallest published one that covers this position.
    Covering(u64),
    At(u64),
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

impl Seals {
    /// Where the seals of a journal lie: `seals.db` in the data folder, or a schema beside the journal's.
    #[must_use]
    pub fn location(data: &Path, journal: &Location) -> Location {
        match journal {
            Location::Sqlite(_) => Location::Sqlite(data.join("seals.db")),
            Location::Postgres(url) => Location::Postgres(url.clone()),
        }
    }

    /// Opens the seals, makes them when there are none, and brings the tables up to this program's format.
    pub async fn create_or_open(location: &Location) -> Result<Self> {
        Ok(Self::new(match location {
            Location::Sqlite(file) => Store::Sqlite(sqlite::Store::create_or_open(file).await?),
            Location::Postgres(url) => {
                Store::Postgres(Box::new(postgres::Store::create_or_open(url).await?))
            }
        }))
    }

    /// Opens seals that must exist, and never writes to them.
    pub async fn open_read_only(location: &Location) -> Result<Self> {
        Ok(Self::new(match location {
            Location::Sqlite(file) => Store::Sqlite(sqlite::Store::open_read_only(file).await?),
            Location::Postgres(url) => {
                Store::Postgres(Box::new(postgres::Store::open_read_only(url).await?))
            }
        }))
    }

    fn new(store: Store) -> Self {
        Self {
            store: Arc::new(store),
        }
    }

    /// The newest signed checkpoint, published or not.
    pub async fn latest(&self) -> Result<Option<Seal>> {
        self.one(Which::Newest).await
    }

    /// The newest published checkpoint.
    pub async fn published(&self) -> Result<Option<Seal>> {
        self.one(Which::NewestPublished).await
    }

    /// The first published checkpoint whose tree holds the leaf at `position`: a receipt rests on it for ever.
    pub async fn published_covering(&self, position: u64) -> Result<Option<Seal>> {
        self.one(Which::Covering(position)).await
    }

    /// The checkpoint of exactly this size.
    pub async fn at(&self, size: u64) -> Result<Option<Seal>> {
        self.one(Which::At(size)).await
    }

    async fn one(&self, which: Which) -> Result<Option<Seal>> {
        either!(Store, &*self.store, store => store.one(which).await?)
            .map(seal)
            .transpose()
    }

    /// Up to `max` checkpoints of at least this size, in order.
    pub async fn all(&self, from_size: u64, max: u32) -> Result<Vec<Seal>> {
        let rows = either!(Store, &*self.store, store => store.page(key(from_size), max).await?);
        rows.into_iter().map(seal).collect()
    }

    /// What witnesses said to the checkpoint of this size, in the order in which it came.
    pub async fn cosignatures(&self, size: u64) -> Result<Vec<Cosignature>> {
        let rows = either!(Store, &*self.store, store => store.cosignatures(key(size)).await?);
        let cosignature = |(line, received_at)| Cosignature {
            line,
            received_at: Moment(received_at),
        };
        Ok(rows.into_iter().map(cosignature).collect())
    }

    /// Writes a checkpoint that follows the newest. The same one again is no fault.
    ///
    /// # Errors
    /// [`IntegrityError::SealTaken`] when another root or a larger checkpoint stands.
    pub async fn insert(&self, new: &Seal, claim: &mut Claim) -> Result<()> {
        if self.stands(new).await? {
            return Ok(());
        }
        let row = (
            key(new.size),
            new.root.to_vec(),
            new.note.clone(),
            new.signed_at.0,
            new.published_at.map(|at| at.0),
        );
        let written = match (&*self.store, claim) {
            (Store::Sqlite(store), _) => store.insert(row).await,
            (Store::Postgres(_), Claim::Session(session)) => session.insert(row).await,
            (Store::Postgres(store), Claim::File(_)) => store.insert(row).await,
        };
        // Another signer may have come in between.
        if let Err(error) = written
            && (error.is_passing() || !self.stands(new).await?)
        {
            return Err(error);
        }
        Ok(())
    }

    /// Whether this very checkpoint stands; an error when another one is in its way.
    async fn stands(&self, new: &Seal) -> Result<bool> {
        let Some(newest) = self.latest().await?.filter(|seal| seal.size >= new.size) else {
            return Ok(false);
        };
        let known = self.at(new.size).await?;
        if known.is_some_and(|known| known.root == new.root && known.note == new.note) {
            return Ok(true);
        }
        Err(IntegrityError::SealTaken {
            size: new.size,
            newest: newest.size,
        })
    }

    /// Keeps signature lines of witnesses; lines that stand already are passed over.
    pub async fn cosign(&self, size: u64, lines: &[String], at: Moment) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        either!(Store, &*self.store, store => store.cosign(key(size), lines, at.0).await)
    }

    /// From now on this checkpoint is served. Published again, it keeps its first time.
    pub async fn publish(&self, size: u64, at: Moment) -> Result<()> {
        either!(Store, &*self.store, store => store.publish(key(size), at.0).await)
    }

    /// The keys that ever signed this log, in the order in which they were noted.
    pub async fn keys(&self) -> Result<Vec<String>> {
        either!(Store, &*self.store, store => store.keys().await)
    }

    /// Notes a key that signs this log, once.
    pub async fn note_key(&self, vkey: &str, at: Moment) -> Result<()> {
        either!(Store, &*self.store, store => store.note_key(vkey, at.0).await)
    }

    /// How many of the triggers that keep the seals append-only stand, and how many there must be.
    pub async fn guards(&self) -> Result<(u32, u32)> {
        either!(Store, &*self.store, store => store.guards().await)
    }

    /// Takes the place of the log's one signer; it is given up when the claim is dropped or its process ends.
    ///
    /// # Errors
    /// [`IntegrityError::SignerElsewhere`]
    pub async fn claim(&self) -> Result<Claim> {
        match &*self.store {
            Store::Sqlite(store) => lock(&store.file.with_extension("lock")).map(Claim::File),
            Store::Postgres(store) => store.claim().await.map(Claim::Session),
        }
    }

    /// Which database server this is and how often it was set back or promoted (R5); none for a file.
    pub async fn identity(&self) -> Result<Option<String>> {
        match &*self.store {
            Store::Sqlite(_) => Ok(None),
            Store::Postgres(store) => store.identity().await,
        }
    }
}

/// The place of the log's one signer.
pub enum Claim {
    File(File),
    /// Checkpoints are written over the session that holds the lock, so a lost lock is a lost write.
    Session(postgres::Session),
}

/// The system releases it when the process ends, however it ends.
pub(super) fn lock(path: &Path) -> Result<File> {
    let file = File::create(path).map_err(at(path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(IntegrityError::SignerElsewhere(format!(
            " and holds {}",
            path.display()
        ))),
        Err(TryLockError::Error(error)) => Err(at(path)(error)),
    }
}

/// Sizes are far below what a signed number holds; what does not fit is greater than any stored one.
fn key(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

fn seal((size, root, note, signed_at, published_at): SealRow) -> Result<Seal> {
    let size = size.cast_unsigned();
    let root = root.try_into().map_err(|_| IntegrityError::SealDamaged {
        size,
        why: "the root is not 32 bytes".into(),
    })?;
    Ok(Seal {
        size,
        root,
        note,
        signed_at: Moment(signed_at),
        published_at: published_at.map(Moment),
    })
}
