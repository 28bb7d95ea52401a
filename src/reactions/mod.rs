//! WHAT FOLLOWS: what the program does by itself because of what is on record or because an hour has passed.
//!
//! Whatever a reaction decides is an ordinary command with an id derived from its cause, so that any number of nodes may
//! decide it and it is recorded once. What there is to do is read from the read models; nothing else is remembered.

mod desk;
pub mod documents;
pub mod erasing;
mod notices;
pub mod portal;
pub mod tidying;
mod transfers;
mod watch;
pub mod webhooks;
pub mod work;

use std::time::Duration;

use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use self::desk::Desk;
use self::notices::Notices;
use self::transfers::Transfers;
use self::watch::Watch;
use crate::acts::Counter;
use crate::acts::erasing::Unfinished;
use crate::domain::time::Moment;
use crate::journal::JournalError;
use crate::projections::{ProjectionError, ReadModels, agenda};
use crate::vault::VaultError;

/// How long to sleep at most before the office's clock is looked at again: clocks are set, nodes are frozen.
const NAP_MAX: Duration = Duration::from_secs(30);
/// How long facts may come in before what they bring is looked at; one pass then takes them together.
const GATHER: Duration = Duration::from_millis(100);

/// Reacts until `stop`: after every change of the read models, and at the hour. What fails is logged and tried again.
pub async fn run(counter: Counter, models: ReadModels, stop: CancellationToken) {
    let mut progress = models.watch();
    let mut reactions = Reactions::new(counter, models);
    loop {
        progress.mark_unchanged();
        // A pass that is cut off is begun again by the next start: what it had done stands, what it had not is still to do.
        let nap = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            nap = async { reactions.pass().await; reactions.nap().await } => nap,
        };
        tokio::select! {
            () = stop.cancelled() => return,
            changed = progress.changed() => match changed {
                Ok(()) => sleep(GATHER).await,
                // Nobody follows any more: nothing new will be seen.
                Err(_) => return stop.cancelled().await,
            },
            () = sleep(nap) => {}
        }
    }
}

/// Why a reaction waits: what it needs does not answer, or cannot be read. It is tried again.
#[derive(Debug, thiserror::Error)]
pub enum Interrupted {
    /// The node takes no command any more, and why: nothing is done by itself either.
    #[error("the node has halted: {0}")]
    Halted(&'static str),
    #[error(transparent)]
    Unfinished(#[from] Unfinished),
    #[error(transparent)]
    Work(#[from] work::WorkError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Read(#[from] ProjectionError),
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// Every reaction of one node.
pub struct Reactions {
    desk: Desk,
    notices: Notices,
    transfers: Transfers,
    watch: Watch,
}

impl Reactions {
    #[must_use]
    pub fn new(counter: Counter, models: ReadModels) -> Self {
        Self {
            desk: Desk::new(counter, models),
            notices: Notices::default(),
            transfers: Transfers::default(),
            watch: Watch::default(),
        }
    }

    /// Does all there is to do now; how many facts' worth of commands were taken. Promises are moved before misses are
    /// recorded: a notice may say that a day did not count; and what an office had that has ended is somebody else's by then.
    pub async fn pass(&mut self) -> usize {
        let mut taken = 0;
        match self.notices.pass(&self.desk).await {
            Ok(moved) => taken += moved,
            Err(error) => {
                tracing::warn!(%error, "promises are not counted anew yet");
                return taken;
            }
        }
        match self.transfers.pass(&self.desk).await {
            Ok(moved) => taken += moved,
            Err(error) => tracing::warn!(%error, "what closed offices had is not moved yet"),
        }
        match self.watch.pass(&self.desk).await {
            Ok(missed) => taken += missed,
            Err(error) => tracing::warn!(%error, "the deadline watch cannot look"),
        }
        taken
    }

    /// Until the next hour at which something is to be recorded, or until the clock is looked at again.
    async fn nap(&self) -> Duration {
        let now = self.desk.now();
        let next = timeout(NAP_MAX, agenda::next_hour(&self.desk.models, now)).await;
        match next {
            Ok(Ok(Some(hour))) => until(now, hour).min(NAP_MAX),
            Ok(Ok(None) | Err(_)) | Err(_) => NAP_MAX,
        }
    }
}

/// The moment after `hour`, when it is no more too early.
fn until(now: Moment, hour: Moment) -> Duration {
    let ahead = hour.0.saturating_sub(now.0).saturating_add(1_000);
    Duration::from_micros(u64::try_from(ahead).unwrap_or(0))
}
