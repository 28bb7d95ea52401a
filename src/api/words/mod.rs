//! The domain's words in the schema: enums under their GraphQL names, and labels in Vietnamese and English.

mod access;
mod account;
mod act;
mod beside;
mod catalogue;
pub mod command;
mod label;
mod linked;
mod supervision;
mod voice;

use async_graphql::{Enum, SimpleObject};

pub use self::access::{AccessPurpose, DataPurpose};
pub use self::account::{
    DayCause, DeskUse, ObligationState, OpinionState, PromiseAct, RatingDevice, SlipVerdict,
    StepProgress,
};
pub use self::act::act_label;
pub use self::beside::{
    ComponentForm, Digitisation, FeedbackKind, LinkKind, ObligationKind, PaperForm, PaymentMethod,
    SignatureValidation, SyncOutcome,
};
pub use self::catalogue::{
    AgencyRole, ApplicantKind, ContentPart, LinkageKind, ReviewKind, Territory, part_label,
    review_label,
};
pub use self::label::{channel_label, level_label};
pub use self::linked::{LegOutcome, LegWait, LinkageManner};
pub use self::supervision::{InspectionFindingKind, InspectionSubject};
pub use self::voice::{FeedbackState, Topic};

use crate::domain::dossier::{Phase, Stage};

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Label {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

impl From<(&str, &str)> for Label {
    fn from((vi, en): (&str, &str)) -> Self {
        Self {
            vi: vi.into(),
            en: en.into(),
        }
    }
}

/// What a person may do at the one-stop office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::actor::Role")]
pub enum Role {
    /// The person whose dossier it is.
    Applicant,
    /// Takes in, supplements, forwards and hands over.
    Receiver,
    /// Appraises and drafts the result.
    Handler,
    /// Assigns and reviews within a division.
    DivisionHead,
    /// Competent head: signs results, refusals and apologies.
    Signer,
    /// Numbers, seals and issues documents.
    Clerk,
    /// Head of the one-stop unit.
    CentreManager,
    /// Takes fees, gives receipts and refunds.
    Cashier,
    /// A payment gateway or bank.
    PaymentGateway,
    /// An officer of the public postal service.
    PostalAgent,
    /// Publishes procedures and processes, answers feedback, reports.
    ProcedureController,
    /// An officer of a vertical agency, or of another agency that is asked.
    VerticalAgency,
    /// Reads and replays everything, writes nothing.
    Auditor,
    /// Configures; cannot alter history.
    Admin,
    /// The program itself.
    System,
}

/// Why something was done: a code, never typed text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::reason::Reason")]
pub enum ReasonCode {
    /// A component is missing.
    MissingComponent,
    /// A component is incorrect.
    IncorrectComponent,
    /// Not within this office's competence.
    NotCompetent,
    /// Conditions are not met.
    NotEligible,
    /// Not supplemented in time.
    NotSupplemented,
    /// At the applicant's request.
    ApplicantRequest,
    /// Workload.
    Workload,
    /// Waiting for another agency.
    WaitingForOtherAgency,
    /// Field verification needed.
    FieldVerification,
    /// System outage.
    SystemOutage,
    /// Entered into the system late.
    EnteredLate,
    /// Typing error.
    TypingError,
    /// Receipt slip spoiled.
    PaperSpoiled,
    /// Sent back for correction.
    SentBackForCorrection,
    /// Change of handler.
    StaffChange,
    /// Lost by the applicant.
    LostByApplicant,
    /// The office's own error.
    AgencyError,
    /// No longer to be kept.
    RetentionExpired,
    /// Another reason; say more in `note`.
    Other,
}

/// How the dossier came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::dossier::Channel")]
pub enum Channel {
    /// Papers brought to the counter.
    Counter,
    /// Submitted on-line.
    Online,
    /// Sent by public post.
    Post,
}

/// How the result was handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::dossier::DeliveryMethod")]
pub enum DeliveryMethod {
    /// At the counter.
    Counter,
    /// By public post.
    Post,
    /// On-line.
    Online,
}

/// What a document that settled a dossier is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::dossier::ResultKind")]
pub enum ResultKind {
    /// What the procedure gives.
    Document,
    /// An electronic copy certified from the original.
    CertifiedCopy,
}

/// Whether a document that settled a dossier counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::dossier::ResultStanding")]
pub enum ResultStanding {
    /// In force.
    Valid,
    /// Another document has taken its place.
    Superseded,
    /// Taken back by the office.
    Revoked,
}

/// Why a dossier is passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::dossier::RedirectKind")]
pub enum RedirectKind {
    /// Filed at an office that is not competent.
    WrongOffice,
    /// Received for another office of the province.
    NonTerritorial,
}

/// How the processing of a dossier ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::dossier::EndKind")]
pub enum EndKind {
    /// Result signed: settled.
    Completed,
    /// Refused after appraisal: settled.
    Refused,
    /// Withdrawn by the applicant.
    Withdrawn,
    /// Stopped, mostly because it was not supplemented.
    Stopped,
    /// Passed on to another office.
    Redirected,
}

/// An act that was done although the law forbids it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::fact::BreachRule")]
pub enum BreachRule {
    /// More supplement requests than the policy allows.
    RepeatedSupplement,
    /// An apology after the last lawful day; it moves no promise.
    LateApology,
    /// More apologies than the policy allows; it moves no promise.
    RepeatedApology,
    /// Papers entered into the system later than the policy's window.
    EnteredLate,
    /// A refusal issued after the due date.
    LateRefusal,
    /// A result signed after the due date.
    LateResult,
    /// Accepted, refused or asked about after the intake clock had run out.
    LateIntake,
    /// A supplement asked for at appraisal later than the policy allows.
    LateSupplementNotice,
    /// An on-site check that was not announced in the system first.
    UnscheduledVerification,
    /// A step of a feedback later than its working days.
    LateFeedback,
    /// Told by another system, and nothing these rules would have taken.
    NotByTheRules,
}

/// How sure a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::law::Certainty")]
pub enum Certainty {
    /// Read in the text it names.
    Verified,
    /// Generally known, not read in the text.
    Stated,
    /// Not known for sure: not to be shown as law.
    Uncertain,
    /// Chosen for a demonstration; no claim about the law.
    Illustrative,
    /// Declared before the official notice, and replaced by it.
    Provisional,
}

/// What a supplement request does to the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::law::SupplementClock")]
pub enum SupplementClock {
    /// The time the applicant takes is not counted.
    Pause,
    /// The whole limit starts again.
    Reset,
}

/// The level of government that settles a procedure or runs an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::catalogue::Level")]
pub enum Level {
    /// A ministry.
    Ministry,
    /// A province or centrally run city.
    Province,
    /// A district; abolished on 1 July 2025.
    District,
    /// A commune or ward.
    Commune,
    /// A vertical agency (police, tax, social insurance) at the same counter.
    Vertical,
}

/// How much of a procedure can be done on-line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::catalogue::OnlineLevel")]
pub enum OnlineLevel {
    /// Everything.
    Full,
    /// Not everything.
    Partial,
    /// Only described on-line.
    InformationOnly,
}

/// How an end is compared with a due moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum)]
#[graphql(remote = "crate::domain::deadline::Comparison")]
pub enum Comparison {
    /// By calendar date in Hanoi.
    #[default]
    Date,
    /// By the minute; equal to the minute is on time.
    Timestamp,
}

/// Whether a journal tells of real dossiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::reference::JournalKind")]
pub enum JournalKind {
    /// Real dossiers.
    Live,
    /// A story: people and dossiers are invented.
    Simulated,
    /// What another system tells: every time is its claim, and nothing here vouches for it.
    Imported,
}

/// The state of a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum DossierStatus {
    /// Not begun.
    Absent,
    /// Begun by the applicant, not submitted.
    Draft,
    /// Waiting for acceptance.
    Submitted,
    /// Not accepted yet: the applicant is asked for a supplement.
    AwaitingSupplementAtIntake,
    /// Accepted: the clock stands while the applicant is asked for a supplement.
    AwaitingSupplement,
    /// The applicant has answered.
    Supplemented,
    /// Refused at intake.
    NotAccepted,
    /// Passed on to another office, waiting for its acceptance.
    Redirected,
    /// Accepted: the clock runs.
    Accepted,
    /// With a handler.
    InProcessing,
    /// A linked dossier: the agencies of its legs settle it.
    WithAgencies,
    /// A leg: another leg's result is to be put right first.
    AwaitingCorrection,
    /// The clock stands while a tax or levy is paid.
    AwaitingPayment,
    /// The result is drafted and waits for approval or a signature.
    ResultDrafted,
    /// The result is approved and waits for a signature.
    ResultApproved,
    /// The result is signed and waits to be handed over.
    Completed,
    /// The result was handed over.
    Returned,
    /// Refused after appraisal.
    Refused,
    /// Processing was stopped.
    Stopped,
    /// The applicant wants it back.
    WithdrawalRequested,
    /// Given back to the applicant.
    Withdrawn,
}

impl From<Phase> for DossierStatus {
    fn from(phase: Phase) -> Self {
        match phase {
            Phase::Absent => Self::Absent,
            Phase::Draft => Self::Draft,
            Phase::Submitted => Self::Submitted,
            Phase::AwaitingSupplement(Stage::Intake) => Self::AwaitingSupplementAtIntake,
            Phase::AwaitingSupplement(Stage::Appraisal) => Self::AwaitingSupplement,
            Phase::Supplemented => Self::Supplemented,
            Phase::NotAccepted => Self::NotAccepted,
            Phase::Redirected => Self::Redirected,
            Phase::Accepted => Self::Accepted,
            Phase::InProcessing => Self::InProcessing,
            Phase::WithAgencies => Self::WithAgencies,
            Phase::AwaitingCorrection => Self::AwaitingCorrection,
            Phase::AwaitingPayment => Self::AwaitingPayment,
            Phase::ResultDrafted => Self::ResultDrafted,
            Phase::ResultApproved => Self::ResultApproved,
            Phase::Completed => Self::Completed,
            Phase::Returned => Self::Returned,
            Phase::Refused => Self::Refused,
            Phase::Stopped => Self::Stopped,
            Phase::WithdrawalRequested => Self::WithdrawalRequested,
            Phase::Withdrawn => Self::Withdrawn,
        }
    }
}

impl From<DossierStatus> for Phase {
    fn from(status: DossierStatus) -> Self {
        let same = |phase: &Self| DossierStatus::from(*phase) == status;
        Self::ALL.into_iter().find(same).unwrap_or_default()
    }
}

/// A state in words: (Vietnamese, English).
#[must_use]
pub fn phase_label(phase: Phase) -> (&'static str, &'static str) {
    match phase {
        Phase::Absent => ("Chưa có hồ sơ", "No dossier"),
        Phase::Draft => ("Đang soạn", "Draft"),
        Phase::Submitted => ("Chờ tiếp nhận", "Waiting for acceptance"),
        Phase::AwaitingSupplement(_) => ("Chờ bổ sung", "Waiting for your supplement"),
        Phase::Supplemented => ("Đã bổ sung", "Supplement received"),
        Phase::NotAccepted => ("Không được tiếp nhận", "Not accepted"),
        Phase::Redirected => ("Đã chuyển cơ quan khác", "Passed on to another office"),
        Phase::Accepted => ("Đã tiếp nhận", "Accepted"),
        Phase::InProcessing => ("Đang giải quyết", "Being processed"),
        Phase::WithAgencies => ("Các cơ quan đang giải quyết", "With the linked agencies"),
        Phase::AwaitingCorrection => (
            "Chờ sửa kết quả của cơ quan trước",
            "Waiting for another agency's correction",
        ),
        Phase::AwaitingPayment => ("Chờ nộp nghĩa vụ tài chính", "Waiting for your payment"),
        Phase::ResultDrafted => ("Chờ duyệt kết quả", "Waiting for approval and signature"),
        Phase::ResultApproved => ("Chờ ký kết quả", "Waiting for signature"),
        Phase::Completed => ("Đã có kết quả, chờ trả", "Result ready to collect"),
        Phase::Returned => ("Đã trả kết quả", "Result handed over"),
        Phase::Refused => ("Từ chối giải quyết", "Refused"),
        Phase::Stopped => ("Dừng giải quyết", "Stopped"),
        Phase::WithdrawalRequested => ("Xin rút hồ sơ", "Withdrawal requested"),
        Phase::Withdrawn => ("Đã rút hồ sơ", "Withdrawn"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phase_is_a_status_and_back() {
        for phase in Phase::ALL {
            assert_eq!(Phase::from(DossierStatus::from(phase)), phase);
        }
    }
}
