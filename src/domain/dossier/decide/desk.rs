//! From desk to desk: forwarded, reassigned, handed over and signed for, taken back.

use super::{Context, Decision, Dossier, Rejection, plain, with_reason};
use crate::domain::actor::Role;
use crate::domain::code::OfficeCode;
use crate::domain::dossier::event::{DossierEvent, HandOverReceived, Handed, HandedOver, Nothing};

/// Row 8: the second step of the internal process begins.
pub(super) fn forward(to: &str, context: &Context<'_>) -> Decision {
    plain(DossierEvent::Forwarded(handed(to, Some(2))), context)
}

/// Row 20.
pub(super) fn assign_handler(dossier: &Dossier, to: &str, context: &Context<'_>) -> Decision {
    let step = dossier.desk().and_then(|desk| desk.step);
    let step = step.map_or(2, |step| step.max(2));
    plain(
        DossierEvent::HandlerAssigned(handed(to, Some(step))),
        context,
    )
}

fn handed(to: &str, step: Option<u16>) -> Handed {
    Handed {
        to: to.to_owned(),
        step,
    }
}

/// Row 8. Only the one on whose desk it lies gives it away; a head of division may give it on.
pub(super) fn hand_over(
    dossier: &Dossier,
    to: &str,
    role: Role,
    office: Option<&OfficeCode>,
    step: Option<u16>,
    context: &Context<'_>,
) -> Decision {
    let desk = dossier.desk();
    let next = desk.and_then(|desk| desk.step).map(|step| step + 1);
    if context.actor.role != Role::DivisionHead && !holds(dossier, context) {
        return Err(Rejection::NotTheHolder);
    }
    if to == context.actor.id {
        return Err(Rejection::SamePerson);
    }
    let event = DossierEvent::HandedOver(HandedOver {
        to: to.to_owned(),
        role,
        office: office.cloned(),
        step: step.or(next),
    });
    plain(event, context)
}

/// On this person's desk, or on that of nobody in particular.
fn holds(dossier: &Dossier, context: &Context<'_>) -> bool {
    let holder = dossier.desk().and_then(|desk| desk.officer.as_deref());
    holder.is_none_or(|holder| holder == context.actor.id)
}

/// Row 8: the receiver says that it came, and whether all papers were there.
pub(super) fn receive_hand_over(
    dossier: &Dossier,
    complete: bool,
    context: &Context<'_>,
) -> Decision {
    let desk = dossier.desk().filter(|desk| desk.awaits_receipt());
    let desk = desk.ok_or(Rejection::NoHandOver)?;
    if desk.officer.as_deref() != Some(context.actor.id.as_str()) {
        return Err(Rejection::NotAddressed);
    }
    plain(
        DossierEvent::HandOverReceived(HandOverReceived { complete }),
        context,
    )
}

/// Row 20. What was signed for is not taken back: the receiver returns it.
pub(super) fn recall_step(dossier: &Dossier, context: &Context<'_>) -> Decision {
    let desk = dossier.desk().filter(|desk| desk.awaits_receipt());
    let desk = desk.ok_or(Rejection::NoHandOver)?;
    if desk.giver.as_deref() != Some(context.actor.id.as_str()) {
        return Err(Rejection::NotTheHolder);
    }
    with_reason(DossierEvent::StepRecalled(Nothing {}), context)
}
