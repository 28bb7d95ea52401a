//! How a dossier stands against its promise at one moment; pure.

use async_graphql::Enum;

use crate::domain::deadline::{self, Comparison, Slack};
use crate::domain::dossier::Phase;
use crate::domain::reference::Reference;
use crate::domain::time::Moment;
use crate::projections::tracking::DossierRow;

/// How a dossier stands against its promised date, which is compared by day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum Timeliness {
    /// Not accepted yet: nothing is promised.
    NotPromised,
    /// The clock runs and the date has not passed.
    InTime,
    /// The applicant's supplement is awaited; the clock stands or starts anew.
    WaitingForApplicant,
    /// A leg has sent back another agency's result and waits until it is put right; the clock stands.
    WaitingForAgency,
    /// The clock runs and the promised moment has passed.
    Overdue,
    /// Settled before the day.
    Early,
    /// Settled on the day.
    OnTime,
    /// Settled after the day.
    Late,
    /// Withdrawn, stopped or passed on: counted apart, in no rate.
    ClosedWithoutSettlement,
}

/// Against the promise as it stands now.
#[must_use]
pub fn timeliness(row: &DossierRow, now: Moment) -> Timeliness {
    let Some(due_at) = row.due_at else {
        return match row.phase {
            Phase::NotAccepted | Phase::Withdrawn => Timeliness::ClosedWithoutSettlement,
            _ => Timeliness::NotPromised,
        };
    };
    match (row.ended_at, row.end_kind) {
        (Some(ended_at), Some(kind)) if kind.is_settlement() => {
            match deadline::classify(ended_at, due_at, Comparison::Date) {
                deadline::Timeliness::Early => Timeliness::Early,
                deadline::Timeliness::OnTime => Timeliness::OnTime,
                deadline::Timeliness::Late => Timeliness::Late,
            }
        }
        (Some(_), _) => Timeliness::ClosedWithoutSettlement,
        (None, _) if row.phase == Phase::AwaitingCorrection => Timeliness::WaitingForAgency,
        (None, _) if row.paused => Timeliness::WaitingForApplicant,
        (None, _) if now > due_at => Timeliness::Overdue,
        (None, _) => Timeliness::InTime,
    }
}

/// Office time left while the clock runs; `None` when it does not, or over a year without a calendar.
#[must_use]
pub fn slack(row: &DossierRow, now: Moment, reference: &Reference) -> Option<Slack> {
    let due_at = row.due_at.filter(|_| row.ended_at.is_none())?;
    let hours = reference.hours(&row.office);
    deadline::slack(now, due_at, &reference.calendar, &hours).ok()
}

/// How far a dossier has come, from 0 to 100.
#[must_use]
pub fn progress_percent(phase: Phase) -> u32 {
    match phase {
        Phase::Absent | Phase::Draft => 0,
        Phase::Submitted | Phase::AwaitingSupplement(crate::domain::dossier::Stage::Intake) => 10,
        Phase::Redirected => 15,
        Phase::Accepted => 25,
        Phase::InProcessing
        | Phase::WithAgencies
        | Phase::AwaitingCorrection
        | Phase::AwaitingSupplement(crate::domain::dossier::Stage::Appraisal)
        | Phase::Supplemented
        | Phase::AwaitingPayment
        | Phase::WithdrawalRequested => 50,
        Phase::ResultDrafted => 75,
        Phase::ResultApproved => 80,
        Phase::Completed => 90,
        Phase::Returned
        | Phase::NotAccepted
        | Phase::Refused
        | Phase::Stopped
        | Phase::Withdrawn => 100,
    }
}
