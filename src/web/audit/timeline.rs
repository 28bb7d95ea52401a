//! One dossier then and then: what was recorded by two instants, side by side.

use askama::Template;

use super::Line;
use crate::domain::dossier::Dossier;
use crate::projections::audit::AuditRow;
use crate::projections::history::Change;
use crate::web::frame::{Door, Frame};
use crate::web::history::values;

/// An instant as asked for, and how many of the dossier's facts were recorded by then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instant {
    /// As typed; empty for now.
    pub asked: String,
    /// None when it was not understood.
    pub count: Option<usize>,
}

#[derive(Template)]
#[template(path = "audit/dossier.html")]
pub struct TimelinePage {
    frame: Frame,
    code: String,
    first: Instant,
    second: Instant,
    rows: Vec<Row>,
    differing: usize,
    lines: Vec<Line>,
}

struct Row {
    name: &'static str,
    first: String,
    second: String,
    differs: bool,
}

impl TimelinePage {
    /// `audit` are the rows of `changes`.
    #[must_use]
    pub fn new(
        frame: Frame,
        code: &str,
        changes: &[Change],
        audit: &[AuditRow],
        [first, second]: [Instant; 2],
        sealed: u64,
    ) -> Self {
        let lang = frame.lang;
        let nothing = Dossier::default();
        let state = |instant: &Instant| {
            let count = instant.count.unwrap_or(changes.len());
            count
                .checked_sub(1)
                .and_then(|last| changes.get(last))
                .map_or(&nothing, |change| &change.after)
        };
        let dash = |value: Option<String>| value.unwrap_or_else(|| "–".to_owned());
        let pairs =
            values(state(&first), true, lang)
                .into_iter()
                .zip(values(state(&second), true, lang));
        let rows: Vec<Row> = pairs
            .map(|((name, first), (_, second))| Row {
                name: lang.pick(name),
                differs: first != second,
                first: dash(first),
                second: dash(second),
            })
            .collect();
        let title = format!("{} {code}", lang.of("Kiểm tra hồ sơ", "Audit of dossier"));
        Self {
            code: code.to_owned(),
            differing: rows.iter().filter(|row| row.differs).count(),
            rows,
            lines: audit
                .iter()
                .map(|row| Line::of(row, sealed, lang))
                .collect(),
            first,
            second,
            frame: frame.titled(title, Some(Door::Audit)).wide(),
        }
    }
}
