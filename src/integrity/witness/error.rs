//! Why a witness cannot work, and why it does not cosign; each with a code that never changes.

use std::path::PathBuf;

use crate::integrity::IntegrityError;
use crate::tlog::witness::Refusal;

/// Why a witness cannot work from its folder.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    #[error(transparent)]
    Integrity(#[from] IntegrityError),
    #[error("a witness needs the key of at least one log")]
    NoLogs,
    #[error("{0} is a witness's key, not a log's")]
    NotALog(String),
    #[error("another process witnesses from {}", .0.display())]
    InUse(PathBuf),
    #[error("{} is not a witness's key", .0.display())]
    KeyDamaged(PathBuf),
    #[error("{path} may be read by others (mode {mode:03o}): make it 600", path = path.display())]
    KeyExposed { path: PathBuf, mode: u32 },
    /// Something was cosigned from here, but the key that did it is gone: a new key is a new witness in a new folder.
    #[error("the witness's key is missing: {}", .0.display())]
    KeyMissing(PathBuf),
    /// The name is part of the key's id.
    #[error(
        "the witness is named {kept} for ever; another name is another witness in another folder"
    )]
    NameGiven { kept: String },
    #[error("a name is not empty and holds neither spaces nor plus signs")]
    Name,
    /// Never taken for an empty one: a witness that forgets can be made to cosign a fork.
    #[error("{} is not what this witness cosigned last", .0.display())]
    MemoryDamaged(PathBuf),
    /// A cosignature says when; without a time there is none.
    #[error("this machine's clock is not set")]
    Clock,
}

impl WitnessError {
    /// A stable code for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Integrity(error) => error.code(),
            Self::NoLogs => "WITNESS_WITHOUT_LOGS",
            Self::NotALog(_) => "WITNESS_NOT_A_LOG",
            Self::InUse(_) => "WITNESS_IN_USE",
            Self::KeyDamaged(_) => "WITNESS_KEY_DAMAGED",
            Self::KeyExposed { .. } => "WITNESS_KEY_EXPOSED",
            Self::KeyMissing(_) => "WITNESS_KEY_MISSING",
            Self::NameGiven { .. } => "WITNESS_NAME_GIVEN",
            Self::Name => "WITNESS_NAME",
            Self::MemoryDamaged(_) => "WITNESS_MEMORY_DAMAGED",
            Self::Clock => "WITNESS_CLOCK",
        }
    }
}

/// Why a checkpoint is not cosigned.
#[derive(Debug, thiserror::Error)]
pub enum Denial {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("this witness does not know the log")]
    UnknownLog,
    #[error(
        "none of the log's keys known here has signed the checkpoint, or one has signed it wrongly"
    )]
    NotSigned,
    /// Nothing was cosigned.
    #[error("the witness cannot keep what it would cosign: {0}")]
    Failed(#[from] WitnessError),
}

impl Denial {
    /// The HTTP status that the specification asks for.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Refused(refusal) => refusal.status(),
            Self::UnknownLog => 404,
            Self::NotSigned => 403,
            Self::Failed(_) => 500,
        }
    }

    /// A stable code for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::UnknownLog => "WITNESS_UNKNOWN_LOG",
            Self::NotSigned => "WITNESS_NOT_SIGNED",
            Self::Failed(error) => error.code(),
        }
    }
}

impl From<IntegrityError> for Denial {
    fn from(error: IntegrityError) -> Self {
        Self::Failed(error.into())
    }
}
