//! The mutations on the document that settled a dossier: issued, taken back, replaced.

use async_graphql::{Context, Object};
use serde_json::json;

use super::form::Form;
use super::input::{IssueResultInput, ReplaceResultInput, RevokeResultInput};
use super::perform::{Asked, CommandPayload, perform};
use crate::acts::Personal;
use crate::api::dossier::result::SHA256;
use crate::api::error::Answered;
use crate::api::scalar::{Digest, hex};
use crate::domain::dossier::DossierCommand as C;
use crate::domain::part::PartKind;

/// What can be done to a result.
#[derive(Default)]
pub struct ResultMutation;

#[Object]
impl ResultMutation {
    /// Issue the signed result under its number, with the hash of its file if it is one.
    async fn issue_result(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, the number, and the circumstances.")] input: IssueResultInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let number = form.document_number("input.number", &input.number);
        let command = number.map(|number| C::IssueResult { number });
        let mut asked = Asked::on(input.on, form, command);
        asked.personal.extend(document(input.document_sha256));
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
        let number = form.document_number("input.number", &input.number);
        let replaces = earlier(&mut form, "input.replaces", input.replaces.as_deref());
        let command = number
            .zip(replaces)
            .map(|(number, replaces)| C::ReplaceResult { number, replaces });
        let mut asked = Asked::on(input.on, form, command);
        asked.personal.extend(document(input.document_sha256));
        perform(context, asked).await
    }
}

/// The number of an earlier document, if one is given; none at all when it has not the shape of one.
#[expect(clippy::option_option, reason = "refused, not given, or given")]
fn earlier(form: &mut Form, path: &str, input: Option<&str>) -> Option<Option<String>> {
    match input {
        None => Some(None),
        Some(number) => form.document_number(path, number).map(Some),
    }
}

/// The hash of a file, for the vault: nobody can guess the file and compare.
fn document(sha256: Option<Digest>) -> Option<Personal> {
    let Digest(hash) = sha256?;
    Some(Personal {
        kind: PartKind::Document,
        value: json!({ SHA256: hex(&hash) }),
    })
}
