//! The vault in a file of its own, for one machine.

use std::{
    fs::OpenOptions, io::ErrorKind, os::unix::fs::OpenOptionsExt, path::Path, time::Duration,
};

use sqlx::{
    ConnectOptions as _, SqlitePool,
    migrate::Migrator,
    query, query_as, query_scalar,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use tokio::{sync::Mutex, time::sleep};
use uuid::Uuid;

use super::{
    Result, VaultError,
    keys::unusable,
    rows::{
        FindableRow, KeyRow, NewKey, NewPart, PartRow, Rewrapped, SweepRow, WrappingRow, name_line,
    },
    seal::Commitment,
    search::SealedName,
    tag::Tag,
};

use super::depositing::{Depositing, deposit};
use crate::databases::file::{durable, sound};
use crate::databases::insert::Lately;
use crate::databases::readers::Readers;
use crate::databases::written_back::WrittenBack;

/// How often the log is tried to be emptied: somebody may be writing it back, or reading.
const CLEARED_TRIES: u32 = 100;
const CLEARED_PAUSE: Duration = Duration::from_millis(20);
const READERS_MAX: usize = 4;
const LOCK_WAIT_MAX: Duration = Duration::from_secs(10);

fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!("migrations/vault/sqlite");
    migrator.dangerous_set_table_name("migration");
    migrator
}

/// One connection that writes and a few that read.
pub struct Store {
    writer: SqlitePool,
    /// The connection of those who deposit: away while one of them has it, and given up if that did not end well.
    depositing: Mutex<Option<Depositing>>,
    options: SqliteConnectOptions,
    readers: Readers,
    _written_back: WrittenBack,
}

impl Store {
    pub async fn create_or_open(file: &Path) -> Result<Self> {
        create(file)?;
        // A part is durable before a fact names it. Deleted ciphertext is overwritten, and the log cut when it starts over.
        let options = durable(file)
            .pragma("secure_delete", "on")
            .pragma("journal_size_limit", "0")
            .busy_timeout(LOCK_WAIT_MAX);
        let writer = sound(SqlitePoolOptions::new().max_connections(1));
        let writer = writer.connect_with(options.clone()).await?;
        migrator().run(&writer).await?;
        let written_back = WrittenBack::of(options.clone());
        let reader = SqliteConnectOptions::new()
            .filename(file)
            .read_only(true)
            // Looking for a name reads thousands of rows all over the file.
            .pragma("cache_size", "-32768")
            .busy_timeout(LOCK_WAIT_MAX);
        let readers = Readers::open(READERS_MAX, reader).await?;
        Ok(Self {
            writer,
            depositing: Mutex::default(),
            options,
            readers,
            _written_back: written_back,
        })
    }

    pub async fn pin(&self, id: &str, fingerprint: &[u8; 32]) -> Result<Vec<u8>> {
        let sql = "insert into wrapping_key (id, fingerprint, retired_at, destroyed_at) values (?1, ?2, 0, 0)
             on conflict (id) do nothing";
        query(sql)
            .bind(id)
            .bind(&fingerprint[..])
            .execute(&self.writer)
            .await?;
        let sql = "select fingerprint from wrapping_key where id = ?1";
        Ok(query_scalar(sql).bind(id).fetch_one(&self.writer).await?)
    }

    pub async fn wrapping_keys(&self) -> Result<Vec<WrappingRow>> {
        let sql = "select id, fingerprint, begun_at, retired_at, condemned_at, destroyed_at
             from wrapping_key order by length(id), id";
        Ok(query_as(sql).fetch_all(&self.writer).await?)
    }

    pub async fn begin_wrapping(&self, id: &str, fingerprint: &[u8; 32], now: i64) -> Result<()> {
        let mut transaction = self.writer.begin_with("begin immediate").await?;
        let sql = "update wrapping_key set retired_at = ?2
             where retired_at is null and not exists (select 1 from wrapping_key where id = ?1)";
        let retire = query(sql).bind(id).bind(now);
        retire.execute(&mut *transaction).await?;
        let sql = "insert into wrapping_key (id, fingerprint, begun_at) values (?1, ?2, ?3)
             on conflict (id) do nothing";
        let begin = query(sql).bind(id).bind(&fingerprint[..]).bind(now);
        begin.execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }

    pub async fn wrapped_before(
        &self,
        current: &str,
        after: Uuid,
        max: u32,
    ) -> Result<Vec<KeyRow>> {
        let sql = "select id, subject, purpose, wrapping_key, wrapped from data_key
             where id > ?2 and wrapped is not null and wrapping_key <> ?1 order by id limit ?3";
        let page = query_as(sql).bind(current).bind(after).bind(max);
        Ok(page.fetch_all(&self.readers).await?)
    }

    pub async fn rewrap(&self, current: &str, keys: &[Rewrapped]) -> Result<u64> {
        let mut done = 0;
        let mut transaction = self.writer.begin_with("begin immediate").await?;
        let sql =
            "update data_key set wrapping_key = ?1, wrapped = ?4 where id = ?2 and wrapped = ?3";
        for key in keys {
            let update = query(sql).bind(current).bind(key.id).bind(&key.old[..]);
            let update = update.bind(&key.new[..]).execute(&mut *transaction).await?;
            done += update.rows_affected();
        }
        transaction.commit().await?;
        Ok(done)
    }

    pub async fn tagged_before(
        &self,
        current: &str,
        after: Vec<u8>,
        max: u32,
    ) -> Result<Vec<FindableRow>> {
        let sql = "select c, stream, command, subject, kind from part
             where c > ?2 and sealed is not null and kind in ('applicant', 'contact') and tagged is not ?1
             order by c limit ?3";
        let page = query_as(sql).bind(current).bind(after).bind(max);
        Ok(page.fetch_all(&self.readers).await?)
    }

    pub async fn retag(&self, current: &str, tags: &[(Commitment, Option<Tag>)]) -> Result<()> {
        let mut transaction = self.writer.begin_with("begin immediate").await?;
        let sql = "update part set tag = ?3, tagged = ?1 where c = ?2 and sealed is not null";
        for (c, tag) in tags {
            let update = query(sql).bind(current).bind(&c[..]);
            let update = update.bind(tag.as_ref().map(|tag| &tag[..]));
            update.execute(&mut *transaction).await?;
        }
        Ok(transaction.commit().await?)
    }

    pub async fn tagged(&self, tags: &[Tag], max: u32) -> Result<Vec<FindableRow>> {
        let sql = "select c, stream, command, subject, kind from part
             where tag in (select unhex(value) from json_each(?1)) and sealed is not null
             order by created_at desc, c limit ?2";
        let found = query_as(sql).bind(list(tags)).bind(max);
        Ok(found.fetch_all(&self.readers).await?)
    }

    /// One text of one row for all of them: the driver copies every value of every row, and there are thousands.
    pub async fn names(&self, streams: &[Uuid]) -> Result<Vec<SealedName>> {
        let sql = "select coalesce(group_concat(
                 hex(p.c) || ' ' || hex(p.stream) || ' ' || hex(p.command) || ' ' || hex(p.subject) || ' ' || hex(p.sealed)
                     || ' ' || hex(k.id) || ' ' || k.wrapping_key || ' ' || coalesce(hex(k.wrapped), ''), char(10)), '')
             from part as p join data_key as k on k.id = p.data_key and k.purpose = 'identity'
             where p.kind = 'applicant' and p.sealed is not null
                 and p.stream in (select unhex(value) from json_each(?1))";
        let all = query_scalar(sql).bind(list(streams));
        let all: String = all.fetch_one(&self.readers).await?;
        let damaged = VaultError::Misuse("a name's row cannot be read");
        let rows: Option<Vec<SealedName>> = all.lines().map(name_line).collect();
        rows.ok_or(damaged)
    }

    pub async fn wraps(&self) -> Result<Vec<(String, i64)>> {
        let sql = "select wrapping_key, count(*) from data_key where wrapped is not null group by wrapping_key";
        Ok(query_as(sql).fetch_all(&self.readers).await?)
    }

    pub async fn lacks_keys(&self) -> Result<bool> {
        // Where none was destroyed nothing is looked through.
        let sql = "select exists (select 1 from wrapping_key as w where w.destroyed_at is not null and w.begun_at + w.retired_at > 0
             and exists (select 1 from data_key as k where k.wrapping_key = w.id and k.wrapped is not null))";
        Ok(query_scalar(sql).fetch_one(&self.writer).await?)
    }

    pub async fn condemn(&self, id: &str, now: i64) -> Result<()> {
        let sql = "update wrapping_key set condemned_at = ?2
             where id = ?1 and condemned_at is null and retired_at is not null";
        query(sql).bind(id).bind(now).execute(&self.writer).await?;
        Ok(())
    }

    pub async fn destroyed(&self, id: &str, now: i64) -> Result<()> {
        let sql =
            "update wrapping_key set destroyed_at = ?2 where id = ?1 and destroyed_at is null";
        query(sql).bind(id).bind(now).execute(&self.writer).await?;
        Ok(())
    }

    /// The write lock is held from the start, so what is read under it stays true until its end.
    pub async fn deposit(
        &self,
        keys: &[NewKey],
        parts: &[NewPart],
        now: i64,
    ) -> Result<Option<Vec<KeyRow>>> {
        let mut place = self.depositing.lock().await;
        let mut connection = match place.take() {
            Some(connection) => connection,
            None => (self.options.connect().await?, Lately::default()),
        };
        let there = deposit(&mut connection, keys, parts, now).await?;
        *place = Some(connection);
        Ok(there)
    }

    pub async fn parts(&self, commitments: &[Commitment]) -> Result<Vec<PartRow>> {
        let sql = "select c, data_key, sealed from part
             where c in (select unhex(value) from json_each(?1))";
        let found = query_as(sql).bind(list(commitments));
        Ok(found.fetch_all(&self.readers).await?)
    }

    pub async fn keys(&self, subjects: &[Uuid]) -> Result<Vec<KeyRow>> {
        let found = query_as(KEYS).bind(list(subjects));
        Ok(found.fetch_all(&self.readers).await?)
    }

    pub async fn page(
        &self,
        (moment, c): (i64, Commitment),
        before: i64,
        max: u32,
    ) -> Result<Vec<SweepRow>> {
        let sql = "select c, command, created_at from part
             where sealed is not null and (created_at, c) > (?1, ?2) and created_at < ?3
             order by created_at, c limit ?4";
        let found = query_as(sql)
            .bind(moment)
            .bind(c.to_vec())
            .bind(before)
            .bind(max);
        Ok(found.fetch_all(&self.readers).await?)
    }

    pub async fn delete(&self, commitments: &[Commitment]) -> Result<u64> {
        let sql = "delete from part where c in (select unhex(value) from json_each(?1)) and sealed is not null";
        let done = query(sql)
            .bind(list(commitments))
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected())
    }

    pub async fn bury(&self, commitments: &[Commitment], now: i64) -> Result<()> {
        let sql = "update part set sealed = null, tag = null, erased_at = ?2
             where c in (select unhex(value) from json_each(?1)) and sealed is not null";
        query(sql)
            .bind(list(commitments))
            .bind(now)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    pub async fn files_of(&self, commitments: &[Commitment]) -> Result<Vec<Uuid>> {
        let sql = "select file from part
             where c in (select unhex(value) from json_each(?1)) and file is not null";
        let found = query_scalar(sql).bind(list(commitments));
        Ok(found.fetch_all(&self.writer).await?)
    }

    pub async fn files(&self, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        let sql = "select file from part
             where file in (select unhex(value) from json_each(?1)) and sealed is not null";
        let found = query_scalar(sql).bind(list(ids));
        Ok(found.fetch_all(&self.writer).await?)
    }

    pub async fn living_files(&self, after: Uuid, max: i64) -> Result<Vec<Uuid>> {
        let sql =
            "select file from part where file > ?1 and sealed is not null order by file limit ?2";
        let page = query_scalar(sql).bind(after).bind(max);
        Ok(page.fetch_all(&self.writer).await?)
    }

    pub async fn erase(
        &self,
        subject: Uuid,
        fences: &[(Uuid, &str)],
        now: i64,
    ) -> Result<(i64, Vec<Option<Uuid>>)> {
        let purposes: Vec<&str> = fences.iter().map(|(_, purpose)| *purpose).collect();
        let purposes = serde_json::json!(purposes).to_string();
        let mut transaction = self.writer.begin_with("begin immediate").await?;
        let sql = "update data_key set wrapped = null, erased_at = ?3
             where subject = ?1 and purpose in (select value from json_each(?2)) and wrapped is not null";
        query(sql)
            .bind(subject)
            .bind(&purposes)
            .bind(now)
            .execute(&mut *transaction)
            .await?;
        let sql = "update part set sealed = null, tag = null, erased_at = ?3
             where sealed is not null and data_key in
                 (select id from data_key where subject = ?1 and purpose in (select value from json_each(?2)))";
        query(sql)
            .bind(subject)
            .bind(&purposes)
            .bind(now)
            .execute(&mut *transaction)
            .await?;
        for (id, purpose) in fences {
            let sql =
                "insert into data_key (id, subject, purpose, wrapping_key, created_at, erased_at)
                 values (?1, ?2, ?3, (select id from wrapping_key where retired_at is null), ?4, ?4)
                 on conflict (subject, purpose) do nothing";
            let fence = query(sql).bind(*id).bind(subject).bind(*purpose).bind(now);
            fence.execute(&mut *transaction).await?;
        }
        let sql = "select count(*) from data_key
             where subject = ?1 and purpose in (select value from json_each(?2)) and created_at < erased_at";
        let keys: i64 = query_scalar(sql)
            .bind(subject)
            .bind(&purposes)
            .fetch_one(&mut *transaction)
            .await?;
        let sql = "select file from part where data_key in
             (select id from data_key where subject = ?1 and purpose in (select value from json_each(?2)))";
        let parts = query_scalar(sql)
            .bind(subject)
            .bind(&purposes)
            .fetch_all(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok((keys, parts))
    }

    pub async fn living_subjects(&self, subjects: &[Uuid]) -> Result<Vec<(Uuid, String)>> {
        let sql = "select subject, purpose from data_key
             where subject in (select unhex(value) from json_each(?1)) and wrapped is not null";
        let found = query_as(sql).bind(list(subjects));
        Ok(found.fetch_all(&self.writer).await?)
    }

    /// Writes the log back into the file (where deleted content is overwritten) and empties it. Where somebody is in the
    /// way for long the next one does it.
    pub async fn clear_leftovers(&self) -> Result<()> {
        for _ in 0..CLEARED_TRIES {
            let (busy, _, _): (i64, i64, i64) = query_as("pragma wal_checkpoint(truncate)")
                .fetch_one(&self.writer)
                .await?;
            if busy == 0 {
                return Ok(());
            }
            sleep(CLEARED_PAUSE).await;
        }
        tracing::warn!("the vault's log could not be emptied: somebody reads it");
        Ok(())
    }
}

/// The keys of some subjects.
pub(super) const KEYS: &str = "select id, subject, purpose, wrapping_key, wrapped from data_key
     where subject in (select unhex(value) from json_each(?))";

/// `["0123…", …]`: SQLite binds no arrays, and one statement for any number of values is prepared once.
pub(super) fn list<T: AsRef<[u8]>>(values: &[T]) -> String {
    use std::fmt::Write;
    let mut text = String::from("[");
    for (place, value) in values.iter().enumerate() {
        text.push_str(if place == 0 { "\"" } else { ",\"" });
        for byte in value.as_ref() {
            write!(text, "{byte:02x}").expect("a text takes everything");
        }
        text.push('"');
    }
    text.push(']');
    text
}

/// Makes an empty file for its owner alone; what SQLite puts beside it takes over its mode.
fn create(file: &Path) -> Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(unusable(folder))?;
    }
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file);
    match made {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(unusable(file)(error)),
        Ok(_) | Err(_) => Ok(()),
    }
}
