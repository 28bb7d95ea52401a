//! What a new version would do to promises already made: counted, never recorded. A dossier keeps the version it pinned.

use super::Procedure;
use crate::domain::calendar::CalendarError;
use crate::domain::deadline::{self, Pause};
use crate::domain::dossier::{Channel, Dossier, Turn};
use crate::domain::law::{Limit, SupplementClock};
use crate::domain::policy::Policy;
use crate::domain::reference::Reference;
use crate::domain::time::Moment;

/// A promise as it stands, and as the new version would have made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rehearsed {
    pub old: Moment,
    pub new: Moment,
}

/// Counts the running promise of a dossier anew with the limit and supplement clock of `version`: same receipt, pauses,
/// calendar, office hours and policy. A date promised later than the clock gives (an apology) stays unless the new
/// version is later still. `None` when no promise runs.
///
/// # Errors
/// [`CalendarError`] when the count leaves the declared years.
pub fn rehearse(
    dossier: &Dossier,
    version: &Procedure,
    reference: &Reference,
) -> Result<Option<Rehearsed>, CalendarError> {
    let running = dossier.turn().filter(|turn| turn.ending.is_none());
    let Some(turn) = running else {
        return Ok(None);
    };
    let known = |policy: &&std::sync::Arc<Policy>| policy.reference() == turn.policy;
    let Some(policy) = reference.policies.iter().find(known) else {
        return Ok(None);
    };
    let as_counted = count(turn, turn.limit, turn.supplement_clock, policy, reference)?;
    let clock = version.supplement_clock.unwrap_or(policy.supplement_clock);
    let limit = version.limit_for(dossier.channel.unwrap_or(Channel::Counter));
    let counted_anew = count(turn, limit, clock, policy, reference)?;
    let new = if as_counted == turn.due_at {
        counted_anew
    } else {
        counted_anew.max(turn.due_at)
    };
    Ok(Some(Rehearsed {
        old: turn.due_at,
        new,
    }))
}

fn count(
    turn: &Turn,
    limit: Limit,
    clock: SupplementClock,
    policy: &Policy,
    reference: &Reference,
) -> Result<Moment, CalendarError> {
    let place = reference.offices.get(turn.office.as_str());
    let hours = place.map_or_else(Default::default, |office| office.office_hours());
    let calendar = &reference.calendar;
    let pauses: &[Pause] = &turn.pauses;
    let promise = if pauses.is_empty() {
        deadline::promise(limit, turn.received_at, calendar, &hours, policy)
    } else {
        deadline::renewed(
            limit,
            clock,
            turn.received_at,
            pauses,
            calendar,
            &hours,
            policy,
        )
    };
    promise.map(|promise| promise.due_at)
}
