//! How the published counts are spread: by how many days early or late, and over the desks on which dossiers lay.

use sqlx::Row;

use super::Query;
use super::measure::asked;
use super::sql::{judged, restrict};
use crate::domain::deadline::Comparison;
use crate::projections::{ReadModels, Result};

/// Days between the end, or the last day of the period, and the promise in force; both ends count. Less than 0 is early.
pub const BANDS: [(i64, i64); 8] = [
    (i64::MIN, -11),
    (-10, -6),
    (-5, -1),
    (0, 0),
    (1, 1),
    (2, 5),
    (6, 10),
    (11, i64::MAX),
];

/// Dossiers in one of the [`BANDS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Band {
    pub settled: u64,
    pub pending: u64,
}

/// The settled and the pending with a promised date, by calendar days. Their sums are the published counts of the same
/// question by days.
pub async fn lateness(models: &ReadModels, query: &Query) -> Result<[Band; BANDS.len()]> {
    let by_day = Query {
        comparison: Comparison::Date,
        ..query.clone()
    };
    let mut sql = judged(&by_day);
    sql.push(
        ")
        select at - due as days,
            count(*) filter (where ending in ('completed', 'refused')) as settled,
            count(*) filter (where ending is null) as pending
        from judged where due is not null group by days",
    );
    let mut bands = [Band::default(); BANDS.len()];
    for row in sql.build().fetch_all(models.pool()).await? {
        let days: i64 = row.try_get("days")?;
        let number = |column: &str| row.try_get::<i64, _>(column).map(i64::cast_unsigned);
        let place = BANDS
            .iter()
            .position(|(from, to)| (*from..=*to).contains(&days));
        let Some(band) = place.and_then(|place| bands.get_mut(place)) else {
            continue;
        };
        band.settled += number("settled")?;
        band.pending += number("pending")?;
    }
    Ok(bands)
}

/// What the dossiers settled in the period lay on one kind of desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskTime {
    /// Name of a role, or `awaiting_applicant`, `awaiting_payment`.
    pub desk: String,
    /// Dossiers that came by.
    pub dossiers: u64,
    /// All of them together.
    pub micros: u64,
}

/// Desks by the time that settled dossiers lay there, the longest first; from receipt to the end, nights included.
pub async fn desks(models: &ReadModels, query: &Query) -> Result<Vec<DeskTime>> {
    let mut sql = asked(query);
    sql.push(
        " ended as (select turn.number, turn.turn, turn.received_at, turn.ended_at from asked cross join turn
          where turn.end_kind in ('completed', 'refused') and turn.ended_at >= since and turn.ended_at < until",
    );
    restrict(&mut sql, query);
    sql.push(
        "),
        lain as (select ended.number,
            case waits_for when 'officer' then stay.role else 'awaiting_' || waits_for end as desk,
            min(coalesce(stay.until, ended.ended_at), ended.ended_at) - max(stay.since, ended.received_at) as micros
          from ended join stay on stay.number = ended.number and stay.since < ended.ended_at)
        select desk, count(distinct number) as dossiers, sum(micros) as micros
        from lain where micros > 0 group by desk order by micros desc, desk",
    );
    let mut found = Vec::new();
    for row in sql.build().fetch_all(models.pool()).await? {
        let number = |column: &str| row.try_get::<i64, _>(column).map(i64::cast_unsigned);
        found.push(DeskTime {
            desk: row.try_get("desk")?,
            dossiers: number("dossiers")?,
            micros: number("micros")?,
        });
    }
    Ok(found)
}
