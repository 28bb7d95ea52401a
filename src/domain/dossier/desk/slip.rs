//! The control slip (form 06): every hand-over with giver and receiver, and whether the giver's step was in time.

use std::cmp::Ordering;

use super::steps::{Assigned, assign, used};
use super::{Desk, Plan, Worktime};
use crate::domain::calendar::CalendarError;
use crate::domain::dossier::{Dossier, Stay, WaitsFor};
use crate::domain::time::Moment;

/// How a step stood against its hours when it was handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Before,
    /// To the minute.
    On,
    After,
}

/// One line of the slip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// From 1.
    pub number: u32,
    pub from: Desk,
    pub to: Desk,
    pub handed_over_at: Moment,
    /// The giver recorded the hand-over as such; else it went on by the act itself (a draft to the signer, a signed result
    /// to the clerk).
    pub signed_by_giver: bool,
    /// When the receiver signed for it.
    pub received_at: Option<Moment>,
    /// What the receiver said of the papers.
    pub complete: Option<bool>,
    /// The giver took it back.
    pub recalled: bool,
    /// Step that the giver ended, from 1.
    pub step: Option<u16>,
    /// None without a step, and for steps without a clock.
    pub verdict: Option<Verdict>,
}

/// The lines, oldest first. Waits for applicant or payment are no hand-over: the dossier comes back to its desk.
pub fn lines(
    dossier: &Dossier,
    plan: &Plan,
    worktime: Worktime<'_>,
) -> Result<Vec<Line>, CalendarError> {
    let assigned = dossier
        .turn()
        .map_or_else(Vec::new, |turn| assign(dossier, turn, plan));
    let mut desks = Vec::new();
    for (place, stay) in dossier.stays.iter().enumerate() {
        if stay.waits_for == WaitsFor::Officer {
            desks.push((stay, assigned.get(place).copied().flatten()));
        }
    }
    let mut lines = Vec::new();
    let moved = desks
        .windows(2)
        .filter(|pair| is_hand_over(pair[0].0, pair[1].0));
    for (pair, number) in moved.zip(1..) {
        let [(giver, step), (receiver, _)] = [pair[0], pair[1]];
        lines.push(Line {
            number,
            from: Desk::of(giver),
            to: Desk::of(receiver),
            handed_over_at: receiver.since,
            signed_by_giver: receiver.giver.is_some(),
            received_at: receiver.received_at,
            complete: receiver.complete,
            recalled: receiver.recalled,
            step,
            verdict: verdict(dossier, plan, &assigned, step, receiver.since, worktime)?,
        });
    }
    Ok(lines)
}

/// To another desk; when somebody takes up what lay with nobody in particular, nothing is handed over.
fn is_hand_over(from: &Stay, to: &Stay) -> bool {
    let taken_up = to.giver.is_none()
        && from.officer.is_none()
        && (&from.office, from.role) == (&to.office, to.role);
    Desk::of(from) != Desk::of(to) && !taken_up
}

fn verdict(
    dossier: &Dossier,
    plan: &Plan,
    assigned: &Assigned,
    step: Option<u16>,
    at: Moment,
    worktime: Worktime<'_>,
) -> Result<Option<Verdict>, CalendarError> {
    let planned = step.and_then(|step| plan.steps.get(usize::from(step).checked_sub(1)?));
    let (Some(step), Some(planned)) = (step, planned) else {
        return Ok(None);
    };
    if planned.hours == 0 {
        return Ok(None);
    }
    let minutes = used(dossier, assigned, step, worktime, at)?;
    Ok(Some(match minutes.cmp(&(i64::from(planned.hours) * 60)) {
        Ordering::Less => Verdict::Before,
        Ordering::Equal => Verdict::On,
        Ordering::Greater => Verdict::After,
    }))
}
