//! The vault in a schema of its own in a PostgreSQL database that several nodes share.
//!
//! The journal may live in the same database: each schema has its own table of migrations.

use std::time::Duration;

use sqlx::{
    FromRow as _, PgPool, Row as _, migrate::Migrator, postgres::PgPoolOptions, query, query_as,
    query_scalar, raw_sql,
};
use uuid::Uuid;

use super::{
    Result,
    rows::{
        FindableRow, KeyRow, NameRow, NewKey, NewPart, PartRow, Rewrapped, SweepRow, WrappingRow,
    },
    seal::Commitment,
    tag::Tag,
};
use crate::databases::{Moving, Servers, tables::migrate};

const CONNECTIONS_MAX: u32 = 4;
const ACQUIRE_WAIT_MAX: Duration = Duration::from_secs(5);

/// A node that stops in the middle of a transaction must not stop the others.
const SETTINGS: &str = "
    set idle_in_transaction_session_timeout = '2s';
    set lock_timeout = '6s';
    set statement_timeout = '10s'";

fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!("migrations/vault/postgres");
    migrator.create_schema("vault");
    migrator.dangerous_set_table_name("vault.migration");
    migrator
}

pub struct Store {
    pool: PgPool,
    _moving: Moving,
}

impl Store {
    pub async fn create_or_open(url: &str) -> Result<Self> {
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            .acquire_timeout(ACQUIRE_WAIT_MAX)
            .after_connect(|connection, _| {
                Box::pin(async move { raw_sql(SETTINGS).execute(connection).await.map(drop) })
            });
        let (pool, moving) = Servers::of(url, "motcua vault")?.pool(pool).await?;
        migrate(&pool, "vault", &migrator()).await?;
        Ok(Self {
            pool,
            _moving: moving,
        })
    }

    pub async fn pin(&self, id: &str, fingerprint: &[u8; 32]) -> Result<Vec<u8>> {
        let sql = "insert into vault.wrapping_key (id, fingerprint, retired_at, destroyed_at) values ($1, $2, 0, 0)
             on conflict (id) do nothing";
        query(sql)
            .bind(id)
            .bind(&fingerprint[..])
            .execute(&self.pool)
            .await?;
        let sql = "select fingerprint from vault.wrapping_key where id = $1";
        Ok(query_scalar(sql).bind(id).fetch_one(&self.pool).await?)
    }

    pub async fn wrapping_keys(&self) -> Result<Vec<WrappingRow>> {
        let sql = "select id, fingerprint, begun_at, retired_at, condemned_at, destroyed_at
             from vault.wrapping_key order by length(id), id";
        Ok(query_as(sql).fetch_all(&self.pool).await?)
    }

    /// Whoever stores data keys under the one before has finished, or finds it retired.
    pub async fn begin_wrapping(&self, id: &str, fingerprint: &[u8; 32], now: i64) -> Result<()> {
        let mut transaction = self.pool.begin().await?;
        let sql = "update vault.wrapping_key set retired_at = $2
             where retired_at is null and not exists (select 1 from vault.wrapping_key where id = $1)";
        let retire = query(sql).bind(id).bind(now);
        retire.execute(&mut *transaction).await?;
        let sql = "insert into vault.wrapping_key (id, fingerprint, begun_at) values ($1, $2, $3)
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
        let sql = "select id, subject, purpose, wrapping_key, wrapped from vault.data_key
             where id > $2 and wrapped is not null and wrapping_key <> $1 order by id limit $3";
        let page = query_as(sql).bind(current).bind(after).bind(i64::from(max));
        Ok(page.fetch_all(&self.pool).await?)
    }

    pub async fn rewrap(&self, current: &str, keys: &[Rewrapped]) -> Result<u64> {
        let sql = "update vault.data_key as k set wrapping_key = $1, wrapped = fresh.new
             from unnest($2, $3, $4) as fresh (id, old, new)
             where k.id = fresh.id and k.wrapped = fresh.old";
        let done = query(sql)
            .bind(current)
            .bind(column(keys, |key| key.id))
            .bind(column(keys, |key| &key.old[..]))
            .bind(column(keys, |key| &key.new[..]));
        Ok(done.execute(&self.pool).await?.rows_affected())
    }

    pub async fn tagged_before(
        &self,
        current: &str,
        after: Vec<u8>,
        max: u32,
    ) -> Result<Vec<FindableRow>> {
        let sql = "select c, stream, command, subject, kind from vault.part
             where c > $2 and sealed is not null and kind in ('applicant', 'contact')
                 and tagged is distinct from $1
             order by c limit $3";
        let page = query_as(sql).bind(current).bind(after).bind(i64::from(max));
        Ok(page.fetch_all(&self.pool).await?)
    }

    pub async fn retag(&self, current: &str, tags: &[(Commitment, Option<Tag>)]) -> Result<()> {
        let sql = "update vault.part as p set tag = fresh.tag, tagged = $1
             from unnest($2, $3) as fresh (c, tag)
             where p.c = fresh.c and p.sealed is not null";
        query(sql)
            .bind(current)
            .bind(column(tags, |(c, _)| &c[..]))
            .bind(column(tags, |(_, tag)| tag.as_ref().map(|tag| &tag[..])))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub async fn tagged(&self, tags: &[Tag], max: u32) -> Result<Vec<FindableRow>> {
        let sql = "select c, stream, command, subject, kind from vault.part
             where tag = any($1) and sealed is not null order by created_at desc, c limit $2";
        let found = query_as(sql).bind(column(tags, |tag| &tag[..]));
        Ok(found.bind(i64::from(max)).fetch_all(&self.pool).await?)
    }

    pub async fn names(&self, streams: &[Uuid]) -> Result<Vec<NameRow>> {
        let sql = "select p.c, p.stream, p.command, p.subject, p.kind, p.sealed, k.id, k.purpose, k.wrapping_key, k.wrapped
             from vault.part as p join vault.data_key as k on k.id = p.data_key
             where p.kind = 'applicant' and p.sealed is not null and p.stream = any($1)";
        Ok(query_as(sql).bind(streams).fetch_all(&self.pool).await?)
    }

    pub async fn wraps(&self) -> Result<Vec<(String, i64)>> {
        let sql = "select wrapping_key, count(*) from vault.data_key where wrapped is not null group by wrapping_key";
        Ok(query_as(sql).fetch_all(&self.pool).await?)
    }

    pub async fn lacks_keys(&self) -> Result<bool> {
        // Where none was destroyed nothing is looked through.
        let sql = "select exists (select 1 from vault.wrapping_key as w where w.destroyed_at is not null and w.begun_at + w.retired_at > 0
             and exists (select 1 from vault.data_key as k where k.wrapping_key = w.id and k.wrapped is not null))";
        Ok(query_scalar(sql).fetch_one(&self.pool).await?)
    }

    pub async fn condemn(&self, id: &str, now: i64) -> Result<()> {
        let sql = "update vault.wrapping_key set condemned_at = $2
             where id = $1 and condemned_at is null and retired_at is not null";
        query(sql).bind(id).bind(now).execute(&self.pool).await?;
        Ok(())
    }

    pub async fn destroyed(&self, id: &str, now: i64) -> Result<()> {
        let sql = "update vault.wrapping_key set destroyed_at = $2 where id = $1 and destroyed_at is null";
        query(sql).bind(id).bind(now).execute(&self.pool).await?;
        Ok(())
    }

    /// One round trip, however far away the database is.
    pub async fn deposit(
        &self,
        keys: &[NewKey],
        parts: &[NewPart],
        now: i64,
    ) -> Result<Option<Vec<KeyRow>>> {
        let sql = "select stored, id, subject, purpose, wrapping_key, wrapped
             from vault.deposit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
        let told = query(sql)
            .bind(column(keys, |key| key.id))
            .bind(column(keys, |key| key.subject))
            .bind(column(keys, |key| key.purpose))
            .bind(column(keys, |key| &key.wrapping_key[..]))
            .bind(column(keys, |key| &key.wrapped[..]))
            .bind(column(parts, |part| &part.c[..]))
            .bind(column(parts, |part| part.place.command))
            .bind(column(parts, |part| part.place.stream))
            .bind(column(parts, |part| part.place.subject))
            .bind(column(parts, |part| part.place.kind.name()))
            .bind(column(parts, |part| part.place.data_key))
            .bind(column(parts, |part| &part.sealed[..]))
            .bind(column(parts, |part| part.file))
            .bind(column(parts, |part| part.tag.as_ref().map(|tag| &tag[..])))
            .bind(column(parts, |part| &part.tagged[..]))
            .bind(now)
            .fetch_all(&self.pool)
            .await?;
        if let [row] = &told[..]
            && row.try_get("stored")?
        {
            return Ok(None);
        }
        let keys: sqlx::Result<_> = told.iter().map(KeyRow::from_row).collect();
        Ok(Some(keys?))
    }

    pub async fn parts(&self, commitments: &[Commitment]) -> Result<Vec<PartRow>> {
        let sql = "select c, data_key, sealed from vault.part where c = any($1)";
        let found = query_as(sql).bind(list(commitments));
        Ok(found.fetch_all(&self.pool).await?)
    }

    pub async fn keys(&self, subjects: &[Uuid]) -> Result<Vec<KeyRow>> {
        let sql = "select id, subject, purpose, wrapping_key, wrapped from vault.data_key
             where subject = any($1)";
        Ok(query_as(sql).bind(subjects).fetch_all(&self.pool).await?)
    }

    pub async fn page(
        &self,
        (moment, c): (i64, Commitment),
        before: i64,
        max: u32,
    ) -> Result<Vec<SweepRow>> {
        let sql = "select c, command, created_at from vault.part
             where sealed is not null and (created_at, c) > ($1, $2) and created_at < $3
             order by created_at, c limit $4";
        let found = query_as(sql)
            .bind(moment)
            .bind(c.to_vec())
            .bind(before)
            .bind(i64::from(max));
        Ok(found.fetch_all(&self.pool).await?)
    }

    pub async fn delete(&self, commitments: &[Commitment]) -> Result<u64> {
        let sql = "delete from vault.part where c = any($1) and sealed is not null";
        let done = query(sql)
            .bind(list(commitments))
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected())
    }

    pub async fn bury(&self, commitments: &[Commitment], now: i64) -> Result<()> {
        let sql = "update vault.part set sealed = null, tag = null, erased_at = $2
             where c = any($1) and sealed is not null";
        query(sql)
            .bind(list(commitments))
            .bind(now)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub async fn files_of(&self, commitments: &[Commitment]) -> Result<Vec<Uuid>> {
        let sql = "select file from vault.part where c = any($1) and file is not null";
        let found = query_scalar(sql).bind(list(commitments));
        Ok(found.fetch_all(&self.pool).await?)
    }

    pub async fn files(&self, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        let sql = "select file from vault.part where file = any($1) and sealed is not null";
        Ok(query_scalar(sql).bind(ids).fetch_all(&self.pool).await?)
    }

    pub async fn living_files(&self, after: Uuid, max: i64) -> Result<Vec<Uuid>> {
        let sql = "select file from vault.part where file > $1 and sealed is not null order by file limit $2";
        let page = query_scalar(sql).bind(after).bind(max);
        Ok(page.fetch_all(&self.pool).await?)
    }

    /// The row of a key is locked first: whoever stores parts under it has finished, or finds it destroyed.
    pub async fn erase(
        &self,
        subject: Uuid,
        fences: &[(Uuid, &str)],
        now: i64,
    ) -> Result<(i64, Vec<Option<Uuid>>)> {
        let purposes: Vec<&str> = fences.iter().map(|(_, purpose)| *purpose).collect();
        let mut transaction = self.pool.begin().await?;
        let sql = "update vault.data_key set wrapped = null, erased_at = $3
             where subject = $1 and purpose = any($2) and wrapped is not null";
        query(sql)
            .bind(subject)
            .bind(&purposes)
            .bind(now)
            .execute(&mut *transaction)
            .await?;
        let sql = "update vault.part set sealed = null, tag = null, erased_at = $3
             where sealed is not null and data_key in
                 (select id from vault.data_key where subject = $1 and purpose = any($2))";
        query(sql)
            .bind(subject)
            .bind(&purposes)
            .bind(now)
            .execute(&mut *transaction)
            .await?;
        for (id, purpose) in fences {
            let sql = "insert into vault.data_key (id, subject, purpose, wrapping_key, created_at, erased_at)
                 values ($1, $2, $3, (select id from vault.wrapping_key where retired_at is null), $4, $4)
                 on conflict (subject, purpose) do nothing";
            let fence = query(sql).bind(*id).bind(subject).bind(*purpose).bind(now);
            fence.execute(&mut *transaction).await?;
        }
        let sql = "select count(*) from vault.data_key
             where subject = $1 and purpose = any($2) and created_at < erased_at";
        let keys: i64 = query_scalar(sql)
            .bind(subject)
            .bind(&purposes)
            .fetch_one(&mut *transaction)
            .await?;
        let sql = "select file from vault.part where data_key in
             (select id from vault.data_key where subject = $1 and purpose = any($2))";
        let parts = query_scalar(sql)
            .bind(subject)
            .bind(&purposes)
            .fetch_all(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok((keys, parts))
    }

    pub async fn living_subjects(&self, subjects: &[Uuid]) -> Result<Vec<(Uuid, String)>> {
        let sql = "select subject, purpose from vault.data_key
             where subject = any($1) and wrapped is not null";
        Ok(query_as(sql).bind(subjects).fetch_all(&self.pool).await?)
    }
}

/// One field of every row, as an array to bind.
fn column<'a, T, V>(rows: &'a [T], field: impl Fn(&'a T) -> V) -> Vec<V> {
    rows.iter().map(field).collect()
}

fn list(commitments: &[Commitment]) -> Vec<&[u8]> {
    column(commitments, |c| &c[..])
}
