//! What the events beside the main line carry: opinions, money, hand-overs, papers, voices, other systems.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::actor::Role;
use crate::domain::code::OfficeCode;
use crate::domain::paper::Form;
use crate::domain::time::Moment;

use super::Signature;

/// Another agency is asked for its opinion (row 9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpinionRequested {
    /// Which request this is, from 1.
    pub number: u32,
    pub agency: OfficeCode,
    pub due_at: Moment,
    /// Whether no answer by then is consent (Decree 217/2026 art. 54.2c for construction permits).
    pub silence_consents: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpinionReceived {
    pub number: u32,
    pub agrees: bool,
}

/// Something numbered within its dossier: an opinion, an obligation, a feedback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Numbered {
    pub number: u32,
}

/// An on-site check is announced before it is made (Decree 61/2018 art. 19.3b); place and people lie in the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldVerificationScheduled {
    pub on: Date,
}

/// What is to be paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObligationKind {
    /// The price of a service (phí).
    Fee,
    /// A statutory charge (lệ phí).
    Charge,
    /// A tax or levy that another agency determines (nghĩa vụ tài chính).
    Obligation,
}

impl ObligationKind {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fee => "fee",
            Self::Charge => "charge",
            Self::Obligation => "obligation",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinancialObligationIssued {
    /// Which obligation of the dossier this is, from 1.
    pub number: u32,
    pub kind: ObligationKind,
    /// Đồng.
    pub amount_vnd: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<Date>,
    /// The processing clock stands until it is paid.
    pub pauses: bool,
}

/// How it was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    Cash,
    BankTransfer,
    /// Through the national portal's gateway (`DuocThanhToanTrucTuyen` 1).
    NationalGateway,
    /// Through a ministry's or province's gateway or wallet (`DuocThanhToanTrucTuyen` 2).
    LocalGateway,
}

impl PaymentMethod {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::BankTransfer => "bank_transfer",
            Self::NationalGateway => "national_gateway",
            Self::LocalGateway => "local_gateway",
        }
    }

    /// Paid online as Decision 766 counts it.
    #[must_use]
    pub fn is_online(self) -> bool {
        match self {
            Self::NationalGateway | Self::LocalGateway => true,
            Self::Cash | Self::BankTransfer => false,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentConfirmed {
    pub number: u32,
    /// Đồng.
    pub amount_vnd: u64,
    pub method: PaymentMethod,
    /// The gateway's own reference, a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// The receipt for a payment: form, series and number as printed on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeeReceiptIssued {
    pub number: u32,
    pub form: String,
    pub series: String,
    pub receipt_number: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentRefunded {
    pub number: u32,
    /// Đồng.
    pub amount_vnd: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeeExempted {
    pub kind: ObligationKind,
}

/// The giver's half of a line on the control slip (form 06).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandedOver {
    /// Actor id of the one who is to have it.
    pub to: String,
    pub role: Role,
    /// The receiver's agency, when it is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<OfficeCode>,
    /// Step of the internal process that begins, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u16>,
}

/// The receiver's half of that line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOverReceived {
    /// All papers were there.
    pub complete: bool,
}

/// How two dossiers belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// The same request filed twice.
    Duplicate,
    /// Filed again after a withdrawal, a refusal or a stop.
    Continuation,
    /// A leg of a linked procedure.
    Leg,
}

impl LinkKind {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Continuation => "continuation",
            Self::Leg => "leg",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Linked {
    /// Stream of the other dossier.
    pub other: Uuid,
    pub kind: LinkKind,
}

/// The promised moment passed and the dossier was not settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeadlineMissed {
    pub due_at: Moment,
}

/// On what device somebody rated: judged by the door, never typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RatingDevice {
    /// The rater's own.
    Own,
    /// One on which an officer was signed in.
    Office,
}

impl RatingDevice {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Office => "office",
        }
    }
}

/// How satisfied the applicant was, on a scale of 3 or 5; the highest is best.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rated {
    pub score: u8,
    pub scale: u8,
    pub device: RatingDevice,
}

/// Report of an officer's act, or recommendation on a rule (Decree 20/2008).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedbackKind {
    Report,
    Recommendation,
}

impl FeedbackKind {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Recommendation => "recommendation",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedbackSubmitted {
    /// Which feedback on the dossier this is, from 1.
    pub number: u32,
    pub kind: FeedbackKind,
    /// By when it is to be answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Moment>,
}

/// The feedback of this number was answered. What was said lies in the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedbackAnswered {
    pub number: u32,
    /// The office has put the answer into words that everybody may read: they stand beside the answer in the vault.
    #[serde(default, skip_serializing_if = "is_false")]
    pub published: bool,
    /// By when it is to be published, when it was not put into words for everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publish_due_at: Option<Moment>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands out references"
)]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// What became of telling another system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncOutcome {
    Requested,
    Acknowledged,
    Failed,
}

impl SyncOutcome {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Acknowledged => "acknowledged",
            Self::Failed => "failed",
        }
    }
}

/// One exchange with another system about the dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SyncRecorded {
    /// Code of the system: `national-portal`.
    pub system: String,
    pub outcome: SyncOutcome,
    /// The status code that the other system gave, as it gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_status: Option<u16>,
    /// Which attempt this was, from 1.
    pub attempt: u32,
    /// Version of the dossier's fact that it was told of; absent when a person noted the exchange.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<u32>,
    /// The code with which the other system refused it for good; absent when it did not answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
}

/// In what form a paper came (`LoaiBan`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComponentForm {
    Original,
    Copy,
    CertifiedCopy,
    EDocument,
}

impl ComponentForm {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Copy => "copy",
            Self::CertifiedCopy => "certified_copy",
            Self::EDocument => "e_document",
        }
    }
}

/// Where the digital form of a paper comes from (codes 0–3 of real systems).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Digitisation {
    None,
    /// Scanned and signed at this office.
    Here,
    /// Reused from another dossier's component.
    FromDossier,
    /// Reused from the result of another dossier.
    FromResult,
}

impl Digitisation {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Here => "here",
            Self::FromDossier => "from_dossier",
            Self::FromResult => "from_result",
        }
    }
}

/// One paper of the dossier as it came in; the hash of its file is a part in the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComponentReceived {
    /// Its place in the procedure's list, from 1.
    pub item: u32,
    pub form: ComponentForm,
    pub digitisation: Digitisation,
    /// Of the file, as it was submitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
    /// Actor id of the officer who digitised it here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digitised_by: Option<String>,
    /// Their digital signature on the digital form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
    /// What it was reused from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reused_from: Option<ReusedFrom>,
}

/// A paper or a result of an earlier dossier that need not be brought again (Decree 118/2025/NĐ-CP art. 4.2a).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReusedFrom {
    /// Stream of that dossier, or of the result in the repository.
    pub dossier: Uuid,
    /// Place of the paper in its procedure's list, from 1; absent for a result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
    /// Number of the result; absent for a paper, and for a result that has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// The result is older than the system.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub archived: bool,
}

/// A statutory paper was printed. The same paper printed again has the same bytes, so the same commitment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperPrinted {
    pub form: Form,
    /// Version of the fact that the paper documents.
    pub of: u32,
    /// Version of the newest fact it tells of: details put right, a capability reissued.
    pub as_of: u32,
    /// HMAC-SHA-256 (hex) of the file's SHA-256 under the receipt's capability: whoever holds paper and receipt can match
    /// them with this fact, and nobody else can try out what might stand on the paper.
    pub commitment: String,
}
