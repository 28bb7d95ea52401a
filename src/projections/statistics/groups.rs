//! The same counts, split by what people ask about: whose they are, what for, how they came in, by whose hands they went.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use sqlx::Row;

use super::sql::grouped;
use super::{Counts, Query};
use crate::domain::reference::Reference;
use crate::projections::word::to_word;
use crate::projections::{ReadModels, Result};

/// What the counts are split by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dimension {
    Office,
    /// Field of the procedure's newest version.
    Field,
    Procedure,
    Channel,
    /// Level of the office.
    Level,
    /// The handler at the period's end, or at the end of the dossier when that came first.
    Handler,
    /// Who signed the result or the refusal in the period.
    Signer,
    /// The desk at the period's end, or the one that ended it: a role and the step of the internal process.
    Step,
}

/// The counts of one group, with what a form needs besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub counts: Counts,
    /// Closed without settlement before the promised moment had passed.
    pub closed_in_time: u64,
    /// Closed without settlement after it.
    pub closed_overdue: u64,
    /// Transferred to another office before it.
    pub out_in_time: u64,
}

/// The groups by their keys, in the order of the keys; no key where there is none (no handler yet).
pub type Groups = BTreeMap<Option<String>, Tally>;

impl Dimension {
    /// What is grouped in the file; the rest is gathered by [`Dimension::gather`].
    fn key(self) -> &'static str {
        match self {
            Self::Office | Self::Level => "turn.office",
            Self::Field | Self::Procedure => "turn.procedure",
            Self::Channel => "turn.channel",
            Self::Handler => {
                "(select officer from handling where handling.number = turn.number
                    and handling.turn = turn.turn and deed = 'handler' and recorded_at < until
                  order by position desc limit 1)"
            }
            Self::Signer => {
                "(select officer from handling where handling.number = turn.number
                    and handling.turn = turn.turn and deed = 'signer' and recorded_at < until
                  order by position limit 1)"
            }
            Self::Step => {
                "(select case waits_for when 'officer' then role || coalesce('/' || step, '')
                    else 'awaiting_' || waits_for end
                  from stay where stay.number = turn.number
                    and stay.since < min(coalesce(turn.ended_at, until), until)
                  order by place desc limit 1)"
            }
        }
    }

    /// The key people ask for, of what is grouped in the file.
    fn gather(self, key: String, reference: &Reference) -> String {
        match self {
            Self::Office
            | Self::Procedure
            | Self::Channel
            | Self::Handler
            | Self::Signer
            | Self::Step => key,
            Self::Field => field_of(&key, reference).map_or(key, |(vi, _)| vi),
            Self::Level => {
                let office = reference.offices.get(&key);
                office.map_or(key, |office| to_word(&office.level))
            }
        }
    }
}

/// Field of a procedure's newest version: (Vietnamese, English).
#[must_use]
pub fn field_of(procedure: &str, reference: &Reference) -> Option<(String, String)> {
    let newest = reference.procedures.get(procedure)?.last()?;
    Some((newest.field_vi.clone(), newest.field_en.clone()))
}

/// Counts every group by one statement: their sum is what [`super::count`] counts at the same size.
pub async fn by(models: &ReadModels, query: &Query, dimension: Dimension) -> Result<Groups> {
    let rows = grouped(query, dimension.key())
        .build()
        .fetch_all(models.pool())
        .await?;
    let reference = models.reference();
    let mut groups = Groups::new();
    for row in &rows {
        let number = |column: &str| row.try_get::<i64, _>(column).map(i64::cast_unsigned);
        let tally = Tally {
            counts: sqlx::FromRow::from_row(row)?,
            closed_in_time: number("closed_in_time")?,
            closed_overdue: number("closed_overdue")?,
            out_in_time: number("out_in_time")?,
        };
        let key: Option<String> = row.try_get("key")?;
        let key = key.map(|key| dimension.gather(key, &reference));
        *groups.entry(key).or_default() += tally;
    }
    Ok(groups)
}

/// All groups together.
#[must_use]
pub fn total(groups: &Groups) -> Tally {
    let mut total = Tally::default();
    for tally in groups.values() {
        total += *tally;
    }
    total
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.counts += other.counts;
        self.closed_in_time += other.closed_in_time;
        self.closed_overdue += other.closed_overdue;
        self.out_in_time += other.out_in_time;
    }
}

impl AddAssign for Counts {
    /// Counts of parts that do not overlap; of one size of the journal, or the greater one. Of several journals it names no position.
    fn add_assign(&mut self, other: Self) {
        let Self {
            received,
            settled,
            settled_by_original,
            closed,
            transferred,
            pending,
            pending_by_original,
            size,
        } = other;
        self.received.online += received.online;
        self.received.direct += received.direct;
        self.received.carried_over += received.carried_over;
        for (sum, part) in [
            (&mut self.settled, settled),
            (&mut self.settled_by_original, settled_by_original),
        ] {
            sum.early += part.early;
            sum.on_time += part.on_time;
            sum.late += part.late;
            sum.undated += part.undated;
        }
        self.closed.withdrawn += closed.withdrawn;
        self.closed.stopped += closed.stopped;
        self.closed.redirected += closed.redirected;
        self.transferred.r#in += transferred.r#in;
        self.transferred.out += transferred.out;
        for (sum, part) in [
            (&mut self.pending, pending),
            (&mut self.pending_by_original, pending_by_original),
        ] {
            sum.in_time += part.in_time;
            sum.overdue += part.overdue;
            sum.undated += part.undated;
        }
        self.size = self.size.max(size);
    }
}
