//! Office time as one line: the working days of a story laid end to end, nights and days off cut out.

use jiff::civil::Date;

use crate::domain::calendar::{Calendar, OfficeHours};
use crate::domain::time::Moment;

/// Working days in order; office time is counted in microseconds from the opening of the first.
#[derive(Debug, Clone)]
pub struct OfficeTime {
    days: Vec<Date>,
    hours: OfficeHours,
}

impl OfficeTime {
    /// Every working day from `first` to `last` that the calendar knows.
    pub fn new(calendar: &Calendar, hours: OfficeHours, first: Date, last: Date) -> Self {
        let all = std::iter::successors(Some(first), |day| day.tomorrow().ok());
        let days = all
            .take_while(|day| *day <= last)
            .filter(|day| calendar.is_working(*day).unwrap_or(false))
            .collect();
        Self { days, hours }
    }

    pub fn day(&self, index: usize) -> Option<Date> {
        self.days.get(index).copied()
    }

    /// The index of the first working day on or after `day`.
    pub fn on_or_after(&self, day: Date) -> usize {
        self.days.partition_point(|known| *known < day)
    }

    /// The working days from one day to another, both included, as indexes.
    pub fn span(&self, from: Date, to: Date) -> std::ops::Range<usize> {
        self.on_or_after(from)..self.days.partition_point(|known| *known <= to)
    }

    /// The opening of a working day, in office time.
    pub fn opens(&self, index: usize) -> i64 {
        i64::try_from(index).unwrap_or(i64::MAX) * self.hours.length()
    }

    /// The closing of a working day, in office time: the opening of the next.
    pub fn closes(&self, index: usize) -> i64 {
        self.opens(index + 1)
    }

    /// How much office time lies before an instant.
    pub fn at(&self, moment: Moment) -> i64 {
        let day = moment.date();
        let index = self.on_or_after(day);
        let today = if self.day(index) == Some(day) {
            let begin = Moment::from_local(day.to_datetime(jiff::civil::Time::MIN));
            self.hours.worked(day, begin, moment)
        } else {
            0
        };
        self.opens(index) + today
    }

    /// The instant at which this much office time has passed; an opening rather than the closing before it.
    pub fn moment(&self, office: i64) -> Option<Moment> {
        let length = self.hours.length();
        let day = self.day(usize::try_from(office.div_euclid(length)).ok()?)?;
        let mut left = office.rem_euclid(length);
        for (opens, closes) in self.hours.instants(day) {
            let span = closes.0 - opens.0;
            if left < span {
                return Some(opens.plus(left));
            }
            left -= span;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn line() -> OfficeTime {
        let calendar: Calendar = Calendar::shipped().into_iter().collect();
        let hours = OfficeHours::default();
        OfficeTime::new(&calendar, hours, date(2023, 1, 1), date(2023, 12, 31))
    }

    fn local(text: &str) -> Moment {
        Moment::from_local(text.parse().expect("a local time"))
    }

    #[test]
    fn nights_breaks_and_days_off_take_no_office_time() {
        let line = line();
        assert_eq!(line.day(0), Some(date(2023, 1, 3)));
        let morning = line.at(local("2023-01-03T11:30"));
        assert_eq!(morning, line.at(local("2023-01-03T13:30")));
        let evening = line.at(local("2023-01-06T17:00"));
        assert_eq!(evening, line.at(local("2023-01-09T07:00")));
        assert_eq!(line.moment(evening), Some(local("2023-01-09T07:00")));
    }

    #[test]
    fn an_instant_of_office_time_is_found_again() {
        let line = line();
        for text in [
            "2023-01-03T07:00",
            "2023-03-14T11:29:59",
            "2023-11-30T16:59",
        ] {
            assert_eq!(line.moment(line.at(local(text))), Some(local(text)));
        }
    }
}
