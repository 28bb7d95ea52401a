//! The terms of every command: its name, who may give it, whether it needs a reason, where the law asks for it.

use super::command::DossierCommand;
use crate::domain::actor::Role;

/// What holds for a command in every state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The stable name, as in the API and in `tests/life_cycle.csv`.
    pub name: &'static str,
    /// Who may give it, in one state or another.
    pub roles: &'static [Role],
    /// It cannot be given without saying why.
    pub needs_reason: bool,
    /// Rows of the table of transitions it stands for; `2.x` names a section beside the table, `—` none.
    pub rows: &'static str,
    /// Number of the statutory form it makes (Circular 03/2025/TT-VPCP).
    pub form: Option<&'static str>,
}

pub(super) const fn terms(
    name: &'static str,
    roles: &'static [Role],
    needs_reason: bool,
    rows: &'static str,
    form: Option<&'static str>,
) -> Terms {
    Terms {
        name,
        roles,
        needs_reason,
        rows,
        form,
    }
}

impl DossierCommand {
    /// One row per command, in the order of a dossier's life.
    #[must_use]
    pub fn terms(&self) -> Terms {
        use Role::{
            Admin, Applicant, Cashier, CentreManager, Clerk, DivisionHead, Handler, PaymentGateway,
            PostalAgent, ProcedureController, Receiver, Signer, System, VerticalAgency,
        };
        match self {
            Self::Draft { .. } => terms("draft", &[Applicant, Receiver], false, "1", None),
            Self::Submit { .. } => terms("submit", &[Applicant], false, "2", None),
            Self::Lodge { .. } => terms("lodge", &[Receiver], false, "3", None),
            Self::AcceptAtCounter { .. } => {
                terms("accept_at_counter", &[Receiver], false, "3, 6", Some("01"))
            }
            Self::ReceiveComponent { .. } => terms(
                "receive_component",
                &[Applicant, Receiver, Handler],
                false,
                "2.6",
                None,
            ),
            Self::Accept => terms("accept", &[Receiver], false, "6", Some("01")),
            Self::AcceptLinked { .. } => {
                terms("accept_linked", &[Receiver], false, "2.4", Some("01"))
            }
            Self::OpenLeg { .. } => terms("open_leg", &[System], false, "2.4", None),
            Self::SendBack { .. } => terms("send_back", &[Handler], true, "2.4", Some("06")),
            Self::DeclineCorrection { .. } => {
                terms("decline_correction", &[Handler, Signer], true, "2.4", None)
            }
            Self::RefuseAcceptance => {
                terms("refuse_acceptance", &[Receiver], true, "5", Some("03"))
            }
            Self::ProposeSupplement { .. } => {
                terms("propose_supplement", &[Handler], true, "10", None)
            }
            Self::RequestSupplement { .. } => {
                terms("request_supplement", &[Receiver], true, "4, 10", Some("02"))
            }
            Self::RetractSupplementRequest => terms(
                "retract_supplement_request",
                &[Receiver],
                true,
                "20",
                Some("02"),
            ),
            Self::SubmitSupplement => terms(
                "submit_supplement",
                &[Applicant, Receiver],
                false,
                "11",
                None,
            ),
            Self::AcceptSupplement => terms(
                "accept_supplement",
                &[Receiver, Handler],
                false,
                "11",
                Some("01"),
            ),
            Self::FindStillDeficient => terms(
                "find_still_deficient",
                &[Receiver, Handler],
                true,
                "11",
                Some("02"),
            ),
            Self::Redirect { .. } => terms("redirect", &[Receiver], true, "7", Some("06")),
            Self::Forward { .. } => terms("forward", &[Receiver], false, "8", Some("06")),
            Self::AssignHandler { .. } => {
                terms("assign_handler", &[DivisionHead], false, "20", Some("06"))
            }
            Self::HandOver { .. } => terms(
                "hand_over",
                &[Receiver, Handler, DivisionHead, Signer, Clerk],
                false,
                "8",
                Some("06"),
            ),
            Self::ReceiveHandOver { .. } => terms(
                "receive_hand_over",
                &[
                    Receiver,
                    Handler,
                    DivisionHead,
                    Signer,
                    Clerk,
                    VerticalAgency,
                ],
                false,
                "8",
                Some("06"),
            ),
            Self::RecallStep => terms(
                "recall_step",
                &[Receiver, Handler, DivisionHead, Signer, Clerk],
                true,
                "20",
                Some("06"),
            ),
            Self::ReturnStep => terms(
                "return_step",
                &[DivisionHead, Signer],
                true,
                "20",
                Some("06"),
            ),
            Self::RequestOpinion { .. } => terms("request_opinion", &[Handler], false, "9", None),
            Self::GiveOpinion { .. } => terms(
                "give_opinion",
                &[Handler, Signer, VerticalAgency],
                false,
                "9",
                None,
            ),
            Self::NoteOpinionOverdue { .. } => {
                terms("note_opinion_overdue", &[Handler, System], false, "9", None)
            }
            Self::DeemOpinionAgreed { .. } => {
                terms("deem_opinion_agreed", &[Handler, System], false, "9", None)
            }
            Self::ScheduleFieldVerification { .. } => {
                terms("schedule_field_verification", &[Handler], false, "8", None)
            }
            Self::RecordFieldVerification => {
                terms("record_field_verification", &[Handler], false, "8", None)
            }
            Self::IssueFinancialObligation { .. } => terms(
                "issue_financial_obligation",
                &[Receiver, Handler, Cashier],
                false,
                "13",
                None,
            ),
            Self::CancelFinancialObligation { .. } => terms(
                "cancel_financial_obligation",
                &[Handler, Cashier],
                true,
                "13",
                None,
            ),
            Self::ExemptFee { .. } => terms("exempt_fee", &[Receiver, Cashier], true, "2.6", None),
            Self::ConfirmPayment { .. } => terms(
                "confirm_payment",
                &[Cashier, PaymentGateway],
                false,
                "14",
                None,
            ),
            Self::IssueFeeReceipt { .. } => {
                terms("issue_fee_receipt", &[Cashier], false, "14", None)
            }
            Self::RefundPayment { .. } => terms(
                "refund_payment",
                &[Cashier, PaymentGateway],
                true,
                "2.6",
                None,
            ),
            Self::StopProcessing => terms(
                "stop_processing",
                &[Receiver, Handler, System],
                true,
                "12",
                Some("05"),
            ),
            Self::DraftResult => terms("draft_result", &[Handler], false, "16", None),
            Self::ApproveResult => terms("approve_result", &[DivisionHead], false, "16", None),
            Self::RefuseResolution => terms("refuse_resolution", &[Signer], true, "15", Some("03")),
            Self::SignResult { .. } => terms("sign_result", &[Signer], false, "16", None),
            Self::IssueResult { .. } => terms("issue_result", &[Clerk, System], false, "16", None),
            Self::CorrectResult { .. } => terms("correct_result", &[Signer], true, "21", None),
            Self::RevokeResult { .. } => terms("revoke_result", &[Signer], true, "21", None),
            Self::ReplaceResult { .. } => terms("replace_result", &[Signer], true, "21", None),
            Self::DeliverResult { .. } => terms(
                "deliver_result",
                &[Receiver, PostalAgent],
                false,
                "17",
                Some("07"),
            ),
            Self::ReturnOriginals => {
                terms("return_originals", &[Receiver], false, "17", Some("07"))
            }
            Self::RequestWithdrawal => terms(
                "request_withdrawal",
                &[Applicant, Receiver],
                false,
                "18",
                None,
            ),
            Self::RetractWithdrawal => terms(
                "retract_withdrawal",
                &[Applicant, Receiver],
                false,
                "18",
                None,
            ),
            Self::GrantWithdrawal => terms(
                "grant_withdrawal",
                &[Signer, CentreManager],
                false,
                "18",
                Some("05"),
            ),
            Self::DenyWithdrawal => terms(
                "deny_withdrawal",
                &[Signer, CentreManager],
                true,
                "18",
                None,
            ),
            Self::IssueApology { .. } => terms(
                "issue_apology",
                &[Signer, CentreManager],
                true,
                "19",
                Some("04"),
            ),
            Self::RecordMiss => terms("record_miss", &[System], false, "2.3", None),
            Self::RecomputeDueDate { .. } => {
                terms("recompute_due_date", &[System], false, "2.3", None)
            }
            Self::Transfer { .. } => terms("transfer", &[System], false, "—", Some("06")),
            Self::PassOn { .. } => terms("pass_on", &[CentreManager, Admin], true, "—", Some("06")),
            Self::CorrectApplicantDetails => {
                terms("correct_applicant_details", &[Receiver], true, "—", None)
            }
            Self::ReissueCapability { .. } => {
                terms("reissue_capability", &[Receiver], true, "—", None)
            }
            Self::LinkDossier { .. } => terms(
                "link_dossier",
                &[Receiver, Handler, CentreManager],
                false,
                "10.6",
                None,
            ),
            Self::Rate { .. } => terms("rate", &[Applicant], false, "22", None),
            Self::SubmitFeedback { .. } => {
                terms("submit_feedback", &[Applicant], false, "22", None)
            }
            Self::AnswerFeedback { .. } => terms(
                "answer_feedback",
                &[CentreManager, ProcedureController],
                false,
                "22",
                None,
            ),
            Self::Voice(command) => command.terms(),
            Self::PrintPaper { .. } => terms(
                "print_paper",
                &[Receiver, Handler, DivisionHead, Signer, Clerk],
                false,
                "—",
                None,
            ),
            Self::Remark => terms(
                "remark",
                &[
                    Receiver,
                    Handler,
                    DivisionHead,
                    Signer,
                    Clerk,
                    CentreManager,
                ],
                false,
                "—",
                None,
            ),
            Self::RecordSync { .. } => terms("record_sync", &[System, Admin], false, "2.5", None),
        }
    }
}
