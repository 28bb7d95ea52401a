//! Copying a log from somebody whom nobody has to trust.

use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use futures_util::TryStreamExt;
use motcua::api::log::Readers;
use motcua::domain::actor::Role as ActorRole;
use motcua::integrity::mirror::{Mirror, MirrorError, Pin, Pulled, Wanted};
use motcua::integrity::{Integrity, Place, Role, Seals};
use motcua::journal::{Entry, Journal, Location};
use motcua::projections::verify;
use motcua::tlog::{KeyKind, SignedCheckpoint, SigningKey, cosignature};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use super::published::Log;
use crate::kit::motcua;

/// An office's log of a bit more than two full tiles, and an empty folder for its copy.
struct Ground {
    log: Log,
    data: PathBuf,
    folder: tempfile::TempDir,
}

async fn given() -> Ground {
    let folder = tempfile::tempdir().expect("a folder");
    let mut log = Log::open(&folder.path().join("office")).await;
    let size = log.grow(180).await;
    assert!(size > 512 && !size.is_multiple_of(256), "{size}");
    Ground {
        log,
        data: folder.path().join("copy"),
        folder,
    }
}

impl Ground {
    fn wanted(&self) -> Wanted {
        Wanted {
            data: self.data.clone(),
            address: Some(self.log.url.clone()),
            key: Some(self.log.key()),
            ..Wanted::default()
        }
    }

    async fn pull(&self) -> Result<Pulled, MirrorError> {
        pull(self.wanted()).await
    }

    fn evidence(&self) -> Vec<serde_json::Value> {
        let files = std::fs::read_dir(self.data.join("evidence"));
        let read = |file: std::io::Result<std::fs::DirEntry>| {
            let text = std::fs::read(file.expect("a file").path()).expect("a text");
            serde_json::from_slice(&text).expect("JSON")
        };
        files.into_iter().flatten().map(read).collect()
    }

    async fn held(&self) -> u64 {
        entries(&self.data).await.len() as u64
    }
}

async fn pull(wanted: Wanted) -> Result<Pulled, MirrorError> {
    let (mut mirror, _) = Mirror::open(wanted).await?;
    mirror.pull(|_, _| {}).await
}

async fn entries(data: &Path) -> Vec<Entry> {
    let location = Location::Sqlite(data.join("journal.db"));
    let journal = Journal::open_read_only(&location).await.expect("a copy");
    journal.stream_all(0).try_collect().await.expect("read")
}

#[track_caller]
fn refused(outcome: Result<Pulled, MirrorError>, code: &str, exit: u8) -> MirrorError {
    let error = outcome.expect_err("it is refused");
    assert_eq!((error.code(), error.exit_code()), (code, exit), "{error}");
    error
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_copied_into_an_empty_folder_and_then_only_what_is_new() {
    let mut ground = given().await;
    let pulled = ground.pull().await.expect("a copy");
    assert_eq!((pulled.from, pulled.size()), (0, ground.log.size()));
    assert!(!pulled.standing.witnessed);
    ground.log.shown.asked();

    let (before, size) = (pulled.size(), ground.log.grow(90).await);
    let pulled = ground.pull().await.expect("the rest");
    assert_eq!((pulled.from, pulled.size()), (before, size));
    let asked = ground.log.shown.asked();
    assert!(!asked.contains(&"tile/entries/000".to_owned()), "{asked:?}");
    let theirs: Vec<Entry> = ground
        .log
        .journal()
        .stream_all(0)
        .try_collect()
        .await
        .expect("read");
    assert_eq!(entries(&ground.data).await, theirs);

    let pulled = ground.pull().await.expect("nothing new");
    assert_eq!((pulled.from, pulled.size()), (size, size));
    assert_eq!(ground.log.shown.asked(), ["checkpoint"]);
    let location = Location::Sqlite(ground.data.join("journal.db"));
    let copy = Journal::open_read_only(&location).await.expect("a copy");
    let report = verify::journal(&copy, |_| {}).await.expect("checked");
    assert!(report.holds(), "{:?}", report.findings);

    let said = motcua(&ground.data, &["verify"]).succeeded().out;
    assert!(said.contains("this mirror was told"), "{said}");
    assert!(said.contains("the log's signature on each"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_opened_as_a_node_that_reads_and_shows_the_same_checkpoint() {
    let ground = given().await;
    ground.pull().await.expect("a copy");
    let location = Location::Sqlite(ground.data.join("journal.db"));
    let journal = Journal::open_read_only(&location).await.expect("a copy");
    let place = Place {
        data: ground.data.clone(),
        keys: ground.folder.path().join("own keys"),
        journal: location,
        policy: None,
    };
    let opened = Integrity::open(&place, journal, Role::Reader).await;
    let (integrity, _) = opened.expect("it opens");
    assert_eq!(integrity.halted(), None);
    let published = integrity.published().expect("a checkpoint");
    assert_eq!(published.note, ground.log.note());
    assert_eq!(integrity.vkey(), Some(ground.log.key()));
    let receipt = integrity.receipt(7).await.expect("an answer");
    let policy = integrity.policy().expect("a policy");
    assert!(receipt.expect("a receipt").verify_carried(&policy).is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_shown_first_is_believed_from_then_on_and_no_other() {
    let ground = given().await;
    let unsure = Wanted {
        key: None,
        ..ground.wanted()
    };
    let (mut mirror, pin) = Mirror::open(unsure.clone()).await.expect("open");
    assert_eq!((pin, mirror.key()), (Pin::FirstUse, &ground.log.key()));
    mirror.pull(|_, _| {}).await.expect("a copy");
    drop(mirror);
    let again = Wanted {
        address: None,
        ..unsure
    };
    let (mirror, pin) = Mirror::open(again).await.expect("open");
    assert_eq!((pin, mirror.key()), (Pin::Kept, &ground.log.key()));
    drop(mirror);
    let name = ground.log.key().name.clone();
    let other = SigningKey::from_seed(&name, &[1; 32], KeyKind::Log).expect("a key");
    let mistaken = Wanted {
        key: Some(other.verifier().clone()),
        ..ground.wanted()
    };
    refused(pull(mistaken.clone()).await, "MIRROR_OTHER_KEY", 1);
    let elsewhere = ground.folder.path().join("elsewhere");
    let mistaken = Wanted {
        data: elsewhere.clone(),
        ..mistaken
    };
    let error = pull(mistaken).await.expect_err("another key");
    assert_eq!(error.exit_code(), 1, "{error}");
    assert!(entries(&elsewhere).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_flipped_bit_on_the_way_is_refused_and_nothing_of_its_run_is_kept() {
    let ground = given().await;
    let shown = &ground.log.shown;
    let size = ground.log.size();
    let rest = size - 512;
    let lies = [
        ("tile/entries/000".to_owned(), 0),
        ("tile/entries/001".to_owned(), 256),
        (format!("tile/entries/002.p/{rest}"), 512),
        (format!("tile/0/002.p/{rest}"), 0),
        ("tile/1/000.p/2".to_owned(), 0),
    ];
    for (path, kept) in lies {
        let mut bytes = ground.log.truth(&path).await;
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        shown.lie(&path, bytes);
        refused(ground.pull().await, "MIRROR_NOT_IN_TREE", 1);
        let held = ground.held().await;
        assert!(held <= kept, "{path}: {held} entries are kept");
        assert_eq!(
            Seals::open_read_only(&Location::Sqlite(ground.data.join("seals.db")))
                .await
                .expect("seals")
                .latest()
                .await
                .expect("an answer"),
            None
        );
        shown.repent();
        std::fs::remove_dir_all(&ground.data).expect("begin again");
    }
    shown.lie("tile/entries/001", b"\0\x05short".to_vec());
    refused(ground.pull().await, "MIRROR_MALFORMED", 1);
    shown.lie("tile/entries/001", vec![0; 256 * 65_537 + 1]);
    refused(ground.pull().await, "MIRROR_MALFORMED", 1);
    shown.repent();
    let mut note = ground.log.note();
    note = note.replace(&format!("\n{size}\n"), &format!("\n{}\n", size + 1));
    shown.lie("checkpoint", note);
    let error = ground.pull().await.expect_err("not what was signed");
    assert_eq!(error.exit_code(), 1, "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_was_cut_off_goes_on_where_it_stopped() {
    let ground = given().await;
    let last = format!("tile/entries/002.p/{}", ground.log.size() - 512);
    ground.log.shown.fail(&last, StatusCode::NOT_FOUND);
    refused(ground.pull().await, "MIRROR_REFUSED", 3);
    ground.log.shown.repent();
    let pulled = ground.pull().await.expect("the rest");
    assert_eq!(pulled.size(), ground.held().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_shows_less_than_before_is_set_back() {
    let mut ground = given().await;
    let old = ground.log.note();
    ground.log.grow(10).await;
    ground.pull().await.expect("a copy");
    let (held, new) = (ground.held().await, ground.log.note());
    ground.log.shown.lie("checkpoint", old.clone());
    refused(ground.pull().await, "LOG_ROLLED_BACK", 2);
    let evidence = &ground.evidence()[0];
    assert_eq!(evidence["before"], new);
    assert_eq!(evidence["now"], old);
    assert_eq!(ground.held().await, held);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fork_signed_with_the_real_key_is_caught_by_what_was_copied_before() {
    let mut ground = given().await;
    let other = ground.folder.path().join("other");
    let mut twin = ground.log.twin(&other).await;
    let fork = twin.grow(10).await;
    ground.log.grow(10).await;
    ground.pull().await.expect("a copy");
    let (held, mine) = (ground.held().await, ground.log.note());
    assert_eq!(fork, held, "both histories are of one size");
    let from_twin = Wanted {
        address: Some(twin.url.clone()),
        ..ground.wanted()
    };
    refused(pull(from_twin.clone()).await, "LOG_FORKED", 2);
    assert_eq!(ground.evidence()[0]["before"], mine);

    twin.grow(10).await;
    refused(pull(from_twin).await, "LOG_FORKED", 2);
    let longer = ground.evidence();
    let evidence = longer.iter().find(|one| one["now"] == twin.note());
    let evidence = evidence.expect("the longer one");
    assert_eq!(evidence["prefix"]["size"], held);
    assert_ne!(evidence["prefix"]["root"], root(&mine));
    assert_eq!(ground.held().await, held);
    ground
        .pull()
        .await
        .expect("the one seen first is followed on");
}

fn root(note: &str) -> &str {
    note.lines().nth(2).expect("a root")
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_for_auditors_need_their_token() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = Log::open_for(&folder.path().join("office"), Readers::Auditors).await;
    let wanted = |token: Option<String>| Wanted {
        data: folder.path().join("copy"),
        address: Some(log.url.clone()),
        key: Some(log.key()),
        token,
        ..Wanted::default()
    };
    let error = refused(pull(wanted(None)).await, "MIRROR_REFUSED", 3);
    assert!(error.to_string().contains("--token"), "{error}");
    for token in ["guess".to_owned(), log.token(ActorRole::Applicant)] {
        refused(pull(wanted(Some(token))).await, "MIRROR_REFUSED", 3);
    }
    let token = log.token(ActorRole::Auditor);
    pull(wanted(Some(token))).await.expect("a copy");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_does_not_answer_cannot_be_checked() {
    let ground = given().await;
    let nowhere = Wanted {
        address: Some("http://127.0.0.1:9".into()),
        ..ground.wanted()
    };
    refused(pull(nowhere).await, "MIRROR_UNREACHABLE", 3);
    let status = StatusCode::SERVICE_UNAVAILABLE;
    ground.log.shown.fail("checkpoint", status);
    refused(ground.pull().await, "MIRROR_REFUSED", 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_asks_for_witnesses_and_is_kept() {
    let ground = given().await;
    let witness = SigningKey::from_seed("witness.example", &[9; 32], KeyKind::Witness);
    let witness = witness.expect("a key");
    let policy = format!(
        "log {}\nwitness w {}\nquorum w\n",
        ground.log.key(),
        witness.verifier()
    );
    let file = ground.folder.path().join("policy");
    std::fs::write(&file, policy).expect("written");
    let wanted = Wanted {
        key: None,
        policy: Some(file),
        ..ground.wanted()
    };
    refused(pull(wanted.clone()).await, "MIRROR_NOT_WITNESSED", 1);
    assert_eq!(ground.held().await, 0);

    let note = ground.log.note();
    let mut signed = SignedCheckpoint::open(&note, &ground.log.key()).expect("signed");
    let line = cosignature::cosign(&signed.note().text, &witness, 1_700_000_000);
    signed.add(line.expect("a line"));
    ground.log.shown.lie("checkpoint", signed.to_string());
    let pulled = pull(wanted).await.expect("witnessed");
    assert!(pulled.standing.witnessed);
    ground.log.shown.repent();
    refused(ground.pull().await, "MIRROR_NOT_WITNESSED", 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_somebody_changed_here_is_found_before_anything_is_added() {
    let mut ground = given().await;
    ground.pull().await.expect("a copy");
    let held = ground.held().await;
    let options = SqliteConnectOptions::new().filename(ground.data.join("journal.db"));
    let mut connection = SqliteConnection::connect_with(&options)
        .await
        .expect("open");
    let sql = format!(
        "drop trigger entry_is_never_updated;
         update entry set body = cast(replace(cast(body as text), 'H38', 'H39') as blob) where position = {};",
        held - 1
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
        .execute(&mut connection)
        .await
        .expect("it is changed");
    connection.close().await.expect("closed");
    ground.log.grow(5).await;
    refused(ground.pull().await, "MIRROR_LOCAL_DIFFERS", 1);
    assert_eq!(ground.held().await, held);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offices_own_folder_is_never_made_a_mirror() {
    let ground = given().await;
    let mistaken = Wanted {
        data: ground.log.folder.clone(),
        ..ground.wanted()
    };
    refused(pull(mistaken).await, "MIRROR_FOLDER", 3);
}
