//! Rules about the counter: numbers of a register without a fact, slips spoiled by the dozen, papers entered or forwarded late.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};

use super::sightings::Sighting;
use super::{Finding, hours, working_days};
use crate::domain::calendar::Calendar;
use crate::domain::code::DossierCode;
use crate::domain::detector::Rule;
use crate::domain::reference::Reference;
use crate::domain::time::Moment;
use crate::projections::trace::Seen;

/// The facts of one office's day.
#[derive(Default)]
struct Day<'a> {
    /// By the number they give or take out of use.
    given: BTreeMap<u32, &'a Sighting>,
    /// Reserved for a desk, by the first of their numbers: used later, voided later, or still in the block, each is accounted for.
    blocks: BTreeMap<u32, (u32, &'a Sighting)>,
}

impl Day<'_> {
    fn is_reserved(&self, sequence: u32) -> bool {
        let before = self.blocks.range(..=sequence).next_back();
        before.is_some_and(|(_, (last, _))| sequence <= *last)
    }
}

type Days<'a> = BTreeMap<(&'a str, Date), Day<'a>>;

/// By the day they were recorded on. What was recorded on another day than its number's came out of a block of that day.
fn days(numbers: &[Sighting]) -> Days<'_> {
    let mut days = Days::new();
    for number in numbers {
        let today = number.at.date();
        let place = (number.office.as_str(), today);
        match &number.seen {
            Seen::Number { sequence, code } => {
                let code: Option<DossierCode> = code.parse().ok();
                let of = code.and_then(|code| code.office_and_date());
                if of.is_none_or(|(_, of)| of == today) {
                    days.entry(place)
                        .or_default()
                        .given
                        .insert(*sequence, number);
                }
            }
            Seen::Block { first, last } => {
                days.entry(place)
                    .or_default()
                    .blocks
                    .insert(*first, (*last, number));
            }
            Seen::Plain
            | Seen::Filed { .. }
            | Seen::Supplement { .. }
            | Seen::Obligation { .. }
            | Seen::Money { .. }
            | Seen::Redirect { .. }
            | Seen::Promise { .. }
            | Seen::Link { .. }
            | Seen::Rating { .. }
            | Seen::SentBack { .. }
            | Seen::Sync { .. } => {}
        }
    }
    days
}

/// Numbers below the last one of a day that no fact gives away, voids or reserves. The facts are those on both sides.
pub(super) fn missing(rule: &'static Rule, numbers: &[Sighting]) -> Vec<Finding> {
    let mut found = Vec::new();
    for day in days(numbers).values() {
        let given = day.given.iter();
        let given = given.filter(|(sequence, _)| !day.is_reserved(**sequence));
        let mut spans: Vec<(u32, u32, &Sighting)> = given
            .map(|(sequence, fact)| (*sequence, *sequence, *fact))
            .collect();
        let blocks = day.blocks.iter();
        spans.extend(blocks.map(|(first, (last, fact))| (*first, *last, *fact)));
        spans.sort_by_key(|(first, ..)| *first);
        let mut before: Option<(u32, &Sighting)> = None;
        for (first, last, fact) in spans {
            let expected = before.map_or(1, |(last, _)| last + 1);
            if first > expected {
                let earlier: Vec<&Sighting> = before.iter().map(|(_, fact)| *fact).collect();
                found.push(fact.finding(rule, u64::from(first - expected), &earlier));
            }
            before = Some((last, fact));
        }
    }
    found
}

/// So many numbers of one day voided. Each of them has its reason in its fact. What is left of a block is no spoiled slip.
pub(super) fn voided(rule: &'static Rule, numbers: &[Sighting], in_a_day_min: u32) -> Vec<Finding> {
    let mut found = Vec::new();
    for day in days(numbers).values() {
        let spoiled = |(sequence, one): &(&u32, &&Sighting)| {
            one.kind == "register.code_voided" && !day.is_reserved(**sequence)
        };
        let voided = day.given.iter().filter(spoiled);
        let voided: Vec<&Sighting> = voided.map(|(_, one)| *one).collect();
        let count = voided.len() as u64;
        if let Some((last, earlier)) = voided.split_last()
            && count >= u64::from(in_a_day_min)
        {
            let given = day.given.len() as u64;
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
