//! `/payments/{gateway}`: a gateway says that money has come or was given back, and it is put on record in its name.
//!
//! The id of the command follows from gateway and transaction: told twice, it is recorded once and answered the same.

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use uuid::Uuid;

use super::PaymentProblem;
use crate::acts::{self, Act, Refusal};
use crate::api::Api;
use crate::domain::dossier::{DossierCommand, DossierEvent, Rejection};
use crate::domain::event::Event;
use crate::domain::fact::stream;
use crate::domain::reason::Reason;
use crate::journal::fact;
use crate::ports::payment::{Gateway, Movement, Notice, Outcome, Said, Till, Unread};
use crate::ports::signature;

const BYTES_MAX: usize = 64 * 1024;

/// `/payments/{gateway}`: POST for banks that send a signed body, GET for gateways that call with parameters.
pub fn router(api: Api) -> Router {
    Router::new()
        .route("/payments/{gateway}", post(notified).get(notified))
        .method_not_allowed_fallback(|| async { plain(PaymentProblem::MethodNotAllowed) })
        .with_state(api)
}

/// Why nothing was recorded.
enum Refused {
    Problem(PaymentProblem),
    /// By the rules, or by a store that does not answer.
    Counter(Refusal),
}

impl From<PaymentProblem> for Refused {
    fn from(problem: PaymentProblem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Counter(refusal)
    }
}

async fn notified(
    State(api): State<Api>,
    Path(gateway): Path<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let Some(till) = api.payments.till(&gateway).cloned() else {
        return plain(PaymentProblem::GatewayUnknown);
    };
    let address = api.rates.address(&parts.headers, &parts.extensions);
    if let Some(key) = api.rates.key(None, address)
        && let Err(exceeded) = api.rates.spend(&key, 1)
    {
        let mut response = plain(PaymentProblem::RateLimited);
        let after = HeaderValue::from(exceeded.retry_after.as_secs());
        response.headers_mut().insert(header::RETRY_AFTER, after);
        return response;
    }
    let query = parts.uri.query().unwrap_or_default();
    let body = axum::body::to_bytes(body, BYTES_MAX).await;
    let outcome = match &body {
        Ok(body) => taken(&api, &till, &parts.headers, query, body).await,
        Err(_) => Err(PaymentProblem::TooLarge.into()),
    };
    respond(till.gateway.as_ref(), outcome)
}

async fn taken(
    api: &Api,
    till: &Till,
    headers: &HeaderMap,
    query: &str,
    body: &[u8],
) -> Result<Option<u64>, Refused> {
    let header = |name: &str| headers.get(name)?.to_str().ok();
    let said = till.gateway.read(&Notice {
        header: &header,
        query,
        body,
        now: jsonwebtoken::get_current_timestamp(),
    });
    let said = said.map_err(|unread| {
        let problem = PaymentProblem::from(unread);
        let code = problem.code();
        if unread == Unread::Malformed {
            // Its signature is good: money may have moved.
            strayed(api);
            tracing::warn!(
                gateway = till.name,
                code,
                id = header(signature::ID),
                "a signed notification cannot be read: somebody has to look at it"
            );
        } else {
            tracing::debug!(gateway = till.name, code, "a notification was not believed");
        }
        problem
    })?;
    match said {
        Said::Doubtful { transaction } => {
            strayed(api);
            tracing::warn!(
                gateway = till.name,
                transaction,
                "money moved that the gateway itself doubts: somebody has to look at it"
            );
            Ok(None)
        }
        Said::Paid(movement) => recorded(api, till, &movement, None).await.map(Some),
        Said::Refunded(movement, reason) => {
            recorded(api, till, &movement, Some(reason)).await.map(Some)
        }
        Said::Nothing => Ok(None),
    }
}

/// Puts it on record; money that fits nothing is told to whoever reads the log and the metrics.
async fn recorded(
    api: &Api,
    till: &Till,
    movement: &Movement,
    refund: Option<Reason>,
) -> Result<u64, Refused> {
    let done = record(api, till, movement, refund).await;
    let code = match &done {
        Err(Refused::Problem(problem)) => problem.code(),
        Err(Refused::Counter(Refusal::Rejected(rejection))) => rejection.code(),
        Ok(_) | Err(Refused::Counter(_)) => return done,
    };
    strayed(api);
    tracing::warn!(
        gateway = till.name,
        transaction = movement.transaction,
        amount_vnd = movement.amount_vnd,
        refund = refund.is_some(),
        code,
        "money moved that fits nothing on record: somebody has to look at it"
    );
    done
}

fn strayed(api: &Api) {
    let strays = &api.payments.stray;
    strays.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
}

async fn record(
    api: &Api,
    till: &Till,
    movement: &Movement,
    refund: Option<Reason>,
) -> Result<u64, Refused> {
    let position = api.payments.references.find(&movement.text);
    let position = position.ok_or(PaymentProblem::ReferenceUnknown)?;
    let (dossier, number) = asked_at(api, till, position).await?;
    let amount_vnd = movement.amount_vnd;
    let (word, command) = match refund {
        Some(_) => (
            "refund",
            DossierCommand::RefundPayment { number, amount_vnd },
        ),
        None => (
            "payment",
            DossierCommand::ConfirmPayment {
                number,
                amount_vnd,
                method: till.gateway.method(),
                reference: Some(movement.transaction.clone()),
            },
        ),
    };
    let name = format!("{word}:{}:{}", till.name, movement.transaction);
    let act = Act::Dossier { dossier, command };
    let request = acts::Request {
        reason: refund,
        ..acts::Request::new(stream::reaction(&name), till.actor(), act)
    };
    Ok(api.counter()?.submit(request).await?.position)
}

/// The dossier and the number of the obligation that the fact at a position asked for, in the name of an office that takes money
/// through this gateway.
async fn asked_at(api: &Api, till: &Till, position: u64) -> Result<(Uuid, u32), Refused> {
    let entries = api.journal.read(position, 1).await.map_err(|error| {
        tracing::warn!(%error, "a payment cannot be looked up now");
        Refusal::Unavailable
    })?;
    let entry = entries.first().filter(|entry| entry.position == position);
    let found = entry.and_then(|entry| {
        let fact = fact::decode(&entry.body).ok()?;
        match fact.event {
            Event::Dossier(DossierEvent::FinancialObligationIssued(issued)) => till
                .serves(&fact.actor.office)
                .then_some((entry.stream, issued.number)),
            Event::Dossier(_)
            | Event::Journal(_)
            | Event::Reference(_)
            | Event::Register(_)
            | Event::Archive(_)
            | Event::Staff(_)
            | Event::Access(_)
            | Event::Erasure(_)
            | Event::Import(_) => None,
        }
    });
    Ok(found.ok_or(PaymentProblem::ReferenceUnknown)?)
}

fn plain(problem: PaymentProblem) -> Response {
    let (vietnamese, english) = problem.message();
    let body = serde_json::json!({
        "code": problem.code(), "messageVi": vietnamese, "messageEn": english,
    });
    written(problem.status(), &body)
}

fn respond(gateway: &dyn Gateway, outcome: Result<Option<u64>, Refused>) -> Response {
    let message;
    let (status, code, (vietnamese, english)) = match outcome {
        Ok(Some(position)) => return answered(gateway, &Outcome::Recorded { position }),
        Ok(None) => return answered(gateway, &Outcome::Noted),
        Err(Refused::Problem(problem)) => (problem.status(), problem.code(), problem.message()),
        Err(Refused::Counter(refusal)) => {
            message = refusal.message();
            let words = (message.0.as_str(), message.1.as_str());
            (status(&refusal), refusal.code(), words)
        }
    };
    answered(
        gateway,
        &Outcome::Refused {
            status: status.as_u16(),
            code,
            vietnamese,
            english,
        },
    )
}

/// Who is refused by the rules need not come again; who is not heard should.
fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::Rejected(Rejection::AmountMismatch) => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::Rejected(_) => StatusCode::CONFLICT,
        Refusal::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        Refusal::Overloaded
        | Refusal::Stopping
        | Refusal::Halted(_)
        | Refusal::Unavailable
        | Refusal::ClocksApart(_)
        | Refusal::NotYetEnabled { .. }
        | Refusal::ReadOnlyNode => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::Fault => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn answered(gateway: &dyn Gateway, outcome: &Outcome<'_>) -> Response {
    let (status, body) = gateway.answer(outcome);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    written(status, &body)
}

fn written(status: StatusCode, body: &serde_json::Value) -> Response {
    let mut response = (status, body.to_string()).into_response();
    let headers = response.headers_mut();
    let kind = if status.is_success() {
        "application/json"
    } else {
        "application/problem+json"
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    response
}
