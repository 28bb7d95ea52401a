//! Rules about the counter: numbers of a register without a fact, slips spoiled by the dozen, papers entered or forwarded late.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};

use super::sightings::Sighting;
use super::{Finding, hours, working_days};
use crate::domain::calendar::Calendar;
use crate::domain::detector::Rule;
use crate::domain::reference::Reference;
use crate::domain::time::Moment;
use crate::projections::trace::Seen;

/// The facts of one office's day, by their number.
type Days<'a> = BTreeMap<(&'a str, Date), BTreeMap<u32, &'a Sighting>>;

fn days(numbers: &[Sighting]) -> Days<'_> {
    let mut days = Days::new();
    for number in numbers {
        if let Seen::Number { sequence, .. } = &number.seen {
            let day = days.entry((&number.office, number.at.date())).or_default();
            day.insert(*sequence, number);
        }
    }
    days
}

/// Numbers below the last one of a day that no fact gives away or voids. The facts are those on both sides.
pub(super) fn missing(rule: &'static Rule, numbers: &[Sighting]) -> Vec<Finding> {
    let mut found = Vec::new();
    for day in days(numbers).values() {
        let mut before: Option<(u32, &Sighting)> = None;
        for (sequence, fact) in day {
            let expected = before.map_or(1, |(last, _)| last + 1);
            if *sequence > expected {
                let earlier: Vec<&Sighting> = before.iter().map(|(_, fact)| *fact).collect();
                found.push(fact.finding(rule, u64::from(sequence - expected), &earlier));
            }
            before = Some((*sequence, fact));
        }
    }
    found
}

/// So many numbers of one day voided. Each of them has its reason in its fact.
pub(super) fn voided(rule: &'static Rule, numbers: &[Sighting], in_a_day_min: u32) -> Vec<Finding> {
    let mut found = Vec::new();
    for day in days(numbers).values() {
        let voided = day
            .values()
            .filter(|one| one.kind == "register.code_voided");
        let voided: Vec<&Sighting> = voided.copied().collect();
        let count = voided.len() as u64;
        if let Some((last, earlier)) = voided.split_last()
            && count >= u64::from(in_a_day_min)
        {
            let given = day.len() as u64;
            found.push(Finding {
                rate: Some((count, given)),
                ..last.finding(rule, count, earlier)
            });
        }
    }
    found
}

/// The slip's hour lies days before the recording.
pub(super) fn entered_late(
    rule: &'static Rule,
    acceptances: &[Sighting],
    calendar: &Calendar,
    working_days_min: u16,
) -> Vec<Finding> {
    let found = acceptances.iter().filter_map(|one| {
        let days = working_days(calendar, one.received_at?, one.at);
        (days >= u64::from(working_days_min)).then(|| one.finding(rule, days, &[]))
    });
    found.collect()
}

/// Entered or submitted first, and accepted more than so many office hours later. The rate is of all such acceptances.
pub(super) fn accepted_late(
    rule: &'static Rule,
    acceptances: &[Sighting],
    reference: &Reference,
    working_hours_max: u32,
) -> Vec<Finding> {
    // Of several acceptances the first alone ends an intake; a redirection begins another.
    let mut waited: Vec<(&Sighting, u64)> = Vec::new();
    let mut rates: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for one in acceptances.iter().filter(|one| one.taken_in.is_none()) {
        let Some(lodged_at) = one.lodged_at.filter(|lodged_at| *lodged_at < one.at) else {
            continue;
        };
        let hours = office_hours(reference, &one.office, lodged_at, one.at);
        let rate = rates.entry(&one.office).or_default();
        rate.1 += 1;
        if hours > u64::from(working_hours_max) {
            rate.0 += 1;
            waited.push((one, hours));
        }
    }
    let found = waited.into_iter().map(|(one, hours)| Finding {
        rate: rates.get(one.office.as_str()).copied(),
        ..one.finding(rule, hours, &[])
    });
    found.collect()
}

/// Whole office hours between two moments; none where no calendar is declared.
fn office_hours(reference: &Reference, office: &str, from: Moment, to: Moment) -> u64 {
    let hours = hours(reference, office);
    let days = std::iter::successors(Some(from.date()), |day| day.tomorrow().ok());
    let days = days.take_while(|day| *day <= to.date());
    let worked = days
        .filter(|day| reference.calendar.is_working(*day).unwrap_or(false))
        .map(|day| hours.worked(day, from, to));
    u64::try_from(worked.sum::<i64>() / Moment::HOUR).unwrap_or(0)
}

/// Papers that stayed at the counter beyond the day of acceptance; those that came in the afternoon, beyond the next
/// working morning. What came online is with the handler at once.
pub(super) fn forwarded_late(
    rule: &'static Rule,
    forwards: &[Sighting],
    calendar: &Calendar,
    (after, next_day_until): (Time, Time),
) -> Vec<Finding> {
    let found = forwards.iter().filter_map(|one| {
        let accepted = one.accepted_at?;
        let (taken, passed) = (accepted.local(), one.at.local());
        let is_paper = one.channel.as_deref() != Some("online");
        let next = calendar.next_working_day(taken.date()).ok()?;
        let in_time = if taken.time() > after {
            passed.date() < next || (passed.date() == next && passed.time() <= next_day_until)
        } else {
            passed.date() == taken.date()
        };
        let days = working_days(calendar, accepted, one.at);
        (is_paper && !in_time).then(|| one.finding(rule, days, &[]))
    });
    found.collect()
}
