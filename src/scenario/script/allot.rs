//! Which procedure each dossier of a load is for, and what it is to come to.

use super::Outcome;
use super::arrivals::{Arrivals, OUTCOMES};
use crate::scenario::dice::Dice;
use crate::scenario::plan::{Counts, Load};

/// One (procedure, outcome) per dossier, in an order that tells nothing of the outcome.
///
/// Weights are shares of the whole load: what the rarer outcomes take of a procedure is missing from its share
/// in the others, as far as the procedures allow it.
pub fn allot(
    load: &Load,
    scale: u32,
    arrivals: &Arrivals,
    dice: &mut Dice,
) -> Result<Vec<(usize, Outcome)>, String> {
    let total = load.counts.received() * u64::from(scale);
    let mut left = quotas(&arrivals.shares, total);
    let mut allotted = Vec::with_capacity(usize::try_from(total).unwrap_or_default());
    for outcome in OUTCOMES {
        for _ in 0..u64::from(count(&load.counts, outcome)) * u64::from(scale) {
            let index = draw(arrivals, &left, outcome, dice)
                .ok_or_else(|| format!("no procedure can be {outcome:?} within the load"))?;
            left[index] = left[index].saturating_sub(1);
            allotted.push((arrivals.shares[index].0, outcome));
        }
    }
    dice.shuffle(&mut allotted);
    Ok(allotted)
}

fn count(counts: &Counts, outcome: Outcome) -> u32 {
    match outcome {
        Outcome::Early => counts.early,
        Outcome::OnTime => counts.on_time,
        Outcome::Late => counts.late,
        Outcome::Open => counts.open,
        Outcome::Closed => counts.closed,
    }
}

/// A procedure that allows the outcome: by what is left of its share, else by the share itself.
fn draw(arrivals: &Arrivals, left: &[u64], outcome: Outcome, dice: &mut Dice) -> Option<usize> {
    let weigh = |weight: u64, procedure: usize| {
        let allowed = weight > 0 && arrivals.allow(procedure, outcome);
        if allowed { weight } else { 0 }
    };
    let shares = arrivals.shares.iter();
    let by_left = shares.clone().zip(left);
    let by_left =
        by_left.map(|((procedure, share), left)| weigh(*left * share.min(&1), *procedure));
    let by_share = shares.map(|(procedure, share)| weigh(*share, *procedure));
    dice.weighted(by_left).or_else(|| dice.weighted(by_share))
}

/// Whole numbers in proportion to the weights that sum to `total`.
fn quotas(shares: &[(usize, u64)], total: u64) -> Vec<u64> {
    let sum: u64 = shares.iter().map(|(_, weight)| weight).sum();
    let (mut weights, mut given) = (0, 0);
    let quota = |(_, weight): &(usize, u64)| {
        weights += weight;
        let until_here = (total * weights).checked_div(sum).unwrap_or(0);
        let quota = until_here - given;
        given = until_here;
        quota
    };
    shares.iter().map(quota).collect()
}

#[cfg(test)]
mod tests {
    use super::quotas;

    #[test]
    fn quotas_follow_the_weights_and_sum_to_the_total() {
        assert_eq!(quotas(&[(0, 1), (1, 2), (2, 3)], 60), [10, 20, 30]);
        assert_eq!(
            quotas(&[(0, 1), (1, 1), (2, 1)], 10).iter().sum::<u64>(),
            10
        );
        assert_eq!(quotas(&[(0, 0)], 10), [0]);
    }
}
