//! One dossier: found by its code, followed by its applicant, checked by auditors.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use super::{Answer, Asked, Segment, answer, asked, segment};
use crate::api::access;
use crate::domain::code::DossierCode;
use crate::projections::history::{self, Change};
use crate::projections::tracking::{self, DossierRow};
use crate::projections::{catalogue, offices};
use crate::web::frame::Door;
use crate::web::history::HistoryPage;
use crate::web::home::SearchPage;
use crate::web::problem::Problem;
use crate::web::tracking::{Story, TrackingPage};
use crate::web::{Visit, Web, live, respond};

#[derive(Default, Deserialize)]
pub(super) struct Typed {
    code: Option<String>,
}

pub(super) async fn find(State(web): State<Web>, visit: Visit, typed: Asked<Typed>) -> Response {
    let found = search(&web, &visit, asked(typed), "/t");
    answer(&visit, &web, found)
}

pub(super) async fn find_history(
    State(web): State<Web>,
    visit: Visit,
    typed: Asked<Typed>,
) -> Response {
    let found = search(&web, &visit, asked(typed), "/history");
    answer(&visit, &web, found)
}

fn search(web: &Web, visit: &Visit, typed: Typed, action: &'static str) -> Answer {
    let typed = typed.code.map(|code| code.trim().to_owned());
    let Some(typed) = typed.filter(|code| !code.is_empty()) else {
        let title = visit.lang.of("Tra cứu hồ sơ", "Track a dossier");
        let frame = visit.frame(web).titled(title, Some(Door::Tracking));
        return Ok(respond::html(StatusCode::OK, &SearchPage { frame, action }));
    };
    let code = dossier_code(&typed)?;
    let place = visit.frame(web).to(&format!("{action}/{code}"));
    Ok(respond::see(&place))
}

pub(super) fn dossier_code(text: &str) -> Result<DossierCode, Problem> {
    let short = || text.chars().take(64).collect();
    text.trim()
        .parse()
        .map_err(|_| Problem::CodeMalformed(short()))
}

/// The row and the story of a code.
pub(super) async fn dossier(
    web: &Web,
    code: &str,
) -> Result<(String, DossierRow, Vec<Change>), Problem> {
    let code = dossier_code(code)?.to_string();
    let unknown = || Problem::DossierUnknown(code.clone());
    let row = tracking::by_code(web.models(), &code).await?;
    let row = row.ok_or_else(unknown)?;
    let changes = history::of_dossier(web.models(), row.id).await?;
    if changes.is_empty() {
        return Err(unknown());
    }
    Ok((code, row, changes))
}

#[derive(Default, Deserialize)]
pub(super) struct Still {
    still: Option<String>,
}

pub(super) async fn track(
    State(web): State<Web>,
    visit: Visit,
    path: Segment,
    still: Asked<Still>,
) -> Response {
    let (code, moves) = (segment(path), asked(still).still.is_none());
    let page = tracking_page(&web, &visit, &code, moves).await;
    respond::unlisted(answer(&visit, &web, page))
}

async fn tracking_page(web: &Web, visit: &Visit, code: &str, refresh: bool) -> Answer {
    let (code, row, changes) = dossier(web, code).await?;
    let reference = web.models().reference();
    let procedure = match row.procedure_version {
        Some(version) => reference
            .procedure_version(&row.procedure, version)
            .cloned(),
        None => catalogue::procedure(web.models(), &row.procedure, None),
    };
    let office = offices::by_code(web.models(), &row.office);
    let story = Story {
        code: &code,
        changes: &changes,
        procedure: procedure.as_deref(),
        sensitive: row.sensitive,
        office: office.as_deref(),
        reference: &reference,
        now: web.now(),
        base: &visit.base,
    };
    let page = TrackingPage::new(visit.frame(web).live(format!("/t/{code}/events")), &story);
    let mut page = page.ok_or(Problem::DossierUnknown(code.clone()))?;
    page.refreshes &= refresh;
    let response = respond::html(StatusCode::OK, &page);
    if page.refreshes {
        return Ok(respond::refreshing(response, "60"));
    }
    Ok(response)
}

/// The stream by which an open tracking page learns that its dossier moved.
pub(super) async fn follow(
    State(web): State<Web>,
    visit: Visit,
    headers: HeaderMap,
    path: Segment,
) -> Response {
    let found = match dossier(&web, &segment(path)).await {
        Ok((_, row, _)) => Ok(live::follow(&web, &headers, live::Subject::Dossier(row.id)).await),
        Err(problem) => Err(problem),
    };
    respond::unlisted(answer(&visit, &web, found))
}

pub(super) async fn records(State(web): State<Web>, visit: Visit, path: Segment) -> Response {
    let found = dossier(&web, &segment(path))
        .await
        .map(|(code, row, changes)| {
            let sees_people = access::sees_people(visit.who.as_ref(), &row);
            let page = HistoryPage::new(visit.frame(&web), &code, &changes, sees_people)
                .sealed(sealed(&web));
            respond::html(StatusCode::OK, &page)
        });
    respond::unlisted(answer(&visit, &web, found))
}

/// How many records the newest published checkpoint covers; none on a node that keeps no log.
fn sealed(web: &Web) -> Option<u64> {
    let published = web.api.log().ok()?.integrity.published();
    Some(published.map_or(0, |published| published.checkpoint.size))
}
