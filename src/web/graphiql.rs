//! GraphiQL without the internet: everything it needs is in the binary, and a dozen queries are ready.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::frame::{Frame, Notice};
use super::lang::Lang;
use super::{assets, respond};

/// The only page with scripts: ours alone. GraphiQL's editor sets styles as it goes.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[derive(Template)]
#[template(path = "graphiql.html")]
pub struct GraphiqlPage {
    lang: Lang,
    notice: Option<Notice>,
    styles: String,
    page_style: String,
    /// JSON without a character that could end the element it stands in.
    queries: String,
    scripts: [String; 4],
}

/// What the ready queries are about: something that exists here.
#[derive(Debug, Clone)]
pub struct Example {
    pub dossier: String,
    /// Of its newest fact.
    pub position: u64,
    /// Good as `after`: its newest fact is told first.
    pub resume: String,
    pub office: String,
    pub procedure: String,
    /// Pseudonym of somebody who can handle a dossier.
    pub handler: String,
    /// Codes of dossiers that wait for each of these steps.
    pub to_forward: String,
    pub to_sign: String,
    pub to_deliver: String,
    /// The period of the statistics.
    pub from: String,
    pub to: String,
}

/// The documents, as they are offered.
pub const DOCUMENTS: [&str; 12] = [
    include_str!("queries/tracking.graphql"),
    include_str!("queries/history.graphql"),
    include_str!("queries/worklist.graphql"),
    include_str!("queries/statistics.graphql"),
    include_str!("queries/procedures.graphql"),
    include_str!("queries/accept.graphql"),
    include_str!("queries/forward.graphql"),
    include_str!("queries/sign.graphql"),
    include_str!("queries/deliver.graphql"),
    include_str!("queries/bulk.graphql"),
    include_str!("queries/as_of.graphql"),
    include_str!("queries/follow.graphql"),
];

/// Variables for each document; `NEW_UUID` is replaced in the browser when the page opens.
#[must_use]
pub fn variables(example: &Example) -> [Value; 12] {
    let on = |dossier: &str| json!({ "commandId": "NEW_UUID", "dossier": dossier });
    let (mut forward, sign, mut deliver) = (
        on(&example.to_forward),
        on(&example.to_sign),
        on(&example.to_deliver),
    );
    forward["to"] = example.handler.clone().into();
    deliver["method"] = "COUNTER".into();
    [
        json!({ "code": example.dossier }),
        json!({ "code": example.dossier }),
        json!({ "first": 20 }),
        json!({ "from": example.from, "to": example.to, "comparison": "DATE" }),
        json!({ "search": "khai sinh" }),
        json!({ "input": {
            "commandId": "NEW_UUID",
            "procedure": example.procedure,
            "office": example.office,
            "applicant": { "fullName": "Công dân 000123", "phone": "0000000123" }
        }}),
        json!({ "input": forward }),
        json!({ "input": sign }),
        json!({ "input": deliver }),
        json!({ "input": {
            "commandId": "NEW_UUID",
            "dossiers": [example.to_forward, "H00.00-000101-0000"],
            "act": { "forward": { "to": example.handler } }
        }}),
        json!({ "code": example.dossier, "asOf": { "position": example.position.to_string() } }),
        json!({ "code": example.dossier, "after": example.resume }),
    ]
}

pub fn page(frame: Frame, example: &Example) -> Response {
    respond::with_policy(StatusCode::OK, &GraphiqlPage::new(frame, example), POLICY)
}

impl GraphiqlPage {
    #[must_use]
    pub fn new(frame: Frame, example: &Example) -> Self {
        let tabs = DOCUMENTS.iter().zip(variables(example));
        let tabs = tabs.map(
            |(query, variables)| json!({ "query": query, "variables": format!("{variables:#}") }),
        );
        let tabs = tabs.collect::<Value>().to_string();
        Self {
            lang: frame.lang,
            notice: frame.notice,
            styles: assets::address("graphiql/graphiql.min.css"),
            page_style: assets::address("graphiql/page.css"),
            queries: tabs.replace('<', "\\u003c"),
            scripts: [
                "graphiql/react.production.min.js",
                "graphiql/react-dom.production.min.js",
                "graphiql/graphiql.min.js",
                "graphiql/start.js",
            ]
            .map(assets::address),
        }
    }
}
