//! Uncertain law is data: every limit, calendar, fee and step says where it comes from and how sure that is.

use serde::{Deserialize, Serialize};

/// How sure a record is. A record without this mark is refused by the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Read in the text it names.
    Verified,
    /// Generally known, not read in the text.
    Stated,
    /// Not known for sure: never shown as law.
    Uncertain,
    /// Chosen for a demonstration; no claim about the law.
    Illustrative,
    /// Declared before the official notice, and replaced by it.
    Provisional,
}

impl Certainty {
    /// How sure a conclusion is that rests on both: `Provisional` if either is, else the less sure one.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        if self.doubt() < other.doubt() {
            other
        } else {
            self
        }
    }

    fn doubt(self) -> u8 {
        match self {
            Self::Verified => 0,
            Self::Stated => 1,
            Self::Uncertain => 2,
            Self::Illustrative => 3,
            Self::Provisional => 4,
        }
    }
}

/// How long an office has (domain unit in the name).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "unit", content = "value")]
pub enum Limit {
    /// The same day; the next working day when received after the cut-off (15:00).
    SameDay,
    /// Working days; the day of receipt is not counted.
    WorkingDays(u16),
    /// Plain days; a due date on a day off moves to the next working day.
    CalendarDays(u16),
    /// Working hours within office hours, lunch excluded.
    WorkingHours(u16),
    /// Same date of a later month; the last day when that date is missing.
    Months(u16),
}

/// What a supplement request does to the processing clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SupplementClock {
    /// The time the applicant takes is not counted (Decision 766; Decree 301/2026 art. 4.7).
    Pause,
    /// The whole limit starts again (Decree 61/2018 art. 19.4).
    Reset,
}
