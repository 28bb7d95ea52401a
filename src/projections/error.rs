//! Why read models cannot be kept, each with a code that never changes.

use std::path::PathBuf;

use crate::journal::JournalError;
use crate::journal::fact::FactError;

pub type Result<T, E = ProjectionError> = std::result::Result<T, E>;

/// A technical failure of the read models. The journal is never changed by any of them.
#[derive(Debug, thiserror::Error)]
pub enum ProjectionError {
    /// The read models have seen an entry that the journal does not hold (any more): it was set back, or is another one.
    /// Nothing is rebuilt until somebody says so.
    #[error(
        "the read models stand beside the journal: its entry {position} is not the one they followed"
    )]
    BesideJournal { position: u64 },
    /// A fact of a newer program, or none at all: never guessed at.
    #[error("the entry at position {position} cannot be read: {source}")]
    Fact { position: u64, source: FactError },
    /// The versions of a stream do not follow each other.
    #[error("the entry at position {position} does not follow its stream")]
    OutOfOrder { position: u64 },
    /// Another process keeps the read models of this folder.
    #[error("another process keeps the read models at {}", .0.display())]
    InUse(PathBuf),
    /// There are no read models of this program's version here.
    #[error("there are no read models at {}", .0.display())]
    Missing(PathBuf),
    /// A point in time beyond what the journal holds.
    #[error("the journal holds {size} facts, not {asked}")]
    BeyondEnd { asked: u64, size: u64 },
    /// There is a file where a new one was to be made.
    #[error("{} exists already, and nothing is overwritten", .0.display())]
    Exists(PathBuf),
    /// The file's pages are broken.
    #[error("the read models are damaged: {0}")]
    Damaged(String),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("the read models' database: {0}")]
    Database(#[source] sqlx::Error),
    #[error("the read models' folder: {0}")]
    Folder(#[from] std::io::Error),
}

impl ProjectionError {
    /// A stable code for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BesideJournal { .. } => "BESIDE_JOURNAL",
            Self::Fact {
                source: FactError::NewerFormat { .. },
                ..
            } => "JOURNAL_NEWER_THAN_PROGRAM",
            Self::Fact { .. } => "FACT_UNREADABLE",
            Self::OutOfOrder { .. } => "FACT_OUT_OF_ORDER",
            Self::InUse(_) => "READ_MODELS_IN_USE",
            Self::Missing(_) => "READ_MODELS_MISSING",
            Self::BeyondEnd { .. } => "BEYOND_END",
            Self::Exists(_) => "FILE_EXISTS",
            Self::Damaged(_) => "READ_MODELS_DAMAGED",
            Self::Journal(error) => error.code(),
            Self::Database(_) => "READ_MODELS_DATABASE",
            Self::Folder(_) => "READ_MODELS_FOLDER",
        }
    }

    /// True when following may go on later without anything else changing: a lost server, a full disk.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Journal(error) => error.is_retryable(),
            Self::Database(_) | Self::Folder(_) => true,
            Self::BesideJournal { .. }
            | Self::Fact { .. }
            | Self::OutOfOrder { .. }
            | Self::InUse(_)
            | Self::Missing(_)
            | Self::BeyondEnd { .. }
            | Self::Exists(_)
            | Self::Damaged(_) => false,
        }
    }
}

impl From<sqlx::Error> for ProjectionError {
    /// SQLite's primary codes 11 (corrupt) and 26 (not a database) are damage; the rest may pass.
    fn from(error: sqlx::Error) -> Self {
        let code = match &error {
            sqlx::Error::Database(database) => database.code(),
            _ => None, // foreign: sqlx's own failures
        };
        let primary = code.and_then(|code| code.parse::<u32>().ok());
        match primary.map(|code| code & 0xff) {
            Some(11 | 26) => Self::Damaged(error.to_string()),
            Some(_) | None => Self::Database(error),
        }
    }
}
