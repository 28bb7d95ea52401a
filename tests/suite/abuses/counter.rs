//! Rows about the counter: returned without reason, filed again, asked again, papers outside the system.

use motcua::domain::actor::{Actor, Role};
use motcua::domain::dossier::DossierCommand as C;
use serde_json::json;

use super::ground::{
    FIRST, LONG, OFFICE, SECOND, SHORT, auditor, given_the_district, hour, list, person,
};

#[tokio::test(flavor = "multi_thread")]
async fn abuse_04_nothing_is_returned_without_a_reason_and_a_list() {
    let town = given_the_district().await;
    let filed = town.submitted("2025-05-19T07:30", OFFICE, LONG).await;
    let tries =
        async |mutation, input| town.tries_on(&filed, Role::Receiver, mutation, input).await;
    tries("refuseAcceptance", json!({}))
        .await
        .refused("REASON_REQUIRED");
    let no_list = json!({ "items": [], "reason": "MISSING_COMPONENT" });
    tries("requestSupplement", no_list)
        .await
        .refused("ITEMS_REQUIRED");
    tries("requestSupplement", json!({ "items": [1] }))
        .await
        .refused("REASON_REQUIRED");
    assert_eq!(
        town.auditor(&filed).await.len(),
        1,
        "what was refused left no trace"
    );
    let whole = json!({ "items": [1, 2], "reason": "MISSING_COMPONENT", "note": "Bản sao mờ." });
    tries("requestSupplement", whole).await.done();

    // What came in is on record with its size and its file's salted hash, so that "no attachment" can be checked.
    let attached = json!({
        "item": 1, "form": "E_DOCUMENT", "digitisation": "NONE", "sizeBytes": "48213", "fileSha256": "c".repeat(64),
    });
    tries("receiveComponent", attached).await.done();
    let received = town.facts(&filed, "dossier.component_received").await;
    assert_eq!(received.len(), 1);
    let changed = list(&received[0]["changes"]);
    assert!(
        changed.iter().any(|one| one["field"] == "personalData"),
        "{changed:?}"
    );

    let seen = list(&town.citizen(&filed).await["history"]);
    let asked = seen
        .iter()
        .rfind(|step| !step["reason"].is_null())
        .expect("a step");
    assert_eq!(asked["reason"]["en"], "A component is missing");
    assert_eq!(town.officer(&filed).await["supplementRequests"], 1);
    let facts = town.facts(&filed, "dossier.supplement_requested").await;
    assert_eq!(facts[0]["reason"], "MISSING_COMPONENT");
    town.then_not_found("suspended_without_document", &filed)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn abuse_06_a_clock_that_begins_anew_by_refiling_or_passing_on_is_found_with_both_clocks() {
    let town = given_the_district().await;
    let first = town.submitted("2025-05-08T07:30", FIRST, LONG).await;
    town.did("2025-05-08T08:00", &first, Role::Receiver, C::Accept)
        .await;
    let passed = town.accepted("2025-05-12T09:00", FIRST, LONG).await;
    let twice = town.accepted("2025-05-12T10:00", FIRST, LONG).await;
    let citizen = person(Role::Applicant, FIRST);
    let wish = json!({ "dossier": first.code, "reason": "APPLICANT_REQUEST" });
    town.tries(&citizen, "requestWithdrawal", wish).await.done();
    town.tries_on(&first, Role::Signer, "grantWithdrawal", json!({}))
        .await
        .done();
    let input = json!({
        "procedure": LONG, "office": FIRST, "applicant": { "fullName": "Công dân 000123" },
    });
    let again = town.tries(&citizen, "submitDossier", input).await;
    again.done();
    let code = again.payload["code"].as_str().expect("a code").to_owned();
    let refiled = town.findings("refiled_after_withdrawal").await;
    assert_eq!(refiled.len(), 1, "{refiled:#?}");
    assert_eq!(refiled[0]["codes"], json!([first.code, code]));

    let link = async |other: &str| {
        let input = json!({ "other": other, "kind": "DUPLICATE" });
        town.tries_on(&twice, Role::Receiver, "linkDossiers", input)
            .await
    };
    link(&twice.code).await.refused("LINK_INVALID");
    link(&code).await.done();
    town.found("filed_twice", &twice, "dossier.linked").await;

    let redirect = async |known, to: &str| {
        let input = json!({ "to": to, "kind": "WRONG_OFFICE", "reason": "NOT_COMPETENT" });
        town.tries_on(known, Role::Receiver, "redirectDossier", input)
            .await
    };
    redirect(&passed, FIRST).await.refused("WRONG_OFFICE");
    redirect(&passed, SECOND).await.done();
    let there = super::ground::Known {
        office: SECOND,
        ..passed.clone()
    };
    town.tries_on(&there, Role::Receiver, "acceptDossier", json!({}))
        .await
        .done();
    town.found("clock_restarted_by_transfer", &passed, "dossier.redirected")
        .await;
    let seen = town.citizen(&passed).await;
    let steps_told = list(&seen["history"]);
    let promises: Vec<_> = steps_told
        .iter()
        .filter(|step| !step["dueAfter"].is_null())
        .collect();
    assert_eq!(promises.len(), 2, "the public reads both promises: {seen}");
    let each = list(&seen["turns"]);
    let ends: Vec<_> = each.iter().map(|clock| clock["endKind"].clone()).collect();
    assert_eq!(ends, [json!("REDIRECTED"), json!(null)]);
    let days = each
        .iter()
        .filter_map(|clock| clock["workingDays"].as_u64());
    assert_eq!(days.sum::<u64>(), 5, "the sum of both: 12 to 19 May");
    let page = town.page(&format!("/t/{}?lang=en", passed.code)).await;
    assert!(
        page.contains("under all their clocks for 5 working days"),
        "{page}"
    );
    town.then_not_found("passed_back", &passed).await;
    assert_eq!(town.facts(&passed, "dossier.accepted").await.len(), 2);
    assert_eq!(
        list(&town.officer(&there).await["history"]["nodes"]).len(),
        4
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn abuse_07_a_second_supplement_request_needs_a_basis_and_an_approver_and_is_a_breach() {
    let town = given_the_district().await;
    let known = town.lying("2025-05-15T09:00", OFFICE, LONG).await;
    let ask = async |input| {
        town.tries_on(&known, Role::Receiver, "requestSupplement", input)
            .await
    };
    ask(json!({ "items": [1], "reason": "INCORRECT_COMPONENT" }))
        .await
        .done();
    let submit = town.tries_on(&known, Role::Receiver, "submitSupplement", json!({}));
    submit.await.done();
    let accept = town.tries_on(&known, Role::Handler, "acceptSupplement", json!({}));
    accept.await.done();
    ask(json!({ "items": [2], "reason": "MISSING_COMPONENT" }))
        .await
        .refused("BASIS_REQUIRED");
    let basis = json!({
        "items": [2], "reason": "MISSING_COMPONENT", "basis": "61/2018/ND-CP:19.4",
    });
    ask(basis.clone()).await.refused("APPROVER_REQUIRED");
    let approve = async |by: &str| {
        let mut approved = basis.clone();
        approved["approvedBy"] = json!(by);
        ask(approved).await
    };
    approve("receiver-01").await.refused("SEPARATION_OF_DUTIES");
    approve("centre_manager-01").await.done();

    let seen = town.citizen(&known).await;
    assert_eq!(seen["breaches"], json!(["REPEATED_SUPPLEMENT"]));
    assert_eq!(town.officer(&known).await["supplementRequests"], 2);
    let facts = town.facts(&known, "dossier.supplement_requested").await;
    assert_eq!(facts.len(), 2, "the counter is the number of facts");
    assert_eq!(facts[1]["basis"], "61/2018/ND-CP:19.4");
    assert_eq!(facts[1]["breach"], "REPEATED_SUPPLEMENT");
    let kind = "dossier.supplement_requested";
    let finding = town.found("repeated_supplement", &known, kind).await;
    assert_eq!(finding["amount"], "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn abuse_08_papers_entered_late_say_so_and_every_gap_in_the_numbers_is_explained() {
    let town = given_the_district().await;
    let receiver = person(Role::Receiver, SECOND);
    let entry = |reason: Option<&str>| {
        json!({
            "procedure": LONG, "office": SECOND, "applicant": { "fullName": "Công dân 000123" },
            "receivedAt": hour("2025-05-08T09:00").to_string(), "reason": reason,
        })
    };
    let mutation = "acceptDossierAtCounter";
    town.tries(&receiver, mutation, entry(None))
        .await
        .refused("REASON_REQUIRED");
    let entered = town
        .tries(&receiver, mutation, entry(Some("ENTERED_LATE")))
        .await;
    entered.done();
    let known = town.known(&entered, SECOND).await;
    let seen = town.citizen(&known).await;
    assert_eq!(seen["breaches"], json!(["ENTERED_LATE"]));
    assert_eq!(seen["receivedAt"], hour("2025-05-08T09:00").to_string());
    let fact = town.facts(&known, "dossier.accepted").await.remove(0);
    assert_eq!(fact["breach"], "ENTERED_LATE");
    assert!(fact["recordedAt"].as_str() > fact["receivedAt"].as_str());
    town.found("entered_late", &known, "dossier.accepted").await;

    let void = async |reason: Option<&str>| {
        let input = json!({ "office": SECOND, "reason": reason });
        town.tries(&receiver, "voidCode", input).await
    };
    void(None).await.refused("REASON_REQUIRED");
    let elsewhere = json!({ "office": OFFICE, "reason": "PAPER_SPOILED" });
    town.tries(&receiver, "voidCode", elsewhere)
        .await
        .refused("WRONG_OFFICE");
    for _ in 0..3 {
        void(Some("PAPER_SPOILED")).await.done();
    }
    let next = town
        .tries(&receiver, mutation, entry(Some("ENTERED_LATE")))
        .await;
    next.done();
    let code = next.payload["code"].as_str().expect("a code");
    assert!(
        code.ends_with("-0005"),
        "{code} follows four numbers, each with its fact"
    );
    let voided = town.findings("voided_numbers").await;
    assert_eq!(voided.len(), 1);
    assert_eq!(voided[0]["officeCode"], SECOND);
    assert_eq!(voided[0]["amount"], "3");
    let query =
        "{ auditTrail(filter: { kind: \"register.code_voided\" }) { nodes { reason code } } }";
    let trail = town.ask(Some(&auditor()), query, json!({})).await;
    let reasons = list(&trail["auditTrail"]["nodes"]);
    assert!(reasons.len() == 3 && reasons.iter().all(|one| one["reason"] == "PAPER_SPOILED"));
    assert!(town.findings("missing_numbers").await.is_empty());
    assert_eq!(
        town.officer(&known).await["breaches"],
        json!(["ENTERED_LATE"])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn abuse_14_a_result_is_never_edited_what_was_replaced_stays_on_record() {
    let town = given_the_district().await;
    let known = town.lying("2025-05-16T09:00", OFFICE, SHORT).await;
    let hash = |digit: &str| digit.repeat(64);
    town.tries_on(&known, Role::Signer, "signResult", json!({}))
        .await
        .done();
    let issue = json!({ "number": "12/GPXD", "documentSha256": hash("a") });
    town.tries_on(&known, Role::Clerk, "issueResult", issue)
        .await
        .done();
    let deliver = json!({ "method": "COUNTER" });
    town.tries_on(&known, Role::Receiver, "deliverResult", deliver)
        .await
        .done();

    let replace = async |who, input| town.tries_on(&known, who, "replaceResult", input).await;
    let input = json!({ "number": "13/GPXD", "replaces": "12/GPXD", "documentSha256": hash("b") });
    replace(Role::Signer, input.clone())
        .await
        .refused("REASON_REQUIRED");
    replace(Role::Clerk, input.clone())
        .await
        .refused("WRONG_ROLE");
    let mut with_reason = input;
    with_reason["reason"] = json!("AGENCY_ERROR");
    replace(Role::Signer, with_reason).await.done();

    let seen = town.citizen(&known).await;
    let standing: Vec<_> = list(&seen["results"])
        .iter()
        .map(|one| one["standing"].clone())
        .collect();
    assert_eq!(standing, ["SUPERSEDED", "VALID"]);
    let told = list(&seen["history"]);
    assert_eq!(told.last().expect("a step")["correction"], true);
    let facts = town.facts(&known, "dossier.result_replaced").await;
    assert_eq!(facts[0]["reason"], "AGENCY_ERROR");
    let kinds = ["dossier.result_issued", "dossier.result_replaced"];
    let all = town.auditor(&known).await;
    for kind in kinds {
        let fact = all
            .iter()
            .find(|fact| fact["kind"] == kind)
            .expect("a fact");
        let changed = list(&fact["changes"]);
        assert!(
            changed.iter().any(|one| one["field"] == "personalData"),
            "its file is committed to"
        );
    }
    assert_eq!(
        list(&town.officer(&known).await["history"]["nodes"]).len(),
        all.len()
    );
    town.found("replaced_after_delivery", &known, "dossier.result_replaced")
        .await;
}

/// Somebody of another office, who has nothing to do here.
pub(super) fn stranger(role: Role) -> Actor {
    Actor::new(format!("{}-99", role.name()), FIRST, role)
}
