//! Finding facts again: by who, what, why, where and when, and by how much later they were recorded than claimed.

use sqlx::{QueryBuilder, query_as, query_scalar};
use uuid::Uuid;

use super::AuditRow;
use crate::domain::actor::{NO_OFFICE, Role};
use crate::domain::fact::BreachRule;
use crate::domain::reason::Reason;
use crate::domain::time::Moment;
use crate::journal::{Entry, Until};
use crate::projections::word::to_word;
use crate::projections::worklist::Page;
use crate::projections::{ReadModels, Result};

/// How much later than claimed a fact was recorded, in microseconds: the index's own words, so that it serves.
const LATER: &str = "audit.recorded_at - min(coalesce(audit.claimed_at, audit.recorded_at), coalesce(audit.received_at, audit.recorded_at))";
/// What the index holds: an hour or more.
const HOUR_LATER: &str = " >= 3600000000";
/// Before seven, from eighteen on, or on a Saturday or Sunday, by the clock on a wall in Vietnam.
const OFF_HOURS: &str = " and ((recorded_at / 1000000 + 25200) % 86400 not between 25200 and 64799
     or ((recorded_at / 1000000 + 25200) / 86400 + 4) % 7 in (0, 6))";
/// Facts further apart than this are read one by one.
const HOLE_MAX: u64 = 16;

/// Which facts; every part that is given must hold. Times are of recording.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub dossier: Option<Uuid>,
    pub actor: Option<String>,
    pub role: Option<Role>,
    /// The office acted for.
    pub office: Option<String>,
    /// The fact's `type`.
    pub kind: Option<String>,
    /// Code of a procedure: of dossiers for it, and of its own publications.
    pub procedure: Option<String>,
    pub reason: Option<Reason>,
    pub breaches_only: bool,
    pub breach: Option<BreachRule>,
    /// Recorded so many hours later than claimed, or more; at least one.
    pub later_hours: Option<u32>,
    /// By officers before 7:00, from 18:00 on, or at a weekend. The wall clock's, whatever the office's own calendar says.
    pub off_hours: bool,
    /// Recorded at or after.
    pub from: Option<Moment>,
    /// Recorded at or before.
    pub to: Option<Moment>,
    /// Below this position: the journal when it had this size.
    pub below: Option<u64>,
}

/// Which way a list of facts runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    #[default]
    OldestFirst,
    NewestFirst,
}

/// The facts of one dossier, oldest first, after a position.
pub async fn of_dossier(
    models: &ReadModels,
    dossier: Uuid,
    after: Option<u64>,
    first: u32,
) -> Result<Vec<AuditRow>> {
    let filter = Filter {
        dossier: Some(dossier),
        ..Filter::default()
    };
    let page = search(models, &filter, Order::OldestFirst, after, first).await?;
    Ok(page.rows.into_iter().map(|(_, row)| row).collect())
}

/// The facts at these positions, oldest first.
pub async fn at(models: &ReadModels, positions: &[u64]) -> Result<Vec<AuditRow>> {
    let mut sql = selection(&Filter::default(), 0, i64::MAX.cast_unsigned());
    sql.push(" and audit.position in (select value from json_each(")
        .push_bind(serde_json::json!(positions).to_string())
        .push(")) order by audit.position");
    Ok(sql.build_query_as().fetch_all(models.pool()).await?)
}

/// Up to `first` facts beyond a position; a place in the list is a position.
pub async fn search(
    models: &ReadModels,
    filter: &Filter,
    order: Order,
    after: Option<u64>,
    first: u32,
) -> Result<Page<AuditRow, u64>> {
    let (mut least, mut most) = bounds(models, filter).await?;
    match (order, after) {
        (Order::OldestFirst, Some(after)) => least = least.max(after.saturating_add(1)),
        (Order::NewestFirst, Some(after)) => most = most.min(after),
        (Order::OldestFirst | Order::NewestFirst, None) => {}
    }
    let mut sql = selection(filter, least, most);
    sql.push(match order {
        Order::OldestFirst => " order by audit.position limit ",
        Order::NewestFirst => " order by audit.position desc limit ",
    });
    sql.push_bind(i64::from(first) + 1);
    let found: Vec<AuditRow> = sql.build_query_as().fetch_all(models.pool()).await?;
    let rows = found.into_iter().map(|row| (row.position, row)).collect();
    Ok(Page::cut(rows, first))
}

/// How many facts there are of what an auditor looks at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub dossiers: u64,
    pub breaches: u64,
    /// Recorded an hour or more later than claimed.
    pub later: u64,
}

/// Of an office, or of all.
pub async fn counts(models: &ReadModels, office: Option<&str>) -> Result<Counts> {
    let of_office = "(?1 is null or actor_office = ?1)";
    let sql = format!(
        "select (select count(*) from dossier where ?1 is null or office = ?1),
             (select count(*) from audit where breach is not null and {of_office}),
             (select count(*) from audit where {LATER}{HOUR_LATER} and {of_office})"
    );
    let found: (i64, i64, i64) = query_as(sqlx::AssertSqlSafe(sql))
        .bind(office)
        .fetch_one(models.pool())
        .await?;
    Ok(Counts {
        dossiers: found.0.cast_unsigned(),
        breaches: found.1.cast_unsigned(),
        later: found.2.cast_unsigned(),
    })
}

/// The types of fact that the journal holds, by name; the index is skipped through, not read.
pub async fn kinds(models: &ReadModels) -> Result<Vec<String>> {
    let sql = "
        with recursive known (kind) as (
            select min(kind) from audit
            union all
            select (select min(kind) from audit where kind > known.kind) from known where known.kind is not null)
        select kind from known where kind is not null";
    Ok(query_scalar(sql).fetch_all(models.pool()).await?)
}

/// The entries at these positions, which must be in order, with their exact bytes.
pub async fn entries(models: &ReadModels, positions: &[u64]) -> Result<Vec<Entry>> {
    let mut found = Vec::with_capacity(positions.len());
    let mut rest = positions;
    while let Some(first) = rest.first() {
        let near = rest
            .windows(2)
            .take_while(|two| two[1] - two[0] <= HOLE_MAX);
        let (run, beyond) = rest.split_at(near.count() + 1);
        let span = run.last().map_or(1, |last| last - first + 1);
        let span = u32::try_from(span).unwrap_or(u32::MAX);
        let read = models.journal().read(*first, span).await?;
        let wanted = |entry: &Entry| run.binary_search(&entry.position).is_ok();
        found.extend(read.into_iter().filter(wanted));
        rest = beyond;
    }
    Ok(found)
}

/// Positions of the facts before and after this one in its stream.
pub async fn neighbours(models: &ReadModels, entry: &Entry) -> Result<(Option<u64>, Option<u64>)> {
    let before = entry.version.saturating_sub(2);
    let stream = models
        .journal()
        .read_stream(entry.stream, before, Until::End);
    let near: Vec<(u32, u64)> = stream
        .await?
        .iter()
        .take(3)
        .map(|entry| (entry.version, entry.position))
        .collect();
    let of = |version: Option<u32>| {
        let found = near.iter().find(|(known, _)| Some(*known) == version);
        found.map(|(_, position)| *position)
    };
    Ok((
        of(entry.version.checked_sub(1)),
        of(entry.version.checked_add(1)),
    ))
}

/// How many of the facts that are shown were recorded at this moment or before.
pub async fn size_at(models: &ReadModels, at: Moment) -> Result<u64> {
    let (mut least, mut most) = (0, models.size());
    while least < most {
        let middle = least + (most - least) / 2;
        let is_recorded: bool =
            query_scalar("select recorded_at <= ?2 from audit where position = ?1")
                .bind(middle.cast_signed())
                .bind(at.0)
                .fetch_one(models.pool())
                .await?;
        if is_recorded {
            least = middle + 1;
        } else {
            most = middle;
        }
    }
    Ok(least)
}

/// Positions from the first up to before the second: recording times never run backwards, so times are positions.
async fn bounds(models: &ReadModels, filter: &Filter) -> Result<(u64, u64)> {
    let least = match filter.from {
        Some(from) => size_at(models, from.plus(-1)).await?,
        None => 0,
    };
    let most = match filter.to {
        Some(to) => size_at(models, to).await?,
        None => i64::MAX.cast_unsigned(),
    };
    Ok((least, most.min(filter.below.unwrap_or(most))))
}

fn selection(filter: &Filter, least: u64, most: u64) -> QueryBuilder<sqlx::Sqlite> {
    let mut sql = QueryBuilder::new(
        "select audit.position, dossier.id as dossier, coalesce(dossier.code, subject) as code, recorded_at, claimed_at,
             audit.received_at, kind, actor, actor_role, actor_office, on_behalf_of, reason, basis, breach, command,
             audit.version, leaf_hash
         from audit left join dossier on dossier.number = audit.dossier
         where audit.position >= ",
    );
    sql.push_bind(least.cast_signed());
    sql.push(" and audit.position < ")
        .push_bind(most.cast_signed());
    if let Some(dossier) = filter.dossier {
        sql.push(" and audit.dossier = (select number from dossier where id = ")
            .push_bind(dossier)
            .push(")");
    }
    let texts = [
        ("actor", filter.actor.clone()),
        ("actor_role", filter.role.map(|role| role.name().to_owned())),
        ("actor_office", filter.office.clone()),
        ("kind", filter.kind.clone()),
        ("reason", filter.reason.as_ref().map(to_word)),
        ("breach", filter.breach.as_ref().map(to_word)),
    ];
    for (column, wanted) in texts {
        if let Some(wanted) = wanted {
            sql.push(format_args!(" and {column} = ")).push_bind(wanted);
        }
    }
    if let Some(procedure) = &filter.procedure {
        sql.push(" and (audit.dossier in (select number from dossier where procedure = ")
            .push_bind(procedure.clone())
            .push(") or audit.dossier is null and kind glob 'proc*' and (subject = ")
            .push_bind(procedure.clone())
            .push(" or substr(subject, 1, length(")
            .push_bind(procedure.clone())
            .push(") + 1) = ")
            .push_bind(format!("{procedure}/"))
            .push("))");
    }
    // The parts below repeat the words of the partial indexes, so that these serve.
    if filter.breaches_only || filter.breach.is_some() {
        sql.push(" and breach is not null");
    }
    if filter.reason.is_some() {
        sql.push(" and reason is not null");
    }
    if let Some(hours) = filter.later_hours {
        let least = Moment::HOUR.saturating_mul(i64::from(hours.max(1)));
        sql.push(format_args!(" and {LATER}{HOUR_LATER}"));
        sql.push(format_args!(" and {LATER} >= ")).push_bind(least);
    }
    if filter.off_hours {
        sql.push(" and actor_office <> ").push_bind(NO_OFFICE);
        sql.push(OFF_HOURS);
    }
    sql
}
