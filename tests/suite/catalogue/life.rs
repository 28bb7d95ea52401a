//! Published, amended, rehearsed, abolished; and who may do it.

use motcua::domain::actor::Role;
use motcua::domain::reference::JournalKind;
use serde_json::{Value, json};

use super::ground::{Served, served};
use super::{decision, process, record};

const TRIAL: &str = "1.999001";

async fn published(served: &Served) -> Value {
    let input = json!({ "procedure": record(TRIAL, 1) });
    served
        .done(Role::ProcedureController, "publishProcedure", input)
        .await
}

/// The limit a dossier was accepted with.
async fn pinned(served: &Served) -> Value {
    let accepted = served.newest("dossier.accepted").await;
    json!([
        accepted["procedure_version"],
        accepted["limit"]["value"],
        accepted["process"]
    ])
}

#[tokio::test]
async fn a_whole_record_reads_back_as_it_was_published() {
    let served = served(JournalKind::Live).await;
    published(&served).await;
    let query = "query($code: String!) { procedure(code: $code) {
        version sequenceVi { value certainty } numberOfSets { value certainty } applicantKinds { value }
        channels { channel limit { unit value } fee { vnd } } cases { name { en } items }
        components { item form mustDigitise { decision certainty } reusableFrom { sourceVi } }
        agencies { role nameVi } legalBasis { instrumentVi article } conditionsVi { value }
        results { nameVi paper electronic } publication { number } historicalLevel { value }
        linkage { kind procedures } vertical { agencyVi decision } delegation { from to }
        nonTerritorial { value } receivedAt { value } needsProcess { value } abolition { from }
        internalProcess { reference } publicationCheck { contentFull missing decidedInTime publishedInTime } } }";
    let told = served.ask(None, query, json!({ "code": TRIAL })).await;
    let sure = "ILLUSTRATIVE";
    assert_eq!(
        told["procedure"],
        json!({
            "version": 1,
            "sequenceVi": { "value": ["Nộp", "Nhận"], "certainty": sure },
            "numberOfSets": { "value": 2, "certainty": sure },
            "applicantKinds": { "value": ["CITIZEN", "FOREIGNER"] },
            "channels": [
                { "channel": "COUNTER", "limit": null, "fee": null },
                { "channel": "ONLINE", "limit": { "unit": "WORKING_DAYS", "value": 3 }, "fee": { "vnd": 10000 } },
            ],
            "cases": [{ "name": { "en": "The usual case" }, "items": [1] }],
            "components": [
                { "item": 1, "form": "Mẫu 01", "mustDigitise": { "decision": "5/QĐ-UBND", "certainty": "UNCERTAIN" }, "reusableFrom": null },
                { "item": 2, "form": null, "mustDigitise": null, "reusableFrom": { "sourceVi": "Kho dữ liệu" } },
            ],
            "agencies": [{ "role": "RESPONSIBLE", "nameVi": "Ủy ban nhân dân cấp xã" }],
            "legalBasis": [{ "instrumentVi": "Nghị định thử", "article": "điều 1" }],
            "conditionsVi": { "value": "Đủ điều kiện" },
            "results": [{ "nameVi": "Giấy xác nhận", "paper": true, "electronic": true }],
            "publication": null,
            "historicalLevel": { "value": 3 },
            "linkage": { "kind": "SAME_LEVEL", "procedures": ["1.001193"] },
            "vertical": { "agencyVi": "Công an", "decision": "1291/QĐ-TTg" },
            "delegation": { "from": "PROVINCE", "to": "COMMUNE" },
            "nonTerritorial": { "value": "NATIONWIDE" },
            "receivedAt": { "value": ["PROVINCE", "COMMUNE"] },
            "needsProcess": { "value": true },
            "abolition": null,
            "internalProcess": null,
            "publicationCheck": { "contentFull": true, "missing": [], "decidedInTime": null, "publishedInTime": null },
        })
    );
}

#[tokio::test]
async fn an_amendment_needs_its_decision_and_a_dossier_keeps_the_version_it_pinned() {
    let served = served(JournalKind::Live).await;
    published(&served).await;
    served.accepted(TRIAL).await;
    assert_eq!(pinned(&served).await, json!([1, 5, null]));
    let mut second = record(TRIAL, 2);
    second["limit"]["value"] = json!(4);
    second["channels"] = json!([{ "channel": "COUNTER", "certainty": "STATED", "limit": { "unit": "WORKING_DAYS", "value": 2 } }]);
    let input = json!({ "procedure": second });
    let admin = Role::ProcedureController;
    assert_eq!(
        served.denied(admin, "publishProcedure", input).await,
        "INVALID_RECORD"
    );
    second["publication"] = decision("2026-11-02", "2026-11-09");
    let input = json!({ "procedure": second });
    served.done(admin, "publishProcedure", input.clone()).await;
    assert_eq!(
        served.denied(admin, "publishProcedure", input).await,
        "DUPLICATE_RECORD"
    );
    assert_eq!(
        pinned(&served).await,
        json!([1, 5, null]),
        "what was promised stays"
    );
    served.accepted(TRIAL).await;
    assert_eq!(
        pinned(&served).await,
        json!([2, 2, null]),
        "the channel's own limit"
    );
    let query = "query($code: String!) { procedure(code: $code) {
        publication { number date effective } publicationCheck { decidedInTime } } }";
    let told = served.ask(None, query, json!({ "code": TRIAL })).await;
    assert_eq!(
        told["procedure"],
        json!({
            "publication": { "number": "12/QĐ-UBND", "date": "2026-11-02", "effective": "2026-11-09" },
            "publicationCheck": { "decidedInTime": true },
        })
    );
}

#[tokio::test]
async fn an_abolished_procedure_takes_no_new_dossier_and_lets_go_of_none() {
    let served = served(JournalKind::Live).await;
    published(&served).await;
    let code = served.accepted(TRIAL).await;
    let controller = Role::ProcedureController;
    let input = json!({ "procedure": TRIAL, "decision": "9/QĐ-UBND", "decidedOn": "2020-12-01", "from": "2021-01-01" });
    served
        .done(controller, "abolishProcedure", input.clone())
        .await;
    assert_eq!(
        served.denied(controller, "abolishProcedure", input).await,
        "DUPLICATE_RECORD"
    );
    let unknown = json!({ "procedure": "1.999002", "decision": "9/QĐ-UBND", "from": "2021-01-01" });
    assert_eq!(
        served.denied(controller, "abolishProcedure", unknown).await,
        "UNKNOWN_PROCEDURE"
    );
    let filing = json!({
        "procedure": TRIAL, "office": crate::office::OFFICE, "applicant": { "fullName": "Công dân 000124" }
    });
    assert_eq!(
        served
            .denied(Role::Receiver, "acceptDossierAtCounter", filing)
            .await,
        "UNKNOWN_PROCEDURE"
    );
    let forward = json!({ "dossier": code, "to": "handler-01" });
    served.done(Role::Receiver, "forwardDossier", forward).await;
    let query = "query($code: String!) {
        newest: procedure(code: $code) { abolition { decision decidedOn from } }
        today: procedure(code: $code, on: \"2021-01-01\") { code }
        before: procedure(code: $code, on: \"2020-12-31\") { code }
        listed: procedures(search: $code, on: \"2021-01-01\") { edges { node { code } } }
        listedBefore: procedures(search: $code, on: \"2020-12-31\") { edges { node { code } } }
        catalogueStatistics { abolished } }";
    let told = served.ask(None, query, json!({ "code": TRIAL })).await;
    assert_eq!(
        told["newest"]["abolition"],
        json!({ "decision": "9/QĐ-UBND", "decidedOn": "2020-12-01", "from": "2021-01-01" })
    );
    assert_eq!(
        (&told["today"], &told["before"]["code"]),
        (&Value::Null, &json!(TRIAL))
    );
    assert_eq!(told["listed"]["edges"], json!([]));
    assert_eq!(
        told["listedBefore"]["edges"],
        json!([{ "node": { "code": TRIAL } }])
    );
    assert_eq!(told["catalogueStatistics"]["abolished"], 1);
}

#[tokio::test]
async fn an_approved_process_fits_the_limit_and_is_pinned_at_acceptance() {
    let served = served(JournalKind::Live).await;
    published(&served).await;
    let controller = Role::ProcedureController;
    // The online channel gives three days: 24 hours.
    let long = process(TRIAL, 1, 25);
    assert_eq!(
        served.denied(controller, "approveProcess", long).await,
        "PROCESS_TOO_LONG"
    );
    served.accepted(TRIAL).await;
    assert_eq!(pinned(&served).await[2], Value::Null);
    served
        .done(controller, "approveProcess", process(TRIAL, 1, 24))
        .await;
    served
        .done(Role::Admin, "approveProcess", process(TRIAL, 2, 16))
        .await;
    let again = process(TRIAL, 2, 8);
    assert_eq!(
        served.denied(controller, "approveProcess", again).await,
        "DUPLICATE_RECORD"
    );
    served.accepted(TRIAL).await;
    assert_eq!(pinned(&served).await[2], format!("{TRIAL}/2"));
    let query = "query($code: String!) { procedure(code: $code) {
        internalProcess { reference approvedBy hours steps { order name { vi } canSign canReturn } }
        early: internalProcess(on: \"2026-01-11\") { reference }
        internalProcesses { version } } }";
    let told = served.ask(None, query, json!({ "code": TRIAL })).await;
    assert_eq!(
        told["procedure"],
        json!({
            "internalProcess": {
                "reference": "1.999001/2", "approvedBy": "H38", "hours": 16,
                "steps": [{ "order": 1, "name": { "vi": "Giải quyết" }, "canSign": true, "canReturn": false }],
            },
            "early": null,
            "internalProcesses": [{ "version": 1 }, { "version": 2 }],
        })
    );
}

#[tokio::test]
async fn a_rehearsal_lists_whose_promise_would_move_and_records_nothing() {
    let served = served(JournalKind::Live).await;
    published(&served).await;
    let codes = [served.accepted(TRIAL).await, served.accepted(TRIAL).await];
    served.accepted("1.004873").await;
    let size = served.size().await;
    let query = "query($input: ProcedureInput!, $first: Int, $after: String) { rehearseProcedure(input: $input) {
        examined complete uncounted earlier later
        moved(first: $first, after: $after) { pageInfo { hasNextPage endCursor }
            edges { node { code office oldDueAt newDueAt } } } } }";
    let with_limit = |days: u16| {
        let mut version = record(TRIAL, 2);
        version["limit"]["value"] = json!(days);
        version
    };
    for (days, earlier, later) in [(3, 2, 0), (5, 0, 0), (9, 0, 2)] {
        let asked = json!({ "input": with_limit(days) });
        let told = served
            .ask(Some(Role::ProcedureController), query, asked)
            .await;
        let told = &told["rehearseProcedure"];
        assert_eq!(told["examined"], 2, "{told}");
        assert_eq!(
            (&told["earlier"], &told["later"]),
            (&json!(earlier), &json!(later)),
            "{told}"
        );
        assert_eq!(
            (&told["complete"], &told["uncounted"]),
            (&json!(true), &json!(0))
        );
    }
    let mut found = Vec::new();
    let mut after = Value::Null;
    loop {
        let asked = json!({ "input": with_limit(9), "first": 1, "after": after });
        let told = served.ask(Some(Role::CentreManager), query, asked).await;
        let page = &told["rehearseProcedure"]["moved"];
        let node = &page["edges"][0]["node"];
        assert!(
            node["oldDueAt"].as_str() < node["newDueAt"].as_str(),
            "{node}"
        );
        found.push(node["code"].as_str().expect("a code").to_owned());
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(found, codes);
    let asked = json!({ "input": with_limit(9) });
    assert_eq!(
        served
            .refused(Some(Role::Receiver), query, asked.clone())
            .await,
        "FORBIDDEN"
    );
    assert_eq!(served.refused(None, query, asked).await, "UNAUTHENTICATED");
    let impossible = json!({ "input": with_limit(0) });
    assert_eq!(
        served.refused(Some(Role::Admin), query, impossible).await,
        "BAD_USER_INPUT"
    );
    let stranger = json!({ "input": record("1.999002", 1) });
    assert_eq!(
        served.refused(Some(Role::Admin), query, stranger).await,
        "BAD_USER_INPUT"
    );
    assert_eq!(served.size().await, size, "nothing is recorded");
}

#[tokio::test]
async fn an_invented_procedure_is_refused_by_a_live_journal_alone() {
    let input = json!({ "procedure": record("SIM-0001", 1) });
    let live = served(JournalKind::Live).await;
    assert_eq!(
        live.denied(Role::Admin, "publishProcedure", input.clone())
            .await,
        "SIMULATED_CODE"
    );
    let simulated = served(JournalKind::Simulated).await;
    simulated.done(Role::Admin, "publishProcedure", input).await;
    simulated.accepted("SIM-0001").await;
}

#[tokio::test]
async fn only_those_who_keep_the_catalogue_change_it() {
    let served = served(JournalKind::Live).await;
    let size = served.size().await;
    let publish = json!({ "procedure": record(TRIAL, 1) });
    let abolish = json!({ "procedure": "1.004873", "decision": "9/QĐ-UBND", "from": "2027-01-01" });
    let propose =
        json!({ "procedure": "1.004873", "kind": "ABOLISH", "year": 2026, "level": "COMMUNE" });
    for role in [
        Role::Receiver,
        Role::Signer,
        Role::CentreManager,
        Role::Auditor,
    ] {
        for (mutation, input) in [
            ("publishProcedure", &publish),
            ("abolishProcedure", &abolish),
            ("approveProcess", &process("1.004873", 1, 8)),
            ("proposeProcedureReview", &propose),
        ] {
            let code = served.denied(role, mutation, input.clone()).await;
            assert_eq!(code, "WRONG_ROLE", "{} {mutation}", role.name());
        }
    }
    assert_eq!(served.size().await, size);
}
