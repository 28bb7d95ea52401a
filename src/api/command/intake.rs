//! The mutations by which a dossier comes into the office, is passed on, and has its papers put right.

use async_graphql::{Context, Object};

use super::attached::document;
use super::component;
use super::form::Form;
use super::input::{
    AcceptDossierAtCounterInput, AcceptDossierInput, CorrectApplicantDetailsInput,
    DraftDossierInput, Filing, LodgeDossierInput, ReceiveComponentInput, RedirectDossierInput,
    RefuseAcceptanceInput, ReissueCapabilityInput, SubmitDossierInput, VoidCodeInput,
};
use super::perform::{Asked, CommandPayload, Target, on, perform};
use super::result::signed;
use crate::acts::Act;
use crate::api::access::api;
use crate::api::capability::fingerprint;
use crate::api::error::{Answered, ErrorCode, UserError};
use crate::api::scalar::Long;
use crate::domain::code::{DossierCode, OfficeCode, ProcedureCode};
use crate::domain::dossier::DossierCommand as C;

/// What brings a dossier into the office.
#[derive(Default)]
pub struct IntakeMutation;

#[Object]
impl IntakeMutation {
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

    /// Submit a dossier on-line. The payload carries the receipt's capability. An officer who helped is named, with the
    /// applicant's consent.
    async fn submit_dossier(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What, where and for whom.")] input: SubmitDossierInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let (capability, print) = capability(context, &input.filing);
        let helper = assisted(&mut form, input.assisted_by.as_deref(), input.consent);
        let filed = filed(&mut form, &input.filing).zip(helper);
        let command = filed.map(|((procedure, office), assisted_by)| C::Submit {
            procedure,
            office,
            capability: Some(print),
            assisted_by,
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

    /// Enter and accept complete papers at the counter in one act. The payload carries the receipt's capability. With the `code`
    /// of a slip written by hand while the line was down, the dossier keeps that code.
    async fn accept_dossier_at_counter(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What, where and for whom.")] input: AcceptDossierAtCounterInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let (capability, print) = capability(context, &input.filing);
        let code = input.code.as_deref();
        let code = code.map(|code| form.code::<DossierCode>("input.code", code));
        let command =
            filed(&mut form, &input.filing).map(|(procedure, office)| C::AcceptAtCounter {
                procedure,
                office,
                capability: Some(print),
                code: code.flatten(),
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

    /// Note a paper as it came in: its form, where its digital form comes from, its size, the hash of its file.
    async fn receive_component(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, which paper, and the circumstances.")]
        input: ReceiveComponentInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let given = (input.file_sha256, input.file.as_deref());
        let mut file = document(context, &mut form, input.on.around.command_id, given).await;
        let measured = file
            .as_ref()
            .and_then(|part| Some(part.file.as_ref()?.bytes));
        let signature = input
            .signature
            .as_ref()
            .and_then(|given| signed(&mut form, given, &mut file));
        let digitisation = input.digitisation.into();
        let reused =
            component::reused(context, &mut form, digitisation, input.reused_from.as_ref());
        let reused_from = match reused.await {
            Ok(reused_from) => reused_from,
            Err(problem) => return Some(Err(problem)),
        };
        component::check(&mut form, digitisation, input.signature.is_some());
        let command = C::ReceiveComponent {
            item: input.item,
            form: input.form.into(),
            digitisation,
            size_bytes: measured.or(input.size_bytes.map(|Long(bytes)| bytes)),
            signature,
            reused_from,
        };
        let mut asked = Asked::on(input.on, form, Some(command));
        asked.personal.extend(file);
        perform(context, asked).await
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

/// The officer who helped to file, if one did: never without the applicant's consent.
#[expect(clippy::option_option, reason = "refused, nobody, or somebody")]
pub(super) fn assisted(
    form: &mut Form,
    by: Option<&str>,
    consent: Option<bool>,
) -> Option<Option<String>> {
    let Some(by) = by else {
        return Some(None);
    };
    if consent != Some(true) {
        let message = (
            "Nộp hộ phải được người nộp đồng ý. Hỏi người nộp, rồi ghi đồng ý.".into(),
            "Nobody is helped to file without their consent. Ask the applicant, then say that they agreed.".into(),
        );
        let error = UserError::new("input.consent", ErrorCode::ConsentRequired, message);
        form.errors.push(error);
    }
    form.person("input.assistedBy", by).map(Some)
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
