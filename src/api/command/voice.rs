//! The mutations of what others say of a dossier: its applicant, another dossier, another system.

use async_graphql::{Context, Object};

use super::form::Form;
use super::input::{
    AnswerFeedbackInput, LinkDossiersInput, RateServiceInput, RecordSyncInput, SubmitFeedbackInput,
};
use super::perform::{Asked, CommandPayload, exists, perform};
use crate::api::access::{self, api};
use crate::api::capability::fingerprint;
use crate::api::dossier::written::PUBLISHED;
use crate::api::error::{Answered, UserError};
use crate::domain::actor::{Actor, NO_OFFICE, Role};
use crate::domain::dossier::{DossierCommand as C, RatingDevice, Rejection};

/// The pseudonym of whoever acts by showing a receipt.
const HOLDER: &str = "holder-0";

/// What others say of a dossier.
#[derive(Default)]
pub struct VoiceMutation;

#[Object]
impl VoiceMutation {
    /// Rate the service, once, after the end: the applicant, or whoever shows the receipt's capability, also without
    /// signing in. On a device where an officer is signed in the rating is marked as one from the office.
    async fn rate_service(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, how satisfied, and the circumstances.")] input: RateServiceInput,
    ) -> Answered<CommandPayload> {
        let command = C::Rate {
            score: input.score,
            scale: input.scale,
            device: device(context),
            capability: input.capability.as_deref().map(fingerprint),
        };
        let asked = Asked::on(input.on, Form::default(), Some(command));
        perform(context, spoken(context, asked, input.capability.is_some())).await
    }

    /// Report or recommend: the applicant, or whoever shows the receipt's capability, also without signing in. One after
    /// the other.
    async fn submit_feedback(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, what is said, and the circumstances.")] input: SubmitFeedbackInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let said = form.said("input.text", &input.text);
        let command = C::SubmitFeedback {
            kind: input.kind.into(),
            capability: input.capability.as_deref().map(fingerprint),
        };
        let mut asked = Asked::on(input.on, form, Some(command));
        asked.personal.extend(said);
        perform(context, spoken(context, asked, input.capability.is_some())).await
    }

    /// Answer a feedback.
    async fn answer_feedback(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, which feedback, the answer, and the circumstances.")]
        input: AnswerFeedbackInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let mut said = form.said("input.text", &input.text);
        let published = input.published.as_deref();
        let published = published.and_then(|text| form.wording("input.published", text));
        let command = C::AnswerFeedback {
            number: input.number,
            published: published.is_some(),
        };
        if let Some((said, published)) = said.as_mut().zip(published) {
            said.value[PUBLISHED] = published.into();
        }
        let mut asked = Asked::on(input.on, form, Some(command));
        asked.personal.extend(said);
        perform(context, asked).await
    }

    /// Say that two dossiers belong together. It is recorded with the first.
    async fn link_dossiers(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which two, how, and the circumstances.")] input: LinkDossiersInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let other = match exists(api(context), &input.other).await {
            Ok(other) => other,
            Err(problem) => return Some(Err(problem)),
        };
        if other.is_none() {
            let mut error = UserError::rejected(&Rejection::UnknownDossier);
            error.field = vec!["input".into(), "other".into()];
            form.errors.push(error);
        }
        let kind = input.kind.into();
        let command = other.map(|other| C::LinkDossier { other, kind });
        perform(context, Asked::on(input.on, form, command)).await
    }

    /// Note what another system answered about the dossier.
    async fn record_sync(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, what was answered, and the circumstances.")]
        input: RecordSyncInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let system = form.system("input.system", &input.system);
        let command = system.map(|system| C::RecordSync {
            system,
            outcome: input.outcome.into(),
            remote_status: input.remote_status,
            attempt: input.attempt,
            told: None,
        });
        perform(context, Asked::on(input.on, form, command)).await
    }
}

/// Whose device it is said on: the door judges, nobody types it.
pub(super) fn device(context: &Context<'_>) -> RatingDevice {
    if access::is_at_office(context) {
        RatingDevice::Office
    } else {
        RatingDevice::Own
    }
}

/// With a capability shown, whoever is no applicant speaks as the holder of the receipt. An officer can do no more with it
/// than anybody who found it; what comes of it is marked by the device.
pub(super) fn spoken(context: &Context<'_>, mut asked: Asked, shown: bool) -> Asked {
    let signed_in = access::actor(context).is_some_and(|actor| actor.role == Role::Applicant);
    if shown && !signed_in {
        asked.by = Some(Actor::new(HOLDER, NO_OFFICE, Role::Applicant));
        asked.refuse_proxy();
    }
    asked
}
