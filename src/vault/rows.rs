//! Rows as both databases give and take them, and the choice between the two.

use uuid::Uuid;

use super::{
    Location, Result, VaultError, postgres,
    seal::{Commitment, PartPlace},
    search::SealedName,
    sqlite,
    tag::Tag,
};
use crate::domain::part::{PartKind, Purpose};

/// A data key to be stored.
pub struct NewKey {
    pub id: Uuid,
    pub subject: Uuid,
    pub purpose: &'static str,
    pub wrapping_key: String,
    pub wrapped: Vec<u8>,
}

/// A part to be stored.
pub struct NewPart {
    pub c: Commitment,
    pub place: PartPlace,
    pub sealed: Vec<u8>,
    /// Id of the file it holds the key of.
    pub file: Option<Uuid>,
    /// What it is found by, and the wrapping key under which that was made.
    pub tag: Option<Tag>,
    pub tagged: String,
}

/// A stored data key; a tombstone when `wrapped` is empty.
#[derive(sqlx::FromRow)]
pub struct KeyRow {
    pub id: Uuid,
    pub subject: Uuid,
    pub purpose: String,
    pub wrapping_key: String,
    pub wrapped: Option<Vec<u8>>,
}

/// A data key on its way from one wrapping key to another.
pub struct Rewrapped {
    pub id: Uuid,
    pub old: Vec<u8>,
    pub new: Vec<u8>,
}

/// What is known of a wrapping key; times in microseconds since 1970, UTC.
#[derive(sqlx::FromRow)]
pub struct WrappingRow {
    pub id: String,
    pub fingerprint: Vec<u8>,
    pub begun_at: i64,
    pub retired_at: Option<i64>,
    pub condemned_at: Option<i64>,
    pub destroyed_at: Option<i64>,
}

/// A living part that is, or may be, found by what it holds.
#[derive(Clone, PartialEq, Eq)]
pub struct Findable {
    pub c: Commitment,
    pub stream: Uuid,
    pub command: Uuid,
    pub subject: Uuid,
    pub kind: String,
}

/// `c, stream, command, subject, kind`.
pub type FindableRow = (Vec<u8>, Uuid, Uuid, Uuid, String);

/// `c, stream, command, subject, kind, sealed, id, purpose, wrapping_key, wrapped`.
pub type NameRow = (
    Vec<u8>,
    Uuid,
    Uuid,
    Uuid,
    String,
    Vec<u8>,
    Uuid,
    String,
    String,
    Option<Vec<u8>>,
);

/// A name as SQLite writes it in one line: c, stream, command, subject, sealed, id, wrapping_key, wrapped.
pub fn name_line(line: &str) -> Option<SealedName> {
    let mut words = line.split(' ').map(str::as_bytes);
    let mut word = || words.next();
    let (c, stream, command, subject) = (
        array(word()?)?,
        Uuid::from_bytes(array(word()?)?),
        Uuid::from_bytes(array(word()?)?),
        Uuid::from_bytes(array(word()?)?),
    );
    let (sealed, id) = (unhex(word()?)?, Uuid::from_bytes(array(word()?)?));
    let wrapping_key = String::from_utf8(word()?.to_owned()).ok()?;
    let wrapped = Some(unhex(word()?)?).filter(|wrapped| !wrapped.is_empty());
    let kind = PartKind::Applicant.name().to_owned();
    Some(SealedName {
        at: Findable {
            c,
            stream,
            command,
            subject,
            kind,
        },
        sealed,
        key: KeyRow {
            id,
            subject,
            purpose: Purpose::Identity.name().to_owned(),
            wrapping_key,
            wrapped,
        },
    })
}

/// Upper-case hexadecimal digits, as SQLite writes them; others are above 15.
const DIGITS: [u8; 256] = {
    let (mut digits, mut value) = ([0x10; 256], 0_u8);
    while value < 16 {
        digits[b"0123456789ABCDEF"[value as usize] as usize] = value;
        value += 1;
    }
    digits
};

fn unhex_into(text: &[u8], bytes: &mut [u8]) -> Option<()> {
    let mut seen = 0;
    for (pair, byte) in text.chunks_exact(2).zip(&mut *bytes) {
        let (high, low) = (DIGITS[usize::from(pair[0])], DIGITS[usize::from(pair[1])]);
        seen |= high | low;
        *byte = high << 4 | low & 15;
    }
    (text.len() == bytes.len() * 2 && seen < 16).then_some(())
}

fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = vec![0; text.len() / 2];
    unhex_into(text, &mut bytes).map(|()| bytes)
}

fn array<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    unhex_into(text, &mut bytes).map(|()| bytes)
}

fn name(row: NameRow) -> Result<SealedName> {
    let (c, stream, command, subject, kind, sealed, id, purpose, wrapping_key, wrapped) = row;
    Ok(SealedName {
        at: findable((c, stream, command, subject, kind))?,
        sealed,
        key: KeyRow {
            id,
            subject,
            purpose,
            wrapping_key,
            wrapped,
        },
    })
}

/// A stored part; a tombstone when `sealed` is empty.
pub struct StoredPart {
    pub c: Commitment,
    pub data_key: Uuid,
    pub sealed: Option<Vec<u8>>,
}

/// `c, data_key, sealed`.
pub type PartRow = (Vec<u8>, Uuid, Option<Vec<u8>>);

/// A part on a page of the sweep.
pub struct SweepPart {
    pub c: Commitment,
    pub command: Uuid,
    /// Microseconds since 1970, UTC.
    pub created_at: i64,
}

/// `c, command, created_at`.
pub type SweepRow = (Vec<u8>, Uuid, i64);

pub fn commitment(bytes: Vec<u8>) -> Result<Commitment> {
    let wrong = |_| VaultError::Misuse("a stored commitment is not 32 bytes");
    bytes.try_into().map_err(wrong)
}

fn stored((c, data_key, sealed): PartRow) -> Result<StoredPart> {
    Ok(StoredPart {
        c: commitment(c)?,
        data_key,
        sealed,
    })
}

fn swept((c, command, created_at): SweepRow) -> Result<SweepPart> {
    Ok(SweepPart {
        c: commitment(c)?,
        command,
        created_at,
    })
}

fn findable((c, stream, command, subject, kind): FindableRow) -> Result<Findable> {
    Ok(Findable {
        c: commitment(c)?,
        stream,
        command,
        subject,
        kind,
    })
}

/// Connections to whichever back end it is.
pub enum Store {
    Sqlite(Box<sqlite::Store>),
    Postgres(postgres::Store),
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

impl Store {
    pub async fn create_or_open(location: &Location) -> Result<Self> {
        Ok(match location {
            Location::Sqlite(file) => {
                Self::Sqlite(Box::new(sqlite::Store::create_or_open(file).await?))
            }
            Location::Postgres(url) => Self::Postgres(postgres::Store::create_or_open(url).await?),
        })
    }

    /// Notes whose vault it is when it is new; gives what is noted.
    pub async fn pin(&self, id: &str, fingerprint: &[u8; 32]) -> Result<Vec<u8>> {
        either!(Self, self, store => store.pin(id, fingerprint).await)
    }

    /// Oldest first.
    pub async fn wrapping_keys(&self) -> Result<Vec<WrappingRow>> {
        either!(Self, self, store => store.wrapping_keys().await)
    }

    /// Retires the current wrapping key, and makes this one current; nothing when there is one of this name.
    pub async fn begin_wrapping(&self, id: &str, fingerprint: &[u8; 32], now: i64) -> Result<()> {
        either!(Self, self, store => store.begin_wrapping(id, fingerprint, now).await)
    }

    /// The next living data keys after this one that another wrapping key wraps, in order.
    pub async fn wrapped_before(
        &self,
        current: &str,
        after: Option<Uuid>,
        max: u32,
    ) -> Result<Vec<KeyRow>> {
        let after = after.unwrap_or_default();
        either!(Self, self, store => store.wrapped_before(current, after, max).await)
    }

    /// Those that are still as they were; gives how many.
    pub async fn rewrap(&self, current: &str, keys: &[Rewrapped]) -> Result<u64> {
        if keys.is_empty() {
            return Ok(0);
        }
        either!(Self, self, store => store.rewrap(current, keys).await)
    }

    /// The next living parts after this one that may bear a tag, and bear none under this wrapping key, in order.
    pub async fn tagged_before(
        &self,
        current: &str,
        after: Option<Commitment>,
        max: u32,
    ) -> Result<Vec<Findable>> {
        let after = after.map_or(Vec::new(), Vec::from);
        let rows = either!(Self, self, store => store.tagged_before(current, after, max).await)?;
        rows.into_iter().map(findable).collect()
    }

    /// Living ones among these parts bear these tags from now on.
    pub async fn retag(&self, current: &str, tags: &[(Commitment, Option<Tag>)]) -> Result<()> {
        if tags.is_empty() {
            return Ok(());
        }
        either!(Self, self, store => store.retag(current, tags).await)
    }

    /// Living parts with one of these tags, newest first.
    pub async fn tagged(&self, tags: &[Tag], max: u32) -> Result<Vec<Findable>> {
        let rows = either!(Self, self, store => store.tagged(tags, max).await)?;
        rows.into_iter().map(findable).collect()
    }

    /// The living names of these streams.
    pub async fn names(&self, streams: &[Uuid]) -> Result<Vec<SealedName>> {
        match self {
            Self::Sqlite(store) => store.names(streams).await,
            Self::Postgres(store) => store.names(streams).await?.into_iter().map(name).collect(),
        }
    }

    /// Living data keys under each wrapping key.
    pub async fn wraps(&self) -> Result<Vec<(String, i64)>> {
        either!(Self, self, store => store.wraps().await)
    }

    /// Whether a living data key is under a destroyed wrapping key.
    pub async fn lacks_keys(&self) -> Result<bool> {
        either!(Self, self, store => store.lacks_keys().await)
    }

    /// The destruction of a wrapping key has begun.
    pub async fn condemn(&self, id: &str, now: i64) -> Result<()> {
        either!(Self, self, store => store.condemn(id, now).await)
    }

    /// A wrapping key was destroyed.
    pub async fn destroyed(&self, id: &str, now: i64) -> Result<()> {
        either!(Self, self, store => store.destroyed(id, now).await)
    }

    /// Stores new keys and parts in one durable transaction. Or nothing: when another has made a key for one of these owners, when
    /// a key that a part uses was destroyed, or when the wrapping key is retired. Then all keys of the parts' subjects are told.
    ///
    /// Until it is stored nobody can destroy a key that a part uses.
    pub async fn deposit(
        &self,
        keys: &[NewKey],
        parts: &[NewPart],
        now: i64,
    ) -> Result<Option<Vec<KeyRow>>> {
        either!(Self, self, store => store.deposit(keys, parts, now).await)
    }

    pub async fn parts(&self, commitments: &[Commitment]) -> Result<Vec<StoredPart>> {
        let rows = either!(Self, self, store => store.parts(commitments).await)?;
        rows.into_iter().map(stored).collect()
    }

    /// All keys of these subjects, tombstones too.
    pub async fn keys(&self, subjects: &[Uuid]) -> Result<Vec<KeyRow>> {
        either!(Self, self, store => store.keys(subjects).await)
    }

    /// Living parts put after the first moment (and commitment) and before the second, in that order.
    pub async fn page(
        &self,
        after: (i64, Commitment),
        before: i64,
        max: u32,
    ) -> Result<Vec<SweepPart>> {
        let rows = either!(Self, self, store => store.page(after, before, max).await)?;
        rows.into_iter().map(swept).collect()
    }

    /// Without a trace, but never a tombstone; gives how many there were.
    pub async fn delete(&self, commitments: &[Commitment]) -> Result<u64> {
        if commitments.is_empty() {
            return Ok(0);
        }
        either!(Self, self, store => store.delete(commitments).await)
    }

    /// Leaves tombstones.
    pub async fn bury(&self, commitments: &[Commitment], now: i64) -> Result<()> {
        if commitments.is_empty() {
            return Ok(());
        }
        either!(Self, self, store => store.bury(commitments, now).await)
    }

    /// Files that these parts name, tombstones too.
    pub async fn files_of(&self, commitments: &[Commitment]) -> Result<Vec<Uuid>> {
        if commitments.is_empty() {
            return Ok(Vec::new());
        }
        either!(Self, self, store => store.files_of(commitments).await)
    }

    /// Those of these files that a living part names.
    pub async fn files(&self, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        either!(Self, self, store => store.files(ids).await)
    }

    /// The next files after this one that a living part names, in order.
    pub async fn living_files(&self, after: Uuid, max: usize) -> Result<Vec<Uuid>> {
        let max = i64::try_from(max).unwrap_or(i64::MAX);
        either!(Self, self, store => store.living_files(after, max).await)
    }

    /// Leaves tombstones of a subject's keys for these purposes, and of the parts under them; where there is no key, a tombstone
    /// with the id beside it. Gives how many keys there were, and for each part the file it names, also of what was erased before.
    pub async fn erase(
        &self,
        subject: Uuid,
        fences: &[(Uuid, &str)],
        now: i64,
    ) -> Result<(u64, Vec<Option<Uuid>>)> {
        let erased = either!(Self, self, store => store.erase(subject, fences, now).await);
        erased.map(|(keys, parts)| (keys.unsigned_abs(), parts))
    }

    /// Purposes of these subjects whose keys live.
    pub async fn living_subjects(&self, subjects: &[Uuid]) -> Result<Vec<(Uuid, String)>> {
        either!(Self, self, store => store.living_subjects(subjects).await)
    }

    /// Takes destroyed ciphertext out of what the database keeps for itself, as far as it can.
    pub async fn clear_leftovers(&self) -> Result<()> {
        match self {
            Self::Sqlite(store) => store.clear_leftovers().await,
            Self::Postgres(_) => Ok(()),
        }
    }
}
