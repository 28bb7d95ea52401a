//! Offices side by side by one indicator: equal shares share a place, and who has too little to tell has none.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::Query;
use super::measure::{Share, by_office};
use crate::domain::target::Indicator;
use crate::projections::{ReadModels, Result};

/// One office with its share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    /// From 1; offices with equal shares have the same, and the next ones are left out (1, 1, 3). None below the minimum.
    pub place: Option<u32>,
    pub office: String,
    pub share: Share,
}

/// The offices in scope, best first, then those below the minimum by code; none when the indicator is no office's own.
pub async fn ranking(
    models: &ReadModels,
    query: &Query,
    indicator: Indicator,
    denominator_min: u64,
) -> Result<Option<Vec<Ranked>>> {
    let shares = by_office(models, query, indicator).await?;
    Ok(shares.map(|shares| rank(shares, indicator.is_lower_better(), denominator_min)))
}

fn rank(
    shares: BTreeMap<String, Share>,
    is_lower_better: bool,
    denominator_min: u64,
) -> Vec<Ranked> {
    let (mut placed, unplaced): (Vec<_>, Vec<_>) = shares
        .into_iter()
        .partition(|(_, share)| share.denominator >= denominator_min.max(1));
    placed.sort_by(|(left_code, left), (right_code, right)| {
        let order = compare(left, right);
        let best_first = if is_lower_better {
            order
        } else {
            order.reverse()
        };
        best_first.then_with(|| left_code.cmp(right_code))
    });
    let mut ranked: Vec<Ranked> = Vec::with_capacity(placed.len() + unplaced.len());
    for ((office, share), number) in placed.into_iter().zip(1_u32..) {
        let tied = ranked
            .last()
            .filter(|before| compare(&before.share, &share) == Ordering::Equal);
        let place = tied.map_or(Some(number), |before| before.place);
        ranked.push(Ranked {
            place,
            office,
            share,
        });
    }
    ranked.extend(unplaced.into_iter().map(|(office, share)| Ranked {
        place: None,
        office,
        share,
    }));
    ranked
}

/// By the exact ratio; both have a denominator.
fn compare(left: &Share, right: &Share) -> Ordering {
    let left_first = u128::from(left.numerator) * u128::from(right.denominator);
    let right_first = u128::from(right.numerator) * u128::from(left.denominator);
    left_first.cmp(&right_first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(is_lower_better: bool, denominator_min: u64) -> Vec<(String, Option<u32>)> {
        let share = |numerator, denominator| Share {
            numerator,
            denominator,
            excluded: 0,
        };
        let shares = [
            ("a", share(1, 2)),
            ("b", share(3, 3)),
            ("c", share(50, 100)),
            ("d", share(1, 3)),
            ("e", share(0, 0)),
        ];
        let shares = shares.map(|(office, share)| (office.to_owned(), share));
        let ranked = rank(shares.into(), is_lower_better, denominator_min);
        let told = ranked.into_iter().map(|one| (one.office, one.place));
        told.collect()
    }

    #[test]
    fn equal_shares_share_a_place_and_nothing_of_nothing_has_none() {
        let expected = [
            ("b", Some(1)),
            ("a", Some(2)),
            ("c", Some(2)),
            ("d", Some(4)),
            ("e", None),
        ];
        assert_eq!(
            places(false, 0),
            expected.map(|(office, place)| (office.to_owned(), place))
        );
    }

    #[test]
    fn less_may_be_better_and_few_dossiers_tell_nothing() {
        let expected = [
            ("d", Some(1)),
            ("c", Some(2)),
            ("b", Some(3)),
            ("a", None),
            ("e", None),
        ];
        assert_eq!(
            places(true, 3),
            expected.map(|(office, place)| (office.to_owned(), place))
        );
    }
}
