//! What has still to go to another office: the offices that decisions closed, and what they have that is not done. Read by the
//! reactions, and by whoever plans a reorganisation.

use std::sync::LazyLock;

use sqlx::{query_as, query_scalar};
use uuid::Uuid;

use super::fold::{Batch, State};
use super::word::to_word;
use super::{Model, ReadModels, Result};
use crate::databases::insert::{Insert, Writes};
use crate::domain::event::Event;
use crate::domain::reference::ReferenceEvent;
use crate::domain::time::Moment;

pub(super) const MODEL: Model = Model {
    version: 1,
    tables: "
        create table closing ( -- an office that a decision ended, or will
            office   text    primary key,
            decision text    not null,
            position integer not null,    -- of the decision
            since    integer not null     -- the first instant without the office; microseconds since 1970, UTC
        ) strict, without rowid;
        create table unanswered ( -- a closed dossier whose applicant waits for an answer
            number integer primary key,
            id     blob    not null,
            office text    not null
        ) strict;",
    indexes: "create index unanswered_office on unanswered (office, number);",
};

/// A dossier that has to go to another office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Position of the dossier's first fact.
    pub number: u64,
    pub dossier: Uuid,
    /// Number of the decision that closed its office.
    pub decision: String,
    /// Position of the decision.
    pub position: u64,
}

/// What offices have that are closed by `?1`: entered and not done.
macro_rules! waiting {
    // foreign: a macro's pattern, not one of our enums
    ($columns:literal) => {
        concat!(
            "with waiting as (
                select dossier.number, dossier.id, closing.decision, closing.position
                from closing cross join dossier on dossier.office = closing.office and dossier.open
                where closing.since <= ?1
                union all
                select unanswered.number, unanswered.id, closing.decision, closing.position
                from closing cross join unanswered on unanswered.office = closing.office
                where closing.since <= ?1)
             select ",
            $columns,
            " from waiting"
        )
    };
}

/// Up to `first` dossiers whose office has ended by `now`, in the order of their numbers after this one.
pub async fn waiting(
    models: &ReadModels,
    now: Moment,
    after: u64,
    first: u32,
) -> Result<Vec<Waiting>> {
    let sql = concat!(
        waiting!("number, id, decision, position"),
        " where number > ?2 order by number limit ?3"
    );
    let found: Vec<(i64, Uuid, String, i64)> = query_as(sql)
        .bind(now.0)
        .bind(after.cast_signed())
        .bind(first)
        .fetch_all(models.pool())
        .await?;
    let waiting = found
        .into_iter()
        .map(|(number, dossier, decision, position)| Waiting {
            number: number.cast_unsigned(),
            dossier,
            decision,
            position: position.cast_unsigned(),
        });
    Ok(waiting.collect())
}

/// How many there are.
pub async fn count(models: &ReadModels, now: Moment) -> Result<u64> {
    let found = query_scalar(waiting!("count(*)"))
        .bind(now.0)
        .fetch_one(models.pool());
    let found: i64 = found.await?;
    Ok(found.cast_unsigned())
}

/// How many dossiers an office has that are not done, by procedure in the order of the codes.
pub async fn unfinished(models: &ReadModels, office: &str) -> Result<Vec<(String, u64)>> {
    let found = query_as(
        "select procedure, count(*) from (
            select procedure from dossier where office = ?1 and open
            union all
            select dossier.procedure from unanswered join dossier on dossier.number = unanswered.number
            where unanswered.office = ?1)
         group by procedure order by procedure",
    );
    let found: Vec<(String, i64)> = found.bind(office).fetch_all(models.pool()).await?;
    let counted = found
        .into_iter()
        .map(|(procedure, count)| (procedure, count.cast_unsigned()));
    Ok(counted.collect())
}

static CLOSING: LazyLock<Insert> = LazyLock::new(|| {
    let columns = ["office", "decision", "position", "since"];
    Insert::new("closing", &columns, "")
});

static UNANSWERED: LazyLock<Insert> =
    LazyLock::new(|| Insert::new("unanswered", &["number", "id", "office"], ""));

/// One row per office that a decision in the batch closes.
pub(super) fn write_closings(to: &mut Writes, batch: &Batch) {
    let mut rows = Vec::new();
    for read in &batch.reads {
        if let Event::Reference(ReferenceEvent::OfficesReorganised(decided)) = &read.fact.event {
            let begins = decided.effective_from;
            let since = Moment::from_local(begins.to_datetime(jiff::civil::Time::midnight()));
            let closed = decided.closes.iter();
            rows.extend(closed.map(|office| (office, decided, read.entry.position, since)));
        }
    }
    CLOSING.put(to, &rows, |columns, (office, decided, position, since)| {
        columns
            .bind(office.to_string())
            .bind(decided.decision.clone())
            .bind(position.cast_signed())
            .bind(since.0)
    });
}

/// Which of these dossiers are closed and have a voice that waits.
pub(super) fn write(to: &mut Writes, states: &[&State]) {
    let numbers: Vec<u64> = states.iter().map(|state| state.number).collect();
    let before = "delete from unanswered where number in (select value from json_each(?))";
    to.push(before, [to_word(&numbers).into()]);
    let closed = |state: &&&State| {
        state.dossier.phase.is_closed() && state.dossier.open_feedback().is_some()
    };
    let rows: Vec<&&State> = states.iter().filter(closed).collect();
    UNANSWERED.put(to, &rows, |columns, state| {
        let office = state.dossier.office.as_ref();
        columns
            .bind(state.number.cast_signed())
            .bind(state.id)
            .bind(office.map(ToString::to_string).unwrap_or_default())
    });
}
