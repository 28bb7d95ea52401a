//! A published statistic is counted again by somebody who has nothing but the journal.

use std::path::Path;

use jiff::civil::date;
use motcua::domain::catalogue::Level;
use motcua::domain::deadline::Comparison;
use motcua::domain::dossier::Channel;
use motcua::journal::{Journal, Location};
use motcua::projections::ReadModels;
use motcua::projections::statistics::{Query, Record, Scope, record};
use tempfile::TempDir;

use super::program::motcua;
use super::sealed::Office as Sealed;
use crate::story::Story;

struct Office {
    data: TempDir,
    home: TempDir,
    story: Story,
}

async fn given_a_year_of_facts() -> Office {
    let folder = || tempfile::tempdir().expect("a temporary folder");
    let (data, home) = (folder(), folder());
    let location = Location::Sqlite(data.path().join("journal.db"));
    let journal = Journal::create_or_open(&location).await.expect("a journal");
    let mut story = Story::begin(journal).await;
    story.live(77, 900);
    story.write().await;
    Office { data, home, story }
}

fn asked() -> Query {
    Query {
        scope: Scope::All,
        channel: None,
        procedure: None,
        from: date(2026, 3, 1),
        to: date(2026, 3, 20),
        comparison: Comparison::Date,
    }
}

async fn published(office: &Office, query: &Query) -> Record {
    let opened = ReadModels::open(office.home.path(), office.story.journal.clone()).await;
    let (models, mut projector) = opened.expect("read models");
    while projector.step(5_000).await.expect("a step") {}
    record(&models, query).await.expect("a record")
}

fn written(folder: &Path, bytes: &[u8]) -> String {
    let file = folder.join("statistics.json");
    std::fs::write(&file, bytes).expect("a file");
    file.to_str().expect("a path").to_owned()
}

#[tokio::test]
async fn what_was_published_is_counted_again_also_when_the_journal_has_grown() {
    let mut office = given_a_year_of_facts().await;
    let narrow = Query {
        scope: Scope::Level(Level::Commune),
        channel: Some(Channel::Online),
        procedure: Some("1.004873".into()),
        comparison: Comparison::Timestamp,
        ..asked()
    };
    let one = Query {
        scope: Scope::Office("H63.40.01".into()),
        ..asked()
    };
    let mut records = Vec::new();
    for query in [asked(), narrow, one] {
        records.push(published(&office, &query).await);
    }
    office.story.live(78, 200);
    office.story.write().await;
    for record in records {
        assert!(record.counts.received.total() > 0, "{record:?}");
        let bytes = record.to_bytes().expect("bytes");
        assert_eq!(Record::parse(&bytes).expect("reads back"), record);
        let file = written(office.data.path(), &bytes);
        let said = motcua(office.data.path(), &["verify", "--statistics", &file]);
        let said = said.succeeded();
        assert!(said.out.contains("Every figure"), "{}", said.out);
        assert!(said.out.contains(&format!("size {}", record.size)));
    }
}

#[tokio::test]
async fn a_figure_that_was_made_better_is_named() {
    let office = given_a_year_of_facts().await;
    let mut record = published(&office, &asked()).await;
    assert!(record.counts.settled.late > 0);
    record.counts.settled.late -= 1;
    record.counts.settled.early += 1;
    record.leaf_hash = "AAAA".into();
    let file = written(office.data.path(), &record.to_bytes().expect("bytes"));
    let said = motcua(office.data.path(), &["verify", "--statistics", &file]).failed_with(1);
    for field in ["counts.settled.late", "counts.settled.early", "leaf_hash"] {
        assert!(said.out.contains(field), "{field}: {}", said.out);
    }
    assert!(!said.out.contains("counts.received"), "{}", said.out);
}

#[tokio::test]
async fn a_record_that_cannot_be_counted_here_is_not_called_wrong() {
    let office = given_a_year_of_facts().await;
    let record = published(&office, &asked()).await;
    let ahead = Record {
        size: record.size + 1_000,
        ..record.clone()
    };
    let mut foreign = record.clone();
    foreign.journal.id = crate::office::id();
    let mut newer = record.clone();
    newer.definition.version += 1;
    let bytes = [ahead, foreign, newer].map(|record| record.to_bytes().expect("bytes"));
    for bytes in bytes.iter().map(Vec::as_slice).chain([&b"no record"[..]]) {
        let file = written(office.data.path(), bytes);
        let said = motcua(office.data.path(), &["verify", "--statistics", &file]);
        let said = said.failed_with(3);
        assert!(said.error.contains("cannot check"), "{said:?}");
    }
    motcua(office.data.path(), &["verify", "--statistics", "nowhere"]).failed_with(3);
}

async fn record_of(sealed: &Sealed, note: &str) -> Record {
    let home = tempfile::tempdir().expect("a temporary folder");
    let opened = ReadModels::open(home.path(), sealed.story.journal.clone()).await;
    let (models, _projector) = opened.expect("read models");
    let record = record(&models, &asked()).await.expect("a record");
    record.sealed(Some(note.to_owned()))
}

#[tokio::test]
async fn the_checkpoint_of_a_record_must_be_one_that_this_journal_continues() {
    let mut office = Sealed::simulated().await;
    office.story.live(12, 400);
    office.story.write().await;
    let note = office.seal().await;
    let record = record_of(&office, &note).await;
    office.story.live(13, 100);
    office.story.write().await;
    office.seal().await;
    let verify = |record: &Record| {
        let bytes = record.to_bytes().expect("bytes");
        let file = office.kept("record", std::str::from_utf8(&bytes).expect("text"));
        office.verify(&["--statistics", &file])
    };
    let said = verify(&record).succeeded().out;
    assert!(said.contains("Continues the record's checkpoint"), "{said}");
    assert!(said.contains("Every figure"), "{said}");

    let mut forger = office.forger().await;
    forger.story.live(99, 700);
    forger.story.write().await;
    let forked = record.clone().sealed(Some(forger.seal().await));
    let said = verify(&forked).failed_with(2).out;
    assert!(said.contains("LOG_"), "{said}");

    let root = note.lines().nth(2).expect("a root");
    let unsigned = record.sealed(Some(note.replace(root, &root.replace(&root[..1], "x"))));
    let said = verify(&unsigned).failed_with(1).out;
    assert!(said.contains("DIFFERS  signature"), "{said}");
}
