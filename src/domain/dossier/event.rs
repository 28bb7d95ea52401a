//! What can happen to a dossier. Events are for ever: fields are only ever added, and are then optional.

use serde::{Deserialize, Serialize};

use crate::domain::code::{DossierCode, OfficeCode, ProcedureCode};
use crate::domain::law::{Certainty, Limit, SupplementClock};
use crate::domain::time::Moment;

/// How the dossier came in (portal code `KenhThucHien`: 1, 2, 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Counter,
    Online,
    Post,
}

impl Channel {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Online => "online",
            Self::Post => "post",
        }
    }
}

/// Before acceptance (the clock has not started) or while the agency appraises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Intake,
    Appraisal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RedirectKind {
    /// Filed at an office that is not competent.
    WrongOffice,
    /// Received for another office of the province (Decree 118/2025 art. 14).
    NonTerritorial,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryMethod {
    Counter,
    Post,
    Online,
}

impl DeliveryMethod {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Post => "post",
            Self::Online => "online",
        }
    }
}

/// Why a due date moved without an apology.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DueDateCause {
    /// The applicant's time for a supplement, by the clock model named.
    Supplement,
    /// A calendar notice issued after acceptance.
    Notice,
}

impl DueDateCause {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Supplement => "supplement",
            Self::Notice => "notice",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drafted {
    pub procedure: ProcedureCode,
    pub office: OfficeCode,
}

/// Entered in an office's register: submitted online, or lodged at the counter or by post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lodged {
    pub code: DossierCode,
    pub procedure: ProcedureCode,
    pub office: OfficeCode,
    pub channel: Channel,
    /// SHA-256 (hex) of the receipt's capability.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capability: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    pub office: OfficeCode,
    pub procedure_version: u32,
    pub limit: Limit,
    pub limit_certainty: Certainty,
    pub supplement_clock: SupplementClock,
    pub due_at: Moment,
    /// Provisional when the date depends on a year whose notice is not issued.
    pub due_certainty: Certainty,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SupplementRequested {
    pub stage: Stage,
    /// Which request this is, from 1.
    pub number: u32,
    /// Components asked for, by their place in the procedure's list, from 1.
    pub items: Vec<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redirected {
    pub from: OfficeCode,
    pub to: OfficeCode,
    pub kind: RedirectKind,
}

/// To whom the dossier is handed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handed {
    /// Actor id of the one who now has it.
    pub to: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DueDateRecomputed {
    pub old: Moment,
    pub new: Moment,
    pub cause: DueDateCause,
    pub due_certainty: Certainty,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultIssued {
    /// Number under which the document was issued.
    pub number: String,
}

/// A document that is void from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultRevoked {
    /// Its number; absent when it was signed and never numbered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

/// A document that takes the place of an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultReplaced {
    /// Number of the new document.
    pub number: String,
    /// Number of the earlier one; absent when it was signed and never numbered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultDelivered {
    pub method: DeliveryMethod,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApologyIssued {
    /// Which apology this is, from 1.
    pub number: u32,
    pub old_due_at: Moment,
    pub new_due_at: Moment,
    /// How sure the calendar is about the new date.
    pub due_certainty: Certainty,
    /// False when the apology was unlawful: it then moves no promise.
    pub moves_promise: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapabilityReissued {
    /// SHA-256 (hex) of the new capability; the old one is void.
    pub capability: String,
}

/// An event that carries nothing but its circumstances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Events of a dossier (domain table of transitions, rows 1–21).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum DossierEvent {
    Drafted(Drafted),
    Submitted(Lodged),
    Lodged(Lodged),
    SupplementRequested(SupplementRequested),
    AcceptanceRefused(Nothing),
    Accepted(Accepted),
    Redirected(Redirected),
    Forwarded(Handed),
    HandlerAssigned(Handed),
    SupplementSubmitted(Nothing),
    SupplementAccepted(Nothing),
    SupplementStillDeficient(Nothing),
    DueDateRecomputed(DueDateRecomputed),
    ProcessingStopped(Nothing),
    ResolutionRefused(Nothing),
    ResultDrafted(Nothing),
    StepReturned(Nothing),
    ResultSigned(Nothing),
    ProcessingCompleted(Nothing),
    ResultIssued(ResultIssued),
    ResultRevoked(ResultRevoked),
    ResultReplaced(ResultReplaced),
    ResultDelivered(ResultDelivered),
    WithdrawalRequested(Nothing),
    WithdrawalGranted(Nothing),
    WithdrawalDenied(Nothing),
    ApologyIssued(ApologyIssued),
    ApplicantDetailsCorrected(Nothing),
    CapabilityReissued(CapabilityReissued),
}

impl DossierEvent {
    /// The fact's `type`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Drafted(_) => "dossier.drafted",
            Self::Submitted(_) => "dossier.submitted",
            Self::Lodged(_) => "dossier.lodged",
            Self::SupplementRequested(_) => "dossier.supplement_requested",
            Self::AcceptanceRefused(_) => "dossier.acceptance_refused",
            Self::Accepted(_) => "dossier.accepted",
            Self::Redirected(_) => "dossier.redirected",
            Self::Forwarded(_) => "dossier.forwarded",
            Self::HandlerAssigned(_) => "dossier.handler_assigned",
            Self::SupplementSubmitted(_) => "dossier.supplement_submitted",
            Self::SupplementAccepted(_) => "dossier.supplement_accepted",
            Self::SupplementStillDeficient(_) => "dossier.supplement_still_deficient",
            Self::DueDateRecomputed(_) => "dossier.due_date_recomputed",
            Self::ProcessingStopped(_) => "dossier.processing_stopped",
            Self::ResolutionRefused(_) => "dossier.resolution_refused",
            Self::ResultDrafted(_) => "dossier.result_drafted",
            Self::StepReturned(_) => "dossier.step_returned",
            Self::ResultSigned(_) => "dossier.result_signed",
            Self::ProcessingCompleted(_) => "dossier.processing_completed",
            Self::ResultIssued(_) => "dossier.result_issued",
            Self::ResultRevoked(_) => "dossier.result_revoked",
            Self::ResultReplaced(_) => "dossier.result_replaced",
            Self::ResultDelivered(_) => "dossier.result_delivered",
            Self::WithdrawalRequested(_) => "dossier.withdrawal_requested",
            Self::WithdrawalGranted(_) => "dossier.withdrawal_granted",
            Self::WithdrawalDenied(_) => "dossier.withdrawal_denied",
            Self::ApologyIssued(_) => "dossier.apology_issued",
            Self::ApplicantDetailsCorrected(_) => "dossier.applicant_details_corrected",
            Self::CapabilityReissued(_) => "dossier.capability_reissued",
        }
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
            "dossier.supplement_requested" => read(data, Self::SupplementRequested),
            "dossier.acceptance_refused" => read(data, Self::AcceptanceRefused),
            "dossier.accepted" => read(data, Self::Accepted),
            "dossier.redirected" => read(data, Self::Redirected),
            "dossier.forwarded" => read(data, Self::Forwarded),
            "dossier.handler_assigned" => read(data, Self::HandlerAssigned),
            "dossier.supplement_submitted" => read(data, Self::SupplementSubmitted),
            "dossier.supplement_accepted" => read(data, Self::SupplementAccepted),
            "dossier.supplement_still_deficient" => read(data, Self::SupplementStillDeficient),
            "dossier.due_date_recomputed" => read(data, Self::DueDateRecomputed),
            "dossier.processing_stopped" => read(data, Self::ProcessingStopped),
            "dossier.resolution_refused" => read(data, Self::ResolutionRefused),
            "dossier.result_drafted" => read(data, Self::ResultDrafted),
            "dossier.step_returned" => read(data, Self::StepReturned),
            "dossier.result_signed" => read(data, Self::ResultSigned),
            "dossier.processing_completed" => read(data, Self::ProcessingCompleted),
            "dossier.result_issued" => read(data, Self::ResultIssued),
            "dossier.result_revoked" => read(data, Self::ResultRevoked),
            "dossier.result_replaced" => read(data, Self::ResultReplaced),
            "dossier.result_delivered" => read(data, Self::ResultDelivered),
            "dossier.withdrawal_requested" => read(data, Self::WithdrawalRequested),
            "dossier.withdrawal_granted" => read(data, Self::WithdrawalGranted),
            "dossier.withdrawal_denied" => read(data, Self::WithdrawalDenied),
            "dossier.apology_issued" => read(data, Self::ApologyIssued),
            "dossier.applicant_details_corrected" => read(data, Self::ApplicantDetailsCorrected),
            "dossier.capability_reissued" => read(data, Self::CapabilityReissued),
            _ => return None, // foreign: a type name out of the journal
        })
    }
}
