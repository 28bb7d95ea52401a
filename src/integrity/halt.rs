//! A log that was set back or forked: the node takes no commands, never signs, and keeps the evidence.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::durable;
use super::error::Result;
use crate::domain::time::Moment;
use crate::tlog::{Checkpoint, Hash};

/// The journal holds less than was signed.
pub const ROLLED_BACK: &str = "LOG_ROLLED_BACK";
/// The journal holds something else than was signed.
pub const FORKED: &str = "LOG_FORKED";
/// The stored bytes of an entry do not hash to its leaf.
pub const ENTRY_ALTERED: &str = "ENTRY_ALTERED";

/// Why this node takes no commands. It goes on showing what it holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}. Nothing is signed and no command is taken. Evidence: {}", evidence.display())]
pub struct Halted {
    /// [`ROLLED_BACK`], [`FORKED`] or [`ENTRY_ALTERED`].
    pub code: &'static str,
    pub what: String,
    /// The file that holds both sides of it.
    pub evidence: PathBuf,
}

/// Both sides of a contradiction, as they are kept for an auditor.
#[derive(Debug, Clone, Serialize)]
pub struct Evidence {
    pub code: &'static str,
    pub what: String,
    pub found_at: String,
    pub origin: String,
    /// The log's keys as verifiers know them.
    pub keys: Vec<String>,
    /// What was signed or seen before.
    pub said: Vec<SaidBefore>,
    /// What the journal gives now.
    pub journal: JournalNow,
    /// The largest signed checkpoint that the journal still continues: its note.
    pub last_good: Option<String>,
    /// The first signed checkpoint that the journal contradicts: its note.
    pub first_contradicted: Option<String>,
    /// The first entry that is not the one in the tree this node keeps.
    pub first_difference: Option<u64>,
}

/// A tree that somebody vouches for.
#[derive(Debug, Clone, Serialize)]
pub struct SaidBefore {
    pub by: String,
    pub size: u64,
    /// Base64.
    pub root: String,
    pub note: Option<String>,
}

/// The tree over the journal as it stands.
#[derive(Debug, Clone, Serialize)]
pub struct JournalNow {
    pub size: u64,
    /// The body of the checkpoint that an honest signer of this journal would have to sign; never signed.
    pub unsigned_checkpoint: String,
}

impl JournalNow {
    pub fn new(origin: &str, size: u64, root: Hash) -> Self {
        let origin = origin.to_owned();
        Self {
            size,
            unsigned_checkpoint: Checkpoint { origin, size, root }.to_string(),
        }
    }
}

impl Evidence {
    /// Writes it into the data folder's `evidence/` and gives the halt that names it.
    pub fn keep(self, data: &Path, now: Moment) -> Result<Halted> {
        let halted = self.write(data, now)?;
        tracing::error!(code = halted.code, what = halted.what, evidence = %halted.evidence.display(), "this node takes no commands");
        Ok(halted)
    }

    /// As [`Evidence::keep`], for one who only looks.
    pub fn write(&self, data: &Path, now: Moment) -> Result<Halted> {
        let folder = data.join("evidence");
        durable::private_folder(&folder)?;
        let code = self.code.to_lowercase().replace('_', "-");
        let evidence = folder.join(format!("{code}-{}.json", now.0));
        let mut text = serde_json::to_vec_pretty(self).expect("texts and numbers are JSON");
        text.push(b'\n');
        durable::replace(&evidence, &text, 0o600)?;
        Ok(Halted {
            code: self.code,
            what: self.what.clone(),
            evidence,
        })
    }
}
