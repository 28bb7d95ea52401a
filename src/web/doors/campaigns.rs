//! Satisfaction campaigns: the list, and the results of one.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::{Answer, Segment, answer, segment};
use crate::api::campaigns;
use crate::projections::statistics::surveys::{self, Split};
use crate::web::campaigns::{CampaignPage, CampaignsPage};
use crate::web::problem::Problem;
use crate::web::{Visit, Web, respond};

pub(super) async fn list(State(web): State<Web>, visit: Visit) -> Response {
    let page = CampaignsPage::new(visit.frame(&web), &campaigns::all(&web.api));
    respond::html(StatusCode::OK, &page)
}

pub(super) async fn results(State(web): State<Web>, visit: Visit, path: Segment) -> Response {
    let page = page(&web, &visit, &segment(path)).await;
    answer(&visit, &web, page)
}

async fn page(web: &Web, visit: &Visit, code: &str) -> Answer {
    let campaign = campaigns::by_code(&web.api, code.trim()).ok_or(Problem::PageUnknown)?;
    let today = web.now().date();
    let responses = surveys::responses(web.models(), &campaign.code, today).await?;
    let results = [
        found(web, &campaign, Split::Together).await?,
        found(web, &campaign, Split::Office).await?,
        found(web, &campaign, Split::Field).await?,
    ];
    let page = CampaignPage::new(visit.frame(web), &campaign, responses, &results);
    Ok(respond::html(StatusCode::OK, &page))
}

async fn found(
    web: &Web,
    campaign: &campaigns::Campaign,
    split: Split,
) -> Result<Vec<campaigns::CampaignResult>, Problem> {
    let found = campaigns::results(&web.api, campaign, split).await;
    found.map_err(|_| Problem::Unavailable("RESULTS_UNREADABLE"))
}
