//! The office's side: asks all witnesses of the policy at once, knows how far each has come, and tells when the quorum
//! has been missing for too long.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Client;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::{Instant, timeout_at};

use super::recall;
use super::report::{ALARM_AFTER, Report, WitnessReport};
use super::submission::{self, Cosigned, SubmitError, submit};
use crate::domain::time::Moment;
use crate::integrity::desk::held;
use crate::integrity::publish::{Ask, Question};
use crate::integrity::{Said, Seals, Trust};
use crate::journal::clock;
use crate::tlog::policy::Witness;
use crate::tlog::{Policy, SignatureLine};

/// For a round; what comes later is still kept.
const ROUND_MAX: Duration = Duration::from_millis(1_900);
/// For those who have not answered when the quorum holds.
const GRACE: Duration = Duration::from_millis(200);
const PAUSE_FIRST: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// The witnesses of a log's policy; clones share what is known of them.
#[derive(Clone)]
pub struct Witnesses {
    shared: Arc<Shared>,
}

struct Shared {
    http: Client,
    seals: Seals,
    /// By the witness's key.
    standing: Mutex<BTreeMap<String, Standing>>,
    waiting: Mutex<Waiting>,
    /// What a witness holds that may speak against this log.
    word: Mutex<Option<Said>>,
}

/// What is known of a witness.
#[derive(Debug, Default)]
struct Standing {
    /// The size it acknowledged last; 0 before it said anything.
    acknowledged: u64,
    cosigned: Option<(u64, u64)>,
    /// A submission is on its way.
    busy: bool,
    failures: u32,
    /// Not asked before.
    pause_until: Option<Instant>,
    problem: Option<String>,
}

#[derive(Debug, Default)]
struct Waiting {
    since: Option<Moment>,
    alarm: bool,
}

impl Witnesses {
    #[must_use]
    pub fn new(seals: Seals) -> Self {
        let shared = Shared {
            http: submission::http(),
            seals,
            standing: Mutex::default(),
            waiting: Mutex::default(),
            word: Mutex::default(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// For [`crate::integrity::Sealer::with_witnesses`].
    #[must_use]
    pub fn ask(&self) -> Ask {
        let witnesses = self.clone();
        Arc::new(move |question| {
            let witnesses = witnesses.clone();
            Box::pin(async move { witnesses.round(question).await })
        })
    }

    /// Submits to every witness that has an address, is not busy and not in its pause; gives what came in time. Ends soon
    /// after the quorum holds. Each submission goes on by itself, and its word is kept when it comes late.
    async fn round(&self, question: Question) -> Vec<SignatureLine> {
        let (told, mut answers) = unbounded_channel();
        for witness in question.trust.policy.witnesses() {
            if witness.url.is_some() && self.begin(witness) {
                let submission =
                    self.clone()
                        .submission(witness.clone(), question.clone(), told.clone());
                tokio::spawn(submission);
            }
        }
        drop(told);
        let (mut lines, mut signed) = (Vec::new(), question.signed.clone());
        let mut until = Instant::now() + ROUND_MAX;
        while let Ok(Some(line)) = timeout_at(until, answers.recv()).await {
            let line: SignatureLine = line;
            signed.add(line.clone());
            lines.push(line);
            let standing = question.trust.policy.check(&signed);
            if standing.is_ok_and(|standing| standing.quorum) {
                until = until.min(Instant::now() + GRACE);
            }
        }
        lines
    }

    async fn submission(
        self,
        witness: Witness,
        question: Question,
        told: UnboundedSender<SignatureLine>,
    ) {
        let shared = &self.shared;
        let old = self.standing(&witness, |standing| standing.acknowledged);
        let url = witness.url.as_deref().unwrap_or_default();
        let size = question.signed.checkpoint().size;
        let outcome = submit(&shared.http, url, &witness, &question, old).await;
        if let Err(SubmitError::Ahead(_) | SubmitError::Inconsistent) = &outcome {
            let word = recall::word(&shared.http, &witness, &question.trust).await;
            *held(&shared.word) = word;
        }
        self.end(&witness, size, &outcome);
        let Ok(Cosigned { line, .. }) = outcome else {
            return;
        };
        if let Err(late) = told.send(line) {
            let line = [late.0.to_string()];
            let kept = shared.seals.cosign(size, &line, clock::system());
            if let Err(error) = kept.await {
                tracing::warn!(%error, witness = witness.name, "a late cosignature was not kept");
            }
        }
    }

    /// Whether this witness may be asked now; if so it is busy from now on.
    fn begin(&self, witness: &Witness) -> bool {
        self.standing(witness, |standing| {
            let pausing = standing
                .pause_until
                .is_some_and(|until| Instant::now() < until);
            let free = !standing.busy && !pausing;
            standing.busy |= free;
            free
        })
    }

    fn end(&self, witness: &Witness, size: u64, outcome: &Result<Cosigned, SubmitError>) {
        let name = &witness.name;
        self.standing(witness, |standing| {
            standing.busy = false;
            match outcome {
                Ok(Cosigned { time, .. }) => {
                    if standing.problem.take().is_some() {
                        tracing::info!(witness = name, size, "a witness cosigns again");
                    }
                    standing.acknowledged = size;
                    standing.cosigned = Some((size, *time));
                    standing.failures = 0;
                    standing.pause_until = None;
                }
                Err(error) => {
                    if let SubmitError::Ahead(theirs) = error {
                        standing.acknowledged = *theirs;
                    }
                    let problem = error.to_string();
                    if standing.problem.as_ref() != Some(&problem) {
                        tracing::warn!(witness = name, size, problem, "a witness did not cosign");
                    }
                    standing.problem = Some(problem);
                    let pause = PAUSE_FIRST * 2u32.saturating_pow(standing.failures.min(10));
                    standing.failures = standing.failures.saturating_add(1);
                    standing.pause_until = Some(Instant::now() + pause.min(PAUSE_MAX));
                }
            }
        });
    }

    fn standing<T>(&self, witness: &Witness, with: impl FnOnce(&mut Standing) -> T) -> T {
        let mut known = held(&self.shared.standing);
        with(known.entry(witness.key.to_string()).or_default())
    }

    /// Notes whether the newest checkpoint is published; an alarm is raised once, and taken back.
    pub fn note_published(&self, published: bool, now: Moment) {
        let mut waiting = held(&self.shared.waiting);
        if published {
            if waiting.alarm {
                tracing::info!("checkpoints are published again");
            }
            *waiting = Waiting::default();
            return;
        }
        let since = *waiting.since.get_or_insert(now);
        if !waiting.alarm && now.0 - since.0 >= ALARM_AFTER {
            waiting.alarm = true;
            tracing::warn!(%since, "ALARM: the quorum of witnesses is missing for more than five minutes; receipts stay pending");
        }
    }

    /// What a witness holds that may speak against this log, once.
    #[must_use]
    pub fn take_word(&self) -> Option<Said> {
        held(&self.shared.word).take()
    }

    /// What every witness of the policy holds of this log, of those that answer within two seconds.
    pub async fn words(&self, trust: &Trust) -> Vec<Said> {
        recall::all(&self.shared.http, trust).await
    }

    /// How the witnesses of this policy do.
    #[must_use]
    pub fn report(&self, policy: &Policy) -> Report {
        let witnesses = policy.witnesses().iter().map(|witness| {
            self.standing(witness, |standing| WitnessReport {
                name: witness.name.clone(),
                url: witness.url.clone(),
                cosigned: standing.cosigned,
                problem: standing.problem.clone(),
            })
        });
        let witnesses = witnesses.collect();
        let waiting = held(&self.shared.waiting);
        Report {
            witnesses,
            waiting_since: waiting.since,
            alarm: waiting.alarm,
        }
    }
}
