//! THE ANSWERS: read models in one local SQLite file, filled from the journal in order, exactly once, and disposable.
//!
//! Every row of a dossier is a pure function of the domain's fold of its facts. How far the file has come is a row of its
//! own, written in the same transaction, with the hash of the last entry: a file beside its journal is never served.

pub mod agenda;
mod as_of;
pub mod audit;
pub mod board;
pub mod catalogue;
pub mod change;
pub mod detector;
pub mod difference;
pub mod erasures;
mod error;
mod file;
mod fold;
pub mod history;
pub mod lateness;
pub mod listing;
pub mod looks;
pub mod offices;
pub mod portal;
mod projector;
mod rebuild;
pub mod reorganisation;
pub mod repository;
pub mod statistics;
mod trace;
pub mod tracking;
pub mod verify;
pub mod word;
pub mod worklist;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use uuid::Uuid;

pub use self::as_of::{AsOf, AsOfError};
use self::change::{Bell, Subject};
pub use self::error::{ProjectionError, Result};
pub use self::projector::Projector;
pub use self::rebuild::{Pace, rebuild, replay_until};
use self::tracking::DossierRow;
use crate::databases::readers::Readers;
use crate::databases::together::Together;
use crate::domain::reference::Reference;
use crate::domain::time::Moment;
use crate::journal::Journal;

/// Every read model; a new one is one line here.
const MODELS: [Model; 19] = [
    tracking::MODEL,
    worklist::MODEL,
    listing::MODEL,
    board::MODEL,
    statistics::MODEL,
    statistics::DEEDS,
    statistics::EXPERIENCE,
    statistics::SURVEYS,
    statistics::DESKS,
    audit::MODEL,
    catalogue::MODEL,
    offices::MODEL,
    agenda::MODEL,
    change::MODEL,
    portal::MODEL,
    reorganisation::MODEL,
    repository::MODEL,
    looks::MODEL,
    erasures::MODEL,
];

/// What the file is made of. Any change of it, or of `version`, makes another file.
pub(crate) struct Model {
    /// Raised when rows come out differently under an unchanged schema.
    version: u32,
    /// With the indexes that grow at few ends, in the order in which rows come.
    tables: &'static str,
    /// The other indexes: made last in a rebuild.
    indexes: &'static str,
}

/// How far the read models have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Entries seen: the read models are those of a journal of this size.
    pub size: u64,
    /// Of the last entry seen.
    pub recorded_at: Option<Moment>,
    /// Code of the error that ended following, if one did: what is shown stands still, and nothing may be accepted.
    pub stopped: Option<&'static str>,
}

/// A handle on the read models of this node; clones share it.
#[derive(Clone)]
pub struct ReadModels {
    shared: Arc<Shared>,
}

struct Shared {
    pool: Readers,
    /// Dossiers that are asked for by id.
    by_id: Together<Uuid, DossierRow>,
    /// And by code.
    by_code: Together<Box<str>, DossierRow>,
    /// Boards that many look at.
    boards: Together<board::Hung, board::Board>,
    /// What happened last, where many wait for the same.
    newest: Together<change::Stretch, change::Change>,
    journal: Journal,
    progress: watch::Receiver<Progress>,
    reference: watch::Receiver<Arc<Reference>>,
    bell: Arc<Bell>,
    counted: Mutex<statistics::Cache>,
    found: Mutex<detector::Cache>,
}

impl ReadModels {
    /// Opens the read models in `folder`, filling them first when there are none of this version.
    ///
    /// # Errors
    /// [`ProjectionError::BesideJournal`] when they have followed another journal, or this one before it was set back;
    /// [`ProjectionError::InUse`] when another process follows into the same folder.
    pub async fn open(folder: &Path, journal: Journal) -> Result<(Self, Projector)> {
        Self::open_telling(folder, journal, |_| {}).await
    }

    /// As [`ReadModels::open`]; tells how far the filling is.
    pub async fn open_telling(
        folder: &Path,
        journal: Journal,
        tell: impl FnMut(Pace) + Send,
    ) -> Result<(Self, Projector)> {
        let file = file::open(folder, &journal, tell).await?;
        let (projector, progress, reference) = Projector::start(file, journal.clone()).await?;
        let pool = projector.readers().await?;
        let bell = projector.bell();
        let shared = Shared {
            pool,
            by_id: Together::default(),
            by_code: Together::default(),
            boards: Together::default(),
            newest: Together::default(),
            journal,
            progress,
            reference,
            bell,
            counted: Mutex::default(),
            found: Mutex::default(),
        };
        let models = Self {
            shared: Arc::new(shared),
        };
        Ok((models, projector))
    }

    /// Size of the journal that every answer is at least as new as.
    pub fn size(&self) -> u64 {
        self.progress().size
    }

    pub fn progress(&self) -> Progress {
        *self.shared.progress.borrow()
    }

    /// Changes whenever the read models have come further.
    pub fn watch(&self) -> watch::Receiver<Progress> {
        self.shared.progress.clone()
    }

    /// Tells whoever waits for a subject that it has changed: up to which size its changes can be read.
    pub fn listen(&self, subject: Subject) -> watch::Receiver<u64> {
        self.shared.bell.wait(subject)
    }

    /// Waits until the entry at `position` is shown; `false` after `wait`, or at once when nobody follows any more.
    pub async fn reach(&self, position: u64, wait: Duration) -> bool {
        let mut progress = self.shared.progress.clone();
        let settled = progress.wait_for(|now| now.size > position || now.stopped.is_some());
        match tokio::time::timeout(wait, settled).await {
            Ok(Ok(now)) => now.size > position,
            Ok(Err(_)) | Err(_) => self.size() > position,
        }
    }

    /// Calendars, policies, procedures and offices as far as they have been followed.
    pub fn reference(&self) -> Arc<Reference> {
        self.shared.reference.borrow().clone()
    }

    fn pool(&self) -> &Readers {
        &self.shared.pool
    }

    fn journal(&self) -> &Journal {
        &self.shared.journal
    }

    fn counted(&self) -> MutexGuard<'_, statistics::Cache> {
        self.shared
            .counted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn found(&self) -> MutexGuard<'_, detector::Cache> {
        let found = self.shared.found.lock();
        found.unwrap_or_else(PoisonError::into_inner)
    }

    /// A procedure that is or ever was sensitive stays so; one that nobody published is taken for one.
    pub fn is_sensitive(&self, procedure: &str) -> bool {
        let reference = self.shared.reference.borrow();
        let versions = reference.procedures.get(procedure);
        versions.is_none_or(|versions| versions.iter().any(|one| one.sensitive))
    }

    fn mark(&self, mut row: DossierRow) -> DossierRow {
        row.sensitive = self.is_sensitive(&row.procedure);
        row
    }

    fn marked(&self, row: Option<DossierRow>) -> Option<DossierRow> {
        row.map(|row| self.mark(row))
    }
}
