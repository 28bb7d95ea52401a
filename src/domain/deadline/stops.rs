//! Time that does not count, whoever caused it: supplements, payments, outages; merged, so that nothing is given twice.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::count::Count;
use super::{Pause, Promise};
use crate::domain::calendar::{Calendar, CalendarError, Outage, Timetable};
use crate::domain::law::{Limit, SupplementClock};
use crate::domain::policy::Policy;
use crate::domain::time::Moment;

/// One span in which the clock stood still, and what it does when it runs again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    pub from: Moment,
    pub to: Moment,
    /// The whole limit starts again (Decree 61/2018 art. 19.4) instead of what was left of it.
    pub resets: bool,
}

impl Stop {
    /// The applicant's time for a supplement.
    pub fn of_supplement(pause: Pause, model: SupplementClock) -> Self {
        Self {
            from: pause.from,
            to: pause.to,
            resets: match model {
                SupplementClock::Pause => false,
                SupplementClock::Reset => true,
            },
        }
    }

    /// The time an obligation took to be paid; it never resets.
    pub fn of_stoppage(pause: Pause) -> Self {
        Self {
            from: pause.from,
            to: pause.to,
            resets: false,
        }
    }

    /// An outage whose end is known: the clock continues from recovery (Decree 301/2026 art. 4.7).
    pub fn of_outage(outage: &Outage) -> Option<Self> {
        Some(Self {
            from: outage.from,
            to: outage.to?,
            resets: false,
        })
    }
}

/// A promise with the days behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    pub promise: Promise,
    /// The weekends and days off that the count passed over, and the Saturdays worked that it counted.
    pub unusual: BTreeSet<Date>,
}

/// The promise over all stops, in any order. Of a stop the first day is spent and the last not counted (limits in days), or
/// exactly its office time is not counted (limits in hours). Overlapping stops are one. One that begins after the due moment
/// changes nothing, unless it resets; what lies before the receipt does not count either.
pub fn counted(
    limit: Limit,
    received_at: Moment,
    stops: &[Stop],
    calendar: &Calendar,
    hours: &dyn Timetable,
    policy: &Policy,
) -> Result<Counted, CalendarError> {
    let stops = merged(received_at, stops);
    let last_reset = stops.iter().rposition(|stop| stop.resets);
    let start = last_reset.map_or(received_at, |at| stops[at].to);
    let mut count = Count::new(calendar, hours, policy);
    let mut due = count.begin(limit, start)?;
    for stop in &stops[last_reset.map_or(0, |at| at + 1)..] {
        if stop.from <= count.settle(due)?.due_at {
            let pause = Pause {
                from: stop.from,
                to: stop.to,
            };
            due = count.resume(limit, due, pause)?;
        }
    }
    let promise = count.settle(due)?;
    Ok(Counted {
        promise,
        unusual: count.into_unusual(),
    })
}

/// By their beginning, apart from each other, none before the receipt.
fn merged(received_at: Moment, stops: &[Stop]) -> Vec<Stop> {
    let mut stops: Vec<Stop> = stops
        .iter()
        .filter(|stop| stop.to > received_at)
        .map(|stop| Stop {
            from: stop.from.max(received_at),
            ..*stop
        })
        .collect();
    stops.sort_unstable_by_key(|stop| (stop.from, stop.to));
    let mut apart: Vec<Stop> = Vec::with_capacity(stops.len());
    for stop in stops {
        match apart.last_mut() {
            Some(last) if stop.from <= last.to => {
                last.to = last.to.max(stop.to);
                last.resets |= stop.resets;
            }
            Some(_) | None => apart.push(stop),
        }
    }
    apart
}
