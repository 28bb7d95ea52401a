//! What an office owes beside its dossiers: corrections that an inspection ordered, replies to written reminders.

use crate::domain::reference::Reference;
use crate::domain::time::Moment;
use crate::web::dates;
use crate::web::lang::Lang;

/// One thing owed, the most urgent first.
pub struct Owed {
    pub what: &'static str,
    pub code: String,
    pub due: String,
    pub late: bool,
}

/// What an office owes now.
#[must_use]
pub fn owed(office: &str, reference: &Reference, now: Moment, lang: Lang) -> Vec<Owed> {
    let today = now.date();
    let supervision = &reference.supervision;
    let inspections = supervision.inspections.iter();
    let visits = inspections.filter(|one| one.opened.office == office);
    let corrections = visits.flat_map(|visit| {
        let open = visit.findings.iter().filter(|one| one.done_on.is_none());
        open.filter_map(|one| {
            let due = one.due_on?;
            let code = format!("{}/{}", visit.opened.code, one.noted.number);
            let what = ("Khắc phục thiếu sót", "Correction to be made");
            Some((due, code, what))
        })
    });
    let reminders = supervision.reminders.iter();
    let open = reminders.filter(|one| one.sent.to == office && one.answered_on.is_none());
    let replies = open.map(|one| {
        let what = (
            "Trả lời văn bản nhắc việc",
            "Written reminder to be answered",
        );
        (one.sent.due_on, one.sent.number.to_string(), what)
    });
    let mut all: Vec<_> = corrections.chain(replies).collect();
    all.sort();
    all.into_iter()
        .map(|(due, code, what)| Owed {
            what: lang.pick(what),
            code,
            due: dates::day(due, lang),
            late: due < today,
        })
        .collect()
}
