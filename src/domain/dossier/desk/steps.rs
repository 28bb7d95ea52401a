//! Step clocks: the working hours that the internal process allows for each step, and those that were used.

use jiff::civil::Date;

use super::{Held, Worktime};
use crate::domain::actor::Role;
use crate::domain::calendar::CalendarError;
use crate::domain::catalogue::{ProcessStep, Step};
use crate::domain::dossier::{Dossier, Stay, Turn};
use crate::domain::law::Certainty;
use crate::domain::reference::Reference;
use crate::domain::time::Moment;

/// A step as it is planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanStep {
    pub name_vi: String,
    pub name_en: String,
    /// None when the plan names a role that nobody here has.
    pub role: Option<Role>,
    /// Working hours; 0 where no clock runs.
    pub hours: u16,
}

/// The steps a dossier goes through, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub steps: Vec<PlanStep>,
    /// The approved internal process, `code/version`; none when the steps are those of the catalogue's record.
    pub process: Option<String>,
    pub certainty: Certainty,
}

impl Plan {
    /// The internal process that was pinned at acceptance, or else the steps of the catalogue's record; none for a procedure
    /// that nobody published.
    #[must_use]
    pub fn of(dossier: &Dossier, reference: &Reference, day: Date) -> Option<Self> {
        let turn = dossier.turn();
        let pinned = turn.and_then(|turn| turn.process.as_deref());
        if let Some(process) = pinned.and_then(|pinned| reference.process_version(pinned)) {
            let steps = process.steps.iter();
            let step = |step: &ProcessStep| PlanStep {
                name_vi: step.name_vi.clone(),
                name_en: step.name_en.clone(),
                role: Role::from_name(&step.role),
                hours: step.hours,
            };
            return Some(Self {
                steps: steps.map(step).collect(),
                process: Some(process.reference()),
                certainty: process.certainty,
            });
        }
        let procedure = dossier.pinned_procedure(reference, day)?;
        let step = |step: &Step| PlanStep {
            name_vi: step.name_vi.clone(),
            name_en: step.name_en.clone(),
            role: Role::from_name(&step.role),
            hours: step.hours,
        };
        Some(Self {
            steps: procedure.steps.iter().map(step).collect(),
            process: None,
            certainty: procedure.steps_certainty,
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    NotBegun,
    Running,
    Done,
}

/// One step with its clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepClock {
    /// From 1.
    pub number: u16,
    pub plan: PlanStep,
    pub state: StepState,
    pub begun_at: Option<Moment>,
    /// When the dossier left it last.
    pub ended_at: Option<Moment>,
    /// Office minutes on the desks of this step, the way to them included; waiting for applicant or payment is not.
    pub minutes: i64,
    /// More was used than is allowed.
    pub overdue: bool,
}

/// The clocks of the newest turn's steps; none before acceptance.
pub fn step_clocks(
    dossier: &Dossier,
    plan: &Plan,
    worktime: Worktime<'_>,
    now: Moment,
) -> Result<Vec<StepClock>, CalendarError> {
    let Some(turn) = dossier.turn() else {
        return Ok(Vec::new());
    };
    let assigned = assign(dossier, turn, plan);
    let mut clocks = Vec::new();
    for (number, step) in (1..).zip(&plan.steps) {
        let stays: Vec<&Stay> = of_step(dossier, &assigned, number).collect();
        let minutes = used(dossier, &assigned, number, worktime, now)?;
        let open = stays.iter().any(|stay| stay.until.is_none());
        clocks.push(StepClock {
            number,
            state: match (stays.is_empty(), open) {
                (true, _) => StepState::NotBegun,
                (false, true) => StepState::Running,
                (false, false) => StepState::Done,
            },
            begun_at: stays.first().map(|stay| stay.since),
            ended_at: stays.last().and_then(|stay| stay.until),
            minutes,
            overdue: exceeds(minutes, step.hours),
            plan: step.clone(),
        });
    }
    Ok(clocks)
}

fn exceeds(minutes: i64, hours: u16) -> bool {
    hours > 0 && minutes > i64::from(hours) * 60
}

/// The step of each stay, in the order of the stays.
pub(super) type Assigned = Vec<Option<u16>>;

fn of_step<'a>(
    dossier: &'a Dossier,
    assigned: &'a Assigned,
    number: u16,
) -> impl Iterator<Item = &'a Stay> {
    let stays = dossier.stays.iter().zip(assigned);
    let mine = stays.filter(move |(_, step)| **step == Some(number));
    mine.map(|(stay, _)| stay)
}

/// Office minutes used in a step until `now`.
pub(super) fn used(
    dossier: &Dossier,
    assigned: &Assigned,
    number: u16,
    worktime: Worktime<'_>,
    now: Moment,
) -> Result<i64, CalendarError> {
    let mut minutes = 0;
    for stay in of_step(dossier, assigned, number) {
        let until = stay.until.map_or(now, |until| until.min(now));
        minutes += worktime.minutes(&stay.office, stay.since, until)?;
    }
    Ok(minutes)
}

/// A hand-over may name its step. What goes to another desk by the act itself (a draft to the signer, a signed result to
/// the clerk) is in the next step of that desk's role; what comes back, in the step it had.
pub(super) fn assign(dossier: &Dossier, turn: &Turn, plan: &Plan) -> Assigned {
    let mut last = 1;
    let step = |stay: &Stay| {
        if stay.since < turn.accepted_at || stay.until == Some(stay.since) || !counts(dossier, stay)
        {
            return None;
        }
        let is_over = turn.ending.is_some_and(|end| stay.since >= end.at);
        let step = stay
            .step
            .or_else(|| by_role(plan, stay.role, last, is_over));
        last = step.unwrap_or(last);
        step
    };
    dossier.stays.iter().map(step).collect()
}

/// Neither waiting for somebody outside nor for the applicant to come.
fn counts(dossier: &Dossier, stay: &Stay) -> bool {
    match super::lying(dossier, stay) {
        Held::Desk | Held::Transit { .. } => true,
        Held::Applicant | Held::Payment | Held::Collection => false,
    }
}

fn by_role(plan: &Plan, role: Role, last: u16, forward_only: bool) -> Option<u16> {
    let numbered = || (1_u16..).zip(&plan.steps);
    let ahead = numbered().find(|(number, step)| *number >= last && step.role == Some(role));
    let behind = || {
        let all = numbered().filter(|(number, _)| *number < last);
        all.filter(|(_, step)| step.role == Some(role)).last()
    };
    let found = if forward_only {
        ahead
    } else {
        ahead.or_else(behind)
    };
    found.map(|(number, _)| number)
}
