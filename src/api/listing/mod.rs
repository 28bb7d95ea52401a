//! Lists of dossiers, filtered and ordered by whatever a list shows.

mod filter;
mod order;

use async_graphql::connection::{Connection, EmptyFields};
use async_graphql::{Context, Object};

pub use self::filter::DossierFilter;
pub use self::order::DossierOrder;
use super::access::{self, api};
use super::dossier::Dossier;
use super::error::{Answered, Problem, Result};
use super::paging::{self, Cursor};
use super::scalar::Long;
use super::wait_for;
use crate::domain::actor::Actor;
use crate::projections::listing::{self, Way};
use crate::projections::worklist;

pub type DossierPage = Connection<Cursor, Dossier, ListTotal, EmptyFields>;

/// Which list is counted.
pub enum ListTotal {
    Worklist(worklist::Filter),
    Listing(listing::Filter),
    /// Of an applicant.
    Own(String),
}

/// How long a list is.
#[Object]
impl ListTotal {
    /// How many dossiers the list has in all. Counted when asked for.
    #[graphql(complexity = 20)]
    async fn total_count(&self, context: &Context<'_>) -> Answered<u64> {
        let models = &api(context).models;
        let counted = match self {
            Self::Worklist(filter) => worklist::count(models, filter).await,
            Self::Listing(filter) => listing::count(models, filter).await,
            Self::Own(applicant) => worklist::count_of_applicant(models, applicant).await,
        };
        Some(counted.map_err(Into::into))
    }
}

/// Lists of dossiers.
#[derive(Default)]
pub struct ListingQuery;

#[Object]
impl ListingQuery {
    /// Dossiers as a list shows them, open and closed: for the officers of an office those it has now, for auditors and controllers
    /// those of any office or of all. What an applicant has only begun is in no list.
    #[graphql(complexity = "paging::cost(first.or(last), child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "each is an argument of the field"
    )]
    async fn dossiers(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which; all unless told.")] filter: Option<DossierFilter>,
        #[graphql(desc = "By promised moment, the earliest first, unless told.")] order_by: Option<
            DossierOrder,
        >,
        #[graphql(
            desc = "How many from the beginning or after `after`, at most 100; 20 unless told."
        )]
        first: Option<i32>,
        #[graphql(desc = "A cursor of this list in this order; goes with `first`.")] after: Option<
            String,
        >,
        #[graphql(desc = "How many from the end or before `before`, at most 100.")] last: Option<
            i32,
        >,
        #[graphql(desc = "A cursor of this list in this order; goes with `last`.")] before: Option<
            String,
        >,
        #[graphql(desc = "Wait up to 2 s until this position is shown; else NOT_YET.")]
        min_position: Option<Long>,
    ) -> Answered<DossierPage> {
        let filter = filter.unwrap_or_default();
        let stretch = Stretch::read(first, after, last, before);
        let asked = async { page(context, &filter, order_by, stretch?, min_position).await };
        Some(asked.await)
    }
}

/// A part of a list, as its reader asks for it.
struct Stretch {
    way: Way,
    size: u32,
    from: Option<String>,
}

impl Stretch {
    fn read(
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Self> {
        let backwards = last.is_some() || before.is_some();
        if backwards && (first.is_some() || after.is_some()) {
            let message = "first and after go forwards, last and before backwards: not both";
            return Err(Problem::bad_input(message));
        }
        if backwards {
            Ok(Self {
                way: Way::Backward,
                size: paging::size("last", last)?,
                from: before,
            })
        } else {
            Ok(Self {
                way: Way::Forward,
                size: paging::first(first)?,
                from: after,
            })
        }
    }
}

/// Whose dossiers: officers read their own office's, whoever supervises also those of offices named, or of all (none told).
pub(super) fn offices(actor: &Actor, named: Option<&[String]>) -> Result<Option<Vec<String>>> {
    let own = access::lists_of(actor)?;
    match (own, named) {
        (Some(own), Some(named)) if named.iter().any(|office| office != own) => {
            Err(Problem::Forbidden)
        }
        (Some(own), _) => Ok(Some(vec![own.to_owned()])),
        (None, named) => {
            let named = named.filter(|named| !named.is_empty());
            Ok(named.map(<[String]>::to_vec))
        }
    }
}

async fn page(
    context: &Context<'_>,
    asked: &DossierFilter,
    order_by: Option<DossierOrder>,
    stretch: Stretch,
    min_position: Option<Long>,
) -> Result<DossierPage> {
    let (api, actor) = (api(context), access::signed_in(context)?);
    let offices = offices(actor, asked.offices.as_deref())?;
    let order = order_by.unwrap_or_default();
    let now = api.office.clock();
    let from = match &stretch.from {
        Some(text) => Some(order.read(text, now)?),
        None => None,
    };
    wait_for(api, min_position).await?;
    // The list is as of the moment it was begun at: what was late then is so on every page.
    let begun = from.as_ref().map_or(now, |(_, begun)| *begun);
    let filter = asked.of(offices, begun)?;
    let (place, way) = (from.as_ref().map(|(place, _)| place), stretch.way);
    let found = listing::page(&api.models, &filter, order.into(), place, way, stretch.size).await?;
    let (has_previous, has_next) = match way {
        Way::Forward => (place.is_some(), found.has_next),
        Way::Backward => (found.has_next, place.is_some()),
    };
    let rows = found.rows.into_iter();
    let rows = rows.map(|(place, row)| (order.cursor(&place, begun), Dossier::current(row, now)));
    let total = ListTotal::Listing(filter);
    Ok(paging::connection_with(rows, has_previous, has_next, total))
}
