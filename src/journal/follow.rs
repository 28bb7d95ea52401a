//! Following the journal: woken in process, by LISTEN between processes, and by a slow poll underneath.

use std::time::Duration;

use sqlx::postgres::{PgListener, PgPoolOptions};
use tokio::{sync::watch, time::sleep};

use super::{Entry, Journal, Result};
use crate::databases::Servers;

/// PostgreSQL's channel: "there is a new head", with nothing in it.
const CHANNEL: &str = "motcua_head";
const POLL_FIRST: Duration = Duration::from_millis(250);
const POLL_IDLE: Duration = Duration::from_secs(1);
const LISTEN_AGAIN_MAX: Duration = Duration::from_secs(30);

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

    /// Waits until there is at least one entry, then gives up to `max`. May be dropped while it waits; nothing is lost.
    pub async fn next(&mut self, max: u32) -> Result<Vec<Entry>> {
        let mut pause = POLL_FIRST;
        loop {
            // Seen before reading: a wake-up during the read must not be lost.
            self.woken.mark_unchanged();
            let entries = self.journal.read(self.from, max).await?;
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
