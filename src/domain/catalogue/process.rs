//! The internal process of a procedure (`quy trình nội bộ`): who does what in how many hours, approved by decision
//! (Circular 01/2018 art. 8).

use super::check::working_hours_max;
use crate::domain::{
    code::{OfficeCode, ProcedureCode},
    law::{Certainty, Limit},
    text::{self, TextError},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

const NAME_CHARS_MAX: usize = 500;
/// The longest number of a decision.
pub(super) const DECISION_CHARS_MAX: usize = 100;
const STEPS_MAX: usize = 50;

/// One step of an approved process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessStep {
    /// Its place, from 1 without gap.
    pub order: u16,
    pub name_vi: String,
    pub name_en: String,
    /// The role that does it: `receiver`, `handler`, `division_head`, `signer`, `clerk`, `vertical_agency`…
    pub role: String,
    /// The division that does it; absent when it is the office itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Working hours (8 are a day); 0 for a step in which the clock does not run.
    pub hours: u16,
    /// Whether it may send the dossier back a step.
    pub can_return: bool,
    /// Whether a supplement may be asked for in it.
    pub can_supplement: bool,
    /// Whether the result is signed in it.
    pub can_sign: bool,
}

/// One approved version. A dossier pins the one in force when it is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InternalProcess {
    /// Code of the procedure.
    pub procedure: String,
    /// Of the process, from 1; not the version of the procedure.
    pub version: u32,
    /// Code of the agency whose head approved it; never a person.
    pub approved_by: String,
    /// Number of the decision.
    pub decision: String,
    pub decided_on: Date,
    /// First day it is used for newly accepted dossiers.
    pub effective_from: Date,
    pub steps: Vec<ProcessStep>,
    pub certainty: Certainty,
}

/// Why a process is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProcessError {
    #[error("{0:?} is not the code of a procedure")]
    Procedure(String),
    #[error("{0:?} is not the code of an agency")]
    ApprovedBy(String),
    #[error("{field}: {error}")]
    Text {
        field: &'static str,
        error: TextError,
    },
    #[error("versions begin with 1")]
    Version,
    #[error("effective from {effective_from}, before the decision of {decided_on}")]
    EffectiveTooEarly {
        decided_on: Date,
        effective_from: Date,
    },
    #[error("1 to {STEPS_MAX} steps, numbered from 1 without gap")]
    Order,
    #[error("steps: {hours} hours in all, the limit gives {hours_max}")]
    TooLong { hours: u32, hours_max: u32 },
}

impl InternalProcess {
    /// `code/version`, as dossiers pin it.
    #[must_use]
    pub fn reference(&self) -> String {
        format!("{}/{}", self.procedure, self.version)
    }

    /// Working hours of all steps.
    #[must_use]
    pub fn hours(&self) -> u32 {
        self.steps.iter().map(|step| u32::from(step.hours)).sum()
    }

    /// Whether it can stand beside a limit: complete, in order, and no longer than the law gives (8 hours are a day).
    ///
    /// # Errors
    /// The first [`ProcessError`] met.
    pub fn check(&self, limit: Limit) -> Result<(), ProcessError> {
        let is_written = |code: &str, read: Option<String>| read.as_deref() == Some(code);
        let procedure = self.procedure.parse::<ProcedureCode>().ok();
        if !is_written(&self.procedure, procedure.map(Into::into)) {
            return Err(ProcessError::Procedure(self.procedure.clone()));
        }
        let agency = self.approved_by.parse::<OfficeCode>().ok();
        if !is_written(&self.approved_by, agency.map(Into::into)) {
            return Err(ProcessError::ApprovedBy(self.approved_by.clone()));
        }
        if self.version == 0 {
            return Err(ProcessError::Version);
        }
        checked("decision", &self.decision, DECISION_CHARS_MAX)?;
        if self.effective_from < self.decided_on {
            return Err(ProcessError::EffectiveTooEarly {
                decided_on: self.decided_on,
                effective_from: self.effective_from,
            });
        }
        let in_order = (1..)
            .zip(&self.steps)
            .all(|(order, step)| step.order == order);
        if self.steps.is_empty() || self.steps.len() > STEPS_MAX || !in_order {
            return Err(ProcessError::Order);
        }
        for step in &self.steps {
            checked("name_vi", &step.name_vi, NAME_CHARS_MAX)?;
            checked("name_en", &step.name_en, NAME_CHARS_MAX)?;
            checked("role", &step.role, DECISION_CHARS_MAX)?;
            if let Some(unit) = &step.unit {
                checked("unit", unit, NAME_CHARS_MAX)?;
            }
        }
        let (hours, hours_max) = (self.hours(), working_hours_max(limit));
        if hours > hours_max {
            return Err(ProcessError::TooLong { hours, hours_max });
        }
        Ok(())
    }
}

fn checked(field: &'static str, value: &str, chars_max: usize) -> Result<(), ProcessError> {
    match text::required(value, chars_max) {
        Ok(clean) if clean == value => Ok(()),
        Ok(_) => Err(ProcessError::Text {
            field,
            error: TextError::Empty,
        }),
        Err(error) => Err(ProcessError::Text { field, error }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(hours: &[u16]) -> InternalProcess {
        let steps = (1..).zip(hours).map(|(order, hours)| ProcessStep {
            order,
            name_vi: format!("Bước {order}"),
            name_en: format!("Step {order}"),
            role: "handler".into(),
            unit: None,
            hours: *hours,
            can_return: order > 1,
            can_supplement: false,
            can_sign: false,
        });
        InternalProcess {
            procedure: "1.004873".into(),
            version: 1,
            approved_by: "H38".into(),
            decision: "12/QĐ-UBND".into(),
            decided_on: jiff::civil::date(2026, 1, 5),
            effective_from: jiff::civil::date(2026, 1, 12),
            steps: steps.collect(),
            certainty: Certainty::Illustrative,
        }
    }

    #[test]
    fn a_process_takes_no_longer_than_its_limit_of_eight_hours_a_day() {
        let limit = Limit::WorkingDays(3);
        assert_eq!(process(&[4, 16, 4]).check(limit), Ok(()));
        assert_eq!(
            process(&[4, 17, 4]).check(limit),
            Err(ProcessError::TooLong {
                hours: 25,
                hours_max: 24
            })
        );
        assert_eq!(process(&[4, 4]).check(Limit::SameDay), Ok(()));
        assert!(process(&[4, 5]).check(Limit::SameDay).is_err());
        assert!(process(&[3]).check(Limit::WorkingHours(2)).is_err());
    }

    #[test]
    fn a_process_that_cannot_be_is_refused() {
        type Change = fn(&mut InternalProcess);
        let changes: [Change; 9] = [
            |process| process.steps.clear(),
            |process| process.steps[1].order = 3,
            |process| process.version = 0,
            |process| process.procedure = "4.004873".into(),
            |process| process.approved_by = "Nguyễn Văn A".into(),
            |process| process.decision = " ".into(),
            |process| process.decision = " 12".into(),
            |process| process.effective_from = jiff::civil::date(2026, 1, 4),
            |process| process.steps[0].name_vi = "a\u{0}b".into(),
        ];
        for (at, change) in changes.into_iter().enumerate() {
            let mut process = process(&[8, 8]);
            change(&mut process);
            assert!(process.check(Limit::WorkingDays(3)).is_err(), "change {at}");
        }
    }
}
