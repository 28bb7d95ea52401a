//! The limits of Decree 301/2026, watched: what goes beyond one is said in the log once, and once more when it is over.

use std::collections::BTreeSet;

use super::super::desk::Desk;
use crate::domain::portal::{Alarm, Allowed, alarms, limit};
use crate::domain::time::Moment;
use crate::projections::{Result, portal};

/// Dossiers named in one line of the log.
const NAMED_MAX: u32 = 20;
/// Looked at no more often than this.
const EVERY: i64 = 10 * Moment::SECOND;
const MINUTE: i64 = 60 * Moment::SECOND;

/// Remembers what it has said; a restart says it again.
#[derive(Default)]
pub(super) struct Watch {
    looked_at: Option<Moment>,
    said: BTreeSet<(Alarm, String)>,
    outage: bool,
}

impl Watch {
    /// Looks at every limit, and says what is new.
    pub async fn look(&mut self, desk: &Desk) {
        let now = desk.now();
        if self.looked_at.is_some_and(|at| now.0 - at.0 < EVERY) {
            return;
        }
        self.looked_at = Some(now);
        if let Err(error) = self.compare(desk, now).await {
            tracing::warn!(%error, "the limits of synchronisation cannot be looked at");
        }
    }

    async fn compare(&mut self, desk: &Desk, now: Moment) -> Result<()> {
        let mut beyond = BTreeSet::new();
        if let Some(before) = before(Alarm::EndNotSynchronised, now) {
            let late = portal::ends_owed_before(&desk.models, before, NAMED_MAX).await?;
            beyond.extend(
                late.into_iter()
                    .map(|(code, _)| (Alarm::EndNotSynchronised, code)),
            );
        }
        let reference = desk.models.reference();
        for (dossier, code) in portal::awaited_by_agencies(&desk.models, now, NAMED_MAX).await? {
            let Some(standing) = portal::of(&desk.models, dossier).await? else {
                continue;
            };
            let raised = alarms(&standing, now, &reference, true);
            if raised
                .iter()
                .any(|limit| limit.alarm == Alarm::NextAgencySilent)
            {
                beyond.insert((Alarm::NextAgencySilent, code));
            }
        }
        for (alarm, code) in beyond.difference(&self.said) {
            let basis = limit(*alarm).map_or("", |limit| limit.legal_basis.as_str());
            tracing::warn!(code, basis, "{}", alarm.label().1);
        }
        self.said = beyond;
        self.compare_outage(desk, now).await
    }

    async fn compare_outage(&mut self, desk: &Desk, now: Moment) -> Result<()> {
        let (dossiers, since) = portal::owed(&desk.models).await?;
        let limit = before(Alarm::OutageNotFixed, now);
        let outage = since
            .zip(limit)
            .is_some_and(|(since, before)| since < before);
        if outage && !self.outage {
            tracing::warn!(dossiers, "{}", Alarm::OutageNotFixed.label().1);
        } else if self.outage && !outage {
            tracing::info!("the national portal has caught up");
        }
        self.outage = outage;
        Ok(())
    }
}

/// What began before this moment is beyond the limit now.
fn before(alarm: Alarm, now: Moment) -> Option<Moment> {
    match limit(alarm)?.allowed {
        Allowed::Minutes(minutes) => Some(now.plus(-i64::from(minutes) * MINUTE)),
        Allowed::WorkingMinutes(_) => None,
    }
}
