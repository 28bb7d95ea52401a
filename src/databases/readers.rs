//! Connections that only read a file, lent for one question at a time.
//!
//! sqlx's pool asks a connection that comes back whether it is alive. A file does not hang up, and its driver gives every connection
//! a thread of its own: asking costs as much waking and waiting as a short question.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::{BoxFuture, TryFutureExt as _};
use futures_util::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteQueryResult, SqliteRow, SqliteStatement, SqliteTypeInfo,
};
use sqlx::{
    Connection as _, Describe, Either, Execute, Executor, SqlStr, Sqlite, SqliteConnection, query,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// How long a question waits while all connections are lent.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// A few connections to one file; clones share them. Where all are lent whoever asks waits, in order.
#[derive(Clone, Debug)]
pub struct Readers(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    options: SqliteConnectOptions,
    turns: Arc<Semaphore>,
    /// Those that nobody has. The last one back goes first: what it read is still in its memory.
    free: Mutex<Vec<SqliteConnection>>,
}

impl Readers {
    /// At most `max` connections; the first is made at once.
    ///
    /// # Errors
    /// A file that cannot be opened.
    pub async fn open(max: usize, options: SqliteConnectOptions) -> sqlx::Result<Self> {
        let first = SqliteConnection::connect_with(&options).await?;
        Ok(Self(Arc::new(Shared {
            options,
            turns: Arc::new(Semaphore::new(max)),
            free: Mutex::new(vec![first]),
        })))
    }

    /// A connection on which everything that is read is of one state of the file.
    ///
    /// # Errors
    /// A file that cannot be opened, or all connections lent for too long.
    pub async fn one_state(&self) -> sqlx::Result<Lent> {
        let mut lent = self.lend().await?;
        lent.left = Left::State;
        query("begin").execute(&mut *lent).await?;
        Ok(lent)
    }

    async fn lend(&self) -> sqlx::Result<Lent> {
        let turn = timeout(WAIT_MAX, self.0.turns.clone().acquire_owned()).await;
        let turn = turn.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let turn = turn.map_err(|_| sqlx::Error::PoolClosed)?;
        let free = self.0.free().pop();
        let connection = match free {
            Some(connection) => connection,
            None => SqliteConnection::connect_with(&self.0.options).await?,
        };
        Ok(Lent {
            connection: Some(connection),
            left: Left::Question,
            readers: Arc::clone(&self.0),
            turn: Some(turn),
        })
    }
}

impl Shared {
    fn free(&self) -> std::sync::MutexGuard<'_, Vec<SqliteConnection>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that goes back when it is dropped.
#[derive(Debug)]
pub struct Lent {
    /// There until it goes back.
    connection: Option<SqliteConnection>,
    left: Left,
    readers: Arc<Shared>,
    turn: Option<OwnedSemaphorePermit>,
}

/// What a connection has to come to an end with before somebody else gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    Nothing,
    /// A question that nobody waits for any more.
    Question,
    /// The state that it reads, and perhaps a question.
    State,
}

impl Deref for Lent {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        self.connection.as_ref().expect("it has not gone back")
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.connection.as_mut().expect("it has not gone back")
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        let (readers, left, turn) = (Arc::clone(&self.readers), self.left, self.turn.take());
        if left == Left::Nothing {
            readers.free().push(connection);
            return;
        }
        // Without a runtime it is closed.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        runtime.spawn(async move {
            let ended = match left {
                Left::State => query("rollback").execute(&mut connection).await.map(drop),
                Left::Question | Left::Nothing => connection.ping().await,
            };
            if ended.is_ok() {
                readers.free().push(connection);
            }
            drop(turn);
        });
    }
}

type Step = Either<SqliteQueryResult, SqliteRow>;

/// Lends a connection for one question; it goes back at once when the question was answered.
macro_rules! asked {
    ($readers:expr, $lent:ident => $answer:expr) => {{
        let readers = $readers.clone();
        Box::pin(async move {
            let mut $lent = readers.lend().await?;
            let answer = $answer.await?;
            $lent.left = Left::Nothing;
            Ok(answer)
        })
    }};
}

/// One question, and the connection goes back. Answers are read as a whole: nobody keeps a connection while thinking.
impl<'c> Executor<'c> for &'_ Readers {
    type Database = Sqlite;

    fn fetch_many<'e, 'q: 'e, E>(self, question: E) -> BoxStream<'e, sqlx::Result<Step>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Sqlite>,
    {
        let steps: BoxFuture<'e, sqlx::Result<Vec<Step>>> =
            asked!(self, lent => lent.fetch_many(question).try_collect());
        let steps = steps.map_ok(|steps| stream::iter(steps).map(Ok));
        steps.try_flatten_stream().boxed()
    }

    fn fetch_all<'e, 'q: 'e, E>(self, question: E) -> BoxFuture<'e, sqlx::Result<Vec<SqliteRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Sqlite>,
    {
        asked!(self, lent => lent.fetch_all(question))
    }

    fn fetch_optional<'e, 'q: 'e, E>(
        self,
        question: E,
    ) -> BoxFuture<'e, sqlx::Result<Option<SqliteRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Sqlite>,
    {
        asked!(self, lent => lent.fetch_optional(question))
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        types: &'e [SqliteTypeInfo],
    ) -> BoxFuture<'e, sqlx::Result<SqliteStatement>>
    where
        'c: 'e,
    {
        asked!(self, lent => lent.prepare_with(sql, types))
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, sqlx::Result<Describe<Sqlite>>>
    where
        'c: 'e,
    {
        asked!(self, lent => lent.describe(sql))
    }
}

#[cfg(test)]
mod tests {
    use sqlx::{query_as, query_scalar};

    use super::*;

    async fn file(max: usize) -> (tempfile::TempDir, SqliteConnection, Readers) {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("file.db"))
            .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
            .create_if_missing(true);
        let mut writer = SqliteConnection::connect_with(&options).await.unwrap();
        let made = query("create table number (n integer)");
        made.execute(&mut writer).await.unwrap();
        let readers = Readers::open(max, options.read_only(true)).await.unwrap();
        (folder, writer, readers)
    }

    const COUNT: &str = "select count(*) from number";

    #[tokio::test]
    async fn what_is_read_of_one_state_does_not_change_and_the_connection_comes_back() {
        let (_folder, mut writer, readers) = file(1).await;
        for round in 0..3_i64 {
            let mut state = readers.one_state().await.unwrap();
            let before: i64 = query_scalar(COUNT).fetch_one(&mut *state).await.unwrap();
            let write = query("insert into number values (1)");
            write.execute(&mut writer).await.unwrap();
            let after: i64 = query_scalar(COUNT).fetch_one(&mut *state).await.unwrap();
            assert_eq!((before, after), (round, round));
            drop(state);
            let newest: i64 = query_scalar(COUNT).fetch_one(&readers).await.unwrap();
            assert_eq!(newest, round + 1);
        }
    }

    #[tokio::test]
    async fn a_question_that_is_refused_or_given_up_costs_no_connection() {
        let (_folder, _writer, readers) = file(1).await;
        let refused = query("select nothing").fetch_all(&readers).await;
        refused.expect_err("there is no such column");
        let long =
            "with recursive up (n) as (select 1 union all select n + 1 from up where n < 3000000)
             select count(*) from up";
        let asked = query(long).fetch_one(&readers);
        let given_up = timeout(Duration::from_millis(1), asked).await;
        given_up.expect_err("it takes longer");
        let (n,): (i64,) = query_as(COUNT).fetch_one(&readers).await.unwrap();
        assert_eq!(n, 0);
    }

    #[tokio::test]
    async fn more_questions_than_connections_are_all_answered() {
        let (_folder, _writer, readers) = file(2).await;
        let asked = (0..50).map(|_| query_scalar::<_, i64>(COUNT).fetch_one(&readers));
        let answers = futures_util::future::try_join_all(asked).await.unwrap();
        assert_eq!(answers.len(), 50);
        assert!(readers.0.free().len() <= 2);
    }
}
