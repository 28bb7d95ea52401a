//! The addresses of the pages, and what each reads.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::{ConnectInfo, Extension, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::history::HistoryPage;
use super::home::{HomePage, SearchPage};
use super::problem::Problem;
use super::procedures::{self, ProcedurePage, ProceduresPage};
use super::statistics::{self, Params, Part, StatisticsPage, csv};
use super::tracking::{Story, TrackingPage};
use super::worklist::{self, Desk, WorklistPage};
use super::{Visit, Web, assets, frame, graphiql, respond, session};
use crate::domain::actor::{NO_OFFICE, Role};
use crate::domain::code::{DossierCode, ProcedureCode};
use crate::domain::reference::JournalKind;
use crate::projections::history::{self, Change};
use crate::projections::statistics::{self as counting, Counts};
use crate::projections::tracking::{self, DossierRow};
use crate::projections::{catalogue, offices};

/// Every page. The listener must hand on the peer's address (`into_make_service_with_connect_info`), or nobody can sign
/// in by a printed link.
pub fn router(web: Web) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/t", get(find))
        .route("/t/{code}", get(track))
        .route("/history", get(find_history))
        .route("/history/{code}", get(records))
        .route("/statistics", get(figures))
        .route("/statistics.csv", get(figures_csv))
        .route("/p", get(list_procedures))
        .route("/p/{code}", get(procedure))
        .route("/worklist", get(work))
        .route("/graphiql", get(playground))
        .route("/sign-in/{person}", get(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/assets/{*path}", get(assets::serve))
        .fallback(unknown)
        .with_state(web)
}

/// A page, or why there is none.
type Answer = Result<Response, Problem>;

/// What went wrong is a page too.
fn answer(visit: &Visit, web: &Web, answer: Answer) -> Response {
    answer.unwrap_or_else(|problem| problem.respond(visit.frame(web)))
}

async fn home(State(web): State<Web>, visit: Visit) -> Response {
    let example = match web.opened().kind {
        JournalKind::Simulated => web.example().await,
        JournalKind::Live => None,
    };
    let page = HomePage::new(visit.frame(&web), example, web.models().size());
    respond::html(StatusCode::OK, &page)
}

#[derive(Deserialize)]
struct Typed {
    code: Option<String>,
}

async fn find(State(web): State<Web>, visit: Visit, Query(typed): Query<Typed>) -> Response {
    let found = search(&web, &visit, typed, "/t");
    answer(&visit, &web, found)
}

async fn find_history(
    State(web): State<Web>,
    visit: Visit,
    Query(typed): Query<Typed>,
) -> Response {
    let found = search(&web, &visit, typed, "/history");
    answer(&visit, &web, found)
}

fn search(web: &Web, visit: &Visit, typed: Typed, action: &'static str) -> Answer {
    let typed = typed.code.map(|code| code.trim().to_owned());
    let Some(typed) = typed.filter(|code| !code.is_empty()) else {
        let title = visit.lang.of("Tra cứu hồ sơ", "Track a dossier");
        let frame = visit.frame(web).titled(title, Some(frame::Door::Tracking));
        return Ok(respond::html(StatusCode::OK, &SearchPage { frame, action }));
    };
    let code = dossier_code(&typed)?;
    let place = visit.frame(web).to(&format!("{action}/{code}"));
    Ok(respond::see(&place))
}

fn dossier_code(text: &str) -> Result<DossierCode, Problem> {
    let short = || text.chars().take(64).collect();
    text.trim()
        .parse()
        .map_err(|_| Problem::CodeMalformed(short()))
}

/// The row and the story of a code.
async fn dossier(web: &Web, code: &str) -> Result<(String, DossierRow, Vec<Change>), Problem> {
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

#[derive(Deserialize)]
struct Still {
    still: Option<String>,
}

async fn track(
    State(web): State<Web>,
    visit: Visit,
    Path(code): Path<String>,
    Query(still): Query<Still>,
) -> Response {
    let page = tracking_page(&web, &visit, &code, still.still.is_none());
    let page = page.await;
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
    let page = TrackingPage::new(visit.frame(web), &story);
    let mut page = page.ok_or(Problem::DossierUnknown(code.clone()))?;
    page.refreshes &= refresh;
    let response = respond::html(StatusCode::OK, &page);
    Ok(match page.refreshes {
        true => respond::refreshing(response),
        false => response,
    })
}

async fn records(State(web): State<Web>, visit: Visit, Path(code): Path<String>) -> Response {
    let found = dossier(&web, &code).await.map(|(code, _, changes)| {
        let page = HistoryPage::new(visit.frame(&web), &code, &changes, visit.who.as_ref());
        respond::html(StatusCode::OK, &page)
    });
    respond::unlisted(answer(&visit, &web, found))
}

/// Today, or the last day of the story.
fn period_end(web: &Web) -> jiff::civil::Date {
    let story = web.opened().story.as_ref();
    story.map_or_else(|| web.now().date(), |story| story.ends_on)
}

async fn figures(State(web): State<Web>, visit: Visit, Query(params): Query<Params>) -> Response {
    let reference = web.models().reference();
    let asked = params.asked(period_end(&web), &reference);
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

async fn figures_csv(
    State(web): State<Web>,
    visit: Visit,
    Query(params): Query<Params>,
) -> Response {
    let reference = web.models().reference();
    let asked = params.asked(period_end(&web), &reference);
    let counted = counted(&web, &asked.query).await.map(|(counts, parts)| {
        let mut rows = vec![(asked.query.scope.clone(), counts)];
        rows.extend(parts.into_iter().map(|part| (part.scope, part.counts)));
        let frame = visit.frame(&web);
        let data = frame
            .notice
            .map_or_else(|| "live".to_owned(), |story| format!("simulated:{story}"));
        let kind = [(
            header::CONTENT_TYPE,
            "text/csv; charset=utf-8; header=present",
        )];
        (kind, csv::table(&data, &asked.query, &rows, &reference)).into_response()
    });
    answer(&visit, &web, counted)
}

#[derive(Deserialize)]
struct Sought {
    q: Option<String>,
    after: Option<String>,
}

async fn list_procedures(
    State(web): State<Web>,
    visit: Visit,
    Query(sought): Query<Sought>,
) -> Response {
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

async fn procedure(State(web): State<Web>, visit: Visit, Path(code): Path<String>) -> Response {
    let today = web.now().date();
    let code = code.to_ascii_uppercase();
    let found = catalogue::procedure(web.models(), &code, Some(today))
        .or_else(|| catalogue::procedure(web.models(), &code, None));
    let page = found.ok_or(Problem::ProcedureUnknown).map(|found| {
        let page = ProcedurePage::new(visit.frame(&web), &found, &visit.base);
        respond::html(StatusCode::OK, &page)
    });
    answer(&visit, &web, page)
}

#[derive(Deserialize)]
struct Place {
    /// `due_rank.id` of the last row seen.
    after: Option<String>,
    /// For those who belong to no office.
    office: Option<String>,
}

async fn work(State(web): State<Web>, visit: Visit, Query(place): Query<Place>) -> Response {
    let page = worklist_page(&web, &visit, &place).await;
    answer(&visit, &web, page)
}

async fn worklist_page(web: &Web, visit: &Visit, place: &Place) -> Answer {
    use crate::projections::worklist::{Cursor, Filter, page};
    let office = worklist_office(visit, place).ok_or(Problem::SignInNeeded)?;
    let after = place.after.as_deref().and_then(|text| {
        let (rank, id) = text.split_once('.')?;
        Some(Cursor {
            due_rank: rank.parse().ok()?,
            id: id.parse().ok()?,
        })
    });
    let filter = Filter {
        office: office.clone(),
        ..Filter::default()
    };
    let found = page(web.models(), &filter, after, worklist::PAGE).await?;
    let last = found.rows.last().filter(|_| found.has_next);
    let more = last.map(|(cursor, _)| {
        let (rank, id) = (cursor.due_rank, cursor.id);
        format!("/worklist?office={office}&after={rank}.{id}")
    });
    let rows: Vec<DossierRow> = found.rows.into_iter().map(|(_, row)| row).collect();
    let record = offices::by_code(web.models(), &office);
    let reference = web.models().reference();
    let desk = Desk {
        office: record.as_deref(),
        office_code: &office,
        reference: &reference,
        now: web.now(),
    };
    let page = WorklistPage::new(visit.frame(web), &desk, &rows, more.as_deref());
    Ok(respond::html(StatusCode::OK, &page))
}

/// One's own office; an auditor names one.
fn worklist_office(visit: &Visit, place: &Place) -> Option<String> {
    let who = visit.who.as_ref()?;
    match who.role {
        Role::Receiver
        | Role::Handler
        | Role::DivisionHead
        | Role::Signer
        | Role::Clerk
        | Role::CentreManager => (who.office != NO_OFFICE).then(|| who.office.clone()),
        Role::Auditor => place
            .office
            .as_deref()
            .and_then(|office| office.parse::<crate::domain::code::OfficeCode>().ok())
            .map(|office| office.to_string()),
        Role::Applicant | Role::Admin | Role::System => None,
    }
}

async fn playground(State(web): State<Web>, visit: Visit) -> Response {
    let row = session::newest(web.models()).await.ok().flatten();
    let to = period_end(&web);
    let or = |value: Option<String>, otherwise: &str| value.unwrap_or_else(|| otherwise.to_owned());
    let office = visit.who.as_ref().map(|who| who.office.clone());
    let office = office.filter(|office| office != NO_OFFICE);
    let example = graphiql::Example {
        dossier: or(
            row.as_ref().and_then(|row| row.code.clone()),
            "H38.40-261122-0001",
        ),
        office: or(
            office.or(row.as_ref().map(|row| row.office.clone())),
            "H38.40",
        ),
        procedure: or(row.map(|row| row.procedure), "1.001193"),
        from: to.first_of_year().to_string(),
        to: to.to_string(),
    };
    graphiql::page(visit.frame(&web), &example)
}

#[derive(Deserialize)]
struct Link {
    k: Option<String>,
}

async fn sign_in(
    State(web): State<Web>,
    visit: Visit,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    Path(name): Path<String>,
    Query(link): Query<Link>,
) -> Response {
    let peer = peer.map(|Extension(ConnectInfo(peer))| peer);
    let key = link.k.unwrap_or_default();
    let role = match web.opened().kind {
        JournalKind::Simulated if session::is_local(peer, &headers) => {
            session::role(&name, &key, &web.link_key)
        }
        JournalKind::Simulated | JournalKind::Live => None,
    };
    let begun = begin(&web, role).await;
    answer(&visit, &web, begun)
}

async fn begin(web: &Web, role: Option<Role>) -> Answer {
    let role = role.ok_or(Problem::LinkRefused)?;
    let actor = session::actor(web.models(), role).await?;
    let token = web.api.sign_in.issue(&actor, session::SESSION);
    Ok(session::begin(&token))
}

/// The cookie is `SameSite=Strict`, and a page of another site that posts here only ends a session.
async fn sign_out(State(_): State<Web>) -> Response {
    session::end()
}

async fn unknown(State(web): State<Web>, visit: Visit) -> Response {
    respond::unlisted(answer(&visit, &web, Err(Problem::PageUnknown)))
}
