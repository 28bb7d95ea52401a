//! For those who are signed in, and signing in itself.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use super::{Answer, Asked, Segment, answer, asked, segment};
use crate::domain::actor::{Actor, NO_OFFICE, Role};
use crate::domain::code::OfficeCode;
use crate::domain::reference::JournalKind;
use crate::projections::offices;
use crate::projections::tracking::DossierRow;
use crate::projections::worklist::{Cursor, Filter, page};
use crate::web::frame::has_work;
use crate::web::problem::Problem;
use crate::web::worklist::{self, Desk, WorklistPage};
use crate::web::{Visit, Web, respond, session};

#[derive(Default, Deserialize)]
pub(super) struct Place {
    /// `due_rank.id` of the last row seen.
    after: Option<String>,
    /// For those who belong to no office.
    office: Option<String>,
}

pub(super) async fn work(State(web): State<Web>, visit: Visit, place: Asked<Place>) -> Response {
    let page = worklist_page(&web, &visit, &asked(place)).await;
    answer(&visit, &web, page)
}

async fn worklist_page(web: &Web, visit: &Visit, place: &Place) -> Answer {
    let who = visit.who.as_ref().ok_or(Problem::SignInNeeded)?;
    let office = worklist_office(who, place).ok_or(Problem::NoWorklist)?;
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

/// One's own office; an auditor of all offices names one.
fn worklist_office(who: &Actor, place: &Place) -> Option<String> {
    if has_work(who) {
        return Some(who.office.clone());
    }
    let named = || place.office.as_deref()?.parse::<OfficeCode>().ok();
    match who.role {
        Role::Auditor | Role::ProcedureController if who.office != NO_OFFICE => {
            Some(who.office.clone())
        }
        Role::Auditor | Role::ProcedureController => named().map(|office| office.to_string()),
        Role::Receiver
        | Role::Handler
        | Role::DivisionHead
        | Role::Signer
        | Role::Clerk
        | Role::CentreManager
        | Role::Cashier
        | Role::PaymentGateway
        | Role::PostalAgent
        | Role::VerticalAgency
        | Role::Applicant
        | Role::Admin
        | Role::System => None,
    }
}

#[derive(Default, Deserialize)]
pub(super) struct Link {
    k: Option<String>,
}

pub(super) async fn sign_in(
    State(web): State<Web>,
    visit: Visit,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    path: Segment,
    link: Asked<Link>,
) -> Response {
    let peer = peer.map(|Extension(ConnectInfo(peer))| peer);
    let (name, key) = (segment(path), asked(link).k.unwrap_or_default());
    let role = match web.opened().kind {
        JournalKind::Simulated if session::is_local(peer, &headers) => {
            session::role(&name, &key, &web.link_key)
        }
        JournalKind::Simulated | JournalKind::Live => None,
    };
    // Whoever changes the role stays at the office: the same dossier goes on from hand to hand.
    let office = visit.who.as_ref().map(|who| who.office.as_str());
    let office = office.filter(|office| *office != NO_OFFICE);
    let begun = begin(&web, role, office).await;
    answer(&visit, &web, begun)
}

async fn begin(web: &Web, role: Option<Role>, office: Option<&str>) -> Answer {
    let role = role.ok_or(Problem::LinkRefused)?;
    let actor = session::actor(web.models(), role, office).await?;
    let token = web.api.sign_in.issue(&actor, session::SESSION);
    Ok(session::begin(&token))
}

/// The cookie is `SameSite=Strict`, and a page of another site that posts here only ends a session.
pub(super) async fn sign_out(State(web): State<Web>) -> Response {
    match web.api.sign_in.provider() {
        Some(_) => session::end("/sign-in?out=1"),
        None => session::end("/"),
    }
}
