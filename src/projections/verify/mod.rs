//! Does every answer follow from the journal, and does the journal hold together? Everything is done again and compared.

mod chain;
mod tables;

use std::path::Path;

use super::error::{ProjectionError, Result};
use super::{Pace, file};
use crate::journal::{Journal, JournalError};

pub use self::chain::{Checked, Walk};
pub use self::tables::Compared;

/// More findings than these are not listed: one is enough to stop.
const FINDINGS_MAX: usize = 100;

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Check {
    /// Positions have no gap, and the journal's own fact stands at the first.
    Position,
    /// Versions of a stream follow each other.
    Version,
    /// Every fact names the one before it in its stream.
    Prev,
    /// The stored hash is the hash of the bytes.
    LeafHash,
    /// `recorded_at` never runs backwards.
    Clock,
    /// The bytes can be read, and say of themselves what the index says of them.
    Body,
    /// Numbers of an office's day run from 1 without a gap.
    Register,
    /// The index of tails agrees with the entries.
    StateIndex,
    /// The read models have followed this journal.
    Beside,
    /// Pages and indexes of the read models' file are sound.
    Pages,
    /// A row is what the fold of the journal gives.
    Row,
}

impl Check {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Position => "position",
            Self::Version => "version",
            Self::Prev => "prev",
            Self::LeafHash => "leaf_hash",
            Self::Clock => "clock",
            Self::Body => "body",
            Self::Register => "register",
            Self::StateIndex => "state_index",
            Self::Beside => "beside",
            Self::Pages => "pages",
            Self::Row => "row",
        }
    }
}

/// One thing that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub check: Check,
    /// Where in the journal, when it has a place there.
    pub position: Option<u64>,
    /// What differs, without personal data.
    pub what: String,
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Entries of the journal that were checked.
    pub entries: u64,
    pub streams: u64,
    /// Size of the journal that the compared read models stand for.
    pub size: u64,
    /// Every table, in name order.
    pub tables: Vec<Compared>,
    /// In the order they were met, at most a hundred.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Nothing differs.
    pub fn holds(&self) -> bool {
        self.findings.is_empty()
    }

    fn find(&mut self, check: Check, position: Option<u64>, what: impl Into<String>) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding {
                check,
                position,
                what: what.into(),
            });
        }
    }
}

/// Checks every entry of the journal against the ones before it and the index of tails. Needs no read models.
///
/// # Errors
/// Only when it cannot be checked; what is wrong is in the report.
pub async fn journal(journal: &Journal, mut tell: impl FnMut(Pace) + Send) -> Result<Report> {
    let mut walk = Walk::begin(journal, 0).await?;
    while walk.next().await?.is_some() {
        tell(walk.pace());
    }
    walk.finish().await
}

/// [`journal`], then folds everything again and compares it, table by table, with the file being served, as of the size
/// that file has. Others may go on serving and appending meanwhile.
///
/// # Errors
/// Only when it cannot be checked: no read models of this version, no access. What differs is in the report.
pub async fn replay(
    folder: &Path,
    journal: &Journal,
    mut tell: impl FnMut(Pace) + Send,
) -> Result<Report> {
    let path = file::path_in(folder);
    if !path.exists() {
        return Err(ProjectionError::Missing(path));
    }
    let mut report = self::journal(journal, &mut tell).await?;
    if report.holds() {
        tables(folder, journal, &mut report, tell).await?;
    }
    Ok(report)
}

/// The second half of [`replay`], for a journal that was found to hold together.
pub async fn tables(
    folder: &Path,
    journal: &Journal,
    report: &mut Report,
    tell: impl FnMut(Pace) + Send,
) -> Result<()> {
    let path = file::path_in(folder);
    if !path.exists() {
        return Err(ProjectionError::Missing(path));
    }
    tables::compare(&path, journal, report, tell).await
}

/// Damage of the journal is a finding; anything else means that nothing can be said.
fn damage(error: JournalError, report: &mut Report) -> Result<()> {
    match error {
        JournalError::Gap { position } => report.find(
            Check::Position,
            Some(position),
            "there is no entry at this position",
        ),
        JournalError::Damaged { position, why } => {
            report.find(Check::Version, Some(position), why);
        }
        other => return Err(other.into()),
    }
    Ok(())
}
