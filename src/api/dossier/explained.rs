//! Why a dossier's promised date is what it is, told from its facts.

use uuid::Uuid;

use crate::api::Api;
use crate::api::error::Result;
use crate::api::words::Label;
use crate::domain::deadline::{Account, Explanation, Move, MoveCause, Wait, explain};
use crate::domain::dossier::{Dossier, DossierEvent, DueDateCause, Turn};
use crate::domain::event::Event;
use crate::domain::reference::Reference;
use crate::domain::time::Moment;
use crate::journal::Until;
use crate::projections::history::{self, Change};

/// The sentences on the promise in force; `None` where nothing is promised. Nothing personal is in them.
pub async fn explained(api: &Api, dossier: Uuid, until: Until) -> Result<Option<Label>> {
    let changes = history::changes(&api.journal, dossier).await?;
    let known = |change: &&Change| match until {
        Until::End => true,
        Until::Size(size) => change.entry.position < size,
        Until::Moment(moment) => change.fact.recorded_at <= moment,
    };
    let changes: Vec<&Change> = changes.iter().filter(known).collect();
    let Some(newest) = changes.last() else {
        return Ok(None);
    };
    let told = tell(&newest.after, &changes, &api.models.reference());
    Ok(told.map(|told| (told.vi.as_str(), told.en.as_str()).into()))
}

/// The same of facts that are at hand: all of the dossier's, up to the state told of.
#[must_use]
pub fn tell(dossier: &Dossier, changes: &[&Change], reference: &Reference) -> Option<Explanation> {
    let turn = dossier.turn()?;
    let policy = turn.pinned_policy(reference)?;
    let hours = reference.hours(turn.office.as_str());
    let account = Account {
        limit: turn.limit,
        supplement_clock: turn.supplement_clock,
        received_at: turn.received_at,
        due_at: turn.due_at,
        certainty: turn.due_certainty,
        waits: &waits(dossier, turn, reference),
        moves: &moves(changes),
        calendar: &reference.calendar,
        hours: &hours,
        policy,
    };
    Some(explain(&account))
}

fn waits(dossier: &Dossier, turn: &Turn, reference: &Reference) -> Vec<Wait> {
    let supplements = turn.pauses.iter().map(|pause| Wait::Supplement {
        from: pause.from,
        to: Some(pause.to),
    });
    // What stops a linked dossier is told on the leg, or on the one beside it.
    let linked = !dossier.legs.is_empty() || dossier.awaits_correction_of.is_some();
    let between = linked || dossier.leg_of.is_some();
    let stopped = turn.stoppages.iter().map(|pause| {
        let (from, to) = (pause.from, Some(pause.to));
        if between {
            Wait::Linked { from, to }
        } else {
            Wait::Payment { from, to }
        }
    });
    let open = turn.paused_since.map(|from| {
        let to = None;
        if linked {
            Wait::Linked { from, to }
        } else if dossier.awaits_payment() {
            Wait::Payment { from, to }
        } else {
            Wait::Supplement { from, to }
        }
    });
    let while_it_ran = |from: Moment, to: Option<Moment>| {
        from <= turn.due_at
            && to.is_none_or(|to| to > turn.received_at)
            && turn.ending.is_none_or(|ending| from < ending.at)
    };
    let outages = turn.outages(reference);
    let outages = outages
        .filter(|outage| while_it_ran(outage.from, outage.to))
        .map(|outage| Wait::Outage {
            from: outage.from,
            to: outage.to,
            notice: outage.notice.clone(),
        });
    let closed = supplements.chain(stopped);
    closed.chain(open).chain(outages).collect()
}

/// The moves of the newest promise: those since the last acceptance.
fn moves(changes: &[&Change]) -> Vec<Move> {
    let mut moves = Vec::new();
    for change in changes {
        let Event::Dossier(event) = &change.fact.event else {
            continue;
        };
        if let DossierEvent::Accepted(_) = event {
            moves.clear();
        }
        let (old, new, cause) = if let DossierEvent::DueDateRecomputed(moved) = event {
            let cause = match moved.cause {
                DueDateCause::Supplement => MoveCause::Supplement,
                DueDateCause::Payment => MoveCause::Payment,
                DueDateCause::Correction => MoveCause::Correction,
                DueDateCause::Source => MoveCause::Source,
                DueDateCause::Notice => MoveCause::Notice(moved.notice.clone()),
                DueDateCause::Outage => MoveCause::Outage(moved.notice.clone()),
            };
            (moved.old, moved.new, cause)
        } else if let DossierEvent::ApologyIssued(apology) = event {
            if apology.moves_promise {
                (apology.old_due_at, apology.new_due_at, MoveCause::Apology)
            } else {
                let stands = apology.old_due_at;
                (stands, stands, MoveCause::UnlawfulApology)
            }
        } else {
            continue;
        };
        moves.push(Move {
            at: change.fact.at(),
            old,
            new,
            cause,
        });
    }
    moves
}
