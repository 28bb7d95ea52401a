//! `motcua receipt verify`: offline, in plain words, with exit codes.

use std::path::Path;
use std::process::{Command, Output};

use super::ground::*;

fn verify(arguments: &[&Path]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
    command.args(["receipt", "verify"]).args(arguments);
    command.output().expect("the program runs")
}

#[track_caller]
fn then_exits(output: &Output, code: i32, words: &[&str]) {
    let told = [&output.stdout[..], &output.stderr[..]].concat();
    let told = String::from_utf8(told).expect("text");
    assert_eq!(output.status.code(), Some(code), "{told}");
    for word in words {
        assert!(told.contains(word), "{word}: {told}");
    }
}

/// A receipt, the log's policy and a folder to put more beside them.
struct Files {
    folder: tempfile::TempDir,
    receipt: String,
}

impl Files {
    fn path(&self, name: &str, content: &str) -> std::path::PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).expect("written");
        path
    }
}

async fn given(door: &mut Door) -> (Files, std::path::PathBuf, std::path::PathBuf) {
    door.seal().await;
    let files = Files {
        folder: tempfile::tempdir().expect("a folder"),
        receipt: door.text(&format!("/receipts/{}", door.code)).await,
    };
    let receipt = files.path("r.tlog-proof", &files.receipt);
    let policy = files.path("policy", &door.text("/log/policy").await);
    (files, receipt, policy)
}

const POLICY: &str = "--policy";

#[tokio::test(flavor = "multi_thread")]
async fn a_good_receipt_holds_and_says_in_both_languages_what_it_does_not_prove() {
    let mut door = given_an_office().await;
    let (_files, receipt, policy) = given(&mut door).await;
    let output = verify(&[&receipt, Path::new(POLICY), &policy]);
    let words = [
        "ĐÚNG / GOOD",
        "Sealed, not witnessed",
        "chưa có người chứng",
        "dossier.accepted",
        "This does not prove",
    ];
    then_exits(&output, 0, &words);
    let told = String::from_utf8(output.stdout).expect("text");
    assert!(!told.contains("tamper-evident"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_changed_bit_anywhere_is_refused() {
    let mut door = given_an_office().await;
    let (files, receipt, policy) = given(&mut door).await;
    let index = files.receipt.lines().nth(2).expect("an index");
    let flipped = |line: usize| {
        let mut lines: Vec<String> = files.receipt.lines().map(str::to_owned).collect();
        let at = lines[line].rfind(|letter: char| letter.is_ascii_lowercase());
        let at = at.expect("a letter");
        let other = if lines[line].as_bytes()[at] == b'a' {
            "b"
        } else {
            "a"
        };
        lines[line].replace_range(at..=at, other);
        lines.join("\n") + "\n"
    };
    let end = files.receipt.lines().count();
    let forged = [
        flipped(1),
        flipped(3),
        flipped(end - 1),
        files.receipt.replace(index, "index 0"),
        files.receipt.replace('\n', "\r\n"),
        "nothing".to_owned(),
    ];
    for (number, text) in forged.iter().enumerate() {
        let path = files.path(&format!("forged-{number}"), text);
        let output = verify(&[&path, Path::new(POLICY), &policy]);
        then_exits(&output, 1, &["✕"]);
    }
    let other = files.path("entry", "{}");
    let entry = Path::new("--entry");
    let output = verify(&[&receipt, Path::new(POLICY), &policy, entry, &other]);
    then_exits(&output, 1, &["SAI / BAD"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_something_to_check_by_nothing_is_claimed() {
    let mut door = given_an_office().await;
    let (files, receipt, policy) = given(&mut door).await;
    then_exits(&verify(&[&receipt]), 3, &["CANNOT SAY", "--policy"]);
    let nowhere = files.folder.path().join("nowhere");
    then_exits(&verify(&[&nowhere]), 3, &["cannot check"]);
    let elsewhere = "log log.example.gov/dossier+39f30168+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4\nquorum none\n";
    let elsewhere = files.path("elsewhere", elsewhere);
    let output = verify(&[&receipt, Path::new(POLICY), &elsewhere]);
    then_exits(&output, 3, &["says nothing of the log"]);
    let position = door.accepted_at().await;
    let bare = door.text(&format!("/log/proof/inclusion/{position}")).await;
    let bare = files.path("bare", &bare);
    let output = verify(&[&bare, Path::new(POLICY), &policy]);
    then_exits(&output, 3, &["--entry"]);
    let read = door.api.journal.read(position, 1).await;
    let body = read.expect("read").remove(0).body;
    let body = files.path("body", std::str::from_utf8(&body).expect("text"));
    let output = verify(&[
        &bare,
        Path::new(POLICY),
        &policy,
        Path::new("--entry"),
        &body,
    ]);
    then_exits(&output, 0, &["GOOD"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_asks_for_a_witness_refuses_a_receipt_without_one() {
    let mut door = given_an_office().await;
    let (files, receipt, _) = given(&mut door).await;
    let witness = "witness.example.org/w1+f3c080b6+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X";
    let strict = format!("log {}\nwitness w1 {witness}\nquorum w1\n", door.vkey());
    let strict = files.path("strict", &strict);
    let output = verify(&[&receipt, Path::new(POLICY), &strict]);
    then_exits(&output, 1, &["Fewer witnesses", "SAI / BAD"]);
    let mut door = given_a_witnessed_office().await;
    let (_files, receipt, policy) = given(&mut door).await;
    let output = verify(&[&receipt, Path::new(POLICY), &policy]);
    then_exits(&output, 0, &["Sealed and witnessed", "w1"]);
}
