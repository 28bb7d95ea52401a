//! The safe: personal data, encrypted under a key per subject and purpose, beside the journal and never in it.
//!
//! **Vault first.** [`Vault::put`] returns once the parts are on disk, and only then may the fact that names them be
//! appended: a crash leaves at worst parts without a fact, never a fact without its parts. What a correction replaces
//! ([`Vault::forget_superseded`]) is destroyed after the correcting fact is recorded, never before. Parts without a fact
//! are taken away by [`Vault::forget`] when the command was refused or repeated, and by [`Vault::sweep`] after a crash.

mod depositing;
mod draft;
mod error;
mod files;
mod folder;
mod holder;
mod keys;
mod location;
mod postgres;
mod rows;
mod seal;
mod search;
mod sqlite;
mod tag;
#[cfg(test)]
mod tests;
mod wrapping;

use std::{
    collections::{BTreeSet, HashMap},
    fmt,
    sync::Arc,
};

use serde_json::Value;
use uuid::Uuid;
use zeroize::Zeroizing;

use self::{
    draft::{Draft, Owner, Ring},
    rows::{KeyRow, Store, StoredPart},
    seal::{Commitment, PartPlace, Secret},
    wrapping::Wrappings,
};
pub use self::{
    error::VaultError,
    files::{Arrived, BYTES_MAX, Kept, NoTicket, TICKET_HOURS, Upload},
    folder::Folder,
    keys::{FILE as MASTER_FILE, Keys, MASTER_VARIABLE, WRAPPING_VARIABLE},
    location::Location,
    seal::Opening,
    search::Located,
    tag::Field,
    wrapping::{Rewrap, WrappingState},
};
use crate::domain::{
    part::{Part, PartKind, Purpose},
    time::Moment,
};

pub type Result<T, E = VaultError> = std::result::Result<T, E>;

/// Parts looked at in one step of the sweep.
const SWEEP_PAGE: u32 = 500;

/// Personal data on its way into the vault.
#[derive(Clone, PartialEq, Eq)]
pub struct Personal {
    pub kind: PartKind,
    /// Random, one per person and dossier.
    pub subject: Uuid,
    /// A JSON object of texts.
    pub value: Value,
    /// The file whose hash the value holds.
    pub file: Option<Kept>,
}

impl fmt::Debug for Personal {
    /// Without the value: what is printed ends in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Personal({}, {})", self.kind.name(), self.subject)
    }
}

/// The personal data that one command brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deposit {
    pub command: Uuid,
    /// The stream of the fact that will name the parts.
    pub stream: Uuid,
    pub parts: Vec<Personal>,
}

/// A part as it can be read now.
#[derive(Clone, PartialEq, Eq)]
pub enum Opened<T = Value> {
    Present(T),
    /// Destroyed on purpose: a tombstone says so.
    Erased,
    /// Not readable, for a reason that somebody must look into. An unknown key is this and never [`Opened::Erased`], or a
    /// wrong database would turn every record into an erased one.
    Unavailable(&'static str),
}

impl<T> fmt::Debug for Opened<T> {
    /// Without the value: what is printed ends in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Present(_) => f.write_str("Present(…)"),
            Self::Erased => f.write_str("Erased"),
            Self::Unavailable(why) => write!(f, "Unavailable({why})"),
        }
    }
}

impl<T> Opened<T> {
    /// What can be read; none of what was erased.
    ///
    /// # Errors
    /// [`VaultError::Unreadable`] for what is unavailable.
    pub fn readable(self) -> Result<Option<T>> {
        match self {
            Self::Present(present) => Ok(Some(present)),
            Self::Erased => Ok(None),
            Self::Unavailable(why) => Err(VaultError::Unreadable { why }),
        }
    }

    fn map<U>(self, change: impl FnOnce(T) -> U) -> Opened<U> {
        match self {
            Self::Present(present) => Opened::Present(change(present)),
            Self::Erased => Opened::Erased,
            Self::Unavailable(why) => Opened::Unavailable(why),
        }
    }
}

/// What of a subject is destroyed, whichever call did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Destroyed {
    pub keys: u64,
    pub parts: u64,
    pub files: u64,
}

/// A handle on the vault; clones share connections and wrapping keys.
#[derive(Clone)]
pub struct Vault {
    shared: Arc<Shared>,
    folder: Option<Folder>,
}

struct Shared {
    store: Store,
    wrappings: Wrappings,
    /// Seals the tickets of files.
    tickets: Secret,
}

/// Makes the tables of a vault that is to be filled with the rows of another, or brings them up to this program's format.
///
/// # Errors
/// When the place cannot be written.
pub async fn prepare(location: &Location) -> Result<()> {
    Store::create_or_open(location).await.map(drop)
}

impl Vault {
    /// Opens the vault at `location`, makes it when there is none, and brings it to this program's format.
    /// Refused when it was filled under another master key. It opens also where a wrapping key is missing: what is under it
    /// is unavailable, and if it is the current one nothing can be put.
    pub async fn create_or_open(location: &Location, keys: &Keys) -> Result<Self> {
        let store = Store::create_or_open(location).await?;
        let wrappings = Wrappings::open(&store, keys).await?;
        let tickets = Zeroizing::new(keys.derive(files::TICKETS));
        let shared = Shared {
            store,
            wrappings,
            tickets,
        };
        Ok(Self {
            shared: Arc::new(shared),
            folder: None,
        })
    }

    /// The same, with a place for files; without one none is taken.
    #[must_use]
    pub fn with_files(self, folder: Folder) -> Self {
        Self {
            folder: Some(folder),
            ..self
        }
    }

    fn folder(&self) -> Result<&Folder> {
        let none = VaultError::Misuse("this vault has no place for files");
        self.folder.as_ref().ok_or(none)
    }

    /// Stores everything in one durable transaction, or nothing, and gives the parts to write into facts: one list per
    /// deposit, in order.
    ///
    /// The same values put again get other salts and so other commitments. When a subject's key has been destroyed the
    /// batch is refused with [`VaultError::SubjectErased`], which names the subject; the rest may be put without it.
    pub async fn put(&self, deposits: &[Deposit], now: Moment) -> Result<Vec<Vec<Part>>> {
        let drafts = draft::drafts(deposits)?;
        if !drafts.is_empty() {
            self.store(&drafts, now).await?;
        }
        let mut parts = drafts.iter().map(Draft::part);
        let per_deposit = |deposit: &Deposit| parts.by_ref().take(deposit.parts.len()).collect();
        Ok(deposits.iter().map(per_deposit).collect())
    }

    /// Reads parts, each with the stream and the command of the fact that names it; the answers are in order.
    ///
    /// A part is present only if it decrypts at exactly this place and meets its commitment.
    pub async fn open(&self, wanted: &[(Uuid, Uuid, Part)]) -> Result<Vec<Opened>> {
        let opened = self.disclose(wanted).await?.into_iter();
        Ok(opened
            .map(|opened| opened.map(|opening| opening.value))
            .collect())
    }

    /// As [`Vault::open`], with the salts: for a reader who wants to check a commitment.
    pub async fn disclose(&self, wanted: &[(Uuid, Uuid, Part)]) -> Result<Vec<Opened<Opening>>> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let store = &self.shared.store;
        let commitments: Vec<Option<Commitment>> = wanted
            .iter()
            .map(|(_, _, part)| draft::commitment(&part.c))
            .collect();
        let known: Vec<Commitment> = commitments.iter().copied().flatten().collect();
        let parts = store.parts(&known).await?;
        let parts: HashMap<Commitment, &StoredPart> =
            parts.iter().map(|part| (part.c, part)).collect();
        let subjects = distinct(wanted.iter().map(|(_, _, part)| part.s));
        let keys = store.keys(&subjects).await?;
        let keys = by_owner(&keys);
        let opened = wanted.iter().zip(commitments).map(|(wanted, c)| {
            let part = &wanted.2;
            let stored = c.and_then(|c| parts.get(&c).copied());
            let key = keys.get(&(part.s, part.kind.purpose().name())).copied();
            self.read(wanted, stored, key)
        });
        Ok(opened.collect())
    }

    /// Deletes parts that no fact names: put for a command that was refused, or answered before. Nothing stays of them;
    /// unknown ones are passed over.
    pub async fn forget(&self, commitments: &[String]) -> Result<()> {
        let commitments = draft::commitments(commitments)?;
        self.shared.store.delete(&commitments).await?;
        Ok(())
    }

    /// Destroys parts that a recorded correction has replaced. A tombstone stays, so that they read as erased; unknown
    /// ones are passed over, and a second call changes nothing.
    pub async fn forget_superseded(&self, commitments: &[String], now: Moment) -> Result<()> {
        let commitments = draft::commitments(commitments)?;
        let store = &self.shared.store;
        store.bury(&commitments, now.0).await?;
        let files = store.files_of(&commitments).await?;
        self.delete_files(files).await?;
        store.clear_leftovers().await
    }

    /// Destroys a subject's keys for these purposes, all parts under them and the files these name; tombstones stay, and
    /// nothing can be put for them again. A crash in between leaves files that nobody can read, for the sweep; a second
    /// call finishes the first.
    pub async fn erase(
        &self,
        subject: Uuid,
        purposes: &[Purpose],
        now: Moment,
    ) -> Result<Destroyed> {
        let store = &self.shared.store;
        let mut fences = Vec::with_capacity(purposes.len());
        for purpose in purposes {
            let id = uuid::Builder::from_random_bytes(random()?).into_uuid();
            fences.push((id, purpose.name()));
        }
        let (keys, parts) = store.erase(subject, &fences, now.0).await?;
        let files: Vec<Uuid> = parts.iter().copied().flatten().collect();
        let destroyed = Destroyed {
            keys,
            parts: parts.len() as u64,
            files: files.len() as u64,
        };
        self.delete_files(files).await?;
        store.clear_leftovers().await?;
        Ok(destroyed)
    }

    /// Which data of these subjects can still be read.
    pub async fn living(&self, subjects: &[Uuid]) -> Result<BTreeSet<(Uuid, String)>> {
        let found = self.shared.store.living_subjects(subjects).await?;
        Ok(found.into_iter().collect())
    }

    async fn delete_files(&self, files: Vec<Uuid>) -> Result<()> {
        if let (false, Some(folder)) = (files.is_empty(), &self.folder) {
            folder.delete(files).await?;
        }
        Ok(())
    }

    /// Deletes parts put after `younger_than` and before `older_than` that no fact names, and says how many.
    ///
    /// `is_used` gets (command, commitment) pairs and answers, in order, whether a fact of that command names that
    /// commitment; an error ends the sweep. The window keeps it from parts whose fact is about to be recorded, and from
    /// those of a past that the index of commands no longer covers. Never to be run while that index is being rebuilt.
    pub async fn sweep<Ask, Answer, E>(
        &self,
        older_than: Moment,
        younger_than: Moment,
        mut is_used: Ask,
    ) -> Result<u64>
    where
        Ask: FnMut(Vec<(Uuid, String)>) -> Answer,
        Answer: Future<Output = Result<Vec<bool>, E>>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let store = &self.shared.store;
        let mut after = (younger_than.0, [u8::MAX; 32]);
        let mut deleted = 0;
        loop {
            let page = store.page(after, older_than.0, SWEEP_PAGE).await?;
            let Some(last) = page.last() else { break };
            after = (last.created_at, last.c);
            let asked = page
                .iter()
                .map(|part| (part.command, draft::text(&part.c)))
                .collect();
            let used = is_used(asked)
                .await
                .map_err(|error| VaultError::Lookup(error.into()))?;
            if used.len() != page.len() {
                return Err(VaultError::Misuse(
                    "the sweep's answers do not match its questions",
                ));
            }
            let unused: Vec<Commitment> = page
                .iter()
                .zip(used)
                .filter_map(|(part, used)| (!used).then_some(part.c))
                .collect();
            deleted += store.delete(&unused).await?;
        }
        if deleted > 0 {
            store.clear_leftovers().await?;
        }
        Ok(deleted)
    }

    /// Subjects are taken for new, which most are: then it is one round trip. Where keys are told in return, it is done again with
    /// them. No cache of keys can outlive an erasure on another node: nothing is stored under one that does not live.
    async fn store(&self, drafts: &[Draft], now: Moment) -> Result<()> {
        let Shared {
            store, wrappings, ..
        } = &*self.shared;
        let wanted: BTreeSet<Owner> = drafts.iter().map(Draft::owner).collect();
        let (mut known, mut is_refreshed) = (Ring::new(), false);
        loop {
            let wrapping = wrappings.current()?;
            let (mut ring, mut rows) = (known.clone(), Vec::new());
            for owner in wanted.iter().filter(|owner| !known.contains_key(*owner)) {
                let (row, key) = draft::new_key(&wrapping, *owner, now)?;
                rows.push(row);
                ring.insert(*owner, key);
            }
            let parts = drafts.iter().map(|draft| draft.seal(&ring, &wrapping));
            let parts = parts.collect::<Result<Vec<_>>>()?;
            let Some(told) = store.deposit(&rows, &parts, now.0).await? else {
                return Ok(());
            };
            let told = self.ring(&wanted, &told)?;
            if told.len() > known.len() {
                known = told;
            } else if is_refreshed {
                let twice = "a wrapping key was retired twice at once";
                return Err(VaultError::Misuse(twice));
            } else {
                // The wrapping key was changed, here or by another node.
                wrappings.refresh(store).await?;
                is_refreshed = true;
            }
        }
    }

    /// The wanted keys that exist, opened.
    fn ring(&self, wanted: &BTreeSet<Owner>, rows: &[KeyRow]) -> Result<Ring> {
        let rows = by_owner(rows);
        let mut ring = Ring::new();
        for &(subject, purpose) in wanted {
            let Some(row) = rows.get(&(subject, purpose)) else {
                continue;
            };
            let wrapped = row
                .wrapped
                .as_ref()
                .ok_or(VaultError::SubjectErased { subject })?;
            let wrappings = &self.shared.wrappings;
            let key = wrappings.unwrap(row, wrapped);
            let key = key.ok_or_else(|| match wrappings.get(&row.wrapping_key) {
                Some(_) => VaultError::DataKeyDamaged { subject },
                None => VaultError::KeyMissing {
                    key: row.wrapping_key.clone(),
                },
            })?;
            ring.insert((subject, purpose), (row.id, key));
        }
        Ok(ring)
    }

    /// `key` is the one of the part's subject and purpose: both are taken from the fact, never from the stored part.
    fn read(
        &self,
        (stream, command, part): &(Uuid, Uuid, Part),
        stored: Option<&StoredPart>,
        key: Option<&KeyRow>,
    ) -> Opened<Opening> {
        if key.is_some_and(|key| key.wrapped.is_none()) {
            return Opened::Erased;
        }
        let Some(stored) = stored else {
            return Opened::Unavailable("the vault does not know this part");
        };
        let Some(sealed) = &stored.sealed else {
            return Opened::Erased;
        };
        let Some((key, wrapped)) = key
            .filter(|key| key.id == stored.data_key)
            .and_then(|key| Some((key, key.wrapped.as_ref()?)))
        else {
            return Opened::Unavailable("the vault does not know this part's key");
        };
        let wrappings = &self.shared.wrappings;
        if wrappings.get(&key.wrapping_key).is_none() {
            return Opened::Unavailable("the wrapping key of this part's key is not here");
        }
        let Some(secret) = wrappings.unwrap(key, wrapped) else {
            return Opened::Unavailable("this part's key does not open");
        };
        let place = PartPlace {
            stream: *stream,
            command: *command,
            subject: part.s,
            data_key: key.id,
            kind: part.kind,
        };
        match seal::unseal(&secret, &place, sealed, &stored.c) {
            Some(opening) => Opened::Present(opening),
            None => Opened::Unavailable("this part does not open at this place"),
        }
    }
}

fn by_owner(rows: &[KeyRow]) -> HashMap<(Uuid, &str), &KeyRow> {
    rows.iter()
        .map(|row| ((row.subject, row.purpose.as_str()), row))
        .collect()
}

fn distinct(subjects: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    subjects.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Bytes nobody can guess.
fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(VaultError::Random)?;
    Ok(bytes)
}
