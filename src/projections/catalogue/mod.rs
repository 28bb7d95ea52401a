//! The procedures as people look for them: with and without diacritics, on a day.

pub mod counts;
pub mod rehearsal;
pub mod sought;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use jiff::civil::Date;
use sqlx::{QueryBuilder, Sqlite, query_as, query_scalar};

use super::word::{decode, from_json, to_word};
use super::{Model, ReadModels, Result};
use crate::databases::insert::{Insert, Writes};
use crate::domain::catalogue::{Abolished, Procedure};
use crate::domain::event::Event;
use crate::domain::reference::ReferenceEvent;
use crate::domain::text;
use crate::projections::fold::Batch;

pub(super) const MODEL: Model = Model {
    version: 2,
    tables: "
        create table procedure (
            position       integer primary key, -- of its publication
            code           text    not null,
            version        integer not null,
            valid_from     text,                -- first and last day, open when null
            valid_to       text,
            recorded_on    text    not null,    -- the day in Hanoi on which it was published here
            abolished_from text,                -- first day without it, by decision
            folded         text    not null,    -- code, names and field in lower case without diacritics
            body           text    not null
        ) strict;",
    indexes: "create index procedure_code on procedure (code, position);",
};

/// Procedures in which every word of `words` occurs, in code order after a code. With a day, the versions that apply
/// then; without, the newest of each.
pub async fn search(
    models: &ReadModels,
    words: &str,
    on: Option<Date>,
    after: Option<&str>,
    first: u32,
) -> Result<Vec<Procedure>> {
    let mut sql: QueryBuilder<Sqlite> = QueryBuilder::new(
        "select body from procedure where position = (
             select max(position) from procedure as version where version.code = procedure.code",
    );
    if let Some(on) = on {
        sql.push(" and coalesce(version.valid_from, '') <= ")
            .push_bind(on.to_string());
        sql.push(" and coalesce(version.valid_to, '9999-12-31') >= ")
            .push_bind(on.to_string());
    }
    sql.push(")");
    if let Some(on) = on {
        sql.push(" and coalesce(abolished_from, '9999-12-31') > ")
            .push_bind(on.to_string());
    }
    for word in text::fold(words).split_whitespace() {
        sql.push(" and instr(folded, ")
            .push_bind(word.to_owned())
            .push(") > 0");
    }
    if let Some(after) = after {
        sql.push(" and code > ").push_bind(after.to_owned());
    }
    sql.push(" order by code limit ")
        .push_bind(i64::from(first));
    let found: Vec<(String,)> = sql.build_query_as().fetch_all(models.pool()).await?;
    let read = found.iter().map(|(body,)| from_json(body));
    Ok(read.collect::<sqlx::Result<_>>()?)
}

/// The version of a procedure that applies on a day; without a day the newest.
pub fn procedure(models: &ReadModels, code: &str, on: Option<Date>) -> Option<Arc<Procedure>> {
    let reference = models.reference();
    match on {
        Some(on) => reference.procedure(code, on).cloned(),
        None => reference.procedures.get(code)?.last().cloned(),
    }
}

static INSERT: LazyLock<Insert> = LazyLock::new(|| {
    let columns = [
        "position",
        "code",
        "version",
        "valid_from",
        "valid_to",
        "recorded_on",
        "folded",
        "body",
    ];
    Insert::new("procedure", &columns, "")
});

/// The day a version was published here, in Hanoi; `None` for one that was not.
pub async fn published_on(models: &ReadModels, code: &str, version: u32) -> Result<Option<Date>> {
    let sql = "select recorded_on from procedure where code = ?1 and version = ?2";
    let found: Option<String> = query_scalar(sql)
        .bind(code.to_owned())
        .bind(version)
        .fetch_optional(models.pool())
        .await?;
    Ok(found.map(|day| read_day(&day)).transpose()?)
}

/// The day every version was published here, by code and version.
pub async fn all_published_on(models: &ReadModels) -> Result<HashMap<(String, u32), Date>> {
    let sql = "select code, version, recorded_on from procedure";
    let rows: Vec<(String, u32, String)> = query_as(sql).fetch_all(models.pool()).await?;
    let read = rows
        .into_iter()
        .map(|(code, version, day)| Ok(((code, version), read_day(&day)?)));
    Ok(read.collect::<sqlx::Result<_>>()?)
}

fn read_day(text: &str) -> sqlx::Result<Date> {
    text.parse()
        .map_err(|error: jiff::Error| decode(error.into()))
}

/// What a batch says of the catalogue.
enum Said<'a> {
    Published(u64, Date, &'a Procedure),
    Abolished(&'a Abolished),
}

/// One row per published version in the batch; an abolition marks the rows it ends.
pub(super) fn write(to: &mut Writes, batch: &Batch) {
    let said = batch
        .reads
        .iter()
        .filter_map(|read| match &read.fact.event {
            Event::Reference(ReferenceEvent::ProcedurePublished(procedure)) => {
                let day = read.fact.recorded_at.date();
                Some(Said::Published(read.entry.position, day, procedure))
            }
            Event::Reference(ReferenceEvent::ProcedureAbolished(abolished)) => {
                Some(Said::Abolished(abolished))
            }
            Event::Reference(
                ReferenceEvent::CalendarDeclared(_)
                | ReferenceEvent::PolicyAdopted(_)
                | ReferenceEvent::OfficeOpened(_)
                | ReferenceEvent::NoticeIssued(_)
                | ReferenceEvent::ProcessApproved(_)
                | ReferenceEvent::ReviewProposed(_)
                | ReferenceEvent::TargetSet(_)
                | ReferenceEvent::Campaign(_)
                | ReferenceEvent::Supervision(_)
                | ReferenceEvent::OfficesReorganised(_),
            )
            | Event::Journal(_)
            | Event::Register(_)
            | Event::Archive(_)
            | Event::Staff(_)
            | Event::Access(_)
            | Event::Erasure(_)
            | Event::Import(_)
            | Event::Dossier(_) => None,
        });
    let mut published = Vec::new();
    let mut abolished = Vec::new();
    for one in said {
        match one {
            Said::Published(position, day, procedure) => published.push((position, day, procedure)),
            Said::Abolished(end) => abolished.push(end),
        }
    }
    write_published(to, &published);
    for end in abolished {
        write_abolished(to, end);
    }
}

fn write_published(to: &mut Writes, rows: &[(u64, Date, &Procedure)]) {
    INSERT.put(to, rows, |columns, (position, day, procedure)| {
        let Procedure {
            code,
            name_vi,
            name_en,
            field_vi,
            field_en,
            ..
        } = procedure;
        let folded = text::fold(&format!("{code} {name_vi} {name_en} {field_vi} {field_en}"));
        columns
            .bind(position.cast_signed())
            .bind(code.clone())
            .bind(procedure.version)
            .bind(procedure.valid_from.map(|day| day.to_string()))
            .bind(procedure.valid_to.map(|day| day.to_string()))
            .bind(day.to_string())
            .bind(folded)
            .bind(to_word(*procedure))
    });
}

/// The earliest end counts.
fn write_abolished(to: &mut Writes, end: &Abolished) {
    let sql = "update procedure set abolished_from = min(coalesce(abolished_from, ?), ?)
               where code = ? and version <= ?";
    let from = end.from.to_string();
    let ended = [
        from.clone().into(),
        from.into(),
        end.code.clone().into(),
        end.version.into(),
    ];
    to.push(sql, ended);
}
