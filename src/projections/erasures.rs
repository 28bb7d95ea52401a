//! Whose personal data was to be destroyed and what became of it; and since when backups cannot tell it either.

use std::sync::LazyLock;

use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow, Row as _, query_as, query_scalar};
use uuid::Uuid;

use super::fold::Batch;
use super::word::{from_json, from_word, to_word};
use super::{Model, ReadModels, Result};
use crate::databases::insert::{Insert, Writes};
use crate::domain::dossier::Phase;
use crate::domain::erasure::{ErasureEvent, ErasureRequested};
use crate::domain::event::Event;
use crate::domain::part::Purpose;
use crate::domain::reason::Reason;
use crate::domain::time::Moment;

pub(super) const MODEL: Model = Model {
    version: 2,
    tables: "
        create table erasure ( -- somebody's data was to be destroyed
            position integer primary key, -- of the fact that asked for it
            subject  blob    not null,
            dossier  blob    not null,
            purposes text    not null,    -- JSON
            decision text    not null,
            reason   text,
            basis    text,
            asked_at integer not null,    -- microseconds since 1970, UTC
            done_at  integer,             -- none until it is certain
            done     integer,             -- position of the fact that says so
            keys     integer,
            parts    integer,
            files    integer
        ) strict;
        create table key_destroyed ( -- a wrapping key that is gone: backups made before it was retired cannot be read
            key        text    primary key,
            retired_at integer not null, -- microseconds since 1970, UTC
            at         integer not null,
            position   integer not null
        ) strict;",
    indexes: "
        create index erasure_dossier on erasure (dossier, position);
        create index erasure_pending on erasure (position) where done is null;",
};

/// Data that was to be destroyed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasureRow {
    /// Of the fact that asked for it.
    pub position: u64,
    pub asked: ErasureRequested,
    pub reason: Option<Reason>,
    pub basis: Option<String>,
    pub asked_at: Moment,
    pub done: Option<Done>,
}

/// It was destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// Of the fact that says so.
    pub position: u64,
    pub at: Moment,
    pub keys: u64,
    pub parts: u64,
    pub files: u64,
    /// Since when no backup of the vault can tell it either; none until the key is destroyed that wrapped it.
    pub backups_unreadable_at: Option<Moment>,
}

impl FromRow<'_, SqliteRow> for ErasureRow {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let count = |column: &str| {
            let count: Option<i64> = row.try_get(column)?;
            Ok::<_, sqlx::Error>(count.unwrap_or_default().cast_unsigned())
        };
        let done_at: Option<i64> = row.try_get("done_at")?;
        let reason: Option<String> = row.try_get("reason")?;
        Ok(Self {
            position: count("position")?,
            asked: ErasureRequested {
                subject: row.try_get("subject")?,
                dossier: row.try_get("dossier")?,
                purposes: from_json(row.try_get("purposes")?)?,
                decision: row.try_get("decision")?,
            },
            reason: reason.map(from_word).transpose()?,
            basis: row.try_get("basis")?,
            asked_at: Moment(row.try_get("asked_at")?),
            done: match done_at {
                None => None,
                Some(at) => Some(Done {
                    position: count("done")?,
                    at: Moment(at),
                    keys: count("keys")?,
                    parts: count("parts")?,
                    files: count("files")?,
                    backups_unreadable_at: row
                        .try_get::<Option<i64>, _>("backups_unreadable_at")?
                        .map(Moment),
                }),
            },
        })
    }
}

/// With the first destruction of a key that was still in use when it was done.
const COLUMNS: &str =
    "*, (select min(at) from key_destroyed where retired_at >= done_at) as backups_unreadable_at";

/// What was to be destroyed of a dossier's data, in order.
pub async fn of_dossier(models: &ReadModels, dossier: Uuid) -> Result<Vec<ErasureRow>> {
    let sql = format!("select {COLUMNS} from erasure where dossier = ?1 order by position");
    let rows = query_as(AssertSqlSafe(sql)).bind(dossier);
    Ok(rows.fetch_all(models.pool()).await?)
}

/// All erasures after this position, in order; only those that are not certain yet, if told.
pub async fn after(
    models: &ReadModels,
    position: Option<u64>,
    pending: bool,
    first: u32,
) -> Result<Vec<ErasureRow>> {
    let sql = format!(
        "select {COLUMNS} from erasure where position > ?1 and (done is null or not ?2) order by position limit ?3"
    );
    let after = position.map_or(-1, u64::cast_signed);
    let rows = query_as(AssertSqlSafe(sql))
        .bind(after)
        .bind(pending)
        .bind(first);
    Ok(rows.fetch_all(models.pool()).await?)
}

/// Closed dossiers of these procedures that were completed before a moment (the last of ending and delivery), and of which not all of
/// this was to be destroyed yet.
pub struct Completed<'a> {
    pub procedures: &'a [String],
    pub before: Moment,
    pub purposes: &'a [Purpose],
}

const COMPLETED: &str = "from dossier
     where procedure in (select value from json_each(?1)) and phase in (select value from json_each(?2))
         and max(coalesce(delivered_at, 0), coalesce(ended_at, 0), case when ended_at is null then changed_at else 0 end) < ?3
         and exists (select 1 from json_each(?4) as wanted where not exists (
             select 1 from erasure as e, json_each(e.purposes) as asked where e.dossier = dossier.id and asked.value = wanted.value))
         and number > ?5";

impl Completed<'_> {
    /// How many there are.
    pub async fn count(&self, models: &ReadModels) -> Result<u64> {
        let sql = format!("select count(*) {COMPLETED}");
        let count = query_scalar::<_, i64>(AssertSqlSafe(sql));
        let count = count.bind(to_word(&self.procedures)).bind(closed());
        let count = count.bind(self.before.0).bind(to_word(&self.purposes));
        let found = count.bind(-1_i64).fetch_one(models.pool()).await?;
        Ok(found.unsigned_abs())
    }

    /// The next of them after a number: number and stream.
    pub async fn page(
        &self,
        models: &ReadModels,
        after: Option<i64>,
        first: u32,
    ) -> Result<Vec<(i64, Uuid)>> {
        let sql = format!("select number, id {COMPLETED} order by number limit ?6");
        let page = query_as(AssertSqlSafe(sql));
        let page = page.bind(to_word(&self.procedures)).bind(closed());
        let page = page.bind(self.before.0).bind(to_word(&self.purposes));
        let page = page.bind(after.unwrap_or(-1)).bind(first);
        Ok(page.fetch_all(models.pool()).await?)
    }
}

fn closed() -> String {
    let closed = Phase::ALL.into_iter().filter(|phase| phase.is_closed());
    to_word(&closed.map(Phase::name).collect::<Vec<_>>())
}

/// Names of the wrapping keys that are destroyed, in the order in which it came on record.
pub async fn destroyed_keys(models: &ReadModels) -> Result<Vec<String>> {
    let sql = "select key from key_destroyed order by position";
    Ok(query_scalar(sql).fetch_all(models.pool()).await?)
}

static INSERT: LazyLock<Insert> = LazyLock::new(|| {
    let columns = [
        "position", "subject", "dossier", "purposes", "decision", "reason", "basis", "asked_at",
    ];
    Insert::new("erasure", &columns, "")
});

/// What this batch asks for, and says was done.
pub(super) fn write(to: &mut Writes, batch: &Batch) {
    for read in &batch.reads {
        let Event::Erasure(event) = &read.fact.event else {
            continue;
        };
        let (position, at) = (read.entry.position.cast_signed(), read.fact.recorded_at.0);
        match event {
            ErasureEvent::Requested(asked) => {
                let around = &read.fact.circumstances;
                INSERT.put(to, &[asked], |columns, asked| {
                    columns
                        .bind(position)
                        .bind(asked.subject)
                        .bind(asked.dossier)
                        .bind(to_word(&asked.purposes))
                        .bind(asked.decision.clone())
                        .bind(around.reason.as_ref().map(to_word))
                        .bind(around.basis.clone())
                        .bind(at)
                });
            }
            ErasureEvent::Done(erased) => {
                let sql = "update erasure set done_at = ?, done = ?, keys = ?, parts = ?, files = ?
                     where position = ?";
                let done = [
                    at.into(),
                    position.into(),
                    erased.keys.cast_signed().into(),
                    erased.parts.cast_signed().into(),
                    erased.files.cast_signed().into(),
                    erased.request.cast_signed().into(),
                ];
                to.push(sql, done);
            }
            ErasureEvent::KeyDestroyed(destroyed) => {
                let sql =
                    "insert into key_destroyed (key, retired_at, at, position) values (?, ?, ?, ?)";
                let destroyed = [
                    destroyed.key.clone().into(),
                    destroyed.retired_at.0.into(),
                    at.into(),
                    position.into(),
                ];
                to.push(sql, destroyed);
            }
        }
    }
}
