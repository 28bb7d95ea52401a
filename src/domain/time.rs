//! Instants and the office's wall clock. Pure: nothing here reads a clock.

use jiff::{Timestamp, civil, tz};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Asia/Ho_Chi_Minh: UTC+7 with no daylight saving since 1975.
pub const HANOI: tz::Offset = tz::Offset::constant(7);

/// An instant in microseconds since 1970-01-01T00:00:00Z: the precision every back end keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Moment(pub i64);

impl Moment {
    pub const SECOND: i64 = 1_000_000;
    pub const HOUR: i64 = 3_600 * Self::SECOND;
    pub const DAY: i64 = 24 * Self::HOUR;

    /// The instant at which a clock on an office wall in Vietnam shows `at`.
    #[must_use]
    pub fn from_local(at: civil::DateTime) -> Self {
        HANOI
            .to_timestamp(at)
            .map_or(Self(i64::MAX), |stamp| Self(stamp.as_microsecond()))
    }

    /// What a clock on an office wall in Vietnam shows at this instant.
    #[must_use]
    pub fn local(self) -> civil::DateTime {
        HANOI.to_datetime(self.timestamp())
    }

    /// The calendar date in Vietnam.
    #[must_use]
    pub fn date(self) -> civil::Date {
        self.local().date()
    }

    #[must_use]
    pub fn plus(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// Out-of-range values (beyond year 9999) read as the epoch.
    fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

impl std::fmt::Display for Moment {
    /// UTC, fixed width, six digits: `2026-11-22T03:00:00.000007Z`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.6}", self.timestamp())
    }
}

impl std::str::FromStr for Moment {
    type Err = jiff::Error;
    /// Any RFC 3339 instant; digits below the microsecond are cut.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.parse::<Timestamp>()?.as_microsecond()))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_prints_six_digits_and_reads_back() {
        let moment = Moment(1_700_000_000_000_007);
        assert_eq!(moment.to_string(), "2023-11-14T22:13:20.000007Z");
        assert_eq!(
            moment.to_string().parse::<Moment>().expect("an instant"),
            moment
        );
    }

    #[test]
    fn the_date_is_the_one_in_hanoi() {
        let late: Moment = "2026-11-22T18:00:00Z".parse().expect("an instant");
        assert_eq!(late.date().to_string(), "2026-11-23");
    }
}
