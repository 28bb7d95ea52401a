//! The program as an operator meets it: its own binary, what it prints and how it exits.

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A live journal opened by `motcua init`, in a folder of its own.
struct Place {
    data: tempfile::TempDir,
    keys: tempfile::TempDir,
}

const OFFICE: &str = "H38.40.01";

fn given_a_live_journal() -> Place {
    let place = given_an_empty_place();
    let opened = place.run(&["init", "--office", OFFICE, "--name", "Bộ phận Một cửa"]);
    assert!(opened.status.success(), "{}", told(&opened));
    place
}

fn given_an_empty_place() -> Place {
    Place {
        data: tempfile::tempdir().expect("a folder"),
        keys: tempfile::tempdir().expect("a folder"),
    }
}

impl Place {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
        command
            .args(arguments)
            .env("MOTCUA_DATA", self.data.path())
            .env("MOTCUA_KEYS", self.keys.path())
            .env_remove("MOTCUA_LOG")
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program runs")
    }

    fn journal(&self) -> std::path::PathBuf {
        self.data.path().join("journal.db")
    }
}

/// What it said on standard error.
fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
fn refused(output: &Output, words: &str) {
    let told = told(output);
    assert!(!output.status.success() && told.contains(words), "{told}");
    assert!(output.stdout.is_empty(), "{output:?}");
}

#[test]
fn a_token_is_issued_for_people_and_for_offices_of_the_journal_only() {
    let place = given_a_live_journal();
    let token = |role: &str, office: &str| {
        place.run(&[
            "token",
            "--actor",
            "person-01",
            "--role",
            role,
            "--office",
            office,
        ])
    };
    assert!(token("receiver", OFFICE).status.success());
    assert!(token("auditor", "*").status.success());
    refused(
        &token("receiver", "H99.99"),
        "knows no office H99.99; it knows H38.40.01",
    );
    refused(&token("receiver", "nowhere"), "--office nowhere");
    refused(&token("receiver", "*"), "works for an office");
    refused(&token("system", "*"), "the program's own role");
    refused(&token("king", "*"), "one of applicant, receiver");
    let named = ["token", "--role", "auditor", "--actor", "nguyenvana"];
    refused(&place.run(&named), "is not an actor id");
    let elsewhere = Path::new("/nowhere");
    let mut lost = place.command(&[
        "token", "--actor", "a-1", "--role", "clerk", "--office", OFFICE,
    ]);
    let lost = lost.env("MOTCUA_DATA", elsewhere).output();
    refused(
        &lost.expect("the program runs"),
        "--office is looked up in the journal",
    );
}
