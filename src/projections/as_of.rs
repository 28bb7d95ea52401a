//! A point in the life of a journal, as people name it: a moment, a day, a position or a size.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime};

use super::error::{ProjectionError, Result};
use crate::domain::time::Moment;
use crate::journal::Journal;

/// When something is wanted to be seen as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// With every fact recorded at or before it.
    Moment(Moment),
    /// The journal when it had this many facts.
    Size(u64),
}

/// The text names no point.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no point in time: write 2023-06-30 (the whole day), 2023-06-30T17:00 (office time, UTC+7), \
     2023-06-30T10:00:00Z, position:N or size:N"
)]
pub struct AsOfError(String);

impl AsOf {
    /// How many facts the journal had then; 0 before its beginning.
    ///
    /// # Errors
    /// [`ProjectionError::BeyondEnd`] when the journal does not hold so many.
    pub async fn size(self, journal: &Journal) -> Result<u64> {
        match self {
            Self::Moment(moment) => Ok(journal.size_at(moment).await?),
            Self::Size(asked) => {
                let size = journal.head().await?.size;
                if asked > size {
                    return Err(ProjectionError::BeyondEnd { asked, size });
                }
                Ok(asked)
            }
        }
    }
}

impl FromStr for AsOf {
    type Err = AsOfError;

    fn from_str(text: &str) -> Result<Self, AsOfError> {
        let wrong = || AsOfError(text.to_owned());
        let number = |digits: &str| digits.parse::<u64>().ok();
        if let Some(digits) = text.strip_prefix("size:") {
            return number(digits).map(Self::Size).ok_or_else(wrong);
        }
        if let Some(digits) = text.strip_prefix("position:") {
            let size = number(digits).and_then(|position| position.checked_add(1));
            return size.map(Self::Size).ok_or_else(wrong);
        }
        if let Ok(moment) = text.parse() {
            return Ok(Self::Moment(moment));
        }
        let local = if text.contains(['T', 't', ' ']) {
            text.parse::<DateTime>().ok()
        } else {
            text.parse::<Date>().ok().map(end_of)
        };
        local
            .map(|local| Self::Moment(Moment::from_local(local)))
            .ok_or_else(wrong)
    }
}

/// The last microsecond of a day.
fn end_of(day: Date) -> DateTime {
    day.at(23, 59, 59, 999_999_000)
}

impl fmt::Display for AsOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Moment(moment) => {
                write!(f, "{}", moment.local().strftime("%d/%m/%Y %H:%M:%S"))?;
                f.write_str(" (UTC+7)")
            }
            Self::Size(size) => write!(f, "size {size}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn as_of(text: &str) -> AsOf {
        text.parse().expect("a point in time")
    }

    #[test]
    fn a_day_is_meant_whole_and_an_hour_is_that_of_the_office() {
        let hour = AsOf::Moment("2023-06-30T10:00:00Z".parse().expect("an instant"));
        for text in [
            "2023-06-30T17:00",
            "2023-06-30T17:00:00",
            "2023-06-30 17:00",
            "2023-06-30T17:00:00+07:00",
            "2023-06-30T10:00:00Z",
        ] {
            assert_eq!(as_of(text), hour, "{text}");
        }
        let AsOf::Moment(end) = as_of("2023-06-30") else {
            panic!("a moment")
        };
        assert_eq!(end.to_string(), "2023-06-30T16:59:59.999999Z");
    }

    #[test]
    fn a_position_is_the_last_fact_that_counts() {
        assert_eq!(as_of("position:0"), AsOf::Size(1));
        assert_eq!(as_of("size:7"), as_of("position:6"));
        assert_eq!(as_of("size:0"), AsOf::Size(0));
    }

    #[test]
    fn what_names_no_point_is_refused() {
        for text in [
            "",
            "yesterday",
            "2023-13-01",
            "2023-06-31T10:00",
            "position:-1",
            "size:",
            "7",
            "position:18446744073709551615",
        ] {
            assert!(text.parse::<AsOf>().is_err(), "{text}");
        }
    }
}
