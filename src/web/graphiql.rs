//! GraphiQL without the internet: everything it needs is in the binary, and six queries are ready.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::frame::Frame;
use super::lang::Lang;
use super::{assets, respond};

/// The only page with scripts: ours alone. GraphiQL's editor sets styles as it goes.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[derive(Template)]
#[template(path = "graphiql.html")]
pub struct GraphiqlPage {
    lang: Lang,
    notice: Option<String>,
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
    pub office: String,
    pub procedure: String,
    /// The period of the statistics.
    pub from: String,
    pub to: String,
}

/// The documents, as they are offered.
pub const DOCUMENTS: [&str; 6] = [
    include_str!("queries/tracking.graphql"),
    include_str!("queries/history.graphql"),
    include_str!("queries/worklist.graphql"),
    include_str!("queries/statistics.graphql"),
    include_str!("queries/procedures.graphql"),
    include_str!("queries/accept.graphql"),
];

/// Variables for each document; `NEW_UUID` is replaced in the browser when the page opens.
#[must_use]
pub fn variables(example: &Example) -> [Value; 6] {
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
