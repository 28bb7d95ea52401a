//! How a dossier stands against its due moment: early, on time or late when ended; slack while open.

use serde::{Deserialize, Serialize};

use crate::domain::calendar::{Calendar, CalendarError, Timetable, tomorrow};
use crate::domain::time::Moment;

const MINUTE: i64 = 60 * Moment::SECOND;

/// How an end is compared with a due moment; printed with every figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// By calendar date in Hanoi.
    #[default]
    Date,
    /// By the minute (Decision 766 compares full timestamps; equal to the minute is on time).
    Timestamp,
}

/// The three outcomes of a settled dossier (Circular 01/2018, indicator 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timeliness {
    Early,
    OnTime,
    Late,
}

/// Classifies a settled dossier.
pub fn classify(ended_at: Moment, due_at: Moment, comparison: Comparison) -> Timeliness {
    let order = match comparison {
        Comparison::Date => ended_at.date().cmp(&due_at.date()),
        Comparison::Timestamp => minute(ended_at).cmp(&minute(due_at)),
    };
    match order {
        std::cmp::Ordering::Less => Timeliness::Early,
        std::cmp::Ordering::Equal => Timeliness::OnTime,
        std::cmp::Ordering::Greater => Timeliness::Late,
    }
}

/// Office time left until the due moment: whole office days, and minutes of one more. Both are
/// negative (or zero) once it has passed, so the natural order is the worklist's: worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Slack {
    pub days: i64,
    pub minutes: i64,
}

/// The slack of an open dossier, in days as long as today. After hours it stands still: whether a dossier is overdue is
/// `now > due_at`, never a question to this.
pub fn slack(
    now: Moment,
    due_at: Moment,
    calendar: &Calendar,
    hours: &dyn Timetable,
) -> Result<Slack, CalendarError> {
    let left = working_time(now, due_at, calendar, hours)?;
    let day = hours.on(now.date()).length();
    let (days, rest) = (left / day, left % day);
    Ok(Slack {
        days,
        minutes: rest / MINUTE,
    })
}

/// Whole minutes of office time from one instant to a later one; none when it is the earlier.
pub fn office_minutes(
    from: Moment,
    to: Moment,
    calendar: &Calendar,
    hours: &dyn Timetable,
) -> Result<i64, CalendarError> {
    let micros = working_time(from, to.max(from), calendar, hours)?;
    Ok(micros / MINUTE)
}

/// Office time from one instant to another, in microseconds; negative when `to` is the earlier.
pub(super) fn working_time(
    from: Moment,
    to: Moment,
    calendar: &Calendar,
    hours: &dyn Timetable,
) -> Result<i64, CalendarError> {
    if to < from {
        return working_time(to, from, calendar, hours).map(|micros| -micros);
    }
    let (mut day, last) = (from.date(), to.date());
    let mut micros = 0;
    loop {
        if calendar.is_working(day)? {
            micros += hours.on(day).worked(day, from, to);
        }
        if day >= last {
            return Ok(micros);
        }
        day = tomorrow(day)?;
    }
}

fn minute(moment: Moment) -> i64 {
    moment.0.div_euclid(MINUTE)
}
