//! What an auditor should look at: the rules of `domain::detector` asked of what `audit` keeps for them, never stored.
//!
//! A finding is no verdict. It names the rule and its version, the office, the days, a figure, and the facts it rests
//! on, so that whoever reads it can read them too. Every office is counted; callers show what may be shown.

mod decisions;
mod exchanges;
mod numbers;
mod promises;
mod sightings;
#[cfg(test)]
mod tests;
mod voices;
mod withdrawals;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use self::sightings::{Sighting, Sightings};
use super::worklist::Page;
use super::{ReadModels, Result};
use crate::domain::calendar::{Calendar, OfficeHours};
use crate::domain::detector::{Measure, Rule, rules};
use crate::domain::reference::Reference;
use crate::domain::time::Moment;

/// The days in Hanoi whose facts are looked at; both count. Rates are of the whole months that they touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    pub from: Date,
    pub to: Date,
}

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub rule: &'static Rule,
    /// Code of the office that had the dossier, or whose register it is.
    pub office: String,
    /// The first and the last day it speaks of.
    pub from: Date,
    pub to: Date,
    /// In the unit of the rule's measure.
    pub amount: u64,
    /// Numerator and denominator, where it is a rate.
    pub rate: Option<(u64, u64)>,
    /// Positions of the facts it rests on, oldest first; never empty.
    pub positions: Vec<u64>,
    /// Codes of the dossiers it is about, in the order of the facts.
    pub codes: Vec<String>,
}

/// The place of a finding in the list: its newest fact, then its rule's place in the file and its office.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub position: u64,
    pub rule: usize,
    pub office: String,
}

/// Which findings; every part that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Code of a rule.
    pub rule: Option<String>,
    pub office: Option<String>,
}

impl Finding {
    fn place(&self) -> Place {
        let same = |rule: &Rule| std::ptr::eq(rule, self.rule);
        Place {
            position: self.positions.last().copied().unwrap_or_default(),
            rule: rules().iter().position(same).unwrap_or(usize::MAX),
            office: self.office.clone(),
        }
    }
}

/// The findings of one window at one size of the journal, in order.
#[derive(Debug, Default)]
pub struct Cache {
    size: u64,
    window: Option<Window>,
    findings: Arc<Vec<(Place, Finding)>>,
}

/// Up to `first` findings after a place, the oldest first. Asked again at the same size, nothing is computed anew.
pub async fn search(
    models: &ReadModels,
    window: Window,
    filter: &Filter,
    after: Option<&Place>,
    first: u32,
) -> Result<Page<Finding, Place>> {
    let all = of_window(models, window).await?;
    let begin = after.map_or(0, |after| all.partition_point(|(place, _)| place <= after));
    let wanted = |(_, finding): &&(Place, Finding)| {
        let of_rule = filter.rule.as_ref();
        let of_office = filter.office.as_ref();
        of_rule.is_none_or(|code| *code == finding.rule.code)
            && of_office.is_none_or(|code| *code == finding.office)
    };
    let rows = all[begin..].iter().filter(wanted);
    let rows: Vec<_> = rows.take(first as usize + 1).cloned().collect();
    Ok(Page::cut(rows, first))
}

/// How many findings each rule that found something has in a window, in the order of the file.
pub async fn counts(
    models: &ReadModels,
    window: Window,
    office: Option<&str>,
) -> Result<Vec<(&'static Rule, usize)>> {
    let all = of_window(models, window).await?;
    let of = |rule: &'static Rule| {
        let wanted = |(_, found): &&(Place, Finding)| {
            std::ptr::eq(found.rule, rule) && office.is_none_or(|code| code == found.office)
        };
        (rule, all.iter().filter(wanted).count())
    };
    let counted = rules().iter().map(of).filter(|(_, count)| *count > 0);
    Ok(counted.collect())
}

async fn of_window(models: &ReadModels, window: Window) -> Result<Arc<Vec<(Place, Finding)>>> {
    let size = models.size();
    {
        let known = models.found();
        if known.size == size && known.window == Some(window) {
            return Ok(Arc::clone(&known.findings));
        }
    }
    let reference = models.reference();
    let sightings = Sightings::load(models, window).await?;
    let mut findings = Vec::new();
    for rule in rules() {
        findings.extend(ask(rule, &sightings, window, &reference));
    }
    let mut placed: Vec<_> = findings
        .into_iter()
        .map(|finding| (finding.place(), finding))
        .collect();
    placed.sort_by(|(left, _), (right, _)| left.cmp(right));
    let findings = Arc::new(placed);
    *models.found() = Cache {
        size,
        window: Some(window),
        findings: Arc::clone(&findings),
    };
    Ok(findings)
}

/// One rule asked of what was seen. Pure.
fn ask(
    rule: &'static Rule,
    seen: &Sightings,
    window: Window,
    reference: &Reference,
) -> Vec<Finding> {
    let calendar = &reference.calendar;
    match rule.measure {
        Measure::ClaimedBeforeRecorded { minutes_min } => {
            decisions::claimed_before(rule, &seen.decisions_in(window), minutes_min)
        }
        Measure::MonthEndBurst {
            last_working_days,
            percent_min,
            decisions_min,
        } => decisions::month_ends(
            rule,
            &seen.decisions,
            calendar,
            (last_working_days, percent_min, decisions_min),
        ),
        Measure::OutOfHours { minutes_min } => {
            decisions::out_of_hours(rule, &seen.decisions_in(window), reference, minutes_min)
        }
        Measure::OnePersonTakesInAndDecides {} => {
            decisions::one_person(rule, &seen.decisions_in(window))
        }
        Measure::LateWithoutApology {} => {
            decisions::without_apology(rule, &seen.decisions_in(window), calendar)
        }
        Measure::MissedWithoutApology {} => promises::missed(rule, seen, calendar),
        Measure::RatedAtOffice {
            percent_min,
            ratings_min,
        } => voices::rated_at_office(rule, &seen.ratings, percent_min, ratings_min),
        Measure::AssistedFiling {
            percent_min,
            filings_min,
        } => voices::assisted(rule, &seen.online, percent_min, filings_min),
        Measure::SyncUnanswered {} => exchanges::unanswered(rule, &seen.exchanges),
        Measure::SyncSlow { minutes_max } => exchanges::slow(rule, &seen.exchanges, minutes_max),
        Measure::PaidWithoutReceipt { working_days_max } => {
            exchanges::without_receipt(rule, seen, (calendar, window.to), working_days_max)
        }
        Measure::UnsignedHandOver { working_days_max } => {
            exchanges::unsigned(rule, seen, (calendar, window.to), working_days_max)
        }
        Measure::FiledTwice {} => withdrawals::filed_twice(rule, &seen.links),
        Measure::PromiseMovedAfterExpiry {} => promises::moved(rule, &seen.promises, calendar),
        Measure::SuspendedWithoutDocument {} => promises::without_document(rule, &seen.suspensions),
        Measure::SuspendedBeforeExpiry { working_days_max } => {
            promises::before_expiry(rule, &seen.suspensions, calendar, working_days_max)
        }
        Measure::RepeatedSupplement { number_min } => {
            promises::repeated(rule, &seen.suspensions, number_min)
        }
        Measure::EnteredLate { working_days_min } => {
            numbers::entered_late(rule, &seen.acceptances, calendar, working_days_min)
        }
        Measure::AcceptedLate { working_hours_max } => {
            numbers::accepted_late(rule, &seen.acceptances, reference, working_hours_max)
        }
        Measure::ReplacedAfterDelivery {} => {
            decisions::replaced_after_delivery(rule, &seen.replacements)
        }
        Measure::ForwardedLate {
            after,
            next_day_until,
        } => numbers::forwarded_late(rule, &seen.forwards, calendar, (after, next_day_until)),
        Measure::MissingNumbers {} => numbers::missing(rule, &seen.numbers),
        Measure::VoidedNumbers { in_a_day_min } => {
            numbers::voided(rule, &seen.numbers, in_a_day_min)
        }
        Measure::ClockRestartedByTransfer { transfers_min } => {
            withdrawals::transferred(rule, &seen.transfers, transfers_min)
        }
        Measure::PassedBack {} => withdrawals::passed_back(rule, &seen.transfers),
        Measure::SentBackRepeatedly { times_min } => {
            withdrawals::sent_back(rule, &seen.sent_back, times_min)
        }
        Measure::SplitDossiers { in_a_day_min } => {
            let filed: Vec<&Sighting> = seen
                .online
                .iter()
                .filter(|one| window.holds(one.at))
                .collect();
            withdrawals::split(rule, &filed, in_a_day_min)
        }
        Measure::RefiledAfterWithdrawal { working_days_max } => {
            withdrawals::refiled(rule, seen, calendar, working_days_max)
        }
        Measure::WithdrawnNearDue {
            working_days_max,
            percent_min,
            withdrawals_min,
        } => withdrawals::near_due(
            rule,
            &seen.withdrawals_asked,
            calendar,
            (working_days_max, percent_min, withdrawals_min),
        ),
    }
}

/// Working days after one moment up to another, none below zero; of days without a calendar, none.
fn working_days(calendar: &Calendar, from: Moment, to: Moment) -> u64 {
    let days = calendar.working_days_between(from.date(), to.date());
    days.ok()
        .and_then(|days| u64::try_from(days).ok())
        .unwrap_or(0)
}

/// The hours of an office, the usual ones when it declared none.
fn hours(reference: &Reference, office: &str) -> OfficeHours {
    let known = reference.offices.get(office);
    known.map_or_else(OfficeHours::default, |office| office.office_hours())
}

/// Working days after one moment up to a day, none below zero.
fn days_until(calendar: &Calendar, from: Moment, to: Date) -> u64 {
    let days = calendar.working_days_between(from.date(), to);
    days.ok()
        .and_then(|days| u64::try_from(days).ok())
        .unwrap_or(0)
}

/// The facts of every office's month.
fn months<'a>(
    facts: impl Iterator<Item = &'a Sighting>,
) -> BTreeMap<(&'a str, Date), Vec<&'a Sighting>> {
    let mut months = BTreeMap::<_, Vec<_>>::new();
    for fact in facts {
        let month = fact.at.date().first_of_month();
        let of_month = months.entry((fact.office.as_str(), month)).or_default();
        of_month.push(fact);
    }
    months
}

/// A share of an office's month: what part of `all` is so, when that is enough of enough.
fn share(
    rule: &'static Rule,
    part: &[&Sighting],
    all: &[&Sighting],
    (percent_min, all_min): (u8, u32),
) -> Option<Finding> {
    let (few, many) = (part.len() as u64, all.len() as u64);
    let (last, earlier) = part.split_last()?;
    let is_one = many >= u64::from(all_min) && is_share(few, many, percent_min);
    let month = last.at.date().first_of_month();
    is_one.then(|| Finding {
        from: month,
        to: month.last_of_month(),
        rate: Some((few, many)),
        ..last.finding(rule, few, earlier)
    })
}

/// Whether `part` of `whole` is at least so many in a hundred.
fn is_share(part: u64, whole: u64, percent_min: u8) -> bool {
    part * 100 >= whole * u64::from(percent_min)
}
