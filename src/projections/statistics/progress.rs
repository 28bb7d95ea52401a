//! Progress as Decision 766 judges it: moments, not days; more than one supplement is overdue; the time of a supplement is
//! subtracted. Its own rules, its own figures: never mixed with what offices publish.

use sqlx::Row;

use super::Query;
use super::measure::{Share, asked};
use super::sql::restrict;
use crate::projections::{ReadModels, Result};

/// Every turn that ran in the period, with its end by the rules, what was waited for the applicant and what was promised
/// without the moves for supplements.
const JUDGED: &str = " judged as (
    select turn.received_at, turn.allowed, until,
        case when turn.ended_at < until then turn.ended_at end as ended,
        case when turn.ended_at < until then turn.end_kind end as ending,
        (select count(*) from supplement where supplement.number = turn.number
            and (supplement.turn = 0 or supplement.turn between turn.first and turn.turn)
            and supplement.deed = 'asked' and supplement.recorded_at < until) as requests,
        (select coalesce(sum(case when supplement.deed in ('answered', 'retracted') then -1 else 1 end), 0)
            from supplement where supplement.number = turn.number and supplement.turn between turn.first and turn.turn
            and supplement.recorded_at < until) as waiting,
        (select max(supplement.recorded_at) from supplement where supplement.number = turn.number
            and supplement.turn between turn.first and turn.turn and supplement.recorded_at < until) as last_word,
        -- What the office took back was its own time.
        (select coalesce(sum(case supplement.deed when 'answered' then supplement.recorded_at
                when 'retracted' then (select max(asked.recorded_at) from supplement as asked
                    where asked.number = supplement.number and asked.turn between turn.first and supplement.turn
                        and asked.deed in ('asked', 'still_deficient') and asked.position < supplement.position)
                else -supplement.recorded_at end), 0)
            from supplement where supplement.number = turn.number and supplement.turn between turn.first and turn.turn
            and supplement.recorded_at < until) as waited,
        case turn.moves when 0 then turn.due_at else coalesce((
            select new from due_change where due_change.number = turn.number and due_change.turn between turn.first and turn.turn
                and due_change.recorded_at < until order by due_change.position desc limit 1), turn.original_due_at) end
        - (select coalesce(sum(new - old), 0) from due_change where due_change.number = turn.number
            and due_change.turn between turn.first and turn.turn and due_change.recorded_at < until
            and due_change.cause = 'supplement') as due
    from asked cross join turn
    where turn.begun_at < until and (turn.ended_at is null or turn.ended_at >= since)";

const COUNTED: &str = "),
ended as (
    select *, coalesce(ended, case when requests = 1 and waiting > 0 then last_word end, until - 1) as stop from judged),
timed as (
    select ending, requests, stop - waited - case when waiting > 0 then stop else 0 end as net, received_at, allowed, due
    from ended),
sorted as (
    select ending, requests <= ";

const SORTED: &str = " and case when due is null then net - received_at <= allowed else net <= due end as good from timed)
select
    count(*) filter (where good and coalesce(ending, '') not in ('withdrawn', 'redirected', 'transferred')) as numerator,
    count(*) filter (where coalesce(ending, '') not in ('redirected', 'transferred') and not (good and coalesce(ending, '') = 'withdrawn'))
        as denominator,
    count(*) filter (where ending in ('redirected', 'transferred') or (good and ending = 'withdrawn')) as excluded
from sorted";

/// On time of all received, as the rules of the index say.
pub async fn progress(models: &ReadModels, query: &Query, supplements_max: u32) -> Result<Share> {
    let mut sql = asked(query);
    sql.push(JUDGED);
    restrict(&mut sql, query);
    sql.push(COUNTED).push_bind(supplements_max).push(SORTED);
    let row = sql.build().fetch_one(models.pool()).await?;
    let number = |column: &str| row.try_get::<i64, _>(column).map(i64::cast_unsigned);
    Ok(Share {
        numerator: number("numerator")?,
        denominator: number("denominator")?,
        excluded: number("excluded")?,
    })
}
