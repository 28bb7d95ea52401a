//! The document that settles a dossier: signed, issued, handed over, and later taken back or replaced.

use super::guard::{filed, need_reason, wrong_role};
use super::{Context, Decision, Dossier, Rejection, late_decision, one, plain, with_reason};
use crate::domain::actor::Role;
use crate::domain::dossier::event::{
    DeliveryMethod, DossierEvent, Nothing, ResultCorrected, ResultDelivered, ResultIssued,
    ResultReplaced, ResultRevoked, ResultSigned, Signature,
};
use crate::domain::dossier::result::{DossierResult, ResultStanding};
use crate::domain::fact::{BreachRule, Circumstances};

/// Row 16: the signature ends the clock; a claimed earlier end is kept and never counts.
pub(super) fn sign_result(
    dossier: &Dossier,
    signature: Option<&Signature>,
    context: &Context<'_>,
) -> Decision {
    need_signer(dossier, context)?;
    if signature.is_some_and(|signature| signature.signed_at > context.now) {
        return Err(Rejection::FutureClaim { now: context.now });
    }
    let signed = ResultSigned {
        signature: signature.cloned(),
    };
    let mut drafts = plain(DossierEvent::ResultSigned(signed), context)?;
    let late = late_decision(dossier, BreachRule::LateResult, context)?;
    // Nobody is left without a reason: an apology has given it, or the late decision itself does.
    if late.is_some() && dossier.apologies == 0 {
        need_reason(context)?;
    }
    drafts[0].circumstances.breach = late;
    drafts.push(one(
        DossierEvent::ProcessingCompleted(Nothing {}),
        Circumstances::default(),
        context,
    ));
    Ok(drafts)
}

/// Row 16: the head of division, never the one who drafted it where the procedure wants two people.
pub(super) fn approve_result(dossier: &Dossier, context: &Context<'_>) -> Decision {
    need_signer(dossier, context).map_err(|_| Rejection::SamePerson)?;
    plain(DossierEvent::ResultApproved(Nothing {}), context)
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

/// Row 16: what was signed gets its number, also after it was handed over. What the signer took back comes into force by a
/// replacement only. The program records a number that document management gave, to a document that has none: only the clerk
/// issues a further one.
pub(super) fn issue_result(dossier: &Dossier, number: &str, context: &Context<'_>) -> Decision {
    need_new_number(dossier, number)?;
    need_result_in_force(dossier)?;
    let newest = dossier.result(None);
    let numbered = newest.is_some_and(|newest| newest.number.is_some());
    if numbered && context.actor.role == Role::System {
        return Err(Rejection::AlreadyRecorded);
    }
    let issued = ResultIssued {
        number: number.to_owned(),
    };
    plain(DossierEvent::ResultIssued(issued), context)
}

/// Row 17. The postal agent hands over what goes by post.
pub(super) fn deliver_result(
    dossier: &Dossier,
    method: DeliveryMethod,
    context: &Context<'_>,
) -> Decision {
    need_result_in_force(dossier)?;
    if context.actor.role == Role::PostalAgent && method != DeliveryMethod::Post {
        return Err(wrong_role(context));
    }
    let delivered = ResultDelivered { method };
    plain(DossierEvent::ResultDelivered(delivered), context)
}

/// Row 21. The office bears its own mistake: the document stays in force, corrected.
pub(super) fn correct_result(
    dossier: &Dossier,
    number: Option<&str>,
    context: &Context<'_>,
) -> Decision {
    let valid = in_force(dossier, number)?;
    let corrected = ResultCorrected {
        number: valid.number.clone(),
    };
    with_reason(DossierEvent::ResultCorrected(corrected), context)
}

fn in_force<'a>(
    dossier: &'a Dossier,
    number: Option<&str>,
) -> Result<&'a DossierResult, Rejection> {
    dossier
        .result(number)
        .filter(|result| result.standing == ResultStanding::Valid)
        .ok_or(Rejection::ResultNotInForce)
}

/// Row 21. Neither the clock nor a figure follows: the office did settle it, on the day it did.
pub(super) fn revoke_result(
    dossier: &Dossier,
    number: Option<&str>,
    context: &Context<'_>,
) -> Decision {
    need_reason(context)?;
    let valid = in_force(dossier, number)?;
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
