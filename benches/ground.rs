//! What more than one bench stands on.

use sqlx::Connection as _;
use uuid::Uuid;

#[expect(
    clippy::disallowed_methods,
    reason = "a bench is a client: it chooses command ids"
)]
pub fn id() -> Uuid {
    Uuid::now_v7()
}

/// Makes a database on the server of this address, and gives its own.
pub async fn fresh_database(server: &str) -> String {
    let name = format!("bench_{}", id().simple());
    let mut connection = sqlx::PgConnection::connect(server)
        .await
        .expect("the server answers");
    let create = sqlx::AssertSqlSafe(format!("create database {name}"));
    sqlx::raw_sql(create)
        .execute(&mut connection)
        .await
        .expect("a database");
    let (start, _) = server.rsplit_once('/').expect("a database in the address");
    format!("{start}/{name}")
}
