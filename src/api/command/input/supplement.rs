//! Inputs of asking for what is missing, and of answering.

use async_graphql::InputObject;

use super::OnDossier;

/// Input of `requestSupplement`.
#[derive(InputObject)]
pub struct RequestSupplementInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Papers asked for, by their place in the procedure's list, from 1; all at once.
    #[graphql(validator(max_items = 100))]
    pub items: Vec<u32>,
    /// Pseudonym of who approved a further request, such as `centre_manager-01`; a first one needs nobody.
    pub approved_by: Option<String>,
}

/// Input of `submitSupplement`.
#[derive(InputObject)]
pub struct SubmitSupplementInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}

/// Input of `acceptSupplement`.
#[derive(InputObject)]
pub struct AcceptSupplementInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}

/// Input of `findSupplementDeficient`.
#[derive(InputObject)]
pub struct FindSupplementDeficientInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}

/// Input of `stopProcessing`.
#[derive(InputObject)]
pub struct StopProcessingInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}

/// Input of `proposeSupplement`.
#[derive(InputObject)]
pub struct ProposeSupplementInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Papers the applicant should be asked for, by their place in the procedure's list, from 1.
    #[graphql(validator(max_items = 100))]
    pub items: Vec<u32>,
}

/// Input of `retractSupplementRequest`.
#[derive(InputObject)]
pub struct RetractSupplementRequestInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}
