//! Linked procedures from outside: one code for the citizen, an agency behind each leg, each with its own node and time.

mod ground;
mod group;
mod rules;

use motcua::domain::actor::Role;
use serde_json::{Value, json};

use self::ground::{BIRTH, INSURANCE, POLICE, Town};
use crate::grounds::grounds;
use crate::office::OFFICE;

const COUNTER: (Role, &str) = (Role::Receiver, OFFICE);

async fn filed(town: &Town) -> String {
    let filing = json!({
        "procedure": BIRTH, "office": OFFICE, "channel": "COUNTER",
        "applicant": { "fullName": "Công dân 000777", "phone": "0000000777" },
    });
    let lodged = town.does(COUNTER, "lodgeDossier", filing).await;
    let code = lodged["code"].as_str().expect("a code").to_owned();
    let legs = json!([
        { "place": 1, "office": OFFICE },
        { "place": 2, "office": POLICE },
        { "place": 3, "office": INSURANCE },
    ]);
    let accept = json!({ "dossier": code, "legs": legs });
    town.does(COUNTER, "acceptLinkedDossier", accept).await;
    code
}

/// Accepted, forwarded and drafted at the agency.
async fn worked_on(town: &Town, leg: &str, office: &str) {
    let on = |more: Value| {
        let mut input = json!({ "dossier": leg });
        for (key, value) in more.as_object().expect("an object") {
            input[key] = value.clone();
        }
        input
    };
    let receiver = (Role::Receiver, office);
    town.does(receiver, "acceptDossier", on(json!({}))).await;
    let to = on(json!({ "to": "handler-01" }));
    town.does(receiver, "forwardDossier", to).await;
}

async fn signed(town: &Town, leg: &str, office: &str, reason: Option<&str>) {
    let handler = (Role::Handler, office);
    town.does(handler, "draftResult", json!({ "dossier": leg }))
        .await;
    let sign = json!({ "dossier": leg, "reason": reason });
    town.does((Role::Signer, office), "signResult", sign).await;
}

async fn whole(town: &Town, code: &str) -> Value {
    let query = "query ($code: String!) { tracking(code: $code) { status dueAt originalDueAt timeliness } }";
    let mut data = town.ask(None, query, json!({ "code": code })).await;
    data["tracking"].take()
}

async fn counts(town: &Town, office: &str) -> Value {
    let query = "query ($office: String!) { statistics(from: \"2026-11-01\", to: \"2026-11-30\", office: $office) {
        received { total } settled { total late undated } pending { total } } }";
    let who = Some((Role::Auditor, OFFICE));
    let mut data = town.ask(who, query, json!({ "office": office })).await;
    data["statistics"].take()
}

async fn alarms(town: &Town, office: &str, code: &str) -> Value {
    let query =
        "query ($code: String!) { dossier(by: {code: $code}) { portal { alarms { code } } } }";
    let who = Some((Role::Receiver, office));
    let mut data = town.ask(who, query, json!({ "code": code })).await;
    data["dossier"]["portal"]["alarms"].take()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_birth_group_runs_to_its_end_with_one_leg_late_and_one_result_corrected() {
    for ground in grounds().await {
        let town = Town::begin(ground).await.at("2026-11-04 09:00").await;
        let code = filed(&town).await;
        let birth = town.leg_code(&code, 1).await;
        let promised = whole(&town, &code).await;
        assert_eq!(promised["status"], "WITH_AGENCIES");
        assert_eq!(
            promised["dueAt"], "2026-11-09T10:00:00.000000Z",
            "three working days"
        );
        let legs = town.legs(&code).await;
        assert_eq!(legs.len(), 3, "no identity card was asked for");
        assert_eq!(legs[0]["name"]["vi"], "Đăng ký khai sinh");
        assert_eq!(legs[1]["status"], Value::Null);
        assert_eq!(
            legs[1]["statusLabel"]["vi"],
            "Chờ kết quả của thủ tục trước"
        );
        assert_eq!(legs[0]["code"], Value::Null, "the citizen has one code");
        worked_on(&town, &birth, OFFICE).await;
        let born = town.legs(&code).await.swap_remove(0);
        assert_eq!(
            (&born["dueAt"], &born["timeliness"], &born["limitCertainty"]),
            (&Value::Null, &json!("NOT_PROMISED"), &json!("UNCERTAIN")),
            "24 hours are no promise"
        );

        // A day and a half later: the text says 24 hours, and nothing is called late by it.
        let town = town.at("2026-11-05 16:00").await;
        signed(&town, &birth, OFFICE, None).await;
        let residence = town.leg_code(&code, 2).await;
        let legs = town.legs(&code).await;
        assert_eq!(legs[0]["outcome"], "COMPLETED");
        assert_eq!(legs[0]["timeliness"], "NOT_PROMISED");
        let by = legs[1]["acknowledgeBy"].as_str().expect("a time");
        assert!(by.starts_with("2026-11-06T01:0"), "two working hours: {by}");
        assert_eq!(legs[2]["openedAt"], Value::Null, "it needs both");
        let deliver = json!({ "dossier": birth, "method": "COUNTER" });
        town.does(COUNTER, "deliverResult", deliver).await;
        assert_ne!(town.legs(&code).await[0]["deliveredAt"], Value::Null);

        let town = town.at("2026-11-06 10:00").await;
        let silent = alarms(&town, POLICE, &residence).await;
        assert_eq!(silent, json!([{ "code": "NEXT_AGENCY_SILENT" }]));
        let foreign = town
            .tries(
                (Role::Receiver, OFFICE),
                "acceptDossier",
                json!({ "dossier": residence }),
            )
            .await;
        assert_eq!(foreign["errors"][0]["code"], "WRONG_OFFICE");
        worked_on(&town, &residence, POLICE).await;
        assert_eq!(alarms(&town, POLICE, &residence).await, json!([]));
        let legs = town.legs(&code).await;
        assert_eq!(
            legs[1]["dueAt"], "2026-11-09T10:00:00.000000Z",
            "two days from when it was given"
        );
        // The police find a mistake in the birth certificate.
        let back =
            || json!({ "dossier": residence, "place": 1, "reason": "SENT_BACK_FOR_CORRECTION" });
        town.does((Role::Handler, POLICE), "sendBack", back()).await;
        let stands = json!({ "dossier": birth, "place": 2, "reason": "OTHER" });
        town.does((Role::Signer, OFFICE), "declineCorrection", stands)
            .await;
        assert_eq!(town.legs(&code).await[1]["status"], "IN_PROCESSING");
        town.does((Role::Handler, POLICE), "sendBack", back()).await;
        assert_eq!(town.legs(&code).await[1]["status"], "AWAITING_CORRECTION");
        let draft = town
            .tries(
                (Role::Handler, POLICE),
                "draftResult",
                json!({ "dossier": residence }),
            )
            .await;
        assert_eq!(draft["errors"][0]["code"], "WRONG_STATE");

        let town = town.at("2026-11-09 10:00").await;
        let corrected = json!({ "dossier": birth, "reason": "AGENCY_ERROR" });
        town.does((Role::Signer, OFFICE), "correctResult", corrected)
            .await;
        let legs = town.legs(&code).await;
        assert_eq!(legs[1]["status"], "IN_PROCESSING", "it goes on by itself");
        assert_eq!(
            legs[1]["dueAt"], "2026-11-10T10:00:00.000000Z",
            "the wait was not its own"
        );
        let promise = whole(&town, &code).await;
        assert_eq!(
            promise["dueAt"], promised["dueAt"],
            "the citizen's promise stands"
        );

        let town = town.at("2026-11-11 09:00").await;
        assert_eq!(whole(&town, &code).await["timeliness"], "OVERDUE");
        signed(&town, &residence, POLICE, Some("WORKLOAD")).await;
        assert_eq!(town.legs(&code).await[1]["timeliness"], "LATE");
        let card = town.leg_code(&code, 3).await;
        worked_on(&town, &card, INSURANCE).await;
        // What is missing is asked for at the counter where the citizen filed; while they look for it the promise waits.
        let ask = json!({ "dossier": card, "items": [1], "reason": "MISSING_COMPONENT" });
        town.does(COUNTER, "requestSupplement", ask).await;
        assert_eq!(town.legs(&code).await[2]["waitsFor"], "SUPPLEMENT");
        assert_eq!(
            whole(&town, &code).await["timeliness"],
            "WAITING_FOR_APPLICANT"
        );

        let town = town.at("2026-11-13 09:00").await;
        town.does(COUNTER, "submitSupplement", json!({ "dossier": card }))
            .await;
        let accept = json!({ "dossier": card });
        town.does((Role::Handler, INSURANCE), "acceptSupplement", accept)
            .await;
        let moved = whole(&town, &code).await;
        assert_eq!(moved["originalDueAt"], promised["dueAt"]);
        assert_eq!(moved["dueAt"], promised["dueAt"], "what is late stays late");
        signed(&town, &card, INSURANCE, None).await;
        let done = whole(&town, &code).await;
        assert_eq!(
            (&done["status"], &done["timeliness"]),
            (&json!("COMPLETED"), &json!("LATE"))
        );
        for leg in [&residence, &card] {
            let deliver = json!({ "dossier": leg, "method": "COUNTER" });
            town.does(COUNTER, "deliverResult", deliver).await;
        }
        assert_eq!(whole(&town, &code).await["status"], "RETURNED");

        assert_eq!(
            counts(&town, POLICE).await,
            json!({ "received": { "total": 1 }, "settled": { "total": 1, "late": 1, "undated": 0 }, "pending": { "total": 0 } })
        );
        assert_eq!(
            counts(&town, INSURANCE).await["settled"],
            json!({ "total": 1, "late": 0, "undated": 1 })
        );
        // The whole and its first leg.
        assert_eq!(
            counts(&town, OFFICE).await["settled"],
            json!({ "total": 2, "late": 1, "undated": 1 })
        );
        let person = "query ($code: String!) { dossier(by: {code: $code}) { applicant { fullName }
            legOf { code place results { place } } } }";
        let officer = Some((Role::Receiver, POLICE));
        let told = town
            .ask(officer, person, json!({ "code": residence }))
            .await;
        assert_eq!(told["dossier"]["applicant"]["fullName"], "Công dân 000777");
        assert_eq!(
            told["dossier"]["legOf"],
            json!({ "code": code, "place": 2, "results": [{ "place": 1 }] })
        );
        let page = town.page(&format!("/t/{code}")).await;
        for said in [
            "Đăng ký khai sinh",
            "Đăng ký thường trú",
            "Cấp thẻ bảo hiểm y tế",
        ] {
            assert!(page.contains(said), "{said}");
        }
        assert!(!page.contains("Công dân 000777"));
        town.replays().await;
    }
}
