//! The offices, also those that are no more.

use std::sync::{Arc, LazyLock};

use super::fold::Batch;
use super::word::to_word;
use super::{Model, ReadModels};
use crate::databases::insert::{Insert, Writes};
use crate::domain::event::Event;
use crate::domain::office::Office;
use crate::domain::reference::ReferenceEvent;

pub(super) const MODEL: Model = Model {
    version: 1,
    tables: "
        create table office (
            code     text    primary key,
            position integer not null,    -- of its newest fact
            level    text    not null,
            body     text    not null
        ) strict, without rowid;",
    indexes: "",
};

/// All offices in code order.
pub fn list(models: &ReadModels) -> Vec<Arc<Office>> {
    models.reference().offices.values().cloned().collect()
}

/// The office with this code, on whatever day.
pub fn by_code(models: &ReadModels, code: &str) -> Option<Arc<Office>> {
    models.reference().offices.get(code).cloned()
}

static UPSERT: LazyLock<Insert> =
    LazyLock::new(|| Insert::or_update("office", &["code", "position", "level", "body"], "code"));

/// Writes the offices opened or changed in the batch; a later fact about an office replaces the earlier row.
pub(super) fn write(to: &mut Writes, batch: &Batch) {
    let opened = batch
        .reads
        .iter()
        .filter_map(|read| match &read.fact.event {
            Event::Reference(ReferenceEvent::OfficeOpened(office)) => {
                Some((read.entry.position, office))
            }
            Event::Reference(
                ReferenceEvent::CalendarDeclared(_)
                | ReferenceEvent::PolicyAdopted(_)
                | ReferenceEvent::ProcedurePublished(_)
                | ReferenceEvent::NoticeIssued(_)
                | ReferenceEvent::ProcedureAbolished(_)
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
    let rows: Vec<_> = opened.collect();
    UPSERT.put(to, &rows, |columns, (position, office)| {
        columns
            .bind(office.code.clone())
            .bind(position.cast_signed())
            .bind(to_word(&office.level))
            .bind(to_word(*office))
    });
}
