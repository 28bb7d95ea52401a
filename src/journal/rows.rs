//! Rows as both databases give them, turned into what the record promises.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use bytes::Bytes;
use uuid::Uuid;

use super::{Entry, Head, JournalError, KnownCommand, Look, Looked, Result, Tail};
use crate::{domain::time::Moment, tlog::Hash};

/// `position, stream, version, recorded_at, body, leaf_hash`.
pub type EntryRow = (i64, Uuid, i32, i64, Vec<u8>, Vec<u8>);

/// `position, recorded_at, leaf_hash` of the newest entry.
pub type HeadRow = (i64, i64, Vec<u8>);

/// `id, mac, position, entries`.
pub type CommandRow = (Uuid, Vec<u8>, i64, i32);

/// `id, version, leaf_hash` of the index of tails.
pub type TailRow = (Uuid, i32, Vec<u8>);

/// `kind, position, at, id, version, hash, body`.
pub type LookedRow = (
    String,
    Option<i64>,
    Option<i64>,
    Option<Uuid>,
    Option<i32>,
    Option<Vec<u8>>,
    Option<Vec<u8>>,
);

pub fn entry(row: EntryRow) -> Result<Entry> {
    let (position, stream, version, recorded_at, body, leaf_hash) = row;
    let position = position.cast_unsigned();
    Ok(Entry {
        position,
        stream,
        version: version.cast_unsigned(),
        recorded_at: Moment(recorded_at),
        body: Bytes::from(body),
        leaf_hash: hash(leaf_hash, position)?,
    })
}

pub fn head(row: Option<HeadRow>) -> Result<Head> {
    let Some((position, recorded_at, leaf_hash)) = row else {
        return Ok(Head::default());
    };
    let position = position.cast_unsigned();
    Ok(Head {
        size: position + 1,
        recorded_at: Some(Moment(recorded_at)),
        leaf_hash: Some(hash(leaf_hash, position)?),
    })
}

pub fn command((id, mac, position, entries): CommandRow) -> Result<(Uuid, KnownCommand)> {
    let position = position.cast_unsigned();
    let known = KnownCommand {
        mac: hash(mac, position)?,
        position,
        entries: entries.cast_unsigned(),
    };
    Ok((id, known))
}

pub fn tail((stream, version, leaf_hash): TailRow) -> Result<(Uuid, Tail)> {
    let (version, leaf_hash) = (version.cast_unsigned(), hash(leaf_hash, 0)?);
    Ok((stream, Tail { version, leaf_hash }))
}

fn hash(bytes: Vec<u8>, position: u64) -> Result<Hash> {
    bytes.try_into().map_err(|_| JournalError::Damaged {
        position,
        why: "a hash is not 32 bytes",
    })
}

/// Entries of one stream must follow each other without a gap after version `held`.
pub fn dense_versions(entries: &[Entry], held: u32) -> Result<()> {
    for (entry, expected) in entries.iter().zip(held.saturating_add(1)..) {
        dense(entry, expected)?;
    }
    Ok(())
}

/// Entries of several streams, ordered by position: each stream's versions must follow without a gap after its `held`.
pub fn dense_streams(entries: &[Entry], mut held: HashMap<Uuid, u32>) -> Result<()> {
    for entry in entries {
        let newest = held.entry(entry.stream).or_default();
        *newest += 1;
        dense(entry, *newest)?;
    }
    Ok(())
}

fn dense(entry: &Entry, expected: u32) -> Result<()> {
    if entry.version == expected {
        return Ok(());
    }
    Err(JournalError::Damaged {
        position: entry.position,
        why: "a version of its stream is missing before it",
    })
}

/// What a writer asks for, each stream and command once.
pub struct Asked {
    /// Stream and the version held in the caller's cache (0: nothing).
    pub streams: BTreeMap<Uuid, u32>,
    pub commands: BTreeSet<Uuid>,
    pub since: Option<Head>,
}

/// How many entries since a head are told at most.
pub const SINCE_MAX: usize = 4_096;

impl Asked {
    /// What was answered to these commands, and nothing of streams.
    pub fn of_commands(commands: &[Uuid]) -> Self {
        Self::from(Look {
            commands,
            ..Look::default()
        })
    }

    /// Apart: what nothing is held of, with the commands; and the streams that are held at the head that was named.
    pub fn divided(&self) -> (Self, Self) {
        let is_new = |held: u32| held == 0 || self.since.is_none();
        let (new, held) = self.streams.iter().partition(|(_, held)| is_new(**held));
        let (commands, since) = (self.commands.clone(), self.since);
        let new = Self {
            streams: new,
            commands,
            since,
        };
        let held = Self {
            streams: held,
            commands: BTreeSet::new(),
            since: None,
        };
        (new, held)
    }

    /// Apart: those of these streams; and the others, which nobody wrote. Where no streams are known, all may be written.
    pub fn divided_by(mut self, written: Option<&[Uuid]>) -> (Self, Self) {
        let others = match written {
            Some(written) => {
                let written: HashSet<&Uuid> = written.iter().collect();
                self.streams
                    .extract_if(.., |id, _| !written.contains(id))
                    .collect()
            }
            None => BTreeMap::new(),
        };
        let others = Self {
            streams: others,
            commands: BTreeSet::new(),
            since: None,
        };
        (self, others)
    }

    /// From which position on the rows of kind `since` are read: the newest entry of the head that was named, and what follows.
    pub fn since(&self) -> Option<i64> {
        let newest = self.since?.size.checked_sub(1)?;
        i64::try_from(newest).ok()
    }
}

impl From<Look<'_>> for Asked {
    fn from(look: Look<'_>) -> Self {
        let mut streams = BTreeMap::new();
        for &(stream, held) in look.streams {
            streams
                .entry(stream)
                .and_modify(|least: &mut u32| *least = held.min(*least))
                .or_insert(held);
        }
        Self {
            streams,
            commands: look.commands.iter().copied().collect(),
            since: look.since,
        }
    }
}

/// Puts the tagged rows of one look together and refuses what cannot be true.
///
/// `clock` is the time to use when the rows bring none of their own.
pub fn looked(rows: Vec<LookedRow>, asked: &Asked, clock: Option<Moment>) -> Result<Looked> {
    let mut head = None;
    let mut now = clock.unwrap_or_default();
    let mut tails = HashMap::new();
    let mut known = HashMap::new();
    let mut missing = Vec::new();
    let mut since = Vec::new();
    for (kind, position, at, id, version, hash_bytes, body) in rows {
        let (position, at, version) = (
            position.unwrap_or_default(),
            at.unwrap_or_default(),
            version.unwrap_or_default(),
        );
        let (id, hash_bytes) = (id.unwrap_or_default(), hash_bytes.unwrap_or_default());
        match kind.as_str() {
            "clock" => now = Moment(at),
            "head" => head = Some((position, at, hash_bytes)),
            "since" => since.push((position, id, hash_bytes)),
            "known" => {
                known.extend([command((id, hash_bytes, position, version))?]);
            }
            "tail" => {
                let (version, leaf_hash) = (version.cast_unsigned(), hash(hash_bytes, 0)?);
                tails.insert(id, Tail { version, leaf_hash });
            }
            _ => missing.push(entry((
                position,
                id,
                version,
                at,
                body.unwrap_or_default(),
                hash_bytes,
            ))?),
        }
    }
    missing.sort_unstable_by_key(|entry: &Entry| entry.position);
    let head = self::head(head)?;
    let looked = Looked {
        now: head.recorded_at.map_or(now, |newest| now.max(newest)),
        head,
        tails,
        known,
        missing,
        since: self::since(&since, asked),
    };
    check(&looked, asked)?;
    Ok(looked)
}

/// The streams written since the head that was asked about, if that is of this record.
fn since(rows: &[(i64, Uuid, Vec<u8>)], asked: &Asked) -> Option<Vec<Uuid>> {
    let (from, hash) = (asked.since()?, asked.since?.leaf_hash?);
    let ((position, _, found), others) = rows.split_first()?;
    let is_of_this_record = *position == from && found[..] == hash[..];
    (is_of_this_record && others.len() <= SINCE_MAX)
        .then(|| others.iter().map(|(_, stream, _)| *stream).collect())
}

/// The index of tails and the entries must tell one story, and neither less than the caller has seen.
fn check(looked: &Looked, asked: &Asked) -> Result<()> {
    let mut reached: HashMap<Uuid, u32> = asked
        .streams
        .iter()
        .map(|(id, held)| (*id, *held))
        .collect();
    dense_streams(&looked.missing, reached.clone())?;
    for entry in &looked.missing {
        reached.insert(entry.stream, entry.version);
    }
    for (stream, reached) in reached {
        let tail = looked.tails.get(&stream).map_or(0, |tail| tail.version);
        if tail < reached && reached == asked.streams[&stream] {
            return Err(JournalError::SetBack { stream });
        }
        if tail != reached {
            let position = looked.head.size.saturating_sub(1);
            return Err(JournalError::Damaged {
                position,
                why: "the index of tails differs from the entries",
            });
        }
    }
    Ok(())
}

/// Refuses a journal whose newest migration this program does not know.
pub fn readable(format: Option<i64>, known: &sqlx::migrate::Migrator) -> Result<()> {
    match format {
        Some(format) if !known.version_exists(format) => {
            Err(JournalError::NewerThanProgram { format })
        }
        _ => Ok(()),
    }
}
