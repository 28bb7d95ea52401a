//! Who looked at whose personal data, by dossier, for the person whose data it is.

use std::sync::LazyLock;

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row as _, query_as};
use uuid::Uuid;

use super::fold::Batch;
use super::word::{from_word, to_word};
use super::{Model, ReadModels, Result};
use crate::databases::insert::{Insert, Writes};
use crate::domain::access::Purpose;
use crate::domain::actor::Role;
use crate::domain::event::Event;
use crate::domain::reason::Reason;
use crate::domain::time::Moment;

pub(super) const MODEL: Model = Model {
    version: 1,
    tables: "
        create table look ( -- somebody looked at a dossier's personal data
            dossier  blob    not null,   -- its stream
            position integer not null,   -- of the fact
            at       integer not null,   -- microseconds since 1970, UTC
            actor    text    not null,
            role     text    not null,
            office   text    not null,   -- acted for; '*' for none
            purpose  text    not null,
            reason   text,
            primary key (dossier, position)
        ) strict, without rowid;",
    indexes: "",
};

/// Somebody looked at a dossier's personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookRow {
    pub position: u64,
    pub at: Moment,
    /// Pseudonym.
    pub actor: String,
    pub role: Role,
    pub office: String,
    pub purpose: Purpose,
    pub reason: Option<Reason>,
}

impl FromRow<'_, SqliteRow> for LookRow {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let reason: Option<String> = row.try_get("reason")?;
        Ok(Self {
            position: row.try_get::<i64, _>("position")?.cast_unsigned(),
            at: Moment(row.try_get("at")?),
            actor: row.try_get("actor")?,
            role: from_word(row.try_get("role")?)?,
            office: row.try_get("office")?,
            purpose: from_word(row.try_get("purpose")?)?,
            reason: reason.map(from_word).transpose()?,
        })
    }
}

/// The newest looks at a dossier's data before this position, newest first.
pub async fn of_dossier(
    models: &ReadModels,
    dossier: Uuid,
    before: Option<u64>,
    first: u32,
) -> Result<Vec<LookRow>> {
    let sql = "select position, at, actor, role, office, purpose, reason from look
         where dossier = ?1 and position < ?2 order by position desc limit ?3";
    let before = before.map_or(i64::MAX, u64::cast_signed);
    let rows = query_as(sql).bind(dossier).bind(before).bind(first);
    Ok(rows.fetch_all(models.pool()).await?)
}

static INSERT: LazyLock<Insert> = LazyLock::new(|| {
    let columns = [
        "dossier", "position", "at", "actor", "role", "office", "purpose", "reason",
    ];
    Insert::new("look", &columns, "")
});

/// A row for each dossier that a fact of the batch names.
pub(super) fn write(to: &mut Writes, batch: &Batch) {
    let mut rows = Vec::new();
    for read in &batch.reads {
        if let Event::Access(looked) = &read.fact.event {
            let dossiers = looked.dossiers.iter();
            rows.extend(dossiers.map(|dossier| (*dossier, read, looked.purpose)));
        }
    }
    INSERT.put(to, &rows, |columns, (dossier, read, purpose)| {
        let fact = &read.fact;
        columns
            .bind(*dossier)
            .bind(read.entry.position.cast_signed())
            .bind(fact.recorded_at.0)
            .bind(fact.actor.id.clone())
            .bind(fact.actor.role.name())
            .bind(fact.actor.office.clone())
            .bind(purpose.name())
            .bind(fact.circumstances.reason.as_ref().map(to_word))
    });
}
