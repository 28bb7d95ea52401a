//! The business state of a dossier, of which the portal's status codes are a projection.

use super::event::{LegWait, Stage};
use crate::domain::portal::PortalStatus;

/// Business state (domain table of transitions). The portal's codes 1–10 are derived from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Phase {
    #[default]
    Absent,
    Draft,
    Submitted,
    AwaitingSupplement(Stage),
    Supplemented,
    NotAccepted,
    Redirected,
    Accepted,
    InProcessing,
    /// A linked dossier: the agencies of its legs settle it.
    WithAgencies,
    /// A leg: another leg's result is to be put right first; its own clock stands.
    AwaitingCorrection,
    /// Waits until a financial obligation is met; the clock stands.
    AwaitingPayment,
    ResultDrafted,
    ResultApproved,
    Completed,
    Returned,
    Refused,
    Stopped,
    WithdrawalRequested,
    Withdrawn,
}

impl Phase {
    pub const ALL: [Self; 21] = [
        Self::Absent,
        Self::Draft,
        Self::Submitted,
        Self::AwaitingSupplement(Stage::Intake),
        Self::AwaitingSupplement(Stage::Appraisal),
        Self::Supplemented,
        Self::NotAccepted,
        Self::Redirected,
        Self::Accepted,
        Self::InProcessing,
        Self::WithAgencies,
        Self::AwaitingCorrection,
        Self::AwaitingPayment,
        Self::ResultDrafted,
        Self::ResultApproved,
        Self::Completed,
        Self::Returned,
        Self::Refused,
        Self::Stopped,
        Self::WithdrawalRequested,
        Self::Withdrawn,
    ];

    /// The stable name, as in the API and in `tests/life_cycle.csv`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::AwaitingSupplement(Stage::Intake) => "awaiting_supplement_at_intake",
            Self::AwaitingSupplement(Stage::Appraisal) => "awaiting_supplement",
            Self::Supplemented => "supplemented",
            Self::NotAccepted => "not_accepted",
            Self::Redirected => "redirected",
            Self::Accepted => "accepted",
            Self::InProcessing => "in_processing",
            Self::WithAgencies => "with_agencies",
            Self::AwaitingCorrection => "awaiting_correction",
            Self::AwaitingPayment => "awaiting_payment",
            Self::ResultDrafted => "result_drafted",
            Self::ResultApproved => "result_approved",
            Self::Completed => "completed",
            Self::Returned => "returned",
            Self::Refused => "refused",
            Self::Stopped => "stopped",
            Self::WithdrawalRequested => "withdrawal_requested",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Its place in [`Phase::ALL`], which is the order of a dossier's life.
    #[must_use]
    pub fn rank(self) -> i64 {
        let mut ranked = Self::ALL.iter().zip(0..);
        let found = ranked.find(|(phase, _)| **phase == self);
        found.map_or(0, |(_, rank)| rank)
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.name() == name)
    }

    /// The state as a short term for people: (Vietnamese, English).
    #[must_use]
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Absent => ("Chưa có", "None yet"),
            Self::Draft => ("Bản nháp", "Draft"),
            Self::Submitted => ("Chờ tiếp nhận", "Awaiting acceptance"),
            Self::AwaitingSupplement(Stage::Intake) => (
                "Chờ bổ sung trước khi tiếp nhận",
                "Awaiting supplement before acceptance",
            ),
            Self::AwaitingSupplement(Stage::Appraisal) => ("Chờ bổ sung", "Awaiting supplement"),
            Self::Supplemented => ("Đã bổ sung", "Supplemented"),
            Self::NotAccepted => ("Không được tiếp nhận", "Not accepted"),
            Self::Redirected => ("Đã chuyển cơ quan khác", "Passed to another office"),
            Self::Accepted => ("Đã tiếp nhận", "Accepted"),
            Self::InProcessing => ("Đang giải quyết", "Being processed"),
            Self::WithAgencies => ("Đang ở các cơ quan liên thông", "With the linked agencies"),
            Self::AwaitingCorrection => (
                "Chờ sửa kết quả của cơ quan trước",
                "Awaiting a correction by another agency",
            ),
            Self::AwaitingPayment => (
                "Chờ thực hiện nghĩa vụ tài chính",
                "Awaiting payment of an obligation",
            ),
            Self::ResultDrafted => ("Chờ duyệt, ký", "Awaiting approval or signature"),
            Self::ResultApproved => ("Chờ ký", "Awaiting signature"),
            Self::Completed => ("Đã có kết quả", "Result ready"),
            Self::Returned => ("Đã trả kết quả", "Result handed over"),
            Self::Refused => ("Từ chối giải quyết", "Refused"),
            Self::Stopped => ("Dừng giải quyết", "Stopped"),
            Self::WithdrawalRequested => ("Chờ rút hồ sơ", "Withdrawal requested"),
            Self::Withdrawn => ("Đã rút", "Withdrawn"),
        }
    }

    /// Nothing more happens to it but papers handed over or put right.
    #[must_use]
    pub fn is_closed(self) -> bool {
        match self {
            Self::NotAccepted
            | Self::Returned
            | Self::Refused
            | Self::Stopped
            | Self::Withdrawn => true,
            Self::Absent
            | Self::Draft
            | Self::Submitted
            | Self::AwaitingSupplement(_)
            | Self::Supplemented
            | Self::Redirected
            | Self::Accepted
            | Self::InProcessing
            | Self::WithAgencies
            | Self::AwaitingCorrection
            | Self::AwaitingPayment
            | Self::ResultDrafted
            | Self::ResultApproved
            | Self::Completed
            | Self::WithdrawalRequested => false,
        }
    }

    /// What a dossier in it waits for that no office can hasten.
    #[must_use]
    pub fn waits_outside(self) -> Option<LegWait> {
        match self {
            Self::AwaitingSupplement(_) => Some(LegWait::Supplement),
            Self::AwaitingPayment => Some(LegWait::Payment),
            Self::Absent
            | Self::Draft
            | Self::Submitted
            | Self::Supplemented
            | Self::NotAccepted
            | Self::Redirected
            | Self::Accepted
            | Self::InProcessing
            | Self::WithAgencies
            | Self::AwaitingCorrection
            | Self::ResultDrafted
            | Self::ResultApproved
            | Self::Completed
            | Self::Returned
            | Self::Refused
            | Self::Stopped
            | Self::WithdrawalRequested
            | Self::Withdrawn => None,
        }
    }

    /// Status code of the national portal (`TrangThaiHoSo`); none before submission.
    #[must_use]
    pub fn portal_code(self) -> Option<u8> {
        PortalStatus::of_phase(self).map(PortalStatus::code)
    }
}
