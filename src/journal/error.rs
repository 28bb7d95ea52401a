//! What can go wrong with the record, each with a code that never changes.

use uuid::Uuid;

/// A technical failure of the journal; never a rule of the domain.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The store did not answer, was busy for too long, or ended the transaction: sending the same batch again is right.
    /// After a failed commit the outcome is unknown until the command ids have been looked up.
    #[error("the journal cannot be reached: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// The clocks of the database and of this node disagree by so much that one of them is wrong.
    #[error("the database's clock is {seconds} s before this node's")]
    ClocksApart { seconds: i64 },
    /// There is no journal at this place.
    #[error("there is no journal at {0}")]
    Missing(String),
    /// There is a file at this place, but no journal in it.
    #[error("{0} is not a journal: not a database, or one that is badly damaged")]
    Foreign(String),
    /// The file is there and cannot be opened.
    #[error("{0} cannot be opened: its folder is read-only, or not for the user who runs this")]
    Closed(String),
    /// An address that names neither a file nor a PostgreSQL database.
    #[error("not a journal's address: {0}")]
    Address(String),
    /// Positions have a hole: the record is not whole and nothing may be concluded from it.
    #[error("the journal has a hole at position {position}")]
    Gap { position: u64 },
    /// An entry is not what it must be.
    #[error("the journal is damaged at position {position}: {why}")]
    Damaged { position: u64, why: &'static str },
    /// The caller knows a newer version of the stream than the journal holds: it was set back, or is another one.
    #[error("the journal holds less of stream {stream} than was seen before: it was set back")]
    SetBack { stream: Uuid },
    /// A newer program has written this journal.
    #[error("the journal has format {format}, newer than this program")]
    NewerThanProgram { format: i64 },
    /// The calling code broke the writer's contract; nothing was written.
    #[error("the batch does not fit the journal: {0}")]
    Misuse(&'static str),
    /// The database refused a statement; nothing was written.
    #[error("the journal's database refused: {0}")]
    Sql(#[source] sqlx::Error),
}

impl JournalError {
    /// A commit that the store has not confirmed in time; whether it was done is not known.
    pub fn unconfirmed() -> Self {
        Self::Unavailable(sqlx::Error::PoolTimedOut)
    }

    /// A stable code for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unavailable(_) => "JOURNAL_UNAVAILABLE",
            Self::ClocksApart { .. } => "CLOCKS_APART",
            Self::Missing(_) => "JOURNAL_MISSING",
            Self::Foreign(_) => "JOURNAL_FOREIGN",
            Self::Closed(_) => "JOURNAL_CLOSED",
            Self::Address(_) => "JOURNAL_ADDRESS",
            Self::Gap { .. } => "JOURNAL_GAP",
            Self::Damaged { .. } => "JOURNAL_DAMAGED",
            Self::SetBack { .. } => "JOURNAL_SET_BACK",
            Self::NewerThanProgram { .. } => "JOURNAL_NEWER_THAN_PROGRAM",
            Self::Misuse(_) => "JOURNAL_MISUSE",
            Self::Sql(_) => "JOURNAL_SQL",
        }
    }

    /// True when the same call may succeed later without anything else changing.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// True when SQLite cannot make sense of its file any more (its codes 11 and 26).
    pub(super) fn is_of_a_damaged_file(&self) -> bool {
        let Self::Sql(sqlx::Error::Database(error)) = self else {
            return false;
        };
        let code = error.code().and_then(|code| code.parse::<u32>().ok());
        code.is_some_and(|code| [11, 26].contains(&(code & 0xff)))
    }

    /// True when the connection itself is gone, so that a fresh one may do better at once.
    pub(super) fn lost_connection(&self) -> bool {
        match self {
            Self::Unavailable(sqlx::Error::Database(error)) => error.code().is_some_and(|code| {
                code.starts_with("57P") || code == "25P03" || code.starts_with("08")
            }),
            Self::Unavailable(_) => true,
            _ => false,
        }
    }
}

impl From<sqlx::Error> for JournalError {
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

impl From<sqlx::migrate::MigrateError> for JournalError {
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

#[cfg(test)]
mod tests {
    use super::passes;

    #[test]
    fn waiting_too_long_and_lost_servers_pass_but_broken_rules_do_not() {
        for code in [
            "55P03", "25P03", "57014", "57P01", "08006", "40001", "53300", "5", "517", "13",
        ] {
            assert!(passes(code), "{code}");
        }
        for code in ["23505", "23514", "42P01", "19", "1555", "2067", "11"] {
            assert!(!passes(code), "{code}");
        }
    }
}
