//! How a dossier's course ends: settled early, on time or late; closed without settlement; or not yet.

use super::course::{Course, DAY, HOUR, MINUTE, Standing};
use super::{Deed, Outcome, Who};
use crate::domain::deadline::{Comparison, Timeliness, classify};
use crate::domain::time::Moment;

/// The least office time between a dossier's last step and its signature.
const WORK_MIN: i64 = 15 * MINUTE;

impl Course<'_> {
    /// Drafted and signed at an hour that makes it what it is to be, against the promise then in force.
    pub(super) fn settle(
        &mut self,
        outcome: Outcome,
        standing: Standing,
        plain: bool,
    ) -> Option<()> {
        let mut standing = standing;
        if outcome == Outcome::Late && !plain {
            standing = self.apology(standing).unwrap_or(standing);
        }
        let ended_at = self.end(outcome, standing)?;
        let wanted = match outcome {
            Outcome::Early => Timeliness::Early,
            Outcome::OnTime => Timeliness::OnTime,
            Outcome::Late => Timeliness::Late,
            Outcome::Open | Outcome::Closed => return None,
        };
        let found = classify(ended_at, standing.due, self.load.comparison);
        if found != wanted || ended_at.date() > self.load.to {
            return None;
        }
        let ended = self.stage.time.at(ended_at);
        let since = if standing.forwarded {
            standing.since
        } else {
            self.forward(standing.since, (ended - standing.since) / 3)?
        };
        let room = ended - since;
        let drafted = since + self.dice.between(room / 2, room - 2 * MINUTE);
        self.step(drafted, self.handles(), Deed::DraftResult)?;
        let signed = Deed::SignResult {
            late: outcome == Outcome::Late,
            digital: false,
            certifies_copy: false,
        };
        self.push(ended_at, self.signs(), signed);
        self.deliver(ended)
    }

    /// For a share of the late ones: early enough to move the promise, or (where a plan says so) too late for it.
    fn apology(&mut self, standing: Standing) -> Option<Standing> {
        let trouble = self.stage.plan.trouble;
        if !self.dice.percent(trouble.apology_share_of_late_percent) {
            return None;
        }
        let policy = self.stage.policy(standing.received_at)?;
        let ahead = usize::from(policy.apology_working_days_before);
        let due_day = self.stage.time.on_or_after(standing.due.date());
        let too_late = ahead > 0 && self.dice.percent(trouble.late_share_of_apologies_percent);
        let day = if too_late {
            due_day
        } else {
            due_day.checked_sub(ahead)?
        };
        let at = self.within(day, standing.since + WORK_MIN)?;
        let new_day = due_day + usize::try_from(self.dice.between(2, 4)).unwrap_or(2);
        let new_due_on = self.stage.time.day(new_day)?;
        let last = self.stage.days(self.load).end - 1;
        if new_day >= last {
            return None;
        }
        let since = if standing.forwarded {
            standing.since
        } else {
            self.forward(standing.since, (at - standing.since) / 2)?
        };
        debug_assert!(since < at);
        self.step(at, self.signs(), Deed::Apologise { new_due_on })?;
        let due = if too_late {
            standing.due
        } else {
            self.stage.hours.end_of_day(new_due_on)
        };
        Some(Standing {
            since: at,
            due,
            forwarded: true,
            ..standing
        })
    }

    /// The moment of the signature.
    fn end(&mut self, outcome: Outcome, standing: Standing) -> Option<Moment> {
        let time = &self.stage.time;
        let last = self.stage.days(self.load).end.checked_sub(1)?;
        let due_day = time.on_or_after(standing.due.date());
        let (due, first) = (time.at(standing.due), standing.since + WORK_MIN);
        let first_day = usize::try_from(first / DAY).ok()?;
        let office = match (outcome, self.load.comparison) {
            (Outcome::Early, Comparison::Date) => {
                let day = self.day_between(first_day, due_day.checked_sub(1)?.min(last))?;
                self.within(day, first)?
            }
            (Outcome::Early, Comparison::Timestamp) => {
                let latest = (due - 2 * MINUTE).min(time.closes(last) - MINUTE);
                (first <= latest).then(|| self.dice.between(first, latest))?
            }
            (Outcome::OnTime, Comparison::Date) => self.within(due_day, first)?,
            (Outcome::OnTime, Comparison::Timestamp) => {
                let minute = Moment(standing.due.0.div_euclid(MINUTE) * MINUTE);
                let at = minute.plus(self.dice.between(0, MINUTE - 1));
                return (first <= due).then_some(at);
            }
            (Outcome::Late, _) => {
                let day = self.day_between(first_day.max(due_day + 1), (due_day + 4).min(last))?;
                self.within(day, first)?
            }
            (Outcome::Open | Outcome::Closed, _) => return None,
        };
        self.stage.time.moment(office)
    }

    /// Worked on until the story ends, and not finished.
    pub(super) fn stay_open(&mut self, standing: Standing) -> Option<()> {
        let ends = self
            .stage
            .time
            .span(self.stage.plan.opening, self.stage.plan.ends)
            .end;
        let night = self.stage.time.opens(ends) - MINUTE;
        let forwarded = standing.since + self.dice.between(5 * MINUTE, DAY);
        if forwarded > night {
            return Some(());
        }
        let Who::Handler(to) = self.handles() else {
            return None;
        };
        self.step(forwarded, self.receives(), Deed::Forward { to })?;
        let drafted = forwarded + self.dice.between(DAY, 6 * DAY);
        if drafted <= night && self.dice.percent(40) {
            self.step(drafted, self.handles(), Deed::DraftResult)?;
        }
        Some(())
    }

    /// Withdrawn, stopped for want of a supplement, or passed on to another office.
    pub(super) fn close(&mut self, standing: Standing) -> Option<()> {
        let shares = self.stage.plan.trouble.closed_share_percent;
        let weights = [shares.withdrawn, shares.stopped, shares.redirected];
        let last = self.stage.days(self.load).end.checked_sub(1)?;
        let night = self.stage.time.closes(last) - MINUTE;
        match self.dice.weighted(weights.into_iter().map(u64::from))? {
            0 => self.withdraw(standing, night),
            1 => self.stop(standing, night),
            _ => self.redirect(standing, night),
        }
    }

    fn withdraw(&mut self, standing: Standing, night: i64) -> Option<()> {
        let due = self.stage.time.at(standing.due);
        let latest = night.min(due).min(standing.since + 2 * DAY) - HOUR;
        let asked = (standing.since + WORK_MIN <= latest)
            .then(|| self.dice.between(standing.since + WORK_MIN, latest))?;
        self.forward(standing.since, (asked - standing.since) / 2)?;
        self.step(asked, self.for_applicant(), Deed::RequestWithdrawal)?;
        let granted = asked + self.dice.between(5 * MINUTE, 4 * HOUR);
        self.step(granted.min(night), self.signs(), Deed::GrantWithdrawal)?;
        Some(())
    }

    fn stop(&mut self, standing: Standing, night: i64) -> Option<()> {
        let limit = (self.stage.time.at(standing.due) - standing.since).max(0);
        let forwarded = self.forward(standing.since, limit / 4)?;
        let asked = self.asked(standing, forwarded, limit)?;
        let latest = night.min(asked + 12 * DAY);
        let stopped =
            (asked + 2 * DAY <= latest).then(|| self.dice.between(asked + 2 * DAY, latest))?;
        self.step(asked, self.receives(), Deed::RequestSupplement { item: 1 })?;
        self.step(stopped, self.handles(), Deed::StopProcessing)?;
        Some(())
    }

    /// To an office of the same level where there is one; it finds the papers incomplete and does not take them in.
    fn redirect(&mut self, standing: Standing, night: i64) -> Option<()> {
        let passed = standing.since + self.dice.between(10 * MINUTE, 4 * HOUR);
        if passed > night {
            return None;
        }
        let units = &self.stage.plan.units;
        let day = self.stage.time.moment(passed)?.date();
        let level = self.unit().level;
        let others = || {
            let here = self.unit_index;
            let others = units
                .iter()
                .enumerate()
                .filter(move |(index, _)| *index != here);
            others.filter(|(_, unit)| {
                unit.valid_from <= day && unit.valid_to.is_none_or(|last| day <= last)
            })
        };
        let near: Vec<usize> = others()
            .filter(|(_, unit)| unit.level == level)
            .map(|(index, _)| index)
            .collect();
        let near = if near.is_empty() {
            others().map(|(index, _)| index).collect()
        } else {
            near
        };
        let chosen = usize::try_from(self.dice.below(near.len() as u64)).ok()?;
        let to = *near.get(chosen)?;
        self.step(passed, self.receives(), Deed::Redirect { to })?;
        let looked_at = passed + self.dice.between(HOUR / 2, DAY);
        let at = self.stage.time.moment(looked_at)?;
        if at.date() <= self.stage.plan.ends {
            let count = u64::from(units[to].receivers);
            let number = u16::try_from(self.dice.below(count)).unwrap_or(0) + 1;
            self.push(at, Who::Receiver(number), Deed::RefuseAcceptance);
            if let Some(step) = self.steps.last_mut() {
                step.unit = to;
            }
        }
        Some(())
    }

    fn day_between(&mut self, first: usize, last: usize) -> Option<usize> {
        let (low, high) = (i64::try_from(first).ok()?, i64::try_from(last).ok()?);
        (low <= high).then(|| usize::try_from(self.dice.between(low, high)).unwrap_or(first))
    }

    /// An hour of a working day, not before `first`.
    fn within(&mut self, day: usize, first: i64) -> Option<i64> {
        let first = first.max(self.stage.time.opens(day) + MINUTE);
        let last = self.stage.time.closes(day) - 2 * MINUTE;
        (first <= last).then(|| self.dice.between(first, last))
    }
}
