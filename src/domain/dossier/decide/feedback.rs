//! The steps of a feedback, each by its own day: late ones are recorded with their breach, never refused.

use super::drafting::{breach, one, plain};
use super::guard::{need_reason, office_on, policy_on};
use super::opinion::numbered;
use super::survey::answer_survey;
use super::{Context, Decision, Dossier, DossierCommand, Phase, Rejection};
use crate::domain::code::OfficeCode;
use crate::domain::deadline;
use crate::domain::dossier::VoiceRefusal;
use crate::domain::dossier::event::{
    DossierEvent, FeedbackAnswered, FeedbackClarified, FeedbackForwarded, FeedbackJudged,
    FeedbackKind, FeedbackSubmitted, Numbered, VoiceEvent,
};
use crate::domain::dossier::{Feedback, FeedbackState, VoiceCommand};
use crate::domain::fact::{Breach, BreachRule, Circumstances};
use crate::domain::law::Limit;
use crate::domain::policy::{FeedbackLimits, Policy};
use crate::domain::time::Moment;

/// Whether a command is about feedback or a survey, and the dossier is in a state for it: feedback once it is entered,
/// surveys after its end.
pub(super) fn is_heard(dossier: &Dossier, command: &DossierCommand) -> bool {
    let ended = matches!(dossier.phase, Phase::Returned | Phase::Refused);
    let heard = match command {
        DossierCommand::SubmitFeedback { .. } | DossierCommand::AnswerFeedback { .. } => true,
        DossierCommand::Voice(command) => ended || command.feedback().is_some(),
        _ => false, // foreign: the table's other rows
    };
    heard && dossier.is_entered()
}

/// Row 22: what is said of a dossier, and what becomes of it.
pub(super) fn hear(dossier: &Dossier, command: &DossierCommand, context: &Context<'_>) -> Decision {
    if let DossierCommand::SubmitFeedback { kind, .. } = command {
        submit_feedback(dossier, *kind, context)
    } else if let DossierCommand::AnswerFeedback { number, published } = command {
        answer_feedback(dossier, *number, *published, context)
    } else if let DossierCommand::Voice(command) = command {
        of_voice(dossier, command, context)
    } else {
        Err(Rejection::WrongState {
            state: dossier.phase,
        })
    }
}

/// One after the other; its own clock is the policy's.
fn submit_feedback(dossier: &Dossier, kind: FeedbackKind, context: &Context<'_>) -> Decision {
    if dossier.open_feedback().is_some() {
        return Err(Rejection::FeedbackOpen);
    }
    let feedback = FeedbackSubmitted {
        number: numbered(dossier.feedback.len()),
        kind,
        due_at: answer_due_at(dossier, context)?,
    };
    plain(DossierEvent::FeedbackSubmitted(feedback), context)
}

/// By the office that has it. A late answer is recorded as late; where it is not put into words for everybody, the day by
/// which it is to be published is named.
fn answer_feedback(
    dossier: &Dossier,
    number: u32,
    published: bool,
    context: &Context<'_>,
) -> Decision {
    let feedback = open(dossier, number, context)?;
    let late = feedback.due_at.is_some_and(|due| due < context.now);
    let policy = policy_on(context.now.date(), context)?;
    let publish_due_at = match &policy.feedback {
        Some(limits) if !published => Some(days_from(
            context.now,
            limits.publish_working_days,
            dossier,
            policy,
            context,
        )?),
        Some(_) | None => None,
    };
    let answered = FeedbackAnswered {
        number,
        published,
        publish_due_at,
    };
    let breach = late.then(|| breach(BreachRule::LateFeedback, basis(policy)));
    noted(DossierEvent::FeedbackAnswered(answered), breach, context)
}

/// The further steps, and surveys.
fn of_voice(dossier: &Dossier, command: &VoiceCommand, context: &Context<'_>) -> Decision {
    use VoiceCommand as V;
    match command {
        V::RefuseFeedback { number } => refuse_feedback(dossier, *number, context),
        V::AskFeedbackSender { number } => ask_sender(dossier, *number, context),
        V::ClarifyFeedback { number, .. } => clarify_feedback(dossier, *number, context),
        V::ForwardFeedback { number, to } => forward_feedback(dossier, *number, to, context),
        V::PublishFeedback { number } => publish_feedback(dossier, *number, context),
        V::JudgeFeedback {
            number, satisfied, ..
        } => judge_feedback(dossier, *number, *satisfied, context),
        V::RecordFeedbackMiss { number } => record_feedback_miss(dossier, *number, context),
        V::AnswerSurvey {
            campaign,
            answers,
            device,
            assisted_by,
            ..
        } => {
            let helper = assisted_by.as_ref();
            answer_survey(dossier, campaign, answers, *device, helper, context)
        }
    }
}

/// With a reason, within the policy's days.
fn refuse_feedback(dossier: &Dossier, number: u32, context: &Context<'_>) -> Decision {
    need_reason(context)?;
    let since = open(dossier, number, context)?.running_since;
    let event = VoiceEvent::FeedbackRefused(Numbered { number });
    within(
        |limits| limits.refuse_working_days,
        since,
        event,
        dossier,
        context,
    )
}

/// While it waits for the office; the office's clock then stands until its sender has said more.
fn ask_sender(dossier: &Dossier, number: u32, context: &Context<'_>) -> Decision {
    let feedback = open(dossier, number, context)?;
    match feedback.state {
        FeedbackState::Open => {}
        FeedbackState::AwaitingSender => return Err(Rejection::AlreadyRecorded),
        FeedbackState::Refused | FeedbackState::Answered => return Err(Rejection::FeedbackNotOpen),
    }
    let event = VoiceEvent::ClarificationAsked(Numbered { number });
    let since = feedback.running_since;
    within(
        |limits| limits.clarify_working_days,
        since,
        event,
        dossier,
        context,
    )
}

/// Only what was asked for; the time of the answer is then counted anew.
fn clarify_feedback(dossier: &Dossier, number: u32, context: &Context<'_>) -> Decision {
    let feedback = dossier.feedback(number);
    let asked = |one: &Feedback| one.state == FeedbackState::AwaitingSender;
    if !feedback.is_some_and(asked) {
        return Err(VoiceRefusal::NotAsked.into());
    }
    let clarified = FeedbackClarified {
        number,
        due_at: answer_due_at(dossier, context)?,
    };
    let event = VoiceEvent::FeedbackClarified(clarified);
    plain(DossierEvent::Voice(event), context)
}

/// To the competent office, with a reason; never to the one that has it. The sender's day stands.
fn forward_feedback(
    dossier: &Dossier,
    number: u32,
    to: &OfficeCode,
    context: &Context<'_>,
) -> Decision {
    need_reason(context)?;
    let feedback = open(dossier, number, context)?;
    let holder = feedback.forwarded_to.as_ref().or(dossier.office.as_ref());
    let from = holder.ok_or(Rejection::UnknownDossier)?;
    if from == to {
        return Err(Rejection::AlreadyThere {
            office: to.to_string(),
        });
    }
    office_on(to, context)?;
    let forwarded = FeedbackForwarded {
        number,
        from: from.clone(),
        to: to.clone(),
    };
    let (since, event) = (
        feedback.running_since,
        VoiceEvent::FeedbackForwarded(forwarded),
    );
    within(
        |limits| limits.forward_working_days,
        since,
        event,
        dossier,
        context,
    )
}

/// An answer that was given without words for everybody gets them, once.
fn publish_feedback(dossier: &Dossier, number: u32, context: &Context<'_>) -> Decision {
    let feedback = answered(dossier, number)?;
    guard_holder(feedback, context)?;
    if feedback.published {
        return Err(Rejection::AlreadyRecorded);
    }
    let late = feedback.publish_due_at.is_some_and(|due| due < context.now);
    let policy = policy_on(context.now.date(), context)?;
    let breach = late.then(|| breach(BreachRule::LateFeedback, basis(policy)));
    let event = VoiceEvent::FeedbackPublished(Numbered { number });
    noted(DossierEvent::Voice(event), breach, context)
}

/// By its sender, once.
fn judge_feedback(
    dossier: &Dossier,
    number: u32,
    satisfied: bool,
    context: &Context<'_>,
) -> Decision {
    if answered(dossier, number)?.satisfied.is_some() {
        return Err(Rejection::AlreadyRecorded);
    }
    let event = VoiceEvent::FeedbackJudged(FeedbackJudged { number, satisfied });
    plain(DossierEvent::Voice(event), context)
}

/// Its day has passed: recorded once, while the office is still waited for.
fn record_feedback_miss(dossier: &Dossier, number: u32, context: &Context<'_>) -> Decision {
    let feedback = dossier.feedback(number);
    let open = |one: &&Feedback| one.state == FeedbackState::Open;
    let feedback = feedback.filter(open).ok_or(Rejection::FeedbackNotOpen)?;
    if feedback.overdue {
        return Err(Rejection::AlreadyRecorded);
    }
    if feedback.due_at.is_none_or(|due| context.now <= due) {
        return Err(Rejection::NotDueYet);
    }
    let event = VoiceEvent::FeedbackOverdue(Numbered { number });
    plain(DossierEvent::Voice(event), context)
}

/// Neither refused nor answered, and with the office of who asks.
fn open<'a>(
    dossier: &'a Dossier,
    number: u32,
    context: &Context<'_>,
) -> Result<&'a Feedback, Rejection> {
    let feedback = dossier.feedback(number);
    let feedback = feedback.filter(|one| one.state.is_open());
    let feedback = feedback.ok_or(Rejection::FeedbackNotOpen)?;
    guard_holder(feedback, context)?;
    Ok(feedback)
}

fn answered(dossier: &Dossier, number: u32) -> Result<&Feedback, Rejection> {
    let feedback = dossier.feedback(number);
    let answered = |one: &&Feedback| one.state == FeedbackState::Answered;
    Ok(feedback.filter(answered).ok_or(VoiceRefusal::NotAnswered)?)
}

/// What was passed on is the other office's alone; procedure control belongs to none.
fn guard_holder(feedback: &Feedback, context: &Context<'_>) -> Result<(), Rejection> {
    use crate::domain::actor::Role;
    let Some(to) = &feedback.forwarded_to else {
        return Ok(());
    };
    let own = context.actor.office == to.as_str();
    if own || context.actor.role == Role::ProcedureController {
        return Ok(());
    }
    Err(Rejection::WrongOffice {
        office: to.to_string(),
    })
}

/// By when a feedback is to be answered whose clock begins now.
fn answer_due_at(dossier: &Dossier, context: &Context<'_>) -> Result<Option<Moment>, Rejection> {
    let policy = policy_on(context.now.date(), context)?;
    let days = policy.feedback_answer_working_days;
    days.map(|days| days_from(context.now, days, dossier, policy, context))
        .transpose()
}

fn days_from(
    from: Moment,
    days: u16,
    dossier: &Dossier,
    policy: &Policy,
    context: &Context<'_>,
) -> Result<Moment, Rejection> {
    let (limit, calendar) = (Limit::WorkingDays(days), &context.reference.calendar);
    let hours = dossier.office_hours(context.reference);
    Ok(deadline::promise(limit, from, calendar, &hours, policy)?.due_at)
}

/// The event, with its breach when the policy's days since then have passed.
fn within(
    days: fn(&FeedbackLimits) -> u16,
    since: Moment,
    event: VoiceEvent,
    dossier: &Dossier,
    context: &Context<'_>,
) -> Decision {
    let policy = policy_on(context.now.date(), context)?;
    let late = match &policy.feedback {
        Some(limits) => days_from(since, days(limits), dossier, policy, context)? < context.now,
        None => false,
    };
    let breach = late.then(|| breach(BreachRule::LateFeedback, basis(policy)));
    noted(DossierEvent::Voice(event), breach, context)
}

fn basis(policy: &Policy) -> &str {
    match &policy.feedback {
        Some(limits) => &limits.legal_basis,
        None => &policy.legal_basis,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "an arm of the table")]
fn noted(event: DossierEvent, breach: Option<Breach>, context: &Context<'_>) -> Decision {
    let circumstances = Circumstances {
        received_at: None,
        breach,
        ..context.given.clone()
    };
    Ok(vec![one(event, circumstances, context)])
}
