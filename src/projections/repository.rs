//! The repository of results: the documents that settled dossiers, and those older than the system, found by their number.

use std::sync::LazyLock;

use sqlx::{FromRow, QueryBuilder, Sqlite};
use uuid::Uuid;

use super::fold::{Batch, State};
use super::{Model, ReadModels, Result};
use crate::databases::insert::{Insert, Writes};
use crate::domain::archive::{ArchiveEvent, ArchivedResult};
use crate::domain::dossier::{DossierResult, ResultKind, ResultStanding};
use crate::domain::event::Event;
use crate::domain::time::Moment;

pub(super) const MODEL: Model = Model {
    version: 2,
    tables: "
        create table result ( -- a document that an office gave
            stream    blob    not null,   -- of its dossier, or its own when it is older than the system
            place     integer not null,   -- among the dossier's documents, from 0
            number    text    not null,
            office    text    not null,
            procedure text    not null,
            given     integer not null,   -- when it was numbered, or the day it bears; microseconds since 1970, UTC
            position  integer not null,   -- of the first fact of its stream, or the one that entered it
            standing  text    not null,   -- `valid`, `superseded`, `revoked`
            certified integer not null,   -- an electronic copy certified from the original
            archived  integer not null,   -- older than the system
            primary key (stream, place)
        ) strict, without rowid;",
    indexes: "create index result_number on result (number);
        create index result_office on result (office, position desc, place desc);",
};

/// A document in the repository.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct RepositoryRow {
    pub stream: Uuid,
    pub place: u32,
    pub number: String,
    pub office: String,
    pub procedure: String,
    given: i64,
    position: i64,
    pub standing: String,
    pub certified: bool,
    pub archived: bool,
}

impl RepositoryRow {
    #[must_use]
    pub fn given(&self) -> Moment {
        Moment(self.given)
    }

    /// Where the next page begins.
    #[must_use]
    pub fn place_in_list(&self) -> (u64, u32) {
        (self.position.cast_unsigned(), self.place)
    }
}

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted<'a> {
    pub office: Option<&'a str>,
    pub number: Option<&'a str>,
    pub procedure: Option<&'a str>,
}

const COLUMNS: &str =
    "stream, place, number, office, procedure, given, position, standing, certified, archived";

/// Up to `first` documents, those of the newest streams first, after this place.
pub async fn find(
    models: &ReadModels,
    wanted: &Wanted<'_>,
    after: Option<(u64, u32)>,
    first: u32,
) -> Result<Vec<RepositoryRow>> {
    let mut sql: QueryBuilder<Sqlite> = QueryBuilder::new("select ");
    sql.push(COLUMNS).push(" from result where true");
    for (column, value) in [
        ("office", wanted.office),
        ("number", wanted.number),
        ("procedure", wanted.procedure),
    ] {
        if let Some(value) = value {
            sql.push(format!(" and {column} = "))
                .push_bind(value.to_owned());
        }
    }
    if let Some((position, place)) = after {
        sql.push(" and (position, place) < (")
            .push_bind(position.cast_signed())
            .push(", ")
            .push_bind(place)
            .push(")");
    }
    sql.push(" order by position desc, place desc limit ")
        .push_bind(first);
    Ok(sql.build_query_as().fetch_all(models.pool()).await?)
}

/// The one of this stream that is older than the system.
pub async fn archived(models: &ReadModels, stream: Uuid) -> Result<Option<RepositoryRow>> {
    let mut sql: QueryBuilder<Sqlite> = QueryBuilder::new("select ");
    sql.push(COLUMNS)
        .push(" from result where archived = 1 and stream = ")
        .push_bind(stream);
    Ok(sql.build_query_as().fetch_optional(models.pool()).await?)
}

static ROWS: LazyLock<Insert> = LazyLock::new(|| {
    let columns = COLUMNS.split(", ").collect::<Vec<_>>();
    Insert::or_update("result", &columns, "stream, place")
});

/// Results older than the system that this batch enters or strikes.
pub(super) fn write_archived(to: &mut Writes, batch: &Batch) {
    for read in &batch.reads {
        let Event::Archive(event) = &read.fact.event else {
            continue;
        };
        match event {
            ArchiveEvent::Entered(result) => {
                let row = [(read.entry.stream, read.entry.position, result)];
                ROWS.put(to, &row, |columns, (stream, position, result)| {
                    columns
                        .bind(*stream)
                        .bind(0)
                        .bind(result.number.clone())
                        .bind(result.office.to_string())
                        .bind(result.procedure.to_string())
                        .bind(day_of(result).0)
                        .bind(position.cast_signed())
                        .bind(ResultStanding::Valid.name())
                        .bind(false)
                        .bind(true)
                });
            }
            ArchiveEvent::Struck(_) => {
                let struck = "delete from result where stream = ?";
                to.push(struck, [read.entry.stream.into()]);
            }
        }
    }
}

fn day_of(result: &ArchivedResult) -> Moment {
    Moment::from_local(result.issued_on.to_datetime(jiff::civil::Time::midnight()))
}

/// The numbered documents of these dossiers.
pub(super) fn write(to: &mut Writes, states: &[&State]) {
    let rows: Vec<(&State, u32, &DossierResult)> = states
        .iter()
        .flat_map(|state| {
            let results = (0..).zip(&state.dossier.results);
            let numbered = results.filter(|(_, result)| result.number.is_some());
            numbered.map(|(place, result)| (*state, place, result))
        })
        .collect();
    ROWS.put(to, &rows, |columns, (state, place, result)| {
        let dossier = &state.dossier;
        let text = |code: Option<String>| code.unwrap_or_default();
        columns
            .bind(state.id)
            .bind(*place)
            .bind(text(result.number.clone()))
            .bind(text(dossier.office.as_ref().map(ToString::to_string)))
            .bind(text(dossier.procedure.as_ref().map(ToString::to_string)))
            .bind(result.numbered_at.unwrap_or(result.since).0)
            .bind(state.number.cast_signed())
            .bind(result.standing.name())
            .bind(result.kind == ResultKind::CertifiedCopy)
            .bind(false)
    });
}
