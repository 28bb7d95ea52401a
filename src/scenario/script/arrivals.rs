//! On which days a dossier may come in for what it is to come to, and how busy those days are.

use std::collections::HashMap;

use jiff::civil::Weekday;

use super::{Outcome, Stage};
use crate::domain::dossier::Channel;
use crate::domain::law::Limit;
use crate::domain::time::Moment;
use crate::scenario::dice::Dice;
use crate::scenario::plan::Load;

/// The outcomes that are hard to place come first.
pub const OUTCOMES: [Outcome; 5] = [
    Outcome::Late,
    Outcome::Open,
    Outcome::Closed,
    Outcome::Early,
    Outcome::OnTime,
];

/// Days with the sum of the weights up to and with each.
type Days = Vec<(usize, u64)>;

/// The arrival days of one load.
pub struct Arrivals {
    days: HashMap<(usize, Outcome), Days>,
    /// Procedures of the load with their weights.
    pub shares: Vec<(usize, u64)>,
}

impl Arrivals {
    /// Throws how busy each day is, and finds the days that allow each procedure each outcome.
    pub fn new(stage: &Stage<'_>, load: &Load, dice: &mut Dice) -> Self {
        let busy: Vec<(usize, u64)> = stage
            .days(load)
            .map(|day| (day, busyness(stage, day, dice)))
            .collect();
        let shares: Vec<(usize, u64)> = load
            .procedures
            .iter()
            .filter_map(|share| Some((stage.plan.procedure(&share.code)?, u64::from(share.weight))))
            .collect();
        let mut days = HashMap::new();
        for (procedure, _) in &shares {
            let due_days: Vec<usize> = busy
                .iter()
                .map(|(day, _)| {
                    due_day(stage, load.channel, *procedure, *day).unwrap_or(usize::MAX)
                })
                .collect();
            for outcome in OUTCOMES {
                let fits =
                    |(day, due): (usize, usize)| fits(stage, load, *procedure, outcome, day, due);
                let mut sum = 0;
                let fitting = busy.iter().zip(&due_days);
                let fitting = fitting.filter(|((day, _), due)| fits((*day, **due)));
                let list: Days = fitting
                    .map(|((day, weight), _)| {
                        sum += weight;
                        (*day, sum)
                    })
                    .collect();
                days.insert((*procedure, outcome), list);
            }
        }
        Self { days, shares }
    }

    pub fn allow(&self, procedure: usize, outcome: Outcome) -> bool {
        self.days
            .get(&(procedure, outcome))
            .is_some_and(|days| !days.is_empty())
    }

    /// A day by its weight.
    pub fn draw(&self, procedure: usize, outcome: Outcome, dice: &mut Dice) -> Option<usize> {
        let days = self.days.get(&(procedure, outcome))?;
        let thrown = dice.below(days.last()?.1);
        let index = days.partition_point(|(_, sum)| *sum <= thrown);
        days.get(index).map(|(day, _)| *day)
    }
}

/// Mondays are busy, and no day is like the other.
fn busyness(stage: &Stage<'_>, day: usize, dice: &mut Dice) -> u64 {
    let weekday = match stage.time.day(day).map(jiff::civil::Date::weekday) {
        Some(Weekday::Monday) => 130,
        Some(Weekday::Friday) => 90,
        _ => 100,
    };
    weekday * (50 + dice.below(100))
}

/// The day by which a dossier received in the morning of `day` is promised.
fn due_day(stage: &Stage<'_>, channel: Channel, procedure: usize, day: usize) -> Option<usize> {
    let morning = stage
        .time
        .moment(stage.time.opens(day) + 30 * 60 * Moment::SECOND)?;
    let due = stage.due(&stage.plan.offered[procedure], channel, morning, &[])?;
    Some(stage.time.on_or_after(due.date()))
}

fn fits(
    stage: &Stage<'_>,
    load: &Load,
    procedure: usize,
    outcome: Outcome,
    day: usize,
    due: usize,
) -> bool {
    use crate::domain::deadline::Comparison;
    let last = stage.days(load).end - 1;
    let same_day = stage.plan.offered[procedure].limit == Limit::SameDay;
    match (outcome, load.comparison) {
        (Outcome::Early, Comparison::Date) => !same_day && day < due,
        (Outcome::Early, Comparison::Timestamp) => true,
        (Outcome::OnTime, _) => due <= last,
        (Outcome::Late, _) => due < last,
        (Outcome::Open, _) => {
            let end = stage.time.span(stage.plan.opening, stage.plan.ends).end;
            !same_day && due != usize::MAX && due >= end
        }
        (Outcome::Closed, _) => !same_day && day < last,
    }
}
