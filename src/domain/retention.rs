//! How long personal data of finished dossiers is kept, by class of record (Law 33/2024/QH15 art. 15: for ever, or 2 to 70 years from
//! completion). Classes are records with a basis and a mark of certainty, as all law is here.

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::law::Certainty;
use super::reference::JournalKind;

/// Longest period there is, in years.
const YEARS_MAX: u16 = 70;
/// Shortest one.
const YEARS_MIN: u16 = 2;

/// A class of records that are kept equally long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionClass {
    /// What the office calls it.
    pub class: String,
    /// Codes of the procedures whose dossiers it is of.
    pub procedures: Vec<String>,
    /// From completion; none: for ever.
    pub years: Option<u16>,
    /// Where that stands, such as `33/2024/QH15:15`.
    pub basis: String,
    pub certainty: Certainty,
}

/// Why nothing may be destroyed by a class.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotExpired {
    #[error("class {0} is kept for ever")]
    Permanent(String),
    #[error(
        "class {class} is kept for {years} years, and the law knows {YEARS_MIN} to {YEARS_MAX}"
    )]
    NoPeriod { class: String, years: u16 },
    #[error(
        "class {class} is kept for {years} years: only what was completed before {last} has expired"
    )]
    TooEarly {
        class: String,
        years: u16,
        last: Date,
    },
    #[error(
        "class {0} is not known to be law (certainty {1:?}): nothing is destroyed by it on a live journal; give the office's own classes"
    )]
    Uncertain(String, Certainty),
}

impl RetentionClass {
    /// Whether what was completed before a day has expired by today.
    ///
    /// # Errors
    /// Why not.
    pub fn expired(
        &self,
        before: Date,
        today: Date,
        journal: JournalKind,
    ) -> Result<(), NotExpired> {
        let class = || self.class.clone();
        let years = self.years.ok_or_else(|| NotExpired::Permanent(class()))?;
        if !(YEARS_MIN..=YEARS_MAX).contains(&years) {
            return Err(NotExpired::NoPeriod {
                class: class(),
                years,
            });
        }
        let sure = matches!(self.certainty, Certainty::Verified | Certainty::Stated);
        if journal == JournalKind::Live && !sure {
            return Err(NotExpired::Uncertain(class(), self.certainty));
        }
        let last = today.saturating_sub(Span::new().years(years));
        if before > last {
            return Err(NotExpired::TooEarly {
                class: class(),
                years,
                last,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn class(years: Option<u16>, certainty: Certainty) -> RetentionClass {
        RetentionClass {
            class: "GP".to_owned(),
            procedures: vec!["1.004222".to_owned()],
            years,
            basis: "33/2024/QH15:15".to_owned(),
            certainty,
        }
    }

    #[test]
    fn what_was_completed_before_the_period_began_has_expired() {
        let (today, live) = (date(2026, 11, 29), JournalKind::Live);
        let ten = class(Some(10), Certainty::Stated);
        assert_eq!(ten.expired(date(2016, 11, 29), today, live), Ok(()));
        assert!(matches!(
            ten.expired(date(2016, 11, 30), today, live),
            Err(NotExpired::TooEarly { last, .. }) if last == date(2016, 11, 29)
        ));
        let leap = class(Some(2), Certainty::Verified);
        assert_eq!(
            leap.expired(date(2026, 2, 28), date(2028, 2, 29), live),
            Ok(())
        );
    }

    #[test]
    fn what_is_kept_for_ever_or_by_no_law_is_not_destroyed() {
        let (long_ago, today) = (date(1950, 1, 1), date(2026, 11, 29));
        let asked =
            |years, certainty, journal| class(years, certainty).expired(long_ago, today, journal);
        let live = JournalKind::Live;
        assert!(matches!(
            asked(None, Certainty::Verified, live),
            Err(NotExpired::Permanent(_))
        ));
        for years in [0, 1, 71] {
            let refused = asked(Some(years), Certainty::Verified, live);
            assert!(matches!(refused, Err(NotExpired::NoPeriod { .. })));
        }
        for certainty in [
            Certainty::Uncertain,
            Certainty::Illustrative,
            Certainty::Provisional,
        ] {
            assert!(matches!(
                asked(Some(5), certainty, live),
                Err(NotExpired::Uncertain(..))
            ));
            assert_eq!(asked(Some(5), certainty, JournalKind::Simulated), Ok(()));
        }
    }
}
