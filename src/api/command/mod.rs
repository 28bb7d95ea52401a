//! One mutation per command: what a client sends becomes what the counter decides.

mod catalogue;
pub mod catalogue_input;
mod catalogue_record;
mod form;
mod input;
mod perform;
mod result;

use async_graphql::{Context, Object};

pub use self::catalogue::CatalogueMutation;
use self::form::Form;
use self::input::{
    AcceptDossierAtCounterInput, AcceptDossierInput, AcceptSupplementInput, AssignHandlerInput,
    CorrectApplicantDetailsInput, DeliverResultInput, DenyWithdrawalInput, DraftDossierInput,
    DraftResultInput, Filing, FindSupplementDeficientInput, ForwardDossierInput,
    GrantWithdrawalInput, IssueApologyInput, LodgeDossierInput, OnDossier, RedirectDossierInput,
    RefuseAcceptanceInput, RefuseResolutionInput, ReissueCapabilityInput, RequestSupplementInput,
    RequestWithdrawalInput, ReturnStepInput, SignResultInput, StopProcessingInput,
    SubmitDossierInput, SubmitSupplementInput, VoidCodeInput,
};
use self::perform::{Asked, CommandPayload, Target, perform};
pub use self::result::ResultMutation;
use crate::acts::Act;
use crate::api::access::api;
use crate::api::capability::fingerprint;
use crate::api::error::Answered;
use crate::domain::code::{OfficeCode, ProcedureCode};
use crate::domain::dossier::DossierCommand as C;

/// What can be done to a dossier.
#[derive(Default)]
pub struct DossierMutation;

#[Object]
impl DossierMutation {
    /// Begin a dossier without submitting it.
    async fn draft_dossier(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What, where and for whom.")] input: DraftDossierInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let command = filed(&mut form, &input.filing)
            .map(|(procedure, office)| C::Draft { procedure, office });
        let mut asked = Asked::new(input.filing.around, Target::New, form, command);
        if let Some(applicant) = &input.applicant {
            asked.personal = asked.form.applicant(applicant);
        }
        perform(context, asked).await
    }

    /// Submit a dossier on-line. The payload carries the receipt's capability.
    async fn submit_dossier(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What, where and for whom.")] input: SubmitDossierInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let (capability, print) = capability(context, &input.filing);
        let command = filed(&mut form, &input.filing).map(|(procedure, office)| C::Submit {
            procedure,
            office,
            capability: Some(print),
            assisted_by: None,
        });
        let target = input.draft.map_or(Target::New, Target::Known);
        let mut asked = Asked::new(input.filing.around, target, form, command);
        asked.personal = asked.form.applicant(&input.applicant);
        asked.capability = Some(capability);
        perform(context, asked).await
    }

    /// Enter papers brought to the counter or sent by post. The payload carries the receipt's capability.
    async fn lodge_dossier(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What, where and for whom.")] input: LodgeDossierInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let (capability, print) = capability(context, &input.filing);
        let command = filed(&mut form, &input.filing).map(|(procedure, office)| C::Lodge {
            procedure,
            office,
            channel: input.channel.into(),
            capability: Some(print),
        });
        let mut asked = Asked::new(input.filing.around, Target::New, form, command);
        asked.personal = asked.form.applicant(&input.applicant);
        asked.capability = Some(capability);
        perform(context, asked).await
    }

    /// Enter and accept complete papers at the counter in one act. The payload carries the receipt's capability.
    async fn accept_dossier_at_counter(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What, where and for whom.")] input: AcceptDossierAtCounterInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let (capability, print) = capability(context, &input.filing);
        let command =
            filed(&mut form, &input.filing).map(|(procedure, office)| C::AcceptAtCounter {
                procedure,
                office,
                capability: Some(print),
            });
        let mut asked = Asked::new(input.filing.around, Target::New, form, command);
        asked.personal = asked.form.applicant(&input.applicant);
        asked.capability = Some(capability);
        perform(context, asked).await
    }

    /// Accept what was submitted or lodged: the processing clock starts.
    async fn accept_dossier(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, and the circumstances.")] input: AcceptDossierInput,
    ) -> Answered<CommandPayload> {
        on(context, input.on, C::Accept).await
    }

    /// Refuse at intake, with a reason.
    async fn refuse_acceptance(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, and the circumstances.")] input: RefuseAcceptanceInput,
    ) -> Answered<CommandPayload> {
        on(context, input.on, C::RefuseAcceptance).await
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

    /// Draft the result: it waits for a signature.
    async fn draft_result(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, and the circumstances.")] input: DraftResultInput,
    ) -> Answered<CommandPayload> {
        on(context, input.on, C::DraftResult).await
    }

    /// Send a drafted result back to the handler, with a reason.
    async fn return_step(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, and the circumstances.")] input: ReturnStepInput,
    ) -> Answered<CommandPayload> {
        on(context, input.on, C::ReturnStep).await
    }

    /// Refuse after appraisal, with a reason.
    async fn refuse_resolution(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, and the circumstances.")] input: RefuseResolutionInput,
    ) -> Answered<CommandPayload> {
        on(context, input.on, C::RefuseResolution).await
    }

    /// Sign the result: the processing clock ends.
    async fn sign_result(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, and the circumstances.")] input: SignResultInput,
    ) -> Answered<CommandPayload> {
        on(context, input.on, C::SignResult { signature: None }).await
    }

    /// Ask for the dossier back.
    async fn request_withdrawal(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, and the circumstances.")] input: RequestWithdrawalInput,
    ) -> Answered<CommandPayload> {
        on(context, input.on, C::RequestWithdrawal).await
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

    /// Ask for a supplement, before acceptance or at appraisal, with a reason.
    async fn request_supplement(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, what for, and the circumstances.")] input: RequestSupplementInput,
    ) -> Answered<CommandPayload> {
        on(
            context,
            input.on,
            C::RequestSupplement {
                items: input.items,
                approved_by: None,
            },
        )
        .await
    }

    /// Pass on to the competent office, with a reason.
    async fn redirect_dossier(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, where to, and the circumstances.")] input: RedirectDossierInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let kind = input.kind.into();
        let command = form
            .code::<OfficeCode>("input.to", &input.to)
            .map(|to| C::Redirect { to, kind });
        perform(context, Asked::on(input.on, form, command)).await
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

    /// Hand the result over.
    async fn deliver_result(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, how, and the circumstances.")] input: DeliverResultInput,
    ) -> Answered<CommandPayload> {
        let method = input.method.into();
        on(context, input.on, C::DeliverResult { method }).await
    }

    /// Apologise and promise a new date, with a reason. One that comes too late or too often moves no promise.
    async fn issue_apology(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, the new date, and the circumstances.")] input: IssueApologyInput,
    ) -> Answered<CommandPayload> {
        let new_due_on = input.new_due_on.0;
        on(
            context,
            input.on,
            C::IssueApology {
                new_due_on,
                responsible: None,
            },
        )
        .await
    }

    /// Put mistyped personal details right, with a reason. The old ones are deleted.
    async fn correct_applicant_details(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, all details anew, and the circumstances.")]
        input: CorrectApplicantDetailsInput,
    ) -> Answered<CommandPayload> {
        let command = Some(C::CorrectApplicantDetails);
        let mut asked = Asked::on(input.on, Form::default(), command);
        asked.personal = asked.form.applicant(&input.applicant);
        perform(context, asked).await
    }

    /// Make a new capability for a lost receipt, with a reason; the old one is void.
    async fn reissue_capability(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, and the circumstances.")] input: ReissueCapabilityInput,
    ) -> Answered<CommandPayload> {
        let new = api(context).capabilities.of(input.on.around.command_id);
        let command = C::ReissueCapability {
            capability: fingerprint(&new),
        };
        let mut asked = Asked::on(input.on, Form::default(), Some(command));
        asked.capability = Some(new);
        perform(context, asked).await
    }

    /// Take the next number of an office's day out of use, with a reason: a spoiled slip leaves an explained gap.
    async fn void_code(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which office, and why.")] input: VoidCodeInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let office = form.code::<OfficeCode>("input.office", &input.office);
        let mut asked = Asked::new(input.around, Target::New, form, None);
        asked.other = office.map(|office| Act::VoidCode { office });
        perform(context, asked).await
    }
}

/// A command that needs nothing but its circumstances, or whose own fields need no checking.
async fn on(context: &Context<'_>, input: OnDossier, command: C) -> Answered<CommandPayload> {
    perform(context, Asked::on(input, Form::default(), Some(command))).await
}

fn filed(form: &mut Form, filing: &Filing) -> Option<(ProcedureCode, OfficeCode)> {
    let procedure = form.code("input.procedure", &filing.procedure);
    let office = form.code("input.office", &filing.office);
    procedure.zip(office)
}

/// The receipt's capability, and what the fact says of it.
fn capability(context: &Context<'_>, filing: &Filing) -> (String, String) {
    let capability = api(context).capabilities.of(filing.around.command_id);
    let print = fingerprint(&capability);
    (capability, print)
}
