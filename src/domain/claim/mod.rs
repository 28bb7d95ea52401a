//! What another system tells of its dossiers: claimed acts, taken in with the times they claim, never mixed with what is
//! recorded here. "Who said so" is the source; "when it came" is `recorded_at`; neither proves the claim.

mod decide;
mod import;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::decide::{Claimed, decide};
pub use self::import::{ImportBegun, ImportEnded, ImportEvent};
use super::actor::Role;
use super::code::{DossierCode, OfficeCode, ProcedureCode};
use super::dossier::{
    Channel, DeliveryMethod, Dossier, DossierCommand, DossierEvent, Handed, Noted, Nothing, Phase,
    ResultDelivered, ResultIssued, ResultSigned, Stage, SupplementRequested,
};
use super::fact::stream;
use super::time::Moment;

/// A case as its own system knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Code of the system, from the mapping.
    pub system: String,
    /// Its number or code there.
    pub id: String,
}

impl Case {
    /// The dossier it is here, whenever and however often it is told.
    #[must_use]
    pub fn dossier(&self) -> Uuid {
        stream::told(&self.system, &self.id)
    }
}

/// A case's number as it may stand in a fact: 1 to 64 letters, digits and `. _ - : /`, a digit among them, and not 9 or 12 digits
/// alone, as identity numbers are. So nobody gets into the journal by it.
#[must_use]
pub fn is_case_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-:/".contains(&byte);
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_identity = digits == text.len() && matches!(digits, 9 | 12);
    (1..=64).contains(&text.len()) && text.bytes().all(allowed) && digits > 0 && !is_identity
}

/// What is claimed to have been done, in the words of this program's own commands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimedAct {
    Lodge,
    Accept,
    RefuseAcceptance,
    /// To whom: a pseudonym.
    Forward(String),
    RequestSupplement,
    SubmitSupplement,
    AcceptSupplement,
    StopProcessing,
    DraftResult,
    ApproveResult,
    RefuseResolution,
    SignResult,
    /// The document's number.
    IssueResult(String),
    DeliverResult(DeliveryMethod),
    RequestWithdrawal,
    GrantWithdrawal,
    /// A step that moves nothing here, under a code of the mapping.
    Note(String),
    /// The date that the source promises now. It happened at no hour that anybody tells.
    Promise(Moment),
}

impl ClaimedAct {
    /// As in a mapping.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Lodge => "lodge",
            Self::Accept => "accept",
            Self::RefuseAcceptance => "refuse_acceptance",
            Self::Forward(_) => "forward",
            Self::RequestSupplement => "request_supplement",
            Self::SubmitSupplement => "submit_supplement",
            Self::AcceptSupplement => "accept_supplement",
            Self::StopProcessing => "stop_processing",
            Self::DraftResult => "draft_result",
            Self::ApproveResult => "approve_result",
            Self::RefuseResolution => "refuse_resolution",
            Self::SignResult => "sign_result",
            Self::IssueResult(_) => "issue_result",
            Self::DeliverResult(_) => "deliver_result",
            Self::RequestWithdrawal => "request_withdrawal",
            Self::GrantWithdrawal => "grant_withdrawal",
            Self::Note(_) => "note",
            Self::Promise(_) => "promise",
        }
    }
}

/// One act as another system tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Claim {
    pub case: Case,
    pub act: ClaimedAct,
    /// When it is claimed to have happened; none for a promise.
    pub at: Option<Moment>,
    pub office: OfficeCode,
    pub procedure: ProcedureCode,
    pub channel: Channel,
    /// The code it has there; none when it is numbered here.
    pub code: Option<DossierCode>,
    /// What the file says beside the act itself. Told differently the next time it is still the same act.
    #[serde(skip)]
    pub told: Told,
}

/// What may be told differently by the next file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// SHA-256 (hex) of the file it was read in.
    pub file: String,
    /// The date that was promised, as far as the source knows it.
    pub due_at: Option<Moment>,
}

impl Claim {
    /// Who would have done it here: the first of those who may.
    #[must_use]
    pub fn role(&self) -> Role {
        let command = self.command(&Dossier::default());
        let roles = command.map_or(&[Role::Handler][..], |command| command.roles());
        roles.first().copied().unwrap_or(Role::Handler)
    }

    /// The command that this program would have been given; none for what no command does.
    fn command(&self, dossier: &Dossier) -> Option<DossierCommand> {
        use ClaimedAct as A;
        use DossierCommand as C;
        Some(match &self.act {
            A::Lodge | A::Note(_) | A::Promise(_) => return None,
            A::Accept => C::Accept,
            A::RefuseAcceptance => C::RefuseAcceptance,
            A::Forward(to) if dossier.phase == Phase::InProcessing => {
                C::AssignHandler { to: to.clone() }
            }
            A::Forward(to) => C::Forward { to: to.clone() },
            A::RequestSupplement => C::RequestSupplement {
                items: vec![1],
                approved_by: None,
            },
            A::SubmitSupplement => C::SubmitSupplement,
            A::AcceptSupplement => C::AcceptSupplement,
            A::StopProcessing => C::StopProcessing,
            A::DraftResult => C::DraftResult,
            A::ApproveResult => C::ApproveResult,
            A::RefuseResolution => C::RefuseResolution,
            A::SignResult => C::SignResult { signature: None },
            A::IssueResult(number) => C::IssueResult {
                number: number.clone(),
            },
            A::DeliverResult(method) => C::DeliverResult { method: *method },
            A::RequestWithdrawal => C::RequestWithdrawal,
            A::GrantWithdrawal => C::GrantWithdrawal,
        })
    }

    /// The event as it is told, whatever the rules think of it; none where it needs more than the act itself.
    fn event(&self, dossier: &Dossier) -> Option<DossierEvent> {
        use ClaimedAct as A;
        use DossierEvent as E;
        let nothing = Nothing {};
        let handed = |to: &String| Handed {
            to: to.clone(),
            step: None,
        };
        Some(match &self.act {
            A::Lodge | A::Accept | A::Promise(_) => return None,
            A::RefuseAcceptance => E::AcceptanceRefused(nothing),
            A::Forward(to) if dossier.handler.is_some() => E::HandlerAssigned(handed(to)),
            A::Forward(to) => E::Forwarded(handed(to)),
            A::RequestSupplement => {
                let appraised = dossier.turn().is_some();
                E::SupplementRequested(SupplementRequested {
                    stage: if appraised {
                        Stage::Appraisal
                    } else {
                        Stage::Intake
                    },
                    number: dossier.supplement_requests + 1,
                    items: Vec::new(),
                    approved_by: None,
                    answer_due_at: None,
                })
            }
            A::SubmitSupplement => E::SupplementSubmitted(nothing),
            A::AcceptSupplement => E::SupplementAccepted(nothing),
            A::StopProcessing => E::ProcessingStopped(nothing),
            A::DraftResult => E::ResultDrafted(nothing),
            A::ApproveResult => E::ResultApproved(nothing),
            A::RefuseResolution => E::ResolutionRefused(nothing),
            A::SignResult => E::ResultSigned(ResultSigned::default()),
            A::IssueResult(number) => E::ResultIssued(ResultIssued {
                number: number.clone(),
            }),
            A::DeliverResult(method) => E::ResultDelivered(ResultDelivered { method: *method }),
            A::RequestWithdrawal => E::WithdrawalRequested(nothing),
            A::GrantWithdrawal => E::WithdrawalGranted(nothing),
            A::Note(activity) => E::Noted(Noted {
                activity: activity.clone(),
            }),
        })
    }

    /// The state the act may have been done in, where the source says nothing of the steps before it: most systems tell
    /// when a dossier came, was settled and was handed over, and no more.
    fn supposed(&self, phase: Phase) -> Phase {
        use ClaimedAct as A;
        use Phase as P;
        let at_work = matches!(phase, P::Accepted | P::InProcessing | P::Supplemented);
        match &self.act {
            A::DraftResult | A::RefuseResolution | A::RequestSupplement if at_work => {
                P::InProcessing
            }
            A::ApproveResult if at_work => P::ResultDrafted,
            A::SignResult if at_work || phase == P::ResultDrafted => P::ResultApproved,
            A::AcceptSupplement if phase == P::AwaitingSupplement(Stage::Appraisal) => {
                P::Supplemented
            }
            _ => phase, // foreign: only these stand for several steps
        }
    }
}
