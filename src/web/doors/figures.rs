//! Public statistics, as a page, as CSV, and as a record that anybody with the journal can count again.

use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::{Asked, answer, asked, tables};
use crate::projections::statistics::groups::Dimension;
use crate::projections::statistics::{self as counting, Counts, Scope};
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
    headers: HeaderMap,
    params: Asked<Params>,
) -> Response {
    let page = async {
        let asked = understood(&web, params).await?;
        let reference = web.models().reference();
        let (counts, parts) = counted(&web, &asked.query).await?;
        let before = tables::before(&web, &asked.query, visit.lang).await?;
        let after = tables::after(&web, &asked.query, visit.lang).await?;
        let around = tables::around(&web, &visit, "/statistics", &asked.query, counts.size);
        let page = StatisticsPage::new(visit.frame(&web), &asked, &counts, &parts, &reference)
            .with(before, after, around);
        Ok(respond::html(StatusCode::OK, &page))
    };
    let page = answer(&visit, &web, page.await);
    match visit.who {
        Some(_) => page,
        None => respond::shared(&headers, page).await,
    }
}

/// What is asked, as far as it may be told.
pub(super) async fn understood(
    web: &Web,
    params: Asked<Params>,
) -> Result<statistics::Asked, Problem> {
    let reference = web.models().reference();
    let mut asked = asked(params).asked(period_end(web), web.now().date(), &reference);
    if !counting::suppress::may_tell(web.models(), &asked.query).await? {
        asked.keep_back();
    }
    Ok(asked)
}

/// The counts in all, and of the levels and offices with anything to tell; by two statements.
pub(super) async fn counted(
    web: &Web,
    query: &counting::Query,
) -> Result<(Counts, Vec<Part>), Problem> {
    let counts = counting::count(web.models(), query).await?;
    let reference = web.models().reference();
    let scopes = statistics::parts_of(&query.scope, &reference);
    if scopes.is_empty() {
        return Ok((counts, Vec::new()));
    }
    let groups = counting::groups::by(web.models(), query, Dimension::Office).await?;
    let of = |code: &str| groups.get(&Some(code.to_owned())).map(|tally| tally.counts);
    let parts = scopes.into_iter().map(|scope| {
        let counts = match &scope {
            Scope::All => Some(counts),
            Scope::Office(code) => of(code),
            Scope::Level(level) => {
                let offices = reference.offices.values();
                let own = offices.filter(|office| office.level == *level);
                own.filter_map(|office| of(&office.code))
                    .reduce(|mut sum, one| {
                        sum += one;
                        sum
                    })
            }
        };
        counts.map(|counts| Part { scope, counts })
    });
    let parts = parts.flatten();
    let parts =
        parts.filter(|part| part.counts.received.total() + part.counts.transferred.r#in > 0);
    Ok((counts, parts.collect()))
}

pub(super) async fn figures_csv(
    State(web): State<Web>,
    visit: Visit,
    params: Asked<Params>,
) -> Response {
    let reference = web.models().reference();
    let asked = match understood(&web, params).await {
        Ok(asked) if !asked.problems.is_empty() => return not_understood(&asked.problems),
        Ok(asked) => asked,
        Err(problem) => return answer(&visit, &web, Err(problem)),
    };
    let counted = counted(&web, &asked.query).await.map(|(counts, parts)| {
        let mut rows = vec![(asked.query.scope.clone(), counts)];
        rows.extend(parts.into_iter().map(|part| (part.scope, part.counts)));
        let data = web.opened().data();
        let kind = [(
            header::CONTENT_TYPE,
            "text/csv; charset=utf-8; header=present",
        )];
        (kind, csv::table(&data, &asked.query, &rows, &reference)).into_response()
    });
    answer(&visit, &web, counted)
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
    let asked = match understood(web, params).await {
        Ok(asked) => asked,
        Err(problem) => return answer(visit, web, Err(problem)),
    };
    if !asked.problems.is_empty() {
        return not_understood(&asked.problems);
    }
    let form = counting::forms::form_06a(web.models(), &asked.query).await;
    let form = form.map(|form| write(&web.opened().data(), &asked.query, &form));
    answer(visit, web, form.map_err(Into::into))
}

pub(super) fn not_understood(problems: &[Pair]) -> Response {
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
    let asked = match understood(&web, params).await {
        Ok(asked) => asked,
        Err(problem) => return answer(&visit, &web, Err(problem)),
    };
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
