//! The time an accepted dossier spends under one office's clock, and how that ends.

use crate::domain::calendar::Calendar;
use crate::domain::code::OfficeCode;
use crate::domain::deadline::Pause;
use crate::domain::law::{Certainty, Limit, SupplementClock};
use crate::domain::time::Moment;

use super::transfer::Passed;

/// How the processing of an accepted dossier ended at one office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EndKind {
    /// Result signed: settled.
    Completed,
    /// Refused after appraisal: settled.
    Refused,
    /// Closed without settlement.
    Withdrawn,
    Stopped,
    Redirected,
}

impl EndKind {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Stopped => "stopped",
            Self::Redirected => "redirected",
        }
    }

    #[must_use]
    pub fn is_settlement(self) -> bool {
        match self {
            Self::Completed | Self::Refused => true,
            Self::Withdrawn | Self::Stopped | Self::Redirected => false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// `recorded_at` of the deciding fact: a claimed earlier end never counts.
    pub at: Moment,
    pub kind: EndKind,
}

/// The time an accepted dossier spends under one clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The office that accepted it and made the promise, by its own hours.
    pub office: OfficeCode,
    /// The offices to which the running clock went because one had ended, oldest first.
    pub passed: Vec<Passed>,
    pub procedure_version: u32,
    /// Policy under which it was received, `code/version`.
    pub policy: String,
    pub limit: Limit,
    pub limit_certainty: Certainty,
    pub supplement_clock: SupplementClock,
    /// The hour printed on the slip: the clock starts here.
    pub received_at: Moment,
    pub accepted_at: Moment,
    /// First promise, kept for ever.
    pub original_due_at: Moment,
    pub due_at: Moment,
    pub due_certainty: Certainty,
    /// Times in which a supplement was awaited, each closed.
    pub pauses: Vec<Pause>,
    /// Other times that are not counted (payment of an obligation, an announced outage), whatever the supplement model.
    pub stoppages: Vec<Pause>,
    /// Since when the applicant's supplement or payment is awaited.
    pub paused_since: Option<Moment>,
    /// The internal process it runs by, `code/version`; absent when none was approved.
    pub process: Option<String>,
    /// Due moments that passed with the dossier unsettled, as the watch recorded them.
    pub missed: Vec<Moment>,
    pub ending: Option<Ending>,
    /// No limit is sure enough to be promised: nothing is early or late.
    pub undated: bool,
}

impl Turn {
    /// Working days from the slip's hour to the end, or to `until` while it runs; none where no calendar is declared.
    #[must_use]
    pub fn working_days(&self, until: Moment, calendar: &Calendar) -> u32 {
        let end = self.ending.map_or(until, |ending| ending.at);
        let days = calendar.working_days_between(self.received_at.date(), end.date());
        days.ok()
            .and_then(|days| u32::try_from(days).ok())
            .unwrap_or(0)
    }
}
