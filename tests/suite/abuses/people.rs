//! Rows about people: who filed and who rated, whose desk cost which day, who paid what, what other systems were told.

use motcua::acts::{Act, Request};
use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use motcua::domain::dossier::{
    DossierCommand as C, ObligationKind, PaymentMethod, RatingDevice, SyncOutcome,
};
use motcua::domain::reason::Reason;
use serde_json::json;

use super::counter::stranger;
use super::ground::{FIRST, Known, LONG, OFFICE, Town, Tried, given_the_district, list, person};
use crate::office::id;

/// Tries a command today.
async fn tries(
    town: &Town,
    who: Actor,
    known: &Known,
    command: C,
    reason: Option<Reason>,
) -> Tried {
    let dossier = known.id;
    let act = Act::Dossier { dossier, command };
    let request = Request {
        reason,
        ..Request::new(id(), who, act)
    };
    town.submits(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn abuse_05_what_another_system_was_told_and_answered_is_on_record() {
    let town = given_the_district().await;
    let known = town.lying("2025-05-16T09:00", OFFICE, LONG).await;
    let told = |outcome, attempt, remote_status| C::RecordSync {
        system: "national-portal".into(),
        outcome,
        remote_status,
        attempt,
    };
    for (at, outcome, attempt) in [
        ("2025-05-16T09:10", SyncOutcome::Requested, 1),
        ("2025-05-16T09:20", SyncOutcome::Failed, 1),
        ("2025-05-16T14:00", SyncOutcome::Failed, 2),
    ] {
        town.did(at, &known, Role::System, told(outcome, attempt, None))
            .await;
    }
    let by_officer = told(SyncOutcome::Acknowledged, 1, Some(4));
    let receiver = person(Role::Receiver, OFFICE);
    let refused = tries(&town, receiver, &known, by_officer, None).await;
    refused.refused("WRONG_ROLE");
    let finding = town
        .found("sync_unanswered", &known, "dossier.sync_recorded")
        .await;
    assert_eq!(finding["amount"], "2");
    let seen = town.citizen(&known).await["remoteStates"].clone();
    assert_eq!(seen[0]["answered"], false);
    assert_eq!(seen[0]["acknowledgedStatus"], json!(null));
    let page = town.page(&format!("/t/{}?lang=en", known.code)).await;
    assert!(
        page.contains("has not confirmed the newest state"),
        "{page}"
    );
    let told_late = told(SyncOutcome::Acknowledged, 3, Some(99));
    tries(&town, Actor::system(), &known, told_late, None)
        .await
        .done();
    let seen = town.citizen(&known).await["remoteStates"].clone();
    assert_eq!(
        seen[0]["acknowledgedStatus"], 99,
        "as the other system gave it"
    );
    assert_eq!(seen[0]["acknowledgedMinutesAgo"], 0);
    town.then_not_found("sync_unanswered", &known).await;
    town.found("sync_slow", &known, "dossier.sync_recorded")
        .await;

    let facts = town.facts(&known, "dossier.sync_recorded").await;
    assert_eq!(
        facts.len(),
        4,
        "an unknown status of the other system is data"
    );
    let seen = list(&town.citizen(&known).await["history"]);
    let synced = seen.iter().filter(|step| {
        step["label"]["en"]
            .as_str()
            .is_some_and(|text| text.contains("system"))
    });
    assert!(synced.count() >= 1, "{seen:?}");
    let nodes = list(&town.officer(&known).await["history"]["nodes"]);
    assert_eq!(
        nodes
            .iter()
            .filter(|fact| fact["kind"] == "dossier.sync_recorded")
            .count(),
        4
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn abuse_09_an_officer_files_nothing_online_and_rates_nothing_and_help_is_on_record() {
    let town = given_the_district().await;
    let receiver = person(Role::Receiver, FIRST);
    let capability = "c0".repeat(32);
    let mut rated = Vec::new();
    for day in 6..9 {
        let at = format!("2025-05-{day:02}T09:00");
        let known = town.accepted_with(&at, FIRST, LONG, &capability).await;
        let to = person(Role::Handler, FIRST).id;
        town.did(&at, &known, Role::Receiver, C::Forward { to })
            .await;
        town.did(&at, &known, Role::Signer, C::SignResult { signature: None })
            .await;
        let method = motcua::domain::dossier::DeliveryMethod::Counter;
        town.did(&at, &known, Role::Receiver, C::DeliverResult { method })
            .await;
        rated.push(known);
    }
    for number in 0..3 {
        let command = C::Submit {
            procedure: LONG.parse().expect("a code"),
            office: FIRST.parse().expect("a code"),
            capability: None,
            assisted_by: Some(receiver.id.clone()),
        };
        let at = format!("2025-05-1{number}T07:40");
        town.begun(&at, FIRST, Role::Applicant, command).await;
    }
    let filing = json!({
        "procedure": LONG, "office": FIRST, "applicant": { "fullName": "Công dân 000123" },
    });
    let mut online = filing.clone();
    online["channel"] = json!("ONLINE");
    town.tries(&receiver, "lodgeDossier", online)
        .await
        .refused("WRONG_ROLE");
    town.tries(&receiver, "submitDossier", filing)
        .await
        .refused("WRONG_ROLE");

    let rate = |capability: &str, device| C::Rate {
        score: 5,
        scale: 5,
        device,
        capability: Some(capability.to_owned()),
    };
    let holder = Actor::new("receipt-01", NO_OFFICE, Role::Applicant);
    let first = &rated[0];
    let as_officer = rate(&capability, RatingDevice::Office);
    tries(&town, receiver.clone(), first, as_officer, None)
        .await
        .refused("WRONG_ROLE");
    let guessed = rate(&"ff".repeat(32), RatingDevice::Own);
    tries(&town, holder.clone(), first, guessed, None)
        .await
        .refused("NOT_THE_APPLICANT");
    for known in &rated {
        let at_the_counter = rate(&capability, RatingDevice::Office);
        tries(&town, holder.clone(), known, at_the_counter, None)
            .await
            .done();
    }
    let second = rate(&capability, RatingDevice::Own);
    tries(&town, holder, first, second, None)
        .await
        .refused("ALREADY_RATED");
    let finding = town.found("rated_at_office", first, "dossier.rated").await;
    assert_eq!(
        finding["rate"],
        json!({ "numerator": 3, "denominator": 3, "percent": "100.00" })
    );
    assert_eq!(town.facts(first, "dossier.rated").await.len(), 1);

    let assisted = town.findings("assisted_filing").await;
    assert_eq!(assisted.len(), 1, "{assisted:#?}");
    assert_eq!(assisted[0]["rate"]["numerator"], 3);
    assert_eq!(town.citizen(first).await["channel"], "COUNTER");
    assert_eq!(town.officer(first).await["status"], "RETURNED");
}

#[tokio::test(flavor = "multi_thread")]
async fn abuse_11_every_hand_over_has_a_giver_and_a_receiver_so_that_honest_staff_are_protected() {
    let town = given_the_district().await;
    let known = town.lying("2025-05-14T09:00", OFFICE, LONG).await;
    let give = |to: &str| C::HandOver {
        to: to.to_owned(),
        role: Role::Handler,
        office: None,
        step: None,
    };
    let other = Actor::new("handler-02", OFFICE, Role::Handler);
    let before = town.lying("2025-05-14T09:30", OFFICE, LONG).await;
    town.did(
        "2025-05-14T10:00",
        &known,
        Role::Handler,
        give("handler-02"),
    )
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
    let handled = town.lying("2025-05-15T10:00", OFFICE, LONG).await;
    tries(&town, other.clone(), &before, give("handler-03"), None)
        .await
        .refused("NOT_THE_HOLDER");
    tries(
        &town,
        stranger(Role::Handler),
        &before,
        give("handler-03"),
        None,
    )
    .await
    .refused("WRONG_OFFICE");
    let sign_for = C::ReceiveHandOver { complete: true };
    let third = Actor::new("handler-03", OFFICE, Role::Handler);
    tries(&town, third, &known, sign_for.clone(), None)
        .await
        .refused("NOT_ADDRESSED");
    tries(&town, other.clone(), &known, sign_for, None)
        .await
        .done();
    let finding = town
        .found("unsigned_hand_over", &known, "dossier.handed_over")
        .await;
    assert!(
        finding["amount"]
            .as_str()
            .and_then(|days| days.parse().ok())
            > Some(1_u64)
    );

    let drafted = tries(&town, other, &known, C::DraftResult, None).await;
    drafted.done();
    let facts = town.auditor(&known).await;
    let desk = |kind: &str| {
        let fact = facts
            .iter()
            .find(|fact| fact["kind"] == kind)
            .expect("a fact");
        (fact["actor"].clone(), fact["recordedAt"].clone())
    };
    assert_eq!(desk("dossier.handed_over").0, "handler-01");
    let received = desk("dossier.hand_over_received");
    assert_eq!(received.0, "handler-02");
    assert!(received.1.as_str() > desk("dossier.handed_over").1.as_str());
    let of_officer = list(&town.officer(&known).await["history"]["nodes"]);
    assert!(of_officer.iter().any(|fact| fact["actor"] == "handler-02"));
    // The public reads whose office has it, never who.
    let seen = town.citizen(&known).await;
    assert_eq!(seen["office"]["code"], OFFICE);
    assert!(!seen.to_string().contains("handler-0"));

    // One person took it in and decides: allowed where the procedure allows it, and found.
    let same = Actor::new(person(Role::Receiver, OFFICE).id, OFFICE, Role::Signer);
    let sign = json!({ "dossier": alone.code });
    town.tries(&same, "signResult", sign).await.done();
    town.found(
        "one_person_takes_in_and_decides",
        &alone,
        "dossier.result_signed",
    )
    .await;
    let handler = Actor::new(person(Role::Handler, OFFICE).id, OFFICE, Role::Signer);
    let sign = json!({ "dossier": handled.code });
    town.tries(&handler, "signResult", sign)
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
    town.did("2025-05-13T10:00", &known, Role::Cashier, owe.clone())
        .await;
    let pay = |amount_vnd| C::ConfirmPayment {
        number: 1,
        amount_vnd,
        method: PaymentMethod::Cash,
        reference: Some("PT-0513-1".into()),
    };
    let cashier = person(Role::Cashier, OFFICE);
    town.did("2025-05-13T10:30", &known, Role::Cashier, pay(50_000))
        .await;
    let other = town.lying("2025-05-13T11:00", OFFICE, LONG).await;
    town.did("2025-05-13T11:10", &other, Role::Cashier, owe)
        .await;
    tries(&town, cashier.clone(), &other, pay(70_000), None)
        .await
        .refused("AMOUNT_MISMATCH");
    tries(
        &town,
        person(Role::Receiver, OFFICE),
        &other,
        pay(50_000),
        None,
    )
    .await
    .refused("WRONG_ROLE");
    tries(&town, cashier.clone(), &known, pay(50_000), None)
        .await
        .refused("OBLIGATION_NOT_OPEN");
    let receipt = C::IssueFeeReceipt {
        number: 1,
        form: "01BLP".into(),
        series: "AA-25T".into(),
        receipt_number: "0000001".into(),
    };
    tries(&town, cashier.clone(), &known, receipt.clone(), None)
        .await
        .done();
    tries(&town, cashier.clone(), &known, receipt, None)
        .await
        .refused("ALREADY_RECORDED");
    let finding = town
        .found("paid_without_receipt", &known, "dossier.payment_confirmed")
        .await;
    assert_eq!(
        finding["amount"], "4",
        "the receipt came four working days later"
    );
    let back = |amount_vnd| C::RefundPayment {
        number: 1,
        amount_vnd,
    };
    let mistake = Some(Reason::AgencyError);
    tries(&town, cashier.clone(), &known, back(50_000), None)
        .await
        .refused("REASON_REQUIRED");
    tries(&town, cashier.clone(), &known, back(60_000), mistake)
        .await
        .refused("AMOUNT_MISMATCH");
    tries(&town, cashier, &known, back(50_000), mistake)
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
    let refund = town.facts(&known, "dossier.payment_refunded").await;
    assert_eq!(refund[0]["reason"], "AGENCY_ERROR");
    let seen = town.citizen(&known).await.to_string();
    assert!(
        !seen.contains("50000") && !seen.contains("50.000"),
        "no amount is public"
    );
    assert!(!town.officer(&known).await.is_null());
}
