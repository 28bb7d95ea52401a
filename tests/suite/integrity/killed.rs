//! A signing process killed at any moment, and at every one of its syncs: never two roots for a size, never two notes.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use motcua::integrity::{Integrity, Place, Role, Sealer};
use motcua::journal::{Journal, Location};

use super::ground::{Archive, append, archives};
use super::sealing::{check_everything, copy_folder, then_free};
use crate::acts::{CHILD, CHILD_KEYS, address};
use crate::faults::{KILL_AT, library};

const CHILD_DATA: &str = "MOTCUA_TEST_CHILD_DATA";
/// How many checkpoints a child signs; without it, it goes on until it is killed.
const CHECKPOINTS: &str = "MOTCUA_TEST_CHECKPOINTS";
const ROUNDS: u64 = 50;
/// Far more than a run has: a kill that never stops hitting must end the test.
const POINTS_MAX: usize = 400;
/// Closing syncs too, in threads of the driver's that nobody waits for.
const CLOSING: Duration = Duration::from_millis(400);

/// Not a test of its own: the body of the child process (returns at once without the environment).
#[tokio::test(flavor = "multi_thread")]
async fn child_seals() {
    let (Ok(location), Ok(keys), Ok(data)) = (
        std::env::var(CHILD),
        std::env::var(CHILD_KEYS),
        std::env::var(CHILD_DATA),
    ) else {
        return;
    };
    println!("ready");
    let location: Location = location.parse().expect("a location");
    let count =
        std::env::var(CHECKPOINTS).map_or(u64::MAX, |count| count.parse().expect("a count"));
    let journal = Journal::create_or_open(&location).await.expect("a journal");
    let place = Place {
        data: data.into(),
        keys: keys.into(),
        journal: location,
        policy: None,
    };
    let mut writer = journal.writer().await.expect("a writer");
    let opened = Integrity::open(&place, journal, Role::Signer).await;
    let (_integrity, mut sealer) = opened.expect("the proof opens");
    for _ in 0..count {
        append(&mut writer, 3).await;
        seal_aloud(&mut sealer).await;
    }
    drop((sealer, writer));
    tokio::time::sleep(CLOSING).await;
}

/// Says what it signed as soon as the signature is there: what has left cannot be taken back.
async fn seal_aloud(sealer: &mut Sealer) {
    sealer.grow_to_end().await.expect("grown");
    let Some(seal) = sealer.sign().await.expect("signed") else {
        return;
    };
    println!("\nsigned {} {:?}", seal.size, seal.note);
    sealer.keep(seal).await.expect("kept");
    sealer.publish().await.expect("published");
}

fn child(archive: &Archive) -> Command {
    let mut child = Command::new(std::env::current_exe().expect("this binary"));
    child
        .args(["--exact", "integrity::killed::child_seals", "--nocapture"])
        .env(CHILD, address(&archive.location))
        .env(CHILD_KEYS, archive.keys())
        .env(CHILD_DATA, archive.data())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    child
}

/// `signed` lines: size and note. The last line may be torn.
fn signed(output: &str) -> impl Iterator<Item = (u64, String)> {
    output.lines().filter_map(|line| {
        let (size, note) = line.strip_prefix("signed ")?.split_once(' ')?;
        Some((size.parse().ok()?, serde_json::from_str(note).ok()?))
    })
}

/// One note for a size, in this run and all before it.
#[track_caller]
fn remember(notes: &mut BTreeMap<u64, String>, output: &str) {
    for (size, note) in signed(output) {
        let known = notes.entry(size).or_insert_with(|| note.clone());
        assert_eq!(*known, note, "two notes for size {size}");
    }
}

/// The archive opens, seals on, and holds every note that ever left the signer.
async fn then_nothing_was_taken_back(archive: &Archive, notes: &BTreeMap<u64, String>) {
    let (integrity, mut sealer) = archive.open(Role::Signer).await;
    assert_eq!(integrity.halted(), None);
    sealer.step().await.expect("it goes on");
    let kept = check_everything(archive, &integrity).await;
    for (size, note) in notes {
        assert_eq!(kept.get(size), Some(note), "size {size} was signed");
    }
    drop((integrity, sealer));
    then_free(archive).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_rounds_of_kill_nine_while_signing_never_give_a_size_two_roots() {
    for archive in archives().await {
        let mut notes = BTreeMap::new();
        for round in 0..ROUNDS {
            let mut process = child(&archive).spawn().expect("a child");
            let mut lines = BufReader::new(process.stdout.take().expect("its output"));
            let mut output = String::new();
            // Some are hit while they open, most while they sign.
            let wanted = usize::try_from(round % 4).expect("small");
            while !output.contains("ready") || signed(&output).count() < wanted {
                let read = lines.read_line(&mut output).expect("a line");
                assert!(read > 0, "the child ended early");
            }
            tokio::time::sleep(Duration::from_millis(round * 37 % 110)).await;
            process.kill().expect("killed");
            lines.read_to_string(&mut output).expect("its lines");
            assert_eq!(process.wait().expect("it ends").signal(), Some(9));
            remember(&mut notes, &output);
            then_free(&archive).await;
        }
        assert!(
            notes.len() > 50,
            "only {} checkpoints were signed",
            notes.len()
        );
        then_nothing_was_taken_back(&archive, &notes).await;
        println!("{} checkpoints signed over {ROUNDS} kills", notes.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_every_sync_of_sealing_leaves_one_note_for_a_size() {
    let folder = tempfile::tempdir().expect("a folder");
    let library = library(folder.path());
    let archive = Archive::embedded().await;
    // Idle but open, so the copies have what a crash leaves; closing would move pages while they are copied.
    let (_idle, mut sealer) = archive.open(Role::Signer).await;
    sealer.step().await.expect("sealed");
    drop(sealer);
    let founded = folder.path().join("founded");
    copy_folder(&archive.data(), &founded.join("data"));
    copy_folder(&archive.keys(), &founded.join("keys"));
    let mut heard = 0;
    for point in 1.. {
        assert!(point < POINTS_MAX, "the kill hits without end");
        let node = folder.path().join(format!("point-{point}"));
        copy_folder(&founded, &node);
        let at = Archive::copied(&node).await;
        let mut notes = BTreeMap::new();
        let ended = child(&at)
            .env("LD_PRELOAD", &library)
            .env(KILL_AT, point.to_string())
            .env(CHECKPOINTS, "2")
            .output()
            .expect("a child");
        let killed = ended.status.signal() == Some(9);
        assert!(killed || ended.status.success(), "{:?}", ended.status);
        remember(&mut notes, &String::from_utf8_lossy(&ended.stdout));
        then_nothing_was_taken_back(&at, &notes).await;
        fs::remove_dir_all(&node).expect("cleared");
        if !killed {
            assert_eq!(notes.len(), 2, "the child that lives signs both");
            break;
        }
        heard += usize::from(!notes.is_empty());
    }
    // Otherwise the kills missed what they were for.
    assert!(heard > 2, "no kill after a signature");
}
