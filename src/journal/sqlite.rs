//! The journal in a file of its own, for one machine.

use std::{path::Path, sync::Arc, sync::LazyLock, time::Duration};

use sqlx::{
    Connection as _, SqliteConnection, migrate::Migrator, query, query_as, query_scalar,
    sqlite::SqliteConnectOptions,
};
use tokio::{
    sync::{Mutex, OwnedMutexGuard},
    time::timeout,
};
use uuid::Uuid;

use super::{
    JournalError, Looked, Result, clock, nodes, rows,
    rows::{Asked, CommandRow, EntryRow, HeadRow, LookedRow, SINCE_MAX, TailRow},
    writer::{Assumed, Batch},
};
use crate::{
    databases::{
        file::{cannot_change, durable},
        insert::{Insert, Lately, Writes},
        readers::Readers,
        written_back::WrittenBack,
    },
    domain::time::Moment,
    tlog,
};

const READERS_MAX: usize = 4;
const READ_AHEAD: usize = 1_024;
/// What is to be known under the lock: the newest entry, and of the streams and commands that were asked for what stands of them.
const SEEN: &str = "with asked (id, held) as (select unhex(key), value from json_each(?1))
     select * from (
         select 'head', position, recorded_at, null, null, leaf_hash, null
         from entry order by position desc limit 1)
     union all
     select 'known', command.position, null, command.id, command.entries, command.mac, null
     from json_each(?2) as asked_command cross join command on command.id = unhex(asked_command.value)
     union all
     select 'tail', null, null, stream.id, stream.version, stream.leaf_hash, null
     from asked cross join stream on stream.id = asked.id
     union all
     select 'entry', entry.position, entry.recorded_at, entry.stream, entry.version, entry.leaf_hash, entry.body
     from asked cross join entry on entry.stream = asked.id and entry.version > asked.held";
const LOCK_WAIT_MAX: Duration = Duration::from_secs(10);

fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!("migrations/journal/sqlite");
    migrator.dangerous_set_table_name("migration");
    migrator
}

/// SQLite's code for a file that is none of its own.
const NOT_A_DATABASE: &str = "26";

/// SQLite's codes for a file that cannot be opened or written, and for a folder that is read-only.
const CLOSED: [&str; 3] = ["14", "8", "1032"];

/// A file that is no database, or cannot be opened, is named.
fn named(error: JournalError, file: &Path) -> JournalError {
    match error {
        JournalError::Sql(sqlx::Error::Database(database))
            if database.code().is_some_and(|code| CLOSED.contains(&&*code)) =>
        {
            JournalError::Closed(file.display().to_string())
        }
        JournalError::Sql(sqlx::Error::Database(database))
            if database.code().as_deref() == Some(NOT_A_DATABASE) =>
        {
            JournalError::Foreign(file.display().to_string())
        }
        other => other,
    }
}

/// The reading side: a pool that cannot write.
pub struct Store {
    options: SqliteConnectOptions,
    pool: Readers,
    /// None where it is only read.
    _written_back: Option<WrittenBack>,
    /// Writers of this process queue here, fairly, before they meet those of other processes at the file's lock.
    turn: Arc<Mutex<()>>,
}

impl Store {
    pub async fn create_or_open(file: &Path) -> Result<Self> {
        let opened = Self::made_or_there(file).await;
        opened.map_err(|error| named(error, file))
    }

    async fn made_or_there(file: &Path) -> Result<Self> {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).map_err(sqlx::Error::Io)?;
        }
        let options = durable(file)
            .create_if_missing(true)
            .busy_timeout(LOCK_WAIT_MAX);
        let mut connection = SqliteConnection::connect_with(&options).await?;
        migrator().run(&mut connection).await?;
        nodes::make_embedded(&mut connection).await?;
        connection.close().await?;
        let written_back = Some(WrittenBack::of(options.clone()));
        let store = Self::open(file, options).await?;
        Ok(Self {
            _written_back: written_back,
            ..store
        })
    }

    pub async fn open_read_only(file: &Path) -> Result<Self> {
        let opened = Self::there(file).await;
        opened.map_err(|error| named(error, file))
    }

    async fn there(file: &Path) -> Result<Self> {
        let missing = || JournalError::Missing(file.display().to_string());
        if !file.exists() {
            return Err(missing());
        }
        let options = SqliteConnectOptions::new().filename(file).read_only(true);
        let store = Self::open(file, options).await?;
        let exists: bool =
            query_scalar("select exists (select 1 from sqlite_schema where name = 'migration')")
                .fetch_one(&store.pool)
                .await?;
        if !exists {
            return Err(missing());
        }
        let format: Option<i64> = query_scalar("select max(version) from migration")
            .fetch_one(&store.pool)
            .await?;
        rows::readable(format, &migrator())?;
        Ok(store)
    }

    async fn open(file: &Path, options: SqliteConnectOptions) -> Result<Self> {
        let reader = SqliteConnectOptions::new()
            .filename(file)
            .read_only(true)
            .immutable(cannot_change(file))
            // Rows that may wait for their reader, so that the two need not wake each other for each.
            .row_buffer_size(READ_AHEAD)
            .busy_timeout(LOCK_WAIT_MAX);
        let pool = Readers::open(READERS_MAX, reader).await?;
        Ok(Self {
            options,
            pool,
            _written_back: None,
            turn: Arc::default(),
        })
    }

    pub fn pool(&self) -> &Readers {
        &self.pool
    }

    /// A connection for what stands beside the record.
    pub async fn writing(&self) -> Result<SqliteConnection> {
        Ok(SqliteConnection::connect_with(&self.options).await?)
    }

    pub async fn connect(&self) -> Result<Connection> {
        let sqlite = SqliteConnection::connect_with(&self.options).await?;
        Ok(Connection {
            sqlite,
            lately: Lately::default(),
            turns: self.turn.clone(),
            turn: None,
        })
    }

    pub async fn newest(&self) -> Result<Option<HeadRow>> {
        let sql =
            "select position, recorded_at, leaf_hash from entry order by position desc limit 1";
        Ok(query_as(sql).fetch_optional(&self.pool).await?)
    }

    pub async fn page(&self, from: i64, max: u32) -> Result<Vec<EntryRow>> {
        let sql = "select position, stream, version, recorded_at, body, leaf_hash
             from entry where position >= ?1 order by position limit ?2";
        Ok(query_as(sql)
            .bind(from)
            .bind(max)
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
             from entry
             where stream = ?1 and version > ?2 and position < ?3 and recorded_at <= ?4
             order by version";
        let found = query_as(sql)
            .bind(stream)
            .bind(after)
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
             from entry
             where stream in (select unhex(value) from json_each(?1)) and position < ?2 and recorded_at <= ?3
             order by +position";
        let found = query_as(sql).bind(id_list(streams)).bind(size).bind(moment);
        Ok(found.fetch_all(&self.pool).await?)
    }

    pub async fn recorded_at(&self, position: i64) -> Result<Option<i64>> {
        let sql = "select recorded_at from entry where position = ?1";
        Ok(query_scalar(sql)
            .bind(position)
            .fetch_optional(&self.pool)
            .await?)
    }

    pub async fn tails(&self, after: Uuid, max: u32) -> Result<Vec<TailRow>> {
        let sql = "select id, version, leaf_hash from stream where id > ?1 order by id limit ?2";
        Ok(query_as(sql)
            .bind(after)
            .bind(max)
            .fetch_all(&self.pool)
            .await?)
    }

    pub async fn guards(&self) -> Result<(u32, u32)> {
        let sql =
            "select count(*) from sqlite_schema where type = 'trigger' and tbl_name = 'entry'";
        let standing: i64 = query_scalar(sql).fetch_one(&self.pool).await?;
        Ok((u32::try_from(standing).unwrap_or(0), 3))
    }

    pub async fn commands(&self, ids: &[Uuid]) -> Result<Vec<CommandRow>> {
        let sql = "select id, mac, position, entries from command
             where id in (select unhex(value) from json_each(?1))";
        let found = query_as(sql).bind(id_list(ids));
        Ok(found.fetch_all(&self.pool).await?)
    }
}

/// The writing side: one connection, dropped on the first doubt; closing it ends its transaction.
pub struct Connection {
    sqlite: SqliteConnection,
    lately: Lately,
    turns: Arc<Mutex<()>>,
    turn: Option<OwnedMutexGuard<()>>,
}

impl Connection {
    /// Takes the file's write lock, which is the journal's lock, and looks.
    async fn begin(&mut self, asked: &Asked) -> Result<Vec<LookedRow>> {
        static BEGIN: LazyLock<String> = LazyLock::new(|| format!("begin immediate; {SEEN}"));
        let turn = timeout(LOCK_WAIT_MAX, self.turns.clone().lock_owned());
        let turn = turn
            .await
            .map_err(|_| JournalError::Unavailable(sqlx::Error::PoolTimedOut))?;
        let found = self.seen(&BEGIN, asked).await?;
        self.turn = Some(turn);
        Ok(found)
    }

    pub async fn lock(&mut self, asked: &Asked) -> Result<Looked> {
        let mut found = self.begin(asked).await?;
        found.extend(self.since(asked).await?);
        rows::looked(found, asked, Some(clock::system()))
    }

    /// Looks again under the lock.
    pub async fn look(&mut self, asked: &Asked) -> Result<Looked> {
        let found = self.seen(SEEN, asked).await?;
        rows::looked(found, asked, Some(clock::system()))
    }

    /// What was written since the head that the caller knows, and that head's own entry.
    async fn since(&mut self, asked: &Asked) -> Result<Vec<LookedRow>> {
        let Some(from) = asked.since() else {
            return Ok(Vec::new());
        };
        let sql = "select 'since', position, null, stream, null, leaf_hash, null
             from entry where position >= ?1 order by position limit ?2";
        let most = i64::try_from(SINCE_MAX + 2).unwrap_or(i64::MAX);
        let found = query_as(sql).bind(from).bind(most);
        Ok(found.fetch_all(&mut self.sqlite).await?)
    }

    async fn seen(&mut self, sql: &'static str, asked: &Asked) -> Result<Vec<LookedRow>> {
        let commands: Vec<Uuid> = asked.commands.iter().copied().collect();
        let found = query_as(sql).bind(id_map(asked)).bind(id_list(&commands));
        Ok(found.fetch_all(&mut self.sqlite).await?)
    }

    /// Takes the lock, appends and commits, if what the batch was decided on holds.
    pub async fn append(
        &mut self,
        assumed: Assumed<'_>,
        batch: &Batch<'_>,
    ) -> Result<Option<Moment>> {
        let asked = Asked::of_commands(assumed.refused);
        let found = self.begin(&asked).await?;
        let now = clock::system();
        let looked = rows::looked(found, &asked, Some(now))?;
        if !assumed.holds(looked.head, now) || !looked.known.is_empty() {
            self.rollback().await?;
            return Ok(None);
        }
        self.write(batch).await?;
        Ok(Some(now))
    }

    /// Writes the batch, and commits.
    pub async fn write(&mut self, batch: &Batch<'_>) -> Result<()> {
        if batch
            .entries
            .iter()
            .any(|entry| tlog::leaf_hash(&entry.body) != entry.leaf_hash)
        {
            return Err(JournalError::Misuse(
                "a leaf hash is not the hash of its body",
            ));
        }
        let mut writes = Writes::default();
        INSERT_ENTRY.put(&mut writes, batch.entries, |row, entry| {
            row.bind(entry.position.cast_signed())
                .bind(entry.stream)
                .bind(entry.version)
                .bind(entry.recorded_at.0)
                .bind(&entry.body[..])
                .bind(&entry.leaf_hash[..])
        });
        UPSERT_TAIL.put(&mut writes, &batch.tails, |row, (stream, version, hash)| {
            row.bind(*stream).bind(*version).bind(&hash[..])
        });
        INSERT_COMMAND.put(&mut writes, batch.commands, |row, command| {
            row.bind(command.id)
                .bind(&command.mac[..])
                .bind(command.position.cast_signed())
                .bind(command.entries)
        });
        if let Some(continued) = batch.continued {
            let sql = "update command set entries = entries + ? where id = ?";
            writes.push(sql, [continued.more.into(), continued.id.into()]);
        }
        writes
            .and_commit(&mut self.sqlite, &mut self.lately)
            .await?;
        self.turn = None;
        Ok(())
    }

    pub async fn rollback(&mut self) -> Result<()> {
        query("rollback").execute(&mut self.sqlite).await?;
        self.turn = None;
        Ok(())
    }
}

static INSERT_ENTRY: LazyLock<Insert> = LazyLock::new(|| {
    let columns = [
        "position",
        "stream",
        "version",
        "recorded_at",
        "body",
        "leaf_hash",
    ];
    Insert::new("entry", &columns, "")
});
static UPSERT_TAIL: LazyLock<Insert> =
    LazyLock::new(|| Insert::or_update("stream", &["id", "version", "leaf_hash"], "id"));
static INSERT_COMMAND: LazyLock<Insert> =
    LazyLock::new(|| Insert::new("command", &["id", "mac", "position", "entries"], ""));

/// `["0123…", …]`: SQLite binds no arrays, and one statement for any number of ids is prepared once.
fn id_list(ids: &[Uuid]) -> String {
    let quoted: Vec<String> = ids
        .iter()
        .map(|id| format!("\"{}\"", id.simple()))
        .collect();
    format!("[{}]", quoted.join(","))
}

/// `{"0123…":4, …}`: streams and the versions held of them.
fn id_map(asked: &Asked) -> String {
    let pairs: Vec<String> = asked
        .streams
        .iter()
        .map(|(id, held)| format!("\"{}\":{held}", id.simple()))
        .collect();
    format!("{{{}}}", pairs.join(","))
}
