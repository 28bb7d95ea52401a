//! A node killed before and after every one of its syncs: no fact without its parts, nothing acknowledged is lost.
//!
//! A kill loses no page the system already holds, so this tries the order of the writes, not the disk.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use motcua::journal::{Location, fact};
use uuid::Uuid;

use crate::acts::{CHILD, CHILD_KEYS, acknowledgements, address, check_everything};
use crate::office::{acceptance, id, keys_folder, node};

pub const KILL_AT: &str = "MOTCUA_TEST_KILL_AT";
const COMMAND: &str = "MOTCUA_TEST_COMMAND";
const CLOSING: Duration = Duration::from_millis(400);
/// Far more than a run has: a kill that never stops hitting must end the test.
const POINTS_MAX: usize = 400;
/// Lodged, entered in the register, accepted.
const FACTS: usize = 3;

/// Not a test of its own: the body of the child process (returns at once without the environment).
#[tokio::test(flavor = "multi_thread")]
async fn child_accepts_once() {
    let (Ok(location), Ok(keys), Ok(command)) = (
        std::env::var(CHILD),
        std::env::var(CHILD_KEYS),
        std::env::var(COMMAND),
    ) else {
        return;
    };
    let location: Location = location.parse().expect("a location");
    let node = node(&location, keys.as_ref()).await;
    let (_, request) = acceptance(command.parse().expect("an id"), "Công dân 000001");
    let receipt = node.counter.submit(request).await.expect("accepted");
    println!("\nack {command} {} {}", receipt.position, receipt.entries);
    // Two points that come after the answer for sure. Closing has some of its own, in threads of the driver's that nobody waits
    // for: how many depends on which connection is closed last.
    let folder = fs::File::open(&keys).expect("a folder");
    folder.sync_all().expect("synced");
    drop(node);
    tokio::time::sleep(CLOSING).await;
}

/// Makes the library that counts the syncs and kills; the C compiler is the one Rust links with.
pub fn library(folder: &Path) -> PathBuf {
    let library = folder.join("kill_at_sync.so");
    let made = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .arg(&library)
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/suite/faults/kill_at_sync.c"
        ))
        .status();
    assert!(made.expect("cc runs").success());
    library
}

/// A copy of a founded node's files: every run begins from the same bytes.
fn copy(founded: &Path, name: &str) -> PathBuf {
    let data = founded.with_file_name(name);
    fs::create_dir(&data).expect("a folder");
    for file in fs::read_dir(founded).expect("a folder") {
        let file = file.expect("a file");
        fs::copy(file.path(), data.join(file.file_name())).expect("a copy");
    }
    data
}

/// How a child ended.
struct Run {
    killed: bool,
    /// Command, first position, number of facts; the child sends one command.
    acknowledged: Vec<(Uuid, u64, u32)>,
}

fn run(library: &Path, location: &Location, keys: &Path, command: Uuid, point: usize) -> Run {
    let child = Command::new(std::env::current_exe().expect("this binary"))
        .args(["--exact", "faults::child_accepts_once", "--nocapture"])
        .env("LD_PRELOAD", library)
        .env(CHILD, address(location))
        .env(CHILD_KEYS, keys)
        .env(COMMAND, command.to_string())
        .env(KILL_AT, point.to_string())
        .stderr(Stdio::null())
        .output()
        .expect("a child");
    let killed = child.status.signal() == Some(9);
    assert!(killed || child.status.success(), "{:?}", child.status);
    let output = String::from_utf8(child.stdout).expect("text");
    Run {
        killed,
        acknowledged: acknowledgements(output.lines()).collect(),
    }
}

/// The positions of what the child was asked to do, after everything was checked. The office then works on.
async fn then_whole_or_absent(location: &Location, keys: &Path, command: Uuid) -> Vec<u64> {
    let node = node(location, keys).await;
    let entries = check_everything(&node).await;
    let of_command = |body: &[u8]| fact::decode(body).expect("a fact").command == command;
    let found: Vec<u64> = entries
        .iter()
        .filter(|entry| of_command(&entry.body))
        .map(|entry| entry.position)
        .collect();
    assert!(
        found.is_empty() || found.len() == FACTS,
        "a torn acceptance: {found:?}"
    );
    let (_, again) = acceptance(command, "Công dân 000001");
    let receipt = node.counter.submit(again).await.expect("sent again");
    assert_eq!(receipt.repeated, !found.is_empty());
    check_everything(&node).await;
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_every_sync_of_an_acceptance_leaves_no_fact_without_parts_and_loses_nothing_acknowledged()
 {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (_folder, keys) = keys_folder();
    let founded = folder.path().join("founded");
    let library = library(folder.path());
    // Idle but open, so the copies have what a crash leaves: newest pages in the write-ahead logs only.
    let _idle = node(&Location::Sqlite(founded.join("journal.db")), &keys).await;

    let (mut absent, mut unheard, mut heard) = (0, 0, 0);
    for point in 1.. {
        assert!(point < POINTS_MAX, "the kill hits without end");
        let data = copy(&founded, &format!("point-{point}"));
        let location = Location::Sqlite(data.join("journal.db"));
        let command = id();
        let run = run(&library, &location, &keys, command, point);
        let found = then_whole_or_absent(&location, &keys, command).await;
        for (acknowledged, position, count) in &run.acknowledged {
            assert_eq!(*acknowledged, command);
            let expected: Vec<u64> = (*position..).take(*count as usize).collect();
            assert_eq!(
                found, expected,
                "killed at point {point}: acknowledged, so there"
            );
        }
        if !run.killed {
            assert_eq!(
                run.acknowledged.len(),
                1,
                "the child that lives is answered"
            );
            break;
        }
        match (found.is_empty(), run.acknowledged.is_empty()) {
            (true, _) => absent += 1,
            (false, true) => unheard += 1,
            (false, false) => heard += 1,
        }
    }
    println!(
        "{} kill points: {absent} before the facts, {unheard} after them but before the answer, {heard} after the answer",
        absent + unheard + heard
    );
    // Otherwise the kills missed what they were for.
    assert!(absent > 0 && unheard > 0 && heard > 0);
}
