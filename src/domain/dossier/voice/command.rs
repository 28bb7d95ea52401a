//! What can be asked of a feedback by its number, and how a survey is answered.

use serde::{Deserialize, Serialize};

use crate::domain::actor::Role;
use crate::domain::code::OfficeCode;
use crate::domain::dossier::event::{RatingDevice, SurveyAnswer};
use crate::domain::dossier::terms::{Terms, terms};

/// One command on what is said of a dossier; the receipt's capability stands for the applicant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoiceCommand {
    /// Refuse a feedback, with a reason.
    RefuseFeedback { number: u32 },
    /// Ask its sender to say more.
    AskFeedbackSender { number: u32 },
    /// Say more, as its sender.
    ClarifyFeedback {
        number: u32,
        capability: Option<String>,
    },
    /// Pass it on to the competent office, which answers it.
    ForwardFeedback { number: u32, to: OfficeCode },
    /// Put the answer into words for everybody, after it was given.
    PublishFeedback { number: u32 },
    /// Judge the answer, once, as the sender.
    JudgeFeedback {
        number: u32,
        satisfied: bool,
        capability: Option<String>,
    },
    /// Record that its day has passed without an answer: the program itself, at the hour.
    RecordFeedbackMiss { number: u32 },
    /// Answer a campaign's questions, once, after the end.
    AnswerSurvey {
        campaign: String,
        answers: Vec<SurveyAnswer>,
        device: RatingDevice,
        assisted_by: Option<String>,
        capability: Option<String>,
    },
}

impl VoiceCommand {
    /// One row per command.
    pub(in crate::domain::dossier) fn terms(&self) -> Terms {
        use Role::{Applicant, CentreManager, ProcedureController, System};
        let office: &'static [Role] = &[CentreManager, ProcedureController];
        let sender: &'static [Role] = &[Applicant];
        match self {
            Self::RefuseFeedback { .. } => terms("refuse_feedback", office, true, "22", None),
            Self::AskFeedbackSender { .. } => {
                terms("ask_feedback_sender", office, false, "22", None)
            }
            Self::ClarifyFeedback { .. } => terms("clarify_feedback", sender, false, "22", None),
            Self::ForwardFeedback { .. } => terms("forward_feedback", office, true, "22", None),
            Self::PublishFeedback { .. } => terms("publish_feedback", office, false, "22", None),
            Self::JudgeFeedback { .. } => terms("judge_feedback", sender, false, "22", None),
            Self::RecordFeedbackMiss { .. } => {
                terms("record_feedback_miss", &[System], false, "22", None)
            }
            Self::AnswerSurvey { .. } => terms("answer_survey", sender, false, "22", None),
        }
    }

    /// The capability shown in place of a sign-in, as its SHA-256.
    #[must_use]
    pub fn capability_shown(&self) -> Option<&str> {
        match self {
            Self::ClarifyFeedback { capability, .. }
            | Self::JudgeFeedback { capability, .. }
            | Self::AnswerSurvey { capability, .. } => capability.as_deref(),
            Self::RefuseFeedback { .. }
            | Self::AskFeedbackSender { .. }
            | Self::ForwardFeedback { .. }
            | Self::PublishFeedback { .. }
            | Self::RecordFeedbackMiss { .. } => None,
        }
    }

    /// Which feedback it is about; none for a survey.
    #[must_use]
    pub fn feedback(&self) -> Option<u32> {
        match self {
            Self::RefuseFeedback { number }
            | Self::AskFeedbackSender { number }
            | Self::ClarifyFeedback { number, .. }
            | Self::ForwardFeedback { number, .. }
            | Self::PublishFeedback { number }
            | Self::JudgeFeedback { number, .. }
            | Self::RecordFeedbackMiss { number } => Some(*number),
            Self::AnswerSurvey { .. } => None,
        }
    }
}
