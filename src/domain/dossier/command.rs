//! What can be asked of a dossier, and by whom.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::VoiceCommand;
use super::event::{
    Channel, ComponentForm, DeliveryMethod, Digitisation, FeedbackKind, LinkKind, ObligationKind,
    PaymentMethod, RatingDevice, RedirectKind, ReusedFrom, Signature, SyncOutcome,
};
use crate::domain::actor::Role;
use crate::domain::catalogue::LinkageManner;
use crate::domain::code::{DossierCode, OfficeCode, ProcedureCode};
use crate::domain::paper::Form;

/// One command on one dossier. Circumstances (claims, reason, basis, parts) travel beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DossierCommand {
    /// Begin a dossier without entering it (row 1); an officer does so on behalf of the applicant.
    Draft {
        procedure: ProcedureCode,
        office: OfficeCode,
    },
    /// Submit online (row 2); a draft or a new dossier.
    Submit {
        procedure: ProcedureCode,
        office: OfficeCode,
        capability: Option<String>,
        /// Actor id of the officer who helped to file, with the applicant's consent.
        assisted_by: Option<String>,
    },
    /// Enter papers brought to the counter or sent by post (row 3), never as filed online.
    Lodge {
        procedure: ProcedureCode,
        office: OfficeCode,
        channel: Channel,
        capability: Option<String>,
    },
    /// Enter and accept complete papers at the counter in one act (rows 3 and 6).
    AcceptAtCounter {
        procedure: ProcedureCode,
        office: OfficeCode,
        capability: Option<String>,
        /// The code on a slip that was written while the line was down, of a block reserved for the desk.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<DossierCode>,
    },
    /// Accept what was submitted or lodged (row 6): the processing clock starts.
    Accept,
    /// Refuse at intake (row 5).
    RefuseAcceptance,
    /// Note a paper as it came in: form, digitisation, size; the file's hash is a part.
    ReceiveComponent {
        item: u32,
        form: ComponentForm,
        digitisation: Digitisation,
        size_bytes: Option<u64>,
        /// Of whoever digitised it, on its digital form.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signature: Option<Signature>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reused_from: Option<ReusedFrom>,
    },
    /// Tell the one-stop unit what the applicant should be asked for (row 10): all contact goes through it.
    ProposeSupplement {
        items: Vec<u32>,
    },
    /// Ask for a supplement, before acceptance or at appraisal (rows 4 and 10); a further one names who approved it.
    RequestSupplement {
        items: Vec<u32>,
        approved_by: Option<String>,
    },
    /// Take a supplement request back; it still counts as one.
    RetractSupplementRequest,
    SubmitSupplement,
    AcceptSupplement,
    FindStillDeficient,
    /// Pass on to the competent office (row 7).
    Redirect {
        to: OfficeCode,
        kind: RedirectKind,
    },
    /// Hand to the handler (row 8).
    Forward {
        to: String,
    },
    /// Give to another handler (row 20).
    AssignHandler {
        to: String,
    },
    /// Give to the next desk (row 8): the giver's half of a line on the control slip.
    HandOver {
        to: String,
        role: Role,
        /// The receiver's agency, when it is another one.
        office: Option<OfficeCode>,
        /// Step of the internal process that begins, from 1.
        step: Option<u16>,
    },
    /// Sign for what was handed over: the receiver's half of that line.
    ReceiveHandOver {
        complete: bool,
    },
    /// Take back what was handed over and not signed for (row 20).
    RecallStep,
    /// Ask another agency for its opinion (row 9); by the procedure's rule or the policy unless a date is named.
    RequestOpinion {
        agency: OfficeCode,
        due_on: Option<Date>,
    },
    /// Answer as the agency that was asked.
    GiveOpinion {
        number: u32,
        agrees: bool,
    },
    /// Note that an opinion did not come in time.
    NoteOpinionOverdue {
        number: u32,
    },
    /// Note that silence is consent, where the procedure says so.
    DeemOpinionAgreed {
        number: u32,
    },
    /// Announce an on-site check (Decree 61/2018 art. 19.3b); place and people are a note.
    ScheduleFieldVerification {
        on: Date,
    },
    RecordFieldVerification,
    /// Tell the applicant what is to be paid (row 13); a tax or levy stops the clock.
    IssueFinancialObligation {
        kind: ObligationKind,
        amount_vnd: u64,
        due_on: Option<Date>,
    },
    CancelFinancialObligation {
        number: u32,
    },
    ExemptFee {
        kind: ObligationKind,
    },
    /// Confirm what was paid (row 14), by the gateway, the bank or the cashier.
    ConfirmPayment {
        number: u32,
        amount_vnd: u64,
        method: PaymentMethod,
        reference: Option<String>,
    },
    IssueFeeReceipt {
        number: u32,
        form: String,
        series: String,
        receipt_number: String,
    },
    RefundPayment {
        number: u32,
        amount_vnd: u64,
    },
    /// Stop what the applicant did not supplement (row 12); the program may, when the time is over.
    StopProcessing,
    DraftResult,
    /// Approve a drafted result (row 16): the head of division, before it is signed.
    ApproveResult,
    /// Send a drafted or approved result back to the handler (row 20).
    ReturnStep,
    /// Refuse after appraisal (row 15).
    RefuseResolution,
    /// Sign the result (row 16): the processing clock ends.
    SignResult {
        signature: Option<Signature>,
    },
    IssueResult {
        number: String,
    },
    /// Put a mistake in a document right (row 21): the one of this number, or the newest. It stays in force.
    CorrectResult {
        number: Option<String>,
    },
    /// Take a document back (row 21): the one of this number, or the newest. The clock is not touched.
    RevokeResult {
        number: Option<String>,
    },
    /// Sign a document that takes the place of an earlier one (row 21): of that number, or of the newest.
    ReplaceResult {
        number: String,
        replaces: Option<String>,
    },
    /// Hand over (row 17).
    DeliverResult {
        method: DeliveryMethod,
    },
    /// Give the applicant's originals back (row 17).
    ReturnOriginals,
    RequestWithdrawal,
    /// Take the wish to withdraw back.
    RetractWithdrawal,
    GrantWithdrawal,
    DenyWithdrawal,
    /// Apologise and name a new date (row 19).
    IssueApology {
        new_due_on: Date,
        /// The unit that is late, when it is not the office itself.
        responsible: Option<OfficeCode>,
    },
    /// Record that the promised moment has passed: the program itself, at the hour.
    RecordMiss,
    /// Count the promise again after a notice: the program itself. Never brings it forward.
    RecomputeDueDate {
        /// Number of the notice, or the paper that a year was declared from.
        notice: String,
        /// Position of the fact that recorded it.
        cause: u64,
    },
    /// Its office has ended: to whom the decision says. The program itself, from the decision's day on.
    Transfer {
        /// Number of the decision.
        decision: String,
        /// Position of the fact that recorded it.
        cause: u64,
    },
    /// The decision's route was wrong: to another office that took over by it.
    PassOn {
        to: OfficeCode,
    },
    /// Put mistyped personal details right; the old ciphertext is deleted.
    CorrectApplicantDetails,
    /// A new capability for a lost receipt; the old one is void.
    ReissueCapability {
        capability: String,
    },
    /// Say that two dossiers belong together.
    LinkDossier {
        other: Uuid,
        kind: LinkKind,
    },
    /// Rate the service once, after the end (row 22); the receipt's capability stands for the applicant.
    Rate {
        score: u8,
        scale: u8,
        device: RatingDevice,
        capability: Option<String>,
    },
    /// Report or recommend (row 22); the receipt's capability stands for the applicant.
    SubmitFeedback {
        kind: FeedbackKind,
        capability: Option<String>,
    },
    /// Answer a feedback; `published` when the answer has a wording for everybody.
    AnswerFeedback {
        number: u32,
        published: bool,
    },
    /// Leave a remark for colleagues: its words lie in the vault, and the applicant is not shown them.
    Remark,
    /// A further step of a feedback, or the answer to a survey (row 22).
    Voice(VoiceCommand),
    /// Note what another system answered about the dossier.
    RecordSync {
        system: String,
        outcome: SyncOutcome,
        remote_status: Option<u16>,
        attempt: u32,
        /// What the program itself told; absent when a person notes an exchange.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        told: Option<ToldOf>,
    },
    /// Accept a linked dossier (row 6): name the agency of each leg; all legs start, or one after the other.
    AcceptLinked {
        manner: LinkageManner,
        legs: Vec<LegAt>,
    },
    /// Give a leg to its agency, once the results that it needs are there: the program itself.
    OpenLeg {
        whole: Uuid,
        place: u32,
        procedure: ProcedureCode,
        office: OfficeCode,
    },
    /// A mistake in the result of another leg: send it back to be corrected, and wait (Decree 301/2026 art. 8).
    SendBack {
        place: u32,
    },
    /// Answer the leg of this place that its correction is not called for: the result stands as it is.
    DeclineCorrection {
        place: u32,
    },
    /// Print a statutory paper: which form, which fact it documents, the newest it tells of, and the commitment to its file.
    PrintPaper {
        form: Form,
        of: u32,
        as_of: u32,
        commitment: String,
    },
}

/// Which agency settles a leg.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegAt {
    /// Its place in the procedure's list of legs, from 1.
    pub place: u32,
    pub office: OfficeCode,
}

/// Which fact another system was told of, and how it refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldOf {
    /// Version of the dossier's fact.
    pub version: u32,
    /// Its position in the journal.
    pub position: u64,
    /// The code of a refusal for good.
    pub refusal: Option<String>,
}

impl DossierCommand {
    /// The stable name, as in the API and in `tests/life_cycle.csv`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.terms().name
    }

    /// Who may give it, in one state or another.
    #[must_use]
    pub fn roles(&self) -> &'static [Role] {
        self.terms().roles
    }

    /// Commands that cannot be given without saying why.
    #[must_use]
    pub fn needs_reason(&self) -> bool {
        self.terms().needs_reason
    }

    /// Commands that begin a dossier.
    #[must_use]
    pub fn begins(&self) -> bool {
        self.filed_at().is_some()
    }

    /// The office a new dossier is filed at.
    #[must_use]
    pub fn filed_at(&self) -> Option<&OfficeCode> {
        if let Self::Draft { office, .. }
        | Self::Submit { office, .. }
        | Self::Lodge { office, .. }
        | Self::OpenLeg { office, .. }
        | Self::AcceptAtCounter { office, .. } = self
        {
            Some(office)
        } else {
            None
        }
    }

    /// The code on a slip that was written by hand.
    #[must_use]
    pub fn code_on_paper(&self) -> Option<&DossierCode> {
        if let Self::AcceptAtCounter { code, .. } = self {
            code.as_ref()
        } else {
            None
        }
    }

    /// The capability shown in place of a sign-in, as its SHA-256.
    #[must_use]
    pub fn capability_shown(&self) -> Option<&str> {
        if let Self::Rate { capability, .. } | Self::SubmitFeedback { capability, .. } = self {
            capability.as_deref()
        } else if let Self::Voice(command) = self {
            command.capability_shown()
        } else {
            None
        }
    }
}
