//! Other eyes: the opinion of another agency, and the look at the place itself.

use jiff::civil::Date;

use super::guard::policy_for;
use super::{Context, Decision, Dossier, Rejection, breach, plain};
use crate::domain::actor::Role;
use crate::domain::calendar::Timetable as _;
use crate::domain::code::OfficeCode;
use crate::domain::deadline;
use crate::domain::dossier::Opinion;
use crate::domain::dossier::event::{
    DossierEvent, FieldVerificationScheduled, Nothing, Numbered, OpinionReceived, OpinionRequested,
};
use crate::domain::fact::BreachRule;
use crate::domain::law::Limit;
use crate::domain::policy::Policy;
use crate::domain::time::Moment;

/// Working days to answer where neither procedure nor policy says.
const REPLY_WORKING_DAYS: u16 = 5;

/// Row 9: the clock runs on; how long the other agency has, and what its silence means, is the procedure's rule.
pub(super) fn request_opinion(
    dossier: &Dossier,
    agency: &OfficeCode,
    due_on: Option<Date>,
    context: &Context<'_>,
) -> Decision {
    let policy = policy_for(dossier, context)?;
    let procedure = dossier.pinned_procedure(context.reference, context.now.date());
    let rule = procedure.and_then(|procedure| procedure.opinion.as_ref());
    let days = rule.map(|rule| rule.reply_working_days);
    let days = days.or(policy.opinion_reply_working_days);
    let asked = OpinionRequested {
        number: numbered(dossier.opinions.len()),
        agency: agency.clone(),
        due_at: reply_due_at(dossier, due_on, days, policy, context)?,
        silence_consents: rule.is_some_and(|rule| rule.silence_consents),
    };
    plain(DossierEvent::OpinionRequested(asked), context)
}

fn reply_due_at(
    dossier: &Dossier,
    due_on: Option<Date>,
    days: Option<u16>,
    policy: &Policy,
    context: &Context<'_>,
) -> Result<Moment, Rejection> {
    let (calendar, hours) = (
        &context.reference.calendar,
        dossier.office_hours(context.reference),
    );
    if let Some(day) = due_on {
        if day < context.now.date() {
            return Err(Rejection::NewDateTooEarly);
        }
        let day = calendar.on_or_after(day)?;
        return Ok(hours.on(day).end_of_day(day));
    }
    let limit = Limit::WorkingDays(days.unwrap_or(REPLY_WORKING_DAYS));
    let promise = deadline::promise(limit, context.now, calendar, &hours, policy)?;
    Ok(promise.due_at)
}

/// From 1.
pub(super) fn numbered(so_far: usize) -> u32 {
    u32::try_from(so_far).unwrap_or(u32::MAX).saturating_add(1)
}

/// The answer of the agency that was asked, also when it comes late.
pub(super) fn give_opinion(
    dossier: &Dossier,
    number: u32,
    agrees: bool,
    context: &Context<'_>,
) -> Decision {
    let opinion = open(dossier, number)?;
    if opinion.agency != context.actor.office {
        return Err(Rejection::NotAddressed);
    }
    plain(
        DossierEvent::OpinionReceived(OpinionReceived { number, agrees }),
        context,
    )
}

fn open(dossier: &Dossier, number: u32) -> Result<&Opinion, Rejection> {
    let opinion = dossier.opinion(number).filter(|opinion| opinion.is_open());
    opinion.ok_or(Rejection::OpinionNotOpen)
}

/// Once, after the date.
pub(super) fn note_opinion_overdue(
    dossier: &Dossier,
    number: u32,
    context: &Context<'_>,
) -> Decision {
    passed(dossier, number, false, context)?;
    plain(DossierEvent::OpinionOverdue(Numbered { number }), context)
}

/// Where the procedure says that silence is consent (Decree 217/2026 art. 54.2c).
pub(super) fn deem_opinion_agreed(
    dossier: &Dossier,
    number: u32,
    context: &Context<'_>,
) -> Decision {
    passed(dossier, number, true, context)?;
    plain(
        DossierEvent::OpinionDeemedAgreed(Numbered { number }),
        context,
    )
}

fn passed(
    dossier: &Dossier,
    number: u32,
    silence_consents: bool,
    context: &Context<'_>,
) -> Result<(), Rejection> {
    let opinion = open(dossier, number)?;
    if opinion.silence_consents != silence_consents {
        return Err(Rejection::OpinionNotOpen);
    }
    if context.now <= opinion.due_at {
        return Err(Rejection::NotDueYet);
    }
    if opinion.state == crate::domain::dossier::OpinionState::Overdue {
        return Err(Rejection::AlreadyRecorded);
    }
    debug_assert!(matches!(context.actor.role, Role::Handler | Role::System));
    Ok(())
}

/// Date, place and participants are recorded before the check (Decree 61/2018 art. 19.3b).
pub(super) fn schedule_verification(on: Date, context: &Context<'_>) -> Decision {
    if on < context.now.date() {
        return Err(Rejection::NewDateTooEarly);
    }
    let event = DossierEvent::FieldVerificationScheduled(FieldVerificationScheduled { on });
    plain(event, context)
}

/// One that nobody announced did happen: recorded as a breach.
pub(super) fn record_verification(dossier: &Dossier, context: &Context<'_>) -> Decision {
    if dossier
        .verification_on
        .is_some_and(|on| context.now.date() < on)
    {
        return Err(Rejection::NotDueYet);
    }
    let mut drafts = plain(DossierEvent::FieldVerificationRecorded(Nothing {}), context)?;
    if dossier.verification_on.is_none() {
        let policy = policy_for(dossier, context)?;
        let rule = BreachRule::UnscheduledVerification;
        drafts[0].circumstances.breach = Some(breach(rule, &policy.legal_basis));
    }
    Ok(drafts)
}
