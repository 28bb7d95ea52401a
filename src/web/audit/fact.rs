//! One fact whole: its exact bytes, its hashes, what it changed, its place in the proof, and its neighbours.

use askama::Template;

use super::{Line, Proof, framed};
use crate::api::scalar::hex;
use crate::projections::history::{Change, Entry};
use crate::tlog::leaf_hash;
use crate::web::dates::{self, When};
use crate::web::frame::Frame;
use crate::web::history::{self, Difference};

#[derive(Template)]
#[template(path = "audit_fact.html")]
pub struct FactPage {
    frame: Frame,
    line: Line,
    /// To the microsecond.
    recorded: When,
    command: String,
    stream: String,
    version: u32,
    policy: Option<String>,
    prev: Option<String>,
    leaf: String,
    /// The bytes hash to the leaf.
    intact: bool,
    /// For those who may read them.
    bytes: Option<String>,
    length: u64,
    differences: Vec<Difference>,
    parts: usize,
    near: (Option<u64>, Option<u64>),
    size: u64,
    base: String,
}

/// What the page is made from.
pub struct Told<'a> {
    pub line: Line,
    pub command: String,
    pub entry: &'a Entry,
    /// For facts of dossiers.
    pub change: Option<&'a Change>,
    pub reads_bytes: bool,
    /// Before and after it in its stream.
    pub near: (Option<u64>, Option<u64>),
    pub size: u64,
    pub base: &'a str,
}

impl FactPage {
    #[must_use]
    pub fn new(frame: Frame, told: Told<'_>) -> Self {
        let lang = frame.lang;
        let entry = told.entry;
        let title = format!("{} {}", lang.of("Ghi nhận", "Fact"), entry.position);
        let fact = told.change.map(|change| &change.fact);
        let differences = told.change.map_or_else(Vec::new, |change| {
            history::differences(&change.before, &change.after, true, lang)
        });
        let bytes = || String::from_utf8_lossy(&entry.body).into_owned();
        Self {
            line: told.line,
            recorded: dates::exact(entry.recorded_at, lang),
            command: told.command,
            stream: entry.stream.to_string(),
            version: entry.version,
            policy: fact.and_then(|fact| fact.circumstances.policy.clone()),
            prev: fact.and_then(|fact| fact.prev).map(|hash| hex(&hash)),
            leaf: hex(&entry.leaf_hash),
            intact: leaf_hash(&entry.body) == entry.leaf_hash,
            bytes: told.reads_bytes.then(bytes),
            length: entry.body.len() as u64,
            differences,
            parts: fact.map_or(0, |fact| fact.circumstances.parts.len()),
            near: told.near,
            size: told.size,
            base: told.base.to_owned(),
            frame: framed(frame, title),
        }
    }

    fn proof(&self) -> &Proof {
        &self.line.proof
    }

    /// The fact before and after it in the journal.
    fn beside(&self) -> (Option<u64>, Option<u64>) {
        let at = self.line.position;
        (
            at.checked_sub(1),
            Some(at + 1).filter(|next| *next < self.size),
        )
    }
}
