//! One act on many dossiers: each by itself, all told, and the same again is the same.

use motcua::domain::actor::{Actor, Role};
use serde_json::{Value, json};
use uuid::Uuid;

use super::ground::{OFFICES, Office, PROCEDURE, nowhere, person, served};
use super::story::{Told, entered};
use crate::office::id;

async fn accepted(office: &Office) -> Told<'_> {
    entered(office, "acceptDossierAtCounter", PROCEDURE, json!({})).await
}

fn input(command: Uuid, dossiers: &[&str], act: &Value) -> Value {
    json!({"commandId": command, "dossiers": dossiers, "act": act})
}

/// For the list of mutations that were called; what it does is told below.
pub async fn forwarded(office: &Office) {
    let one = accepted(office).await;
    let act = json!({"forward": {"to": "handler-01"}});
    let input = input(id(), &[&one.code], &act);
    let payload = office.call_as(&person(Role::Receiver), "bulk", input).await;
    assert_eq!(payload["done"], 1, "{payload}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_dossier_of_a_bulk_succeeds_or_fails_by_itself_and_is_answered_in_its_place() {
    let office = served().await;
    let (first, second, last) = (
        accepted(&office).await,
        accepted(&office).await,
        accepted(&office).await,
    );
    let draft = entered(
        &office,
        "lodgeDossier",
        PROCEDURE,
        json!({"channel": "POST"}),
    )
    .await;
    let unknown = nowhere();
    let codes: [&str; 6] = [
        &first.code,
        &draft.code,
        "H38.40.01-990101-0001",
        &second.code,
        &unknown,
        &last.code,
    ];
    let (command, act) = (id(), json!({"forward": {"to": "handler-01"}}));
    let receiver = person(Role::Receiver);
    let ask = || office.call_as(&receiver, "bulk", input(command, &codes, &act));
    let payload = ask().await;
    let counts = json!([payload["done"], payload["refused"], payload["visible"]]);
    assert_eq!(counts, json!([3, 3, true]), "{payload}");
    let outcomes = payload["outcomes"].as_array().expect("outcomes");
    let told = |key: &str| {
        outcomes
            .iter()
            .map(|one| one[key].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(told("dossier"), codes.map(Value::from));
    let refusals: Vec<_> = outcomes
        .iter()
        .map(|one| one["errors"][0]["code"].clone())
        .collect();
    let unknown = json!("UNKNOWN_DOSSIER");
    let expected = [
        Value::Null,
        json!("WRONG_STATE"),
        unknown.clone(),
        Value::Null,
        unknown,
        Value::Null,
    ];
    assert_eq!(refusals, expected);
    for one in outcomes.iter().filter(|one| one["errors"] != json!([])) {
        let error = &one["errors"][0];
        assert!(error["messageVi"].is_string() && error["messageEn"].is_string());
        assert_eq!(one["position"], Value::Null);
    }
    // Handed in together, decided together: one stands behind the other.
    let place = |at: usize| {
        let text = outcomes[at]["position"].as_str().expect("a position");
        text.parse::<u64>().expect("a number")
    };
    assert_eq!([place(3), place(5)], [place(0) + 1, place(0) + 2]);
    for told in [&first, &second, &last] {
        let facts = office.history(&told.code).await;
        let newest = facts.last().expect("a fact");
        assert_eq!(newest["kind"], "dossier.forwarded");
        assert_eq!(newest["actor"], "receiver-01");
    }

    let again = ask().await;
    let repeated = again["outcomes"].as_array().expect("outcomes");
    for (one, before) in repeated.iter().zip(outcomes) {
        for key in ["dossier", "commandId", "position", "errors"] {
            assert_eq!(one[key], before[key], "{again}");
        }
        assert_eq!(one["repeated"], before["errors"] == json!([]), "{again}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_goes_through_every_desk_and_asks_no_less_than_one_command() {
    let office = served().await;
    let (one, other) = (accepted(&office).await, accepted(&office).await);
    let codes = [one.code.as_str(), other.code.as_str()];
    let handler = json!({"to": "handler-01"});
    let colleague = json!({"to": "handler-03", "role": "HANDLER"});
    let apology = json!({"newDueOn": "2026-11-30"});
    let (third, forwarded) = (
        Actor::new("handler-03", OFFICES[0], Role::Handler),
        json!({"forward": handler}),
    );
    for (who, act, reason) in [
        (person(Role::Receiver), forwarded, None),
        (
            person(Role::DivisionHead),
            json!({"assignHandler": handler}),
            None,
        ),
        (person(Role::Handler), json!({"handOver": colleague}), None),
        (
            third.clone(),
            json!({"receiveHandOver": {"complete": true}}),
            None,
        ),
        (
            person(Role::Signer),
            json!({"issueApology": apology}),
            Some("WORKLOAD"),
        ),
        (third.clone(), json!({"plain": "DRAFT_RESULT"}), None),
        (
            person(Role::DivisionHead),
            json!({"plain": "APPROVE_RESULT"}),
            None,
        ),
        (person(Role::Signer), json!({"plain": "SIGN_RESULT"}), None),
        (
            person(Role::Receiver),
            json!({"deliverResult": {"method": "COUNTER"}}),
            None,
        ),
        (
            person(Role::Receiver),
            json!({"plain": "RETURN_ORIGINALS"}),
            None,
        ),
    ] {
        let mut input = input(id(), &codes, &act);
        input["reason"] = json!(reason);
        let payload = office.call_as(&who, "bulk", input).await;
        assert_eq!(payload["done"], 2, "{act}: {payload}");
    }
    for told in [one, other] {
        let state = told.state().await;
        assert_eq!(state.phase.name(), "returned");
        assert!(state.originals_returned && state.apologies == 1);
    }

    let third = accepted(&office).await;
    let because = json!({"plain": "RECALL_STEP"});
    let payload = input(id(), &[&third.code], &because);
    let payload = office
        .call_as(&person(Role::Auditor), "bulk", payload)
        .await;
    assert_eq!(payload["outcomes"][0]["errors"][0]["code"], "WRONG_ROLE");
    let nobody = json!({"forward": {"to": "ông Nguyễn Văn A"}});
    let payload = input(id(), &[&third.code], &nobody);
    let payload = office
        .call_as(&person(Role::Receiver), "bulk", payload)
        .await;
    let error = &payload["outcomes"][0]["errors"][0];
    assert_eq!(error["code"], "VALUE_MALFORMED", "{payload}");
    assert_eq!(error["field"], json!(["input", "act", "forward", "to"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_a_hundred_dossiers_or_two_acts_are_no_bulk() {
    let office = served().await;
    let query = "mutation($input: BulkInput!) { bulk(input: $input) { done } }";
    let receiver = office.signed_in(&person(Role::Receiver));
    let many = vec!["H38.40.01-261102-0001"; 101];
    let two = json!({"plain": "ACCEPT", "forward": {"to": "handler-01"}});
    for wrong in [
        input(id(), &many, &json!({"plain": "ACCEPT"})),
        input(id(), &[], &json!({"plain": "ACCEPT"})),
        input(id(), &many[..1], &two),
        input(id(), &many[..1], &json!({})),
    ] {
        let body = office.post(&receiver, query, json!({"input": wrong})).await;
        assert!(
            body["errors"][0]["extensions"]["code"].is_string(),
            "{body}"
        );
    }
}
