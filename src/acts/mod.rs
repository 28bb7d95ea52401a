//! THE COUNTER: commands come in, one writer decides them on the newest states, receipts go out.

mod clock;
mod deposit;
mod desk;
pub mod erasing;
pub mod format;
mod kin;
mod pace;
mod premises;
mod request;
mod ruling;
pub mod shelf;
mod states;
mod superseded;
mod watch;
mod writer;

pub use self::premises::Premises;
pub use self::request::{Act, Personal, Receipt, Refusal, Request};
pub use self::states::reference;
pub use self::watch::OUTCOMES;
use self::watch::Watch;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use self::deposit::Subjects;
use self::request::Submission;
use self::writer::Desk;
use crate::domain::actor::Actor;
use crate::domain::fact::{Draft, Fact, stream};
use crate::domain::journal::JournalEvent;
use crate::domain::reference::{ClockKind, Opened};
use crate::domain::time::Moment;
use crate::journal::{Entry, Journal, JournalError, Look, fact};
use crate::tlog::leaf_hash;
use crate::vault::{Keys, Vault, VaultError};

/// Commands waiting at one node; more are refused as `OVERLOADED`.
const WAITING_MAX: usize = 20_000;

/// A journal that cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the journal is empty: `motcua init` opens one")]
    Empty,
    #[error("the journal holds {0} entries already")]
    NotEmpty(u64),
    #[error("the first fact is not journal.opened")]
    NotOpened,
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Fact(#[from] fact::FactError),
}

/// The door to the one writer of this node. Clones share it; the writer stops when the last is dropped.
#[derive(Clone)]
pub struct Counter {
    inbox: mpsc::Sender<Submission>,
    office: Premises,
    mac_key: Arc<[u8; 32]>,
    halted: Arc<OnceLock<&'static str>>,
    watch: Arc<Watch>,
}

impl Counter {
    /// Opens the counter on a journal that [`found`] has begun; the writer runs as a task of its own.
    pub async fn open(journal: Journal, vault: Vault, keys: &Keys) -> Result<Self, OpenError> {
        let office = Premises::enter(&journal).await?;
        let (inbox, waiting) = mpsc::channel(WAITING_MAX);
        let subjects = Subjects::new(keys.derive("motcua/subject/v1"));
        let watch = Arc::<Watch>::default();
        let place = (office.shared_clock(), office.opened());
        let safe = (vault, subjects);
        let desk = Desk::new(journal, safe, place, Arc::clone(&watch)).await?;
        tokio::spawn(desk.serve(waiting));
        let mac_key = Arc::new(keys.derive("motcua/command-mac/v1"));
        Ok(Self {
            inbox,
            office,
            mac_key,
            halted: Arc::default(),
            watch,
        })
    }

    /// Submits one command and waits for its receipt: durable, in order, exactly once.
    ///
    /// # Errors
    /// A [`Refusal`] with a stable code. `Unavailable` means the outcome may be unknown: send the same
    /// command id again.
    pub async fn submit(&self, request: Request) -> Result<Receipt, Refusal> {
        let answer = self.submitted(request).await;
        self.watch.note(&answer);
        answer
    }

    async fn submitted(&self, request: Request) -> Result<Receipt, Refusal> {
        if let Some(why) = self.halted() {
            return Err(Refusal::Halted(why));
        }
        let waiting = self.waiting();
        if waiting > 0 && !request.tells_story() && self.watch.is_late(waiting) {
            return Err(Refusal::Overloaded);
        }
        let (reply, answer) = oneshot::channel();
        let submission = Submission::new(request, &self.mac_key, reply)?;
        self.inbox
            .try_send(submission)
            .map_err(|refused| match refused {
                mpsc::error::TrySendError::Full(_) => Refusal::Overloaded,
                mpsc::error::TrySendError::Closed(_) => Refusal::Stopping,
            })?;
        answer.await.unwrap_or(Err(Refusal::Stopping))
    }

    /// Takes no command any more, until the program is started again: the record is not what was sealed or shown. `why` is
    /// the code of what was found; the first one stays.
    pub fn halt(&self, why: &'static str) {
        let _ = self.halted.set(why);
    }

    /// Why no command is taken, if none is.
    #[must_use]
    pub fn halted(&self) -> Option<&'static str> {
        self.halted.get().copied()
    }

    /// Commands that wait for the writer.
    #[must_use]
    pub fn waiting(&self) -> usize {
        WAITING_MAX - self.inbox.capacity() + self.watch.at_hand()
    }

    /// How long the store has been asked to confirm the batch that is written now; zero when none is.
    #[must_use]
    pub fn busy_for(&self) -> Duration {
        self.watch.busy_for()
    }

    /// Whether the store takes what it is given: not while a batch hangs, nor for half a minute after one failed.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.watch.is_well()
    }

    /// What became of the commands so far, in the order of [`OUTCOMES`].
    #[must_use]
    pub fn counts(&self) -> [u64; OUTCOMES.len()] {
        self.watch.counts()
    }

    /// The office it stands in.
    #[must_use]
    pub fn office(&self) -> &Premises {
        &self.office
    }

    /// What the clock on the office's wall shows: the machine's, or the story's in a simulation.
    #[must_use]
    pub fn clock(&self) -> Moment {
        self.office.clock()
    }

    /// What the journal says of itself.
    #[must_use]
    pub fn opened(&self) -> &Opened {
        self.office.opened()
    }
}

/// Reads the journal's first fact, and that its format is one that this program reads.
pub async fn opened(journal: &Journal) -> Result<Opened, OpenError> {
    Ok(format::of(journal).await?.0)
}

/// Writes position 0 of an empty journal. `at` is the story's beginning; a live journal takes the clock's.
pub async fn found(
    journal: &Journal,
    opened: Opened,
    command: Uuid,
    at: Option<Moment>,
) -> Result<(), OpenError> {
    let mut writer = journal.writer().await?;
    let looked = writer
        .lock(Look {
            streams: &[(stream::journal(), 0)],
            commands: &[command],
            ..Look::default()
        })
        .await?;
    if looked.head.size > 0 {
        writer.release().await?;
        return Err(OpenError::NotEmpty(looked.head.size));
    }
    let recorded_at = match (opened.clock, at) {
        (ClockKind::Story, Some(at)) => at,
        (ClockKind::Story, None) | (ClockKind::Database, _) => looked.now,
    };
    let event = JournalEvent::Opened(opened);
    format::record(&mut writer, &looked, event, command, recorded_at).await
}

/// Makes a draft a fact with its exact bytes and leaf hash.
fn complete(
    draft: Draft,
    version: u32,
    prev: Option<crate::tlog::Hash>,
    position: u64,
    command: Uuid,
    actor: Actor,
    recorded_at: Moment,
) -> Result<(Entry, Fact), fact::FactError> {
    let Draft {
        stream,
        event,
        circumstances,
    } = draft;
    let fact = Fact {
        stream,
        version,
        command,
        actor,
        recorded_at,
        prev,
        event,
        circumstances,
    };
    let body = fact::encode(&fact)?;
    let leaf_hash = leaf_hash(&body);
    Ok((
        Entry {
            position,
            stream,
            version,
            recorded_at,
            body: body.into(),
            leaf_hash,
        },
        fact,
    ))
}
