//! Deciding ahead: while one batch is on its way to the store, the next is decided on what that one will leave.
//!
//! It is written only if the journal ends where it was taken to end: the database compares, under its lock. Otherwise it is
//! decided anew, under the lock.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use tokio::time::timeout;
use uuid::Uuid;

use super::super::deposit::Item;
use super::super::request::{Refusal, Request};
use super::pass::{Answer, Pass};
use super::{BATCH_BYTES_MAX, CONFIRM_MAX, Desk};
use crate::domain::dossier::Rejection;
use crate::domain::fact::stream;
use crate::domain::time::Moment;
use crate::journal::{Assumed, Head, JournalError, Look, Looked, STAMP_AGE_MAX, Until};

/// How long is waited for what is read before the lock is asked for.
const READ_MAX: Duration = Duration::from_secs(1);
/// After so many looks in a row before which nobody else wrote, the next batch is decided ahead.
const ALONE_MIN: u32 = 4;

/// The batch that is gathered.
#[derive(Default)]
pub struct Ready {
    pub items: Vec<Item>,
    /// What was decided ahead; none where all of it is to be decided under the lock.
    pub pass: Option<Pass>,
}

impl Ready {
    /// How many commands still fit in, of so many, and bytes of input.
    pub fn space(&self, most: usize) -> (usize, usize) {
        let bytes: usize = self.items.iter().map(|item| item.submission.bytes).sum();
        match BATCH_BYTES_MAX.saturating_sub(bytes) {
            0 => (0, 0),
            left => (most.saturating_sub(self.items.len()), left),
        }
    }
}

/// A batch on its way to the store.
pub struct Flight {
    pub items: Vec<Item>,
    pub pass: Pass,
    sent: Instant,
    lock: Lock,
    /// Where the journal ends when it has landed.
    newest: Head,
    /// The streams it writes. Until it has landed their states are a promise.
    written: Vec<Uuid>,
    landing: JoinHandle<Result<Option<Moment>, JournalError>>,
}

/// Waits for the batch that is on its way; for ever where there is none.
pub async fn landed(flight: &mut Option<Flight>) -> Result<Option<Moment>, JournalError> {
    match flight {
        Some(flight) => (&mut flight.landing)
            .await
            .unwrap_or(Err(JournalError::unconfirmed())),
        None => std::future::pending().await,
    }
}

/// The journal's lock, asked for; then what is seen under it.
pub type Turn = JoinHandle<Result<Looked, JournalError>>;

/// Waits for the lock that was asked for; for ever where none was.
pub async fn given(turn: &mut Option<Turn>) -> Result<Looked, JournalError> {
    match turn {
        Some(turn) => turn.await.unwrap_or(Err(JournalError::unconfirmed())),
        None => std::future::pending().await,
    }
}

/// The database's clock, as far as it was heard: what it shows at least.
#[derive(Default)]
pub struct Heard(Option<(Moment, Instant)>);

impl Heard {
    /// It showed this a moment ago; what was heard before is not believed any more.
    pub fn hears(&mut self, clock: Moment) {
        self.0 = Some((clock, Instant::now()));
    }

    /// It showed this after it was `asked`. Where an earlier answer came quicker, that one says more, unless this node's own clock ran
    /// ahead of it meanwhile.
    fn hears_again(&mut self, clock: Moment, asked: Instant) {
        let waited = i64::try_from(asked.elapsed().as_micros()).unwrap_or(i64::MAX);
        let believed = clock..=clock.plus(waited);
        if self.now().is_none_or(|known| !believed.contains(&known)) {
            self.hears(clock);
        }
    }

    /// What it shows now, at least.
    fn now(&self) -> Option<Moment> {
        let (clock, since) = self.0?;
        let passed = i64::try_from(since.elapsed().as_micros()).ok()?;
        Some(clock.plus(passed))
    }
}

/// How a batch comes by the journal's lock.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lock {
    /// With the very statement that writes it.
    Ahead,
    /// It was decided while the lock was held, which still is.
    Held,
}

impl Desk {
    /// Decides commands that join the batch that is gathered, if nothing stands against deciding them ahead.
    pub(super) async fn foresee(&mut self, items: Vec<Item>) {
        let pass = if self.ready.items.is_empty() {
            self.expected().map(Pass::on)
        } else {
            self.ready.pass.take()
        };
        if let Some(pass) = pass.filter(|_| self.alone >= ALONE_MIN) {
            self.ready.pass = self.decided_ahead(&items, pass).await;
        }
        self.ready.items.extend(items);
    }

    /// Where the journal will end when what is on its way has landed.
    fn expected(&self) -> Option<Head> {
        let current = self.states.current()?;
        Some(self.flight.as_ref().map_or(current, |flight| flight.newest))
    }

    async fn decided_ahead(&mut self, items: &[Item], pass: Pass) -> Option<Pass> {
        let now = if self.tells_story() {
            self.clock.now()
        } else {
            self.heard_now()?
        };
        let stamps = self.stamps(items, pass.newest().recorded_at, now);
        let read = timeout(READ_MAX, self.read_ahead(items, &stamps, &pass)).await;
        if let Err(error) = read.unwrap_or(Err(JournalError::unconfirmed())) {
            tracing::debug!(%error, "the batch is decided under the lock");
            return None;
        }
        let pass = self.decided((items, &stamps), pass, &HashMap::new());
        // The clock was heard a moment ago: what is said to be still to come may be over by now.
        let is_too_early = |answer: &Answer| {
            let Err(Refusal::Rejected(rejection)) = answer else {
                return false;
            };
            matches!(
                rejection,
                Rejection::FutureClaim { .. } | Rejection::NotDueYet
            )
        };
        (!pass.answers.iter().any(is_too_early)).then_some(pass)
    }

    /// The database's clock; none while it has not been heard, where it and this node's are too far apart, and at the end of a day: then
    /// it is asked under the lock.
    fn heard_now(&self) -> Option<Moment> {
        let now = self.heard.now()?;
        let is_same_day = now.date() == now.plus(STAMP_AGE_MAX).date();
        (self.apart(now).is_none() && is_same_day).then_some(now)
    }

    /// Reads the streams that these commands need and of which nothing is held.
    async fn read_ahead(
        &mut self,
        items: &[Item],
        stamps: &[Moment],
        pass: &Pass,
    ) -> Result<(), JournalError> {
        let mut seen = HashSet::new();
        loop {
            // A new dossier has the id that follows from its command's; that nothing stands there is seen when it is written.
            let own = |request: &Request| {
                let is_held = |id: Uuid| pass.held(id, &self.states).is_some();
                let is_there = |id: &Uuid| is_held(*id) || *id != stream::dossier(request.id);
                request.act.stream().filter(is_there)
            };
            let mut wanted = self.wanted((items, stamps), pass, &mut seen, own);
            if wanted.is_empty() {
                return Ok(());
            }
            self.states.keep(wanted.iter().copied());
            wanted.retain(|id| pass.held(*id, &self.states).is_none());
            if !wanted.is_empty() {
                let entries = self.record.read_streams(&wanted, Until::End).await?;
                self.states.read(&entries)?;
            }
        }
    }

    /// Sends the gathered batch on its way if it was decided and has something to write; otherwise asks for the lock.
    pub(super) async fn send_ready(&mut self) {
        if self.ready.items.is_empty() {
            return;
        }
        self.watch.begins();
        self.send_decided();
        if self.flight.is_some() {
            return;
        }
        self.ready.pass = None;
        let followed = timeout(READ_MAX, self.follow()).await;
        if let Err(error) = followed.unwrap_or(Err(JournalError::unconfirmed())) {
            tracing::warn!(%error, "what others wrote is looked at under the lock");
        }
        let (writer, since) = (Arc::clone(&self.writer), self.states.current());
        self.turn = Some(tokio::spawn(async move {
            let mut writer = writer.lock().await;
            let look = Look {
                since,
                ..Look::default()
            };
            let looked = timeout(CONFIRM_MAX, writer.lock(look)).await;
            looked.unwrap_or(Err(JournalError::unconfirmed()))
        }));
    }

    /// Sends the gathered batch on its way if it was decided and has something to write.
    fn send_decided(&mut self) {
        let is_to_be_written = |pass: &mut Pass| !pass.entries.is_empty();
        if let Some(pass) = self.ready.pass.take_if(is_to_be_written) {
            self.watch.begins();
            let items = std::mem::take(&mut self.ready.items);
            self.send(items, pass, Lock::Ahead);
        }
    }

    /// The lock was given: all that was gathered until now is decided and sent on its way.
    pub(super) async fn has_turn(&mut self, looked: Result<Looked, JournalError>) {
        self.turn = None;
        let mut items = std::mem::take(&mut self.ready.items);
        // The sweep takes what these brought to the vault.
        items.retain(|item| !item.submission.is_given_up());
        match self.decided_in_turn(&items, looked).await {
            Ok(pass) if !pass.entries.is_empty() => self.send(items, pass, Lock::Held),
            Ok(pass) => {
                self.watch.ends(items.len());
                self.conclude(items, pass, false).await;
            }
            Err(error) if error.is_retryable() => {
                tracing::debug!(%error, "the batch is tried again");
                self.states.clear();
                self.take_under_lock(items, false).await;
            }
            Err(error) => {
                self.give_up(items, &error);
                self.watch.ends(0);
            }
        }
    }

    async fn decided_in_turn(
        &mut self,
        items: &[Item],
        looked: Result<Looked, JournalError>,
    ) -> Result<Pass, JournalError> {
        let looked = looked?;
        let writer = Arc::clone(&self.writer);
        let mut writer = writer.lock().await;
        self.decide(&mut writer, items, &looked, false).await
    }

    /// Sends a batch on its way.
    fn send(&mut self, items: Vec<Item>, mut pass: Pass, lock: Lock) {
        let written = pass.after.keys().copied().collect();
        self.states.put_all(pass.after.drain());
        let refused = pass.refused(&items);
        let (head, newest) = (pass.on, pass.newest());
        let stamps = pass.stamps.filter(|_| !self.tells_story());
        let entries = std::mem::take(&mut pass.entries);
        let commands = std::mem::take(&mut pass.commands);
        let writer = Arc::clone(&self.writer);
        let landing = tokio::spawn(async move {
            let mut writer = writer.lock().await;
            let assumed = Assumed {
                head,
                refused: &refused,
                stamps,
            };
            let written = async {
                match lock {
                    Lock::Ahead => writer.append(assumed, &entries, &commands).await,
                    Lock::Held => writer
                        .commit(&entries, &commands)
                        .await
                        .map(|()| newest.recorded_at),
                }
            };
            let written = timeout(CONFIRM_MAX, written).await;
            written.unwrap_or(Err(JournalError::unconfirmed()))
        });
        self.flight = Some(Flight {
            items,
            pass,
            sent: Instant::now(),
            lock,
            newest,
            written,
            landing,
        });
    }

    /// The batch on its way has arrived, or has not.
    pub(super) async fn land(&mut self, landed: Result<Option<Moment>, JournalError>) {
        let Some(flight) = self.flight.take() else {
            return;
        };
        let Flight {
            items,
            pass,
            sent,
            lock,
            newest,
            written,
            ..
        } = flight;
        match landed {
            Ok(Some(clock)) => {
                self.watch.ends(items.len());
                if lock == Lock::Ahead {
                    self.heard.hears_again(clock, sent);
                }
                self.states.advance(pass.on, newest);
                // If the next one is decided it goes first, so that the store never waits for the answers.
                self.send_decided();
                return self.conclude(items, pass, false).await;
            }
            Err(error) if error.is_retryable() => {
                tracing::debug!(%error, "whether the batch was written is looked up under the lock");
                self.states.clear();
                self.take_under_lock(items, true).await;
            }
            other => {
                // A command or a version that is there already is refused by the database.
                if let Err(error) = other {
                    tracing::info!(%error, "the batch is decided again under the lock");
                }
                self.alone = 0;
                self.states.forget(&written);
                self.take_under_lock(items, false).await;
            }
        }
        self.ready.pass = None;
    }
}
