//! What the events of linked dossiers carry: the whole tells of its legs, a leg of those beside it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::code::{DossierCode, OfficeCode, ProcedureCode};

use super::DeliveryMethod;

/// A leg as it is fixed when the whole is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedLeg {
    /// Its place in the procedure's list of legs, from 1.
    pub place: u32,
    /// The procedure it is settled under.
    pub procedure: ProcedureCode,
    /// The agency that settles it.
    pub office: OfficeCode,
    /// Places of the legs whose results it waits for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<u32>,
}

/// What a leg belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegOf {
    /// Stream of the whole.
    pub whole: Uuid,
    /// The code that the citizen has.
    pub code: DossierCode,
    /// The one-stop unit that took the whole in.
    pub office: OfficeCode,
    /// The leg's place in the list, from 1.
    pub place: u32,
    /// The linked procedure, in the version the whole was accepted under.
    pub procedure: ProcedureCode,
    pub procedure_version: u32,
    /// Actor id of the applicant, as the whole has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applicant: Option<String>,
    /// The results that it got from other legs: they are papers of this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<LegResult>,
}

/// The result of one leg as another one gets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegResult {
    pub place: u32,
    /// Stream of the leg that it settled.
    pub leg: Uuid,
    /// Its number; absent while it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

/// A leg was given to its agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegOpened {
    pub place: u32,
    /// Stream of the leg.
    pub leg: Uuid,
    /// Its code in the agency's register.
    pub code: DossierCode,
    pub office: OfficeCode,
}

/// For what a leg waits that no agency can hasten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegWait {
    Supplement,
    Payment,
}

/// A leg waits for the applicant: while one does, the clock of the whole stands (Decree 301/2026 art. 4.7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegWaits {
    pub place: u32,
    pub waits_for: LegWait,
}

/// A leg waits no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegResumed {
    pub place: u32,
    /// What was asked for was taken back: the clock is as if it had run.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub taken_back: bool,
}

/// How a leg ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegOutcome {
    /// Its result is signed.
    Completed,
    Refused,
    Stopped,
    Withdrawn,
    NotAccepted,
    /// A result that it needs will never be.
    NotBegun,
}

impl LegOutcome {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Refused => "refused",
            Self::Stopped => "stopped",
            Self::Withdrawn => "withdrawn",
            Self::NotAccepted => "not_accepted",
            Self::NotBegun => "not_begun",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegEnded {
    pub place: u32,
    pub outcome: LegOutcome,
}

/// The result of a leg was handed over, as soon as it was there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegDelivered {
    pub place: u32,
    pub method: DeliveryMethod,
}

/// A leg found a mistake in the result of another one and waits until it is put right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentBack {
    /// Place of the leg whose result it is.
    pub place: u32,
    /// Stream of that leg.
    pub leg: Uuid,
}

/// Another leg has found a mistake in this one's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorrectionRequested {
    /// Place of the leg that found it.
    pub place: u32,
    /// Stream of that leg.
    pub leg: Uuid,
}

/// What came of it: told on the leg that had to answer and on the one that asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorrectionAnswered {
    /// Place of the other of the two legs.
    pub place: u32,
    /// The result was corrected or replaced; else it stands as it is, for the reason given.
    pub corrected: bool,
}
