//! Public statistics, as a page, as CSV, and as a record that anybody with the journal can count again.

use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::{Asked, answer, asked};
use crate::projections::statistics::{self as counting, Counts};
use crate::web::lang::Pair;
use crate::web::problem::Problem;
use crate::web::statistics::{self, Params, Part, StatisticsPage, csv, form};
use crate::web::{Visit, Web, respond};

/// How long a record waits for a checkpoint that covers what it counts.
const SEALED_WITHIN: Duration = Duration::from_secs(5);

/// Today, or the last day of the story.
pub(super) fn period_end(web: &Web) -> jiff::civil::Date {
    let story = web.opened().story.as_ref();
    story.map_or_else(|| web.now().date(), |story| story.ends_on)
}

pub(super) async fn figures(
    State(web): State<Web>,
    visit: Visit,
    params: Asked<Params>,
) -> Response {
    let reference = web.models().reference();
    let asked = asked(params).asked(period_end(&web), web.now().date(), &reference);
    let counted = counted(&web, &asked.query).await.map(|(counts, parts)| {
        let frame = visit.frame(&web);
        let page = StatisticsPage::new(frame, &asked, &counts, &parts, &reference);
        respond::html(StatusCode::OK, &page)
    });
    answer(&visit, &web, counted)
}

async fn counted(web: &Web, query: &counting::Query) -> Result<(Counts, Vec<Part>), Problem> {
    let counts = counting::count(web.models(), query).await?;
    let mut parts = Vec::new();
    for scope in statistics::parts_of(&query.scope, &web.models().reference()) {
        let query = counting::Query {
            scope: scope.clone(),
            ..query.clone()
        };
        let counts = counting::count(web.models(), &query).await?;
        let at_work = counts.received.total() > 0;
        if at_work {
            parts.push(Part { scope, counts });
        }
    }
    Ok((counts, parts))
}

pub(super) async fn figures_csv(
    State(web): State<Web>,
    visit: Visit,
    params: Asked<Params>,
) -> Response {
    let reference = web.models().reference();
    let asked = asked(params).asked(period_end(&web), web.now().date(), &reference);
    let counted = counted(&web, &asked.query).await.map(|(counts, parts)| {
        let mut rows = vec![(asked.query.scope.clone(), counts)];
        rows.extend(parts.into_iter().map(|part| (part.scope, part.counts)));
        let data = data(&visit, &web);
        let kind = [(
            header::CONTENT_TYPE,
            "text/csv; charset=utf-8; header=present",
        )];
        (kind, csv::table(&data, &asked.query, &rows, &reference)).into_response()
    });
    answer(&visit, &web, counted)
}

/// `live` or `simulated:<story>`: on everything that is taken away.
fn data(visit: &Visit, web: &Web) -> String {
    let story = visit.frame(web).notice;
    story.map_or_else(
        || "live".to_owned(),
        |story| format!("simulated:{}", story.name),
    )
}

pub(super) async fn form_csv(
    State(web): State<Web>,
    visit: Visit,
    params: Asked<Params>,
) -> Response {
    filled(&web, &visit, params, |data, query, filled| {
        let kind = [(
            header::CONTENT_TYPE,
            "text/csv; charset=utf-8; header=present",
        )];
        (kind, form::csv(data, query, filled)).into_response()
    })
    .await
}

pub(super) async fn form_json(
    State(web): State<Web>,
    visit: Visit,
    params: Asked<Params>,
) -> Response {
    filled(&web, &visit, params, |data, query, filled| {
        axum::Json(form::json(data, query, filled)).into_response()
    })
    .await
}

/// A form says what was meant: a question that is not understood is refused.
async fn filled(
    web: &Web,
    visit: &Visit,
    params: Asked<Params>,
    write: impl FnOnce(&str, &counting::Query, &counting::forms::Form) -> Response,
) -> Response {
    let asked = asked(params).asked(period_end(web), web.now().date(), &web.models().reference());
    if !asked.problems.is_empty() {
        return not_understood(&asked.problems);
    }
    let form = counting::forms::form_06a(web.models(), &asked.query).await;
    let form = form.map(|form| write(&data(visit, web), &asked.query, &form));
    answer(visit, web, form.map_err(Into::into))
}

fn not_understood(problems: &[Pair]) -> Response {
    let problems: Vec<&str> = problems.iter().map(|(_, english)| *english).collect();
    let told = serde_json::json!({ "code": "BAD_INPUT", "problems": problems });
    (StatusCode::BAD_REQUEST, axum::Json(told)).into_response()
}

/// Canonical JSON; a question that is not understood is refused, for a record must say what was meant.
pub(super) async fn figures_json(
    State(web): State<Web>,
    visit: Visit,
    params: Asked<Params>,
) -> Response {
    let today = web.now().date();
    let asked = asked(params).asked(period_end(&web), today, &web.models().reference());
    if !asked.problems.is_empty() {
        return not_understood(&asked.problems);
    }
    let recorded = async {
        let record = counting::record(web.models(), &asked.query).await?;
        let sealed = match web.api.log() {
            Ok(log) => log.covering(record.size, SEALED_WITHIN).await,
            Err(_) => None,
        };
        let record = record.sealed(sealed.map(|published| published.note.clone()));
        let unwritable = |_| Problem::Unavailable("RECORD_UNWRITABLE");
        let bytes = record.to_bytes().map_err(unwritable)?;
        let name = format!("statistics-{}-{}.json", asked.query.from, asked.query.to);
        let headers = [
            (header::CONTENT_TYPE, "application/json".to_owned()),
            (header::CACHE_CONTROL, "no-store".to_owned()),
            (
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"{name}\""),
            ),
        ];
        Ok((headers, bytes).into_response())
    };
    answer(&visit, &web, recorded.await)
}
