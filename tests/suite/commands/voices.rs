//! Who may speak for an applicant, and on what device a rating was given.

use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use motcua::domain::dossier::{DossierEvent, RatingDevice};
use motcua::domain::event::Event;
use motcua::projections::{history, tracking};
use motcua::vault::Opened;
use serde_json::{Value, json};

use super::ground::{Caller, Office, PROCEDURE, done, on, person, refused, served, with};
use super::story::{Told, filing};

/// A dossier that was refused after appraisal, with its receipt's key.
async fn ended(office: &Office) -> (Told<'_>, String) {
    let input = filing(PROCEDURE);
    let receiver = person(Role::Receiver);
    let payload = office
        .call_as(&receiver, "acceptDossierAtCounter", input)
        .await;
    done(&payload);
    let text = |key: &str| payload[key].as_str().expect("a text").to_owned();
    let told = Told {
        office,
        code: text("code"),
    };
    let forward = with(on(&told.code), &json!({"to": "handler-01"}));
    done(&office.call_as(&receiver, "forwardDossier", forward).await);
    let refusal = with(on(&told.code), &json!({"reason": "NOT_ELIGIBLE"}));
    done(
        &office
            .call_as(&person(Role::Signer), "refuseResolution", refusal)
            .await,
    );
    (told, text("capability"))
}

fn rating(code: &str, key: &Value) -> Value {
    let fields = json!({"score": 3, "scale": 3, "capability": key});
    with(on(code), &fields)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rating_from_where_an_officer_is_signed_in_is_the_offices() {
    let office = served().await;
    let officer = office.token(&person(Role::Receiver));
    let citizen = office.token(&person(Role::Applicant));
    let nobody = Caller::default();
    let by = |bearer: Option<&String>, session: Option<&String>| Caller {
        bearer: bearer.cloned(),
        session: session.cloned(),
    };
    for (caller, device, rater) in [
        (nobody, RatingDevice::Own, "holder-0"),
        (by(Some(&citizen), None), RatingDevice::Own, "citizen-1"),
        (by(Some(&officer), None), RatingDevice::Office, "holder-0"),
        (by(None, Some(&officer)), RatingDevice::Office, "holder-0"),
        // The applicant's own token, in a browser in which an officer is signed in.
        (
            by(Some(&citizen), Some(&officer)),
            RatingDevice::Office,
            "citizen-1",
        ),
    ] {
        let (told, key) = ended(&office).await;
        let input = rating(&told.code, &json!(key));
        done(&office.call(&caller, "rateService", input).await);
        let state = told.state().await;
        assert_eq!(
            state.rating.map(|rating| rating.device),
            Some(device),
            "{caller:?}"
        );
        let facts = office.history(&told.code).await;
        let newest = facts.last().expect("a fact");
        assert_eq!(newest["actor"], rater);
        assert_eq!(newest["role"], "APPLICANT");
        let again = rating(&told.code, &json!(key));
        let again = office.call(&Caller::default(), "rateService", again).await;
        refused(&again, "ALREADY_RATED", "a second rating");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_receipt_only_the_applicant_speaks() {
    let office = served().await;
    let (told, key) = ended(&office).await;
    let code = &told.code;
    let wrong = rating(code, &json!("AAAAAAAAAAAAAAAA"));
    let wrong = office.call(&Caller::default(), "rateService", wrong).await;
    refused(&wrong, "NOT_THE_APPLICANT", "another receipt");
    let stranger = Actor::new("citizen-9", NO_OFFICE, Role::Applicant);
    let none = office
        .call_as(&stranger, "rateService", rating(code, &Value::Null))
        .await;
    refused(&none, "NOT_THE_APPLICANT", "another applicant");
    let officer = rating(code, &Value::Null);
    let officer = office
        .call_as(&person(Role::Receiver), "rateService", officer)
        .await;
    refused(&officer, "WRONG_ROLE", "an officer without a receipt");
    let query = "mutation($input: RateServiceInput!) { rateService(input: $input) { position } }";
    let variables = json!({"input": rating(code, &Value::Null)});
    let body = office.post(&Caller::default(), query, variables).await;
    let failed = &body["errors"][0]["extensions"]["code"];
    assert_eq!(failed, "UNAUTHENTICATED", "{body}");

    let proxy = with(
        rating(code, &json!(key)),
        &json!({"onBehalfOf": "citizen-9"}),
    );
    let proxy = office.call(&Caller::default(), "rateService", proxy).await;
    refused(&proxy, "VALUE_MALFORMED", "a holder for somebody else");
    let much = with(rating(code, &json!(key)), &json!({"score": 4}));
    let much = office.call(&Caller::default(), "rateService", much).await;
    refused(&much, "RATING_OUT_OF_SCALE", "four of three");

    let lost = with(on(code), &json!({"reason": "LOST_BY_APPLICANT"}));
    let anew = office
        .call_as(&person(Role::Receiver), "reissueCapability", lost)
        .await;
    done(&anew);
    let old = rating(code, &json!(key));
    let old = office.call(&Caller::default(), "rateService", old).await;
    refused(&old, "NOT_THE_APPLICANT", "a receipt that is void");
    let new = rating(code, &anew["capability"]);
    done(&office.call(&Caller::default(), "rateService", new).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn feedback_waits_for_its_answer_and_its_text_is_in_no_fact() {
    let office = served().await;
    let (told, key) = ended(&office).await;
    let said = "Cán bộ Nguyễn Văn A hẹn rồi không làm.";
    let fields = json!({"capability": key, "kind": "REPORT", "text": said});
    let feedback = || with(on(&told.code), &fields);
    let public = Caller::default();
    done(&office.call(&public, "submitFeedback", feedback()).await);
    let again = office.call(&public, "submitFeedback", feedback()).await;
    refused(&again, "FEEDBACK_OPEN", "a second one");
    let empty = with(feedback(), &json!({"text": " "}));
    let empty = office.call(&public, "submitFeedback", empty).await;
    refused(&empty, "TEXT_EMPTY", "nothing said");
    let answer = |number: u32| {
        with(
            on(&told.code),
            &json!({"number": number, "text": "Xin lỗi."}),
        )
    };
    let manager = person(Role::CentreManager);
    let other = office.call_as(&manager, "answerFeedback", answer(2)).await;
    refused(&other, "FEEDBACK_NOT_OPEN", "another number");
    done(&office.call_as(&manager, "answerFeedback", answer(1)).await);

    let note = json!({
        "reason": "TYPING_ERROR", "applicant": {"fullName": "Công dân 000124"}, "note": "Gõ nhầm.",
    });
    let corrected = with(on(&told.code), &note);
    let receiver = person(Role::Receiver);
    done(
        &office
            .call_as(&receiver, "correctApplicantDetails", corrected)
            .await,
    );
    let kept = feedback_in_vault(&office, &told).await;
    assert_eq!(
        kept["text"], said,
        "a correction takes nothing away from others"
    );

    let size = office.api.journal.head().await.expect("a head").size;
    let entries = office
        .api
        .journal
        .read(0, u32::try_from(size).expect("a size"))
        .await;
    for entry in entries.expect("entries") {
        let body = String::from_utf8_lossy(&entry.body);
        assert!(
            !body.contains("Nguyễn Văn A") && !body.contains("Xin lỗi"),
            "{body}"
        );
    }
}

/// What the vault holds of a dossier's first feedback.
async fn feedback_in_vault(office: &Office, told: &Told<'_>) -> Value {
    let row = tracking::by_code(&office.api.models, &told.code).await;
    let id = row.expect("a row").expect("a dossier").id;
    let changes = history::changes(&office.api.journal, id)
        .await
        .expect("facts");
    let submitted =
        |event: &Event| matches!(event, Event::Dossier(DossierEvent::FeedbackSubmitted(_)));
    let mut facts = changes.into_iter().map(|change| change.fact);
    let fact = facts
        .find(|fact| submitted(&fact.event))
        .expect("a feedback");
    let part = fact.circumstances.parts[0].clone();
    let desk = office.api.desk.as_ref().expect("a desk");
    let opened = desk
        .vault
        .disclose(&[(id, fact.command, part)])
        .await
        .expect("the vault");
    match opened.into_iter().next() {
        Some(Opened::Present(opening)) => opening.value,
        Some(Opened::Erased | Opened::Unavailable(_)) | None => panic!("it is gone"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_helped_to_file_without_consent() {
    let office = served().await;
    let citizen = person(Role::Applicant);
    for consent in [Value::Null, json!(false)] {
        let helped = json!({"assistedBy": "receiver-01", "consent": consent});
        let input = with(filing(PROCEDURE), &helped);
        let payload = office.call_as(&citizen, "submitDossier", input).await;
        refused(&payload, "CONSENT_REQUIRED", "no consent");
        assert_eq!(payload["errors"][0]["field"], json!(["input", "consent"]));
    }
    let named = json!({"assistedBy": "Nguyễn Văn A", "consent": true});
    let input = with(filing(PROCEDURE), &named);
    let payload = office.call_as(&citizen, "submitDossier", input).await;
    refused(&payload, "VALUE_MALFORMED", "a name");
    let alone = office
        .call_as(&citizen, "submitDossier", filing(PROCEDURE))
        .await;
    done(&alone);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_where_a_code_belongs_is_refused_in_both_languages() {
    let office = served().await;
    let (told, _) = ended(&office).await;
    let name = "Nguyễn Văn A";
    let signature = |serial: &str, block: &str| {
        json!({"signature": {
            "certificateSerial": serial, "signedAt": "2026-11-02T01:00:00Z",
            "validation": "UNCHECKED", "signatureBlock": block,
        }})
    };
    let receipt = |form: &str, series: &str, number: &str| json!({"number": 1, "form": form, "series": series, "receiptNumber": number});
    let paid = json!({"number": 1, "amountVnd": 1, "method": "CASH", "reference": name});
    let told_of = json!({"system": name, "outcome": "FAILED", "attempt": 1});
    for (role, mutation, fields, place) in [
        (
            Role::Signer,
            "signResult",
            signature("xyz", "MIIB"),
            "certificateSerial",
        ),
        (
            Role::Signer,
            "signResult",
            signature("0a", "không"),
            "signatureBlock",
        ),
        (
            Role::Cashier,
            "issueFeeReceipt",
            receipt(name, "AA", "1"),
            "form",
        ),
        (
            Role::Cashier,
            "issueFeeReceipt",
            receipt("01BLP", name, "1"),
            "series",
        ),
        (
            Role::Cashier,
            "issueFeeReceipt",
            receipt("01BLP", "AA", name),
            "receiptNumber",
        ),
        (Role::Cashier, "confirmPayment", paid, "reference"),
        (Role::Admin, "recordSync", told_of, "system"),
        (
            Role::Clerk,
            "issueResult",
            json!({"number": name}),
            "number",
        ),
        (
            Role::Signer,
            "issueApology",
            json!({"newDueOn": "2026-12-01", "responsible": name}),
            "responsible",
        ),
        (
            Role::Handler,
            "requestOpinion",
            json!({"agency": name}),
            "agency",
        ),
        (
            Role::Handler,
            "handOver",
            json!({"to": name, "role": "SIGNER"}),
            "to",
        ),
        (
            Role::Handler,
            "handOver",
            json!({"to": "a-1", "role": "APPLICANT"}),
            "role",
        ),
        (
            Role::Receiver,
            "requestSupplement",
            json!({"items": [1], "approvedBy": name}),
            "approvedBy",
        ),
    ] {
        let input = with(on(&told.code), &fields);
        let payload = office.call_as(&person(role), mutation, input).await;
        let what = format!("{mutation} {place}");
        let errors = payload["errors"].as_array().expect("errors");
        assert_eq!(errors.len(), 1, "{payload}");
        let code = errors[0]["code"].as_str().expect("a code").to_owned();
        assert!(code.ends_with("MALFORMED"), "{payload}");
        refused(&payload, &code, &what);
        let last = errors[0]["field"].as_array().and_then(|path| path.last());
        assert_eq!(last, Some(&json!(place)), "{payload}");
    }
    let place = json!({"day": "2026-11-20", "place": "", "participants": "x".repeat(501)});
    let input = with(on(&told.code), &place);
    let name = "scheduleFieldVerification";
    let payload = office.call_as(&person(Role::Handler), name, input).await;
    assert_eq!(payload["errors"][0]["code"], "TEXT_EMPTY", "{payload}");
    assert_eq!(payload["errors"][1]["code"], "TEXT_TOO_LONG", "{payload}");
}
