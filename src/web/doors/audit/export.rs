//! What is taken away: as a stream, in pieces, of the journal as it was when it was asked for.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::{StreamExt as _, stream};

use super::super::{Answer, Asked, answer};
use super::auditor;
use super::facts::{Scope, scope};
use crate::api::log::entries::reads_bytes;
use crate::projections::audit::{self, Filter, Order};
use crate::web::audit::export::{self, CHECK, COLUMNS, End, FACTS_MAX, HOLDS, Head, PIECE};
use crate::web::audit::question::Params;
use crate::web::problem::Problem;
use crate::web::{Visit, Web, respond};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Csv,
    Json,
}

pub(super) async fn csv(State(web): State<Web>, visit: Visit, params: Asked<Params>) -> Response {
    let taken = take(&web, &visit, &params, Form::Csv).await;
    respond::unlisted(answer(&visit, &web, taken))
}

pub(super) async fn ndjson(
    State(web): State<Web>,
    visit: Visit,
    params: Asked<Params>,
) -> Response {
    let taken = take(&web, &visit, &params, Form::Json).await;
    respond::unlisted(answer(&visit, &web, taken))
}

async fn take(web: &Web, visit: &Visit, params: &Asked<Params>, form: Form) -> Answer {
    let reader = auditor(visit)?;
    if form == Form::Json && !reads_bytes(&web.api, reader.who) {
        return Err(Problem::NotForAuditors);
    }
    let size = web.models().size();
    let (filter, after) = match scope(web, &reader, params).await? {
        Scope::Whole(asked) => (Some(asked.filter), asked.after),
        Scope::Nothing(_) => (None, None),
        Scope::Unclear(doubts) => {
            let told: Vec<_> = doubts
                .iter()
                .map(|(field, (_, english))| format!("{field}: {english}"))
                .collect();
            let told = serde_json::json!({ "code": "BAD_INPUT", "problems": told });
            return Ok((StatusCode::BAD_REQUEST, axum::Json(told)).into_response());
        }
    };
    let data = web.opened().data();
    let origin = web
        .api
        .log()
        .ok()
        .map(|log| log.integrity.log().origin.clone());
    let head = match form {
        Form::Csv => format!("{COLUMNS}\r\n"),
        Form::Json => export::json(&Head {
            motcua_facts: 1,
            data: &data,
            origin: origin.as_deref(),
            question: &visit.place,
            size,
            holds: HOLDS,
            check: CHECK,
        }),
    };
    let taking = Taking {
        web: web.clone(),
        filter: filter.map(|filter| Filter {
            below: Some(size),
            ..filter
        }),
        form,
        after,
        written: 0,
        ended: false,
    };
    let first = stream::once(async move { Ok::<_, std::io::Error>(Bytes::from(head)) });
    let rest = stream::unfold(taking, Taking::next);
    // What compresses a body asks once more after its end.
    let body = Body::from_stream(first.chain(rest).fuse());
    let (kind, end) = match form {
        Form::Csv => ("text/csv; charset=utf-8; header=present", "csv"),
        Form::Json => ("application/x-ndjson; charset=utf-8", "ndjson"),
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"facts-{size}.{end}\""),
        ),
    ];
    Ok((headers, body).into_response())
}

/// An export under way. A reader who leaves drops it.
struct Taking {
    web: Web,
    /// None when there is nothing to find.
    filter: Option<Filter>,
    form: Form,
    after: Option<u64>,
    written: u64,
    ended: bool,
}

type Piece = Result<Bytes, std::io::Error>;

impl Taking {
    async fn next(mut self) -> Option<(Piece, Self)> {
        if self.ended {
            return None;
        }
        match self.piece().await {
            Ok(text) => Some((Ok(Bytes::from(text)), self)),
            // The line is cut in the middle: a file that ends without its last line is not whole.
            Err(problem) => {
                self.ended = true;
                let error = std::io::Error::other(problem.code());
                Some((Err(error), self))
            }
        }
    }

    async fn piece(&mut self) -> Result<String, Problem> {
        let Some(filter) = &self.filter else {
            return Ok(self.end(false));
        };
        // Lines of a table name no place to go on from: it is whole or it is cut.
        let most = match self.form {
            Form::Csv => u64::MAX,
            Form::Json => FACTS_MAX,
        };
        let left = most - self.written;
        let first = u32::try_from(left).unwrap_or(PIECE).min(PIECE);
        let models = self.web.models();
        let found = audit::search(models, filter, Order::OldestFirst, self.after, first).await?;
        let mut text = String::new();
        match self.form {
            Form::Csv => {
                for (_, row) in &found.rows {
                    text += &export::csv(row);
                }
            }
            Form::Json => {
                let positions: Vec<u64> =
                    found.rows.iter().map(|(position, _)| *position).collect();
                let entries = audit::entries(models, &positions).await?;
                if entries.len() != positions.len() {
                    return Err(Problem::Unavailable("FACT_MISSING"));
                }
                for entry in &entries {
                    let line = export::exact(entry);
                    text += &line.ok_or(Problem::Unavailable("FACT_NOT_TEXT"))?;
                }
            }
        }
        self.written += found.rows.len() as u64;
        self.after = found
            .rows
            .last()
            .map(|(position, _)| *position)
            .or(self.after);
        if !found.has_next || self.written >= most {
            text += &self.end(found.has_next);
        }
        Ok(text)
    }

    fn end(&mut self, more: bool) -> String {
        self.ended = true;
        match self.form {
            Form::Csv => String::new(),
            Form::Json => export::json(&End {
                end: true,
                facts: self.written,
                next_after: self.after.filter(|_| more),
            }),
        }
    }
}
