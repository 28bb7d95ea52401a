//! Supervision: inspections with what they found and what was put right, written reminders, plans of reviews.

mod held;
mod rules;

pub use held::{HeldFinding, HeldInspection, HeldReminder, Supervision};
pub use rules::decide;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::fact::BreachRule;

/// What an inspection looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InspectionSubject {
    /// Administrative reform and the use of information technology.
    Reform,
    /// Reception, settlement and return of results.
    Settlement,
    /// Publication of procedures.
    Publication,
    /// Handling of feedback.
    Feedback,
    Other,
}

/// What kind of shortcoming was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// Settled or answered after the promised day.
    Lateness,
    /// Asked for more papers, or more often, than allowed.
    Supplements,
    /// Dealt with outside the system or the one-stop unit.
    OutsideTheUnit,
    /// No apology, or too late.
    Apologies,
    /// Procedures not posted, or not up to date.
    Publication,
    /// Feedback not dealt with in time.
    Feedback,
    /// Premises, equipment, connection.
    Equipment,
    /// Conduct of officers.
    Conduct,
    Other,
}

/// An inspection of an office on record, by decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InspectionOpened {
    /// `KT-2022-01`.
    pub code: String,
    /// Number of the decision.
    pub decision: String,
    /// Posts on the team by their codes, never names: `truong-doan-1`.
    pub team: Vec<String>,
    /// Code of the inspected office.
    pub office: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    pub subject: InspectionSubject,
}

/// A shortcoming, with the facts that show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingNoted {
    pub inspection: String,
    /// Which finding of the inspection this is, from 1.
    pub number: u32,
    pub kind: FindingKind,
    /// Positions in the journal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<u64>,
    /// The rule it offends against, when it is one of those that facts name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breach: Option<BreachRule>,
}

/// What was found is to be put right by a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorrectionOrdered {
    pub inspection: String,
    pub finding: u32,
    /// Last day.
    pub due_on: Date,
}

/// It was put right, as the inspected office reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorrectionDone {
    pub inspection: String,
    pub finding: u32,
    /// The day of the report.
    pub on: Date,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InspectionClosed {
    pub inspection: String,
    pub on: Date,
}

/// A written reminder from the head of a one-stop unit to an agency (Decree 61/2018 arts. 8–12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReminderSent {
    /// From 1, over all offices.
    pub number: u32,
    /// Code of the office that reminds.
    pub from: String,
    /// Code of the agency that is reminded.
    pub to: String,
    /// Codes of the dossiers it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dossiers: Vec<String>,
    /// Days it is about, when it names no dossiers: first and last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<(Date, Date)>,
    /// The day it was sent.
    pub on: Date,
    /// Last day to reply.
    pub due_on: Date,
}

/// The agency's reply; what it says lies in the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReminderAnswered {
    pub number: u32,
    pub on: Date,
}

/// What an authority means to review in a year, and how much it means to save.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewPlan {
    pub year: i16,
    /// Number of the plan.
    pub decision: String,
    /// Codes of the procedures to be reviewed.
    pub procedures: Vec<String>,
    /// Percent of the time for settlement to be cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_cut_percent: Option<u8>,
    /// Percent of the cost of compliance to be cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_cut_percent: Option<u8>,
}

/// What happens under supervision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum SupervisionEvent {
    InspectionOpened(InspectionOpened),
    FindingNoted(FindingNoted),
    CorrectionOrdered(CorrectionOrdered),
    CorrectionDone(CorrectionDone),
    InspectionClosed(InspectionClosed),
    ReminderSent(ReminderSent),
    ReminderAnswered(ReminderAnswered),
    ReviewPlanned(ReviewPlan),
}

/// What can be asked under supervision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SupervisionAct {
    OpenInspection(InspectionOpened),
    NoteFinding {
        inspection: String,
        kind: FindingKind,
        facts: Vec<u64>,
        breach: Option<BreachRule>,
    },
    OrderCorrection {
        inspection: String,
        finding: u32,
        due_on: Date,
    },
    ReportCorrection {
        inspection: String,
        finding: u32,
    },
    CloseInspection {
        inspection: String,
    },
    Remind {
        to: String,
        dossiers: Vec<String>,
        period: Option<(Date, Date)>,
        due_on: Date,
    },
    AnswerReminder {
        number: u32,
    },
    PlanReview(ReviewPlan),
}

impl SupervisionEvent {
    /// The fact's `type`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::InspectionOpened(_) => "inspection.opened",
            Self::FindingNoted(_) => "inspection.finding_noted",
            Self::CorrectionOrdered(_) => "inspection.corrective_action_ordered",
            Self::CorrectionDone(_) => "inspection.corrective_action_done",
            Self::InspectionClosed(_) => "inspection.closed",
            Self::ReminderSent(_) => "reminder.sent",
            Self::ReminderAnswered(_) => "reminder.answered",
            Self::ReviewPlanned(_) => "review.planned",
        }
    }

    /// What it is about, in short.
    #[must_use]
    pub fn subject(&self) -> String {
        match self {
            Self::InspectionOpened(one) => one.code.clone(),
            Self::FindingNoted(one) => format!("{}/{}", one.inspection, one.number),
            Self::CorrectionOrdered(one) => format!("{}/{}", one.inspection, one.finding),
            Self::CorrectionDone(one) => format!("{}/{}", one.inspection, one.finding),
            Self::InspectionClosed(one) => one.inspection.clone(),
            Self::ReminderSent(one) => one.number.to_string(),
            Self::ReminderAnswered(one) => one.number.to_string(),
            Self::ReviewPlanned(one) => one.year.to_string(),
        }
    }

    pub(in crate::domain) fn parse(kind: &str, data: &str) -> Option<serde_json::Result<Self>> {
        fn read<'a, T: Deserialize<'a>>(
            data: &'a str,
            make: fn(T) -> SupervisionEvent,
        ) -> serde_json::Result<SupervisionEvent> {
            serde_json::from_str(data).map(make)
        }
        Some(match kind {
            "inspection.opened" => read(data, Self::InspectionOpened),
            "inspection.finding_noted" => read(data, Self::FindingNoted),
            "inspection.corrective_action_ordered" => read(data, Self::CorrectionOrdered),
            "inspection.corrective_action_done" => read(data, Self::CorrectionDone),
            "inspection.closed" => read(data, Self::InspectionClosed),
            "reminder.sent" => read(data, Self::ReminderSent),
            "reminder.answered" => read(data, Self::ReminderAnswered),
            "review.planned" => read(data, Self::ReviewPlanned),
            _ => return None, // foreign: a type name out of the journal
        })
    }
}
