//! Inputs of the way from desk to desk.

use async_graphql::InputObject;

use super::OnDossier;
use crate::api::words::Role;

/// Input of `forwardDossier`.
#[derive(InputObject)]
pub struct ForwardDossierInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Pseudonym of the handler, such as `handler-01`. Only its shape is checked: there is no staff register yet.
    pub to: String,
}

/// Input of `assignHandler`.
#[derive(InputObject)]
pub struct AssignHandlerInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Pseudonym of the handler, such as `handler-01`. Only its shape is checked: there is no staff register yet.
    pub to: String,
}

/// Input of `returnStep`.
#[derive(InputObject)]
pub struct ReturnStepInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}

/// Input of `handOver`.
#[derive(InputObject)]
pub struct HandOverInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Pseudonym of who is to have it, such as `signer-01`.
    pub to: String,
    /// As what they are to have it.
    pub role: Role,
    /// Code of the receiver's office, when it is another one.
    pub office: Option<String>,
    /// Step of the internal process that begins, from 1; the next one unless told.
    pub step: Option<u16>,
}

/// Input of `receiveHandOver`.
#[derive(InputObject)]
pub struct ReceiveHandOverInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// All papers were there.
    pub complete: bool,
}

/// Input of `recallStep`.
#[derive(InputObject)]
pub struct RecallStepInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}

/// Input of `addRemark`.
#[derive(InputObject)]
pub struct AddRemarkInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// What is said, at most 2,000 characters. Kept in the vault.
    pub text: String,
}
