//! Reporting periods: what "March" or "the second quarter" means in days, by the convention of the one who asks for the report.

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use super::law::Certainty;

/// How long a reporting period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodKind {
    Month,
    Quarter,
    HalfYear,
    Year,
}

/// Whose calendar a report follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Convention {
    /// Reports of administrative agencies (Decree 09/2019): from the 15th before to the 14th.
    #[default]
    Decree09,
    /// Plain months, quarters and years, as the national portal's index counts (Decision 766).
    Calendar,
}

/// Days that a report covers; both ends count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub from: Date,
    pub to: Date,
    pub certainty: Certainty,
    /// Where the days were read.
    pub basis: &'static str,
}

const DECREE_09: &str = "Nghị định 09/2019/NĐ-CP (kỳ báo cáo: từ ngày 15 đến ngày 14)";
const DECISION_766: &str = "Quyết định 766/QĐ-TTg (tháng, quý, năm dương lịch)";

impl PeriodKind {
    /// How many of its kind a year has.
    #[must_use]
    pub fn in_year(self) -> u8 {
        match self {
            Self::Month => 12,
            Self::Quarter => 4,
            Self::HalfYear => 2,
            Self::Year => 1,
        }
    }

    fn months(self) -> i8 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::HalfYear => 6,
            Self::Year => 12,
        }
    }

    /// The days of the `number`th period (from 1) of a year from 1900 to 9998; none when there is no such period.
    #[must_use]
    pub fn of(self, year: i16, number: u8, convention: Convention) -> Option<Period> {
        if !(1..=self.in_year()).contains(&number) || !(1900..=9998).contains(&year) {
            return None;
        }
        let last_month = i8::try_from(number).ok()? * self.months();
        let first_month = last_month - self.months() + 1;
        Some(match convention {
            Convention::Calendar => Period {
                from: date(year, first_month, 1),
                to: date(year, last_month, 1).last_of_month(),
                certainty: Certainty::Verified,
                basis: DECISION_766,
            },
            Convention::Decree09 => Period {
                from: match first_month {
                    1 => date(year - 1, 12, 15),
                    month => date(year, month - 1, 15),
                },
                to: date(year, last_month, 14),
                certainty: match (self, number) {
                    // The decree was not read; the second half year is only what is left of the year.
                    (Self::HalfYear, 2) => Certainty::Uncertain,
                    (Self::Month | Self::Quarter | Self::HalfYear | Self::Year, _) => {
                        Certainty::Stated
                    }
                },
                basis: DECREE_09,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn then_days(kind: PeriodKind, number: u8, convention: Convention, from: &str, to: &str) {
        let period = kind.of(2022, number, convention).expect("a period");
        assert_eq!(
            (
                period.from.to_string().as_str(),
                period.to.to_string().as_str()
            ),
            (from, to)
        );
    }

    #[test]
    fn reports_run_from_the_fifteenth_to_the_fourteenth() {
        use PeriodKind::{HalfYear, Month, Quarter, Year};
        let by = Convention::Decree09;
        then_days(Month, 1, by, "2021-12-15", "2022-01-14");
        then_days(Month, 3, by, "2022-02-15", "2022-03-14");
        then_days(Quarter, 1, by, "2021-12-15", "2022-03-14");
        then_days(Quarter, 4, by, "2022-09-15", "2022-12-14");
        then_days(HalfYear, 1, by, "2021-12-15", "2022-06-14");
        then_days(Year, 1, by, "2021-12-15", "2022-12-14");
    }

    #[test]
    fn the_portal_counts_plain_months() {
        use PeriodKind::{Month, Quarter, Year};
        let by = Convention::Calendar;
        then_days(Month, 2, by, "2022-02-01", "2022-02-28");
        then_days(Quarter, 2, by, "2022-04-01", "2022-06-30");
        then_days(Year, 1, by, "2022-01-01", "2022-12-31");
    }

    #[test]
    fn periods_of_a_kind_follow_each_other_without_gap_or_overlap() {
        for convention in [Convention::Decree09, Convention::Calendar] {
            for kind in [PeriodKind::Month, PeriodKind::Quarter, PeriodKind::HalfYear] {
                for number in 2..=kind.in_year() {
                    let before = kind.of(2024, number - 1, convention).expect("a period");
                    let after = kind.of(2024, number, convention).expect("a period");
                    assert_eq!(before.to.tomorrow().expect("a day"), after.from);
                }
                let last = kind.of(2024, kind.in_year(), convention).expect("a period");
                let first = kind.of(2025, 1, convention).expect("a period");
                assert_eq!(last.to.tomorrow().expect("a day"), first.from);
            }
        }
    }

    #[test]
    fn there_is_no_thirteenth_month() {
        assert_eq!(PeriodKind::Month.of(2022, 13, Convention::Decree09), None);
        assert_eq!(PeriodKind::Year.of(2022, 0, Convention::Calendar), None);
    }
}
