//! What the office does next, and by when.

use jiff::civil::Date;

use super::standing::{self, Clock, Tone};
use super::{Story, is_named};
use crate::domain::calendar::Calendar;
use crate::domain::calendar::Timetable;
use crate::domain::dossier::desk::{Plan, StepClock, StepState, Worktime, step_clocks};
use crate::domain::dossier::{Dossier, Phase};
use crate::domain::time::Moment;
use crate::web::dates;
use crate::web::lang::Pair;
use crate::web::words;

/// Minutes are laid out over at most so many days.
const DAYS_MAX: usize = 400;

/// The next step with its day.
#[derive(Debug)]
pub struct Next {
    /// What happens, in the office's words or by the name of the planned step.
    pub text: String,
    /// None when nothing says by when.
    pub by: Option<By>,
    /// Where the day comes from, when it is not the promise itself.
    pub source: Option<String>,
}

/// A day, and how far it is.
#[derive(Debug)]
pub struct By {
    pub label: &'static str,
    pub day: String,
    pub stamp: String,
    pub tone: Tone,
    pub standing: String,
}

impl By {
    pub(super) fn new(label: Pair, at: Moment, clock: &Clock<'_>) -> Self {
        let (tone, standing) = standing::until(at, clock);
        let passed = ("Lẽ ra chậm nhất", "It was due by");
        Self {
            label: clock.lang.pick(if at < clock.now { passed } else { label }),
            day: dates::day_in_words(at.date(), clock.lang),
            stamp: at.date().to_string(),
            tone,
            standing,
        }
    }

    /// One sentence for the ear.
    pub(super) fn said(&self) -> String {
        format!("{} {}, {}.", self.label, self.day, self.standing)
    }
}

const BY: Pair = ("Chậm nhất", "By");

pub fn of(dossier: &Dossier, story: &Story<'_>, clock: &Clock<'_>) -> Next {
    let lang = clock.lang;
    let plain = |text: Pair, by: Option<By>| Next {
        text: lang.pick(text).to_owned(),
        by,
        source: None,
    };
    let usual = words::next(dossier.phase);
    match dossier.phase {
        Phase::Submitted | Phase::Redirected => {
            let due = dossier.intake_awaited();
            plain(usual, due.map(|due| By::new(BY, due, clock)))
        }
        Phase::Supplemented
        | Phase::Accepted
        | Phase::InProcessing
        | Phase::WithAgencies
        | Phase::AwaitingCorrection
        | Phase::ResultDrafted
        | Phase::ResultApproved
        | Phase::WithdrawalRequested => working(dossier, story, clock, usual),
        Phase::Absent
        | Phase::Draft
        | Phase::AwaitingSupplement(_)
        | Phase::AwaitingPayment
        | Phase::Completed
        | Phase::NotAccepted
        | Phase::Returned
        | Phase::Refused
        | Phase::Stopped
        | Phase::Withdrawn => plain(usual, None),
    }
}

/// While the office works: the planned step's day where a plan says one that lies ahead, else the promise.
fn working(dossier: &Dossier, story: &Story<'_>, clock: &Clock<'_>, usual: Pair) -> Next {
    let lang = clock.lang;
    let promise = dossier
        .turn()
        .filter(|turn| turn.ending.is_none() && turn.paused_since.is_none())
        .map(|turn| turn.due_at);
    let planned = is_named(story).then(|| planned(dossier, story, clock));
    if let Some((step, due, certainty)) = planned.flatten()
        && promise.is_none_or(|promise| due < promise)
    {
        let mark = words::basis_mark(certainty).map(|mark| format!(" ({})", lang.pick(mark)));
        // The step of reception goes on until the dossier is passed on: its name would tell what is done already.
        let text = match dossier.phase {
            Phase::Accepted => lang.pick(usual).to_owned(),
            _ => format!(
                "{}: {}.",
                lang.pick(words::doer(step.plan.role)),
                lang.of(&step.plan.name_vi, &step.plan.name_en)
            ),
        };
        return Next {
            text,
            by: Some(By::new(BY, due, clock)),
            source: Some(format!(
                "{}{}.",
                lang.of(
                    "Ngày tính theo số giờ của bước này trong quy trình nội bộ",
                    "The day follows from this step's hours in the internal process"
                ),
                mark.unwrap_or_default()
            )),
        };
    }
    Next {
        text: lang.pick(usual).to_owned(),
        by: promise.map(|due| By::new(BY, due, clock)),
        source: None,
    }
}

/// The step that runs (or the first that has not begun), and when its hours are used up; none when they are already, or no
/// clock runs in it.
fn planned(
    dossier: &Dossier,
    story: &Story<'_>,
    clock: &Clock<'_>,
) -> Option<(StepClock, Moment, crate::domain::law::Certainty)> {
    let plan = Plan::of(dossier, story.reference, clock.now.date())?;
    let worktime = Worktime::new(story.reference);
    let clocks = step_clocks(dossier, &plan, worktime, clock.now).ok()?;
    let running = clocks
        .iter()
        .find(|step| step.state == StepState::Running)
        .or_else(|| clocks.iter().find(|step| step.state == StepState::NotBegun))?;
    let left = i64::from(running.plan.hours) * 60 - running.minutes;
    let due = after_minutes(clock.now, left, clock.calendar, clock.hours)?;
    Some((running.clone(), due, plan.certainty))
}

/// So many minutes of office time after an instant; none for no minutes, and where no calendar is declared.
fn after_minutes(
    now: Moment,
    minutes: i64,
    calendar: &Calendar,
    hours: &dyn Timetable,
) -> Option<Moment> {
    let mut left = (minutes > 0).then_some(minutes * 60 * Moment::SECOND)?;
    let days = now.date().series(jiff::Span::new().days(1)).take(DAYS_MAX);
    for day in days {
        if !calendar.is_working(day).ok()? {
            continue;
        }
        for (from, to) in spans(day, hours) {
            let from = from.max(now);
            let open = (to.0 - from.0).max(0);
            if left <= open {
                return Some(from.plus(left));
            }
            left -= open;
        }
    }
    None
}

fn spans(day: Date, hours: &dyn Timetable) -> Vec<(Moment, Moment)> {
    hours.on(day).instants(day).collect()
}
