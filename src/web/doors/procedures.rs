//! The catalogue: a list to search, and one procedure.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::{Answer, Asked, Segment, answer, asked, segment};
use crate::domain::code::ProcedureCode;
use crate::projections::catalogue;
use crate::web::problem::Problem;
use crate::web::procedures::{self, ProcedurePage, ProceduresPage};
use crate::web::{Visit, Web, respond};

#[derive(Default, Deserialize)]
pub(super) struct Sought {
    q: Option<String>,
    after: Option<String>,
}

pub(super) async fn list_procedures(
    State(web): State<Web>,
    visit: Visit,
    sought: Asked<Sought>,
) -> Response {
    let sought = asked(sought);
    let words: String = sought.q.unwrap_or_default().chars().take(100).collect();
    let after = sought
        .after
        .filter(|after| after.parse::<ProcedureCode>().is_ok());
    let found = found_procedures(&web, &visit, words, after.as_deref()).await;
    answer(&visit, &web, found)
}

async fn found_procedures(web: &Web, visit: &Visit, words: String, after: Option<&str>) -> Answer {
    let today = Some(web.now().date());
    let first = procedures::PAGE + 1;
    let mut found = catalogue::search(web.models(), &words, today, after, first).await?;
    let more = found.len() > procedures::PAGE as usize;
    found.truncate(procedures::PAGE as usize);
    let last = found.last().filter(|_| more);
    let more = last.map(|last| format!("/p?q={}&after={}", encoded(&words), last.code));
    let page = ProceduresPage::new(visit.frame(web), words, &found, more);
    Ok(respond::html(StatusCode::OK, &page))
}

/// As a value in a query.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

pub(super) async fn procedure(State(web): State<Web>, visit: Visit, path: Segment) -> Response {
    let today = web.now().date();
    let code = segment(path).to_ascii_uppercase();
    let found = catalogue::procedure(web.models(), &code, Some(today))
        .or_else(|| catalogue::procedure(web.models(), &code, None));
    let page = found.ok_or(Problem::ProcedureUnknown).map(|found| {
        let page = ProcedurePage::new(visit.frame(&web), &found, &visit.base);
        respond::html(StatusCode::OK, &page)
    });
    answer(&visit, &web, page)
}
