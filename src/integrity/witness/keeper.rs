//! The witness: it cosigns what continues what it cosigned before, remembers it before it answers, and keeps evidence of
//! what does not.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Mutex;

use super::error::{Denial, WitnessError};
use super::key;
use super::memory::{Accusation, Last, Memory};
use crate::integrity::desk::held;
use crate::integrity::durable;
use crate::integrity::error::at;
use crate::tlog::checkpoint::CheckpointError;
use crate::tlog::note::NoteError;
use crate::tlog::witness::{Refusal, origin_hash};
use crate::tlog::{
    AddCheckpoint, Checkpoint, KeyKind, Note, SignatureLine, SignedCheckpoint, SigningKey,
    VerifierKey, cosignature,
};

/// A witness of some logs; alone in its folder until it is dropped.
pub struct Witness {
    key: SigningKey,
    logs: Vec<VerifierKey>,
    memory: Memory,
    /// What was cosigned last, by the hash of the origin. Checking, remembering and answering hold the lock.
    last: BTreeMap<String, Mutex<Option<Last>>>,
    _lock: File,
}

/// A log this witness knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub origin: String,
    /// Hexadecimal SHA-256 of the origin: the log's name below the monitoring prefix.
    pub hash: String,
    /// Size of the tree cosigned last; none before the first.
    pub size: Option<u64>,
}

impl Witness {
    /// Opens the witness in `folder`, for the logs with these keys; makes its key on the first start. A log may have
    /// several keys.
    ///
    /// # Errors
    /// [`WitnessError::InUse`], and what is wrong with key, name or memory.
    pub fn open(
        folder: &Path,
        logs: Vec<VerifierKey>,
        name: Option<&str>,
    ) -> Result<Self, WitnessError> {
        if logs.is_empty() {
            return Err(WitnessError::NoLogs);
        }
        if let Some(other) = logs.iter().find(|log| log.kind != KeyKind::Log) {
            return Err(WitnessError::NotALog(other.to_string()));
        }
        durable::private_folder(folder)?;
        let lock = alone(folder)?;
        let memory = Memory::open(folder)?;
        let key = own_key(folder, &memory, name)?;
        let mut last = BTreeMap::new();
        for log in &logs {
            let known = memory.last(&log.name, key.verifier())?;
            last.insert(origin_hash(&log.name), Mutex::new(known));
        }
        Ok(Self {
            key,
            logs,
            memory,
            last,
            _lock: lock,
        })
    }

    /// The key under which offices know this witness.
    #[must_use]
    pub fn verifier(&self) -> &VerifierKey {
        self.key.verifier()
    }

    /// The keys of the logs it knows.
    #[must_use]
    pub fn logs(&self) -> &[VerifierKey] {
        &self.logs
    }

    /// The logs it knows and how far it cosigned them, by origin.
    #[must_use]
    pub fn known(&self) -> Vec<Known> {
        let mut origins: Vec<&str> = self.logs.iter().map(|log| log.name.as_str()).collect();
        origins.sort_unstable();
        origins.dedup();
        let known = origins.into_iter().map(|origin| {
            let hash = origin_hash(origin);
            let size = self.last.get(&hash).and_then(|last| {
                let last = held(last);
                last.as_ref().map(|last| last.checkpoint.size)
            });
            Known {
                origin: origin.to_owned(),
                hash,
                size,
            }
        });
        known.collect()
    }

    /// The note cosigned last for the log with this `hexadecimal SHA-256 of its origin`.
    #[must_use]
    pub fn checkpoint(&self, hash: &str) -> Option<String> {
        let last = held(self.last.get(hash)?);
        last.as_ref().map(|last| last.note.to_string())
    }

    /// Answers `POST <submission prefix>/add-checkpoint`: the cosignature's line, once what it says is durable. `time` is
    /// in seconds since 1970. Blocks on the disk.
    ///
    /// # Errors
    /// [`Denial`], with the status to answer. A signed contradiction is kept as evidence.
    pub fn add_checkpoint(&self, request: &str, time: u64) -> Result<String, Denial> {
        let request: AddCheckpoint = request.parse()?;
        let signed =
            SignedCheckpoint::open_with(&request.checkpoint, &self.logs).map_err(denial)?;
        let offered = signed.checkpoint();
        let last = self.last.get(&origin_hash(&offered.origin));
        let mut last = held(last.ok_or(Denial::UnknownLog)?);
        if let Err(refusal) = request.judge(offered, Last::tree(last.as_ref())) {
            let accusation = Accusation {
                request: &request,
                offered,
                last: last.as_ref(),
                time,
            };
            self.accuse(&accusation, refusal);
            return Err(refusal.into());
        }
        let line = self.cosign(&signed, time)?;
        let next = self.cosigned(&signed, offered.clone(), line.clone());
        self.memory.remember(&next)?;
        *last = Some(next);
        Ok(format!("{line}\n"))
    }

    fn cosign(&self, signed: &SignedCheckpoint, time: u64) -> Result<SignatureLine, Denial> {
        cosignature::cosign(&signed.note().text, &self.key, time)
            .map_err(|_| WitnessError::Clock.into())
    }

    /// What is remembered: the log's own signatures and ours; lines of others are not ours to keep.
    fn cosigned(
        &self,
        signed: &SignedCheckpoint,
        checkpoint: Checkpoint,
        line: SignatureLine,
    ) -> Last {
        let given = signed.note();
        let by_log = |line: &&SignatureLine| self.logs.iter().any(|log| log.is_named_by(line));
        let mut signatures: Vec<SignatureLine> =
            given.signatures.iter().filter(by_log).cloned().collect();
        signatures.push(line);
        let text = given.text.clone();
        Last {
            checkpoint,
            note: Note { text, signatures },
        }
    }

    /// Keeps what speaks against a log. Whether that works or not, nothing is cosigned.
    fn accuse(&self, accusation: &Accusation<'_>, refusal: Refusal) {
        if !accusation.is_fork() && refusal != Refusal::Inconsistent {
            return;
        }
        let origin = &accusation.offered.origin;
        let size = accusation.offered.size;
        match self.memory.accuse(accusation) {
            Ok(Some(path)) if accusation.is_fork() => {
                tracing::error!(origin, size, evidence = %path.display(), "A LOG HAS FORKED: its key signed two trees of one size");
            }
            Ok(Some(path)) => {
                tracing::warn!(origin, size, evidence = %path.display(), "a signed checkpoint came without its proof");
            }
            Ok(None) => tracing::warn!(origin, size, "a signed checkpoint came without its proof"),
            Err(error) => tracing::error!(%error, origin, size, "evidence could not be kept"),
        }
    }
}

/// The specification's way from a bad note to a status.
fn denial(error: CheckpointError) -> Denial {
    match error {
        CheckpointError::Origin => Denial::UnknownLog,
        CheckpointError::NotSigned | CheckpointError::Note(NoteError::Signature) => {
            Denial::NotSigned
        }
        CheckpointError::Malformed | CheckpointError::Note(_) => Refusal::Malformed.into(),
    }
}

fn alone(folder: &Path) -> Result<File, WitnessError> {
    let path = folder.join("lock");
    let lock = File::create(&path).map_err(at(&path))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(WitnessError::InUse(folder.to_owned())),
        Err(TryLockError::Error(error)) => Err(at(&path)(error).into()),
    }
}

fn own_key(folder: &Path, memory: &Memory, name: Option<&str>) -> Result<SigningKey, WitnessError> {
    let key = if let Some(key) = key::load(folder)? {
        key
    } else {
        if !memory.is_empty()? {
            return Err(key::missing(folder));
        }
        let name = name.map_or_else(key::random_name, |name| Ok(name.to_owned()))?;
        key::make(folder, &name)?;
        key::load(folder)?.ok_or_else(|| key::missing(folder))?
    };
    let kept = &key.verifier().name;
    if name.is_some_and(|name| name != kept) {
        let kept = kept.clone();
        return Err(WitnessError::NameGiven { kept });
    }
    Ok(key)
}
