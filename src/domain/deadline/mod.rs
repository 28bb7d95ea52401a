//! When a result is due: each unit of a limit counted on a calendar, anew after every supplement.

mod count;
mod explain;
mod stops;
mod timeliness;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::calendar::{Calendar, CalendarError, Timetable};
use super::law::{Certainty, Limit, SupplementClock};
use super::policy::Policy;
use super::time::Moment;
use count::Count;

pub use explain::{Account, Explanation, Move, MoveCause, Wait, explain};
pub use stops::{Counted, Stop, counted};
pub use timeliness::{Comparison, Slack, Timeliness, classify, office_minutes, slack};

/// What the slip promises, and how sure the calendar behind it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// End of office hours of the due day; for limits in hours the hour itself.
    pub due_at: Moment,
    /// `Provisional` when a day it was counted over lies in a provisional year.
    pub certainty: Certainty,
}

/// The time an applicant took: from the request for a supplement to the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    pub from: Moment,
    pub to: Moment,
}

/// The promise made at acceptance. The day of receipt is never counted.
pub fn promise(
    limit: Limit,
    received_at: Moment,
    calendar: &Calendar,
    hours: &dyn Timetable,
    policy: &Policy,
) -> Result<Promise, CalendarError> {
    let mut count = Count::new(calendar, hours, policy);
    let due = count.begin(limit, received_at)?;
    count.settle(due)
}

/// The promise after answered supplements (`pauses`) and other times that are not counted (`stoppages`: payment of an
/// obligation, an announced outage); both in order, each closed.
///
/// `Pause`: the asking day is spent, the answering day is not counted, and what was left of the limit
/// follows; a supplement asked after the due moment changes nothing. `Reset` (Decree 61/2018
/// art. 19.4): the whole limit is counted again from the last answer, whenever it was asked; the
/// original due date stays the measure of lateness and is kept by the caller. A stoppage never resets.
#[expect(
    clippy::too_many_arguments,
    reason = "a turn's pinned rules, and the calendar they are counted on"
)]
pub fn renewed(
    limit: Limit,
    model: SupplementClock,
    received_at: Moment,
    pauses: &[Pause],
    stoppages: &[Pause],
    calendar: &Calendar,
    hours: &dyn Timetable,
    policy: &Policy,
) -> Result<Promise, CalendarError> {
    let stops: Vec<Stop> = pauses
        .iter()
        .map(|pause| Stop::of_supplement(*pause, model))
        .chain(stoppages.iter().copied().map(Stop::of_stoppage))
        .collect();
    counted(limit, received_at, &stops, calendar, hours, policy).map(|counted| counted.promise)
}
