//! What is to be written, as statements: rows in a few fixed sizes, so that each is prepared once and kept.

use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Sqlite, SqliteConnection, query};

/// Rows per statement, largest first.
const SIZES: [usize; 4] = [200, 40, 8, 1];

/// Statements in the order in which they are to run. Models only make them: whoever has the connection runs them.
#[derive(Default)]
pub struct Writes(Vec<Statement>);

impl Writes {
    pub fn push(&mut self, statement: Statement) {
        self.0.push(statement);
    }

    pub async fn run(self, on: &mut SqliteConnection) -> sqlx::Result<()> {
        for statement in self.0 {
            statement.execute(&mut *on).await?;
        }
        Ok(())
    }
}

/// What rows are bound to.
pub type Statement = Query<'static, Sqlite, SqliteArguments>;

/// One insert, written out for every size.
pub struct Insert {
    sql: [String; SIZES.len()],
}

impl Insert {
    /// `insert into table (columns) values …`; `end` says what happens to a row that is there already.
    pub fn new(table: &str, columns: &[&str], end: &str) -> Self {
        let row = format!("({})", vec!["?"; columns.len()].join(", "));
        let start = format!("insert into {table} ({}) values ", columns.join(", "));
        let sql = SIZES.map(|size| format!("{start}{}{end}", vec![row.as_str(); size].join(", ")));
        Self { sql }
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
        bind: impl Fn(Statement, &T) -> Statement,
    ) {
        for (size, sql) in SIZES.iter().zip(&self.sql) {
            while rows.len() >= *size {
                let (piece, rest) = rows.split_at(*size);
                rows = rest;
                to.push(piece.iter().fold(query(sql.as_str()), &bind));
            }
        }
    }
}
