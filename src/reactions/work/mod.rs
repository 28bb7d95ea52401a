//! How far each reaction has come, and who is at it: one small table beside the journal, shared by its nodes.
//!
//! A row is claimed for [`LEASE`], worked on fact by fact and advanced after each. A node that falls in between leaves
//! its row to the next one, which does the last fact again: at least once, and never out of order. Losing the table does
//! everything again; receivers drop repeats by position.

mod book;
mod store;

use std::time::Duration;

pub use self::book::{Dead, Delivered, Delivery, Subscriber, SubscriberState};
pub use self::store::{Work, WorkError};

type Result<T, E = WorkError> = std::result::Result<T, E>;

/// How long a claim holds without a sign of life; one piece of work must be done, or given up, in less than half of it.
pub const LEASE: Duration = Duration::from_secs(30);

/// A row that this node is at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The reaction, and for whom: `webhook:zalo-gateway`.
    pub name: String,
    /// Everything below is done.
    pub position: u64,
    /// That failed at this position.
    pub attempts: u32,
    owner: String,
}

impl Claim {
    /// For whom: what stands behind the colon.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.name.split_once(':').map_or("", |(_, subject)| subject)
    }
}

/// A row, looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub position: u64,
    pub attempts: u32,
    /// A node is at it.
    pub claimed: bool,
    /// Until it is tried again.
    pub due_in: Duration,
}

impl Work {
    /// Makes the row of a reaction, unless there is one.
    pub async fn begin(&self, name: &str, position: u64) -> Result<()> {
        let text = "insert into {work}work (name, position, due_at) values ($1, $2, {now})
             on conflict (name) do nothing";
        self.run(text, &[name.into(), position.into()]).await?;
        Ok(())
    }

    /// Takes a row of this kind that is behind `head`, is due, and that nobody is at. Of two nodes one gets it.
    pub async fn claim(&self, kind: &str, head: u64, owner: &str) -> Result<Option<Claim>> {
        let text = "update {work}work set owner = $3, lease_until = {now} + {lease}
             where name = (
                 select name from {work}work
                 where name like $1 || ':%' and position < $2 and due_at <= {now}
                     and (lease_until is null or lease_until <= {now})
                 order by due_at limit 1 {skip})
             returning name, position, attempts";
        let found: Option<(String, i64, i64)> = self
            .one(text, &[kind.into(), head.into(), owner.into()])
            .await?;
        Ok(found.map(|(name, position, attempts)| Claim {
            name,
            position: position.cast_unsigned(),
            attempts: count(attempts),
            owner: owner.to_owned(),
        }))
    }

    /// Everything below `position` is done. False when the row is no longer this node's: nothing more may be done for it.
    pub async fn advance(&self, claim: &mut Claim, position: u64) -> Result<bool> {
        let (name, owner) = (claim.name.as_str(), claim.owner.as_str());
        let text = "update {work}work set position = $4, attempts = 0, due_at = {now}, lease_until = {now} + {lease}
             where name = $1 and owner = $2 and position = $3";
        let ours = self
            .run(
                text,
                &[
                    name.into(),
                    owner.into(),
                    claim.position.into(),
                    position.into(),
                ],
            )
            .await?;
        if ours == 1 {
            claim.position = position;
            claim.attempts = 0;
        }
        Ok(ours == 1)
    }

    /// It failed: gives the row back, to be tried again after so long.
    pub async fn postpone(&self, claim: &Claim, after: Duration) -> Result<()> {
        let (name, owner) = (claim.name.as_str(), claim.owner.as_str());
        let text = "update {work}work set attempts = attempts + 1, due_at = {now} + $4, owner = null, lease_until = null
             where name = $1 and owner = $2 and position = $3";
        let after = u64::try_from(after.as_micros()).unwrap_or(u64::MAX / 4);
        self.run(
            text,
            &[
                name.into(),
                owner.into(),
                claim.position.into(),
                after.into(),
            ],
        )
        .await?;
        Ok(())
    }

    /// Gives the row back.
    pub async fn release(&self, claim: &Claim) -> Result<()> {
        let (name, owner) = (claim.name.as_str(), claim.owner.as_str());
        let text = "update {work}work set owner = null, lease_until = null
             where name = $1 and owner = $2 and position = $3";
        self.run(text, &[name.into(), owner.into(), claim.position.into()])
            .await?;
        Ok(())
    }

    /// How long until a row of this kind behind `head`, that nobody is at, is due; none when there is no such row.
    pub async fn next_due(&self, kind: &str, head: u64) -> Result<Option<Duration>> {
        let text = "select min(due_at) - {now} from {work}work where name like $1 || ':%' and position < $2
                 and (lease_until is null or lease_until <= {now})";
        let found: Option<(Option<i64>,)> = self.one(text, &[kind.into(), head.into()]).await?;
        Ok(found.and_then(|(micros,)| micros).map(duration))
    }

    /// How far a reaction has come.
    pub async fn standing(&self, name: &str) -> Result<Option<Standing>> {
        let text = "select position, attempts, case when lease_until > {now} then 1 else 0 end, due_at - {now}
             from {work}work where name = $1";
        let found: Option<(i64, i64, i32, i64)> = self.one(text, &[name.into()]).await?;
        Ok(found.map(|(position, attempts, claimed, due)| Standing {
            position: position.cast_unsigned(),
            attempts: count(attempts),
            claimed: claimed == 1,
            due_in: duration(due),
        }))
    }

    /// Goes on from `position` at once, whoever is at it now. False when there is no such row.
    pub async fn reset(&self, name: &str, position: u64) -> Result<bool> {
        let text = "update {work}work set position = $2, attempts = 0, due_at = {now}, owner = null, lease_until = null
             where name = $1";
        let changed = self.run(text, &[name.into(), position.into()]).await?;
        Ok(changed == 1)
    }

    /// Forgets a reaction.
    pub async fn end(&self, name: &str) -> Result<()> {
        let text = "delete from {work}work where name = $1";
        self.run(text, &[name.into()]).await?;
        Ok(())
    }
}

fn count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn duration(micros: i64) -> Duration {
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}
