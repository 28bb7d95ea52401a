//! The one writer of a node: batches what waits, decides it under the lock on the newest states, commits, answers.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::Date;
use tokio::sync::mpsc;
use tokio::time::timeout;
use uuid::Uuid;

use super::clock::OfficeClock;
use super::deposit::{Item, deposit};
use super::kin;
use super::request::{Receipt, Refusal, Request, Submission};
use super::ruling::{of_the_day, rule};
use super::states::{self, Held, State, States};
use super::watch::Watch;
use super::{OpenError, complete, superseded};
use crate::domain::dossier::Rejection;
use crate::domain::fact::{Draft, stream};
use crate::domain::reference::{ClockKind, JournalKind, Opened};
use crate::domain::time::Moment;
use crate::journal::{
    Entry, Head, Journal, JournalError, KnownCommand, Look, Looked, NewCommand, Writer, fact,
};
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
/// A database's clock that is further from this node's stamps nothing: one of the two is wrong, and facts are for ever.
const APART_MAX: i64 = 60_000_000;

/// The writer's desk.
pub(super) struct Desk {
    writer: Writer,
    vault: Vault,
    states: States,
    clock: Arc<OfficeClock>,
    clock_kind: ClockKind,
    /// What is recorded in it, and since which day.
    journal: (JournalKind, Date),
}

type Answer = Result<Receipt, Refusal>;

/// What one pass under the lock brought: rows to write and an answer for each command.
#[derive(Default)]
struct Pass {
    entries: Vec<Entry>,
    commands: Vec<NewCommand>,
    answers: Vec<Answer>,
    /// States after this batch; they become the cache when it is committed.
    after: HashMap<Uuid, Held>,
    /// Commands of this batch.
    known: HashMap<Uuid, KnownCommand>,
    /// Commitments that a correction replaced.
    superseded: Vec<String>,
}

impl Desk {
    pub async fn new(
        journal: Journal,
        vault: Vault,
        states: States,
        clock: Arc<OfficeClock>,
        opened: &Opened,
    ) -> Result<Self, OpenError> {
        superseded::bury(&journal, &vault, clock.now()).await?;
        let first = journal.read(0, 1).await?;
        let began = first
            .first()
            .map_or(Date::MIN, |entry| entry.recorded_at.date());
        Ok(Self {
            writer: journal.writer().await?,
            vault,
            states,
            clock,
            clock_kind: opened.clock,
            journal: (opened.kind, began),
        })
    }

    /// Serves until every [`super::Counter`] is gone.
    pub async fn serve(mut self, mut waiting: mpsc::Receiver<Submission>, watch: Arc<Watch>) {
        while let Some(first) = waiting.recv().await {
            let (most, mut bytes) = (watch.most(), 0);
            let (mut batch, mut next) = (Vec::new(), Some(first));
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
            let commands = batch.len();
            watch.begins();
            self.take(batch).await;
            watch.ends(commands);
        }
    }

    /// Takes one batch from deposit to answers.
    async fn take(&mut self, batch: Vec<Submission>) {
        let now = self.clock.now();
        let batch = deposit(&self.vault, &self.states, batch, now).await;
        if batch.is_empty() {
            return;
        }
        let (mut commit_tried, began) = (false, Instant::now());
        for attempt in 0..ATTEMPTS_MAX {
            let tried = timeout(CONFIRM_MAX, self.attempt(&batch, &mut commit_tried)).await;
            match tried.unwrap_or(Err(JournalError::unconfirmed())) {
                Ok(pass) => {
                    return self
                        .conclude(batch, pass, commit_tried && attempt > 0)
                        .await;
                }
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

    /// One pass: lock, look, decide everything, commit.
    async fn attempt(
        &mut self,
        batch: &[Item],
        commit_tried: &mut bool,
    ) -> Result<Pass, JournalError> {
        let commands: Vec<Uuid> = batch
            .iter()
            .map(|item| item.submission.request.id)
            .collect();
        let guess = self.clock.now();
        let streams = self.streams(batch, guess);
        self.states.keep(streams.iter().map(|(id, _)| *id));
        let looked = self
            .writer
            .lock(Look {
                streams: &streams,
                commands: &commands,
                since: self.states.current(),
            })
            .await?;
        if let Some(seconds) = self.apart(&looked) {
            self.writer.release().await?;
            return Err(JournalError::ClocksApart { seconds });
        }
        let mut seen: HashSet<Uuid> = streams.iter().map(|(id, _)| *id).collect();
        self.states.catch_up(&looked, &seen)?;
        let stamps = self.stamps(batch, &looked);
        loop {
            let more = self.missing(batch, &stamps, &mut seen);
            if more.is_empty() {
                break;
            }
            self.states.keep(more.iter().map(|(id, _)| *id));
            let further = self
                .writer
                .look_more(Look {
                    streams: &more,
                    commands: &[],
                    since: self.states.current(),
                })
                .await?;
            self.states.take_in(&further)?;
        }
        let mut pass = Pass::default();
        for (item, stamp) in batch.iter().zip(stamps) {
            let answer = self.decide(item, stamp, &looked, &mut pass);
            pass.answers.push(answer);
        }
        if pass.entries.is_empty() {
            self.writer.release().await?;
        } else {
            *commit_tried = true;
            self.writer.commit(&pass.entries, &pass.commands).await?;
        }
        Ok(pass)
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

    /// The stamp of each command: one for the batch, or the story's hour, never backwards.
    fn stamps(&self, batch: &[Item], looked: &Looked) -> Vec<Moment> {
        let mut last = looked.head.recorded_at.unwrap_or_default();
        let now = if self.tells_story() {
            self.clock.now()
        } else {
            looked.now
        };
        let mut stamp = |item: &Item| {
            let at = item
                .submission
                .request
                .at
                .filter(|_| self.tells_story())
                .unwrap_or(now);
            last = last.max(at);
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

    /// One command on the newest state; the next command of the batch sees the result.
    fn decide(&self, item: &Item, now: Moment, looked: &Looked, pass: &mut Pass) -> Answer {
        let Submission { request, mac, .. } = &item.submission;
        if let Some(known) = pass
            .known
            .get(&request.id)
            .or_else(|| looked.known.get(&request.id))
        {
            return if known.mac == *mac {
                Ok(Receipt {
                    position: known.position,
                    entries: known.entries,
                    repeated: true,
                })
            } else {
                Err(Rejection::IdempotencyConflict.into())
            };
        }
        if item.erased {
            return Err(Rejection::SubjectErased.into());
        }
        let decided = catch_unwind(AssertUnwindSafe(|| self.ruled(item, now, pass)));
        let Ok(drafts) = decided else {
            tracing::error!(command = %request.id, "a rule panicked");
            return Err(Refusal::Fault);
        };
        let drafts = drafts?;
        self.writable(&drafts)?;
        let superseded = self.superseded(&drafts, pass);
        let position = looked.head.size + pass.entries.len() as u64;
        let (entries, after) = self.facts(drafts, request, now, position, pass)?;
        let known = KnownCommand {
            mac: *mac,
            position,
            entries: u32::try_from(entries.len()).unwrap_or(u32::MAX),
        };
        pass.superseded.extend(superseded);
        pass.commands.push(NewCommand {
            id: request.id,
            mac: *mac,
            position,
            entries: known.entries,
        });
        let receipt = Receipt {
            position,
            entries: known.entries,
            repeated: false,
        };
        pass.known.insert(request.id, known);
        pass.entries.extend(entries);
        pass.after.extend(after);
        Ok(receipt)
    }

    /// Nothing is written that a node of the release before could not read.
    fn writable(&self, drafts: &[Draft]) -> Result<(), Refusal> {
        let journal = self.states.get(stream::journal());
        let has = journal.and_then(|held| held.state.format()).copied();
        let has = has.unwrap_or(1);
        let needs = drafts.iter().map(|draft| draft.event.format()).max();
        match needs {
            Some(needs) if needs > has => Err(Refusal::NotYetEnabled { needs, has }),
            Some(_) | None => Ok(()),
        }
    }

    fn ruled(&self, item: &Item, now: Moment, pass: &Pass) -> Result<Vec<Draft>, Rejection> {
        rule(
            &item.submission.request,
            &item.parts,
            now,
            self.journal,
            |id| self.state(id, pass),
        )
    }

    /// A stream as this pass leaves it so far.
    fn state<'a>(&'a self, id: Uuid, pass: &'a Pass) -> Option<&'a State> {
        let held = pass.after.get(&id).or_else(|| self.states.get(id));
        held.map(|held| &held.state)
    }

    /// A correction replaces the parts of the same kinds.
    fn superseded(&self, drafts: &[Draft], pass: &Pass) -> Vec<String> {
        let each = drafts.iter().flat_map(|draft| {
            let before = self.state(draft.stream, pass);
            superseded::by(&draft.event, &draft.circumstances.parts, before)
        });
        each.collect()
    }

    /// Exact bytes, prev, leaf hash and next position of each draft, and the states after them.
    fn facts(
        &self,
        drafts: Vec<Draft>,
        request: &Request,
        now: Moment,
        first: u64,
        pass: &Pass,
    ) -> Result<(Vec<Entry>, HashMap<Uuid, Held>), Refusal> {
        let mut entries = Vec::with_capacity(drafts.len());
        let mut after: HashMap<Uuid, Held> = HashMap::new();
        for (position, draft) in (first..).zip(drafts) {
            let id = draft.stream;
            let held = after
                .remove(&id)
                .or_else(|| pass.after.get(&id).or_else(|| self.states.get(id)).cloned());
            let (version, prev) = held
                .as_ref()
                .map_or((1, None), |held| (held.version + 1, Some(held.leaf_hash)));
            let (entry, fact) = complete(
                draft,
                version,
                prev,
                position,
                request.id,
                request.actor.clone(),
                now,
            )
            .map_err(|error| too_large(&error))?;
            let held = states::fold(held, &fact, entry.leaf_hash).ok_or(Refusal::Fault)?;
            after.insert(id, held);
            entries.push(entry);
        }
        Ok((entries, after))
    }

    /// After the commit: the cache takes the new states, the vault loses what no fact names, everybody is answered.
    async fn conclude(&mut self, batch: Vec<Item>, pass: Pass, outcome_was_unknown: bool) {
        for (id, held) in pass.after {
            self.states.put(id, held);
        }
        if let Some(newest) = pass.entries.last() {
            self.states.are_current(Head::of(newest));
        }
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

fn too_large(error: &fact::FactError) -> Refusal {
    match error {
        fact::FactError::TooLarge(bytes) => Refusal::TooLarge(*bytes),
        fact::FactError::Malformed(_)
        | fact::FactError::Envelope(_)
        | fact::FactError::Prev
        | fact::FactError::NewerFormat { .. }
        | fact::FactError::Event(_) => {
            tracing::error!(%error, "a fact could not be written");
            Refusal::Fault
        }
    }
}

fn answer_all(batch: Vec<Item>, refusal: &Refusal) {
    for item in batch {
        item.submission.answer(Err(refusal.clone()));
    }
}
