//! What cannot be taken now: the refusal is data, and says when to come again.

use motcua::domain::actor::Role;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::ground::{Door, given_an_office, header};
use crate::office::{OFFICE, PROCEDURE, id};

const ACCEPT: &str =
    "__typename accepted: acceptDossierAtCounter(input: $accept) { wrong: errors { code } }";
const FORWARD: &str = "forwardDossier(input: $forward) { errors { code } }";

async fn send(door: &Door, taken: &[&str], fields: &[&str]) -> Response {
    let query = format!("mutation({}) {{ {} }}", taken.join(" "), fields.join(" "));
    let variables = json!({
        "accept": {
            "commandId": id(), "procedure": PROCEDURE, "office": OFFICE,
            "applicant": {"fullName": "Công dân 000125"},
        },
        "forward": {"commandId": id(), "dossier": door.code, "to": "handler-01"},
    });
    let request = door
        .request(Method::POST, "/graphql")
        .bearer_auth(door.token(Role::Receiver, OFFICE))
        .json(&json!({"query": query, "variables": variables}));
    request.send().await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_turned_away_whole_is_told_when_to_come_again() {
    let door = given_an_office().await;
    door.without_a_vault().await;
    let (accept, forward) = (
        "$accept: AcceptDossierAtCounterInput!",
        "$forward: ForwardDossierInput!",
    );
    let response = send(&door, &[accept], &[ACCEPT]).await;
    assert_eq!(response.status(), 200);
    assert_eq!(header(&response, "retry-after"), "5");
    let told: Value = response.json().await.expect("JSON");
    let wrong = &told["data"]["accepted"]["wrong"];
    assert_eq!(*wrong, json!([{"code": "UNAVAILABLE"}]), "{told}");

    // What brings no personal data is done, and nothing says that all should be sent again.
    let response = send(&door, &[accept, forward], &[ACCEPT, FORWARD]).await;
    assert!(!response.headers().contains_key("retry-after"));
    let told: Value = response.json().await.expect("JSON");
    assert_eq!(
        told["data"]["forwardDossier"]["errors"],
        json!([]),
        "{told}"
    );
    // Refused by the rules.
    let response = send(&door, &[forward], &[FORWARD]).await;
    assert!(!response.headers().contains_key("retry-after"));
}
