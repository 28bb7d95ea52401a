//! The rows of one fixed journal, as they were when the file last got its name.

use std::path::PathBuf;

use motcua::domain::catalogue::Procedure;
use motcua::journal::{Entry, Journal, Location, Look, fact};
use motcua::tlog::leaf_hash;

use super::{dump, file_in, folder, read_models};
use crate::story::{PROCEDURES, Story};

/// `1`: write the rows of a new name.
const WRITE: &str = "MOTCUA_WRITE_GOLDEN";

fn golden(name: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.join("tests/read_models").join(name)
}

/// The exact bytes of the journal's first facts, one a line.
fn fixed_journal() -> Vec<Entry> {
    let text = std::fs::read_to_string(golden("journal.ndjson")).expect("the golden journal");
    let entry = |(position, line): (u64, &str)| {
        let body = bytes::Bytes::copy_from_slice(line.as_bytes());
        let fact = fact::decode(&body).expect("a fact");
        Entry {
            position,
            stream: fact.stream,
            version: fact.version,
            recorded_at: fact.recorded_at,
            leaf_hash: leaf_hash(&body),
            body,
        }
    };
    (0..).zip(text.lines()).map(entry).collect()
}

/// When rows come out differently under an unchanged schema, the `version` of their read model is raised, so that every
/// node fills a new file. Rows are written anew, by a run with `MOTCUA_WRITE_GOLDEN=1`, only for a new name.
#[tokio::test]
async fn rows_change_only_with_the_name_of_the_file() {
    let (ground, home) = (folder(), folder());
    if is_writing() && !golden("journal.ndjson").exists() {
        write_journal().await;
    }
    let location = Location::Sqlite(ground.path().join("journal.db"));
    let journal = Journal::create_or_open(&location).await.expect("a journal");
    let entries = fixed_journal();
    let held = |entry: &Entry| (entry.stream, entry.version - 1);
    let streams: Vec<_> = entries.iter().map(held).collect();
    let mut writer = journal.writer().await.expect("a writer");
    let look = Look {
        streams: &streams,
        commands: &[],
        ..Look::default()
    };
    writer.lock(look).await.expect("the lock");
    writer.commit(&entries, &[]).await.expect("a commit");
    drop(read_models(home.path(), &journal).await);

    let name = file_in(home.path()).with_extension("");
    let name = name.file_name().expect("a name").to_string_lossy();
    let rows = format!("{name}\n{}\n", dump(home.path()).await.join("\n"));
    let expected = std::fs::read_to_string(golden("rows.txt")).unwrap_or_default();
    if is_writing() && expected.lines().next() != Some(&name) {
        std::fs::write(golden("rows.txt"), &rows).expect("written");
        return;
    }
    let (found, known) = (rows.lines(), expected.lines());
    let differing = found.zip(known).find(|(found, known)| found != known);
    assert_eq!(differing, None, "found, expected");
    assert_eq!(rows.len(), expected.len());
}

fn is_writing() -> bool {
    std::env::var_os(WRITE).is_some_and(|value| value == "1")
}

async fn write_journal() {
    let ground = folder();
    let location = Location::Sqlite(ground.path().join("journal.db"));
    let journal = Journal::create_or_open(&location).await.expect("a journal");
    let is_offered = |one: &Procedure| PROCEDURES.contains(&one.code.as_str());
    let mut story = Story::begin_with(journal, is_offered).await;
    story.live(2026, 250);
    story.write().await;
    let mut text = String::new();
    for entry in story.journal.read(0, 10_000).await.expect("entries") {
        text += std::str::from_utf8(&entry.body).expect("JSON");
        text.push('\n');
    }
    std::fs::create_dir_all(golden("")).expect("a folder");
    std::fs::write(golden("journal.ndjson"), text).expect("written");
}
