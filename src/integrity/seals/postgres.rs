//! The seals in a schema of their own in the journal's PostgreSQL database.

use std::time::Duration;

use sqlx::{
    Connection as _, PgConnection, PgPool, migrate::Migrator, postgres::PgPoolOptions, query,
    query_as, query_scalar,
};

use super::{IntegrityError, Location, Result, SealRow, Which};
use crate::databases::{Moving, Servers, tables::migrate};

const CONNECTIONS_MAX: u32 = 4;
const ACQUIRE_WAIT_MAX: Duration = Duration::from_secs(5);
/// Of the advisory lock that the log's one signer holds.
const SIGNER: &str = "motcua signer";

fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!("migrations/integrity/postgres");
    migrator.create_schema("integrity");
    migrator.dangerous_set_table_name("integrity.migration");
    migrator
}

pub struct Store {
    servers: Servers,
    pool: PgPool,
    _moving: Moving,
}

impl Store {
    pub async fn create_or_open(url: &str) -> Result<Self> {
        let store = Self::open(url).await?;
        migrate(&store.pool, "integrity", &migrator()).await?;
        Ok(store)
    }

    pub async fn open_read_only(url: &str) -> Result<Self> {
        let store = Self::open(url).await?;
        let exists: bool = query_scalar("select to_regclass('integrity.migration') is not null")
            .fetch_one(&store.pool)
            .await?;
        if !exists {
            let place = Location::Postgres(url.to_owned()).to_string();
            return Err(IntegrityError::SealsMissing(place));
        }
        let format: i64 = query_scalar("select max(version) from integrity.migration")
            .fetch_one(&store.pool)
            .await?;
        if !migrator().version_exists(format) {
            return Err(IntegrityError::SealsNewerThanProgram { format });
        }
        Ok(store)
    }

    async fn open(url: &str) -> Result<Self> {
        let servers = Servers::of(url, "motcua seals")?;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            .acquire_timeout(ACQUIRE_WAIT_MAX);
        let (pool, moving) = servers.pool(pool).await?;
        Ok(Self {
            servers,
            pool,
            _moving: moving,
        })
    }

    pub async fn claim(&self) -> Result<Session> {
        let mut connection = self.servers.named(SIGNER).connect().await?;
        let sql = "select pg_try_advisory_lock(hashtextextended($1, 0))";
        let ours: bool = query_scalar(sql)
            .bind(SIGNER)
            .fetch_one(&mut connection)
            .await?;
        if ours {
            Ok(Session(connection))
        } else {
            Err(IntegrityError::SignerElsewhere(String::new()))
        }
    }

    pub async fn identity(&self) -> Result<Option<String>> {
        let sql = "select system.system_identifier::text || '/' || newest.timeline_id::text
             from pg_control_system() as system, pg_control_checkpoint() as newest";
        match query_scalar(sql).fetch_one(&self.pool).await {
            Ok(identity) => Ok(Some(identity)),
            // A hosted server may hide it from us.
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("42501") => {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    pub async fn one(&self, which: Which) -> Result<Option<SealRow>> {
        let (sql, key) = match which {
            Which::Newest => (
                "select size, root, note, signed_at, published_at from integrity.checkpoint
                     where size > $1 order by size desc limit 1",
                0,
            ),
            Which::NewestPublished => (
                "select size, root, note, signed_at, published_at from integrity.checkpoint
                     where published_at is not null and size > $1 order by size desc limit 1",
                0,
            ),
            Which::Covering(position) => (
                "select size, root, note, signed_at, published_at from integrity.checkpoint
                     where published_at is not null and size > $1 order by size limit 1",
                super::key(position),
            ),
            Which::At(size) => (
                "select size, root, note, signed_at, published_at from integrity.checkpoint where size = $1",
                super::key(size),
            ),
        };
        let found = query_as(sql).bind(key);
        Ok(found.fetch_optional(&self.pool).await?)
    }

    pub async fn page(&self, from: i64, max: u32) -> Result<Vec<SealRow>> {
        let sql = "select size, root, note, signed_at, published_at from integrity.checkpoint
             where size >= $1 order by size limit $2";
        let found = query_as(sql).bind(from).bind(i64::from(max));
        Ok(found.fetch_all(&self.pool).await?)
    }

    pub async fn cosignatures(&self, size: i64) -> Result<Vec<(String, i64)>> {
        let sql =
            "select line, received_at from integrity.cosignature where size = $1 order by number";
        Ok(query_as(sql).bind(size).fetch_all(&self.pool).await?)
    }

    pub async fn insert(&self, row: SealRow) -> Result<()> {
        insert(&mut *self.pool.acquire().await?, row).await
    }

    pub async fn cosign(&self, size: i64, lines: &[String], at: i64) -> Result<()> {
        let sql = "insert into integrity.cosignature (size, line, received_at)
             select $1, line, $3 from unnest($2) with ordinality as new (line, place) order by place
             on conflict (size, line) do nothing";
        query(sql)
            .bind(size)
            .bind(lines)
            .bind(at)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub async fn publish(&self, size: i64, at: i64) -> Result<()> {
        let sql = "update integrity.checkpoint set published_at = $2 where size = $1 and published_at is null";
        query(sql).bind(size).bind(at).execute(&self.pool).await?;
        Ok(())
    }

    pub async fn keys(&self) -> Result<Vec<String>> {
        let sql = "select vkey from integrity.log_key order by noted_at, vkey";
        Ok(query_scalar(sql).fetch_all(&self.pool).await?)
    }

    pub async fn note_key(&self, vkey: &str, at: i64) -> Result<()> {
        let sql = "insert into integrity.log_key (vkey, noted_at) values ($1, $2) on conflict (vkey) do nothing";
        query(sql).bind(vkey).bind(at).execute(&self.pool).await?;
        Ok(())
    }

    pub async fn guards(&self) -> Result<(u32, u32)> {
        let sql = "select count(*) from pg_trigger
             where tgrelid in ('integrity.log_key'::regclass, 'integrity.checkpoint'::regclass, 'integrity.cosignature'::regclass)
             and not tgisinternal and tgenabled in ('O', 'A')";
        let standing: i64 = query_scalar(sql).fetch_one(&self.pool).await?;
        Ok((u32::try_from(standing).unwrap_or(0), 5))
    }
}

/// The connection that holds the signer's lock; the server releases it when the connection ends.
pub struct Session(PgConnection);

impl Session {
    /// Whether the connection, and the lock with it, is still there.
    pub async fn answers(&mut self) -> bool {
        self.0.ping().await.is_ok()
    }

    pub async fn insert(&mut self, row: SealRow) -> Result<()> {
        insert(&mut self.0, row).await
    }
}

async fn insert(
    connection: &mut PgConnection,
    (size, root, note, signed_at, published_at): SealRow,
) -> Result<()> {
    let sql = "insert into integrity.checkpoint (size, root, note, signed_at, published_at)
         values ($1, $2, $3, $4, $5)";
    query(sql)
        .bind(size)
        .bind(root)
        .bind(note)
        .bind(signed_at)
        .bind(published_at)
        .execute(connection)
        .await?;
    Ok(())
}
