//! Following the journal: woken in process, by LISTEN between processes, and by a slow poll underneath.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::{PgListener, PgPoolOptions};
use tokio::{sync::watch, time::sleep};

use super::{Entry, Hash, Head, Journal, Result};
use crate::databases::Servers;

/// PostgreSQL's channel: "there is a new head", with nothing in it.
const CHANNEL: &str = "motcua_head";
const POLL_FIRST: Duration = Duration::from_millis(250);
const POLL_IDLE: Duration = Duration::from_secs(1);
const LISTEN_AGAIN_MAX: Duration = Duration::from_secs(30);

/// How many entries are remembered, and how many bytes of them.
const RECENT_MAX: usize = 4_096;
const RECENT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What this process wrote last: those who follow need not read it back.
#[derive(Default)]
pub struct Recent(Mutex<Written>);

/// Entries without a gap, oldest first.
#[derive(Default)]
struct Written {
    entries: VecDeque<Entry>,
    bytes: usize,
}

impl Recent {
    /// Takes note of entries that are in the journal now, which ended at this head before. One that is not the newest that is
    /// remembered says that others wrote, or that the journal was set back.
    pub(super) fn add(&self, before: Head, entries: &[Entry]) {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = written.entries.back().map(Head::of);
        if newest.is_some_and(|newest| newest != before) {
            *written = Written::default();
        }
        for entry in entries {
            written.bytes += entry.body.len();
            written.entries.push_back(entry.clone());
        }
        while written.entries.len() > RECENT_MAX || written.bytes > RECENT_BYTES_MAX {
            let oldest = written.entries.pop_front();
            written.bytes -= oldest.map_or(0, |oldest| oldest.body.len());
        }
    }

    /// Whether both are remembered. One of them is not enough: what others wrote after the journal was set back has its positions too.
    fn wrote_behind(&self, before: Hash, entry: &Entry) -> bool {
        let Some(position) = entry.position.checked_sub(1) else {
            return false;
        };
        let both = self.from(position, 2);
        let both: Vec<Hash> = both.iter().map(|entry| entry.leaf_hash).collect();
        both == [before, entry.leaf_hash]
    }

    /// Up to `max` entries from a position on; none when the first of them is not remembered.
    fn from(&self, position: u64, max: u32) -> Vec<Entry> {
        let written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = written.entries.front().map(|oldest| oldest.position);
        let passed = oldest.and_then(|oldest| position.checked_sub(oldest));
        let Some(Ok(passed)) = passed.map(usize::try_from) else {
            return Vec::new();
        };
        let rest = written.entries.iter().skip(passed);
        rest.take(max as usize).cloned().collect()
    }
}

impl Journal {
    /// Whether this process wrote this entry itself, and right behind the one with that leaf hash, as far as it remembers.
    #[must_use]
    pub fn wrote_behind(&self, before: Hash, entry: &Entry) -> bool {
        self.shared.recent.wrote_behind(before, entry)
    }
}

/// A reader that waits for what comes next. Every entry is given once, in order.
pub struct Follower {
    journal: Journal,
    woken: watch::Receiver<()>,
    from: u64,
}

impl Follower {
    pub(super) fn new(journal: Journal, woken: watch::Receiver<()>, from: u64) -> Self {
        Self {
            journal,
            woken,
            from,
        }
    }

    /// The position that the next entry will have.
    pub fn position(&self) -> u64 {
        self.from
    }

    /// Waits until there is at least one entry, then gives up to `max`: from memory what this process wrote last, else from the store.
    /// May be dropped while it waits; nothing is lost.
    pub async fn next(&mut self, max: u32) -> Result<Vec<Entry>> {
        let mut pause = POLL_FIRST;
        loop {
            // Seen before reading: a wake-up during the read must not be lost.
            self.woken.mark_unchanged();
            let mut entries = self.journal.shared.recent.from(self.from, max);
            if entries.is_empty() {
                entries = self.journal.read(self.from, max).await?;
            }
            if let Some(last) = entries.last() {
                self.from = last.position + 1;
                return Ok(entries);
            }
            tokio::select! {
                _ = self.woken.changed() => pause = POLL_FIRST,
                () = sleep(pause) => pause = POLL_IDLE.min(pause * 2),
            }
        }
    }
}

/// Turns notifications into wake-ups until it is aborted. A notification is only a hint: whatever goes wrong here costs
/// latency, because the poll goes on.
pub async fn listen(servers: Servers, wake: watch::Sender<()>) {
    let mut pause = POLL_IDLE;
    loop {
        match listener(&servers).await {
            Ok(mut listener) => {
                pause = POLL_IDLE;
                loop {
                    // Also on `None`, a lost connection that will be opened again: what was missed meanwhile is read now.
                    wake.send_replace(());
                    if let Err(error) = listener.try_recv().await {
                        tracing::warn!(%error, "listening for new entries failed; polling");
                        break;
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "cannot listen for new entries; polling"),
        }
        sleep(pause).await;
        pause = LISTEN_AGAIN_MAX.min(pause * 2);
    }
}

async fn listener(servers: &Servers) -> sqlx::Result<PgListener> {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .max_lifetime(None)
        .idle_timeout(None)
        .connect_with(servers.named("motcua listener").now().await?)
        .await?;
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Moment;

    fn entries(positions: std::ops::Range<u64>, bytes: usize) -> Vec<Entry> {
        let entry = |position| Entry {
            position,
            stream: uuid::Uuid::nil(),
            version: 1,
            recorded_at: Moment(0),
            body: vec![b'x'; bytes].into(),
            leaf_hash: [0; 32],
        };
        positions.map(entry).collect()
    }

    const NOTHING: [u64; 0] = [];

    fn head(size: u64, leaf_hash: Hash) -> Head {
        Head {
            size,
            recorded_at: (size > 0).then_some(Moment(0)),
            leaf_hash: (size > 0).then_some(leaf_hash),
        }
    }

    fn add(recent: &Recent, entries: &[Entry]) {
        recent.add(head(entries[0].position, [0; 32]), entries);
    }

    #[test]
    fn what_was_written_on_another_past_is_not_put_behind_what_is_remembered() {
        let recent = Recent::default();
        add(&recent, &entries(5..8, 10));
        recent.add(head(8, [1; 32]), &entries(8..9, 10));
        assert_eq!(found(&recent, 7, 10), NOTHING);
        assert_eq!(found(&recent, 8, 10), [8]);
    }

    #[test]
    fn an_entry_is_behind_another_only_if_both_were_written_here() {
        let recent = Recent::default();
        add(&recent, &entries(5..8, 10));
        let last_two = entries(7..9, 10);
        assert!(recent.wrote_behind([0; 32], &last_two[0]));
        assert!(
            !recent.wrote_behind([1; 32], &last_two[0]),
            "another before"
        );
        assert!(
            !recent.wrote_behind([0; 32], &last_two[1]),
            "others wrote 8"
        );
        assert!(
            !recent.wrote_behind([0; 32], &entries(5..6, 10)[0]),
            "4 is not remembered"
        );
        assert!(!recent.wrote_behind([0; 32], &entries(0..1, 10)[0]));
    }

    fn found(recent: &Recent, from: u64, max: u32) -> Vec<u64> {
        let found = recent.from(from, max);
        found.iter().map(|entry| entry.position).collect()
    }

    #[test]
    fn what_was_written_last_is_given_without_a_gap() {
        let recent = Recent::default();
        assert_eq!(found(&recent, 0, 10), NOTHING);
        add(&recent, &entries(5..8, 10));
        add(&recent, &entries(8..9, 10));
        assert_eq!(found(&recent, 4, 10), NOTHING);
        assert_eq!(found(&recent, 5, 10), [5, 6, 7, 8]);
        assert_eq!(found(&recent, 6, 2), [6, 7]);
        assert_eq!(found(&recent, 9, 10), NOTHING);
        // Somebody else wrote 9 and 10; or the journal was set back.
        add(&recent, &entries(11..12, 10));
        assert_eq!(found(&recent, 8, 10), NOTHING);
        assert_eq!(found(&recent, 11, 10), [11]);
        add(&recent, &entries(3..4, 10));
        assert_eq!(found(&recent, 3, 10), [3]);
        assert_eq!(found(&recent, 11, 10), NOTHING);
    }

    #[test]
    fn no_more_is_remembered_than_fits() {
        let recent = Recent::default();
        add(&recent, &entries(0..10_000, 1));
        assert_eq!(found(&recent, 0, 1), NOTHING);
        assert_eq!(found(&recent, 10_000 - 4_096, 1).len(), 1);
        add(&recent, &entries(10_000..10_003, RECENT_BYTES_MAX / 2));
        assert_eq!(found(&recent, 10_001, 10), [10_001, 10_002]);
        assert_eq!(found(&recent, 10_000, 10), NOTHING);
        add(&recent, &entries(10_003..10_004, RECENT_BYTES_MAX + 1));
        assert_eq!(found(&recent, 10_003, 10), NOTHING);
    }
}
