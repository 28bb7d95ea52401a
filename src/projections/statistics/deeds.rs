//! Who had a dossier and when its applicant was waited for: one row per fact, so that any period can be counted as of its end.

use std::sync::LazyLock;

use sqlx::SqliteConnection;

use super::experience::{self, Met};
use crate::domain::dossier::DossierEvent;
use crate::domain::event::Event;
use crate::domain::fact::{Fact, PartKind};
use crate::projections::Model;
use crate::projections::fold::Batch;
use crate::projections::insert::{Insert, Statement};

pub const MODEL: Model = Model {
    version: 1,
    tables: "
        create table handling ( -- by whose hands it went
            number      integer not null,
            turn        integer not null, -- the acceptance it belongs to, from 1; 0 before the first
            position    integer not null,
            recorded_at integer not null,
            deed        text    not null, -- `handler`: given to; `signer`: settled by
            officer     text    not null, -- pseudonym
            primary key (number, turn, position)
        ) strict, without rowid;
        create table supplement ( -- when the applicant was asked, and answered
            number      integer not null,
            turn        integer not null,
            position    integer not null,
            recorded_at integer not null,
            deed        text    not null, -- `asked`, `still_deficient`, `answered`
            primary key (number, turn, position)
        ) strict, without rowid;",
    indexes: "",
};

/// What every row of a deed begins with.
pub(super) const COLUMNS: [&str; 5] = ["number", "turn", "position", "recorded_at", "deed"];

static INSERT_HANDLING: LazyLock<Insert> = LazyLock::new(|| {
    let columns = [&COLUMNS[..], &["officer"]].concat();
    Insert::new("handling", &columns, "")
});

static INSERT_SUPPLEMENTS: LazyLock<Insert> =
    LazyLock::new(|| Insert::new("supplement", &COLUMNS, ""));

/// Where and when a fact of a dossier stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    number: u64,
    turn: u32,
    position: u64,
    recorded_at: i64,
}

/// The facts of dossiers in the batch, each with its place.
fn placed(batch: &Batch) -> impl Iterator<Item = (Place, &Fact, &DossierEvent)> {
    let places = batch.numbers.iter().zip(&batch.turns);
    batch
        .reads
        .iter()
        .zip(places)
        .filter_map(|(read, (number, turn))| {
            let Event::Dossier(event) = &read.fact.event else {
                return None;
            };
            let place = Place {
                number: (*number)?,
                turn: *turn,
                position: read.entry.position,
                recorded_at: read.entry.recorded_at.0,
            };
            Some((place, &read.fact, event))
        })
}

/// What of a fact is counted.
enum Told<'a> {
    Handling(&'static str, &'a str),
    Supplement(&'static str),
    Met(Met),
    Nothing,
}

fn told<'a>(event: &'a DossierEvent, fact: &'a Fact) -> Told<'a> {
    use DossierEvent as E;
    match event {
        E::Forwarded(handed) | E::HandlerAssigned(handed) => Told::Handling("handler", &handed.to),
        E::ResultSigned(_) | E::ResolutionRefused(_) => Told::Handling("signer", &fact.actor.id),
        E::SupplementRequested(_) => Told::Supplement("asked"),
        E::SupplementStillDeficient(_) => Told::Supplement("still_deficient"),
        E::SupplementSubmitted(_) => Told::Supplement("answered"),
        E::ResultIssued(_) | E::ResultReplaced(_) if has_file(fact) => {
            Told::Met(Met::Document("filed"))
        }
        E::Drafted(_)
        | E::Submitted(_)
        | E::Lodged(_)
        | E::AcceptanceRefused(_)
        | E::Accepted(_)
        | E::Redirected(_)
        | E::SupplementAccepted(_)
        | E::DueDateRecomputed(_)
        | E::ProcessingStopped(_)
        | E::ResultDrafted(_)
        | E::StepReturned(_)
        | E::ProcessingCompleted(_)
        | E::ResultIssued(_)
        | E::ResultRevoked(_)
        | E::ResultReplaced(_)
        | E::ResultDelivered(_)
        | E::WithdrawalRequested(_)
        | E::WithdrawalGranted(_)
        | E::WithdrawalDenied(_)
        | E::ApologyIssued(_)
        | E::ApplicantDetailsCorrected(_)
        | E::CapabilityReissued(_) => Told::Nothing,
    }
}

/// The hash of the result's file is kept: it is an electronic one.
fn has_file(fact: &Fact) -> bool {
    let parts = &fact.circumstances.parts;
    parts.iter().any(|part| part.kind == PartKind::Document)
}

/// Writes the deeds of the batch.
pub async fn write(to: &mut SqliteConnection, batch: &Batch) -> sqlx::Result<()> {
    let (mut handling, mut supplements, mut met) = (Vec::new(), Vec::new(), Vec::new());
    for (place, fact, event) in placed(batch) {
        match told(event, fact) {
            Told::Handling(deed, officer) => handling.push((place, deed, officer.to_owned())),
            Told::Supplement(deed) => supplements.push((place, deed)),
            Told::Met(one) => met.push((place, one)),
            Told::Nothing => {}
        }
    }
    let written = INSERT_HANDLING.run(to, &handling, |statement, (place, deed, officer)| {
        place.bind(statement, deed).bind(officer.clone())
    });
    written.await?;
    let written = INSERT_SUPPLEMENTS.run(to, &supplements, |statement, (place, deed)| {
        place.bind(statement, deed)
    });
    written.await?;
    experience::write(to, &met).await
}

impl Place {
    /// The columns that every row of a deed begins with.
    pub(super) fn bind(self, statement: Statement, deed: &'static str) -> Statement {
        statement
            .bind(self.number.cast_signed())
            .bind(self.turn)
            .bind(self.position.cast_signed())
            .bind(self.recorded_at)
            .bind(deed)
    }
}
