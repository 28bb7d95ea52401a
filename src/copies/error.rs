//! Why a journal cannot be carried. What is missing at the place it goes to can be carried again; nothing is lost at the other.

use std::path::PathBuf;

use crate::acts::OpenError;
use crate::integrity::IntegrityError;
use crate::journal::{CopyError, JournalError};
use crate::reactions::work::WorkError;
use crate::vault::VaultError;

#[derive(Debug, thiserror::Error)]
pub enum CarryError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Opened(#[from] OpenError),
    #[error(transparent)]
    Copy(#[from] CopyError),
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Integrity(IntegrityError),
    #[error(transparent)]
    Work(#[from] WorkError),
    #[error("carrying tables: {0}")]
    Sql(#[from] sqlx::Error),
    #[error("{}: {source}", path.display())]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error(
        "another journal is there: {there}, and not {here}; nothing was changed. Choose an empty place"
    )]
    Another { here: uuid::Uuid, there: uuid::Uuid },
    #[error(
        "{there} facts are there and only {here} here: it is the newer one. Nothing was changed; see which of the two is right"
    )]
    Ahead { here: u64, there: u64 },
    #[error(
        "position {position} is another fact there than here: the two went different ways. Nothing was changed; `motcua verify` \
         says which of them was sealed"
    )]
    Parted { position: u64 },
    #[error(
        "position {position} is damaged here: its bytes do not have their hash. `motcua verify` says more"
    )]
    Damaged { position: u64 },
    #[error(
        "the tables of {0} are not of this program's format: start this program on them once, and carry them then"
    )]
    Format(&'static str),
    #[error(
        "there is no vault here: what is carried would have no names. A copy of somebody else's log is made by `motcua mirror`"
    )]
    NoVault,
    #[error("{} is no backup: it has no backup.json", .0.display())]
    NoBackup(PathBuf),
    #[error("the backup is damaged: {0}. Take another one")]
    BackupDamaged(String),
}

impl From<IntegrityError> for CarryError {
    fn from(error: IntegrityError) -> Self {
        match error {
            IntegrityError::File { path, source } => Self::File { path, source },
            other => Self::Integrity(other),
        }
    }
}

impl CarryError {
    /// A stable code for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Journal(error) => error.code(),
            Self::Copy(error) => error.code(),
            Self::Opened(_) => "COPY_NOT_OPENED",
            Self::Vault(_) => "COPY_VAULT",
            Self::Integrity(_) => "COPY_SEALS",
            Self::Work(_) | Self::Sql(_) => "COPY_TABLES",
            Self::File { .. } => "COPY_FILE",
            Self::Another { .. } => "COPY_ANOTHER_JOURNAL",
            Self::Ahead { .. } => "COPY_AHEAD",
            Self::Parted { .. } => "COPY_PARTED",
            Self::Damaged { .. } => "COPY_DAMAGED",
            Self::Format(_) => "COPY_FORMAT",
            Self::NoVault => "COPY_NO_VAULT",
            Self::NoBackup(_) => "BACKUP_MISSING",
            Self::BackupDamaged(_) => "BACKUP_DAMAGED",
        }
    }
}
