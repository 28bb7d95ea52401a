//! Lists of dossiers by whatever a list shows: any filter, any order, forwards and backwards.
//!
//! A page is found in two steps: its places (the order's value and the dossier's number) from an index alone, then its rows by
//! their numbers. A list without a filter *walks* the index of its order, where the order has one. Every other list *examines* the
//! entries of its offices in one narrow index that has all columns of filters and orders. What is only begun stands in no list: it
//! has no code yet, and is its applicant's alone.

mod filter;
mod order;
mod statement;

use std::collections::HashMap;

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, QueryBuilder, Row, SqliteConnection, query_as, query_scalar};
use uuid::Uuid;

use self::filter::Narrowed;
pub use self::filter::{Filter, Span};
pub use self::order::{Field, Key, Order, Place, Way, lateness};
use self::statement::Run;
use super::tracking::{DossierRow, columns};
use super::word::from_json;
use super::worklist::Page;
use super::{Model, ReadModels, Result};
use crate::databases::readers::Lent;

/// The first index answers every filter and order by itself. The others are walked: they are those of the orders that long lists
/// are read in; each makes following a little slower, and the remaining orders are sorted from the first.
/// All are of rows whose `code_rank` is told, which no other question asks for: so none of them is taken for one.
pub(super) const MODEL: Model = Model {
    version: 1,
    tables: "",
    indexes: "
        create index listing on dossier (
            office, phase_rank, procedure, channel, handler, desk, step, paused, missed, lodged_at, received_at, accepted_at,
            original_due_at, due_at, ended_at, end_kind, delivered_at, intake_due_at, changed_at, code_rank, code
        ) where code_rank is not null;
        create index listing_by_due on dossier (office, due_at) where code_rank is not null;
        create index listing_by_received on dossier (office, received_at) where code_rank is not null;
        create index listing_by_changed on dossier (office, changed_at) where code_rank is not null;
        create index listing_by_ended on dossier (office, ended_at) where code_rank is not null;
        create index listing_by_code on dossier (office, code_rank) where code_rank is not null;",
};

/// Up to `size` dossiers after a place, or before it; without a place from the list's beginning, or its end. In the list's order
/// either way; `has_next` says whether more lie further that way.
pub async fn page(
    models: &ReadModels,
    filter: &Filter,
    order: Order,
    from: Option<&Place>,
    way: Way,
    size: u32,
) -> Result<Page<DossierRow, Place>> {
    let (narrowed, mut reading) = narrowed(models, filter).await?;
    let wanted = size as usize + 1;
    let mut places: Vec<Place> = Vec::with_capacity(wanted);
    for run in Run::all(order.field, from, way) {
        let missing = wanted - places.len();
        if missing == 0 {
            break;
        }
        let mut sql = statement::places(&narrowed, order, run, way, missing);
        let rows = sql.build().fetch_all(&mut *reading).await?;
        for row in &rows {
            places.push(Place::read(row, order.field)?);
        }
    }
    let has_next = places.len() == wanted;
    places.truncate(size as usize);
    let mut rows = rows(&mut reading, &places).await?;
    let found = places.into_iter().filter_map(|place| {
        let row = rows.remove(&place.number)?;
        Some((place, models.mark(row)))
    });
    let mut rows: Vec<_> = found.collect();
    if way == Way::Backward {
        rows.reverse();
    }
    Ok(Page { rows, has_next })
}

/// Ids of a list's dossiers, the newest received first, at most `max`; where some are told, of these alone.
pub async fn ids(
    models: &ReadModels,
    filter: &Filter,
    among: Option<&[Uuid]>,
    max: usize,
) -> Result<Vec<Uuid>> {
    let (narrowed, mut reading) = narrowed(models, filter).await?;
    let mut sql = statement::ids(&narrowed, among, max);
    let ids: String = sql.build_query_scalar().fetch_one(&mut *reading).await?;
    Ok(from_json(&ids)?)
}

/// How many there are in all.
pub async fn count(models: &ReadModels, filter: &Filter) -> Result<u64> {
    let (narrowed, mut reading) = narrowed(models, filter).await?;
    let mut sql = statement::count(&narrowed);
    let found: i64 = sql.build_query_scalar().fetch_one(&mut *reading).await?;
    Ok(found.cast_unsigned())
}

/// How SQLite would find the first places of a list, a line for each step.
pub async fn plan(models: &ReadModels, filter: &Filter, order: Order) -> Result<Vec<String>> {
    let (narrowed, mut reading) = narrowed(models, filter).await?;
    let mut steps = Vec::new();
    for run in Run::all(order.field, None, Way::Forward) {
        let sql = statement::places(&narrowed, order, run, Way::Forward, 1);
        let mut explained = QueryBuilder::new("explain query plan ");
        explained.push(sql.sql().as_str());
        let told = explained.build().fetch_all(&mut *reading).await?;
        for step in told {
            steps.push(step.try_get("detail")?);
        }
    }
    Ok(steps)
}

/// What a list is narrowed by, and the one transaction that all of it is read in: what is read in pieces is read of one state.
async fn narrowed<'a>(models: &ReadModels, filter: &'a Filter) -> Result<(Narrowed<'a>, Lent)> {
    let procedures = filter.procedures(models).await?;
    let mut reading = models.pool().one_state().await?;
    let offices = offices(&mut reading, filter).await?;
    let narrowed = Narrowed {
        filter,
        procedures,
        offices,
    };
    Ok((narrowed, reading))
}

/// Those asked for, or all that have a dossier: one look into an index for each.
async fn offices(reading: &mut SqliteConnection, filter: &Filter) -> Result<Vec<String>> {
    if let Some(offices) = &filter.offices {
        return Ok(offices.clone());
    }
    let sql = "
        with recursive holder (office) as (
            select min(office) from dossier indexed by listing_by_code where code_rank is not null
            union all
            select (select min(office) from dossier indexed by listing_by_code
                    where code_rank is not null and office > holder.office)
            from holder where holder.office is not null)
        select office from holder where office is not null";
    Ok(query_scalar(sql).fetch_all(reading).await?)
}

/// The rows at these places, by their numbers.
async fn rows(
    reading: &mut SqliteConnection,
    places: &[Place],
) -> Result<HashMap<i64, DossierRow>> {
    let numbers: Vec<i64> = places.iter().map(|place| place.number).collect();
    let sql = concat!(
        "select number, ",
        columns!(),
        " from dossier where number in (select value from json_each(?1))"
    );
    let found: Vec<Numbered> = query_as(sql)
        .bind(serde_json::json!(numbers).to_string())
        .fetch_all(reading)
        .await?;
    let rows = found.into_iter().map(|Numbered(number, row)| (number, row));
    Ok(rows.collect())
}

struct Numbered(i64, DossierRow);

impl FromRow<'_, SqliteRow> for Numbered {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self(row.try_get("number")?, DossierRow::from_row(row)?))
    }
}
