//! What offices publish: counted from one row per acceptance, with the due dates as they stood at the period's end.
//!
//! received = new online + new direct or by post + carried over; received + transferred in = settled + closed without
//! settlement + pending + transferred out, and over all offices as many are transferred in as out;
//! settled = early + on time + late + undated; pending = in time + overdue + undated. All for every history.

mod deeds;
mod desks;
mod experience;
pub mod forecast;
pub mod forms;
pub mod groups;
pub mod measure;
mod progress;
pub mod quality;
pub mod ranking;
pub mod record;
pub mod score;
pub mod spread;
mod sql;
pub mod suppress;
pub mod surveys;
pub mod taken;
pub mod targets;
mod turns;
mod voices;

use std::collections::HashMap;

use super::{ReadModels, Result};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub(super) use self::deeds::{MODEL as DEEDS, write as write_deeds};
pub(super) use self::desks::{MODEL as DESKS, write as write_desks};
pub(super) use self::experience::MODEL as EXPERIENCE;
pub use self::record::{Record, record, recount};
use self::sql::statement;
pub(super) use self::surveys::MODEL as SURVEYS;
pub(super) use self::turns::{MODEL, write, write_due_changes};
pub use self::voices::{Place, VoiceRow, voices};
use crate::domain::catalogue::Level;
use crate::domain::deadline::Comparison;
use crate::domain::dossier::Channel;

/// Whose acceptances are counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    All,
    /// The office with this code.
    Office(String),
    /// All offices of a level.
    Level(Level),
}

/// What is counted. Days are those in Hanoi, and both count.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Query {
    pub scope: Scope,
    pub channel: Option<Channel>,
    /// Code of a procedure.
    pub procedure: Option<String>,
    pub from: Date,
    /// Pending and overdue are as of the end of this day, also when it has not come yet: pages and GraphQL ask about
    /// today at most.
    pub to: Date,
    pub comparison: Comparison,
}

/// What came in, or was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Received {
    /// New in the period, online.
    pub online: u64,
    /// New in the period, at the counter or by post.
    pub direct: u64,
    /// Received before the period and not ended when it began.
    pub carried_over: u64,
}

/// Settled in the period, against one due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settled {
    pub early: u64,
    pub on_time: u64,
    pub late: u64,
    /// Without a due date: left out of every rate.
    pub undated: u64,
}

/// Closed without settlement in the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closed {
    pub withdrawn: u64,
    pub stopped: u64,
    /// Passed on to another office, which counts it as received.
    pub redirected: u64,
}

/// Given from office to office in the period because one had ended: one acceptance, counted at both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transferred {
    /// Taken over: never new here.
    pub r#in: u64,
    /// Given away: neither settled nor closed.
    pub out: u64,
}

/// Not ended when the period ended, against one due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pending {
    pub in_time: u64,
    pub overdue: u64,
    pub undated: u64,
}

/// The counts of a period. The headline compares with the current due date, because that is what offices publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub received: Received,
    pub settled: Settled,
    /// The same dossiers against the first promise.
    pub settled_by_original: Settled,
    pub closed: Closed,
    pub transferred: Transferred,
    pub pending: Pending,
    /// The same dossiers against the first promise.
    pub pending_by_original: Pending,
    /// Size of the journal at which it was counted.
    pub size: u64,
}

impl Received {
    /// New in the period.
    pub fn fresh(&self) -> u64 {
        self.online + self.direct
    }

    pub fn total(&self) -> u64 {
        self.online + self.direct + self.carried_over
    }
}

impl Counts {
    /// What an office had to answer for: received, with what it took over and without what it gave away.
    #[must_use]
    pub fn answered_for(&self) -> u64 {
        (self.received.total() + self.transferred.r#in).saturating_sub(self.transferred.out)
    }

    /// The identity that holds for every office, period and history.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        self.received.total() + self.transferred.r#in
            == self.settled.total()
                + self.closed.total()
                + self.pending.total()
                + self.transferred.out
    }
}

impl Settled {
    pub fn total(&self) -> u64 {
        self.early + self.on_time + self.late + self.undated
    }
}

impl Closed {
    pub fn total(&self) -> u64 {
        self.withdrawn + self.stopped + self.redirected
    }
}

impl Pending {
    pub fn total(&self) -> u64 {
        self.in_time + self.overdue + self.undated
    }
}

/// Answers of one size of the journal.
#[derive(Debug, Default)]
pub struct Cache {
    size: u64,
    counts: HashMap<Query, Counts>,
}

const CACHED_MAX: usize = 1_000;

impl Cache {
    fn get(&self, query: &Query, size: u64) -> Option<Counts> {
        self.counts
            .get(query)
            .copied()
            .filter(|counts| counts.size == size)
    }

    fn put(&mut self, query: &Query, counts: Counts) {
        if self.size != counts.size || self.counts.len() >= CACHED_MAX {
            self.counts.clear();
            self.size = counts.size;
        }
        self.counts.insert(query.clone(), counts);
    }
}

/// Counts by one statement, or answers what was counted at this size before.
pub async fn count(models: &ReadModels, query: &Query) -> Result<Counts> {
    let size = models.size();
    if let Some(known) = models.counted().get(query, size) {
        return Ok(known);
    }
    let counts: Counts = statement(query)
        .build_query_as()
        .fetch_one(models.pool())
        .await?;
    models.counted().put(query, counts);
    Ok(counts)
}
