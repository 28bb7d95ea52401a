//! Whose desk cost which day: a dossier's time, told by desk, by day, by step and by hand-over (form 06).
//!
//! Nothing is stored: it follows from the stays of the dossier, the calendar and the hours of each agency.

mod days;
mod slip;
mod steps;

use crate::domain::actor::Role;
use crate::domain::calendar::{Calendar, CalendarError, DatedHours, Timetable};
use crate::domain::deadline;
use crate::domain::reference::Reference;
use crate::domain::time::Moment;
use jiff::civil::Date;

use super::{Dossier, Stay, WaitsFor};

pub use days::{Day, days};
pub use slip::{Line, Verdict, lines};
pub use steps::{Plan, PlanStep, StepClock, StepState, step_clocks};

/// What time is measured with: the calendar, and the hours of every agency.
#[derive(Clone, Copy)]
pub struct Worktime<'a> {
    reference: &'a Reference,
}

impl<'a> Worktime<'a> {
    #[must_use]
    pub fn new(reference: &'a Reference) -> Self {
        Self { reference }
    }

    #[must_use]
    pub fn calendar(&self) -> &'a Calendar {
        &self.reference.calendar
    }

    /// Whole minutes of an agency's office time between two instants.
    pub fn minutes(&self, office: &str, from: Moment, to: Moment) -> Result<i64, CalendarError> {
        deadline::office_minutes(from, to, self.calendar(), &self.hours(office))
    }

    /// When an agency closes on a day.
    #[must_use]
    pub fn end_of_day(&self, office: &str, day: Date) -> Moment {
        self.hours(office).on(day).end_of_day(day)
    }

    /// Working days after one day up to and with another; none when it is the earlier.
    pub fn days(&self, from: Date, to: Date) -> Result<u32, CalendarError> {
        let days = self.calendar().working_days_between(from, to.max(from))?;
        Ok(days.unsigned_abs())
    }

    fn hours(self, office: &str) -> DatedHours<'a> {
        self.reference.hours(office)
    }
}

/// What a stretch of time was spent on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Held {
    /// On the desk.
    Desk,
    /// Handed over and not signed for yet: on its way to the desk. Actor id of the giver.
    Transit { giver: String },
    /// The applicant's supplement was awaited.
    Applicant,
    /// A payment was awaited.
    Payment,
    /// Settled: the result waited to be collected.
    Collection,
}

impl Held {
    /// What the public reads: (Vietnamese, English).
    #[must_use]
    pub fn label(&self) -> (&'static str, &'static str) {
        match self {
            Self::Desk => ("Xử lý", "Worked on"),
            Self::Transit { .. } => ("Đã chuyển, chưa ký nhận", "Handed over, not signed for"),
            Self::Applicant => ("Chờ người nộp bổ sung", "Waiting for the applicant"),
            Self::Payment => ("Chờ nộp tiền", "Waiting for a payment"),
            Self::Collection => ("Chờ đến nhận kết quả", "Waiting to be collected"),
        }
    }
}

/// A desk: agency, role, and the officer when it lay with somebody in particular.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Desk {
    pub office: String,
    pub role: Role,
    /// Actor id.
    pub officer: Option<String>,
}

impl Desk {
    fn of(stay: &Stay) -> Self {
        Self {
            office: stay.office.clone(),
            role: stay.role,
            officer: stay.officer.clone(),
        }
    }
}

/// All the time that one desk cost, of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    pub desk: Desk,
    pub held: Held,
    /// Of the agency's office time.
    pub minutes: i64,
    /// Working days at whose end it held the dossier, of those the clock counts.
    pub days: u32,
    /// Of these, after the promise as it stands.
    pub late_days: u32,
    /// Of these, after the first promise.
    pub late_days_by_original: u32,
}

/// What each desk cost, in the order in which the dossier came to it; open stays last until `now`.
pub fn costs(
    dossier: &Dossier,
    worktime: Worktime<'_>,
    now: Moment,
) -> Result<Vec<Cost>, CalendarError> {
    let mut costs = Vec::new();
    for stretch in stretches(dossier, now) {
        let minutes = worktime.minutes(&stretch.desk.office, stretch.from, stretch.to)?;
        cost(&mut costs, stretch.desk, stretch.held).minutes += minutes;
    }
    for turn in &dossier.turns {
        for day in days(dossier, turn, worktime, now)? {
            let cost = cost(&mut costs, day.desk, day.held);
            cost.days += 1;
            cost.late_days += u32::from(day.late);
            cost.late_days_by_original += u32::from(day.late_by_original);
        }
    }
    costs.retain(|cost| cost.minutes > 0 || cost.days > 0);
    Ok(costs)
}

/// The costs of an agency's role together, whoever of it had the dossier: what the public may know.
#[must_use]
pub fn without_officers(costs: Vec<Cost>) -> Vec<Cost> {
    let mut merged = Vec::new();
    for one in costs {
        let desk = Desk {
            officer: None,
            ..one.desk
        };
        let held = match one.held {
            Held::Transit { .. } => Held::Transit {
                giver: String::new(),
            },
            held @ (Held::Desk | Held::Applicant | Held::Payment | Held::Collection) => held,
        };
        let into = cost(&mut merged, desk, held);
        into.minutes += one.minutes;
        into.days += one.days;
        into.late_days += one.late_days;
        into.late_days_by_original += one.late_days_by_original;
    }
    merged
}

fn cost(costs: &mut Vec<Cost>, desk: Desk, held: Held) -> &mut Cost {
    let known = |cost: &Cost| cost.desk == desk && cost.held == held;
    let place = costs.iter().position(known).unwrap_or_else(|| {
        costs.push(Cost {
            desk,
            held,
            minutes: 0,
            days: 0,
            late_days: 0,
            late_days_by_original: 0,
        });
        costs.len() - 1
    });
    &mut costs[place]
}

/// A stay, or the part of it that was of one kind.
struct Stretch {
    desk: Desk,
    held: Held,
    from: Moment,
    to: Moment,
}

/// The whole life of a dossier, cut where the desk or the kind changes.
fn stretches(dossier: &Dossier, now: Moment) -> Vec<Stretch> {
    let mut all = Vec::new();
    for stay in &dossier.stays {
        let to = stay.until.unwrap_or(now.max(stay.since));
        let arrived = stay.transit_until(now).map_or(stay.since, |at| at.min(to));
        if let Some(giver) = stay.giver.clone().filter(|_| arrived > stay.since) {
            all.push(Stretch {
                desk: Desk::of(stay),
                held: Held::Transit { giver },
                from: stay.since,
                to: arrived,
            });
        }
        if arrived < to {
            all.push(Stretch {
                desk: Desk::of(stay),
                held: lying(dossier, stay),
                from: arrived,
                to,
            });
        }
    }
    all
}

/// What the time of a stay is once it has arrived.
fn lying(dossier: &Dossier, stay: &Stay) -> Held {
    match stay.waits_for {
        WaitsFor::Applicant => Held::Applicant,
        WaitsFor::Payment => Held::Payment,
        WaitsFor::Officer if awaits_collection(dossier, stay) => Held::Collection,
        // For a correction: the other agency's own desk tells whose time it is.
        WaitsFor::Officer | WaitsFor::Correction => Held::Desk,
    }
}

/// After the end of the clock the one-stop unit waits for the applicant to come.
fn awaits_collection(dossier: &Dossier, stay: &Stay) -> bool {
    let ending = dossier.turn().and_then(|turn| turn.ending);
    stay.role == Role::Receiver
        && ending.is_some_and(|ending| ending.kind.is_settlement() && stay.since >= ending.at)
}

/// The desk that had the dossier at an instant, told by what was recorded until then; none before it began and after it was
/// closed.
#[must_use]
pub fn held_at(dossier: &Dossier, at: Moment) -> Option<(Desk, Held)> {
    let (stay, held) = holder(dossier, at, at)?;
    Some((Desk::of(stay), held))
}

/// What held the dossier at an instant; none before it began and after it was closed.
fn holder(dossier: &Dossier, at: Moment, now: Moment) -> Option<(&Stay, Held)> {
    let mut newest_first = dossier.stays.iter().rev();
    let stay = newest_first.find(|stay| stay.since <= at)?;
    if stay.until.is_some_and(|until| until <= at) {
        return None;
    }
    let giver = stay.giver.clone();
    let moving = stay.awaits_receipt() || stay.transit_until(now).is_some_and(|until| at < until);
    let held = match giver.filter(|_| moving) {
        Some(giver) => Held::Transit { giver },
        None => lying(dossier, stay),
    };
    Some((stay, held))
}
