//! What the detector looks at: what is kept in `audit` of a fact that a rule may measure. The rules themselves are asked later.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::actor::NO_OFFICE;
use crate::domain::dossier::{
    DossierEvent, DueDateCause, LinkKind, RatingDevice, Stage, SyncOutcome,
};
use crate::domain::event::Event;
use crate::domain::fact::Fact;
use crate::domain::part::{Part, PartKind};
use crate::domain::register::{CodeVoided, CodesReserved, Entered, RegisterEvent};
use crate::domain::time::Moment;

/// What a rule needs of an event beside its circumstances. Never anything personal: it comes out of facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// Nothing but its circumstances.
    Plain,
    /// Filed online, an officer helping or not.
    Filed { assisted: bool },
    /// A supplement was asked for.
    Supplement {
        at_appraisal: bool,
        number: u32,
        items: usize,
    },
    /// Something is to be paid, and the clock stands until then or not.
    Obligation { pauses: bool },
    /// Paid, or a receipt for it: the obligation's number.
    Money { number: u32 },
    /// Passed on to another office.
    Redirect { from: String, to: String },
    /// A promise that moved, or was to be moved.
    Promise {
        old: Moment,
        new: Moment,
        moves: bool,
    },
    /// A number of a register: `sequence` of the office's day.
    Number { sequence: u32, code: String },
    /// Numbers reserved for a desk.
    Block { first: u32, last: u32 },
    /// Belongs together with another dossier.
    Link { other: Uuid, kind: LinkKind },
    /// Sent back for correction: the stream of the leg whose result it is.
    SentBack { leg: Uuid },
    /// Rated, on a device of the office or on the rater's own.
    Rating { at_office: bool },
    /// Told to another system.
    Sync {
        system: String,
        outcome: SyncOutcome,
        /// Position of the fact that it was told of, when the program told it by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<u64>,
    },
}

/// What is kept of one watched fact.
pub(super) struct Trace<'a> {
    /// The moment that counts.
    pub at: Moment,
    /// Acted for, or whose register; [`NO_OFFICE`] for applicants and the program.
    pub office: &'a str,
    /// A text or a file came with it.
    pub documented: bool,
    pub seen: Seen,
}

impl<'a> Trace<'a> {
    /// None for facts that no rule looks at.
    pub fn of(fact: &'a Fact) -> Option<Self> {
        let around = &fact.circumstances;
        let (office, seen) = watched(&fact.event, around.cause)?;
        Some(Self {
            at: fact.at(),
            office: office.unwrap_or(&fact.actor.office),
            documented: around.parts.iter().any(is_document),
            seen,
        })
    }
}

/// The clock stood for the applicant's supplement or payment: the promise moves by itself, whenever that ends.
fn is_clocks_own(cause: DueDateCause) -> bool {
    match cause {
        DueDateCause::Supplement | DueDateCause::Payment | DueDateCause::Correction => true,
        DueDateCause::Notice | DueDateCause::Outage | DueDateCause::Source => false,
    }
}

fn is_document(part: &Part) -> bool {
    match part.kind {
        PartKind::Note | PartKind::Document => true,
        PartKind::Applicant | PartKind::Contact | PartKind::Officer => false,
    }
}

/// The office an event itself names, and what is kept of it; none for facts that no rule looks at. `cause` is the position
/// of the fact that it follows from.
fn watched(event: &Event, cause: Option<u64>) -> Option<(Option<&str>, Seen)> {
    match event {
        Event::Dossier(event) => of_dossier(event, cause),
        Event::Register(
            RegisterEvent::Entered(Entered {
                office,
                sequence,
                code,
                ..
            })
            | RegisterEvent::CodeVoided(CodeVoided {
                office,
                sequence,
                code,
            }),
        ) => {
            let number = Seen::Number {
                sequence: *sequence,
                code: code.to_string(),
            };
            Some((Some(office.as_str()), number))
        }
        Event::Register(RegisterEvent::CodesReserved(CodesReserved {
            office,
            first,
            last,
            ..
        })) => {
            let (first, last) = (*first, *last);
            Some((Some(office.as_str()), Seen::Block { first, last }))
        }
        Event::Journal(_)
        | Event::Reference(_)
        | Event::Archive(_)
        | Event::Staff(_)
        | Event::Access(_)
        | Event::Erasure(_)
        | Event::Import(_) => None,
    }
}

fn of_dossier(event: &DossierEvent, of: Option<u64>) -> Option<(Option<&str>, Seen)> {
    let mut office = None;
    let seen = match event {
        DossierEvent::Submitted(lodged) | DossierEvent::Lodged(lodged) => {
            office = Some(lodged.office.as_str());
            Seen::Filed {
                assisted: lodged.assisted_by.is_some(),
            }
        }
        DossierEvent::SupplementRequested(request) => Seen::Supplement {
            at_appraisal: request.stage == Stage::Appraisal,
            number: request.number,
            items: request.items.len(),
        },
        DossierEvent::FinancialObligationIssued(obligation) => Seen::Obligation {
            pauses: obligation.pauses,
        },
        DossierEvent::PaymentConfirmed(paid) => Seen::Money {
            number: paid.number,
        },
        DossierEvent::FeeReceiptIssued(receipt) => Seen::Money {
            number: receipt.number,
        },
        DossierEvent::Redirected(redirected) => {
            office = Some(redirected.from.as_str());
            Seen::Redirect {
                from: redirected.from.to_string(),
                to: redirected.to.to_string(),
            }
        }
        DossierEvent::DueDateRecomputed(moved) if is_clocks_own(moved.cause) => return None,
        DossierEvent::DueDateRecomputed(moved) => Seen::Promise {
            old: moved.old,
            new: moved.new,
            moves: true,
        },
        DossierEvent::ApologyIssued(apology) => Seen::Promise {
            old: apology.old_due_at,
            new: apology.new_due_at,
            moves: apology.moves_promise,
        },
        DossierEvent::Linked(linked) => Seen::Link {
            other: linked.other,
            kind: linked.kind,
        },
        DossierEvent::SentBack(sent) => Seen::SentBack { leg: sent.leg },
        DossierEvent::Rated(rated) => {
            office = Some(NO_OFFICE);
            Seen::Rating {
                at_office: rated.device == RatingDevice::Office,
            }
        }
        DossierEvent::SyncRecorded(told) => {
            office = Some(NO_OFFICE);
            Seen::Sync {
                system: told.system.clone(),
                outcome: told.outcome,
                of,
            }
        }
        DossierEvent::Accepted(accepted) => {
            office = Some(accepted.office.as_str());
            Seen::Plain
        }
        DossierEvent::WithdrawalRequested(_) | DossierEvent::DeadlineMissed(_) => {
            office = Some(NO_OFFICE);
            Seen::Plain
        }
        DossierEvent::Forwarded(_)
        | DossierEvent::HandedOver(_)
        | DossierEvent::HandOverReceived(_)
        | DossierEvent::StepRecalled(_)
        | DossierEvent::ProcessingStopped(_)
        | DossierEvent::ResolutionRefused(_)
        | DossierEvent::ResultSigned(_)
        | DossierEvent::ResultRevoked(_)
        | DossierEvent::ResultReplaced(_)
        | DossierEvent::WithdrawalGranted(_) => Seen::Plain,
        DossierEvent::Drafted(_)
        | DossierEvent::LegOpened(_)
        | DossierEvent::LegWaits(_)
        | DossierEvent::LegResumed(_)
        | DossierEvent::LegEnded(_)
        | DossierEvent::LegDelivered(_)
        | DossierEvent::CorrectionRequested(_)
        | DossierEvent::CorrectionAnswered(_)
        | DossierEvent::Noted(_)
        | DossierEvent::Remarked(_)
        | DossierEvent::ComponentReceived(_)
        | DossierEvent::SupplementProposed(_)
        | DossierEvent::SupplementRetracted(_)
        | DossierEvent::AcceptanceRefused(_)
        | DossierEvent::HandlerAssigned(_)
        | DossierEvent::StepReturned(_)
        | DossierEvent::SupplementSubmitted(_)
        | DossierEvent::SupplementAccepted(_)
        | DossierEvent::SupplementStillDeficient(_)
        | DossierEvent::OpinionRequested(_)
        | DossierEvent::OpinionReceived(_)
        | DossierEvent::OpinionOverdue(_)
        | DossierEvent::OpinionDeemedAgreed(_)
        | DossierEvent::FieldVerificationScheduled(_)
        | DossierEvent::FieldVerificationRecorded(_)
        | DossierEvent::FinancialObligationCancelled(_)
        | DossierEvent::FeeExempted(_)
        | DossierEvent::PaperPrinted(_)
        | DossierEvent::Transferred(_)
        | DossierEvent::PaymentRefunded(_)
        | DossierEvent::ResultDrafted(_)
        | DossierEvent::ResultApproved(_)
        | DossierEvent::ProcessingCompleted(_)
        | DossierEvent::ResultIssued(_)
        | DossierEvent::ResultCorrected(_)
        | DossierEvent::ResultDelivered(_)
        | DossierEvent::OriginalsReturned(_)
        | DossierEvent::WithdrawalRetracted(_)
        | DossierEvent::WithdrawalDenied(_)
        | DossierEvent::ApplicantDetailsCorrected(_)
        | DossierEvent::CapabilityReissued(_)
        | DossierEvent::FeedbackSubmitted(_)
        | DossierEvent::FeedbackAnswered(_)
        | DossierEvent::Voice(_) => return None,
    };
    Some((office, seen))
}
