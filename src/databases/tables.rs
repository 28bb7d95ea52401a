//! Tables of a schema: made and brought up to date by whoever may, and who may use them.

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{AssertSqlSafe, PgConnection, PgPool, query_as, query_scalar, raw_sql};

/// What a role may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum May {
    /// Run a node.
    Serve,
    /// Read what is recorded, and no personal data.
    Read,
}

/// Brings the tables of a schema up to this program's format. Where they are, nothing is run: a role that serves need not be
/// allowed to make tables.
///
/// # Errors
/// When they are not, and this role may not change that.
pub async fn migrate(pool: &PgPool, schema: &str, migrator: &Migrator) -> Result<(), MigrateError> {
    let table = format!("{schema}.migration");
    let sql = "select to_regnamespace($1) is not null and to_regclass($2) is not null";
    let there: bool = query_scalar(sql)
        .bind(schema)
        .bind(&table)
        .fetch_one(pool)
        .await?;
    if there {
        let sql = format!("select version, checksum from {table} where success order by version");
        let done: Vec<(i64, Vec<u8>)> = query_as(AssertSqlSafe(sql)).fetch_all(pool).await?;
        let wanted = migrator
            .iter()
            .map(|one| (one.version, one.checksum.to_vec()));
        if done.into_iter().eq(wanted) {
            return Ok(());
        }
    }
    migrator.run(pool).await
}

/// Gives a role what it needs, and no more. The role must be there, and the tables of all schemas.
///
/// # Errors
/// When this connection's role does not own the tables, or there is no such role.
pub async fn grant(connection: &mut PgConnection, role: &str, may: May) -> sqlx::Result<()> {
    let text = match may {
        May::Serve => include_str!("../../migrations/roles/serving.sql"),
        May::Read => include_str!("../../migrations/roles/reading.sql"),
    };
    let quoted = format!("\"{}\"", role.replace('"', "\"\""));
    let sql = AssertSqlSafe(text.replace("{role}", &quoted));
    raw_sql(sql).execute(&mut *connection).await?;
    // Whoever does not own the tables is only warned that nothing was granted.
    let sql = match may {
        May::Serve => "select has_table_privilege($1, 'vault.part', 'insert')",
        May::Read => "select has_table_privilege($1, 'journal.entry', 'select')",
    };
    let granted: bool = query_scalar(sql).bind(role).fetch_one(connection).await?;
    let nothing = "nothing was granted: this address is not that of the tables' owner";
    granted
        .then_some(())
        .ok_or_else(|| sqlx::Error::Protocol(nothing.into()))
}
