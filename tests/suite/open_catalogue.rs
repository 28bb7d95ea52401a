//! The open catalogue over HTTP: every answer keeps to its schema and says the same as GraphQL, and nothing unsure looks like law.

use std::collections::BTreeSet;

use boon::{Compiler, SchemaIndex, Schemas};
use motcua::api::catalogue::open::SCHEMA;
use reqwest::StatusCode;
use reqwest::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
};
use serde_json::{Value, json};

use crate::client;
use crate::office::PROCEDURE;
use crate::web::{Served, given_a_served_office};

struct Form {
    schemas: Schemas,
    root: SchemaIndex,
}

impl Form {
    fn read(text: &str) -> Self {
        let mut schemas = Schemas::new();
        let mut compiler = Compiler::new();
        compiler.enable_format_assertions();
        let schema = serde_json::from_str(text).expect("the schema is JSON");
        compiler
            .add_resource("http://localhost/catalogue.schema.json", schema)
            .expect("a resource");
        let root = compiler.compile("http://localhost/catalogue.schema.json", &mut schemas);
        let root = root.expect("a schema");
        Self { schemas, root }
    }

    fn holds(&self, answer: &Value) -> Result<(), String> {
        self.schemas
            .validate(answer, self.root)
            .map_err(|error| format!("{error:#}"))
    }
}

async fn json_of(served: &Served, path: &str) -> Value {
    let answer = served.get(path).await;
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    assert_eq!(answer.headers()[CONTENT_TYPE], "application/json");
    answer.json().await.expect("JSON")
}

/// All procedures in force, five at a time: a question has its limits.
async fn graphql(served: &Served) -> Vec<Value> {
    let query = "query($on: Date, $after: String) { procedures(first: 5, on: $on, after: $after) {
      pageInfo { hasNextPage endCursor } nodes {
        code version name { vi en } field { vi en } level certainty validFrom validTo
        limit { unit value } limitCertainty limitBasis fee { vnd noteVi certainty }
        channels { channel limit { unit value } noteVi certainty fee { vnd noteVi certainty } }
        components { item nameVi originals copies form } componentsCertainty
        legalBasis { instrumentVi article certainty } onlineLevel onlineCertainty resultVi
        numberOfSets { value certainty } receivedAt { value certainty } } } }";
    let today = json_of(served, "/catalogue.json").await["on"].clone();
    let (mut all, mut after) = (Vec::new(), Value::Null);
    loop {
        let asked = json!({"query": query, "variables": {"on": today, "after": after}});
        let answer = client::client()
            .post(format!("{}/graphql", served.base))
            .json(&asked)
            .send()
            .await;
        let answer: Value = answer.expect("an answer").json().await.expect("JSON");
        assert_eq!(answer["errors"], Value::Null, "{answer}");
        let page = &answer["data"]["procedures"];
        all.extend(page["nodes"].as_array().expect("procedures").clone());
        if page["pageInfo"]["hasNextPage"] == false {
            return all;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// A part as GraphQL says it: one value and its mark, each under its own name.
#[track_caller]
fn same_part(part: &Value, value: &Value, certainty: &Value) {
    let mark = certainty.as_str().expect("a mark").to_lowercase();
    assert_eq!(part["certainty"], mark.as_str());
    let sure = matches!(mark.as_str(), "verified" | "stated");
    let (said, silent) = if sure {
        ("value", "unconfirmed")
    } else {
        ("unconfirmed", "value")
    };
    assert_eq!(part.get(silent), None, "{part}");
    assert_eq!(&lower(&part[said], value), value, "{part}");
}

/// The part of `open` that GraphQL also tells, with enums in capitals.
fn lower(open: &Value, like: &Value) -> Value {
    match (open, like) {
        (Value::Object(open), Value::Object(like)) => like
            .iter()
            .map(|(key, like)| {
                let found = open.get(key).unwrap_or(&Value::Null);
                (key.clone(), lower(found, like))
            })
            .collect(),
        (Value::Array(open), Value::Array(like)) if open.len() == like.len() => {
            open.iter().zip(like).map(|(a, b)| lower(a, b)).collect()
        }
        (Value::String(open), Value::String(like)) if open.to_uppercase() == *like => {
            like.as_str().into()
        }
        _ => open.clone(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_keeps_to_the_schema_that_is_served_beside_it() {
    let served = given_a_served_office().await;
    let schema = served.get("/catalogue.schema.json").await;
    assert_eq!(schema.headers()[CONTENT_TYPE], "application/schema+json");
    let text = schema.text().await.expect("a text");
    assert_eq!(text, SCHEMA);
    let form = Form::read(&text);
    let whole = json_of(&served, "/catalogue.json").await;
    form.holds(&whole).expect("the whole list");
    let procedures = whole["procedures"].as_array().expect("procedures");
    assert!(procedures.len() > 20 && whole["count"] == procedures.len());
    for listed in procedures {
        let code = listed["code"].as_str().expect("a code");
        let one = json_of(&served, &format!("/catalogue/{code}.json")).await;
        form.holds(&one).expect(code);
        assert_eq!(&one["procedure"], listed, "{code}");
        let levels = &listed["receivedAt"];
        let levels = levels.get("value").unwrap_or(&levels["unconfirmed"]);
        for office in one["offices"].as_array().expect("offices") {
            let level = &office["level"];
            assert!(levels.as_array().expect("levels").contains(level), "{code}");
        }
    }
    let mut wrong = whole.clone();
    wrong["procedures"][0]["deadline"] =
        json!({"certainty": "uncertain", "value": {"unit": "same_day", "basis": "", "note": null}});
    assert!(form.holds(&wrong).is_err(), "what is unsure has no value");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_open_catalogue_says_what_graphql_says() {
    let served = given_a_served_office().await;
    let whole = json_of(&served, "/catalogue.json").await;
    let open = whole["procedures"].as_array().expect("procedures");
    let told = graphql(&served).await;
    assert_eq!(open.len(), told.len());
    let mut marks = BTreeSet::new();
    for (open, told) in open.iter().zip(&told) {
        let code = &told["code"];
        for key in [
            "code",
            "version",
            "name",
            "field",
            "level",
            "certainty",
            "validFrom",
            "validTo",
            "resultVi",
        ] {
            assert_eq!(lower(&open[key], &told[key]), told[key], "{code} {key}");
        }
        let fee = json!({"vnd": told["fee"]["vnd"], "noteVi": told["fee"]["noteVi"]});
        same_part(&open["fee"], &fee, &told["fee"]["certainty"]);
        let mut limit = told["limit"].clone();
        limit["basis"] = told["limitBasis"].clone();
        same_part(&open["deadline"], &limit, &told["limitCertainty"]);
        same_part(
            &open["components"],
            &told["components"],
            &told["componentsCertainty"],
        );
        same_part(
            &open["onlineLevel"],
            &told["onlineLevel"],
            &told["onlineCertainty"],
        );
        let bases = open["legalBasis"].as_array().expect("a basis");
        let said = told["legalBasis"].as_array().expect("a basis");
        assert_eq!(bases.len(), said.len());
        for (part, basis) in bases.iter().zip(said) {
            let text = json!({"instrumentVi": basis["instrumentVi"], "article": basis["article"]});
            same_part(part, &text, &basis["certainty"]);
        }
        let channels = open["channels"].as_array().expect("channels");
        let said = told["channels"].as_array().expect("channels");
        assert_eq!(channels.len(), said.len());
        for (part, terms) in channels.iter().zip(said) {
            let text = json!({"channel": terms["channel"], "noteVi": terms["noteVi"]});
            same_part(part, &text, &terms["certainty"]);
        }
        if told["receivedAt"] != Value::Null {
            let levels = &told["receivedAt"];
            same_part(&open["receivedAt"], &levels["value"], &levels["certainty"]);
        }
        marks.insert(open["fee"]["certainty"].to_string());
    }
    assert!(marks.len() > 1, "fees that are sure and fees that are not");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_kept_by_everybody_compared_as_text_and_refused_by_a_code() {
    let served = given_a_served_office().await;
    let path = format!("/catalogue/{PROCEDURE}.json");
    for path in ["/catalogue.json", &path] {
        let first = served.get(path).await;
        assert_eq!(first.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        assert_eq!(first.headers()[CACHE_CONTROL], "public, max-age=300");
        let tag = first.headers()[ETAG].clone();
        let text = first.text().await.expect("a text");
        let again = served.get(path).await.text().await.expect("a text");
        assert_eq!(text, again);
        assert!(text.find("\"code\"") < text.find("\"deadline\""));
        let asked = client::client().get(format!("{}{path}", served.base));
        let known = asked.header(IF_NONE_MATCH, tag.clone()).send().await;
        let known = known.expect("an answer");
        assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(known.headers()[ETAG], tag);
        assert!(known.bytes().await.expect("bytes").is_empty());
    }
    for (path, code) in [
        ("/catalogue/9.999999.json", "PROCEDURE_CODE_MALFORMED"),
        ("/catalogue/1.999999.json", "UNKNOWN_PROCEDURE"),
        ("/catalogue/1.001193", "CATALOGUE_PATH_UNKNOWN"),
    ] {
        let refused = served.get(path).await;
        assert_eq!(refused.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(refused.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        let told: Value = refused.json().await.expect("JSON");
        assert_eq!(told["code"], code);
        assert!(told["messageVi"].is_string() && told["messageEn"].is_string());
    }
    let written = client::client()
        .post(format!("{}/catalogue.json", served.base))
        .send()
        .await;
    let written = written.expect("an answer");
    assert_eq!(written.status(), StatusCode::METHOD_NOT_ALLOWED);
}
