//! Inspections with corrections by a day, written reminders and plans of reviews, over HTTP.

use motcua::domain::actor::{Actor, Role};
use serde_json::{Value, json};

use crate::commands::ground::{Caller, OFFICES, Office, PROCEDURE, done, person, refused, served};
use crate::office::id;

async fn does(office: &Office, actor: &Actor, mutation: &str, mut fields: Value) -> Value {
    fields["commandId"] = json!(id());
    office.call_as(actor, mutation, fields).await
}

async fn told(office: &Office, query: &str) -> Value {
    let body = office.post(&Caller::default(), query, json!({})).await;
    assert_eq!(body.get("errors"), None, "{body}");
    body["data"].clone()
}

fn opened(code: &str) -> Value {
    json!({
        "code": code, "decision": "12/QĐ-UBND", "team": ["truong-doan-1"], "office": OFFICES[0],
        "from": "2026-11-02", "to": "2026-11-03", "subject": "REFORM",
    })
}

const INSPECTIONS: &str = "{ inspections { code closedOn ordered correctedInTime
    findings { number kind facts pages dueOn doneOn late } } }";

#[tokio::test(flavor = "multi_thread")]
async fn what_an_inspection_found_leads_to_its_facts_and_is_put_right_by_a_day() {
    let office = served().await;
    let control = person(Role::ProcedureController);
    let (head, other) = (
        person(Role::CentreManager),
        Actor::new("manager-02", OFFICES[1], Role::CentreManager),
    );
    let auditor = does(
        &office,
        &person(Role::Auditor),
        "openInspection",
        opened("KT-1"),
    )
    .await;
    refused(&auditor, "WRONG_ROLE", "auditors write nothing");
    let mut named = opened("KT-1");
    named["team"] = json!(["Nguyễn Văn A"]);
    let named = does(&office, &control, "openInspection", named).await;
    refused(&named, "INVALID_RECORD", "a name");
    done(&does(&office, &control, "openInspection", opened("KT-1")).await);
    let again = does(&office, &control, "openInspection", opened("KT-1")).await;
    refused(&again, "DUPLICATE_RECORD", "the same code");
    for facts in [json!([3, 5]), json!([])] {
        let found =
            json!({"inspection": "KT-1", "kind": "LATENESS", "facts": facts, "note": "Chậm."});
        done(&does(&office, &control, "noteInspectionFinding", found).await);
    }
    let nowhere = json!({"inspection": "KT-1", "kind": "OTHER", "facts": ["999999"]});
    let nowhere = does(&office, &control, "noteInspectionFinding", nowhere).await;
    refused(&nowhere, "VALUE_MALFORMED", "no such fact");
    let order = json!({"inspection": "KT-1", "finding": 1, "dueOn": "2026-12-01"});
    done(&does(&office, &control, "orderCorrection", order.clone()).await);
    let twice = does(&office, &control, "orderCorrection", order).await;
    refused(&twice, "ALREADY_RECORDED", "ordered twice");
    let report = |finding: u32| json!({"inspection": "KT-1", "finding": finding});
    let foreign = does(&office, &other, "reportCorrection", report(1)).await;
    refused(&foreign, "WRONG_OFFICE", "another office");
    let nothing = does(&office, &head, "reportCorrection", report(2)).await;
    refused(&nothing, "INVALID_RECORD", "nothing was ordered");
    done(&does(&office, &head, "reportCorrection", report(1)).await);
    let close = json!({"inspection": "KT-1"});
    done(&does(&office, &control, "closeInspection", close.clone()).await);
    let closed = does(
        &office,
        &control,
        "noteInspectionFinding",
        json!({"inspection": "KT-1", "kind": "OTHER"}),
    )
    .await;
    refused(&closed, "INVALID_RECORD", "it is closed");

    let query = format!(
        "{{ supervisionNotes(office: \"{}\") {{ inspection number text about {{ en }} }} }}",
        OFFICES[0]
    );
    let read = async |who: Option<&Actor>| {
        let caller = who.map(|who| office.signed_in(who)).unwrap_or_default();
        office.post(&caller, &query, json!({})).await
    };
    let mine = read(Some(&head)).await["data"]["supervisionNotes"].clone();
    assert_eq!(mine.as_array().map(Vec::len), Some(2), "{mine}");
    assert_eq!(
        (&mine[1]["text"], &mine[1]["number"]),
        (&json!("Chậm."), &json!(1)),
        "{mine}"
    );
    for (who, code) in [(None, "UNAUTHENTICATED"), (Some(&other), "FORBIDDEN")] {
        let told = read(who).await;
        assert_eq!(told["errors"][0]["extensions"]["code"], code, "{told}");
    }
    let told = told(&office, INSPECTIONS).await["inspections"][0].clone();
    assert_eq!(told["ordered"], 1, "{told}");
    assert_eq!(told["correctedInTime"], 1, "{told}");
    assert_eq!(
        told["findings"][0]["pages"],
        json!(["/audit/fact/3", "/audit/fact/5"])
    );
    assert_eq!(told["findings"][0]["late"], false);
    assert_eq!(told["findings"][1]["dueOn"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reminder_is_answered_by_the_agency_it_was_sent_to() {
    let office = served().await;
    let head = person(Role::CentreManager);
    let agency = Actor::new("manager-02", OFFICES[1], Role::CentreManager);
    let days = json!({"from": "2026-10-01", "to": "2026-10-31"});
    let remind =
        |to: &str| json!({"to": to, "period": days, "dueOn": "2026-12-01", "note": "Chậm."});
    let itself = does(&office, &head, "sendReminder", remind(OFFICES[0])).await;
    refused(&itself, "INVALID_RECORD", "itself");
    let neither = json!({"to": OFFICES[1], "dueOn": "2026-12-01"});
    let neither = does(&office, &head, "sendReminder", neither).await;
    refused(&neither, "INVALID_RECORD", "about nothing");
    let unknown =
        json!({"to": OFFICES[1], "dossiers": ["H38.40.01-261102-9999"], "dueOn": "2026-12-01"});
    let unknown = does(&office, &head, "sendReminder", unknown).await;
    refused(&unknown, "VALUE_MALFORMED", "no such dossier");
    done(&does(&office, &head, "sendReminder", remind(OFFICES[1])).await);
    let answer = || json!({"number": 1, "note": "Đã bổ sung người."});
    let own = does(&office, &head, "answerReminder", answer()).await;
    refused(&own, "WRONG_OFFICE", "the one who reminds");
    done(&does(&office, &agency, "answerReminder", answer()).await);
    let twice = does(&office, &agency, "answerReminder", answer()).await;
    refused(&twice, "ALREADY_RECORDED", "a second reply");
    let told = told(&office, "{ reminders { number to { code } answeredOn late } open: reminders(open: true) { number } }").await;
    assert_eq!(told["reminders"][0]["to"]["code"], OFFICES[1]);
    assert_eq!(told["reminders"][0]["late"], false);
    assert_eq!(told["open"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_of_reviews_is_measured_by_what_was_proposed() {
    let office = served().await;
    let control = person(Role::ProcedureController);
    let plan = json!({
        "year": 2026, "decision": "438/KH-UBND", "procedures": [PROCEDURE, "1.004873"], "timeCutPercent": 20,
    });
    done(&does(&office, &control, "planReview", plan).await);
    let unknown = json!({"year": 2026, "decision": "1/KH", "procedures": ["9.999999"]});
    let unknown = does(&office, &control, "planReview", unknown).await;
    refused(&unknown, "UNKNOWN_PROCEDURE", "no procedure");
    let proposal =
        json!({"procedure": PROCEDURE, "kind": "SIMPLIFY", "year": 2026, "level": "COMMUNE"});
    done(&does(&office, &control, "proposeProcedureReview", proposal).await);
    let told = told(
        &office,
        "{ reviewPlans(year: 2026) { planned proposed carriedOut open } }",
    )
    .await;
    let expected = json!([{"planned": 2, "proposed": 1, "carriedOut": 0, "open": ["1.004873"]}]);
    assert_eq!(told["reviewPlans"], expected);
}
