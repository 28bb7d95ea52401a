//! The auditor's desk: what it reads, and for whom.

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Deserialize;

use super::dossier::dossier as told;
use super::{Answer, Asked, Segment, answer, asked, segment};
use crate::api::access;
use crate::api::findings::may_be_shown;
use crate::api::scalar::hex;
use crate::domain::code::OfficeCode;
use crate::domain::event::Event;
use crate::projections::audit::{self, AuditRow};
use crate::projections::detector::{self, Window};
use crate::projections::history;
use crate::projections::{AsOf, tracking};
use crate::web::audit::{
    FactPage, FindingsPage, Instant, Question, Raw, SearchPage, StartPage, TimelinePage, Wanted,
};
use crate::web::problem::Problem;
use crate::web::proof::LogLine;
use crate::web::{Visit, Web, respond};

/// Facts of one list, and of one export.
const PAGE: u32 = 50;
const EXPORT: u32 = 10_000;
/// Findings looked through for one page.
const FINDINGS: u32 = 2_000;

/// The one office somebody supervises; none for all.
fn supervised(visit: &Visit) -> Result<Option<String>, Problem> {
    let who = visit.who.as_ref().ok_or(Problem::SignInNeeded)?;
    let own = access::supervised(who).map_err(|_| Problem::ForSupervisors)?;
    Ok(own.map(str::to_owned))
}

fn sealed(web: &Web) -> u64 {
    let log = web.api.log().ok();
    let published = log.and_then(|log| log.integrity.published());
    published.map_or(0, |published| published.checkpoint.size)
}

pub(super) async fn start(State(web): State<Web>, visit: Visit) -> Response {
    let page = supervised(&visit).map(|_| {
        let log = web
            .api
            .log()
            .ok()
            .and_then(|log| LogLine::of(log, visit.lang));
        let findings = may_be_shown(web.opened());
        let page = StartPage::new(
            visit.frame(&web),
            web.models().size(),
            sealed(&web),
            log,
            findings,
        );
        respond::html(StatusCode::OK, &page)
    });
    respond::unlisted(answer(&visit, &web, page))
}

pub(super) async fn search(State(web): State<Web>, visit: Visit, raw: Asked<Raw>) -> Response {
    let page = async {
        let own = supervised(&visit)?;
        let question = Question::of(asked(raw), own.as_deref());
        let (rows, next) = found(&web, &question, PAGE).await?;
        let page = SearchPage::new(
            visit.frame(&web),
            question,
            own.as_deref(),
            &rows,
            sealed(&web),
            next,
        );
        Ok(respond::html(StatusCode::OK, &page))
    };
    let page = page.await;
    respond::unlisted(answer(&visit, &web, page))
}

/// The rows of a question, and where it goes on.
async fn found(
    web: &Web,
    question: &Question,
    first: u32,
) -> Result<(Vec<AuditRow>, Option<u64>), Problem> {
    let mut filter = question.filter.clone();
    if let Some(code) = &question.code {
        let row = tracking::by_code(web.models(), code.as_str()).await?;
        let Some(row) = row else {
            return Ok((Vec::new(), None));
        };
        filter.dossier = Some(row.id);
    }
    let page = audit::search(web.models(), &filter, question.order, question.after, first).await?;
    let next = page
        .rows
        .last()
        .map(|(position, _)| *position)
        .filter(|_| page.has_next);
    Ok((page.rows.into_iter().map(|(_, row)| row).collect(), next))
}

pub(super) async fn fact(State(web): State<Web>, visit: Visit, path: Segment) -> Response {
    let page = async {
        let own = supervised(&visit)?;
        let position: u64 = segment(path).parse().map_err(|_| Problem::FactUnknown)?;
        let rows = audit::at(web.models(), &[position]).await?;
        let row = rows
            .into_iter()
            .next()
            .filter(|row| own.is_none() || own.as_deref() == Some(row.actor_office.as_str()));
        let row = row.ok_or(Problem::FactUnknown)?;
        let (entry, fact) = history::entry(web.models(), position)
            .await?
            .ok_or(Problem::FactUnknown)?;
        let change = match &fact.event {
            Event::Dossier(_) => {
                let changes = history::of_dossier(web.models(), fact.stream).await?;
                changes
                    .into_iter()
                    .find(|change| change.entry.position == position)
            }
            Event::JournalOpened(_) | Event::Reference(_) | Event::Register(_) => None,
        };
        let last = web.models().size().saturating_sub(1);
        let page = FactPage::new(
            visit.frame(&web),
            &row,
            &entry,
            fact.prev,
            change.as_ref(),
            sealed(&web),
            last,
        );
        Ok(respond::html(StatusCode::OK, &page))
    };
    let page = page.await;
    respond::unlisted(answer(&visit, &web, page))
}

#[derive(Default, Deserialize)]
pub(super) struct Code {
    code: Option<String>,
}

/// From a code that was typed to its page.
pub(super) async fn find(State(_): State<Web>, visit: Visit, code: Asked<Code>) -> Response {
    let code = asked(code).code.unwrap_or_default();
    let code: String = code
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || ".-".contains(*letter))
        .take(64)
        .collect();
    let lang = if visit.lang.tag() == "en" {
        "?lang=en"
    } else {
        ""
    };
    respond::see(&format!("/audit/d/{code}{lang}"))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Instants {
    a: String,
    b: String,
}

pub(super) async fn dossier(
    State(web): State<Web>,
    visit: Visit,
    path: Segment,
    instants: Asked<Instants>,
) -> Response {
    let page = async {
        let own = supervised(&visit)?;
        let (code, row, changes) = told(&web, &segment(path)).await?;
        let foreign = own.is_some_and(|own| own != row.office && own != row.reception_office);
        if foreign {
            return Err(Problem::DossierUnknown(code));
        }
        let rows = audit::of_dossier(web.models(), row.id, None, 1_000).await?;
        let Instants { a, b } = asked(instants);
        let by = |asked: String, unless: usize| {
            let text = asked.trim().to_owned();
            let count = match text.parse::<AsOf>() {
                _ if text.is_empty() => Some(unless),
                Ok(AsOf::Moment(moment)) => Some(
                    changes
                        .iter()
                        .filter(|change| change.fact.recorded_at <= moment)
                        .count(),
                ),
                Ok(AsOf::Size(size)) => Some(
                    changes
                        .iter()
                        .filter(|change| change.entry.position < size)
                        .count(),
                ),
                Err(_) => None,
            };
            Instant { asked: text, count }
        };
        let instants = [by(a, 1), by(b, changes.len())];
        let page = TimelinePage::new(
            visit.frame(&web),
            &code,
            &changes,
            &rows,
            instants,
            sealed(&web),
        );
        Ok(respond::html(StatusCode::OK, &page))
    };
    let page: Answer = page.await;
    respond::unlisted(answer(&visit, &web, page))
}

pub(super) async fn findings(
    State(web): State<Web>,
    visit: Visit,
    wanted: Asked<Wanted>,
) -> Response {
    let page = async {
        let own = supervised(&visit)?;
        let mut wanted = asked(wanted);
        let today = super::figures::period_end(&web);
        let to: Date = wanted.to.trim().parse().unwrap_or(today);
        let from = wanted
            .from
            .trim()
            .parse()
            .unwrap_or_else(|_| to.saturating_sub(364.days()));
        let from = if from > to || (to - from).get_days() > 365 {
            to.saturating_sub(364.days())
        } else {
            from
        };
        (wanted.from, wanted.to) = (from.to_string(), to.to_string());
        wanted.rule = crate::domain::detector::rule(&wanted.rule)
            .map_or_else(String::new, |rule| rule.code.clone());
        wanted.office = wanted
            .office
            .trim()
            .parse::<OfficeCode>()
            .map_or_else(|_| String::new(), String::from);
        let some = |text: &String| (!text.is_empty()).then(|| text.clone());
        let filter = detector::Filter {
            rule: some(&wanted.rule),
            office: own.or(some(&wanted.office)),
        };
        let found = if may_be_shown(web.opened()) {
            let page = detector::search(web.models(), Window { from, to }, &filter, None, FINDINGS)
                .await?;
            Some(
                page.rows
                    .into_iter()
                    .map(|(_, finding)| finding)
                    .collect::<Vec<_>>(),
            )
        } else {
            None
        };
        let page = FindingsPage::new(visit.frame(&web), wanted, found.as_deref());
        Ok(respond::html(StatusCode::OK, &page))
    };
    let page: Answer = page.await;
    respond::unlisted(answer(&visit, &web, page))
}

pub(super) async fn export_csv(State(web): State<Web>, visit: Visit, raw: Asked<Raw>) -> Response {
    let made = async {
        let (question, rows, next) = exported(&web, &visit, raw).await?;
        let mut text = String::from(
            "position,recorded_at,claimed_at,received_at,kind,role,office,actor,code,reason,breach,version,leaf_hash\r\n",
        );
        for row in &rows {
            let time = |at: Option<crate::domain::time::Moment>| {
                at.map_or_else(String::new, |at| at.to_string())
            };
            let reason = row.reason.map_or("", |reason| reason.label().1);
            let breach = row.breach.map_or("", |breach| breach.label().1);
            let _ = write!(
                text,
                "{},{},{},{},{},{},{},{},{},\"{reason}\",\"{breach}\",{},{}\r\n",
                row.position,
                row.recorded_at,
                time(row.claimed_at),
                time(row.received_at),
                row.kind,
                row.actor_role.name(),
                row.actor_office,
                row.actor_id,
                row.code.as_deref().unwrap_or_default(),
                row.version,
                hex(&row.leaf_hash),
            );
        }
        Ok(file(
            text,
            "text/csv; charset=utf-8; header=present",
            "journal.csv",
            &question,
            next,
        ))
    };
    let made = made.await;
    answer(&visit, &web, made)
}

/// One line per fact: its position, its leaf hash, and the exact bytes that the hash is of.
pub(super) async fn export_ndjson(
    State(web): State<Web>,
    visit: Visit,
    raw: Asked<Raw>,
) -> Response {
    let made = async {
        let (question, rows, next) = exported(&web, &visit, raw).await?;
        let mut text = String::new();
        for row in &rows {
            let Some((entry, _)) = history::entry(web.models(), row.position).await? else {
                continue;
            };
            let body = String::from_utf8_lossy(&entry.body);
            let _ = writeln!(
                text,
                "{{\"position\":\"{}\",\"leafHash\":\"{}\",\"fact\":{body}}}",
                row.position,
                hex(&entry.leaf_hash)
            );
        }
        Ok(file(
            text,
            "application/x-ndjson",
            "journal.ndjson",
            &question,
            next,
        ))
    };
    let made = made.await;
    answer(&visit, &web, made)
}

async fn exported(
    web: &Web,
    visit: &Visit,
    raw: Asked<Raw>,
) -> Result<(Question, Vec<AuditRow>, Option<u64>), Problem> {
    let own = supervised(visit)?;
    let question = Question::of(asked(raw), own.as_deref());
    let (rows, next) = found(web, &question, EXPORT).await?;
    Ok((question, rows, next))
}

/// With a `Link` to where the list goes on (RFC 8288).
fn file(
    text: String,
    kind: &'static str,
    name: &str,
    question: &Question,
    next: Option<u64>,
) -> Response {
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    headers.extend(
        disposition
            .ok()
            .map(|value| (header::CONTENT_DISPOSITION, value)),
    );
    let link = next.map(|after| format!("<{}>; rel=\"next\"", question.query(Some(after))));
    let link = link.and_then(|link| HeaderValue::from_str(&link).ok());
    headers.extend(link.map(|value| (header::LINK, value)));
    response
}
