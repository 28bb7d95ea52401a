//! The promise ledger: every promise made to the applicant and everything that touched it, folded from a dossier's facts.
//!
//! Pure, and never stored: it cannot tell anything else than the facts do.

mod lost;

use super::{Dossier, DossierEvent, EndKind};
use crate::domain::actor::Actor;
use crate::domain::calendar::CalendarError;
use crate::domain::dossier::desk::Worktime;
use crate::domain::event::Event;
use crate::domain::fact::{Breach, Fact};
use crate::domain::reason::Reason;
use crate::domain::time::Moment;

pub use lost::{DaysLost, Lateness, days_lost, lateness};

/// Why days were lost, or a promise moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The applicant's supplement was awaited.
    Applicant,
    /// A payment was awaited.
    Payment,
    /// Another agency's opinion was awaited, or its desk held the dossier.
    OtherAgency,
    /// A calendar notice.
    Notice,
    /// An announced outage.
    Outage,
    /// The office itself.
    Office,
}

impl Cause {
    pub const ALL: [Self; 6] = [
        Self::Applicant,
        Self::Payment,
        Self::OtherAgency,
        Self::Notice,
        Self::Outage,
        Self::Office,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Applicant => "applicant",
            Self::Payment => "payment",
            Self::OtherAgency => "other_agency",
            Self::Notice => "notice",
            Self::Outage => "outage",
            Self::Office => "office",
        }
    }

    /// What the public reads: (Vietnamese, English).
    #[must_use]
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Applicant => ("Chờ người nộp bổ sung", "Waiting for the applicant"),
            Self::Payment => ("Chờ nộp tiền", "Waiting for a payment"),
            Self::OtherAgency => ("Chờ cơ quan khác", "Waiting for another agency"),
            Self::Notice => ("Thông báo lịch nghỉ", "A calendar notice"),
            Self::Outage => ("Sự cố hệ thống", "A system outage"),
            Self::Office => ("Do cơ quan giải quyết", "The office itself"),
        }
    }

    fn of_move(cause: &str) -> Self {
        match cause {
            "supplement" => Self::Applicant,
            "payment" => Self::Payment,
            "notice" => Self::Notice,
            "outage" => Self::Outage,
            _ => Self::Office, // foreign: an apology, by its name
        }
    }
}

/// What touched the promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PromiseAct {
    /// An answer to the lodging was promised.
    IntakePromised,
    /// The date on the slip.
    Promised,
    /// The clock stands.
    Paused,
    /// The clock runs on.
    Resumed,
    /// The date was counted anew, by rule.
    Recomputed,
    /// A lawful apology moved the date.
    Extended,
    /// An unlawful apology: the date stands.
    ApologyWithoutEffect,
    /// The date passed and the dossier was not settled.
    Missed,
    /// Another agency was asked.
    OpinionAwaited,
    /// The date for the answer passed without one.
    OpinionOverdue,
    /// It answered, or its silence was taken for consent.
    OpinionAnswered,
    /// Its office ended; the clock goes on at another, and the date stands.
    Transferred,
    /// The clock ended.
    Ended(EndKind),
}

impl PromiseAct {
    /// What the public reads: (Vietnamese, English).
    #[must_use]
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::IntakePromised => ("Hẹn trả lời tiếp nhận", "An answer on acceptance promised"),
            Self::Promised => ("Hẹn trả kết quả", "Result promised"),
            Self::Paused => ("Tạm dừng thời hạn", "The clock is stopped"),
            Self::Resumed => ("Thời hạn chạy tiếp", "The clock runs on"),
            Self::Recomputed => ("Tính lại ngày hẹn", "Date counted anew"),
            Self::Extended => ("Xin lỗi và hẹn lại", "Apology and new date"),
            Self::ApologyWithoutEffect => (
                "Xin lỗi; ngày hẹn giữ nguyên",
                "Apology; the promised date stands",
            ),
            Self::Missed => ("Quá ngày hẹn", "The promised date passed"),
            Self::OpinionAwaited => ("Lấy ý kiến cơ quan khác", "Another agency was asked"),
            Self::OpinionOverdue => (
                "Cơ quan khác trả lời quá hạn",
                "The other agency's answer is overdue",
            ),
            Self::OpinionAnswered => (
                "Ý kiến của cơ quan khác được ghi nhận",
                "The other agency's answer is on record",
            ),
            Self::Transferred => (
                "Chuyển cơ quan tiếp nhận nhiệm vụ; ngày hẹn giữ nguyên",
                "To the office that took over; the promised date stands",
            ),
            Self::Ended(EndKind::Completed) => ("Đã có kết quả", "Settled"),
            Self::Ended(EndKind::Refused) => ("Từ chối giải quyết", "Refused"),
            Self::Ended(EndKind::Withdrawn) => ("Đã rút", "Withdrawn"),
            Self::Ended(EndKind::Stopped) => ("Dừng giải quyết", "Stopped"),
            Self::Ended(EndKind::Redirected) => ("Chuyển cơ quan khác", "Passed on"),
        }
    }
}

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Which acceptance it belongs to, from 1; 0 before the first.
    pub turn: usize,
    /// Of the fact.
    pub position: u64,
    pub recorded_at: Moment,
    pub act: PromiseAct,
    pub author: Actor,
    pub reason: Option<Reason>,
    /// Legal basis of an exception.
    pub basis: Option<String>,
    pub breach: Option<Breach>,
    /// The promise before and after, where there was one.
    pub due_before: Option<Moment>,
    pub due_after: Option<Moment>,
    pub cause: Option<Cause>,
    /// Code of the agency asked, or that is to answer for an apology.
    pub agency: Option<String>,
    /// Working days: those of a wait that ended, by which the date moved, or by which the end was late.
    pub days: Option<u32>,
}

/// A fact with its place in the journal.
#[derive(Debug, Clone, Copy)]
pub struct Placed<'a> {
    pub position: u64,
    pub fact: &'a Fact,
}

/// The ledger of one dossier, from its facts in order.
pub fn entries<'a>(
    facts: impl IntoIterator<Item = Placed<'a>>,
    worktime: Worktime<'_>,
) -> Result<Vec<Entry>, CalendarError> {
    let mut dossier = Dossier::default();
    let mut entries = Vec::new();
    for Placed { position, fact } in facts {
        let Event::Dossier(event) = &fact.event else {
            continue;
        };
        let before = dossier.clone();
        dossier.evolve(
            event,
            &fact.actor,
            fact.command,
            fact.at(),
            &fact.circumstances,
        );
        let touched = Touched {
            position,
            fact,
            before: &before,
            after: &dossier,
            worktime,
        };
        touched.entries(event, &mut entries)?;
    }
    Ok(entries)
}

/// What one fact did to the promise.
struct Touched<'a> {
    position: u64,
    fact: &'a Fact,
    before: &'a Dossier,
    after: &'a Dossier,
    worktime: Worktime<'a>,
}

impl Touched<'_> {
    fn entries(&self, event: &DossierEvent, to: &mut Vec<Entry>) -> Result<(), CalendarError> {
        let own = self.own(event)?;
        // A clock that ends while it stands neither runs on nor was it resumed.
        let stood = |state: &Dossier| state.turn().and_then(|turn| turn.paused_since);
        match (stood(self.before), stood(self.after)) {
            (None, Some(_)) => to.push(Entry {
                cause: Some(waits(self.after)),
                ..self.entry(PromiseAct::Paused)
            }),
            (Some(from), None) => to.push(Entry {
                cause: Some(waits(self.before)),
                days: Some(self.days(from, self.fact.at())?),
                ..self.entry(PromiseAct::Resumed)
            }),
            (None, None) | (Some(_), Some(_)) => {}
        }
        to.extend(own);
        if let Some(ended) = self.ended()? {
            to.push(ended);
        }
        Ok(())
    }

    fn own(&self, event: &DossierEvent) -> Result<Option<Entry>, CalendarError> {
        if let Some((old, new, cause)) = event.moved_due_date() {
            let is_apology = matches!(event, DossierEvent::ApologyIssued(_));
            let (act, cause) = if is_apology {
                (PromiseAct::Extended, self.responsible(event))
            } else {
                (PromiseAct::Recomputed, Cause::of_move(cause))
            };
            return Ok(Some(Entry {
                due_before: Some(old),
                due_after: Some(new),
                cause: Some(cause),
                agency: blamed(event),
                days: Some(self.days(old, new)?),
                ..self.entry(act)
            }));
        }
        let plain = |act| Some(self.entry(act));
        Ok(match event {
            DossierEvent::Submitted(lodged) | DossierEvent::Lodged(lodged) => {
                lodged.intake_due_at.map(|due| Entry {
                    due_after: Some(due),
                    ..self.entry(PromiseAct::IntakePromised)
                })
            }
            DossierEvent::Accepted(accepted) if accepted.undated => None,
            DossierEvent::Accepted(accepted) => Some(Entry {
                due_before: None,
                due_after: Some(accepted.due_at),
                ..self.entry(PromiseAct::Promised)
            }),
            DossierEvent::ApologyIssued(apology) => Some(Entry {
                due_after: Some(apology.old_due_at),
                cause: Some(self.responsible(event)),
                agency: blamed(event),
                days: Some(0),
                ..self.entry(PromiseAct::ApologyWithoutEffect)
            }),
            DossierEvent::DeadlineMissed(_) => plain(PromiseAct::Missed),
            DossierEvent::OpinionRequested(asked) => Some(Entry {
                cause: Some(Cause::OtherAgency),
                agency: Some(asked.agency.to_string()),
                ..self.entry(PromiseAct::OpinionAwaited)
            }),
            DossierEvent::OpinionReceived(answer) => {
                self.opinion(answer.number, PromiseAct::OpinionAnswered)?
            }
            DossierEvent::OpinionDeemedAgreed(silent) => {
                self.opinion(silent.number, PromiseAct::OpinionAnswered)?
            }
            DossierEvent::OpinionOverdue(silent) => {
                self.opinion(silent.number, PromiseAct::OpinionOverdue)?
            }
            DossierEvent::Transferred(moved) => Some(Entry {
                agency: Some(moved.to.to_string()),
                ..self.entry(PromiseAct::Transferred)
            }),
            // Told by the pause, the move or the end that it brings, or no promise is touched.
            DossierEvent::Drafted(_)
            | DossierEvent::LegOpened(_)
            | DossierEvent::LegWaits(_)
            | DossierEvent::LegResumed(_)
            | DossierEvent::LegEnded(_)
            | DossierEvent::LegDelivered(_)
            | DossierEvent::SentBack(_)
            | DossierEvent::CorrectionRequested(_)
            | DossierEvent::CorrectionAnswered(_)
            | DossierEvent::Noted(_)
            | DossierEvent::Remarked(_)
            | DossierEvent::ComponentReceived(_)
            | DossierEvent::SupplementProposed(_)
            | DossierEvent::SupplementRequested(_)
            | DossierEvent::SupplementRetracted(_)
            | DossierEvent::AcceptanceRefused(_)
            | DossierEvent::Redirected(_)
            | DossierEvent::Forwarded(_)
            | DossierEvent::HandlerAssigned(_)
            | DossierEvent::HandedOver(_)
            | DossierEvent::HandOverReceived(_)
            | DossierEvent::StepReturned(_)
            | DossierEvent::StepRecalled(_)
            | DossierEvent::SupplementSubmitted(_)
            | DossierEvent::SupplementAccepted(_)
            | DossierEvent::SupplementStillDeficient(_)
            | DossierEvent::DueDateRecomputed(_)
            | DossierEvent::FieldVerificationScheduled(_)
            | DossierEvent::FieldVerificationRecorded(_)
            | DossierEvent::FinancialObligationIssued(_)
            | DossierEvent::FinancialObligationCancelled(_)
            | DossierEvent::FeeExempted(_)
            | DossierEvent::PaymentConfirmed(_)
            | DossierEvent::FeeReceiptIssued(_)
            | DossierEvent::PaymentRefunded(_)
            | DossierEvent::ProcessingStopped(_)
            | DossierEvent::ResolutionRefused(_)
            | DossierEvent::ResultDrafted(_)
            | DossierEvent::ResultApproved(_)
            | DossierEvent::ResultSigned(_)
            | DossierEvent::ProcessingCompleted(_)
            | DossierEvent::ResultIssued(_)
            | DossierEvent::ResultCorrected(_)
            | DossierEvent::ResultRevoked(_)
            | DossierEvent::ResultReplaced(_)
            | DossierEvent::ResultDelivered(_)
            | DossierEvent::OriginalsReturned(_)
            | DossierEvent::WithdrawalRequested(_)
            | DossierEvent::WithdrawalRetracted(_)
            | DossierEvent::WithdrawalGranted(_)
            | DossierEvent::WithdrawalDenied(_)
            | DossierEvent::ApplicantDetailsCorrected(_)
            | DossierEvent::CapabilityReissued(_)
            | DossierEvent::Linked(_)
            | DossierEvent::Rated(_)
            | DossierEvent::FeedbackSubmitted(_)
            | DossierEvent::FeedbackAnswered(_)
            | DossierEvent::Voice(_)
            | DossierEvent::SyncRecorded(_)
            | DossierEvent::PaperPrinted(_) => None,
        })
    }

    /// The turn that this fact ended.
    fn ended(&self) -> Result<Option<Entry>, CalendarError> {
        let (Some(old), Some(turn)) = (self.before.turn(), self.after.turn()) else {
            return Ok(None);
        };
        let Some(ending) = turn.ending.filter(|_| old.ending.is_none()) else {
            return Ok(None);
        };
        let late = self.days(turn.due_at, ending.at)?;
        Ok(Some(Entry {
            due_before: Some(turn.due_at),
            due_after: Some(turn.due_at),
            cause: (late > 0).then_some(Cause::Office),
            days: Some(late),
            ..self.entry(PromiseAct::Ended(ending.kind))
        }))
    }

    fn opinion(&self, number: u32, act: PromiseAct) -> Result<Option<Entry>, CalendarError> {
        let Some(opinion) = self.after.opinion(number) else {
            return Ok(None);
        };
        Ok(Some(Entry {
            cause: Some(Cause::OtherAgency),
            agency: Some(opinion.agency.clone()),
            days: Some(self.days(opinion.requested_at, self.fact.at())?),
            ..self.entry(act)
        }))
    }

    fn responsible(&self, event: &DossierEvent) -> Cause {
        let own = |agency: &str| self.after.turn().is_some_and(|turn| turn.was_at(agency));
        match blamed(event) {
            Some(agency) if !own(&agency) => Cause::OtherAgency,
            Some(_) | None => Cause::Office,
        }
    }

    fn days(&self, from: Moment, to: Moment) -> Result<u32, CalendarError> {
        self.worktime.days(from.date(), to.date())
    }

    fn entry(&self, act: PromiseAct) -> Entry {
        let around = &self.fact.circumstances;
        let due = |state: &Dossier| state.turn().map(|turn| turn.due_at);
        Entry {
            turn: self.after.turns.len(),
            position: self.position,
            recorded_at: self.fact.recorded_at,
            act,
            author: self.fact.actor.clone(),
            reason: around.reason,
            basis: around.basis.clone(),
            breach: around.breach.clone(),
            due_before: due(self.before),
            due_after: due(self.after),
            cause: None,
            agency: None,
            days: None,
        }
    }
}

/// Code of the agency that an apology names as the late one.
fn blamed(event: &DossierEvent) -> Option<String> {
    if let DossierEvent::ApologyIssued(apology) = event {
        return apology.responsible.as_ref().map(ToString::to_string);
    }
    None
}

/// For whom a standing clock waits.
fn waits(dossier: &Dossier) -> Cause {
    if dossier.awaits_payment() {
        Cause::Payment
    } else {
        Cause::Applicant
    }
}
