//! To the office's identity provider and back.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;

use super::{Asked, asked};
use crate::api::sign_in::cookie;
use crate::api::sign_in::oidc::{Answered, FLOW_SECONDS, Flow, Provider, Refused};
use crate::domain::actor::{Actor, Role};
use crate::web::frame::Frame;
use crate::web::lang::Lang;
use crate::web::problem::Problem;
use crate::web::sign_in::{SignInPage, SignedInPage, Ways, own_place};
use crate::web::{Visit, Web, respond, session};

/// What the provider sends browsers back to.
const BACK: &str = "/sign-in/callback";

#[derive(Default, Deserialize)]
pub(super) struct Wanted {
    to: Option<String>,
    role: Option<String>,
    out: Option<String>,
}

/// The page before the door.
pub(super) async fn door(State(web): State<Web>, visit: Visit, wanted: Asked<Wanted>) -> Response {
    let wanted = asked(wanted);
    let provider = web.api.sign_in.provider();
    let left = match (&wanted.out, provider) {
        (Some(_), Some(provider)) => {
            let after = format!("{}/sign-in", visit.base);
            Some(provider.farewell(&after).await)
        }
        (Some(_), None) => Some(None),
        (None, _) => None,
    };
    let ways = Ways {
        kind: web.opened().kind,
        provider: provider.map(Provider::host),
        left,
        to: own_place(wanted.to.as_deref()),
    };
    let page = SignInPage::new(visit.frame(&web), ways);
    respond::unlisted(respond::html(StatusCode::OK, &page))
}

/// Sends the browser to the provider, with a cookie that knows it again.
pub(super) async fn leave(State(web): State<Web>, visit: Visit, wanted: Asked<Wanted>) -> Response {
    let wanted = asked(wanted);
    let frame = frame(&visit, &web, visit.lang);
    match sent(&web, &visit, &wanted).await {
        Ok((address, flow)) => {
            let sealed = web.api.sign_in.seal_flow(&flow);
            let response = respond::see(&address);
            session::with_cookie(response, &flow_cookie(&visit, &sealed, FLOW_SECONDS))
        }
        Err(refused) => refuse(refused, frame),
    }
}

async fn sent(web: &Web, visit: &Visit, wanted: &Wanted) -> Result<(String, Flow), Refused> {
    let provider = web.api.sign_in.provider().ok_or(Refused::NotSetUp)?;
    let role = wanted.role.as_deref().and_then(Role::from_name);
    let redirect = format!("{}{BACK}", visit.base);
    let to = own_place(wanted.to.as_deref());
    let flow = Flow::new(&redirect, to, role, visit.lang.tag())?;
    let address = provider.address(&flow).await?;
    Ok((address, flow))
}

/// Whoever comes back is signed in, or told why not. Either way the cookie has done its work.
pub(super) async fn back(
    State(web): State<Web>,
    visit: Visit,
    headers: HeaderMap,
    answered: Asked<Answered>,
) -> Response {
    let sealed = cookie(&headers, flow_name(&visit));
    let flow = sealed.and_then(|sealed| web.api.sign_in.open_flow(sealed));
    let lang = flow
        .as_ref()
        .map_or(visit.lang, |flow| Lang::asked(Some(&flow.lang)));
    let frame = frame(&visit, &web, lang);
    let response = match known(&web, flow.as_ref(), &asked(answered)).await {
        Ok((actor, to)) => {
            let token = web.api.sign_in.issue(&actor, session::WORKING_DAY);
            let page = SignedInPage::new(frame, &to);
            let place = format!("0; url={}", page.to());
            let mut response = respond::html(StatusCode::OK, &page);
            if let Ok(place) = HeaderValue::from_str(&place) {
                response.headers_mut().insert(header::REFRESH, place);
            }
            let session = session::cookie(&token, session::WORKING_DAY, is_secure(&visit));
            session::with_cookie(response, &session)
        }
        Err(refused) => refuse(refused, frame),
    };
    session::with_cookie(response, &flow_cookie(&visit, "", 0))
}

async fn known(
    web: &Web,
    flow: Option<&Flow>,
    answered: &Answered,
) -> Result<(Actor, String), Refused> {
    let provider = web.api.sign_in.provider().ok_or(Refused::NotSetUp)?;
    let flow = flow.ok_or(Refused::FlowLost)?;
    let actor = provider.finish(flow, answered).await?;
    web.api.sign_in.at_work(&actor)?;
    Ok((actor, own_place(Some(&flow.to)).to_owned()))
}

fn refuse(refused: Refused, frame: Frame) -> Response {
    tracing::warn!(code = refused.code(), why = %refused, "nobody was signed in");
    respond::unlisted(Problem::SignIn(refused).respond(frame))
}

/// Without what the provider said in the address: it is no link to follow in another language.
fn frame(visit: &Visit, web: &Web, lang: Lang) -> Frame {
    let visit = Visit {
        lang,
        place: "/sign-in".into(),
        ..visit.clone()
    };
    visit.frame(web)
}

fn is_secure(visit: &Visit) -> bool {
    visit.base.starts_with("https://")
}

/// Over an encrypted line nobody but this host can have set it.
fn flow_name(visit: &Visit) -> &'static str {
    if is_secure(visit) {
        "__Host-motcua_flow"
    } else {
        "motcua_flow"
    }
}

/// Lax, because the browser comes back from another site.
fn flow_cookie(visit: &Visit, sealed: &str, seconds: u64) -> String {
    let secure = if is_secure(visit) { "; Secure" } else { "" };
    let name = flow_name(visit);
    format!("{name}={sealed}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
}
