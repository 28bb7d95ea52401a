//! The repository of results: what is older than the system is entered once, found by its number, reused, struck.

use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use motcua::domain::part::Part;
use motcua::domain::time::Moment;
use motcua::journal::fact;
use motcua::vault::Opened;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{PDF, with_file};
use crate::commands::ground::{
    Caller, OFFICES, Office, PROCEDURE, done, morning, on, person, refused, served, with,
};
use crate::commands::story::{entered, filing};
use crate::office::id;

const NUMBER: &str = "17/2009";
const FOUND: &str = "edges { cursor node { archivedId number office { code } procedureCode givenOn older kind standing
    holder { fullName } files { name sizeBytes url } dossier { code } } } pageInfo { hasNextPage }";

fn old(office: &str) -> Value {
    json!({ "commandId": id(), "office": office, "procedure": PROCEDURE, "number": NUMBER, "issuedOn": "2009-05-04",
        "holder": { "fullName": "Công dân 000777" } })
}

async fn found(office: &Office, who: &Actor, arguments: &str) -> Value {
    let query = format!("{{ repository({arguments}) {{ {FOUND} }} }}");
    let caller = office.signed_in(who);
    let mut body = office.post(&caller, &query, json!({})).await;
    assert_eq!(body.get("errors"), None, "{body}");
    body["data"]["repository"].take()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_older_than_the_system_is_entered_once_found_reused_and_struck() {
    let office = served().await;
    let clerk = person(Role::Clerk);
    let input = with_file(&office, &clerk, old(OFFICES[0]), PDF).await;
    let first = office
        .call_as(&clerk, "enterArchivedResult", input.clone())
        .await;
    done(&first);
    let again = office.call_as(&clerk, "enterArchivedResult", input).await;
    assert_eq!(again["repeated"], true);
    let twice = office
        .call_as(&clerk, "enterArchivedResult", old(OFFICES[0]))
        .await;
    refused(&twice, "DUPLICATE_RECORD", "the same number");

    let by_number = format!("number: \"{NUMBER}\"");
    let page = found(&office, &clerk, &by_number).await;
    let entry = &page["edges"][0]["node"];
    let expected = json!({ "number": NUMBER, "office": { "code": OFFICES[0] }, "procedureCode": PROCEDURE,
        "givenOn": "2009-05-04", "older": true, "kind": "DOCUMENT", "standing": "VALID",
        "holder": { "fullName": "Công dân 000777" }, "dossier": null });
    for (field, value) in expected.as_object().expect("fields") {
        assert_eq!(&entry[field], value, "{field}");
    }
    assert_eq!(entry["files"][0]["sizeBytes"], PDF.len().to_string());
    let url = entry["files"][0]["url"].as_str().expect("a place");
    assert_eq!(
        office.fetch(url, Some(&office.token(&clerk))).await,
        (200, PDF.to_vec())
    );

    // Another office finds it and may rest on it; whose it is and its file stay where they are kept.
    let stranger = Actor::new("receiver-02", OFFICES[1], Role::Receiver);
    let theirs = found(&office, &stranger, &by_number).await;
    let theirs = &theirs["edges"][0]["node"];
    assert_eq!(
        (&theirs["holder"], &theirs["files"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        office.fetch(url, Some(&office.token(&stranger))).await.0,
        404
    );
    assert_eq!(office.fetch(url, None).await.0, 404);
    let filed = with(
        filing(PROCEDURE),
        &json!({ "office": OFFICES[1], "channel": "COUNTER" }),
    );
    let filed = office.call_as(&stranger, "lodgeDossier", filed).await;
    let code = filed["code"].as_str().expect("a code");
    let paper = json!({ "item": 1, "form": "COPY", "digitisation": "FROM_RESULT",
        "reusedFrom": { "archived": theirs["archivedId"] } });
    done(
        &office
            .call_as(&stranger, "receiveComponent", with(on(code), &paper))
            .await,
    );
    for (from, why) in [
        (
            json!({ "archived": theirs["archivedId"], "resultNumber": "1" }),
            "VALUE_MALFORMED",
        ),
        (json!({}), "VALUE_MALFORMED"),
        (json!({ "archived": "QXJjaGl2ZWQ6MQ" }), "UNKNOWN_DOSSIER"),
    ] {
        let paper = with(paper.clone(), &json!({ "reusedFrom": from }));
        let wrong = office
            .call_as(&stranger, "receiveComponent", with(on(code), &paper))
            .await;
        refused(&wrong, why, &from.to_string());
    }

    let strike = json!({ "commandId": id(), "office": OFFICES[0], "procedure": PROCEDURE, "number": NUMBER });
    let unreasoned = office
        .call_as(&clerk, "strikeArchivedResult", strike.clone())
        .await;
    refused(&unreasoned, "REASON_REQUIRED", "no reason");
    let strike = with(strike, &json!({ "reason": "AGENCY_ERROR" }));
    let noted = with(strike, &json!({ "note": "Nhập nhầm số của công dân khác" }));
    let struck = office.call_as(&clerk, "strikeArchivedResult", noted.clone());
    let struck = struck.await;
    done(&struck);
    let strike = noted;
    let before = parts(&office, &first).await;
    assert_eq!(before.len(), 2);
    let vault = office.api.vault().expect("a vault");
    let destroyed = vault.open(&before).await.expect("read");
    assert_eq!(
        destroyed,
        [Opened::Erased, Opened::Erased],
        "whose it was, and its file"
    );
    let auditor = Actor::new("auditor-01", NO_OFFICE, Role::Auditor);
    for (who, said) in [
        (&auditor, json!("Nhập nhầm số của công dân khác")),
        (&person(Role::Admin), Value::Null),
    ] {
        let query =
            "{ auditTrail(first: 1, filter: { newestFirst: true }) { nodes { kind note } } }";
        let body = office.post(&office.signed_in(who), query, json!({})).await;
        let node = &body["data"]["auditTrail"]["nodes"][0];
        assert_eq!(node["note"], said, "{body}");
    }
    assert_eq!(found(&office, &clerk, &by_number).await["edges"], json!([]));
    let twice = with(strike, &json!({ "commandId": id() }));
    refused(
        &office.call_as(&clerk, "strikeArchivedResult", twice).await,
        "ALREADY_RECORDED",
        "struck",
    );
    let anew = office
        .call_as(&clerk, "enterArchivedResult", old(OFFICES[0]))
        .await;
    done(&anew);
    let other = parts(&office, &anew).await;
    assert_ne!(other[0].2.s, before[0].2.s, "it may be somebody else's");
}

/// The personal parts of the fact that a command has recorded, as the vault is asked.
async fn parts(office: &Office, payload: &Value) -> Vec<(Uuid, Uuid, Part)> {
    let position = payload["position"].as_str().expect("a position");
    let position = position.parse().expect("a number");
    let entries = office.api.journal.read(position, 1).await.expect("a fact");
    let fact = fact::decode(&entries[0].body).expect("a fact");
    let parts = fact.circumstances.parts.into_iter();
    parts
        .map(|part| (entries[0].stream, fact.command, part))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_keeps_an_offices_results_enters_them_and_only_officers_look() {
    let office = served().await;
    let stranger = Actor::new("clerk-02", OFFICES[1], Role::Clerk);
    let clerk = person(Role::Clerk);
    for (who, more, why) in [
        (&stranger, json!({}), "WRONG_OFFICE"),
        (&person(Role::Handler), json!({}), "WRONG_ROLE"),
        (&clerk, json!({ "office": "H99.99" }), "UNKNOWN_OFFICE"),
        (
            &clerk,
            json!({ "procedure": "1.999999" }),
            "UNKNOWN_PROCEDURE",
        ),
        (&clerk, json!({ "issuedOn": "2100-01-01" }), "FUTURE_CLAIM"),
        (
            &clerk,
            json!({ "issuedOn": "2026-11-02" }),
            "INVALID_RECORD",
        ),
        (&clerk, json!({ "file": "AAAA" }), "VALUE_MALFORMED"),
    ] {
        let input = with(old(OFFICES[0]), &more);
        refused(
            &office.call_as(who, "enterArchivedResult", input).await,
            why,
            why,
        );
    }
    let note = json!({ "commandId": id(), "office": OFFICES[0], "reason": "PAPER_SPOILED", "note": "rách" });
    let noted = office
        .call_as(&person(Role::Receiver), "voidCode", note)
        .await;
    refused(&noted, "VALUE_MALFORMED", "the register keeps no notes");

    let query = "{ repository { edges { node { number } } } }";
    let citizen = person(Role::Applicant);
    for (caller, code) in [
        (Caller::default(), "UNAUTHENTICATED"),
        (office.signed_in(&citizen), "FORBIDDEN"),
    ] {
        let body = office.post(&caller, query, json!({})).await;
        assert_eq!(body["errors"][0]["extensions"]["code"], code, "{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn results_of_dossiers_are_in_it_by_themselves_and_say_what_they_are() {
    let office = served().await;
    let mut numbers = Vec::new();
    for certifies in [false, true] {
        let dossier = entered(
            &office,
            "lodgeDossier",
            PROCEDURE,
            json!({ "channel": "COUNTER" }),
        )
        .await;
        let signature = json!({ "signature": { "certificateSerial": "54A0B1", "signedAt": "2026-11-02T00:30:00Z",
            "validation": "VALID", "certifiesCopy": certifies } });
        let number = format!("{}/GP-UBND", 20 + numbers.len());
        for (role, mutation, fields) in [
            (Role::Receiver, "acceptDossier", json!({})),
            (
                Role::Receiver,
                "forwardDossier",
                json!({ "to": "handler-01" }),
            ),
            (
                Role::Handler,
                "receiveHandOver",
                json!({ "complete": true }),
            ),
            (Role::Handler, "draftResult", json!({})),
            (Role::Signer, "signResult", signature),
            (Role::Clerk, "issueResult", json!({ "number": number })),
        ] {
            let input = with(on(&dossier.code), &fields);
            done(&office.call_as(&person(role), mutation, input).await);
        }
        numbers.push((number, dossier.code));
    }
    let clerk = person(Role::Clerk);
    let first = found(&office, &clerk, "first: 1").await;
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    let entry = &first["edges"][0]["node"];
    assert_eq!(
        (&entry["number"], &entry["kind"]),
        (&json!(numbers[1].0), &json!("CERTIFIED_COPY"))
    );
    assert_eq!(entry["dossier"]["code"], numbers[1].1);
    assert_eq!(
        (&entry["older"], &entry["archivedId"]),
        (&json!(false), &Value::Null)
    );
    let after = first["edges"][0]["cursor"].as_str().expect("a cursor");
    let next = found(&office, &clerk, &format!("first: 1, after: \"{after}\"")).await;
    assert_eq!(next["edges"][0]["node"]["number"], numbers[0].0);
    assert_eq!(next["edges"][0]["node"]["kind"], "DOCUMENT");
    assert_eq!(next["pageInfo"]["hasNextPage"], false);
    let auditor = Actor::new("auditor-01", NO_OFFICE, Role::Auditor);
    let by_office = format!("office: \"{}\"", OFFICES[0]);
    for asked in [by_office.as_str(), "first: 20"] {
        let all = found(&office, &auditor, asked).await;
        assert_eq!(all["edges"].as_array().map(Vec::len), Some(2), "{asked}");
    }
    // Whatever becomes of it, the day on which it was given stays.
    let given = &next["edges"][0]["node"]["givenOn"];
    let days_later = Moment(morning().0 + 3 * 86_400_000_000);
    office.wait_until(days_later).await;
    let revoked = with(on(&numbers[0].1), &json!({ "reason": "AGENCY_ERROR" }));
    done(
        &office
            .call_as(&person(Role::Signer), "revokeResult", revoked)
            .await,
    );
    let by_number = format!("number: \"{}\"", numbers[0].0);
    let entry = &found(&office, &clerk, &by_number).await["edges"][0]["node"];
    assert_eq!(
        (&entry["standing"], &entry["givenOn"]),
        (&json!("REVOKED"), given)
    );
}
