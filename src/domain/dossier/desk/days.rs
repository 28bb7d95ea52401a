//! Every working day that a clock counts, and the desk that held the dossier when it ended.

use jiff::civil::Date;

use super::{Desk, Held, Worktime, holder};
use crate::domain::calendar::{CalendarError, tomorrow};
use crate::domain::dossier::{Dossier, Turn};
use crate::domain::time::Moment;

/// A working day under one office's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    pub date: Date,
    /// Held the dossier at closing time; on the last day, when the clock ended.
    pub desk: Desk,
    pub held: Held,
    /// Code of another agency whose opinion was awaited then.
    pub opinion_of: Option<String>,
    /// After the promise as it stands.
    pub late: bool,
    /// After the first promise.
    pub late_by_original: bool,
}

/// The working days of one clock: after the day of acceptance, up to and with that of its end (or of `now`).
pub fn days(
    dossier: &Dossier,
    turn: &Turn,
    worktime: Worktime<'_>,
    now: Moment,
) -> Result<Vec<Day>, CalendarError> {
    let last = turn.ending.map_or(now, |ending| ending.at);
    let mut days = Vec::new();
    let mut date = turn.accepted_at.date();
    while date < last.date() {
        date = tomorrow(date)?;
        if worktime.calendar().is_working(date)? {
            let closing = worktime.end_of_day(turn.office.as_str(), date);
            // The desk from which the clock was ended, not the one it went to with the end.
            let at = match turn.ending {
                Some(ending) => closing.min(ending.at.plus(-1)),
                None => closing.min(now),
            };
            days.extend(day(dossier, turn, date, at, now));
        }
    }
    Ok(days)
}

fn day(dossier: &Dossier, turn: &Turn, date: Date, at: Moment, now: Moment) -> Option<Day> {
    let (stay, held) = holder(dossier, at, now)?;
    let awaited = |at: Moment| {
        let mut opinions = dossier.opinions.iter();
        opinions.find(|one| one.requested_at <= at && one.answered_at.is_none_or(|then| at < then))
    };
    Some(Day {
        date,
        desk: Desk::of(stay),
        held,
        opinion_of: awaited(at).map(|opinion| opinion.agency.clone()),
        late: date > turn.due_at.date(),
        late_by_original: date > turn.original_due_at.date(),
    })
}
