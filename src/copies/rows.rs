//! Rows of whole tables, from one database into another, whichever kind each is: the same values, counted and summed.

use std::collections::{BTreeMap, HashSet};

use futures_util::TryStreamExt as _;
use sha2::{Digest as _, Sha256};
use sqlx::postgres::PgRow;
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, PgConnection, Postgres, QueryBuilder, Row as _, Sqlite,
    SqliteConnection, query, query_as, query_scalar, raw_sql,
};
use uuid::Uuid;

use super::{CarryError, Result};
use crate::databases::Servers;
use crate::domain::text::hex;
use crate::journal::Location;

/// Rows of one insert.
const CHUNK: usize = 500;

/// A table that is carried.
pub struct Table {
    pub schema: &'static str,
    pub name: &'static str,
    /// The column that tells its rows apart where only new ones are carried, and orders them.
    pub key: Option<&'static str>,
    /// Whether what is there stays, and only rows are added: the table refuses anything else.
    pub only_grows: bool,
    /// Whether a row belongs to a tree of some `size`.
    pub has_size: bool,
}

/// What was read of a table: the same rows have the same sum, in whatever order and database.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sum {
    pub rows: u64,
    /// Of each row's SHA-256, all by exclusive or; hexadecimal.
    pub sum: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Text,
    Bytes,
    Id,
}

enum Value {
    Number(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    Id(Option<Uuid>),
}

/// A column's kind, and whether the database numbers it by itself.
type Columns = BTreeMap<String, (Kind, bool)>;

/// An open database, inside one transaction.
pub enum Database {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Migrations whose files are called `…_own_…` are of one database's kind, and change no row.
const OF_TABLES: &str = "description not like 'own %'";

impl Database {
    /// To read one state of it, whoever writes meanwhile. None where there is no such file, or no such schema.
    pub async fn read(location: &Location, schema: &str) -> Result<Option<Self>> {
        match location {
            Location::Sqlite(file) if !file.exists() => Ok(None),
            Location::Sqlite(file) => {
                let options = SqliteConnectOptions::new().filename(file).read_only(true);
                let mut open = options.connect().await?;
                raw_sql("begin").execute(&mut open).await?;
                Ok(Some(Self::Sqlite(open)))
            }
            Location::Postgres(url) => {
                let mut open = postgres(url).await?;
                let begin = "begin isolation level repeatable read read only";
                raw_sql(begin).execute(&mut open).await?;
                let sql = "select to_regnamespace($1) is not null";
                let there: bool = query_scalar(sql).bind(schema).fetch_one(&mut open).await?;
                Ok(there.then_some(Self::Postgres(open)))
            }
        }
    }

    /// To write all or nothing. Its tables must be there.
    pub async fn write(location: &Location) -> Result<Self> {
        match location {
            Location::Sqlite(file) => {
                // What is replaced leaves nothing behind in the file.
                let options = SqliteConnectOptions::new()
                    .filename(file)
                    .pragma("secure_delete", "on")
                    .pragma("journal_size_limit", "0");
                let mut open = options.connect().await?;
                // References are looked at when everything is there.
                let begin = "begin immediate; pragma defer_foreign_keys = on";
                raw_sql(begin).execute(&mut open).await?;
                Ok(Self::Sqlite(open))
            }
            Location::Postgres(url) => {
                let mut open = postgres(url).await?;
                raw_sql("begin").execute(&mut open).await?;
                Ok(Self::Postgres(open))
            }
        }
    }

    pub async fn commit(self) -> Result<()> {
        use sqlx::Connection as _;
        match self {
            Self::Sqlite(mut open) => {
                raw_sql("commit").execute(&mut open).await?;
                open.close().await?;
            }
            Self::Postgres(mut open) => {
                raw_sql("commit").execute(&mut open).await?;
                open.close().await?;
            }
        }
        Ok(())
    }

    /// Number of the newest migration of a schema that both databases have: what is of one kind alone is carried nowhere.
    pub async fn format(&mut self, schema: &str) -> Result<i64> {
        Ok(match self {
            Self::Sqlite(open) => {
                let sql = format!("select max(version) from migration where {OF_TABLES}");
                query_scalar(AssertSqlSafe(sql)).fetch_one(open).await?
            }
            Self::Postgres(open) => {
                let sql = format!("select max(version) from {schema}.migration where {OF_TABLES}");
                query_scalar(AssertSqlSafe(sql)).fetch_one(open).await?
            }
        })
    }

    async fn columns(&mut self, table: &Table) -> Result<Columns> {
        let described: Vec<(String, String, bool)> = match self {
            Self::Sqlite(open) => {
                let sql = "select name, lower(type), false from pragma_table_info(?1)";
                query_as(sql).bind(table.name).fetch_all(open).await?
            }
            Self::Postgres(open) => {
                let sql = "select column_name::text, data_type::text, is_identity = 'YES'
                     from information_schema.columns where table_schema = $1 and table_name = $2";
                let described = query_as(sql).bind(table.schema).bind(table.name);
                described.fetch_all(open).await?
            }
        };
        let kind = |kind: &str| match kind {
            "integer" | "bigint" | "smallint" => Some(Kind::Number),
            "text" => Some(Kind::Text),
            "blob" | "bytea" => Some(Kind::Bytes),
            "uuid" => Some(Kind::Id),
            _ => None, // foreign: a type of the database's
        };
        let known = described.into_iter().map(|(name, described, numbered)| {
            let kind = kind(&described).ok_or(CarryError::Format(table.schema))?;
            Ok((name, (kind, numbered)))
        });
        known.collect()
    }

    /// What a table is called here.
    pub fn called(&self, table: &Table) -> String {
        match self {
            Self::Sqlite(_) => table.name.to_owned(),
            Self::Postgres(_) => format!("{}.{}", table.schema, table.name),
        }
    }

    /// Two numbers of each row.
    pub async fn pairs(&mut self, sql: String) -> Result<Vec<(i64, Option<i64>)>> {
        Ok(match self {
            Self::Sqlite(open) => query_as(AssertSqlSafe(sql)).fetch_all(open).await?,
            Self::Postgres(open) => query_as(AssertSqlSafe(sql)).fetch_all(open).await?,
        })
    }

    pub async fn run(&mut self, sql: String) -> Result<()> {
        match self {
            Self::Sqlite(open) => query(AssertSqlSafe(sql)).execute(open).await.map(drop)?,
            Self::Postgres(open) => query(AssertSqlSafe(sql)).execute(open).await.map(drop)?,
        }
        Ok(())
    }

    /// Values of a key, as text.
    async fn keys(&mut self, table: &Table, key: &str) -> Result<HashSet<String>> {
        let sql = format!("select cast({key} as text) from {}", self.called(table));
        let keys: Vec<String> = match self {
            Self::Sqlite(open) => query_scalar(AssertSqlSafe(sql)).fetch_all(open).await?,
            Self::Postgres(open) => query_scalar(AssertSqlSafe(sql)).fetch_all(open).await?,
        };
        Ok(keys.into_iter().collect())
    }

    async fn insert(
        &mut self,
        table: &Table,
        columns: &[&str],
        rows: Vec<Vec<Value>>,
    ) -> Result<()> {
        let called = self.called(table);
        macro_rules! insert {
            ($kind:ty, $open:expr, $also:expr) => {{
                let start = format!("insert into {called} ({}) {}", columns.join(", "), $also);
                let mut sql = QueryBuilder::<$kind>::new(start);
                sql.push_values(rows, |mut row, values| {
                    for value in values {
                        match value {
                            Value::Number(number) => row.push_bind(number),
                            Value::Text(text) => row.push_bind(text),
                            Value::Bytes(bytes) => row.push_bind(bytes),
                            Value::Id(id) => row.push_bind(id),
                        };
                    }
                });
                sql.build().execute($open).await?;
            }};
        }
        match self {
            Self::Sqlite(open) => insert!(Sqlite, open, ""),
            Self::Postgres(open) => insert!(Postgres, open, "overriding system value "),
        }
        Ok(())
    }
}

async fn postgres(url: &str) -> Result<PgConnection> {
    Ok(Servers::of(url, "motcua copy")?.connect().await?)
}

/// Brings everything into the file itself, so that whoever copies it alone copies all of it.
pub async fn settle(location: &Location) -> Result<()> {
    use sqlx::Connection as _;
    if let Location::Sqlite(file) = location {
        let mut open = SqliteConnectOptions::new().filename(file).connect().await?;
        let settle = "pragma busy_timeout = 10000; pragma wal_checkpoint(truncate)";
        raw_sql(settle).execute(&mut open).await?;
        open.close().await?;
    }
    Ok(())
}

/// Sums up a table as it is.
pub async fn sum(table: &Table, of: &mut Database) -> Result<Sum> {
    let columns = of.columns(table).await?;
    let kinds: Vec<Kind> = columns.values().map(|(kind, _)| *kind).collect();
    let columns: Vec<&str> = columns.keys().map(String::as_str).collect();
    let sql = selection(table, &columns, of, u64::MAX);
    let mut carried = Carried::default();
    read(of, sql, &kinds, async |rows| {
        for row in &rows {
            carried.take(row);
        }
        Ok(())
    })
    .await?;
    Ok(carried.sum())
}

/// Carries a table: what is not there yet where it only grows, else all, into an empty one. Rows of trees larger than `size` are
/// left.
pub async fn carry(
    table: &Table,
    from: &mut Database,
    to: &mut Database,
    size: u64,
) -> Result<Sum> {
    let (theirs, ours) = (from.columns(table).await?, to.columns(table).await?);
    if theirs.is_empty() || !theirs.keys().eq(ours.keys()) {
        return Err(CarryError::Format(table.schema));
    }
    let kinds: Vec<Kind> = theirs.values().zip(ours.values()).map(known_kind).collect();
    let columns: Vec<&str> = ours.keys().map(String::as_str).collect();
    let held = match table.key.filter(|_| table.only_grows) {
        Some(key) => to.keys(table, key).await?,
        None => HashSet::new(),
    };
    let key = columns.iter().position(|column| Some(*column) == table.key);
    let held = |row: &[Value]| key.is_some_and(|key| held.contains(&row[key].text()));
    let mut carried = Carried::default();
    let sql = selection(table, &columns, from, size);
    read(from, sql, &kinds, async |rows: Vec<Vec<Value>>| {
        let rows: Vec<_> = rows.into_iter().filter(|row| !held(row)).collect();
        for row in &rows {
            carried.take(row);
        }
        if rows.is_empty() {
            return Ok(());
        }
        to.insert(table, &columns, rows).await
    })
    .await?;
    if let (Database::Postgres(_), Some((name, _))) = (&to, ours.iter().find(|(_, kind)| kind.1)) {
        let called = to.called(table);
        to.run(format!(
            "select setval(pg_get_serial_sequence('{called}', '{name}'), (select coalesce(max({name}), 0) + 1 from {called}), false)"
        ))
        .await?;
    }
    Ok(carried.sum())
}

/// An id is told from other bytes by PostgreSQL alone.
fn known_kind((theirs, ours): (&(Kind, bool), &(Kind, bool))) -> Kind {
    if [theirs.0, ours.0].contains(&Kind::Id) {
        Kind::Id
    } else {
        ours.0
    }
}

fn selection(table: &Table, columns: &[&str], from: &Database, size: u64) -> String {
    let (columns, called) = (columns.join(", "), from.called(table));
    let bound = if table.has_size {
        format!(" where size <= {}", size.min(i64::MAX.cast_unsigned()))
    } else {
        String::new()
    };
    let order = table.key.map(|key| format!(" order by {key}"));
    format!(
        "select {columns} from {called}{bound}{}",
        order.unwrap_or_default()
    )
}

/// Reads rows, some at a time.
async fn read(
    from: &mut Database,
    sql: String,
    kinds: &[Kind],
    mut take: impl AsyncFnMut(Vec<Vec<Value>>) -> Result<()>,
) -> Result<()> {
    macro_rules! read {
        ($open:expr, $value:ident) => {{
            let rows = query(AssertSqlSafe(sql)).fetch($open);
            let mut chunks = std::pin::pin!(rows.try_chunks(CHUNK));
            while let Some(chunk) = chunks.try_next().await.map_err(|cut| cut.1)? {
                let one = |row| values(kinds, |place, kind| $value(row, place, kind));
                take(chunk.iter().map(one).collect::<Result<_>>()?).await?;
            }
        }};
    }
    match from {
        Database::Sqlite(open) => read!(open, sqlite_value),
        Database::Postgres(open) => read!(open, postgres_value),
    }
    Ok(())
}

fn values(
    kinds: &[Kind],
    read: impl Fn(usize, Kind) -> Result<Value, sqlx::Error>,
) -> Result<Vec<Value>> {
    let read = kinds
        .iter()
        .enumerate()
        .map(|(place, kind)| read(place, *kind));
    Ok(read.collect::<Result<_, _>>()?)
}

fn sqlite_value(row: &SqliteRow, place: usize, kind: Kind) -> Result<Value, sqlx::Error> {
    Ok(match kind {
        Kind::Number => Value::Number(row.try_get(place)?),
        Kind::Text => Value::Text(row.try_get(place)?),
        Kind::Bytes => Value::Bytes(row.try_get(place)?),
        Kind::Id => Value::Id(row.try_get(place)?),
    })
}

fn postgres_value(row: &PgRow, place: usize, kind: Kind) -> Result<Value, sqlx::Error> {
    Ok(match kind {
        Kind::Number => Value::Number(row.try_get(place)?),
        Kind::Text => Value::Text(row.try_get(place)?),
        Kind::Bytes => Value::Bytes(row.try_get(place)?),
        Kind::Id => Value::Id(row.try_get(place)?),
    })
}

impl Value {
    /// As a database casts it to text; only for keys.
    fn text(&self) -> String {
        match self {
            Self::Number(Some(number)) => number.to_string(),
            Self::Text(Some(text)) => text.clone(),
            Self::Number(None) | Self::Text(None) | Self::Bytes(_) | Self::Id(_) => String::new(),
        }
    }

    /// Alike in every database: a mark of absence, or the length and the bytes.
    fn digest(&self, into: &mut Sha256) {
        let mut take = |bytes: Option<&[u8]>| match bytes {
            None => into.update([0]),
            Some(bytes) => {
                into.update([1]);
                into.update((bytes.len() as u64).to_be_bytes());
                into.update(bytes);
            }
        };
        match self {
            Self::Number(number) => take(
                number
                    .map(i64::to_be_bytes)
                    .as_ref()
                    .map(|bytes| &bytes[..]),
            ),
            Self::Text(text) => take(text.as_ref().map(String::as_bytes)),
            Self::Bytes(bytes) => take(bytes.as_deref()),
            Self::Id(id) => take(id.as_ref().map(|id| &id.as_bytes()[..])),
        }
    }
}

#[derive(Default)]
struct Carried {
    rows: u64,
    sum: [u8; 32],
}

impl Carried {
    fn take(&mut self, row: &[Value]) {
        let mut digest = Sha256::new();
        for value in row {
            value.digest(&mut digest);
        }
        let digest: [u8; 32] = digest.finalize().into();
        for (sum, byte) in self.sum.iter_mut().zip(digest) {
            *sum ^= byte;
        }
        self.rows += 1;
    }

    fn sum(&self) -> Sum {
        Sum {
            rows: self.rows,
            sum: hex(&self.sum),
        }
    }
}
