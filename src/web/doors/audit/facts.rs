//! Facts: searched, one by one, and those of one dossier with what it was when.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::super::dossier::dossier as told;
use super::super::{Answer, Asked, Segment, answer, asked, segment};
use super::{Auditor, auditor, lines};
use crate::api::access;
use crate::api::log::entries::reads_bytes;
use crate::projections::audit::{self, AuditRow};
use crate::projections::{AsOf, history, tracking};
use crate::web::audit::dossier::{DossierPage, Told};
use crate::web::audit::fact::{self, FactPage};
use crate::web::audit::question::{Doubt, Params, Question};
use crate::web::audit::search::{Found, PAGE, SearchPage};
use crate::web::lang::Pair;
use crate::web::problem::Problem;
use crate::web::{Visit, Web, respond};

/// What a question may look at, once it is understood.
pub(super) enum Scope {
    Whole(Box<Question>),
    /// It asks for nothing that there is.
    Nothing(Box<Question>),
    Unclear(Vec<Doubt>),
}

/// Reads a question, looks the dossier up, and keeps those who supervise one office to it.
pub(super) async fn scope(
    web: &Web,
    reader: &Auditor<'_>,
    params: &Asked<Params>,
) -> Result<Scope, Problem> {
    const UNREADABLE: Pair = (
        "không đọc được; mỗi mục chỉ được ghi một lần",
        "cannot be read; each part may stand in it once",
    );
    const ELSEWHERE: Pair = (
        "bạn chỉ kiểm tra được cơ quan của mình",
        "you supervise your own office only",
    );
    let Ok(axum::extract::Query(params)) = params else {
        return Ok(Scope::Unclear(vec![("address", UNREADABLE)]));
    };
    let mut asked = match params.question() {
        Ok(asked) => asked,
        Err(doubts) => return Ok(Scope::Unclear(doubts)),
    };
    if let Some(own) = reader.own {
        if asked
            .filter
            .office
            .as_deref()
            .is_some_and(|office| office != own)
        {
            return Ok(Scope::Unclear(vec![("office", ELSEWHERE)]));
        }
        asked.filter.office = Some(own.to_owned());
    }
    if let Some(code) = &asked.code {
        match tracking::by_code(web.models(), code.as_str()).await? {
            Some(row) => asked.filter.dossier = Some(row.id),
            None => return Ok(Scope::Nothing(Box::new(asked))),
        }
    }
    Ok(Scope::Whole(Box::new(asked)))
}

pub(super) async fn search(
    State(web): State<Web>,
    visit: Visit,
    params: Asked<Params>,
) -> Response {
    let page = search_page(&web, &visit, params).await;
    respond::unlisted(answer(&visit, &web, page))
}

async fn search_page(web: &Web, visit: &Visit, params: Asked<Params>) -> Answer {
    let reader = auditor(visit)?;
    let models = web.models();
    let scope = scope(web, &reader, &params).await?;
    let (mut rows, mut next) = (Vec::new(), None);
    if let Scope::Whole(asked) = &scope {
        let found = audit::search(models, &asked.filter, asked.order(), asked.after, PAGE).await?;
        next = found
            .rows
            .last()
            .map(|(position, _)| *position)
            .filter(|_| found.has_next);
        rows = found
            .rows
            .into_iter()
            .map(|(_, row)| row)
            .collect::<Vec<AuditRow>>();
    }
    let (status, asked_for) = match &scope {
        Scope::Whole(asked) | Scope::Nothing(asked) => (StatusCode::OK, Ok(&**asked)),
        Scope::Unclear(doubts) => (StatusCode::BAD_REQUEST, Err(&doubts[..])),
    };
    let found = Found {
        typed: params.map_or_else(|_| Params::default(), |axum::extract::Query(typed)| typed),
        asked: asked_for,
        lines: lines(web, visit, &rows).await?,
        next,
        kinds: audit::kinds(models).await?,
        own: reader.own.map(str::to_owned),
        reads_bytes: reads_bytes(&web.api, reader.who),
        size: models.size(),
    };
    let page = SearchPage::new(visit.frame(web), found, &models.reference());
    Ok(respond::html(status, &page))
}

pub(super) async fn fact(State(web): State<Web>, visit: Visit, path: Segment) -> Response {
    let page = fact_page(&web, &visit, &segment(path)).await;
    respond::unlisted(answer(&visit, &web, page))
}

async fn fact_page(web: &Web, visit: &Visit, path: &str) -> Answer {
    let reader = auditor(visit)?;
    let (digits, raw) = match path.strip_suffix(".json") {
        Some(digits) => (digits, true),
        None => (path, false),
    };
    let models = web.models();
    let position: u64 = digits.parse().map_err(|_| Problem::FactUnknown)?;
    let row = audit::at(models, &[position]).await?.pop();
    let row = row.ok_or(Problem::FactUnknown)?;
    if !may_see(web, &reader, &row).await? {
        return Err(Problem::FactUnknown);
    }
    let entry = audit::entries(models, &[position]).await?.pop();
    let entry = entry.ok_or(Problem::FactUnknown)?;
    let reads_bytes = reads_bytes(&web.api, reader.who);
    if raw {
        if !reads_bytes {
            return Err(Problem::NotForAuditors);
        }
        let name = format!("attachment; filename=\"fact-{position}.json\"");
        let headers = [
            (header::CONTENT_TYPE, "application/json".to_owned()),
            (header::CACHE_CONTROL, "private, no-store".to_owned()),
            (header::CONTENT_DISPOSITION, name),
        ];
        return Ok((headers, entry.body).into_response());
    }
    let changes = match row.dossier {
        Some(dossier) => history::of_dossier(models, dossier).await?,
        None => Vec::new(),
    };
    let mut line = lines(web, visit, std::slice::from_ref(&row)).await?;
    let told = fact::Told {
        line: line.pop().ok_or(Problem::FactUnknown)?,
        command: row.command.to_string(),
        entry: &entry,
        change: changes
            .iter()
            .find(|change| change.entry.position == position),
        reads_bytes,
        near: audit::neighbours(models, &entry).await?,
        size: models.size(),
        base: &visit.base,
    };
    Ok(respond::html(
        StatusCode::OK,
        &FactPage::new(visit.frame(web), told),
    ))
}

/// What somebody did for the own office, and everything of a dossier that one may open.
async fn may_see(web: &Web, reader: &Auditor<'_>, row: &AuditRow) -> Result<bool, Problem> {
    let Some(own) = reader.own else {
        return Ok(true);
    };
    if row.actor_office == own {
        return Ok(true);
    }
    let Some(dossier) = row.dossier else {
        return Ok(false);
    };
    let dossier = tracking::by_id(web.models(), dossier).await?;
    Ok(dossier.is_some_and(|dossier| access::may_open(reader.who, &dossier)))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Instants {
    at: String,
    a: String,
    b: String,
}

pub(super) async fn dossier(
    State(web): State<Web>,
    visit: Visit,
    path: Segment,
    instants: Asked<Instants>,
) -> Response {
    let page = dossier_page(&web, &visit, &segment(path), &asked(instants)).await;
    respond::unlisted(answer(&visit, &web, page))
}

async fn dossier_page(web: &Web, visit: &Visit, code: &str, instants: &Instants) -> Answer {
    const UNCLEAR: Pair = (
        "Không đọc được thời điểm. Viết như 2026-11-28T17:00 (giờ Việt Nam), 2026-11-28 (hết ngày), hoặc position:123.",
        "The instant cannot be read. Write 2026-11-28T17:00 (Vietnam time), 2026-11-28 (the whole day), or position:123.",
    );
    const BOTH: Pair = (
        "So sánh cần hai thời điểm, a và b.",
        "A comparison needs two instants, a and b.",
    );
    let reader = auditor(visit)?;
    let (code, row, changes) = told(web, visit, code, None).await?;
    if !access::may_open(reader.who, &row) {
        return Err(Problem::DossierUnknown(code));
    }
    let mut doubts = Vec::new();
    let mut read = |text: &str| {
        let text = text.trim();
        let as_of: Option<AsOf> = text.parse().ok();
        if as_of.is_none() && !text.is_empty() {
            doubts.push(UNCLEAR);
        }
        as_of
    };
    let (at, a, b) = (read(&instants.at), read(&instants.a), read(&instants.b));
    if a.is_some() != b.is_some() && doubts.is_empty() {
        doubts.push(BOTH);
    }
    let models = web.models();
    let positions: Vec<u64> = changes.iter().map(|change| change.entry.position).collect();
    let rows = audit::at(models, &positions).await?;
    let status = if doubts.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    let reference = models.reference();
    let told = Told {
        code: &code,
        changes: &changes,
        lines: lines(web, visit, &rows).await?,
        at,
        two: a.zip(b),
        doubts,
        reference: &reference,
        now: web.now(),
        reads_bytes: reads_bytes(&web.api, reader.who),
    };
    Ok(respond::html(
        status,
        &DossierPage::new(visit.frame(web), told),
    ))
}
