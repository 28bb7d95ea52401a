//! How reactions give their commands: a few hundred at a time, and each outcome told apart from the others.

use std::time::Duration;

use futures_util::future::join_all;
use uuid::Uuid;

use crate::acts::{Act, Counter, Refusal, Request};
use crate::domain::actor::Actor;
use crate::domain::dossier::{DossierCommand, Rejection};
use crate::domain::time::Moment;
use crate::projections::ReadModels;

/// Commands given at one time: one batch of the writer.
pub(super) const AT_ONCE: u32 = 500;
/// How long to wait until the read models show what was recorded; a repeat afterwards does no harm.
const SHOWN_MAX: Duration = Duration::from_secs(2);

/// What became of one command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// On record now.
    Taken,
    /// On record before, by this node or another; or there is nothing to record.
    Done,
    /// The rules say no: not yet, or not any more.
    Refused,
    /// Nobody knows: the store did not answer, or this node takes no commands.
    Unknown,
}

/// The counter and the read models of this node.
pub(super) struct Desk {
    counter: Counter,
    pub models: ReadModels,
}

impl Desk {
    pub fn new(counter: Counter, models: ReadModels) -> Self {
        Self { counter, models }
    }

    /// What the clock on the office's wall shows.
    pub fn now(&self) -> Moment {
        self.counter.clock()
    }

    /// Gives these commands as the program itself, in order; waits until this node shows what was taken.
    pub async fn give(&self, commands: Vec<(Uuid, Uuid, DossierCommand)>) -> Vec<Outcome> {
        let submitted = commands.into_iter().map(|(id, dossier, command)| {
            let act = Act::Dossier { dossier, command };
            self.counter.submit(Request::new(id, Actor::system(), act))
        });
        let mut size = 0;
        let mut outcomes = Vec::new();
        for answer in join_all(submitted).await {
            outcomes.push(match answer {
                Ok(receipt) => {
                    size = size.max(receipt.size());
                    if receipt.repeated {
                        Outcome::Done
                    } else {
                        Outcome::Taken
                    }
                }
                // The same id with another key's mark: another node has recorded it.
                Err(Refusal::Rejected(
                    Rejection::IdempotencyConflict | Rejection::AlreadyRecorded,
                )) => Outcome::Done,
                Err(Refusal::Rejected(rejection)) => {
                    tracing::debug!(code = rejection.code(), "a reaction was refused");
                    Outcome::Refused
                }
                Err(refusal) => {
                    tracing::debug!(code = refusal.code(), "a reaction was not taken");
                    Outcome::Unknown
                }
            });
        }
        if let Some(last) = size.checked_sub(1) {
            self.models.reach(last, SHOWN_MAX).await;
        }
        outcomes
    }
}
