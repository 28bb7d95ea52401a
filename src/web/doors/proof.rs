//! The proof of one dossier, checked here before it is checked elsewhere.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::dossier::dossier;
use super::{Answer, Asked, Segment, answer, asked, segment};
use crate::api::log::LogProblem;
use crate::api::log::receipt::Of;
use crate::web::problem::Problem;
use crate::web::proof::{ProofPage, ProofSheet, Proved, Subject};
use crate::web::{Visit, Web, respond};

/// Seconds until a page that waits for a seal asks again.
const WAIT: &str = "5";

#[derive(Default, Deserialize)]
pub(super) struct Wanted {
    /// `result`; the acceptance unless told.
    of: Option<String>,
    /// Given: the sheet to print.
    print: Option<String>,
}

pub(super) async fn check(
    State(web): State<Web>,
    visit: Visit,
    path: Segment,
    wanted: Asked<Wanted>,
) -> Response {
    let page = page(&web, &visit, &segment(path), &asked(wanted)).await;
    respond::unlisted(answer(&visit, &web, page))
}

async fn page(web: &Web, visit: &Visit, code: &str, wanted: &Wanted) -> Answer {
    let of = Of::asked(wanted.of.as_deref()).ok_or(Problem::PageUnknown)?;
    let (code, _, changes) = dossier(web, visit, code, None).await?;
    let subject = Subject {
        code: &code,
        of,
        changes: &changes,
        base: &visit.base,
    };
    let proved = proved(web, &subject).await;
    let frame = visit.frame(web);
    let proved = match &proved {
        Ok(proved) if wanted.print.is_some() => {
            let sheet = ProofSheet::new(frame, &subject, proved, web.now());
            return Ok(respond::html(axum::http::StatusCode::OK, &sheet));
        }
        Ok(proved) => Ok(proved),
        Err(problem) => Err(*problem),
    };
    let status = proved.map_or_else(LogProblem::status, |_| axum::http::StatusCode::OK);
    let page = ProofPage::new(frame, &subject, proved);
    let response = respond::html(status, &page);
    if page.pending {
        return Ok(respond::refreshing(response, WAIT));
    }
    Ok(response)
}

async fn proved(web: &Web, subject: &Subject<'_>) -> Result<Proved, LogProblem> {
    let log = web.api.log()?;
    let fact = subject.of.of(subject.changes);
    let fact = fact.ok_or(LogProblem::NoSuchFact)?;
    let receipt = log.receipt(fact.entry.position).await?;
    let policy = log.integrity.policy().ok_or(LogProblem::NothingPublished)?;
    Ok(Proved { receipt, policy })
}
