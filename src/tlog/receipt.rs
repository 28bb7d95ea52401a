//! Receipts: an entry's inclusion in a witnessed log, in one file that is checked offline (c2sp.org/tlog-proof).

use std::fmt;
use std::str::FromStr;

use super::checkpoint::Checkpoint;
use super::note::{NOTE_BYTES_MAX, Note};
use super::policy::{Policy, PolicyError, Standing};
use super::proof::{ProofError, verify_inclusion};
use super::{Hash, leaf_hash, text};

/// The first line of every receipt.
pub const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// A receipt as read: well-formed, nothing verified. As text, the `.tlog-proof` file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Bytes the issuer sent along; ours are the entry itself. Nothing vouches for them but that they hash into the
    /// tree. Left out when empty; other readers need it below 48 KiB.
    pub extra: Option<Vec<u8>>,
    /// Position of the entry in the log.
    pub index: u64,
    /// The leaf's sibling first.
    pub path: Vec<Hash>,
    /// The signed note, verbatim.
    pub checkpoint: String,
}

/// What a receipt proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    pub checkpoint: Checkpoint,
    pub standing: Standing,
}

impl Receipt {
    /// Checks that the log holds exactly these bytes at `index`, under a checkpoint that satisfies the policy.
    pub fn verify(&self, entry: &[u8], policy: &Policy) -> Result<Verified, ReceiptError> {
        let (signed, standing) = policy.open(&self.checkpoint)?;
        let checkpoint = signed.checkpoint().clone();
        let Checkpoint { size, root, .. } = &checkpoint;
        verify_inclusion(&leaf_hash(entry), self.index, *size, &self.path, root)?;
        if !standing.quorum {
            return Err(ReceiptError::Quorum(standing));
        }
        Ok(Verified {
            checkpoint,
            standing,
        })
    }

    /// Checks the entry that the receipt itself brings along.
    pub fn verify_carried(&self, policy: &Policy) -> Result<(&[u8], Verified), ReceiptError> {
        let entry = self.extra.as_deref().ok_or(ReceiptError::NoEntry)?;
        Ok((entry, self.verify(entry, policy)?))
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{HEADER}")?;
        if let Some(extra) = self.extra.as_ref().filter(|extra| !extra.is_empty()) {
            writeln!(out, "extra {}", text::encode(extra))?;
        }
        writeln!(out, "index {}", self.index)?;
        writeln!(out, "{}", text::hash_lines(&self.path))?;
        out.write_str(&self.checkpoint)
    }
}

impl FromStr for Receipt {
    type Err = ReceiptError;

    /// Takes the canonical form only: newlines alone, plain decimals, canonical base64.
    fn from_str(file: &str) -> Result<Self, ReceiptError> {
        let read = || {
            let rest = file.strip_prefix(HEADER)?.strip_prefix('\n')?;
            let (extra, rest) = match rest.strip_prefix("extra ") {
                Some(rest) => {
                    let (extra, rest) = rest.split_once('\n')?;
                    let extra = text::decode(extra).filter(|extra| !extra.is_empty())?;
                    (Some(extra), rest)
                }
                None => (None, rest),
            };
            let (index, rest) = rest.strip_prefix("index ")?.split_once('\n')?;
            let (path, checkpoint) = text::hashes_then(rest)?;
            let note: Note = checkpoint.parse().ok()?;
            let _body: Checkpoint = note.text.parse().ok()?;
            Some(Self {
                extra,
                index: text::decimal(index)?,
                path,
                checkpoint: checkpoint.to_owned(),
            })
        };
        (file.len() <= NOTE_BYTES_MAX)
            .then(read)
            .flatten()
            .ok_or(ReceiptError::Malformed)
    }
}

/// Why a receipt proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    #[error("not a well-formed receipt")]
    Malformed,
    #[error("the receipt does not bring its entry along")]
    NoEntry,
    #[error("too few witnesses of the policy have cosigned")]
    Quorum(Standing),
    #[error("the entry is not in the log: {0}")]
    Proof(#[from] ProofError),
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

impl ReceiptError {
    /// A stable code for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "RECEIPT_MALFORMED",
            Self::NoEntry => "RECEIPT_WITHOUT_ENTRY",
            Self::Quorum(_) => "RECEIPT_QUORUM",
            Self::Proof(error) => error.code(),
            Self::Policy(error) => error.code(),
        }
    }
}
