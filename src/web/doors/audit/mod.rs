//! The auditor's desk: who may come in, and what each page reads.

mod export;
mod facts;
mod found;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::{Answer, answer};
use crate::api::access;
use crate::api::findings::may_be_shown;
use crate::domain::actor::Actor;
use crate::integrity::IntegrityError;
use crate::projections::audit::{self, AuditRow, Filter, Order};
use crate::projections::detector::{self, Window};
use crate::web::audit::start::{StartPage, Story};
use crate::web::audit::{Line, proofs};
use crate::web::problem::Problem;
use crate::web::{Visit, Web, respond};

/// Late records on the first page.
const LATER: u32 = 6;

/// Everything below `/audit`.
pub(super) fn router() -> Router<Web> {
    Router::new()
        .route("/audit", get(start))
        .route("/audit/search", get(facts::search))
        .route("/audit/fact/{position}", get(facts::fact))
        .route("/audit/d/{code}", get(facts::dossier))
        .route("/audit/findings", get(found::findings))
        .route("/audit/lateness", get(found::lateness))
        .route("/audit/export.csv", get(export::csv))
        .route("/audit/export.ndjson", get(export::ndjson))
}

/// Somebody who supervises, and the one office they do it for; none for all.
struct Auditor<'a> {
    who: &'a Actor,
    own: Option<&'a str>,
}

/// # Errors
/// [`Problem::SignInNeeded`], [`Problem::NotForAuditors`]
fn auditor(visit: &Visit) -> Result<Auditor<'_>, Problem> {
    let who = visit.who.as_ref().ok_or(Problem::SignInNeeded)?;
    let own = access::supervised(who).map_err(|_| Problem::NotForAuditors)?;
    Ok(Auditor { who, own })
}

impl From<IntegrityError> for Problem {
    fn from(error: IntegrityError) -> Self {
        tracing::error!(%error, "the proof could not be read");
        Self::Unavailable(error.code())
    }
}

/// Facts as lines, each with its proof.
async fn lines(web: &Web, visit: &Visit, rows: &[AuditRow]) -> Result<Vec<Line>, Problem> {
    let positions: Vec<u64> = rows.iter().map(|row| row.position).collect();
    let proofs = proofs(web.api.log().ok(), &positions).await?;
    Ok(rows
        .iter()
        .map(|row| Line::of(row, &proofs, visit.lang))
        .collect())
}

/// The quarter that ends today, or with the story.
fn quarter(web: &Web) -> Window {
    let to = super::figures::period_end(web);
    let from = to.checked_sub(jiff::Span::new().days(91)).unwrap_or(to);
    Window { from, to }
}

async fn start(State(web): State<Web>, visit: Visit) -> Response {
    let page = start_page(&web, &visit).await;
    respond::unlisted(answer(&visit, &web, page))
}

async fn start_page(web: &Web, visit: &Visit) -> Answer {
    let Auditor { own, .. } = auditor(visit)?;
    let models = web.models();
    let window = quarter(web);
    let rules = if may_be_shown(web.opened()) {
        Some(detector::counts(models, window, own).await?)
    } else {
        None
    };
    let filter = Filter {
        office: own.map(str::to_owned),
        later_hours: Some(1),
        ..Filter::default()
    };
    let later = audit::search(models, &filter, Order::NewestFirst, None, LATER).await?;
    let later: Vec<AuditRow> = later.rows.into_iter().map(|(_, row)| row).collect();
    let story = Story {
        own: own.map(str::to_owned),
        size: models.size(),
        counts: audit::counts(models, own).await?,
        rules,
        window,
        later: lines(web, visit, &later).await?,
    };
    let page = StartPage::new(visit.frame(web), web.api.log().ok(), story);
    Ok(respond::html(StatusCode::OK, &page))
}
