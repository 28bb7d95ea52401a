//! Where the work lies: a file beside the embedded journal, or a schema in its PostgreSQL database. One text per
//! statement: what differs between the two is filled in.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, FromRow, PgPool, SqlitePool, query, query_as, raw_sql};

use super::{Claim, LEASE, Result};
use crate::databases::{Moving, Servers, tables::migrate};
use crate::journal::Location;

const CONNECTIONS_MAX: u32 = 8;
const WAIT_MAX: Duration = Duration::from_secs(10);

/// Why the work could not be looked at or noted. Nothing on record is touched by it.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    #[error("{}: {source}", path.display())]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("the work table: {0}")]
    Sql(#[from] sqlx::Error),
    #[error("the work table's format: {0}")]
    Format(#[from] MigrateError),
    #[error("what is noted about the subscriber {0} cannot be read")]
    Damaged(String),
    #[error("there is a subscriber {0} already")]
    Taken(String),
    #[error("there is no subscriber {0}: `motcua webhook list` names those there are")]
    Unknown(String),
}

/// Binds one value after another, on either back end.
macro_rules! bind {
    // foreign: a macro's pattern, not one of our enums
    () => {
        |query, value| match value {
            Value::Number(number) => query.bind(*number),
            Value::Text(text) => query.bind(text.clone()),
        }
    };
}

/// A handle on the work; clones share connections.
#[derive(Clone)]
pub struct Work {
    store: Arc<Store>,
    /// Statements of this process that want a number of their own.
    numbered: Arc<AtomicU64>,
    _moving: Moving,
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
        let (store, moving) = match location {
            Location::Sqlite(file) => {
                make_own(file)?;
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
                (Store::Sqlite(pool), Moving::default())
            }
            Location::Postgres(url) => {
                let pool = PgPoolOptions::new()
                    .max_connections(CONNECTIONS_MAX)
                    .acquire_timeout(WAIT_MAX)
                    .after_connect(|connection, _| {
                        Box::pin(async move {
                            let limit = raw_sql("set statement_timeout = '10s'");
                            limit.execute(connection).await.map(|_| ())
                        })
                    });
                let (pool, moving) = Servers::of(url, "motcua work")?.pool(pool).await?;
                migrate(&pool, "work", &postgres_migrator()).await?;
                (Store::Postgres(pool), moving)
            }
        };
        Ok(Self {
            store: Arc::new(store),
            numbered: Arc::default(),
            _moving: moving,
        })
    }

    /// A number that this process has not given yet.
    pub(super) fn next(&self) -> u64 {
        self.numbered.fetch_add(1, Ordering::Relaxed)
    }

    /// Runs a statement about a claim: `$1` is its name, `$2` its owner, and then the values. False when it changed nothing:
    /// the row is no longer this claim's.
    pub(super) async fn of(&self, claim: &Claim, text: &str, values: &[Value]) -> Result<bool> {
        let own = [claim.name.as_str().into(), claim.owner.as_str().into()];
        Ok(self.run(text, &[&own, values].concat()).await? > 0)
    }

    /// Runs a statement; how many rows it changed.
    pub(super) async fn run(&self, text: &str, values: &[Value]) -> Result<u64> {
        let sql = AssertSqlSafe(self.filled(text));
        Ok(match &*self.store {
            Store::Sqlite(pool) => {
                let statement = values.iter().fold(query(sql), bind!());
                statement.execute(pool).await?.rows_affected()
            }
            Store::Postgres(pool) => {
                let statement = values.iter().fold(query(sql), bind!());
                statement.execute(pool).await?.rows_affected()
            }
        })
    }

    /// Runs two statements, both or neither, unless the first changes nothing; whether it did.
    pub(super) async fn both(
        &self,
        first: (&str, &[Value]),
        second: (&str, &[Value]),
    ) -> Result<bool> {
        let bound = |text: &str| AssertSqlSafe(self.filled(text));
        macro_rules! in_one_transaction {
            // foreign: a macro's pattern, not one of our enums
            ($pool:expr) => {{
                let mut writing = $pool.begin().await?;
                let statement = first.1.iter().fold(query(bound(first.0)), bind!());
                let changed = statement.execute(&mut *writing).await?.rows_affected();
                if changed > 0 {
                    let statement = second.1.iter().fold(query(bound(second.0)), bind!());
                    statement.execute(&mut *writing).await?;
                }
                writing.commit().await?;
                changed > 0
            }};
        }
        Ok(match &*self.store {
            Store::Sqlite(pool) => in_one_transaction!(pool),
            Store::Postgres(pool) => in_one_transaction!(pool),
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

/// The file, for its owner alone: addresses of receivers may hold what opens them.
fn make_own(file: &Path) -> Result<()> {
    let made = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(file);
    made.map(drop).map_err(|source| WorkError::File {
        path: file.to_owned(),
        source,
    })
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
