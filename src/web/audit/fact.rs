//! One fact: its exact bytes, what it changed, and how it is proved.

use askama::Template;

use super::Line;
use crate::api::scalar::hex;
use crate::projections::audit::AuditRow;
use crate::projections::history::{Change, Entry};
use crate::tlog::leaf_hash;
use crate::web::frame::{Door, Frame};
use crate::web::history::{Difference, differences};

#[derive(Template)]
#[template(path = "audit/fact.html")]
pub struct FactPage {
    frame: Frame,
    line: Line,
    version: u32,
    stream: String,
    bytes: String,
    leaf: String,
    prev: Option<String>,
    /// The hash was computed again from the bytes and is the same.
    agrees: bool,
    differences: Vec<Difference>,
    before: Option<u64>,
    after: Option<u64>,
}

impl FactPage {
    /// `change`: of a dossier's fact, what it changed. `last`: the newest position there is.
    #[must_use]
    pub fn new(
        frame: Frame,
        row: &AuditRow,
        entry: &Entry,
        prev: Option<[u8; 32]>,
        change: Option<&Change>,
        sealed: u64,
        last: u64,
    ) -> Self {
        let lang = frame.lang;
        let position = entry.position;
        let title = format!("{} {position}", lang.of("Ghi nhận", "Record"));
        Self {
            line: Line::of(row, sealed, lang),
            version: row.version,
            stream: entry.stream.to_string(),
            bytes: String::from_utf8_lossy(&entry.body).into_owned(),
            leaf: hex(&entry.leaf_hash),
            prev: prev.map(|hash| hex(&hash)),
            agrees: leaf_hash(&entry.body) == entry.leaf_hash,
            differences: change.map_or_else(Vec::new, |change| {
                differences(&change.before, &change.after, true, lang)
            }),
            before: position.checked_sub(1),
            after: (position < last).then_some(position + 1),
            frame: frame.titled(title, Some(Door::Audit)).wide(),
        }
    }
}
