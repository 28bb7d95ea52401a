//! How a dossier stands with the portal: what it is here, what is known there, and since when the two are apart.

use super::{PortalStatus, SYSTEM};
use crate::domain::code::OfficeCode;
use crate::domain::dossier::{Dossier, SyncOutcome};
use crate::domain::time::Moment;

/// How a dossier stands with the portal. All of it is folded from facts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// What the portal ought to show; none before submission.
    pub status: Option<PortalStatus>,
    /// The status code in the portal's newest acknowledgement; above 10 it is one of its own.
    pub remote_status: Option<u16>,
    /// When that was recorded.
    pub acknowledged_at: Option<Moment>,
    /// What became of the newest attempt; none when the portal was never told of it.
    pub outcome: Option<SyncOutcome>,
    /// The code with which the portal refused it, when it did.
    pub refusal: Option<String>,
    /// Which attempt that was, from 1.
    pub attempts: u32,
    /// When that was recorded.
    pub told_at: Option<Moment>,
    /// When the oldest fact was recorded that the portal is owed and has not acknowledged.
    pub owed_since: Option<Moment>,
    /// The same without what the portal has refused for good: since when it has not answered.
    pub unanswered_since: Option<Moment>,
    /// When the procedure ended, while that is not acknowledged.
    pub end_owed_since: Option<Moment>,
    /// When it was given to another agency that has not acknowledged it, and to which.
    pub next_agency: Option<(Moment, String)>,
    /// Since when a leg could begin that has not been given to its agency.
    pub leg_ready_since: Option<Moment>,
}

impl Standing {
    #[must_use]
    pub fn of(dossier: &Dossier) -> Self {
        let known = dossier.sync(SYSTEM);
        let ended = dossier.untold.iter().rev().find(|one| one.ends);
        let refused = known.map_or(0, |sync| sync.refused);
        let unanswered = dossier.untold.iter().find(|one| one.version > refused);
        Self {
            status: PortalStatus::of(dossier),
            remote_status: known.and_then(|sync| sync.remote_status),
            acknowledged_at: known.and_then(|sync| sync.acknowledged_at),
            outcome: known.map(|sync| sync.outcome),
            refusal: known.and_then(|sync| sync.refusal.clone()),
            attempts: known.map_or(0, |sync| sync.attempt),
            told_at: known.map(|sync| sync.at),
            owed_since: dossier.untold.first().map(|one| one.at),
            unanswered_since: unanswered.map(|one| one.at),
            end_owed_since: ended.map(|one| one.at),
            next_agency: next_agency(dossier),
            leg_ready_since: dossier.leg_waiting_since(),
        }
    }

    /// The portal has been told of it at least once.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.told_at.is_some()
    }

    /// What the portal shows is another status than the one here.
    #[must_use]
    pub fn differs(&self) -> bool {
        let here = self.status.map(|status| u16::from(status.code()));
        self.remote_status.is_some() && self.remote_status != here
    }
}

/// Handed over to another agency and not signed for; passed on to another office, and not taken in there; or a leg that its
/// agency has not acknowledged.
fn next_agency(dossier: &Dossier) -> Option<(Moment, String)> {
    if dossier.leg_of.is_some() && dossier.phase == crate::domain::dossier::Phase::Submitted {
        let office = dossier.office.as_ref()?;
        return dossier.lodged_at.map(|since| (since, office.to_string()));
    }
    let desk = dossier.desk()?;
    let at_home = dossier.office.as_ref().map(OfficeCode::as_str);
    let abroad = at_home.is_some_and(|home| home != desk.office) && desk.awaits_receipt();
    let passed_on = dossier.phase == crate::domain::dossier::Phase::Redirected;
    (abroad || passed_on).then(|| (desk.since, desk.office.clone()))
}
