//! How long personal data of finished dossiers is kept, by class of record (Law 33/2024/QH15 art. 15: for ever, or 2 to 70 years from
//! completion). Classes are records with a basis and a mark of certainty, as all law is here.

use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::law::Certainty;
use super::reference::JournalKind;
use super::text::is_basis;

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
    /// From completion; null: for ever. It has to be said.
    #[serde(deserialize_with = "Option::deserialize")]
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

/// Why classes cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadClasses {
    #[error("class {0} stands there twice")]
    Twice(String),
    #[error("class {0} is of no procedure")]
    Empty(String),
    #[error(
        "procedure {procedure} is in class {one} and in class {other}: it can be kept for one period only"
    )]
    Overlap {
        procedure: String,
        one: String,
        other: String,
    },
    #[error("class {class} rests on {basis}, which is not a code such as 33/2024/QH15:15")]
    Basis { class: String, basis: String },
}

/// Whether classes can be told apart, and rest on something.
///
/// # Errors
/// The first thing that is wrong.
pub fn check(classes: &[RetentionClass]) -> Result<(), BadClasses> {
    let mut known: BTreeMap<&str, &str> = BTreeMap::new();
    for (place, class) in classes.iter().enumerate() {
        let name = || class.class.clone();
        if classes[..place]
            .iter()
            .any(|earlier| earlier.class == class.class)
        {
            return Err(BadClasses::Twice(name()));
        }
        if class.procedures.is_empty() {
            return Err(BadClasses::Empty(name()));
        }
        if !is_basis(&class.basis) {
            let basis = class.basis.clone();
            return Err(BadClasses::Basis {
                class: name(),
                basis,
            });
        }
        for procedure in &class.procedures {
            if let Some(one) = known.insert(procedure, &class.class) {
                return Err(BadClasses::Overlap {
                    procedure: procedure.clone(),
                    one: one.to_owned(),
                    other: name(),
                });
            }
        }
    }
    Ok(())
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
    fn classes_say_one_thing_of_each_procedure() {
        let one = class(Some(5), Certainty::Stated);
        let named = |name: &str, procedure: &str, basis: &str| RetentionClass {
            class: name.to_owned(),
            procedures: vec![procedure.to_owned()],
            basis: basis.to_owned(),
            ..one.clone()
        };
        let law = "33/2024/QH15:15";
        assert_eq!(check(&[one.clone(), named("HT", "1.001193", law)]), Ok(()));
        let refused = |other| check(&[one.clone(), other]).expect_err("refused");
        assert!(matches!(
            refused(named("HT", "1.004222", law)),
            BadClasses::Overlap { .. }
        ));
        assert!(matches!(
            refused(named("GP", "1.001193", law)),
            BadClasses::Twice(_)
        ));
        assert!(matches!(
            refused(named("HT", "1.001193", "Nguyen Van A")),
            BadClasses::Basis { .. }
        ));
        let none = RetentionClass {
            procedures: Vec::new(),
            ..named("HT", "1", law)
        };
        assert!(matches!(refused(none), BadClasses::Empty(_)));
        let untold = serde_json::from_str::<RetentionClass>(
            r#"{"class":"GP","procedures":["1"],"basis":"33/2024/QH15:15","certainty":"stated"}"#,
        );
        assert!(untold.is_err(), "how long has to be said");
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
