//! What an act on one of several dossiers is to the others: told by facts on their streams, in the same command, so that the
//! whole and its legs can never be apart.

use uuid::Uuid;

use super::drafting::{after, late_decision};
use super::linked::told;
use super::supplement::moved_promise;
use super::{Context, Decision, Dossier, Phase, Rejection};
use crate::domain::dossier::event::{
    CorrectionAnswered, DossierEvent, DueDateCause, LegDelivered, LegEnded, LegOf, LegOutcome,
    LegResumed, LegWait, LegWaits, Nothing, ResultDelivered,
};
use crate::domain::dossier::{Correction, Leg};
use crate::domain::event::Event;
use crate::domain::fact::{BreachRule, Circumstances, Draft};

/// What follows from an act on one of several: the whole and the legs beside it are told.
pub(super) fn with_kin(
    dossier: &Dossier,
    mut drafts: Vec<Draft>,
    context: &Context<'_>,
) -> Decision {
    let now = after(dossier, &drafts, context);
    drafts.extend(answers(dossier, &drafts));
    for (asked, corrected) in answered(dossier, &drafts, context) {
        let resumed = resumed_leg(dossier, asked.leg, corrected, context)?;
        drafts.extend(resumed);
    }
    if let Some(leg_of) = &dossier.leg_of {
        let told = tell_whole(dossier, &now, leg_of, &drafts, context)?;
        drafts.extend(told);
    }
    if now.phase == Phase::Withdrawn && dossier.phase != Phase::Withdrawn {
        drafts.extend(withdrawn(dossier, context));
    }
    Ok(drafts)
}

/// The corrections that this command answers, and whether the result was put right.
fn answered(dossier: &Dossier, drafts: &[Draft], context: &Context<'_>) -> Vec<(Correction, bool)> {
    let answers = drafts.iter().filter_map(|draft| match &draft.event {
        Event::Dossier(DossierEvent::CorrectionAnswered(answered)) => {
            (draft.stream == context.dossier).then_some(answered)
        }
        Event::Dossier(_)
        | Event::Journal(_)
        | Event::Reference(_)
        | Event::Register(_)
        | Event::Archive(_)
        | Event::Staff(_)
        | Event::Access(_)
        | Event::Erasure(_)
        | Event::Import(_) => None,
    });
    let asked = |answer: &CorrectionAnswered| {
        let mut all = dossier.corrections.iter();
        let asked = all.find(|asked| asked.place == answer.place)?;
        Some((*asked, answer.corrected))
    };
    answers.filter_map(asked).collect()
}

/// With the whole, what has not ended is withdrawn from its agency; what it had asked another one for, is asked for no more.
fn withdrawn(whole: &Dossier, context: &Context<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for leg in whole.legs.iter().filter(|leg| leg.ended.is_none()) {
        let Some(opened) = &leg.opened else { continue };
        let event = DossierEvent::WithdrawalGranted(Nothing {});
        drafts.push(told(opened.id, event));
        let awaited = context
            .kin(opened.id)
            .and_then(|leg| leg.awaits_correction_of);
        let other = awaited.and_then(|place| whole.leg(place)?.opened.as_ref());
        drafts.extend(other.map(|other| {
            let place = leg.plan.place;
            let answered = CorrectionAnswered {
                place,
                corrected: false,
            };
            told(other.id, DossierEvent::CorrectionAnswered(answered))
        }));
    }
    drafts
}

/// A result that was put right answers every leg that waits for it.
fn answers(dossier: &Dossier, drafts: &[Draft]) -> Vec<Draft> {
    let put_right = drafts.iter().find(|draft| {
        matches!(
            draft.event,
            Event::Dossier(DossierEvent::ResultCorrected(_) | DossierEvent::ResultReplaced(_))
        )
    });
    let Some(put_right) = put_right else {
        return Vec::new();
    };
    let asked = dossier.corrections.iter();
    asked
        .map(|asked| {
            let answered = CorrectionAnswered {
                place: asked.place,
                corrected: true,
            };
            told(put_right.stream, DossierEvent::CorrectionAnswered(answered))
        })
        .collect()
}

/// The leg that asked hears of it and goes on. The time it waited is not its own when there was a mistake; else its clock is as if
/// it had run.
fn resumed_leg(
    dossier: &Dossier,
    leg: Uuid,
    corrected: bool,
    context: &Context<'_>,
) -> Result<Vec<Draft>, Rejection> {
    let place = dossier.leg_of.as_ref().map_or(0, |leg_of| leg_of.place);
    let answered = CorrectionAnswered { place, corrected };
    let mut drafts = vec![told(leg, DossierEvent::CorrectionAnswered(answered))];
    if let Some(waiting) = context.kin(leg) {
        let context = Context {
            dossier: leg,
            ..*context
        };
        let resumed = after(waiting, &drafts, &context);
        drafts.extend(moved_promise(&resumed, DueDateCause::Correction, &context)?);
    }
    Ok(drafts)
}

/// The whole is told that the leg waits, goes on, has ended or was handed over; and ends with the last.
fn tell_whole(
    before: &Dossier,
    now: &Dossier,
    leg_of: &LegOf,
    drafts: &[Draft],
    context: &Context<'_>,
) -> Decision {
    let place = leg_of.place;
    let tell = |event| told(leg_of.whole, event);
    let mut more = Vec::new();
    match (before.waits_outside(), now.waits_outside()) {
        (None, Some(waits_for)) => {
            more.push(tell(DossierEvent::LegWaits(LegWaits { place, waits_for })));
        }
        (Some(_), None) if ended(now).is_none() => {
            let taken_back = drafts.iter().any(|draft| {
                matches!(
                    draft.event,
                    Event::Dossier(DossierEvent::SupplementRetracted(_))
                )
            });
            more.push(tell(DossierEvent::LegResumed(LegResumed {
                place,
                taken_back,
            })));
        }
        (None | Some(_), _) => {}
    }
    if let Some(outcome) = ended(now).filter(|_| ended(before).is_none()) {
        more.push(tell(DossierEvent::LegEnded(LegEnded { place, outcome })));
    }
    if let Some(method) = now.delivered.filter(|_| before.delivered.is_none()) {
        more.push(tell(DossierEvent::LegDelivered(LegDelivered {
            place,
            method,
        })));
    }
    let Some(whole) = context.kin(leg_of.whole).filter(|_| !more.is_empty()) else {
        return Ok(more);
    };
    let context = Context {
        dossier: leg_of.whole,
        ..*context
    };
    conclude(whole, before.waits_outside(), &mut more, &context)?;
    Ok(more)
}

/// How a leg ended, once its own clock or its intake has.
fn ended(leg: &Dossier) -> Option<LegOutcome> {
    match leg.phase {
        Phase::Completed | Phase::Returned => Some(LegOutcome::Completed),
        Phase::Refused => Some(LegOutcome::Refused),
        Phase::Stopped => Some(LegOutcome::Stopped),
        Phase::Withdrawn => Some(LegOutcome::Withdrawn),
        Phase::NotAccepted => Some(LegOutcome::NotAccepted),
        Phase::Absent
        | Phase::Draft
        | Phase::Submitted
        | Phase::AwaitingSupplement(_)
        | Phase::Supplemented
        | Phase::Redirected
        | Phase::Accepted
        | Phase::InProcessing
        | Phase::WithAgencies
        | Phase::AwaitingCorrection
        | Phase::AwaitingPayment
        | Phase::ResultDrafted
        | Phase::ResultApproved
        | Phase::WithdrawalRequested => None,
    }
}

/// What the whole is after its leg's news: its promise moves by the applicant's time; what can never begin is given up; with the
/// last leg it ends, and with the last result handed over it is returned.
fn conclude(
    whole: &Dossier,
    waited: Option<LegWait>,
    more: &mut Vec<Draft>,
    context: &Context<'_>,
) -> Result<(), Rejection> {
    let mut now = after(whole, more, context);
    if now.turn().is_none_or(|turn| turn.ending.is_some()) {
        hand_over_last(&now, more, context);
        return Ok(());
    }
    let cause = match waited {
        Some(LegWait::Payment) => DueDateCause::Payment,
        Some(LegWait::Supplement) | None => DueDateCause::Supplement,
    };
    if whole.turn().is_some_and(|turn| turn.paused_since.is_some())
        && now.turn().is_some_and(|turn| turn.paused_since.is_none())
    {
        more.extend(moved_promise(&now, cause, context)?);
    }
    more.extend(now.legs_out_of_reach().into_iter().map(|place| {
        let outcome = LegOutcome::NotBegun;
        told(
            context.dossier,
            DossierEvent::LegEnded(LegEnded { place, outcome }),
        )
    }));
    now = after(whole, more, context);
    if let Some(event) = outcome_of_all(&now.legs) {
        let late = late_decision(&now, BreachRule::LateResult, context)?;
        let circumstances = Circumstances {
            breach: late,
            ..Circumstances::default()
        };
        more.push(Draft {
            circumstances,
            ..told(context.dossier, event)
        });
        now = after(whole, more, context);
        hand_over_last(&now, more, context);
    }
    Ok(())
}

/// Settled when a leg was, once all have ended.
fn outcome_of_all(legs: &[Leg]) -> Option<DossierEvent> {
    let mut outcomes = Vec::new();
    for leg in legs {
        outcomes.push(leg.ended?.0);
    }
    Some(if outcomes.contains(&LegOutcome::Completed) {
        DossierEvent::ProcessingCompleted(Nothing {})
    } else if outcomes.contains(&LegOutcome::Refused) || outcomes.contains(&LegOutcome::NotAccepted)
    {
        DossierEvent::ResolutionRefused(Nothing {})
    } else {
        DossierEvent::ProcessingStopped(Nothing {})
    })
}

/// Returned with the last result handed over, or with the last leg's end when every result there is has been.
fn hand_over_last(now: &Dossier, more: &mut Vec<Draft>, context: &Context<'_>) {
    let waits = now.legs.iter().any(Leg::awaits_delivery);
    let delivered = now.legs.iter().filter_map(|leg| leg.delivered);
    let last = delivered.max_by_key(|(_, at)| *at);
    let Some((method, _)) = last.filter(|_| !waits && now.phase == Phase::Completed) else {
        return;
    };
    let delivered = ResultDelivered { method };
    more.push(told(
        context.dossier,
        DossierEvent::ResultDelivered(delivered),
    ));
}
