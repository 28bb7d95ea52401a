//! A dossier: one application by one person for one procedure, folded from its events.

mod beside;
mod clocks;
mod command;
mod decide;
pub mod desk;
mod event;
mod evolve;
pub mod ledger;
mod linked;
mod phase;
mod possible;
mod rejection;
mod result;
mod stay;
mod terms;
#[cfg(test)]
mod tests;
mod to_do;
mod transfer;
mod turn;
mod voice;

pub use beside::{
    Link, Obligation, ObligationState, Opinion, OpinionState, Rating, ReceivedComponent, Sync,
};
pub use command::{DossierCommand, LegAt, ToldOf};
pub use decide::{Context, decide};
pub use event::*;
pub use linked::{Correction, Leg, LinkedRefusal, OpenedLeg};
pub use phase::Phase;
pub use possible::Possible;
pub use rejection::Rejection;
pub use result::{DossierResult, ResultKind, ResultStanding};
pub use stay::{Stay, WaitsFor};
pub use terms::Terms;
pub use to_do::ToDo;
pub use transfer::{Passed, Spell, Transfer};
pub use turn::{EndKind, Ending, Turn};
pub use voice::{Feedback, FeedbackState, Survey, VoiceCommand, VoiceRefusal};

use jiff::civil::Date;
use uuid::Uuid;

use super::code::{DossierCode, OfficeCode, ProcedureCode};
use super::deadline::Pause;
use super::fact::{BreachRule, Part, PartKind};
use super::portal::Untold;
use super::time::Moment;

/// The state of a dossier. `Dossier::default()` is the one that does not exist yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dossier {
    pub version: u32,
    pub phase: Phase,
    /// Where a denied withdrawal returns to.
    pub before_withdrawal: Phase,
    pub code: Option<DossierCode>,
    pub procedure: Option<ProcedureCode>,
    /// The office that has it now.
    pub office: Option<OfficeCode>,
    pub channel: Option<Channel>,
    /// Actor id of the applicant, when the dossier came by the applicant's own hand or was drafted for them.
    pub applicant: Option<String>,
    /// SHA-256 (hex) of the receipt's capability.
    pub capability: Option<String>,
    pub handler: Option<String>,
    pub lodged_at: Option<Moment>,
    pub changed_at: Moment,
    /// One per acceptance; more than one only after a redirection.
    pub turns: Vec<Turn>,
    pub supplement_requests: u32,
    pub supplement_items: Vec<u32>,
    /// When the applicant last answered a supplement request.
    pub supplemented_at: Option<Moment>,
    pub apologies: u32,
    pub breaches: Vec<BreachRule>,
    pub delivered: Option<DeliveryMethod>,
    pub delivered_at: Option<Moment>,
    /// The documents that settled it, oldest first.
    pub results: Vec<DossierResult>,
    /// The newest commitment of each kind, with the command that brought it.
    pub parts: Vec<(Part, Uuid)>,
    /// Until when the office is to accept or answer what was lodged.
    pub intake_due_at: Option<Moment>,
    /// Actor id of the officer who helped to file it.
    pub assisted_by: Option<String>,
    /// What the handler wants the applicant to be asked for.
    pub proposed_items: Vec<u32>,
    /// By when the applicant is to answer the newest supplement request.
    pub answer_due_at: Option<Moment>,
    /// Whose desk it lay on, oldest first.
    pub stays: Vec<Stay>,
    pub opinions: Vec<Opinion>,
    pub obligations: Vec<Obligation>,
    pub exempted: Vec<ObligationKind>,
    /// The newest of each item.
    pub components: Vec<ReceivedComponent>,
    /// An on-site check that was announced and not recorded yet.
    pub verification_on: Option<Date>,
    pub originals_returned: bool,
    pub links: Vec<Link>,
    /// From office to office, because one has ended; oldest first.
    pub transfers: Vec<Transfer>,
    pub rating: Option<Rating>,
    pub feedback: Vec<Feedback>,
    /// Campaigns answered, oldest first.
    pub surveys: Vec<Survey>,
    pub syncs: Vec<Sync>,
    /// What the national portal is owed and has not acknowledged, oldest first.
    pub untold: Vec<Untold>,
    /// The legs it is settled in, in the order of their places; none when it is not linked.
    pub legs: Vec<Leg>,
    /// What legs waited for the applicant since the clock stands, each closed.
    pub leg_waits: Vec<Pause>,
    /// What it is a leg of.
    pub leg_of: Option<LegOf>,
    /// Corrections of its result that other legs wait for, the oldest first.
    pub corrections: Vec<Correction>,
    /// Place of the leg whose result is to be put right before this one goes on.
    pub awaits_correction_of: Option<u32>,
    /// Version of the newest fact that somebody brought about: what other systems answered changes nothing for a desk.
    pub acted: u32,
}

impl Dossier {
    /// The clock that runs, or ran last.
    #[must_use]
    pub fn turn(&self) -> Option<&Turn> {
        self.turns.last()
    }

    /// The same where it promises a day; none where no limit is sure enough.
    #[must_use]
    pub fn promised(&self) -> Option<&Turn> {
        self.turn().filter(|turn| !turn.undated)
    }

    /// The newest part of a kind.
    #[must_use]
    pub fn part(&self, kind: PartKind) -> Option<&(Part, Uuid)> {
        self.parts.iter().find(|(part, _)| part.kind == kind)
    }

    /// Whose personal data its facts commit to; none when there is none.
    #[must_use]
    pub fn subject(&self) -> Option<Uuid> {
        self.parts.first().map(|(part, _)| part.s)
    }
}
