//! How far this node is and what waits at it, for Prometheus. Nothing here tells of a person or a dossier.

use std::fmt::{Display, Write as _};
use std::fs;

use axum::extract::State;
use axum::http::{StatusCode, header};

use super::Api;
use super::health::Text;
use crate::acts::OUTCOMES;
use crate::domain::time::Moment;
use crate::integrity::Signing;
use crate::integrity::witness::{Report, WitnessReport};
use crate::projections::worklist;

const MEDIA: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Bytes of a page of memory on the machines that this runs on.
const PAGE: u64 = 4096;

/// `/metrics`: Prometheus text, version 0.0.4.
pub async fn metrics(State(api): State<Api>) -> Text {
    let mut page = Page::default();
    page.samples(
        ("motcua_build_info", "Which program this is.", "gauge"),
        [(("version", env!("CARGO_PKG_VERSION")), 1)],
    );
    record(&mut page, &api).await;
    sealing(&mut page, &api);
    work(&mut page, &api).await;
    if let Some(bytes) = resident() {
        page.gauge(
            "process_resident_memory_bytes",
            "Memory of this process that is not swapped out.",
            bytes,
        );
    }
    (StatusCode::OK, [(header::CONTENT_TYPE, MEDIA)], page.0)
}

/// The journal and the answers that rest on it.
async fn record(page: &mut Page, api: &Api) {
    let progress = api.models.progress();
    let head = api.journal.head().await;
    let up = u8::from(head.is_ok());
    let size = head.map_or(progress.size, |head| head.size);
    let lag = size.saturating_sub(progress.size);
    let shown_at = progress.recorded_at.filter(|_| lag > 0);
    page.gauge("motcua_journal_up", "Whether the journal answers.", up);
    page.gauge("motcua_journal_size", "Facts in the journal.", size);
    page.gauge(
        "motcua_read_models_size",
        "Facts the answers of this node rest on.",
        progress.size,
    );
    page.gauge("motcua_read_models_lag", "Facts not yet shown.", lag);
    page.gauge(
        "motcua_read_models_lag_seconds",
        "Age of the newest fact that is shown, while others are not; 0 when all are.",
        shown_at.map_or(0, |at| seconds(api.office.clock(), at)),
    );
    page.gauge(
        "motcua_read_models_following",
        "Whether the read models follow the journal.",
        u8::from(progress.stopped.is_none()),
    );
    page.gauge(
        "motcua_halted",
        "Whether this node takes no commands because its record is not the one that was sealed.",
        u8::from(api.halted().is_some()),
    );
}

/// The log, its checkpoints and its witnesses; all zero on a node that shows no log.
fn sealing(page: &mut Page, api: &Api) {
    let status = api.log.as_ref().map(|log| log.integrity.status());
    let status = status.unwrap_or_default();
    let published = status.published.as_ref();
    let size = published.map_or(0, |published| published.checkpoint.size);
    page.gauge(
        "motcua_log_tree_size",
        "Facts in the tree that this node keeps.",
        status.size,
    );
    page.gauge(
        "motcua_log_published_size",
        "Facts under the newest published checkpoint.",
        size,
    );
    let (here, refused) = match status.signing {
        Signing::Here => (1, 0),
        Signing::Refused(_) => (0, 1),
        Signing::Elsewhere => (0, 0),
    };
    page.gauge("motcua_signing", "Whether this node signs the log.", here);
    page.gauge(
        "motcua_signing_refused",
        "Whether this node is to sign the log and may not; its log says why.",
        refused,
    );
    let now = crate::journal::clock::system();
    page.gauge(
        "motcua_checkpoint_age_seconds",
        "Age of the newest published checkpoint while there are facts that it does not cover; 0 when it covers all.",
        published
            .filter(|_| size < status.size)
            .map_or(0, |published| seconds(now, published.published_at)),
    );
    let report = api.log.as_ref().map(|log| log.integrity.witnesses());
    witnesses(page, &report.unwrap_or_default(), now);
}

/// How the witnesses of this node's log do; all zero on a node that does not sign.
fn witnesses(page: &mut Page, report: &Report, now: Moment) {
    page.gauge(
        "motcua_witness_waiting",
        "Whether signed checkpoints wait for the quorum of witnesses.",
        u8::from(report.waiting_since.is_some()),
    );
    page.gauge(
        "motcua_witness_alarm",
        "Whether they have waited for more than five minutes.",
        u8::from(report.alarm),
    );
    let each = |value: fn(&WitnessReport, Moment) -> Option<u64>| {
        let values = report.witnesses.iter();
        let values = values.map(move |one| (("witness", one.name.as_str()), value(one, now)));
        values.filter_map(|(label, value)| Some((label, value?)))
    };
    page.samples(
        ("motcua_witness_size",
        "Size of the tree that a witness of the policy cosigned last, as this process has seen it.", "gauge"),
        each(|witness, _| Some(witness.cosigned.map_or(0, |(size, _)| size))),
    );
    page.samples(
        (
            "motcua_witness_age_seconds",
            "Since a witness cosigned, by its own clock; absent before it did.",
            "gauge",
        ),
        each(|witness, now| {
            let now = now.0.cast_unsigned() / 1_000_000;
            witness.cosigned.map(|(_, at)| now.saturating_sub(at))
        }),
    );
}

/// What waits at this node, and what the office has not done in time.
async fn work(page: &mut Page, api: &Api) {
    if let Some(desk) = &api.desk {
        page.gauge(
            "motcua_commands_waiting",
            "Commands that wait for this node's writer.",
            desk.counter.waiting(),
        );
        page.gauge(
            "motcua_commands_unconfirmed_seconds",
            "How long the store has been asked to confirm the batch that is written now; 0 when none is.",
            desk.counter.busy_for().as_secs(),
        );
        let counts = OUTCOMES.into_iter().zip(desk.counter.counts());
        page.samples(
            (
                "motcua_commands_total",
                "What became of the commands of this node.",
                "counter",
            ),
            counts.map(|(outcome, count)| (("outcome", outcome), count)),
        );
    }
    if let Ok(overdue) = worklist::overdue(&api.models, api.office.clock()).await {
        page.gauge(
            "motcua_dossiers_overdue",
            "Open dossiers whose promised hour has passed while their clock runs.",
            overdue,
        );
    }
    page.counter(
        "motcua_payments_stray_total",
        "Payments and refunds told by gateways that fit nothing on record.",
        api.payments.stray(),
    );
}

fn seconds(now: Moment, since: Moment) -> u64 {
    (now.0 - since.0).max(0).cast_unsigned() / 1_000_000
}

/// None where the system does not tell.
fn resident() -> Option<u64> {
    let told = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = told.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * PAGE)
}

/// The text, one family of samples after another.
#[derive(Default)]
struct Page(String);

impl Page {
    fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.sample((name, help, "gauge"), value);
    }

    fn counter(&mut self, name: &str, help: &str, value: impl Display) {
        self.sample((name, help, "counter"), value);
    }

    fn sample(&mut self, (name, help, kind): (&str, &str, &str), value: impl Display) {
        self.family(name, help, kind);
        self.line(format_args!("{name} {value}"));
    }

    /// One for each value of a label; `kind` is `gauge` or `counter`.
    fn samples<'a>(
        &mut self,
        (name, help, kind): (&str, &str, &str),
        samples: impl IntoIterator<Item = ((&'a str, &'a str), u64)>,
    ) {
        self.family(name, help, kind);
        for ((label, text), value) in samples {
            let text = text.replace('\\', "\\\\").replace('"', "\\\"");
            self.line(format_args!("{name}{{{label}=\"{text}\"}} {value}"));
        }
    }

    fn family(&mut self, name: &str, help: &str, kind: &str) {
        self.line(format_args!("# HELP {name} {help}\n# TYPE {name} {kind}"));
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // A text takes everything.
        let _ = writeln!(self.0, "{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            waiting_since: Some(Moment(0)),
            alarm: true,
        };
        let mut page = Page::default();
        witnesses(&mut page, &report, Moment(1_700_000_042_000_000));
        for line in [
            "motcua_witness_waiting 1",
            "motcua_witness_alarm 1",
            "motcua_witness_size{witness=\"one\"} 300",
            "motcua_witness_size{witness=\"t\\\"wo\"} 0",
            "motcua_witness_age_seconds{witness=\"one\"} 42",
        ] {
            let text = &page.0;
            assert!(text.lines().any(|found| found == line), "{line}: {text}");
        }
        assert_eq!(page.0.matches("motcua_witness_age_seconds{").count(), 1);
    }
}
