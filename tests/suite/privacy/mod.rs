//! Personal data is destroyed by a decision: gone from every answer, for good, while every fact and proof stays.

mod destroyed;
mod killed;
mod logs;
mod planted;
mod retention;
mod rotated;
mod search;

use motcua::acts::{Act, Request};
use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use motcua::domain::erasure::{ErasureAct, ErasureRequested};
use motcua::domain::fact::stream;
use motcua::domain::part::Purpose;
use motcua::domain::reason::Reason;
use motcua::journal::{Until, fact};
use motcua::projections::erasures;
use motcua::reactions::erasing;
use motcua::vault::{Location, Opened, Vault};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::commands::ground::{
    Caller, OFFICES, Office, PROCEDURE, done, on, person, refused, served, with,
};
use crate::commands::story::filing;
use crate::files::{PDF, with_file};
use crate::office::id;

/// A dossier with a file that was withdrawn before anything was done, with its key.
async fn closed(office: &Office) -> (String, String) {
    let receiver = person(Role::Receiver);
    let filed = office
        .call_as(&receiver, "acceptDossierAtCounter", filing(PROCEDURE))
        .await;
    done(&filed);
    let text = |key: &str| filed[key].as_str().expect("a text").to_owned();
    let (code, key) = (text("code"), text("capability"));
    let paper = json!({ "item": 1, "form": "COPY", "digitisation": "HERE" });
    let input = with_file(office, &receiver, with(on(&code), &paper), PDF).await;
    done(&office.call_as(&receiver, "receiveComponent", input).await);
    (code, key)
}

async fn settle(office: &Office, code: &str) {
    for (role, mutation, fields) in [
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
    ] {
        let input = with(on(code), &fields);
        done(&office.call_as(&person(role), mutation, input).await);
    }
    finish(office, code).await;
}

/// Of a dossier that its handler has.
async fn finish(office: &Office, code: &str) {
    for (role, mutation, fields) in [
        (Role::Handler, "draftResult", json!({})),
        (Role::Signer, "signResult", json!({})),
        (
            Role::Clerk,
            "issueResult",
            json!({ "number": format!("{}/GP", id()) }),
        ),
        (
            Role::Receiver,
            "deliverResult",
            json!({ "method": "ONLINE" }),
        ),
    ] {
        let input = with(on(code), &fields);
        done(&office.call_as(&person(role), mutation, input).await);
    }
}

fn order(code: &str, purposes: &[&str]) -> Value {
    let order = json!({ "purposes": purposes, "decision": "12/QĐ-UBND", "reason": "OTHER",
        "basis": "91/2025/QH15:14" });
    with(on(code), &order)
}

async fn held(office: &Office, code: &str, key: &str) -> Value {
    let query = "query($code: String!, $key: String) { tracking(code: $code, capability: $key) {
        applicant { fullName phone erased } files { standing name } erasures { position purposes decision doneAt donePosition keys parts files } } }";
    let variables = json!({ "code": code, "key": key });
    let mut body = office.post(&Caller::default(), query, variables).await;
    assert_eq!(body.get("errors"), None, "{body}");
    body["data"]["tracking"].take()
}

async fn dossier_of(office: &Office, code: &str) -> Uuid {
    let row = motcua::projections::tracking::by_code(&office.api.models, code).await;
    row.expect("a row").expect("a dossier").id
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_destroyed_by_a_decision_is_gone_and_the_certificate_says_so() {
    let office = served().await;
    let (code, key) = closed(&office).await;
    let head = person(Role::CentreManager);
    let all = ["IDENTITY", "CONTACT", "ATTACHMENT"];
    let open = office
        .call_as(&head, "erasePersonalData", order(&code, &all))
        .await;
    refused(&open, "WRONG_STATE", "it is worked on");
    settle(&office, &code).await;
    let elsewhere = Actor::new("manager-02", OFFICES[1], Role::CentreManager);
    let mut unreasoned = order(&code, &all);
    unreasoned.as_object_mut().expect("fields").remove("reason");
    let unnumbered = with(order(&code, &all), &json!({ "decision": " " }));
    for (who, input, why) in [
        (&person(Role::Receiver), order(&code, &all), "WRONG_ROLE"),
        (&elsewhere, order(&code, &all), "WRONG_OFFICE"),
        (&head, unreasoned, "REASON_REQUIRED"),
        (&head, unnumbered, "TEXT_EMPTY"),
        (
            &head,
            order("H38.40.01-261102-9999", &all),
            "VALUE_MALFORMED",
        ),
    ] {
        let payload = office.call_as(who, "erasePersonalData", input).await;
        refused(&payload, why, why);
    }
    let before = held(&office, &code, &key).await;
    assert_eq!(before["applicant"]["erased"], false, "{before}");

    let input = order(&code, &all);
    done(
        &office
            .call_as(&head, "erasePersonalData", input.clone())
            .await,
    );
    let again = office.call_as(&head, "erasePersonalData", input).await;
    assert_eq!(again["repeated"], true);
    let after = held(&office, &code, &key).await;
    assert_eq!(
        after["applicant"],
        json!({ "fullName": null, "phone": null, "erased": true }),
        "{after}"
    );
    assert_eq!(after["files"][0]["standing"], "ERASED");
    let certificate = &after["erasures"][0];
    assert_eq!(
        (
            &certificate["purposes"],
            &certificate["decision"],
            &certificate["files"]
        ),
        (&json!(all), &json!("12/QĐ-UBND"), &json!("1"))
    );
    assert!(
        certificate["doneAt"].is_string() && certificate["keys"] != "0",
        "{certificate}"
    );

    // Nothing comes back, and nothing can be put beside it.
    let details = json!({ "applicant": { "fullName": "Người Khác" }, "reason": "OTHER" });
    let corrected = with(on(&code), &details);
    let corrected = office
        .call_as(
            &person(Role::Receiver),
            "correctApplicantDetails",
            corrected,
        )
        .await;
    assert!(!corrected["errors"][0].is_null(), "{corrected}");
    let twice = office
        .call_as(&head, "erasePersonalData", order(&code, &["CONTACT"]))
        .await;
    refused(&twice, "ALREADY_RECORDED", "all of it is gone");

    // The dossier's facts are what they were.
    let dossier = dossier_of(&office, &code).await;
    let entries = office.api.journal.read_stream(dossier, 0, Until::End).await;
    for entry in entries.expect("facts") {
        fact::decode(&entry.body).expect("a fact");
    }
}

/// The parts that a dossier's facts name, as a vault is asked.
async fn parts(office: &Office, dossier: Uuid) -> Vec<(Uuid, Uuid, motcua::domain::part::Part)> {
    let entries = office.api.journal.read_stream(dossier, 0, Until::End).await;
    let facts = entries.expect("facts").into_iter();
    let facts = facts.map(|entry| fact::decode(&entry.body).expect("a fact"));
    facts
        .flat_map(|fact| {
            let (stream, command) = (fact.stream, fact.command);
            let parts = fact.circumstances.parts.into_iter();
            parts.map(move |part| (stream, command, part))
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_that_was_cut_off_is_finished_and_a_vault_that_came_back_is_emptied_again() {
    let office = served().await;
    let (code, _) = closed(&office).await;
    settle(&office, &code).await;
    let dossier = dossier_of(&office, &code).await;
    let wanted = parts(&office, dossier).await;
    let (api, purposes) = (
        &office.api,
        vec![Purpose::Identity, Purpose::Contact, Purpose::Attachment],
    );
    let desk = api.desk.clone().expect("a desk");

    // A copy of the vault from before, as a backup is.
    let copy = tempfile::tempdir().expect("a folder");
    let backup = copy.path().join("vault.db");
    office.copy_vault(&backup).await;

    // The fact is there, and the program was killed before anything was destroyed.
    let subject = wanted[0].2.s;
    let act = ErasureAct::Request(ErasureRequested {
        subject,
        dossier,
        purposes,
        decision: "13/QĐ-UBND".to_owned(),
    });
    let request = Request {
        reason: Some(Reason::Other),
        ..Request::new(id(), person(Role::CentreManager), Act::Erase(act))
    };
    let receipt = desk.counter.submit(request).await.expect("recorded");
    let reached = api
        .models
        .reach(receipt.position, std::time::Duration::from_secs(10));
    assert!(reached.await);
    let opened = desk.vault.open(&wanted).await.expect("read");
    assert!(opened.iter().any(|one| matches!(one, Opened::Present(_))));
    for again in [0, 0] {
        let carried = erasing::at_start(&desk.counter, &api.models, &desk.vault).await;
        assert_eq!(carried.expect("carried out"), again);
        let size = api.journal.head().await.expect("a head").size;
        assert!(
            api.models
                .reach(size - 1, std::time::Duration::from_secs(10))
                .await
        );
    }
    let row = &erasures::of_dossier(&api.models, dossier)
        .await
        .expect("rows")[0];
    let finished = row.done.expect("it is certain");
    assert!(finished.keys >= 2 && finished.files == 1, "{finished:?}");
    let is_erased = |opened: &[Opened]| opened.iter().all(|one| *one == Opened::Erased);
    let opened = desk.vault.open(&wanted).await.expect("read");
    assert!(is_erased(&opened), "{opened:?}");
    let stream = stream::subject(subject);
    let facts = api
        .journal
        .read_stream(stream, 0, Until::End)
        .await
        .expect("facts");
    assert_eq!(facts.len(), 2, "asked for once, done once");

    // Somebody brings the copy back: before anything is shown it is emptied again.
    let location = Location::Sqlite(backup);
    let restored = Vault::create_or_open(&location, &office.keys)
        .await
        .expect("a vault");
    let opened = restored.open(&wanted).await.expect("read");
    assert!(!is_erased(&opened));
    let carried = erasing::at_start(&desk.counter, &api.models, &restored).await;
    assert_eq!(carried.expect("carried out"), 1);
    let opened = restored.open(&wanted).await.expect("read");
    assert!(is_erased(&opened), "{opened:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_glass_is_broken_with_a_reason_and_the_person_reads_of_it() {
    let office = served().await;
    let (code, key) = closed(&office).await;
    let clerk = person(Role::Clerk);
    let query = "mutation($input: BreakGlassInput!) { breakGlass(input: $input) { applicant { fullName masked } errors { code } } }";
    let ask = async |who: &Actor, input: Value| {
        let caller = office.signed_in(who);
        let mut body = office.post(&caller, query, json!({ "input": input })).await;
        body["data"]["breakGlass"].take()
    };
    let bare = ask(&clerk, on(&code)).await;
    assert_eq!(bare["errors"][0]["code"], "REASON_REQUIRED", "{bare}");
    assert_eq!(bare["applicant"], Value::Null);
    let reasoned = with(on(&code), &json!({ "reason": "OTHER" }));
    let broken = ask(&clerk, reasoned.clone()).await;
    assert_eq!(broken["applicant"]["masked"], false, "{broken}");
    let stranger = Actor::new("clerk-02", OFFICES[1], Role::Clerk);
    assert_eq!(
        ask(&stranger, with(reasoned, &json!({ "commandId": id() }))).await,
        Value::Null
    );

    let looks = "query($code: String!, $key: String) { tracking(code: $code, capability: $key) {
        looks { edges { node { purpose reason role } } } } }";
    let variables = json!({ "code": code, "key": key });
    let body = office.post(&Caller::default(), looks, variables).await;
    let look = &body["data"]["tracking"]["looks"]["edges"][0]["node"];
    assert_eq!(
        look,
        &json!({ "purpose": "BREAK_GLASS", "reason": "OTHER", "role": "CLERK" }),
        "{body}"
    );
    let auditor = Actor::new("auditor-01", NO_OFFICE, Role::Auditor);
    let trail = "{ auditTrail(first: 1, filter: { newestFirst: true, kind: \"access.looked\" }) { nodes { kind actor reason } } }";
    let body = office
        .post(&office.signed_in(&auditor), trail, json!({}))
        .await;
    assert_eq!(
        body["data"]["auditTrail"]["nodes"][0]["actor"], "clerk-01",
        "{body}"
    );
}
