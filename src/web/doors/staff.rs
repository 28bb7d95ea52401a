//! For those who are signed in, and signing in itself.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Extension, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;

use super::{Answer, Asked, Segment, answer, asked, segment};
use crate::domain::actor::{NO_OFFICE, Role};
use crate::domain::reference::JournalKind;
use crate::web::problem::Problem;
use crate::web::{Visit, Web, session};

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
        JournalKind::Simulated | JournalKind::Live | JournalKind::Imported => None,
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
    Ok(session::begin(&token, role))
}

/// The cookie is `SameSite=Strict`, and a page of another site that posts here only ends a session.
pub(super) async fn sign_out(State(web): State<Web>) -> Response {
    match web.api.sign_in.provider() {
        Some(_) => session::end("/sign-in?out=1"),
        None => session::end("/"),
    }
}
