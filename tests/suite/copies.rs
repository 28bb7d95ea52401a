//! Backup, restore and move: what is carried is the same at the other place, on either back end, and nothing else is touched.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use motcua::copies::{self, Backup, CarryError, Whole};
use motcua::domain::time::Moment;
use motcua::journal::{Journal, Location};
use motcua::vault::Vault;
use sqlx::{AssertSqlSafe, ConnectOptions as _, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use crate::acts::check_everything;
use crate::commands::ground::premises;
use crate::grounds::{Ground, grounds};
use crate::kit::motcua;
use crate::office::{Node, acceptance, id, keys_folder, node, vault_location};

fn whole(journal: &Location, beside: &Path) -> Whole {
    let place = |name| match journal {
        Location::Sqlite(file) => Location::Sqlite(file.with_file_name(name)),
        Location::Postgres(url) => Location::Postgres(url.clone()),
    };
    Whole {
        journal: journal.clone(),
        seals: place("seals.db"),
        work: place("work.db"),
        vault: place("vault.db"),
        files: beside.join("files"),
    }
}

fn in_folder(folder: &Path) -> Whole {
    whole(&Location::Sqlite(folder.join("journal.db")), folder)
}

async fn carry(from: &Whole, to: &Whole) -> Result<copies::Carried, CarryError> {
    copies::carry(from, to, |_, _| {}).await
}

async fn accept(node: &Node, name: &str) -> (motcua::acts::Request, u64) {
    let (_, request) = acceptance(id(), name);
    let receipt = node
        .counter
        .submit(request.clone())
        .await
        .expect("accepted");
    (request, receipt.position)
}

async fn on_sqlite(file: &Path, sql: &str) {
    let open = SqliteConnectOptions::new().filename(file).connect().await;
    let mut open = open.expect("a database");
    let sql = AssertSqlSafe(sql.to_owned());
    sqlx::raw_sql(sql).execute(&mut open).await.expect("done");
    sqlx::Connection::close(open).await.expect("closed");
}

struct Place {
    _keys: TempDir,
    keys: std::path::PathBuf,
    folder: TempDir,
    ground: Ground,
    node: Node,
}

impl Place {
    async fn on(ground: Ground) -> Self {
        let (held, keys) = keys_folder();
        let node = node(&ground.location, &keys).await;
        Self {
            _keys: held,
            keys,
            folder: tempfile::tempdir().expect("a folder"),
            ground,
            node,
        }
    }

    fn whole(&self) -> Whole {
        whole(&self.ground.location, self.folder.path())
    }

    /// A node on what was carried, with the same keys.
    async fn opened(&self, there: &Location) -> Node {
        let journal = Journal::create_or_open(there).await.expect("a journal");
        let keys = motcua::vault::Keys::load_or_create(&self.keys).expect("keys");
        let vault = Vault::create_or_open(&vault_location(there), &keys).await;
        let vault = vault.expect("a vault");
        let counter = motcua::acts::Counter::open(journal.clone(), vault.clone(), &keys).await;
        Node {
            counter: counter.expect("a counter"),
            journal,
            vault,
            keys,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_carried_to_a_backup_and_from_it_to_either_back_end_is_the_same_and_goes_on() {
    for ground in grounds().await {
        let place = Place::on(ground).await;
        let (first, position) = accept(&place.node, "Công dân 000001").await;
        let backup = tempfile::tempdir().expect("a folder");
        let carried = carry(&place.whole(), &in_folder(backup.path())).await;
        let carried = carried.expect("carried");
        assert_eq!((carried.from, carried.behind), (0, 0));

        // Made again, it carries what is new.
        let (second, later) = accept(&place.node, "Công dân 000002").await;
        let again = carry(&place.whole(), &in_folder(backup.path())).await;
        let again = again.expect("carried");
        assert_eq!(again.from, carried.to);
        assert!(again.to > again.from);
        Backup::of(&again, Moment(0))
            .write(backup.path())
            .expect("noted");

        for there in grounds().await {
            let folder = tempfile::tempdir().expect("a folder");
            let from = in_folder(backup.path());
            let checked = copies::check(backup.path(), &from).await.expect("good");
            assert_eq!(checked.size, again.to);
            let restored = carry(&from, &whole(&there.location, folder.path())).await;
            let restored = restored.expect("restored");
            let filled = |carried: &copies::Carried| -> BTreeMap<String, copies::Sum> {
                let tables = carried.tables.clone().into_iter();
                tables.filter(|(_, sum)| sum.rows > 0).collect()
            };
            assert_eq!(filled(&restored), filled(&again), "every row is the same");
            let moved = place.opened(&there.location).await;
            let entries = check_everything(&moved).await;
            assert_eq!(entries, check_everything(&place.node).await);
            for (request, position) in [(&first, position), (&second, later)] {
                let told = moved.counter.submit(request.clone()).await.expect("told");
                assert_eq!((told.repeated, told.position), (true, position));
            }
            accept(&moved, "Công dân 000003").await;
            check_everything(&moved).await;
            // And what has gone on is not written over.
            let refused = carry(&from, &whole(&there.location, folder.path())).await;
            assert_eq!(refused.expect_err("refused").code(), "COPY_AHEAD");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_journal_or_another_way_that_it_went_is_never_written_over() {
    let mut found = grounds().await;
    let (ours, folder) = (found.remove(0), tempfile::tempdir().expect("a folder"));
    let ours = Place::on(ours).await;
    let theirs = Place::on(grounds().await.remove(0)).await;
    let refused = carry(&ours.whole(), &theirs.whole()).await;
    assert_eq!(refused.expect_err("refused").code(), "COPY_ANOTHER_JOURNAL");
    check_everything(&theirs.node).await;

    let copy = in_folder(folder.path());
    carry(&ours.whole(), &copy).await.expect("carried");
    let parted = ours.opened(&copy.journal).await;
    accept(&parted, "Công dân 000001").await;
    accept(&ours.node, "Công dân 000002").await;
    accept(&ours.node, "Công dân 000003").await;
    let before = check_everything(&parted).await;
    let refused = carry(&ours.whole(), &copy).await;
    assert_eq!(refused.expect_err("refused").code(), "COPY_PARTED");
    assert_eq!(check_everything(&parted).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_backup_is_named_and_nothing_is_restored_from_it() {
    let place = Place::on(grounds().await.remove(0)).await;
    accept(&place.node, "Công dân 000001").await;
    let backup = tempfile::tempdir().expect("a folder");
    let whole = in_folder(backup.path());
    let none = copies::check(backup.path(), &whole).await;
    assert_eq!(none.expect_err("none").code(), "BACKUP_MISSING");
    let carried = carry(&place.whole(), &whole).await.expect("carried");
    Backup::of(&carried, Moment(0))
        .write(backup.path())
        .expect("noted");
    let rot = "update part set sealed = zeroblob(length(sealed)) where rowid = 1";
    on_sqlite(&backup.path().join("vault.db"), rot).await;

    let empty = tempfile::tempdir().expect("a folder");
    let data = empty.path().join("data");
    let from = backup.path().to_str().expect("a path");
    let said = motcua(&data, &["restore", "--from", from]).failed_with(1);
    assert!(
        said.error.contains("vault.part is not what it was"),
        "{said:?}"
    );
    assert!(!data.exists(), "nothing was restored");
    let said = motcua(backup.path(), &["serve", "--listen", "127.0.0.1:0"]).failed_with(1);
    assert!(said.error.contains("is a backup"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_follow_and_go_with_the_data_they_belong_to() {
    let premises = premises().await;
    let journal = motcua::acts::opened(&premises.journal)
        .await
        .expect("opened")
        .id;
    let here = motcua::vault::Folder::open(premises.folder.path().join("files"), journal).await;
    let here = here.expect("a folder");
    let (kept, destroyed) = (id(), id());
    for file in [kept, destroyed] {
        here.put(file, file.as_bytes().to_vec()).await.expect("put");
    }
    let backup = tempfile::tempdir().expect("a folder");
    let (from, to) = (in_folder(premises.folder.path()), in_folder(backup.path()));
    let carried = carry(&from, &to).await.expect("carried");
    assert_eq!((carried.files, carried.files_gone), (2, 0));
    here.delete(vec![destroyed]).await.expect("deleted");
    let carried = carry(&from, &to).await.expect("carried");
    assert_eq!((carried.files, carried.files_gone), (0, 1));
    let there = motcua::vault::Folder::open(to.files.clone(), journal).await;
    let there = there.expect("a folder");
    let bytes = there.get(kept).await.expect("read");
    assert_eq!(bytes.as_deref(), Some(&kept.as_bytes()[..]));
    assert_eq!(there.get(destroyed).await.expect("read"), None);
}

#[test]
fn keys_go_without_a_signers_memory_and_destroyed_ones_are_taken_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let (from, to) = (folder.path().join("keys"), folder.path().join("away"));
    let log = from.join("a-log");
    fs::create_dir_all(&log).expect("a folder");
    for name in [
        "master.key",
        "wrapping-1.key",
        "wrapping-2.key",
        "signer.json",
    ] {
        fs::write(from.join(name), name).expect("written");
    }
    for name in ["log.key", "signer.json", "policy"] {
        fs::write(log.join(name), name).expect("written");
    }
    assert_eq!(copies::carry_keys(&from, &to).expect("carried").kept, 5);
    let there = |name: &str| to.join(name).exists();
    assert!(there("master.key") && there("a-log/log.key") && there("a-log/policy"));
    assert!(!there("signer.json") && !there("a-log/signer.json"));
    fs::remove_file(from.join("wrapping-1.key")).expect("removed");
    let carried = copies::carry_keys(&from, &to).expect("carried");
    assert_eq!((carried.kept, carried.destroyed), (4, 1));
    assert!(!there("wrapping-1.key") && there("wrapping-2.key"));
}
