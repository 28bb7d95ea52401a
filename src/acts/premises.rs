//! What a node must know of the office whose journal it holds, also without taking commands: its first fact, its clock.

use std::sync::Arc;

use super::clock::OfficeClock;
use super::{OpenError, opened, states};
use crate::domain::reference::Opened;
use crate::domain::time::Moment;
use crate::journal::Journal;

/// The journal's first fact, and the clock on the office's wall. Clones share both.
#[derive(Clone)]
pub struct Premises {
    opened: Arc<Opened>,
    clock: Arc<OfficeClock>,
}

impl Premises {
    /// Reads them from a journal that has been begun. Nodes that open one journal agree on a story's clock but for the
    /// time they have been running.
    pub async fn enter(journal: &Journal) -> Result<Self, OpenError> {
        let opened = opened(journal).await?;
        let newest = journal.head().await?.recorded_at;
        let reference = states::reference(journal).await?;
        let clock = OfficeClock::new(&opened, newest, &reference);
        Ok(Self {
            opened: Arc::new(opened),
            clock: Arc::new(clock),
        })
    }

    /// What the journal says of itself.
    #[must_use]
    pub fn opened(&self) -> &Opened {
        &self.opened
    }

    /// What the clock on the office's wall shows: the machine's, or the story's in a simulation.
    #[must_use]
    pub fn clock(&self) -> Moment {
        self.clock.now()
    }

    /// For the writer, which stamps what it keeps in the vault.
    pub(super) fn shared_clock(&self) -> Arc<OfficeClock> {
        Arc::clone(&self.clock)
    }
}
