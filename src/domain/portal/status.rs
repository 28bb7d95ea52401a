//! The portal's status codes (`TrangThaiHoSo`, 1–10) as a projection of what a dossier is: its state, its money, its delivery.

use crate::domain::dossier::{Dossier, Phase};

/// What the portal calls the state of a dossier. Codes above 10 are other systems' own: data, never one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PortalStatus {
    /// 1, Mới đăng ký.
    NewlyRegistered,
    /// 2, Được tiếp nhận.
    Accepted,
    /// 3, Không được tiếp nhận.
    NotAccepted,
    /// 4, Đang xử lý.
    InProcessing,
    /// 5, Yêu cầu bổ sung giấy tờ.
    SupplementRequested,
    /// 6, Yêu cầu thực hiện nghĩa vụ tài chính.
    FinancialObligationRequested,
    /// 7, Công dân yêu cầu rút hồ sơ.
    WithdrawalRequested,
    /// 8, Dừng xử lý.
    ProcessingStopped,
    /// 9, Đã xử lý xong.
    ProcessingCompleted,
    /// 10, Đã trả kết quả.
    ResultReturned,
}

impl PortalStatus {
    pub const ALL: [Self; 10] = [
        Self::NewlyRegistered,
        Self::Accepted,
        Self::NotAccepted,
        Self::InProcessing,
        Self::SupplementRequested,
        Self::FinancialObligationRequested,
        Self::WithdrawalRequested,
        Self::ProcessingStopped,
        Self::ProcessingCompleted,
        Self::ResultReturned,
    ];

    /// The state of a dossier as it stands; none before it is submitted.
    #[must_use]
    pub fn of(dossier: &Dossier) -> Option<Self> {
        let status = Self::of_phase(dossier.phase)?;
        Some(match status {
            Self::InProcessing if dossier.awaits_payment() => Self::FinancialObligationRequested,
            Self::ProcessingCompleted if dossier.delivered.is_some() => Self::ResultReturned,
            Self::InProcessing
            | Self::ProcessingCompleted
            | Self::NewlyRegistered
            | Self::Accepted
            | Self::NotAccepted
            | Self::SupplementRequested
            | Self::FinancialObligationRequested
            | Self::WithdrawalRequested
            | Self::ProcessingStopped
            | Self::ResultReturned => status,
        })
    }

    /// What the business state alone says.
    #[must_use]
    pub fn of_phase(phase: Phase) -> Option<Self> {
        match phase {
            Phase::Absent | Phase::Draft => None,
            Phase::Submitted | Phase::Redirected => Some(Self::NewlyRegistered),
            Phase::Accepted => Some(Self::Accepted),
            Phase::NotAccepted => Some(Self::NotAccepted),
            Phase::InProcessing
            | Phase::WithAgencies
            | Phase::AwaitingCorrection
            | Phase::Supplemented
            | Phase::ResultDrafted
            | Phase::ResultApproved => Some(Self::InProcessing),
            Phase::AwaitingSupplement(_) => Some(Self::SupplementRequested),
            Phase::AwaitingPayment => Some(Self::FinancialObligationRequested),
            Phase::WithdrawalRequested | Phase::Withdrawn => Some(Self::WithdrawalRequested),
            Phase::Stopped | Phase::Refused => Some(Self::ProcessingStopped),
            Phase::Completed => Some(Self::ProcessingCompleted),
            Phase::Returned => Some(Self::ResultReturned),
        }
    }

    /// As `TrangThaiHoSo` and `TrangThai` have it.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::NewlyRegistered => 1,
            Self::Accepted => 2,
            Self::NotAccepted => 3,
            Self::InProcessing => 4,
            Self::SupplementRequested => 5,
            Self::FinancialObligationRequested => 6,
            Self::WithdrawalRequested => 7,
            Self::ProcessingStopped => 8,
            Self::ProcessingCompleted => 9,
            Self::ResultReturned => 10,
        }
    }

    /// The status of this code; none for the codes that other systems have added.
    #[must_use]
    pub fn from_code(code: u16) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|status| u16::from(status.code()) == code)
    }

    /// As the portal words it: (Vietnamese, English).
    #[must_use]
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::NewlyRegistered => ("Mới đăng ký", "Newly registered"),
            Self::Accepted => ("Được tiếp nhận", "Accepted"),
            Self::NotAccepted => ("Không được tiếp nhận", "Not accepted"),
            Self::InProcessing => ("Đang xử lý", "In processing"),
            Self::SupplementRequested => ("Yêu cầu bổ sung giấy tờ", "Supplement requested"),
            Self::FinancialObligationRequested => (
                "Yêu cầu thực hiện nghĩa vụ tài chính",
                "Financial obligation requested",
            ),
            Self::WithdrawalRequested => ("Công dân yêu cầu rút hồ sơ", "Withdrawal requested"),
            Self::ProcessingStopped => ("Dừng xử lý", "Processing stopped"),
            Self::ProcessingCompleted => ("Đã xử lý xong", "Processing completed"),
            Self::ResultReturned => ("Đã trả kết quả", "Result returned"),
        }
    }
}
