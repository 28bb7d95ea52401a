//! The seals in a file of their own beside the embedded journal.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::{
    SqlitePool,
    migrate::Migrator,
    query, query_as, query_scalar,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{IntegrityError, Result, SealRow, Which, at};

use crate::databases::file::{cannot_change, sound};
use crate::databases::readers::Readers;

const READERS_MAX: usize = 4;
const LOCK_WAIT_MAX: Duration = Duration::from_secs(10);

fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!("migrations/integrity/sqlite");
    migrator.dangerous_set_table_name("migration");
    migrator
}

/// One connection that writes and a few that read.
pub struct Store {
    pub file: PathBuf,
    writer: SqlitePool,
    readers: Readers,
}

impl Store {
    pub async fn create_or_open(file: &Path) -> Result<Self> {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).map_err(at(folder))?;
        }
        // FULL: a published checkpoint must not be lost when the power goes.
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(LOCK_WAIT_MAX);
        let writer = sound(SqlitePoolOptions::new().max_connections(1));
        let writer = writer.connect_with(options).await?;
        migrator().run(&writer).await?;
        Self::with_readers(file, Some(writer)).await
    }

    pub async fn open_read_only(file: &Path) -> Result<Self> {
        if !file.exists() {
            return Err(IntegrityError::SealsMissing(file.display().to_string()));
        }
        let store = Self::with_readers(file, None).await?;
        let format: i64 = query_scalar("select max(version) from migration")
            .fetch_one(&store.readers)
            .await?;
        if !migrator().version_exists(format) {
            return Err(IntegrityError::SealsNewerThanProgram { format });
        }
        Ok(store)
    }

    async fn with_readers(file: &Path, writer: Option<SqlitePool>) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .read_only(true)
            .immutable(cannot_change(file))
            .busy_timeout(LOCK_WAIT_MAX);
        let refused = || SqlitePoolOptions::new().connect_lazy_with(options.clone());
        Ok(Self {
            file: file.to_owned(),
            writer: writer.unwrap_or_else(refused),
            readers: Readers::open(READERS_MAX, options).await?,
        })
    }

    pub async fn one(&self, which: Which) -> Result<Option<SealRow>> {
        let (sql, key) = match which {
            Which::Newest => (
                "select size, root, note, signed_at, published_at from checkpoint
                     where size > ?1 order by size desc limit 1",
                0,
            ),
            Which::NewestPublished => (
                "select size, root, note, signed_at, published_at from checkpoint
                     where published_at is not null and size > ?1 order by size desc limit 1",
                0,
            ),
            Which::Covering(position) => (
                "select size, root, note, signed_at, published_at from checkpoint
                     where published_at is not null and size > ?1 order by size limit 1",
                super::key(position),
            ),
            Which::At(size) => (
                "select size, root, note, signed_at, published_at from checkpoint where size = ?1",
                super::key(size),
            ),
        };
        let found = query_as(sql).bind(key);
        Ok(found.fetch_optional(&self.readers).await?)
    }

    pub async fn page(&self, from: i64, max: u32) -> Result<Vec<SealRow>> {
        let sql = "select size, root, note, signed_at, published_at from checkpoint
             where size >= ?1 order by size limit ?2";
        let found = query_as(sql).bind(from).bind(max);
        Ok(found.fetch_all(&self.readers).await?)
    }

    pub async fn cosignatures(&self, size: i64) -> Result<Vec<(String, i64)>> {
        let sql = "select line, received_at from cosignature where size = ?1 order by number";
        Ok(query_as(sql).bind(size).fetch_all(&self.readers).await?)
    }

    pub async fn insert(&self, (size, root, note, signed_at, published_at): SealRow) -> Result<()> {
        let sql = "insert into checkpoint (size, root, note, signed_at, published_at)
             values (?1, ?2, ?3, ?4, ?5)";
        query(sql)
            .bind(size)
            .bind(root)
            .bind(note)
            .bind(signed_at)
            .bind(published_at)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    pub async fn cosign(&self, size: i64, lines: &[String], at: i64) -> Result<()> {
        let sql = "insert into cosignature (size, line, received_at) select ?1, ?2, ?3
             where not exists (select 1 from cosignature where size = ?1 and line = ?2)";
        let mut writing = self.writer.begin_with("begin immediate").await?;
        for line in lines {
            query(sql)
                .bind(size)
                .bind(line)
                .bind(at)
                .execute(&mut *writing)
                .await?;
        }
        Ok(writing.commit().await?)
    }

    pub async fn publish(&self, size: i64, at: i64) -> Result<()> {
        let sql =
            "update checkpoint set published_at = ?2 where size = ?1 and published_at is null";
        query(sql).bind(size).bind(at).execute(&self.writer).await?;
        Ok(())
    }

    pub async fn keys(&self) -> Result<Vec<String>> {
        let sql = "select vkey from log_key order by noted_at, vkey";
        Ok(query_scalar(sql).fetch_all(&self.readers).await?)
    }

    pub async fn note_key(&self, vkey: &str, at: i64) -> Result<()> {
        let sql = "insert into log_key (vkey, noted_at) select ?1, ?2
             where not exists (select 1 from log_key where vkey = ?1)";
        query(sql).bind(vkey).bind(at).execute(&self.writer).await?;
        Ok(())
    }

    pub async fn guards(&self) -> Result<(u32, u32)> {
        let sql = "select count(*) from sqlite_schema where type = 'trigger'
             and tbl_name in ('log_key', 'checkpoint', 'cosignature')";
        let standing: i64 = query_scalar(sql).fetch_one(&self.readers).await?;
        Ok((u32::try_from(standing).unwrap_or(0), 9))
    }
}
