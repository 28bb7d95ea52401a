//! Writing a file's log back beside those who write it: whoever commits would otherwise wait for it, a third of a second where a batch
//! touches many pages.

use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, SqliteConnection, query_as};
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// Pages of log after which whoever commits writes it back all the same: what is left by then is little, and the log begins anew.
pub const LOG_MAX: &str = "16000";
/// Between two times while there is something to write back, and while there is nothing.
const PAUSE: Duration = Duration::from_millis(100);
const PAUSE_IDLE: Duration = Duration::from_secs(2);

/// Goes on as long as it is held.
pub struct WrittenBack(JoinHandle<()>);

impl WrittenBack {
    /// Begins with the file of these options, which has its log already. Must be called within a runtime.
    #[must_use]
    pub fn of(options: SqliteConnectOptions) -> Self {
        Self(tokio::spawn(async move {
            let (mut connection, mut pause, mut last) = (None, PAUSE, 0);
            loop {
                sleep(pause).await;
                match write_back(&mut connection, &options).await {
                    Ok(written) => {
                        pause = if written == last {
                            PAUSE_IDLE.min(pause * 2)
                        } else {
                            PAUSE
                        };
                        last = written;
                    }
                    // Whoever commits meets the same and says so.
                    Err(error) => {
                        tracing::debug!(%error, "the log was not written back");
                        (connection, pause) = (None, PAUSE_IDLE);
                    }
                }
            }
        }))
    }
}

impl Drop for WrittenBack {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Writes back what can be without keeping anybody waiting; how many pages of the log are.
async fn write_back(
    connection: &mut Option<SqliteConnection>,
    options: &SqliteConnectOptions,
) -> sqlx::Result<i64> {
    let connection = match connection {
        Some(connection) => connection,
        none => none.insert(options.connect().await?),
    };
    let (_busy, _pages, written): (i64, i64, i64) = query_as("pragma wal_checkpoint(passive)")
        .fetch_one(connection)
        .await?;
    Ok(written)
}

#[cfg(test)]
mod tests {
    use sqlx::query;

    use super::*;
    use crate::databases::file::durable;

    #[tokio::test]
    async fn what_was_committed_comes_into_the_file_itself_while_its_writer_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file.db");
        let options = durable(&file).create_if_missing(true);
        let options = options.pragma("wal_autocheckpoint", LOG_MAX);
        let mut writer = options.connect().await.unwrap();
        let back = WrittenBack::of(options);
        let made =
            "create table word (text text); insert into word values ('motcua, written back')";
        sqlx::raw_sql(made).execute(&mut writer).await.unwrap();
        let is_there = || {
            let bytes = std::fs::read(&file).unwrap();
            bytes
                .windows(20)
                .any(|piece| piece == b"motcua, written back")
        };
        assert!(!is_there());
        for _ in 0..100 {
            if is_there() {
                break;
            }
            sleep(Duration::from_millis(50)).await;
        }
        assert!(is_there());
        drop(back);
        let more = query("insert into word values ('more')");
        more.execute(&mut writer).await.unwrap();
    }
}
