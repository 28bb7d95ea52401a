//! Fresh, empty places for a vault: always a file, and a PostgreSQL database of its own when there is a server.

use std::path::PathBuf;

use sqlx::{
    AssertSqlSafe, Connection, PgConnection, SqliteConnection, query_scalar, raw_sql,
    sqlite::SqliteConnectOptions,
};
use uuid::Uuid;

use crate::vault::{Keys, Location, Vault};

/// Address of a PostgreSQL server (any database of it) whose user may create databases.
const SERVER: &str = "MOTCUA_TEST_POSTGRES";

/// One place, taken away again when it is dropped.
pub struct Ground {
    pub location: Location,
    folder: Option<tempfile::TempDir>,
    database: Option<(String, String)>,
}

/// A place on each back end that can be tried here.
pub async fn grounds() -> Vec<Ground> {
    let mut grounds = vec![Ground::file()];
    match std::env::var(SERVER) {
        Ok(server) => grounds.push(Ground::database(&server).await),
        Err(_) => eprintln!("skipped on PostgreSQL: {SERVER} is not set"),
    }
    grounds
}

pub fn keys() -> Keys {
    Keys::given([7; 32], [(1, [8; 32]), (2, [9; 32])])
}

impl Ground {
    pub fn file() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self {
            location: Location::Sqlite(folder.path().join("data/vault.db")),
            folder: Some(folder),
            database: None,
        }
    }

    async fn database(server: &str) -> Self {
        let id = uuid::Builder::from_random_bytes(crate::vault::random().expect("random bytes"));
        let name = format!("motcua_vault_{}", id.into_uuid().simple());
        execute(server, format!("create database {name}")).await;
        let (start, _) = server.rsplit_once('/').expect("a database in the address");
        Self {
            location: Location::Postgres(format!("{start}/{name}")),
            folder: None,
            database: Some((server.to_owned(), name)),
        }
    }

    pub async fn vault(&self) -> Vault {
        Vault::create_or_open(&self.location, &keys())
            .await
            .expect("a vault opens")
    }

    /// Every file of an embedded vault.
    pub fn files(&self) -> Vec<PathBuf> {
        let folder = self.folder.as_ref().expect("an embedded vault");
        std::fs::read_dir(folder.path().join("data"))
            .expect("a folder")
            .map(|file| file.expect("a file").path())
            .collect()
    }

    /// Somebody with all rights on the database at work behind the program's back; references are not checked.
    pub async fn tamper(&self, sql: &str) {
        match &self.location {
            Location::Sqlite(file) => {
                let mut connection = self.sqlite(file).await;
                raw_sql(AssertSqlSafe(sql.to_owned()))
                    .execute(&mut connection)
                    .await
                    .expect("the statement runs");
                connection.close().await.expect("closed");
            }
            Location::Postgres(url) => {
                let before = "set search_path to vault; set session_replication_role to replica;";
                execute(url, format!("{before} {sql}")).await;
            }
        }
    }

    pub async fn count(&self, sql: &str) -> i64 {
        match &self.location {
            Location::Sqlite(file) => {
                let mut connection = self.sqlite(file).await;
                let found = query_scalar(AssertSqlSafe(sql.to_owned()));
                found.fetch_one(&mut connection).await.expect("a number")
            }
            Location::Postgres(url) => {
                let mut connection = PgConnection::connect(url).await.expect("a connection");
                raw_sql("set search_path to vault")
                    .execute(&mut connection)
                    .await
                    .expect("the statement runs");
                let found = query_scalar(AssertSqlSafe(sql.to_owned()));
                found.fetch_one(&mut connection).await.expect("a number")
            }
        }
    }

    /// A commitment or id as a literal of the back end's SQL.
    pub fn bytes(&self, bytes: &[u8]) -> String {
        let hex = bytes
            .iter()
            .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        match self.location {
            Location::Sqlite(_) => format!("x'{hex}'"),
            Location::Postgres(_) => format!("decode('{hex}', 'hex')"),
        }
    }

    pub fn id(&self, id: Uuid) -> String {
        match self.location {
            Location::Sqlite(_) => format!("x'{}'", id.simple()),
            Location::Postgres(_) => format!("'{id}'::uuid"),
        }
    }

    async fn sqlite(&self, file: &PathBuf) -> SqliteConnection {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .foreign_keys(false);
        SqliteConnection::connect_with(&options)
            .await
            .expect("a connection")
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
            let sql = format!("drop database if exists {name} with (force)");
            runtime.block_on(execute(&server, sql));
        };
        std::thread::spawn(clear).join().ok();
    }
}

async fn execute(server: &str, sql: String) {
    let mut connection = PgConnection::connect(server)
        .await
        .expect("the test server answers");
    raw_sql(AssertSqlSafe(sql))
        .execute(&mut connection)
        .await
        .expect("the statement runs");
}
