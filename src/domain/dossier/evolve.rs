//! What an event makes of a dossier.

use uuid::Uuid;

use super::beside::{
    Link, Obligation, ObligationState, Opinion, OpinionState, Rating, ReceivedComponent,
};
use super::event::{DossierEvent, Stage};
use super::result::committed_document;
use super::stay::{Stay, WaitsFor};
use super::turn::{EndKind, Ending, Turn};
use super::voice::{Feedback, FeedbackState};
use super::{Dossier, Phase};
use crate::domain::actor::{Actor, Role};
use crate::domain::deadline::Pause;
use crate::domain::fact::Circumstances;
use crate::domain::time::Moment;

impl Dossier {
    /// Folds one event. `at` is [`Fact::at`](crate::domain::fact::Fact::at).
    pub fn evolve(
        &mut self,
        event: &DossierEvent,
        by: &Actor,
        command: Uuid,
        at: Moment,
        around: &Circumstances,
    ) {
        self.version += 1;
        self.changed_at = at;
        if let Some(breach) = &around.breach {
            self.breaches.push(breach.rule);
        }
        for part in &around.parts {
            self.parts.retain(|(known, _)| known.kind != part.kind);
            self.parts.push((part.clone(), command));
        }
        match event {
            DossierEvent::Drafted(drafted) => {
                self.phase = Phase::Draft;
                self.procedure = Some(drafted.procedure.clone());
                self.office = Some(drafted.office.clone());
                self.applicant.clone_from(&by.on_behalf_of);
                self.remember_applicant(by);
            }
            DossierEvent::Submitted(lodged) | DossierEvent::Lodged(lodged) => {
                self.phase = Phase::Submitted;
                self.code = Some(lodged.code.clone());
                self.procedure = Some(lodged.procedure.clone());
                self.office = Some(lodged.office.clone());
                self.channel = Some(lodged.channel);
                self.capability.clone_from(&lodged.capability);
                self.lodged_at = Some(at);
                self.intake_due_at = lodged.intake_due_at;
                self.assisted_by.clone_from(&lodged.assisted_by);
                self.remember_applicant(by);
                self.become_leg(lodged.leg_of.as_ref());
                self.lay_on_desk_of(Role::Receiver, officer(by), at);
            }
            DossierEvent::ComponentReceived(received) => {
                self.components.retain(|known| known.item != received.item);
                self.components.push(ReceivedComponent {
                    item: received.item,
                    form: received.form,
                    digitisation: received.digitisation,
                    size_bytes: received.size_bytes,
                    digitised_by: received.digitised_by.clone(),
                    signature: received.signature.clone(),
                    reused_from: received.reused_from.clone(),
                });
            }
            DossierEvent::SupplementProposed(proposed) => {
                self.proposed_items.clone_from(&proposed.items);
            }
            DossierEvent::SupplementRequested(request) => {
                self.phase = Phase::AwaitingSupplement(request.stage);
                self.supplement_requests = request.number;
                self.supplement_items.clone_from(&request.items);
                self.answer_due_at = request.answer_due_at;
                self.proposed_items.clear();
                self.pause(at);
                self.wait_for(WaitsFor::Applicant, at);
            }
            DossierEvent::SupplementRetracted(_) => {
                self.phase = if self.at_intake() {
                    Phase::Submitted
                } else {
                    Phase::InProcessing
                };
                self.answer_due_at = None;
                // As if the clock had run: the mistake was the office's.
                if let Some(turn) = self.running_turn() {
                    turn.paused_since = None;
                }
                self.lay_back(at);
            }
            DossierEvent::AcceptanceRefused(_) => {
                self.phase = Phase::NotAccepted;
                self.leave_desk(at);
            }
            DossierEvent::Accepted(accepted) => {
                self.phase = if accepted.legs.is_empty() {
                    Phase::Accepted
                } else {
                    Phase::WithAgencies
                };
                self.office = Some(accepted.office.clone());
                self.turns.push(Turn {
                    office: accepted.office.clone(),
                    passed: Vec::new(),
                    procedure_version: accepted.procedure_version,
                    policy: around.policy.clone().unwrap_or_default(),
                    limit: accepted.limit,
                    limit_certainty: accepted.limit_certainty,
                    supplement_clock: accepted.supplement_clock,
                    received_at: around.received_at.unwrap_or(at),
                    accepted_at: at,
                    original_due_at: accepted.due_at,
                    due_at: accepted.due_at,
                    due_certainty: accepted.due_certainty,
                    pauses: Vec::new(),
                    stoppages: Vec::new(),
                    paused_since: None,
                    process: accepted.process.clone(),
                    missed: Vec::new(),
                    ending: None,
                    undated: accepted.undated,
                });
                self.plan_legs(&accepted.legs);
                let office = accepted.office.as_str();
                let first = Stay::new(office, Role::Receiver, officer(by));
                let step = Some(1);
                self.lay_on(Stay { step, ..first }, at);
            }
            DossierEvent::Redirected(redirected) => {
                self.phase = Phase::Redirected;
                self.office = Some(redirected.to.clone());
                self.handler = None;
                self.end(at, EndKind::Redirected);
                self.lay_on_desk_of(Role::Receiver, None, at);
            }
            DossierEvent::Forwarded(handed) | DossierEvent::HandlerAssigned(handed) => {
                self.phase = Phase::InProcessing;
                self.handler = Some(handed.to.clone());
                let office = self.office.as_ref().map(ToString::to_string);
                let to = Some(handed.to.clone());
                let desk = Stay {
                    step: handed.step,
                    giver: Some(by.id.clone()),
                    ..Stay::new(office.unwrap_or_default(), Role::Handler, to)
                };
                self.lay_on(desk, at);
            }
            DossierEvent::HandedOver(handed) => {
                let office = handed.office.as_ref().or(self.office.as_ref());
                let office = office.map(ToString::to_string).unwrap_or_default();
                let to = Some(handed.to.clone());
                if handed.role == Role::Handler && handed.office.is_none() {
                    self.handler.clone_from(&to);
                }
                let desk = Stay {
                    step: handed.step,
                    giver: Some(by.id.clone()),
                    ..Stay::new(office, handed.role, to)
                };
                self.lay_on(desk, at);
            }
            DossierEvent::HandOverReceived(received) => {
                if let Some(stay) = self.stays.last_mut() {
                    stay.received_at = Some(at);
                    stay.complete = Some(received.complete);
                }
            }
            DossierEvent::StepReturned(_) => {
                self.phase = Phase::InProcessing;
                let handler = self.handler.clone();
                self.lay_on_desk_of(Role::Handler, handler, at);
            }
            DossierEvent::StepRecalled(_) => {
                if let Some(stay) = self.stays.last_mut() {
                    stay.recalled = true;
                }
                self.lay_back(at);
                let desk = self.stays.last();
                let held = desk.filter(|stay| stay.role == Role::Handler);
                self.handler = held.and_then(|stay| stay.officer.clone());
                let begun = self.handler.is_none() && self.phase == Phase::InProcessing;
                if begun && desk.is_some_and(|stay| stay.role == Role::Receiver) {
                    self.phase = Phase::Accepted;
                }
            }
            DossierEvent::SupplementSubmitted(_) => {
                self.phase = if self.at_intake() {
                    Phase::Submitted
                } else {
                    Phase::Supplemented
                };
                self.supplemented_at = Some(at);
                self.resume(at);
                self.lay_back(at);
            }
            DossierEvent::SupplementAccepted(_) => self.phase = Phase::InProcessing,
            DossierEvent::SupplementStillDeficient(_) => {
                self.phase = Phase::AwaitingSupplement(Stage::Appraisal);
                self.pause(at);
                self.wait_for(WaitsFor::Applicant, at);
            }
            DossierEvent::DueDateRecomputed(moved) => {
                if let Some(turn) = self.turns.last_mut() {
                    turn.due_at = moved.new;
                    turn.due_certainty = moved.due_certainty;
                }
            }
            DossierEvent::DeadlineMissed(missed) => {
                if let Some(turn) = self.turns.last_mut() {
                    turn.missed.push(missed.due_at);
                }
            }
            DossierEvent::OpinionRequested(asked) => self.opinions.push(Opinion {
                number: asked.number,
                agency: asked.agency.to_string(),
                requested_at: at,
                due_at: asked.due_at,
                silence_consents: asked.silence_consents,
                state: OpinionState::Awaited,
                answered_at: None,
            }),
            DossierEvent::OpinionReceived(answer) => {
                let state = if answer.agrees {
                    OpinionState::Agreed
                } else {
                    OpinionState::Disagreed
                };
                self.answer_opinion(answer.number, state, at);
            }
            DossierEvent::OpinionOverdue(opinion) => {
                self.answer_opinion(opinion.number, OpinionState::Overdue, at);
            }
            DossierEvent::OpinionDeemedAgreed(opinion) => {
                self.answer_opinion(opinion.number, OpinionState::DeemedAgreed, at);
            }
            DossierEvent::FieldVerificationScheduled(check) => {
                self.verification_on = Some(check.on);
            }
            DossierEvent::FieldVerificationRecorded(_) => self.verification_on = None,
            DossierEvent::FinancialObligationIssued(issued) => {
                self.obligations.push(Obligation {
                    number: issued.number,
                    kind: issued.kind,
                    amount_vnd: issued.amount_vnd,
                    due_on: issued.due_on,
                    pauses: issued.pauses,
                    state: ObligationState::Requested,
                    method: None,
                    receipt: None,
                    refunded_vnd: 0,
                });
                if issued.pauses {
                    self.phase = Phase::AwaitingPayment;
                    self.pause(at);
                    self.wait_for(WaitsFor::Payment, at);
                }
            }
            DossierEvent::FinancialObligationCancelled(cancelled) => {
                self.change_obligation(cancelled.number, |obligation| {
                    obligation.state = ObligationState::Cancelled;
                });
                self.money_settled(at);
            }
            DossierEvent::PaymentConfirmed(paid) => {
                self.change_obligation(paid.number, |obligation| {
                    obligation.state = ObligationState::Paid;
                    obligation.method = Some(paid.method);
                });
                self.money_settled(at);
            }
            DossierEvent::FeeReceiptIssued(receipt) => {
                let printed = format!(
                    "{}/{}/{}",
                    receipt.form, receipt.series, receipt.receipt_number
                );
                self.change_obligation(receipt.number, |obligation| {
                    obligation.receipt = Some(printed);
                });
            }
            DossierEvent::PaymentRefunded(refund) => {
                self.change_obligation(refund.number, |obligation| {
                    obligation.state = ObligationState::Refunded;
                    obligation.refunded_vnd = refund.amount_vnd;
                });
            }
            DossierEvent::FeeExempted(exempted) => self.exempted.push(exempted.kind),
            DossierEvent::ProcessingStopped(_) => {
                self.phase = Phase::Stopped;
                self.end(at, EndKind::Stopped);
                self.leave_desk(at);
            }
            DossierEvent::ResolutionRefused(_) => {
                self.phase = Phase::Refused;
                self.end(at, EndKind::Refused);
                self.lay_on_desk_of(Role::Receiver, None, at);
            }
            DossierEvent::ResultDrafted(_) => {
                self.phase = Phase::ResultDrafted;
                self.lay_on_desk_of(Role::Signer, None, at);
            }
            DossierEvent::ResultApproved(_) => {
                self.phase = Phase::ResultApproved;
                self.lay_on_desk_of(Role::Signer, None, at);
            }
            DossierEvent::ResultSigned(signed) => {
                self.end(at, EndKind::Completed);
                self.result_signed(signed.signature.as_ref(), at);
            }
            DossierEvent::ProcessingCompleted(_) => {
                self.phase = Phase::Completed;
                // A linked dossier ends with its last leg; nothing is numbered here.
                self.end(at, EndKind::Completed);
                let numbers = self.legs.is_empty();
                let role = if numbers { Role::Clerk } else { Role::Receiver };
                self.lay_on_desk_of(role, None, at);
            }
            DossierEvent::ResultIssued(issued) => {
                self.result_issued(issued, committed_document(around, command), at);
                if self.phase != Phase::Returned {
                    self.lay_on_desk_of(Role::Receiver, None, at);
                }
            }
            DossierEvent::ResultCorrected(corrected) => {
                self.result_corrected(corrected, committed_document(around, command), at);
            }
            DossierEvent::ResultRevoked(revoked) => self.result_revoked(revoked, at),
            DossierEvent::ResultReplaced(replaced) => {
                self.result_replaced(replaced, committed_document(around, command), at);
            }
            DossierEvent::ResultDelivered(delivered) => {
                self.phase = Phase::Returned;
                self.delivered = Some(delivered.method);
                self.delivered_at = Some(at);
                self.leave_desk(at);
            }
            DossierEvent::OriginalsReturned(_) => self.originals_returned = true,
            DossierEvent::WithdrawalRequested(_) => {
                self.before_withdrawal = self.phase;
                self.phase = Phase::WithdrawalRequested;
            }
            DossierEvent::WithdrawalGranted(_) => {
                self.phase = Phase::Withdrawn;
                self.legs_withdrawn(at);
                self.awaits_correction_of = None;
                self.end(at, EndKind::Withdrawn);
                self.leave_desk(at);
            }
            DossierEvent::WithdrawalDenied(_) | DossierEvent::WithdrawalRetracted(_) => {
                self.phase = self.before_withdrawal;
            }
            DossierEvent::ApologyIssued(apology) => {
                self.apologies = apology.number;
                if apology.moves_promise
                    && let Some(turn) = self.turns.last_mut()
                {
                    turn.due_at = apology.new_due_at;
                    turn.due_certainty = apology.due_certainty;
                }
            }
            DossierEvent::CapabilityReissued(reissued) => {
                self.capability = Some(reissued.capability.clone());
            }
            DossierEvent::Linked(linked) => self.links.push(Link {
                other: linked.other,
                kind: linked.kind,
            }),
            DossierEvent::Rated(rated) => {
                self.rating = Some(Rating {
                    score: rated.score,
                    scale: rated.scale,
                    device: rated.device,
                    at,
                });
            }
            DossierEvent::FeedbackSubmitted(said) => {
                let feedback = Feedback::new(said.number, said.kind, at, said.due_at);
                self.feedback.push(feedback);
            }
            DossierEvent::FeedbackAnswered(answered) => {
                self.change_feedback(answered.number, |feedback| {
                    feedback.state = FeedbackState::Answered;
                    feedback.answered_at = Some(at);
                    feedback.published = answered.published;
                    feedback.publish_due_at = answered.publish_due_at;
                });
            }
            DossierEvent::Voice(event) => self.heard(event, at),
            DossierEvent::SyncRecorded(told) => self.note_sync(told, at),
            DossierEvent::Transferred(moved) => self.transferred(moved, at, around.reason),
            DossierEvent::LegOpened(_)
            | DossierEvent::LegWaits(_)
            | DossierEvent::LegResumed(_)
            | DossierEvent::LegEnded(_)
            | DossierEvent::LegDelivered(_)
            | DossierEvent::SentBack(_)
            | DossierEvent::CorrectionRequested(_)
            | DossierEvent::CorrectionAnswered(_) => self.linked(event, at),
            DossierEvent::ApplicantDetailsCorrected(_)
            | DossierEvent::PaperPrinted(_)
            | DossierEvent::Noted(_)
            | DossierEvent::Remarked(_) => {}
        }
        if !matches!(event, DossierEvent::SyncRecorded(_)) {
            self.acted = self.version;
        }
        self.owe(event, at);
    }

    fn remember_applicant(&mut self, by: &Actor) {
        if by.role == Role::Applicant {
            self.applicant = Some(by.id.clone());
        }
    }

    fn at_intake(&self) -> bool {
        self.phase == Phase::AwaitingSupplement(Stage::Intake)
    }

    pub(super) fn running_turn(&mut self) -> Option<&mut Turn> {
        self.turns.last_mut().filter(|turn| turn.ending.is_none())
    }

    fn pause(&mut self, at: Moment) {
        if let Some(turn) = self.running_turn() {
            turn.paused_since = Some(at);
        }
    }

    fn resume(&mut self, at: Moment) {
        if let Some(turn) = self.running_turn()
            && let Some(from) = turn.paused_since.take()
        {
            turn.pauses.push(Pause { from, to: at });
        }
    }

    /// Nothing more is to be paid: the clock runs on. The time is no supplement, whatever the clock model.
    fn money_settled(&mut self, at: Moment) {
        let waits = match self.phase {
            Phase::WithdrawalRequested => self.before_withdrawal,
            phase => phase,
        };
        if waits != Phase::AwaitingPayment || self.awaits_payment() {
            return;
        }
        if self.phase == Phase::WithdrawalRequested {
            self.before_withdrawal = Phase::InProcessing;
        } else {
            self.phase = Phase::InProcessing;
        }
        if let Some(turn) = self.running_turn()
            && let Some(from) = turn.paused_since.take()
        {
            turn.stoppages.push(Pause { from, to: at });
        }
        self.lay_back(at);
    }

    fn end(&mut self, at: Moment, kind: EndKind) {
        if let Some(turn) = self.running_turn() {
            turn.ending = Some(Ending { at, kind });
        }
    }
}

/// The officer's own id, when an officer acts at the counter.
fn officer(by: &Actor) -> Option<String> {
    (by.role == Role::Receiver).then(|| by.id.clone())
}
