//! What can go wrong with the vault, each with a code that never changes.

use std::{error::Error, path::PathBuf};

use uuid::Uuid;

use super::keys::WRAPPING_VARIABLE;

/// A technical failure of the vault; never carries personal data or key bytes.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The store did not answer or was busy for too long: the same call may be sent again.
    #[error("the vault cannot be reached: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// The database refused a statement; nothing was written.
    #[error("the vault's database refused: {0}")]
    Sql(#[source] sqlx::Error),
    /// A newer program has written this vault.
    #[error("the vault has format {format}, newer than this program")]
    NewerThanProgram { format: i64 },
    /// A file or folder of the vault or its keys cannot be used.
    #[error("{path}: {source}", path = path.display())]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    /// The folder of files belongs to another journal: each has one of its own.
    #[error("{path} holds the files of another journal: choose another folder with --files", path = path.display())]
    FolderOfAnother { path: PathBuf },
    /// The disk of the folder of files is almost full: databases beside it must be able to go on.
    #[error("the disk of {path} is almost full: no file is taken", path = path.display())]
    FolderFull { path: PathBuf },
    /// The master key file may be read by others than its owner.
    #[error("{path} may be read by others (mode {mode:03o}): make it 600", path = path.display())]
    KeyExposed { path: PathBuf, mode: u32 },
    /// A key's file, or what was given instead, is not 32 bytes.
    #[error("{path} holds no key: 32 bytes are expected, in base64 where it is a variable", path = path.display())]
    KeyDamaged { path: PathBuf },
    /// This vault was filled under another master key: the right file must be brought back.
    #[error("the vault was filled under another master key")]
    WrongKey,
    /// Another key lies in the place of the wrapping key in use: the right one must be brought back.
    #[error(
        "what lies in the place of wrapping key {key} is another key: bring the right one back from its backup"
    )]
    WrongWrappingKey { key: String },
    /// A part is there and cannot be read: a key is missing, or somebody changed something.
    #[error("a part cannot be read: {why}")]
    Unreadable { why: &'static str },
    /// A wrapping key is not where the keys are: what is under it can be neither read nor added to.
    #[error("wrapping key {key} is missing: bring it back from its backup")]
    KeyMissing { key: String },
    /// Keys are given from outside, and this one was not.
    #[error(
        "wrapping key {number} was not given: add {number}=BASE64 to {WRAPPING_VARIABLE} of every node and start them again"
    )]
    KeyNotGiven { number: u32 },
    /// Keys are given from outside, and this one still is.
    #[error(
        "wrapping key {number} is still given: take it out of {WRAPPING_VARIABLE} of every node, and out of wherever it is kept"
    )]
    KeyStillGiven { number: u32 },
    /// A wrapping key may not be destroyed, or not yet.
    #[error("wrapping key {key} cannot be destroyed: {why}")]
    KeyNeeded { key: String, why: &'static str },
    /// The key of this subject and purpose cannot be opened, although master key and vault belong together.
    #[error("the key of subject {subject} is damaged")]
    DataKeyDamaged { subject: Uuid },
    /// Something was to be put for a subject whose key has been destroyed; nothing of the batch was stored.
    #[error("the data of subject {subject} has been erased")]
    SubjectErased { subject: Uuid },
    /// The operating system gives no random bytes.
    #[error("no random bytes: {0}")]
    Random(getrandom::Error),
    /// The sweep's question which commands were recorded could not be answered; nothing more was deleted.
    #[error("the sweep cannot tell which parts are used: {0}")]
    Lookup(#[source] Box<dyn Error + Send + Sync>),
    /// The calling code broke the vault's contract; nothing was written.
    #[error("not for the vault: {0}")]
    Misuse(&'static str),
}

impl VaultError {
    /// A stable code for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unavailable(_) => "VAULT_UNAVAILABLE",
            Self::Sql(_) => "VAULT_SQL",
            Self::NewerThanProgram { .. } => "VAULT_NEWER_THAN_PROGRAM",
            Self::File { .. } => "VAULT_FILE",
            Self::FolderOfAnother { .. } => "VAULT_FOLDER_OF_ANOTHER",
            Self::FolderFull { .. } => "VAULT_FOLDER_FULL",
            Self::KeyExposed { .. } => "VAULT_KEY_EXPOSED",
            Self::KeyDamaged { .. } => "VAULT_KEY_DAMAGED",
            Self::WrongKey => "VAULT_WRONG_KEY",
            Self::WrongWrappingKey { .. } => "VAULT_WRONG_WRAPPING_KEY",
            Self::Unreadable { .. } => "VAULT_UNREADABLE",
            Self::KeyMissing { .. } => "VAULT_KEY_MISSING",
            Self::KeyNotGiven { .. } => "VAULT_KEY_NOT_GIVEN",
            Self::KeyStillGiven { .. } => "VAULT_KEY_STILL_GIVEN",
            Self::KeyNeeded { .. } => "VAULT_KEY_NEEDED",
            Self::DataKeyDamaged { .. } => "VAULT_DATA_KEY_DAMAGED",
            Self::SubjectErased { .. } => "SUBJECT_ERASED",
            Self::Random(_) => "VAULT_RANDOM",
            Self::Lookup(_) => "VAULT_LOOKUP",
            Self::Misuse(_) => "VAULT_MISUSE",
        }
    }

    /// True when the same call may succeed later: by itself, or once the operator has brought back a key.
    pub fn is_retryable(&self) -> bool {
        matches!(
            self,
            Self::Unavailable(_) | Self::Unreadable { .. } | Self::KeyMissing { .. }
        )
    }
}

impl From<sqlx::Error> for VaultError {
    fn from(error: sqlx::Error) -> Self {
        let passing = match &error {
            sqlx::Error::Database(database) => database.code().is_some_and(|code| passes(&code)),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::BeginFailed
            | sqlx::Error::WorkerCrashed => true,
            _ => false,
        };
        if passing {
            Self::Unavailable(error)
        } else {
            Self::Sql(error)
        }
    }
}

impl From<sqlx::migrate::MigrateError> for VaultError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::VersionMissing(format) => {
                Self::NewerThanProgram { format }
            }
            sqlx::migrate::MigrateError::Execute(error) => error.into(),
            other => Self::Sql(sqlx::Error::Migrate(Box::new(other))),
        }
    }
}

/// Conditions that pass by themselves. PostgreSQL codes have five characters; SQLite's are numbers whose low byte is
/// the primary code: 5 busy, 6 locked, 10 input/output, 13 full.
fn passes(code: &str) -> bool {
    if code.len() == 5 {
        return ["08", "40", "53", "57"].contains(&&code[..2])
            || ["25006", "25P02", "25P03", "55P03"].contains(&code);
    }
    code.parse::<u32>()
        .is_ok_and(|code| [5, 6, 10, 13].contains(&(code & 0xff)))
}
