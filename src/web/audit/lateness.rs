//! Which dossiers of an office were overdue at an instant, as known at that instant.

use askama::Template;

use super::framed;
use crate::domain::reference::Reference;
use crate::projections::lateness::{Overdue, Place};
use crate::web::dates::{self, When};
use crate::web::frame::Frame;
use crate::web::lang::{Lang, Pair};
use crate::web::words;

/// Dossiers on a page.
pub const PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "audit_lateness.html")]
pub struct LatenessPage {
    frame: Frame,
    doubts: Vec<&'static str>,
    office: String,
    own: bool,
    offices: Vec<(String, String, bool)>,
    /// As `datetime-local` writes it.
    at: String,
    when: When,
    rows: Option<Vec<Row>>,
    more: Option<String>,
}

pub struct Row {
    code: Option<String>,
    procedure: String,
    due: When,
    original: Option<When>,
    days: u32,
    days_by_original: u32,
    desk: Option<String>,
    apologised: bool,
    missed: bool,
}

/// What is asked.
pub struct Asked {
    pub office: String,
    pub own: bool,
    pub at: crate::domain::time::Moment,
    pub doubts: Vec<Pair>,
}

impl LatenessPage {
    /// `found`: none before an office is named, or over a year without a calendar.
    #[must_use]
    pub fn new(
        frame: Frame,
        asked: Asked,
        found: Option<(Vec<Overdue>, Option<Place>)>,
        reference: &Reference,
    ) -> Self {
        let lang = frame.lang;
        let title = lang
            .of("Quá hạn tại một thời điểm", "Overdue at an instant")
            .to_owned();
        let at = local(asked.at);
        let (rows, next) = found.map_or((None, None), |(rows, next)| (Some(rows), next));
        let more = next.map(|place| {
            format!(
                "/audit/lateness?office={}&at={at}&after={}.{}",
                asked.office, place.number, place.turn
            )
        });
        let mut offices: Vec<_> = reference
            .offices
            .iter()
            .map(|(code, office)| {
                let name = lang.of(&office.name_vi, &office.name_en).clone();
                (code.clone(), name, *code == asked.office)
            })
            .collect();
        offices.sort();
        Self {
            doubts: asked.doubts.iter().map(|pair| lang.pick(*pair)).collect(),
            office: asked.office,
            own: asked.own,
            offices,
            at,
            when: dates::seconds(asked.at, lang),
            rows: rows.map(|rows| rows.into_iter().map(|row| line(row, lang)).collect()),
            more,
            frame: framed(frame, title),
        }
    }
}

/// An instant as `datetime-local` writes it, to the second.
#[must_use]
pub fn local(at: crate::domain::time::Moment) -> String {
    at.local().strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

fn line(row: Overdue, lang: Lang) -> Row {
    let moved = row.original_due_at != row.due_at;
    Row {
        code: row.code,
        procedure: row.procedure,
        due: dates::short(row.due_at, lang),
        original: moved.then(|| dates::short(row.original_due_at, lang)),
        days: row.lateness.days,
        days_by_original: row.lateness.days_by_original,
        desk: row.desk.map(|(desk, held)| {
            let role = lang.pick(words::office_role(desk.role));
            let officer = desk
                .officer
                .map(|who| format!(" · {who}"))
                .unwrap_or_default();
            format!("{role}{officer} ({})", lang.pick(held.label()))
        }),
        apologised: row.lateness.apologised,
        missed: row.missed,
    }
}
