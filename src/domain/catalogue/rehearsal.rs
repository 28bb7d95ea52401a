//! What a new version would do to promises already made: counted, never recorded. A dossier keeps the version it pinned.

use super::Procedure;
use crate::domain::calendar::CalendarError;
use crate::domain::deadline;
use crate::domain::dossier::{Channel, Dossier, Turn};
use crate::domain::law::{Limit, SupplementClock};
use crate::domain::policy::Policy;
use crate::domain::reference::Reference;
use crate::domain::time::Moment;

/// A promise as it stands, and as the new version would have made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rehearsed {
    pub old: Moment,
    pub new: Moment,
}

/// Counts the running promise of a dossier anew with the limit and supplement clock of `version`: same receipt, pauses,
/// calendar, office hours and policy. A date promised later than the clock gives (an apology) stays unless the new
/// version is later still. `None` when no promise runs.
///
/// # Errors
/// [`CalendarError`] when the count leaves the declared years.
pub fn rehearse(
    dossier: &Dossier,
    version: &Procedure,
    reference: &Reference,
) -> Result<Option<Rehearsed>, CalendarError> {
    let running = dossier.turn().filter(|turn| turn.ending.is_none());
    let Some(turn) = running else {
        return Ok(None);
    };
    let Some(policy) = turn.pinned_policy(reference) else {
        return Ok(None);
    };
    let as_counted = count(turn, turn.limit, turn.supplement_clock, policy, reference)?;
    let clock = version.supplement_clock.unwrap_or(policy.supplement_clock);
    let (limit, _) = version.limit_for(dossier.channel.unwrap_or(Channel::Counter));
    let counted_anew = count(turn, limit, clock, policy, reference)?;
    let new = if as_counted == turn.due_at {
        counted_anew
    } else {
        counted_anew.max(turn.due_at)
    };
    Ok(Some(Rehearsed {
        old: turn.due_at,
        new,
    }))
}

fn count(
    turn: &Turn,
    limit: Limit,
    clock: SupplementClock,
    policy: &Policy,
    reference: &Reference,
) -> Result<Moment, CalendarError> {
    let place = reference.offices.get(turn.office.as_str());
    let hours = place.map_or_else(Default::default, |office| office.office_hours());
    let calendar = &reference.calendar;
    let promise = deadline::renewed(
        limit,
        clock,
        turn.received_at,
        &turn.pauses,
        &turn.stoppages,
        calendar,
        &hours,
        policy,
    );
    promise.map(|promise| promise.due_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::Calendar;
    use crate::domain::catalogue;
    use crate::domain::deadline::Pause;
    use crate::domain::dossier::{EndKind, Ending};
    use crate::domain::law::Certainty;
    use crate::domain::reference::ReferenceEvent;

    fn at(text: &str) -> Moment {
        let local = text.parse::<jiff::civil::DateTime>();
        Moment::from_local(local.expect("a day and an hour"))
    }

    fn reference() -> Reference {
        let mut reference = Reference::default();
        let calendars = Calendar::shipped().into_iter();
        calendars.for_each(|year| reference.evolve(&ReferenceEvent::CalendarDeclared(year)));
        let policies = Policy::shipped().into_iter();
        policies.for_each(|policy| reference.evolve(&ReferenceEvent::PolicyAdopted(policy)));
        reference
    }

    /// Received on Monday 2 November 2026 with three working days.
    fn accepted() -> Dossier {
        let turn = Turn {
            passed: Vec::new(),
            office: "H38.40".parse().expect("an office"),
            procedure_version: 1,
            policy: "one-stop-2025/1".into(),
            limit: Limit::WorkingDays(3),
            limit_certainty: Certainty::Stated,
            supplement_clock: SupplementClock::Pause,
            received_at: at("2026-11-02T09:00"),
            accepted_at: at("2026-11-02T09:00"),
            original_due_at: at("2026-11-05T17:00"),
            due_at: at("2026-11-05T17:00"),
            due_certainty: Certainty::Verified,
            pauses: Vec::new(),
            stoppages: Vec::new(),
            paused_since: None,
            process: None,
            missed: Vec::new(),
            ending: None,
            undated: false,
        };
        Dossier {
            turns: vec![turn],
            ..Dossier::default()
        }
    }

    fn with_limit(days: u16) -> Procedure {
        let shipped = catalogue::load(include_str!("../../../data/catalogue.json"));
        Procedure {
            limit: Limit::WorkingDays(days),
            ..shipped.expect("the shipped catalogue").remove(3)
        }
    }

    #[track_caller]
    fn moves(dossier: &Dossier, days: u16, to: &str) {
        let rehearsed = rehearse(dossier, &with_limit(days), &reference()).expect("counted");
        assert_eq!(rehearsed.expect("a promise runs").new, at(to));
    }

    #[test]
    fn a_shorter_limit_would_have_promised_less_and_a_longer_one_more() {
        moves(&accepted(), 2, "2026-11-04T17:00");
        moves(&accepted(), 3, "2026-11-05T17:00");
        moves(&accepted(), 5, "2026-11-09T17:00");
    }

    #[test]
    fn the_time_of_a_supplement_is_left_out_under_the_new_version_too() {
        let mut dossier = accepted();
        let turn = dossier.turns.last_mut().expect("a turn");
        turn.pauses.push(Pause {
            from: at("2026-11-03T09:00"),
            to: at("2026-11-10T09:00"),
        });
        turn.due_at = at("2026-11-12T17:00");
        moves(&dossier, 3, "2026-11-12T17:00");
        moves(&dossier, 4, "2026-11-13T17:00");
    }

    #[test]
    fn a_date_that_was_promised_later_is_never_brought_forward() {
        let mut dossier = accepted();
        dossier.turns.last_mut().expect("a turn").due_at = at("2026-11-20T17:00");
        moves(&dossier, 2, "2026-11-20T17:00");
        moves(&dossier, 15, "2026-11-23T17:00");
    }

    #[test]
    fn an_ended_clock_is_not_rehearsed() {
        let mut dossier = accepted();
        dossier.turns.last_mut().expect("a turn").ending = Some(Ending {
            at: at("2026-11-03T09:00"),
            kind: EndKind::Completed,
        });
        let rehearsed = rehearse(&dossier, &with_limit(1), &reference());
        assert_eq!(rehearsed.expect("counted"), None);
    }
}
