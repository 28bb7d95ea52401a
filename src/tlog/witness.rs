//! What a log and its witness say to each other (c2sp.org/tlog-witness).

use std::fmt;
use std::fmt::Write;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use super::checkpoint::Checkpoint;
use super::note::SignatureLine;
use super::proof::verify_consistency;
use super::{Hash, empty_root, text};

/// The most hashes that a request may carry.
pub const PROOF_HASHES_MAX: usize = 63;
/// The type of a conflict's answer.
pub const SIZE_CONTENT_TYPE: &str = "text/x.tlog.size";

/// The body of `POST <submission prefix>/add-checkpoint`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size that the log believes the witness cosigned last, 0 for none.
    pub old: u64,
    /// From `old` to the checkpoint.
    pub proof: Vec<Hash>,
    /// The signed note as it stands; not looked into here.
    pub checkpoint: String,
}

impl AddCheckpoint {
    /// What a witness decides, once the log's signature is verified, from what it cosigned last for this origin: size
    /// and root, the empty tree at first.
    pub fn judge(&self, offered: &Checkpoint, last: (u64, Hash)) -> Result<(), Refusal> {
        let (size, root) = last;
        if self.old > offered.size {
            return Err(Refusal::OldAboveNew);
        }
        if self.old != size {
            return Err(Refusal::Conflict { size });
        }
        if offered.size == 0 && offered.root != empty_root() {
            return Err(Refusal::Inconsistent);
        }
        verify_consistency(size, &root, offered.size, &offered.root, &self.proof)
            .map_err(|_| Refusal::Inconsistent)
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "old {}", self.old)?;
        writeln!(out, "{}", text::hash_lines(&self.proof))?;
        out.write_str(&self.checkpoint)
    }
}

impl FromStr for AddCheckpoint {
    type Err = Refusal;

    fn from_str(body: &str) -> Result<Self, Refusal> {
        let read = || {
            let (old, rest) = body.strip_prefix("old ")?.split_once('\n')?;
            let (proof, checkpoint) = text::hashes_then(rest)?;
            (proof.len() <= PROOF_HASHES_MAX).then_some(Self {
                old: text::decimal(old)?,
                proof,
                checkpoint: checkpoint.to_owned(),
            })
        };
        read().ok_or(Refusal::Malformed)
    }
}

/// Why a witness does not cosign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("not a well-formed request")]
    Malformed,
    #[error("the old size is above the checkpoint's")]
    OldAboveNew,
    #[error("the witness last cosigned size {size}")]
    Conflict { size: u64 },
    /// Evidence against the log when its signature is good: keep it.
    #[error("the checkpoint does not add to the one cosigned last")]
    Inconsistent,
}

impl Refusal {
    /// The HTTP status that the specification asks for.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed | Self::OldAboveNew => 400,
            Self::Conflict { .. } => 409,
            Self::Inconsistent => 422,
        }
    }

    /// A stable code for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "WITNESS_MALFORMED",
            Self::OldAboveNew => "WITNESS_OLD_ABOVE_NEW",
            Self::Conflict { .. } => "WITNESS_CONFLICT",
            Self::Inconsistent => "WITNESS_INCONSISTENT",
        }
    }
}

/// The body of a conflict's answer.
#[must_use]
pub fn size_body(size: u64) -> String {
    format!("{size}\n")
}

/// The size in a conflict's answer.
#[must_use]
pub fn parse_size_body(body: &str) -> Option<u64> {
    text::decimal(body.strip_suffix('\n')?)
}

/// The cosignatures in a witness's answer: one line or more, each with its newline.
#[must_use]
pub fn parse_cosignatures(body: &str) -> Option<Vec<SignatureLine>> {
    let lines = body.strip_suffix('\n')?.split('\n');
    lines.map(|line| line.parse().ok()).collect()
}

/// The name of a log below a witness's monitoring prefix: `<hexadecimal SHA-256 of the origin>`.
#[must_use]
pub fn origin_hash(origin: &str) -> String {
    let digest = Sha256::digest(origin);
    digest.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
