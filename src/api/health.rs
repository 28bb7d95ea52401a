//! Is this node alive, may it be sent requests, and how far is it.

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};

use super::Api;
use crate::integrity::witness::Report;

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

/// How the witnesses of this node's log do; all zero on a node that does not sign.
fn witnesses(report: &Report) -> String {
    let waiting = u8::from(report.waiting_since.is_some());
    let alarm = u8::from(report.alarm);
    let mut text = format!(
        "# HELP motcua_witness_waiting Whether signed checkpoints wait for the quorum of witnesses.\n\
         # TYPE motcua_witness_waiting gauge\n\
         motcua_witness_waiting {waiting}\n\
         # HELP motcua_witness_alarm Whether they have waited for more than five minutes.\n\
         # TYPE motcua_witness_alarm gauge\n\
         motcua_witness_alarm {alarm}\n\
         # HELP motcua_witness_size Size of the tree that a witness of the policy cosigned last, as this process has seen it.\n\
         # TYPE motcua_witness_size gauge\n"
    );
    for witness in &report.witnesses {
        let name = witness.name.replace('\\', "\\\\").replace('"', "\\\"");
        let size = witness.cosigned.map_or(0, |(size, _)| size);
        let _ = writeln!(text, "motcua_witness_size{{witness=\"{name}\"}} {size}");
    }
    text
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
    let sealing = api.log.as_ref().map(|log| log.integrity.status());
    let sealing = sealing.unwrap_or_default();
    let report = api.log.map(|log| log.integrity.witnesses());
    let witnesses = witnesses(&report.unwrap_or_default());
    let stray = api.payments.stray();
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
         motcua_log_published_size {published}\n\
         # HELP motcua_payments_stray_total Payments and refunds told by gateways that fit nothing on record.\n\
         # TYPE motcua_payments_stray_total counter\n\
         motcua_payments_stray_total {stray}\n\
         {witnesses}",
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integrity::witness::WitnessReport;

    #[test]
    fn the_missing_quorum_and_each_witness_are_in_the_metrics() {
        let witness = |name: &str, cosigned| WitnessReport {
            name: name.into(),
            url: None,
            cosigned,
            problem: None,
        };
        let report = Report {
            witnesses: vec![
                witness("one", Some((300, 1_700_000_000))),
                witness("t\"wo", None),
            ],
            waiting_since: Some(crate::domain::time::Moment(0)),
            alarm: true,
        };
        let text = witnesses(&report);
        for line in [
            "motcua_witness_waiting 1",
            "motcua_witness_alarm 1",
            "motcua_witness_size{witness=\"one\"} 300",
            "motcua_witness_size{witness=\"t\\\"wo\"} 0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}: {text}");
        }
    }
}
