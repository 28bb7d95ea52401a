//! Is this node alive, and may it be sent requests.

use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};

use super::Api;

/// More entries than this not yet shown: other nodes answer better.
const LAG_MAX: u64 = 10_000;

pub type Text = (StatusCode, [(HeaderName, &'static str); 1], String);

fn text(status: StatusCode, body: String) -> Text {
    (
        status,
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
        body,
    )
}

/// `/livez`: the process answers.
pub async fn livez() -> &'static str {
    "ok\n"
}

/// `/readyz`: the journal answers, is the one that was sealed, and the read models follow it closely.
pub async fn readyz(State(api): State<Api>) -> Text {
    let progress = api.models.progress();
    let Ok(head) = api.journal.head().await else {
        return text(
            StatusCode::SERVICE_UNAVAILABLE,
            "the journal does not answer\n".into(),
        );
    };
    if let Some(code) = api.halted() {
        let body = format!("this node takes no commands: {code}\n");
        return text(StatusCode::SERVICE_UNAVAILABLE, body);
    }
    if let Some(code) = progress.stopped {
        let body = format!("the read models stand still: {code}\n");
        return text(StatusCode::SERVICE_UNAVAILABLE, body);
    }
    if api
        .desk
        .as_ref()
        .is_some_and(|desk| !desk.counter.is_well())
    {
        let body = "commands cannot be written: the store does not confirm them, or its clock is not this node's\n";
        return text(StatusCode::SERVICE_UNAVAILABLE, body.into());
    }
    let lag = head.size.saturating_sub(progress.size);
    if lag > LAG_MAX {
        let body = format!("the read models are {lag} entries behind\n");
        return text(StatusCode::SERVICE_UNAVAILABLE, body);
    }
    text(StatusCode::OK, "ok\n".into())
}
