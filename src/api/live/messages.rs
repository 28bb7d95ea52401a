//! What a follower is told: where, what, and the row as it is now.

use async_graphql::SimpleObject;
use uuid::Uuid;

use super::follow::Heard;
use super::resume::Token;
use crate::api::Api;
use crate::api::access::may_open;
use crate::api::board::{Board, Wanted};
use crate::api::dossier::Dossier;
use crate::api::dossier::audit::AuditEntry;
use crate::api::dossier::tracking::{self, Tracking};
use crate::api::error::Result;
use crate::api::scalar::Long;
use crate::api::statistics::{Question, Statistics, may_tell_to};
use crate::api::worklist::{WorklistFilter, filtered};
use crate::domain::actor::Actor;
use crate::projections::audit::AuditRow;
use crate::projections::change::Change;
use crate::projections::tracking::by_id;
use crate::projections::worklist;

/// Stands for a fact's type where a follower begins anew.
const RESYNC: &str = "RESYNC";

/// Where a message stands.
#[derive(SimpleObject)]
pub struct At {
    /// Position of the fact; it can be read already.
    position: Long,
    /// Good as `after`, to go on behind this message.
    resume: String,
    /// The fact's type, as in the audit trail; `RESYNC` when what was missed cannot be told one by one (another journal, or more
    /// than a million entries back): forget what you have, and begin with what is there now.
    kind: String,
}

impl At {
    fn new(api: &Api, position: u64, kind: Option<&str>) -> Self {
        Self {
            position: Long(position),
            resume: Token::of(api, position + 1).to_string(),
            kind: kind.unwrap_or(RESYNC).to_owned(),
        }
    }

    fn of(api: &Api, heard: &Heard<Change>) -> Self {
        let kind = heard.what.as_ref().map(|change| change.kind.as_str());
        Self::new(api, heard.position, kind)
    }
}

/// Something happened to a dossier.
#[derive(SimpleObject)]
pub struct DossierChange {
    #[graphql(flatten)]
    at: At,
    /// The dossier as it is now; null when it is no longer for the reader.
    dossier: Option<Dossier>,
}

impl DossierChange {
    pub async fn of(api: &Api, actor: &Actor, id: Uuid, heard: Heard<Change>) -> Result<Self> {
        let at = At::of(api, &heard);
        let dossier = open(api, actor, id).await?;
        Ok(Self { at, dossier })
    }
}

async fn open(api: &Api, actor: &Actor, id: Uuid) -> Result<Option<Dossier>> {
    let row = by_id(&api.models, id).await?;
    let row = row.filter(|row| may_open(actor, row));
    Ok(row.map(|row| Dossier::current(row, api.office.clock())))
}

/// Something happened to a dossier; what it was is told where the public history tells it.
#[derive(SimpleObject)]
pub struct TrackingChange {
    /// Position of the fact; it can be read already.
    position: Long,
    /// Good as `after`, to go on behind this message.
    resume: String,
    /// The fact's type; null for what happens inside the office; `RESYNC` when what was missed cannot be told one by one.
    kind: Option<String>,
    /// The public view as it is now.
    tracking: Option<Tracking>,
}

impl TrackingChange {
    pub async fn of(
        api: &Api,
        id: Uuid,
        capability: Option<&str>,
        heard: Heard<Change>,
    ) -> Result<Self> {
        let At {
            position,
            resume,
            kind,
        } = At::of(api, &heard);
        let row = by_id(&api.models, id).await?;
        let tracking = row.map(|row| tracking::tracked(row, capability, api.office.clock()));
        let told = heard.what.is_none() || tracking::is_public(api, id, heard.position).await?;
        Ok(Self {
            position,
            resume,
            kind: told.then_some(kind),
            tracking,
        })
    }
}

/// Something happened to a dossier that the office has, or had until then.
#[derive(SimpleObject)]
pub struct WorklistChange {
    #[graphql(flatten)]
    at: At,
    /// It stands in the list now, under the filter.
    listed: bool,
    /// The dossier as it is now; null when it is no longer for the reader, and with `RESYNC`: ask the list again then.
    dossier: Option<Dossier>,
}

impl WorklistChange {
    /// None for a fact that is about no dossier.
    pub async fn of(
        api: &Api,
        actor: &Actor,
        asked: &WorklistFilter,
        heard: Heard<Change>,
    ) -> Result<Option<Self>> {
        let at = At::of(api, &heard);
        let Some(change) = heard.what else {
            return Ok(Some(Self {
                at,
                listed: false,
                dossier: None,
            }));
        };
        let Some(id) = change.dossier else {
            return Ok(None);
        };
        let mut filter = filtered(api, actor, asked)?;
        filter.id = Some(id);
        let listed = worklist::page(&api.models, &filter, None, 1).await?;
        let dossier = open(api, actor, id).await?;
        Ok(Some(Self {
            at,
            listed: !listed.rows.is_empty(),
            dossier,
        }))
    }
}

/// The board hangs otherwise now.
#[derive(SimpleObject)]
pub struct BoardChange {
    #[graphql(flatten)]
    at: At,
    /// The board as it is now; null when its office is gone.
    board: Option<Board>,
}

impl BoardChange {
    pub async fn of(api: &Api, wanted: &Wanted, heard: Heard<Change>) -> Result<Self> {
        let at = At::of(api, &heard);
        let board = Board::hanging(api, wanted).await?;
        Ok(Self { at, board })
    }
}

/// There are new facts in what is counted.
#[derive(SimpleObject)]
pub struct StatisticsChange {
    #[graphql(flatten)]
    at: At,
    /// The counts as they are now.
    statistics: Statistics,
}

impl StatisticsChange {
    pub async fn of(
        api: &Api,
        question: Question,
        everybody: bool,
        heard: Heard<Change>,
    ) -> Result<Self> {
        let at = At::of(api, &heard);
        let asked_to = question.to.0;
        let query = question.query(api)?;
        may_tell_to(api, everybody, &query).await?;
        let statistics = Statistics::of(&api.models, query, asked_to).await?;
        Ok(Self { at, statistics })
    }
}

/// A fact was recorded.
#[derive(SimpleObject)]
pub struct RecordedFact {
    #[graphql(flatten)]
    at: At,
    /// The fact; null with `RESYNC`.
    entry: Option<AuditEntry>,
}

impl RecordedFact {
    pub fn new(api: &Api, position: u64, row: Option<AuditRow>) -> Self {
        let at = At::new(api, position, row.as_ref().map(|row| row.kind.as_str()));
        let entry = row.map(AuditEntry::of_trail);
        Self { at, entry }
    }
}
