//! Rules about decisions: claimed early, crowded at the end of a month, at night, by one person, late without apology.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::sightings::Sighting;
use super::{Finding, hours, months, share, working_days};
use crate::domain::actor::Actor;
use crate::domain::calendar::Calendar;
use crate::domain::detector::Rule;
use crate::domain::reference::Reference;
use crate::domain::time::Moment;

const MINUTE: i64 = 60 * Moment::SECOND;
/// What a decision on a day off is out of hours by: the whole day.
const DAY_OFF_MINUTES: u64 = 24 * 60;

/// Recorded so many minutes after the hour that is claimed for it.
pub(super) fn claimed_before(
    rule: &'static Rule,
    decisions: &[&Sighting],
    minutes_min: u32,
) -> Vec<Finding> {
    let found = decisions.iter().filter_map(|decision| {
        let minutes = (decision.at.0 - decision.claimed_at?.0) / MINUTE;
        let minutes = u64::try_from(minutes).ok()?;
        (minutes >= u64::from(minutes_min)).then(|| decision.finding(rule, minutes, &[]))
    });
    found.collect()
}

/// Outside office hours, or on a day without any. What the program does by itself is no officer's doing.
pub(super) fn out_of_hours(
    rule: &'static Rule,
    decisions: &[&Sighting],
    reference: &Reference,
    minutes_min: u32,
) -> Vec<Finding> {
    let program = Actor::system().id;
    let found = decisions.iter().filter_map(|decision| {
        let minutes = minutes_outside(decision, reference)?;
        let is_one = decision.actor != program && minutes >= u64::from(minutes_min);
        is_one.then(|| decision.finding(rule, minutes, &[]))
    });
    found.collect()
}

/// Minutes before the day's opening or after its closing; the break in between is nobody's business.
fn minutes_outside(decision: &Sighting, reference: &Reference) -> Option<u64> {
    let day = decision.at.date();
    if !reference.calendar.is_working(day).ok()? {
        return Some(DAY_OFF_MINUTES);
    }
    let hours = hours(reference, &decision.office);
    let opens = hours.instants(day).map(|(opens, _)| opens.0).min()?;
    let closes = hours.instants(day).map(|(_, closes)| closes.0).max()?;
    let outside = (opens - decision.at.0).max(decision.at.0 - closes);
    u64::try_from(outside / MINUTE).ok()
}

/// Accepted and decided under one pseudonym.
pub(super) fn one_person(rule: &'static Rule, decisions: &[&Sighting]) -> Vec<Finding> {
    let found = decisions.iter().filter_map(|decision| {
        let (taken_in, actor) = decision.taken_in.as_ref()?;
        (*actor == decision.actor).then(|| {
            let mut finding = decision.finding(rule, 1, &[]);
            finding.positions.insert(0, *taken_in);
            finding
        })
    });
    found.collect()
}

/// Replaced or revoked when the applicant had it already.
pub(super) fn replaced_after_delivery(
    rule: &'static Rule,
    replacements: &[Sighting],
) -> Vec<Finding> {
    let in_hand = |one: &&Sighting| one.delivered_at.is_some_and(|given| given < one.at);
    let found = replacements.iter().filter(in_hand);
    found.map(|one| one.finding(rule, 1, &[])).collect()
}

/// After the promised day, nobody having apologised. Against the promise as it stood.
pub(super) fn without_apology(
    rule: &'static Rule,
    decisions: &[&Sighting],
    calendar: &Calendar,
) -> Vec<Finding> {
    let is_late = |one: &&&Sighting| one.due_at.is_some_and(|due| one.at.date() > due.date());
    let mut late: BTreeMap<&str, u64> = BTreeMap::new();
    for decision in decisions.iter().filter(is_late) {
        *late.entry(&decision.office).or_default() += 1;
    }
    let silent = |office: &str| {
        let of_office = |one: &&&Sighting| one.office == office && one.apologies == 0;
        decisions.iter().filter(is_late).filter(of_office).count() as u64
    };
    let rates: BTreeMap<&str, (u64, u64)> = late
        .iter()
        .map(|(office, late)| (*office, (silent(office), *late)))
        .collect();
    let found = decisions
        .iter()
        .filter(is_late)
        .filter(|one| one.apologies == 0);
    let told = found.map(|decision| {
        let due = decision.due_at.unwrap_or(decision.at);
        let days = working_days(calendar, due, decision.at);
        Finding {
            rate: rates.get(decision.office.as_str()).copied(),
            ..decision.finding(rule, days, &[])
        }
    });
    told.collect()
}

/// Office by office and month by month, how many of the decisions fall on its last working days.
pub(super) fn month_ends(
    rule: &'static Rule,
    decisions: &[Sighting],
    calendar: &Calendar,
    (last_working_days, percent_min, decisions_min): (u16, u8, u32),
) -> Vec<Finding> {
    let found = months(decisions.iter())
        .into_iter()
        .filter_map(|((_, month), all)| {
            let first = last_days_begin(calendar, month, last_working_days)?;
            let crowded = all.iter().filter(|one| one.at.date() >= first).copied();
            let crowded: Vec<&Sighting> = crowded.collect();
            share(rule, &crowded, &all, (percent_min, decisions_min))
        });
    found.collect()
}

/// The day on which the last so many working days of a month begin.
fn last_days_begin(calendar: &Calendar, month: Date, days: u16) -> Option<Date> {
    let mut day = month.last_of_month();
    let mut left = days;
    loop {
        left -= u16::from(calendar.is_working(day).ok()?);
        if left == 0 || day == month {
            return Some(day);
        }
        day = day.yesterday().ok()?;
    }
}
