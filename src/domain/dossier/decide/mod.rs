//! May it happen? One table of state × command; refuse what cannot be, record and flag what must not be.

mod clock;
mod desk;
mod drafting;
mod feedback;
mod guard;
mod intake;
mod kin;
mod linked;
mod money;
mod opinion;
mod result;
mod supplement;
mod survey;
mod transfer;
mod voice;
mod watch;

use uuid::Uuid;

use super::event::{CapabilityReissued, Channel, ComponentReceived, DossierEvent, Nothing, Stage};
use super::{Dossier, DossierCommand, Phase, Rejection};
use crate::domain::actor::Actor;
use crate::domain::fact::{Circumstances, Draft};
use crate::domain::reference::Reference;
use crate::domain::register::Register;
use crate::domain::time::Moment;

use clock::{intake_breach, issue_apology};
use desk::{assign_handler, forward, hand_over, recall_step, receive_hand_over};
use drafting::{after, breach, late_decision, one, plain, refuse_resolution, with_reason};
use feedback::{hear, is_heard};
use guard::{guard_claims, guard_office, guard_role, wrong_role};
use intake::{
    Filing, accept_at_counter, accept_lodged, correct_details, draft, lodge, receive_component,
    redirect, return_originals,
};
use kin::with_kin;
use linked::{accept_linked, decline_correction, guard_linked, open_leg, send_back};
use money::{
    cancel_obligation, confirm_payment, exempt_fee, issue_obligation, issue_receipt, refund_payment,
};
use opinion::{
    deem_opinion_agreed, give_opinion, note_opinion_overdue, record_verification, request_opinion,
    schedule_verification,
};
use result::{
    approve_result, correct_result, deliver_result, issue_result, replace_result, revoke_result,
    sign_result,
};
use supplement::{
    accept_supplement, propose_supplement, request_supplement, retract_supplement, stop_processing,
};
use transfer::{pass_on, transfer};
use voice::{link_dossier, print_paper, rate, record_sync};
use watch::{recompute_due_date, record_miss};

/// Everything a decision may look at besides the dossier itself. Values only.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The dossier's stream.
    pub dossier: Uuid,
    /// The batch's stamp.
    pub now: Moment,
    pub actor: &'a Actor,
    pub reference: &'a Reference,
    /// The register a lodging command writes: the named office's of today, or of the day on a paper code.
    pub register: &'a Register,
    /// What the command brought: claims, reason, basis, parts.
    pub given: &'a Circumstances,
    /// The dossiers it is linked with: the whole of a leg, the legs of a whole. Empty for all others.
    pub kin: &'a [(Uuid, &'a Dossier)],
}

impl<'a> Context<'a> {
    /// A dossier that this one is linked with.
    fn kin(&self, id: Uuid) -> Option<&'a Dossier> {
        let found = self.kin.iter().find(|(stream, _)| *stream == id);
        found.map(|(_, dossier)| *dossier)
    }
}

type Decision = Result<Vec<Draft>, Rejection>;

/// Decides one command on the newest state. Pure.
pub fn decide(dossier: &Dossier, command: &DossierCommand, context: &Context<'_>) -> Decision {
    guard_role(dossier, command, context)?;
    guard_office(dossier, command, context)?;
    guard_claims(context)?;
    guard_linked(dossier, command)?;
    let drafts = table(dossier, command, context)?;
    if dossier.leg_of.is_none() && dossier.legs.is_empty() {
        return Ok(drafts);
    }
    with_kin(dossier, drafts, context)
}

fn table(dossier: &Dossier, command: &DossierCommand, context: &Context<'_>) -> Decision {
    use DossierCommand as C;
    use Phase as P;
    match (dossier.phase, command) {
        (P::Absent, C::Draft { procedure, office }) => draft(procedure, office, context),
        (
            P::Absent | P::Draft,
            C::Submit {
                procedure,
                office,
                capability,
                assisted_by,
            },
        ) => {
            let filing = Filing {
                procedure,
                office,
                channel: Channel::Online,
                capability: capability.as_ref(),
                assisted_by: assisted_by.as_ref(),
                code: None,
            };
            lodge(&filing, context)
        }
        (
            P::Absent,
            C::Lodge {
                procedure,
                office,
                channel,
                capability,
            },
        ) => match channel {
            // Only the applicant files online: an officer cannot raise that share.
            Channel::Online => Err(wrong_role(context)),
            Channel::Counter | Channel::Post => {
                let filing = Filing {
                    procedure,
                    office,
                    channel: *channel,
                    capability: capability.as_ref(),
                    assisted_by: None,
                    code: None,
                };
                lodge(&filing, context)
            }
        },
        (
            P::Absent,
            C::AcceptAtCounter {
                procedure,
                office,
                capability,
                code,
            },
        ) => {
            let filing = Filing {
                procedure,
                office,
                channel: Channel::Counter,
                capability: capability.as_ref(),
                assisted_by: None,
                code: code.as_ref(),
            };
            accept_at_counter(&filing, context)
        }
        (P::Submitted | P::Redirected, C::Accept) => accept_lodged(dossier, context),
        (P::Submitted | P::Redirected, C::AcceptLinked { manner, legs }) => {
            accept_linked(dossier, *manner, legs, context)
        }
        (
            P::Absent,
            C::OpenLeg {
                whole,
                place,
                procedure,
                office,
            },
        ) => open_leg(*whole, *place, procedure, office, context),
        (P::InProcessing, C::SendBack { place }) => send_back(dossier, *place, context),
        (P::Completed | P::Returned, C::DeclineCorrection { place }) => {
            decline_correction(dossier, *place, context)
        }
        (P::Submitted | P::Redirected, C::RefuseAcceptance) => {
            let mut drafts = with_reason(DossierEvent::AcceptanceRefused(Nothing {}), context)?;
            drafts[0].circumstances.breach = intake_breach(dossier, context)?;
            Ok(drafts)
        }
        (
            P::Draft
            | P::Submitted
            | P::Redirected
            | P::AwaitingSupplement(_)
            | P::Supplemented
            | P::Accepted
            | P::InProcessing
            | P::WithAgencies,
            C::ReceiveComponent {
                item,
                form,
                digitisation,
                size_bytes,
                signature,
                reused_from,
            },
        ) => {
            let received = ComponentReceived {
                item: *item,
                form: *form,
                digitisation: *digitisation,
                size_bytes: *size_bytes,
                digitised_by: None,
                signature: signature.clone(),
                reused_from: reused_from.clone(),
            };
            receive_component(dossier, received, context)
        }
        (P::InProcessing, C::ProposeSupplement { items }) => propose_supplement(items, context),
        (P::Submitted | P::Redirected, C::RequestSupplement { items, approved_by }) => {
            request_supplement(dossier, Stage::Intake, items, approved_by.as_ref(), context)
        }
        (P::InProcessing, C::RequestSupplement { items, approved_by }) => request_supplement(
            dossier,
            Stage::Appraisal,
            items,
            approved_by.as_ref(),
            context,
        ),
        (P::AwaitingSupplement(_), C::RetractSupplementRequest) => retract_supplement(context),
        (P::AwaitingSupplement(_), C::SubmitSupplement) => {
            plain(DossierEvent::SupplementSubmitted(Nothing {}), context)
        }
        (P::Supplemented, C::AcceptSupplement) => accept_supplement(dossier, context),
        (P::Supplemented, C::FindStillDeficient) => {
            with_reason(DossierEvent::SupplementStillDeficient(Nothing {}), context)
        }
        (P::Submitted | P::Redirected | P::Accepted, C::Redirect { to, kind }) => {
            redirect(dossier, to, *kind, context)
        }
        (P::Accepted, C::Forward { to }) => forward(to, context),
        (P::Accepted | P::InProcessing, C::AssignHandler { to }) => {
            assign_handler(dossier, to, context)
        }
        (
            P::InProcessing | P::ResultDrafted | P::ResultApproved | P::Completed,
            C::HandOver {
                to,
                role,
                office,
                step,
            },
        ) => hand_over(dossier, to, *role, office.as_ref(), *step, context),
        (
            P::InProcessing | P::ResultDrafted | P::ResultApproved | P::Completed,
            C::ReceiveHandOver { complete },
        ) => receive_hand_over(dossier, *complete, context),
        (P::InProcessing | P::ResultDrafted | P::ResultApproved | P::Completed, C::RecallStep) => {
            recall_step(dossier, context)
        }
        (P::InProcessing, C::RequestOpinion { agency, due_on }) => {
            request_opinion(dossier, agency, *due_on, context)
        }
        (
            P::InProcessing | P::AwaitingPayment | P::ResultDrafted | P::ResultApproved,
            C::GiveOpinion { number, agrees },
        ) => give_opinion(dossier, *number, *agrees, context),
        (
            P::InProcessing | P::AwaitingPayment | P::ResultDrafted | P::ResultApproved,
            C::NoteOpinionOverdue { number },
        ) => note_opinion_overdue(dossier, *number, context),
        (
            P::InProcessing | P::AwaitingPayment | P::ResultDrafted | P::ResultApproved,
            C::DeemOpinionAgreed { number },
        ) => deem_opinion_agreed(dossier, *number, context),
        (P::InProcessing, C::ScheduleFieldVerification { on }) => {
            schedule_verification(*on, context)
        }
        (P::InProcessing, C::RecordFieldVerification) => record_verification(dossier, context),
        (
            P::Submitted
            | P::Redirected
            | P::Supplemented
            | P::Accepted
            | P::InProcessing
            | P::AwaitingPayment
            | P::ResultDrafted
            | P::ResultApproved
            | P::Completed,
            C::IssueFinancialObligation {
                kind,
                amount_vnd,
                due_on,
            },
        ) => issue_obligation(dossier, *kind, *amount_vnd, *due_on, context),
        (_, C::CancelFinancialObligation { number }) if dossier.is_entered() => {
            cancel_obligation(dossier, *number, context)
        }
        (
            P::Submitted
            | P::Redirected
            | P::Supplemented
            | P::Accepted
            | P::InProcessing
            | P::AwaitingPayment
            | P::ResultDrafted
            | P::ResultApproved
            | P::Completed,
            C::ExemptFee { kind },
        ) => exempt_fee(dossier, *kind, context),
        (
            _,
            C::ConfirmPayment {
                number,
                amount_vnd,
                method,
                reference,
            },
        ) if dossier.is_entered() => {
            let reference = reference.as_ref();
            confirm_payment(dossier, *number, *amount_vnd, *method, reference, context)
        }
        (
            _,
            C::IssueFeeReceipt {
                number,
                form,
                series,
                receipt_number,
            },
        ) if dossier.is_entered() => {
            let printed = [form, series, receipt_number].map(String::as_str);
            issue_receipt(dossier, *number, printed, context)
        }
        (_, C::RefundPayment { number, amount_vnd }) if dossier.is_entered() => {
            refund_payment(dossier, *number, *amount_vnd, context)
        }
        (P::AwaitingSupplement(_), C::StopProcessing) => stop_processing(dossier, context),
        (P::InProcessing, C::DraftResult) => {
            plain(DossierEvent::ResultDrafted(Nothing {}), context)
        }
        (P::ResultDrafted, C::ApproveResult) => approve_result(dossier, context),
        (P::ResultDrafted | P::ResultApproved, C::ReturnStep) => {
            with_reason(DossierEvent::StepReturned(Nothing {}), context)
        }
        (P::InProcessing | P::ResultDrafted | P::ResultApproved, C::RefuseResolution) => {
            refuse_resolution(dossier, context)
        }
        (P::InProcessing | P::ResultDrafted | P::ResultApproved, C::SignResult { signature }) => {
            sign_result(dossier, signature.as_ref(), context)
        }
        (P::Completed | P::Returned, C::IssueResult { number }) => {
            issue_result(dossier, number, context)
        }
        (P::Completed, C::DeliverResult { method }) => deliver_result(dossier, *method, context),
        (P::Completed | P::Returned, C::CorrectResult { number }) => {
            correct_result(dossier, number.as_deref(), context)
        }
        (P::Completed | P::Returned, C::RevokeResult { number }) => {
            revoke_result(dossier, number.as_deref(), context)
        }
        (P::Completed | P::Returned, C::ReplaceResult { number, replaces }) => {
            replace_result(dossier, number, replaces.as_deref(), context)
        }
        (
            P::NotAccepted | P::Returned | P::Completed | P::Refused | P::Stopped | P::Withdrawn,
            C::ReturnOriginals,
        ) => return_originals(dossier, context),
        (
            P::Submitted
            | P::Redirected
            | P::AwaitingSupplement(_)
            | P::Supplemented
            | P::Accepted
            | P::InProcessing
            | P::WithAgencies
            | P::AwaitingPayment
            | P::ResultDrafted
            | P::ResultApproved,
            C::RequestWithdrawal,
        ) => plain(DossierEvent::WithdrawalRequested(Nothing {}), context),
        (P::WithdrawalRequested, C::RetractWithdrawal) => {
            plain(DossierEvent::WithdrawalRetracted(Nothing {}), context)
        }
        (P::WithdrawalRequested, C::GrantWithdrawal) => {
            plain(DossierEvent::WithdrawalGranted(Nothing {}), context)
        }
        (P::WithdrawalRequested, C::DenyWithdrawal) => {
            with_reason(DossierEvent::WithdrawalDenied(Nothing {}), context)
        }
        (
            P::Accepted
            | P::InProcessing
            | P::WithAgencies
            | P::AwaitingCorrection
            | P::ResultDrafted
            | P::ResultApproved
            | P::Supplemented,
            C::IssueApology {
                new_due_on,
                responsible,
            },
        ) => issue_apology(dossier, *new_due_on, responsible.as_ref(), context),
        (
            P::Accepted
            | P::InProcessing
            | P::WithAgencies
            | P::ResultDrafted
            | P::ResultApproved
            | P::Supplemented
            | P::WithdrawalRequested,
            C::RecordMiss,
        ) => record_miss(dossier, context),
        (
            P::Accepted
            | P::InProcessing
            | P::WithAgencies
            | P::AwaitingCorrection
            | P::AwaitingSupplement(_)
            | P::Supplemented
            | P::AwaitingPayment
            | P::ResultDrafted
            | P::ResultApproved
            | P::WithdrawalRequested,
            C::RecomputeDueDate { notice, cause },
        ) => recompute_due_date(dossier, notice, *cause, context),
        (_, C::Transfer { decision, cause }) if dossier.is_entered() => {
            transfer(dossier, decision, *cause, context)
        }
        (_, C::PassOn { to }) if dossier.is_entered() => pass_on(dossier, to, context),
        (phase, C::CorrectApplicantDetails) if phase != P::Absent => correct_details(context),
        (_, C::ReissueCapability { capability }) if dossier.is_entered() => {
            let reissued = CapabilityReissued {
                capability: capability.clone(),
            };
            with_reason(DossierEvent::CapabilityReissued(reissued), context)
        }
        (_, C::LinkDossier { other, kind }) if dossier.is_entered() => {
            link_dossier(dossier, *other, *kind, context)
        }
        (
            P::Returned | P::Refused,
            C::Rate {
                score,
                scale,
                device,
                ..
            },
        ) => rate(dossier, *score, *scale, *device, context),
        (_, command) if is_heard(dossier, command) => hear(dossier, command, context),
        (
            _,
            C::RecordSync {
                system,
                outcome,
                remote_status,
                attempt,
                told,
            },
        ) if dossier.is_entered() => {
            let answer = (*outcome, *remote_status, *attempt);
            record_sync(dossier, system, answer, told.as_ref(), context)
        }
        (
            _,
            C::PrintPaper {
                form,
                of,
                as_of,
                commitment,
            },
        ) if dossier.is_entered() => {
            print_paper(dossier, *form, (*of, *as_of), commitment, context)
        }
        (_, C::Remark) if dossier.is_entered() => {
            plain(DossierEvent::Remarked(Nothing {}), context)
        }
        (P::Absent, _) => Err(Rejection::UnknownDossier),
        (
            phase,
            C::Draft { .. }
            | C::Lodge { .. }
            | C::AcceptAtCounter { .. }
            | C::Submit { .. }
            | C::OpenLeg { .. },
        ) => {
            debug_assert!(phase != P::Absent);
            Err(Rejection::AlreadyExists)
        }
        (phase, _) if phase.is_closed() => Err(Rejection::AlreadyClosed { state: phase }),
        (phase, _) => Err(Rejection::WrongState { state: phase }),
    }
}
