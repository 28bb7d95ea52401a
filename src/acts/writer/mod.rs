//! The one writer of a node: gathers what waits, has it written, answers. One batch is decided while the other is written.

mod ahead;
mod pass;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::Date;
use tokio::sync::{Mutex, mpsc};
use tokio::time::timeout;
use uuid::Uuid;

use self::ahead::{Flight, Heard, Ready, landed};
use self::pass::{Deciding, Pass};
use super::clock::OfficeClock;
use super::deposit::{Item, deposit};
use super::kin;
use super::request::{Refusal, Submission};
use super::ruling::of_the_day;
use super::states::States;
use super::watch::Watch;
use super::{OpenError, superseded};
use crate::domain::fact::stream;
use crate::domain::reference::{ClockKind, JournalKind, Opened};
use crate::domain::time::Moment;
use crate::journal::{Journal, JournalError, Look, Looked, Writer};
use crate::vault::Vault;

/// Bytes of input in one batch.
const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How often a batch is sent again while the store does not answer.
const ATTEMPTS_MAX: u32 = 12;
/// After this nothing is sent again: whoever waits is told that it is not known.
const PATIENCE: Duration = Duration::from_secs(6);
/// How long one pass may take: less than the doors wait, so that whoever asks is told. A line that died without a word, or a
/// standby that is gone and should confirm too, would take for ever.
pub(super) const CONFIRM_MAX: Duration = Duration::from_secs(8);
/// Entries of others that are read before the lock is taken. A node that is further behind forgets what it holds.
const FOLLOWED_MAX: u32 = 4_096;
/// A database's clock that is further from this node's stamps nothing: one of the two is wrong, and facts are for ever.
const APART_MAX: i64 = 60_000_000;

/// The writer's desk.
pub(super) struct Desk {
    record: Journal,
    writer: Arc<Mutex<Writer>>,
    vault: Vault,
    states: States,
    watch: Arc<Watch>,
    clock: Arc<OfficeClock>,
    clock_kind: ClockKind,
    /// The database's.
    heard: Heard,
    /// What is recorded in the journal, and since which day.
    journal: (JournalKind, Date),
    /// Nobody else wrote before the last look.
    alone: bool,
    ready: Ready,
    flight: Option<Flight>,
}

impl Desk {
    pub async fn new(
        journal: Journal,
        vault: Vault,
        states: States,
        office: (Arc<OfficeClock>, &Opened),
        watch: Arc<Watch>,
    ) -> Result<Self, OpenError> {
        let (clock, opened) = office;
        superseded::bury(&journal, &vault, clock.now()).await?;
        let first = journal.read(0, 1).await?;
        let began = first
            .first()
            .map_or(Date::MIN, |entry| entry.recorded_at.date());
        Ok(Self {
            writer: Arc::new(Mutex::new(journal.writer().await?)),
            record: journal,
            vault,
            states,
            watch,
            clock,
            clock_kind: opened.clock,
            heard: Heard::default(),
            journal: (opened.kind, began),
            alone: false,
            ready: Ready::default(),
            flight: None,
        })
    }

    /// Serves until every [`super::Counter`] is gone.
    pub async fn serve(mut self, mut waiting: mpsc::Receiver<Submission>) {
        let mut open = true;
        while open || self.flight.is_some() {
            let space = self.ready.space(self.watch.most());
            tokio::select! {
                biased;
                landed = landed(&mut self.flight) => self.land(landed).await,
                next = waiting.recv(), if open && space > 0 => match next {
                    Some(first) => {
                        let batch = gathered(first, &mut waiting, space);
                        self.watch.begins();
                        let items = deposit(&self.vault, &self.states, batch, self.clock.now()).await;
                        self.foresee(items).await;
                    }
                    None => open = false,
                },
            }
            if self.flight.is_none() {
                self.take_ready().await;
            }
            self.watch.is_at_hand(self.ready.items.len());
        }
    }

    /// The gathered batch goes on its way, or is taken under the lock.
    async fn take_ready(&mut self) {
        self.send_ready();
        if self.flight.is_none() {
            self.ready.pass = None;
            let items = std::mem::take(&mut self.ready.items);
            self.take_under_lock(items, false).await;
        }
    }

    /// Takes one batch from the lock to the answers. `unsure`: it was sent before, and what became of it is not known.
    async fn take_under_lock(&mut self, batch: Vec<Item>, unsure: bool) {
        self.watch.begins();
        let commands = batch.len();
        if commands > 0 {
            self.take(batch, unsure).await;
        }
        self.watch.ends(commands);
    }

    async fn take(&mut self, batch: Vec<Item>, mut unsure: bool) {
        let (mut commit_tried, began) = (false, Instant::now());
        for attempt in 0..ATTEMPTS_MAX {
            unsure |= commit_tried;
            let tried = timeout(CONFIRM_MAX, self.attempt(&batch, &mut commit_tried)).await;
            match tried.unwrap_or(Err(JournalError::unconfirmed())) {
                Ok(pass) => return self.conclude(batch, pass, unsure).await,
                Err(JournalError::ClocksApart { seconds }) => {
                    tracing::error!(
                        seconds,
                        "the database's clock and this node's are too far apart"
                    );
                    return answer_all(batch, &Refusal::ClocksApart(seconds));
                }
                Err(error @ JournalError::NewerThanProgram { .. }) => {
                    tracing::error!(%error, "no command is taken: use a newer release");
                    return answer_all(batch, &Refusal::Halted(error.code()));
                }
                Err(error) if error.is_retryable() => {
                    if began.elapsed() > PATIENCE {
                        break;
                    }
                    tracing::warn!(attempt, %error, "the journal did not answer; the batch is sent again");
                    self.states.clear();
                    tokio::time::sleep(Duration::from_millis(20 << attempt.min(6))).await;
                }
                Err(error) => {
                    tracing::error!(%error, code = error.code(), "the batch was refused");
                    self.states.clear();
                    return answer_all(batch, &Refusal::Fault);
                }
            }
        }
        answer_all(batch, &Refusal::Unavailable);
    }

    /// One pass under the lock: look, decide everything, commit.
    async fn attempt(
        &mut self,
        batch: &[Item],
        commit_tried: &mut bool,
    ) -> Result<Pass, JournalError> {
        let commands: Vec<Uuid> = batch
            .iter()
            .map(|item| item.submission.request.id)
            .collect();
        self.follow().await?;
        let guess = self.clock.now();
        let streams = self.streams(batch, guess);
        self.states.keep(streams.iter().map(|(id, _)| *id));
        let since = self.states.current();
        let writer = Arc::clone(&self.writer);
        let mut writer = writer.lock().await;
        let looked = writer
            .lock(Look {
                streams: &streams,
                commands: &commands,
                since,
            })
            .await?;
        self.alone = looked.since.as_ref().is_some_and(Vec::is_empty);
        self.heard.hears(looked.now);
        if let Some(seconds) = self.apart(&looked) {
            writer.release().await?;
            return Err(JournalError::ClocksApart { seconds });
        }
        let mut seen: HashSet<Uuid> = streams.iter().map(|(id, _)| *id).collect();
        self.states.catch_up(&looked, &seen)?;
        let now = if self.tells_story() {
            self.clock.now()
        } else {
            looked.now
        };
        let stamps = self.stamps(batch, looked.head.recorded_at, now);
        loop {
            let more = self.missing(batch, &stamps, &mut seen);
            if more.is_empty() {
                break;
            }
            self.states.keep(more.iter().map(|(id, _)| *id));
            let further = writer
                .look_more(Look {
                    streams: &more,
                    commands: &[],
                    since,
                })
                .await?;
            self.states.take_in(&further)?;
        }
        let mut pass = Pass::on(looked.head);
        let deciding = Deciding {
            states: &self.states,
            journal: self.journal,
            known: &looked.known,
        };
        for (item, stamp) in batch.iter().zip(stamps) {
            deciding.decide(item, stamp, &mut pass);
        }
        if pass.entries.is_empty() {
            writer.release().await?;
            return Ok(pass);
        }
        *commit_tried = true;
        writer.commit(&pass.entries, &pass.commands).await?;
        for (id, held) in pass.after.drain() {
            self.states.put(id, held);
        }
        if self.states.current() == Some(looked.head) {
            self.states.are_current(pass.newest());
        }
        Ok(pass)
    }

    /// Reads what others wrote on streams that are held, so that as little as possible is left to be read under the lock.
    async fn follow(&mut self) -> Result<(), JournalError> {
        let behind = self.states.behind();
        if let Some(newest) = behind.and_then(|head| head.size.checked_sub(1)) {
            let written = self.record.read(newest, FOLLOWED_MAX).await?;
            self.states.follow(&written)?;
        }
        Ok(())
    }

    /// By how many seconds the database's clock is before this node's, where that is too much. A stamp that stands at the newest
    /// fact's says nothing of the clock.
    fn apart(&self, looked: &Looked) -> Option<i64> {
        let stands = looked.head.recorded_at == Some(looked.now);
        let apart = looked.now.0 - self.clock.now().0;
        (!self.tells_story() && !stands && apart.abs() > APART_MAX).then_some(apart / 1_000_000)
    }

    /// Every stream the batch may read or write, with the version held of it.
    fn streams(&self, batch: &[Item], guess: Moment) -> Vec<(Uuid, u32)> {
        let mut ids = HashSet::from([stream::reference(), stream::journal()]);
        for item in batch {
            let request = &item.submission.request;
            ids.extend(request.act.stream());
            let at = request.at.filter(|_| self.tells_story());
            ids.extend(of_the_day(request, at.unwrap_or(guess).date()));
        }
        ids.into_iter()
            .map(|id| (id, self.states.version(id)))
            .collect()
    }

    fn tells_story(&self) -> bool {
        self.clock_kind == ClockKind::Story
    }

    /// The stamp of each command, not before the newest one: the hour, one for all, or the story's.
    fn stamps(&self, batch: &[Item], newest: Option<Moment>, now: Moment) -> Vec<Moment> {
        let mut last = newest.unwrap_or_default();
        let tells_story = self.tells_story();
        let mut stamp = |item: &Item| {
            let at = item.submission.request.at.filter(|_| tells_story);
            last = last.max(at.unwrap_or(now));
            last
        };
        batch.iter().map(&mut stamp).collect()
    }

    /// What was not looked at yet: registers of a day that turned out not to be the guessed one, and dossiers that are linked
    /// with those of the batch, as far as they are known by now.
    fn missing(
        &self,
        batch: &[Item],
        stamps: &[Moment],
        seen: &mut HashSet<Uuid>,
    ) -> Vec<(Uuid, u32)> {
        let state = |id: Uuid| self.states.get(id).map(|held| &held.state);
        let mut more = Vec::new();
        for (item, stamp) in batch.iter().zip(stamps) {
            let request = &item.submission.request;
            let daily = of_the_day(request, stamp.date());
            let wanted = daily.into_iter().chain(kin::ids(request, state));
            more.extend(wanted.filter(|id| seen.insert(*id)));
        }
        more.into_iter()
            .map(|id| (id, self.states.version(id)))
            .collect()
    }

    /// After the commit: the vault loses what no fact names, everybody is answered.
    async fn conclude(&mut self, batch: Vec<Item>, pass: Pass, outcome_was_unknown: bool) {
        let unnamed: Vec<String> = batch
            .iter()
            .zip(&pass.answers)
            .filter(|(_, answer)| match answer {
                Ok(receipt) => receipt.repeated && !outcome_was_unknown,
                Err(_) => true,
            })
            .flat_map(|(item, _)| item.parts.iter().map(|part| part.c.clone()))
            .collect();
        // Whoever is told that details were replaced finds the old ones gone.
        if !pass.superseded.is_empty()
            && let Err(error) = self
                .vault
                .forget_superseded(&pass.superseded, self.clock.now())
                .await
        {
            tracing::warn!(%error, "replaced details stay until the next start");
        }
        for (item, answer) in batch.into_iter().zip(pass.answers) {
            item.submission.answer(answer);
        }
        if !unnamed.is_empty()
            && let Err(error) = self.vault.forget(&unnamed).await
        {
            tracing::warn!(%error, "parts without a fact stay until the sweep");
        }
    }
}

/// What waits, `first` before all, as much as fits into one batch. Whoever waited too long is told so.
fn gathered(
    first: Submission,
    waiting: &mut mpsc::Receiver<Submission>,
    most: usize,
) -> Vec<Submission> {
    let (mut batch, mut bytes, mut next) = (Vec::new(), 0, Some(first));
    while let Some(submission) = next {
        if submission.is_late() {
            submission.answer(Err(Refusal::Overloaded));
        } else if !submission.is_given_up() {
            // Whoever has gone was told that it is not known, and sends the same id again: nothing is done for nobody.
            bytes += submission.bytes;
            batch.push(submission);
        }
        let is_full = batch.len() >= most || bytes >= BATCH_BYTES_MAX;
        next = (!is_full).then(|| waiting.try_recv().ok()).flatten();
    }
    batch
}

fn answer_all(batch: Vec<Item>, refusal: &Refusal) {
    for item in batch {
        item.submission.answer(Err(refusal.clone()));
    }
}
