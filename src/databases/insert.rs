//! What is to be written to a file, as statements: rows in a few fixed sizes, so that each is prepared once and kept.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::num::NonZeroUsize;
use std::sync::OnceLock;

use lru::LruCache;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments as _, AssertSqlSafe, SqliteConnection, query, query_with};
use uuid::Uuid;

/// Rows per statement, largest first; what is left after these goes in one statement of exactly so many rows. Each statement wakes the
/// connection's thread and is waited for, which costs as much as some ten rows.
const SIZES: [usize; 4] = [512, 256, 128, 64];
/// Most rows that are left.
const REST_MAX: usize = SIZES[SIZES.len() - 1] - 1;
/// SQLite takes no more for one statement.
const VARIABLES_MAX: usize = 32_766;
/// Statements that a connection keeps prepared: the sizes that come again and again, of all tables of the read models.
pub const PREPARED: usize = 1_024;

/// Statements in the order in which they are to run. Models only make them: whoever has the connection runs them.
#[derive(Default)]
pub struct Writes(Vec<Statement>);

/// SQL and what its variables stand for, in order.
struct Statement {
    sql: &'static str,
    values: Vec<Value>,
}

/// What SQLite stores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Null,
    Integer(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl Writes {
    /// A statement with `?` for each of its values.
    pub fn push<const N: usize>(&mut self, sql: &'static str, values: [Value; N]) {
        let values = values.into();
        self.0.push(Statement { sql, values });
    }

    /// Runs them and says how many rows were written.
    ///
    /// # Errors
    /// The first that is refused; those before it have been run.
    pub async fn run(self, on: &mut SqliteConnection) -> sqlx::Result<u64> {
        let mut written = 0;
        for Statement { sql, values } in self.0 {
            let statement = query_with(sql, arguments(values)?);
            written += statement.execute(&mut *on).await?.rows_affected();
        }
        Ok(written)
    }

    /// Runs them as one transaction. After an error, or when this is dropped, the connection is to be given up.
    ///
    /// # Errors
    /// The first that is refused; then nothing is written.
    pub async fn commit(self, on: &mut SqliteConnection, lately: &mut Lately) -> sqlx::Result<()> {
        self.run_between(Some("begin"), on, lately).await
    }

    /// As [`Writes::commit`], in the transaction that the connection is in.
    ///
    /// # Errors
    /// As [`Writes::commit`].
    pub async fn and_commit(
        self,
        on: &mut SqliteConnection,
        lately: &mut Lately,
    ) -> sqlx::Result<()> {
        self.run_between(None, on, lately).await
    }

    async fn run_between(
        self,
        begin: Option<&'static str>,
        on: &mut SqliteConnection,
        lately: &mut Lately,
    ) -> sqlx::Result<()> {
        if lately.came(begin, &self) {
            let (sql, values) = self.joined(begin, "commit", None)?;
            query_with(sql, values).execute(on).await?;
            return Ok(());
        }
        if let Some(begin) = begin {
            query(begin).execute(&mut *on).await?;
        }
        self.run(&mut *on).await?;
        query("commit").execute(on).await?;
        Ok(())
    }

    /// All of them as one text, which begins a transaction and ends with a question that has one value.
    ///
    /// # Errors
    /// Where the driver does not take a value.
    pub fn within(self, begin: &str, question: &str, value: Value) -> sqlx::Result<Joined> {
        self.joined(Some(begin), question, Some(value))
    }

    fn joined(self, begin: Option<&str>, end: &str, value: Option<Value>) -> sqlx::Result<Joined> {
        let each = self.0.iter().map(|statement| statement.sql);
        let texts: Vec<&str> = begin.into_iter().chain(each).chain([end]).collect();
        let sql = AssertSqlSafe(texts.join("; "));
        let values = self.0.into_iter().flat_map(|statement| statement.values);
        Ok((sql, arguments(values.chain(value))?))
    }

    /// How many values they have together.
    fn values(&self) -> usize {
        self.0.iter().map(|statement| statement.values.len()).sum()
    }
}

/// Statements in one text, and the values of all.
pub type Joined = (AssertSqlSafe<String>, SqliteArguments);

/// Which transactions came lately. For each statement the connection's thread is woken and waited for: those of a transaction that
/// comes again are one text, prepared once.
pub struct Lately(LruCache<u64, ()>);

/// So many are remembered.
const LATELY: NonZeroUsize = NonZeroUsize::new(64).expect("not zero");
/// One with more values spends its time elsewhere, and seldom comes again in the same numbers of rows.
const TOGETHER_MAX: usize = 600;

impl Default for Lately {
    fn default() -> Self {
        Self(LruCache::new(LATELY))
    }
}

impl Lately {
    /// Whether one of the same statements came lately; the next time this one did.
    fn came(&mut self, begin: Option<&str>, writes: &Writes) -> bool {
        if writes.values() > TOGETHER_MAX {
            return false;
        }
        let mut hasher = DefaultHasher::new();
        begin.hash(&mut hasher);
        for statement in &writes.0 {
            statement.sql.hash(&mut hasher);
        }
        self.0.put(hasher.finish(), ()).is_some()
    }
}

/// As the driver takes them.
fn arguments(values: impl IntoIterator<Item = Value>) -> sqlx::Result<SqliteArguments> {
    let values = values.into_iter();
    let mut arguments = SqliteArguments::default();
    arguments.reserve(values.size_hint().0, 0);
    for value in values {
        let added = match value {
            Value::Null => arguments.add(None::<i64>),
            Value::Integer(number) => arguments.add(number),
            Value::Text(text) => arguments.add(text),
            Value::Blob(bytes) => arguments.add(bytes),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

macro_rules! value_of {
    // foreign: a macro's pattern, not one of our enums
    ($($from:ty, $value:ident => $into:expr;)*) => {
        $(impl From<$from> for Value {
            fn from($value: $from) -> Self {
                $into
            }
        })*
    };
}

value_of! {
    i64, number => Self::Integer(number);
    i32, number => Self::Integer(number.into());
    u32, number => Self::Integer(number.into());
    u16, number => Self::Integer(number.into());
    u8, number => Self::Integer(number.into());
    bool, so => Self::Integer(so.into());
    String, text => Self::Text(text);
    &str, text => Self::Text(text.to_owned());
    Vec<u8>, bytes => Self::Blob(bytes);
    &[u8], bytes => Self::Blob(bytes.to_vec());
    Uuid, id => Self::Blob(id.as_bytes().to_vec());
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, T::into)
    }
}

/// A row whose columns are bound in order.
pub struct Row<'a>(&'a mut Vec<Value>);

impl Row<'_> {
    /// The next column.
    #[must_use]
    pub fn bind(self, value: impl Into<Value>) -> Self {
        self.0.push(value.into());
        self
    }
}

/// One insert, written out for every number of rows when it is first needed.
pub struct Insert {
    start: String,
    row: String,
    end: String,
    columns: usize,
    sizes: [OnceLock<String>; SIZES.len()],
    rests: [OnceLock<String>; REST_MAX],
}

impl Insert {
    /// `insert into table (columns) values …`; `end` says what happens to a row that is there already.
    pub fn new(table: &str, columns: &[&str], end: &str) -> Self {
        assert!(
            SIZES[0] * columns.len() <= VARIABLES_MAX,
            "{table}: too wide"
        );
        Self {
            start: format!("insert into {table} ({}) values ", columns.join(", ")),
            row: format!("({})", vec!["?"; columns.len()].join(", ")),
            end: end.to_owned(),
            columns: columns.len(),
            sizes: [const { OnceLock::new() }; SIZES.len()],
            rests: [const { OnceLock::new() }; REST_MAX],
        }
    }

    /// As [`Insert::new`]; a row with the same `key` is replaced column by column.
    pub fn or_update(table: &str, columns: &[&str], key: &str) -> Self {
        let set: Vec<String> = columns
            .iter()
            .map(|column| format!("{column} = excluded.{column}"))
            .collect();
        let end = format!(" on conflict ({key}) do update set {}", set.join(", "));
        Self::new(table, columns, &end)
    }

    /// Writes all rows; `bind` binds the columns of one, in order.
    pub fn put<T>(
        &'static self,
        to: &mut Writes,
        mut rows: &[T],
        bind: impl for<'a> Fn(Row<'a>, &T) -> Row<'a>,
    ) {
        while !rows.is_empty() {
            let (sql, size) = self.sql(rows.len());
            let (piece, rest) = rows.split_at(size);
            rows = rest;
            let mut values = Vec::with_capacity(size * self.columns);
            for row in piece {
                bind(Row(&mut values), row);
            }
            to.0.push(Statement { sql, values });
        }
    }

    /// The statement for as many of these rows as one takes, and how many that is.
    fn sql(&'static self, rows: usize) -> (&'static str, usize) {
        let size = SIZES
            .iter()
            .zip(&self.sizes)
            .find(|(size, _)| **size <= rows);
        let (size, text) = match size {
            Some((size, text)) => (*size, text),
            None => (rows, &self.rests[rows - 1]),
        };
        let written = || {
            let rows = vec![self.row.as_str(); size].join(", ");
            format!("{}{rows}{}", self.start, self.end)
        };
        (text.get_or_init(written), size)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use sqlx::Connection as _;

    use super::*;

    static INSERT: LazyLock<Insert> =
        LazyLock::new(|| Insert::new("number", &["n", "half"], " on conflict do nothing"));

    #[tokio::test]
    async fn a_transaction_that_comes_again_is_one_text_and_writes_the_same() {
        let mut on = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let made = "create table number (n integer primary key, half text)";
        query(made).execute(&mut on).await.unwrap();
        let mut lately = Lately::default();
        let writes = |numbers: &[i64]| {
            let mut writes = Writes::default();
            INSERT.put(&mut writes, numbers, |row, n| {
                row.bind(*n).bind(Some(format!("{}", n / 2)))
            });
            let sql = "update number set half = ? where n = ?";
            writes.push(sql, [Value::Null, numbers[0].into()]);
            writes
        };
        for round in 0..4 {
            let first = round * 10;
            let these = writes(&[first, first + 1, first + 2]);
            these.commit(&mut on, &mut lately).await.unwrap();
            // Another one in between.
            let other = writes(&[first + 5]);
            other.commit(&mut on, &mut lately).await.unwrap();
        }
        let all: Vec<(i64, Option<String>)> = sqlx::query_as("select n, half from number")
            .fetch_all(&mut on)
            .await
            .unwrap();
        let expected = (0..4).flat_map(|round| {
            let n = round * 10;
            let half = |n: i64| Some((n / 2).to_string());
            [
                (n, None),
                (n + 1, half(n + 1)),
                (n + 2, half(n + 2)),
                (n + 5, None),
            ]
        });
        assert_eq!(all, expected.collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn a_transaction_that_is_refused_writes_nothing_the_first_time_and_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let address = format!(
            "sqlite:{}?mode=rwc",
            folder.path().join("file.db").display()
        );
        let mut lately = Lately::default();
        for round in 0..3 {
            let mut on = SqliteConnection::connect(&address).await.unwrap();
            let made = "create table if not exists number (n integer primary key, half text)";
            query(made).execute(&mut on).await.unwrap();
            let mut writes = Writes::default();
            INSERT.put(&mut writes, &[round], |row, n| row.bind(*n).bind("x"));
            writes.push("insert into nowhere values (?)", [round.into()]);
            assert!(writes.commit(&mut on, &mut lately).await.is_err());
            drop(on);
            let mut on = SqliteConnection::connect(&address).await.unwrap();
            let rows: i64 = sqlx::query_scalar("select count(*) from number")
                .fetch_one(&mut on)
                .await
                .unwrap();
            assert_eq!(rows, 0, "round {round}");
        }
    }

    #[test]
    fn any_number_of_rows_takes_few_statements_and_none_is_left_out() {
        for (rows, sizes) in [
            (0, vec![]),
            (1, vec![1]),
            (63, vec![63]),
            (64, vec![64]),
            (603, vec![512, 64, 27]),
        ] {
            let mut told = Vec::new();
            while told.iter().sum::<usize>() < rows {
                let (sql, size) = INSERT.sql(rows - told.iter().sum::<usize>());
                assert_eq!(sql.matches("(?, ?)").count(), size);
                assert!(sql.starts_with("insert into number (n, half) values (?, ?)"));
                assert!(sql.ends_with(") on conflict do nothing"));
                told.push(size);
            }
            assert_eq!(told, sizes);
        }
    }
}
