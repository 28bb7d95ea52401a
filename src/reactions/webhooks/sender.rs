//! One subscriber's messages, one after the other: sent, noted, and the place moved on; or held, laid aside, given up.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderName, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::event::{Message, message};
use super::signature::Secret;
use crate::journal::{Entry, Journal, JournalError, clock};
use crate::outside::{Guarded, cause};
use crate::projections::{ProjectionError, ReadModels};
use crate::reactions::work::{
    Claim, Delivery, LEASE, Subscriber, SubscriberState, Work, WorkError,
};
use crate::vault::Keys;

/// A receiver answers within this time, or has not answered.
pub const ANSWER_MAX: Duration = Duration::from_secs(12);
/// Entries read at one time.
const CHUNK: u32 = 256;
/// Of an answer's body; nothing is done with it, but the line can be used again.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// A claim is renewed at least this often while nothing is to be sent.
const RENEW: Duration = Duration::from_secs(LEASE.as_secs() / 3);

/// Waits after the first, second, … failure; the last one goes on.
const WAITS: [Duration; 8] = [
    Duration::from_millis(200),
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(10),
    Duration::from_mins(30),
    Duration::from_hours(1),
];
/// A message that was refused so often is laid aside, and the next one is sent.
const REFUSALS_MAX: u32 = 4;
/// A receiver that accepts nothing for so long is sent nothing more until the operator says so; its place is kept.
const OUTAGE_MAX: Duration = Duration::from_hours(72);
/// Stands for ever.
const NEVER: Duration = Duration::from_hours(24 * 365 * 100);

pub(super) struct Sender {
    pub work: Work,
    pub journal_id: Uuid,
    pub journal: Journal,
    pub models: ReadModels,
    pub keys: Arc<Keys>,
    pub outside: Guarded,
}

/// What became of one message.
enum Outcome {
    Accepted,
    /// The receiver will not have this one: malformed to it, or too large.
    Refused(String),
    /// It wants nothing more.
    Gone,
    /// It may take it later.
    Failed {
        why: String,
        after: Option<Duration>,
    },
}

/// Why the row is given back.
enum Stopped {
    /// Everything shown is sent, or the node ends.
    Released,
    /// To be tried again.
    Postponed(Duration),
    /// It is another node's now.
    Lost,
}

#[derive(Debug, thiserror::Error)]
enum SendError {
    #[error(transparent)]
    Work(#[from] WorkError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Read(#[from] ProjectionError),
}

impl Sender {
    /// Sends what there is for this row, and gives it back.
    pub async fn work_off(&self, mut claim: Claim, stop: CancellationToken) {
        let ended = tokio::select! {
            biased;
            () = stop.cancelled() => Ok(Stopped::Released),
            ended = self.send_all(&mut claim) => ended,
        };
        let given_back = match ended {
            Ok(Stopped::Released) => self.work.release(&claim).await,
            Ok(Stopped::Postponed(after)) => self.work.postpone(&claim, after).await,
            Ok(Stopped::Lost) => Ok(()),
            Err(error) => {
                tracing::warn!(%error, subscriber = claim.subject(), "a webhook waits");
                self.work.postpone(&claim, wait(claim.attempts)).await
            }
        };
        // Its time runs out by itself then.
        if let Err(error) = given_back {
            tracing::warn!(%error, subscriber = claim.subject(), "a webhook's row is not given back");
        }
    }

    async fn send_all(&self, claim: &mut Claim) -> Result<Stopped, SendError> {
        let subscriber = match self.work.subscriber(claim.subject()).await {
            Ok(subscriber) => subscriber,
            Err(WorkError::Unknown(_)) => {
                self.work.end(&claim.name).await?;
                return Ok(Stopped::Lost);
            }
            Err(error) => return Err(error.into()),
        };
        if subscriber.state != SubscriberState::Active {
            return Ok(Stopped::Postponed(NEVER));
        }
        let secret = Secret::of(&self.keys, subscriber.id);
        loop {
            // What is sent can be queried here.
            let shown = self.models.size();
            let entries = self.journal.read(claim.position, CHUNK).await?;
            let mut renewed = Instant::now();
            let mut reached = claim.position;
            for entry in entries.iter().filter(|entry| entry.position < shown) {
                reached = entry.position + 1;
                let of = (self.journal_id, &self.journal);
                let Some(message) = message(of, &self.models, &subscriber, entry).await? else {
                    if renewed.elapsed() > RENEW {
                        if !self.work.advance(claim, reached).await? {
                            return Ok(Stopped::Lost);
                        }
                        renewed = Instant::now();
                    }
                    continue;
                };
                // What comes before is settled: the failures counted are this message's.
                if claim.position < entry.position
                    && !self.work.advance(claim, entry.position).await?
                {
                    return Ok(Stopped::Lost);
                }
                if let Some(stopped) = self
                    .settle(claim, &subscriber, &secret, entry, &message)
                    .await?
                {
                    return Ok(stopped);
                }
                renewed = Instant::now();
            }
            if reached == claim.position && entries.is_empty() {
                return Ok(Stopped::Released);
            }
            if reached > claim.position && !self.work.advance(claim, reached).await? {
                return Ok(Stopped::Lost);
            }
            if claim.position >= self.models.size() {
                return Ok(Stopped::Released);
            }
        }
    }

    /// Sends one message; none when the next may follow.
    async fn settle(
        &self,
        claim: &mut Claim,
        subscriber: &Subscriber,
        secret: &Secret,
        entry: &Entry,
        message: &Message,
    ) -> Result<Option<Stopped>, SendError> {
        let attempt = claim.attempts + 1;
        let began = Instant::now();
        let (status, outcome) = self.send(&subscriber.url, secret, message).await;
        let error = match &outcome {
            Outcome::Accepted => None,
            Outcome::Gone => Some("it wants nothing more".to_owned()),
            Outcome::Refused(why) | Outcome::Failed { why, .. } => Some(why.clone()),
        };
        let delivery = Delivery {
            position: entry.position,
            attempt,
            status,
            error,
            bytes: message.body.len(),
            took: began.elapsed(),
        };
        self.work.note(&subscriber.name, &delivery).await?;
        let name = &subscriber.name;
        match outcome {
            Outcome::Accepted => self.work.revive(name, entry.position).await?,
            Outcome::Refused(why) if attempt >= REFUSALS_MAX => {
                tracing::warn!(subscriber = name, position = entry.position, %why, "a message is laid aside");
                self.work
                    .lay_aside(name, entry.position, attempt, &why)
                    .await?;
            }
            Outcome::Refused(_) => return Ok(Some(Stopped::Postponed(wait(claim.attempts)))),
            Outcome::Gone => {
                let why = "the receiver answered 410: it wants nothing more";
                self.work
                    .set_state(name, SubscriberState::Gone, Some(why))
                    .await?;
                return Ok(Some(Stopped::Postponed(NEVER)));
            }
            Outcome::Failed { why, after } => {
                let failing = self.work.failing_for(name, claim).await?;
                if failing.is_some_and(|failing| failing > OUTAGE_MAX) {
                    let why = format!("nothing was accepted for three days: {why}");
                    tracing::warn!(subscriber = name, %why, "a receiver is given up");
                    self.work
                        .set_state(name, SubscriberState::Paused, Some(&why))
                        .await?;
                    return Ok(Some(Stopped::Postponed(NEVER)));
                }
                let wait = wait(claim.attempts).max(after.unwrap_or_default());
                return Ok(Some(Stopped::Postponed(wait)));
            }
        }
        let ours = self.work.advance(claim, entry.position + 1).await?;
        Ok((!ours).then_some(Stopped::Lost))
    }

    async fn send(&self, url: &str, secret: &Secret, message: &Message) -> (Option<u16>, Outcome) {
        let failed = |why: String| (None, Outcome::Failed { why, after: None });
        let request = match url.parse().map(|url| self.outside.post(&url)) {
            Ok(Ok(request)) => request,
            Ok(Err(forbidden)) => return failed(forbidden.to_string()),
            Err(error) => return failed(error.to_string()),
        };
        let at = clock::system().0.div_euclid(1_000_000);
        let request = request
            .header(CONTENT_TYPE, "application/cloudevents+json; charset=utf-8")
            .header(HeaderName::from_static("webhook-id"), &message.id)
            .header(HeaderName::from_static("webhook-timestamp"), at)
            .header(
                HeaderName::from_static("webhook-signature"),
                secret.sign(&message.id, at, &message.body),
            )
            .body(message.body.clone());
        match request.send().await {
            Err(error) => failed(cause(&error)),
            Ok(answer) => {
                let status = answer.status();
                (Some(status.as_u16()), outcome(answer).await)
            }
        }
    }
}

async fn outcome(mut answer: Response) -> Outcome {
    let status = answer.status();
    let after = answer.headers().get(RETRY_AFTER);
    let after = after.and_then(|after| after.to_str().ok()?.trim().parse().ok());
    let after = after.map(|seconds| Duration::from_secs(seconds).min(WAITS[WAITS.len() - 1]));
    let mut seen = 0;
    while let Ok(Some(piece)) = answer.chunk().await {
        seen += piece.len();
        if seen > ANSWER_BYTES_MAX {
            break;
        }
    }
    let why = format!("it answered {status}");
    match status {
        _ if status.is_success() => Outcome::Accepted,
        StatusCode::GONE => Outcome::Gone,
        StatusCode::BAD_REQUEST
        | StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::UNSUPPORTED_MEDIA_TYPE
        | StatusCode::UNPROCESSABLE_ENTITY => Outcome::Refused(why),
        _ => Outcome::Failed { why, after },
    }
}

/// How long to wait after so many failures and one more.
fn wait(failures: u32) -> Duration {
    let last = WAITS.len() - 1;
    WAITS[usize::try_from(failures).unwrap_or(last).min(last)]
}
