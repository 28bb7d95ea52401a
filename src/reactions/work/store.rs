//! Where the work lies: a file beside the embedded journal, or a schema in its PostgreSQL database. One text per
//! statement: what differs between the two is filled in.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, FromRow, PgPool, SqlitePool, query, query_as};

use super::{LEASE, Result};
use crate::journal::Location;

const CONNECTIONS_MAX: u32 = 8;
const WAIT_MAX: Duration = Duration::from_secs(10);

/// Why the work could not be looked at or noted. Nothing on record is touched by it.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    #[error("the work table: {0}")]
    Sql(#[from] sqlx::Error),
    #[error("the work table's format: {0}")]
    Format(#[from] MigrateError),
    #[error("a note in the work table cannot be read: {0}")]
    Damaged(#[from] serde_json::Error),
    #[error("there is a subscriber {0} already")]
    Taken(String),
    #[error("there is no subscriber {0}: `motcua webhook list` names those there are")]
    Unknown(String),
}

/// A handle on the work; clones share connections.
#[derive(Clone)]
pub struct Work {
    store: Arc<Store>,
}

enum Store {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// What a statement is told, in the order of its `$1`, `$2`, ….
#[derive(Debug, Clone)]
pub enum Value {
    Number(Option<i64>),
    Text(Option<String>),
}

impl Work {
    /// Where the work of a journal lies.
    #[must_use]
    pub fn location(data: &Path, journal: &Location) -> Location {
        match journal {
            Location::Sqlite(_) => Location::Sqlite(data.join("work.db")),
            Location::Postgres(url) => Location::Postgres(url.clone()),
        }
    }

    /// Opens the work, makes it when there is none, and brings the tables up to this program's format.
    pub async fn create_or_open(location: &Location) -> Result<Self> {
        let store = match location {
            Location::Sqlite(file) => {
                // What the last second loses is sent again.
                let options = SqliteConnectOptions::new()
                    .filename(file)
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Normal)
                    .busy_timeout(WAIT_MAX);
                let pool = SqlitePoolOptions::new().max_connections(1);
                let pool = pool.connect_with(options).await?;
                let mut migrator = sqlx::migrate!("migrations/work/sqlite");
                migrator.dangerous_set_table_name("migration");
                migrator.run(&pool).await?;
                Store::Sqlite(pool)
            }
            Location::Postgres(url) => {
                let options = PgConnectOptions::from_str(url)?
                    .extra_float_digits(None)
                    .application_name("motcua work");
                let pool = PgPoolOptions::new()
                    .max_connections(CONNECTIONS_MAX)
                    .acquire_timeout(WAIT_MAX);
                let pool = pool.connect_with(options).await?;
                postgres_migrator().run(&pool).await?;
                Store::Postgres(pool)
            }
        };
        Ok(Self {
            store: Arc::new(store),
        })
    }

    /// Runs a statement; how many rows it changed.
    pub(super) async fn run(&self, text: &str, values: &[Value]) -> Result<u64> {
        let sql = AssertSqlSafe(self.filled(text));
        Ok(match &*self.store {
            Store::Sqlite(pool) => {
                let statement = values.iter().fold(query(sql), |query, value| match value {
                    Value::Number(number) => query.bind(*number),
                    Value::Text(text) => query.bind(text.clone()),
                });
                statement.execute(pool).await?.rows_affected()
            }
            Store::Postgres(pool) => {
                let statement = values.iter().fold(query(sql), |query, value| match value {
                    Value::Number(number) => query.bind(*number),
                    Value::Text(text) => query.bind(text.clone()),
                });
                statement.execute(pool).await?.rows_affected()
            }
        })
    }

    /// The rows that a statement gives.
    pub(super) async fn all<T>(&self, text: &str, values: &[Value]) -> Result<Vec<T>>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let sql = AssertSqlSafe(self.filled(text));
        Ok(match &*self.store {
            Store::Sqlite(pool) => {
                let statement = values
                    .iter()
                    .fold(query_as(sql), |query, value| match value {
                        Value::Number(number) => query.bind(*number),
                        Value::Text(text) => query.bind(text.clone()),
                    });
                statement.fetch_all(pool).await?
            }
            Store::Postgres(pool) => {
                let statement = values
                    .iter()
                    .fold(query_as(sql), |query, value| match value {
                        Value::Number(number) => query.bind(*number),
                        Value::Text(text) => query.bind(text.clone()),
                    });
                statement.fetch_all(pool).await?
            }
        })
    }

    /// The first of the rows that a statement gives.
    pub(super) async fn one<T>(&self, text: &str, values: &[Value]) -> Result<Option<T>>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        Ok(self.all(text, values).await?.into_iter().next())
    }

    /// `{work}` is the schema, `{now}` the database's own clock in microseconds, `{lease}` how long a claim holds,
    /// `{skip}` passes over what another node is taking.
    fn filled(&self, text: &str) -> String {
        let (schema, now, skip) = match &*self.store {
            Store::Sqlite(_) => ("", "cast(unixepoch('subsec') * 1000000 as integer)", ""),
            Store::Postgres(_) => (
                "work.",
                "(extract(epoch from clock_timestamp()) * 1000000)::bigint",
                "for update skip locked",
            ),
        };
        text.replace("{work}", schema)
            .replace("{now}", now)
            .replace("{lease}", &LEASE.as_micros().to_string())
            .replace("{skip}", skip)
    }
}

fn postgres_migrator() -> Migrator {
    let mut migrator = sqlx::migrate!("migrations/work/postgres");
    migrator.create_schema("work");
    migrator.dangerous_set_table_name("work.migration");
    migrator
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Value {
    /// Positions are far below what a signed number holds.
    fn from(number: u64) -> Self {
        Self::Number(Some(i64::try_from(number).unwrap_or(i64::MAX)))
    }
}

impl From<Option<u64>> for Value {
    fn from(number: Option<u64>) -> Self {
        match number {
            Some(number) => number.into(),
            None => Self::Number(None),
        }
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        u64::from(number).into()
    }
}
