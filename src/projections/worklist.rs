//! What an office has to do, the most urgent first; and what an applicant has handed in, the newest first.

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, QueryBuilder, Row, Sqlite, query_as, query_scalar};
use uuid::Uuid;

use super::tracking::{DossierRow, columns};
use super::{Model, ReadModels, Result};
use crate::domain::dossier::{Channel, Phase};
use crate::domain::time::Moment;

/// Rows of [`super::tracking`], in an order of their own. The columns behind the key answer filters without the row.
pub(super) const MODEL: Model = Model {
    version: 1,
    tables: "",
    indexes: "
        create index dossier_worklist on dossier (office, due_rank, id, phase, procedure, handler, channel) where open;
        create index dossier_handler on dossier (handler, due_rank, id, office) where open and handler is not null;
        create index dossier_applicant on dossier (applicant, number) where applicant is not null;",
};

/// Which open dossiers; every part that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub office: String,
    /// This one alone.
    pub id: Option<Uuid>,
    /// Any of these; empty for all.
    pub phases: Vec<Phase>,
    pub procedure: Option<String>,
    pub handler: Option<String>,
    pub channel: Option<Channel>,
    /// Due before this moment, and the clock still runs.
    pub overdue_at: Option<Moment>,
    /// Lodged, and neither accepted nor answered by this moment although the time for it has passed.
    pub intake_overdue_at: Option<Moment>,
    /// A promise of its clock was recorded as missed.
    pub missed: bool,
}

/// The place of a row in the worklist; the page after it begins with the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The due moment in microseconds; the last there is for a dossier whose clock does not run.
    pub due_rank: i64,
    pub id: Uuid,
}

/// Some rows in order, each with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T, C = Cursor> {
    pub rows: Vec<(C, T)>,
    /// More follow.
    pub has_next: bool,
}

impl<T, C> Page<T, C> {
    /// Of up to `first + 1` rows read: whether there are more, and the page without the extra one.
    pub(super) fn cut(mut rows: Vec<(C, T)>, first: u32) -> Self {
        let first = first as usize;
        let has_next = rows.len() > first;
        rows.truncate(first);
        Self { rows, has_next }
    }
}

/// Up to `first` open dossiers of an office: by due moment, then those whose clock does not run (not yet accepted, or
/// settled and waiting to be handed over).
pub async fn page(
    models: &ReadModels,
    filter: &Filter,
    after: Option<Cursor>,
    first: u32,
) -> Result<Page<DossierRow>> {
    let mut sql = selection(columns!(), filter, after);
    sql.push(" order by due_rank, id limit ")
        .push_bind(i64::from(first) + 1);
    let found: Vec<Ranked> = sql.build_query_as().fetch_all(models.pool()).await?;
    let marked = |Ranked(cursor, row)| (cursor, models.mark(row));
    Ok(Page::cut(found.into_iter().map(marked).collect(), first))
}

/// Up to `first` dossiers of an applicant, the newest first: those whose first fact lies before the position `below`.
pub async fn of_applicant(
    models: &ReadModels,
    applicant: &str,
    below: Option<u64>,
    first: u32,
) -> Result<Page<DossierRow, u64>> {
    let sql = concat!(
        "select ",
        columns!(),
        ", number from dossier where applicant = ?1 and leg_of is null and number < ?2 order by number desc limit ?3"
    );
    let below = below.and_then(|below| i64::try_from(below).ok());
    let found: Vec<Numbered> = query_as(sql)
        .bind(applicant)
        .bind(below.unwrap_or(i64::MAX))
        .bind(i64::from(first) + 1)
        .fetch_all(models.pool())
        .await?;
    let marked = |Numbered(number, row)| (number, models.mark(row));
    Ok(Page::cut(found.into_iter().map(marked).collect(), first))
}

/// How many dossiers an applicant has.
pub async fn count_of_applicant(models: &ReadModels, applicant: &str) -> Result<u64> {
    let found: i64 =
        query_scalar("select count(*) from dossier where applicant = ?1 and leg_of is null")
            .bind(applicant)
            .fetch_one(models.pool())
            .await?;
    Ok(found.cast_unsigned())
}

/// How many there are in all.
pub async fn count(models: &ReadModels, filter: &Filter) -> Result<u64> {
    let mut sql = selection("count(*)", filter, None);
    let found: i64 = sql.build_query_scalar().fetch_one(models.pool()).await?;
    Ok(found.cast_unsigned())
}

/// How many open dossiers of all offices were to be settled by a moment and are not, while their clock runs.
pub async fn overdue(models: &ReadModels, at: Moment) -> Result<u64> {
    let sql = "select count(*) from dossier where open and due_rank < ?1";
    let found: i64 = query_scalar(sql)
        .bind(at.0)
        .fetch_one(models.pool())
        .await?;
    Ok(found.cast_unsigned())
}

fn selection(what: &str, filter: &Filter, after: Option<Cursor>) -> QueryBuilder<Sqlite> {
    let mut sql = QueryBuilder::new("select ");
    sql.push(what)
        .push(" from dossier where open and office = ")
        .push_bind(filter.office.clone());
    if !filter.phases.is_empty() {
        let names: Vec<&str> = filter.phases.iter().map(|phase| phase.name()).collect();
        let names = serde_json::json!(names).to_string();
        sql.push(" and phase in (select value from json_each(")
            .push_bind(names)
            .push("))");
    }
    if let Some(id) = filter.id {
        sql.push(" and id = ").push_bind(id);
    }
    if let Some(procedure) = &filter.procedure {
        sql.push(" and procedure = ").push_bind(procedure.clone());
    }
    if let Some(handler) = &filter.handler {
        sql.push(" and handler = ").push_bind(handler.clone());
    }
    if let Some(channel) = filter.channel {
        sql.push(" and channel = ").push_bind(channel.name());
    }
    if let Some(moment) = filter.overdue_at {
        sql.push(" and due_rank < ").push_bind(moment.0);
    }
    if let Some(moment) = filter.intake_overdue_at {
        sql.push(" and intake_due_at < ").push_bind(moment.0);
    }
    if filter.missed {
        sql.push(" and missed > 0");
    }
    if let Some(Cursor { due_rank, id }) = after {
        sql.push(" and (due_rank, id) > (")
            .push_bind(due_rank)
            .push(", ")
            .push_bind(id)
            .push(")");
    }
    sql
}

struct Numbered(u64, DossierRow);

impl FromRow<'_, SqliteRow> for Numbered {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let number: i64 = row.try_get("number")?;
        Ok(Self(number.cast_unsigned(), DossierRow::from_row(row)?))
    }
}

struct Ranked(Cursor, DossierRow);

impl FromRow<'_, SqliteRow> for Ranked {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let dossier = DossierRow::from_row(row)?;
        let cursor = Cursor {
            due_rank: row.try_get("due_rank")?,
            id: dossier.id,
        };
        Ok(Self(cursor, dossier))
    }
}
