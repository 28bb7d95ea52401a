//! The limits of Decree 301/2026, watched: what goes beyond one is said in the log once, and once more when it is over.

use std::collections::BTreeSet;

use super::super::desk::Desk;
use crate::domain::portal::{Alarm, Allowed, Standing, alarms, limit};
use crate::domain::time::Moment;
use crate::projections::{Result, portal};

/// Dossiers named in one line of the log.
const NAMED_MAX: usize = 20;
/// Looked at no more often than this.
const EVERY: i64 = 10 * Moment::SECOND;
const MINUTE: i64 = 60 * Moment::SECOND;

/// Remembers what it has said; a restart says it again.
#[derive(Default)]
pub(super) struct Watch {
    looked_at: Option<Moment>,
    ended: Said,
    silent: Said,
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
        let mut ended = Vec::new();
        if let Some(before) = before(Alarm::EndNotSynchronised, now) {
            ended = portal::ends_owed_before(&desk.models, before).await?;
        }
        let reference = desk.models.reference();
        let mut silent = portal::awaited_by_agencies(&desk.models, now).await?;
        silent.retain(|(_, since, agency)| {
            let standing = Standing {
                next_agency: Some((*since, agency.clone())),
                ..Standing::default()
            };
            !alarms(&standing, now, &reference, true).is_empty()
        });
        let silent = silent.into_iter().map(|(code, ..)| code).collect();
        self.ended.say(Alarm::EndNotSynchronised, ended);
        self.silent.say(Alarm::NextAgencySilent, silent);
        self.compare_outage(desk, now).await
    }

    async fn compare_outage(&mut self, desk: &Desk, now: Moment) -> Result<()> {
        let (dossiers, since) = portal::unanswered(&desk.models).await?;
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

/// The codes that one alarm was said of, while they are beyond its limit.
#[derive(Default)]
struct Said(BTreeSet<String>);

impl Said {
    /// Says how many are new and names the oldest of them.
    fn say(&mut self, alarm: Alarm, beyond: Vec<String>) {
        let new = self.news(beyond);
        if new.is_empty() {
            return;
        }
        let basis = limit(alarm).map_or("", |limit| limit.legal_basis.as_str());
        let codes = new[..new.len().min(NAMED_MAX)].join(" ");
        tracing::warn!(dossiers = new.len(), codes, basis, "{}", alarm.label().1);
    }

    /// Those that were not there before, in the order given.
    fn news(&mut self, beyond: Vec<String>) -> Vec<String> {
        let new = beyond.iter().filter(|code| !self.0.contains(*code));
        let new = new.cloned().collect();
        self.0 = beyond.into_iter().collect();
        new
    }
}

/// What began before this moment is beyond the limit now.
fn before(alarm: Alarm, now: Moment) -> Option<Moment> {
    match limit(alarm)?.allowed {
        Allowed::Minutes(minutes) => Some(now.plus(-i64::from(minutes) * MINUTE)),
        Allowed::WorkingMinutes(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_old_ones_do_not_hide_a_new_one() {
        let mut said = Said::default();
        let mut beyond: Vec<String> = (0..50).map(|number| format!("old-{number}")).collect();
        assert_eq!(said.news(beyond.clone()).len(), 50);
        beyond.push("new".to_owned());
        assert_eq!(said.news(beyond.clone()), ["new"]);
        assert!(said.news(beyond).is_empty(), "each once");
        assert!(said.news(Vec::new()).is_empty());
        assert_eq!(said.news(vec!["new".to_owned()]), ["new"], "once more");
    }
}
