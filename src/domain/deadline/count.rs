//! The counting itself: walks the calendar and remembers how sure every day was that it looked at.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use super::timeliness::working_time;
use super::{Pause, Promise};
use crate::domain::calendar::{Calendar, CalendarError, DayKind, Timetable, tomorrow};
use crate::domain::law::{Certainty, Limit};
use crate::domain::policy::Policy;
use crate::domain::time::Moment;

/// Where a count arrives, before days off are considered.
#[derive(Clone, Copy)]
pub(super) enum Due {
    /// The end of this day, or of the first working day after it.
    Day(Date),
    Instant(Moment),
}

pub(super) struct Count<'a> {
    calendar: &'a Calendar,
    hours: &'a dyn Timetable,
    policy: &'a Policy,
    certainty: Certainty,
    /// Days met that are no Mondays to Fridays worked: not counted, or a Saturday that was.
    unusual: BTreeSet<Date>,
}

impl<'a> Count<'a> {
    pub(super) fn new(
        calendar: &'a Calendar,
        hours: &'a dyn Timetable,
        policy: &'a Policy,
    ) -> Self {
        let certainty = Certainty::Verified;
        Self {
            calendar,
            hours,
            policy,
            certainty,
            unusual: BTreeSet::new(),
        }
    }

    /// The weekends, days off and worked Saturdays that the count met.
    pub(super) fn into_unusual(self) -> BTreeSet<Date> {
        self.unusual
    }

    /// Counts a whole limit from a receipt (or, when the clock was reset, from an answer).
    pub(super) fn begin(&mut self, limit: Limit, start: Moment) -> Result<Due, CalendarError> {
        Ok(match limit {
            Limit::SameDay => Due::Day(self.same_day(start)?),
            Limit::WorkingDays(days) => {
                let first = self.counted_from(start)?;
                Due::Day(self.plus_working_days(first, i32::from(days))?)
            }
            Limit::CalendarDays(days) => Due::Day(plus(start.date(), i64::from(days).days())?),
            // The last day when the month has no such date (Civil Code art. 147): jiff clamps alike.
            Limit::Months(months) => Due::Day(plus(start.date(), i64::from(months).months())?),
            Limit::WorkingHours(hours) => {
                Due::Instant(self.plus_working_time(start, i64::from(hours) * Moment::HOUR)?)
            }
        })
    }

    /// Carries what was left of the limit at the asking over to the answer.
    pub(super) fn resume(
        &mut self,
        limit: Limit,
        due: Due,
        pause: Pause,
    ) -> Result<Due, CalendarError> {
        let asked = pause.from;
        let answered = pause.to.max(asked);
        // What lay ahead at the asking is counted anew.
        self.unusual.retain(|day| *day <= asked.date());
        match (limit, due) {
            (Limit::SameDay, _) => self.begin(limit, answered),
            (_, Due::Instant(due)) => {
                let left = working_time(asked, due, self.calendar, self.hours)?;
                Ok(Due::Instant(self.plus_working_time(answered, left)?))
            }
            (Limit::WorkingDays(days), Due::Day(due)) => {
                let left = self.calendar.working_days_between(asked.date(), due)?;
                let first = self.counted_from(answered)?;
                // Asked on the day off of the receipt, the clock had not begun: never more than the limit.
                let day = self.plus_working_days(first, left.min(i32::from(days)))?;
                self.open_after(day, answered)
            }
            (Limit::CalendarDays(_) | Limit::Months(_) | Limit::WorkingHours(_), Due::Day(due)) => {
                let left = asked.date().duration_until(due).as_hours() / 24;
                let day = plus(answered.date(), left.max(0).days())?;
                self.open_after(day, answered)
            }
        }
    }

    /// The promise that stands at the end of a count.
    pub(super) fn settle(&mut self, due: Due) -> Result<Promise, CalendarError> {
        let due_at = match due {
            Due::Day(day) => {
                let day = self.on_or_after(day)?;
                self.end_of_day(day)
            }
            Due::Instant(at) => at,
        };
        Ok(Promise {
            due_at,
            certainty: self.certainty,
        })
    }

    /// Same day until the cut-off, else (or on a day off) the next working day.
    fn same_day(&mut self, start: Moment) -> Result<Date, CalendarError> {
        let (day, hour) = (start.date(), start.local().time());
        if self.is_working(day)? && hour > self.policy.same_day_cutoff {
            return self.on_or_after(tomorrow(day)?);
        }
        self.on_or_after(day)
    }

    /// The day that counts as the one of receipt.
    fn counted_from(&mut self, start: Moment) -> Result<Date, CalendarError> {
        if self.policy.day_off_receipt_counts_next_working_day {
            return self.on_or_after(start.date());
        }
        Ok(start.date())
    }

    /// Nothing left of the limit and answered after closing: the next day, not an hour already past.
    fn open_after(&self, day: Date, answered: Moment) -> Result<Due, CalendarError> {
        let past = self.end_of_day(day) < answered;
        Ok(Due::Day(if past { tomorrow(day)? } else { day }))
    }

    fn plus_working_days(&mut self, mut day: Date, days: i32) -> Result<Date, CalendarError> {
        for _ in 0..days {
            day = self.on_or_after(tomorrow(day)?)?;
        }
        Ok(day)
    }

    fn plus_working_time(&mut self, start: Moment, micros: i64) -> Result<Moment, CalendarError> {
        let (mut day, mut left) = (start.date(), micros.max(0));
        loop {
            if self.is_working(day)? {
                for (opens, closes) in self.hours.on(day).instants(day) {
                    let begin = opens.max(start);
                    let available = closes.0 - begin.0;
                    if left <= available {
                        return Ok(begin.plus(left));
                    }
                    left -= available.max(0);
                }
            }
            day = tomorrow(day)?;
        }
    }

    fn on_or_after(&mut self, mut day: Date) -> Result<Date, CalendarError> {
        while !self.is_working(day)? {
            day = tomorrow(day)?;
        }
        Ok(day)
    }

    fn is_working(&mut self, day: Date) -> Result<bool, CalendarError> {
        self.certainty = self.certainty.and(self.calendar.certainty_of(day)?);
        let kind = self.calendar.kind_of(day)?;
        if kind != DayKind::Workday {
            self.unusual.insert(day);
        }
        Ok(kind.is_working())
    }

    fn end_of_day(&self, day: Date) -> Moment {
        self.hours.on(day).end_of_day(day)
    }
}

/// A day beyond the last date there is lies in no declared year.
fn plus(day: Date, span: Span) -> Result<Date, CalendarError> {
    let unknown = CalendarError::YearUnknown { year: day.year() };
    day.checked_add(span).map_err(|_| unknown)
}
