//! The one writer of a node: gathers what waits, has it written, answers. One batch is decided while the other is written.

mod ahead;
mod pass;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::Date;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use uuid::Uuid;

use self::ahead::{Flight, Heard, Ready, Turn, given, landed};
use self::pass::{Deciding, Pass};
use super::clock::OfficeClock;
use super::deposit::{Item, Subjects, deposit};
use super::kin;
use super::request::{Refusal, Request, Submission};
use super::ruling::of_the_day;
use super::states::States;
use super::watch::Watch;
use super::{OpenError, superseded};
use crate::domain::fact::stream;
use crate::domain::reference::{ClockKind, JournalKind, Opened};
use crate::domain::time::Moment;
use crate::journal::{Journal, JournalError, KnownCommand, Look, Looked, Writer};
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
    subjects: Subjects,
    states: States,
    watch: Arc<Watch>,
    clock: Arc<OfficeClock>,
    clock_kind: ClockKind,
    /// The database's.
    heard: Heard,
    /// What is recorded in the journal, and since which day.
    journal: (JournalKind, Date),
    /// Looks in a row before which nobody else wrote.
    alone: u32,
    /// Those whose parts are being kept, and how many they are.
    depositing: Option<(usize, JoinHandle<Vec<Item>>)>,
    ready: Ready,
    /// At most one of these two is under way.
    turn: Option<Turn>,
    flight: Option<Flight>,
}

impl Desk {
    pub async fn new(
        journal: Journal,
        (vault, subjects): (Vault, Subjects),
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
            subjects,
            states: States::default(),
            watch,
            clock,
            clock_kind: opened.clock,
            heard: Heard::default(),
            journal: (opened.kind, began),
            alone: 0,
            depositing: None,
            ready: Ready::default(),
            turn: None,
            flight: None,
        })
    }

    /// Serves until every [`super::Counter`] is gone.
    pub async fn serve(mut self, mut waiting: mpsc::Receiver<Submission>) {
        let mut open = true;
        while open || self.is_busy() {
            let (most, bytes) = self.ready.space(self.watch.most());
            tokio::select! {
                biased;
                landed = landed(&mut self.flight) => self.land(landed).await,
                looked = given(&mut self.turn) => self.has_turn(looked).await,
                items = deposited(&mut self.depositing) => {
                    self.depositing = None;
                    self.foresee(items).await;
                }
                next = waiting.recv(), if open && self.depositing.is_none() && most > 0 => match next {
                    Some(first) => {
                        let batch = gathered(first, &mut waiting, most, bytes);
                        self.keep_parts(batch).await;
                    }
                    None => open = false,
                },
            }
            if self.flight.is_none() && self.turn.is_none() {
                self.send_ready().await;
            }
            if self.is_busy() {
                self.watch.begins();
            } else {
                self.watch.ends(0);
            }
            self.tell_at_hand();
        }
    }

    /// Has the parts that these commands bring kept, beside everything else; those that bring none go on at once.
    async fn keep_parts(&mut self, batch: Vec<Submission>) {
        let brings_none = |one: &Submission| one.request.personal.is_empty();
        let (vault, subjects) = (self.vault.clone(), self.subjects);
        let (now, commands) = (self.clock.now(), batch.len());
        let is_free = batch.iter().all(brings_none);
        let kept = async move { deposit(&vault, subjects, batch, now).await };
        if is_free {
            let items = kept.await;
            self.foresee(items).await;
        } else {
            self.depositing = Some((commands, tokio::spawn(kept)));
        }
    }

    fn tell_at_hand(&self) {
        let kept = self
            .depositing
            .as_ref()
            .map_or(0, |(commands, _)| *commands);
        self.watch.is_at_hand(self.ready.items.len() + kept);
    }

    fn is_busy(&self) -> bool {
        self.flight.is_some() || self.turn.is_some() || self.depositing.is_some()
    }

    /// Takes one batch from the lock to the answers. `unsure`: it was sent before, and what became of it is not known.
    async fn take_under_lock(&mut self, batch: Vec<Item>, unsure: bool) {
        self.watch.begins();
        self.tell_at_hand();
        let commands = batch.len();
        if commands > 0 {
            self.take(batch, unsure).await;
        }
        self.watch.ends(commands);
    }

    async fn take(&mut self, batch: Vec<Item>, mut unsure: bool) {
        // What was on its way before counts too.
        let waited = self.watch.busy_for();
        let (mut commit_tried, began) = (false, Instant::now());
        for attempt in 0..ATTEMPTS_MAX {
            if waited + began.elapsed() > PATIENCE {
                break;
            }
            unsure |= commit_tried;
            let tried = timeout(CONFIRM_MAX, self.attempt(&batch, &mut commit_tried)).await;
            match tried.unwrap_or(Err(JournalError::unconfirmed())) {
                Ok(pass) => return self.conclude(batch, pass, unsure).await,
                Err(error) if error.is_retryable() => {
                    tracing::warn!(attempt, %error, "the journal did not answer; the batch is sent again");
                    self.states.clear();
                    tokio::time::sleep(Duration::from_millis(20 << attempt.min(6))).await;
                }
                Err(error) => return self.give_up(batch, &error),
            }
        }
        self.states.clear();
        answer_all(batch, &Refusal::Unavailable);
    }

    /// Answers a batch that trying again would not help.
    fn give_up(&mut self, batch: Vec<Item>, error: &JournalError) {
        let refusal = match error {
            JournalError::ClocksApart { seconds } => {
                tracing::error!(
                    seconds,
                    "the database's clock and this node's are too far apart"
                );
                Refusal::ClocksApart(*seconds)
            }
            JournalError::NewerThanProgram { .. } => {
                tracing::error!(%error, "no command is taken: use a newer release");
                Refusal::Halted(error.code())
            }
            _ => {
                tracing::error!(%error, code = error.code(), "the batch was refused");
                self.states.clear();
                Refusal::Fault
            }
        };
        answer_all(batch, &refusal);
    }

    /// One pass under the lock: look, decide everything, commit.
    async fn attempt(
        &mut self,
        batch: &[Item],
        commit_tried: &mut bool,
    ) -> Result<Pass, JournalError> {
        let writer = Arc::clone(&self.writer);
        let mut writer = writer.lock().await;
        let since = self.states.current();
        let looked = writer
            .lock(Look {
                since,
                ..Look::default()
            })
            .await?;
        let mut pass = self.decide(&mut writer, batch, &looked, true).await?;
        if !pass.entries.is_empty() {
            *commit_tried = true;
            writer.commit(&pass.entries, &pass.commands).await?;
            self.states.put_all(pass.after.drain());
            self.states.advance(pass.on, pass.newest());
        }
        Ok(pass)
    }

    /// Decides everything while the lock is held, and gives it up unless there is something to write.
    async fn decide(
        &mut self,
        writer: &mut Writer,
        batch: &[Item],
        looked: &Looked,
        sure: bool,
    ) -> Result<Pass, JournalError> {
        let pass = timeout(
            CONFIRM_MAX,
            self.seen_and_decided(writer, batch, looked, sure),
        )
        .await;
        let pass = pass.unwrap_or(Err(JournalError::unconfirmed()));
        if !pass.as_ref().is_ok_and(|pass| !pass.entries.is_empty()) {
            writer.release().await?;
        }
        pass
    }

    /// `sure`: every command is looked up; otherwise those that are refused, for what is written a second time the database refuses
    /// by itself.
    async fn seen_and_decided(
        &mut self,
        writer: &mut Writer,
        batch: &[Item],
        looked: &Looked,
        sure: bool,
    ) -> Result<Pass, JournalError> {
        let since = self.states.current();
        self.alone = match &looked.since {
            Some(others) if others.is_empty() => self.alone.saturating_add(1),
            Some(_) | None => 0,
        };
        // A stamp that stands at the newest fact's says nothing of the clock.
        if looked.head.recorded_at != Some(looked.now) {
            self.heard.hears(looked.now);
            if let Some(seconds) = self.apart(looked.now) {
                return Err(JournalError::ClocksApart { seconds });
            }
        }
        let now = if self.tells_story() {
            self.clock.now()
        } else {
            looked.now
        };
        let stamps = self.stamps(batch, looked.head.recorded_at, now);
        let mut seen = HashSet::new();
        let nothing = Pass::default();
        let wanted = |desk: &Self, seen: &mut HashSet<Uuid>| -> Vec<(Uuid, u32)> {
            let own = |request: &Request| request.act.stream();
            let wanted = desk
                .wanted((batch, &stamps), &nothing, seen, own)
                .into_iter();
            wanted.map(|id| (id, desk.states.version(id))).collect()
        };
        let mut more = wanted(self, &mut seen);
        let mut commands: Vec<Uuid> = batch.iter().map(Item::id).collect();
        commands.retain(|_| sure);
        let mut known = HashMap::new();
        while !more.is_empty() {
            self.states.keep(more.iter().map(|(id, _)| *id));
            let look = Look {
                streams: &more,
                commands: &std::mem::take(&mut commands),
                since,
            };
            let further = writer.look_more(look).await?;
            self.states.take_in(&further)?;
            known.extend(further.known);
            more = wanted(self, &mut seen);
        }
        self.states.catch_up(looked, &seen)?;
        let mut pass = self.decided((batch, &stamps), Pass::on(looked.head), &known);
        let refused = pass.refused(batch);
        if !sure && !refused.is_empty() {
            let commands = &refused[..];
            let look = Look {
                commands,
                since,
                ..Look::default()
            };
            known = writer.look_more(look).await?.known;
            if !known.is_empty() {
                pass = self.decided((batch, &stamps), Pass::on(looked.head), &known);
            }
        }
        Ok(pass)
    }

    /// Decides commands, each with its stamp, after those that were decided already.
    fn decided(
        &self,
        (batch, stamps): (&[Item], &[Moment]),
        mut pass: Pass,
        known: &HashMap<Uuid, KnownCommand>,
    ) -> Pass {
        let deciding = Deciding {
            states: &self.states,
            journal: self.journal,
            known,
        };
        for (item, stamp) in batch.iter().zip(stamps) {
            deciding.decide(item, *stamp, &mut pass);
        }
        pass
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

    /// By how many seconds the database's clock is before this node's, where that is too much.
    fn apart(&self, database: Moment) -> Option<i64> {
        let apart = database.0 - self.clock.now().0;
        (!self.tells_story() && apart.abs() > APART_MAX).then_some(apart / 1_000_000)
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

    /// Every stream the batch may read or write that was not seen yet: its `own`, the register of the day, and the dossiers that
    /// those of the batch are linked with, as far as they are known by now.
    fn wanted(
        &self,
        (batch, stamps): (&[Item], &[Moment]),
        pass: &Pass,
        seen: &mut HashSet<Uuid>,
        own: impl Fn(&Request) -> Option<Uuid>,
    ) -> Vec<Uuid> {
        let state = |id: Uuid| pass.held(id, &self.states).map(|held| &held.state);
        let mut wanted = Vec::new();
        if seen.is_empty() {
            wanted.extend([stream::reference(), stream::journal()]);
        }
        for (item, stamp) in batch.iter().zip(stamps) {
            let request = &item.submission.request;
            wanted.extend(own(request));
            wanted.extend(of_the_day(request, stamp.date()));
            wanted.extend(kin::ids(request, state));
        }
        wanted.retain(|id| seen.insert(*id));
        wanted
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

/// Waits for the parts that are being kept; for ever where none are.
async fn deposited(depositing: &mut Option<(usize, JoinHandle<Vec<Item>>)>) -> Vec<Item> {
    match depositing {
        // Whoever waits for one that fell is told that the desk gave it up.
        Some((_, depositing)) => depositing.await.unwrap_or_default(),
        None => std::future::pending().await,
    }
}

/// What waits, `first` before all, as much as fits into one batch. Whoever waited too long is told so.
fn gathered(
    first: Submission,
    waiting: &mut mpsc::Receiver<Submission>,
    most: usize,
    bytes_max: usize,
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
        let is_full = batch.len() >= most || bytes >= bytes_max;
        next = (!is_full).then(|| waiting.try_recv().ok()).flatten();
    }
    batch
}

fn answer_all(batch: Vec<Item>, refusal: &Refusal) {
    for item in batch {
        item.submission.answer(Err(refusal.clone()));
    }
}
