//! What is to be written to a file, as statements: rows in a few fixed sizes, so that each is prepared once and kept.

use std::sync::OnceLock;

use sqlx::error::BoxDynError;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, Encode, Sqlite, SqliteConnection, Type, query_with};

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
pub struct Writes(Vec<sqlx::Result<Statement>>);

impl Writes {
    pub fn push(&mut self, statement: Statement) {
        self.0.push(Ok(statement));
    }

    /// Runs them and says how many rows were written.
    ///
    /// # Errors
    /// The first that is refused; those before it have been run.
    pub async fn run(self, on: &mut SqliteConnection) -> sqlx::Result<u64> {
        let mut written = 0;
        for statement in self.0 {
            written += statement?.execute(&mut *on).await?.rows_affected();
        }
        Ok(written)
    }
}

/// SQL and what it is run with.
pub type Statement = Query<'static, Sqlite, SqliteArguments>;

/// What a statement is run with, so far.
type Bound = Result<SqliteArguments, BoxDynError>;

/// A row whose columns are bound in order.
pub struct Row<'a>(&'a mut Bound);

impl Row<'_> {
    /// The next column. What cannot be bound is told when the statement runs.
    #[must_use]
    pub fn bind<'t, T: Encode<'t, Sqlite> + Type<Sqlite>>(self, value: T) -> Self {
        if let Ok(arguments) = self.0
            && let Err(error) = arguments.add(value)
        {
            *self.0 = Err(error);
        }
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
            let mut arguments = SqliteArguments::default();
            arguments.reserve(size * self.columns, 0);
            let mut bound = Ok(arguments);
            for row in piece {
                bind(Row(&mut bound), row);
            }
            let statement = bound.map(|arguments| query_with(sql, arguments));
            to.0.push(statement.map_err(sqlx::Error::Encode));
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

    use super::*;

    static INSERT: LazyLock<Insert> =
        LazyLock::new(|| Insert::new("number", &["n", "half"], " on conflict do nothing"));

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
