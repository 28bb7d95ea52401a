//! GraphiQL, its ready queries about things that exist here and wait for that very step.

use axum::extract::State;
use axum::response::Response;

use super::figures;
use crate::domain::actor::{NO_OFFICE, Role};
use crate::domain::dossier::Phase;
use crate::web::{Visit, Web, graphiql, session};

/// Offered while there is nothing to look at.
const DOSSIER: &str = "H38.40-261122-0001";
const OFFICE: &str = "H38.40";
const PROCEDURE: &str = "1.001193";
const HANDLER: &str = "handler-01";

pub(super) async fn playground(State(web): State<Web>, visit: Visit) -> Response {
    let example = example(&web, &visit).await;
    graphiql::page(visit.frame(&web), &example)
}

async fn example(web: &Web, visit: &Visit) -> graphiql::Example {
    let row = session::newest(web.models()).await.ok().flatten();
    let to = figures::period_end(web);
    let or = |value: Option<String>, otherwise: &str| value.unwrap_or_else(|| otherwise.to_owned());
    let position = row.as_ref().map_or(0, |row| row.position);
    let own = visit.who.as_ref().map(|who| who.office.clone());
    let own = own.filter(|office| office != NO_OFFICE);
    let office = or(own.or(row.as_ref().map(|row| row.office.clone())), OFFICE);
    let dossier = or(row.as_ref().and_then(|row| row.code.clone()), DOSSIER);
    let waiting = async |kind, phase| {
        let found = session::waiting(web.models(), &office, kind, phase).await;
        or(found.ok().flatten(), &dossier)
    };
    let handler = session::actor(web.models(), Role::Handler, Some(&office)).await;
    graphiql::Example {
        to_forward: waiting("dossier.accepted", Phase::Accepted).await,
        to_sign: waiting("dossier.forwarded", Phase::InProcessing).await,
        to_deliver: waiting("dossier.result_signed", Phase::Completed).await,
        handler: handler.map_or_else(|_| HANDLER.to_owned(), |handler| handler.id),
        resume: web.resume(position),
        position,
        procedure: or(row.map(|row| row.procedure), PROCEDURE),
        from: to.first_of_year().to_string(),
        to: to.to_string(),
        office,
        dossier,
    }
}
