//! Papers asked for: once, complete and exact, and only by the one-stop unit; and what comes of the answer.

use super::guard::{need_reason, policy_for};
use super::{Context, Decision, Dossier, Rejection, breach, one, plain, with_reason};
use crate::domain::actor::Role;
use crate::domain::deadline;
use crate::domain::dossier::clocks::renewed_promise;
use crate::domain::dossier::event::{
    DossierEvent, DueDateCause, DueDateRecomputed, Nothing, Stage, SupplementProposed,
    SupplementRequested,
};
use crate::domain::fact::{Breach, BreachRule, Circumstances, Draft};
use crate::domain::law::Limit;
use crate::domain::policy::Policy;
use crate::domain::time::Moment;

/// Row 10: a handler never asks the applicant, the one-stop unit does (Decree 61/2018 art. 5.1.e).
pub(super) fn propose_supplement(items: &[u32], context: &Context<'_>) -> Decision {
    need_items(items)?;
    let items = items.to_vec();
    with_reason(
        DossierEvent::SupplementProposed(SupplementProposed { items }),
        context,
    )
}

/// Rows 4 and 10. A further request is a real act that the law forbids: recorded with its basis and who approved it, as
/// a breach; Decision 766 counts the dossier as overdue.
pub(super) fn request_supplement(
    dossier: &Dossier,
    stage: Stage,
    items: &[u32],
    approved_by: Option<&String>,
    context: &Context<'_>,
) -> Decision {
    need_reason(context)?;
    need_items(items)?;
    let policy = policy_for(dossier, context)?;
    let number = dossier.supplement_requests + 1;
    let too_many = number > u32::from(requests_max(dossier, policy, context));
    if too_many {
        if context.given.basis.is_none() {
            return Err(Rejection::BasisRequired);
        }
        match approved_by {
            None => return Err(Rejection::ApproverRequired),
            Some(approver) if *approver == context.actor.id => return Err(Rejection::SamePerson),
            Some(_) => {}
        }
    }
    let broken = if too_many {
        Some(breach(BreachRule::RepeatedSupplement, &policy.legal_basis))
    } else {
        late_notice(dossier, stage, policy, context)?
    };
    let circumstances = Circumstances {
        breach: broken,
        policy: Some(policy.reference()),
        ..context.given.clone()
    };
    let event = DossierEvent::SupplementRequested(SupplementRequested {
        stage,
        number,
        items: items.to_vec(),
        approved_by: approved_by.cloned(),
        answer_due_at: answer_due_at(dossier, policy, context)?,
    });
    Ok(vec![one(event, circumstances, context)])
}

fn need_items(items: &[u32]) -> Result<(), Rejection> {
    if items.is_empty() {
        Err(Rejection::ItemsRequired)
    } else {
        Ok(())
    }
}

/// The procedure's own number, or the policy's.
fn requests_max(dossier: &Dossier, policy: &Policy, context: &Context<'_>) -> u8 {
    let procedure = dossier.pinned_procedure(context.reference, context.now.date());
    let own = procedure.and_then(|procedure| procedure.max_supplement_requests);
    own.unwrap_or(policy.max_supplement_requests)
}

/// At appraisal the request is due within some working days of receipt (Decree 61/2018 art. 19.4); at intake the intake
/// clock measures it.
fn late_notice(
    dossier: &Dossier,
    stage: Stage,
    policy: &Policy,
    context: &Context<'_>,
) -> Result<Option<Breach>, Rejection> {
    let (turn, days) = match (stage, dossier.turn(), policy.supplement_notice_working_days) {
        (Stage::Intake, _, _) => return super::clock::intake_breach(dossier, context),
        (Stage::Appraisal, Some(turn), Some(days)) => (turn, days),
        (Stage::Appraisal, _, _) => return Ok(None),
    };
    let calendar = &context.reference.calendar;
    let waited = calendar.working_days_between(turn.received_at.date(), context.now.date())?;
    let late = waited > i32::from(days);
    Ok(late.then(|| breach(BreachRule::LateSupplementNotice, &policy.legal_basis)))
}

fn answer_due_at(
    dossier: &Dossier,
    policy: &Policy,
    context: &Context<'_>,
) -> Result<Option<Moment>, Rejection> {
    let Some(days) = policy.supplement_answer_working_days else {
        return Ok(None);
    };
    let hours = dossier.office_hours(context.reference);
    let limit = Limit::WorkingDays(days);
    let calendar = &context.reference.calendar;
    let promise = deadline::promise(limit, context.now, calendar, &hours, policy)?;
    Ok(Some(promise.due_at))
}

/// Undone by a new fact: the request still counts as one, and the clock as if it had run all the time, for the mistake is
/// the office's.
pub(super) fn retract_supplement(context: &Context<'_>) -> Decision {
    with_reason(DossierEvent::SupplementRetracted(Nothing {}), context)
}

/// Row 11: the clock resumes or restarts, and the move of the due date is a fact of its own.
/// A date promised later than that (by an apology) stands: no promise is ever brought forward.
pub(super) fn accept_supplement(dossier: &Dossier, context: &Context<'_>) -> Decision {
    let mut drafts = plain(DossierEvent::SupplementAccepted(Nothing {}), context)?;
    drafts.extend(moved_promise(dossier, DueDateCause::Supplement, context)?);
    Ok(drafts)
}

/// The move of the due date that uncounted time brings, if it brings one.
pub(super) fn moved_promise(
    dossier: &Dossier,
    cause: DueDateCause,
    context: &Context<'_>,
) -> Result<Option<Draft>, Rejection> {
    let Some(turn) = dossier.promised() else {
        return Ok(None);
    };
    let renewed = renewed_promise(turn, context.reference)?;
    if renewed.due_at <= turn.due_at {
        return Ok(None);
    }
    let moved = DueDateRecomputed {
        old: turn.due_at,
        new: renewed.due_at,
        cause,
        due_certainty: renewed.certainty,
        notice: None,
    };
    let event = DossierEvent::DueDateRecomputed(moved);
    Ok(Some(one(event, Circumstances::default(), context)))
}

/// Row 12. The program stops only what the applicant has not answered in time.
pub(super) fn stop_processing(dossier: &Dossier, context: &Context<'_>) -> Decision {
    let over = dossier.answer_due_at.is_some_and(|due| context.now > due);
    if context.actor.role == Role::System && !over {
        return Err(Rejection::NotDueYet);
    }
    with_reason(DossierEvent::ProcessingStopped(Nothing {}), context)
}
