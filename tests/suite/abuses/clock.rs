//! Rows about promises: back-filled, late in silence, not accepted, apologies left out, rates too good to be true.

use motcua::api::schema::sdl;
use motcua::domain::actor::Role;
use motcua::domain::dossier::DossierCommand as C;
use motcua::domain::reason::Reason;
use serde_json::{Value, json};

use super::ground::{LONG, OFFICE, SECOND, SHORT, given_the_district, hour, list};

#[tokio::test(flavor = "multi_thread")]
async fn abuse_01_a_late_dossier_stays_late_whatever_hour_is_claimed_for_its_end() {
    let town = given_the_district().await;
    let late = town.lying("2025-05-05T09:00", OFFICE, SHORT).await;
    let due = hour("2025-05-08T17:00").to_string();
    assert_eq!(town.citizen(&late).await["dueAt"], due);

    // No date can be overwritten: an earlier one is refused, a later one comes too late and moves nothing.
    let apologise = async |input: Value| {
        town.tries_on(&late, Role::Signer, "issueApology", input)
            .await
    };
    let earlier = json!({ "newDueOn": "2025-05-07", "reason": "WORKLOAD" });
    apologise(earlier).await.refused("NEW_DATE_TOO_EARLY");
    let later = json!({ "newDueOn": "2025-05-26", "reason": "WORKLOAD" });
    apologise(later).await.done();

    // No end can be typed: one to come is refused, an earlier one is a claim.
    let sign = async |claimed: &str| {
        let input = json!({ "occurredAt": hour(claimed).to_string() });
        town.tries_on(&late, Role::Signer, "signResult", input)
            .await
    };
    sign("2025-12-01T08:00").await.refused("FUTURE_CLAIM");
    let signed = sign("2025-05-08T09:00").await.done();
    let again = town
        .tries_on(&late, Role::Signer, "signResult", json!({}))
        .await;
    again.refused("WRONG_STATE");

    let seen = town.citizen(&late).await;
    assert_eq!(seen["timeliness"], "LATE");
    assert_eq!(
        (&seen["dueAt"], &seen["originalDueAt"]),
        (&json!(due), &json!(due))
    );
    assert_eq!(seen["breaches"], json!(["LATE_APOLOGY", "LATE_RESULT"]));
    assert!(
        town.page(&format!("/t/{}?lang=en", late.code))
            .await
            .contains("late")
    );
    let of_officer = town.officer(&late).await;
    let ended = list(&of_officer["history"]["nodes"]).into_iter();
    let ended = ended.filter(|fact| fact["kind"] == "dossier.result_signed");
    let ended: Vec<Value> = ended.collect();
    assert_eq!(ended[0]["claimedAt"], hour("2025-05-08T09:00").to_string());
    assert!(ended[0]["recordedAt"].as_str() > ended[0]["claimedAt"].as_str());
    let facts = town.facts(&late, "dossier.result_signed").await;
    assert_eq!(facts.len(), 1);
    assert_eq!(facts[0]["position"], signed.to_string());
    assert_eq!(facts[0]["breach"], "LATE_RESULT");

    let claimed = town
        .found("completion_claimed_early", &late, "dossier.result_signed")
        .await;
    assert!(
        claimed["amount"]
            .as_str()
            .and_then(|text| text.parse::<u64>().ok())
            > Some(60)
    );
    town.found(
        "promise_moved_after_expiry",
        &late,
        "dossier.apology_issued",
    )
    .await;
    let settled = statistics(&town, OFFICE).await["settled"].take();
    assert_eq!(
        (&settled["late"], &settled["onTime"]),
        (&json!(1), &json!(0))
    );
}

#[test]
fn abuse_01_no_command_takes_a_promise_or_an_end() {
    let sdl = sdl();
    // What a list is filtered by is no part of a command.
    let inputs = sdl.split("\ninput ").skip(1);
    let inputs = inputs.filter(|input| !input.starts_with("DossierFilter "));
    for input in inputs.filter_map(|rest| rest.split("\n}").next()) {
        for field in [
            "dueAt:",
            "originalDueAt:",
            "endedAt:",
            "acceptedAt:",
            "recordedAt:",
        ] {
            assert!(!input.contains(field), "{field} in {input}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn abuse_02_an_overdue_dossier_shows_it_and_does_not_end_without_a_reason() {
    let town = given_the_district().await;
    let late = town.lying("2025-05-05T09:00", OFFICE, SHORT).await;
    let lying = town.citizen(&late).await;
    assert_eq!(lying["timeliness"], "OVERDUE");
    assert!(lying["slackDays"].as_i64().is_some_and(|days| days < 0));
    assert_eq!(lying["apologies"], 0);
    assert_eq!(lying["office"]["code"], OFFICE, "whose desk");
    for (lang, words) in [
        ("vi", "quá hẹn mà chưa có thư xin lỗi"),
        (
            "en",
            "The promised date has passed and no apology has been issued.",
        ),
    ] {
        let page = town.page(&format!("/t/{}?lang={lang}", late.code)).await;
        assert!(
            page.to_lowercase().contains(&words.to_lowercase()),
            "{page}"
        );
    }

    let silent = town
        .tries_on(&late, Role::Signer, "signResult", json!({}))
        .await;
    silent.refused("REASON_REQUIRED");
    let reason = json!({ "reason": "STAFF_CHANGE" });
    town.tries_on(&late, Role::Signer, "signResult", reason)
        .await
        .done();
    let told = list(&town.citizen(&late).await["history"]);
    let signed = told.iter().find(|one| one["breach"] == "LATE_RESULT");
    let signed = signed.expect("the public reads that it was late");
    assert_eq!(signed["reason"]["en"], "Change of handler");
    assert_eq!(town.officer(&late).await["timeliness"], "LATE");
    let facts = town.facts(&late, "dossier.result_signed").await;
    assert_eq!(facts[0]["reason"], "STAFF_CHANGE");
    town.found("late_without_apology", &late, "dossier.result_signed")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn abuse_03_an_online_dossier_that_waits_for_acceptance_has_a_clock_of_its_own() {
    let town = given_the_district().await;
    let waiting = town.submitted("2025-05-05T13:00", OFFICE, SHORT).await;
    let seen = town.citizen(&waiting).await;
    assert_eq!(seen["status"], "SUBMITTED");
    assert_eq!(seen["receivedAt"], hour("2025-05-05T13:00").to_string());
    town.tries_on(&waiting, Role::Receiver, "acceptDossier", json!({}))
        .await
        .done();
    let after = town.citizen(&waiting).await;
    assert_eq!(after["breaches"], json!(["LATE_INTAKE"]));
    let steps = list(&after["history"]);
    assert!(steps.iter().any(|step| step["breach"] == "LATE_INTAKE"));
    assert_eq!(
        town.officer(&waiting).await["breaches"],
        json!(["LATE_INTAKE"])
    );
    let accepted = town.facts(&waiting, "dossier.accepted").await;
    assert_eq!(accepted[0]["breach"], "LATE_INTAKE");
    let finding = town
        .found("accepted_late", &waiting, "dossier.accepted")
        .await;
    assert_eq!(
        finding["rate"],
        json!({ "numerator": 1, "denominator": 1, "percent": "100.00" })
    );
    assert!(
        finding["amount"]
            .as_str()
            .and_then(|hours| hours.parse().ok())
            > Some(8_u64)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn abuse_10_an_apology_moves_a_promise_once_and_in_time_and_its_absence_is_found() {
    let town = given_the_district().await;
    let never = town.lying("2025-05-05T09:00", OFFICE, SHORT).await;
    let once = town.lying("2025-05-12T09:00", OFFICE, LONG).await;
    let due = town.citizen(&once).await["dueAt"].clone();
    assert_eq!(due, hour("2025-05-21T17:00").to_string());
    let apologise = async |known, day: &str| {
        let input = json!({ "newDueOn": day, "reason": "WAITING_FOR_OTHER_AGENCY" });
        town.tries_on(known, Role::Signer, "issueApology", input)
            .await
    };
    let bare = json!({ "newDueOn": "2025-05-28" });
    let bare = town
        .tries_on(&once, Role::Signer, "issueApology", bare)
        .await;
    bare.refused("REASON_REQUIRED");
    apologise(&once, "2025-05-28").await.done();
    let moved = town.citizen(&once).await;
    assert_eq!(moved["dueAt"], hour("2025-05-28T17:00").to_string());
    assert_eq!(moved["originalDueAt"], due);
    apologise(&once, "2025-06-10").await.done();
    let again = town.citizen(&once).await;
    assert_eq!(again["dueAt"], moved["dueAt"], "the second moves nothing");
    assert_eq!(again["breaches"], json!(["REPEATED_APOLOGY"]));
    assert_eq!(again["apologies"], 2);
    town.found(
        "promise_moved_after_expiry",
        &once,
        "dossier.apology_issued",
    )
    .await;

    let input = json!({ "reason": "WORKLOAD" });
    town.tries_on(&never, Role::Signer, "signResult", input)
        .await
        .done();
    let finding = town
        .found("late_without_apology", &never, "dossier.result_signed")
        .await;
    assert_eq!(finding["rate"]["numerator"], 1);
    town.then_not_found("late_without_apology", &once).await;
    let facts = town.facts(&once, "dossier.apology_issued").await;
    let is_new_date: Vec<bool> = facts
        .iter()
        .map(|fact| {
            list(&fact["changes"])
                .iter()
                .any(|one| one["field"] == "dueAt")
        })
        .collect();
    assert_eq!(is_new_date, [true, false]);
    assert_eq!(town.officer(&once).await["apologies"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn abuse_13_what_was_withdrawn_or_never_dated_is_in_no_rate_and_every_denominator_is_told() {
    let town = given_the_district().await;
    let late = town.lying("2025-05-05T09:00", SECOND, SHORT).await;
    let mut withdrawn = Vec::new();
    for _ in 0..3 {
        withdrawn.push(town.lying("2025-05-08T09:00", SECOND, LONG).await);
    }
    for known in &withdrawn {
        let wish = json!({ "reason": "APPLICANT_REQUEST" });
        let asked = town.tries_on(known, Role::Receiver, "requestWithdrawal", wish);
        asked.await.done();
        let granted = town.tries_on(known, Role::Signer, "grantWithdrawal", json!({}));
        granted.await.done();
    }
    let input = json!({ "reason": "WORKLOAD" });
    town.tries_on(&late, Role::Signer, "signResult", input)
        .await
        .done();

    let counted = statistics(&town, SECOND).await;
    let rate = &counted["earlyAndOnTimeRate"];
    assert_eq!(
        (&rate["numerator"], &rate["denominator"]),
        (&json!(0), &json!(1))
    );
    assert_eq!(counted["closed"]["withdrawn"], 3);
    assert_eq!(counted["excludedFromRate"], 0);
    assert_eq!(counted["balanced"], true);
    let nothing = statistics(&town, OFFICE).await;
    assert_eq!(
        nothing["earlyAndOnTimeRate"]["percent"],
        Value::Null,
        "nothing of nothing"
    );
    let page = town
        .page(&format!(
            "/statistics?office={SECOND}&from=2025-05-01&to=2025-05-31&lang=en"
        ))
        .await;
    assert!(
        page.contains("0 / 1") || page.contains("0/1") || page.contains("0 of 1"),
        "{page}"
    );

    assert_eq!(
        town.citizen(&withdrawn[0]).await["timeliness"],
        "CLOSED_WITHOUT_SETTLEMENT"
    );
    assert_eq!(
        town.officer(&withdrawn[0]).await["timeliness"],
        "CLOSED_WITHOUT_SETTLEMENT"
    );
    let facts = town
        .facts(&withdrawn[0], "dossier.withdrawal_granted")
        .await;
    assert_eq!(facts.len(), 1);
    let kind = "dossier.withdrawal_requested";
    let finding = town.found("withdrawn_near_due", &withdrawn[0], kind).await;
    assert_eq!(
        finding["rate"],
        json!({ "numerator": 3, "denominator": 3, "percent": "100.00" })
    );
}

/// What everybody reads of an office's May.
async fn statistics(town: &super::ground::Town, office: &str) -> Value {
    let query = "query($office: String!) { statistics(office: $office, from: \"2025-05-01\", to: \"2025-05-31\") {
        settled { early onTime late undated total } closed { withdrawn total } pending { total }
        earlyAndOnTimeRate { numerator denominator percent } excludedFromRate balanced } }";
    let mut data = town.ask(None, query, json!({ "office": office })).await;
    data["statistics"].take()
}

/// The past as somebody else told it, for rows that begin in it.
pub(super) async fn settled_late(
    town: &super::ground::Town,
    accepted: &str,
    signed: &str,
) -> super::ground::Known {
    let known = town.lying(accepted, OFFICE, SHORT).await;
    let sign = C::SignResult { signature: None };
    let reason = Some(Reason::Workload);
    town.did_because(signed, &known, Role::Signer, sign, reason)
        .await;
    known
}
