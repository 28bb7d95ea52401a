//! The mutations of asking for what is missing, once, and of answering.

use async_graphql::{Context, Object};

use super::form::{Form, optional};
use super::input::{
    AcceptSupplementInput, FindSupplementDeficientInput, ProposeSupplementInput,
    RequestSupplementInput, RetractSupplementRequestInput, StopProcessingInput,
    SubmitSupplementInput,
};
use super::perform::{Asked, CommandPayload, on, perform};
use crate::api::error::Answered;
use crate::domain::dossier::DossierCommand as C;

/// What is asked for because it is missing.
#[derive(Default)]
pub struct SupplementMutation;

#[Object]
impl SupplementMutation {
    /// Tell the one-stop unit what the applicant should be asked for, with a reason: all contact goes through it.
    async fn propose_supplement(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, what for, and the circumstances.")] input: ProposeSupplementInput,
    ) -> Answered<CommandPayload> {
        let items = input.items;
        on(context, input.on, C::ProposeSupplement { items }).await
    }

    /// Ask for a supplement, before acceptance or at appraisal, with a reason. A further request needs its legal basis and
    /// who approved it, and is recorded as a breach.
    async fn request_supplement(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, what for, and the circumstances.")] input: RequestSupplementInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let approved_by = optional(input.approved_by.as_deref(), |id| {
            form.person("input.approvedBy", id)
        });
        let command = approved_by.map(|approved_by| C::RequestSupplement {
            items: input.items,
            approved_by,
        });
        perform(context, Asked::on(input.on, form, command)).await
    }

    /// Take a supplement request back, with a reason. It still counts as one, and the clock as if it had run all the time.
    async fn retract_supplement_request(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, and the circumstances.")] input: RetractSupplementRequestInput,
    ) -> Answered<CommandPayload> {
        on(context, input.on, C::RetractSupplementRequest).await
    }

    /// Supply what was asked for.
    async fn submit_supplement(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, and the circumstances.")] input: SubmitSupplementInput,
    ) -> Answered<CommandPayload> {
        on(context, input.on, C::SubmitSupplement).await
    }

    /// Find the supplement complete: the clock runs on.
    async fn accept_supplement(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, and the circumstances.")] input: AcceptSupplementInput,
    ) -> Answered<CommandPayload> {
        on(context, input.on, C::AcceptSupplement).await
    }

    /// Find the supplement still deficient, with a reason.
    async fn find_supplement_deficient(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, and the circumstances.")] input: FindSupplementDeficientInput,
    ) -> Answered<CommandPayload> {
        on(context, input.on, C::FindStillDeficient).await
    }

    /// Stop processing what was not supplemented, with a reason.
    async fn stop_processing(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, and the circumstances.")] input: StopProcessingInput,
    ) -> Answered<CommandPayload> {
        on(context, input.on, C::StopProcessing).await
    }
}
