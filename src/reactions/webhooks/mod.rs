//! Receivers are told of what happens: each fact once it can be queried, in order, until it is accepted.
//!
//! One row of work per subscriber, so that any number of nodes send and each message is one node's; a message that was
//! accepted may be sent once more after a crash, under the same id. Mail, SMS and Zalo hang on this door: their
//! gateways are receivers, and ask for the person with a key of their own.

mod event;
mod sender;
mod signature;

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use self::event::Message;
pub use self::sender::ANSWER_MAX;
use self::sender::Sender;
pub use self::signature::secret;
use super::Interrupted;
use super::work::Work;
use crate::journal::Journal;
use crate::outside::Guarded;
use crate::projections::ReadModels;
use crate::vault::Keys;

/// What rows of work are called before the subscriber's name.
pub const KIND: &str = "webhook";

/// The row of a subscriber.
#[must_use]
pub fn row(subscriber: &str) -> String {
    format!("{KIND}:{subscriber}")
}

/// Subscribers that one node sends to at one time.
const AT_ONCE: usize = 16;
/// Between two looks for new subscribers and rows of fallen nodes.
const LOOK: Duration = Duration::from_secs(1);
/// How long facts may come in before they are sent; one claim then takes them together.
const GATHER: Duration = Duration::from_millis(20);
/// Between two looks whether a row is further than the journal.
const REVIEW: Duration = Duration::from_mins(1);
/// For rows that are given back when the node ends.
const FAREWELL: Duration = Duration::from_secs(5);
/// After the database did not answer.
const PAUSE: Duration = Duration::from_secs(5);

/// One node's part in telling receivers.
pub struct Webhooks {
    work: Work,
    sender: Arc<Sender>,
    owner: String,
    models: ReadModels,
}

impl Webhooks {
    /// `node` names this process among those that share the work: random.
    #[must_use]
    pub fn new(
        work: Work,
        (journal_id, journal): (Uuid, Journal),
        models: ReadModels,
        keys: Arc<Keys>,
        outside: Guarded,
        node: Uuid,
    ) -> Self {
        let sender = Sender {
            work: work.clone(),
            journal_id,
            journal,
            models: models.clone(),
            keys,
            outside,
        };
        Self {
            work,
            sender: Arc::new(sender),
            owner: node.to_string(),
            models,
        }
    }

    /// Sends until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let mut sending = JoinSet::new();
        let mut progress = self.models.watch();
        let mut reviewed: Option<Instant> = None;
        loop {
            progress.mark_unchanged();
            if reviewed.is_none_or(|at| at.elapsed() > REVIEW) {
                self.review().await;
                reviewed = Some(Instant::now());
            }
            let handed_out = tokio::select! {
                () = stop.cancelled() => break,
                handed_out = self.hand_out(&mut sending, &stop) => handed_out,
            };
            let nap = handed_out.unwrap_or_else(|error| {
                tracing::warn!(%error, "webhooks wait");
                PAUSE
            });
            tokio::select! {
                () = stop.cancelled() => break,
                changed = progress.changed() => {
                    // Nobody follows any more: nothing new will be seen.
                    if changed.is_err() {
                        stop.cancelled().await;
                        break;
                    }
                    sleep(GATHER).await;
                }
                Some(ended) = sending.join_next() => {
                    if let Err(error) = ended {
                        tracing::error!(%error, "a webhook's task fell");
                    }
                }
                () = sleep(nap) => {}
            }
        }
        // Each gives its row back before it ends.
        let farewell = async { while sending.join_next().await.is_some() {} };
        if timeout(FAREWELL, farewell).await.is_err() {
            tracing::warn!("rows of webhooks are left to run out");
        }
    }

    /// After a restored backup or a failover the journal may be shorter than what was told: goes on with what comes now.
    async fn review(&self) {
        let reviewed = async {
            let head = self.sender.journal.head().await?.size;
            let back = self.work.set_back(KIND, head).await?;
            for name in back {
                tracing::error!(%name, head, "the journal is shorter than what was told; going on at its head");
            }
            Ok::<(), Interrupted>(())
        };
        if let Err(error) = reviewed.await {
            tracing::warn!(%error, "rows of webhooks are not reviewed");
        }
    }

    /// Starts on every row that is due; how long until the next one is.
    async fn hand_out(
        &self,
        sending: &mut JoinSet<()>,
        stop: &CancellationToken,
    ) -> Result<Duration, super::work::WorkError> {
        let head = self.models.size();
        while sending.len() < AT_ONCE {
            let Some(claim) = self.work.claim(KIND, head, &self.owner).await? else {
                let due = self.work.next_due(KIND, head).await?;
                return Ok(due.unwrap_or(LOOK).clamp(GATHER, LOOK));
            };
            let (sender, stop) = (Arc::clone(&self.sender), stop.clone());
            sending.spawn(async move { sender.work_off(claim, stop).await });
        }
        Ok(LOOK)
    }
}
