//! Invented chance: the same seed throws the same numbers on every machine.

/// splitmix64 (Steele, Lea, Flood 2014): small, quick, and good enough to invent people's errands.
#[derive(Debug, Clone)]
pub struct Dice(u64);

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Dice {
    /// Dice of their own for each thing that is decided: `path` names it.
    pub fn new(seed: &str, path: &[u64]) -> Self {
        let mut dice = Self(0);
        for byte in seed.bytes() {
            dice.mix(u64::from(byte));
        }
        for part in path {
            dice.mix(part.wrapping_add(256));
        }
        dice
    }

    fn mix(&mut self, value: u64) {
        self.0 ^= value;
        self.0 = self.next();
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, but without, `end`; 0 when there is none.
    pub fn below(&mut self, end: u64) -> u64 {
        let wide = u128::from(self.next()) * u128::from(end);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number between two ends that both count; the first when they are reversed.
    pub fn between(&mut self, first: i64, last: i64) -> i64 {
        let count = last.saturating_sub(first).saturating_add(1);
        let offset = self.below(u64::try_from(count).unwrap_or(0));
        first.saturating_add(i64::try_from(offset).unwrap_or(0))
    }

    pub fn percent(&mut self, share: u8) -> bool {
        self.below(100) < u64::from(share)
    }

    /// An index drawn by weight; none when all weights are zero.
    pub fn weighted(&mut self, weights: impl Iterator<Item = u64> + Clone) -> Option<usize> {
        let sum: u64 = weights.clone().sum();
        let mut left = self.below(sum);
        for (index, weight) in weights.enumerate() {
            if left < weight {
                return Some(index);
            }
            left -= weight;
        }
        None
    }

    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            let chosen = self.below(last as u64 + 1);
            things.swap(last, usize::try_from(chosen).unwrap_or(last));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn the_same_seed_throws_the_same_numbers_and_another_does_not() {
        let throw = |seed: &str, path: &[u64]| Dice::new(seed, path).next();
        assert_eq!(throw("7", &[1, 2]), throw("7", &[1, 2]));
        assert_ne!(throw("7", &[1, 2]), throw("8", &[1, 2]));
        assert_ne!(throw("7", &[1, 2]), throw("7", &[2, 1]));
    }

    #[test]
    fn a_weight_of_zero_is_never_drawn() {
        let mut dice = Dice::new("1", &[]);
        let drawn = (0..500).map(|_| dice.weighted([3, 0, 1].into_iter()));
        let counts = drawn.fold([0; 3], |mut counts, index| {
            counts[index.expect("one is drawn")] += 1;
            counts
        });
        assert_eq!(counts[1], 0);
        assert!(counts[0] > counts[2] && counts[2] > 0, "{counts:?}");
        assert_eq!(dice.weighted([0, 0].into_iter()), None);
    }

    #[test]
    fn both_ends_are_thrown() {
        let mut dice = Dice::new("1", &[]);
        let thrown: std::collections::BTreeSet<i64> =
            (0..200).map(|_| dice.between(-1, 1)).collect();
        assert_eq!(thrown.into_iter().collect::<Vec<_>>(), [-1, 0, 1]);
    }
}
