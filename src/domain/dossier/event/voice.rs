//! What becomes of a feedback after it came, and what a survey was answered. Nothing that anybody typed: it lies in the vault.

use serde::{Deserialize, Serialize};

use super::beside::{Numbered, RatingDevice};
use crate::domain::code::OfficeCode;
use crate::domain::time::Moment;

/// Steps of a feedback (Decree 20/2008; Decision 766, element 5.2) and the answer to a survey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum VoiceEvent {
    FeedbackRefused(Numbered),
    ClarificationAsked(Numbered),
    FeedbackClarified(FeedbackClarified),
    FeedbackForwarded(FeedbackForwarded),
    FeedbackPublished(Numbered),
    FeedbackJudged(FeedbackJudged),
    FeedbackOverdue(Numbered),
    SurveyAnswered(SurveyAnswered),
}

/// The sender has said what was asked; from here the answer's time is counted anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedbackClarified {
    pub number: u32,
    /// By when it is to be answered now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Moment>,
}

/// Passed on to the competent office, which answers it. The day told to the sender stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedbackForwarded {
    pub number: u32,
    pub from: OfficeCode,
    pub to: OfficeCode,
}

/// What the sender thinks of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedbackJudged {
    pub number: u32,
    pub satisfied: bool,
}

/// One answer of a survey: the question by its key, the score from 1; the highest is best.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SurveyAnswer {
    pub question: String,
    pub score: u8,
}

/// A campaign's questions were answered by the applicant of this dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SurveyAnswered {
    /// Code of the campaign.
    pub campaign: String,
    /// The campaign's: 3 or 5.
    pub scale: u8,
    /// In the order of the campaign's questions.
    pub answers: Vec<SurveyAnswer>,
    pub device: RatingDevice,
    /// Actor id of the officer who helped to fill it in, with the applicant's consent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assisted_by: Option<String>,
}

impl VoiceEvent {
    /// The fact's `type`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::FeedbackRefused(_) => "dossier.feedback_refused",
            Self::ClarificationAsked(_) => "dossier.feedback_clarification_asked",
            Self::FeedbackClarified(_) => "dossier.feedback_clarified",
            Self::FeedbackForwarded(_) => "dossier.feedback_forwarded",
            Self::FeedbackPublished(_) => "dossier.feedback_published",
            Self::FeedbackJudged(_) => "dossier.feedback_judged",
            Self::FeedbackOverdue(_) => "dossier.feedback_overdue",
            Self::SurveyAnswered(_) => "dossier.survey_answered",
        }
    }

    /// Reads one; `None` when `kind` is none of these.
    pub(super) fn parse(kind: &str, data: &str) -> Option<serde_json::Result<Self>> {
        fn read<'a, T: Deserialize<'a>>(
            data: &'a str,
            make: fn(T) -> VoiceEvent,
        ) -> serde_json::Result<VoiceEvent> {
            serde_json::from_str(data).map(make)
        }
        Some(match kind {
            "dossier.feedback_refused" => read(data, Self::FeedbackRefused),
            "dossier.feedback_clarification_asked" => read(data, Self::ClarificationAsked),
            "dossier.feedback_clarified" => read(data, Self::FeedbackClarified),
            "dossier.feedback_forwarded" => read(data, Self::FeedbackForwarded),
            "dossier.feedback_published" => read(data, Self::FeedbackPublished),
            "dossier.feedback_judged" => read(data, Self::FeedbackJudged),
            "dossier.feedback_overdue" => read(data, Self::FeedbackOverdue),
            "dossier.survey_answered" => read(data, Self::SurveyAnswered),
            _ => return None, // foreign: a type name out of the journal
        })
    }

    /// Which feedback of the dossier it is about; none for a survey.
    #[must_use]
    pub fn feedback(&self) -> Option<u32> {
        match self {
            Self::FeedbackRefused(one)
            | Self::ClarificationAsked(one)
            | Self::FeedbackPublished(one)
            | Self::FeedbackOverdue(one) => Some(one.number),
            Self::FeedbackClarified(one) => Some(one.number),
            Self::FeedbackForwarded(one) => Some(one.number),
            Self::FeedbackJudged(one) => Some(one.number),
            Self::SurveyAnswered(_) => None,
        }
    }
}
