//! Offices that end, from outside: one decision closes an office, what it had is moved, and a wrong route is put right.

use motcua::domain::actor::{Actor, Role};
use motcua::reactions::Reactions;
use serde_json::{Value, json};

use super::ground::{OFFICES, Office, PROCEDURE, SILENT, done, person, refused, with};
use super::story::{Told, filing};
use crate::office::id;

/// Opened by [`super::shelf::furnished`].
const NINTH: &str = "H38.40.09";
const DECISION: &str = "12/QĐ-UBND";

fn decision() -> Value {
    json!({
        "decision": DECISION, "decidedOn": "2026-11-01", "effectiveFrom": "2026-11-02", "closes": [OFFICES[1]],
        "routes": [
            {"from": OFFICES[1], "procedures": [SILENT], "to": NINTH},
            {"from": OFFICES[1], "to": OFFICES[0]},
        ],
        "legalBasis": "Law 72/2025/QH15", "certainty": "ILLUSTRATIVE",
    })
}

async fn accepted<'a>(office: &'a Office, procedure: &str) -> Told<'a> {
    let there = Actor::new("receiver-02", OFFICES[1], Role::Receiver);
    let input = with(filing(procedure), &json!({"office": OFFICES[1]}));
    let payload = office.call_as(&there, "acceptDossierAtCounter", input);
    let payload = payload.await;
    done(&payload);
    let code = payload["code"].as_str().expect("a code").to_owned();
    Told { office, code }
}

const TRACKED: &str = "query($code: String!) { tracking(code: $code) {
    status receivedAt originalDueAt dueAt dueCertainty apologies supplementWanted office { code }
    transfers { from to decision reason } promises { entries { act dueAfter } } } }";

async fn tracked(office: &Office, code: &str) -> Value {
    let nobody = super::ground::Caller::default();
    let body = office.post(&nobody, TRACKED, json!({ "code": code })).await;
    assert_eq!(body.get("errors"), None, "{body}");
    body["data"]["tracking"].clone()
}

pub async fn transferred(office: &Office) {
    let (plain, other) = (
        accepted(office, PROCEDURE).await,
        accepted(office, SILENT).await,
    );
    let before = tracked(office, &plain.code).await;
    then_what_cannot_be_is_refused(office).await;
    let admin = person(Role::Admin);
    let input = || with(json!({ "commandId": id() }), &decision());
    done(&office.call_as(&admin, "reorganiseOffices", input()).await);
    let again = office.call_as(&admin, "reorganiseOffices", input()).await;
    refused(&again, "DUPLICATE_RECORD", "the same decision");

    let counter = office.api.counter().expect("a counter").clone();
    let mut reactions = Reactions::new(counter, office.api.models.clone());
    assert_eq!(reactions.pass().await, 2, "what is done stays where it was");
    assert_eq!(reactions.pass().await, 0);
    let at =
        |state: &motcua::domain::dossier::Dossier| state.office.as_ref().map(ToString::to_string);
    assert_eq!(at(&other.state().await).as_deref(), Some(NINTH));
    assert_eq!(at(&plain.state().await).as_deref(), Some(OFFICES[0]));
    then_only_the_office_is_another(&before, &tracked(office, &plain.code).await);
    then_old_and_new_know_each_other(office).await;

    let facts = ["transferred"];
    let route = json!({"to": NINTH, "reason": "AGENCY_ERROR"});
    plain
        .as_a(
            Role::CentreManager,
            "transferDossier",
            route,
            "ACCEPTED",
            &facts,
        )
        .await;
    let there = Actor::new("centre_manager-09", NINTH, Role::CentreManager);
    let back =
        json!({"commandId": id(), "dossier": plain.code, "to": OFFICES[1], "reason": "OTHER"});
    let back = office.call_as(&there, "transferDossier", back).await;
    refused(&back, "NOT_A_SUCCESSOR", "back to the closed office");
}

async fn then_what_cannot_be_is_refused(office: &Office) {
    let wrong = [
        (Role::Receiver, json!({}), "WRONG_ROLE"),
        (
            Role::Admin,
            json!({"decision": "no number"}),
            "REORGANISATION_MALFORMED",
        ),
        (
            Role::Admin,
            json!({"closes": ["H38.40.77"]}),
            "REORGANISATION_CLOSES_WRONGLY",
        ),
        (
            Role::Admin,
            json!({"routes": []}),
            "REORGANISATION_ROUTES_INCOMPLETE",
        ),
        (
            Role::Admin,
            json!({"routes": [{"from": OFFICES[1], "to": "H38.40.77"}]}),
            "REORGANISATION_NO_SUCCESSOR",
        ),
        (
            Role::Admin,
            json!({"routes": [{"from": OFFICES[1], "fields": ["Không có"], "to": NINTH}, {"from": OFFICES[1], "to": NINTH}]}),
            "UNKNOWN_FIELD",
        ),
    ];
    for (role, change, code) in wrong {
        let input = with(json!({ "commandId": id() }), &decision());
        let input = with(input, &change);
        let told = office
            .call_as(&person(role), "reorganiseOffices", input)
            .await;
        refused(&told, code, code);
    }
}

#[track_caller]
fn then_only_the_office_is_another(before: &Value, after: &Value) {
    for field in [
        "status",
        "receivedAt",
        "originalDueAt",
        "dueAt",
        "dueCertainty",
        "apologies",
        "supplementWanted",
    ] {
        assert_eq!(before[field], after[field], "{field}");
    }
    assert_eq!(after["office"]["code"], OFFICES[0]);
    let moved =
        json!([{"from": OFFICES[1], "to": OFFICES[0], "decision": DECISION, "reason": null}]);
    assert_eq!(after["transfers"], moved);
    let entries = after["promises"]["entries"].as_array();
    let last = entries.and_then(|all| all.last()).expect("a line");
    assert_eq!(
        (&last["act"], &last["dueAfter"]),
        (&json!("TRANSFERRED"), &before["dueAt"])
    );
}

async fn then_old_and_new_know_each_other(office: &Office) {
    let query = "query($old: String!, $new: String!) {
        old: office(code: $old) { validTo successors } new: office(code: $new) { predecessors }
        reorganisations { decision closes routes { from to } } }";
    let names = json!({"old": OFFICES[1], "new": NINTH});
    let nobody = super::ground::Caller::default();
    let body = office.post(&nobody, query, names).await;
    let told = &body["data"];
    assert_eq!(told["old"]["validTo"], "2026-11-01", "{body}");
    assert_eq!(told["old"]["successors"], json!([OFFICES[0], NINTH]));
    assert_eq!(told["new"]["predecessors"], json!([OFFICES[1]]));
    assert_eq!(told["reorganisations"][0]["decision"], DECISION);
}
