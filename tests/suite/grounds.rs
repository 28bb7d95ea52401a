//! Fresh, empty places for a journal: always a file, and a PostgreSQL database of its own when there is a server.

use motcua::journal::{Journal, Location};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// Address of a PostgreSQL server (any database of it) whose user may create databases.
const SERVER: &str = "MOTCUA_TEST_POSTGRES";

/// One place, taken away again when it is dropped.
pub struct Ground {
    pub location: Location,
    _folder: Option<tempfile::TempDir>,
    database: Option<(String, String)>,
}

impl Ground {
    pub async fn journal(&self) -> Journal {
        Journal::create_or_open(&self.location)
            .await
            .expect("a journal opens")
    }

    fn file() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let location = Location::Sqlite(folder.path().join("data/journal.db"));
        Self {
            location,
            _folder: Some(folder),
            database: None,
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "runs at the same time on one server must not share a name"
    )]
    fn name() -> String {
        format!("motcua_test_{}", uuid::Uuid::new_v4().simple())
    }

    async fn database(server: &str) -> Self {
        let name = Self::name();
        execute(server, format!("create database {name}")).await;
        let (start, end) = server
            .rsplit_once('/')
            .expect("a database in the server's address");
        let options = end
            .split_once('?')
            .map_or(String::new(), |(_, options)| format!("?{options}"));
        let location = Location::Postgres(format!("{start}/{name}{options}"));
        Self {
            location,
            _folder: None,
            database: Some((server.to_owned(), name)),
        }
    }
}

impl Drop for Ground {
    /// Also after a failed test, hence a runtime of its own.
    fn drop(&mut self) {
        let Some((server, name)) = self.database.take() else {
            return;
        };
        let clear = move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(execute(
                &server,
                format!("drop database if exists {name} with (force)"),
            ));
        };
        std::thread::spawn(clear).join().ok();
    }
}

async fn execute(server: &str, sql: String) {
    let mut connection = PgConnection::connect(server)
        .await
        .expect("the test server answers");
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&mut connection)
        .await
        .expect("the statement runs");
}

/// A place on each back end that can be tried here.
pub async fn grounds() -> Vec<Ground> {
    let mut grounds = vec![Ground::file()];
    grounds.extend(postgres().await);
    grounds
}

/// A place on PostgreSQL, or a word that it is skipped.
pub async fn postgres() -> Option<Ground> {
    let Ok(server) = std::env::var(SERVER) else {
        eprintln!("skipped on PostgreSQL: {SERVER} is not set");
        return None;
    };
    Some(Ground::database(&server).await)
}
