//! How a dossier stands with the national portal: what it is here, what was acknowledged there, and what is beyond its limit.

use async_graphql::{Enum, SimpleObject};
use uuid::Uuid;

use crate::api::Api;
use crate::api::error::Result;
use crate::api::words::{Certainty, Label, SyncOutcome};
use crate::domain::portal::{self, AlarmLimit, PortalStatus, Standing};
use crate::domain::time::Moment;
use crate::journal::Until;
use crate::projections::{history, portal as read_model};

/// How a dossier stands with the national portal.
#[derive(Debug, SimpleObject)]
pub struct DossierPortal {
    /// What the portal ought to show (`TrangThaiHoSo`, 1–10).
    status: u8,
    /// The same in the portal's words.
    status_label: Label,
    /// The status code in its newest acknowledgement; above 10 it is one of the other side's own.
    remote_status: Option<u16>,
    /// The same in words; null for codes of the other side's own.
    remote_status_label: Option<Label>,
    /// When it last acknowledged; null when it never did.
    acknowledged_at: Option<Moment>,
    /// Minutes since then.
    age_minutes: Option<i64>,
    /// The status acknowledged is not the one here.
    differs: bool,
    /// It is owed something that it has not acknowledged; null where the portal is told of no dossier.
    behind: Option<bool>,
    /// When the oldest of that was recorded.
    behind_since: Option<Moment>,
    /// What became of the newest attempt; null when it was never told of it.
    last_outcome: Option<SyncOutcome>,
    /// The code with which it refused what it was told last, as it gave it; null when it did not refuse.
    refusal: Option<String>,
    /// Which attempt the newest was, from 1; 0 when it was never told of it.
    attempts: u32,
    /// What is beyond a limit for systems that tell each other.
    alarms: Vec<PortalAlarm>,
}

/// Something that took longer than systems may take to tell each other.
#[derive(Debug, SimpleObject)]
pub struct PortalAlarm {
    /// What.
    code: AlarmCode,
    /// The same in words.
    label: Label,
    /// The text that sets the limit.
    legal_basis: &'static str,
    /// How sure that is.
    certainty: Certainty,
}

/// What must be done in time (Decree 301/2026).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::portal::Alarm")]
pub enum AlarmCode {
    /// The procedure ended, and the portal has not acknowledged it: 10 minutes.
    EndNotSynchronised,
    /// The next agency has not acknowledged the dossier: 2 working hours.
    NextAgencySilent,
    /// A leg of a linked dossier has not begun though the results that it needs are there: 10 minutes.
    NextLegNotOpened,
    /// What the portal is owed has not arrived: 24 hours.
    OutageNotFixed,
}

/// The newest standing, of the read model; an earlier one, of the fold. None before submission.
pub async fn of(
    api: &Api,
    dossier: Uuid,
    until: Until,
    now: Moment,
) -> Result<Option<DossierPortal>> {
    let (standing, told) = match until {
        Until::End => {
            let standing = read_model::of(&api.models, dossier).await?;
            (standing, read_model::is_told(&api.models).await?)
        }
        Until::Moment(_) | Until::Size(_) => {
            let state = history::fold(&api.journal, dossier, until).await?;
            let standing = state.as_ref().map(Standing::of);
            let told = standing.as_ref().is_some_and(Standing::is_told);
            (standing, told)
        }
    };
    let shown = standing.and_then(|standing| {
        let alarms = portal::alarms(&standing, now, &api.models.reference(), told);
        shown(standing, now, told, alarms)
    });
    Ok(shown)
}

fn shown(
    standing: Standing,
    now: Moment,
    told: bool,
    alarms: Vec<&'static AlarmLimit>,
) -> Option<DossierPortal> {
    let status = standing.status?;
    let remote = standing.remote_status.and_then(PortalStatus::from_code);
    let age = |at: Moment| (now.0 - at.0).max(0) / (60 * Moment::SECOND);
    Some(DossierPortal {
        status: status.code(),
        status_label: status.label().into(),
        remote_status: standing.remote_status,
        remote_status_label: remote.map(|status| status.label().into()),
        acknowledged_at: standing.acknowledged_at,
        age_minutes: standing.acknowledged_at.map(age),
        differs: standing.differs(),
        behind: told.then_some(standing.owed_since.is_some()),
        behind_since: standing.owed_since.filter(|_| told),
        last_outcome: standing.outcome.map(Into::into),
        refusal: standing.refusal,
        attempts: standing.attempts,
        alarms: alarms.into_iter().map(alarm).collect(),
    })
}

fn alarm(limit: &'static AlarmLimit) -> PortalAlarm {
    PortalAlarm {
        code: limit.alarm.into(),
        label: limit.alarm.label().into(),
        legal_basis: &limit.legal_basis,
        certainty: limit.certainty.into(),
    }
}
