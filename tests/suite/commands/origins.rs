//! Where the digital form of a paper comes from: who digitised and signed it, or which earlier paper or result it is.

use motcua::domain::actor::{Actor, Role};
use serde_json::{Value, json};

use super::ground::{OFFICES, Office, PROCEDURE, done, on, person, refused, served, with};
use super::story::entered;

const SIGNATURE: &str = "54A0B1";

async fn components(office: &Office, who: Option<&Actor>, code: &str) -> Value {
    let fields = "components { item digitisation digitisedBy digitallySigned reusedFrom { item resultNumber } }";
    let query = format!("{{ dossier(by: {{code: \"{code}\"}}) {{ {fields} }} }}");
    let caller = who.map(|who| office.signed_in(who)).unwrap_or_default();
    let mut body = office.post(&caller, &query, json!({})).await;
    body["data"]["dossier"]["components"].take()
}

async fn receive(office: &Office, code: &str, more: Value) -> Value {
    let paper = json!({ "item": 1, "form": "COPY", "digitisation": "HERE" });
    let input = with(with(on(code), &paper), &more);
    let receiver = person(Role::Receiver);
    office.call_as(&receiver, "receiveComponent", input).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_digitised_and_signed_a_paper_is_told_to_those_who_learn_who_acted() {
    let office = served().await;
    let dossier = entered(
        &office,
        "lodgeDossier",
        PROCEDURE,
        json!({"channel": "COUNTER"}),
    )
    .await;
    let signature = |at: &str| json!({ "signature": { "certificateSerial": SIGNATURE, "signedAt": at, "validation": "VALID" } });
    let future = receive(&office, &dossier.code, signature("2100-01-01T00:00:00Z")).await;
    refused(&future, "FUTURE_CLAIM", "a signature to come");
    let signed = signature("2026-11-02T00:30:00Z");
    done(&receive(&office, &dossier.code, signed.clone()).await);
    let told = components(&office, Some(&person(Role::Receiver)), &dossier.code).await;
    assert_eq!(
        told,
        json!([{ "item": 1, "digitisation": "HERE", "digitisedBy": "receiver-01", "digitallySigned": true,
            "reusedFrom": null }])
    );
    let elsewhere = with(signed, &json!({ "digitisation": "NONE" }));
    let elsewhere = receive(&office, &dossier.code, elsewhere).await;
    refused(&elsewhere, "VALUE_MALFORMED", "nothing was digitised");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_is_reused_from_a_dossier_that_the_officer_may_open() {
    let office = served().await;
    let fields = json!({"channel": "COUNTER"});
    let earlier = entered(&office, "lodgeDossier", PROCEDURE, fields.clone()).await;
    let dossier = entered(&office, "lodgeDossier", PROCEDURE, fields).await;
    let from = |digitisation: &str, from: Value| json!({ "digitisation": digitisation, "reusedFrom": from });
    let paper = json!({ "dossier": earlier.code, "item": 1 });
    done(&receive(&office, &dossier.code, from("FROM_DOSSIER", paper.clone())).await);
    let told = components(&office, Some(&person(Role::Receiver)), &dossier.code).await;
    assert_eq!(
        told[0]["reusedFrom"],
        json!({ "item": 1, "resultNumber": null })
    );
    let result = json!({ "dossier": earlier.code, "resultNumber": "12/GP-UBND" });
    done(&receive(&office, &dossier.code, from("FROM_RESULT", result)).await);
    for (digitisation, given) in [
        ("HERE", paper.clone()),
        ("FROM_RESULT", paper.clone()),
        ("FROM_DOSSIER", json!({ "dossier": earlier.code })),
    ] {
        let wrong = receive(&office, &dossier.code, from(digitisation, given)).await;
        refused(&wrong, "VALUE_MALFORMED", digitisation);
    }
    let itself = json!({ "dossier": dossier.code, "item": 1 });
    let itself = receive(&office, &dossier.code, from("FROM_DOSSIER", itself)).await;
    refused(&itself, "LINK_INVALID", "itself");
    let nowhere = json!({ "dossier": "H38.40.01-990101-9999", "item": 1 });
    let nowhere = receive(&office, &dossier.code, from("FROM_DOSSIER", nowhere)).await;
    refused(&nowhere, "UNKNOWN_DOSSIER", "there is none");
    // Another office's dossier is not told from one that there is not.
    let stranger = Actor::new("receiver-02", OFFICES[1], Role::Receiver);
    let filing = with(
        super::story::filing(PROCEDURE),
        &json!({ "office": OFFICES[1], "channel": "COUNTER" }),
    );
    let foreign = office.call_as(&stranger, "lodgeDossier", filing).await;
    done(&foreign);
    let foreign = json!({ "dossier": foreign["code"], "item": 1 });
    let foreign = receive(&office, &dossier.code, from("FROM_DOSSIER", foreign)).await;
    refused(&foreign, "UNKNOWN_DOSSIER", "not theirs");
}
