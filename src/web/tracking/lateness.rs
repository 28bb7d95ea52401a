//! Lateness in plain sentences: how much, whether somebody apologised, and why.

use super::Story;
use super::history::last_apology;
use super::standing::{Clock, Tone, is_overdue, time_between};
use crate::domain::deadline::{Comparison, Timeliness, classify};
use crate::domain::dossier::{Dossier, DossierEvent, EndKind, Turn};
use crate::domain::event::Event;
use crate::domain::time::Moment;
use crate::web::dates;
use crate::web::lang::Lang;

/// What is said of a promise that was not kept, or was taken back in time.
#[derive(Debug)]
pub struct Lateness {
    pub tone: Tone,
    /// How late, against the first promise.
    pub says: String,
    pub apology: String,
    pub reason: String,
}

/// None for a dossier that kept, or may still keep, its first promise and for which nobody apologised.
pub fn of(dossier: &Dossier, story: &Story<'_>, clock: &Clock<'_>) -> Option<Lateness> {
    let lang = clock.lang;
    let turn = dossier.turn()?;
    let says = late(dossier, turn, clock);
    let apology = last_apology(story.changes);
    if says.is_none() && apology.is_none() {
        return None;
    }
    let reason = apology.and_then(|change| change.fact.circumstances.reason);
    let moved = apology.is_some_and(|change| match &change.fact.event {
        Event::Dossier(DossierEvent::ApologyIssued(apology)) => apology.moves_promise,
        _ => false,
    });
    let apology = apology.map(|change| dates::day(change.fact.at().date(), lang));
    let tone = if says.is_some() {
        Tone::Bad
    } else {
        Tone::Warn
    };
    Some(Lateness {
        tone,
        says: says.unwrap_or_else(|| {
            let (before, after) = (
                dates::day_in_words(turn.original_due_at.date(), lang),
                dates::day_in_words(turn.due_at.date(), lang),
            );
            match (lang, moved) {
                (Lang::Vi, true) => format!("Ngày hẹn đã dời từ {before} sang {after}."),
                (Lang::En, true) => format!("The promised day moved from {before} to {after}."),
                (_, false) => lang
                    .of(
                        "Cơ quan đã gửi thư xin lỗi; ngày hẹn giữ nguyên.",
                        "The office has sent an apology; the promised date stands.",
                    )
                    .to_owned(),
            }
        }),
        apology: match &apology {
            Some(day) => format!(
                "{} {day}.",
                lang.of(
                    "Cơ quan thành thật xin lỗi ông/bà; thư xin lỗi ngày",
                    "The office apologises to you; its letter is of"
                )
            ),
            None => lang
                .of(
                    "Hồ sơ đã quá hẹn mà chưa có thư xin lỗi.",
                    "The promised date has passed and no apology has been issued.",
                )
                .to_owned(),
        },
        reason: match reason {
            Some(reason) => format!(
                "{}: {}.",
                lang.of("Lý do", "Reason"),
                lang.pick(reason.label())
            ),
            None => lang
                .of("Cơ quan chưa nêu lý do.", "No reason was given.")
                .to_owned(),
        },
    })
}

/// How late against the first promise, and against the one in force when it is another.
fn late(dossier: &Dossier, turn: &Turn, clock: &Clock<'_>) -> Option<String> {
    let lang = clock.lang;
    let first = turn.original_due_at;
    let time = |until: Moment| time_between(first, until, clock);
    match turn.ending {
        Some(end) => {
            let counts = matches!(end.kind, EndKind::Completed | EndKind::Refused);
            let late = counts && classify(end.at, first, Comparison::Date) == Timeliness::Late;
            late.then(|| match lang {
                Lang::Vi => format!("Hồ sơ xong trễ {} so với hẹn ban đầu.", time(end.at)),
                Lang::En => format!("It was done {} after the first promise.", time(end.at)),
            })
        }
        None if turn.paused_since.is_some() || clock.now <= first => None,
        None => {
            let mut says = match lang {
                Lang::Vi => format!("Hồ sơ đã trễ {} so với hẹn ban đầu.", time(clock.now)),
                Lang::En => format!("It is {} late against the first promise.", time(clock.now)),
            };
            if turn.due_at != first {
                says += lang.of(" Hẹn mới: ", " The new promise: ");
                says += &dates::day_in_words(turn.due_at.date(), lang);
                says += if is_overdue(dossier, clock.now) {
                    lang.of(", cũng đã quá.", ", and that has passed too.")
                } else {
                    "."
                };
            }
            Some(says)
        }
    }
}
