//! One subscriber's messages, one after the other: sent, noted, and the place moved on; or held, laid aside, given up.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderName, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::event::{Message, message};
use super::signature::{Secret, secret};
use crate::journal::{Journal, clock};
use crate::outside::{Guarded, cause};
use crate::projections::ReadModels;
use crate::reactions::Interrupted;
use crate::reactions::work::{
    Claim, Delivery, LEASE, Settled, Subscriber, SubscriberState, Work, WorkError, wait,
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

/// The longest wait after a failure.
const WAIT_MAX: Duration = Duration::from_hours(1);
/// A message that was refused so often is laid aside, and the next one is sent.
const REFUSALS_MAX: u32 = 4;
/// A receiver that accepts nothing for so long is sent nothing more until the operator says so; its place is kept.
const OUTAGE_MAX: Duration = Duration::from_hours(72);
/// A receiver that has refused so many in a row, with nothing accepted in between, is sent nothing more either.
const ASIDE_MAX: u32 = 20;
/// Then others have their turn.
const TURN: Duration = Duration::from_secs(5);
/// For giving a row back when the node ends.
const FAREWELL: Duration = Duration::from_secs(3);

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
    /// The receiver will not have this one: to be tried again.
    Refused(Duration),
    /// Until somebody says so.
    Held,
    /// Nobody is to be told any more.
    Closed,
    /// It is another node's now.
    Lost,
}

impl Sender {
    /// Sends what there is for this row, and gives it back.
    pub async fn work_off(&self, mut claim: Claim, stop: CancellationToken) {
        let ended = tokio::select! {
            biased;
            () = stop.cancelled() => Ok(Stopped::Released),
            ended = self.send_all(&mut claim) => ended,
        };
        let given_back = async {
            match ended {
                Ok(Stopped::Released) => self.work.release(&claim).await,
                Ok(Stopped::Postponed(after)) => self.work.postpone(&claim, after).await,
                Ok(Stopped::Refused(after)) => self.work.refused(&claim, after).await,
                Ok(Stopped::Held) => self.work.hold(&claim).await,
                Ok(Stopped::Closed) => self.work.close(&claim).await,
                Ok(Stopped::Lost) => Ok(()),
                Err(error) => {
                    tracing::warn!(%error, subscriber = claim.subject(), "a webhook waits");
                    self.work
                        .postpone(&claim, wait(claim.attempts, WAIT_MAX))
                        .await
                }
            }
        };
        // Its time runs out by itself then.
        match timeout(FAREWELL, given_back).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(%error, subscriber = claim.subject(), "a webhook's row is not given back");
            }
            Err(_) => tracing::warn!(
                subscriber = claim.subject(),
                "a webhook's row is not given back"
            ),
        }
    }

    async fn send_all(&self, claim: &mut Claim) -> Result<Stopped, Interrupted> {
        let subscriber = match self.work.subscriber(claim.subject()).await {
            Ok(subscriber) => subscriber,
            Err(WorkError::Unknown(_)) => return Ok(Stopped::Closed),
            Err(error) => return Err(error.into()),
        };
        if subscriber.state != SubscriberState::Active {
            return Ok(Stopped::Held);
        }
        let began = Instant::now();
        let secret = secret(&self.keys, subscriber.id);
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
                let settled = self.settle(claim, &subscriber, &secret, &message);
                if let Some(stopped) = settled.await? {
                    return Ok(stopped);
                }
                if began.elapsed() > TURN {
                    return Ok(Stopped::Released);
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

    /// Sends the message about the fact at the claim's position; none when the next may follow.
    async fn settle(
        &self,
        claim: &mut Claim,
        subscriber: &Subscriber,
        secret: &Secret,
        message: &Message,
    ) -> Result<Option<Stopped>, Interrupted> {
        let began = Instant::now();
        let (status, outcome) = self.send(&subscriber.url, secret, message).await;
        let error = match &outcome {
            Outcome::Accepted => None,
            Outcome::Gone => Some("it wants nothing more".to_owned()),
            Outcome::Refused(why) | Outcome::Failed { why, .. } => Some(why.clone()),
        };
        let delivery = Delivery {
            position: claim.position,
            attempt: claim.attempts + 1,
            status,
            error,
            bytes: message.body.len(),
            took: began.elapsed(),
        };
        // What has become of a row that was taken back is the affair of whoever has it now.
        if !self.work.note(claim, &delivery).await? {
            return Ok(Some(Stopped::Lost));
        }
        let settled = match outcome {
            Outcome::Accepted => {
                self.work.revive(claim).await?;
                Settled::Accepted
            }
            Outcome::Refused(_) if claim.refusals + 1 < REFUSALS_MAX => {
                return Ok(Some(Stopped::Refused(wait(claim.refusals, WAIT_MAX))));
            }
            Outcome::Refused(why) if claim.aside >= ASIDE_MAX => {
                let why = format!("{ASIDE_MAX} messages in a row were refused: {why}");
                return self.give_up(claim, SubscriberState::Paused, &why).await;
            }
            Outcome::Refused(why) => {
                let (subscriber, position) = (&subscriber.name, claim.position);
                tracing::warn!(subscriber, position, %why, "a message is laid aside");
                if !self.work.lay_aside(claim, &why).await? {
                    return Ok(Some(Stopped::Lost));
                }
                Settled::LaidAside
            }
            Outcome::Gone => {
                let why = "the receiver answered 410: it wants nothing more";
                return self.give_up(claim, SubscriberState::Gone, why).await;
            }
            Outcome::Failed { why, .. }
                if claim
                    .failing_for
                    .is_some_and(|failing| failing > OUTAGE_MAX) =>
            {
                let why = format!("nothing was accepted for three days: {why}");
                return self.give_up(claim, SubscriberState::Paused, &why).await;
            }
            Outcome::Failed { after, .. } => {
                let wait = wait(claim.attempts, WAIT_MAX).max(after.unwrap_or_default());
                return Ok(Some(Stopped::Postponed(wait)));
            }
        };
        let next = claim.position + 1;
        let ours = self.work.settle(claim, next, settled).await?;
        Ok((!ours).then_some(Stopped::Lost))
    }

    /// Sends nothing more until the operator says so; the place is kept.
    async fn give_up(
        &self,
        claim: &Claim,
        state: SubscriberState,
        why: &str,
    ) -> Result<Option<Stopped>, Interrupted> {
        tracing::warn!(subscriber = claim.subject(), why, "a receiver is given up");
        self.work.set_state_of(claim, state, why).await?;
        Ok(Some(Stopped::Held))
    }

    async fn send(&self, url: &str, secret: &Secret, message: &Message) -> (Option<u16>, Outcome) {
        let failed = |why: String| (None, Outcome::Failed { why, after: None });
        let request = match url.parse().map(|url| self.outside.post(&url)) {
            Ok(Ok(request)) => request,
            Ok(Err(forbidden)) => return failed(forbidden.to_string()),
            Err(error) => return failed(error.to_string()),
        };
        let at = clock::system().0.div_euclid(1_000_000).unsigned_abs();
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
    let after = after.map(|seconds| Duration::from_secs(seconds).min(WAIT_MAX));
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
