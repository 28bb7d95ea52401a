//! How fast the store takes commands: how large the next batch is, and whether whoever comes now would be answered in time.

use std::time::Duration;

/// Commands in one batch.
const BATCH_MAX: usize = 500;
/// However slow the store is.
const BATCH_MIN: usize = 8;
/// A batch that took longer is followed by a smaller one, another by a larger one.
const BATCH_LONG: Duration = Duration::from_secs(2);
/// A batch that took as long was given up, or nearly.
const BATCH_LOST: Duration = Duration::from_secs(6);
/// Whoever would wait longer is told to come again, at once. The doors wait for ten seconds.
const WAIT_MAX: Duration = Duration::from_secs(5);
/// What a command is taken to need before full batches were seen.
const EACH: Duration = Duration::from_millis(2);

pub struct Pace {
    /// Commands in the next batch.
    most: usize,
    /// What a full batch took before it was made smaller.
    larger: Option<Duration>,
    /// What the last batch took.
    last: Duration,
    /// What each command of a full batch took.
    each: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            most: BATCH_MAX,
            larger: None,
            last: Duration::ZERO,
            each: EACH,
        }
    }
}

impl Pace {
    /// How many commands the next batch takes.
    pub fn most(&self) -> usize {
        self.most
    }

    /// A batch was answered. A full one says how fast the store is; of a smaller one most may be the way there and back.
    pub fn took(&mut self, commands: usize, took: Duration) {
        let Some(each) = u32::try_from(commands)
            .ok()
            .and_then(|commands| took.checked_div(commands))
        else {
            return;
        };
        // One that was given up says nothing of the next one.
        self.last = took.min(BATCH_LONG);
        let is_full = commands >= self.most;
        self.each = if is_full {
            (self.each + each) / 2
        } else {
            self.each.min(each)
        };
        if took < BATCH_LONG {
            (self.most, self.larger) = ((self.most * 2).min(BATCH_MAX), None);
        } else if took >= BATCH_LOST {
            (self.most, self.larger) = ((self.most / 2).max(BATCH_MIN), None);
        } else if is_full && self.larger.is_some_and(|larger| took > larger * 3 / 4) {
            // No quicker than a larger one: the way is long, and small batches would only make it longer.
            (self.most, self.larger) = (BATCH_MAX, None);
        } else if is_full {
            (self.most, self.larger) = ((self.most / 2).max(BATCH_MIN), Some(took));
        }
    }

    /// Whether whoever comes now would wait too long: for the rest of the batch that is written since `busy`, for those that must go
    /// before, and for the own one.
    pub fn is_late(&self, waiting: usize, busy: Duration) -> bool {
        let each = |commands: usize| {
            let commands = u32::try_from(commands).unwrap_or(u32::MAX);
            self.each.saturating_mul(commands)
        };
        let in_own = waiting % self.most;
        let own = each(in_own + 1).max(self.last).max(busy);
        self.last.saturating_sub(busy) + each(waiting - in_own) + own > WAIT_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    /// A store that needs `way` for each batch and `each` for each command, with always enough to do.
    fn settled(way: u64, each: u64) -> Pace {
        let mut pace = Pace::default();
        for _ in 0..40 {
            let commands = pace.most();
            pace.took(commands, ms(way + each * commands as u64));
        }
        pace
    }

    #[test]
    fn a_store_that_is_far_away_gets_full_batches() {
        for way in [1, 300, 900, 1_800] {
            assert_eq!(settled(way, 0).most(), BATCH_MAX, "{way} ms");
        }
        // Further than a batch should take: halves are tried again and again, and never less.
        for way in [2_500, 5_000] {
            assert!(settled(way, 0).most() >= BATCH_MAX / 2, "{way} ms");
        }
    }

    #[test]
    fn a_store_that_needs_long_for_each_command_gets_small_batches() {
        let pace = settled(10, 40);
        assert!((25..=100).contains(&pace.most()), "{}", pace.most());
        assert!(pace.is_late(150, Duration::ZERO));
    }

    #[test]
    fn after_a_time_in_which_nothing_was_taken_batches_are_full_again_at_once() {
        let mut pace = Pace::default();
        for _ in 0..20 {
            pace.took(pace.most(), ms(14_000));
        }
        assert_eq!(pace.most(), BATCH_MIN);
        assert!(pace.is_late(1, Duration::ZERO));
        // One client alone.
        for _ in 0..6 {
            pace.took(1, ms(900));
        }
        assert_eq!(pace.most(), BATCH_MAX);
        assert!(!pace.is_late(3, ms(100)));
    }

    #[test]
    fn whoever_would_wait_too_long_is_late_and_nobody_else() {
        let mut pace = Pace::default();
        assert!(!pace.is_late(2_000, Duration::ZERO), "nothing is known yet");
        assert!(pace.is_late(3_000, Duration::ZERO));
        for _ in 0..10 {
            pace.took(BATCH_MAX, ms(1_000));
        }
        assert!(!pace.is_late(1_400, Duration::ZERO));
        assert!(pace.is_late(2_100, Duration::ZERO));
        assert!(pace.is_late(1, ms(5_500)), "the store hangs");
    }
}
