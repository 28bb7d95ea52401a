//! Rules about who speaks for the citizen: ratings from the office's own devices, filings made with an officer's help.

use super::sightings::Sighting;
use super::{Finding, months, share};
use crate::domain::detector::Rule;
use crate::projections::trace::Seen;

/// Office by office and month by month, how many ratings came from devices of the office.
pub(super) fn rated_at_office(
    rule: &'static Rule,
    ratings: &[Sighting],
    percent_min: u8,
    ratings_min: u32,
) -> Vec<Finding> {
    let is_so = |one: &&&Sighting| one.seen == Seen::Rating { at_office: true };
    let found = months(ratings.iter()).into_values().filter_map(|all| {
        let part: Vec<&Sighting> = all.iter().filter(is_so).copied().collect();
        share(rule, &part, &all, (percent_min, ratings_min))
    });
    found.collect()
}

/// Office by office and month by month, how many online filings were made with help.
pub(super) fn assisted(
    rule: &'static Rule,
    online: &[Sighting],
    percent_min: u8,
    filings_min: u32,
) -> Vec<Finding> {
    let is_so = |one: &&&Sighting| one.seen == Seen::Filed { assisted: true };
    let found = months(online.iter()).into_values().filter_map(|all| {
        let part: Vec<&Sighting> = all.iter().filter(is_so).copied().collect();
        share(rule, &part, &all, (percent_min, filings_min))
    });
    found.collect()
}
