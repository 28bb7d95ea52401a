//! Inputs of asking others, and of looking at the place itself.

use async_graphql::InputObject;

use super::OnDossier;
use crate::api::scalar::Day;

/// Input of `requestOpinion`.
#[derive(InputObject)]
pub struct RequestOpinionInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Code of the office that is asked.
    pub agency: String,
    /// By when it is to answer; by the procedure's or the policy's rule unless told. On a day off the next working day.
    pub due_on: Option<Day>,
}

/// Input of `giveOpinion`.
#[derive(InputObject)]
pub struct GiveOpinionInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Which request it answers, from 1.
    pub number: u32,
    /// Whether the agency agrees; what else it says is `note`.
    pub agrees: bool,
}

/// Input of `noteOpinionOverdue`.
#[derive(InputObject)]
pub struct NoteOpinionOverdueInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Which request was not answered, from 1.
    pub number: u32,
}

/// Input of `deemOpinionAgreed`.
#[derive(InputObject)]
pub struct DeemOpinionAgreedInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Which request was not answered, from 1.
    pub number: u32,
}

/// Input of `scheduleFieldVerification`.
#[derive(InputObject)]
pub struct ScheduleFieldVerificationInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// The day of the check.
    pub day: Day,
    /// Where; at most 300 characters. Kept in the vault.
    pub place: String,
    /// Who takes part; at most 500 characters. Kept in the vault.
    pub participants: String,
}

/// Input of `recordFieldVerification`.
#[derive(InputObject)]
pub struct RecordFieldVerificationInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}
