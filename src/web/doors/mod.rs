//! The addresses of the pages, and what each reads.

mod dossier;
mod figures;
mod procedures;
mod staff;

use axum::Router;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};

use super::home::HomePage;
use super::problem::Problem;
use super::{Visit, Web, assets, graphiql, respond, session};
use crate::domain::actor::NO_OFFICE;
use crate::domain::reference::JournalKind;

/// Every page. The listener must hand on the peer's address (`into_make_service_with_connect_info`), or nobody can sign
/// in by a printed link.
pub fn router(web: Web) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/t", get(dossier::find))
        .route("/t/{code}", get(dossier::track))
        .route("/history", get(dossier::find_history))
        .route("/history/{code}", get(dossier::records))
        .route("/statistics", get(figures::figures))
        .route("/statistics.csv", get(figures::figures_csv))
        .route("/p", get(procedures::list_procedures))
        .route("/p/{code}", get(procedures::procedure))
        .route("/worklist", get(staff::work))
        .route("/graphiql", get(playground))
        .route("/sign-in/{person}", get(staff::sign_in))
        .route("/sign-out", post(staff::sign_out))
        .route("/assets/{*path}", get(assets::serve))
        .fallback(unknown)
        .with_state(web)
}

/// A part of the path; what cannot be read is nobody's code.
type Segment = Result<Path<String>, PathRejection>;

/// Parameters; what cannot be read counts as not given.
type Asked<T> = Result<Query<T>, QueryRejection>;

fn segment(path: Segment) -> String {
    path.map_or_else(|_| String::new(), |Path(text)| text)
}

fn asked<T: Default>(query: Asked<T>) -> T {
    query.map_or_else(|_| T::default(), |Query(asked)| asked)
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

async fn playground(State(web): State<Web>, visit: Visit) -> Response {
    let row = session::newest(web.models()).await.ok().flatten();
    let to = figures::period_end(&web);
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

async fn unknown(State(web): State<Web>, visit: Visit) -> Response {
    respond::unlisted(answer(&visit, &web, Err(Problem::PageUnknown)))
}
