//! The ceiling: a plain handler that answers the fixed document from motcua's own files, and nothing else.
//!
//! `bare READ-MODEL WORDS [JOURNAL]`
//! No GraphQL, no limits, no languages to choose from: the code is taken out of the variables, dossier and steps are read by
//! one statement, and serde writes them. Steps come from the trail in the read model, or from the journal where it is given.
//! What words are called in answers comes from WORDS, learned from the program's own. Only settled dossiers: no clock runs.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use serde::{Deserialize, Serialize};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const READERS: u32 = 4;
/// A day, and by how much Hanoi is before Greenwich, in microseconds.
const DAY: i64 = 24 * 3_600_000_000;
const HANOI: i64 = 7 * 3_600_000_000;

const DOSSIER: &str = "
    select dossier.code, phase, procedure, office, dossier.received_at, due_at, original_due_at, due_certainty, channel, ended_at,
           apologies, step.position, step.recorded_at";
const FROM_TRAIL: &str =
    ", step.kind from dossier join audit as step on step.dossier = dossier.number
    where code = ?1 and ended_at is not null order by step.position";
const FROM_JOURNAL: &str = ", cast(step.body as text) ->> 'type' as kind from dossier join journal.entry as step on step.stream = dossier.id
    where code = ?1 and ended_at is not null order by step.version";

#[derive(sqlx::FromRow)]
struct Row {
    code: String,
    phase: String,
    procedure: String,
    office: String,
    received_at: i64,
    due_at: i64,
    original_due_at: i64,
    due_certainty: String,
    channel: String,
    ended_at: i64,
    apologies: u32,
    position: i64,
    recorded_at: i64,
    kind: String,
}

#[derive(Deserialize)]
struct Words {
    phase: HashMap<String, Phase>,
    procedure: HashMap<String, Procedure>,
    office: HashMap<String, Office>,
    act: HashMap<String, Name>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Phase {
    status: String,
    status_label: Label,
    next_step: Label,
    progress_percent: u32,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Procedure {
    procedure_code: Option<String>,
    procedure_name: Option<Label>,
}

#[derive(Deserialize, Serialize)]
struct Office {
    code: String,
    name: Name,
}

#[derive(Deserialize, Serialize)]
struct Label {
    vi: String,
    en: String,
}

#[derive(Deserialize, Serialize)]
struct Name {
    vi: String,
}

#[derive(Serialize)]
struct Answer<'a> {
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    tracking: Option<Tracking<'a>>,
}

/// In the order of the document.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tracking<'a> {
    code: &'a str,
    status: &'a str,
    status_label: &'a Label,
    #[serde(flatten)]
    procedure: &'a Procedure,
    office: &'a Office,
    received_at: String,
    due_at: String,
    original_due_at: String,
    due_certainty: String,
    timeliness: &'static str,
    channel: String,
    slack_days: Option<i64>,
    progress_percent: u32,
    next_step: &'a Label,
    payment_awaited: bool,
    apologies: u32,
    history: Vec<Step<'a>>,
}

#[derive(Serialize)]
struct Step<'a> {
    position: String,
    at: String,
    label: &'a Name,
}

struct Handler {
    pool: SqlitePool,
    read: String,
    words: Words,
}

#[derive(Deserialize)]
struct Asked {
    variables: Variables,
}

#[derive(Deserialize)]
struct AskedByGet {
    variables: String,
}

#[derive(Deserialize)]
struct Variables {
    code: String,
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut argument = || arguments.next();
    let (file, words) = argument()
        .zip(argument())
        .expect("bare READ-MODEL WORDS [JOURNAL]");
    let (journal, words) = (argument(), std::fs::read_to_string(words).expect("words"));
    let steps = if journal.is_some() {
        FROM_JOURNAL
    } else {
        FROM_TRAIL
    };
    let options = SqliteConnectOptions::new()
        .filename(file)
        .read_only(true)
        .pragma("cache_size", "-65536");
    let pool = SqlitePoolOptions::new()
        .max_connections(READERS)
        .min_connections(READERS)
        .test_before_acquire(false);
    let pool = pool.after_connect(move |connection, _| {
        let journal = journal.clone();
        Box::pin(async move {
            if let Some(journal) = journal {
                sqlx::query("attach ?1 as journal")
                    .bind(journal)
                    .execute(connection)
                    .await?;
            }
            Ok(())
        })
    });
    let handler = Handler {
        pool: pool.connect_with(options).await.expect("the read model"),
        read: format!("{DOSSIER}{steps}"),
        words: serde_json::from_str(&words).expect("words"),
    };
    let door = get(by_get).post(by_post);
    let router = Router::new()
        .route("/graphql", door)
        .with_state(Arc::new(handler));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    println!(
        "listening http://{}/graphql",
        listener.local_addr().expect("an address")
    );
    axum::serve(listener, router).await.expect("it serves");
}

async fn by_post(
    State(handler): State<Arc<Handler>>,
    Json(Asked { variables }): Json<Asked>,
) -> Response {
    handler.answer(&variables.code).await
}

async fn by_get(State(handler): State<Arc<Handler>>, Query(asked): Query<AskedByGet>) -> Response {
    match serde_json::from_str::<Variables>(&asked.variables) {
        Ok(variables) => handler.answer(&variables.code).await,
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

impl Handler {
    async fn answer(&self, code: &str) -> Response {
        let rows: Vec<Row> = match sqlx::query_as(&self.read)
            .bind(code)
            .fetch_all(&self.pool)
            .await
        {
            Ok(rows) => rows,
            Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        };
        let data = Data {
            tracking: self.tracking(&rows),
        };
        let body = serde_json::to_vec(&Answer { data }).expect("plain JSON");
        ([(header::CONTENT_TYPE, "application/json")], body).into_response()
    }

    /// None where there is no such dossier, or where a word of it is not known.
    fn tracking<'a>(&'a self, rows: &'a [Row]) -> Option<Tracking<'a>> {
        let row = rows.first()?;
        let phase = self.words.phase.get(&row.phase)?;
        let step = |row: &'a Row| {
            // Others happen inside the office.
            let label = self.words.act.get(&row.kind)?;
            Some(Step {
                position: row.position.to_string(),
                at: moment(row.recorded_at),
                label,
            })
        };
        Some(Tracking {
            code: &row.code,
            status: &phase.status,
            status_label: &phase.status_label,
            procedure: self.words.procedure.get(&row.procedure)?,
            office: self.words.office.get(&row.office)?,
            received_at: moment(row.received_at),
            due_at: moment(row.due_at),
            original_due_at: moment(row.original_due_at),
            due_certainty: row.due_certainty.to_ascii_uppercase(),
            timeliness: match day(row.ended_at).cmp(&day(row.due_at)) {
                std::cmp::Ordering::Less => "EARLY",
                std::cmp::Ordering::Equal => "ON_TIME",
                std::cmp::Ordering::Greater => "LATE",
            },
            channel: row.channel.to_ascii_uppercase(),
            slack_days: None,
            progress_percent: phase.progress_percent,
            next_step: &phase.next_step,
            payment_awaited: row.phase == "awaiting_payment",
            apologies: row.apologies,
            history: rows.iter().filter_map(step).collect(),
        })
    }
}

/// The day in Hanoi.
fn day(moment: i64) -> i64 {
    (moment + HANOI).div_euclid(DAY)
}

fn moment(moment: i64) -> String {
    const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(6));
    Timestamp::from_microsecond(moment)
        .map(|moment| PRINTER.timestamp_to_string(&moment))
        .unwrap_or_default()
}
