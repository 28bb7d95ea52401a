//! The mutations on the document that settles a dossier: drafted, approved, signed, issued, put right, handed over.

use async_graphql::{Context, Object};
use serde_json::json;

use super::attached::document;
use super::form::{Form, optional};
use super::input::{
    ApproveResultInput, CorrectResultInput, DeliverResultInput, DraftResultInput, IssueResultInput,
    RefuseResolutionInput, ReplaceResultInput, ReturnOriginalsInput, RevokeResultInput,
    SignResultInput, SignatureInput,
};
use super::perform::{Asked, CommandPayload, on, perform};
use crate::acts::Personal;
use crate::api::error::Answered;
use crate::domain::dossier::{DossierCommand as C, Signature};
use crate::domain::part::PartKind;

/// Key of a signature's block in the vault, beside the document's hash.
const SIGNATURE_BLOCK: &str = "signature_block";

/// What can be done to a result.
#[derive(Default)]
pub struct ResultMutation;

#[Object]
impl ResultMutation {
    /// Draft the result: it waits for approval and a signature.
    async fn draft_result(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, and the circumstances.")] input: DraftResultInput,
    ) -> Answered<CommandPayload> {
        on(context, input.on, C::DraftResult).await
    }

    /// Approve a drafted result before it is signed.
    async fn approve_result(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, and the circumstances.")] input: ApproveResultInput,
    ) -> Answered<CommandPayload> {
        on(context, input.on, C::ApproveResult).await
    }

    /// Refuse after appraisal, with a reason.
    async fn refuse_resolution(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, and the circumstances.")] input: RefuseResolutionInput,
    ) -> Answered<CommandPayload> {
        on(context, input.on, C::RefuseResolution).await
    }

    /// Sign the result, digitally or by hand: the processing clock ends.
    async fn sign_result(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, the signature, and the circumstances.")] input: SignResultInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let given = (input.document_sha256, input.file.as_deref());
        let mut file = document(context, &mut form, input.on.around.command_id, given).await;
        let signature = optional(input.signature.as_ref(), |given| {
            signed(&mut form, given, &mut file)
        });
        let command = signature.map(|signature| C::SignResult { signature });
        let mut asked = Asked::on(input.on, form, command);
        asked.personal.extend(file);
        perform(context, asked).await
    }

    /// Issue the signed result under its number, with the hash of its file if it is one.
    async fn issue_result(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, the number, and the circumstances.")] input: IssueResultInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let given = (input.document_sha256, input.file.as_deref());
        let file = document(context, &mut form, input.on.around.command_id, given).await;
        let number = form.document_number("input.number", &input.number);
        let command = number.map(|number| C::IssueResult { number });
        let mut asked = Asked::on(input.on, form, command);
        asked.personal.extend(file);
        perform(context, asked).await
    }

    /// Put a mistake in a document right, with a reason. It stays in force under its number; dates and figures stay too.
    async fn correct_result(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, which document, and the circumstances.")]
        input: CorrectResultInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let given = (input.document_sha256, input.file.as_deref());
        let file = document(context, &mut form, input.on.around.command_id, given).await;
        let number = earlier(&mut form, "input.number", input.number.as_deref());
        let command = number.map(|number| C::CorrectResult { number });
        let mut asked = Asked::on(input.on, form, command);
        asked.personal.extend(file);
        perform(context, asked).await
    }

    /// Take a result back, with a reason. It stays in the record as revoked; dates and figures stay as they are.
    async fn revoke_result(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, and the circumstances.")] input: RevokeResultInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let number = earlier(&mut form, "input.number", input.number.as_deref());
        let command = number.map(|number| C::RevokeResult { number });
        perform(context, Asked::on(input.on, form, command)).await
    }

    /// Sign a result that takes the place of an earlier one, with a reason. The earlier one stays in the record as
    /// superseded; dates and figures stay as they are.
    async fn replace_result(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, the new number, and the circumstances.")]
        input: ReplaceResultInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let given = (input.document_sha256, input.file.as_deref());
        let file = document(context, &mut form, input.on.around.command_id, given).await;
        let number = form.document_number("input.number", &input.number);
        let replaces = earlier(&mut form, "input.replaces", input.replaces.as_deref());
        let command = number
            .zip(replaces)
            .map(|(number, replaces)| C::ReplaceResult { number, replaces });
        let mut asked = Asked::on(input.on, form, command);
        asked.personal.extend(file);
        perform(context, asked).await
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

    /// Give the applicant's originals back.
    async fn return_originals(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, and the circumstances.")] input: ReturnOriginalsInput,
    ) -> Answered<CommandPayload> {
        on(context, input.on, C::ReturnOriginals).await
    }
}

/// The number of an earlier document, if one is given; none at all when it has not the shape of one.
#[expect(clippy::option_option, reason = "refused, not given, or given")]
fn earlier(form: &mut Form, path: &str, input: Option<&str>) -> Option<Option<String>> {
    optional(input, |number| form.document_number(path, number))
}

/// What the fact says of a signature; its block goes to the vault beside the document's hash.
pub fn signed(
    form: &mut Form,
    given: &SignatureInput,
    file: &mut Option<Personal>,
) -> Option<Signature> {
    let path = "input.signature";
    if let Some(block) = &given.signature_block {
        let block = form.signature_block(&format!("{path}.signatureBlock"), block)?;
        let part = file.get_or_insert_with(|| Personal {
            file: None,
            kind: PartKind::Document,
            value: json!({}),
        });
        part.value[SIGNATURE_BLOCK] = block.into();
    }
    let serial = &format!("{path}.certificateSerial");
    let certificate_serial = form.certificate_serial(serial, &given.certificate_serial)?;
    Some(Signature {
        certificate_serial,
        signed_at: given.signed_at,
        validation: given.validation.into(),
        certifies_copy: given.certifies_copy,
    })
}
