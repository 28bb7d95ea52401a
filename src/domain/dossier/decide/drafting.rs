//! How an arm of the table makes its events: with which circumstances, and with which breach.

use uuid::Uuid;

use super::guard::{need_reason, policy_for};
use super::{Context, Decision};
use crate::domain::dossier::event::{DossierEvent, Nothing};
use crate::domain::dossier::{Dossier, Rejection, Turn};
use crate::domain::event::Event;
use crate::domain::fact::{Breach, BreachRule, Circumstances, Draft};

pub(super) fn refuse_resolution(dossier: &Dossier, context: &Context<'_>) -> Decision {
    need_reason(context)?;
    let circumstances = Circumstances {
        breach: late_decision(dossier, BreachRule::LateRefusal, context)?,
        ..context.given.clone()
    };
    Ok(vec![one(
        DossierEvent::ResolutionRefused(Nothing {}),
        circumstances,
        context,
    )])
}

/// A decision after the promised day is a real act that the law forbids: recorded and flagged, never refused.
pub(super) fn late_decision(
    dossier: &Dossier,
    rule: BreachRule,
    context: &Context<'_>,
) -> Result<Option<Breach>, Rejection> {
    let in_time = |turn: &Turn| turn.undated || context.now.date() <= turn.due_at.date();
    if dossier.turn().is_none_or(in_time) {
        return Ok(None);
    }
    let policy = policy_for(dossier, context)?;
    Ok(Some(breach(rule, &policy.legal_basis)))
}

pub(super) fn breach(rule: BreachRule, basis: &str) -> Breach {
    Breach {
        rule,
        basis: basis.to_owned(),
    }
}

/// The dossier as it will be, for what follows from an act within the same command.
pub(super) fn after(dossier: &Dossier, drafts: &[Draft], context: &Context<'_>) -> Dossier {
    let mut after = dossier.clone();
    for draft in drafts
        .iter()
        .filter(|draft| draft.stream == context.dossier)
    {
        if let Event::Dossier(event) = &draft.event {
            let (by, around) = (context.actor, &draft.circumstances);
            after.evolve(event, by, Uuid::nil(), context.now, around);
        }
    }
    after
}

pub(super) fn one(
    event: DossierEvent,
    circumstances: Circumstances,
    context: &Context<'_>,
) -> Draft {
    Draft {
        stream: context.dossier,
        event: Event::Dossier(event),
        circumstances,
    }
}

/// The event with the circumstances as given; a slip's hour belongs to acceptance alone.
#[expect(clippy::unnecessary_wraps, reason = "an arm of the table")]
pub(super) fn plain(event: DossierEvent, context: &Context<'_>) -> Decision {
    let circumstances = Circumstances {
        received_at: None,
        ..context.given.clone()
    };
    Ok(vec![one(event, circumstances, context)])
}

pub(super) fn with_reason(event: DossierEvent, context: &Context<'_>) -> Decision {
    need_reason(context)?;
    plain(event, context)
}
