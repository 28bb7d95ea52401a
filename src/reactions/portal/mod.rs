//! The national portal is told of every dossier: each fact it is owed once it can be queried, in order, until it has
//! answered for good. Its answers are facts.
//!
//! One row of work for all: a dossier that is refused is recorded so and holds up nobody; a portal that does not answer, or
//! refuses whatever it is told, holds the place of all. What was answered is known from the facts alone, so losing the work
//! sends nothing twice.

mod breaker;
mod case;
mod http;
mod watch;

use std::time::Duration;

use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::breaker::Breaker;
pub use self::case::{Case, CaseError, Person};
pub use self::http::{HttpPortal, ObjectKinds, Settings};
use self::watch::Watch;
use super::desk::{Desk, Outcome};
use super::work::{Claim, Work, WorkError};
use crate::acts::Counter;
use crate::domain::dossier::{DossierCommand, SyncOutcome, ToldOf};
use crate::domain::event::Event;
use crate::domain::fact::stream;
use crate::domain::portal::{News, PortalStatus, SYSTEM, news};
use crate::journal::{Entry, Journal, fact};
use crate::projections::ReadModels;
use crate::vault::Vault;

/// What the row of work is called before the portal's name.
const KIND: &str = "portal";
/// Entries read at one time.
const READ_MAX: u32 = 200;
/// For all that is said of one fact: less than half a lease, with its recording.
const TELL_MAX: Duration = Duration::from_secs(13);
/// So often a fact is told to a portal that has only an HTTP status to say to it.
const HTTP_MAX: u32 = 6;
/// Until the first repeat; doubled by each that fails.
const AGAIN_FIRST: Duration = Duration::from_secs(1);
/// So that what was missed is known well within the ten minutes of Decree 301/2026 once the portal is back.
const AGAIN_MAX: Duration = Duration::from_mins(2);
/// In place of the portal's code: what was to be told could not be read here.
pub const UNREADABLE: &str = "PERSON_UNREADABLE";
/// Between two looks for the row of a fallen node, and at the limits.
const LOOK: Duration = Duration::from_secs(5);
/// How long facts may come in before they are told.
const GATHER: Duration = Duration::from_millis(50);

/// What the outside must be able to do. Each is done once more when its answer was lost: both must bear repetition.
pub trait Portal: Send + Sync + 'static {
    /// Makes the dossier there, or changes it to this when it is known there.
    fn put(
        &self,
        case: &Case,
        is_known: bool,
    ) -> impl Future<Output = Result<Answer, Unanswered>> + Send;
    /// Adds the newest fact to its progress.
    fn progress(&self, case: &Case) -> impl Future<Output = Result<Answer, Unanswered>> + Send;
}

/// What the portal said for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It has it, under this status code: its own when it tells one, otherwise the one it was told.
    Acknowledged(Option<u16>),
    /// It will not have it: its code, cut to what a fact may hold.
    Refused(String),
}

/// It said nothing that counts: told again later.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Unanswered {
    /// Never anything of an answer's text.
    pub why: String,
    /// The status of an answer that may be about what it was told; none when the portal was not reached.
    pub http: Option<u16>,
}

impl Unanswered {
    /// Not reached, too late, or not signed in: nothing to do with what it was told.
    #[must_use]
    pub fn silent(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            http: None,
        }
    }

    /// An answer of this status. Those by which a server says that it is not there, or has too much to do, are about nothing.
    #[must_use]
    pub fn by(status: reqwest::StatusCode, why: &str) -> Self {
        let code = status.as_u16();
        Self {
            why: format!("{status} {why}"),
            http: (!matches!(code, 408 | 429 | 502..=504)).then_some(code),
        }
    }
}

/// One node's part in telling the portal.
pub struct Teller<P> {
    portal: P,
    work: Work,
    desk: Desk,
    journal: Journal,
    vault: Vault,
    owner: String,
    watch: Watch,
    breaker: Breaker,
    /// How often the fact at a position was answered with nothing but a status.
    statuses: (u64, u32),
}

impl<P: Portal> Teller<P> {
    /// `node` names this process among those that share the work: random.
    #[must_use]
    pub fn new(
        portal: P,
        work: Work,
        (counter, models): (Counter, ReadModels),
        (journal, vault): (Journal, Vault),
        node: Uuid,
    ) -> Self {
        Self {
            portal,
            work,
            desk: Desk::new(counter, models),
            journal,
            vault,
            owner: node.to_string(),
            watch: Watch::default(),
            breaker: Breaker::default(),
            statuses: (0, 0),
        }
    }

    /// Tells until `stop`.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut progress = self.desk.models.watch();
        loop {
            progress.mark_unchanged();
            let nap = match self.pass(&stop).await {
                Ok(nap) => nap,
                Err(error) => {
                    tracing::warn!(%error, "the national portal waits");
                    LOOK
                }
            };
            self.watch.look(&self.desk).await;
            tokio::select! {
                () = stop.cancelled() => return,
                changed = progress.changed() => match changed {
                    Ok(()) => sleep(GATHER).await,
                    Err(_) => return stop.cancelled().await,
                },
                () = sleep(nap) => {}
            }
        }
    }

    /// Tells all there is; how long until there may be more.
    async fn pass(&mut self, stop: &CancellationToken) -> Result<Duration, TellError> {
        // From the beginning of the journal: what was acknowledged is passed over by its facts.
        self.work.begin(&row(), 0).await?;
        loop {
            let head = self.desk.models.size();
            let Some(mut claim) = self.work.claim(KIND, head, &self.owner).await? else {
                let due = self.work.next_due(KIND, head).await?;
                return Ok(due.unwrap_or(LOOK).clamp(GATHER, LOOK));
            };
            let told = self.tell_until(&mut claim, head, stop).await;
            match &told {
                Ok(Told::All) => self.work.release(&claim).await?,
                Ok(Told::Stopped) => {
                    self.work.release(&claim).await?;
                    return Ok(Duration::ZERO);
                }
                Ok(Told::Lost) => return Ok(LOOK),
                Ok(Told::Unanswered) => {
                    let after = again_after(claim.attempts);
                    self.work.postpone(&claim, after).await?;
                    return Ok(after.min(LOOK));
                }
                Err(_) => {
                    self.work
                        .postpone(&claim, again_after(claim.attempts))
                        .await?;
                }
            }
            told?;
        }
    }

    async fn tell_until(
        &mut self,
        claim: &mut Claim,
        head: u64,
        stop: &CancellationToken,
    ) -> Result<Told, TellError> {
        while claim.position < head {
            let entries = self.journal.read(claim.position, READ_MAX).await?;
            let Some(last) = entries.last().map(|entry| entry.position) else {
                return Ok(Told::All);
            };
            for entry in entries {
                let Some(case) = self.case(&entry).await? else {
                    continue;
                };
                // What fails is counted for the fact it fails at.
                let there = claim.position == entry.position
                    || self.work.advance(claim, entry.position).await?;
                if !there {
                    return Ok(Told::Lost);
                }
                let settled = tokio::select! {
                    biased;
                    () = stop.cancelled() => return Ok(Told::Stopped),
                    settled = self.tell(&case, claim.attempts, &entry) => settled,
                };
                if !settled {
                    return Ok(Told::Unanswered);
                }
                if !self.work.advance(claim, entry.position + 1).await? {
                    return Ok(Told::Lost);
                }
            }
            if claim.position <= last && !self.work.advance(claim, last + 1).await? {
                return Ok(Told::Lost);
            }
        }
        Ok(Told::All)
    }

    /// What the portal is to be told of a fact; none when it is not, or has answered for good.
    async fn case(&self, entry: &Entry) -> Result<Option<Case>, TellError> {
        let read = fact::decode(&entry.body).map_err(|error| TellError::Fact {
            position: entry.position,
            why: error.to_string(),
        })?;
        let Event::Dossier(event) = &read.event else {
            return Ok(None);
        };
        if news(event) == News::Nothing {
            return Ok(None);
        }
        let reference = self.desk.models.reference();
        let of = (entry.stream, entry.version);
        Ok(Case::of(&self.journal, &self.vault, reference, of).await?)
    }

    /// Tells one fact and records the answer; true when that was for good. `before`: how often it was tried already.
    async fn tell(&mut self, case: &Case, before: u32, entry: &Entry) -> bool {
        let position = entry.position;
        if self.statuses.0 != position {
            self.statuses = (position, 0);
        }
        let is_last = self.statuses.1 + 1 >= HTTP_MAX;
        let answer = timeout(TELL_MAX, self.say(case, is_last)).await;
        let answer = answer.unwrap_or_else(|_| Err(Unanswered::silent("too late")));
        let answer = self.weigh(answer, entry);
        let (outcome, remote_status, refusal) = match answer {
            Ok(Answer::Acknowledged(status)) => {
                let told = case.dossier().and_then(PortalStatus::of);
                let told = told.map(|status| u16::from(status.code()));
                (SyncOutcome::Acknowledged, status.or(told), None)
            }
            Ok(Answer::Refused(code)) => {
                tracing::warn!(
                    position,
                    code,
                    "the national portal has not taken a dossier"
                );
                (SyncOutcome::Failed, None, Some(code))
            }
            Err(unanswered) => {
                let attempt = before + 1;
                tracing::warn!(position, attempt, error = %unanswered, "the national portal does not answer");
                // On record once; how often it was tried stands in what is recorded at last.
                if before == 0 {
                    let outcome = (SyncOutcome::Failed, None, None);
                    self.record(entry, attempt, outcome, ":unanswered").await;
                }
                return false;
            }
        };
        let outcome = (outcome, remote_status, refusal);
        match self.record(entry, before + 1, outcome, "").await {
            Some(Outcome::Taken | Outcome::Done | Outcome::Refused) => true,
            Some(Outcome::Unknown) | None => false,
        }
    }

    /// Records an answer under an id made of the portal and the fact told: on every node the same.
    async fn record(
        &self,
        entry: &Entry,
        attempt: u32,
        (outcome, remote_status, refusal): (SyncOutcome, Option<u16>, Option<String>),
        mark: &str,
    ) -> Option<Outcome> {
        let id = stream::reaction(&format!("{SYSTEM}:{}{mark}", entry.position));
        let command = DossierCommand::RecordSync {
            system: SYSTEM.to_owned(),
            outcome,
            remote_status,
            attempt,
            told: Some(ToldOf {
                version: entry.version,
                position: entry.position,
                refusal,
            }),
        };
        let recorded = self.desk.give(vec![(id, entry.stream, command)]).await;
        recorded.into_iter().next()
    }

    /// What an answer counts for: a refusal of whatever it is told is none.
    fn weigh(
        &mut self,
        answer: Result<Answer, Unanswered>,
        entry: &Entry,
    ) -> Result<Answer, Unanswered> {
        match &answer {
            Ok(Answer::Acknowledged(_)) => self.breaker.acknowledged(),
            // Said by this node: nothing about the portal.
            Ok(Answer::Refused(code)) if code == UNREADABLE => {}
            Ok(Answer::Refused(code)) => {
                if self.breaker.holds(entry.stream, code) {
                    let settings = breaker::settings(code);
                    tracing::error!(
                        code,
                        settings,
                        "the national portal refuses every dossier alike: see to the settings"
                    );
                    let why = format!("it refuses every dossier alike: {code}");
                    return Err(Unanswered::silent(why));
                }
                self.breaker.refused(entry.stream, code);
            }
            Err(unanswered) => {
                let counts = u32::from(unanswered.http.is_some());
                self.statuses.1 = self.statuses.1.saturating_add(counts);
            }
        }
        answer
    }

    /// All that there is to say of one fact; a refusal ends it. `is_last`: a status alone is a refusal now.
    async fn say(&self, case: &Case, is_last: bool) -> Result<Answer, Unanswered> {
        let news = case.news();
        if let Some(why) = case.unreadable.filter(|_| news.puts()) {
            // Told without its person it would be taken for an erased one; nobody else waits for it.
            tracing::error!(why, "a dossier cannot be told: its person cannot be read");
            return Ok(Answer::Refused(UNREADABLE.to_owned()));
        }
        let put = if news.puts() {
            Some(self.put(case, is_last).await?)
        } else {
            None
        };
        if !news.progresses() || matches!(put, Some(Answer::Refused(_))) {
            return Ok(put.unwrap_or(Answer::Acknowledged(None)));
        }
        let progressed = settled(self.portal.progress(case).await, is_last)?;
        Ok(match (put, progressed) {
            (Some(Answer::Acknowledged(put)), Answer::Acknowledged(now)) => {
                Answer::Acknowledged(now.or(put))
            }
            // It has the dossier and its status, which is what counts.
            (Some(put @ Answer::Acknowledged(_)), Answer::Refused(code)) => {
                tracing::warn!(code, "the national portal has not taken a line of progress");
                put
            }
            (Some(Answer::Refused(_)) | None, progressed) => progressed,
        })
    }

    /// Puts a dossier. The portal may have it though the answer was lost, or have it no more: a refusal counts when it
    /// refuses both to make and to change it.
    async fn put(&self, case: &Case, is_last: bool) -> Result<Answer, Unanswered> {
        let first = settled(self.portal.put(case, case.is_known).await, is_last)?;
        if !matches!(first, Answer::Refused(_)) {
            return Ok(first);
        }
        let other = settled(self.portal.put(case, !case.is_known).await, is_last)?;
        Ok(match other {
            Answer::Acknowledged(_) => other,
            Answer::Refused(_) => first,
        })
    }
}

/// The last time, a status alone is a refusal: one dossier that the portal stumbles over does not hold up the others for ever.
fn settled(answer: Result<Answer, Unanswered>, is_last: bool) -> Result<Answer, Unanswered> {
    match answer {
        Err(Unanswered {
            http: Some(status), ..
        }) if is_last => Ok(Answer::Refused(format!("HTTP_{status}"))),
        Ok(_) | Err(_) => answer,
    }
}

/// The row of work of the portal.
fn row() -> String {
    format!("{KIND}:{SYSTEM}")
}

fn again_after(attempts: u32) -> Duration {
    AGAIN_MAX.min(AGAIN_FIRST.saturating_mul(1 << attempts.min(16)))
}

/// How far a claim was worked off.
enum Told {
    All,
    Stopped,
    /// Another node has it now.
    Lost,
    Unanswered,
}

#[derive(Debug, thiserror::Error)]
enum TellError {
    #[error(transparent)]
    Work(#[from] WorkError),
    #[error("the journal: {0}")]
    Journal(#[from] crate::journal::JournalError),
    #[error(transparent)]
    Case(#[from] CaseError),
    #[error("the fact at {position} cannot be read: {why}")]
    Fact { position: u64, why: String },
}
