//! The mutations of linked dossiers: accepted as a whole, corrected between agencies.

use async_graphql::{Context, Object};

use super::form::Form;
use super::input::{AcceptLinkedDossierInput, DeclineCorrectionInput, SendBackInput};
use super::perform::{Asked, CommandPayload, on, perform};
use crate::api::error::Answered;
use crate::domain::code::OfficeCode;
use crate::domain::dossier::{DossierCommand as C, LegAt};

/// What is done with linked dossiers.
#[derive(Default)]
pub struct LinkedMutation;

#[Object]
impl LinkedMutation {
    /// Accept what was lodged or submitted under a linked procedure: one code, one promise, a leg for each agency. The legs
    /// begin by themselves; on paper one after the other.
    async fn accept_linked_dossier(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, the agencies, and the circumstances.")]
        input: AcceptLinkedDossierInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let legs: Option<Vec<LegAt>> = input
            .legs
            .iter()
            .map(|leg| {
                let office = form.code::<OfficeCode>("input.legs", &leg.office)?;
                let place = leg.place;
                Some(LegAt { place, office })
            })
            .collect();
        let manner = input.manner.into();
        let command = legs.map(|legs| C::AcceptLinked { manner, legs });
        perform(context, Asked::on(input.on, form, command)).await
    }

    /// Send the result of an earlier leg back to its agency, with a reason: this leg waits, its clock stands, the promise of the
    /// whole runs on.
    async fn send_back(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which leg, whose result, and the circumstances.")] input: SendBackInput,
    ) -> Answered<CommandPayload> {
        on(context, input.on, C::SendBack { place: input.place }).await
    }

    /// Answer, with a reason, that the result stands as it is. A mistake that is one is put right by `correctResult` or
    /// `replaceResult`, which answers by itself.
    async fn decline_correction(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which leg, who asked, and the circumstances.")]
        input: DeclineCorrectionInput,
    ) -> Answered<CommandPayload> {
        on(
            context,
            input.on,
            C::DeclineCorrection { place: input.place },
        )
        .await
    }
}
