//! What the program itself records: that a promised moment has passed, and that a notice moves a promise.

use super::{Context, Decision, Dossier, Phase, Rejection, one, plain};
use crate::domain::calendar::{NoticeChange, Timetable as _};
use crate::domain::dossier::Turn;
use crate::domain::dossier::clocks::{promise_after, renewed_promise};
use crate::domain::dossier::event::{
    DeadlineMissed, DossierEvent, DueDateCause, DueDateRecomputed,
};
use crate::domain::fact::Circumstances;
use crate::domain::reference::Reference;

/// The promised moment has passed: once per promise, whoever tells. Not while the clock stands, also not for an outage, and
/// not before time that is known not to count has been given: a supplement that was answered but not yet accepted.
pub(super) fn record_miss(dossier: &Dossier, context: &Context<'_>) -> Decision {
    let turn = running(dossier)?;
    if turn.undated {
        return Err(Rejection::NotDueYet);
    }
    let mut outages = turn.outages(context.reference);
    let down = outages.any(|outage| outage.from <= turn.due_at && outage.is_open(context.now));
    let counted = renewed_promise(turn, context.reference);
    let due_at = counted.map_or(turn.due_at, |promise| promise.due_at.max(turn.due_at));
    if turn.paused_since.is_some() || down || context.now <= due_at {
        return Err(Rejection::NotDueYet);
    }
    if turn.missed.contains(&due_at) {
        return Err(Rejection::AlreadyRecorded);
    }
    plain(
        DossierEvent::DeadlineMissed(DeadlineMissed { due_at }),
        context,
    )
}

/// A notice was issued, or a year declared anew: the promise is counted again on the calendar as it stands. It moves later or
/// becomes surer, by a fact that names the paper; it is never brought forward, and the first promise is kept for ever. A
/// promise on a day that is off by now (after an apology) moves to the next working day.
pub(super) fn recompute_due_date(
    dossier: &Dossier,
    notice: &str,
    position: u64,
    context: &Context<'_>,
) -> Decision {
    let turn = running(dossier)?;
    if turn.undated {
        return Err(Rejection::AlreadyRecorded);
    }
    let cause = cause_of(notice, context.reference)?;
    let calendar = &context.reference.calendar;
    // What was answered and is not yet accepted is no notice's doing: it counts when it is accepted.
    let pauses = match turn.pauses.split_last() {
        Some((_, settled)) if dossier.phase == Phase::Supplemented => settled,
        Some(_) | None => &turn.pauses,
    };
    let counted = promise_after(turn, pauses, context.reference)?;
    let (new, due_certainty) = if counted.due_at >= turn.due_at {
        (counted.due_at, counted.certainty)
    } else {
        let day = calendar.on_or_after(turn.due_at.date())?;
        let stands = day == turn.due_at.date();
        let hours = context.reference.hours(turn.office.as_str());
        let end = hours.on(day).end_of_day(day);
        let new = if stands { turn.due_at } else { end };
        (new, calendar.certainty_of(day)?)
    };
    if (new, due_certainty) == (turn.due_at, turn.due_certainty) {
        return Err(Rejection::AlreadyRecorded);
    }
    let moved = DueDateRecomputed {
        old: turn.due_at,
        new,
        cause,
        due_certainty,
        notice: Some(notice.to_owned()),
    };
    let circumstances = Circumstances {
        cause: Some(position),
        ..Circumstances::default()
    };
    let event = DossierEvent::DueDateRecomputed(moved);
    Ok(vec![one(event, circumstances, context)])
}

fn running(dossier: &Dossier) -> Result<&Turn, Rejection> {
    let turn = dossier.turn().filter(|turn| turn.ending.is_none());
    turn.ok_or(Rejection::WrongState {
        state: dossier.phase,
    })
}

/// A notice by its number, or the paper that a year was declared from.
fn cause_of(notice: &str, reference: &Reference) -> Result<DueDateCause, Rejection> {
    let mut notices = reference.notices.iter().rev();
    if let Some(known) = notices.find(|known| known.number == notice) {
        return Ok(match known.change {
            NoticeChange::Days { .. } | NoticeChange::Hours { .. } => DueDateCause::Notice,
            NoticeChange::Outage { .. } => DueDateCause::Outage,
        });
    }
    let declared = reference.calendar.years().any(|year| year.notice == notice);
    if declared {
        Ok(DueDateCause::Notice)
    } else {
        Err(Rejection::InvalidRecord(format!("no notice {notice}")))
    }
}
