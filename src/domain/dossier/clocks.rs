//! What a dossier's clock is counted by: its pinned procedure and policy, and the hours of its office.

use std::sync::Arc;

use jiff::civil::Date;

use super::{Dossier, Phase, Rejection, Turn};
use crate::domain::calendar::DatedHours;
use crate::domain::catalogue::Procedure;
use crate::domain::deadline::{self, Pause, Stop};
use crate::domain::policy::Policy;
use crate::domain::reference::Reference;
use crate::domain::time::Moment;

impl Dossier {
    /// It stands in a register: submitted or lodged.
    #[must_use]
    pub fn is_entered(&self) -> bool {
        self.code.is_some()
    }

    /// By when the office is to accept or answer, while it has done neither: asked once and answered since, the clock of the
    /// first answer has run its course.
    #[must_use]
    pub fn intake_awaited(&self) -> Option<Moment> {
        let waits = self.phase == Phase::Submitted
            && self.supplement_requests == 0
            && self.turns.is_empty();
        self.intake_due_at.filter(|_| waits)
    }

    /// The version it was accepted under; before acceptance the one in force on `day`.
    #[must_use]
    pub fn pinned_procedure<'a>(
        &self,
        reference: &'a Reference,
        day: Date,
    ) -> Option<&'a Arc<Procedure>> {
        let code = self.procedure.as_ref()?.as_str();
        match self.turn() {
            Some(turn) => reference.procedure_version(code, turn.procedure_version),
            None => reference.procedure(code, day),
        }
    }

    /// The hours of the office whose clock runs, or that has it, on every day.
    #[must_use]
    pub fn office_hours<'a>(&self, reference: &'a Reference) -> DatedHours<'a> {
        let office = self
            .turn()
            .map(|turn| &turn.office)
            .or(self.office.as_ref());
        reference.hours(office.map_or("", |office| office.as_str()))
    }
}

impl Turn {
    /// The policy it was received under.
    #[must_use]
    pub fn pinned_policy<'a>(&self, reference: &'a Reference) -> Option<&'a Arc<Policy>> {
        let mut newest_first = reference.policies.iter().rev();
        newest_first.find(|policy| policy.reference() == self.policy)
    }
}

/// The promise after everything that is not counted, by the rules that were pinned at acceptance.
pub(super) fn renewed_promise(
    turn: &Turn,
    reference: &Reference,
) -> Result<deadline::Promise, Rejection> {
    promise_after(turn, &turn.pauses, reference)
}

/// The same with these pauses, as if no other supplement had been answered.
pub(super) fn promise_after(
    turn: &Turn,
    pauses: &[Pause],
    reference: &Reference,
) -> Result<deadline::Promise, Rejection> {
    let policy = turn.pinned_policy(reference).ok_or(Rejection::NoPolicy)?;
    let office = turn.office.as_str();
    let supplements = pauses
        .iter()
        .map(|pause| Stop::of_supplement(*pause, turn.supplement_clock));
    let stoppages = turn.stoppages.iter().copied().map(Stop::of_stoppage);
    let outages = turn.outages(reference).filter_map(Stop::of_outage);
    let stops: Vec<Stop> = supplements.chain(stoppages).chain(outages).collect();
    let counted = deadline::counted(
        turn.limit,
        turn.received_at,
        &stops,
        &reference.calendar,
        &reference.hours(office),
        policy,
    )?;
    Ok(counted.promise)
}
