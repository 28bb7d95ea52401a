//! Inputs of what is done with linked dossiers.

use async_graphql::InputObject;

use super::OnDossier;
use crate::api::words::LinkageManner;

/// Which agency settles a leg.
#[derive(InputObject)]
pub struct LegAtInput {
    /// Its place in the procedure's list of legs, from 1.
    pub place: u32,
    /// Code of the agency that settles it.
    pub office: String,
}

/// Input of `acceptLinkedDossier`.
#[derive(InputObject)]
pub struct AcceptLinkedDossierInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// How it goes from agency to agency.
    #[graphql(default_with = "LinkageManner::Electronic")]
    pub manner: LinkageManner,
    /// Every leg that is not optional, each once.
    #[graphql(validator(min_items = 1, max_items = 12))]
    pub legs: Vec<LegAtInput>,
}

/// Input of `sendBack`.
#[derive(InputObject)]
pub struct SendBackInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Place of the leg whose result has a mistake.
    pub place: u32,
}

/// Input of `declineCorrection`.
#[derive(InputObject)]
pub struct DeclineCorrectionInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Place of the leg that asked.
    pub place: u32,
}
