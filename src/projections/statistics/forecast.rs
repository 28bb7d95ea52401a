//! When dossiers of a procedure at an office are likely to be finished, from how long such dossiers took, and how well that
//! would have foretold the last quarter.

use jiff::civil::Date;
use sqlx::query_as;

use super::sql::begin;
use crate::domain::calendar::Calendar;
use crate::domain::period::{Convention, PeriodKind};
use crate::domain::time::Moment;
use crate::projections::{ReadModels, Result};

/// Dossiers that a percentile is taken of, at least.
pub const SAMPLE_MIN: usize = 30;
/// Between how many per cent of the following quarter P90 must have held.
pub const HELD_PERCENT: (u64, u64) = (85, 95);
/// History goes back so many quarters.
const QUARTERS: u8 = 4;
/// Dossiers read at most; the newest count.
pub(super) const ROWS_MAX: i64 = 50_000;

/// Working days from receipt to settlement, the day of receipt not counted: half and nine tenths took no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Percentiles {
    pub p50_days: u32,
    pub p90_days: u32,
    /// Dossiers that they are taken of.
    pub sample: usize,
}

/// What a forecast made before a quarter would have been worth in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backtest {
    pub from: Date,
    pub to: Date,
    /// Known on the eve of the quarter; none when too few dossiers were settled by then.
    pub forecast: Option<Percentiles>,
    /// Received in the quarter and settled within P90.
    pub held: u64,
    /// Received in the quarter and settled or still open after P90.
    pub exceeded: u64,
    /// Still open within P90, or closed without settlement: nobody knows.
    pub unresolved: u64,
}

/// The forecast of a procedure at an office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// From the last four quarters up to today; none unless it may be shown.
    pub shown: Option<Percentiles>,
    /// Newest first.
    pub backtests: Vec<Backtest>,
    /// Why it is shown or not: (Vietnamese, English).
    pub why: (&'static str, &'static str),
}

/// One dossier as the forecast sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lived {
    pub(super) received: Date,
    pub(super) ended: Option<Date>,
    pub(super) settled: bool,
}

impl Backtest {
    /// P90 held for 85 to 95 % of at least [`SAMPLE_MIN`] dossiers.
    #[must_use]
    pub fn is_good(&self) -> bool {
        let judged = self.held + self.exceeded;
        let (least, most) = HELD_PERCENT;
        self.forecast.is_some()
            && judged >= SAMPLE_MIN as u64
            && self.held * 100 >= judged * least
            && self.held * 100 <= judged * most
    }
}

/// Forecasts from rows, as of `today`.
pub async fn forecast(
    models: &ReadModels,
    procedure: &str,
    office: &str,
    today: Date,
) -> Result<Forecast> {
    let first = Date::new(today.year() - 3, 1, 1).unwrap_or(Date::MIN);
    let rows: Vec<(i64, Option<i64>, Option<String>)> = query_as(
        "select received_at, ended_at, end_kind from turn
         where office = ?1 and procedure = ?2 and begun_at >= ?3 and received_at >= ?3 order by received_at desc limit ?4",
    )
    .bind(office)
    .bind(procedure)
    .bind(begin(Some(first)))
    .bind(ROWS_MAX)
    .fetch_all(models.pool())
    .await?;
    let lived = rows.into_iter().map(|(received, ended, kind)| Lived {
        received: Moment(received).date(),
        ended: ended.map(|ended| Moment(ended).date()),
        settled: kind.is_some_and(|kind| matches!(kind.as_str(), "completed" | "refused")),
    });
    let lived: Vec<Lived> = lived.collect();
    Ok(from_history(&lived, &models.reference().calendar, today))
}

fn from_history(lived: &[Lived], calendar: &Calendar, today: Date) -> Forecast {
    let days = Days::new(lived, calendar, today);
    let quarters = quarters_before(today);
    let backtests: Vec<Backtest> = quarters
        .iter()
        .map(|(from, to)| test(lived, &days, *from, *to, today))
        .collect();
    let since = quarters.last().map_or(today, |(from, _)| *from);
    let now = percentiles(lived, &days, since, today.tomorrow().unwrap_or(today));
    let newest = backtests.first();
    let (shown, why) = match (newest, now) {
        (Some(newest), Some(now)) if newest.is_good() => (
            Some(now),
            (
                "P90 dự báo trước quý vừa qua đúng với 85–95 % hồ sơ của quý đó.",
                "P90 as foretold before the last quarter held for 85 to 95 % of its dossiers.",
            ),
        ),
        (Some(Backtest { forecast: None, .. }) | None, _) | (_, None) => (
            None,
            (
                "Quá ít hồ sơ đã giải quyết để dự báo (cần ít nhất 30).",
                "Too few dossiers were settled to forecast from (30 at least).",
            ),
        ),
        (Some(newest), _) if newest.held + newest.exceeded < SAMPLE_MIN as u64 => (
            None,
            (
                "Quá ít hồ sơ trong quý vừa qua để kiểm tra dự báo (cần ít nhất 30).",
                "Too few dossiers of the last quarter to test a forecast on (30 at least).",
            ),
        ),
        (Some(_), _) => (
            None,
            (
                "P90 dự báo trước quý vừa qua không đúng với 85–95 % hồ sơ của quý đó; không hiển thị dự báo.",
                "P90 as foretold before the last quarter did not hold for 85 to 95 % of its dossiers: no forecast is shown.",
            ),
        ),
    };
    Forecast {
        shown,
        backtests,
        why,
    }
}

/// The last four whole calendar quarters that are over, newest first.
fn quarters_before(today: Date) -> Vec<(Date, Date)> {
    let mut quarters = Vec::new();
    for year in [today.year(), today.year() - 1, today.year() - 2] {
        for number in (1..=PeriodKind::Quarter.in_year()).rev() {
            let period = PeriodKind::Quarter.of(year, number, Convention::Calendar);
            if let Some(period) = period.filter(|period| period.to < today) {
                quarters.push((period.from, period.to));
            }
        }
    }
    quarters.truncate(usize::from(QUARTERS));
    quarters
}

/// Four quarters before a day, by the calendar.
pub(super) fn year_before(day: Date) -> Date {
    day.checked_sub(jiff::Span::new().years(1)).unwrap_or(day)
}

fn test(lived: &[Lived], days: &Days, from: Date, to: Date, today: Date) -> Backtest {
    let forecast = percentiles(lived, days, year_before(from), from);
    let mut backtest = Backtest {
        from,
        to,
        forecast,
        held: 0,
        exceeded: 0,
        unresolved: 0,
    };
    let Some(Percentiles { p90_days, .. }) = forecast else {
        return backtest;
    };
    let of_quarter = lived
        .iter()
        .filter(|one| (from..=to).contains(&one.received));
    for one in of_quarter {
        let taken = days.between(one.received, one.ended.unwrap_or(today));
        match (one.settled, taken) {
            (true, Some(taken)) if taken <= p90_days => backtest.held += 1,
            (_, Some(taken)) if taken > p90_days => backtest.exceeded += 1,
            (true | false, Some(_) | None) => backtest.unresolved += 1,
        }
    }
    backtest
}

/// Of the dossiers received since `since` and settled before `until`.
fn percentiles(lived: &[Lived], days: &Days, since: Date, until: Date) -> Option<Percentiles> {
    let known = lived
        .iter()
        .filter(|one| one.settled && one.received >= since);
    let known = known.filter_map(|one| {
        let ended = one.ended.filter(|ended| *ended < until)?;
        days.between(one.received, ended)
    });
    let mut taken: Vec<u32> = known.collect();
    if taken.len() < SAMPLE_MIN {
        return None;
    }
    taken.sort_unstable();
    // Nearest rank: the smallest value that so many are not above.
    let rank = |percent: usize| (taken.len() * percent).div_ceil(100).max(1) - 1;
    Some(Percentiles {
        p50_days: taken[rank(50)],
        p90_days: taken[rank(90)],
        sample: taken.len(),
    })
}

/// Working days before each day, so that a difference is one subtraction.
pub(super) struct Days {
    first: Date,
    before: Vec<Option<u32>>,
}

impl Days {
    pub(super) fn new(lived: &[Lived], calendar: &Calendar, today: Date) -> Self {
        let first = lived.iter().map(|one| one.received).min().unwrap_or(today);
        let mut before = Vec::new();
        let (mut day, mut sum) = (first, Some(0_u32));
        while day <= today {
            before.push(sum);
            let Ok(next) = day.tomorrow() else { break };
            let worked = calendar.is_working(next).ok().map(u32::from);
            sum = sum.zip(worked).map(|(sum, worked)| sum + worked);
            day = next;
        }
        Self { first, before }
    }

    /// Working days after `from` up to and with `to`; none where no calendar is declared.
    pub(super) fn between(&self, from: Date, to: Date) -> Option<u32> {
        let place = |day: Date| {
            let days = (day - self.first).get_days();
            self.before.get(usize::try_from(days).ok()?).copied()?
        };
        place(to)?.checked_sub(place(from)?)
    }
}

/// The working day so many working days after `from`; none where no calendar is declared.
#[must_use]
pub fn working_day_after(calendar: &Calendar, from: Date, days: u32) -> Option<Date> {
    let mut day = from;
    for _ in 0..days {
        day = calendar.next_working_day(day).ok()?;
    }
    Some(day)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn calendar() -> Calendar {
        let mut calendar = Calendar::default();
        for year in Calendar::shipped() {
            calendar.declare(year);
        }
        calendar
    }

    /// One dossier a working day from 2024 on; of twenty, `slow` take six working days and the others two.
    fn history(slow_before: u32, slow_after: u32) -> Vec<Lived> {
        let calendar = calendar();
        let (mut day, mut lived) = (date(2024, 1, 2), Vec::new());
        while day < date(2025, 5, 1) {
            let place = u32::try_from(lived.len() % 20).expect("a place");
            let slow = if day < date(2025, 1, 1) {
                slow_before
            } else {
                slow_after
            };
            let taken = if place < slow { 6 } else { 2 };
            lived.push(Lived {
                received: day,
                ended: working_day_after(&calendar, day, taken),
                settled: true,
            });
            day = calendar.next_working_day(day).expect("a declared year");
        }
        lived
    }

    #[test]
    fn a_forecast_that_held_is_shown_with_the_figures_of_its_test() {
        let forecast = from_history(&history(1, 2), &calendar(), date(2025, 4, 20));
        let newest = forecast.backtests[0];
        assert_eq!(
            (newest.from, newest.to),
            (date(2025, 1, 1), date(2025, 3, 31))
        );
        assert!(newest.is_good(), "{newest:?}");
        let shown = forecast.shown.expect("shown");
        assert_eq!((shown.p50_days, shown.p90_days), (2, 2));
    }

    #[test]
    fn a_forecast_that_failed_is_not_shown() {
        let forecast = from_history(&history(1, 8), &calendar(), date(2025, 4, 20));
        let newest = forecast.backtests[0];
        assert!(newest.held * 100 < 85 * (newest.held + newest.exceeded));
        assert_eq!(forecast.shown, None);
    }

    #[test]
    fn a_bound_that_holds_for_everybody_is_no_ninety_per_cent() {
        let forecast = from_history(&history(0, 0), &calendar(), date(2025, 4, 20));
        assert_eq!(forecast.backtests[0].exceeded, 0);
        assert_eq!(forecast.shown, None);
    }

    #[test]
    fn few_dossiers_foretell_nothing() {
        let few = &history(1, 1)[..SAMPLE_MIN - 1];
        let forecast = from_history(few, &calendar(), date(2024, 4, 20));
        assert_eq!(forecast.shown, None);
        assert!(forecast.why.1.starts_with("Too few"));
    }

    #[test]
    fn only_what_was_known_on_the_eve_of_the_quarter_foretells_it() {
        let calendar = calendar();
        let history = history(1, 1);
        let days = Days::new(&history, &calendar, date(2025, 4, 20));
        let eve = percentiles(&history, &days, date(2024, 1, 1), date(2024, 4, 1));
        let known = history
            .iter()
            .filter(|one| one.ended < Some(date(2024, 4, 1)));
        assert_eq!(eve.expect("enough").sample, known.count());
        assert_eq!(days.between(date(2024, 1, 5), date(2024, 1, 8)), Some(1));
    }
}
