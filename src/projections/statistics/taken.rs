//! How long dossiers of a procedure really took in the last year: a share of counted dossiers, and no forecast.

use jiff::civil::Date;
use sqlx::query_as;

use super::forecast::{Days, Lived, ROWS_MAX, year_before};
use super::sql::begin;
use crate::domain::time::Moment;
use crate::projections::{ReadModels, Result};

/// Dossiers that a share is said of, at least: of fewer it would tell of people.
pub const JUDGED_MIN: u64 = 30;
/// The share whose time is told.
const EIGHT_OF_TEN: (u64, u64) = (8, 10);

/// The last year of a procedure, at an office or at all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Received on this day and after.
    pub since: Date,
    /// None when there are too few, or so many of them wait too long.
    pub most: Option<Most>,
    /// Dossiers settled, or still open: whether they are enough to say anything of.
    pub enough: bool,
}

/// In how many working days most of them were settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Most {
    /// Working days after the day of receipt; 0 for the same day.
    pub days: u32,
    /// Settled in them.
    pub within: u64,
    /// Settled at all, or open for longer.
    pub of: u64,
}

/// Counts the year before `today`; at most the newest 50,000 dossiers.
pub async fn taken(
    models: &ReadModels,
    procedure: &str,
    office: Option<&str>,
    today: Date,
) -> Result<Taken> {
    let since = year_before(today);
    let rows: Vec<(i64, Option<i64>, Option<String>)> = query_as(
        "select received_at, ended_at, end_kind from turn
         where procedure = ?1 and (?2 is null or office = ?2) and received_at >= ?3
         order by received_at desc limit ?4",
    )
    .bind(procedure)
    .bind(office)
    .bind(begin(Some(since)))
    .bind(ROWS_MAX)
    .fetch_all(models.pool())
    .await?;
    let lived = rows.into_iter().map(|(received, ended, kind)| Lived {
        received: Moment(received).date(),
        ended: ended.map(|ended| Moment(ended).date()),
        settled: kind.is_some_and(|kind| matches!(kind.as_str(), "completed" | "refused")),
    });
    let lived: Vec<Lived> = lived.collect();
    let days = Days::new(&lived, &models.reference().calendar, today);
    Ok(count(&lived, &days, since, today))
}

fn count(lived: &[Lived], days: &Days, since: Date, today: Date) -> Taken {
    let (mut settled, mut open) = (Vec::new(), Vec::new());
    for one in lived {
        let until = one.ended.unwrap_or(today);
        let Some(taken) = days.between(one.received, until) else {
            continue;
        };
        match (one.settled, one.ended) {
            (true, _) => settled.push(taken),
            (false, None) => open.push(taken),
            // Withdrawn, stopped or sent elsewhere: nobody knows how long it would have taken.
            (false, Some(_)) => {}
        }
    }
    settled.sort_unstable();
    open.sort_unstable();
    let most = settled.iter().copied().find_map(|days| {
        let within = settled.partition_point(|taken| *taken <= days) as u64;
        let longer = open.len() - open.partition_point(|taken| *taken <= days);
        let of = (settled.len() + longer) as u64;
        let (part, whole) = EIGHT_OF_TEN;
        (of >= JUDGED_MIN && within * whole >= of * part).then_some(Most { days, within, of })
    });
    let all = (settled.len() + open.len()) as u64;
    Taken {
        since,
        most,
        enough: all >= JUDGED_MIN,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::calendar::Calendar;

    /// Received on Monday 2 November 2026.
    fn lived(ended: Option<i8>, settled: bool) -> Lived {
        Lived {
            received: date(2026, 11, 2),
            ended: ended.map(|day| date(2026, 11, day)),
            settled,
        }
    }

    fn counted(lived: &[Lived]) -> Taken {
        let calendar: Calendar = Calendar::shipped().into_iter().collect();
        let today = date(2026, 11, 20);
        let days = Days::new(lived, &calendar, today);
        count(lived, &days, date(2025, 11, 20), today)
    }

    #[test]
    fn most_are_told_with_both_numbers_and_working_days() {
        // Eighty of a hundred end on Friday, four working days later; the others over the weekend.
        let mut all = vec![lived(Some(6), true); 80];
        all.extend(vec![lived(Some(9), true); 20]);
        let most = counted(&all).most.expect("enough");
        assert_eq!((most.days, most.within, most.of), (4, 80, 100));
        all.push(lived(Some(9), true));
        assert_eq!(counted(&all).most.expect("enough").days, 5);
    }

    #[test]
    fn whoever_still_waits_counts_and_whoever_went_away_does_not() {
        let mut all = vec![lived(Some(3), true); 40];
        all.extend(vec![lived(Some(4), false); 40]);
        let most = counted(&all).most.expect("enough");
        assert_eq!((most.days, most.within, most.of), (1, 40, 40));
        all.extend(vec![lived(None, false); 40]);
        let taken = counted(&all);
        assert!(taken.enough && taken.most.is_none(), "{taken:?}");
    }

    #[test]
    fn of_few_nothing_is_said() {
        let taken = counted(&vec![lived(Some(3), true); 29]);
        assert!(!taken.enough && taken.most.is_none());
        assert!(counted(&vec![lived(Some(3), true); 30]).most.is_some());
    }
}
