//! What an applicant has handed in.

use async_graphql::{Context, Object};

use super::access::{self, api};
use super::dossier::Dossier;
use super::error::{Answered, Problem, Result};
use super::listing::ListTotal;
use super::paging;
use super::scalar::Long;
use super::wait_for;
use super::worklist::WorklistPage;
use crate::domain::actor::Role;
use crate::projections::worklist;

/// What an applicant has handed in.
#[derive(Default)]
pub struct MineQuery;

#[Object]
impl MineQuery {
    /// The caller's own dossiers, drafts and closed ones too, the newest first. For applicants; everybody else is FORBIDDEN.
    #[graphql(complexity = "paging::cost(first, child_complexity)")]
    async fn my_dossiers(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 unless told.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
        #[graphql(desc = "Wait up to 2 s until this position is shown; else NOT_YET.")]
        min_position: Option<Long>,
    ) -> Answered<WorklistPage> {
        Some(page(context, first, after.as_deref(), min_position).await)
    }
}

async fn page(
    context: &Context<'_>,
    first: Option<i32>,
    after: Option<&str>,
    min_position: Option<Long>,
) -> Result<WorklistPage> {
    let (api, actor) = (api(context), access::signed_in(context)?);
    if actor.role != Role::Applicant {
        return Err(Problem::Forbidden);
    }
    let (first, after) = (paging::first(first)?, paging::own(after)?);
    wait_for(api, min_position).await?;
    let now = api.office.clock();
    let found = worklist::of_applicant(&api.models, &actor.id, after, first).await?;
    let rows = found.rows.into_iter();
    let rows = rows.map(|(number, row)| (paging::own_cursor(number), Dossier::current(row, now)));
    let total = ListTotal::Own(actor.id.clone());
    let (previous, next) = (after.is_some(), found.has_next);
    Ok(paging::connection_with(rows, previous, next, total))
}
