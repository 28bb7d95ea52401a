//! The journal in a PostgreSQL database that several nodes share.

use std::fmt::{Display, Write as _};

use sqlx::{
    AssertSqlSafe, FromRow as _, PgConnection, PgPool, Postgres,
    migrate::Migrator,
    postgres::{PgArguments, PgPoolOptions},
    query::QueryAs,
    query_as, query_scalar, raw_sql,
};
use uuid::Uuid;

use super::{
    JournalError, Location, Looked, Result, nodes, rows,
    rows::{Asked, CommandRow, EntryRow, HeadRow, LookedRow, SINCE_MAX, TailRow},
    writer::{Assumed, Batch, Continued, STAMP_AGE_MAX},
};
use crate::databases::{Moving, Servers, tables::migrate};
use crate::domain::journal::FORMAT;
use crate::domain::time::Moment;

const READERS_MAX: u32 = 8;
const ACQUIRE_SECONDS_MAX: u64 = 5;
/// What a writer's connection is called, before the newest format that its program reads.
pub const WRITER: &str = "motcua writer";

/// A holder of the lock that stops is cut off after two seconds; whoever waits for it waits longer than that. Plans are
/// pinned to the indexes: statistics of a fresh table must not decide what happens under the lock.
const WRITER_SETTINGS: &str = "
    set idle_in_transaction_session_timeout = '2s';
    set lock_timeout = '6s';
    set statement_timeout = '10s';
    set plan_cache_mode = force_generic_plan;
    set enable_seqscan = off;
    set enable_hashjoin = off;
    set enable_mergejoin = off;
    set default_transaction_isolation = 'read committed'";

/// Looks under the lock, and appends where the journal ends as it was taken to. The functions' own statements see what was
/// committed before the lock was given; a case is decided before what stands behind it is called.
const APPEND: &str = "
    select looked.clock, case when looked.holds then
        journal.append($13, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) is not null end
    from (select max(at) filter (where kind = 'clock') as clock,
                 coalesce(max(position) filter (where kind = 'head') + 1, 0) = $13
                     and (array_agg(hash) filter (where kind = 'head'))[1] is not distinct from $14
                     and count(*) filter (where kind = 'known') = 0
                     and coalesce(max(at) filter (where kind = 'clock') between $16 and $17, true) as holds
          from journal.look('{}', '{}', $15)) looked";
/// Appends what was decided under the lock.
const WRITE: &str =
    "select journal.append($13, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) is not null";

fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!("migrations/journal/postgres");
    migrator.create_schema("journal");
    migrator.dangerous_set_table_name("journal.migration");
    migrator
}

/// The reading side: a pool.
pub struct Store {
    servers: Servers,
    pool: PgPool,
    _moving: Moving,
}

impl Store {
    pub async fn create_or_open(url: &str) -> Result<Self> {
        let store = Self::open(url).await?;
        migrate(&store.pool, "journal", &migrator()).await?;
        nodes::make_shared(&store.pool).await?;
        Ok(store)
    }

    pub async fn open_read_only(url: &str) -> Result<Self> {
        let store = Self::open(url).await?;
        let exists: bool = query_scalar("select to_regclass('journal.migration') is not null")
            .fetch_one(&store.pool)
            .await?;
        if !exists {
            return Err(JournalError::Missing(
                Location::Postgres(url.to_owned()).to_string(),
            ));
        }
        let format: Option<i64> = query_scalar("select max(version) from journal.migration")
            .fetch_one(&store.pool)
            .await?;
        rows::readable(format, &migrator())?;
        Ok(store)
    }

    async fn open(url: &str) -> Result<Self> {
        let servers = Servers::of(url, "motcua")?;
        let pool = PgPoolOptions::new()
            .max_connections(READERS_MAX)
            .acquire_timeout(std::time::Duration::from_secs(ACQUIRE_SECONDS_MAX));
        let (pool, moving) = servers.pool(pool).await?;
        Ok(Self {
            servers,
            pool,
            _moving: moving,
        })
    }

    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    pub fn servers(&self) -> Servers {
        self.servers.clone()
    }

    pub async fn connect(&self) -> Result<Connection> {
        // Under the bare name write programs of before 0.2, which do not tell what they read.
        let name = format!("{WRITER} {FORMAT}");
        let mut connection = self.servers.named(&name).connect().await?;
        raw_sql(WRITER_SETTINGS).execute(&mut connection).await?;
        Ok(Connection(connection))
    }

    pub async fn newest(&self) -> Result<Option<HeadRow>> {
        let sql = "select position, recorded_at, leaf_hash from journal.entry order by position desc limit 1";
        Ok(query_as(sql).fetch_optional(&self.pool).await?)
    }

    pub async fn page(&self, from: i64, max: u32) -> Result<Vec<EntryRow>> {
        let sql = "select position, stream, version, recorded_at, body, leaf_hash
             from journal.entry where position >= $1 order by position limit $2";
        Ok(query_as(sql)
            .bind(from)
            .bind(i64::from(max))
            .fetch_all(&self.pool)
            .await?)
    }

    pub async fn stream(
        &self,
        stream: Uuid,
        after: u32,
        (size, moment): (i64, i64),
    ) -> Result<Vec<EntryRow>> {
        let sql = "select position, stream, version, recorded_at, body, leaf_hash
             from journal.entry
             where stream = $1 and version > $2 and position < $3 and recorded_at <= $4
             order by version";
        let found = query_as(sql)
            .bind(stream)
            .bind(int(after))
            .bind(size)
            .bind(moment);
        Ok(found.fetch_all(&self.pool).await?)
    }

    pub async fn streams(
        &self,
        streams: &[Uuid],
        (size, moment): (i64, i64),
    ) -> Result<Vec<EntryRow>> {
        let sql = "select position, stream, version, recorded_at, body, leaf_hash
             from journal.entry
             where stream = any($1) and position < $2 and recorded_at <= $3
             order by position";
        Ok(query_as(sql)
            .bind(streams)
            .bind(size)
            .bind(moment)
            .fetch_all(&self.pool)
            .await?)
    }

    pub async fn recorded_at(&self, position: i64) -> Result<Option<i64>> {
        let sql = "select recorded_at from journal.entry where position = $1";
        Ok(query_scalar(sql)
            .bind(position)
            .fetch_optional(&self.pool)
            .await?)
    }

    pub async fn tails(&self, after: Uuid, max: u32) -> Result<Vec<TailRow>> {
        let sql =
            "select id, version, leaf_hash from journal.stream where id > $1 order by id limit $2";
        Ok(query_as(sql)
            .bind(after)
            .bind(i64::from(max))
            .fetch_all(&self.pool)
            .await?)
    }

    pub async fn guards(&self) -> Result<(u32, u32)> {
        let sql = "select count(*) from pg_trigger
             where tgrelid = 'journal.entry'::regclass and not tgisinternal and tgenabled in ('O', 'A')";
        let standing: i64 = query_scalar(sql).fetch_one(&self.pool).await?;
        Ok((u32::try_from(standing).unwrap_or(0), 1))
    }

    pub async fn commands(&self, ids: &[Uuid]) -> Result<Vec<CommandRow>> {
        let sql = "select id, mac, position, entries from journal.command where id = any($1)";
        Ok(query_as(sql).bind(ids).fetch_all(&self.pool).await?)
    }
}

/// The writing side: one connection, dropped on the first doubt; the server then ends its transaction.
pub struct Connection(PgConnection);

impl Connection {
    /// Begins, takes the lock and looks, in one round trip. Each statement must see what was committed while it waited for the lock,
    /// hence `read committed`.
    pub async fn lock(&mut self, asked: &Asked) -> Result<Looked> {
        let sql = format!(
            "begin isolation level read committed read write;
             select kind, position, at, id, version, hash, body from journal.look({}, {}, {}); {}",
            array("uuid", asked.streams.keys()),
            array("int", asked.streams.values().map(|held| int(*held))),
            array("uuid", &asked.commands),
            since(asked).unwrap_or_default(),
        );
        let found = raw_sql(AssertSqlSafe(sql)).fetch_all(&mut self.0).await?;
        let found: sqlx::Result<_> = found.iter().map(LookedRow::from_row).collect();
        rows::looked(found?, asked, None)
    }

    /// Looks again under the lock.
    pub async fn look(&mut self, asked: &Asked) -> Result<Looked> {
        let streams: Vec<Uuid> = asked.streams.keys().copied().collect();
        let held: Vec<i32> = asked.streams.values().map(|held| int(*held)).collect();
        let commands: Vec<Uuid> = asked.commands.iter().copied().collect();
        let sql =
            "select kind, position, at, id, version, hash, body from journal.look($1, $2, $3)";
        let found = query_as(sql).bind(streams).bind(held).bind(commands);
        rows::looked(found.fetch_all(&mut self.0).await?, asked, None)
    }

    /// Takes the lock, appends and commits, if what the batch was decided on holds: one statement with parameters, and so a
    /// transaction of its own.
    pub async fn append(
        &mut self,
        assumed: Assumed<'_>,
        batch: &Batch<'_>,
    ) -> Result<Option<Moment>> {
        let head = assumed.head;
        let (clock, written): (i64, Option<bool>) = bound(query_as(APPEND), batch)
            .bind(head.size.cast_signed())
            .bind(head.leaf_hash.as_ref().map(<[u8; 32]>::as_slice))
            .bind(assumed.refused)
            .bind(assumed.stamps.map(|(_, newest)| newest.0))
            .bind(assumed.stamps.map(|(oldest, _)| oldest.0 + STAMP_AGE_MAX))
            .fetch_one(&mut self.0)
            .await?;
        Ok(written.map(|_| Moment(clock)))
    }

    /// Appends under the lock, and commits.
    pub async fn write(&mut self, batch: &Batch<'_>) -> Result<()> {
        let first = batch.entries.first().map_or(0, |entry| entry.position);
        let _: (bool,) = bound(query_as(WRITE), batch)
            .bind(first.cast_signed())
            .fetch_one(&mut self.0)
            .await?;
        let continued = batch.continued.map(|Continued { id, more }| {
            format!("update journal.command set entries = entries + {more} where id = '{id}';")
        });
        let sql = format!("{} commit", continued.unwrap_or_default());
        raw_sql(AssertSqlSafe(sql)).execute(&mut self.0).await?;
        Ok(())
    }

    pub async fn rollback(&mut self) -> Result<()> {
        raw_sql("rollback").execute(&mut self.0).await?;
        Ok(())
    }
}

/// A statement with the rows of a batch, column by column, as its first twelve parameters.
fn bound<'q, O>(
    statement: QueryAs<'q, Postgres, O, PgArguments>,
    batch: &'q Batch<'_>,
) -> QueryAs<'q, Postgres, O, PgArguments> {
    fn column<'a, T, V>(rows: &'a [T], value: impl Fn(&'a T) -> V) -> Vec<V> {
        rows.iter().map(value).collect()
    }
    let (entries, tails, commands) = (batch.entries, &batch.tails, batch.commands);
    statement
        .bind(column(entries, |entry| entry.stream))
        .bind(column(entries, |entry| int(entry.version)))
        .bind(column(entries, |entry| entry.recorded_at.0))
        .bind(column(entries, |entry| &entry.body[..]))
        .bind(column(entries, |entry| &entry.leaf_hash[..]))
        .bind(column(tails, |(stream, _, _)| *stream))
        .bind(column(tails, |(_, version, _)| int(*version)))
        .bind(column(tails, |(_, _, hash)| &hash[..]))
        .bind(column(commands, |command| command.id))
        .bind(column(commands, |command| &command.mac[..]))
        .bind(column(commands, |command| command.position.cast_signed()))
        .bind(column(commands, |command| int(command.entries)))
}

/// Versions and counts fit PostgreSQL's `int`; what does not is greater than any stored one.
fn int(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// What was written since the head that the caller knows, and that head's own entry.
fn since(asked: &Asked) -> Option<String> {
    let (from, most) = (asked.since()?, SINCE_MAX + 2);
    Some(format!(
        "select 'since', position, null::bigint, stream, null::int, leaf_hash, null::bytea
         from journal.entry where position >= {from} order by position limit {most}"
    ))
}

/// Values that need no quoting: numbers and ids.
fn array(kind: &str, values: impl IntoIterator<Item = impl Display>) -> String {
    let mut text = String::from("'{");
    for (place, value) in values.into_iter().enumerate() {
        let comma = if place == 0 { "" } else { "," };
        write!(text, "{comma}{value}").expect("a text takes everything");
    }
    write!(text, "}}'::{kind}[]").expect("a text takes everything");
    text
}
