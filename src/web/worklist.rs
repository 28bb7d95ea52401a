//! What an office has to do, most urgent first, for those who work there.

use askama::Template;

use super::dates::{self, When};
use super::frame::{Door, Frame};
use super::tracking::Tone;
use super::words;
use crate::domain::calendar::Timetable;
use crate::domain::office::Office;
use crate::domain::reference::Reference;
use crate::domain::time::Moment;
use crate::projections::tracking::DossierRow;
use crate::web::lang::Lang;

/// Dossiers on one page.
pub const PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "worklist.html")]
pub struct WorklistPage {
    frame: Frame,
    office: String,
    rows: Vec<Row>,
    more: Option<String>,
    updated: When,
}

struct Row {
    code: Option<String>,
    procedure: String,
    phase: &'static str,
    due: Option<When>,
    tone: Tone,
    left: String,
    handler: Option<String>,
}

/// What the rows are read against.
pub struct Desk<'a> {
    pub office: Option<&'a Office>,
    pub office_code: &'a str,
    pub reference: &'a Reference,
    pub now: Moment,
}

impl WorklistPage {
    /// `more`: where the list goes on, when it does.
    #[must_use]
    pub fn new(frame: Frame, desk: &Desk<'_>, rows: &[DossierRow], more: Option<&str>) -> Self {
        let lang = frame.lang;
        let hours = desk.reference.hours(desk.office_code);
        let title = lang.of("Việc cần làm", "Worklist");
        let name = desk
            .office
            .map(|office| lang.of(&office.name_vi, &office.name_en));
        Self {
            office: name.map_or_else(|| desk.office_code.to_owned(), Clone::clone),
            rows: rows
                .iter()
                .map(|row| Row::new(row, desk, &hours, lang))
                .collect(),
            more: more.map(|place| frame.to(place)),
            updated: dates::short(desk.now, lang),
            frame: frame.titled(title, Some(Door::Worklist)).wide(),
        }
    }
}

impl Row {
    fn new(row: &DossierRow, desk: &Desk<'_>, hours: &dyn Timetable, lang: Lang) -> Self {
        let versions = desk.reference.procedures.get(&row.procedure);
        let name = versions
            .and_then(|versions| versions.last())
            .map(|procedure| lang.of(&procedure.name_vi, &procedure.name_en).clone());
        let (tone, left) = left(row, desk, hours, lang);
        Self {
            code: row.code.clone(),
            procedure: name.unwrap_or_else(|| row.procedure.clone()),
            phase: lang.pick(words::phase(row.phase)),
            due: row.due_at.map(|due| dates::short(due, lang)),
            tone,
            left,
            handler: row.handler.clone(),
        }
    }
}

fn left(row: &DossierRow, desk: &Desk<'_>, hours: &dyn Timetable, lang: Lang) -> (Tone, String) {
    let Some(due) = row.due_at else {
        return (Tone::Info, lang.of("chưa tính", "not started").to_owned());
    };
    if row.ended_at.is_some() {
        return (Tone::Good, lang.of("đã xong", "done").to_owned());
    }
    if row.paused {
        return (Tone::Warn, lang.of("chờ bổ sung", "on hold").to_owned());
    }
    let time = dates::office_time(desk.now, due, &desk.reference.calendar, hours, lang);
    if desk.now > due {
        return (Tone::Bad, format!("{} {time}", lang.of("quá", "over by")));
    }
    let tone = if due.date() == desk.now.date() {
        Tone::Warn
    } else {
        Tone::Info
    };
    (tone, time)
}
