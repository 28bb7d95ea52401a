//! Rules about promises and the clock: moved after expiry, stopped without a text, stopped just before, asked again.

use super::sightings::{Sighting, Sightings};
use super::{Finding, working_days};
use crate::domain::calendar::Calendar;
use crate::domain::detector::Rule;
use crate::projections::trace::Seen;

/// An apology against the rules, or any move of a promise whose day had passed. The amount is how many working days had.
pub(super) fn moved(
    rule: &'static Rule,
    promises: &[Sighting],
    calendar: &Calendar,
) -> Vec<Finding> {
    let found = promises.iter().filter_map(|promise| {
        let Seen::Promise { old, .. } = &promise.seen else {
            return None;
        };
        let expired = promise.at.date() > old.date();
        let is_one = expired || promise.is_breach;
        is_one.then(|| promise.finding(rule, working_days(calendar, *old, promise.at), &[]))
    });
    found.collect()
}

/// The promised moment passed and nobody has apologised, before or since. The amount is for how many working days.
pub(super) fn missed(rule: &'static Rule, seen: &Sightings, calendar: &Calendar) -> Vec<Finding> {
    let apologised = |miss: &Sighting| {
        miss.apologies > 0 || seen.apologies.iter().any(|one| one.number == miss.number)
    };
    let found = seen.misses.iter().filter(|miss| !apologised(miss));
    let told = found.map(|miss| {
        let due = miss.due_at.unwrap_or(miss.at);
        miss.finding(rule, working_days(calendar, due, miss.at), &[])
    });
    told.collect()
}

/// Asked for at appraisal, where the clock ran, or to be paid before it goes on.
fn stops_the_clock(suspension: &Sighting) -> bool {
    match suspension.seen {
        Seen::Supplement { at_appraisal, .. } => at_appraisal,
        Seen::Obligation { pauses } => pauses,
        Seen::Plain
        | Seen::Filed { .. }
        | Seen::Money { .. }
        | Seen::Redirect { .. }
        | Seen::Promise { .. }
        | Seen::Number { .. }
        | Seen::Block { .. }
        | Seen::Link { .. }
        | Seen::Rating { .. }
        | Seen::SentBack { .. }
        | Seen::Sync { .. } => false,
    }
}

/// Neither a text with it nor a list of papers: the applicant cannot know what is wanted.
pub(super) fn without_document(rule: &'static Rule, suspensions: &[Sighting]) -> Vec<Finding> {
    let bare = |one: &&Sighting| stops_the_clock(one) && !one.documented;
    let found = suspensions.iter().filter(bare);
    found.map(|one| one.finding(rule, 1, &[])).collect()
}

/// So few working days before the promise, or after it. The amount is how many were left.
pub(super) fn before_expiry(
    rule: &'static Rule,
    suspensions: &[Sighting],
    calendar: &Calendar,
    working_days_max: u16,
) -> Vec<Finding> {
    let found = suspensions
        .iter()
        .filter(|one| stops_the_clock(one))
        .filter_map(|one| {
            let left = working_days(calendar, one.at, one.due_at?);
            (left <= u64::from(working_days_max)).then(|| one.finding(rule, left, &[]))
        });
    found.collect()
}

/// The second request of a dossier and every later one. The amount is which one it is.
pub(super) fn repeated(
    rule: &'static Rule,
    suspensions: &[Sighting],
    number_min: u32,
) -> Vec<Finding> {
    let found = suspensions.iter().filter_map(|one| {
        let Seen::Supplement { number, .. } = &one.seen else {
            return None;
        };
        (*number >= number_min).then(|| one.finding(rule, u64::from(*number), &[]))
    });
    found.collect()
}
