//! Why not, of feedback and surveys.

/// What cannot be said or done about what is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VoiceRefusal {
    #[error("nobody asked the sender to say more")]
    NotAsked,
    #[error("the feedback has no answer yet")]
    NotAnswered,
    #[error("no such campaign")]
    CampaignUnknown,
    #[error("the campaign does not run today")]
    CampaignClosed,
    #[error("the campaign is not about this dossier")]
    OutOfScope,
    #[error("this dossier has answered the campaign")]
    SurveyAnswered,
    #[error("each question of the campaign is answered once, on its scale")]
    AnswersInvalid,
}

impl VoiceRefusal {
    /// Stable over releases.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAsked => "CLARIFICATION_NOT_ASKED",
            Self::NotAnswered => "FEEDBACK_NOT_ANSWERED",
            Self::CampaignUnknown => "CAMPAIGN_UNKNOWN",
            Self::CampaignClosed => "CAMPAIGN_CLOSED",
            Self::OutOfScope => "CAMPAIGN_OUT_OF_SCOPE",
            Self::SurveyAnswered => "SURVEY_ANSWERED",
            Self::AnswersInvalid => "SURVEY_ANSWERS_INVALID",
        }
    }

    /// What happened and what to do next: (Vietnamese, English).
    #[must_use]
    pub fn message(self) -> (String, String) {
        let (vietnamese, english) = match self {
            Self::NotAsked => (
                "Cơ quan không yêu cầu làm rõ phản ánh này. Gửi phản ánh khác nếu có thêm điều cần nói.",
                "The office did not ask for more on this feedback. Send another one if there is more to say.",
            ),
            Self::NotAnswered => (
                "Phản ánh này chưa được trả lời. Làm việc này sau khi có câu trả lời.",
                "This feedback has no answer yet. Do this once it has one.",
            ),
            Self::CampaignUnknown => (
                "Không có đợt khảo sát nào mang mã này. Xem danh sách các đợt khảo sát.",
                "No campaign has this code. Look at the list of campaigns.",
            ),
            Self::CampaignClosed => (
                "Đợt khảo sát chưa mở hoặc đã kết thúc. Xem thời gian của đợt khảo sát.",
                "The campaign has not begun, or is over. Look at its days.",
            ),
            Self::OutOfScope => (
                "Đợt khảo sát này không hỏi về hồ sơ của ông/bà. Chọn đợt khảo sát khác.",
                "This campaign does not ask about this dossier. Choose another one.",
            ),
            Self::SurveyAnswered => (
                "Hồ sơ này đã trả lời đợt khảo sát. Mỗi hồ sơ trả lời một lần.",
                "This dossier has answered the campaign. Each answers once.",
            ),
            Self::AnswersInvalid => (
                "Mỗi câu hỏi của đợt khảo sát trả lời một lần, theo thang điểm của đợt. Chọn lại.",
                "Each question of the campaign is answered once, on its scale. Choose again.",
            ),
        };
        (vietnamese.to_owned(), english.to_owned())
    }
}
