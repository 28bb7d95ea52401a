//! Inputs of what changes a dossier's course: a new promise, a wish to withdraw.

use async_graphql::InputObject;

use super::OnDossier;
use crate::api::scalar::Day;

/// Input of `issueApology`.
#[derive(InputObject)]
pub struct IssueApologyInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// The new date promised; on a day off it becomes the next working day.
    pub new_due_on: Day,
    /// Code of the office that is late, when it is not the one that has the dossier.
    pub responsible: Option<String>,
}

/// Input of `requestWithdrawal`.
#[derive(InputObject)]
pub struct RequestWithdrawalInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}

/// Input of `grantWithdrawal`.
#[derive(InputObject)]
pub struct GrantWithdrawalInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}

/// Input of `denyWithdrawal`.
#[derive(InputObject)]
pub struct DenyWithdrawalInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}

/// Input of `retractWithdrawal`.
#[derive(InputObject)]
pub struct RetractWithdrawalInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}
