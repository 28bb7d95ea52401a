//! Words for a dossier's accounts: promises, days, desks, steps, and what stands beside its main line.

use async_graphql::Enum;

use crate::domain::dossier::desk::{Held, StepState, Verdict};
use crate::domain::dossier::ledger;

/// What touched a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum PromiseAct {
    /// An answer to the lodging was promised.
    IntakePromised,
    /// The date on the slip.
    Promised,
    /// The clock stands.
    Paused,
    /// The clock runs on.
    Resumed,
    /// The date was counted anew, by rule.
    Recomputed,
    /// A lawful apology moved the date.
    Extended,
    /// An unlawful apology: the date stands.
    ApologyWithoutEffect,
    /// The date passed and the dossier was not settled.
    Missed,
    /// Another agency was asked for its opinion.
    OpinionAwaited,
    /// The date for its answer passed without one.
    OpinionOverdue,
    /// It answered, or its silence was taken for consent.
    OpinionAnswered,
    /// Its office ended; the clock goes on at another, and the date stands.
    Transferred,
    /// The clock ended.
    Ended,
}

impl From<ledger::PromiseAct> for PromiseAct {
    fn from(act: ledger::PromiseAct) -> Self {
        match act {
            ledger::PromiseAct::IntakePromised => Self::IntakePromised,
            ledger::PromiseAct::Promised => Self::Promised,
            ledger::PromiseAct::Paused => Self::Paused,
            ledger::PromiseAct::Resumed => Self::Resumed,
            ledger::PromiseAct::Recomputed => Self::Recomputed,
            ledger::PromiseAct::Extended => Self::Extended,
            ledger::PromiseAct::ApologyWithoutEffect => Self::ApologyWithoutEffect,
            ledger::PromiseAct::Missed => Self::Missed,
            ledger::PromiseAct::OpinionAwaited => Self::OpinionAwaited,
            ledger::PromiseAct::OpinionOverdue => Self::OpinionOverdue,
            ledger::PromiseAct::OpinionAnswered => Self::OpinionAnswered,
            ledger::PromiseAct::Transferred => Self::Transferred,
            ledger::PromiseAct::Ended(_) => Self::Ended,
        }
    }
}

/// Why days were lost, or a promise moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::dossier::ledger::Cause")]
pub enum DayCause {
    /// The applicant's supplement was awaited.
    Applicant,
    /// A payment was awaited.
    Payment,
    /// Another agency's opinion was awaited, or its desk held the dossier.
    OtherAgency,
    /// A calendar notice.
    Notice,
    /// An announced outage.
    Outage,
    /// The office itself.
    Office,
}

/// What a stretch of time was spent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum DeskUse {
    /// It lay on the desk.
    Desk,
    /// It was handed over and not signed for yet: on its way from the giver to the desk.
    InTransit,
    /// The applicant's supplement was awaited.
    Applicant,
    /// A payment was awaited.
    Payment,
    /// Settled: the result waited to be collected.
    Collection,
}

impl From<&Held> for DeskUse {
    fn from(held: &Held) -> Self {
        match held {
            Held::Desk => Self::Desk,
            Held::Transit { .. } => Self::InTransit,
            Held::Applicant => Self::Applicant,
            Held::Payment => Self::Payment,
            Held::Collection => Self::Collection,
        }
    }
}

/// How far a step of the internal process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum StepProgress {
    /// The dossier has not come to it.
    NotBegun,
    /// It is there.
    Running,
    /// It has left it.
    Done,
}

impl From<StepState> for StepProgress {
    fn from(state: StepState) -> Self {
        match state {
            StepState::NotBegun => Self::NotBegun,
            StepState::Running => Self::Running,
            StepState::Done => Self::Done,
        }
    }
}

/// How a step stood against its hours when it was handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum SlipVerdict {
    /// Hours were left.
    Before,
    /// To the minute.
    On,
    /// More hours were used than the step has.
    After,
}

impl From<Verdict> for SlipVerdict {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Before => Self::Before,
            Verdict::On => Self::On,
            Verdict::After => Self::After,
        }
    }
}

/// How another agency's opinion stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::dossier::OpinionState")]
pub enum OpinionState {
    /// No answer yet.
    Awaited,
    /// The date passed without an answer, and silence means nothing.
    Overdue,
    /// It agrees.
    Agreed,
    /// It does not agree.
    Disagreed,
    /// The date passed without an answer, which is consent.
    DeemedAgreed,
}

/// How an obligation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::dossier::ObligationState")]
pub enum ObligationState {
    /// Not paid.
    Requested,
    /// Paid.
    Paid,
    /// Nothing is owed any more.
    Cancelled,
    /// Paid, and something given back.
    Refunded,
}

/// On what device somebody rated; judged by the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::dossier::RatingDevice")]
pub enum RatingDevice {
    /// The rater's own.
    Own,
    /// One on which an officer was signed in.
    Office,
}
