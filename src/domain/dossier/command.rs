//! What can be asked of a dossier, and by whom.

use crate::domain::actor::Role;
use crate::domain::code::{OfficeCode, ProcedureCode};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::event::{Channel, DeliveryMethod, RedirectKind};

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
    },
    /// Accept what was submitted or lodged (row 6): the processing clock starts.
    Accept,
    /// Refuse at intake (row 5).
    RefuseAcceptance,
    /// Ask for a supplement, before acceptance or at appraisal (rows 4 and 10).
    RequestSupplement {
        items: Vec<u32>,
    },
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
    AssignHandler {
        to: String,
    },
    /// Stop what the applicant did not supplement (row 12); the program may, when the time is over.
    StopProcessing,
    DraftResult,
    /// Send a drafted result back to the handler (row 20).
    ReturnStep,
    /// Refuse after appraisal (row 15).
    RefuseResolution,
    /// Sign the result (row 16): the processing clock ends.
    SignResult,
    IssueResult {
        number: String,
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
    RequestWithdrawal,
    GrantWithdrawal,
    DenyWithdrawal,
    /// Apologise and name a new date (row 19).
    IssueApology {
        new_due_on: Date,
    },
    /// Put mistyped personal details right; the old ciphertext is deleted.
    CorrectApplicantDetails,
    /// A new capability for a lost receipt; the old one is void.
    ReissueCapability {
        capability: String,
    },
}

impl DossierCommand {
    /// The stable name, as in the API and in `tests/life_cycle.csv`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Draft { .. } => "draft",
            Self::Submit { .. } => "submit",
            Self::Lodge { .. } => "lodge",
            Self::AcceptAtCounter { .. } => "accept_at_counter",
            Self::Accept => "accept",
            Self::RefuseAcceptance => "refuse_acceptance",
            Self::RequestSupplement { .. } => "request_supplement",
            Self::SubmitSupplement => "submit_supplement",
            Self::AcceptSupplement => "accept_supplement",
            Self::FindStillDeficient => "find_still_deficient",
            Self::Redirect { .. } => "redirect",
            Self::Forward { .. } => "forward",
            Self::AssignHandler { .. } => "assign_handler",
            Self::StopProcessing => "stop_processing",
            Self::DraftResult => "draft_result",
            Self::ReturnStep => "return_step",
            Self::RefuseResolution => "refuse_resolution",
            Self::SignResult => "sign_result",
            Self::IssueResult { .. } => "issue_result",
            Self::RevokeResult { .. } => "revoke_result",
            Self::ReplaceResult { .. } => "replace_result",
            Self::DeliverResult { .. } => "deliver_result",
            Self::RequestWithdrawal => "request_withdrawal",
            Self::GrantWithdrawal => "grant_withdrawal",
            Self::DenyWithdrawal => "deny_withdrawal",
            Self::IssueApology { .. } => "issue_apology",
            Self::CorrectApplicantDetails => "correct_applicant_details",
            Self::ReissueCapability { .. } => "reissue_capability",
        }
    }

    /// Commands that begin a dossier.
    #[must_use]
    pub fn begins(&self) -> bool {
        self.filed_at().is_some()
    }

    /// The office a new dossier is filed at.
    #[must_use]
    pub fn filed_at(&self) -> Option<&OfficeCode> {
        match self {
            Self::Draft { office, .. }
            | Self::Submit { office, .. }
            | Self::Lodge { office, .. }
            | Self::AcceptAtCounter { office, .. } => Some(office),
            Self::Accept
            | Self::RefuseAcceptance
            | Self::RequestSupplement { .. }
            | Self::SubmitSupplement
            | Self::AcceptSupplement
            | Self::FindStillDeficient
            | Self::Redirect { .. }
            | Self::Forward { .. }
            | Self::AssignHandler { .. }
            | Self::StopProcessing
            | Self::DraftResult
            | Self::ReturnStep
            | Self::RefuseResolution
            | Self::SignResult
            | Self::IssueResult { .. }
            | Self::RevokeResult { .. }
            | Self::ReplaceResult { .. }
            | Self::DeliverResult { .. }
            | Self::RequestWithdrawal
            | Self::GrantWithdrawal
            | Self::DenyWithdrawal
            | Self::IssueApology { .. }
            | Self::CorrectApplicantDetails
            | Self::ReissueCapability { .. } => None,
        }
    }

    /// Who may give it, in one state or another.
    #[must_use]
    pub fn roles(&self) -> &'static [Role] {
        use Role::{
            Applicant, CentreManager, Clerk, DivisionHead, Handler, Receiver, Signer, System,
        };
        match self {
            Self::Draft { .. } | Self::SubmitSupplement | Self::RequestWithdrawal => {
                &[Applicant, Receiver]
            }
            Self::Submit { .. } => &[Applicant],
            Self::Lodge { .. }
            | Self::AcceptAtCounter { .. }
            | Self::Accept
            | Self::RefuseAcceptance
            | Self::Redirect { .. }
            | Self::Forward { .. }
            | Self::DeliverResult { .. }
            | Self::CorrectApplicantDetails
            | Self::ReissueCapability { .. } => &[Receiver],
            Self::RequestSupplement { .. } | Self::AcceptSupplement | Self::FindStillDeficient => {
                &[Receiver, Handler]
            }
            Self::StopProcessing => &[Receiver, Handler, System],
            Self::AssignHandler { .. } => &[DivisionHead],
            Self::DraftResult => &[Handler],
            Self::ReturnStep => &[DivisionHead, Signer],
            Self::RefuseResolution
            | Self::SignResult
            | Self::RevokeResult { .. }
            | Self::ReplaceResult { .. } => &[Signer],
            Self::IssueResult { .. } => &[Clerk],
            Self::GrantWithdrawal | Self::DenyWithdrawal | Self::IssueApology { .. } => {
                &[Signer, CentreManager]
            }
        }
    }

    /// Commands that cannot be given without saying why.
    #[must_use]
    pub fn needs_reason(&self) -> bool {
        match self {
            Self::RefuseAcceptance
            | Self::RequestSupplement { .. }
            | Self::FindStillDeficient
            | Self::Redirect { .. }
            | Self::StopProcessing
            | Self::ReturnStep
            | Self::RefuseResolution
            | Self::RevokeResult { .. }
            | Self::ReplaceResult { .. }
            | Self::DenyWithdrawal
            | Self::IssueApology { .. }
            | Self::CorrectApplicantDetails
            | Self::ReissueCapability { .. } => true,
            Self::Draft { .. }
            | Self::Submit { .. }
            | Self::Lodge { .. }
            | Self::AcceptAtCounter { .. }
            | Self::Accept
            | Self::SubmitSupplement
            | Self::AcceptSupplement
            | Self::Forward { .. }
            | Self::AssignHandler { .. }
            | Self::DraftResult
            | Self::SignResult
            | Self::IssueResult { .. }
            | Self::DeliverResult { .. }
            | Self::RequestWithdrawal
            | Self::GrantWithdrawal => false,
        }
    }
}
