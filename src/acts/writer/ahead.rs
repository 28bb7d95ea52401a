//! Deciding ahead: while one batch is on its way to the store, the next is decided on what that one will leave.
//!
//! It is written only if the journal ends where it was taken to end: the database compares, under its lock. Otherwise it is
//! decided anew, under the lock.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Instant;

use tokio::task::JoinHandle;
use tokio::time::timeout;
use uuid::Uuid;

use super::super::deposit::Item;
use super::super::kin;
use super::super::request::Refusal;
use super::super::ruling::of_the_day;
use super::pass::{Answer, Deciding, Pass};
use super::{BATCH_BYTES_MAX, CONFIRM_MAX, Desk};
use crate::domain::dossier::Rejection;
use crate::domain::fact::stream;
use crate::domain::time::Moment;
use crate::journal::{Assumed, Head, JournalError, Look, Looked, Until};

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
    /// How many commands still fit in, of so many.
    pub fn space(&self, most: usize) -> usize {
        let bytes: usize = self.items.iter().map(|item| item.submission.bytes).sum();
        if bytes < BATCH_BYTES_MAX {
            most.saturating_sub(self.items.len())
        } else {
            0
        }
    }
}

/// A batch on its way to the store.
pub struct Flight {
    pub items: Vec<Item>,
    pub pass: Pass,
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

/// The database's clock, as far as it was heard: what it showed when its answer came, or later.
#[derive(Default)]
pub struct Heard(Option<(Moment, Instant)>);

impl Heard {
    /// It showed this a moment ago; what was heard before is not believed any more.
    pub fn hears(&mut self, clock: Moment) {
        self.0 = Some((clock, Instant::now()));
    }

    /// It showed this a moment ago. Where an earlier answer came quicker, that one says more.
    fn hears_again(&mut self, clock: Moment) {
        if self.now().is_none_or(|known| known < clock) {
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
        match &self.flight {
            Some(flight) => Some(flight.newest),
            None => self.states.current(),
        }
    }

    async fn decided_ahead(&mut self, items: &[Item], mut pass: Pass) -> Option<Pass> {
        let now = if self.tells_story() {
            self.clock.now()
        } else {
            self.heard.now()?
        };
        let stamps = self.stamps(items, pass.newest().recorded_at, now);
        if let Err(error) = self.read_ahead(items, &stamps, &pass).await {
            tracing::debug!(%error, "the batch is decided under the lock");
            return None;
        }
        let deciding = Deciding {
            states: &self.states,
            journal: self.journal,
            known: &HashMap::new(),
        };
        for (item, stamp) in items.iter().zip(stamps) {
            deciding.decide(item, stamp, &mut pass);
        }
        // The clock was heard a moment ago: what is said to be still to come may be over by now.
        let is_of_the_clock = |answer: &Answer| {
            matches!(
                answer,
                Err(Refusal::Rejected(Rejection::FutureClaim { .. }))
            )
        };
        (!pass.answers.iter().any(is_of_the_clock)).then_some(pass)
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
            let mut wanted = Vec::new();
            if seen.is_empty() {
                wanted.extend([stream::reference(), stream::journal()]);
            }
            for (item, stamp) in items.iter().zip(stamps) {
                let request = &item.submission.request;
                let state = |id: Uuid| pass.held(id, &self.states).map(|held| &held.state);
                // A new dossier has the id that follows from its command's; that nothing stands there is seen when it is written.
                let own = request.act.stream();
                let is_there =
                    |id: &Uuid| state(*id).is_some() || *id != stream::dossier(request.id);
                wanted.extend(own.filter(is_there));
                wanted.extend(of_the_day(request, stamp.date()));
                wanted.extend(kin::ids(request, state));
            }
            wanted.retain(|id| seen.insert(*id));
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
        let is_to_be_written = |pass: &mut Pass| !pass.entries.is_empty();
        if let Some(pass) = self.ready.pass.take_if(is_to_be_written) {
            let items = std::mem::take(&mut self.ready.items);
            return self.send(items, pass, Lock::Ahead);
        }
        self.ready.pass = None;
        let behind = self.follow().await;
        if let Err(error) = behind {
            tracing::debug!(%error, "what others wrote is looked at under the lock");
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

    /// The lock was given: all that was gathered until now is decided and sent on its way.
    pub(super) async fn has_turn(&mut self, looked: Result<Looked, JournalError>) {
        self.turn = None;
        let items = std::mem::take(&mut self.ready.items);
        let pass = match looked {
            Ok(looked) => {
                let writer = Arc::clone(&self.writer);
                let mut writer = writer.lock().await;
                let pass = timeout(
                    CONFIRM_MAX,
                    self.decide(&mut writer, &items, &looked, false),
                );
                pass.await.unwrap_or(Err(JournalError::unconfirmed()))
            }
            Err(error) => Err(error),
        };
        match pass {
            Ok(pass) if !pass.entries.is_empty() => self.send(items, pass, Lock::Held),
            other => {
                if let Err(error) = other {
                    tracing::debug!(%error, "the batch is tried again");
                    self.states.clear();
                }
                self.take_under_lock(items, false).await;
            }
        }
    }

    /// Sends a batch on its way.
    fn send(&mut self, items: Vec<Item>, mut pass: Pass, lock: Lock) {
        let written = pass.after.keys().copied().collect();
        for (id, held) in pass.after.drain() {
            self.states.put(id, held);
        }
        let refused = pass.refused(&items);
        let (head, newest) = (pass.on, pass.newest());
        let stamp = newest.recorded_at.filter(|_| !self.tells_story());
        let entries = std::mem::take(&mut pass.entries);
        let commands = std::mem::take(&mut pass.commands);
        let writer = Arc::clone(&self.writer);
        let landing = tokio::spawn(async move {
            let mut writer = writer.lock().await;
            let assumed = Assumed {
                head,
                refused: &refused,
                stamp,
            };
            let written = async {
                match lock {
                    Lock::Ahead => writer.append(assumed, &entries, &commands).await,
                    Lock::Held => writer
                        .commit(&entries, &commands)
                        .await
                        .map(|()| Some(Moment::default())),
                }
            };
            let written = timeout(CONFIRM_MAX, written).await;
            written.unwrap_or(Err(JournalError::unconfirmed()))
        });
        self.flight = Some(Flight {
            items,
            pass,
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
            newest,
            written,
            ..
        } = flight;
        self.watch.ends(items.len());
        match landed {
            Ok(Some(clock)) => {
                self.heard.hears_again(clock);
                if self.states.current() == Some(pass.on) {
                    self.states.are_current(newest);
                }
                // First of all the next one goes, so that the store never waits for the answers.
                self.send_ready().await;
                return self.conclude(items, pass, false).await;
            }
            Err(error) if error.is_retryable() => {
                tracing::debug!(%error, "whether the batch was written is looked up under the lock");
                self.states.clear();
                self.take_under_lock(items, true).await;
            }
            Ok(None) | Err(_) => {
                self.alone = 0;
                self.states.forget(&written);
                self.take_under_lock(items, false).await;
            }
        }
        self.ready.pass = None;
    }
}
