//! Which days an office works: a fold of declared years and of the notices that change them, and the hours of such a day.

mod hours;
mod notice;
#[cfg(test)]
mod tests;
mod timetable;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

pub use hours::{OfficeHours, OfficeHoursInvalid, Span};
pub use notice::{Notice, NoticeChange, NoticeError, Outage};
pub use timetable::{DatedHours, HoursChange, Timetable};

use super::law::Certainty;

/// One year of the working calendar, as a notice (or an operator, before the notice) declares it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarYear {
    pub year: i16,
    /// The first covered day when the declaration does not cover the whole year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Mondays to Fridays off; Saturdays and Sundays are off without being named.
    pub days_off: Vec<Date>,
    /// Saturdays worked in exchange for a weekday (a swap by notice).
    pub working_saturdays: Vec<Date>,
    /// Numbers of the notices it is read from.
    pub notice: String,
    /// `Provisional` until the notice for the year is issued.
    pub certainty: Certainty,
}

/// Why a calendar cannot answer, or a declaration cannot stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// Nobody declared the day: never Monday to Friday by default.
    #[error("no calendar is declared for {year}")]
    YearUnknown { year: i16 },
    /// The day named cannot stand in the list that names it.
    #[error("{day} cannot stand where the calendar of {year} names it")]
    DayMisplaced { year: i16, day: Date },
}

impl CalendarError {
    /// The stable code that clients see.
    pub fn code(self) -> &'static str {
        match self {
            Self::YearUnknown { .. } => "CALENDAR_YEAR_UNKNOWN",
            Self::DayMisplaced { .. } => "CALENDAR_DAY_MISPLACED",
        }
    }
}

impl CalendarYear {
    /// Refuses a declaration that names days of another year, weekends as weekdays off, or a day twice.
    pub fn check(&self) -> Result<(), CalendarError> {
        let misplaced = |day| CalendarError::DayMisplaced {
            year: self.year,
            day,
        };
        if let Some(from) = self.from.filter(|from| from.year() != self.year) {
            return Err(misplaced(from));
        }
        let off = self.days_off.iter().map(|day| (day, !is_weekend(*day)));
        let worked = self.working_saturdays.iter();
        let worked = worked.map(|day| (day, day.weekday() == Weekday::Saturday));
        let mut seen = std::collections::BTreeSet::new();
        for (&day, weekday_fits) in off.chain(worked) {
            if !weekday_fits || !self.covers(day) || !seen.insert(day) {
                return Err(misplaced(day));
            }
        }
        Ok(())
    }

    fn covers(&self, day: Date) -> bool {
        day.year() == self.year && self.from.is_none_or(|from| from <= day)
    }
}

/// Every declared year, and the days that notices changed since. A later declaration of a year replaces the earlier one and
/// what notices had changed in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeMap<i16, CalendarYear>,
    changes: BTreeMap<Date, DayChange>,
}

/// What the newest notice says of one day.
#[derive(Debug, Clone, PartialEq, Eq)]
struct DayChange {
    working: bool,
    notice: Arc<str>,
    certainty: Certainty,
}

/// Why a day is worked or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayKind<'a> {
    /// Monday to Friday, as usual.
    Workday,
    /// A Saturday worked in exchange, and the number of the paper that says so.
    WorkedSaturday { notice: &'a str },
    /// Saturday or Sunday.
    Weekend,
    /// A day off, and the number of the paper that says so.
    Off { notice: &'a str },
}

impl DayKind<'_> {
    /// Whether offices work.
    pub fn is_working(self) -> bool {
        match self {
            Self::Workday | Self::WorkedSaturday { .. } => true,
            Self::Weekend | Self::Off { .. } => false,
        }
    }
}

impl Calendar {
    /// The declarations that come with the program: December 2020 to 2026, and 2027 as provisional.
    pub fn shipped() -> Vec<CalendarYear> {
        serde_json::from_str(include_str!("../../../data/calendars.json"))
            .expect("a test reads the same bytes")
    }

    /// Takes a declared year in place of what was known of it.
    pub fn declare(&mut self, mut year: CalendarYear) {
        year.days_off.sort_unstable();
        year.working_saturdays.sort_unstable();
        self.changes.retain(|day, _| !year.covers(*day));
        self.years.insert(year.year, year);
    }

    /// Takes the days of a notice; it says nothing of the other days of their years.
    pub fn change(&mut self, off: &[Date], worked: &[Date], number: &str, certainty: Certainty) {
        let notice: Arc<str> = number.into();
        let off = off.iter().map(|day| (*day, false));
        for (day, working) in off.chain(worked.iter().map(|day| (*day, true))) {
            let notice = Arc::clone(&notice);
            let change = DayChange {
                working,
                notice,
                certainty,
            };
            self.changes.insert(day, change);
        }
    }

    /// The declaration in force for a year.
    pub fn year(&self, year: i16) -> Option<&CalendarYear> {
        self.years.get(&year)
    }

    /// The declared years, oldest first.
    pub fn years(&self) -> impl Iterator<Item = &CalendarYear> {
        self.years.values()
    }

    /// Whether offices work on this day.
    pub fn is_working(&self, day: Date) -> Result<bool, CalendarError> {
        self.kind_of(day).map(DayKind::is_working)
    }

    /// Why a day is worked or not, by the newest paper that names it.
    pub fn kind_of(&self, day: Date) -> Result<DayKind<'_>, CalendarError> {
        let year = self.declared(day)?;
        let change = self.changes.get(&day);
        let saturday = day.weekday() == Weekday::Saturday;
        let working = match change {
            Some(change) => change.working,
            None if saturday => year.working_saturdays.binary_search(&day).is_ok(),
            None if day.weekday() == Weekday::Sunday => false,
            None => year.days_off.binary_search(&day).is_err(),
        };
        let notice = change.map_or(year.notice.as_str(), |change| &change.notice);
        Ok(match (working, is_weekend(day)) {
            (true, true) => DayKind::WorkedSaturday { notice },
            (true, false) => DayKind::Workday,
            (false, true) => DayKind::Weekend,
            (false, false) => DayKind::Off { notice },
        })
    }

    /// How sure this day is: as the newest notice that names it, else as the declaration of its year.
    pub fn certainty_of(&self, day: Date) -> Result<Certainty, CalendarError> {
        let year = self.declared(day)?;
        let change = self.changes.get(&day);
        Ok(change.map_or(year.certainty, |change| change.certainty))
    }

    /// The first working day strictly after `day`.
    pub fn next_working_day(&self, day: Date) -> Result<Date, CalendarError> {
        self.on_or_after(tomorrow(day)?)
    }

    /// `day` itself when it is worked, else the first working day after it.
    pub fn on_or_after(&self, mut day: Date) -> Result<Date, CalendarError> {
        while !self.is_working(day)? {
            day = tomorrow(day)?;
        }
        Ok(day)
    }

    /// Working days after `from` up to and with `to`; negative when `to` lies before `from`.
    pub fn working_days_between(&self, from: Date, to: Date) -> Result<i32, CalendarError> {
        if to < from {
            return self.working_days_between(to, from).map(|days| -days);
        }
        let (mut day, mut days) = (from, 0);
        while day < to {
            day = tomorrow(day)?;
            days += i32::from(self.is_working(day)?);
        }
        Ok(days)
    }

    fn declared(&self, day: Date) -> Result<&CalendarYear, CalendarError> {
        let year = self.years.get(&day.year()).filter(|year| year.covers(day));
        year.ok_or(CalendarError::YearUnknown { year: day.year() })
    }
}

impl FromIterator<CalendarYear> for Calendar {
    fn from_iter<I: IntoIterator<Item = CalendarYear>>(years: I) -> Self {
        let mut calendar = Self::default();
        years.into_iter().for_each(|year| calendar.declare(year));
        calendar
    }
}

/// The day after; the last day there is has none, and no declaration covers it either.
pub(super) fn tomorrow(day: Date) -> Result<Date, CalendarError> {
    let unknown = CalendarError::YearUnknown { year: day.year() };
    day.tomorrow().map_err(|_| unknown)
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}
