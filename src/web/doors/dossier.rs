//! One dossier: found by its code, followed by its applicant, checked by auditors.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{Answer, Asked, Segment, answer, asked, segment};
use crate::api::access::{self, OfficeDevice};
use crate::api::dossier::tracking::is_receipt;
use crate::domain::code::DossierCode;
use crate::projections::history::{self, Change};
use crate::projections::tracking::{self, DossierRow};
use crate::projections::{catalogue, offices};
use crate::web::frame::Door;
use crate::web::history::HistoryPage;
use crate::web::home::SearchPage;
use crate::web::problem::Problem;
use crate::web::tracking::{Holder, Story, TrackingPage};
use crate::web::{Visit, Web, live, respond, typed};

#[derive(Default, Deserialize)]
pub(super) struct Typed {
    code: Option<String>,
}

pub(super) async fn find(State(web): State<Web>, visit: Visit, typed: Asked<Typed>) -> Response {
    let found = search(&web, &visit, asked(typed), "/t").await;
    answer(&visit, &web, found)
}

pub(super) async fn find_history(
    State(web): State<Web>,
    visit: Visit,
    typed: Asked<Typed>,
) -> Response {
    let found = search(&web, &visit, asked(typed), "/history").await;
    answer(&visit, &web, found)
}

async fn search(web: &Web, visit: &Visit, typed: Typed, action: &'static str) -> Answer {
    let typed = typed.code.map(|code| code.trim().to_owned());
    let Some(typed) = typed.filter(|code| !code.is_empty()) else {
        let title = visit.lang.of("Tra cứu hồ sơ", "Track a dossier");
        let frame = visit.frame(web).titled(title, Some(Door::Tracking));
        return Ok(respond::html(StatusCode::OK, &SearchPage { frame, action }));
    };
    let code = meant(web, &typed).await?;
    let key = typed::capability(&typed).filter(|_| action == "/t");
    let key = key.map_or_else(String::new, |key| format!("?k={key}"));
    let place = visit.frame(web).to(&format!("{action}/{code}{key}"));
    Ok(respond::see(&place))
}

/// The code that somebody typed: of several it may mean, the one that is a dossier's.
async fn meant(web: &Web, text: &str) -> Result<DossierCode, Problem> {
    let mut codes = typed::codes(text);
    if codes.len() > 1 {
        for code in &codes {
            if tracking::by_code(web.models(), code.as_str())
                .await?
                .is_some()
            {
                return Ok(code.clone());
            }
        }
    }
    codes.truncate(1);
    codes
        .pop()
        .ok_or_else(|| Problem::CodeMalformed(text.chars().take(64).collect()))
}

pub(super) fn dossier_code(text: &str) -> Result<DossierCode, Problem> {
    let short = || text.chars().take(64).collect();
    text.trim()
        .parse()
        .map_err(|_| Problem::CodeMalformed(short()))
}

/// The row and the story of a code.
/// A dossier by its code, with its facts. Whoever neither is signed in nor shows the key of its receipt is counted: codes follow
/// each other, and nobody is to read them all.
pub(super) async fn dossier(
    web: &Web,
    visit: &Visit,
    code: &str,
    key: Option<&str>,
) -> Result<(String, DossierRow, Vec<Change>), Problem> {
    let code = meant(web, code).await?.to_string();
    let unknown = || Problem::DossierUnknown(code.clone());
    let row = tracking::by_code(web.models(), &code).await?;
    let known = row.as_ref().is_some_and(|row| receipt(row, key).is_some());
    if !known && visit.who.is_none() {
        web.api.rates.look_up(visit.address)?;
    }
    let row = row.ok_or_else(unknown)?;
    let changes = history::of_dossier(web.models(), row.id).await?;
    if changes.is_empty() {
        return Err(unknown());
    }
    Ok((code, row, changes))
}

#[derive(Default, Deserialize)]
pub(super) struct Shown {
    still: Option<String>,
    /// The receipt's capability.
    k: Option<String>,
    /// Given: numbers and addresses in full.
    full: Option<String>,
}

pub(super) async fn track(
    State(web): State<Web>,
    visit: Visit,
    path: Segment,
    shown: Asked<Shown>,
) -> Response {
    let page = tracking_page(&web, &visit, &segment(path), &asked(shown)).await;
    respond::unlisted(answer(&visit, &web, page))
}

async fn tracking_page(web: &Web, visit: &Visit, code: &str, shown: &Shown) -> Answer {
    let (code, row, changes) = dossier(web, visit, code, shown.k.as_deref()).await?;
    let holder = holder(web, &code, &row, shown).await;
    let reference = web.models().reference();
    let procedure = match row.procedure_version {
        Some(version) => reference
            .procedure_version(&row.procedure, version)
            .cloned(),
        None => catalogue::procedure(web.models(), &row.procedure, None),
    };
    let office = offices::by_code(web.models(), &row.office);
    let legs = match changes.last() {
        Some(last) => tracking::legs(web.models(), &last.after).await?,
        None => Vec::new(),
    };
    let story = Story {
        code: &code,
        changes: &changes,
        procedure: procedure.as_deref(),
        sensitive: row.sensitive,
        office: office.as_deref(),
        reference: &reference,
        now: web.now(),
        base: &visit.base,
        holder: holder.as_ref(),
        command: new_command(),
        legs: &legs,
    };
    // A key that opens nothing leaves no trace on the page: it is the page of those who have none.
    let key = holder
        .as_ref()
        .map_or_else(String::new, |holder| format!("?k={}", holder.capability));
    let mut frame = visit.frame(web).live(format!("/t/{code}/events{key}"));
    frame.place = format!("/t/{code}{key}");
    let page = TrackingPage::new(frame.script("print.js"), &story);
    let mut page = page.ok_or(Problem::DossierUnknown(code.clone()))?;
    page.refreshes &= shown.still.is_none();
    Ok(respond::html(StatusCode::OK, &page))
}

/// What the api opens for the receipt that is shown; none for another key, in the same time as for none.
async fn holder(web: &Web, code: &str, row: &DossierRow, shown: &Shown) -> Option<Holder> {
    let capability = receipt(row, shown.k.as_deref())?;
    let reveal = shown.full.is_some();
    let variables = json!({ "code": code, "capability": capability, "reveal": reveal });
    let document = include_str!("../queries/receipt.graphql");
    let told = web
        .run(document, variables, None, OfficeDevice(false))
        .await;
    Holder::read(&capability, reveal, &told.data, !told.failures.is_empty())
}

/// The capability in the form it is printed in, if it is this dossier's.
pub(super) fn receipt(row: &DossierRow, shown: Option<&str>) -> Option<String> {
    let capability = shown?.trim().to_ascii_uppercase();
    is_receipt(row, Some(&capability)).then_some(capability)
}

/// For the form on a page: a command sent twice from it is recorded once.
#[expect(clippy::disallowed_methods, reason = "ids are made at the edge")]
pub(super) fn new_command() -> Uuid {
    Uuid::now_v7()
}

/// The stream by which an open tracking page learns that its dossier moved.
pub(super) async fn follow(
    State(web): State<Web>,
    visit: Visit,
    headers: HeaderMap,
    path: Segment,
    shown: Asked<Shown>,
) -> Response {
    let key = asked(shown).k;
    let found = match dossier(&web, &visit, &segment(path), key.as_deref()).await {
        Ok((_, row, _)) => Ok(live::follow(&web, &headers, live::Subject::Dossier(row.id)).await),
        Err(problem) => Err(problem),
    };
    respond::unlisted(answer(&visit, &web, found))
}

pub(super) async fn records(State(web): State<Web>, visit: Visit, path: Segment) -> Response {
    let found = dossier(&web, &visit, &segment(path), None)
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
