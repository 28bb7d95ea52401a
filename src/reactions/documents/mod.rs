//! A signed result is registered with the office's document management, which gives it its number; what is taken back or
//! replaced is told there too.
//!
//! One row of work per system, in order of the journal. A system that does not answer is tried again and keeps those behind
//! waiting; one that refuses a document is noted, for then the clerk numbers it by hand.

mod case;

use std::time::Duration;

use reqwest::Client;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::case::{Case, told};
use super::Interrupted;
use super::work::{Claim, LEASE, Work, wait};
use crate::acts::{Act, Counter, Refusal, Request};
use crate::domain::dossier::DossierCommand;
use crate::domain::fact::stream;
use crate::journal::{Journal, clock};
use crate::outside::{self, cause};
use crate::ports::documents::{self, Answered, Call, Reference, Registry};
use crate::projections::ReadModels;

/// What rows of work are called before the system's name.
pub const KIND: &str = "documents";

/// Entries read at one time.
const CHUNK: u32 = 256;
/// A system answers within this time, or has not answered.
const ANSWER_MAX: Duration = Duration::from_secs(12);
/// Of an answer.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Between two looks at what is due.
const LOOK: Duration = Duration::from_secs(1);
/// How long facts may come in before they are looked at.
const GATHER: Duration = Duration::from_millis(20);
/// After a store did not answer.
const PAUSE: Duration = Duration::from_secs(5);
/// The longest wait after a failure.
const WAIT_MAX: Duration = Duration::from_mins(10);

/// One node's part in telling document systems.
pub struct Documents {
    registries: Vec<Registry>,
    work: Work,
    journal_id: Uuid,
    journal: Journal,
    models: ReadModels,
    counter: Counter,
    client: Client,
    owner: String,
}

/// Why a row is given back.
enum Stopped {
    /// Everything shown is told.
    Released,
    /// To be tried again.
    Postponed(Duration),
    /// It is another node's now.
    Lost,
}

impl Documents {
    /// `node` names this process among those that share the work: random.
    #[must_use]
    pub fn new(
        registries: Vec<Registry>,
        work: Work,
        (journal_id, journal): (Uuid, Journal),
        models: ReadModels,
        counter: Counter,
        node: Uuid,
    ) -> Self {
        Self {
            registries,
            work,
            journal_id,
            journal,
            models,
            counter,
            client: outside::client(ANSWER_MAX),
            owner: node.to_string(),
        }
    }

    /// Tells until `stop`. A system that is new is told of what is signed from now on.
    pub async fn run(self, stop: CancellationToken) {
        let mut progress = self.models.watch();
        loop {
            progress.mark_unchanged();
            let nap = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                nap = self.pass() => nap,
            };
            let nap = nap.unwrap_or_else(|error| {
                tracing::warn!(%error, "document management waits");
                PAUSE
            });
            tokio::select! {
                () = stop.cancelled() => return,
                changed = progress.changed() => match changed {
                    Ok(()) => sleep(GATHER).await,
                    // Nobody follows any more: nothing new will be seen.
                    Err(_) => return stop.cancelled().await,
                },
                () = sleep(nap) => {}
            }
        }
    }

    /// Works on every row that is due; how long until the next one is.
    async fn pass(&self) -> Result<Duration, Interrupted> {
        let head = self.models.size();
        for registry in &self.registries {
            self.work
                .begin(&format!("{KIND}:{}", registry.name), head)
                .await?;
        }
        while let Some(claim) = self.work.claim(KIND, head, &self.owner).await? {
            self.work_off(claim).await?;
        }
        let due = self.work.next_due(KIND, head).await?;
        Ok(due.unwrap_or(LOOK).clamp(GATHER, LOOK))
    }

    async fn work_off(&self, mut claim: Claim) -> Result<(), Interrupted> {
        let named = |registry: &&Registry| registry.name == claim.subject();
        let Some(registry) = self.registries.iter().find(named) else {
            // Taken out of the settings: its place is kept, and it waits.
            return Ok(self.work.postpone(&claim, WAIT_MAX).await?);
        };
        let ended = self.tell_all(registry, &mut claim).await;
        match ended {
            Ok(Stopped::Released) => self.work.release(&claim).await?,
            Ok(Stopped::Postponed(after)) => self.work.postpone(&claim, after).await?,
            Ok(Stopped::Lost) => {}
            Err(error) => {
                tracing::warn!(%error, system = registry.name, "document management waits");
                self.work
                    .postpone(&claim, wait(claim.attempts, WAIT_MAX))
                    .await?;
            }
        }
        Ok(())
    }

    async fn tell_all(
        &self,
        registry: &Registry,
        claim: &mut Claim,
    ) -> Result<Stopped, Interrupted> {
        loop {
            let shown = self.models.size();
            let entries = self.journal.read(claim.position, CHUNK).await?;
            let mut reached = claim.position;
            for entry in entries.iter().filter(|entry| entry.position < shown) {
                if let Some(case) = told(&self.journal, registry, entry).await? {
                    if claim.position < entry.position
                        && !self.work.advance(claim, entry.position).await?
                    {
                        return Ok(Stopped::Lost);
                    }
                    if !self.settle(registry, &case, entry.position).await {
                        return Ok(Stopped::Postponed(wait(claim.attempts, WAIT_MAX)));
                    }
                    if !self.work.advance(claim, entry.position + 1).await? {
                        return Ok(Stopped::Lost);
                    }
                }
                reached = entry.position + 1;
            }
            if reached > claim.position && !self.work.advance(claim, reached).await? {
                return Ok(Stopped::Lost);
            }
            if entries.is_empty() || claim.position >= self.models.size() {
                return Ok(Stopped::Released);
            }
        }
    }

    /// Tells of one fact; false when it is to be told again.
    async fn settle(&self, registry: &Registry, case: &Case, position: u64) -> bool {
        let reference = |position| Reference {
            journal: self.journal_id,
            position,
        };
        let now = u64::try_from(clock::system().0.div_euclid(1_000_000)).unwrap_or(0);
        let system = registry.system.as_ref();
        let (call, registers) = match case {
            Case::Signed(document) => {
                let outgoing = document.outgoing(reference(position));
                (system.registration(&outgoing, now), true)
            }
            Case::Changed(change) => {
                let change = change.told(reference(position));
                (system.standing(&change, now), false)
            }
        };
        let name = registry.name.as_str();
        let answered = match self.send(&call).await {
            Ok((status, body)) => {
                if status >= 300 {
                    tracing::warn!(
                        system = name,
                        position,
                        status,
                        "document management answered"
                    );
                }
                system.answered(status, &body)
            }
            Err(why) => {
                tracing::warn!(system = name, position, %why, "document management does not answer");
                Answered::Failed
            }
        };
        match answered {
            Answered::Number(number) if registers => {
                self.issued(registry, case, reference(position), number)
                    .await
            }
            Answered::Number(_) | Answered::Later => true,
            Answered::Refused => {
                tracing::warn!(
                    system = name,
                    position,
                    "document management refused a document: the clerk numbers it by hand"
                );
                true
            }
            Answered::Failed => false,
        }
    }

    /// Records the number; false when nobody knows whether it is recorded.
    async fn issued(
        &self,
        registry: &Registry,
        case: &Case,
        reference: Reference,
        number: String,
    ) -> bool {
        let name = documents::cause(&registry.name, reference);
        let act = Act::Dossier {
            dossier: case.dossier(),
            command: DossierCommand::IssueResult { number },
        };
        let request = Request::new(stream::reaction(&name), registry.actor(), act);
        match self.counter.submit(request).await {
            Ok(_) => true,
            Err(Refusal::Rejected(rejection)) => {
                tracing::warn!(
                    system = registry.name,
                    position = reference.position,
                    code = rejection.code(),
                    "a number that document management gave is not recorded: somebody has to look at it"
                );
                true
            }
            Err(refusal) => {
                tracing::debug!(code = refusal.code(), "a number was not taken");
                false
            }
        }
    }

    async fn send(&self, call: &Call) -> Result<(u16, Vec<u8>), String> {
        let mut request = self.client.post(&call.url).timeout(ANSWER_MAX);
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        let answer = request.body(call.body.clone()).send().await;
        let mut answer = answer.map_err(|error| cause(&error))?;
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(|error| cause(&error))? {
            if body.len() + piece.len() > ANSWER_BYTES_MAX {
                return Err("its answer is too large".to_owned());
            }
            body.extend_from_slice(&piece);
        }
        Ok((answer.status().as_u16(), body))
    }
}

// One call must end within half a lease.
const _: () = assert!(ANSWER_MAX.as_secs() * 2 < LEASE.as_secs());
