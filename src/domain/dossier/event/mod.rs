//! What can happen to a dossier. Events are for ever: fields are only ever added, and are then optional.

mod beside;
mod data;
mod linked;
mod publicity;
mod transfer;
mod voice;

use serde::{Deserialize, Serialize};

use crate::domain::time::Moment;

pub use self::beside::*;
pub use self::data::*;
pub use self::linked::*;
pub use self::publicity::Publicity;
pub use self::transfer::Transferred;
pub use self::voice::*;

/// Events of a dossier (domain table of transitions, rows 1–22).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum DossierEvent {
    Drafted(Drafted),
    Submitted(Lodged),
    Lodged(Lodged),
    ComponentReceived(ComponentReceived),
    SupplementProposed(SupplementProposed),
    SupplementRequested(SupplementRequested),
    SupplementRetracted(Nothing),
    AcceptanceRefused(Nothing),
    Accepted(Accepted),
    Redirected(Redirected),
    Forwarded(Handed),
    HandlerAssigned(Handed),
    HandedOver(HandedOver),
    HandOverReceived(HandOverReceived),
    StepReturned(Nothing),
    StepRecalled(Nothing),
    SupplementSubmitted(Nothing),
    SupplementAccepted(Nothing),
    SupplementStillDeficient(Nothing),
    DueDateRecomputed(DueDateRecomputed),
    DeadlineMissed(DeadlineMissed),
    OpinionRequested(OpinionRequested),
    OpinionReceived(OpinionReceived),
    OpinionOverdue(Numbered),
    OpinionDeemedAgreed(Numbered),
    FieldVerificationScheduled(FieldVerificationScheduled),
    FieldVerificationRecorded(Nothing),
    FinancialObligationIssued(FinancialObligationIssued),
    FinancialObligationCancelled(Numbered),
    FeeExempted(FeeExempted),
    PaymentConfirmed(PaymentConfirmed),
    FeeReceiptIssued(FeeReceiptIssued),
    PaymentRefunded(PaymentRefunded),
    ProcessingStopped(Nothing),
    ResolutionRefused(Nothing),
    ResultDrafted(Nothing),
    ResultApproved(Nothing),
    ResultSigned(ResultSigned),
    ProcessingCompleted(Nothing),
    ResultIssued(ResultIssued),
    ResultCorrected(ResultCorrected),
    ResultRevoked(ResultRevoked),
    ResultReplaced(ResultReplaced),
    ResultDelivered(ResultDelivered),
    OriginalsReturned(Nothing),
    WithdrawalRequested(Nothing),
    WithdrawalRetracted(Nothing),
    WithdrawalGranted(Nothing),
    WithdrawalDenied(Nothing),
    ApologyIssued(ApologyIssued),
    ApplicantDetailsCorrected(Nothing),
    CapabilityReissued(CapabilityReissued),
    Linked(Linked),
    Rated(Rated),
    FeedbackSubmitted(FeedbackSubmitted),
    FeedbackAnswered(FeedbackAnswered),
    Voice(VoiceEvent),
    SyncRecorded(SyncRecorded),
    PaperPrinted(PaperPrinted),
    Transferred(Transferred),
    LegOpened(LegOpened),
    LegWaits(LegWaits),
    LegResumed(LegResumed),
    LegEnded(LegEnded),
    LegDelivered(LegDelivered),
    SentBack(SentBack),
    CorrectionRequested(CorrectionRequested),
    CorrectionAnswered(CorrectionAnswered),
    Noted(Noted),
    Remarked(Nothing),
}

impl DossierEvent {
    /// The fact's `type`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Drafted(_) => "dossier.drafted",
            Self::Submitted(_) => "dossier.submitted",
            Self::Lodged(_) => "dossier.lodged",
            Self::ComponentReceived(_) => "dossier.component_received",
            Self::SupplementProposed(_) => "dossier.supplement_proposed",
            Self::SupplementRequested(_) => "dossier.supplement_requested",
            Self::SupplementRetracted(_) => "dossier.supplement_retracted",
            Self::AcceptanceRefused(_) => "dossier.acceptance_refused",
            Self::Accepted(_) => "dossier.accepted",
            Self::Redirected(_) => "dossier.redirected",
            Self::Forwarded(_) => "dossier.forwarded",
            Self::HandlerAssigned(_) => "dossier.handler_assigned",
            Self::HandedOver(_) => "dossier.handed_over",
            Self::HandOverReceived(_) => "dossier.hand_over_received",
            Self::StepReturned(_) => "dossier.step_returned",
            Self::StepRecalled(_) => "dossier.step_recalled",
            Self::SupplementSubmitted(_) => "dossier.supplement_submitted",
            Self::SupplementAccepted(_) => "dossier.supplement_accepted",
            Self::SupplementStillDeficient(_) => "dossier.supplement_still_deficient",
            Self::DueDateRecomputed(_) => "dossier.due_date_recomputed",
            Self::DeadlineMissed(_) => "dossier.deadline_missed",
            Self::OpinionRequested(_) => "dossier.opinion_requested",
            Self::OpinionReceived(_) => "dossier.opinion_received",
            Self::OpinionOverdue(_) => "dossier.opinion_overdue",
            Self::OpinionDeemedAgreed(_) => "dossier.opinion_deemed_agreed",
            Self::FieldVerificationScheduled(_) => "dossier.field_verification_scheduled",
            Self::FieldVerificationRecorded(_) => "dossier.field_verification_recorded",
            Self::FinancialObligationIssued(_) => "dossier.financial_obligation_issued",
            Self::FinancialObligationCancelled(_) => "dossier.financial_obligation_cancelled",
            Self::FeeExempted(_) => "dossier.fee_exempted",
            Self::PaymentConfirmed(_) => "dossier.payment_confirmed",
            Self::FeeReceiptIssued(_) => "dossier.fee_receipt_issued",
            Self::PaymentRefunded(_) => "dossier.payment_refunded",
            Self::ProcessingStopped(_) => "dossier.processing_stopped",
            Self::ResolutionRefused(_) => "dossier.resolution_refused",
            Self::ResultDrafted(_) => "dossier.result_drafted",
            Self::ResultApproved(_) => "dossier.result_approved",
            Self::ResultSigned(_) => "dossier.result_signed",
            Self::ProcessingCompleted(_) => "dossier.processing_completed",
            Self::ResultIssued(_) => "dossier.result_issued",
            Self::ResultCorrected(_) => "dossier.result_corrected",
            Self::ResultRevoked(_) => "dossier.result_revoked",
            Self::ResultReplaced(_) => "dossier.result_replaced",
            Self::ResultDelivered(_) => "dossier.result_delivered",
            Self::OriginalsReturned(_) => "dossier.originals_returned",
            Self::WithdrawalRequested(_) => "dossier.withdrawal_requested",
            Self::WithdrawalRetracted(_) => "dossier.withdrawal_retracted",
            Self::WithdrawalGranted(_) => "dossier.withdrawal_granted",
            Self::WithdrawalDenied(_) => "dossier.withdrawal_denied",
            Self::ApologyIssued(_) => "dossier.apology_issued",
            Self::ApplicantDetailsCorrected(_) => "dossier.applicant_details_corrected",
            Self::CapabilityReissued(_) => "dossier.capability_reissued",
            Self::Linked(_) => "dossier.linked",
            Self::Rated(_) => "dossier.rated",
            Self::FeedbackSubmitted(_) => "dossier.feedback_submitted",
            Self::FeedbackAnswered(_) => "dossier.feedback_answered",
            Self::Voice(event) => event.kind(),
            Self::SyncRecorded(_) => "dossier.sync_recorded",
            Self::PaperPrinted(_) => "dossier.paper_printed",
            Self::Transferred(_) => "dossier.transferred",
            Self::LegOpened(_) => "dossier.leg_opened",
            Self::LegWaits(_) => "dossier.leg_waits",
            Self::LegResumed(_) => "dossier.leg_resumed",
            Self::LegEnded(_) => "dossier.leg_ended",
            Self::LegDelivered(_) => "dossier.leg_delivered",
            Self::SentBack(_) => "dossier.sent_back",
            Self::CorrectionRequested(_) => "dossier.correction_requested",
            Self::CorrectionAnswered(_) => "dossier.correction_answered",
            Self::Noted(_) => "dossier.noted",
            Self::Remarked(_) => "dossier.remarked",
        }
    }

    /// The due date it moves: (old, new, cause), the cause being `supplement`, `payment`, `notice`, `outage` or `apology`.
    #[must_use]
    pub fn moved_due_date(&self) -> Option<(Moment, Moment, &'static str)> {
        match self {
            // One that only became surer has not moved.
            Self::DueDateRecomputed(moved) if moved.old == moved.new => None,
            Self::DueDateRecomputed(moved) => Some((moved.old, moved.new, moved.cause.name())),
            Self::ApologyIssued(apology) if apology.moves_promise => {
                Some((apology.old_due_at, apology.new_due_at, "apology"))
            }
            Self::Drafted(_)
            | Self::Submitted(_)
            | Self::Lodged(_)
            | Self::ComponentReceived(_)
            | Self::SupplementProposed(_)
            | Self::SupplementRequested(_)
            | Self::SupplementRetracted(_)
            | Self::AcceptanceRefused(_)
            | Self::Accepted(_)
            | Self::Redirected(_)
            | Self::Forwarded(_)
            | Self::HandlerAssigned(_)
            | Self::HandedOver(_)
            | Self::HandOverReceived(_)
            | Self::StepReturned(_)
            | Self::StepRecalled(_)
            | Self::SupplementSubmitted(_)
            | Self::SupplementAccepted(_)
            | Self::SupplementStillDeficient(_)
            | Self::DeadlineMissed(_)
            | Self::OpinionRequested(_)
            | Self::OpinionReceived(_)
            | Self::OpinionOverdue(_)
            | Self::OpinionDeemedAgreed(_)
            | Self::FieldVerificationScheduled(_)
            | Self::FieldVerificationRecorded(_)
            | Self::FinancialObligationIssued(_)
            | Self::FinancialObligationCancelled(_)
            | Self::FeeExempted(_)
            | Self::PaymentConfirmed(_)
            | Self::FeeReceiptIssued(_)
            | Self::PaymentRefunded(_)
            | Self::ProcessingStopped(_)
            | Self::ResolutionRefused(_)
            | Self::ResultDrafted(_)
            | Self::ResultApproved(_)
            | Self::ResultSigned(_)
            | Self::ProcessingCompleted(_)
            | Self::ResultIssued(_)
            | Self::ResultCorrected(_)
            | Self::ResultRevoked(_)
            | Self::ResultReplaced(_)
            | Self::ResultDelivered(_)
            | Self::OriginalsReturned(_)
            | Self::WithdrawalRequested(_)
            | Self::WithdrawalRetracted(_)
            | Self::WithdrawalGranted(_)
            | Self::WithdrawalDenied(_)
            | Self::ApologyIssued(_)
            | Self::ApplicantDetailsCorrected(_)
            | Self::CapabilityReissued(_)
            | Self::Linked(_)
            | Self::Rated(_)
            | Self::FeedbackSubmitted(_)
            | Self::FeedbackAnswered(_)
            | Self::Voice(_)
            | Self::SyncRecorded(_)
            | Self::PaperPrinted(_)
            | Self::Transferred(_)
            | Self::LegOpened(_)
            | Self::LegWaits(_)
            | Self::LegResumed(_)
            | Self::LegEnded(_)
            | Self::LegDelivered(_)
            | Self::SentBack(_)
            | Self::CorrectionRequested(_)
            | Self::CorrectionAnswered(_)
            | Self::Noted(_)
            | Self::Remarked(_) => None,
        }
    }

    /// Whether facts of this type are about dossiers.
    #[must_use]
    pub fn is_kind(kind: &str) -> bool {
        Self::parse(kind, "{}").is_some()
    }

    /// Reads a dossier event; `None` when `kind` is none of ours.
    pub(in crate::domain) fn parse(kind: &str, data: &str) -> Option<serde_json::Result<Self>> {
        fn read<'a, T: Deserialize<'a>>(
            data: &'a str,
            make: fn(T) -> DossierEvent,
        ) -> serde_json::Result<DossierEvent> {
            serde_json::from_str(data).map(make)
        }
        Some(match kind {
            "dossier.drafted" => read(data, Self::Drafted),
            "dossier.submitted" => read(data, Self::Submitted),
            "dossier.lodged" => read(data, Self::Lodged),
            "dossier.component_received" => read(data, Self::ComponentReceived),
            "dossier.supplement_proposed" => read(data, Self::SupplementProposed),
            "dossier.supplement_requested" => read(data, Self::SupplementRequested),
            "dossier.supplement_retracted" => read(data, Self::SupplementRetracted),
            "dossier.acceptance_refused" => read(data, Self::AcceptanceRefused),
            "dossier.accepted" => read(data, Self::Accepted),
            "dossier.redirected" => read(data, Self::Redirected),
            "dossier.forwarded" => read(data, Self::Forwarded),
            "dossier.handler_assigned" => read(data, Self::HandlerAssigned),
            "dossier.handed_over" => read(data, Self::HandedOver),
            "dossier.hand_over_received" => read(data, Self::HandOverReceived),
            "dossier.step_returned" => read(data, Self::StepReturned),
            "dossier.step_recalled" => read(data, Self::StepRecalled),
            "dossier.supplement_submitted" => read(data, Self::SupplementSubmitted),
            "dossier.supplement_accepted" => read(data, Self::SupplementAccepted),
            "dossier.supplement_still_deficient" => read(data, Self::SupplementStillDeficient),
            "dossier.due_date_recomputed" => read(data, Self::DueDateRecomputed),
            "dossier.deadline_missed" => read(data, Self::DeadlineMissed),
            "dossier.opinion_requested" => read(data, Self::OpinionRequested),
            "dossier.opinion_received" => read(data, Self::OpinionReceived),
            "dossier.opinion_overdue" => read(data, Self::OpinionOverdue),
            "dossier.opinion_deemed_agreed" => read(data, Self::OpinionDeemedAgreed),
            "dossier.field_verification_scheduled" => read(data, Self::FieldVerificationScheduled),
            "dossier.field_verification_recorded" => read(data, Self::FieldVerificationRecorded),
            "dossier.financial_obligation_issued" => read(data, Self::FinancialObligationIssued),
            "dossier.financial_obligation_cancelled" => {
                read(data, Self::FinancialObligationCancelled)
            }
            "dossier.fee_exempted" => read(data, Self::FeeExempted),
            "dossier.payment_confirmed" => read(data, Self::PaymentConfirmed),
            "dossier.fee_receipt_issued" => read(data, Self::FeeReceiptIssued),
            "dossier.payment_refunded" => read(data, Self::PaymentRefunded),
            "dossier.processing_stopped" => read(data, Self::ProcessingStopped),
            "dossier.resolution_refused" => read(data, Self::ResolutionRefused),
            "dossier.result_drafted" => read(data, Self::ResultDrafted),
            "dossier.result_approved" => read(data, Self::ResultApproved),
            "dossier.result_signed" => read(data, Self::ResultSigned),
            "dossier.processing_completed" => read(data, Self::ProcessingCompleted),
            "dossier.result_issued" => read(data, Self::ResultIssued),
            "dossier.result_corrected" => read(data, Self::ResultCorrected),
            "dossier.result_revoked" => read(data, Self::ResultRevoked),
            "dossier.result_replaced" => read(data, Self::ResultReplaced),
            "dossier.result_delivered" => read(data, Self::ResultDelivered),
            "dossier.originals_returned" => read(data, Self::OriginalsReturned),
            "dossier.withdrawal_requested" => read(data, Self::WithdrawalRequested),
            "dossier.withdrawal_retracted" => read(data, Self::WithdrawalRetracted),
            "dossier.withdrawal_granted" => read(data, Self::WithdrawalGranted),
            "dossier.withdrawal_denied" => read(data, Self::WithdrawalDenied),
            "dossier.apology_issued" => read(data, Self::ApologyIssued),
            "dossier.applicant_details_corrected" => read(data, Self::ApplicantDetailsCorrected),
            "dossier.capability_reissued" => read(data, Self::CapabilityReissued),
            "dossier.linked" => read(data, Self::Linked),
            "dossier.rated" => read(data, Self::Rated),
            "dossier.feedback_submitted" => read(data, Self::FeedbackSubmitted),
            "dossier.feedback_answered" => read(data, Self::FeedbackAnswered),
            "dossier.noted" => read(data, Self::Noted),
            "dossier.remarked" => read(data, Self::Remarked),
            "dossier.sync_recorded" => read(data, Self::SyncRecorded),
            "dossier.paper_printed" => read(data, Self::PaperPrinted),
            "dossier.transferred" => read(data, Self::Transferred),
            "dossier.leg_opened" => read(data, Self::LegOpened),
            "dossier.leg_waits" => read(data, Self::LegWaits),
            "dossier.leg_resumed" => read(data, Self::LegResumed),
            "dossier.leg_ended" => read(data, Self::LegEnded),
            "dossier.leg_delivered" => read(data, Self::LegDelivered),
            "dossier.sent_back" => read(data, Self::SentBack),
            "dossier.correction_requested" => read(data, Self::CorrectionRequested),
            "dossier.correction_answered" => read(data, Self::CorrectionAnswered),
            kind => return Some(VoiceEvent::parse(kind, data)?.map(Self::Voice)),
        })
    }
}
