//! The mutations of what becomes of a feedback, and the answer to a survey.

use async_graphql::{Context, Object};

use super::form::Form;
use super::input::{
    AnswerSurveyInput, AskFeedbackSenderInput, ClarifyFeedbackInput, ForwardFeedbackInput,
    JudgeFeedbackInput, OnDossier, PublishFeedbackInput, RefuseFeedbackInput,
};
use super::intake::assisted;
use super::perform::{Asked, CommandPayload, perform};
use super::voice::{device, spoken};
use crate::acts::Personal;
use crate::api::capability::fingerprint;
use crate::api::dossier::written::PUBLISHED;
use crate::api::error::Answered;
use crate::domain::dossier::{DossierCommand as C, SurveyAnswer, VoiceCommand as V};
use crate::domain::part::PartKind;

/// What becomes of a feedback.
#[derive(Default)]
pub struct FeedbackMutation;

#[Object]
impl FeedbackMutation {
    /// Refuse a feedback that is none, or none for this office, with a reason and a word to its sender. Within two working
    /// days; later it is recorded as late.
    async fn refuse_feedback(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which feedback, why, and the circumstances.")] input: RefuseFeedbackInput,
    ) -> Answered<CommandPayload> {
        let number = input.number;
        said(context, input.on, &input.text, V::RefuseFeedback { number }).await
    }

    /// Ask the sender to say more. Within five working days; the office's time stands until the sender has.
    async fn ask_feedback_sender(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which feedback, what is asked, and the circumstances.")]
        input: AskFeedbackSenderInput,
    ) -> Answered<CommandPayload> {
        let number = input.number;
        said(
            context,
            input.on,
            &input.text,
            V::AskFeedbackSender { number },
        )
        .await
    }

    /// Say more, as its sender: the applicant, or whoever shows the receipt's capability, also without signing in. The time
    /// of the answer is then counted anew.
    async fn clarify_feedback(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which feedback, what is said, and the circumstances.")]
        input: ClarifyFeedbackInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let text = form.said("input.text", &input.text);
        let command = V::ClarifyFeedback {
            number: input.number,
            capability: input.capability.as_deref().map(fingerprint),
        };
        let mut asked = Asked::on(input.on, form, Some(C::Voice(command)));
        asked.personal.extend(text);
        perform(context, spoken(context, asked, input.capability.is_some())).await
    }

    /// Pass a feedback on to the competent office, with a reason. That office answers it; the day told to the sender stands.
    async fn forward_feedback(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which feedback, where to, and the circumstances.")]
        input: ForwardFeedbackInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let to = form.code("input.to", &input.to);
        let number = input.number;
        let command = to.map(|to| C::Voice(V::ForwardFeedback { number, to }));
        perform(context, Asked::on(input.on, form, command)).await
    }

    /// Put an answer into words for everybody, after it was given. Within two working days of it.
    async fn publish_feedback(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which feedback, the words, and the circumstances.")]
        input: PublishFeedbackInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let words = form.wording("input.published", &input.published);
        let number = input.number;
        let command = C::Voice(V::PublishFeedback { number });
        let mut asked = Asked::on(input.on, form, Some(command));
        asked.personal.extend(words.map(|words| {
            let mut value = serde_json::Map::new();
            value.insert(PUBLISHED.to_owned(), words.into());
            Personal {
                file: None,
                kind: PartKind::Note,
                value: value.into(),
            }
        }));
        perform(context, asked).await
    }

    /// Say whether the answer is good enough, once, as its sender: the applicant, or whoever shows the receipt's capability.
    async fn judge_feedback(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which feedback, how satisfied, and the circumstances.")]
        input: JudgeFeedbackInput,
    ) -> Answered<CommandPayload> {
        let command = V::JudgeFeedback {
            number: input.number,
            satisfied: input.satisfied,
            capability: input.capability.as_deref().map(fingerprint),
        };
        let asked = Asked::on(input.on, Form::default(), Some(C::Voice(command)));
        perform(context, spoken(context, asked, input.capability.is_some())).await
    }

    /// Answer a campaign's questions, once per dossier, after its end: the applicant, or whoever shows the receipt's
    /// capability. From a device where an officer is signed in it is marked so and counts neither way.
    async fn answer_survey(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which campaign, the answers, and the circumstances.")]
        input: AnswerSurveyInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let helper = assisted(&mut form, input.assisted_by.as_deref(), input.consent);
        let answer = |one: super::input::SurveyAnswerInput| SurveyAnswer {
            question: one.question,
            score: one.score,
        };
        let (shown, campaign) = (input.capability.is_some(), input.campaign.trim().to_owned());
        let answers: Vec<_> = input.answers.into_iter().map(answer).collect();
        let command = helper.map(|assisted_by| {
            C::Voice(V::AnswerSurvey {
                campaign,
                answers,
                device: device(context),
                assisted_by,
                capability: input.capability.as_deref().map(fingerprint),
            })
        });
        perform(
            context,
            spoken(context, Asked::on(input.on, form, command), shown),
        )
        .await
    }
}

/// A step with a text to the other side.
async fn said(
    context: &Context<'_>,
    on: OnDossier,
    text: &str,
    command: V,
) -> Answered<CommandPayload> {
    let mut form = Form::default();
    let text = form.said("input.text", text);
    let mut asked = Asked::on(on, form, Some(C::Voice(command)));
    asked.personal.extend(text);
    perform(context, asked).await
}
