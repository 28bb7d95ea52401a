//! Days lost, by cause; and how late a promise was kept, against the first date and the one that stands.

use super::{Cause, Entry, PromiseAct};
use crate::domain::calendar::CalendarError;
use crate::domain::dossier::desk::{Held, Worktime, days};
use crate::domain::dossier::{Dossier, Turn};
use crate::domain::time::Moment;

/// Working days of one clock by cause.
///
/// Applicant, payment and other agency: days at whose end they were waited for (the applicant before a payment, both before
/// an agency, so that no day counts twice). Notice and outage: days by which they moved the date. Office: days at whose end
/// the office had it and the promise had passed: the current one, or one that a lawful apology had moved on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DaysLost {
    pub applicant: u32,
    pub payment: u32,
    pub other_agency: u32,
    pub notice: u32,
    pub outage: u32,
    pub office: u32,
}

impl DaysLost {
    #[must_use]
    pub fn of(self, cause: Cause) -> u32 {
        match cause {
            Cause::Applicant => self.applicant,
            Cause::Payment => self.payment,
            Cause::OtherAgency => self.other_agency,
            Cause::Notice => self.notice,
            Cause::Outage => self.outage,
            Cause::Office => self.office,
        }
    }

    fn add(&mut self, cause: Cause, days: u32) {
        let counter = match cause {
            Cause::Applicant => &mut self.applicant,
            Cause::Payment => &mut self.payment,
            Cause::OtherAgency => &mut self.other_agency,
            Cause::Notice => &mut self.notice,
            Cause::Outage => &mut self.outage,
            Cause::Office => &mut self.office,
        };
        *counter += days;
    }
}

impl std::ops::AddAssign for DaysLost {
    fn add_assign(&mut self, other: Self) {
        for cause in Cause::ALL {
            self.add(cause, other.of(cause));
        }
    }
}

/// How one clock stands against its promises, by days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lateness {
    /// The moment had passed when the clock ended; while it runs, by now. While it stands, when it was stopped.
    pub late: bool,
    pub late_by_original: bool,
    /// Working days after the promise as it stands.
    pub days: u32,
    /// Working days after the first promise.
    pub days_by_original: u32,
    /// An apology was recorded while the clock ran, lawful or not.
    pub apologised: bool,
}

/// The days that each cause took from the turn at `place`, counted from 0.
pub fn days_lost(
    dossier: &Dossier,
    place: usize,
    entries: &[Entry],
    worktime: Worktime<'_>,
    now: Moment,
) -> Result<DaysLost, CalendarError> {
    let mut lost = DaysLost::default();
    let Some(turn) = dossier.turns.get(place) else {
        return Ok(lost);
    };
    let own = || entries.iter().filter(|entry| entry.turn == place + 1);
    for entry in own() {
        if let (PromiseAct::Recomputed, Some(cause @ (Cause::Notice | Cause::Outage)), Some(days)) =
            (entry.act, entry.cause, entry.days)
        {
            lost.add(cause, days);
        }
    }
    let extended: Vec<(Moment, Moment)> = own()
        .filter(|entry| entry.act == PromiseAct::Extended)
        .filter_map(|entry| entry.due_before.zip(entry.due_after))
        .collect();
    for day in days(dossier, turn, worktime, now)? {
        let bridged = extended
            .iter()
            .any(|(old, new)| old.date() < day.date && day.date <= new.date());
        let elsewhere = day.opinion_of.is_some() || !turn.was_at(&day.desk.office);
        match day.held {
            Held::Applicant => lost.add(Cause::Applicant, 1),
            Held::Payment => lost.add(Cause::Payment, 1),
            Held::Desk | Held::Transit { .. } | Held::Collection if elsewhere => {
                lost.add(Cause::OtherAgency, 1);
            }
            Held::Desk | Held::Transit { .. } | Held::Collection => {
                lost.add(Cause::Office, u32::from(day.late || bridged));
            }
        }
    }
    Ok(lost)
}

/// How a clock stands against its promises.
pub fn lateness(
    turn: &Turn,
    place: usize,
    entries: &[Entry],
    worktime: Worktime<'_>,
    now: Moment,
) -> Result<Lateness, CalendarError> {
    let stopped = turn.paused_since.unwrap_or(now);
    let at = turn.ending.map_or(stopped, |ending| ending.at);
    // A settled dossier is compared by the day, as offices publish it; an open one by the moment.
    let late = |due: Moment| match turn.ending {
        Some(_) => at.date() > due.date(),
        None => at > due,
    };
    let days = |due: Moment| worktime.days(due.date(), at.date());
    let mut own = entries.iter().filter(|entry| entry.turn == place + 1);
    Ok(Lateness {
        late: late(turn.due_at),
        late_by_original: late(turn.original_due_at),
        days: days(turn.due_at)?,
        days_by_original: days(turn.original_due_at)?,
        apologised: own.any(|entry| match entry.act {
            PromiseAct::Extended | PromiseAct::ApologyWithoutEffect => true,
            PromiseAct::IntakePromised
            | PromiseAct::Promised
            | PromiseAct::Paused
            | PromiseAct::Resumed
            | PromiseAct::Recomputed
            | PromiseAct::Missed
            | PromiseAct::OpinionAwaited
            | PromiseAct::OpinionOverdue
            | PromiseAct::OpinionAnswered
            | PromiseAct::Transferred
            | PromiseAct::Ended(_) => false,
        }),
    })
}
