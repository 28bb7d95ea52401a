//! Rules about two halves of one act: told and acknowledged, paid and receipted, handed over and signed for.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::sightings::{Sighting, Sightings};
use super::{Finding, days_until, working_days};
use crate::domain::calendar::Calendar;
use crate::domain::detector::Rule;
use crate::domain::dossier::SyncOutcome;
use crate::domain::time::Moment;
use crate::projections::trace::Seen;

const MINUTE: i64 = 60 * Moment::SECOND;

/// The exchanges of one dossier with one system, oldest first.
type Talks<'a> = BTreeMap<(u64, &'a str), Vec<(&'a Sighting, SyncOutcome)>>;

fn talks(exchanges: &[Sighting]) -> Talks<'_> {
    let mut talks = Talks::new();
    for one in exchanges {
        if let (
            Seen::Sync {
                system, outcome, ..
            },
            Some(number),
        ) = (&one.seen, one.number)
        {
            let talk = talks.entry((number, system)).or_default();
            talk.push((one, *outcome));
        }
    }
    talks
}

/// The last word of a talk is no acknowledgement. The amount is how often it failed since the last one.
pub(super) fn unanswered(rule: &'static Rule, exchanges: &[Sighting]) -> Vec<Finding> {
    let found = talks(exchanges).into_values().filter_map(|talk| {
        let is_answer =
            |(_, outcome): &(&Sighting, SyncOutcome)| *outcome == SyncOutcome::Acknowledged;
        let since = talk.iter().rposition(is_answer).map_or(0, |at| at + 1);
        let open: Vec<&Sighting> = talk[since..].iter().map(|(one, _)| *one).collect();
        let failed = talk[since..]
            .iter()
            .filter(|(_, outcome)| *outcome == SyncOutcome::Failed);
        let failed = failed.count() as u64;
        let (last, earlier) = open.split_last()?;
        Some(last.finding(rule, failed, earlier))
    });
    found.collect()
}

/// Acknowledged, and so many minutes after the first time it was told; where the program tells by itself, after the act.
pub(super) fn slow(rule: &'static Rule, exchanges: &[Sighting], minutes_max: u32) -> Vec<Finding> {
    let mut found = Vec::new();
    for talk in talks(exchanges).into_values() {
        let mut told: Option<&Sighting> = None;
        for (one, outcome) in talk {
            match outcome {
                SyncOutcome::Requested => told = told.or(Some(one)),
                SyncOutcome::Failed => {}
                SyncOutcome::Acknowledged => {
                    let first = told.take();
                    let since = one.told_of.or(first.map(|first| first.at));
                    let minutes = since.map_or(0, |since| (one.at.0 - since.0) / MINUTE);
                    let minutes = u64::try_from(minutes).unwrap_or(0);
                    if minutes > u64::from(minutes_max) {
                        let earlier: Vec<&Sighting> = first.into_iter().collect();
                        found.push(one.finding(rule, minutes, &earlier));
                    }
                }
            }
        }
    }
    found
}

/// Paid, and until the end of the window or a receipt more than so many working days went by.
pub(super) fn without_receipt(
    rule: &'static Rule,
    seen: &Sightings,
    (calendar, until): (&Calendar, Date),
    working_days_max: u16,
) -> Vec<Finding> {
    let found = seen.payments.iter().filter_map(|paid| {
        let receipt = seen.receipts.iter().find(|one| {
            one.number == paid.number && one.seen == paid.seen && one.position > paid.position
        });
        let days = receipt.map_or_else(
            || days_until(calendar, paid.at, until),
            |receipt| working_days(calendar, paid.at, receipt.at),
        );
        (days > u64::from(working_days_max)).then(|| paid.finding(rule, days, &[]))
    });
    found.collect()
}

/// Handed over, and neither signed for nor taken back in so many working days.
pub(super) fn unsigned(
    rule: &'static Rule,
    seen: &Sightings,
    (calendar, until): (&Calendar, Date),
    working_days_max: u16,
) -> Vec<Finding> {
    let given = seen
        .hand_overs
        .iter()
        .filter(|one| one.kind == "dossier.handed_over" && one.at.date() <= until);
    let found = given.filter_map(|given| {
        let answer = seen
            .hand_overs
            .iter()
            .find(|one| one.number == given.number && one.position > given.position);
        let days = answer.map_or_else(
            || days_until(calendar, given.at, until),
            |answer| working_days(calendar, given.at, answer.at),
        );
        (days > u64::from(working_days_max)).then(|| given.finding(rule, days, &[]))
    });
    found.collect()
}
