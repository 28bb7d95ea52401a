//! What is to be written, as statements: rows in a few fixed sizes, so that each is prepared once and kept.

use sqlx::error::BoxDynError;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, Encode, Sqlite, SqliteConnection, Type, query_with};

/// Rows per statement, largest first: any number of rows takes few statements.
const SIZES: [usize; 10] = [512, 256, 128, 64, 32, 16, 8, 4, 2, 1];
/// SQLite takes no more for one statement.
const VARIABLES_MAX: usize = 32_766;
/// Statements that a connection keeps prepared: all sizes of all tables.
pub const PREPARED: usize = 512;

/// Statements in the order in which they are to run. Models only make them: whoever has the connection runs them.
#[derive(Default)]
pub struct Writes(Vec<sqlx::Result<Statement>>);

impl Writes {
    pub fn push(&mut self, statement: Statement) {
        self.0.push(Ok(statement));
    }

    pub async fn run(self, on: &mut SqliteConnection) -> sqlx::Result<()> {
        for statement in self.0 {
            statement?.execute(&mut *on).await?;
        }
        Ok(())
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
    pub fn bind<'t, T: Encode<'t, Sqlite> + Type<Sqlite>>(self, value: T) -> Self {
        if let Ok(arguments) = self.0
            && let Err(error) = arguments.add(value)
        {
            *self.0 = Err(error);
        }
        self
    }
}

/// One insert, written out for every size.
pub struct Insert {
    sql: [String; SIZES.len()],
    columns: usize,
}

impl Insert {
    /// `insert into table (columns) values …`; `end` says what happens to a row that is there already.
    pub fn new(table: &str, columns: &[&str], end: &str) -> Self {
        let row = format!("({})", vec!["?"; columns.len()].join(", "));
        let start = format!("insert into {table} ({}) values ", columns.join(", "));
        let sql = SIZES.map(|size| format!("{start}{}{end}", vec![row.as_str(); size].join(", ")));
        let columns = columns.len();
        assert!(SIZES[0] * columns <= VARIABLES_MAX, "{table}: too wide");
        Self { sql, columns }
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
        for (size, sql) in SIZES.iter().zip(&self.sql) {
            while rows.len() >= *size {
                let (piece, rest) = rows.split_at(*size);
                rows = rest;
                let mut arguments = SqliteArguments::default();
                arguments.reserve(size * self.columns, 0);
                let mut bound = Ok(arguments);
                for row in piece {
                    bind(Row(&mut bound), row);
                }
                let statement = bound.map(|arguments| query_with(sql.as_str(), arguments));
                to.0.push(statement.map_err(sqlx::Error::Encode));
            }
        }
    }
}
