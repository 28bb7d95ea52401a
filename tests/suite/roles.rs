//! Least privilege on PostgreSQL: the role that serves adds facts and changes none, the one that reads sees no personal data.

use std::process::Command;

use motcua::acts::Counter;
use motcua::journal::{Journal, Location};
use motcua::vault::{self, Keys, Vault};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::acts::check_everything;
use crate::grounds::postgres;
use crate::office::{Node, acceptance, id, keys_folder, node};

async fn run(address: &str, sql: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(address).await.expect("a connection");
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    done.execute(&mut connection).await.map(drop)
}

/// The same database as another role.
fn as_role(address: &str, role: &str) -> String {
    let (scheme, rest) = address.split_once("://").expect("an address");
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    format!("{scheme}://{role}:{role}@{place}")
}

#[track_caller]
fn is_denied(done: &Result<(), sqlx::Error>, sql: &str) {
    let code = match done {
        Err(sqlx::Error::Database(error)) => error.code().map(std::borrow::Cow::into_owned),
        other => panic!("{sql}: {other:?}"),
    };
    assert_eq!(
        code.as_deref(),
        Some("42501"),
        "{sql}: insufficient privilege"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_serves_adds_facts_and_changes_none_and_whoever_reads_sees_no_person() {
    let Some(ground) = postgres().await else {
        return;
    };
    let Location::Postgres(owner) = &ground.location else {
        unreachable!("a PostgreSQL ground");
    };
    let (serving, reading) = (
        format!("serve_{}", id().simple()),
        format!("read_{}", id().simple()),
    );
    for role in [&serving, &reading] {
        let make = format!("create role {role} login password '{role}'");
        run(owner, &make).await.expect("a role");
    }
    let said = Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args([
            "migrate",
            "--journal",
            owner,
            "--serving",
            &serving,
            "--reading",
            &reading,
        ])
        .output()
        .expect("the program runs");
    assert!(said.status.success(), "{said:?}");

    let (_folder, keys) = keys_folder();
    let address = as_role(owner, &serving);
    let office = node(&Location::Postgres(address.clone()), &keys).await;
    let (_, request) = acceptance(id(), "Công dân 000001");
    office.counter.submit(request).await.expect("accepted");
    check_everything(&office).await;
    motcua::integrity::Seals::create_or_open(&Location::Postgres(address.clone()))
        .await
        .expect("seals");
    motcua::reactions::work::Work::create_or_open(&Location::Postgres(address.clone()))
        .await
        .expect("work");
    let refused = [
        "update journal.entry set body = body",
        "delete from journal.entry",
        "truncate journal.entry",
        "alter table journal.entry disable trigger all",
        "update journal.command set mac = mac",
        "delete from journal.command",
        "insert into journal.stream select * from journal.stream",
        "select 1 from journal.lock for update",
        "delete from integrity.checkpoint",
        "update integrity.checkpoint set root = root",
        "create table journal.mine (id int)",
        "drop table vault.part",
    ];
    for sql in refused {
        is_denied(&run(&address, sql).await, sql);
    }

    let reader = as_role(owner, &reading);
    let read = Journal::open_read_only(&Location::Postgres(reader.clone())).await;
    let head = read.expect("a journal").head().await.expect("a head");
    assert_eq!(head, office.journal.head().await.expect("a head"));
    for sql in [
        "select * from vault.part",
        "insert into journal.stream select * from journal.stream",
    ] {
        is_denied(&run(&reader, sql).await, sql);
    }
    // A second node as the same role, and the office goes on.
    let journal = Journal::create_or_open(&Location::Postgres(address.clone())).await;
    let journal = journal.expect("a journal");
    let own = Keys::load_or_create(&keys).expect("keys");
    let vault = Vault::create_or_open(&vault::Location::Postgres(address), &own).await;
    let vault = vault.expect("a vault");
    let counter = Counter::open(journal.clone(), vault.clone(), &own).await;
    let second = Node {
        counter: counter.expect("a counter"),
        journal,
        vault,
        keys: own,
    };
    let (_, request) = acceptance(id(), "Công dân 000002");
    second.counter.submit(request).await.expect("accepted");
    check_everything(&second).await;
    drop((office, second));
    for role in [&serving, &reading] {
        let gone = format!("drop owned by {role}; drop role {role}");
        run(owner, &gone).await.expect("gone");
    }
}
