//! Looking dossiers up: by everybody, by those who may open them, as they are and as they were.

use async_graphql::{Context, Object, OneofObject};

use super::Dossier;
use super::audit::{self, AuditFilter, AuditPage};
use super::tracking::{self, Tracking};
use crate::api::access::{self, api, may_open};
use crate::api::error::{Answered, Problem, Result};
use crate::api::paging;
use crate::api::scalar::Long;
use crate::api::{Api, wait_for};
use crate::domain::code::DossierCode;
use crate::domain::time::Moment;
use crate::journal::Until;
use crate::projections::audit::{Filter, Order};
use crate::projections::tracking::{DossierRow, by_code, by_id};

/// Which dossier.
#[derive(OneofObject)]
pub enum DossierBy {
    /// Its global id, or the UUID of its stream.
    Id(async_graphql::ID),
    /// Its code.
    Code(String),
}

/// As of when.
#[derive(OneofObject)]
pub enum AsOf {
    /// As recorded up to and including this moment.
    Moment(Moment),
    /// As recorded up to and including this position.
    Position(Long),
}

impl From<AsOf> for Until {
    fn from(as_of: AsOf) -> Self {
        match as_of {
            AsOf::Moment(moment) => Self::Moment(moment),
            AsOf::Position(Long(position)) => Self::Size(position.saturating_add(1)),
        }
    }
}

/// Looking dossiers up.
#[derive(Default)]
pub struct DossierQuery;

#[Object]
impl DossierQuery {
    /// The public view of a dossier; null when there is none of this code.
    async fn tracking(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its code, as on the slip; letters in any case.")] code: String,
        #[graphql(
            desc = "The 16 characters on the receipt show a little more; wrong ones nothing."
        )]
        capability: Option<String>,
        #[graphql(desc = "Wait up to 2 s until this position is shown; else NOT_YET.")]
        min_position: Option<Long>,
    ) -> Answered<Tracking> {
        tracked(context, &code, capability.as_deref(), min_position)
            .await
            .transpose()
    }

    /// A dossier, for its office, its applicant and auditors; null when there is none or it is not for the reader.
    async fn dossier(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which.")] by: DossierBy,
        #[graphql(desc = "As it was; as it is unless told.")] as_of: Option<AsOf>,
        #[graphql(desc = "Wait up to 2 s until this position is shown; else NOT_YET.")]
        min_position: Option<Long>,
    ) -> Answered<Dossier> {
        dossier(context, by, as_of.map(Into::into), min_position)
            .await
            .transpose()
    }

    /// The facts of one dossier, oldest first; null when there is none. Everybody reads what the page `/history/CODE` shows;
    /// who acted is for its office, its applicant and auditors.
    #[graphql(complexity = "paging::cost(first, child_complexity)")]
    async fn dossier_history(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its code.")] code: String,
        #[graphql(desc = "How many, at most 100; 20 unless told.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
        #[graphql(desc = "Wait up to 2 s until this position is shown; else NOT_YET.")]
        min_position: Option<Long>,
    ) -> Answered<AuditPage> {
        let facts = async {
            access::look_up(context)?;
            let Some(row) = row_of_code(api(context), &code, min_position).await? else {
                return Ok(None);
            };
            let page = audit::of_dossier(context, &row, first, after.as_deref());
            page.await.map(Some)
        };
        facts.await.transpose()
    }

    /// All facts, for auditors; for the head of a one-stop unit those of the own office.
    #[graphql(complexity = "paging::cost(first, child_complexity)")]
    async fn audit_trail(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which facts; all unless told.")] filter: Option<AuditFilter>,
        #[graphql(desc = "How many, at most 100; 20 unless told.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
        #[graphql(desc = "Wait up to 2 s until this position is shown; else NOT_YET.")]
        min_position: Option<Long>,
    ) -> Answered<AuditPage> {
        let filter = filter.unwrap_or_default();
        trail(context, filter, first, after.as_deref(), min_position)
            .await
            .transpose()
    }
}

async fn tracked(
    context: &Context<'_>,
    code: &str,
    capability: Option<&str>,
    min_position: Option<Long>,
) -> Result<Option<Tracking>> {
    let row = looked_up(context, code, capability, min_position).await?;
    let now = api(context).office.clock();
    Ok(row.map(|row| tracking::tracked(row, capability, now)))
}

/// The row of a code, for whoever looks it up: counted, unless the key on its receipt is shown.
pub async fn looked_up(
    context: &Context<'_>,
    code: &str,
    capability: Option<&str>,
    min_position: Option<Long>,
) -> Result<Option<DossierRow>> {
    let row = row_of_code(api(context), code, min_position).await?;
    let holds_receipt = |row: &DossierRow| tracking::is_receipt(row, capability);
    if row.as_ref().is_some_and(holds_receipt) {
        access::receipt_shown(context);
    } else {
        access::look_up(context)?;
    }
    Ok(row)
}

/// The row of a code, whoever asks.
async fn row_of_code(
    api: &Api,
    code: &str,
    min_position: Option<Long>,
) -> Result<Option<DossierRow>> {
    let code: DossierCode = code.trim().parse()?;
    wait_for(api, min_position).await?;
    Ok(by_code(&api.models, code.as_str()).await?)
}

/// The dossier if the caller may open it as it is now.
pub async fn dossier(
    context: &Context<'_>,
    by: DossierBy,
    as_of: Option<Until>,
    min_position: Option<Long>,
) -> Result<Option<Dossier>> {
    let (api, actor) = (api(context), access::signed_in(context)?);
    wait_for(api, min_position).await?;
    let row = find(api, by).await?;
    let Some(row) = row.filter(|row| may_open(actor, row)) else {
        return Ok(None);
    };
    match as_of {
        None => Ok(Some(Dossier::current(row, api.office.clock()))),
        Some(until) => Dossier::as_of(api, &row, until).await,
    }
}

/// The row, whoever asks.
pub async fn find(api: &Api, by: DossierBy) -> Result<Option<DossierRow>> {
    Ok(match by {
        DossierBy::Code(code) => {
            let code: DossierCode = code.trim().parse()?;
            by_code(&api.models, code.as_str()).await?
        }
        DossierBy::Id(id) => match paging::dossier_id(&id) {
            Some(id) => by_id(&api.models, id).await?,
            None => None,
        },
    })
}

async fn trail(
    context: &Context<'_>,
    asked: AuditFilter,
    first: Option<i32>,
    after: Option<&str>,
    min_position: Option<Long>,
) -> Result<Option<AuditPage>> {
    let order = if asked.newest_first {
        Order::NewestFirst
    } else {
        Order::OldestFirst
    };
    access::supervised(access::signed_in(context)?)?;
    wait_for(api(context), min_position).await?;
    let Some(filter) = trail_filter(context, asked).await? else {
        return Ok(Some(paging::connection([], false, false)));
    };
    let page = audit::page(api(context), &filter, order, first, after, true).await?;
    Ok(Some(page))
}

/// Which facts of the trail the caller asks for; none when there is no dossier of the code asked for.
///
/// # Errors
/// [`Problem::Forbidden`] for what is not the caller's to read.
pub async fn trail_filter(context: &Context<'_>, asked: AuditFilter) -> Result<Option<Filter>> {
    let (api, actor) = (api(context), access::signed_in(context)?);
    let own_office = access::supervised(actor)?.map(str::to_owned);
    if own_office.is_some() && asked.office.is_some() && own_office != asked.office {
        return Err(Problem::Forbidden);
    }
    let dossier = match &asked.code {
        None => None,
        Some(code) => {
            let code: DossierCode = code.trim().parse()?;
            match by_code(&api.models, code.as_str()).await? {
                Some(row) => Some(row.id),
                None => return Ok(None),
            }
        }
    };
    Ok(Some(Filter {
        dossier,
        actor: asked.actor,
        office: own_office.or(asked.office),
        kind: asked.kind,
        role: asked.role.map(Into::into),
        procedure: asked.procedure,
        reason: asked.reason.map(Into::into),
        breaches_only: asked.breaches_only,
        breach: asked.breach.map(Into::into),
        later_hours: asked.later_hours,
        off_hours: asked.off_hours,
        from: asked.from,
        to: asked.to,
        below: None,
    }))
}
