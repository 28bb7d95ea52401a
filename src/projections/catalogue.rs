//! The procedures as people look for them: with and without diacritics, on a day.

use std::sync::{Arc, LazyLock};

use jiff::civil::Date;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::fold::Batch;
use super::insert::Insert;
use super::word::{from_json, to_word};
use super::{Model, ReadModels, Result};
use crate::domain::catalogue::Procedure;
use crate::domain::event::Event;
use crate::domain::reference::ReferenceEvent;
use crate::domain::text;

pub(super) const MODEL: Model = Model {
    version: 1,
    tables: "
        create table procedure (
            position   integer primary key, -- of its publication
            code       text    not null,
            version    integer not null,
            valid_from text,                -- first and last day, open when null
            valid_to   text,
            folded     text    not null,    -- code, names and field in lower case without diacritics
            body       text    not null
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
        "folded",
        "body",
    ];
    Insert::new("procedure", &columns, "")
});

/// One row per published version in the batch.
pub(super) async fn write(to: &mut SqliteConnection, batch: &Batch) -> sqlx::Result<()> {
    let published = batch
        .reads
        .iter()
        .filter_map(|read| match &read.fact.event {
            Event::Reference(ReferenceEvent::ProcedurePublished(procedure)) => {
                Some((read.entry.position, procedure))
            }
            Event::Reference(
                ReferenceEvent::CalendarDeclared(_)
                | ReferenceEvent::PolicyAdopted(_)
                | ReferenceEvent::OfficeOpened(_)
                | ReferenceEvent::NoticeIssued(_),
            )
            | Event::JournalOpened(_)
            | Event::Register(_)
            | Event::Dossier(_) => None,
        });
    let rows: Vec<_> = published.collect();
    let written = INSERT.run(to, &rows, |statement, (position, procedure)| {
        let Procedure {
            code,
            name_vi,
            name_en,
            field_vi,
            field_en,
            ..
        } = procedure;
        let folded = text::fold(&format!("{code} {name_vi} {name_en} {field_vi} {field_en}"));
        statement
            .bind(position.cast_signed())
            .bind(code.clone())
            .bind(procedure.version)
            .bind(procedure.valid_from.map(|day| day.to_string()))
            .bind(procedure.valid_to.map(|day| day.to_string()))
            .bind(folded)
            .bind(to_word(procedure))
    });
    written.await
}
