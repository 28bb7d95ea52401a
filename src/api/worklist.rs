//! What an office has to do, the most urgent first.

use async_graphql::{Context, InputObject, Object};

use super::Api;
use super::access::{self, api};
use super::dossier::Dossier;
use super::error::{Answered, Problem, Result};
use super::listing::{DossierPage, ListTotal};
use super::paging;
use super::scalar::Long;
use super::wait_for;
use super::words::{Channel, DossierStatus};
use crate::domain::actor::Actor;
use crate::projections::worklist;

pub type WorklistPage = DossierPage;

/// Which open dossiers; every part that is given must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct WorklistFilter {
    /// Code of the office, for auditors and controllers; the caller's own unless told.
    pub office: Option<String>,
    /// In one of these states.
    #[graphql(default)]
    pub statuses: Vec<DossierStatus>,
    /// Code of a procedure.
    pub procedure: Option<String>,
    /// Pseudonym of the one who has it.
    pub handler: Option<String>,
    /// How it came in.
    pub channel: Option<Channel>,
    /// Only those whose promised moment has passed.
    #[graphql(default)]
    pub overdue: bool,
    /// Only those that were lodged and neither accepted nor answered in the time for it.
    #[graphql(default)]
    pub intake_overdue: bool,
    /// Only those of which a promise was recorded as missed.
    #[graphql(default)]
    pub missed: bool,
}

/// What an office has to do.
#[derive(Default)]
pub struct WorklistQuery;

#[Object]
impl WorklistQuery {
    /// The open dossiers of the caller's office: by promised moment, then those whose clock does not run.
    #[graphql(complexity = "paging::cost(first, child_complexity)")]
    async fn worklist(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which; all unless told.")] filter: Option<WorklistFilter>,
        #[graphql(desc = "How many, at most 100; 20 unless told.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
        #[graphql(desc = "Wait up to 2 s until this position is shown; else NOT_YET.")]
        min_position: Option<Long>,
    ) -> Answered<WorklistPage> {
        let filter = filter.unwrap_or_default();
        Some(page(context, filter, first, after.as_deref(), min_position).await)
    }
}

/// Whose worklist it is: officers read their own office's, whoever supervises also that of an office named.
fn office(actor: &Actor, named: Option<String>) -> Result<String> {
    let own = access::lists_of(actor)?;
    match (own, named) {
        (Some(own), Some(named)) if named != own => Err(Problem::Forbidden),
        (Some(own), _) => Ok(own.to_owned()),
        (None, named) => named.ok_or(Problem::Forbidden),
    }
}

/// What is asked for, of the office that the caller may read.
///
/// # Errors
/// [`Problem::Forbidden`] for another's worklist.
pub fn filtered(api: &Api, actor: &Actor, asked: &WorklistFilter) -> Result<worklist::Filter> {
    let now = api.office.clock();
    Ok(worklist::Filter {
        office: office(actor, asked.office.clone())?,
        id: None,
        phases: asked.statuses.iter().copied().map(Into::into).collect(),
        procedure: asked.procedure.clone(),
        handler: asked.handler.clone(),
        channel: asked.channel.map(Into::into),
        overdue_at: asked.overdue.then_some(now),
        intake_overdue_at: asked.intake_overdue.then_some(now),
        missed: asked.missed,
    })
}

async fn page(
    context: &Context<'_>,
    asked: WorklistFilter,
    first: Option<i32>,
    after: Option<&str>,
    min_position: Option<Long>,
) -> Result<WorklistPage> {
    let (api, actor) = (api(context), access::signed_in(context)?);
    let filter = filtered(api, actor, &asked)?;
    wait_for(api, min_position).await?;
    let now = api.office.clock();
    let (first, after) = (paging::first(first)?, paging::rank(after)?);
    let found = worklist::page(&api.models, &filter, after, first).await?;
    let rows = found.rows.into_iter();
    let rows = rows.map(|(place, row)| (paging::rank_cursor(place), Dossier::current(row, now)));
    let total = ListTotal::Worklist(filter);
    Ok(paging::connection_with(
        rows,
        after.is_some(),
        found.has_next,
        total,
    ))
}
