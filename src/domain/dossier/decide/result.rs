//! The document that settles a dossier: signed, issued, handed over, and later taken back or replaced.

use super::guard::{filed, need_reason};
use super::{Context, Decision, Dossier, Rejection, late_decision, one, plain, with_reason};
use crate::domain::dossier::event::{
    DeliveryMethod, DossierEvent, Nothing, ResultDelivered, ResultIssued, ResultReplaced,
    ResultRevoked,
};
use crate::domain::dossier::result::ResultStanding;
use crate::domain::fact::{BreachRule, Circumstances};

/// Row 16: the signature ends the clock; a claimed earlier end is kept and never counts.
pub(super) fn sign_result(dossier: &Dossier, context: &Context<'_>) -> Decision {
    need_signer(dossier, context)?;
    let mut drafts = plain(DossierEvent::ResultSigned(Nothing {}), context)?;
    drafts[0].circumstances.breach = late_decision(dossier, BreachRule::LateResult, context)?;
    drafts.push(one(
        DossierEvent::ProcessingCompleted(Nothing {}),
        Circumstances::default(),
        context,
    ));
    Ok(drafts)
}

/// Whoever handled a dossier signs its result only where the procedure lets one person do both.
fn need_signer(dossier: &Dossier, context: &Context<'_>) -> Result<(), Rejection> {
    let (_, code) = filed(dossier)?;
    let version = dossier.turn().map_or(0, |turn| turn.procedure_version);
    let procedure = context.reference.procedure_version(code.as_str(), version);
    let same_allowed = procedure.is_none_or(|procedure| procedure.same_signer_allowed);
    if !same_allowed && dossier.handler.as_deref() == Some(context.actor.id.as_str()) {
        return Err(Rejection::SignerIsHandler);
    }
    Ok(())
}

/// Row 16: what was signed gets its number. What the signer took back comes into force by a replacement only.
pub(super) fn issue_result(dossier: &Dossier, number: &str, context: &Context<'_>) -> Decision {
    need_new_number(dossier, number)?;
    need_result_in_force(dossier)?;
    let issued = ResultIssued {
        number: number.to_owned(),
    };
    plain(DossierEvent::ResultIssued(issued), context)
}

/// Row 17.
pub(super) fn deliver_result(
    dossier: &Dossier,
    method: DeliveryMethod,
    context: &Context<'_>,
) -> Decision {
    need_result_in_force(dossier)?;
    let delivered = ResultDelivered { method };
    plain(DossierEvent::ResultDelivered(delivered), context)
}

/// Row 21. Neither the clock nor a figure follows: the office did settle it, on the day it did.
pub(super) fn revoke_result(
    dossier: &Dossier,
    number: Option<&str>,
    context: &Context<'_>,
) -> Decision {
    need_reason(context)?;
    let valid = dossier
        .result(number)
        .filter(|result| result.standing == ResultStanding::Valid)
        .ok_or(Rejection::ResultNotInForce)?;
    let revoked = ResultRevoked {
        number: valid.number.clone(),
    };
    with_reason(DossierEvent::ResultRevoked(revoked), context)
}

/// Row 21. The new document is signed like the first one; what was revoked can be replaced, what was replaced cannot.
pub(super) fn replace_result(
    dossier: &Dossier,
    number: &str,
    replaces: Option<&str>,
    context: &Context<'_>,
) -> Decision {
    need_reason(context)?;
    need_signer(dossier, context)?;
    need_new_number(dossier, number)?;
    let earlier = dossier
        .result(replaces)
        .filter(|result| result.replaced_by.is_none())
        .ok_or(Rejection::ResultNotInForce)?;
    let event = ResultReplaced {
        number: number.to_owned(),
        replaces: earlier.number.clone(),
    };
    with_reason(DossierEvent::ResultReplaced(event), context)
}

fn need_new_number(dossier: &Dossier, number: &str) -> Result<(), Rejection> {
    match dossier.result(Some(number)) {
        None => Ok(()),
        Some(_) => Err(Rejection::ResultNumberTaken),
    }
}

fn need_result_in_force(dossier: &Dossier) -> Result<(), Rejection> {
    if dossier.nothing_in_force() {
        Err(Rejection::ResultNotInForce)
    } else {
        Ok(())
    }
}
