//! Who had a dossier and when its applicant was waited for: one row per fact, so that any period can be counted as of its end.

use std::sync::LazyLock;

use super::experience::{self, Met};
use super::surveys;
use crate::databases::insert::{Insert, Row, Writes};
use crate::domain::actor::Role;
use crate::domain::dossier::{DossierEvent, VoiceEvent};
use crate::domain::event::Event;
use crate::domain::fact::{Fact, PartKind};
use crate::domain::portal;
use crate::projections::Model;
use crate::projections::fold::Batch;

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
            deed        text    not null, -- `asked`, `still_deficient`, `answered`, `retracted`
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
pub(super) fn placed(batch: &Batch) -> impl Iterator<Item = (Place, &Fact, &DossierEvent)> {
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
                recorded_at: read.fact.at().0,
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
        E::HandedOver(handed) if handed.role == Role::Handler => {
            Told::Handling("handler", &handed.to)
        }
        E::ResultSigned(_) | E::ResolutionRefused(_) => Told::Handling("signer", &fact.actor.id),
        E::SupplementRequested(_) => Told::Supplement("asked"),
        E::SupplementRetracted(_) => Told::Supplement("retracted"),
        E::SupplementStillDeficient(_) => Told::Supplement("still_deficient"),
        E::SupplementSubmitted(_) => Told::Supplement("answered"),
        E::ResultIssued(_) | E::ResultReplaced(_) if has_file(fact) => {
            Told::Met(Met::Document("filed"))
        }
        E::ComponentReceived(received) => {
            Told::Met(Met::Component(received.digitisation.name(), received.item))
        }
        E::FinancialObligationIssued(issued) => Told::Met(Met::Payment("issued", issued.number)),
        E::FinancialObligationCancelled(one) => Told::Met(Met::Payment("cancelled", one.number)),
        E::PaymentConfirmed(paid) => {
            let online = paid.method.is_online();
            let deed = if online {
                "paid_online"
            } else {
                "paid_otherwise"
            };
            Told::Met(Met::Payment(deed, paid.number))
        }
        E::PaymentRefunded(refunded) => Told::Met(Met::Payment("refunded", refunded.number)),
        E::Rated(rated) => Told::Met(Met::Rating(rated.device.name(), rated.score, rated.scale)),
        E::FeedbackSubmitted(said) => {
            Told::Met(Met::Feedback("submitted", said.number, said.due_at, false))
        }
        E::FeedbackAnswered(one) => {
            let late = fact.circumstances.breach.is_some();
            Told::Met(Met::Feedback(
                "answered",
                one.number,
                one.publish_due_at,
                late,
            ))
        }
        E::Voice(event) => voice(event, fact),
        E::SyncRecorded(sync) if sync.system == portal::SYSTEM => {
            Told::Met(Met::Synchronisation(sync.outcome.name()))
        }
        E::Drafted(_)
        | E::LegOpened(_)
        | E::LegWaits(_)
        | E::LegResumed(_)
        | E::LegEnded(_)
        | E::LegDelivered(_)
        | E::SentBack(_)
        | E::CorrectionRequested(_)
        | E::CorrectionAnswered(_)
        | E::Noted(_)
        | E::Remarked(_)
        | E::Submitted(_)
        | E::Lodged(_)
        | E::SupplementProposed(_)
        | E::AcceptanceRefused(_)
        | E::Accepted(_)
        | E::Redirected(_)
        | E::HandedOver(_)
        | E::HandOverReceived(_)
        | E::StepReturned(_)
        | E::StepRecalled(_)
        | E::SupplementAccepted(_)
        | E::DueDateRecomputed(_)
        | E::DeadlineMissed(_)
        | E::OpinionRequested(_)
        | E::OpinionReceived(_)
        | E::OpinionOverdue(_)
        | E::OpinionDeemedAgreed(_)
        | E::FieldVerificationScheduled(_)
        | E::FieldVerificationRecorded(_)
        | E::FeeExempted(_)
        | E::FeeReceiptIssued(_)
        | E::ProcessingStopped(_)
        | E::ResultDrafted(_)
        | E::ResultApproved(_)
        | E::ProcessingCompleted(_)
        | E::ResultIssued(_)
        | E::ResultCorrected(_)
        | E::ResultRevoked(_)
        | E::ResultReplaced(_)
        | E::ResultDelivered(_)
        | E::OriginalsReturned(_)
        | E::WithdrawalRequested(_)
        | E::WithdrawalRetracted(_)
        | E::WithdrawalGranted(_)
        | E::WithdrawalDenied(_)
        | E::ApologyIssued(_)
        | E::ApplicantDetailsCorrected(_)
        | E::CapabilityReissued(_)
        | E::Linked(_)
        | E::Transferred(_)
        | E::SyncRecorded(_)
        | E::PaperPrinted(_) => Told::Nothing,
    }
}

/// A step of a feedback, late or not; surveys have rows of their own.
fn voice(event: &VoiceEvent, fact: &Fact) -> Told<'static> {
    let late = fact.circumstances.breach.is_some();
    let (deed, due_at) = match event {
        VoiceEvent::FeedbackRefused(_) => ("refused", None),
        VoiceEvent::ClarificationAsked(_) => ("asked", None),
        VoiceEvent::FeedbackClarified(clarified) => ("clarified", clarified.due_at),
        VoiceEvent::FeedbackForwarded(_) => ("forwarded", None),
        VoiceEvent::FeedbackPublished(_) => ("published", None),
        VoiceEvent::FeedbackJudged(judged) if judged.satisfied => ("liked", None),
        VoiceEvent::FeedbackJudged(_) => ("disliked", None),
        VoiceEvent::FeedbackOverdue(_) => ("overdue", None),
        VoiceEvent::SurveyAnswered(_) => return Told::Nothing,
    };
    match event.feedback() {
        Some(number) => Told::Met(Met::Feedback(deed, number, due_at, late)),
        None => Told::Nothing,
    }
}

/// A digital signature makes the result an electronic one, whether or not its file is kept; it may certify a copy.
fn signed_digitally(event: &DossierEvent) -> Option<&'static str> {
    let DossierEvent::ResultSigned(signed) = event else {
        return None;
    };
    let signature = signed.signature.as_ref()?;
    Some(if signature.certifies_copy {
        "certified"
    } else {
        "signed"
    })
}

/// The hash of the result's file is kept: it is an electronic one.
fn has_file(fact: &Fact) -> bool {
    let parts = &fact.circumstances.parts;
    parts.iter().any(|part| part.kind == PartKind::Document)
}

/// Writes the deeds of the batch.
pub fn write(to: &mut Writes, batch: &Batch) {
    let (mut handling, mut supplements, mut met) = (Vec::new(), Vec::new(), Vec::new());
    for (place, fact, event) in placed(batch) {
        if let Some(deed) = signed_digitally(event) {
            met.push((place, Met::Document(deed)));
        }
        match told(event, fact) {
            Told::Handling(deed, officer) => handling.push((place, deed, officer.to_owned())),
            Told::Supplement(deed) => supplements.push((place, deed)),
            Told::Met(one) => met.push((place, one)),
            Told::Nothing => {}
        }
    }
    surveys::write(to, batch);
    INSERT_HANDLING.put(to, &handling, |columns, (place, deed, officer)| {
        place.bind(columns, deed).bind(officer.clone())
    });
    INSERT_SUPPLEMENTS.put(to, &supplements, |columns, (place, deed)| {
        place.bind(columns, deed)
    });
    experience::write(to, &met);
}

impl Place {
    /// The columns that every row of a deed begins with.
    pub(super) fn bind<'a>(self, columns: Row<'a>, deed: &'static str) -> Row<'a> {
        columns
            .bind(self.number.cast_signed())
            .bind(self.turn)
            .bind(self.position.cast_signed())
            .bind(self.recorded_at)
            .bind(deed)
    }
}
