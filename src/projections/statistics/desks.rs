//! On whose desk dossiers lay: one row per stay, so that the counts of a period can be split by desk.

use std::sync::LazyLock;

use crate::databases::insert::{Insert, Writes};
use crate::projections::Model;
use crate::projections::fold::State;

pub const MODEL: Model = Model {
    version: 1,
    tables: "
        create table stay ( -- a stretch of time on one desk
            number    integer not null,
            place     integer not null, -- from 1
            office    text    not null,
            role      text    not null,
            officer   text,             -- pseudonym; null while it waits for anybody of the role
            step      integer,          -- of the internal process, from 1
            waits_for text    not null, -- `officer`, `applicant`, `payment`
            since     integer not null,
            until     integer,          -- null while it lies there
            primary key (number, place)
        ) strict, without rowid;",
    indexes: "",
};

const COLUMNS: [&str; 9] = [
    "number",
    "place",
    "office",
    "role",
    "officer",
    "step",
    "waits_for",
    "since",
    "until",
];

static UPSERT: LazyLock<Insert> =
    LazyLock::new(|| Insert::or_update("stay", &COLUMNS, "number, place"));

/// Writes the stays of these dossiers as they are now, but for those that are written already and never change.
pub fn write(to: &mut Writes, states: &[&State]) {
    let stays = states.iter().flat_map(|state| {
        let stays = state.dossier.stays.iter().zip(1_i64..);
        let stays = stays.skip(state.stays_settled);
        stays.map(move |(stay, place)| (state.number, place, stay))
    });
    let stays: Vec<_> = stays.collect();
    UPSERT.put(to, &stays, |columns, (number, place, stay)| {
        columns
            .bind(number.cast_signed())
            .bind(*place)
            .bind(stay.office.clone())
            .bind(stay.role.name())
            .bind(stay.officer.clone())
            .bind(stay.step)
            .bind(stay.waits_for.name())
            .bind(stay.since.0)
            .bind(stay.until.map(|until| until.0))
    });
}
