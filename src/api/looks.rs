//! Who looks at whose personal data is on record before it is shown: one fact for each request, by the officer's own hand.
//!
//! In GraphQL every dossier of a request asks for itself; those that ask together are recorded together. What cannot be
//! recorded is not shown in full.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use async_graphql::connection::{Connection, EmptyFields};
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use async_graphql::{Context, SimpleObject};
use uuid::Uuid;

use super::Api;
use super::access::{self, api};
use super::error::{Problem, Result};
use super::offices::Office;
use super::paging::{self, Cursor};
use super::scalar::Long;
use super::words::{AccessPurpose, Label, ReasonCode, Role};
use crate::acts::{Act, Counter, Refusal, Request};
use crate::domain::access::{DOSSIERS_MAX, Looked, Purpose, is_recorded};
use crate::domain::actor::{self, Actor};
use crate::domain::time::Moment;
use crate::projections::looks;
use crate::projections::tracking::DossierRow;

/// What one request has looked at so far.
#[derive(Default)]
pub struct Looks(OnceLock<Looking>);

type Looking = DataLoader<Recorder, HashMapCache>;

/// It could not be recorded, and why.
#[derive(Debug, Clone)]
pub struct Unrecorded(Refusal);

impl From<Unrecorded> for Problem {
    fn from(Unrecorded(why): Unrecorded) -> Self {
        Problem::Unavailable(Arc::new(anyhow::anyhow!(
            "a look cannot be recorded: {why}"
        )))
    }
}

/// Records what somebody looks at.
struct Recorder {
    counter: Counter,
    actor: Actor,
    purpose: Purpose,
}

impl Recorder {
    async fn record(&self, dossiers: &[Uuid]) -> Result<(), Unrecorded> {
        // A search that found nobody is on record as well.
        let none = dossiers.is_empty() && self.purpose == Purpose::Search;
        let nobody = none.then_some(dossiers);
        for some in dossiers.chunks(DOSSIERS_MAX).chain(nobody) {
            let looked = Looked::at(self.purpose, some.to_vec());
            let request = Request::new(new_id(), self.actor.clone(), Act::Access(looked));
            self.counter.submit(request).await.map_err(|why| {
                tracing::error!(%why, "a look cannot be recorded: nothing is shown in full");
                Unrecorded(why)
            })?;
        }
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "ids are made at the edge")]
fn new_id() -> Uuid {
    Uuid::now_v7()
}

impl Loader<Uuid> for Recorder {
    type Value = ();
    type Error = Unrecorded;

    async fn load(&self, dossiers: &[Uuid]) -> Result<HashMap<Uuid, ()>, Unrecorded> {
        self.record(dossiers).await?;
        Ok(dossiers.iter().map(|dossier| (*dossier, ())).collect())
    }
}

fn recorder(api: &Api, actor: &Actor, purpose: Purpose) -> Option<Recorder> {
    // A node without a vault has nothing to show.
    let desk = api.desk.as_ref().filter(|_| is_recorded(actor.role))?;
    Some(Recorder {
        counter: desk.counter.clone(),
        actor: actor.clone(),
        purpose,
    })
}

/// Has it on record that the caller looks at a dossier's personal data, if theirs is a role whose looks are recorded. Of a leg
/// the whole is looked at too: the data is the whole's.
///
/// # Errors
/// [`Unrecorded`]: nothing may be shown in full.
pub async fn at(context: &Context<'_>, row: &DossierRow) -> Result<(), Unrecorded> {
    let streams = row.leg_of.into_iter().chain([row.id]);
    at_streams(context, streams).await
}

/// As [`at`], of what is no dossier of this system.
pub async fn at_streams(
    context: &Context<'_>,
    streams: impl IntoIterator<Item = Uuid>,
) -> Result<(), Unrecorded> {
    let (api, Some(actor)) = (api(context), access::actor(context)) else {
        return Ok(());
    };
    match looking(context, api, actor) {
        Some(looking) => looking.load_many(streams).await.map(drop),
        None => Ok(()),
    }
}

/// What this request has looked at; none where looks are not recorded.
fn looking<'a>(context: &Context<'a>, api: &Api, actor: &Actor) -> Option<&'a Looking> {
    let recorder = recorder(api, actor, Purpose::Dossier)?;
    let Looks(looks) = context.data_unchecked::<Looks>();
    Some(looks.get_or_init(|| {
        let looking = DataLoader::with_cache(recorder, tokio::spawn, HashMapCache::default());
        looking.max_batch_size(DOSSIERS_MAX)
    }))
}

/// Has it on record that somebody looks at these dossiers, for a purpose of its own.
///
/// # Errors
/// [`Unrecorded`]: nothing may be shown in full.
pub async fn record(
    api: &Api,
    actor: &Actor,
    purpose: Purpose,
    dossiers: &[Uuid],
) -> Result<(), Unrecorded> {
    let Some(recorder) = recorder(api, actor, purpose) else {
        return Ok(());
    };
    recorder.record(dossiers).await
}

/// Has it on record that the caller searched and found these; what the rest of the request shows of them is told with it.
///
/// # Errors
/// [`Unrecorded`]: nothing may be told.
pub async fn found(context: &Context<'_>, rows: &[DossierRow]) -> Result<(), Unrecorded> {
    let (api, Some(actor)) = (api(context), access::actor(context)) else {
        return Ok(());
    };
    let streams: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    record(api, actor, Purpose::Search, &streams).await?;
    if let Some(looking) = looking(context, api, actor) {
        looking
            .feed_many(streams.into_iter().map(|stream| (stream, ())))
            .await;
    }
    Ok(())
}

/// Somebody looked at the personal data of a dossier.
#[derive(SimpleObject)]
pub struct Look {
    /// Position of the fact in the journal.
    pub position: Long,
    /// When it was recorded, before anything was shown.
    pub at: Moment,
    /// In which role.
    pub role: Role,
    /// The role in words.
    pub role_label: Label,
    /// The office that it was done for; null for those of no office, such as auditors of all.
    pub office: Option<Office>,
    /// What for.
    pub purpose: AccessPurpose,
    /// What for, in words.
    pub purpose_label: Label,
    /// Why, where that has to be told.
    pub reason: Option<ReasonCode>,
    /// Why, in words.
    pub reason_label: Option<Label>,
    /// Pseudonym of who looked; for auditors only.
    pub actor: Option<String>,
}

/// A page of looks.
pub type LookPage = Connection<Cursor, Look, EmptyFields, EmptyFields>;

/// Who looked at a dossier's personal data, newest first.
pub async fn of_dossier(
    context: &Context<'_>,
    dossier: Uuid,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<LookPage> {
    let api = api(context);
    let first = paging::first(first)?;
    let before = paging::position(after)?;
    let mut rows = looks::of_dossier(&api.models, dossier, before, first + 1).await?;
    let next = rows.len() > first as usize;
    rows.truncate(first as usize);
    let audits = access::actor(context).is_some_and(|actor| actor.role == actor::Role::Auditor);
    let rows = rows.into_iter().map(|row| {
        let look = Look {
            position: Long(row.position),
            at: row.at,
            role: row.role.into(),
            role_label: row.role.label().into(),
            office: Office::find(api, &row.office),
            purpose: row.purpose.into(),
            purpose_label: row.purpose.label().into(),
            reason: row.reason.map(Into::into),
            reason_label: row.reason.map(|reason| reason.label().into()),
            actor: audits.then_some(row.actor),
        };
        (paging::position_cursor(row.position), look)
    });
    Ok(paging::connection(rows, before.is_some(), next))
}
