//! The clocks a dossier ran under, one after the other, and what other systems last said of it: for everybody.

use async_graphql::SimpleObject;
use uuid::Uuid;

use crate::api::Api;
use crate::api::error::Result;
use crate::api::words::EndKind;
use crate::domain::dossier::{Sync, SyncOutcome, Turn};
use crate::domain::reference::Reference;
use crate::domain::time::Moment;
use crate::journal::Until;
use crate::projections::history;

/// The time a dossier spent under the clock of one office. After a redirection another clock begins; none is forgotten.
#[derive(Debug, SimpleObject)]
pub struct DossierClock {
    /// Code of the office.
    office_code: String,
    /// The hour on the slip: it began.
    received_at: Moment,
    /// The first promise.
    original_due_at: Moment,
    /// The promise as it stood last.
    due_at: Moment,
    /// When it ended; null while it runs.
    ended_at: Option<Moment>,
    /// How it ended.
    end_kind: Option<EndKind>,
    /// Working days from its beginning to its end, or to now.
    working_days: u32,
}

/// Every clock, oldest first, with their sum.
#[derive(Debug, SimpleObject)]
pub struct DossierClocks {
    /// One per acceptance.
    clocks: Vec<DossierClock>,
    /// Working days under all of them.
    working_days: u32,
}

/// What another system last said of a dossier.
#[derive(Debug, SimpleObject)]
pub struct RemoteState {
    /// Code of the system: `national-portal`.
    system: String,
    /// The status that it last acknowledged, as it gave it; null when it has acknowledged none.
    acknowledged_status: Option<u16>,
    /// When that was recorded.
    acknowledged_at: Option<Moment>,
    /// Whole minutes since then: how old the other system's knowledge may be.
    acknowledged_minutes_ago: Option<u32>,
    /// The last exchange was acknowledged.
    answered: bool,
}

/// The clocks of a dossier as of now.
pub async fn clocks(api: &Api, dossier: Uuid, now: Moment) -> Result<DossierClocks> {
    let state = history::fold(&api.journal, dossier, Until::End).await?;
    let turns = state.map_or_else(Vec::new, |state| state.turns);
    let reference = api.models.reference();
    let clocks: Vec<DossierClock> = turns
        .iter()
        .map(|turn| clock(turn, now, &reference))
        .collect();
    let working_days = clocks.iter().map(|clock| clock.working_days).sum();
    Ok(DossierClocks {
        clocks,
        working_days,
    })
}

fn clock(turn: &Turn, now: Moment, reference: &Reference) -> DossierClock {
    DossierClock {
        office_code: turn.office.to_string(),
        received_at: turn.received_at,
        original_due_at: turn.original_due_at,
        due_at: turn.due_at,
        ended_at: turn.ending.map(|ending| ending.at),
        end_kind: turn.ending.map(|ending| ending.kind.into()),
        working_days: turn.working_days(now, &reference.calendar),
    }
}

/// What other systems last said, as of now.
pub async fn remote_states(api: &Api, dossier: Uuid, now: Moment) -> Result<Vec<RemoteState>> {
    let state = history::fold(&api.journal, dossier, Until::End).await?;
    let syncs = state.map_or_else(Vec::new, |state| state.syncs);
    Ok(syncs.into_iter().map(|sync| remote(sync, now)).collect())
}

fn remote(sync: Sync, now: Moment) -> RemoteState {
    let minutes = |at: Moment| u32::try_from((now.0 - at.0) / (60 * Moment::SECOND)).unwrap_or(0);
    RemoteState {
        system: sync.system,
        acknowledged_status: sync.remote_status,
        acknowledged_at: sync.acknowledged_at,
        acknowledged_minutes_ago: sync.acknowledged_at.map(minutes),
        answered: sync.outcome == SyncOutcome::Acknowledged,
    }
}
