//! Every field of the root, and every page: what each reader gets there.

use std::collections::BTreeSet;

use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use reqwest::StatusCode;
use serde_json::Value;

use super::ground::{Ground, READERS, given};
use super::table::{Table, is_as_committed};
use crate::client::builder;

/// One question for each field of the query root.
const QUESTIONS: [(&str, &str); 45] = [
    ("auditTrail", "auditTrail(first: 1) { nodes { position } }"),
    ("board", "board(office: $office) { now }"),
    (
        "calendar",
        "calendar(from: \"2026-11-02\", to: \"2026-11-03\") { day }",
    ),
    ("campaigns", "campaigns { code }"),
    ("catalogueStatistics", "catalogueStatistics { __typename }"),
    ("dossier", "dossier(by: {code: $code}) { id }"),
    ("dossiers", "dossiers(first: 1) { nodes { id } }"),
    (
        "dossierHistory",
        "dossierHistory(code: $code, first: 1) { nodes { position } }",
    ),
    ("feedback", "feedback(first: 1) { nodes { __typename } }"),
    (
        "findDossiers",
        "findDossiers(by: {name: \"nguyen\"}, first: 1) { hasMore }",
    ),
    ("findingRules", "findingRules { __typename }"),
    (
        "findings",
        "findings(from: \"2026-01-01\", to: \"2026-12-31\", first: 1) { nodes { __typename } }",
    ),
    (
        "forecast",
        "forecast(office: $office, procedure: $procedure) { __typename }",
    ),
    (
        "formII06a",
        "formII06a(from: $from, to: $to) { __typename }",
    ),
    ("formII07b", "formII07b { __typename }"),
    ("inspections", "inspections { code }"),
    (
        "supervisionNotes",
        "supervisionNotes(office: \"H38.40.01\") { position }",
    ),
    ("repository", "repository { edges { node { number } } }"),
    ("journal", "journal { id }"),
    (
        "lateness",
        "lateness(from: \"2026-01-01\", to: \"2026-12-31\", office: $office) { __typename }",
    ),
    ("log", "log { size }"),
    ("myCodeBlock", "myCodeBlock { __typename }"),
    ("myDossiers", "myDossiers(first: 1) { nodes { id } }"),
    ("node", "node(id: $id) { id }"),
    ("nodes", "nodes(ids: [$id]) { id }"),
    ("notices", "notices { number }"),
    ("office", "office(code: $office) { code }"),
    ("offices", "offices { code }"),
    ("reorganisations", "reorganisations { decision }"),
    (
        "overdue",
        "overdue(office: $office, first: 1) { nodes { __typename } }",
    ),
    ("procedure", "procedure(code: $procedure) { code }"),
    ("procedures", "procedures(first: 1) { nodes { code } }"),
    (
        "ranking",
        "ranking(from: $from, to: $to, indicator: ON_TIME_OF_RECEIVED) { __typename }",
    ),
    (
        "rehearseProcedure",
        "rehearseProcedure(input: {code: \"1.990009\", nameVi: \"Thử\", nameEn: \"Trial\", fieldVi: \"Thử\", fieldEn: \"Trial\", \
         certainty: ILLUSTRATIVE, components: [], componentsCertainty: ILLUSTRATIVE, fee: {certainty: ILLUSTRATIVE, noteVi: \"\", vnd: 0}, \
         level: COMMUNE, limit: {unit: WORKING_DAYS, value: 3}, limitBasis: \"1\", limitCertainty: ILLUSTRATIVE, \
         onlineLevel: FULL, onlineCertainty: ILLUSTRATIVE, resultVi: \"Giấy\", stepsCertainty: ILLUSTRATIVE, version: 1}) { __typename }",
    ),
    (
        "reportingPeriod",
        "reportingPeriod(kind: MONTH, year: 2026, number: 3) { from }",
    ),
    ("reminders", "reminders { number }"),
    ("reviewPlans", "reviewPlans { year }"),
    ("score766", "score766(from: $from, to: $to) { __typename }"),
    (
        "serviceQuality",
        "serviceQuality(from: $from, to: $to, office: $office) { __typename }",
    ),
    (
        "statistics",
        "statistics(from: $from, to: $to) { __typename }",
    ),
    (
        "statisticsBy",
        "statisticsBy(from: $from, to: $to, dimension: OFFICE) { __typename }",
    ),
    ("targets", "targets { __typename }"),
    (
        "tracking",
        "tracking(code: $code, capability: $capability) { code }",
    ),
    (
        "worklist",
        "worklist(filter: {office: $office}, first: 1) { nodes { id } }",
    ),
    (
        "serviceQuality of an officer",
        "serviceQuality(from: $from, to: $to, office: $office, officer: \"handler-01\") { __typename }",
    ),
];

const FOLLOWED: [(&str, &str); 6] = [
    ("boardChanged", "boardChanged(office: $office) { position }"),
    (
        "dossierChanged",
        "dossierChanged(by: {code: $code}) { position }",
    ),
    ("factRecorded", "factRecorded { position }"),
    (
        "statisticsChanged",
        "statisticsChanged(from: \"2020-01-01\", to: \"2099-12-31\") { position }",
    ),
    (
        "trackingChanged",
        "trackingChanged(code: $code, capability: $capability) { position }",
    ),
    (
        "worklistChanged",
        "worklistChanged(filter: {office: $office}) { position }",
    ),
];

/// `data`, `null`, or the code of what went wrong.
fn told(answer: &Value, field: &str) -> String {
    let code = answer
        .pointer("/errors/0/extensions/code")
        .and_then(Value::as_str);
    match (code, &answer["data"][field]) {
        (Some(code), _) => code.to_owned(),
        (None, Value::Null) => "null".to_owned(),
        (None, Value::Array(items)) if !items.is_empty() && items.iter().all(Value::is_null) => {
            "null".to_owned()
        }
        (None, _) => "data".to_owned(),
    }
}

fn roots(wanted: &str) -> BTreeSet<String> {
    let schema = async_graphql::parser::parse_schema(motcua::api::schema::sdl()).expect("a schema");
    let fields = schema.definitions.into_iter().filter_map(|one| match one {
        TypeSystemDefinition::Type(one) if one.node.name.node == wanted => match one.node.kind {
            TypeKind::Object(object) => Some(object.fields),
            _ => None,
        },
        _ => None,
    });
    let fields = fields.flatten();
    fields
        .map(|field| field.node.name.node.to_string())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_of_the_root_answers_each_reader_as_the_table_says() {
    let ground = given().await;
    let mut table = Table::new();
    for (name, question) in QUESTIONS {
        let mut cells = Vec::new();
        for reader in READERS {
            let answer = ground.ask(reader, &format!("{{ {question} }}")).await;
            let field = question.split(['(', ' ']).next().unwrap_or_default();
            let told_code = answer.pointer("/errors/0/extensions/code");
            assert!(
                told_code.is_none_or(|code| code != "GRAPHQL_VALIDATION_FAILED"),
                "{answer}"
            );
            cells.push(told(&answer, field));
        }
        table.insert(name.to_owned(), cells);
    }
    for (name, field) in FOLLOWED {
        let mut cells = Vec::new();
        for reader in READERS {
            cells.push(told(&ground.follow(reader, field).await, "told"));
        }
        table.insert(name.to_owned(), cells);
    }
    let asked: BTreeSet<String> = table.keys().cloned().collect();
    for root in ["Query", "Subscription"] {
        let untold: Vec<String> = roots(root).difference(&asked).cloned().collect();
        assert!(untold.is_empty(), "no row for {untold:?}");
    }
    is_as_committed("doors.csv", "field", &table);
}

/// Pages and files: their addresses.
pub fn pages(ground: &Ground) -> Vec<(&'static str, String)> {
    let code = &ground.code;
    let position = ground.door.api.models.size() - 1;
    vec![
        ("/", "/".into()),
        ("/t/CODE", format!("/t/{code}")),
        ("/t/CODE/proof", format!("/t/{code}/proof")),
        ("/history/CODE", format!("/history/{code}")),
        ("/receipts/CODE", format!("/receipts/{code}")),
        ("/statistics", "/statistics".into()),
        ("/campaigns", "/campaigns".into()),
        ("/board/OFFICE", format!("/board/{}", crate::office::OFFICE)),
        ("/desk", "/desk".into()),
        ("/desk/d/CODE", format!("/desk/d/{code}")),
        ("/desk/new", "/desk/new".into()),
        ("/desk/people", "/desk/people".into()),
        ("/audit", "/audit".into()),
        ("/audit/d/CODE", format!("/audit/d/{code}")),
        ("/audit/fact/POSITION", format!("/audit/fact/{position}")),
        ("/audit/search", "/audit/search".into()),
        (
            "/audit/findings",
            "/audit/findings?from=2026-01-01&to=2026-12-31".into(),
        ),
        (
            "/audit/lateness",
            "/audit/lateness?from=2026-01-01&to=2026-12-31".into(),
        ),
        ("/audit/export.csv", "/audit/export.csv".into()),
        ("/audit/export.ndjson", "/audit/export.ndjson".into()),
        (
            "/papers/CODE/receipt.pdf",
            format!("/papers/{code}/receipt.pdf"),
        ),
        (
            "/registers/OFFICE",
            format!(
                "/registers/{}?from=2026-11-02&to=2026-11-03",
                crate::office::OFFICE
            ),
        ),
        ("/log/tile/entries/000", "/log/tile/entries/000.p/20".into()),
        ("/metrics", "/metrics".into()),
    ]
}

/// A browser that shows what is answered where it asks.
pub fn visitor() -> reqwest::Client {
    let still = builder().redirect(reqwest::redirect::Policy::none());
    still.build().expect("a client")
}

/// What a reader is answered at an address.
pub async fn visit(
    ground: &Ground,
    visitor: &reqwest::Client,
    reader: &str,
    path: &str,
) -> (StatusCode, String) {
    let path = match reader {
        "receipt" => format!(
            "{path}{}k={}",
            if path.contains('?') { "&" } else { "?" },
            super::ground::KEY
        ),
        _ => path.to_owned(),
    };
    let mut asked = visitor.get(format!("{}{path}", ground.door.base));
    if let Some(token) = ground.token(reader) {
        asked = asked.header("cookie", format!("motcua_session={token}"));
    }
    let answer = asked.send().await.expect("an answer");
    let status = answer.status();
    (status, answer.text().await.unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_answers_each_reader_as_the_table_says() {
    let mut ground = given().await;
    ground.door.seal().await;
    let visitor = visitor();
    let mut table = Table::new();
    for (name, path) in pages(&ground) {
        let mut cells = Vec::new();
        for reader in READERS {
            let (status, text) = visit(&ground, &visitor, reader, &path).await;
            let names_applicant = text.contains(super::ground::NAME);
            assert!(
                status != StatusCode::INTERNAL_SERVER_ERROR,
                "{path} for {reader}"
            );
            let name = if names_applicant { " name" } else { "" };
            cells.push(format!("{}{name}", status.as_u16()));
        }
        table.insert(name.to_owned(), cells);
    }
    is_as_committed("pages.csv", "page", &table);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_key_on_a_receipt_opens_is_kept_by_no_cache() {
    let ground = given().await;
    let get = |key: &str| {
        let (code, key) = (&ground.code, serde_json::json!(key));
        let query = format!(
            "{{ tracking(code: \"{code}\", capability: {key}) {{ applicant {{ fullName }} }} }}"
        );
        let url = format!("{}/graphql", ground.door.base);
        let url = reqwest::Url::parse_with_params(&url, [("query", query)]);
        let asked = crate::client::client().get(url.expect("an address"));
        async { asked.send().await.expect("an answer") }
    };
    let wrong = get("AAAAAAAAAAAAAAAA").await;
    assert_eq!(wrong.headers()["cache-control"], "public, max-age=5");
    let right = get(super::ground::KEY).await;
    assert_eq!(right.headers()["cache-control"], "no-store");
    assert!(!right.headers().contains_key("etag"));
    let told: Value = right.json().await.expect("JSON");
    let name = &told["data"]["tracking"]["applicant"]["fullName"];
    assert_eq!(name, super::ground::NAME);
}
