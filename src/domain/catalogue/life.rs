//! What can happen to a procedure beside being published: abolished, and proposed for abolition or simplification.

use super::Level;
use super::process::DECISION_CHARS_MAX;
use crate::domain::{code::ProcedureCode, text};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A procedure is no longer offered. What was accepted before keeps its pinned version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Abolished {
    pub code: String,
    /// The newest version there was: this one and all before it end. A later publication begins anew.
    pub version: u32,
    /// Number of the decision.
    pub decision: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_on: Option<Date>,
    /// First day without it.
    pub from: Date,
}

impl Abolished {
    /// Whether it ended `version` on or before `date`.
    #[must_use]
    pub fn ended(&self, version: u32, date: Date) -> bool {
        version <= self.version && self.from <= date
    }

    /// Why it cannot be recorded, in words.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn check(&self) -> Result<(), String> {
        let decision = text::required(&self.decision, DECISION_CHARS_MAX);
        if decision.as_ref() != Ok(&self.decision) {
            return Err("decision: the number of the decision is missing or not clean".into());
        }
        if self.decided_on.is_some_and(|decided| self.from < decided) {
            return Err(format!("from: {} is before the decision", self.from));
        }
        Ok(())
    }
}

/// What a review asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewKind {
    /// `bãi bỏ`.
    Abolish,
    /// `đơn giản hóa`.
    Simplify,
    /// `sửa đổi, bổ sung`.
    Amend,
}

/// A unit's yearly review proposes to change a procedure (Decree 63/2010 ch. V).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewProposed {
    pub code: String,
    pub kind: ReviewKind,
    /// Of the review.
    pub year: i16,
    /// Of the unit that proposes.
    pub level: Level,
}

impl ReviewProposed {
    /// Why it cannot be recorded, in words.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn check(&self) -> Result<(), String> {
        if self.code.parse::<ProcedureCode>().is_err() {
            return Err("code: not the code of a procedure".into());
        }
        if !(2010..=2100).contains(&self.year) {
            return Err(format!("year: {} is no year of a review", self.year));
        }
        Ok(())
    }
}
