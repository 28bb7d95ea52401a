//! The mutations that change a dossier's course: a new promise, a wish to withdraw.

use async_graphql::{Context, Object};

use super::form::{Form, optional};
use super::input::{
    DenyWithdrawalInput, GrantWithdrawalInput, IssueApologyInput, RequestWithdrawalInput,
    RetractWithdrawalInput,
};
use super::perform::{Asked, CommandPayload, on, perform};
use crate::api::error::Answered;
use crate::domain::code::OfficeCode;
use crate::domain::dossier::DossierCommand as C;

/// What changes a dossier's course.
#[derive(Default)]
pub struct CourseMutation;

#[Object]
impl CourseMutation {
    /// Apologise and promise a new date, with a reason. One that comes too late or too often moves no promise.
    async fn issue_apology(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, the new date, and the circumstances.")] input: IssueApologyInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let responsible = optional(input.responsible.as_deref(), |code| {
            form.code::<OfficeCode>("input.responsible", code)
        });
        let new_due_on = input.new_due_on.0;
        let command = responsible.map(|responsible| C::IssueApology {
            new_due_on,
            responsible,
        });
        perform(context, Asked::on(input.on, form, command)).await
    }

    /// Ask for the dossier back.
    async fn request_withdrawal(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, and the circumstances.")] input: RequestWithdrawalInput,
    ) -> Answered<CommandPayload> {
        on(context, input.on, C::RequestWithdrawal).await
    }

    /// Take the wish to withdraw back.
    async fn retract_withdrawal(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, and the circumstances.")] input: RetractWithdrawalInput,
    ) -> Answered<CommandPayload> {
        on(context, input.on, C::RetractWithdrawal).await
    }

    /// Give the dossier back.
    async fn grant_withdrawal(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, and the circumstances.")] input: GrantWithdrawalInput,
    ) -> Answered<CommandPayload> {
        on(context, input.on, C::GrantWithdrawal).await
    }

    /// Deny the withdrawal, with a reason.
    async fn deny_withdrawal(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, and the circumstances.")] input: DenyWithdrawalInput,
    ) -> Answered<CommandPayload> {
        on(context, input.on, C::DenyWithdrawal).await
    }
}
