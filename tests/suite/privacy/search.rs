//! Officers find a person's dossiers by number, telephone or name; only those who may see the name, and never without a trace.

use std::time::Duration;

use motcua::api::sign_in::COOKIE;
use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use serde_json::{Value, json};

use super::planted::opened;
use super::{order, settle};
use crate::client::client;
use crate::commands::ground::{Caller, OFFICES, Office, PROCEDURE, done, on, person, served, with};
use crate::office::id;

/// Names, numbers and telephones of three people; the last two bear one name.
const PEOPLE: [(&str, &str, &str); 3] = [
    ("Nguyễn Văn Ánh", "001203000001", "0912 000 001"),
    ("Trần Thị Đào", "001203000002", "0912 000 002"),
    ("Đào Trần Thị", "001203000003", "0912 000 002"),
];

async fn filed(office: &Office) -> Vec<(String, String)> {
    let mut codes = Vec::new();
    for (name, number, phone) in PEOPLE {
        let applicant = json!({ "fullName": name, "citizenNumber": number, "phone": phone });
        let filing = json!({ "commandId": id(), "office": OFFICES[0], "procedure": PROCEDURE, "applicant": applicant });
        let filed = office
            .call_as(&person(Role::Receiver), "acceptDossierAtCounter", filing)
            .await;
        done(&filed);
        let text = |key: &str| filed[key].as_str().expect("a text").to_owned();
        codes.push((text("code"), text("capability")));
    }
    codes
}

async fn asked(office: &Office, who: &Caller, by: Value, filter: Value) -> Value {
    let query =
        "query($by: PersonBy!, $filter: DossierFilter) { findDossiers(by: $by, filter: $filter) {
        hasMore dossiers { code applicant { fullName masked } } } }";
    office
        .post(who, query, json!({ "by": by, "filter": filter }))
        .await
}

/// The codes that an officer finds.
async fn found(office: &Office, who: &Actor, by: Value) -> Vec<String> {
    let body = asked(office, &office.signed_in(who), by, Value::Null).await;
    let found = body["data"]["findDossiers"]["dossiers"].as_array();
    let codes = found.unwrap_or_else(|| panic!("{body}")).iter();
    codes
        .map(|one| one["code"].as_str().expect("a code").to_owned())
        .collect()
}

async fn failed(office: &Office, who: &Caller, by: Value) -> String {
    let body = asked(office, who, by, Value::Null).await;
    let code = body.pointer("/errors/0/extensions/code");
    code.and_then(Value::as_str).unwrap_or("NONE").to_owned()
}

/// Facts of looks, newest first: purpose, how many dossiers, by whom.
async fn looks(office: &Office, code: &str, key: &str) -> Vec<Value> {
    // They are on record before anything is told, and shown a little later.
    let size = office.api.journal.head().await.expect("a head").size;
    let shown = office.api.models.reach(size - 1, Duration::from_secs(10));
    assert!(shown.await, "the read models follow");
    let query = "query($code: String!, $key: String) { tracking(code: $code, capability: $key) {
        looks { edges { node { position purpose role } } } } }";
    let body = office
        .post(
            &Caller::default(),
            query,
            json!({ "code": code, "key": key }),
        )
        .await;
    let edges = body["data"]["tracking"]["looks"]["edges"]
        .as_array()
        .cloned();
    edges.unwrap_or_else(|| panic!("{body}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_found_by_number_telephone_and_any_part_of_the_name() {
    let office = served().await;
    let codes = filed(&office).await;
    let code = |place: usize| codes[place].0.clone();
    let receiver = person(Role::Receiver);
    for (by, places) in [
        (json!({ "citizenNumber": "001203000001" }), &[0][..]),
        (json!({ "citizenNumber": "001203 000 002" }), &[1]),
        (json!({ "citizenNumber": "001203000009" }), &[]),
        (json!({ "phone": "+84912000002" }), &[2, 1]),
        (json!({ "phone": "0912.000.001" }), &[0]),
        (json!({ "name": "van anh" }), &[0]),
        (json!({ "name": "ĐÀO" }), &[2, 1]),
        (json!({ "name": "tran  thi d" }), &[2, 1]),
        (json!({ "name": "dao thi" }), &[2, 1]),
        (json!({ "name": "thi thi" }), &[]),
        (json!({ "name": "hi" }), &[]),
        (json!({ "name": "%" }), &[]),
    ] {
        if by == json!({ "name": "%" }) {
            assert_eq!(
                failed(&office, &office.signed_in(&receiver), by).await,
                "BAD_USER_INPUT"
            );
            continue;
        }
        let wanted: Vec<String> = places.iter().map(|place| code(*place)).collect();
        assert_eq!(found(&office, &receiver, by.clone()).await, wanted, "{by}");
    }
    let narrowed = json!({ "codePrefix": code(1) });
    let who = office.signed_in(&receiver);
    let body = asked(&office, &who, json!({ "name": "thi" }), narrowed).await;
    let one =
        json!([{ "code": code(1), "applicant": { "fullName": PEOPLE[1].0, "masked": true } }]);
    assert_eq!(body["data"]["findDossiers"]["dossiers"], one, "{body}");

    for by in [
        json!({ "citizenNumber": "0012" }),
        json!({ "name": " n " }),
        json!({ "name": "" }),
        json!({ "name": "%%" }),
        json!({ "citizenNumber": "00120300000a" }),
        json!({ "citizenNumber": "0912000002" }),
        json!({ "phone": "09120000011234567" }),
    ] {
        assert_eq!(
            failed(&office, &who, by.clone()).await,
            "BAD_USER_INPUT",
            "{by}"
        );
    }

    // What was corrected and what was erased is found no more.
    let corrected = json!({ "applicant": { "fullName": "Lê Thị Mới", "citizenNumber": "001203000077" }, "reason": "OTHER" });
    let corrected = with(on(&code(0)), &corrected);
    done(
        &office
            .call_as(&receiver, "correctApplicantDetails", corrected)
            .await,
    );
    assert_eq!(
        found(&office, &receiver, json!({ "name": "van anh" })).await,
        [""; 0]
    );
    assert_eq!(
        found(
            &office,
            &receiver,
            json!({ "citizenNumber": "001203000001" })
        )
        .await,
        [""; 0]
    );
    assert_eq!(
        found(
            &office,
            &receiver,
            json!({ "citizenNumber": "001203000077" })
        )
        .await,
        [code(0)]
    );
    settle(&office, &code(1)).await;
    let head = person(Role::CentreManager);
    done(
        &office
            .call_as(
                &head,
                "erasePersonalData",
                order(&code(1), &["IDENTITY", "CONTACT"]),
            )
            .await,
    );
    assert_eq!(
        found(&office, &receiver, json!({ "phone": "0912000002" })).await,
        [code(2)]
    );
    assert_eq!(
        found(&office, &receiver, json!({ "name": "dao" })).await,
        [code(2)]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_whoever_sees_the_name_finds_it_and_every_search_is_on_record() {
    let office = served().await;
    let codes = filed(&office).await;
    let name = || json!({ "name": "nguyen van" });
    for role in [
        Role::Applicant,
        Role::Clerk,
        Role::Cashier,
        Role::CentreManager,
        Role::PostalAgent,
        Role::ProcedureController,
        Role::VerticalAgency,
        Role::Admin,
    ] {
        let who = office.signed_in(&person(role));
        assert_eq!(failed(&office, &who, name()).await, "FORBIDDEN", "{role:?}");
    }
    assert_eq!(
        failed(&office, &Caller::default(), name()).await,
        "UNAUTHENTICATED"
    );
    let elsewhere = Actor::new("receiver-02", OFFICES[1], Role::Receiver);
    assert_eq!(found(&office, &elsewhere, name()).await, [""; 0]);
    let theirs = json!({ "offices": [OFFICES[0]] });
    let body = asked(&office, &office.signed_in(&elsewhere), name(), theirs).await;
    assert_eq!(
        body["errors"][0]["extensions"]["code"], "FORBIDDEN",
        "{body}"
    );

    // A handler finds what is on the own desk.
    let handler = person(Role::Handler);
    assert_eq!(found(&office, &handler, name()).await, [""; 0]);
    let (code, key) = &codes[0];
    let forwarded = with(on(code), &json!({ "to": "handler-01" }));
    done(
        &office
            .call_as(&person(Role::Receiver), "forwardDossier", forwarded)
            .await,
    );
    assert_eq!(found(&office, &handler, name()).await, [code.as_str()]);

    let before = looks(&office, code, key).await.len();
    let auditor = Actor::new("auditor-01", NO_OFFICE, Role::Auditor);
    assert_eq!(found(&office, &auditor, name()).await, [code.as_str()]);
    let after = looks(&office, code, key).await;
    assert_eq!(
        after.len(),
        before + 1,
        "one for the search and what it shows: {after:?}"
    );
    assert_eq!(after[0]["node"]["purpose"], "SEARCH");
    assert_eq!(after[0]["node"]["role"], "AUDITOR");
    assert_eq!(
        looks(&office, &codes[1].0, &codes[1].1).await.len(),
        0,
        "names that are opened and not told are nobody's business"
    );

    // Nor does a page of nothing tell of anybody: that there is one more is on record with it.
    for first in [0, 51] {
        let query =
            format!("{{ findDossiers(by: {{ name: \"thi\" }}, first: {first}) {{ hasMore }} }}");
        let body = office
            .post(&office.signed_in(&auditor), &query, Value::Null)
            .await;
        assert_eq!(
            body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT",
            "{body}"
        );
    }
    let query = "{ findDossiers(by: { name: \"thi\" }, first: 1) { hasMore incomplete dossiers { code } } }";
    let body = office
        .post(&office.signed_in(&auditor), query, Value::Null)
        .await;
    let one = json!({ "hasMore": true, "incomplete": false, "dossiers": [{ "code": codes[2].0 }] });
    assert_eq!(body["data"]["findDossiers"], one, "{body}");
    for place in [1, 2] {
        let told = looks(&office, &codes[place].0, &codes[place].1).await;
        assert_eq!(told.len(), 1, "{told:?}");
    }

    // Finding nobody is on record as well; and what cannot be recorded is not told.
    let size = office.api.journal.head().await.expect("a head").size;
    assert_eq!(
        found(&office, &auditor, json!({ "name": "nobody here" })).await,
        [""; 0]
    );
    assert_eq!(
        office.api.journal.head().await.expect("a head").size,
        size + 1
    );
    office
        .api
        .counter()
        .expect("a counter")
        .halt("LOG_SET_BACK");
    assert_eq!(
        failed(&office, &office.signed_in(&auditor), name()).await,
        "UNAVAILABLE"
    );
}

/// As a browser sends the form.
fn form(to: &str, who: &str, period: &str) -> reqwest::RequestBuilder {
    let who = who.replace('+', "%2B").replace(' ', "+");
    let request = client().post(format!("{to}/desk/people"));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    request.body(format!("who={who}&period={period}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_finds_people_by_what_is_sent_in_its_body() {
    let office = served().await;
    let codes = filed(&office).await;
    let url = opened(&office, office.api.clone()).await;
    let ask = async |role: Role, who: &str, period: &str| {
        let cookie = format!("{COOKIE}={}", office.token(&person(role)));
        let sent = form(&url, who, period).header("cookie", cookie);
        let answer = sent.send().await.expect("an answer");
        (
            answer.status().as_u16(),
            answer.text().await.expect("a page"),
        )
    };
    for (who, name, place) in [
        ("van anh", 0, 0),
        ("001203000002", 1, 1),
        ("+84 912 000 001", 0, 0),
    ] {
        let (status, page) = ask(Role::Receiver, who, "3").await;
        assert_eq!(status, 200, "{page}");
        assert!(
            page.contains(PEOPLE[name].0) && page.contains(&codes[place].0),
            "{who}: {page}"
        );
        assert!(
            !page.contains(PEOPLE[place].1) || who == PEOPLE[place].1,
            "numbers are masked: {page}"
        );
    }
    let told = looks(&office, &codes[0].0, &codes[0].1).await;
    assert_eq!(
        told.len(),
        2,
        "once for each search that showed the person: {told:?}"
    );
    let (status, page) = ask(Role::Receiver, "nobody here", "all").await;
    assert!(status == 200 && page.contains("Không tìm thấy"), "{page}");
    let (status, page) = ask(Role::Receiver, "n", "all").await;
    assert!(status == 422 && page.contains("hai chữ cái"), "{page}");
    let (status, page) = ask(Role::Clerk, "van anh", "all").await;
    assert!(status == 403 && !page.contains(PEOPLE[0].0), "{page}");
    let nobody = form(&url, "van anh", "3").send().await;
    assert_eq!(nobody.expect("an answer").status().as_u16(), 401);
    // An address never holds a name.
    let cookie = format!("{COOKIE}={}", office.token(&person(Role::Receiver)));
    let asked = client()
        .get(format!("{url}/desk/people?who=van+anh"))
        .header("cookie", cookie);
    let page = asked
        .send()
        .await
        .expect("an answer")
        .text()
        .await
        .expect("a page");
    assert!(
        !page.contains(PEOPLE[0].0) && page.contains("method=\"post\""),
        "{page}"
    );
}
