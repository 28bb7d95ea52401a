//! The SQL behind the counts: one statement, whole or in groups.

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, QueryBuilder, Row, Sqlite};

use jiff::civil::Date;

use super::{Closed, Counts, Pending, Query, Received, Scope, Settled, Transferred};
use crate::domain::deadline::Comparison;
use crate::domain::time::Moment;
use crate::projections::word::to_word;

/// How moments are cut before they are compared, as `domain::deadline::classify` does: by the day in Hanoi, or by the
/// minute. The shift makes every moment positive (SQLite's division cuts towards zero) and is whole days beside the zone.
pub fn cut(comparison: Comparison) -> (i64, i64) {
    const FAR: i64 = 1_000_000 * Moment::DAY;
    match comparison {
        Comparison::Date => (FAR + 7 * Moment::HOUR, Moment::DAY),
        Comparison::Timestamp => (FAR, 60 * Moment::SECOND),
    }
}

/// The first instant of a day in Hanoi; of the day after the last one there is, the end of time.
pub fn begin(day: Option<Date>) -> i64 {
    day.map_or(i64::MAX, |day| {
        Moment::from_local(day.to_datetime(jiff::civil::Time::midnight())).0
    })
}

/// The published way of counting: one row of [`Counts`].
pub fn statement(query: &Query) -> QueryBuilder<Sqlite> {
    compose(query, None)
}

/// The same, one row for each value of `key`, an SQL expression over `turn` and `asked`; with what the published counts
/// do not tell apart.
pub fn grouped(query: &Query, key: &'static str) -> QueryBuilder<Sqlite> {
    compose(query, Some(key))
}

/// Every turn of the question as it is judged, up to where one's own conditions or the closing bracket go.
pub fn judged(query: &Query) -> QueryBuilder<Sqlite> {
    judging(query, None)
}

fn judging(query: &Query, key: Option<&'static str>) -> QueryBuilder<Sqlite> {
    let (shift, unit) = cut(query.comparison);
    let mut sql = QueryBuilder::new("with asked (since, until, shift, unit) as (select ");
    sql.push_bind(begin(Some(query.from)))
        .push(", ")
        .push_bind(begin(query.to.tomorrow().ok()))
        .push(", ")
        .push_bind(shift)
        .push(", ")
        .push_bind(unit)
        .push(JUDGED[0]);
    if let Some(key) = key {
        sql.push(key).push(" as key, ");
    }
    sql.push(JUDGED[1]);
    restrict(&mut sql, query);
    sql
}

fn compose(query: &Query, key: Option<&'static str>) -> QueryBuilder<Sqlite> {
    let mut sql = judging(query, key);
    match key {
        None => sql.push(COUNTED[0]).push(COUNTED[1]).push(COUNTED[2]),
        Some(_) => sql
            .push(COUNTED[0])
            .push("key, ")
            .push(COUNTED[1])
            .push(APART)
            .push(COUNTED[2])
            .push(" group by key order by key"),
    };
    sql
}

/// What of the question is no matter of days.
pub fn restrict(sql: &mut QueryBuilder<Sqlite>, query: &Query) {
    match &query.scope {
        Scope::All => {}
        Scope::Office(code) => {
            sql.push(" and turn.office = ").push_bind(code.clone());
        }
        Scope::Level(level) => {
            sql.push(" and turn.office in (select code from office where level = ")
                .push_bind(to_word(level))
                .push(")");
        }
    }
    if let Some(channel) = query.channel {
        sql.push(" and turn.channel = ").push_bind(channel.name());
    }
    if let Some(procedure) = &query.procedure {
        sql.push(" and turn.procedure = ")
            .push_bind(procedure.clone());
    }
}

/// Every turn that ran at some moment of the period, with what it was at the period's end. A grouping puts its key between
/// the pieces; joined they are the definition that `record` hashes.
pub const JUDGED: [&str; 2] = [
    "),
    judged as (
        select ",
    "turn.first = turn.turn and turn.begun_at >= since as fresh,
               turn.begun_at >= since as begun,
               turn.channel = 'online' as online,
               case when turn.ended_at < until then turn.end_kind end as ending,
               (min(coalesce(turn.ended_at, until - 1), until - 1) + shift) / unit as at,
               (turn.original_due_at + shift) / unit as original,
               (shift + case turn.moves when 0 then turn.due_at else coalesce((
                    select new from due_change
                    where due_change.number = turn.number and due_change.turn between turn.first and turn.turn
                        and due_change.recorded_at < until
                    order by due_change.position desc limit 1), turn.original_due_at) end) / unit as due
        from asked cross join turn
        where turn.begun_at < until and (turn.ended_at is null or turn.ended_at >= since)",
];

pub const COUNTED: [&str; 3] = [
    "),
    sorted as (
        select ",
    "fresh, begun, online, ending, ending in ('completed', 'refused') as settled, ending is null as pending,
               sign(at - due) as by_current, sign(at - original) as by_original
        from judged)
    select
        count(*) filter (where fresh and online) as online,
        count(*) filter (where fresh and not online) as direct,
        count(*) filter (where not begun) as carried_over,
        count(*) filter (where begun and not fresh) as transferred_in,
        count(*) filter (where ending = 'transferred') as transferred_out,
        count(*) filter (where settled and by_current = -1) as early,
        count(*) filter (where settled and by_current = 0) as on_time,
        count(*) filter (where settled and by_current = 1) as late,
        count(*) filter (where settled and by_current is null) as undated,
        count(*) filter (where settled and by_original = -1) as original_early,
        count(*) filter (where settled and by_original = 0) as original_on_time,
        count(*) filter (where settled and by_original = 1) as original_late,
        count(*) filter (where settled and by_original is null) as original_undated,
        count(*) filter (where ending = 'withdrawn') as withdrawn,
        count(*) filter (where ending = 'stopped') as stopped,
        count(*) filter (where ending = 'redirected') as redirected,
        count(*) filter (where pending and by_current <= 0) as in_time,
        count(*) filter (where pending and by_current = 1) as overdue,
        count(*) filter (where pending and by_current is null) as pending_undated,
        count(*) filter (where pending and by_original <= 0) as original_in_time,
        count(*) filter (where pending and by_original = 1) as original_overdue,
        count(*) filter (where pending and by_original is null) as original_pending_undated,
        (select size from progress) as size",
    "
    from sorted",
];

/// Beside the published counts, in a grouping: how the dossiers closed without settlement stood when they were closed.
const APART: &str = ",
        key,
        count(*) filter (where not settled and not pending and ending <> 'transferred' and by_current <= 0) as closed_in_time,
        count(*) filter (where ending = 'transferred' and by_current <= 0) as out_in_time,
        count(*) filter (where not settled and not pending and ending <> 'transferred' and by_current = 1) as closed_overdue";

impl FromRow<'_, SqliteRow> for Counts {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let number =
            |column| -> sqlx::Result<u64> { Ok(row.try_get::<i64, &str>(column)?.cast_unsigned()) };
        Ok(Self {
            received: Received {
                online: number("online")?,
                direct: number("direct")?,
                carried_over: number("carried_over")?,
            },
            settled: Settled {
                early: number("early")?,
                on_time: number("on_time")?,
                late: number("late")?,
                undated: number("undated")?,
            },
            settled_by_original: Settled {
                early: number("original_early")?,
                on_time: number("original_on_time")?,
                late: number("original_late")?,
                undated: number("original_undated")?,
            },
            closed: Closed {
                withdrawn: number("withdrawn")?,
                stopped: number("stopped")?,
                redirected: number("redirected")?,
            },
            transferred: Transferred {
                r#in: number("transferred_in")?,
                out: number("transferred_out")?,
            },
            pending: Pending {
                in_time: number("in_time")?,
                overdue: number("overdue")?,
                undated: number("pending_undated")?,
            },
            pending_by_original: Pending {
                in_time: number("original_in_time")?,
                overdue: number("original_overdue")?,
                undated: number("original_pending_undated")?,
            },
            size: number("size")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::deadline::{Timeliness, classify};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn moments_are_cut_as_the_rules_classify(
            ended in -1_000 * Moment::DAY..60_000 * Moment::DAY,
            apart in -3 * Moment::DAY..3 * Moment::DAY,
        ) {
            for comparison in [Comparison::Date, Comparison::Timestamp] {
                let (shift, unit) = cut(comparison);
                let sign = ((ended + shift) / unit - (ended + apart + shift) / unit).signum();
                let expected = match classify(Moment(ended), Moment(ended + apart), comparison) {
                    Timeliness::Early => -1,
                    Timeliness::OnTime => 0,
                    Timeliness::Late => 1,
                };
                prop_assert_eq!(sign, expected);
            }
        }
    }
}
