//! Is this node alive, may it be sent requests, and how far is it.

use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};

use super::Api;

/// More entries than this not yet shown: other nodes answer better.
const LAG_MAX: u64 = 10_000;

type Text = (StatusCode, [(HeaderName, &'static str); 1], String);

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
    let lag = head.size.saturating_sub(progress.size);
    if lag > LAG_MAX {
        let body = format!("the read models are {lag} entries behind\n");
        return text(StatusCode::SERVICE_UNAVAILABLE, body);
    }
    text(StatusCode::OK, "ok\n".into())
}

/// `/metrics`: Prometheus text.
pub async fn metrics(State(api): State<Api>) -> Text {
    let progress = api.models.progress();
    let head = api.journal.head().await;
    let up = u8::from(head.is_ok());
    let size = head.map_or(progress.size, |head| head.size);
    let lag = size.saturating_sub(progress.size);
    let following = u8::from(progress.stopped.is_none());
    let halted = u8::from(api.halted().is_some());
    let sealing = api.log.map(|log| log.integrity.status());
    let sealing = sealing.unwrap_or_default();
    let (tree, published) = (sealing.size, sealing.published);
    let published = published.map_or(0, |published| published.checkpoint.size);
    let body = format!(
        "# HELP motcua_journal_up Whether the journal answers.\n\
         # TYPE motcua_journal_up gauge\n\
         motcua_journal_up {up}\n\
         # HELP motcua_journal_size Facts in the journal.\n\
         # TYPE motcua_journal_size gauge\n\
         motcua_journal_size {size}\n\
         # HELP motcua_read_models_size Facts the answers of this node rest on.\n\
         # TYPE motcua_read_models_size gauge\n\
         motcua_read_models_size {}\n\
         # HELP motcua_read_models_lag Facts not yet shown.\n\
         # TYPE motcua_read_models_lag gauge\n\
         motcua_read_models_lag {lag}\n\
         # HELP motcua_read_models_following Whether the read models follow the journal.\n\
         # TYPE motcua_read_models_following gauge\n\
         motcua_read_models_following {following}\n\
         # HELP motcua_halted Whether this node takes no commands because its record is not the one that was sealed.\n\
         # TYPE motcua_halted gauge\n\
         motcua_halted {halted}\n\
         # HELP motcua_log_tree_size Facts in the tree that this node keeps.\n\
         # TYPE motcua_log_tree_size gauge\n\
         motcua_log_tree_size {tree}\n\
         # HELP motcua_log_published_size Facts under the newest published checkpoint.\n\
         # TYPE motcua_log_published_size gauge\n\
         motcua_log_published_size {published}\n",
        progress.size
    );
    (
        StatusCode::OK,
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        body,
    )
}
