//! Why a date is what it is, in words a citizen reads: receipt, limit, days not counted, waiting, moves, and how sure it is.

mod after;
mod opening;
mod say;
#[cfg(test)]
mod tests;

use super::{Counted, Pause, Stop, counted};
use crate::domain::calendar::{Calendar, CalendarError, Timetable};
use crate::domain::law::{Certainty, Limit, SupplementClock};
use crate::domain::policy::Policy;
use crate::domain::time::Moment;
use after::{difference, moved, waited};
use opening::opening;
use say::Text;

/// Everything a date rests on.
#[derive(Clone, Copy)]
pub struct Account<'a> {
    pub limit: Limit,
    pub supplement_clock: SupplementClock,
    /// The hour on the slip.
    pub received_at: Moment,
    /// The promise now.
    pub due_at: Moment,
    pub certainty: Certainty,
    /// Time that does not count, in any order; the last may go on.
    pub waits: &'a [Wait],
    /// How the promise came to be what it is, oldest first.
    pub moves: &'a [Move],
    pub calendar: &'a Calendar,
    pub hours: &'a dyn Timetable,
    /// Pinned at acceptance.
    pub policy: &'a Policy,
}

/// Time that does not count, and for whom or what the office waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wait {
    /// For papers the applicant was asked for.
    Supplement { from: Moment, to: Option<Moment> },
    /// For money the applicant owes.
    Payment { from: Moment, to: Option<Moment> },
    /// Of a linked dossier: for the applicant at one of the agencies, or for another agency that puts its result right.
    Linked { from: Moment, to: Option<Moment> },
    /// For a system that is down; `notice` is the number of the paper that says so.
    Outage {
        from: Moment,
        to: Option<Moment>,
        notice: String,
    },
}

/// One move of the promise, or an apology that moved none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// When it was recorded.
    pub at: Moment,
    pub old: Moment,
    /// The same as `old` when the date stood and only became surer.
    pub new: Moment,
    pub cause: MoveCause,
}

/// Why a promise moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MoveCause {
    Supplement,
    Payment,
    /// Another agency put its result right.
    Correction,
    /// With the number of the paper, where the fact names it.
    Notice(Option<String>),
    /// With the number of the paper, where the fact names it.
    Outage(Option<String>),
    Apology,
    /// Too late or too often: it moved nothing.
    UnlawfulApology,
    /// The system that tells of the dossier promises another date than before.
    Source,
}

/// A date explained. Says nothing about persons, papers or amounts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Explanation {
    pub vi: String,
    pub en: String,
}

/// Tells how the date came about, in a few short sentences. Where the calendar has gone unknown since, without the days.
pub fn explain(account: &Account<'_>) -> Explanation {
    let mut text = Text::default();
    let counted = count(account);
    opening(account, counted.as_ref().ok(), &mut text);
    for wait in account.waits {
        waited(wait, account, &mut text);
    }
    for step in account.moves {
        moved(step, &mut text);
    }
    if let Ok(counted) = &counted {
        difference(account, counted.promise.due_at, &mut text);
    }
    if account.certainty == Certainty::Provisional {
        let year = account.due_at.date().year();
        text.sentence(
            format!("Ngày này là tạm tính: lịch nghỉ năm {year} chưa được ban hành."),
            format!(
                "This date is provisional: the days off of {year} have not been announced yet."
            ),
        );
    }
    text.into_explanation()
}

fn stops(account: &Account<'_>) -> Vec<Stop> {
    let stop = |wait: &Wait| match wait {
        Wait::Supplement { from, to } => {
            let pause = Pause {
                from: *from,
                to: (*to)?,
            };
            Some(Stop::of_supplement(pause, account.supplement_clock))
        }
        Wait::Payment { from, to } | Wait::Linked { from, to } | Wait::Outage { from, to, .. } => {
            Some(Stop {
                from: *from,
                to: (*to)?,
                resets: false,
            })
        }
    };
    account.waits.iter().filter_map(stop).collect()
}

fn count(account: &Account<'_>) -> Result<Counted, CalendarError> {
    let Account {
        limit,
        received_at,
        calendar,
        hours,
        policy,
        ..
    } = *account;
    counted(limit, received_at, &stops(account), calendar, hours, policy)
}
