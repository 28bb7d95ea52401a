//! The addresses of the pages, and what each reads.

mod audit;
mod board;
mod campaigns;
mod desk;
mod dossier;
mod figures;
mod offices;
mod playground;
mod procedures;
mod proof;
mod say;
mod sign_in;
mod staff;
mod tables;

use axum::Router;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};

use super::home::HomePage;
use super::problem::Problem;
use super::proof::LogLine;
use super::say::Wish;
use super::{Visit, Web, assets, respond};
use crate::domain::reference::JournalKind;

/// Every page. The listener must hand on the peer's address (`into_make_service_with_connect_info`), or nobody can sign
/// in by a printed link.
pub fn router(web: Web) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/t", get(dossier::find))
        .route("/t/{code}", get(dossier::track))
        .route("/t/{code}/events", get(dossier::follow))
        .route("/t/{code}/proof", get(proof::check))
        .route("/t/{code}/rating", say::doors(Wish::Rating))
        .route("/t/{code}/feedback", say::doors(Wish::Feedback))
        .route("/t/{code}/clarify", say::doors(Wish::Clarify))
        .route("/t/{code}/judge", say::doors(Wish::Judge))
        .route("/t/{code}/survey", say::doors(Wish::Survey))
        .route("/campaigns", get(campaigns::list))
        .route("/campaigns/{code}", get(campaigns::results))
        .route("/o", get(offices::list))
        .route("/o/{office}", get(offices::office))
        .route("/feedback", get(offices::voices))
        .route("/history", get(dossier::find_history))
        .route("/history/{code}", get(dossier::records))
        .route("/statistics", get(figures::figures))
        .route("/statistics/offices", get(tables::offices))
        .route("/statistics/procedures", get(tables::procedures))
        .route("/statistics/score", get(tables::score))
        .route("/statistics/{file}", get(tables::file))
        .route("/statistics.csv", get(figures::figures_csv))
        .route("/statistics.json", get(figures::figures_json))
        .route("/forms/II.06a.csv", get(figures::form_csv))
        .route("/forms/II.06a.json", get(figures::form_json))
        .route("/p", get(procedures::list_procedures))
        .route("/p/{code}", get(procedures::procedure))
        .route("/p/{code}/sheet", get(procedures::leaflet))
        .route("/o/{office}/sheet", get(procedures::sheet))
        .route("/board/{office}", get(board::board))
        .route("/board/{office}/events", get(board::follow))
        .route("/desk", get(desk::list))
        .route("/desk/events", get(desk::follow))
        .route("/desk/find", get(desk::find))
        .route("/desk/d/{code}", get(desk::dossier))
        .route(
            "/desk/people",
            get(desk::person_form).post(desk::find_people),
        )
        .route("/desk/new", get(desk::intake))
        .route("/desk/qr.svg", get(desk::picture))
        .route("/worklist", get(desk::moved))
        .route("/graphiql", get(playground::playground))
        .route("/sign-in", get(sign_in::door))
        .route("/sign-in/oidc", get(sign_in::leave))
        .route("/sign-in/callback", get(sign_in::back))
        .route("/sign-in/{person}", get(staff::sign_in))
        .route("/sign-out", post(staff::sign_out))
        .route("/assets/{*path}", get(assets::serve))
        .merge(audit::router())
        .fallback(unknown)
        .method_not_allowed_fallback(not_so)
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
        JournalKind::Simulated | JournalKind::Imported => web.example().await,
        JournalKind::Live => None,
    };
    let log = web.api.log().ok();
    let log = log.and_then(|log| LogLine::of(log, visit.lang));
    let page = HomePage::new(visit.frame(&web), example, web.models().size()).with_log(log);
    respond::html(StatusCode::OK, &page)
}

/// The address is right, the method is not.
async fn not_so(State(web): State<Web>, visit: Visit) -> Response {
    respond::unlisted(answer(&visit, &web, Err(Problem::MethodNotAllowed)))
}

async fn unknown(State(web): State<Web>, visit: Visit) -> Response {
    respond::unlisted(answer(&visit, &web, Err(Problem::PageUnknown)))
}
