//! Rules about clocks that begin anew: withdrawn and filed again, withdrawn near the promise, passed to another office.

use std::collections::BTreeMap;

use super::sightings::{Sighting, Sightings};
use super::{Finding, months, share, working_days};
use crate::domain::calendar::Calendar;
use crate::domain::detector::Rule;
use crate::domain::dossier::LinkKind;
use crate::projections::trace::Seen;

/// The same pseudonym, the same procedure, soon after a withdrawal that was granted; or said by an officer to continue
/// a dossier that was withdrawn.
pub(super) fn refiled(
    rule: &'static Rule,
    seen: &Sightings,
    calendar: &Calendar,
    working_days_max: u16,
) -> Vec<Finding> {
    let said = seen.links.iter().filter_map(|link| {
        let Seen::Link {
            other,
            kind: LinkKind::Continuation,
        } = &link.seen
        else {
            return None;
        };
        let before = seen
            .withdrawals
            .iter()
            .find(|withdrawn| withdrawn.dossier == Some(*other))?;
        let days = working_days(calendar, before.at, link.lodged_at.unwrap_or(link.at));
        Some(link.finding(rule, days, &[before]))
    });
    let found = seen.filings.iter().filter_map(|filing| {
        let before = seen.withdrawals.iter().rev().find(|withdrawn| {
            withdrawn.position < filing.position
                && withdrawn.applicant == filing.applicant
                && withdrawn.procedure == filing.procedure
        })?;
        let days = working_days(calendar, before.at, filing.at);
        (days <= u64::from(working_days_max)).then(|| filing.finding(rule, days, &[before]))
    });
    found.chain(said).collect()
}

/// Passed on after its clock had started. The amount is how often; the facts are all its transfers in the window.
pub(super) fn transferred(
    rule: &'static Rule,
    transfers: &[Sighting],
    transfers_min: u32,
) -> Vec<Finding> {
    let restarted = transfers.iter().filter(|one| one.accepted_at.is_some());
    often(rule, by_dossier(restarted), transfers_min)
}

/// Passed on to an office that had passed it on before, in the window. The amount is how often.
pub(super) fn passed_back(rule: &'static Rule, transfers: &[Sighting]) -> Vec<Finding> {
    let found = by_dossier(transfers).into_values().filter_map(|all| {
        let returns = (1..all.len()).filter(|at| {
            let Seen::Redirect { to, .. } = &all[*at].seen else {
                return false;
            };
            all[..*at].iter().any(|one| passed_from(one) == Some(to))
        });
        let times = returns.count() as u64;
        let (last, earlier) = all.split_last()?;
        (times > 0).then(|| last.finding(rule, times, earlier))
    });
    found.collect()
}

fn passed_from(transfer: &Sighting) -> Option<&String> {
    if let Seen::Redirect { from, .. } = &transfer.seen {
        Some(from)
    } else {
        None
    }
}

/// One leg's result sent back for correction again and again: while it lies with the other agency the clock of who sends back
/// stands.
pub(super) fn sent_back(rule: &'static Rule, facts: &[Sighting], times_min: u32) -> Vec<Finding> {
    let mut legs: BTreeMap<_, Vec<&Sighting>> = BTreeMap::new();
    for fact in facts {
        if let Seen::SentBack { leg } = &fact.seen {
            legs.entry(leg).or_default().push(fact);
        }
    }
    often(rule, legs, times_min)
}

/// One applicant's dossiers of one procedure, filed online at one office on one day. Who comes to a counter has no pseudonym
/// that two dossiers share, so papers are not seen here.
pub(super) fn split(rule: &'static Rule, filed: &[&Sighting], in_a_day_min: u32) -> Vec<Finding> {
    let mut days: BTreeMap<_, Vec<&Sighting>> = BTreeMap::new();
    for one in filed {
        if let Some(applicant) = &one.applicant {
            let key = (&one.office, one.at.date(), &one.procedure, applicant);
            days.entry(key).or_default().push(one);
        }
    }
    often(rule, days, in_a_day_min)
}

/// The facts of each dossier, in order.
fn by_dossier<'a>(
    facts: impl IntoIterator<Item = &'a Sighting>,
) -> BTreeMap<u64, Vec<&'a Sighting>> {
    let mut dossiers: BTreeMap<u64, Vec<&Sighting>> = BTreeMap::new();
    for fact in facts {
        if let Some(number) = fact.number {
            dossiers.entry(number).or_default().push(fact);
        }
    }
    dossiers
}

/// Groups of so many facts, or more; the amount is how many.
fn often<K>(
    rule: &'static Rule,
    groups: BTreeMap<K, Vec<&Sighting>>,
    times_min: u32,
) -> Vec<Finding> {
    let found = groups.into_values().filter_map(|all| {
        let (last, earlier) = all.split_last()?;
        let times = all.len() as u64;
        (times >= u64::from(times_min)).then(|| last.finding(rule, times, earlier))
    });
    found.collect()
}

/// Office by office and month by month, how many withdrawals of accepted dossiers were asked for near the promise.
pub(super) fn near_due(
    rule: &'static Rule,
    asked: &[Sighting],
    calendar: &Calendar,
    (working_days_max, percent_min, withdrawals_min): (u16, u8, u32),
) -> Vec<Finding> {
    let is_near = |one: &&&Sighting| {
        let left = one.due_at.map(|due| working_days(calendar, one.at, due));
        left.is_some_and(|left| left <= u64::from(working_days_max))
    };
    let accepted = asked.iter().filter(|one| one.due_at.is_some());
    let found = months(accepted).into_values().filter_map(|all| {
        let near: Vec<&Sighting> = all.iter().filter(is_near).copied().collect();
        share(rule, &near, &all, (percent_min, withdrawals_min))
    });
    found.collect()
}

/// Said to be one request with another dossier.
pub(super) fn filed_twice(rule: &'static Rule, links: &[Sighting]) -> Vec<Finding> {
    let found = links.iter().filter(|one| is_link(one, LinkKind::Duplicate));
    found.map(|one| one.finding(rule, 1, &[])).collect()
}

fn is_link(fact: &Sighting, wanted: LinkKind) -> bool {
    if let Seen::Link { kind, .. } = &fact.seen {
        *kind == wanted
    } else {
        false
    }
}
