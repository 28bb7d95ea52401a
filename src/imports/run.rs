//! Taking a read file in: claims at the counter in their order, counted as they are answered.

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use futures_util::FutureExt;
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::error::{ImportError, Unread};
use super::mapping::Mapping;
use super::plan::{Plan, Sending};
use crate::acts::{Act, Counter, Receipt, Refusal, Request};
use crate::domain::actor::Actor;
use crate::domain::claim::{ClaimedAct, ImportBegun, ImportEnded, ImportEvent};
use crate::domain::dossier::Rejection;

/// Claims on their way at one time; the writer takes them in the order they were sent.
const OUTSTANDING_MAX: usize = 2_000;
/// How often a refusal that passes is tried again.
const TRIES: u32 = 50;

/// What became of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    pub file: String,
    pub rows: u64,
    pub cases: u64,
    /// Acts that the file tells, as far as it can be read.
    pub acts: u64,
    /// Of these, taken in now.
    pub taken: u64,
    /// Of these, told by an earlier file already.
    pub known: u64,
    /// Of these, told by an earlier file with another office, procedure, way or person: what was told first stays.
    pub otherwise: u64,
    /// Promised dates that the source has changed since an earlier file.
    pub moved: u64,
    /// Read, and nothing that can be: with the code of the refusal.
    pub refused: Vec<Unread>,
    /// Not read.
    pub unread: Vec<Unread>,
}

impl Report {
    /// Rows and acts that were not taken in.
    #[must_use]
    pub fn left(&self) -> u64 {
        (self.unread.len() + self.refused.len()) as u64
    }
}

/// Whoever takes in, at one counter.
pub struct Taker<'a> {
    pub counter: &'a Counter,
    pub by: Actor,
    pub mapping: &'a Mapping,
    /// SHA-256 (hex) of the mapping.
    pub mapping_hash: String,
    /// For pseudonyms.
    pub secret: [u8; 32],
}

type Answer<'a> = Pin<Box<dyn Future<Output = Result<Receipt, Refusal>> + Send + 'a>>;

impl Taker<'_> {
    /// Makes sure that this journal holds what this system tells, and has the mapping's records.
    ///
    /// # Errors
    /// [`ImportError::NotImported`], [`ImportError::OtherTeller`], a record that is refused.
    pub async fn prepare(&self) -> Result<(), ImportError> {
        self.mapping.fits(self.counter.opened())?;
        let records = self.mapping.records()?;
        let furnished = self.counter.furnish(records, None).await;
        furnished.map_err(ImportError::Records)
    }

    /// Takes a file in. `tell` is told how many acts are done, and of how many.
    ///
    /// # Errors
    /// When the file cannot be read, or the journal takes nothing.
    pub async fn take(
        &self,
        file: &Path,
        mut tell: impl FnMut(u64, u64) + Send,
    ) -> Result<Report, ImportError> {
        let plan = Plan::read(file, self.mapping, &self.secret)?;
        let begun = ImportBegun {
            file: plan.file.clone(),
            bytes: plan.bytes,
            mapping: self.mapping_hash.clone(),
            system: self.mapping.system.clone(),
        };
        self.say(&plan.file, "begun", ImportEvent::Begun(begun))
            .await?;
        let mut report = Report {
            file: plan.file.clone(),
            rows: plan.rows,
            cases: plan.cases,
            acts: plan.sendings.len() as u64,
            unread: plan.unread,
            ..Report::default()
        };
        let (mut promises, total) = (HashMap::new(), plan.sendings.len() as u64);
        let mut waiting: VecDeque<(Sending, Answer<'_>)> = VecDeque::new();
        for (done, sending) in (0_u64..).zip(plan.sendings) {
            if waiting.len() >= OUTSTANDING_MAX
                && let Some((sending, answer)) = waiting.pop_front()
            {
                self.settle(sending, answer, &mut report, &mut promises)
                    .await?;
                tell(done, total);
            }
            let mut answer = self.send(&sending);
            // The first poll sends it: claims go out in their order.
            if let Some(answered) = answer.as_mut().now_or_never() {
                answer = Box::pin(std::future::ready(answered));
            }
            waiting.push_back((sending, answer));
        }
        for (sending, answer) in waiting {
            self.settle(sending, answer, &mut report, &mut promises)
                .await?;
        }
        tell(total, total);
        self.promises(promises, &mut report).await?;
        let ended = ImportEnded {
            file: report.file.clone(),
            cases: report.cases,
            acts: report.acts,
            known: report.known,
            unread: report.left(),
        };
        if report.taken + report.moved > 0 || report.known == 0 {
            self.say(&report.file, "ended", ImportEvent::Ended(ended))
                .await?;
        }
        Ok(report)
    }

    fn send<'a>(&'a self, sending: &Sending) -> Answer<'a> {
        let request = Request {
            personal: sending.personal.clone(),
            ..Request::new(
                sending.id,
                sending.actor.clone(),
                Act::Claim(Box::new(sending.claim.clone())),
            )
        };
        Box::pin(self.counter.submit(request))
    }

    /// Waits for an answer, and notes whose promise is to be compared with the one that was told first.
    async fn settle<'a>(
        &'a self,
        sending: Sending,
        answer: Answer<'a>,
        report: &mut Report,
        promises: &mut HashMap<Uuid, Sending>,
    ) -> Result<(), ImportError> {
        let mut answered = answer.await;
        for _ in 0..TRIES {
            if !matches!(
                answered,
                Err(Refusal::Overloaded | Refusal::Unavailable | Refusal::ClocksApart(_))
            ) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
            answered = self.send(&sending).await;
        }
        match answered {
            Ok(receipt) if receipt.repeated => report.known += 1,
            Ok(_) => report.taken += 1,
            Err(Refusal::Rejected(Rejection::IdempotencyConflict)) => {
                report.known += 1;
                report.otherwise += 1;
            }
            Err(Refusal::Rejected(rejection)) => {
                report.refused.push(Unread {
                    row: sending.row,
                    column: None,
                    why: rejection.code(),
                });
                return Ok(());
            }
            Err(refusal) => return Err(ImportError::Refused(refusal)),
        }
        if sending.claim.act == ClaimedAct::Accept
            && let Some(promise) = sending.promise()
        {
            promises.insert(sending.claim.case.dossier(), promise);
        }
        Ok(())
    }

    /// Where the source promised another day before, the change is on record.
    async fn promises(
        &self,
        promises: HashMap<Uuid, Sending>,
        report: &mut Report,
    ) -> Result<(), ImportError> {
        let mut waiting: VecDeque<Answer<'_>> = VecDeque::new();
        for promise in promises.values() {
            let mut answer = self.send(promise);
            if let Some(answered) = answer.as_mut().now_or_never() {
                answer = Box::pin(std::future::ready(answered));
            }
            waiting.push_back(answer);
            if waiting.len() >= OUTSTANDING_MAX
                && let Some(first) = waiting.pop_front()
            {
                report.moved += moved(first.await)?;
            }
        }
        for answer in waiting {
            report.moved += moved(answer.await)?;
        }
        Ok(())
    }

    async fn say(&self, file: &str, what: &str, event: ImportEvent) -> Result<(), ImportError> {
        let content = serde_json::to_vec(&event).unwrap_or_default();
        let name = [file.as_bytes(), what.as_bytes(), &content].concat();
        let id = Uuid::new_v5(&self.counter.opened().id, &name);
        let request = Request::new(id, self.by.clone(), Act::Import(event));
        let said = self.counter.submit(request).await;
        said.map(|_| ()).map_err(ImportError::Refused)
    }
}

fn moved(answer: Result<Receipt, Refusal>) -> Result<u64, ImportError> {
    match answer {
        Ok(receipt) => Ok(u64::from(!receipt.repeated)),
        Err(Refusal::Rejected(_)) => Ok(0),
        Err(refusal) => Err(ImportError::Refused(refusal)),
    }
}

/// Shadow mode: takes in every file of `folder` that is new or has changed, looking again every `pause`, until `stop`.
/// What cannot be read is logged and tried again when it has changed.
pub async fn follow(taker: &Taker<'_>, folder: PathBuf, pause: Duration, stop: CancellationToken) {
    let (mut seen, mut waiting) = (HashMap::new(), HashMap::new());
    loop {
        for (file, state) in files(&folder) {
            if seen.get(&file) == Some(&state) {
                continue;
            }
            if stop.is_cancelled() {
                return;
            }
            // Still being written, perhaps: it is taken in once it looks the same twice.
            if waiting.insert(file.clone(), state) != Some(state) {
                continue;
            }
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            match taker.take(&file, |_, _| {}).await {
                Ok(report) => {
                    tracing::info!(
                        file = %name,
                        taken = report.taken,
                        known = report.known,
                        moved = report.moved,
                        left = report.left(),
                        "a file of the source was taken in"
                    );
                    seen.insert(file, state);
                }
                Err(error @ (ImportError::File { .. } | ImportError::Form { .. })) => {
                    tracing::warn!(%error, "a file of the source cannot be read");
                    seen.insert(file, state);
                }
                Err(error) => tracing::warn!(%error, "an import is tried again"),
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// The files of a folder with size and time, by name; not what is hidden or still being written (`.part`, `.tmp`).
fn files(folder: &Path) -> Vec<(PathBuf, (u64, Option<SystemTime>))> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        tracing::warn!(folder = %folder.display(), "the folder of the source cannot be read");
        return Vec::new();
    };
    let mut files: Vec<_> = entries
        .flatten()
        .filter_map(|entry| {
            let (path, about) = (entry.path(), entry.metadata().ok()?);
            let name = path.file_name()?.to_str()?;
            let ready =
                !name.starts_with('.') && ![".part", ".tmp"].iter().any(|end| name.ends_with(end));
            let state = (about.len(), about.modified().ok());
            (about.is_file() && ready).then_some((path, state))
        })
        .collect();
    files.sort();
    files
}
