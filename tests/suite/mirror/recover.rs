//! A journal restored from an old backup gets back what was signed since.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::TryStreamExt;
use motcua::integrity::mirror::{Mirror, MirrorError, Wanted};
use motcua::integrity::recover::{Recovered, Spare, recover};
use motcua::integrity::{Integrity, Log as ProofOfLog, Place, Role};
use motcua::journal::{Journal, Location};

use super::published::{Log, copy_folder};

/// An office, the bytes of its journal at the time of a backup, and a mirror that has followed since.
struct Ground {
    log: Log,
    backup: Vec<Bytes>,
    mirror: PathBuf,
    folder: tempfile::TempDir,
}

async fn given() -> Ground {
    let folder = tempfile::tempdir().expect("a folder");
    let mut log = Log::open(&folder.path().join("office")).await;
    log.grow(60).await;
    let backup = bodies(log.journal()).await;
    log.grow(100).await;
    let ground = Ground {
        mirror: folder.path().join("mirror"),
        log,
        backup,
        folder,
    };
    ground.follow().await;
    ground
}

async fn bodies(journal: &Journal) -> Vec<Bytes> {
    let entries = journal.stream_all(0).map_ok(|entry| entry.body);
    entries.try_collect().await.expect("the journal is read")
}

impl Ground {
    async fn follow(&self) {
        let wanted = Wanted {
            data: self.mirror.clone(),
            address: Some(self.log.url.clone()),
            key: Some(self.log.key()),
            ..Wanted::default()
        };
        let (mut mirror, _) = Mirror::open(wanted).await.expect("a mirror");
        mirror.pull(|_, _| {}).await.expect("it follows");
    }

    /// The backup in a folder of its own, with the signer's memory as it is now.
    async fn restored(&self, name: &str) -> (Place, Journal) {
        let data = self.folder.path().join(name);
        let journal = Location::Sqlite(data.join("journal.db"));
        let place = Place {
            keys: data.with_extension("keys"),
            data,
            journal,
            policy: None,
        };
        copy_folder(&self.log.folder.with_extension("keys"), &place.keys);
        let journal = Journal::create_or_open(&place.journal).await;
        let journal = journal.expect("a journal");
        let mut copier = journal.copier().await.expect("a copier");
        copier.append(0, &self.backup).await.expect("restored");
        (place, journal)
    }
}

async fn bring_back(
    place: &Place,
    journal: &Journal,
    from: &str,
) -> Result<Recovered, MirrorError> {
    let log = ProofOfLog::open(place, journal.clone())
        .await
        .expect("a log");
    let spare = Spare::open(from, None).await.expect("a mirror");
    recover(&log, &spare, from, |_, _| {}).await
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a text")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_signed_since_the_backup_comes_back_byte_by_byte() {
    let ground = given().await;
    let everything = bodies(ground.log.journal()).await;
    let (folder, url) = (text(&ground.mirror), ground.log.url.as_str());
    for (name, from) in [("from a folder", folder), ("from an address", url)] {
        let (place, journal) = ground.restored(name).await;
        let opened = Integrity::open(&place, journal.clone(), Role::Signer).await;
        let (integrity, _) = opened.expect("it opens");
        let halted = integrity.halted().expect("the journal was set back");
        assert_eq!(halted.code, "LOG_ROLLED_BACK");
        drop(integrity);

        let recovered = bring_back(&place, &journal, from).await.expect(name);
        assert_eq!(recovered.from, ground.backup.len() as u64);
        assert_eq!(recovered.to, everything.len() as u64);
        assert_eq!(bodies(&journal).await, everything);
        let again = bring_back(&place, &journal, from)
            .await
            .expect("nothing lacks");
        assert_eq!(again.from, again.to);

        let opened = Integrity::open(&place, journal, Role::Signer).await;
        let (integrity, mut sealer) = opened.expect("it opens");
        assert_eq!(integrity.halted(), None);
        sealer.step().await.expect("it seals on");
        let published = integrity.published().expect("a checkpoint");
        assert_eq!(published.note, ground.log.note());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_that_ends_too_early_brings_nothing_back() {
    let mut ground = given().await;
    ground.log.grow(5).await;
    let (place, journal) = ground.restored("restored").await;
    let refused = bring_back(&place, &journal, text(&ground.mirror)).await;
    let error = refused.expect_err("the newest entries are missing there");
    assert_eq!((error.code(), error.exit_code()), ("RECOVER_TOO_SHORT", 3));
    assert_eq!(bodies(&journal).await, ground.backup);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_went_its_own_way_gets_nothing_from_a_mirror() {
    let ground = given().await;
    let folder = ground.folder.path();
    let (place, journal) = ground.restored("restored").await;
    let elsewhere = Log::open(&folder.join("another office")).await;
    let entry = bodies(elsewhere.journal()).await.pop().expect("a fact");
    drop(journal);
    let sql = "drop trigger entry_is_never_updated";
    by_hand(&place, sql, &[]).await;
    let sql = "update entry set body = ?1, leaf_hash = ?2 where position = 20";
    let leaf = motcua::tlog::leaf_hash(&entry);
    by_hand(&place, sql, &[&entry, &leaf]).await;
    let journal = Journal::create_or_open(&place.journal).await;
    let journal = journal.expect("a journal");
    let before = bodies(&journal).await;
    let refused = bring_back(&place, &journal, text(&ground.mirror)).await;
    let error = refused.expect_err("the roots differ");
    assert_eq!(error.exit_code(), 1, "{error}");
    assert_eq!(bodies(&journal).await, before);
}

async fn by_hand(place: &Place, sql: &'static str, values: &[&[u8]]) {
    use sqlx::Connection;
    let Location::Sqlite(file) = &place.journal else {
        panic!("a file");
    };
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let opened = sqlx::SqliteConnection::connect_with(&options).await;
    let mut connection = opened.expect("open");
    let mut statement = sqlx::query(sql);
    for value in values {
        statement = statement.bind(value.to_vec());
    }
    statement.execute(&mut connection).await.expect("done");
    connection.close().await.expect("closed");
}
