//! The doors: what is asked of all is answered here, what is asked of one journal or one dossier by that journal's own.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{ConnectInfo, Path, Query, Request, State};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{any, get};
use jiff::civil::Date;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use tower_http::catch_panic::CatchPanicLayer;

use super::schema::{self, RollupSchema, RollupStatistics, find};
use super::{Member, Rollup, Shown};
use crate::api::http::kept::Kept;
use crate::api::http::{self, Documents, Endpoint, Streams};
use crate::api::scalar::Day;
use crate::api::sign_in::SignIn;
use crate::api::statistics::Question;
use crate::domain::code::DossierCode;
use crate::domain::reference::JournalKind;
use crate::web::country::{CountryPage, Place};
use crate::web::lang::Lang;
use crate::web::{assets, respond};

/// `/graphql` over all, `/m/NAME/…` of one journal, and the pages of every dossier under its code.
pub fn router(rollup: Rollup, sign_in: SignIn, stop: CancellationToken) -> Router {
    let endpoint: Endpoint<RollupSchema> = Endpoint {
        schema: schema::schema(rollup.clone()),
        sign_in,
        documents: Documents::Open,
        streams: Streams::new(rollup.limits.streams, stop),
        limits: rollup.limits.clone(),
        rates: rollup.rates.clone(),
        here: None,
        kept: Kept::default(),
    };
    Router::new()
        .route("/graphql", any(http::graphql::<RollupSchema>))
        .with_state(endpoint)
        .layer(http::cors(&rollup.limits.origins))
        .merge(
            Router::new()
                .route("/", get(home))
                .route("/t", get(look_up))
                .route("/livez", get(|| async { StatusCode::OK }))
                .route("/readyz", get(ready))
                .route("/m/{name}/{*path}", any(of_member))
                .route("/t/{code}", any(of_dossier))
                .route("/t/{code}/{*path}", any(of_dossier_below))
                .route("/history/{code}", any(of_dossier))
                .route("/o/{office}", get(of_office))
                .route("/p", get(of_any))
                .route("/p/{code}", get(of_any))
                .fallback(elsewhere)
                .with_state(rollup),
        )
        .route("/assets/{*path}", get(assets::serve))
        .layer(CatchPanicLayer::new())
}

/// The period that a page is asked for; this year unless told.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    lang: Option<String>,
    from: Option<Date>,
    to: Option<Date>,
    code: Option<String>,
}

async fn home(
    State(rollup): State<Rollup>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let asked = asked.map_or_else(|_| Asked::default(), |Query(asked)| asked);
    let to = asked.to.unwrap_or_else(Rollup::today);
    let from = asked.from.unwrap_or_else(|| to.first_of_year());
    let (from, to) = (from.min(to), from.max(to));
    let question = Question::plain(Day(from), Day(to), None, None);
    let counted = match RollupStatistics::of(&rollup, &question).await {
        Ok(counted) => counted,
        Err(error) => {
            tracing::debug!(?error, "the first page has no figures");
            RollupStatistics::default()
        }
    };
    let members = rollup.members().iter();
    let places: Vec<Place> = members
        .map(|member| Place {
            name: member.name.clone(),
            counts: counted.counts_of(&member.name),
            kind: kind(member),
            failure: member.followed().failure.map(|(code, _)| code),
        })
        .collect();
    let lang = Lang::asked(asked.lang.as_deref());
    respond::html(StatusCode::OK, &CountryPage::new(lang, from, to, &places))
}

fn kind(member: &Member) -> Option<JournalKind> {
    let shown = member.followed().shown?;
    Some(shown.api.office.opened().kind)
}

/// From the search to the page of the code that was typed.
async fn look_up(asked: Result<Query<Asked>, QueryRejection>) -> Redirect {
    let asked = asked.map_or_else(|_| Asked::default(), |Query(asked)| asked);
    let lang = match Lang::asked(asked.lang.as_deref()) {
        Lang::Vi => "",
        Lang::En => "?lang=en",
    };
    let code = asked.code.unwrap_or_default();
    if code.trim().is_empty() {
        return Redirect::to(&format!("/{lang}"));
    }
    let code = utf8_percent_encode(code.trim(), NON_ALPHANUMERIC);
    Redirect::to(&format!("/t/{code}{lang}"))
}

/// Ready when every journal is shown.
async fn ready(State(rollup): State<Rollup>) -> StatusCode {
    if rollup.is_whole() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    }
}

/// Everything that a node on the copy would answer to a machine.
async fn of_member(
    State(rollup): State<Rollup>,
    Path((name, path)): Path<(String, String)>,
    request: Request,
) -> Response {
    let shown = rollup
        .member(&name)
        .and_then(|member| member.followed().shown);
    let Some(shown) = shown else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let query = request.uri().query().map(|query| format!("?{query}"));
    let address = format!("/{path}{}", query.unwrap_or_default());
    let Ok(uri) = address.parse::<Uri>() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    hand_on(shown, uri, request).await
}

async fn of_dossier(
    State(rollup): State<Rollup>,
    Path(code): Path<String>,
    request: Request,
) -> Response {
    to_its_journal(&rollup, &code, request).await
}

/// What an office tells of itself, from the journal that knows it.
async fn of_office(
    State(rollup): State<Rollup>,
    Path(office): Path<String>,
    request: Request,
) -> Response {
    let knows = |shown: &Shown| shown.api.models.reference().offices.contains_key(&office);
    let mut shown = rollup
        .members()
        .iter()
        .filter_map(|member| member.followed().shown);
    match shown.find(knows).or_else(|| any_shown(&rollup)) {
        Some(shown) => hand_on(shown, request.uri().clone(), request).await,
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// What is the same everywhere, as the first journal has it: the catalogue.
async fn of_any(State(rollup): State<Rollup>, request: Request) -> Response {
    match any_shown(&rollup) {
        Some(shown) => hand_on(shown, request.uri().clone(), request).await,
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// Pages of one journal lead to others of its own; here the first page stands for them.
async fn elsewhere(method: Method) -> Response {
    match method {
        Method::GET | Method::HEAD => Redirect::to("/").into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn of_dossier_below(
    State(rollup): State<Rollup>,
    Path((code, _)): Path<(String, String)>,
    request: Request,
) -> Response {
    to_its_journal(&rollup, &code, request).await
}

/// The page as its own journal shows it. Of a code that nobody has, the first journal says so; while a journal is not shown,
/// nobody can.
async fn to_its_journal(rollup: &Rollup, code: &str, request: Request) -> Response {
    let found = match code.trim().parse::<DossierCode>() {
        Ok(code) => find(rollup, &code).await,
        Err(_) => Ok(None),
    };
    let shown = match found {
        Ok(Some((member, _))) => member.followed().shown,
        Ok(None) => any_shown(rollup).filter(|_| rollup.is_whole()),
        Err(error) => {
            tracing::error!(?error, "a code could not be looked up");
            None
        }
    };
    match shown {
        Some(shown) => {
            let uri = request.uri().clone();
            hand_on(shown, uri, request).await
        }
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn any_shown(rollup: &Rollup) -> Option<Shown> {
    let mut members = rollup.members().iter();
    members.find_map(|member| member.followed().shown)
}

/// The same question at the journal's own doors. What these doors have read out of the address stays here.
async fn hand_on(shown: Shown, uri: Uri, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let mut asked = Request::new(body);
    *asked.method_mut() = parts.method;
    *asked.uri_mut() = uri;
    *asked.headers_mut() = parts.headers;
    if let Some(from) = parts.extensions.get::<ConnectInfo<SocketAddr>>() {
        asked.extensions_mut().insert(*from);
    }
    let Ok(answer) = shown.router.oneshot(asked).await;
    answer.into_response()
}
