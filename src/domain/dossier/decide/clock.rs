//! The processing clock: its start at acceptance, its move by a supplement, the promise renewed by an apology.

use super::guard::{
    need_reason, office_on, pinned_policy, policy_for, policy_on, procedure_on, slip,
};
use super::{Context, Decision, Dossier, Rejection, breach, one};
use crate::domain::calendar::Timetable as _;
use crate::domain::catalogue::Procedure;
use crate::domain::code::{OfficeCode, ProcedureCode};
use crate::domain::deadline::{self, Stop};
use crate::domain::dossier::event::{Accepted, ApologyIssued, Channel, DossierEvent};
use crate::domain::fact::{Breach, BreachRule, Circumstances, Draft};
use crate::domain::law::{Certainty, Limit};
use crate::domain::office::Office;
use crate::domain::policy::Policy;
use crate::domain::time::Moment;

/// The promise: calendar, and the channel's limit, the policy and the internal process of the day on the slip, pinned to
/// the dossier. `on_paper`: the slip was written by hand while the line was down.
pub(super) fn accept(
    office: &OfficeCode,
    procedure: &ProcedureCode,
    channel: Channel,
    on_paper: bool,
    context: &Context<'_>,
) -> Decision {
    let procedure = procedure_on(procedure, context)?;
    let received_at = slip(context);
    let policy = policy_on(received_at.date(), context)?;
    let accepted = Bargain {
        office,
        procedure,
        limits: vec![procedure.limit_for(channel)],
        received_at,
    }
    .struck(context)?;
    let breach = late_entry(received_at, policy, on_paper, context)?;
    let accepted = Accepted {
        on_paper,
        ..accepted
    };
    Ok(vec![starts(accepted, received_at, breach, context)?])
}

/// What an acceptance promises.
pub(super) struct Bargain<'a> {
    pub office: &'a OfficeCode,
    pub procedure: &'a Procedure,
    /// At least one; the one that gives the latest date holds.
    pub limits: Vec<(Limit, Certainty)>,
    pub received_at: Moment,
}

impl Bargain<'_> {
    /// Counted on the calendar of the office, by the policy and the process of the day.
    pub fn struck(&self, context: &Context<'_>) -> Result<Accepted, Rejection> {
        let place = office_on(self.office, context)?;
        let day = self.received_at.date();
        let policy = policy_on(day, context)?;
        let reference = context.reference;
        let outages = reference.outages(&place.code);
        let outages: Vec<Stop> = outages.filter_map(Stop::of_outage).collect();
        let hours = reference.hours(&place.code);
        let mut latest: Option<(deadline::Promise, Limit, Certainty)> = None;
        for &(limit, certainty) in &self.limits {
            let (from, calendar) = (self.received_at, &reference.calendar);
            let counted = deadline::counted(limit, from, &outages, calendar, &hours, policy)?;
            let promise = counted.promise;
            if latest.is_none_or(|(known, _, _)| known.due_at < promise.due_at) {
                latest = Some((promise, limit, certainty));
            }
        }
        let (promise, limit, limit_certainty) = latest.ok_or(Rejection::NoPolicy)?;
        let process = reference.process(&self.procedure.code, day);
        let own_clock = self.procedure.supplement_clock;
        Ok(Accepted {
            office: self.office.clone(),
            procedure_version: self.procedure.version,
            limit,
            limit_certainty,
            supplement_clock: own_clock.unwrap_or(policy.supplement_clock),
            due_at: promise.due_at,
            due_certainty: promise.certainty,
            process: process.map(|process| process.reference()),
            on_paper: false,
            legs: Vec::new(),
            undated: false,
        })
    }
}

/// The processing clock starts.
pub(super) fn starts(
    accepted: Accepted,
    received_at: Moment,
    breach: Option<Breach>,
    context: &Context<'_>,
) -> Result<Draft, Rejection> {
    let policy = policy_on(received_at.date(), context)?;
    let circumstances = Circumstances {
        received_at: Some(received_at),
        policy: Some(policy.reference()),
        breach,
        ..context.given.clone()
    };
    Ok(one(
        DossierEvent::Accepted(accepted),
        circumstances,
        context,
    ))
}

/// A slip from an earlier day needs a reason, unless the reserved code on it is one; from before the policy's window it is a
/// breach as well.
pub(super) fn late_entry(
    received_at: Moment,
    policy: &Policy,
    on_paper: bool,
    context: &Context<'_>,
) -> Result<Option<Breach>, Rejection> {
    let (slip, today) = (received_at.date(), context.now.date());
    if slip >= today {
        return Ok(None);
    }
    if context.given.reason.is_none() && !on_paper {
        return Err(Rejection::ReasonRequired);
    }
    let days = context
        .reference
        .calendar
        .working_days_between(slip, today)?;
    let late = days > i32::from(policy.late_entry_working_days);
    Ok(late.then(|| breach(BreachRule::EnteredLate, &policy.legal_basis)))
}

/// By when what is lodged now is to be accepted or answered.
pub(super) fn intake_due_at(
    place: &Office,
    context: &Context<'_>,
) -> Result<Option<Moment>, Rejection> {
    let policy = policy_on(context.now.date(), context)?;
    match policy.intake_working_hours {
        Some(hours) => answer_within(hours, place, context).map(Some),
        None => Ok(None),
    }
}

/// The end of so many working hours of an office, from now.
pub(super) fn answer_within(
    hours: u16,
    place: &Office,
    context: &Context<'_>,
) -> Result<Moment, Rejection> {
    let policy = policy_on(context.now.date(), context)?;
    let (limit, calendar) = (Limit::WorkingHours(hours), &context.reference.calendar);
    let office_hours = context.reference.hours(&place.code);
    let promise = deadline::promise(limit, context.now, calendar, &office_hours, policy)?;
    Ok(promise.due_at)
}

/// An intake that took longer than its clock allows is recorded, never refused.
pub(super) fn intake_breach(
    dossier: &Dossier,
    context: &Context<'_>,
) -> Result<Option<Breach>, Rejection> {
    let late = dossier.intake_due_at.is_some_and(|due| context.now > due);
    // Asked once and answered since, the clock of the first answer has run its course.
    if !late || dossier.supplement_requests > 0 || !dossier.turns.is_empty() {
        return Ok(None);
    }
    let policy = policy_for(dossier, context)?;
    Ok(Some(breach(BreachRule::LateIntake, &policy.legal_basis)))
}

/// Row 19. Lawful: early enough and not too often. Anything else is recorded as a breach and moves no promise.
pub(super) fn issue_apology(
    dossier: &Dossier,
    new_due_on: jiff::civil::Date,
    responsible: Option<&OfficeCode>,
    context: &Context<'_>,
) -> Decision {
    need_reason(context)?;
    // Where nothing was promised there is no other date to name.
    let turn = dossier.promised().ok_or(Rejection::WrongState {
        state: dossier.phase,
    })?;
    if new_due_on <= turn.due_at.date() || new_due_on < context.now.date() {
        return Err(Rejection::NewDateTooEarly);
    }
    let policy = pinned_policy(turn, context)?;
    let calendar = &context.reference.calendar;
    let ahead = calendar.working_days_between(context.now.date(), turn.due_at.date())?;
    let broken = if ahead < i32::from(policy.apology_working_days_before) {
        Some(BreachRule::LateApology)
    } else if dossier.apologies >= u32::from(policy.max_apologies) {
        Some(BreachRule::RepeatedApology)
    } else {
        None
    };
    let hours = dossier.office_hours(context.reference);
    let new_day = calendar.on_or_after(new_due_on)?;
    let apology = ApologyIssued {
        number: dossier.apologies + 1,
        old_due_at: turn.due_at,
        new_due_at: hours.on(new_day).end_of_day(new_day),
        due_certainty: calendar.certainty_of(new_day)?,
        moves_promise: broken.is_none(),
        responsible: responsible.cloned(),
    };
    let circumstances = Circumstances {
        breach: broken.map(|rule| breach(rule, &policy.legal_basis)),
        policy: Some(policy.reference()),
        ..context.given.clone()
    };
    Ok(vec![one(
        DossierEvent::ApologyIssued(apology),
        circumstances,
        context,
    )])
}
