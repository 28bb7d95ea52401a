//! Why a log was not copied, each with a code that never changes and an exit code for scripts.

use std::path::PathBuf;

use crate::integrity::IntegrityError;
use crate::journal::{CopyError, JournalError};
use crate::tlog::checkpoint::CheckpointError;
use crate::tlog::policy::PolicyError;

pub type Result<T, E = MirrorError> = std::result::Result<T, E>;

/// Nothing that is shown of the log is believed until it is proved; nothing unproved was kept.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// No answer, or one cut short: ask again.
    #[error("{address} does not answer: {why}")]
    Unreachable { address: String, why: String },
    /// The server will not show it: a token is missing, or nothing is published.
    #[error("{address} answers {status}{hint}")]
    Refused {
        address: String,
        status: u16,
        hint: &'static str,
    },
    #[error("not an address of a log: {0} (http://host, https://host or nats://host:port/NAME)")]
    Address(String),
    /// What came is not what must stand there.
    #[error("{address}: {why}")]
    Malformed { address: String, why: String },
    #[error("the checkpoint is not one of this log's key: {0}")]
    Signature(#[from] CheckpointError),
    #[error("the checkpoint does not meet the policy: {0}")]
    Policy(#[from] PolicyError),
    #[error("the checkpoint of size {size} is not witnessed as the policy asks (by {by})")]
    NotWitnessed { size: u64, by: String },
    /// Tiles or entries that do not belong to the signed tree.
    #[error("{what} does not belong to the signed tree")]
    Proof { what: String },
    /// The first fact names another log than the key.
    #[error("the journal opens as {found}, its log is signed as {signed}")]
    Origin { found: String, signed: String },
    /// The facts are those that were signed, and yet contradict each other.
    #[error("the signed facts do not hold together: {0}")]
    Facts(#[source] CopyError),
    /// The copy on this machine is not what it was when it was checked.
    #[error(
        "this copy differs from the signed log at position {position}: somebody changed it here"
    )]
    LocalDiffers { position: u64 },
    /// The folder knows another key than the one given.
    #[error("this folder mirrors the log of another key: {pinned}")]
    OtherKey { pinned: String },
    #[error("{}: {why}", path.display())]
    Folder { path: PathBuf, why: String },
    /// The log shows less than it has signed.
    #[error("{what}. Evidence: {}", evidence.display())]
    RolledBack { what: String, evidence: PathBuf },
    /// The log has signed two histories.
    #[error("{what}. Evidence: {}", evidence.display())]
    Forked { what: String, evidence: PathBuf },
    /// Nobody who was asked holds enough.
    #[error("{held} entries are held there, {signed} were signed (known from {by})")]
    TooShort { held: u64, signed: u64, by: String },
    /// The journal to be completed is itself not what was signed.
    #[error("the journal here is not the one that was signed: {0}")]
    JournalDiffers(String),
    #[error(transparent)]
    Integrity(#[from] IntegrityError),
}

impl MirrorError {
    /// A stable code for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "MIRROR_UNREACHABLE",
            Self::Refused { .. } => "MIRROR_REFUSED",
            Self::Address(_) => "MIRROR_ADDRESS",
            Self::Malformed { .. } => "MIRROR_MALFORMED",
            Self::Signature(error) => error.code(),
            Self::Policy(error) => error.code(),
            Self::NotWitnessed { .. } => "MIRROR_NOT_WITNESSED",
            Self::Proof { .. } => "MIRROR_NOT_IN_TREE",
            Self::Origin { .. } => "MIRROR_OTHER_ORIGIN",
            Self::Facts(error) => error.code(),
            Self::LocalDiffers { .. } => "MIRROR_LOCAL_DIFFERS",
            Self::OtherKey { .. } => "MIRROR_OTHER_KEY",
            Self::Folder { .. } => "MIRROR_FOLDER",
            Self::RolledBack { .. } => "LOG_ROLLED_BACK",
            Self::Forked { .. } => "LOG_FORKED",
            Self::TooShort { .. } => "RECOVER_TOO_SHORT",
            Self::JournalDiffers(_) => "RECOVER_JOURNAL_DIFFERS",
            Self::Integrity(error) => error.code(),
        }
    }

    /// 1: a proof or signature is bad. 2: the log was set back or forked, with evidence. 3: nothing could be checked.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Malformed { .. }
            | Self::Signature(_)
            | Self::Policy(_)
            | Self::NotWitnessed { .. }
            | Self::Proof { .. }
            | Self::Origin { .. }
            | Self::Facts(_)
            | Self::LocalDiffers { .. }
            | Self::JournalDiffers(_)
            | Self::OtherKey { .. } => 1,
            Self::RolledBack { .. } | Self::Forked { .. } => 2,
            Self::Unreachable { .. }
            | Self::Refused { .. }
            | Self::Address(_)
            | Self::Folder { .. }
            | Self::TooShort { .. }
            | Self::Integrity(_) => 3,
        }
    }

    /// Worth asking again soon, without anybody doing anything.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Refused { status, .. } => *status >= 500,
            Self::Integrity(error) => error.is_passing(),
            _ => false,
        }
    }
}

impl From<CopyError> for MirrorError {
    fn from(error: CopyError) -> Self {
        match error {
            CopyError::Journal(error) => error.into(),
            other => Self::Facts(other),
        }
    }
}

impl From<JournalError> for MirrorError {
    fn from(error: JournalError) -> Self {
        Self::Integrity(error.into())
    }
}
