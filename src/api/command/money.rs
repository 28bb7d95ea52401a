//! The mutations of what the applicant owes, pays and gets back.

use async_graphql::{Context, Object};

use super::form::{Form, optional};
use super::input::{
    CancelFinancialObligationInput, ConfirmPaymentInput, ExemptFeeInput, IssueFeeReceiptInput,
    IssueFinancialObligationInput, RefundPaymentInput,
};
use super::perform::{Asked, CommandPayload, on, perform};
use crate::api::error::Answered;
use crate::domain::dossier::DossierCommand as C;

/// What a dossier costs.
#[derive(Default)]
pub struct MoneyMutation;

#[Object]
impl MoneyMutation {
    /// Tell the applicant what is to be paid. A tax or levy found during processing stops the clock.
    async fn issue_financial_obligation(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, how much, and the circumstances.")]
        input: IssueFinancialObligationInput,
    ) -> Answered<CommandPayload> {
        let command = C::IssueFinancialObligation {
            kind: input.kind.into(),
            amount_vnd: input.amount_vnd.0,
            due_on: input.due_on.map(|day| day.0),
        };
        on(context, input.on, command).await
    }

    /// Take back what was asked for and not paid, with a reason.
    async fn cancel_financial_obligation(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, which obligation, and the circumstances.")]
        input: CancelFinancialObligationInput,
    ) -> Answered<CommandPayload> {
        let number = input.number;
        on(context, input.on, C::CancelFinancialObligation { number }).await
    }

    /// Record that a fee, charge or obligation is not owed, with a reason and the basis where there is one.
    async fn exempt_fee(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, what, and the circumstances.")] input: ExemptFeeInput,
    ) -> Answered<CommandPayload> {
        let kind = input.kind.into();
        on(context, input.on, C::ExemptFee { kind }).await
    }

    /// Confirm what was paid: all of it, once. The clock runs on when nothing else holds it.
    async fn confirm_payment(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, how much, how, and the circumstances.")]
        input: ConfirmPaymentInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let reference = optional(input.reference.as_deref(), |text| {
            form.payment_reference("input.reference", text)
        });
        let command = reference.map(|reference| C::ConfirmPayment {
            number: input.number,
            amount_vnd: input.amount_vnd.0,
            method: input.method.into(),
            reference,
        });
        perform(context, Asked::on(input.on, form, command)).await
    }

    /// Record the receipt that was given for a payment, as printed on it.
    async fn issue_fee_receipt(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, what is printed on it, and the circumstances.")]
        input: IssueFeeReceiptInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let model = form.printed_code("input.form", &input.form);
        let series = form.printed_code("input.series", &input.series);
        let receipt_number = form.receipt_number("input.receiptNumber", &input.receipt_number);
        let printed = model.zip(series).zip(receipt_number);
        let command = printed.map(|((form, series), receipt_number)| C::IssueFeeReceipt {
            number: input.number,
            form,
            series,
            receipt_number,
        });
        perform(context, Asked::on(input.on, form, command)).await
    }

    /// Give back what was paid or a part of it, once, with a reason.
    async fn refund_payment(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, how much, and the circumstances.")] input: RefundPaymentInput,
    ) -> Answered<CommandPayload> {
        let command = C::RefundPayment {
            number: input.number,
            amount_vnd: input.amount_vnd.0,
        };
        on(context, input.on, command).await
    }
}
