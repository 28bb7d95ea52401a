//! How far each reaction has come, and who is at it: one small table beside the journal, shared by its nodes.
//!
//! A row is claimed for [`LEASE`], worked on fact by fact and advanced after each. A node that falls in between leaves
//! its row to the next one, which does the last fact again: at least once, and never out of order. Every claim has a name
//! of its own, and a row that was taken back or taken over is moved by no other. Losing the table does everything again;
//! receivers drop repeats by position.

mod book;
mod store;

use std::time::Duration;

pub use self::book::{Dead, Delivered, Delivery, Subscriber, SubscriberState};
pub use self::store::{Work, WorkError};

type Result<T, E = WorkError> = std::result::Result<T, E>;

/// How long a claim holds without a sign of life; one piece of work must be done, or given up, in less than half of it.
pub const LEASE: Duration = Duration::from_secs(30);
/// Until somebody says so.
const FOR_EVER: Duration = Duration::from_hours(24 * 365 * 100);

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

/// How long to wait after so many failures and one more; at most `most`.
#[must_use]
pub fn wait(failures: u32, most: Duration) -> Duration {
    let last = WAITS.len() - 1;
    WAITS[usize::try_from(failures).unwrap_or(last).min(last)].min(most)
}

/// A row that this node is at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The reaction, and for whom: `webhook:zalo-gateway`.
    pub name: String,
    /// Everything below is done.
    pub position: u64,
    /// That failed at this position.
    pub attempts: u32,
    /// Of these, how many the other side answered with "not this one".
    pub refusals: u32,
    /// For how long nothing good has come, when it was claimed.
    pub failing_for: Option<Duration>,
    /// Laid aside in a row, with nothing accepted in between.
    pub aside: u32,
    owner: String,
}

impl Claim {
    /// For whom: what stands behind the colon.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.name.split_once(':').map_or("", |(_, subject)| subject)
    }
}

/// How the fact at a row's position was settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Nothing was to be done.
    Passed,
    Accepted,
    /// The other side would not have it, and the rest goes on without.
    LaidAside,
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

/// Of a claim: name, position, attempts, refusals, microseconds since the first failure, laid aside.
type Claimed = (String, i64, i64, i64, Option<i64>, i64);

impl Work {
    /// Makes the row of a reaction, unless there is one.
    pub async fn begin(&self, name: &str, position: u64) -> Result<()> {
        self.run(BEGIN, &[name.into(), position.into()]).await?;
        Ok(())
    }

    /// Takes a row of this kind that is behind `head`, is due, and that nobody is at. Of two nodes one gets it.
    pub async fn claim(&self, kind: &str, head: u64, node: &str) -> Result<Option<Claim>> {
        let text = "update {work}work set owner = $3, lease_until = {now} + {lease}
             where name = (
                 select name from {work}work
                 where name like $1 || ':%' and position < $2 and due_at <= {now}
                     and (lease_until is null or lease_until <= {now})
                 order by due_at limit 1 {skip})
             returning name, position, attempts, refusals, {now} - failing_at, aside";
        let owner = format!("{node}/{}", self.next());
        let values = [kind.into(), head.into(), owner.as_str().into()];
        let found: Option<Claimed> = self.one(text, &values).await?;
        Ok(found.map(
            |(name, position, attempts, refusals, failing, aside)| Claim {
                name,
                position: position.cast_unsigned(),
                attempts: count(attempts),
                refusals: count(refusals),
                failing_for: failing.map(duration),
                aside: count(aside),
                owner,
            },
        ))
    }

    /// Everything below `position` is done. False when the row is no longer this claim's: nothing more may be done for it.
    pub async fn advance(&self, claim: &mut Claim, position: u64) -> Result<bool> {
        self.settle(claim, position, Settled::Passed).await
    }

    /// As [`Work::advance`], and how the last of it was settled.
    pub async fn settle(&self, claim: &mut Claim, position: u64, settled: Settled) -> Result<bool> {
        let aside = match settled {
            Settled::Passed => claim.aside,
            Settled::Accepted => 0,
            Settled::LaidAside => claim.aside + 1,
        };
        let text = "update {work}work set position = $3, attempts = 0, refusals = 0, failing_at = null, aside = $4,
                 due_at = {now}, lease_until = {now} + {lease}
             where name = $1 and owner = $2";
        let values = [position.into(), aside.into()];
        let ours = self.of(claim, text, &values).await?;
        if ours {
            claim.position = position;
            claim.attempts = 0;
            claim.refusals = 0;
            claim.failing_for = None;
            claim.aside = aside;
        }
        Ok(ours)
    }

    /// It failed: gives the row back, to be tried again after so long.
    pub async fn postpone(&self, claim: &Claim, after: Duration) -> Result<()> {
        let text = "update {work}work set attempts = attempts + 1, failing_at = coalesce(failing_at, {now}),
                 due_at = {now} + $3, owner = null, lease_until = null
             where name = $1 and owner = $2";
        self.of(claim, text, &[micros(after).into()]).await?;
        Ok(())
    }

    /// The other side will not have it: gives the row back, to be tried again after so long.
    pub async fn refused(&self, claim: &Claim, after: Duration) -> Result<()> {
        let text = "update {work}work set attempts = attempts + 1, refusals = refusals + 1, failing_at = null,
                 due_at = {now} + $3, owner = null, lease_until = null
             where name = $1 and owner = $2";
        self.of(claim, text, &[micros(after).into()]).await?;
        Ok(())
    }

    /// Gives the row back, not to be taken again until somebody says so with [`Work::reset`].
    pub async fn hold(&self, claim: &Claim) -> Result<()> {
        let text = "update {work}work set due_at = {now} + $3, owner = null, lease_until = null
             where name = $1 and owner = $2";
        self.of(claim, text, &[micros(FOR_EVER).into()]).await?;
        Ok(())
    }

    /// Gives the row back; others that wait are taken before it.
    pub async fn release(&self, claim: &Claim) -> Result<()> {
        let text = "update {work}work set due_at = {now}, owner = null, lease_until = null
             where name = $1 and owner = $2";
        self.of(claim, text, &[]).await?;
        Ok(())
    }

    /// Forgets a row that nobody needs any more.
    pub async fn close(&self, claim: &Claim) -> Result<()> {
        let text = "delete from {work}work where name = $1 and owner = $2";
        self.of(claim, text, &[]).await?;
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
        let text = "update {work}work set position = $2, attempts = 0, refusals = 0, failing_at = null, aside = 0,
                 due_at = {now}, owner = null, lease_until = null
             where name = $1";
        let changed = self.run(text, &[name.into(), position.into()]).await?;
        Ok(changed == 1)
    }

    /// Rows of this kind that are further than the journal, which has lost its end: sets them to its head, and names them.
    pub async fn set_back(&self, kind: &str, head: u64) -> Result<Vec<String>> {
        let text = "update {work}work set position = $2, owner = null, lease_until = null
             where name like $1 || ':%' and position > $2 returning name";
        let names: Vec<(String,)> = self.all(text, &[kind.into(), head.into()]).await?;
        Ok(names.into_iter().map(|(name,)| name).collect())
    }
}

/// Takes a name and a position.
const BEGIN: &str = "insert into {work}work (name, position, due_at) values ($1, $2, {now})
     on conflict (name) do nothing";

fn count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX / 4)
}

fn duration(micros: i64) -> Duration {
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}
