//! Putting a journal on NATS as it grows: the place of every message is asked for, so a second or late publisher is refused.

use std::error::Error;
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::Context;
use async_nats::jetstream::context::{PublishAckFuture, PublishError, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::{Config, RawMessageError, StorageType, Stream};
use futures_util::{StreamExt as _, stream};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{Address, VKEY};
use crate::integrity::{Integrity, Published};
use crate::journal::{Entry, Journal, JournalError};
use crate::tlog::SignedCheckpoint;
use crate::tlog::text::encode;

/// Messages on their way at a time.
const BATCH: u32 = 256;
/// Checkpoints kept: a follower needs the newest.
const CHECKPOINTS_MAX: i64 = 10_000;
/// Between two attempts, at first and at most.
const PAUSE: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(15));
/// Before a stream that is not this journal's is looked at again: somebody has to do something about it first.
const FOREIGN_PAUSE: Duration = Duration::from_mins(1);
/// Messages asked for at a time when a stream is compared.
const AHEAD: usize = 16;

/// Why nothing is published now.
#[derive(Debug, thiserror::Error)]
pub enum FanoutError {
    /// NATS does not answer, or not as it should: asked again.
    #[error("NATS at {address}: {why}")]
    Unavailable { address: String, why: String },
    /// Another node was first: what it published is read, and this one goes on behind it.
    #[error("another node publishes to {0} too")]
    Overtaken(String),
    /// The stream holds other facts than this journal, or more of them. Nothing is published, and nothing there is changed.
    #[error(
        "the stream at {address} is not this journal's: at sequence {sequence} it holds something else"
    )]
    Differs { address: String, sequence: u64 },
    /// A stream of this name is there and would not keep what it is told.
    #[error("the stream {stream} at {address} was made by somebody else: {why}")]
    Unsuitable {
        address: String,
        stream: String,
        why: &'static str,
    },
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl FanoutError {
    /// A stable code for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } => "FANOUT_UNAVAILABLE",
            Self::Overtaken(_) => "FANOUT_OVERTAKEN",
            Self::Differs { .. } => "FANOUT_DIFFERS",
            Self::Unsuitable { .. } => "FANOUT_UNSUITABLE",
            Self::Journal(error) => error.code(),
        }
    }

    /// Whether waiting may help.
    fn is_passing(&self) -> bool {
        !matches!(self, Self::Differs { .. } | Self::Unsuitable { .. })
    }
}

/// What puts a node's journal, and the checkpoints that it serves, on NATS. Any number of nodes may do so.
pub struct Publisher {
    address: Address,
    journal: Journal,
    integrity: Integrity,
}

impl Publisher {
    #[must_use]
    pub fn new(address: Address, integrity: Integrity) -> Self {
        Self {
            address,
            journal: integrity.log().journal.clone(),
            integrity,
        }
    }

    /// Until it is told to stop. NATS may come and go: it is a delay. A stream that is not this journal's is looked at again, and
    /// never written.
    pub async fn run(self, stop: CancellationToken) {
        let mut pause = PAUSE.0;
        loop {
            let mut went_on = false;
            let error = tokio::select! {
                () = stop.cancelled() => return,
                error = self.publish(&mut went_on) => error,
            };
            if error.is_passing() {
                tracing::warn!(%error, code = error.code(), "publishing to NATS is tried again");
                pause = if went_on {
                    PAUSE.0
                } else {
                    PAUSE.1.min(pause * 2)
                };
            } else {
                tracing::error!(%error, code = error.code(), "nothing is published to NATS");
                pause = FOREIGN_PAUSE;
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(pause) => {}
            }
        }
    }

    /// Goes on until something fails; `went_on` says that something was published before.
    async fn publish(&self, went_on: &mut bool) -> FanoutError {
        match self.follow(went_on).await {
            Ok(never) => match never {},
            Err(error) => error,
        }
    }

    async fn follow(&self, went_on: &mut bool) -> Result<std::convert::Infallible, FanoutError> {
        let nats = self
            .address
            .connect()
            .await
            .map_err(|error| self.unavailable(&error))?;
        let facts = self
            .stream(
                &nats,
                self.address.facts(),
                self.address.facts_subject(),
                -1,
            )
            .await?;
        let named = self.address.checkpoints();
        let subject = self.address.checkpoints_subject();
        let checkpoints = self.stream(&nats, &named, subject, CHECKPOINTS_MAX).await?;
        let mut published = self.agreed(&facts).await?;
        let mut told = self.told(&checkpoints).await?;
        let mut proof = self.integrity.watch();
        let mut follower = self.journal.follow(published);
        loop {
            let newest = proof.borrow_and_update().published.clone();
            if let Some(newest) = newest
                && newest.checkpoint.size <= published
                && told
                    .as_ref()
                    .is_none_or(|told| told.is_surpassed_by(&newest))
            {
                told = Some(self.tell(&nats, told, &newest).await?);
                *went_on = true;
            }
            tokio::select! {
                entries = follower.next(BATCH) => {
                    published = self.send(&nats, &entries?).await?;
                    *went_on = true;
                }
                changed = proof.changed() => if changed.is_err() {
                    // The proof has ended with its node; facts go on until it stops.
                    published = self.send(&nats, &follower.next(BATCH).await?).await?;
                }
            }
        }
    }

    /// The stream of this name, made when there is none. Its messages are for ever, as the facts are.
    async fn stream(
        &self,
        nats: &Context,
        name: &str,
        subject: String,
        max: i64,
    ) -> Result<Stream, FanoutError> {
        let wanted = Config {
            name: name.to_owned(),
            subjects: vec![subject],
            storage: StorageType::File,
            max_messages: max,
            deny_delete: true,
            deny_purge: true,
            ..Config::default()
        };
        let stream = nats.get_or_create_stream(wanted.clone()).await;
        let stream = stream.map_err(|error| self.unavailable(&error))?;
        let unsuitable = unsuitable(&stream.cached_info().config, &wanted);
        unsuitable.map_or(Ok(stream), |why| {
            Err(FanoutError::Unsuitable {
                address: self.address.to_string(),
                stream: name.to_owned(),
                why,
            })
        })
    }

    /// How much of the journal is there already; the newest messages must be this journal's, as many as are ever on their way.
    async fn agreed(&self, facts: &Stream) -> Result<u64, FanoutError> {
        let sequence = facts.cached_info().state.last_sequence;
        let first = sequence.saturating_sub(BATCH.into());
        let here = self.journal.read(first, BATCH).await?;
        let asked = stream::iter(first + 1..=sequence).map(|at| facts.get_raw_message(at));
        let mut there = Box::pin(asked.buffered(AHEAD));
        let mut here = here.iter();
        while let Some(message) = there.next().await {
            let message = message.map_err(|error: RawMessageError| self.unavailable(&error))?;
            if here
                .next()
                .is_none_or(|entry| entry.body != message.payload)
            {
                return Err(self.differs(message.sequence));
            }
        }
        Ok(sequence)
    }

    /// The newest checkpoint there.
    async fn told(&self, checkpoints: &Stream) -> Result<Option<Told>, FanoutError> {
        let sequence = checkpoints.cached_info().state.last_sequence;
        if sequence == 0 {
            return Ok(None);
        }
        let newest = checkpoints.get_raw_message(sequence).await;
        let newest = newest.map_err(|error: RawMessageError| self.unavailable(&error))?;
        let note = String::from_utf8_lossy(&newest.payload).into_owned();
        // What this log's key has not signed is somebody else's word, and surpassed by anything.
        let key = self.integrity.vkey();
        let signed = key.and_then(|key| SignedCheckpoint::open(&note, &key).ok());
        let size = signed.map_or(0, |signed| signed.checkpoint().size);
        Ok(Some(Told {
            sequence,
            size,
            note,
        }))
    }

    /// Publishes facts in order and gives the size then. The first is waited for, and shows whose turn it is; all others are on
    /// their way together: were they sent before, one that is refused would leave its place to the next.
    async fn send(&self, nats: &Context, entries: &[Entry]) -> Result<u64, FanoutError> {
        let (mut size, mut waiting) = (0, Vec::with_capacity(entries.len()));
        for entry in entries {
            let message = PublishMessage::build()
                .payload(entry.body.clone())
                .message_id(encode(&entry.leaf_hash));
            let sent = nats.send_publish(
                self.address.facts_subject(),
                behind(message, entry.position),
            );
            let sent = sent.await.map_err(|error| self.refused(&error))?;
            if waiting.is_empty() && size == 0 {
                size = self.stored(entry.position + 1, sent).await?;
            } else {
                waiting.push((entry.position + 1, sent));
            }
        }
        for (sequence, sent) in waiting {
            size = self.stored(sequence, sent).await?;
        }
        Ok(size)
    }

    async fn stored(&self, sequence: u64, sent: PublishAckFuture) -> Result<u64, FanoutError> {
        let stored = sent.await.map_err(|error| self.refused(&error))?;
        // One stored before by this or another node answers as a duplicate.
        if stored.sequence != sequence {
            return Err(self.differs(stored.sequence));
        }
        Ok(sequence)
    }

    async fn tell(
        &self,
        nats: &Context,
        before: Option<Told>,
        newest: &Published,
    ) -> Result<Told, FanoutError> {
        let mut headers = HeaderMap::new();
        if let Some(key) = self.integrity.vkey() {
            headers.insert(VKEY, key.to_string());
        }
        let message = PublishMessage::build()
            .payload(newest.note.clone().into())
            .headers(headers);
        let last = before.map_or(0, |told| told.sequence);
        let sent = nats.send_publish(self.address.checkpoints_subject(), behind(message, last));
        let sent = sent.await.map_err(|error| self.refused(&error))?;
        let stored = sent.await.map_err(|error| self.refused(&error))?;
        Ok(Told {
            sequence: stored.sequence,
            size: newest.checkpoint.size,
            note: newest.note.clone(),
        })
    }

    fn refused(&self, error: &PublishError) -> FanoutError {
        match error.kind() {
            PublishErrorKind::WrongLastSequence | PublishErrorKind::WrongLastMessageId => {
                FanoutError::Overtaken(self.address.to_string())
            }
            _ => self.unavailable(error),
        }
    }

    fn differs(&self, sequence: u64) -> FanoutError {
        FanoutError::Differs {
            address: self.address.to_string(),
            sequence,
        }
    }

    fn unavailable(&self, error: &dyn Error) -> FanoutError {
        FanoutError::Unavailable {
            address: self.address.to_string(),
            why: super::cause(error),
        }
    }
}

/// The newest checkpoint in the stream.
struct Told {
    sequence: u64,
    size: u64,
    note: String,
}

impl Told {
    /// Of more facts, or of as many with more signatures: what is told never goes back, whoever tells it.
    fn is_surpassed_by(&self, newest: &Published) -> bool {
        let size = newest.checkpoint.size;
        self.size < size || self.size == size && self.note.len() < newest.note.len()
    }
}

/// Why a stream that is there would lose what it is told, if it would.
fn unsuitable(found: &Config, wanted: &Config) -> Option<&'static str> {
    let kept = |most: i64| most <= 0 || wanted.max_messages > 0 && most >= wanted.max_messages;
    if found.storage != wanted.storage {
        Some("it is not kept on disk")
    } else if found.subjects != wanted.subjects {
        Some("it takes other subjects")
    } else if !kept(found.max_messages) || found.max_bytes > 0 || !found.max_age.is_zero() {
        Some("it forgets old messages")
    } else if found.retention != wanted.retention {
        Some("it forgets what was read")
    } else {
        None
    }
}

/// To be stored as the next after this sequence or not at all. Servers before 2.10 take a last sequence of 0 for none asked, but
/// not one of the only subject.
fn behind(message: PublishMessage, last: u64) -> PublishMessage {
    message
        .expected_last_sequence(last)
        .expected_last_subject_sequence(last)
}
