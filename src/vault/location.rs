//! Where a vault lives.

use std::{fmt, path::PathBuf};

/// A file of its own, or the schema `vault` in a PostgreSQL database shared by several nodes.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// The file.
    Sqlite(PathBuf),
    /// `postgres://user:password@host:port/database`, with a password perhaps: never printed.
    Postgres(String),
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "Location({})", path.display()),
            Self::Postgres(_) => f.write_str("Location(postgres://…)"),
        }
    }
}
