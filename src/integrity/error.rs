//! What can go wrong with the proof, each with a code that never changes.

use std::path::{Path, PathBuf};

use super::halt::Halted;
use crate::journal::JournalError;
use crate::journal::fact::FactError;

pub type Result<T, E = IntegrityError> = std::result::Result<T, E>;

/// A failure of tree, seals or signer. None of them ever changes the journal.
#[derive(Debug, thiserror::Error)]
pub enum IntegrityError {
    /// A file or folder of tree, signer or evidence cannot be used.
    #[error("{path}: {source}", path = path.display())]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    /// Another process grows the tree in this folder.
    #[error("another process keeps the tree in {}", .0.display())]
    TreeInUse(PathBuf),
    /// The tree does not hold what a proof needs.
    #[error("the tree has {size} leaves, {needed} are needed")]
    TreeTooSmall { size: u64, needed: u64 },
    /// The tree's files were damaged: deleted while the node is stopped, they are filled anew.
    #[error(
        "the tree this node keeps is damaged around position {position}: stop the node and delete the folder `tree`"
    )]
    TreeDamaged { position: u64 },
    /// There are no seals at this place.
    #[error("there are no seals at {0}")]
    SealsMissing(String),
    /// The store of the seals did not answer: the same call may be sent again.
    #[error("the seals cannot be reached: {0}")]
    SealsUnavailable(#[source] sqlx::Error),
    /// The database refused a statement; nothing was written.
    #[error("the seals' database refused: {0}")]
    SealsSql(#[source] sqlx::Error),
    /// A newer program has written these seals.
    #[error("the seals have format {format}, newer than this program")]
    SealsNewerThanProgram { format: i64 },
    /// A row is not what it must be.
    #[error("the seal of size {size} is damaged: {why}")]
    SealDamaged { size: u64, why: String },
    /// A checkpoint of this size, or a larger one, stands already and is another one.
    #[error("a checkpoint of size {newest} stands; {size} cannot follow it")]
    SealTaken { size: u64, newest: u64 },
    /// Another process signs this log.
    #[error("another process signs this log{0}")]
    SignerElsewhere(String),
    /// The log was sealed further than this signer remembers: it was moved, or its state comes from a backup.
    #[error("this signer remembers size {remembered}, the log is sealed up to {sealed}")]
    SignerBehind { remembered: u64, sealed: u64 },
    /// Checkpoints exist, but no memory of having signed them.
    #[error("the signer's state is missing from {}", .0.display())]
    SignerStateMissing(PathBuf),
    #[error("{} is not a signer's state of this log", .0.display())]
    SignerStateDamaged(PathBuf),
    /// What was to be signed does not follow from what was signed last.
    #[error("size {asked} is not proved to continue what was signed last (size {signed})")]
    NotConsistent { signed: u64, asked: u64 },
    /// The log's key is not here; a key is made only for a log without any checkpoint.
    #[error("the log's key is missing: {}", .0.display())]
    LogKeyMissing(PathBuf),
    #[error("{path} may be read by others (mode {mode:03o}): make it 600", path = path.display())]
    LogKeyExposed { path: PathBuf, mode: u32 },
    #[error("{} is not a log's key", .0.display())]
    LogKeyDamaged(PathBuf),
    /// The key in the folder is not the one that sealed this log.
    #[error("the key in {} is not the key of this log", .0.display())]
    LogKeyForeign(PathBuf),
    #[error("no random bytes: {0}")]
    Random(getrandom::Error),
    /// The policy cannot be read, or is one of another log.
    #[error("the policy {}: {why}", path.display())]
    Policy { path: PathBuf, why: String },
    /// The stored bytes of an entry do not hash to its leaf: nothing after it can be sealed.
    #[error("the entry at position {position} does not hash to its leaf")]
    EntryAltered { position: u64 },
    /// The log was set back or forked. No command is taken and nothing signed.
    #[error(transparent)]
    Halted(#[from] Halted),
    /// The first fact is not `journal.opened`.
    #[error("the journal's first fact does not open a journal")]
    NotOpened,
    #[error(transparent)]
    Fact(#[from] FactError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A task of ours was cut off.
    #[error("a task of the sealer ended early")]
    Cut,
}

impl IntegrityError {
    /// A stable code for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::File { .. } => "INTEGRITY_FILE",
            Self::TreeInUse(_) => "TREE_IN_USE",
            Self::TreeTooSmall { .. } => "TREE_TOO_SMALL",
            Self::TreeDamaged { .. } => "TREE_DAMAGED",
            Self::SealsMissing(_) => "SEALS_MISSING",
            Self::SealsUnavailable(_) => "SEALS_UNAVAILABLE",
            Self::SealsSql(_) => "SEALS_SQL",
            Self::SealsNewerThanProgram { .. } => "SEALS_NEWER_THAN_PROGRAM",
            Self::SealDamaged { .. } => "SEAL_DAMAGED",
            Self::SealTaken { .. } => "SEAL_TAKEN",
            Self::SignerElsewhere(_) => "SIGNER_ELSEWHERE",
            Self::SignerBehind { .. } => "SIGNER_BEHIND",
            Self::SignerStateMissing(_) => "SIGNER_STATE_MISSING",
            Self::SignerStateDamaged(_) => "SIGNER_STATE_DAMAGED",
            Self::NotConsistent { .. } => "SIGNER_NOT_CONSISTENT",
            Self::LogKeyMissing(_) => "LOG_KEY_MISSING",
            Self::LogKeyExposed { .. } => "LOG_KEY_EXPOSED",
            Self::LogKeyDamaged(_) => "LOG_KEY_DAMAGED",
            Self::LogKeyForeign(_) => "LOG_KEY_FOREIGN",
            Self::Random(_) => "INTEGRITY_RANDOM",
            Self::Policy { .. } => "POLICY_UNUSABLE",
            Self::EntryAltered { .. } => "ENTRY_ALTERED",
            Self::Halted(halted) => halted.code,
            Self::NotOpened => "JOURNAL_NOT_OPENED",
            Self::Fact(_) => "FACT_UNREADABLE",
            Self::Journal(error) => error.code(),
            Self::Cut => "INTEGRITY_CUT",
        }
    }

    /// True when sealing may go on later without anything else changing: a lost server, a full disk.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Journal(error) => error.is_retryable(),
            Self::SealsUnavailable(_) | Self::File { .. } | Self::Cut => true,
            _ => false,
        }
    }

    /// True when this node may not sign, while nothing is wrong with the log itself: it goes on as a reader.
    pub fn forbids_only_signing(&self) -> bool {
        matches!(
            self,
            Self::SignerElsewhere(_)
                | Self::SignerBehind { .. }
                | Self::SignerStateMissing(_)
                | Self::SignerStateDamaged(_)
                | Self::LogKeyMissing(_)
                | Self::LogKeyExposed { .. }
                | Self::LogKeyDamaged(_)
                | Self::LogKeyForeign(_)
        )
    }
}

impl From<sqlx::Error> for IntegrityError {
    /// The journal knows which failures of a database pass.
    fn from(error: sqlx::Error) -> Self {
        match JournalError::from(error) {
            JournalError::Unavailable(error) => Self::SealsUnavailable(error),
            JournalError::Sql(error) => Self::SealsSql(error),
            other => Self::Journal(other),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for IntegrityError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match JournalError::from(error) {
            JournalError::NewerThanProgram { format } => Self::SealsNewerThanProgram { format },
            JournalError::Unavailable(error) => Self::SealsUnavailable(error),
            JournalError::Sql(error) => Self::SealsSql(error),
            other => Self::Journal(other),
        }
    }
}

/// Says which file an error is about.
pub(super) fn at(path: &Path) -> impl Fn(std::io::Error) -> IntegrityError + use<> {
    let path = path.to_owned();
    move |source| IntegrityError::File {
        path: path.clone(),
        source,
    }
}
