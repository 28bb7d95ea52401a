//! `motcua doctor` beside what operators get wrong: each is named, with what to do.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use motcua::journal::Location;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection, raw_sql};

use crate::grounds::postgres;
use crate::integrity::copy_folder;
use crate::office::id;

/// A live journal, its keys and a backup, in a folder of their own.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn opened() -> Self {
        let place = Self {
            folder: tempfile::tempdir().expect("a folder"),
        };
        let office = ["--office", "H38.40.01", "--name", "Bộ phận Một cửa"];
        place.did(&[&["init"], &office[..]].concat());
        let backup = place.path("backup");
        place.did(&["backup", "--to", backup.to_str().expect("a path")]);
        place
    }

    fn copy(&self) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["data", "keys", "backup"] {
            copy_folder(&self.path(name), &folder.path().join(name));
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, words: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_motcua"))
            .args(words)
            .env("MOTCUA_DATA", self.path("data"))
            .env("MOTCUA_KEYS", self.path("keys"))
            .env_remove("MOTCUA_JOURNAL")
            .output()
            .expect("the program runs")
    }

    fn did(&self, words: &[&str]) {
        let done = self.run(words);
        assert!(done.status.success(), "{words:?}: {done:?}");
    }

    async fn sql(&self, file: &str, sql: &str) {
        let address = format!("sqlite://{}", self.path("data").join(file).display());
        let mut open = SqliteConnection::connect(&address)
            .await
            .expect("a database");
        let sql = raw_sql(AssertSqlSafe(sql.to_owned()));
        sql.execute(&mut open).await.expect("done");
        open.close().await.expect("closed");
    }

    /// The doctor names it, and says what to do.
    #[track_caller]
    fn is_told(&self, more: &[&str], what: &str, cure: &str) {
        let said = self.run(&[&["doctor"], more].concat());
        let text = String::from_utf8_lossy(&said.stdout);
        assert!(!said.status.success(), "{what}: {text}");
        let mut lines = text
            .lines()
            .skip_while(|line| !(line.starts_with("BAD") && line.contains(what)));
        let (_, told) = (lines.next(), lines.next().unwrap_or_default());
        assert!(
            told.contains("do: ") && told.contains(cure),
            "{what} / {cure}: {text}"
        );
    }
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("set");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_the_usual_mistakes_is_named_with_its_cure() {
    let sound = Place::opened();
    let backup = sound.path("backup");
    let well = sound.run(&["doctor", "--backup", backup.to_str().expect("a path")]);
    assert!(well.status.success(), "{well:?}");

    let place = sound.copy();
    mode(&place.path("keys/master.key"), 0o644);
    place.is_told(&[], "can be read by others", "chmod 600");

    let place = sound.copy();
    copy_folder(&place.path("keys"), &place.path("data/keys"));
    let inside = place.path("data/keys");
    let inside = inside.to_str().expect("a path");
    place.is_told(
        &["--keys", inside],
        "keys lie inside the data folder",
        "--keys",
    );

    let place = sound.copy();
    fs::write(place.path("keys/master.key"), [1; 16]).expect("written");
    place.is_told(
        &[],
        "is no key: it has 16 bytes",
        "restore the key from its backup",
    );

    let place = sound.copy();
    fs::write(place.path("keys/master.key"), [1; 32]).expect("written");
    place.is_told(&[], "vault: ", "use the keys this vault was filled under");

    let place = sound.copy();
    fs::remove_file(place.path("keys/wrapping-1.key")).expect("removed");
    place.is_told(&[], "wrapping key w1 is missing", "backup of the keys");

    let place = sound.copy();
    fs::remove_file(place.path("data/vault.db")).expect("removed");
    place.is_told(&[], "the vault is missing", "restore it from its backup");

    let place = sound.copy();
    mode(&place.path("data/vault.db"), 0o644);
    place.is_told(&[], "vault.db can be read by others", "chmod 600");

    let place = sound.copy();
    place
        .sql("journal.db", "drop trigger entry_is_never_updated")
        .await;
    place.is_told(&[], "2 of 3 triggers", "find out who took them away");

    let place = sound.copy();
    let forged = "drop trigger entry_is_never_updated;
         update entry set body = cast(replace(cast(body as text), 'H38.40.01', 'H38.40.02') as blob) where position = (select max(position) from entry)";
    place.sql("journal.db", forged).await;
    place.is_told(&[], "at position", "call an auditor");

    let place = sound.copy();
    fs::write(place.path("data/files/journal"), format!("{}\n", id())).expect("written");
    place.is_told(&[], "another journal", "--files");

    let place = sound.copy();
    let note = place.path("backup/backup.json");
    let old = fs::read_to_string(&note).expect("a note");
    let year = old.find("\"madeAt\": \"").expect("a time") + 11;
    let aged = format!("{}2020{}", &old[..year], &old[year + 4..]);
    fs::write(&note, aged).expect("written");
    let backup = place.path("backup");
    let backup = backup.to_str().expect("a path");
    place.is_told(&["--backup", backup], "hours old", "motcua backup --to");

    let place = sound.copy();
    fs::remove_file(place.path("data/journal.db")).expect("removed");
    place.is_told(&[], "journal: ", "motcua init");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_may_lose_facts_or_lets_nodes_do_too_much_is_named() {
    let Some(ground) = postgres().await else {
        return;
    };
    let Location::Postgres(address) = &ground.location else {
        unreachable!("a PostgreSQL ground");
    };
    let place = Place {
        folder: tempfile::tempdir().expect("a folder"),
    };
    let there = ["--journal", address.as_str()];
    let office = ["init", "--office", "H38.40.01", "--name", "Bộ phận Một cửa"];
    place.did(&[&office[..], &there].concat());
    place.is_told(&there, "superuser", "motcua migrate --serving");
    place.is_told(&there, "signer: none is running", "--signer");
    let name = address.rsplit_once('/').expect("a database").1;
    let name = name.split('?').next().expect("a name");
    let mut connection = PgConnection::connect(address).await.expect("a connection");
    let sql = format!("alter database {name} set synchronous_commit = off");
    let sql = raw_sql(AssertSqlSafe(sql));
    sql.execute(&mut connection).await.expect("set");
    place.is_told(
        &there,
        "synchronous_commit is off",
        "alter system set synchronous_commit = on",
    );
}
