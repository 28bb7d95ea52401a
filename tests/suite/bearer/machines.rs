//! Keys of machines: what their scopes open, and how soon a revoked one opens nothing.

use std::time::{Duration, Instant};

use motcua::api::sign_in::{Scope, service};
use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use reqwest::StatusCode;
use serde_json::json;

use super::{Office, WORKLIST, given_an_office, refusal};
use crate::office;

/// Of no provider that is asked.
const NOBODY: &str = "https://id.example.org";

impl Office {
    pub fn key(&self, name: &str, role: Role, scopes: &[&str]) -> String {
        let office = if role == Role::Receiver {
            office::OFFICE
        } else {
            NO_OFFICE
        };
        let actor = Actor::new(name, office, role);
        let scopes = scopes.iter().map(|scope| scope.parse().expect("a scope"));
        let until = jsonwebtoken::get_current_timestamp() + 600;
        let folder = self.folder.path().join("service");
        service::add(&folder, &actor, scopes.collect::<Vec<Scope>>(), until).expect("a key")
    }

    /// FORBIDDEN, with the scope that is named.
    async fn lacks(&self, key: &str, query: &str, scope: &str) {
        let (status, code, message) = refusal(self.ask(key, query).await);
        assert_eq!(
            (status, code.as_str()),
            (StatusCode::FORBIDDEN, "FORBIDDEN"),
            "{query}"
        );
        assert!(message.contains(&format!("scope {scope};")), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_brings_files_for_the_commands_that_it_may_give() {
    let office = given_an_office(NOBODY).await;
    let reads = office.key(
        "roll-up-01",
        Role::Receiver,
        &["read", "act:forwardDossier"],
    );
    let notes = office.key("scanner-01", Role::Receiver, &["act:receiveComponent"]);
    let gateway = office.key("gateway-01", Role::PaymentGateway, &["act:*"]);
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    for (key, status) in [
        (&reads, StatusCode::FORBIDDEN),
        (&gateway, StatusCode::FORBIDDEN),
        // It may; but this is no file.
        (&notes, StatusCode::UNSUPPORTED_MEDIA_TYPE),
    ] {
        let address = format!("{}/files?commandId={}&name=a", office.url, office::id());
        let request = office.client.post(address).bearer_auth(key).body("text");
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_does_what_its_scopes_say_and_no_alias_or_fragment_hides_anything() {
    let office = given_an_office(NOBODY).await;
    let reads = office.key("roll-up-01", Role::Receiver, &["read"]);
    let acts = office.key("intake-01", Role::Receiver, &["act:acceptDossierAtCounter"]);
    let all = office.key("intake-02", Role::Receiver, &["act:*"]);
    let idle = office.key("idle-01", Role::Receiver, &["subscribe"]);
    // A node looks once a second.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    office.opens(&reads).await;
    office.lacks(&acts, WORKLIST, "read").await;
    office
        .lacks(&all, "{ __schema { queryType { name } } }", "read")
        .await;
    office.lacks(&idle, WORKLIST, "read").await;
    let forward = "forwardDossier(input: {commandId: \"01900000-0000-7000-8000-000000000001\", dossier: \"x\", to: \"h-1\"})";
    for query in [
        format!("mutation {{ {forward} {{ code }} }}"),
        format!("mutation {{ acceptDossierAtCounter: {forward} {{ code }} }}"),
        format!("mutation {{ ...f }} fragment f on Mutation {{ {forward} {{ code }} }}"),
        format!("mutation {{ ... on Mutation {{ a: {forward} {{ code }} }} }}"),
        format!("mutation {{ b: {forward} @skip(if: true) {{ code }} __typename }}"),
    ] {
        office.lacks(&acts, &query, "act:forwardDossier").await;
        office.lacks(&reads, &query, "act:forwardDossier").await;
        let (status, body) = office.ask(&all, &query).await;
        assert_eq!(status, StatusCode::OK, "{body}");
    }
    let accept = "mutation($input: AcceptDossierAtCounterInput!) { taken: acceptDossierAtCounter(input: $input) { code errors { code } } }";
    let input = json!({
        "commandId": office::id(), "procedure": office::PROCEDURE, "office": office::OFFICE,
        "applicant": {"fullName": "Công dân 000123", "citizenNumber": "003000000123", "phone": "0000 000 123"},
    });
    let (_, body) = office
        .ask_with(&acts, accept, json!({ "input": input }))
        .await;
    assert_eq!(body["data"]["taken"]["errors"], json!([]), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_a_machine_with_a_role_and_no_more() {
    let office = given_an_office(NOBODY).await;
    let auditor = office.key("roll-up-01", Role::Auditor, &["read"]);
    let (status, body) = office
        .ask(&auditor, "{ auditTrail(first: 1) { edges { cursor } } }")
        .await;
    assert_eq!(
        (status, body.get("errors")),
        (StatusCode::OK, None),
        "{body}"
    );
    let (_, body) = office.ask(&auditor, WORKLIST).await;
    assert_eq!(
        body["errors"][0]["extensions"]["code"], "FORBIDDEN",
        "{body}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_is_refused_within_two_seconds_without_a_restart() {
    let office = given_an_office(NOBODY).await;
    let key = office.key("roll-up-01", Role::Receiver, &["read"]);
    office.opens(&key).await;
    let folder = office.folder.path().join("service");
    service::revoke(&folder, "roll-up-01").expect("revoked");
    let revoked = Instant::now();
    let status = loop {
        let (status, _) = office.ask(&key, WORKLIST).await;
        if status != StatusCode::OK || revoked.elapsed() > Duration::from_secs(2) {
            break status;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    println!("refused after {:?}", revoked.elapsed());
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let again = office.key("roll-up-01", Role::Receiver, &["read"]);
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    office.opens(&again).await;
}
