//! What the program will record by itself, by the hour; and the papers that move promises. Read by the reactions alone.

use std::sync::LazyLock;

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, query_as, query_scalar};
use uuid::Uuid;

use super::fold::{Batch, State};
use super::word::{from_json, to_word};
use super::{Model, ReadModels, Result};
use crate::databases::insert::{Insert, Writes};
use crate::domain::dossier::{DossierCommand, ToDo};
use crate::domain::event::Event;
use crate::domain::reference::ReferenceEvent;
use crate::domain::time::Moment;

pub(super) const MODEL: Model = Model {
    version: 2,
    tables: "
        create table agenda (
            number integer not null,    -- position of the dossier's first fact
            act    text    not null,    -- name of the command
            item   integer not null,    -- number of the opinion, place of the leg; 0 for the promise
            due_at integer not null,    -- microseconds since 1970, UTC
            id     blob    not null,
            command text   not null,    -- JSON
            primary key (number, act, item)
        ) strict, without rowid;
        create table paper (
            position    integer primary key,
            number      text    not null,
            recorded_at integer not null
        ) strict;",
    indexes: "create index agenda_due on agenda (due_at, number, act, item);",
};

/// Something to record now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub dossier: Uuid,
    pub to_do: ToDo,
    /// Position of the dossier's first fact.
    pub number: u64,
}

/// A fact that may move promises: a notice, or a year declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    pub position: u64,
    /// As a promise that it moves names it.
    pub number: String,
    pub recorded_at: Moment,
}

/// Up to `first` entries whose hour has passed, the oldest first, after this one.
pub async fn due(
    models: &ReadModels,
    now: Moment,
    after: Option<&Entry>,
    first: u32,
) -> Result<Vec<Entry>> {
    let start = after.map_or((i64::MIN, 0, "", 0), |entry| {
        let to_do = &entry.to_do;
        (
            to_do.due_at.0,
            entry.number.cast_signed(),
            to_do.command.name(),
            i64::from(to_do.number()),
        )
    });
    let found = query_as(
        "select id, number, due_at, command from agenda
         where due_at < ?1 and (due_at, number, act, item) > (?2, ?3, ?4, ?5)
         order by due_at, number, act, item limit ?6",
    )
    .bind(now.0)
    .bind(start.0)
    .bind(start.1)
    .bind(start.2)
    .bind(start.3)
    .bind(first)
    .fetch_all(models.pool());
    Ok(found.await?)
}

/// The next hour at which something is to be recorded, from `now` on.
pub async fn next_hour(models: &ReadModels, now: Moment) -> Result<Option<Moment>> {
    let found = query_scalar("select min(due_at) from agenda where due_at >= ?1")
        .bind(now.0)
        .fetch_one(models.pool());
    let found: Option<i64> = found.await?;
    Ok(found.map(Moment))
}

/// The newest paper.
pub async fn newest_paper(models: &ReadModels) -> Result<Option<Paper>> {
    let found =
        query_as("select position, number, recorded_at from paper order by position desc limit 1")
            .fetch_optional(models.pool());
    Ok(found.await?)
}

/// The papers after a position, the oldest first.
pub async fn papers_after(models: &ReadModels, position: u64) -> Result<Vec<Paper>> {
    let found = query_as(
        "select position, number, recorded_at from paper where position > ?1 order by position limit 100",
    )
    .bind(position.cast_signed())
    .fetch_all(models.pool());
    Ok(found.await?)
}

/// Up to `first` dossiers whose clock has not ended and that were accepted before this moment, in the order of their
/// numbers after this one: (number, id).
pub async fn promised_before(
    models: &ReadModels,
    moment: Moment,
    after: u64,
    first: u32,
) -> Result<Vec<(u64, Uuid)>> {
    let found = query_as(
        "select number, id from dossier
         where number > ?1 and accepted_at <= ?2 and ended_at is null order by number limit ?3",
    )
    .bind(after.cast_signed())
    .bind(moment.0)
    .bind(first)
    .fetch_all(models.pool());
    let found: Vec<(i64, Uuid)> = found.await?;
    Ok(found
        .into_iter()
        .map(|(number, id)| (number.cast_unsigned(), id))
        .collect())
}

static INSERT: LazyLock<Insert> = LazyLock::new(|| {
    Insert::new(
        "agenda",
        &["number", "act", "item", "due_at", "id", "command"],
        "",
    )
});

static PAPER: LazyLock<Insert> =
    LazyLock::new(|| Insert::new("paper", &["position", "number", "recorded_at"], ""));

/// The entries of these dossiers as they are now, in place of those that were.
pub(super) fn write(to: &mut Writes, states: &[&State]) {
    let numbers: Vec<u64> = states.iter().map(|state| state.number).collect();
    let before = "delete from agenda where number in (select value from json_each(?))";
    to.push(before, [to_word(&numbers).into()]);
    let rows: Vec<(&State, ToDo)> = states
        .iter()
        .flat_map(|state| {
            let to_do = state.dossier.to_do(state.id).into_iter();
            to_do.map(move |one| (*state, one))
        })
        .collect();
    INSERT.put(to, &rows, |columns, (state, to_do)| {
        columns
            .bind(state.number.cast_signed())
            .bind(to_do.command.name())
            .bind(to_do.number())
            .bind(to_do.due_at.0)
            .bind(state.id)
            .bind(serde_json::to_string(&to_do.command).unwrap_or_default())
    });
}

/// One row per notice and declared year in the batch.
pub(super) fn write_papers(to: &mut Writes, batch: &Batch) {
    let papers = batch.reads.iter().filter_map(|read| {
        let Event::Reference(event) = &read.fact.event else {
            return None;
        };
        let number = if let ReferenceEvent::NoticeIssued(notice) = event {
            &notice.number
        } else if let ReferenceEvent::CalendarDeclared(year) = event {
            &year.notice
        } else {
            return None;
        };
        Some((read.entry.position, number, read.fact.recorded_at))
    });
    let rows: Vec<_> = papers.collect();
    PAPER.put(to, &rows, |columns, (position, number, recorded_at)| {
        columns
            .bind(position.cast_signed())
            .bind((*number).clone())
            .bind(recorded_at.0)
    });
}

impl FromRow<'_, SqliteRow> for Entry {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let command: DossierCommand = from_json(&row.try_get::<String, _>("command")?)?;
        Ok(Self {
            dossier: row.try_get("id")?,
            to_do: ToDo {
                due_at: Moment(row.try_get("due_at")?),
                command,
            },
            number: row.try_get::<i64, _>("number")?.cast_unsigned(),
        })
    }
}

impl FromRow<'_, SqliteRow> for Paper {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            position: row.try_get::<i64, _>("position")?.cast_unsigned(),
            number: row.try_get("number")?,
            recorded_at: Moment(row.try_get("recorded_at")?),
        })
    }
}
