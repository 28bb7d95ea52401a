//! The statutory papers: which forms there are, and what a fact says of one that was printed.

use serde::{Deserialize, Serialize};

/// The forms of Circular 03/2025/TT-VPCP; 06 and 07 were 05 and 06 in Circular 01/2018/TT-VPCP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    ReceiptSlip,
    SupplementRequest,
    RefusalSlip,
    ApologyAndExtension,
    StopNotice,
    ControlSlip,
    DossierRegister,
}

impl Form {
    pub const ALL: [Self; 7] = [
        Self::ReceiptSlip,
        Self::SupplementRequest,
        Self::RefusalSlip,
        Self::ApologyAndExtension,
        Self::StopNotice,
        Self::ControlSlip,
        Self::DossierRegister,
    ];

    /// Number in the circular.
    #[must_use]
    pub fn number(self) -> &'static str {
        match self {
            Self::ReceiptSlip => "01",
            Self::SupplementRequest => "02",
            Self::RefusalSlip => "03",
            Self::ApologyAndExtension => "04",
            Self::StopNotice => "05",
            Self::ControlSlip => "06",
            Self::DossierRegister => "07",
        }
    }

    #[must_use]
    pub fn of_number(number: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.number() == number)
    }

    /// (Vietnamese, English).
    #[must_use]
    pub fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::ReceiptSlip => (
                "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
                "Receipt and appointment slip",
            ),
            Self::SupplementRequest => (
                "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
                "Supplement request",
            ),
            Self::RefusalSlip => ("Phiếu từ chối tiếp nhận, giải quyết hồ sơ", "Refusal slip"),
            Self::ApologyAndExtension => (
                "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết hồ sơ",
                "Apology and extension",
            ),
            Self::StopNotice => ("Thông báo dừng giải quyết hồ sơ", "Stop notice"),
            Self::ControlSlip => ("Phiếu kiểm soát quá trình giải quyết hồ sơ", "Control slip"),
            Self::DossierRegister => ("Sổ theo dõi hồ sơ", "Dossier register"),
        }
    }
}
