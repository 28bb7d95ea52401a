//! Why: a code, never typed text. What somebody typed is a part in the vault.

use serde::{Deserialize, Serialize};

/// Reason codes; texts in Vietnamese and English are shown to the public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    MissingComponent,
    IncorrectComponent,
    NotCompetent,
    NotEligible,
    NotSupplemented,
    ApplicantRequest,
    Workload,
    WaitingForOtherAgency,
    FieldVerification,
    SystemOutage,
    EnteredLate,
    TypingError,
    PaperSpoiled,
    SentBackForCorrection,
    StaffChange,
    LostByApplicant,
    AgencyError,
    RetentionExpired,
    Other,
}

impl Reason {
    pub const ALL: [Self; 19] = [
        Self::MissingComponent,
        Self::IncorrectComponent,
        Self::NotCompetent,
        Self::NotEligible,
        Self::NotSupplemented,
        Self::ApplicantRequest,
        Self::Workload,
        Self::WaitingForOtherAgency,
        Self::FieldVerification,
        Self::SystemOutage,
        Self::EnteredLate,
        Self::TypingError,
        Self::PaperSpoiled,
        Self::SentBackForCorrection,
        Self::StaffChange,
        Self::LostByApplicant,
        Self::AgencyError,
        Self::RetentionExpired,
        Self::Other,
    ];

    /// What the public reads: (Vietnamese, English).
    #[must_use]
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::MissingComponent => ("Thiếu thành phần hồ sơ", "A component is missing"),
            Self::IncorrectComponent => ("Thành phần hồ sơ chưa đúng", "A component is incorrect"),
            Self::NotCompetent => (
                "Không thuộc thẩm quyền",
                "Not within this office's competence",
            ),
            Self::NotEligible => ("Không đủ điều kiện giải quyết", "Conditions are not met"),
            Self::NotSupplemented => ("Không bổ sung đúng thời hạn", "Not supplemented in time"),
            Self::ApplicantRequest => ("Theo yêu cầu của người nộp", "At the applicant's request"),
            Self::Workload => ("Quá tải công việc", "Workload"),
            Self::WaitingForOtherAgency => ("Chờ cơ quan phối hợp", "Waiting for another agency"),
            Self::FieldVerification => ("Cần xác minh thực địa", "Field verification needed"),
            Self::SystemOutage => ("Sự cố hệ thống", "System outage"),
            Self::EnteredLate => ("Nhập vào hệ thống muộn", "Entered into the system late"),
            Self::TypingError => ("Sai sót khi nhập liệu", "Typing error"),
            Self::PaperSpoiled => ("Giấy tiếp nhận in hỏng", "Receipt slip spoiled"),
            Self::SentBackForCorrection => ("Trả lại để chỉnh sửa", "Sent back for correction"),
            Self::StaffChange => ("Thay đổi người thụ lý", "Change of handler"),
            Self::LostByApplicant => ("Người nộp làm mất giấy", "Lost by the applicant"),
            Self::AgencyError => ("Sai sót của cơ quan", "The office's own error"),
            Self::RetentionExpired => ("Hết thời hạn lưu trữ", "No longer to be kept"),
            Self::Other => ("Lý do khác", "Other reason"),
        }
    }
}
