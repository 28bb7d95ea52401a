//! Times as other systems write them.

use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::strtime;
use jiff::tz::Offset;

use super::mapping::Mapping;
use crate::domain::time::{HANOI, Moment};

/// What a date without an hour stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bare {
    /// Done some time that day: its beginning.
    Done,
    /// Promised for that day: its end.
    Promised,
}

/// Reads times by a mapping's format; or RFC 3339, or the same without an offset, or a date.
pub struct Times<'a> {
    format: Option<&'a str>,
    offset: Offset,
}

impl<'a> Times<'a> {
    #[must_use]
    pub fn of(mapping: &'a Mapping) -> Self {
        let hours = mapping.utc_offset_hours;
        let offset = hours.and_then(|hours| Offset::from_hours(hours).ok());
        Self {
            format: mapping.time_format.as_deref(),
            offset: offset.unwrap_or(HANOI),
        }
    }

    /// None for what is no time, or outside the years 1900 to 9999.
    #[must_use]
    pub fn read(&self, text: &str, bare: Bare) -> Option<Moment> {
        let read = match self.format {
            Some(format) => self.by(format, text, bare),
            None => None,
        };
        let read = read.or_else(|| text.parse().ok());
        let civil = || Some(self.on_the_wall(text.parse::<DateTime>().ok()?));
        // A date alone is read as one, not as its midnight.
        let day = || Some(self.day(text.parse::<Date>().ok()?, bare));
        let alone = text.len() == 10;
        let read = read.or_else(|| if alone { day() } else { None });
        let read = read.or_else(civil)?;
        let year = read.date().year();
        (1900..=9999).contains(&year).then_some(read)
    }

    fn by(&self, format: &str, text: &str, bare: Bare) -> Option<Moment> {
        let broken = strtime::parse(format, text).ok()?;
        if let Ok(stamp) = broken.to_timestamp() {
            return Some(Moment(stamp.as_microsecond()));
        }
        if broken.hour().is_none() {
            return Some(self.day(broken.to_date().ok()?, bare));
        }
        Some(self.on_the_wall(broken.to_datetime().ok()?))
    }

    fn day(&self, day: Date, bare: Bare) -> Moment {
        let hour = match bare {
            Bare::Done => Time::midnight(),
            Bare::Promised => Time::constant(23, 59, 59, 0),
        };
        self.on_the_wall(day.to_datetime(hour))
    }

    fn on_the_wall(&self, at: DateTime) -> Moment {
        let stamp = self.offset.to_timestamp(at);
        stamp.map_or(Moment(i64::MAX), |stamp| Moment(stamp.as_microsecond()))
    }
}
