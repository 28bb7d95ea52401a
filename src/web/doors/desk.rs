//! The officer's desk.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::dossier::dossier_code;
use super::{Answer, Asked, Segment, answer, asked, segment};
use crate::api::access::OfficeDevice;
use crate::api::search::sees_names;
use crate::domain::actor::{Actor, NO_OFFICE, Role};
use crate::domain::code::OfficeCode;
use crate::domain::dossier::Phase;
use crate::projections::audit::{self, Filter, Order};
use crate::projections::{offices, tracking};
use crate::web::desk::dossier::{Around, DossierPage};
use crate::web::desk::intake::IntakePage;
use crate::web::desk::list::{self, ListPage, Shown};
use crate::web::desk::people::{Found, PeoplePage, Sent};
use crate::web::desk::{Choice, Dossier, Ground, Procedures, Worklist};
use crate::web::frame::has_work;
use crate::web::problem::Problem;
use crate::web::{Visit, Web, live, qr, respond};

/// How many of an office's newest facts are looked through for its people.
const LOOK_BACK: u32 = 200;

/// The old address.
pub(super) async fn moved(RawQuery(query): RawQuery) -> Response {
    match query {
        Some(query) => respond::see(&format!("/desk?{query}")),
        None => respond::see("/desk"),
    }
}

#[derive(Default, Deserialize)]
pub(super) struct Place {
    /// `mine` or nothing.
    who: Option<String>,
    phase: Option<String>,
    /// For those who belong to no office.
    office: Option<String>,
    after: Option<String>,
}

pub(super) async fn list(State(web): State<Web>, visit: Visit, place: Asked<Place>) -> Response {
    let page = list_page(&web, &visit, asked(place)).await;
    answer(&visit, &web, page)
}

async fn list_page(web: &Web, visit: &Visit, place: Place) -> Answer {
    let who = signed_in(visit)?;
    let (office, named) = whose(who, place.office.as_deref())?;
    let phase = place.phase.filter(|name| Phase::from_name(name).is_some());
    let asked = list::Asked {
        mine: place.who.as_deref() == Some("mine"),
        phase,
        office: named,
    };
    let variables = json!({
        "filter": asked.filter(who),
        "first": list::PAGE,
        "after": place.after,
    });
    let found: Option<Worklist> = web.ask(Some(who), "desk/worklist", variables).await?;
    let found = found.ok_or(Problem::NoWorklist)?;
    let reference = web.models().reference();
    let ground = Ground {
        reference: &reference,
        office: &office,
        now: web.now(),
    };
    let record = offices::by_code(web.models(), &office);
    let name = record.map(|office| visit.lang.of(&office.name_vi, &office.name_en).clone());
    let shown = Shown {
        who,
        office: name.unwrap_or_else(|| office.clone()),
        asked: &asked,
        people: people(web, &office).await?,
    };
    let mut frame = visit.frame(web);
    if has_work(who) {
        frame = frame.live("/desk/events");
    }
    let page = ListPage::new(frame, shown, &found, &ground);
    Ok(respond::html(StatusCode::OK, &page))
}

/// The stream by which an open worklist learns that somebody of the office did something.
pub(super) async fn follow(State(web): State<Web>, visit: Visit, headers: HeaderMap) -> Response {
    match officer(&visit) {
        Ok(who) => {
            let subject = live::Subject::Office(who.office.clone());
            live::follow(&web, &headers, subject).await
        }
        Err(problem) => answer(&visit, &web, Err(problem)),
    }
}

#[derive(Default, Deserialize)]
pub(super) struct Typed {
    code: Option<String>,
}

/// A code typed into the field above the list.
pub(super) async fn find(State(web): State<Web>, visit: Visit, typed: Asked<Typed>) -> Response {
    let typed = asked(typed).code.unwrap_or_default();
    let found = dossier_code(&typed).map(|code| {
        let place = visit.frame(&web).to(&format!("/desk/d/{code}"));
        respond::see(&place)
    });
    answer(&visit, &web, found)
}

/// The form to look for a person by.
pub(super) async fn person_form(State(web): State<Web>, visit: Visit) -> Response {
    let who = signed_in(&visit);
    let page = who.and_then(|who| {
        let sees = sees_names(who.role);
        sees.then(|| people_page(&web, &visit, &Sent::default(), None, None))
            .ok_or(Problem::NoWorklist)
    });
    respond::unlisted(answer(&visit, &web, page))
}

/// Who was looked for, in the body.
pub(super) async fn find_people(
    State(web): State<Web>,
    visit: Visit,
    filled: Result<Form<Sent>, FormRejection>,
) -> Response {
    let sent = filled.map_or_else(|_| Sent::default(), |Form(sent)| sent);
    let page = found_people(&web, &visit, &sent).await;
    respond::unlisted(answer(&visit, &web, page))
}

async fn found_people(web: &Web, visit: &Visit, sent: &Sent) -> Answer {
    let who = signed_in(visit)?.clone();
    let document = include_str!("../queries/people.graphql");
    let question = sent.question(web.now());
    let told = web.run(document, question, Some(who), OfficeDevice(false));
    let told = told.await;
    let found = told.data.get("findDossiers").cloned();
    let found: Option<Found> = found.and_then(|found| serde_json::from_value(found).ok());
    let failure = told.failures.first().map(String::as_str);
    let other_shape = found.is_none().then_some("INTERNAL_SERVER_ERROR");
    Ok(people_page(
        web,
        visit,
        sent,
        found,
        failure.or(other_shape),
    ))
}

fn people_page(
    web: &Web,
    visit: &Visit,
    sent: &Sent,
    found: Option<Found>,
    failure: Option<&str>,
) -> Response {
    let status = match failure {
        None => StatusCode::OK,
        Some("FORBIDDEN") => StatusCode::FORBIDDEN,
        Some("SEARCH_TOO_WIDE" | "BAD_USER_INPUT") => StatusCode::UNPROCESSABLE_ENTITY,
        Some(_) => StatusCode::SERVICE_UNAVAILABLE,
    };
    let mut frame = visit.frame(web);
    "/desk/people".clone_into(&mut frame.place);
    respond::html(status, &PeoplePage::new(frame, sent, found, failure))
}

#[derive(Default, Deserialize)]
pub(super) struct Shade {
    reveal: Option<String>,
}

pub(super) async fn dossier(
    State(web): State<Web>,
    visit: Visit,
    path: Segment,
    shade: Asked<Shade>,
) -> Response {
    let revealed = asked(shade).reveal.is_some();
    let page = dossier_page(&web, &visit, &segment(path), revealed).await;
    respond::unlisted(answer(&visit, &web, page))
}

async fn dossier_page(web: &Web, visit: &Visit, code: &str, revealed: bool) -> Answer {
    let who = signed_in(visit)?;
    let code = dossier_code(code)?.to_string();
    let variables = json!({ "code": code, "reveal": revealed });
    let found: Option<Dossier> = web.ask(Some(who), "desk/dossier", variables).await?;
    let Some(told) = found else {
        let there = tracking::by_code(web.models(), &code).await?;
        return Err(match there {
            Some(_) => Problem::DossierElsewhere(code),
            None => Problem::DossierUnknown(code),
        });
    };
    let office = told.office.as_ref().map(|office| office.code.clone());
    let office = office.unwrap_or_else(|| who.office.clone());
    let reference = web.models().reference();
    let around = Around {
        who,
        ground: Ground {
            reference: &reference,
            office: &office,
            now: web.now(),
        },
        people: people(web, &office).await?,
        offices: other_offices(web, visit, &office),
        base: &visit.base,
        revealed,
    };
    let page = DossierPage::new(visit.frame(web), &code, &told, around);
    Ok(respond::html(StatusCode::OK, &page))
}

pub(super) async fn intake(State(web): State<Web>, visit: Visit) -> Response {
    let page = intake_page(&web, &visit).await;
    answer(&visit, &web, page)
}

async fn intake_page(web: &Web, visit: &Visit) -> Answer {
    let who = officer(visit)?;
    if who.role != Role::Receiver {
        return Err(Problem::NoWorklist);
    }
    let now = web.now();
    let (mut all, mut after) = (Vec::new(), None::<String>);
    loop {
        let variables = json!({ "on": now.date().to_string(), "after": after });
        let page: Option<Procedures> = web.ask(Some(who), "desk/procedures", variables).await?;
        let Some(page) = page else { break };
        all.extend(page.nodes);
        if !page.page_info.has_next_page {
            break;
        }
        after = page.page_info.end_cursor;
    }
    let page = IntakePage::new(visit.frame(web), who, now, &all);
    Ok(respond::html(StatusCode::OK, &page))
}

#[derive(Default, Deserialize)]
pub(super) struct Receipt {
    code: Option<String>,
    k: Option<String>,
}

/// The QR code that opens the tracking page of a dossier just taken in.
pub(super) async fn picture(
    State(web): State<Web>,
    visit: Visit,
    receipt: Asked<Receipt>,
) -> Response {
    let drawn = drawn(&visit, asked(receipt));
    respond::unlisted(answer(&visit, &web, drawn))
}

fn drawn(visit: &Visit, receipt: Receipt) -> Answer {
    officer(visit)?;
    let code = dossier_code(&receipt.code.unwrap_or_default())?;
    let plain =
        |key: &String| key.len() <= 64 && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let key = receipt.k.filter(plain).filter(|key| !key.is_empty());
    let key = key.map_or_else(String::new, |key| format!("?k={key}"));
    let svg = qr::svg(&format!("{}/t/{code}{key}", visit.base), "QR");
    let svg = svg.replacen("<svg ", "<svg xmlns=\"http://www.w3.org/2000/svg\" ", 1);
    let kind = HeaderValue::from_static("image/svg+xml");
    let mut response = ([(header::CONTENT_TYPE, kind)], svg).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn signed_in(visit: &Visit) -> Result<&Actor, Problem> {
    visit.who.as_ref().ok_or(Problem::SignInNeeded)
}

fn officer(visit: &Visit) -> Result<&Actor, Problem> {
    let who = signed_in(visit)?;
    if has_work(who) {
        Ok(who)
    } else {
        Err(Problem::NoWorklist)
    }
}

/// Whose worklist is read, and the office as it is to be named to the API: one's own; an auditor of all offices names one.
fn whose(who: &Actor, named: Option<&str>) -> Result<(String, Option<String>), Problem> {
    if who.office != NO_OFFICE {
        return Ok((who.office.clone(), None));
    }
    let office = named.and_then(|text| text.parse::<OfficeCode>().ok());
    let office = office.ok_or(Problem::NoWorklist)?.to_string();
    Ok((office.clone(), Some(office)))
}

/// Pseudonyms of those who acted for the office of late: there is no staff register to ask.
async fn people(web: &Web, office: &str) -> Result<Vec<String>, Problem> {
    let filter = Filter {
        office: Some(office.to_owned()),
        ..Filter::default()
    };
    let found = audit::search(web.models(), &filter, Order::NewestFirst, None, LOOK_BACK).await?;
    let mut people: Vec<String> = found
        .rows
        .into_iter()
        .map(|(_, row)| row.actor_id)
        .collect();
    people.sort_unstable();
    people.dedup();
    Ok(people)
}

fn other_offices(web: &Web, visit: &Visit, own: &str) -> Vec<Choice> {
    let reference = web.models().reference();
    let today = web.now().date();
    let open = reference.offices.keys().filter(|code| *code != own);
    open.filter_map(|code| {
        let office = reference.office(code, today)?;
        let name = visit.lang.of(&office.name_vi, &office.name_en).clone();
        Some((code.clone(), name))
    })
    .collect()
}
