//! The mutations of the way from desk to desk.

use async_graphql::{Context, Object};

use super::form::{Form, optional};
use super::input::{
    AddRemarkInput, AssignHandlerInput, ForwardDossierInput, HandOverInput, RecallStepInput,
    ReceiveHandOverInput, ReturnStepInput,
};
use super::perform::{Asked, CommandPayload, on, perform};
use crate::api::error::{Answered, UserError};
use crate::api::words::Role;
use crate::domain::code::OfficeCode;
use crate::domain::dossier::DossierCommand as C;

/// Who has a dossier on the desk.
#[derive(Default)]
pub struct DeskMutation;

#[Object]
impl DeskMutation {
    /// Leave a remark for colleagues, in every state of an entered dossier. Its words are kept in the vault and read in the history by
    /// officers and auditors; the applicant and the public are told nothing of it. Refused with `NOT_YET_ENABLED` until the journal
    /// has format 2.
    async fn add_remark(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, what is said, and the circumstances.")] input: AddRemarkInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let text = form.said("input.text", &input.text);
        let mut asked = Asked::on(input.on, form, Some(C::Remark));
        asked.personal.extend(text);
        perform(context, asked).await
    }

    /// Hand to the handler.
    async fn forward_dossier(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, to whom, and the circumstances.")] input: ForwardDossierInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let to = form.person("input.to", &input.to);
        let command = to.map(|to| C::Forward { to });
        perform(context, Asked::on(input.on, form, command)).await
    }

    /// Give to another handler.
    async fn assign_handler(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, to whom, and the circumstances.")] input: AssignHandlerInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let to = form.person("input.to", &input.to);
        let command = to.map(|to| C::AssignHandler { to });
        perform(context, Asked::on(input.on, form, command)).await
    }

    /// Give to the next desk: the giver's half of a line on the control slip.
    async fn hand_over(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, to whom, and the circumstances.")] input: HandOverInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let command = handed_over(
            &mut form,
            "input",
            &input.to,
            input.role,
            input.office.as_deref(),
            input.step,
        );
        perform(context, Asked::on(input.on, form, command)).await
    }

    /// Sign for what was handed over: the receiver's half of that line.
    async fn receive_hand_over(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, whether all was there, and the circumstances.")]
        input: ReceiveHandOverInput,
    ) -> Answered<CommandPayload> {
        let complete = input.complete;
        on(context, input.on, C::ReceiveHandOver { complete }).await
    }

    /// Take back what was handed over and not signed for, with a reason.
    async fn recall_step(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, and the circumstances.")] input: RecallStepInput,
    ) -> Answered<CommandPayload> {
        on(context, input.on, C::RecallStep).await
    }

    /// Send a drafted or approved result back to the handler, with a reason.
    async fn return_step(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, and the circumstances.")] input: ReturnStepInput,
    ) -> Answered<CommandPayload> {
        on(context, input.on, C::ReturnStep).await
    }
}

/// A hand-over, if somebody of that role could sign for it.
pub fn handed_over(
    form: &mut Form,
    path: &str,
    to: &str,
    role: Role,
    office: Option<&str>,
    step: Option<u16>,
) -> Option<C> {
    let to = form.person(&format!("{path}.to"), to);
    let office = optional(office, |code| {
        form.code::<OfficeCode>(&format!("{path}.office"), code)
    });
    let role = role.into();
    let signs = C::ReceiveHandOver { complete: true };
    if !signs.roles().contains(&role) {
        form.errors.push(UserError::malformed(
            &format!("{path}.role"),
            "Vai trò này không ký nhận bàn giao hồ sơ. Chọn vai trò khác.",
            "nobody of this role signs for a dossier that is handed over",
        ));
    }
    let (to, office) = to.zip(office)?;
    Some(C::HandOver {
        to,
        role,
        office,
        step,
    })
}
