//! What of a dossier's events the portal is owed: its status and what it shows beside it, its progress, or nothing.

use crate::domain::dossier::DossierEvent;
use crate::domain::time::Moment;

/// What an event is to the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum News {
    /// Internal: neither status nor progress changes.
    Nothing,
    /// Who does what (`CapNhatTienDoHoSoMC`).
    Progress,
    /// The dossier itself (`DongBoHoSoMC`): its status, its promise, its results, its money.
    Dossier,
    /// Both.
    DossierAndProgress,
}

impl News {
    /// The dossier is to be put.
    #[must_use]
    pub fn puts(self) -> bool {
        matches!(self, Self::Dossier | Self::DossierAndProgress)
    }

    /// A line of progress is to be added.
    #[must_use]
    pub fn progresses(self) -> bool {
        matches!(self, Self::Progress | Self::DossierAndProgress)
    }
}

/// A fact that the portal is owed and has not acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Untold {
    /// Of the dossier's fact.
    pub version: u32,
    /// When it was recorded.
    pub at: Moment,
    /// It ended the procedure, from where the limit of Decree 301/2026 runs.
    pub ends: bool,
}

/// What this event is to the portal. Drafts are the applicant's own: whoever asks knows whether there is a code.
#[must_use]
pub fn news(event: &DossierEvent) -> News {
    match event {
        DossierEvent::Submitted(_)
        | DossierEvent::Lodged(_)
        | DossierEvent::SupplementRequested(_)
        | DossierEvent::SupplementRetracted(_)
        | DossierEvent::SupplementSubmitted(_)
        | DossierEvent::SupplementAccepted(_)
        | DossierEvent::SupplementStillDeficient(_)
        | DossierEvent::AcceptanceRefused(_)
        | DossierEvent::Accepted(_)
        | DossierEvent::Redirected(_)
        | DossierEvent::Transferred(_)
        | DossierEvent::DueDateRecomputed(_)
        | DossierEvent::ApologyIssued(_)
        | DossierEvent::FinancialObligationIssued(_)
        | DossierEvent::FinancialObligationCancelled(_)
        | DossierEvent::PaymentConfirmed(_)
        | DossierEvent::ProcessingStopped(_)
        | DossierEvent::ResolutionRefused(_)
        | DossierEvent::ProcessingCompleted(_)
        | DossierEvent::ResultIssued(_)
        | DossierEvent::ResultCorrected(_)
        | DossierEvent::ResultRevoked(_)
        | DossierEvent::ResultReplaced(_)
        | DossierEvent::ResultDelivered(_)
        | DossierEvent::WithdrawalRequested(_)
        | DossierEvent::WithdrawalRetracted(_)
        | DossierEvent::WithdrawalGranted(_)
        | DossierEvent::WithdrawalDenied(_)
        | DossierEvent::ApplicantDetailsCorrected(_) => News::Dossier,
        DossierEvent::Forwarded(_)
        | DossierEvent::HandlerAssigned(_)
        | DossierEvent::StepReturned(_)
        | DossierEvent::StepRecalled(_) => News::DossierAndProgress,
        DossierEvent::LegOpened(_)
        | DossierEvent::LegWaits(_)
        | DossierEvent::LegResumed(_)
        | DossierEvent::LegEnded(_)
        | DossierEvent::LegDelivered(_)
        | DossierEvent::HandedOver(_)
        | DossierEvent::OpinionRequested(_)
        | DossierEvent::OpinionReceived(_)
        | DossierEvent::OpinionDeemedAgreed(_)
        | DossierEvent::FieldVerificationScheduled(_)
        | DossierEvent::FieldVerificationRecorded(_)
        | DossierEvent::ResultDrafted(_)
        | DossierEvent::ResultApproved(_)
        | DossierEvent::ResultSigned(_) => News::Progress,
        DossierEvent::SentBack(_)
        | DossierEvent::CorrectionRequested(_)
        | DossierEvent::CorrectionAnswered(_)
        | DossierEvent::Noted(_)
        | DossierEvent::Remarked(_)
        | DossierEvent::Drafted(_)
        | DossierEvent::ComponentReceived(_)
        | DossierEvent::SupplementProposed(_)
        | DossierEvent::HandOverReceived(_)
        | DossierEvent::DeadlineMissed(_)
        | DossierEvent::OpinionOverdue(_)
        | DossierEvent::FeeReceiptIssued(_)
        | DossierEvent::PaymentRefunded(_)
        | DossierEvent::FeeExempted(_)
        | DossierEvent::OriginalsReturned(_)
        | DossierEvent::CapabilityReissued(_)
        | DossierEvent::Linked(_)
        | DossierEvent::Rated(_)
        | DossierEvent::FeedbackSubmitted(_)
        | DossierEvent::FeedbackAnswered(_)
        | DossierEvent::Voice(_)
        | DossierEvent::SyncRecorded(_)
        | DossierEvent::PaperPrinted(_) => News::Nothing,
    }
}

/// The procedure ended with it: settled, refused, stopped or withdrawn.
#[must_use]
pub fn ends_procedure(event: &DossierEvent) -> bool {
    matches!(
        event,
        DossierEvent::ProcessingCompleted(_)
            | DossierEvent::ResolutionRefused(_)
            | DossierEvent::AcceptanceRefused(_)
            | DossierEvent::ProcessingStopped(_)
            | DossierEvent::WithdrawalGranted(_)
    )
}
