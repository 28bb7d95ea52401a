//! What a witness remembers: per log the checkpoint it cosigned last, and evidence against logs that said two things.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::error::WitnessError;
use crate::domain::time::Moment;
use crate::integrity::durable;
use crate::integrity::error::at;
use crate::tlog::witness::origin_hash;
use crate::tlog::{
    AddCheckpoint, Checkpoint, Hash, Note, VerifierKey, cosignature, empty_root, text,
};

/// Anybody may send a log's true checkpoint with a wrong proof, so these are not kept without end. Forks always are:
/// only the log's key makes them.
const UNPROVED_MAX: usize = 256;

/// The checkpoint cosigned last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Last {
    pub checkpoint: Checkpoint,
    /// With the log's signatures and the witness's.
    pub note: Note,
}

impl Last {
    /// Size and root; of the empty tree when nothing was cosigned.
    pub fn tree(last: Option<&Self>) -> (u64, Hash) {
        last.map_or_else(
            || (0, empty_root()),
            |last| (last.checkpoint.size, last.checkpoint.root),
        )
    }
}

/// The folders that hold it.
#[derive(Debug, Clone)]
pub struct Memory {
    checkpoints: PathBuf,
    evidence: PathBuf,
}

impl Memory {
    pub fn open(folder: &Path) -> Result<Self, WitnessError> {
        let memory = Self {
            checkpoints: folder.join("checkpoints"),
            evidence: folder.join("evidence"),
        };
        durable::private_folder(&memory.checkpoints)?;
        durable::private_folder(&memory.evidence)?;
        Ok(memory)
    }

    /// Whether anything was ever cosigned from here.
    pub fn is_empty(&self) -> Result<bool, WitnessError> {
        Ok(count(&self.checkpoints, "")? == 0)
    }

    fn path(&self, origin: &str) -> PathBuf {
        self.checkpoints.join(origin_hash(origin))
    }

    /// What was cosigned last for a log. It must be a checkpoint of this log that this witness has cosigned.
    pub fn last(&self, origin: &str, witness: &VerifierKey) -> Result<Option<Last>, WitnessError> {
        let path = self.path(origin);
        let Some(bytes) = durable::read(&path)? else {
            return Ok(None);
        };
        let read = || {
            let note: Note = String::from_utf8(bytes).ok()?.parse().ok()?;
            let checkpoint: Checkpoint = note.text.parse().ok()?;
            let line = note.signatures_by(witness).next()?;
            cosignature::verify(line, witness, &note.text).ok()?;
            let last = Last { checkpoint, note };
            (last.checkpoint.origin == origin).then_some(last)
        };
        read().map(Some).ok_or(WitnessError::MemoryDamaged(path))
    }

    /// Remembers a checkpoint; durable when it returns.
    pub fn remember(&self, last: &Last) -> Result<(), WitnessError> {
        let path = self.path(&last.checkpoint.origin);
        Ok(durable::replace(
            &path,
            last.note.to_string().as_bytes(),
            0o644,
        )?)
    }

    /// Keeps both sides of what a log said; the same checkpoint is kept once.
    pub fn accuse(&self, accusation: &Accusation<'_>) -> Result<Option<PathBuf>, WitnessError> {
        let Accusation {
            request,
            offered,
            last,
            time,
        } = accusation;
        let forked = accusation.is_fork();
        let kind = if forked { "fork" } else { "unproved" };
        if !forked && count(&self.evidence, kind)? >= UNPROVED_MAX {
            return Ok(None);
        }
        let seconds = i64::try_from(*time).unwrap_or(i64::MAX);
        let written = Written {
            what: accusation.what(),
            found_at: Moment(seconds.saturating_mul(1_000_000)).to_string(),
            origin: &offered.origin,
            cosigned: last.map(|last| last.note.to_string()),
            offered: &request.checkpoint,
            old: request.old,
            proof: request
                .proof
                .iter()
                .map(|hash| text::encode(hash))
                .collect(),
        };
        let mut json = serde_json::to_vec_pretty(&written).expect("texts and numbers are JSON");
        json.push(b'\n');
        let hash = origin_hash(&offered.to_string());
        let name = format!("{kind}-{}-{}.json", offered.size, &hash[..16]);
        let path = self.evidence.join(name);
        durable::create(&path, &json, 0o600)?;
        Ok(Some(path))
    }
}

/// A signed checkpoint that does not continue what was cosigned before.
pub struct Accusation<'a> {
    pub request: &'a AddCheckpoint,
    pub offered: &'a Checkpoint,
    pub last: Option<&'a Last>,
    /// Seconds since 1970.
    pub time: u64,
}

impl Accusation<'_> {
    /// Two trees of one size under the log's key: proof against the log, whatever else is wrong with the request.
    pub fn is_fork(&self) -> bool {
        let (size, root) = Last::tree(self.last);
        self.offered.size == size && self.offered.root != root
    }

    fn what(&self) -> &'static str {
        if self.is_fork() {
            "the log's key has signed two trees of this size"
        } else {
            "the log's key has signed this tree; the proof that came with it does not lead there from the one cosigned last"
        }
    }
}

/// Evidence as it lies in the folder.
#[derive(Serialize)]
struct Written<'a> {
    what: &'static str,
    found_at: String,
    origin: &'a str,
    /// The note this witness cosigned last.
    cosigned: Option<String>,
    /// The note it was asked to cosign.
    offered: &'a str,
    old: u64,
    /// Base64.
    proof: Vec<String>,
}

fn count(folder: &Path, prefix: &str) -> Result<usize, WitnessError> {
    let entries = fs::read_dir(folder).map_err(at(folder))?;
    let named = |entry: &fs::DirEntry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // Drafts begin with a dot.
        name.starts_with(prefix) && !name.starts_with('.')
    };
    Ok(entries.filter_map(Result::ok).filter(named).count())
}
