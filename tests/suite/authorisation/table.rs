//! Tables with a column for each reader.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::ground::READERS;

/// What stands in the cells of each row, in the order of [`READERS`].
pub type Table = BTreeMap<String, Vec<String>>;

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/authorisation")
        .join(name)
}

/// The committed table says the same; told to, is made to.
#[track_caller]
pub fn is_as_committed(name: &str, what: &str, found: &Table) {
    let mut text = format!("{what},{}\n", READERS.join(","));
    for (row, cells) in found {
        writeln!(text, "{row},{}", cells.join(",")).expect("text");
    }
    let path = path(name);
    if std::env::var_os("MOTCUA_BLESS").is_some() {
        std::fs::write(&path, &text).expect("the table is writable");
    }
    let committed = std::fs::read_to_string(&path).expect("the table is there");
    let different = text
        .lines()
        .zip(committed.lines())
        .find(|(is, was)| is != was);
    assert!(
        text == committed,
        "{name} does not say what is so (is, was): {different:#?}"
    );
}
