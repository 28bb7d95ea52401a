//! The board in an office's lobby: read by everybody, signed in or not.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use super::{Answer, Asked, Segment, answer, asked, segment};
use crate::domain::office::Office;
use crate::projections::{board as read, offices};
use crate::web::board::{BoardPage, LINES_MAX, ROWS, langs};
use crate::web::problem::Problem;
use crate::web::{Visit, Web, live, respond};

#[derive(Default, Deserialize)]
pub(super) struct Hung {
    /// `vi`, `en`, or both with a comma between.
    lang: Option<String>,
    /// Lines that are seen at a time.
    rows: Option<u32>,
}

pub(super) async fn board(
    State(web): State<Web>,
    visit: Visit,
    path: Segment,
    hung: Asked<Hung>,
) -> Response {
    let page = board_page(&web, &visit, &segment(path), &asked(hung)).await;
    respond::unlisted(answer(&visit, &web, page))
}

async fn board_page(web: &Web, visit: &Visit, code: &str, hung: &Hung) -> Answer {
    let office = office(web, code)?;
    let now = web.now();
    let of = read::Asked {
        office: office.code.clone(),
        now,
    };
    let board = read::read(web.models(), &of, LINES_MAX).await?;
    let rows = hung.rows.unwrap_or(ROWS).clamp(1, ROWS);
    let langs = langs(hung.lang.as_deref());
    let page = BoardPage::new(visit.frame(web), langs, &office, &board, now, rows);
    Ok(respond::html(StatusCode::OK, &page))
}

/// The stream by which an open board learns that its office did something.
pub(super) async fn follow(
    State(web): State<Web>,
    visit: Visit,
    headers: HeaderMap,
    path: Segment,
) -> Response {
    match office(&web, &segment(path)) {
        Ok(office) => {
            let subject = live::Subject::Office(office.code.clone());
            live::follow(&web, &headers, subject).await
        }
        Err(problem) => answer(&visit, &web, Err(problem)),
    }
}

fn office(web: &Web, code: &str) -> Result<Arc<Office>, Problem> {
    let code = code.trim().to_ascii_uppercase();
    offices::by_code(web.models(), &code).ok_or(Problem::PageUnknown)
}
