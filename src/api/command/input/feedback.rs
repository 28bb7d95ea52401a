//! Inputs of the steps of a feedback, and of surveys.

use async_graphql::InputObject;

use super::OnDossier;

/// Input of `refuseFeedback`.
#[derive(InputObject)]
pub struct RefuseFeedbackInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Which feedback on the dossier, from 1.
    pub number: u32,
    /// What is told to its sender, at most 2,000 characters. Kept in the vault, never in the journal.
    pub text: String,
}

/// Input of `askFeedbackSender`.
#[derive(InputObject)]
pub struct AskFeedbackSenderInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Which feedback on the dossier, from 1.
    pub number: u32,
    /// What is asked, at most 2,000 characters. Kept in the vault, never in the journal.
    pub text: String,
}

/// Input of `clarifyFeedback`.
#[derive(InputObject)]
pub struct ClarifyFeedbackInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// The 16 characters on the receipt; whoever shows them need not sign in.
    pub capability: Option<String>,
    /// Which feedback on the dossier, from 1.
    pub number: u32,
    /// What is said, at most 2,000 characters. Kept in the vault, never in the journal.
    pub text: String,
}

/// Input of `forwardFeedback`.
#[derive(InputObject)]
pub struct ForwardFeedbackInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Which feedback on the dossier, from 1.
    pub number: u32,
    /// Code of the competent office.
    pub to: String,
}

/// Input of `publishFeedback`.
#[derive(InputObject)]
pub struct PublishFeedbackInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Which feedback on the dossier, from 1.
    pub number: u32,
    /// The answer in words that everybody may read, at most 2,000 characters: no name, no number, nothing that points to
    /// the applicant. The words stay in the vault, where they can be erased.
    pub published: String,
}

/// Input of `judgeFeedback`.
#[derive(InputObject)]
pub struct JudgeFeedbackInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// The 16 characters on the receipt; whoever shows them need not sign in.
    pub capability: Option<String>,
    /// Which feedback on the dossier, from 1.
    pub number: u32,
    /// The answer is good enough.
    pub satisfied: bool,
}

/// One answer of a survey.
#[derive(InputObject)]
pub struct SurveyAnswerInput {
    /// Key of the question.
    pub question: String,
    /// From 1 to the campaign's scale; the highest is best.
    pub score: u8,
}

/// Input of `answerSurvey`.
#[derive(InputObject)]
pub struct AnswerSurveyInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// The 16 characters on the receipt; whoever shows them need not sign in.
    pub capability: Option<String>,
    /// Code of the campaign.
    pub campaign: String,
    /// Each question of the campaign, once.
    #[graphql(validator(max_items = 12))]
    pub answers: Vec<SurveyAnswerInput>,
    /// Pseudonym of the officer who helped to fill it in.
    pub assisted_by: Option<String>,
    /// The applicant agreed to be helped.
    pub consent: Option<bool>,
}
