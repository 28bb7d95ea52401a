//! Desk time and control slip as answers; in public without officers, their desks added up by agency and role.

use async_graphql::SimpleObject;

use super::Books;
use crate::api::scalar::Day;
use crate::api::words::{Certainty, DeskUse, Label, Role, SlipVerdict, StepProgress};
use crate::domain::dossier::Dossier;
use crate::domain::dossier::desk::{self, Desk, Held, Line};
use crate::domain::reference::Reference;
use crate::domain::time::Moment;

/// A desk.
#[derive(Debug, Clone, SimpleObject)]
pub struct DeskPlace {
    /// Code of the agency.
    office: String,
    /// Its name; null when nobody declared it.
    office_name: Option<Label>,
    /// In which role.
    role: Role,
    /// The role in words.
    role_label: Label,
    /// Pseudonym of the officer; null in public, and while it lies with nobody in particular.
    officer: Option<String>,
}

/// Whose desk cost how much time.
#[derive(Debug, SimpleObject)]
pub struct DeskTime {
    /// By desk and what the time was spent on, in the order in which the dossier came to it.
    costs: Vec<DeskCost>,
    /// Every working day that a clock counts: after the day of acceptance up to and with that of the end, or today.
    days: Vec<DeskDay>,
    /// The clocks of the steps, in order.
    steps: Vec<StepClock>,
    /// The approved internal process the steps are those of, `code/version`; null when they are the catalogue's.
    process: Option<String>,
    /// How sure the steps are.
    steps_certainty: Option<Certainty>,
}

/// All the time that one desk cost, of one kind.
#[derive(Debug, SimpleObject)]
pub struct DeskCost {
    /// Whose.
    desk: DeskPlace,
    /// On what.
    used_for: DeskUse,
    /// Pseudonym of the one who gave it there, while it was in transit; null in public.
    giver: Option<String>,
    /// Of the agency's office time.
    minutes: i64,
    /// Working days at whose end it was there.
    days: u32,
    /// Of these, after the promise as it stands.
    late_days: u32,
    /// Of these, after the first promise.
    late_days_by_original: u32,
}

/// A working day.
#[derive(Debug, SimpleObject)]
pub struct DeskDay {
    /// Which.
    date: Day,
    /// The desk that had it at closing time; on the last day, when the clock ended.
    desk: DeskPlace,
    /// On what the day was spent.
    used_for: DeskUse,
    /// Pseudonym of the one who gave it there, while it was in transit; null in public.
    giver: Option<String>,
    /// Code of another agency whose opinion was awaited.
    opinion_of: Option<String>,
    /// After the promise as it stands.
    late: bool,
    /// After the first promise.
    late_by_original: bool,
}

/// One step of the internal process with its clock.
#[derive(Debug, SimpleObject)]
pub struct StepClock {
    /// From 1.
    number: u16,
    /// Its name.
    name: Label,
    /// The role that does it; null when the process names one that nobody here has.
    role: Option<Role>,
    /// Working hours it has; 0 where no clock runs.
    hours: u16,
    /// How far it is.
    state: StepProgress,
    /// When the dossier first came to it.
    begun_at: Option<Moment>,
    /// When the dossier left it last.
    ended_at: Option<Moment>,
    /// Office minutes used, the way to its desks included; waiting for applicant or payment is not.
    minutes: i64,
    /// More was used than it has.
    overdue: bool,
}

/// A line of the control slip (form 06).
#[derive(Debug, SimpleObject)]
pub struct ControlSlipLine {
    /// From 1.
    number: u32,
    /// Who gave it.
    giver: DeskPlace,
    /// Who got it.
    receiver: DeskPlace,
    /// When it was handed over.
    handed_over_at: Moment,
    /// The giver recorded the hand-over as such; else it went on by the act itself (a draft to the signer, a signed result
    /// to the clerk).
    signed_by_giver: bool,
    /// When the receiver signed for it; null when nobody did.
    received_at: Option<Moment>,
    /// All papers were there, as the receiver says.
    complete: Option<bool>,
    /// The giver took it back.
    recalled: bool,
    /// Step that the giver ended, from 1.
    step: Option<u16>,
    /// Whether that step was in time; null without a step or without hours.
    verdict: Option<SlipVerdict>,
}

pub fn told(books: &Books, dossier: &Dossier) -> Option<DeskTime> {
    let (worktime, now) = (books.worktime(), books.now);
    let shown = |desk: Desk| place(&books.reference, desk, books.reader.sees_people());
    let named = |held: &Held| giver(held).filter(|_| books.reader.sees_people());
    let mut days = Vec::new();
    for turn in &dossier.turns {
        days.extend(desk::days(dossier, turn, worktime, now).ok()?);
    }
    let plan = books.plan(dossier);
    let steps = match &plan {
        Some(plan) => desk::step_clocks(dossier, plan, worktime, now).ok()?,
        None => Vec::new(),
    };
    let costs = desk::costs(dossier, worktime, now).ok()?;
    let costs = if books.reader.sees_people() {
        costs
    } else {
        desk::without_officers(costs)
    };
    Some(DeskTime {
        costs: costs
            .into_iter()
            .map(|cost| DeskCost {
                used_for: (&cost.held).into(),
                giver: named(&cost.held),
                desk: shown(cost.desk),
                minutes: cost.minutes,
                days: cost.days,
                late_days: cost.late_days,
                late_days_by_original: cost.late_days_by_original,
            })
            .collect(),
        days: days
            .into_iter()
            .map(|day| DeskDay {
                date: Day(day.date),
                used_for: (&day.held).into(),
                giver: named(&day.held),
                desk: shown(day.desk),
                opinion_of: day.opinion_of,
                late: day.late,
                late_by_original: day.late_by_original,
            })
            .collect(),
        steps: steps.iter().map(step).collect(),
        steps_certainty: plan.as_ref().map(|plan| plan.certainty.into()),
        process: plan.and_then(|plan| plan.process),
    })
}

pub fn slip(books: &Books, dossier: &Dossier) -> Option<Vec<ControlSlipLine>> {
    let Some(plan) = books.plan(dossier) else {
        return Some(Vec::new());
    };
    let lines = desk::lines(dossier, &plan, books.worktime()).ok()?;
    let shown = |desk: Desk| place(&books.reference, desk, books.reader.sees_people());
    let line = |line: Line| ControlSlipLine {
        number: line.number,
        giver: shown(line.from),
        receiver: shown(line.to),
        handed_over_at: line.handed_over_at,
        signed_by_giver: line.signed_by_giver,
        received_at: line.received_at,
        complete: line.complete,
        recalled: line.recalled,
        step: line.step,
        verdict: line.verdict.map(Into::into),
    };
    Some(lines.into_iter().map(line).collect())
}

/// A desk as an answer; without its officer unless `sees_people`.
pub fn place(reference: &Reference, desk: Desk, sees_people: bool) -> DeskPlace {
    let office = reference.offices.get(&desk.office);
    DeskPlace {
        office_name: office.map(|office| (&*office.name_vi, &*office.name_en).into()),
        office: desk.office,
        role: desk.role.into(),
        role_label: desk.role.label().into(),
        officer: desk.officer.filter(|_| sees_people),
    }
}

fn giver(held: &Held) -> Option<String> {
    match held {
        Held::Transit { giver } => Some(giver.clone()),
        Held::Desk | Held::Applicant | Held::Payment | Held::Collection => None,
    }
}

fn step(clock: &desk::StepClock) -> StepClock {
    StepClock {
        number: clock.number,
        name: (&*clock.plan.name_vi, &*clock.plan.name_en).into(),
        role: clock.plan.role.map(Into::into),
        hours: clock.plan.hours,
        state: clock.state.into(),
        begun_at: clock.begun_at,
        ended_at: clock.ended_at,
        minutes: clock.minutes,
        overdue: clock.overdue,
    }
}
