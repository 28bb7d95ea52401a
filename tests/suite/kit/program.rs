//! The program run as a process, with what it printed.

use std::path::Path;
use std::process::{Command, Output};

/// What a run of the program said.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub error: String,
}

impl Said {
    #[track_caller]
    pub fn succeeded(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    #[track_caller]
    pub fn failed_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }
}

/// Runs `motcua WORDS… --data FOLDER`.
pub fn motcua(data: &Path, words: &[&str]) -> Said {
    let run = Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(words)
        .arg("--data")
        .arg(data)
        .env_remove("MOTCUA_JOURNAL")
        .output();
    let Output {
        status,
        stdout,
        stderr,
    } = run.expect("the program runs");
    Said {
        code: status.code().expect("it was not killed"),
        out: String::from_utf8(stdout).expect("text"),
        error: String::from_utf8(stderr).expect("text"),
    }
}
