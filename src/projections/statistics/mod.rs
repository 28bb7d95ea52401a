//! What offices publish: counted from one row per acceptance, with the due dates as they stood at the period's end.
//!
//! received = new online + new direct or by post + carried over = settled + closed without settlement + pending;
//! settled = early + on time + late + undated; pending = in time + overdue + undated. All for every history.

pub mod record;
mod turns;

use std::collections::HashMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, QueryBuilder, Row, Sqlite};

use super::word::to_word;
use super::{ReadModels, Result};

pub use self::record::{Record, record, recount};
pub(super) use self::turns::{MODEL, write, write_due_changes};
use crate::domain::catalogue::Level;
use crate::domain::deadline::Comparison;
use crate::domain::dossier::Channel;
use crate::domain::time::Moment;

/// Whose acceptances are counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    All,
    /// The office with this code.
    Office(String),
    /// All offices of a level.
    Level(Level),
}

/// What is counted. Days are those in Hanoi, and both count.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Query {
    pub scope: Scope,
    pub channel: Option<Channel>,
    /// Code of a procedure.
    pub procedure: Option<String>,
    pub from: Date,
    /// Pending and overdue are as of the end of this day, also when it has not come yet: pages and GraphQL ask about
    /// today at most.
    pub to: Date,
    pub comparison: Comparison,
}

/// What came in, or was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Received {
    /// New in the period, online.
    pub online: u64,
    /// New in the period, at the counter or by post.
    pub direct: u64,
    /// Received before the period and not ended when it began.
    pub carried_over: u64,
}

/// Settled in the period, against one due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settled {
    pub early: u64,
    pub on_time: u64,
    pub late: u64,
    /// Without a due date: left out of every rate.
    pub undated: u64,
}

/// Closed without settlement in the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closed {
    pub withdrawn: u64,
    pub stopped: u64,
    /// Passed on to another office, which counts it as received.
    pub redirected: u64,
}

/// Not ended when the period ended, against one due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pending {
    pub in_time: u64,
    pub overdue: u64,
    pub undated: u64,
}

/// The counts of a period. The headline compares with the current due date, because that is what offices publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub received: Received,
    pub settled: Settled,
    /// The same dossiers against the first promise.
    pub settled_by_original: Settled,
    pub closed: Closed,
    pub pending: Pending,
    /// The same dossiers against the first promise.
    pub pending_by_original: Pending,
    /// Size of the journal at which it was counted.
    pub size: u64,
}

impl Received {
    pub fn total(&self) -> u64 {
        self.online + self.direct + self.carried_over
    }
}

impl Settled {
    pub fn total(&self) -> u64 {
        self.early + self.on_time + self.late + self.undated
    }
}

impl Closed {
    pub fn total(&self) -> u64 {
        self.withdrawn + self.stopped + self.redirected
    }
}

impl Pending {
    pub fn total(&self) -> u64 {
        self.in_time + self.overdue + self.undated
    }
}

/// Answers of one size of the journal.
#[derive(Debug, Default)]
pub struct Cache {
    size: u64,
    counts: HashMap<Query, Counts>,
}

const CACHED_MAX: usize = 1_000;

impl Cache {
    fn get(&self, query: &Query, size: u64) -> Option<Counts> {
        self.counts
            .get(query)
            .copied()
            .filter(|counts| counts.size == size)
    }

    fn put(&mut self, query: &Query, counts: Counts) {
        if self.size != counts.size || self.counts.len() >= CACHED_MAX {
            self.counts.clear();
            self.size = counts.size;
        }
        self.counts.insert(query.clone(), counts);
    }
}

/// Counts by one statement, or answers what was counted at this size before.
pub async fn count(models: &ReadModels, query: &Query) -> Result<Counts> {
    let size = models.size();
    if let Some(known) = models.counted().get(query, size) {
        return Ok(known);
    }
    let counts: Counts = statement(query)
        .build_query_as()
        .fetch_one(models.pool())
        .await?;
    models.counted().put(query, counts);
    Ok(counts)
}

/// How moments are cut before they are compared, as `domain::deadline::classify` does: by the day in Hanoi, or by the
/// minute. The shift makes every moment positive (SQLite's division cuts towards zero) and is whole days beside the zone.
fn cut(comparison: Comparison) -> (i64, i64) {
    const FAR: i64 = 1_000_000 * Moment::DAY;
    match comparison {
        Comparison::Date => (FAR + 7 * Moment::HOUR, Moment::DAY),
        Comparison::Timestamp => (FAR, 60 * Moment::SECOND),
    }
}

/// The first instant of a day in Hanoi; of the day after the last one there is, the end of time.
fn begin(day: Option<Date>) -> i64 {
    day.map_or(i64::MAX, |day| {
        Moment::from_local(day.to_datetime(jiff::civil::Time::midnight())).0
    })
}

fn statement(query: &Query) -> QueryBuilder<Sqlite> {
    let (shift, unit) = cut(query.comparison);
    let mut sql = QueryBuilder::new("with asked (since, until, shift, unit) as (select ");
    sql.push_bind(begin(Some(query.from)))
        .push(", ")
        .push_bind(begin(query.to.tomorrow().ok()))
        .push(", ")
        .push_bind(shift)
        .push(", ")
        .push_bind(unit)
        .push(SELECTED);
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
    sql.push(COUNTED);
    sql
}

/// Every turn that ran at some moment of the period, with what it was at the period's end.
const SELECTED: &str = "),
    judged as (
        select turn.received_at >= since as fresh,
               turn.channel = 'online' as online,
               case when turn.ended_at < until then turn.end_kind end as ending,
               (min(coalesce(turn.ended_at, until - 1), until - 1) + shift) / unit as at,
               (turn.original_due_at + shift) / unit as original,
               (shift + case turn.moves when 0 then turn.due_at else coalesce((
                    select new from due_change
                    where due_change.number = turn.number and due_change.turn = turn.turn and due_change.recorded_at < until
                    order by due_change.position desc limit 1), turn.original_due_at) end) / unit as due
        from asked cross join turn
        where turn.received_at < until and (turn.ended_at is null or turn.ended_at >= since)";

const COUNTED: &str = "),
    sorted as (
        select fresh, online, ending, ending in ('completed', 'refused') as settled, ending is null as pending,
               sign(at - due) as by_current, sign(at - original) as by_original
        from judged)
    select
        count(*) filter (where fresh and online) as online,
        count(*) filter (where fresh and not online) as direct,
        count(*) filter (where not fresh) as carried_over,
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
        (select size from progress) as size
    from sorted";

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
