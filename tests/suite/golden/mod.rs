//! One fact of every type as exact bytes, for ever: `tests/golden/<type>.json`.
//!
//! `MOTCUA_WRITE_GOLDEN=1` writes the files that are missing and never touches one that is there.

mod samples;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use motcua::api::words::act_label;
use motcua::domain::fact::Fact;
use motcua::domain::journal::FORMAT;
use motcua::journal::fact::{decode, encode};
use serde_json::value::RawValue;

pub use self::samples::dossier_kinds;
use self::samples::every_fact;

const WRITE: &str = "MOTCUA_WRITE_GOLDEN";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// The files by event type.
fn files() -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder()).expect("tests/golden can be listed");
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.expect("an entry of tests/golden").path();
        let name = path.file_name().expect("a name").to_string_lossy();
        let kind = name.strip_suffix(".json").expect("a .json file").to_owned();
        (kind, std::fs::read(&path).expect("a file can be read"))
    };
    entries.map(read).collect()
}

/// Asked to, makes files for new events; an existing file is never opened for writing.
fn write_missing(facts: &[Fact]) {
    if std::env::var_os(WRITE).is_none_or(|value| value != "1") {
        return;
    }
    std::fs::create_dir_all(folder()).expect("tests/golden can be made");
    for fact in facts {
        let path = folder().join(format!("{}.json", fact.event.kind()));
        if !path.exists() {
            let bytes = encode(fact).expect("a fact is encoded");
            std::fs::write(path, bytes).expect("a file can be written");
        }
    }
}

#[test]
fn every_event_has_a_golden_fact_and_every_golden_fact_an_event() {
    let facts = every_fact();
    write_missing(&facts);
    let events: BTreeSet<String> = facts
        .iter()
        .map(|fact| fact.event.kind().to_owned())
        .collect();
    let files: BTreeSet<String> = files().into_keys().collect();
    assert_eq!(events.len(), facts.len(), "one fact of each type");
    assert_eq!(files, events, "left: files, right: events");
}

/// A fact is written in a journal whose format has come to its type's, and by nobody before: which one that is never changes. The
/// file says it, a row for each type.
#[test]
fn every_type_of_fact_belongs_to_its_format_for_ever() {
    let rows = include_str!("../../formats.csv").lines().skip(1);
    let rows = rows.map(|row| row.split_once(',').expect("type,format"));
    let said: BTreeMap<&str, u32> = rows
        .map(|(kind, format)| (kind, format.parse().expect("a format")))
        .collect();
    let facts = every_fact();
    let belong: BTreeMap<&str, u32> = facts
        .iter()
        .map(|fact| (fact.event.kind(), fact.event.format()))
        .collect();
    assert_eq!(
        said, belong,
        "left: tests/formats.csv, right: Event::format"
    );
    assert_eq!(
        belong.values().max(),
        Some(&FORMAT),
        "the newest format has a type"
    );
}

#[test]
fn every_event_has_a_name_of_its_own_in_both_languages() {
    let unknown = act_label("nothing.known");
    let (mut vi, mut en) = (BTreeSet::from([unknown.0]), BTreeSet::from([unknown.1]));
    for kind in files().keys() {
        let name = act_label(kind);
        assert!(vi.insert(name.0), "{kind}: {}", name.0);
        assert!(en.insert(name.1), "{kind}: {}", name.1);
    }
}

#[test]
fn every_golden_fact_is_read_and_written_back_byte_for_byte() {
    for (kind, bytes) in files() {
        let fact = decode(&bytes).unwrap_or_else(|why| panic!("{kind}: {why}"));
        assert_eq!(fact.event.kind(), kind);
        let again = encode(&fact).unwrap_or_else(|why| panic!("{kind}: {why}"));
        assert_eq!(
            String::from_utf8_lossy(&again),
            String::from_utf8_lossy(&bytes),
            "{kind}"
        );
    }
}

#[test]
fn a_fact_has_sorted_keys_six_digit_times_and_no_position() {
    let mut times = 0;
    for (kind, bytes) in files() {
        let text = std::str::from_utf8(&bytes).expect("UTF-8");
        let value: &RawValue = serde_json::from_str(text).expect("JSON");
        times += then_canonical(&kind, value);
    }
    assert!(times > dossier_kinds().len(), "only {times} times seen");
}

/// Walks a value without trusting the order or the numbers of a parsed tree; how many instants it met.
#[track_caller]
fn then_canonical(kind: &str, value: &RawValue) -> usize {
    let text = value.get();
    match text.as_bytes()[0] {
        b'{' => {
            let fields: BTreeMap<String, &RawValue> = serde_json::from_str(text).expect("JSON");
            assert!(
                !fields.contains_key("position"),
                "{kind} carries its position"
            );
            let sorted: Vec<String> = fields
                .iter()
                .map(|(key, value)| format!("\"{key}\":{}", value.get()))
                .collect();
            assert_eq!(
                text,
                format!("{{{}}}", sorted.join(",")),
                "{kind}: keys in order, no spaces"
            );
            fields
                .values()
                .map(|value| then_canonical(kind, value))
                .sum()
        }
        b'[' => {
            let items: Vec<&RawValue> = serde_json::from_str(text).expect("JSON");
            items.iter().map(|item| then_canonical(kind, item)).sum()
        }
        b'"' => usize::from(is_instant(kind, text.trim_matches('"'))),
        _ => 0,
    }
}

/// Whatever looks like an instant must be one in UTC with six digits.
#[track_caller]
fn is_instant(kind: &str, text: &str) -> bool {
    let shape = |text: &str| -> String {
        let digit = |letter: char| if letter.is_ascii_digit() { '0' } else { letter };
        text.chars().map(digit).collect()
    };
    let looks = shape(text).starts_with("0000-00-00T");
    if looks {
        assert_eq!(shape(text), "0000-00-00T00:00:00.000000Z", "{kind}: {text}");
    }
    looks
}
