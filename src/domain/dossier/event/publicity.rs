//! What the public is told of: whatever the applicant has to know. What happens from desk to desk is not.

use super::DossierEvent;

/// Whom an event is told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publicity {
    /// The office and its auditors alone.
    Inside,
    /// Everybody.
    Told,
    /// Everybody: it puts something right that was told before.
    Correction,
}

impl DossierEvent {
    /// Whom it is told to. What is told holds no person: a fact has none.
    #[must_use]
    pub fn publicity(&self) -> Publicity {
        match self {
            Self::Drafted(_)
            | Self::HandlerAssigned(_)
            | Self::HandedOver(_)
            | Self::HandOverReceived(_)
            | Self::ComponentReceived(_)
            | Self::SupplementProposed(_)
            | Self::ResultDrafted(_)
            | Self::ResultApproved(_)
            | Self::StepReturned(_)
            | Self::StepRecalled(_)
            | Self::CapabilityReissued(_)
            | Self::FeedbackSubmitted(_)
            | Self::FeedbackAnswered(_)
            | Self::Voice(_)
            | Self::Rated(_)
            | Self::Noted(_)
            | Self::Remarked(_)
            | Self::ProcessingCompleted(_) => Publicity::Inside,
            Self::ApplicantDetailsCorrected(_)
            | Self::SupplementRetracted(_)
            | Self::WithdrawalRetracted(_)
            | Self::FinancialObligationCancelled(_)
            | Self::PaymentRefunded(_)
            | Self::ResultCorrected(_)
            | Self::ResultRevoked(_)
            | Self::ResultReplaced(_) => Publicity::Correction,
            Self::LegOpened(_)
            | Self::LegWaits(_)
            | Self::LegResumed(_)
            | Self::LegEnded(_)
            | Self::LegDelivered(_)
            | Self::SentBack(_)
            | Self::CorrectionRequested(_)
            | Self::CorrectionAnswered(_)
            | Self::Submitted(_)
            | Self::Lodged(_)
            | Self::SupplementRequested(_)
            | Self::AcceptanceRefused(_)
            | Self::Accepted(_)
            | Self::Redirected(_)
            | Self::Forwarded(_)
            | Self::SupplementSubmitted(_)
            | Self::SupplementAccepted(_)
            | Self::SupplementStillDeficient(_)
            | Self::DueDateRecomputed(_)
            | Self::DeadlineMissed(_)
            | Self::OpinionRequested(_)
            | Self::OpinionReceived(_)
            | Self::OpinionOverdue(_)
            | Self::OpinionDeemedAgreed(_)
            | Self::FieldVerificationScheduled(_)
            | Self::FieldVerificationRecorded(_)
            | Self::FinancialObligationIssued(_)
            | Self::FeeExempted(_)
            | Self::PaymentConfirmed(_)
            | Self::FeeReceiptIssued(_)
            | Self::OriginalsReturned(_)
            | Self::Linked(_)
            | Self::SyncRecorded(_)
            | Self::PaperPrinted(_)
            | Self::ProcessingStopped(_)
            | Self::ResolutionRefused(_)
            | Self::ResultSigned(_)
            | Self::ResultIssued(_)
            | Self::ResultDelivered(_)
            | Self::WithdrawalRequested(_)
            | Self::WithdrawalGranted(_)
            | Self::WithdrawalDenied(_)
            | Self::Transferred(_)
            | Self::ApologyIssued(_) => Publicity::Told,
        }
    }
}
