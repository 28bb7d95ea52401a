//! Periods to choose from, the months of one, and the earlier ones it is compared with.

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};

use super::choice::place;
use crate::domain::period::{Convention, PeriodKind};
use crate::projections::statistics::Query;
use crate::web::frame::Frame;
use crate::web::lang::{Lang, Pair};

/// Months that a chart has room for; of a longer period the last ones.
pub const MONTHS_MAX: usize = 24;

/// The calendar months that a period touches, cut at its ends.
#[must_use]
pub fn months(from: Date, to: Date) -> Vec<(Date, Date)> {
    let mut months = Vec::new();
    let mut begin = from;
    while begin <= to {
        let end = begin.last_of_month();
        months.push((begin, end.min(to)));
        let Ok(next) = end.tomorrow() else { break };
        begin = next;
    }
    let more = months.len().saturating_sub(MONTHS_MAX);
    months.split_off(more)
}

/// The period of the same length before, and the same period a year before. A period of whole months, from whatever day
/// of the month, is compared with as many months.
#[must_use]
pub fn earlier(query: &Query) -> Option<(Query, Query)> {
    let of = |from: Date, to: Date| Query {
        from,
        to,
        ..query.clone()
    };
    let end = query.to.tomorrow().ok()?;
    let length =
        whole_months(query.from, end).map_or_else(|| end - query.from, jiff::ToSpan::months);
    let back = |date: Date, by: Span| date.checked_sub(by).ok();
    let previous = of(back(query.from, length)?, query.from.yesterday().ok()?);
    let year = 1.year();
    let last_year = of(back(query.from, year)?, back(end, year)?.yesterday().ok()?);
    Some((previous, last_year))
}

fn whole_months(from: Date, end: Date) -> Option<i32> {
    let reaches = |months: &i32| from.checked_add(months.months()).ok() == Some(end);
    (1..=24).find(reaches)
}

/// A named period, as a link that can be passed on.
pub struct Preset {
    pub name: String,
    pub link: String,
    pub is_current: bool,
}

/// Named periods by one convention.
pub struct Presets {
    pub name: Pair,
    pub says: Pair,
    pub periods: Vec<Preset>,
}

/// The periods of the year in which the question ends that have begun by `today`, and the year before; `path` is the page
/// that is asked.
#[must_use]
pub fn presets(path: &str, query: &Query, today: Date, frame: &Frame) -> Vec<Presets> {
    let of = |convention| {
        let year = query.to.year();
        let mut periods = Vec::new();
        for (year, kind) in [
            (year - 1, PeriodKind::Year),
            (year, PeriodKind::Year),
            (year, PeriodKind::HalfYear),
            (year, PeriodKind::Quarter),
            (year, PeriodKind::Month),
            (year + 1, PeriodKind::Year),
        ] {
            for number in 1..=kind.in_year() {
                let Some(period) = kind.of(year, number, convention) else {
                    continue;
                };
                if period.from > today {
                    continue;
                }
                let asked = Query {
                    from: period.from,
                    to: period.to,
                    ..query.clone()
                };
                periods.push(Preset {
                    name: name(kind, number, year, frame.lang),
                    link: frame.to(&place(path, &asked)),
                    is_current: period.from == query.from && period.to.min(today) == query.to,
                });
            }
        }
        periods
    };
    vec![
        Presets {
            name: ("Theo dương lịch", "Calendar periods"),
            says: (
                "Tháng, quý, năm dương lịch (như bộ chỉ số 766).",
                "Plain months, quarters and years (as the index 766 counts).",
            ),
            periods: of(Convention::Calendar),
        },
        Presets {
            name: (
                "Kỳ báo cáo (biểu II.06a)",
                "Reporting periods (form II.06a)",
            ),
            says: (
                "Từ ngày 15 tháng trước đến ngày 14 (Nghị định 09/2019).",
                "From the 15th of the month before to the 14th (Decree 09/2019).",
            ),
            periods: of(Convention::Decree09),
        },
    ]
}

fn name(kind: PeriodKind, number: u8, year: i16, lang: Lang) -> String {
    let (vi, en) = match kind {
        PeriodKind::Month => ("Tháng", "Month"),
        PeriodKind::Quarter => ("Quý", "Quarter"),
        PeriodKind::HalfYear => ("Nửa năm", "Half-year"),
        PeriodKind::Year => ("Năm", "Year"),
    };
    match kind {
        PeriodKind::Year => format!("{} {year}", lang.of(vi, en)),
        PeriodKind::Month | PeriodKind::Quarter | PeriodKind::HalfYear => {
            format!("{} {number}/{year}", lang.of(vi, en))
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::deadline::Comparison;
    use crate::projections::statistics::Scope;

    fn query(from: Date, to: Date) -> Query {
        Query {
            scope: Scope::All,
            channel: None,
            procedure: None,
            from,
            to,
            comparison: Comparison::Date,
        }
    }

    #[track_caller]
    fn compared(from: Date, to: Date, previous: (Date, Date), last_year: (Date, Date)) {
        let (before, year) = earlier(&query(from, to)).expect("earlier periods");
        assert_eq!((before.from, before.to), previous);
        assert_eq!((year.from, year.to), last_year);
    }

    #[test]
    fn whole_months_are_compared_with_as_many_months() {
        compared(
            date(2024, 2, 1),
            date(2024, 2, 29),
            (date(2024, 1, 1), date(2024, 1, 31)),
            (date(2023, 2, 1), date(2023, 2, 28)),
        );
        compared(
            date(2023, 2, 15),
            date(2023, 3, 14),
            (date(2023, 1, 15), date(2023, 2, 14)),
            (date(2022, 2, 15), date(2022, 3, 14)),
        );
    }

    #[test]
    fn other_periods_are_compared_by_days() {
        compared(
            date(2023, 3, 1),
            date(2023, 3, 10),
            (date(2023, 2, 19), date(2023, 2, 28)),
            (date(2022, 3, 1), date(2022, 3, 10)),
        );
    }

    #[test]
    fn months_are_cut_at_both_ends_and_the_last_ones_kept() {
        let found = months(date(2023, 1, 20), date(2023, 3, 5));
        assert_eq!(
            found,
            [
                (date(2023, 1, 20), date(2023, 1, 31)),
                (date(2023, 2, 1), date(2023, 2, 28)),
                (date(2023, 3, 1), date(2023, 3, 5)),
            ]
        );
        let long = months(date(2000, 1, 1), date(2023, 3, 5));
        assert_eq!(long.len(), MONTHS_MAX);
        assert_eq!(long.last(), Some(&(date(2023, 3, 1), date(2023, 3, 5))));
    }
}
