//! Copying: somebody's exact bytes, appended as they are. Nothing is decided and nothing is made but the indexes.

use std::collections::{BTreeMap, HashMap, HashSet};

use bytes::Bytes;
use uuid::Uuid;

use super::fact::{self, BYTES_MAX, FactError};
use super::writer::Continued;
use super::{Entry, Journal, JournalError, KnownCommand, Look, Looked, NewCommand, Writer};
use crate::domain::event::Event;
use crate::domain::fact::Fact;
use crate::domain::journal::JournalEvent;
use crate::domain::time::Moment;
use crate::tlog::{Hash, leaf_hash};

/// In place of the digest of a command that came from a published log: only the office can compute it. It meets no other, so
/// that a command sent again is refused and never done twice.
pub const NO_MAC: Hash = [0; 32];

/// Why bytes cannot stand where they were to stand; nothing of the batch was written.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("the copy holds {size} facts, so position {position} does not follow")]
    NotNext { position: u64, size: u64 },
    #[error("position {position}: {source}")]
    Fact { position: u64, source: FactError },
    #[error("position {position}: a version of its stream is missing or there already")]
    Version { position: u64 },
    #[error("position {position}: prev is not the hash of its stream's fact before it")]
    Prev { position: u64 },
    #[error("position {position}: recorded before the fact before it")]
    Backwards { position: u64 },
    #[error("position {position}: its command stands elsewhere already")]
    CommandAgain { position: u64 },
    #[error("position {position}: journal.opened stands at position 0, and nowhere else")]
    Opening { position: u64 },
}

impl CopyError {
    /// A stable code for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Journal(error) => error.code(),
            Self::NotNext { .. } => "COPY_NOT_NEXT",
            Self::Fact { .. } => "COPY_NOT_A_FACT",
            Self::Version { .. } => "COPY_VERSION",
            Self::Prev { .. } => "COPY_PREV",
            Self::Backwards { .. } => "COPY_BACKWARDS",
            Self::CommandAgain { .. } => "COPY_COMMAND_AGAIN",
            Self::Opening { .. } => "COPY_OPENING",
        }
    }
}

/// The one that appends copies, on a connection of its own.
pub struct Copier {
    writer: Writer,
    /// Knows the digests of the commands, if anybody does.
    source: Option<Journal>,
}

impl Journal {
    /// For journals that nobody else writes to: mirrors, and an office's own while it recovers.
    pub async fn copier(&self) -> super::Result<Copier> {
        Ok(Copier {
            writer: self.writer().await?,
            source: None,
        })
    }

    /// As [`Journal::copier`], of a journal of the same office, whose commands stay known: sent again, they are answered as
    /// they were.
    pub async fn copier_of(&self, source: &Journal) -> super::Result<Copier> {
        Ok(Copier {
            writer: self.writer().await?,
            source: Some(source.clone()),
        })
    }
}

impl Copier {
    /// Appends facts that are to stand at `from` and after it, all or none. Whether they are the right ones (their leaf
    /// hashes those of a tree somebody signed) is for the caller to know before; that they continue this journal is
    /// checked here.
    pub async fn append(&mut self, from: u64, bodies: &[Bytes]) -> Result<(), CopyError> {
        let facts = decode(from, bodies)?;
        if facts.is_empty() {
            return Ok(());
        }
        let known = self.known(&facts).await?;
        let looked = self.look(from, &facts).await?;
        match arrange(from, bodies, &facts, &looked, &known) {
            Ok(copied) => Ok(self
                .writer
                .commit_copy(&copied.entries, &copied.commands, copied.continued)
                .await?),
            Err(error) => {
                self.writer.release().await?;
                Err(error)
            }
        }
    }

    /// What the source knows of the commands of these facts.
    async fn known(&self, facts: &[Fact]) -> Result<HashMap<Uuid, KnownCommand>, CopyError> {
        let Some(source) = &self.source else {
            return Ok(HashMap::new());
        };
        let mut ids: Vec<Uuid> = facts.iter().map(|fact| fact.command).collect();
        ids.dedup();
        Ok(source.commands(&ids).await?)
    }

    /// Takes the lock and reads what the facts must continue.
    async fn look(&mut self, from: u64, facts: &[Fact]) -> Result<Looked, CopyError> {
        let mut first = BTreeMap::new();
        for (fact, position) in facts.iter().zip(from..) {
            let held = fact.version.checked_sub(1);
            let held = held.ok_or(CopyError::Version { position })?;
            first.entry(fact.stream).or_insert((held, position));
        }
        let streams: Vec<(Uuid, u32)> = first.iter().map(|(id, (held, _))| (*id, *held)).collect();
        let commands: Vec<Uuid> = facts.iter().map(|fact| fact.command).collect();
        let look = Look {
            streams: &streams,
            commands: &commands,
            ..Look::default()
        };
        match self.writer.lock(look).await {
            Err(JournalError::SetBack { stream }) if first.contains_key(&stream) => {
                let (_, position) = first[&stream];
                Err(CopyError::Version { position })
            }
            looked => Ok(looked?),
        }
    }
}

fn decode(from: u64, bodies: &[Bytes]) -> Result<Vec<Fact>, CopyError> {
    let one = |(body, position): (&Bytes, u64)| {
        if body.len() > BYTES_MAX {
            let source = FactError::TooLarge(body.len());
            return Err(CopyError::Fact { position, source });
        }
        let fact = fact::decode(body).map_err(|source| CopyError::Fact { position, source })?;
        let is_opening = matches!(fact.event, Event::Journal(JournalEvent::Opened(_)));
        if is_opening == (position == 0) {
            Ok(fact)
        } else {
            Err(CopyError::Opening { position })
        }
    };
    bodies.iter().zip(from..).map(one).collect()
}

/// What is written of a batch.
struct Copied {
    entries: Vec<Entry>,
    commands: Vec<NewCommand>,
    /// The command whose first facts came with the batch before.
    continued: Option<Continued>,
}

/// Puts facts in their places if every one continues what stands before it.
fn arrange(
    from: u64,
    bodies: &[Bytes],
    facts: &[Fact],
    looked: &Looked,
    known: &HashMap<Uuid, KnownCommand>,
) -> Result<Copied, CopyError> {
    if looked.head.size != from {
        return Err(CopyError::NotNext {
            position: from,
            size: looked.head.size,
        });
    }
    let mut tails: HashMap<Uuid, (u32, Hash)> = looked
        .tails
        .iter()
        .map(|(id, tail)| (*id, (tail.version, tail.leaf_hash)))
        .collect();
    let mut recorded_at = looked.head.recorded_at.unwrap_or(Moment(i64::MIN));
    let mut entries = Vec::with_capacity(bodies.len());
    for ((body, fact), position) in bodies.iter().zip(facts).zip(from..) {
        let before = tails.get(&fact.stream).copied();
        if fact.version != before.map_or(0, |(version, _)| version) + 1 {
            return Err(CopyError::Version { position });
        }
        if fact.prev != before.map(|(_, hash)| hash) {
            return Err(CopyError::Prev { position });
        }
        if fact.recorded_at < recorded_at {
            return Err(CopyError::Backwards { position });
        }
        recorded_at = fact.recorded_at;
        let leaf_hash = leaf_hash(body);
        tails.insert(fact.stream, (fact.version, leaf_hash));
        entries.push(Entry {
            position,
            stream: fact.stream,
            version: fact.version,
            recorded_at: fact.recorded_at,
            body: body.clone(),
            leaf_hash,
        });
    }
    let (commands, continued) = commands(from, facts, looked, known)?;
    Ok(Copied {
        entries,
        commands,
        continued,
    })
}

/// The index of commands again: a command's facts stand side by side, and nowhere else.
fn commands(
    from: u64,
    facts: &[Fact],
    looked: &Looked,
    known: &HashMap<Uuid, KnownCommand>,
) -> Result<(Vec<NewCommand>, Option<Continued>), CopyError> {
    let mut new: Vec<NewCommand> = Vec::new();
    let mut seen: HashSet<Uuid> = HashSet::new();
    let mut continued: Option<Continued> = None;
    for (fact, position) in facts.iter().zip(from..) {
        let id = fact.command;
        if let Some(command) = new.last_mut().filter(|last| last.id == id) {
            command.entries += 1;
            continue;
        }
        if let Some(command) = &mut continued
            && command.id == id
            && new.is_empty()
        {
            command.more += 1;
            continue;
        }
        if seen.contains(&id) {
            return Err(CopyError::CommandAgain { position });
        }
        match looked.known.get(&id) {
            Some(known) if known.position + u64::from(known.entries) == position => {
                continued = Some(Continued { id, more: 1 });
            }
            Some(_) => return Err(CopyError::CommandAgain { position }),
            None => {
                seen.insert(id);
                new.push(NewCommand {
                    id,
                    mac: known.get(&id).map_or(NO_MAC, |known| known.mac),
                    position,
                    entries: 1,
                });
            }
        }
    }
    Ok((new, continued))
}
