//! Offices that have ended: what they had goes where the decision says, and may be put right among those that took over.

use super::guard::{filed, office_on};
use super::{Context, Decision, Dossier, Rejection, one, with_reason};
use crate::domain::code::OfficeCode;
use crate::domain::dossier::event::{DossierEvent, Transferred};
use crate::domain::fact::Circumstances;

/// The program itself, from the decision's day on: to whom the decision's routes say. `position` is that of the decision.
pub(super) fn transfer(
    dossier: &Dossier,
    decision: &str,
    position: u64,
    context: &Context<'_>,
) -> Decision {
    let (from, procedure) = filed(dossier)?;
    if !dossier.is_unfinished() {
        return Err(Rejection::AlreadyClosed {
            state: dossier.phase,
        });
    }
    let reference = context.reference;
    let closing = reference.closing(from.as_str());
    let Some(closing) = closing.filter(|one| one.decision == decision) else {
        return Err(Rejection::AlreadyRecorded);
    };
    if !closing.in_effect(context.now.date()) {
        return Err(Rejection::NotDueYet);
    }
    let to = reference.successor(from.as_str(), procedure.as_str());
    let moved = Transferred {
        from: from.clone(),
        to: to
            .ok_or_else(|| Rejection::NotASuccessor(from.to_string()))?
            .clone(),
        decision: decision.to_owned(),
    };
    let circumstances = Circumstances {
        cause: Some(position),
        ..Circumstances::default()
    };
    let event = DossierEvent::Transferred(moved);
    Ok(vec![one(event, circumstances, context)])
}

/// To another office that took over by the same decision, when the route was wrong. Never to one that has ended, and the clock
/// is what it was.
pub(super) fn pass_on(dossier: &Dossier, to: &OfficeCode, context: &Context<'_>) -> Decision {
    let (from, _) = filed(dossier)?;
    if !dossier.is_unfinished() {
        return Err(Rejection::AlreadyClosed {
            state: dossier.phase,
        });
    }
    let Some(last) = dossier.transfers.last() else {
        return Err(Rejection::NotASuccessor(to.to_string()));
    };
    if to == from {
        return Err(Rejection::AlreadyThere {
            office: from.to_string(),
        });
    }
    let decided = context.reference.reorganisation(&last.decision);
    let named = decided.is_some_and(|decided| decided.successors().contains(to));
    if !named || office_on(to, context).is_err() {
        return Err(Rejection::NotASuccessor(to.to_string()));
    }
    let moved = Transferred {
        from: from.clone(),
        to: to.clone(),
        decision: last.decision.clone(),
    };
    with_reason(DossierEvent::Transferred(moved), context)
}
