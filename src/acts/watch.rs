//! How the writer does, for those who watch over a node: what became of commands, and whether they can be written.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::pace::Pace;
use super::{Receipt, Refusal};

/// A batch takes longer only when the store does not confirm it.
const BUSY_MAX: Duration = Duration::from_secs(5);
/// How long one failure is held against a node to which nothing is sent any more.
const FAILED_FOR: Duration = Duration::from_secs(30);

/// What became of commands, with how many it was so far.
pub const OUTCOMES: [&str; 5] = [
    "recorded",
    "repeated",
    "refused",
    "unavailable",
    "overloaded",
];

/// Shared by the writer and its [`super::Counter`].
#[derive(Default)]
pub(super) struct Watch {
    counts: [AtomicU64; OUTCOMES.len()],
    /// Since when the batch is written that is written now.
    busy: Mutex<Option<Instant>>,
    pace: Mutex<Pace>,
    /// Commands of the batch that is gathered while another one is written.
    at_hand: AtomicUsize,
    /// When the store did not take a command last; none since it took one.
    failed: Mutex<Option<Instant>>,
}

impl Watch {
    /// A batch begins, if it has not begun already.
    pub fn begins(&self) {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        busy.get_or_insert_with(Instant::now);
    }

    /// So many commands are gathered for the next batch.
    pub fn is_at_hand(&self, commands: usize) {
        self.at_hand.store(commands, Ordering::Relaxed);
    }

    pub fn at_hand(&self) -> usize {
        self.at_hand.load(Ordering::Relaxed)
    }

    /// A batch of so many commands is written, or given up.
    pub fn ends(&self, commands: usize) {
        self.pace().took(commands, self.busy_for());
        set(&self.busy, None);
    }

    /// How many commands the next batch takes.
    pub fn most(&self) -> usize {
        self.pace().most()
    }

    /// Whether whoever comes now, after so many who wait, would not be answered in time.
    pub fn is_late(&self, waiting: usize) -> bool {
        self.pace().is_late(waiting, self.busy_for())
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn note(&self, answer: &Result<Receipt, Refusal>) {
        let outcome = match answer {
            Ok(receipt) => usize::from(receipt.repeated),
            Err(Refusal::Overloaded | Refusal::Stopping) => 4,
            Err(Refusal::Unavailable | Refusal::ClocksApart(_) | Refusal::Fault) => 3,
            Err(
                Refusal::Rejected(_)
                | Refusal::TooLarge(_)
                | Refusal::Halted(_)
                | Refusal::NotYetEnabled { .. }
                | Refusal::ReadOnlyNode,
            ) => 2,
        };
        self.counts[outcome].fetch_add(1, Ordering::Relaxed);
        match outcome {
            0 | 1 => set(&self.failed, None),
            3 => set(&self.failed, Some(Instant::now())),
            _ => {} // foreign: numbers
        }
    }

    pub fn counts(&self) -> [u64; OUTCOMES.len()] {
        self.counts
            .each_ref()
            .map(|count| count.load(Ordering::Relaxed))
    }

    /// Since when the store has not confirmed what is being written.
    pub fn busy_for(&self) -> Duration {
        get(&self.busy).map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// Whether commands can be written now, as far as anybody knows.
    pub fn is_well(&self) -> bool {
        let failed = get(&self.failed).is_some_and(|at| at.elapsed() < FAILED_FOR);
        !failed && self.busy_for() < BUSY_MAX
    }
}

fn set(place: &Mutex<Option<Instant>>, at: Option<Instant>) {
    *place.lock().unwrap_or_else(PoisonError::into_inner) = at;
}

fn get(place: &Mutex<Option<Instant>>) -> Option<Instant> {
    *place.lock().unwrap_or_else(PoisonError::into_inner)
}
