//! Offices: the list, one office, and what was said of them.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::{Answer, Asked, Segment, answer, asked, segment};
use crate::api::access::OfficeDevice;
use crate::domain::deadline::Comparison;
use crate::projections::statistics::{self as counting, Scope};
use crate::web::offices::{self, OfficePage, OfficesPage, Said, Unit, VoicesPage};
use crate::web::problem::Problem;
use crate::web::{Visit, Web, respond};

pub(super) async fn list(State(web): State<Web>, visit: Visit) -> Response {
    let page = OfficesPage::new(visit.frame(&web), &web.models().reference(), web.now());
    respond::html(StatusCode::OK, &page)
}

pub(super) async fn office(State(web): State<Web>, visit: Visit, path: Segment) -> Response {
    let page = office_page(&web, &visit, &segment(path)).await;
    answer(&visit, &web, page)
}

async fn office_page(web: &Web, visit: &Visit, code: &str) -> Answer {
    let reference = web.models().reference();
    let code = code.trim().to_ascii_uppercase();
    let office = reference.offices.get(&code).ok_or(Problem::OfficeUnknown)?;
    let today = web.now().date();
    let query = counting::Query {
        scope: Scope::Office(code.clone()),
        channel: None,
        procedure: None,
        from: today.first_of_year(),
        to: today,
        comparison: Comparison::Date,
    };
    let counts = counting::count(web.models(), &query).await?;
    // Who works there is no reason to show nothing of the office.
    let staff = web.ask::<Unit>(None, "staff", json!({ "code": code }));
    let staff = staff.await.ok().flatten().unwrap_or_default().staff;
    let frame = visit.frame(web);
    let page = OfficePage::new(frame, office, &reference, web.now(), &counts, staff);
    Ok(respond::html(StatusCode::OK, &page))
}

#[derive(Default, Deserialize)]
pub(super) struct Wanted {
    office: Option<String>,
    after: Option<String>,
}

pub(super) async fn voices(
    State(web): State<Web>,
    visit: Visit,
    wanted: Asked<Wanted>,
) -> Response {
    let page = voices_page(&web, &visit, asked(wanted)).await;
    answer(&visit, &web, page)
}

async fn voices_page(web: &Web, visit: &Visit, wanted: Wanted) -> Answer {
    let reference = web.models().reference();
    let code = wanted.office.filter(|code| !code.is_empty());
    let office = match &code {
        Some(code) => Some(reference.offices.get(code).ok_or(Problem::OfficeUnknown)?),
        None => None,
    };
    let variables = json!({ "office": code, "first": offices::PAGE, "after": wanted.after });
    let document = include_str!("../queries/voices.graphql");
    let told = web
        .run(document, variables, None, OfficeDevice(false))
        .await;
    let said = told
        .data
        .get("feedback")
        .filter(|_| told.failures.is_empty());
    let said = said.and_then(|said| serde_json::from_value::<Said>(said.clone()).ok());
    let bad_place = told.failures.iter().any(|code| code == "BAD_USER_INPUT");
    let said = match said {
        Some(said) => said,
        None if bad_place => return Err(Problem::PageUnknown),
        None => return Err(Problem::Unavailable("FEEDBACK_UNREADABLE")),
    };
    let office = office.map(AsRef::as_ref);
    let page = VoicesPage::new(visit.frame(web), said, office, &reference);
    Ok(respond::html(StatusCode::OK, &page))
}
