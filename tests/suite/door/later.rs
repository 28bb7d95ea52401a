//! What cannot be taken now: the refusal is data, and says when to come again.

use motcua::domain::actor::Role;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::ground::{Door, given_an_office, header};
use crate::office::{OFFICE, PROCEDURE, id};

async fn send(door: &Door, fields: &str, variables: Value) -> Response {
    let query = format!(
        "mutation($accept: AcceptDossierAtCounterInput!, $on: ForwardDossierInput!) {{ {fields} }}"
    );
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
    let variables = || {
        json!({
            "accept": {
                "commandId": id(), "procedure": PROCEDURE, "office": OFFICE,
                "applicant": {"fullName": "Công dân 000125"},
            },
            "on": {"commandId": id(), "dossier": door.code, "to": "handler-01"},
        })
    };
    let accept =
        "__typename accepted: acceptDossierAtCounter(input: $accept) { wrong: errors { code } }";
    let forward = "forwardDossier(input: $on) { errors { code } }";
    let response = send(&door, accept, variables()).await;
    assert_eq!(response.status(), 200);
    assert_eq!(header(&response, "retry-after"), "5");
    let told: Value = response.json().await.expect("JSON");
    let wrong = &told["data"]["accepted"]["wrong"];
    assert_eq!(*wrong, json!([{"code": "UNAVAILABLE"}]), "{told}");

    // What brings no personal data is done, and nothing says that it should be sent again.
    let response = send(&door, &format!("{accept} {forward}"), variables()).await;
    assert!(!response.headers().contains_key("retry-after"));
    let told: Value = response.json().await.expect("JSON");
    assert_eq!(
        told["data"]["forwardDossier"]["errors"],
        json!([]),
        "{told}"
    );
    let response = send(&door, forward, variables()).await;
    assert!(
        !response.headers().contains_key("retry-after"),
        "a refusal by the rules"
    );
}
