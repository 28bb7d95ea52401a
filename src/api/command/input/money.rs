//! Inputs of what is owed, paid and given back. Amounts are whole đồng.

use async_graphql::InputObject;

use super::OnDossier;
use crate::api::scalar::{Day, Long};
use crate::api::words::{ObligationKind, PaymentMethod};

/// Input of `issueFinancialObligation`.
#[derive(InputObject)]
pub struct IssueFinancialObligationInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// What is to be paid for.
    pub kind: ObligationKind,
    /// How much, in đồng.
    pub amount_vnd: Long,
    /// By which day.
    pub due_on: Option<Day>,
}

/// Input of `cancelFinancialObligation`.
#[derive(InputObject)]
pub struct CancelFinancialObligationInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Which obligation of the dossier, from 1.
    pub number: u32,
}

/// Input of `exemptFee`.
#[derive(InputObject)]
pub struct ExemptFeeInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// What is not owed.
    pub kind: ObligationKind,
}

/// Input of `confirmPayment`.
#[derive(InputObject)]
pub struct ConfirmPaymentInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Which obligation of the dossier, from 1.
    pub number: u32,
    /// How much came in, in đồng: all of it.
    pub amount_vnd: Long,
    /// How it was paid.
    pub method: PaymentMethod,
    /// The bank's or gateway's own reference: `VCB-20261128-0001`.
    pub reference: Option<String>,
}

/// Input of `issueFeeReceipt`.
#[derive(InputObject)]
pub struct IssueFeeReceiptInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Which obligation of the dossier, from 1.
    pub number: u32,
    /// Form of the receipt as printed on it: `01BLP3-001`.
    pub form: String,
    /// Its series: `AA-26E`.
    pub series: String,
    /// Its number: `0000123`.
    pub receipt_number: String,
}

/// Input of `refundPayment`.
#[derive(InputObject)]
pub struct RefundPaymentInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Which obligation of the dossier, from 1.
    pub number: u32,
    /// How much is given back, in đồng; at most what was paid.
    pub amount_vnd: Long,
}
