//! Following: every batch of the journal becomes rows in one transaction, and then a word to those who wait.

use std::sync::Arc;
use std::time::Duration;

use sqlx::SqliteConnection;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::Progress;
use super::change::Bell;
use super::error::{ProjectionError, Result};
use super::file::{self, Mark, ReadFile};
use super::fold::{Folding, Read, decode};
use super::rebuild::decode_aside;
use crate::databases::insert::{Lately, Writes};
use crate::databases::readers::Readers;
use crate::databases::written_back::WrittenBack;
use crate::domain::reference::Reference;
use crate::journal::{Entry, Journal};

const BATCH_MAX: u32 = 5_000;
/// How long nothing may come before the journal is asked whether it is still the same.
const QUIET_MAX: Duration = Duration::from_secs(10);
/// More entries are decoded on a thread of their own.
const DECODED_HERE: usize = 100;
const PAUSE_FIRST: Duration = Duration::from_millis(200);
const PAUSE_MAX: Duration = Duration::from_secs(10);

/// The one that writes the read models of this node.
pub struct Projector {
    /// Keeps the lock.
    file: ReadFile,
    connection: SqliteConnection,
    lately: Lately,
    _written_back: WrittenBack,
    journal: Journal,
    folding: Folding,
    mark: Mark,
    progress: watch::Sender<Progress>,
    reference: watch::Sender<Arc<Reference>>,
    bell: Arc<Bell>,
}

/// The writing side, and where readers see how far it is and the reference shelf.
type Started = (
    Projector,
    watch::Receiver<Progress>,
    watch::Receiver<Arc<Reference>>,
);

impl Projector {
    pub(super) async fn start(file: ReadFile, journal: Journal) -> Result<Started> {
        let mut connection = file.writer().await?;
        let mark = file::mark(&mut connection).await?;
        let folding = Folding::at(&journal, mark.size).await?;
        let (progress, follow_progress) = watch::channel(Progress {
            size: mark.size,
            ..Progress::default()
        });
        let (reference, follow_reference) = watch::channel(Arc::clone(&folding.reference));
        let projector = Self {
            _written_back: file.written_back(),
            file,
            connection,
            lately: Lately::default(),
            journal,
            folding,
            mark,
            progress,
            reference,
            bell: Arc::default(),
        };
        Ok((projector, follow_progress, follow_reference))
    }

    /// Follows the journal until `stop`. What may pass (a lost server, a full disk) is waited for.
    ///
    /// # Errors
    /// What does not pass: the read models stand beside the journal, a fact cannot be read, the file is damaged. The
    /// progress then says so, and nothing is rebuilt until somebody says so.
    pub async fn run(mut self, stop: CancellationToken) -> Result<()> {
        let mut follower = self.journal.follow(self.mark.size);
        loop {
            let following = async {
                match timeout(QUIET_MAX, follower.next(BATCH_MAX)).await {
                    Ok(entries) => self.take(entries?).await,
                    Err(_) => file::check_beside(&self.journal, self.mark).await,
                }
            };
            let outcome = tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                outcome = following => outcome,
            };
            if let Err(error) = outcome {
                if !self.recover(error, &stop).await? {
                    return Ok(());
                }
                follower = self.journal.follow(self.mark.size);
            }
        }
    }

    /// Begins again until it succeeds; `false` when stopped meanwhile.
    async fn recover(
        &mut self,
        mut error: ProjectionError,
        stop: &CancellationToken,
    ) -> Result<bool> {
        let mut pause = PAUSE_FIRST;
        loop {
            if !error.is_passing() {
                return Err(self.give_up(error));
            }
            tracing::warn!(%error, code = error.code(), "following the journal is interrupted");
            tokio::select! {
                () = stop.cancelled() => return Ok(false),
                () = sleep(pause) => pause = PAUSE_MAX.min(pause * 2),
            }
            match self.begin_again().await {
                Ok(()) => return Ok(true),
                Err(again) => error = again,
            }
        }
    }

    pub(super) fn bell(&self) -> Arc<Bell> {
        Arc::clone(&self.bell)
    }

    pub(super) async fn readers(&self) -> Result<Readers> {
        self.file.readers().await
    }

    /// Takes up to one batch that is there already; `false` when there is none. For those who drive it by hand: after an
    /// error the projector is to be dropped.
    pub async fn step(&mut self, entries_max: u32) -> Result<bool> {
        let entries = self
            .journal
            .read(self.mark.size, entries_max.min(BATCH_MAX))
            .await?;
        if entries.is_empty() {
            return Ok(false);
        }
        self.take(entries).await?;
        Ok(true)
    }

    fn give_up(&self, error: ProjectionError) -> ProjectionError {
        let file = self.file.path.display();
        tracing::error!(%error, code = error.code(), %file, "the read models stand still");
        self.progress
            .send_modify(|progress| progress.stopped = Some(error.code()));
        error
    }

    /// After a failure nothing in memory is trusted: rows say how far they are, states are folded anew.
    async fn begin_again(&mut self) -> Result<()> {
        self.connection = self.file.writer().await?;
        self.mark = file::mark(&mut self.connection).await?;
        file::check_beside(&self.journal, self.mark).await?;
        self.folding = Folding::at(&self.journal, self.mark.size).await?;
        Ok(())
    }

    async fn take(&mut self, entries: Vec<Entry>) -> Result<()> {
        let recorded_at = entries.last().map(|entry| entry.recorded_at);
        // A journal that was set back and grew again would otherwise be followed without a word.
        let next = entries.first().cloned();
        let ((), reads) = tokio::try_join!(self.check(next.as_ref()), decoded(entries))?;
        let batch = self.folding.take(reads).await?;
        let mut writes = Writes::default();
        file::write_facts(&mut writes, &batch);
        file::write_dossiers(&mut writes, &self.folding.touched(&batch));
        writes
            .commit(&mut self.connection, &mut self.lately)
            .await?;
        self.mark = file::mark_of(&batch).unwrap_or(self.mark);
        self.bell.ring(&batch);
        self.folding.written(&batch);
        self.tell(recorded_at);
        Ok(())
    }

    /// The entry before those that come must be the one that was followed.
    async fn check(&self, next: Option<&Entry>) -> Result<()> {
        let own = |(before, next)| self.journal.wrote_behind(before, next);
        if self.mark.leaf_hash.zip(next).is_some_and(own) {
            return Ok(());
        }
        file::check_beside(&self.journal, self.mark).await
    }

    fn tell(&self, recorded_at: Option<crate::domain::time::Moment>) {
        self.reference.send_if_modified(|shown| {
            let changed = !Arc::ptr_eq(shown, &self.folding.reference);
            if changed {
                *shown = Arc::clone(&self.folding.reference);
            }
            changed
        });
        self.progress.send_modify(|progress| {
            progress.size = self.mark.size;
            progress.recorded_at = recorded_at.or(progress.recorded_at);
        });
    }
}

async fn decoded(entries: Vec<Entry>) -> Result<Vec<Read>> {
    if entries.len() > DECODED_HERE {
        return decode_aside(entries).await;
    }
    decode(entries)
}
