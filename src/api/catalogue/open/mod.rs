//! The catalogue as open data: `/catalogue.json`, one procedure by its code, and the schema both keep to.

mod problem;
mod record;

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::civil::Date;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

pub use self::problem::CatalogueProblem;
use self::record::{Office, Record};
use crate::api::Api;
use crate::api::scalar::hex;
use crate::domain::catalogue::Procedure;
use crate::domain::code::ProcedureCode;
use crate::domain::reference::Reference;

/// What the answers keep to (JSON Schema 2020-12).
pub const SCHEMA: &str = include_str!("../../../../docs/ports/catalogue.schema.json");
/// Where it is served.
const SCHEMA_PATH: &str = "/catalogue.schema.json";
/// Raised when a reader of an older answer would misread a newer one.
const FORMAT: u32 = 1;

/// `/catalogue.json`, `/catalogue/{code}.json` and their schema. Open to pages of every origin: there is nothing in them
/// that is not everybody's.
pub fn router(api: Api) -> Router {
    let open = Open {
        api,
        newest: Arc::default(),
    };
    Router::new()
        .route("/catalogue.json", get(whole))
        .route("/catalogue/{file}", get(one))
        .route(SCHEMA_PATH, get(schema))
        .method_not_allowed_fallback(|| async { CatalogueProblem::MethodNotAllowed })
        .with_state(open)
}

#[derive(Clone)]
struct Open {
    api: Api,
    newest: Arc<Mutex<Option<Written>>>,
}

/// The whole list as it was written last: good until the record or the day changes.
struct Written {
    reference: Arc<Reference>,
    day: Date,
    bytes: Bytes,
}

/// Every procedure in force.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Catalogue {
    format: u32,
    schema: String,
    /// The procedures are those in force on this day in Hanoi.
    on: Date,
    count: usize,
    offices: Vec<Office>,
    procedures: Vec<Record>,
}

/// One procedure in force.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Single {
    format: u32,
    schema: String,
    on: Date,
    /// Those that take it in.
    offices: Vec<Office>,
    procedure: Record,
}

async fn whole(State(open): State<Open>, headers: HeaderMap) -> Response {
    answer(&headers, open.whole())
}

async fn one(
    State(open): State<Open>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, CatalogueProblem> {
    let unknown = || CatalogueProblem::PathUnknown;
    let code = file.strip_suffix(".json").ok_or_else(unknown)?;
    let code: ProcedureCode = code
        .parse()
        .map_err(|_| CatalogueProblem::ProcedureCodeMalformed)?;
    let bytes = open
        .one(code.as_str())
        .ok_or(CatalogueProblem::UnknownProcedure)?;
    Ok(answer(&headers, bytes))
}

async fn schema(headers: HeaderMap) -> Response {
    let mut response = answer(&headers, Bytes::from_static(SCHEMA.as_bytes()));
    let kind = HeaderValue::from_static("application/schema+json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

impl Open {
    fn today(&self) -> Date {
        self.api.office.clock().date()
    }

    fn whole(&self) -> Bytes {
        let (reference, day) = (self.api.models.reference(), self.today());
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(written) = newest.as_ref()
            && Arc::ptr_eq(&written.reference, &reference)
            && written.day == day
        {
            return written.bytes.clone();
        }
        let procedures: Vec<Record> = in_force(&reference, day)
            .map(|procedure| Record::new(procedure, &self.api.public_url))
            .collect();
        let bytes = json(&Catalogue {
            format: FORMAT,
            schema: self.schema(),
            on: day,
            count: procedures.len(),
            offices: at_work(&reference, day).collect(),
            procedures,
        });
        *newest = Some(Written {
            reference,
            day,
            bytes: bytes.clone(),
        });
        bytes
    }

    fn one(&self, code: &str) -> Option<Bytes> {
        let (reference, day) = (self.api.models.reference(), self.today());
        let procedure = reference.procedure(code, day)?;
        let levels = procedure.reception_levels();
        let offices = at_work(&reference, day).filter(|office| levels.contains(&office.level));
        Some(json(&Single {
            format: FORMAT,
            schema: self.schema(),
            on: day,
            offices: offices.collect(),
            procedure: Record::new(procedure, &self.api.public_url),
        }))
    }

    fn schema(&self) -> String {
        format!("{}{SCHEMA_PATH}", self.api.public_url)
    }
}

/// The version of each procedure that applies on the day, in code order.
fn in_force(reference: &Reference, day: Date) -> impl Iterator<Item = &Procedure> {
    let codes = reference.procedures.keys();
    codes.filter_map(move |code| Some(reference.procedure(code, day)?.as_ref()))
}

/// The offices that are open on the day, in code order.
fn at_work(reference: &Reference, day: Date) -> impl Iterator<Item = Office> {
    let offices = reference.offices.values();
    let open = offices.filter(move |office| office.valid_on(day));
    open.map(|office| Office::new(office))
}

fn json(answer: &impl Serialize) -> Bytes {
    let mut bytes = serde_json::to_vec_pretty(answer).expect("an answer is plain JSON");
    bytes.push(b'\n');
    bytes.into()
}

/// The bytes with what lets everybody keep them: five minutes, then ask whether they are still the same.
fn answer(asked: &HeaderMap, bytes: Bytes) -> Response {
    // Weak: some get it compressed.
    let tag = format!("W/\"{}\"", hex(&Sha256::digest(&bytes)[..12]));
    let known = asked.get_all(header::IF_NONE_MATCH).iter();
    let mut known = known
        .filter_map(|names| names.to_str().ok())
        .flat_map(|names| names.split(','));
    let mut response = if known.any(|one| one.trim() == "*" || one.trim() == tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        bytes.into_response()
    };
    let headers = response.headers_mut();
    let always = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "public, max-age=300"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_EXPOSE_HEADERS, "etag"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    for (name, value) in always {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}
