//! The staff of an office: registered by its head, published, told to the applicant by name, and nowhere else.

use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use motcua::domain::fact::stream;
use motcua::journal::{Until, fact};
use motcua::vault::Opened;
use serde_json::{Value, json};

use crate::commands::ground::{
    Caller, OFFICES, Office, PROCEDURE, done, on, person, refused, served, with,
};
use crate::commands::story::filing;
use crate::office::id;

const NAME: &str = "Trần Cán Bộ Hư Cấu";
const RENAMED: &str = "Trần Cán Bộ Đổi Tên";
const PHONE: &str = "0000111222";

fn record(officer: &str, name: &str) -> Value {
    json!({ "commandId": id(), "office": OFFICES[0], "officer": officer, "fullName": name, "phone": PHONE,
        "title": "Công chức tư pháp – hộ tịch", "fields": ["Hộ tịch"], "from": "2026-01-05" })
}

async fn published(office: &Office, who: Option<&Actor>) -> Value {
    let query = "query($code: String!) { office(code: $code) { staff { fullName title fields phone secondmentOutOfTerm
        substitute actor } } }";
    let caller = who.map(|who| office.signed_in(who)).unwrap_or_default();
    let mut body = office
        .post(&caller, query, json!({ "code": OFFICES[0] }))
        .await;
    assert_eq!(body.get("errors"), None, "{body}");
    body["data"]["office"]["staff"].take()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_is_published_with_name_and_title_and_known_by_a_pseudonym_to_staff_alone() {
    let office = served().await;
    let head = person(Role::CentreManager);
    assert_eq!(published(&office, None).await, json!([]));
    done(
        &office
            .call_as(&head, "registerOfficer", record("receiver-01", NAME))
            .await,
    );
    let lent = json!({ "secondment": { "by": OFFICES[1], "until": "2026-03-01" }, "substitute": "receiver-01" });
    let lent = with(record("handler-01", "Lê Người Được Biệt Phái"), &lent);
    done(&office.call_as(&head, "registerOfficer", lent).await);
    let staff = published(&office, None).await;
    let expected = json!([
        { "fullName": "Lê Người Được Biệt Phái", "title": "Công chức tư pháp – hộ tịch", "fields": ["Hộ tịch"],
          "phone": PHONE, "secondmentOutOfTerm": true, "substitute": NAME, "actor": null },
        { "fullName": NAME, "title": "Công chức tư pháp – hộ tịch", "fields": ["Hộ tịch"],
          "phone": PHONE, "secondmentOutOfTerm": false, "substitute": null, "actor": null },
    ]);
    assert_eq!(staff, expected);
    let seen = published(&office, Some(&person(Role::Receiver))).await;
    assert_eq!(
        (&seen[0]["actor"], &seen[1]["actor"]),
        (&json!("handler-01"), &json!("receiver-01"))
    );
    for role in [Role::Applicant, Role::PaymentGateway, Role::PostalAgent] {
        let seen = published(&office, Some(&person(role))).await;
        assert_eq!(seen[0]["actor"], Value::Null, "{role:?}");
    }

    // The facts hold commitments: no name, no number.
    let entries = office
        .api
        .journal
        .read_stream(stream::staff(OFFICES[0]), 0, Until::End)
        .await;
    for entry in entries.expect("facts") {
        let body = String::from_utf8_lossy(&entry.body).into_owned();
        for planted in ["Hư Cấu", "Biệt Phái", PHONE] {
            assert!(!body.contains(planted), "{body}");
        }
    }

    let renamed = with(
        record("receiver-01", RENAMED),
        &json!({ "title": "Trưởng bộ phận" }),
    );
    done(&office.call_as(&head, "changeOfficer", renamed).await);
    let staff = published(&office, None).await;
    assert_eq!(
        (&staff[1]["fullName"], &staff[1]["title"]),
        (&json!(RENAMED), &json!("Trưởng bộ phận"))
    );
    let entries = office
        .api
        .journal
        .read_stream(stream::staff(OFFICES[0]), 0, Until::End)
        .await;
    let first = fact::decode(&entries.expect("facts")[0].body).expect("a fact");
    let part = first.circumstances.parts[0].clone();
    let vault = office.api.vault().expect("a vault");
    let old = vault
        .open(&[(first.stream, first.command, part)])
        .await
        .expect("read");
    assert_eq!(old, [Opened::Erased], "the earlier name is destroyed");
    // A change that says nothing of the name leaves it.
    let mut retitled = record("receiver-01", RENAMED);
    for field in ["fullName", "phone"] {
        retitled.as_object_mut().expect("fields").remove(field);
    }
    let rung = with(retitled.clone(), &json!({ "phone": "0000111333" }));
    let alone = office.call_as(&head, "changeOfficer", rung).await;
    refused(&alone, "VALUE_MALFORMED", "a telephone without the name");
    done(&office.call_as(&head, "changeOfficer", retitled).await);
    assert_eq!(published(&office, None).await[1]["fullName"], RENAMED);

    let gone = json!({ "commandId": id(), "office": OFFICES[0], "officer": "handler-01", "on": "2026-10-01" });
    done(&office.call_as(&head, "endOfficer", gone).await);
    let staff = published(&office, None).await;
    assert_eq!(
        staff.as_array().map(Vec::len),
        Some(1),
        "who has left is not on the list"
    );
    let colleague = person(Role::Receiver);
    let auditor = Actor::new("auditor-01", NO_OFFICE, Role::Auditor);
    let stranger = Actor::new("receiver-02", OFFICES[1], Role::Receiver);
    for (who, knows) in [
        (None, false),
        (Some(&stranger), false),
        (Some(&colleague), true),
        (Some(&auditor), true),
    ] {
        let gone = &everybody(&office, who).await[0];
        assert_eq!(gone["atWork"], false);
        let name = if knows {
            json!("Lê Người Được Biệt Phái")
        } else {
            Value::Null
        };
        assert_eq!(gone["fullName"], name, "{who:?}");
        assert_eq!(gone["phone"].is_null(), !knows, "{who:?}");
    }
    let head_left = json!({ "commandId": id(), "office": OFFICES[0], "officer": "receiver-01", "on": "2026-10-01" });
    done(&office.call_as(&head, "endOfficer", head_left).await);
    let seen = everybody(&office, Some(&auditor)).await;
    assert_eq!(seen[0]["substitute"], Value::Null, "stands in no more");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_works_at_an_office_that_has_ended() {
    let office = served().await;
    let head = Actor::new("manager-02", OFFICES[1], Role::CentreManager);
    let there = with(
        record("receiver-07", NAME),
        &json!({ "office": OFFICES[1] }),
    );
    done(&office.call_as(&head, "registerOfficer", there).await);
    let decision = json!({ "commandId": id(), "decision": "13/QĐ-UBND", "decidedOn": "2026-11-01",
        "effectiveFrom": "2026-11-02", "closes": [OFFICES[1]], "routes": [{ "from": OFFICES[1], "to": OFFICES[0] }],
        "legalBasis": "Law 72/2025/QH15", "certainty": "ILLUSTRATIVE" });
    let admin = person(Role::Admin);
    done(&office.call_as(&admin, "reorganiseOffices", decision).await);
    let query = "query($code: String!, $all: Boolean!) { office(code: $code) { staff(all: $all) { fullName phone atWork } } }";
    let nobody = json!({ "fullName": null, "phone": null, "atWork": false });
    for (all, staff) in [(false, json!([])), (true, json!([nobody]))] {
        let variables = json!({ "code": OFFICES[1], "all": all });
        let body = office.post(&Caller::default(), query, variables).await;
        assert_eq!(body["data"]["office"]["staff"], staff, "{body}");
    }
}

async fn everybody(office: &Office, who: Option<&Actor>) -> Value {
    let query = "query($code: String!) { office(code: $code) { staff(all: true) { fullName phone atWork substitute } } }";
    let caller = who.map(|who| office.signed_in(who)).unwrap_or_default();
    let variables = json!({ "code": OFFICES[0] });
    let mut body = office.post(&caller, query, variables).await;
    assert_eq!(body.get("errors"), None, "{body}");
    body["data"]["office"]["staff"].take()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_applicant_reads_who_acted_by_name_and_the_public_does_not() {
    let office = served().await;
    let head = person(Role::CentreManager);
    done(
        &office
            .call_as(&head, "registerOfficer", record("receiver-01", NAME))
            .await,
    );
    let receiver = person(Role::Receiver);
    let entered = office
        .call_as(&receiver, "acceptDossierAtCounter", filing(PROCEDURE))
        .await;
    let text = |key: &str| entered[key].as_str().expect("a text").to_owned();
    let (code, key) = (text("code"), text("capability"));
    let forward = with(on(&code), &json!({ "to": "handler-01" }));
    done(&office.call_as(&receiver, "forwardDossier", forward).await);
    let handler = person(Role::Handler);
    let taken = with(on(&code), &json!({ "complete": true }));
    done(&office.call_as(&handler, "receiveHandOver", taken).await);

    let query = "query($code: String!, $key: String) { tracking(code: $code, capability: $key) {
        officers { part { en } role fullName title } } }";
    let shown = async |key: Option<&str>| {
        let body = office
            .post(
                &Caller::default(),
                query,
                json!({ "code": code, "key": key }),
            )
            .await;
        assert_eq!(body.get("errors"), None, "{body}");
        body["data"]["tracking"]["officers"].clone()
    };
    let expected = json!([
        { "part": { "en": "Accepted it" }, "role": "RECEIVER", "fullName": NAME, "title": "Công chức tư pháp – hộ tịch" },
        { "part": { "en": "Took it over" }, "role": "HANDLER", "fullName": null, "title": null },
    ]);
    assert_eq!(shown(Some(&key)).await, expected);
    assert_eq!(shown(None).await, Value::Null);
    let by = "query($by: DossierBy!) { dossier(by: $by) { officers { fullName } } }";
    let auditor = Actor::new("auditor-01", NO_OFFICE, Role::Auditor);
    let body = office
        .post(
            &office.signed_in(&auditor),
            by,
            json!({ "by": { "code": code } }),
        )
        .await;
    assert_eq!(body["data"]["dossier"]["officers"][0]["fullName"], NAME);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_on_the_register_is_refused() {
    let office = served().await;
    let head = person(Role::CentreManager);
    let register = async |who: &Actor, more: Value| {
        let input = with(record("receiver-01", NAME), &more);
        office.call_as(who, "registerOfficer", input).await
    };
    let elsewhere = Actor::new("manager-02", OFFICES[1], Role::CentreManager);
    let admin = Actor::new("admin-01", NO_OFFICE, Role::Admin);
    for (who, more, code) in [
        (&person(Role::Receiver), json!({}), "WRONG_ROLE"),
        (&elsewhere, json!({}), "WRONG_OFFICE"),
        (&admin, json!({ "office": "H99.99" }), "UNKNOWN_OFFICE"),
        (
            &head,
            json!({ "substitute": "receiver-01" }),
            "INVALID_RECORD",
        ),
        (
            &head,
            json!({ "substitute": "receiver-77" }),
            "INVALID_RECORD",
        ),
        (
            &head,
            json!({ "fullName": null, "phone": null }),
            "INVALID_RECORD",
        ),
        (
            &head,
            json!({ "secondment": { "by": OFFICES[0], "until": "2027-01-01" } }),
            "INVALID_RECORD",
        ),
        (
            &head,
            json!({ "secondment": { "by": OFFICES[1], "until": "2025-01-01" } }),
            "INVALID_RECORD",
        ),
        (&head, json!({ "title": "" }), "TEXT_EMPTY"),
        (&head, json!({ "title": "a".repeat(201) }), "TEXT_TOO_LONG"),
        (&head, json!({ "officer": "Trần Văn A" }), "VALUE_MALFORMED"),
        (&head, json!({ "phone": "gọi tôi" }), "VALUE_MALFORMED"),
    ] {
        refused(&register(who, more.clone()).await, code, &more.to_string());
    }
    done(&register(&head, json!({})).await);
    refused(
        &register(&head, json!({})).await,
        "DUPLICATE_RECORD",
        "registered",
    );
    let mut same = record("receiver-01", NAME);
    for field in ["fullName", "phone"] {
        same.as_object_mut().expect("fields").remove(field);
    }
    refused(
        &office.call_as(&head, "changeOfficer", same).await,
        "DUPLICATE_RECORD",
        "as they are",
    );
    let unknown = record("receiver-55", NAME);
    refused(
        &office.call_as(&head, "changeOfficer", unknown).await,
        "INVALID_RECORD",
        "nobody",
    );
    let early = json!({ "commandId": id(), "office": OFFICES[0], "officer": "receiver-01", "on": "2025-01-01" });
    refused(
        &office.call_as(&head, "endOfficer", early).await,
        "INVALID_RECORD",
        "before they came",
    );
}
