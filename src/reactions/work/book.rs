//! Who is told of what happens, what was sent, and what came back.

use std::time::Duration;

use sqlx::FromRow;
use uuid::Uuid;

use super::{Claim, Result, Work, WorkError, count};
use crate::domain::time::Moment;

/// Lines of the delivery log kept per subscriber.
const KEPT: u32 = 10_000;
/// The log is shortened after so many positions.
const SHORTEN_EVERY: u64 = 1_000;

/// Who is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    pub name: String,
    /// What its secret is derived from.
    pub id: Uuid,
    pub url: String,
    /// Whose dossiers; `*` for all.
    pub office: String,
    /// Types of facts; empty for what the public history tells.
    pub kinds: Vec<String>,
    pub state: SubscriberState,
    /// Why it does not get anything.
    pub why: Option<String>,
}

/// Whether anything is sent to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubscriberState {
    Active,
    /// By the operator, or because nothing was answered for too long; its place is kept.
    Paused,
    /// It answered 410: it wants nothing more.
    Gone,
}

impl SubscriberState {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Gone => "gone",
        }
    }

    fn of(name: &str) -> Self {
        match name {
            "active" => Self::Active,
            "gone" => Self::Gone,
            _ => Self::Paused,
        }
    }
}

/// One attempt to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub position: u64,
    /// From 1.
    pub attempt: u32,
    /// Of HTTP; none when nothing was answered.
    pub status: Option<u16>,
    pub error: Option<String>,
    pub bytes: usize,
    pub took: Duration,
}

/// A line of the delivery log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    pub at: Moment,
    pub delivery: Delivery,
}

/// What a receiver refused to the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dead {
    pub position: u64,
    pub at: Moment,
    pub attempts: u32,
    pub why: String,
}

#[derive(FromRow)]
struct SubscriberRow {
    name: String,
    id: String,
    url: String,
    office: String,
    kinds: String,
    state: String,
    why: Option<String>,
}

impl TryFrom<SubscriberRow> for Subscriber {
    type Error = WorkError;

    fn try_from(row: SubscriberRow) -> Result<Self> {
        Ok(Self {
            id: row.id.parse().unwrap_or_default(),
            kinds: serde_json::from_str(&row.kinds)?,
            state: SubscriberState::of(&row.state),
            name: row.name,
            url: row.url,
            office: row.office,
            why: row.why,
        })
    }
}

const SUBSCRIBER: &str = "select name, id, url, office, kinds, state, why from {work}subscriber";

impl Work {
    /// Adds a subscriber.
    ///
    /// # Errors
    /// [`WorkError::Taken`]
    pub async fn subscribe(&self, new: &Subscriber) -> Result<()> {
        let text = "insert into {work}subscriber (name, id, url, office, kinds, state, created_at)
             values ($1, $2, $3, $4, $5, $6, {now}) on conflict (name) do nothing";
        let kinds = serde_json::to_string(&new.kinds)?;
        let values = [
            new.name.as_str().into(),
            new.id.to_string().into(),
            new.url.as_str().into(),
            new.office.as_str().into(),
            kinds.into(),
            new.state.name().into(),
        ];
        match self.run(text, &values).await? {
            0 => Err(WorkError::Taken(new.name.clone())),
            _ => Ok(()),
        }
    }

    /// Every subscriber, by name.
    pub async fn subscribers(&self) -> Result<Vec<Subscriber>> {
        let rows: Vec<SubscriberRow> = self
            .all(&format!("{SUBSCRIBER} order by name"), &[])
            .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// The subscriber of this name.
    ///
    /// # Errors
    /// [`WorkError::Unknown`]
    pub async fn subscriber(&self, name: &str) -> Result<Subscriber> {
        let text = format!("{SUBSCRIBER} where name = $1");
        let found: Option<SubscriberRow> = self.one(&text, &[name.into()]).await?;
        found
            .ok_or_else(|| WorkError::Unknown(name.to_owned()))?
            .try_into()
    }

    /// Sends to it again, or no more.
    ///
    /// # Errors
    /// [`WorkError::Unknown`]
    pub async fn set_state(
        &self,
        name: &str,
        state: SubscriberState,
        why: Option<&str>,
    ) -> Result<()> {
        let text = "update {work}subscriber set state = $2, why = $3 where name = $1";
        let why = why.map(str::to_owned);
        match self
            .run(text, &[name.into(), state.name().into(), why.into()])
            .await?
        {
            0 => Err(WorkError::Unknown(name.to_owned())),
            _ => Ok(()),
        }
    }

    /// Takes a subscriber away with its log and its dead letters.
    ///
    /// # Errors
    /// [`WorkError::Unknown`]
    pub async fn unsubscribe(&self, name: &str) -> Result<()> {
        if self
            .run(
                "delete from {work}subscriber where name = $1",
                &[name.into()],
            )
            .await?
            == 0
        {
            return Err(WorkError::Unknown(name.to_owned()));
        }
        for text in [
            "delete from {work}delivery where subscriber = $1",
            "delete from {work}dead_letter where subscriber = $1",
        ] {
            self.run(text, &[name.into()]).await?;
        }
        Ok(())
    }

    /// Notes an attempt in the delivery log.
    pub async fn note(&self, subscriber: &str, delivery: &Delivery) -> Result<()> {
        let text = "insert into {work}delivery (subscriber, position, at, attempt, status, error, bytes, ms)
             values ($1, $2, {now}, $3, $4, $5, $6, $7)";
        let values = [
            subscriber.into(),
            delivery.position.into(),
            delivery.attempt.into(),
            delivery.status.map(u64::from).into(),
            delivery.error.clone().into(),
            u64::try_from(delivery.bytes).unwrap_or(u64::MAX).into(),
            u64::try_from(delivery.took.as_millis())
                .unwrap_or(u64::MAX)
                .into(),
        ];
        self.run(text, &values).await?;
        if delivery.position.is_multiple_of(SHORTEN_EVERY) {
            let text = "delete from {work}delivery where subscriber = $1 and number <= (
                     select number from {work}delivery where subscriber = $1 order by number desc limit 1 offset $2)";
            self.run(text, &[subscriber.into(), KEPT.into()]).await?;
        }
        Ok(())
    }

    /// The newest attempts, newest first.
    pub async fn log(&self, subscriber: &str, last: u32) -> Result<Vec<Delivered>> {
        type Row = (i64, i64, i64, Option<i64>, Option<String>, i64, i64);
        let text = "select at, position, attempt, status, error, bytes, ms from {work}delivery
             where subscriber = $1 order by number desc limit $2";
        let rows: Vec<Row> = self.all(text, &[subscriber.into(), last.into()]).await?;
        let line = |(at, position, attempt, status, error, bytes, ms): Row| Delivered {
            at: Moment(at),
            delivery: Delivery {
                position: position.cast_unsigned(),
                attempt: count(attempt),
                status: status.and_then(|status| u16::try_from(status).ok()),
                error,
                bytes: usize::try_from(bytes).unwrap_or_default(),
                took: Duration::from_millis(ms.cast_unsigned()),
            },
        };
        Ok(rows.into_iter().map(line).collect())
    }

    /// Since when nothing has been accepted at this position; none when it was never tried.
    pub async fn failing_for(&self, subscriber: &str, claim: &Claim) -> Result<Option<Duration>> {
        let text =
            "select {now} - min(at) from {work}delivery where subscriber = $1 and position = $2";
        let values = [subscriber.into(), claim.position.into()];
        let found: Option<(Option<i64>,)> = self.one(text, &values).await?;
        Ok(found.and_then(|(micros,)| micros).map(super::duration))
    }

    /// Lays a message aside that was refused to the end.
    pub async fn lay_aside(
        &self,
        subscriber: &str,
        position: u64,
        attempts: u32,
        why: &str,
    ) -> Result<()> {
        let text = "insert into {work}dead_letter (subscriber, position, at, attempts, why)
             values ($1, $2, {now}, $3, $4)
             on conflict (subscriber, position) do update set at = excluded.at, attempts = excluded.attempts, why = excluded.why";
        let values = [
            subscriber.into(),
            position.into(),
            attempts.into(),
            why.into(),
        ];
        self.run(text, &values).await?;
        Ok(())
    }

    /// What was laid aside, in order.
    pub async fn dead(&self, subscriber: &str) -> Result<Vec<Dead>> {
        let text = "select position, at, attempts, why from {work}dead_letter
             where subscriber = $1 order by position";
        let rows: Vec<(i64, i64, i64, String)> = self.all(text, &[subscriber.into()]).await?;
        let dead = |(position, at, attempts, why): (i64, i64, i64, String)| Dead {
            position: position.cast_unsigned(),
            at: Moment(at),
            attempts: count(attempts),
            why,
        };
        Ok(rows.into_iter().map(dead).collect())
    }

    /// It arrived after all.
    pub async fn revive(&self, subscriber: &str, position: u64) -> Result<()> {
        let text = "delete from {work}dead_letter where subscriber = $1 and position = $2";
        self.run(text, &[subscriber.into(), position.into()])
            .await?;
        Ok(())
    }
}
