//! Plan and seed to one script per dossier: who does what when. Pure; the same plan and seed write the same scripts.

mod allot;
mod arrivals;
mod course;
mod endings;
#[cfg(test)]
pub(super) mod tests;
mod voices;

use jiff::civil::{Date, date};

use super::dice::Dice;
use super::office_time::OfficeTime;
use super::plan::{Load, Plan};
use super::source::ScenarioError;
use crate::domain::calendar::{CalendarError, OfficeHours};
use crate::domain::catalogue::Procedure;
use crate::domain::deadline::{self, Pause};
use crate::domain::dossier::{Channel, DeliveryMethod, Digitisation};
use crate::domain::policy::Policy;
use crate::domain::reference::Reference;
use crate::domain::time::Moment;

use self::arrivals::Arrivals;
use self::course::Course;

/// How often a dossier's course is thought up before the plan is called impossible.
const ATTEMPTS_MAX: u32 = 80;

/// One dossier's part of the story. What it is to come to is not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// From 1, in the order of the plan; the synthetic person has the same number.
    pub number: u32,
    /// Place among the plan's units.
    pub unit: usize,
    /// Place among the procedures offered.
    pub procedure: usize,
    pub channel: Channel,
    /// In order of time; the first begins the dossier.
    pub steps: Vec<Step>,
}

/// One command at its hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    pub at: Moment,
    /// The unit whose officer acts.
    pub unit: usize,
    pub who: Who,
    pub deed: Deed,
}

/// Officers are roles with numbers, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    Applicant,
    Receiver(u16),
    Handler(u16),
    Signer(u16),
    /// The unit's one cashier.
    Cashier,
    /// The head of the unit.
    Manager,
    /// A payment gateway, which belongs to no unit.
    Gateway,
}

/// What is done: a command in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    AcceptAtCounter,
    Lodge,
    Submit,
    Accept,
    Forward {
        to: u16,
    },
    RequestSupplement {
        item: u32,
    },
    SubmitSupplement,
    AcceptSupplement,
    DraftResult,
    /// Late against the promise that was planned: then with a reason, unless an apology has given one.
    SignResult {
        late: bool,
        /// With a digital signature.
        digital: bool,
        /// Of a procedure that certifies: the result is a certified copy when it is signed digitally.
        certifies_copy: bool,
    },
    DeliverResult(DeliveryMethod),
    Apologise {
        new_due_on: Date,
    },
    RequestWithdrawal,
    GrantWithdrawal,
    StopProcessing,
    Redirect {
        to: usize,
    },
    RefuseAcceptance,
    EnterPaper {
        digitisation: Digitisation,
    },
    ChargeFee {
        vnd: u64,
    },
    ConfirmFee {
        vnd: u64,
        online: bool,
    },
    Rate {
        score: u8,
    },
    Report,
    AnswerReport,
    /// One of the plan's surveys, by its place; the questions answered by one of the two best scores, as bits.
    AnswerSurvey {
        survey: usize,
        satisfied: u16,
    },
}

/// What the plan wants of a dossier. Never leaves this room's scripts: only the choice of hours knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Outcome {
    Early,
    OnTime,
    Late,
    Open,
    Closed,
}

/// Writes the scripts of a plan, every load taken `scale` times.
///
/// # Errors
/// [`ScenarioError::Impossible`] when no course of events gives what a load wants.
pub fn write(plan: &Plan, seed: &str, scale: u32) -> Result<Vec<Script>, ScenarioError> {
    let stage = Stage::new(plan);
    let dossiers = usize::try_from(plan.dossiers(scale)).unwrap_or(usize::MAX);
    let mut scripts = Vec::with_capacity(dossiers.min(1_000_000));
    let mut answered = vec![0; plan.surveys.len()];
    for (unit_index, unit) in plan.units.iter().enumerate() {
        for (load_index, load) in unit.loads.iter().enumerate() {
            let mut dice = Dice::new(seed, &[0, unit_index as u64, load_index as u64]);
            let impossible = |why: String| ScenarioError::Impossible {
                name: plan.name.clone(),
                place: format!("unit {} loads[{load_index}]", unit.code),
                why,
            };
            let arrivals = Arrivals::new(&stage, load, &mut dice);
            let allotted = allot::allot(load, scale, &arrivals, &mut dice).map_err(impossible)?;
            for (procedure, outcome) in allotted {
                let number = u32::try_from(scripts.len() + 1).unwrap_or(u32::MAX);
                let mut dice = Dice::new(seed, &[1, u64::from(number)]);
                let steps = (0..ATTEMPTS_MAX).find_map(|attempt| {
                    let day = arrivals.draw(procedure, outcome, &mut dice)?;
                    let course = Course::new(&stage, unit_index, load, procedure, &mut dice);
                    course.write(outcome, day, attempt)
                });
                let mut steps = steps.ok_or_else(|| {
                    let code = &plan.offered[procedure].code;
                    impossible(format!("no {code} can be {outcome:?} within the load"))
                })?;
                if let Some(experience) = plan.experience {
                    let mut dice = Dice::new(seed, &[2, u64::from(number)]);
                    let offered = &plan.offered[procedure];
                    voices::add(&stage, experience, offered, &mut steps, &mut dice);
                }
                if !plan.surveys.is_empty() {
                    let mut dice = Dice::new(seed, &[3, u64::from(number)]);
                    let offered = &plan.offered[procedure];
                    let counted = (answered.as_mut_slice(), scale);
                    voices::survey(&stage, offered, &unit.code, &mut steps, &mut dice, counted);
                }
                let channel = load.channel;
                scripts.push(Script {
                    number,
                    unit: unit_index,
                    procedure,
                    channel,
                    steps,
                });
            }
        }
    }
    Ok(scripts)
}

/// Everything a script may look at: the plan, the shelf and the calendar laid out as office time.
struct Stage<'a> {
    plan: &'a Plan,
    reference: Reference,
    hours: OfficeHours,
    time: OfficeTime,
}

impl<'a> Stage<'a> {
    fn new(plan: &'a Plan) -> Self {
        let reference = plan.reference();
        let hours = OfficeHours::default();
        let last = date(plan.ends.year().saturating_add(1), 12, 31);
        let time = OfficeTime::new(&reference.calendar, hours.clone(), plan.opening, last);
        Self {
            plan,
            reference,
            hours,
            time,
        }
    }

    fn policy(&self, received_at: Moment) -> Option<&Policy> {
        self.reference.policy(received_at.date()).map(AsRef::as_ref)
    }

    /// The promise as the rules make it, or renew it after a supplement.
    fn due(
        &self,
        procedure: &Procedure,
        channel: Channel,
        received_at: Moment,
        pauses: &[Pause],
    ) -> Option<Moment> {
        let policy = self.policy(received_at)?;
        let calendar = &self.reference.calendar;
        let (limit, _) = procedure.limit_for(channel);
        let promise: Result<_, CalendarError> = if pauses.is_empty() {
            deadline::promise(limit, received_at, calendar, &self.hours, policy)
        } else {
            let clock = procedure
                .supplement_clock
                .unwrap_or(policy.supplement_clock);
            deadline::renewed(
                limit,
                clock,
                received_at,
                pauses,
                &[],
                calendar,
                &self.hours,
                policy,
            )
        };
        promise.ok().map(|promise| promise.due_at)
    }

    /// The working days of a load, as indexes of office time.
    fn days(&self, load: &Load) -> std::ops::Range<usize> {
        self.time.span(load.from, load.to)
    }
}
