//! A dossier: one application by one person for one procedure, folded from its events.

mod command;
mod decide;
mod event;
mod rejection;
mod result;
#[cfg(test)]
mod tests;

pub use command::DossierCommand;
pub use decide::{Context, decide};
pub use event::*;
pub use rejection::Rejection;
pub use result::{DossierResult, ResultStanding};

use uuid::Uuid;

use super::actor::{Actor, Role};
use super::code::{DossierCode, OfficeCode, ProcedureCode};
use super::deadline::Pause;
use super::fact::{BreachRule, Circumstances, Part, PartKind};
use super::law::{Certainty, Limit, SupplementClock};
use super::time::Moment;
use result::committed_document;

/// Business state (domain table of transitions). The portal's codes 1–10 are derived from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Phase {
    #[default]
    Absent,
    Draft,
    Submitted,
    AwaitingSupplement(Stage),
    Supplemented,
    NotAccepted,
    Redirected,
    Accepted,
    InProcessing,
    ResultDrafted,
    Completed,
    Returned,
    Refused,
    Stopped,
    WithdrawalRequested,
    Withdrawn,
}

impl Phase {
    pub const ALL: [Self; 17] = [
        Self::Absent,
        Self::Draft,
        Self::Submitted,
        Self::AwaitingSupplement(Stage::Intake),
        Self::AwaitingSupplement(Stage::Appraisal),
        Self::Supplemented,
        Self::NotAccepted,
        Self::Redirected,
        Self::Accepted,
        Self::InProcessing,
        Self::ResultDrafted,
        Self::Completed,
        Self::Returned,
        Self::Refused,
        Self::Stopped,
        Self::WithdrawalRequested,
        Self::Withdrawn,
    ];

    /// The stable name, as in the API and in `tests/life_cycle.csv`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::AwaitingSupplement(Stage::Intake) => "awaiting_supplement_at_intake",
            Self::AwaitingSupplement(Stage::Appraisal) => "awaiting_supplement",
            Self::Supplemented => "supplemented",
            Self::NotAccepted => "not_accepted",
            Self::Redirected => "redirected",
            Self::Accepted => "accepted",
            Self::InProcessing => "in_processing",
            Self::ResultDrafted => "result_drafted",
            Self::Completed => "completed",
            Self::Returned => "returned",
            Self::Refused => "refused",
            Self::Stopped => "stopped",
            Self::WithdrawalRequested => "withdrawal_requested",
            Self::Withdrawn => "withdrawn",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.name() == name)
    }

    /// The state as a short term for people: (Vietnamese, English).
    #[must_use]
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Absent => ("Chưa có", "None yet"),
            Self::Draft => ("Bản nháp", "Draft"),
            Self::Submitted => ("Chờ tiếp nhận", "Awaiting acceptance"),
            Self::AwaitingSupplement(Stage::Intake) => (
                "Chờ bổ sung trước khi tiếp nhận",
                "Awaiting supplement before acceptance",
            ),
            Self::AwaitingSupplement(Stage::Appraisal) => ("Chờ bổ sung", "Awaiting supplement"),
            Self::Supplemented => ("Đã bổ sung", "Supplemented"),
            Self::NotAccepted => ("Không được tiếp nhận", "Not accepted"),
            Self::Redirected => ("Đã chuyển cơ quan khác", "Passed to another office"),
            Self::Accepted => ("Đã tiếp nhận", "Accepted"),
            Self::InProcessing => ("Đang giải quyết", "Being processed"),
            Self::ResultDrafted => ("Chờ ký", "Awaiting signature"),
            Self::Completed => ("Đã có kết quả", "Result ready"),
            Self::Returned => ("Đã trả kết quả", "Result handed over"),
            Self::Refused => ("Từ chối giải quyết", "Refused"),
            Self::Stopped => ("Dừng giải quyết", "Stopped"),
            Self::WithdrawalRequested => ("Chờ rút hồ sơ", "Withdrawal requested"),
            Self::Withdrawn => ("Đã rút", "Withdrawn"),
        }
    }

    /// Nothing more happens to it but papers handed over or put right.
    #[must_use]
    pub fn is_closed(self) -> bool {
        match self {
            Self::NotAccepted
            | Self::Returned
            | Self::Refused
            | Self::Stopped
            | Self::Withdrawn => true,
            Self::Absent
            | Self::Draft
            | Self::Submitted
            | Self::AwaitingSupplement(_)
            | Self::Supplemented
            | Self::Redirected
            | Self::Accepted
            | Self::InProcessing
            | Self::ResultDrafted
            | Self::Completed
            | Self::WithdrawalRequested => false,
        }
    }

    /// Status code of the national portal (`TrangThaiHoSo`); none before submission.
    #[must_use]
    pub fn portal_code(self) -> Option<u8> {
        match self {
            Self::Absent | Self::Draft => None,
            Self::Submitted | Self::Redirected => Some(1),
            Self::Accepted => Some(2),
            Self::NotAccepted => Some(3),
            Self::InProcessing | Self::Supplemented | Self::ResultDrafted => Some(4),
            Self::AwaitingSupplement(_) => Some(5),
            Self::WithdrawalRequested | Self::Withdrawn => Some(7),
            Self::Stopped | Self::Refused => Some(8),
            Self::Completed => Some(9),
            Self::Returned => Some(10),
        }
    }
}

/// How the processing of an accepted dossier ended at one office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EndKind {
    /// Result signed: settled.
    Completed,
    /// Refused after appraisal: settled.
    Refused,
    /// Closed without settlement.
    Withdrawn,
    Stopped,
    Redirected,
}

impl EndKind {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Stopped => "stopped",
            Self::Redirected => "redirected",
        }
    }

    #[must_use]
    pub fn is_settlement(self) -> bool {
        match self {
            Self::Completed | Self::Refused => true,
            Self::Withdrawn | Self::Stopped | Self::Redirected => false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// `recorded_at` of the deciding fact: a claimed earlier end never counts.
    pub at: Moment,
    pub kind: EndKind,
}

/// The time an accepted dossier spends under one office's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    pub office: OfficeCode,
    pub procedure_version: u32,
    /// Policy under which it was received, `code/version`.
    pub policy: String,
    pub limit: Limit,
    pub limit_certainty: Certainty,
    pub supplement_clock: SupplementClock,
    /// The hour printed on the slip: the clock starts here.
    pub received_at: Moment,
    pub accepted_at: Moment,
    /// First promise, kept for ever.
    pub original_due_at: Moment,
    pub due_at: Moment,
    pub due_certainty: Certainty,
    pub pauses: Vec<Pause>,
    /// Since when the applicant's supplement is awaited.
    pub paused_since: Option<Moment>,
    pub ending: Option<Ending>,
}

/// The state of a dossier. `Dossier::default()` is the one that does not exist yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dossier {
    pub version: u32,
    pub phase: Phase,
    /// Where a denied withdrawal returns to.
    pub before_withdrawal: Phase,
    pub code: Option<DossierCode>,
    pub procedure: Option<ProcedureCode>,
    /// The office that has it now.
    pub office: Option<OfficeCode>,
    pub channel: Option<Channel>,
    /// Actor id of the applicant, when the dossier came by the applicant's own hand or was drafted for them.
    pub applicant: Option<String>,
    /// SHA-256 (hex) of the receipt's capability.
    pub capability: Option<String>,
    pub handler: Option<String>,
    pub lodged_at: Option<Moment>,
    pub changed_at: Moment,
    /// One per acceptance; more than one only after a redirection.
    pub turns: Vec<Turn>,
    pub supplement_requests: u32,
    pub supplement_items: Vec<u32>,
    /// When the applicant last answered a supplement request.
    pub supplemented_at: Option<Moment>,
    pub apologies: u32,
    pub breaches: Vec<BreachRule>,
    pub delivered: Option<DeliveryMethod>,
    pub delivered_at: Option<Moment>,
    /// The documents that settled it, oldest first.
    pub results: Vec<DossierResult>,
    /// The newest commitment of each kind, with the command that brought it.
    pub parts: Vec<(Part, Uuid)>,
}

impl Dossier {
    /// The clock that runs, or ran last.
    #[must_use]
    pub fn turn(&self) -> Option<&Turn> {
        self.turns.last()
    }

    /// The newest part of a kind.
    #[must_use]
    pub fn part(&self, kind: PartKind) -> Option<&(Part, Uuid)> {
        self.parts.iter().find(|(part, _)| part.kind == kind)
    }

    /// Folds one event. `at` is the fact's `recorded_at`.
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
                self.remember_applicant(by);
            }
            DossierEvent::SupplementRequested(request) => {
                self.phase = Phase::AwaitingSupplement(request.stage);
                self.supplement_requests = request.number;
                self.supplement_items.clone_from(&request.items);
                self.pause(at);
            }
            DossierEvent::AcceptanceRefused(_) => self.phase = Phase::NotAccepted,
            DossierEvent::Accepted(accepted) => {
                self.phase = Phase::Accepted;
                self.office = Some(accepted.office.clone());
                self.turns.push(Turn {
                    office: accepted.office.clone(),
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
                    paused_since: None,
                    ending: None,
                });
            }
            DossierEvent::Redirected(redirected) => {
                self.phase = Phase::Redirected;
                self.office = Some(redirected.to.clone());
                self.handler = None;
                self.end(at, EndKind::Redirected);
            }
            DossierEvent::Forwarded(handed) | DossierEvent::HandlerAssigned(handed) => {
                self.phase = Phase::InProcessing;
                self.handler = Some(handed.to.clone());
            }
            DossierEvent::SupplementSubmitted(_) => {
                self.phase = match self.phase {
                    Phase::AwaitingSupplement(Stage::Intake) => Phase::Submitted,
                    Phase::Absent
                    | Phase::Draft
                    | Phase::Submitted
                    | Phase::AwaitingSupplement(Stage::Appraisal)
                    | Phase::Supplemented
                    | Phase::NotAccepted
                    | Phase::Redirected
                    | Phase::Accepted
                    | Phase::InProcessing
                    | Phase::ResultDrafted
                    | Phase::Completed
                    | Phase::Returned
                    | Phase::Refused
                    | Phase::Stopped
                    | Phase::WithdrawalRequested
                    | Phase::Withdrawn => Phase::Supplemented,
                };
                self.supplemented_at = Some(at);
                self.resume(at);
            }
            DossierEvent::SupplementAccepted(_) | DossierEvent::StepReturned(_) => {
                self.phase = Phase::InProcessing;
            }
            DossierEvent::SupplementStillDeficient(_) => {
                self.phase = Phase::AwaitingSupplement(Stage::Appraisal);
                self.pause(at);
            }
            DossierEvent::DueDateRecomputed(moved) => {
                if let Some(turn) = self.turns.last_mut() {
                    turn.due_at = moved.new;
                    turn.due_certainty = moved.due_certainty;
                }
            }
            DossierEvent::ProcessingStopped(_) => {
                self.phase = Phase::Stopped;
                self.end(at, EndKind::Stopped);
            }
            DossierEvent::ResolutionRefused(_) => {
                self.phase = Phase::Refused;
                self.end(at, EndKind::Refused);
            }
            DossierEvent::ResultDrafted(_) => self.phase = Phase::ResultDrafted,
            DossierEvent::ResultSigned(_) => {
                self.end(at, EndKind::Completed);
                self.result_signed(at);
            }
            DossierEvent::ProcessingCompleted(_) => self.phase = Phase::Completed,
            DossierEvent::ResultIssued(issued) => {
                self.result_issued(issued, committed_document(around, command), at);
            }
            DossierEvent::ResultRevoked(revoked) => self.result_revoked(revoked, at),
            DossierEvent::ResultReplaced(replaced) => {
                self.result_replaced(replaced, committed_document(around, command), at);
            }
            DossierEvent::ApplicantDetailsCorrected(_) => {}
            DossierEvent::ResultDelivered(delivered) => {
                self.phase = Phase::Returned;
                self.delivered = Some(delivered.method);
                self.delivered_at = Some(at);
            }
            DossierEvent::WithdrawalRequested(_) => {
                self.before_withdrawal = self.phase;
                self.phase = Phase::WithdrawalRequested;
            }
            DossierEvent::WithdrawalGranted(_) => {
                self.phase = Phase::Withdrawn;
                self.end(at, EndKind::Withdrawn);
            }
            DossierEvent::WithdrawalDenied(_) => self.phase = self.before_withdrawal,
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
        }
    }

    fn remember_applicant(&mut self, by: &Actor) {
        if by.role == Role::Applicant {
            self.applicant = Some(by.id.clone());
        }
    }

    fn running_turn(&mut self) -> Option<&mut Turn> {
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

    fn end(&mut self, at: Moment, kind: EndKind) {
        if let Some(turn) = self.running_turn() {
            turn.ending = Some(Ending { at, kind });
        }
    }
}
