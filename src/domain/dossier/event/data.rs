//! What the events of intake, processing and delivery carry.

use serde::{Deserialize, Serialize};

use crate::domain::claim::Case;
use crate::domain::code::{DossierCode, OfficeCode, ProcedureCode};
use crate::domain::law::{Certainty, Limit, SupplementClock};
use crate::domain::time::Moment;

use super::linked::{LegOf, PlannedLeg};

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
    /// The time a financial obligation was waited for.
    Payment,
    /// An announced outage of the system.
    Outage,
    /// The time another agency took to put its result right.
    Correction,
    /// The system that tells of it promises another date than before.
    Source,
}

impl DueDateCause {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Supplement => "supplement",
            Self::Notice => "notice",
            Self::Payment => "payment",
            Self::Outage => "outage",
            Self::Correction => "correction",
            Self::Source => "source",
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
    /// By when the office is to accept or answer: the intake clock of its policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intake_due_at: Option<Moment>,
    /// Actor id of the officer who helped the applicant to file online, with the applicant's consent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assisted_by: Option<String>,
    /// It is one leg of a linked dossier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leg_of: Option<LegOf>,
    /// The case it is in the system that tells of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<Case>,
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
    /// The internal process in force, `code/version`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<String>,
    /// The slip was written by hand under a reserved code while the line was down, so this was entered late.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub on_paper: bool,
    /// The legs it is settled in, in the order of their places; none when it is not linked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub legs: Vec<PlannedLeg>,
    /// No limit of this leg is sure enough to be promised: `due_at` is the whole's, and nothing is early or late by it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub undated: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SupplementRequested {
    pub stage: Stage,
    /// Which request this is, from 1.
    pub number: u32,
    /// Components asked for, by their place in the procedure's list, from 1.
    pub items: Vec<u32>,
    /// Actor id of the one who approved a further request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// By when the applicant is to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_due_at: Option<Moment>,
}

/// What a handler wants the one-stop unit to ask the applicant for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SupplementProposed {
    /// Components, by their place in the procedure's list, from 1.
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
    /// Step of the internal process that begins, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DueDateRecomputed {
    pub old: Moment,
    pub new: Moment,
    pub cause: DueDateCause,
    pub due_certainty: Certainty,
    /// Number of the notice that moved it, or of the paper a year was declared from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
}

/// What checking the digital signature of a result came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureValidation {
    /// Checked, and good at the time of signing.
    Valid,
    /// Signed; nobody checked.
    Unchecked,
}

/// A digital signature on a result (Law 20/2023/QH15). The signature block itself lies with the document's hash in the
/// vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Serial number of the signer's certificate, in hexadecimal digits.
    pub certificate_serial: String,
    /// The signing time that the signature claims.
    pub signed_at: Moment,
    pub validation: SignatureValidation,
    /// It attests that an electronic copy is true to the original that was shown (Decree 45/2020/ND-CP art. 10).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub certifies_copy: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultSigned {
    /// Absent when it was signed by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
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

/// A mistake in a document was put right; it stays in force under its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultCorrected {
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
    /// The unit that is late, when it is not the office itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub responsible: Option<OfficeCode>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapabilityReissued {
    /// SHA-256 (hex) of the new capability; the old one is void.
    pub capability: String,
}

/// A step that another system tells and that moves nothing here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Noted {
    /// What it is called in the mapping: a code, never typed text.
    pub activity: String,
}

/// An event that carries nothing but its circumstances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}
