//! Rows about people: who filed and who rated, whose desk cost which day, who paid what, what other systems were told.

use motcua::domain::actor::{Actor, Role};
use motcua::domain::dossier::{DossierCommand as C, ObligationKind, PaymentMethod, SyncOutcome};
use serde_json::{Value, json};

use super::counter::stranger;
use super::ground::{
    FIRST, Known, LONG, OFFICE, Town, Tried, given_the_district, hour, list, person,
};

/// Tries a mutation on a dossier today.
async fn tries(town: &Town, who: &Actor, known: &Known, mutation: &str, mut input: Value) -> Tried {
    input["dossier"] = json!(known.code);
    town.tries(who, mutation, input).await
}

#[tokio::test(flavor = "multi_thread")]
async fn abuse_05_what_another_system_was_told_and_answered_is_on_record() {
    let town = given_the_district().await;
    let known = town.lying("2025-05-16T09:00", OFFICE, LONG).await;
    for (at, outcome, attempt) in [
        ("2025-05-16T09:10", SyncOutcome::Requested, 1),
        ("2025-05-16T09:20", SyncOutcome::Failed, 1),
        ("2025-05-16T14:00", SyncOutcome::Failed, 2),
    ] {
        let told = C::RecordSync {
            system: "national-portal".into(),
            outcome,
            remote_status: None,
            attempt,
            told: None,
        };
        town.did(at, &known, Role::System, told).await;
    }
    let acknowledged = json!({
        "system": "national-portal", "outcome": "ACKNOWLEDGED", "remoteStatus": 99, "attempt": 3,
    });
    let receiver = person(Role::Receiver, OFFICE);
    let by_officer = tries(&town, &receiver, &known, "recordSync", acknowledged.clone()).await;
    by_officer.refused("WRONG_ROLE");
    let finding = town
        .found("sync_unanswered", &known, "dossier.sync_recorded")
        .await;
    assert_eq!(finding["amount"], "2");
    let seen = town.citizen(&known).await["syncs"].clone();
    assert_eq!(seen[0]["outcome"], "FAILED");
    assert_eq!(seen[0]["remoteStatus"], json!(null));
    let page = town.page(&format!("/t/{}?lang=en", known.code)).await;
    assert!(
        page.contains("has not confirmed the newest state"),
        "{page}"
    );

    let admin = person(Role::Admin, OFFICE);
    tries(&town, &admin, &known, "recordSync", acknowledged)
        .await
        .done();
    let seen = town.citizen(&known).await["syncs"].clone();
    assert_eq!(seen[0]["remoteStatus"], 99, "as the other system gave it");
    assert_eq!(seen[0]["ageMinutes"], 0);
    town.then_not_found("sync_unanswered", &known).await;
    town.found("sync_slow", &known, "dossier.sync_recorded")
        .await;

    let facts = town.facts(&known, "dossier.sync_recorded").await;
    assert_eq!(
        facts.len(),
        4,
        "an unknown status of the other system is data"
    );
    let nodes = list(&town.officer(&known).await["history"]["nodes"]);
    let told = nodes
        .iter()
        .filter(|fact| fact["kind"] == "dossier.sync_recorded");
    assert_eq!(told.count(), 4);
}

/// Taken in, decided and handed over today: the dossier and its receipt's capability.
async fn settled_today(town: &Town) -> (Known, String) {
    let receiver = person(Role::Receiver, FIRST);
    let input = json!({
        "procedure": LONG, "office": FIRST, "applicant": { "fullName": "Công dân 000123" },
    });
    let filed = town.tries(&receiver, "acceptDossierAtCounter", input).await;
    filed.done();
    let known = town.known(&filed, FIRST).await;
    let to = person(Role::Handler, FIRST).id;
    for (role, mutation, input) in [
        (Role::Receiver, "forwardDossier", json!({ "to": to })),
        (Role::Signer, "signResult", json!({})),
        (
            Role::Receiver,
            "deliverResult",
            json!({ "method": "COUNTER" }),
        ),
    ] {
        town.tries_on(&known, role, mutation, input).await.done();
    }
    let capability = filed.payload["capability"].as_str().expect("a capability");
    (known, capability.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn abuse_09_an_officer_files_nothing_online_and_rates_nothing_and_help_is_on_record() {
    let town = given_the_district().await;
    let receiver = person(Role::Receiver, FIRST);
    let filing = json!({
        "procedure": LONG, "office": FIRST, "applicant": { "fullName": "Công dân 000123" },
    });
    let mut online = filing.clone();
    online["channel"] = json!("ONLINE");
    town.tries(&receiver, "lodgeDossier", online)
        .await
        .refused("WRONG_ROLE");
    town.tries(&receiver, "submitDossier", filing.clone())
        .await
        .refused("WRONG_ROLE");

    // Help is no shame: it is on record, and never without the applicant's consent.
    for number in 1..=3 {
        let citizen = Actor::new(format!("applicant-{number}"), "*", Role::Applicant);
        let mut helped = filing.clone();
        helped["assistedBy"] = json!(receiver.id);
        town.tries(&citizen, "submitDossier", helped.clone())
            .await
            .refused("CONSENT_REQUIRED");
        helped["consent"] = json!(true);
        town.tries(&citizen, "submitDossier", helped).await.done();
    }
    let assisted = town.findings("assisted_filing").await;
    assert_eq!(assisted.len(), 1, "{assisted:#?}");
    let all = json!({ "numerator": 3, "denominator": 3, "percent": "100.00" });
    assert_eq!(assisted[0]["rate"], all);

    // A rating is the citizen's: with the receipt, once; from an officer's device it says so.
    let mut rated = Vec::new();
    for _ in 0..3 {
        rated.push(settled_today(&town).await);
    }
    let rate =
        |capability: Option<&str>| json!({ "score": 5, "scale": 5, "capability": capability });
    let (first, capability) = &rated[0];
    tries(&town, &receiver, first, "rateService", rate(None))
        .await
        .refused("WRONG_ROLE");
    let guessed = rate(Some("0000000000000000"));
    tries(&town, &receiver, first, "rateService", guessed)
        .await
        .refused("NOT_THE_APPLICANT");
    for (known, capability) in &rated {
        let at_the_counter = rate(Some(capability));
        tries(&town, &receiver, known, "rateService", at_the_counter)
            .await
            .done();
    }
    let mut again = rate(Some(capability));
    again["dossier"] = json!(first.code);
    town.tries_unsigned("rateService", again)
        .await
        .refused("ALREADY_RATED");
    let finding = town.found("rated_at_office", first, "dossier.rated").await;
    assert_eq!(finding["rate"], all);
    let (own, capability) = settled_today(&town).await;
    let mut at_home = rate(Some(&capability));
    at_home["dossier"] = json!(own.code);
    town.tries_unsigned("rateService", at_home).await.done();
    let finding = town.found("rated_at_office", first, "dossier.rated").await;
    assert_eq!(
        finding["rate"]["denominator"], 4,
        "one from the citizen's own"
    );

    assert_eq!(town.facts(first, "dossier.rated").await.len(), 1);
    assert_eq!(town.citizen(first).await["channel"], "COUNTER");
    assert_eq!(town.officer(first).await["status"], "RETURNED");
}

#[tokio::test(flavor = "multi_thread")]
async fn abuse_11_every_hand_over_has_a_giver_and_a_receiver_so_that_honest_staff_are_protected() {
    let town = given_the_district().await;
    let known = town.lying("2025-05-14T09:00", OFFICE, LONG).await;
    let before = town.lying("2025-05-14T09:30", OFFICE, LONG).await;
    let given = C::HandOver {
        to: "handler-02".to_owned(),
        role: Role::Handler,
        office: None,
        step: None,
    };
    town.did("2025-05-14T10:00", &known, Role::Handler, given)
        .await;
    let alone = town.accepted("2025-05-15T09:00", OFFICE, LONG).await;
    let to = person(Role::Handler, OFFICE).id;
    town.did(
        "2025-05-15T09:30",
        &alone,
        Role::Receiver,
        C::Forward { to },
    )
    .await;
    let waiting = town.lying("2025-05-15T10:00", OFFICE, LONG).await;

    let give = json!({ "to": "handler-03", "role": "HANDLER" });
    let officer = |number: u32| Actor::new(format!("handler-{number:02}"), OFFICE, Role::Handler);
    tries(&town, &officer(2), &before, "handOver", give.clone())
        .await
        .refused("NOT_THE_HOLDER");
    let elsewhere = stranger(Role::Handler);
    tries(&town, &elsewhere, &before, "handOver", give)
        .await
        .refused("WRONG_OFFICE");
    let sign_for = json!({ "complete": true });
    let wrong = tries(
        &town,
        &officer(3),
        &known,
        "receiveHandOver",
        sign_for.clone(),
    )
    .await;
    wrong.refused("NOT_ADDRESSED");
    tries(&town, &officer(2), &known, "receiveHandOver", sign_for)
        .await
        .done();
    let finding = town
        .found("unsigned_hand_over", &known, "dossier.handed_over")
        .await;
    assert_eq!(finding["amount"], "3", "from Wednesday to Monday");

    tries(&town, &officer(2), &known, "draftResult", json!({}))
        .await
        .done();
    let facts = town.auditor(&known).await;
    let desk = |kind: &str| {
        let fact = facts
            .iter()
            .find(|fact| fact["kind"] == kind)
            .expect("a fact");
        (fact["actor"].clone(), fact["recordedAt"].clone())
    };
    let (given, received) = (
        desk("dossier.handed_over"),
        desk("dossier.hand_over_received"),
    );
    assert_eq!(
        given,
        (
            json!("handler-01"),
            json!(hour("2025-05-14T10:00").to_string())
        )
    );
    assert_eq!(received.0, "handler-02");
    assert!(received.1.as_str() > given.1.as_str());
    let of_officer = list(&town.officer(&known).await["history"]["nodes"]);
    assert!(of_officer.iter().any(|fact| fact["actor"] == "handler-02"));
    // The public reads whose office has it, never who.
    let seen = town.citizen(&known).await;
    assert_eq!(seen["office"]["code"], OFFICE);
    assert!(!seen.to_string().contains("handler-0"));

    // One person took it in and decides: allowed where the procedure allows it, and found.
    let same = Actor::new(person(Role::Receiver, OFFICE).id, OFFICE, Role::Signer);
    tries(&town, &same, &alone, "signResult", json!({}))
        .await
        .done();
    town.found(
        "one_person_takes_in_and_decides",
        &alone,
        "dossier.result_signed",
    )
    .await;
    let handler = Actor::new(person(Role::Handler, OFFICE).id, OFFICE, Role::Signer);
    tries(&town, &handler, &waiting, "signResult", json!({}))
        .await
        .refused("SIGNER_IS_HANDLER");
}

#[tokio::test(flavor = "multi_thread")]
async fn abuse_15_every_dong_asked_for_paid_and_given_back_is_a_fact_with_its_receipt() {
    let town = given_the_district().await;
    let known = town.lying("2025-05-13T09:00", OFFICE, LONG).await;
    let owe = C::IssueFinancialObligation {
        kind: ObligationKind::Charge,
        amount_vnd: 50_000,
        due_on: None,
    };
    town.did("2025-05-13T10:00", &known, Role::Cashier, owe)
        .await;
    let paid = C::ConfirmPayment {
        number: 1,
        amount_vnd: 50_000,
        method: PaymentMethod::Cash,
        reference: Some("PT-0513-1".into()),
    };
    town.did("2025-05-13T10:30", &known, Role::Cashier, paid)
        .await;
    let other = town.lying("2025-05-13T11:00", OFFICE, LONG).await;

    let cashier = person(Role::Cashier, OFFICE);
    let charge = json!({ "kind": "CHARGE", "amountVnd": "50000" });
    tries(&town, &cashier, &other, "issueFinancialObligation", charge)
        .await
        .done();
    let pay = |amount: &str| json!({ "number": 1, "amountVnd": amount, "method": "CASH", "reference": "PT-0519-1" });
    let confirm = "confirmPayment";
    tries(&town, &cashier, &other, confirm, pay("70000"))
        .await
        .refused("AMOUNT_MISMATCH");
    let receiver = person(Role::Receiver, OFFICE);
    tries(&town, &receiver, &other, confirm, pay("50000"))
        .await
        .refused("WRONG_ROLE");
    tries(&town, &cashier, &known, confirm, pay("50000"))
        .await
        .refused("OBLIGATION_NOT_OPEN");

    let receipt = json!({
        "number": 1, "form": "01BLP", "series": "AA-25T", "receiptNumber": "0000001",
    });
    let issue = "issueFeeReceipt";
    tries(&town, &cashier, &known, issue, receipt.clone())
        .await
        .done();
    tries(&town, &cashier, &known, issue, receipt)
        .await
        .refused("ALREADY_RECORDED");
    let finding = town
        .found("paid_without_receipt", &known, "dossier.payment_confirmed")
        .await;
    assert_eq!(
        finding["amount"], "4",
        "the receipt came four working days later"
    );

    let back = |amount: &str, reason: Option<&str>| json!({ "number": 1, "amountVnd": amount, "reason": reason });
    let refund = "refundPayment";
    tries(&town, &cashier, &known, refund, back("50000", None))
        .await
        .refused("REASON_REQUIRED");
    let mistake = Some("AGENCY_ERROR");
    tries(&town, &cashier, &known, refund, back("60000", mistake))
        .await
        .refused("AMOUNT_MISMATCH");
    tries(&town, &cashier, &known, refund, back("50000", mistake))
        .await
        .done();

    let facts = town.auditor(&known).await;
    for kind in [
        "dossier.financial_obligation_issued",
        "dossier.payment_confirmed",
        "dossier.fee_receipt_issued",
        "dossier.payment_refunded",
    ] {
        let count = facts.iter().filter(|fact| fact["kind"] == kind).count();
        assert_eq!(count, 1, "{kind}");
    }
    let refunded = town.facts(&known, "dossier.payment_refunded").await;
    assert_eq!(refunded[0]["reason"], "AGENCY_ERROR");
    let entries = town.api.journal.read(0, 10_000).await.expect("entries");
    let bytes: Vec<String> = entries
        .iter()
        .map(|entry| String::from_utf8_lossy(&entry.body).into_owned())
        .collect();
    for printed in ["01BLP", "AA-25T", "0000001", "PT-0513-1"] {
        assert!(
            bytes.iter().any(|body| body.contains(printed)),
            "{printed} is on record"
        );
    }
    let seen = town.citizen(&known).await.to_string();
    assert!(
        !seen.contains("50000") && !seen.contains("50.000"),
        "no amount is public"
    );
    assert!(!town.officer(&known).await.is_null());
}
