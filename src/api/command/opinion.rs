//! The mutations of asking another agency, and of looking at the place itself.

use async_graphql::{Context, Object};

use super::form::Form;
use super::input::{
    DeemOpinionAgreedInput, GiveOpinionInput, NoteOpinionOverdueInput,
    RecordFieldVerificationInput, RequestOpinionInput, ScheduleFieldVerificationInput,
};
use super::perform::{Asked, CommandPayload, on, perform};
use crate::api::error::Answered;
use crate::domain::code::OfficeCode;
use crate::domain::dossier::DossierCommand as C;

/// What others are asked, and what is looked at on the spot.
#[derive(Default)]
pub struct OpinionMutation;

#[Object]
impl OpinionMutation {
    /// Ask another office for its opinion. The clock runs on.
    async fn request_opinion(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, whom, and the circumstances.")] input: RequestOpinionInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let agency = form.code::<OfficeCode>("input.agency", &input.agency);
        let due_on = input.due_on.map(|day| day.0);
        let command = agency.map(|agency| C::RequestOpinion { agency, due_on });
        perform(context, Asked::on(input.on, form, command)).await
    }

    /// Answer as the office that was asked, also when it is late.
    async fn give_opinion(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, the answer, and the circumstances.")] input: GiveOpinionInput,
    ) -> Answered<CommandPayload> {
        let command = C::GiveOpinion {
            number: input.number,
            agrees: input.agrees,
        };
        on(context, input.on, command).await
    }

    /// Note that an opinion did not come in time, once, after its date.
    async fn note_opinion_overdue(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, which request, and the circumstances.")]
        input: NoteOpinionOverdueInput,
    ) -> Answered<CommandPayload> {
        let number = input.number;
        on(context, input.on, C::NoteOpinionOverdue { number }).await
    }

    /// Note that silence is consent, where the procedure says so, after the date.
    async fn deem_opinion_agreed(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, which request, and the circumstances.")]
        input: DeemOpinionAgreedInput,
    ) -> Answered<CommandPayload> {
        let number = input.number;
        on(context, input.on, C::DeemOpinionAgreed { number }).await
    }

    /// Announce an on-site check. Place and people go to the vault.
    async fn schedule_field_verification(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, when, where, who, and the circumstances.")]
        input: ScheduleFieldVerificationInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let check = form.field_check(&input.place, &input.participants);
        let command = C::ScheduleFieldVerification { on: input.day.0 };
        let mut asked = Asked::on(input.on, form, Some(command));
        asked.personal.extend(check);
        perform(context, asked).await
    }

    /// Record an on-site check that was made. One that nobody announced is recorded as a breach.
    async fn record_field_verification(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, and the circumstances.")] input: RecordFieldVerificationInput,
    ) -> Answered<CommandPayload> {
        on(context, input.on, C::RecordFieldVerification).await
    }
}
