//! Who serves this journal: one row per node beside the record, told again every minute. It says which formats may be raised, and
//! nothing hangs on it otherwise.

use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection as _, PgPool, query, query_as, query_scalar};

use super::postgres::WRITER;
use super::{Journal, Result, Store, clock};
use crate::databases::tables::migrate;
use crate::domain::journal::Node;

type Row = (String, String, i64, i64);

impl Journal {
    /// Tells that a node of this program serves the journal: its name, the program's version, and the newest format that it reads.
    pub async fn tell(&self, name: &str, program: &str, reads: u32) -> Result<()> {
        match &self.shared.store {
            Store::Sqlite(store) => {
                let sql = "insert into node (name, program, reads, seen_at) values (?1, ?2, ?3, ?4)
                     on conflict (name) do update set program = ?2, reads = ?3, seen_at = ?4";
                let told = query(sql).bind(name).bind(program).bind(reads);
                let mut connection = store.writing().await?;
                told.bind(clock::system().0)
                    .execute(&mut connection)
                    .await?;
                connection.close().await?;
            }
            Store::Postgres(store) => {
                let sql = "insert into nodes.node (name, program, reads, seen_at)
                     values ($1, $2, $3, (extract(epoch from clock_timestamp()) * 1000000)::bigint)
                     on conflict (name) do update set program = excluded.program, reads = excluded.reads, seen_at = excluded.seen_at";
                let told = query(sql).bind(name).bind(program).bind(i64::from(reads));
                told.execute(store.pool()).await?;
            }
        }
        Ok(())
    }

    /// The nodes that ever told, by name, and connections of programs that write now and did not tell: those of releases before
    /// this was told. None where nobody did.
    pub async fn nodes(&self) -> Result<Vec<Node>> {
        let rows: Vec<Row> = match &self.shared.store {
            Store::Sqlite(store) => {
                let there = "select exists (select 1 from sqlite_schema where name = 'node')";
                if !query_scalar(there).fetch_one(store.pool()).await? {
                    return Ok(Vec::new());
                }
                let sql = "select name, program, reads, ?1 - seen_at from node order by name";
                query_as(sql)
                    .bind(clock::system().0)
                    .fetch_all(store.pool())
                    .await?
            }
            Store::Postgres(store) => {
                let there = "select to_regclass('nodes.node') is not null";
                if !query_scalar(there).fetch_one(store.pool()).await? {
                    return Ok(Vec::new());
                }
                let sql = "select name, program, reads, (extract(epoch from clock_timestamp()) * 1000000)::bigint - seen_at
                     from nodes.node order by name";
                let mut told: Vec<Row> = query_as(sql).fetch_all(store.pool()).await?;
                let sql = "select 'process ' || pid || ' of PostgreSQL' || coalesce(', from ' || host(client_addr), ''),
                        'before 0.2', 1::bigint, 0::bigint
                     from pg_stat_activity where datname = current_database() and application_name = $1 order by pid";
                told.extend(
                    query_as::<_, Row>(sql)
                        .bind(WRITER)
                        .fetch_all(store.pool())
                        .await?,
                );
                told
            }
        };
        let node = |(name, program, reads, ago): Row| Node {
            name,
            program,
            reads: u32::try_from(reads).unwrap_or(0),
            ago: Duration::from_micros(u64::try_from(ago).unwrap_or(0)),
        };
        Ok(rows.into_iter().map(node).collect())
    }
}

/// Makes the table in an embedded journal.
pub async fn make_embedded(connection: &mut SqliteConnection) -> Result<()> {
    let mut migrator = sqlx::migrate!("migrations/nodes/sqlite");
    migrator.dangerous_set_table_name("node_migration");
    migrator.set_ignore_missing(true);
    Ok(migrator.run(connection).await?)
}

/// Makes the table in a shared one.
pub async fn make_shared(pool: &PgPool) -> Result<()> {
    Ok(migrate(pool, "nodes", &shared_migrator()).await?)
}

fn shared_migrator() -> Migrator {
    let mut migrator = sqlx::migrate!("migrations/nodes/postgres");
    migrator.create_schema("nodes");
    migrator.dangerous_set_table_name("nodes.migration");
    migrator.set_ignore_missing(true);
    migrator
}
