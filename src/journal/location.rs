//! Where a journal lives.

use std::{fmt, path::PathBuf, str::FromStr};

use super::JournalError;

/// A file of its own, or a schema in a PostgreSQL database shared by several nodes.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// The file.
    Sqlite(PathBuf),
    /// `postgres://user:password@host:port/database`, with a password perhaps: printed without it.
    Postgres(String),
}

impl FromStr for Location {
    type Err = JournalError;

    /// `postgres://…` or `postgresql://…`, else a file's path, with or without `sqlite:` before it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        let path = text
            .strip_prefix("sqlite://")
            .or_else(|| text.strip_prefix("sqlite:"))
            .unwrap_or(text);
        if path.is_empty() || path.contains("://") {
            let scheme = text.split("://").next().unwrap_or_default();
            return Err(JournalError::Address(format!("{scheme}://…")));
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "{}", path.display()),
            Self::Postgres(url) => {
                let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
                let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
                write!(
                    f,
                    "postgres://{}",
                    place.split('?').next().unwrap_or_default()
                )
            }
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Location({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_file_or_a_postgresql_database() {
        let file = |text: &str| text.parse::<Location>().expect("an address");
        assert_eq!(
            file("data/journal.db"),
            Location::Sqlite("data/journal.db".into())
        );
        assert_eq!(
            file("sqlite:journal.db"),
            Location::Sqlite("journal.db".into())
        );
        assert_eq!(
            file("sqlite:///srv/journal.db"),
            Location::Sqlite("/srv/journal.db".into())
        );
        assert!(matches!(file("postgresql://h/d"), Location::Postgres(_)));
        assert_eq!(
            "mysql://h/d"
                .parse::<Location>()
                .expect_err("foreign")
                .code(),
            "JOURNAL_ADDRESS"
        );
    }

    #[test]
    fn a_password_is_never_printed() {
        let location = Location::Postgres(
            "postgres://clerk:s3cret@db.example:5432/office?password=s3cret".into(),
        );
        assert_eq!(location.to_string(), "postgres://db.example:5432/office");
        assert_eq!(
            format!("{location:?}"),
            "Location(postgres://db.example:5432/office)"
        );
    }
}
