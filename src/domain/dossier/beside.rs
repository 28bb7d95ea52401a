//! What goes on beside the main line: opinions asked for, money owed, papers, links, voices, other systems.

use uuid::Uuid;

use super::Dossier;
use super::event::{
    ComponentForm, Digitisation, DossierEvent, LinkKind, ObligationKind, PaymentMethod,
    RatingDevice, ReusedFrom, Signature, SyncOutcome,
};
use crate::domain::portal::{self, News, PortalStatus, Untold};
use crate::domain::time::Moment;
use jiff::civil::Date;

/// How an opinion stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OpinionState {
    Awaited,
    /// The date passed without an answer, and silence means nothing.
    Overdue,
    Agreed,
    Disagreed,
    /// The date passed without an answer, which is consent.
    DeemedAgreed,
}

impl OpinionState {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Awaited => "awaited",
            Self::Overdue => "overdue",
            Self::Agreed => "agreed",
            Self::Disagreed => "disagreed",
            Self::DeemedAgreed => "deemed_agreed",
        }
    }
}

/// Another agency's opinion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    pub number: u32,
    pub agency: String,
    pub requested_at: Moment,
    pub due_at: Moment,
    pub silence_consents: bool,
    pub state: OpinionState,
    pub answered_at: Option<Moment>,
}

impl Opinion {
    /// No answer has come.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.state, OpinionState::Awaited | OpinionState::Overdue)
    }
}

/// How an obligation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObligationState {
    Requested,
    Paid,
    Cancelled,
    Refunded,
}

impl ObligationState {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Paid => "paid",
            Self::Cancelled => "cancelled",
            Self::Refunded => "refunded",
        }
    }
}

/// A fee, charge or other sum that the applicant owes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obligation {
    pub number: u32,
    pub kind: ObligationKind,
    /// Đồng.
    pub amount_vnd: u64,
    pub due_on: Option<Date>,
    pub pauses: bool,
    pub state: ObligationState,
    pub method: Option<PaymentMethod>,
    /// `form/series/number` of the receipt.
    pub receipt: Option<String>,
    /// Đồng.
    pub refunded_vnd: u64,
}

impl Obligation {
    /// The processing clock waits for it.
    #[must_use]
    pub fn holds_the_clock(&self) -> bool {
        self.pauses && self.state == ObligationState::Requested
    }
}

/// A paper as it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedComponent {
    pub item: u32,
    pub form: ComponentForm,
    pub digitisation: Digitisation,
    pub size_bytes: Option<u64>,
    /// Actor id of the officer who digitised it here.
    pub digitised_by: Option<String>,
    /// Their digital signature on it.
    pub signature: Option<Signature>,
    pub reused_from: Option<ReusedFrom>,
}

/// Another dossier it belongs with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    pub other: Uuid,
    pub kind: LinkKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rating {
    pub score: u8,
    pub scale: u8,
    pub device: RatingDevice,
    pub at: Moment,
}

/// What another system last said of the dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sync {
    pub system: String,
    pub outcome: SyncOutcome,
    /// Of the newest acknowledgement.
    pub remote_status: Option<u16>,
    pub acknowledged_at: Option<Moment>,
    pub attempt: u32,
    pub at: Moment,
    /// Version of the newest fact that it has acknowledged.
    pub acknowledged: u32,
    /// Version of the newest fact that it has refused for good.
    pub refused: u32,
    /// The code with which it refused the newest one told, when it did.
    pub refusal: Option<String>,
}

impl Sync {
    /// It has answered for good to what it was told of this fact.
    #[must_use]
    pub fn has_settled(&self, version: u32) -> bool {
        version <= self.acknowledged.max(self.refused)
    }
}

impl Dossier {
    #[must_use]
    pub fn opinion(&self, number: u32) -> Option<&Opinion> {
        self.opinions.iter().find(|one| one.number == number)
    }

    #[must_use]
    pub fn obligation(&self, number: u32) -> Option<&Obligation> {
        self.obligations.iter().find(|one| one.number == number)
    }

    /// Whether the clock waits for money.
    #[must_use]
    pub fn awaits_payment(&self) -> bool {
        self.obligations.iter().any(Obligation::holds_the_clock)
    }

    pub(super) fn answer_opinion(&mut self, number: u32, state: OpinionState, at: Moment) {
        let mut all = self.opinions.iter_mut();
        if let Some(opinion) = all.find(|one| one.number == number) {
            opinion.state = state;
            opinion.answered_at = match state {
                OpinionState::Awaited | OpinionState::Overdue => None,
                OpinionState::Agreed | OpinionState::Disagreed | OpinionState::DeemedAgreed => {
                    Some(at)
                }
            };
        }
    }

    pub(super) fn change_obligation(&mut self, number: u32, change: impl FnOnce(&mut Obligation)) {
        let mut all = self.obligations.iter_mut();
        if let Some(obligation) = all.find(|one| one.number == number) {
            change(obligation);
        }
    }

    pub(super) fn note_sync(&mut self, told: &super::event::SyncRecorded, at: Moment) {
        let known = self.syncs.iter().position(|one| one.system == told.system);
        let before = known.map(|place| self.syncs.remove(place));
        let acknowledged = told.outcome == SyncOutcome::Acknowledged;
        let earlier = before.as_ref();
        self.syncs.push(Sync {
            system: told.system.clone(),
            outcome: told.outcome,
            remote_status: told
                .remote_status
                .filter(|_| acknowledged)
                .or_else(|| earlier.and_then(|sync| sync.remote_status)),
            acknowledged_at: acknowledged
                .then_some(at)
                .or_else(|| earlier.and_then(|sync| sync.acknowledged_at)),
            attempt: told.attempt,
            at,
            acknowledged: earlier
                .map_or(0, |sync| sync.acknowledged)
                .max(told.of.filter(|_| acknowledged).unwrap_or(0)),
            refused: earlier
                .map_or(0, |sync| sync.refused)
                .max(told.of.filter(|_| told.refusal.is_some()).unwrap_or(0)),
            refusal: told.refusal.clone(),
        });
        if told.system == portal::SYSTEM && acknowledged {
            self.portal_acknowledged(told);
        }
    }

    /// All up to the fact that was acknowledged. Noted by hand, without a fact: all, when the status is the one here.
    fn portal_acknowledged(&mut self, told: &super::event::SyncRecorded) {
        let here = PortalStatus::of(self).map(|status| u16::from(status.code()));
        let until = match told.of {
            Some(version) => version,
            None if told.remote_status == here => self.version,
            None => 0,
        };
        self.untold.retain(|one| one.version > until);
    }

    /// Notes what the portal is owed of the event just folded. The citizen has one code there: legs are told by their whole.
    pub(super) fn owe(&mut self, event: &DossierEvent, at: Moment) {
        if self.is_entered() && self.leg_of.is_none() && portal::news(event) != News::Nothing {
            self.untold.push(Untold {
                version: self.version,
                at,
                ends: portal::ends_procedure(event),
            });
        }
    }

    /// The exchanges with another system.
    #[must_use]
    pub fn sync(&self, system: &str) -> Option<&Sync> {
        self.syncs.iter().find(|one| one.system == system)
    }
}
