//! One row per acceptance and office that had it under its clock, and one per move of its due date: what is counted.

use std::sync::LazyLock;

use crate::databases::insert::{Insert, Writes};
use crate::domain::dossier::Channel;
use crate::domain::law::Limit;
use crate::domain::time::Moment;
use crate::projections::Model;
use crate::projections::fold::{Batch, State};

pub const MODEL: Model = Model {
    version: 2,
    tables: "
        create table turn ( -- the time a dossier spends under one office's clock
            number          integer not null, -- the dossier's
            turn            integer not null, -- from 1; more than one only after a redirection or a transfer
            first           integer not null, -- the row of its acceptance: an earlier one after a transfer
            office          text    not null,
            procedure       text    not null,
            channel         text    not null,
            received_at     integer not null, -- all times: microseconds since 1970, UTC
            begun_at        integer not null, -- since when this office has it: as received_at, or when it was transferred
            accepted_at     integer not null,
            original_due_at integer,
            due_at          integer,
            moves           integer not null, -- how many rows of due_change there are
            ended_at        integer,
            end_kind        text,             -- `transferred`: the next row goes on
            allowed         integer not null, -- the procedure's limit as plain time, in microseconds: never longer than the law's
            primary key (number, turn)
        ) strict, without rowid;
        create table due_change (
            number      integer not null,
            turn        integer not null,
            position    integer not null,
            recorded_at integer not null,
            old         integer not null,
            new         integer not null,
            cause       text    not null,
            primary key (number, turn, position)
        ) strict, without rowid;",
    indexes: "
        create index turn_received on turn (office, begun_at);
        create index turn_ended on turn (office, ended_at);
        create index turn_procedure on turn (procedure, received_at);",
};

const TURN_COLUMNS: [&str; 15] = [
    "number",
    "turn",
    "first",
    "office",
    "procedure",
    "channel",
    "received_at",
    "begun_at",
    "accepted_at",
    "original_due_at",
    "due_at",
    "moves",
    "ended_at",
    "end_kind",
    "allowed",
];

static UPSERT_TURNS: LazyLock<Insert> =
    LazyLock::new(|| Insert::or_update("turn", &TURN_COLUMNS, "number, turn"));

static INSERT_DUE_CHANGES: LazyLock<Insert> = LazyLock::new(|| {
    let columns = [
        "number",
        "turn",
        "position",
        "recorded_at",
        "old",
        "new",
        "cause",
    ];
    Insert::new("due_change", &columns, "")
});

/// How the row of an office ends that the dossier was taken from, and given to another: neither settled nor closed.
pub const TRANSFERRED: &str = "transferred";

/// Writes the spells of these dossiers as they are now.
pub fn write(to: &mut Writes, states: &[&State]) {
    let turns = states.iter().flat_map(|state| {
        let spells = state.dossier.spells().zip(&state.moves).zip(1_i64..);
        let mut first = 1;
        spells.map(move |((spell, moves), place)| {
            if spell.since.is_none() {
                first = place;
            }
            (state, spell, *moves, (place, first))
        })
    });
    let turns: Vec<_> = turns.collect();
    UPSERT_TURNS.put(to, &turns, |columns, (state, spell, moves, places)| {
        let (dossier, turn) = (&state.dossier, spell.turn);
        let (ended_at, end_kind) = match (spell.passed, turn.ending) {
            (Some(passed), _) => (Some(passed.at), Some(TRANSFERRED)),
            (None, ending) => (
                ending.map(|ending| ending.at),
                ending.map(|ending| ending.kind.name()),
            ),
        };
        let promised = Some(turn).filter(|turn| !turn.undated);
        columns
            .bind(state.number.cast_signed())
            .bind(places.0)
            .bind(places.1)
            .bind(spell.office.as_str().to_owned())
            .bind(
                dossier
                    .procedure
                    .as_ref()
                    .map_or("", |code| code.as_str())
                    .to_owned(),
            )
            .bind(dossier.channel.unwrap_or(Channel::Counter).name())
            .bind(turn.received_at.0)
            .bind(spell.since.unwrap_or(turn.received_at).0)
            .bind(turn.accepted_at.0)
            .bind(promised.map(|turn| turn.original_due_at.0))
            .bind(promised.map(|_| spell.due_at().0))
            .bind(*moves)
            .bind(ended_at.map(|at| at.0))
            .bind(end_kind)
            .bind(plain_time(turn.limit))
    });
}

/// A limit counted as plain time: days off are not left out, so that it is never longer than the law's.
fn plain_time(limit: Limit) -> i64 {
    match limit {
        Limit::SameDay => Moment::DAY,
        Limit::WorkingDays(days) | Limit::CalendarDays(days) => i64::from(days) * Moment::DAY,
        Limit::WorkingHours(hours) => i64::from(hours) * Moment::HOUR,
        Limit::Months(months) => i64::from(months) * 30 * Moment::DAY,
    }
}

/// Writes every move of a due date in the batch.
pub fn write_due_changes(to: &mut Writes, batch: &Batch) {
    INSERT_DUE_CHANGES.put(to, &batch.due_changes, |columns, change| {
        columns
            .bind(change.number.cast_signed())
            .bind(i64::try_from(change.turn).unwrap_or(i64::MAX))
            .bind(change.position.cast_signed())
            .bind(change.recorded_at.0)
            .bind(change.old.0)
            .bind(change.new.0)
            .bind(change.cause)
    });
}
