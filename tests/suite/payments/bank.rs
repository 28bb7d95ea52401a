//! The bank's QR code and its signed word.

use motcua::domain::actor::Role;
use serde_json::json;

use super::emv::{checksum, objects, scanned};
use super::ground::{ACCOUNT, OLD_SECRET, SECRET, Town, now, received, refunded, signed};
use crate::office::id;

#[tokio::test(flavor = "multi_thread")]
async fn the_holder_of_the_receipt_sees_a_code_that_any_banking_app_reads() {
    let town = Town::given().await;
    assert!(town.ways().await.is_empty(), "nothing is owed");
    town.owe(50_000).await;
    let ways = town.ways().await;
    let gateways: Vec<&str> = ways
        .iter()
        .filter_map(|way| way["gateway"].as_str())
        .collect();
    assert_eq!(gateways, ["bank-01", "wallet-01"], "not another office's");
    let (bank, reference) = (&ways[0], town.reference().await);
    let qr = bank["qr"].as_str().expect("a code");
    let code = objects(qr);
    let (body, sum) = qr.split_at(qr.len() - 4);
    assert_eq!(checksum(body), sum);
    let known = [
        ("00", "01"),
        ("01", "12"),
        ("53", "704"),
        ("54", "50000"),
        ("58", "VN"),
    ];
    for (id, value) in known {
        assert_eq!(code[id], value, "{id}");
    }
    let merchant = objects(&code["38"]);
    assert_eq!(merchant["00"], "A000000727");
    assert_eq!(merchant["02"], "QRIBFTTA");
    let to = objects(&merchant["01"]);
    assert_eq!((to["00"].as_str(), to["01"].as_str()), ("970436", ACCOUNT));
    assert_eq!(objects(&code["62"])["08"], reference);
    assert!(!qr.contains(&town.code), "nothing of the dossier");

    let path = format!("/t/{}?k={}&lang=en", town.code, town.key);
    let page = town.served.get(&path).await.text().await.expect("a text");
    let picture = page.split("<div class=\"qr pay\">").nth(1).expect("a code");
    assert_eq!(scanned(picture), qr);
    for part in ["Vietcombank", ACCOUNT, "UBND XA MAU", &reference] {
        assert!(picture.contains(part), "{part}");
    }
    let path = format!("/t/{}?lang=en", town.code);
    let page = town.served.get(&path).await.text().await.expect("a text");
    assert!(!page.contains(&reference) && !page.contains("qr pay"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_shows_no_receipt_learns_of_no_way_and_an_officer_of_the_office_does() {
    let town = Town::given().await;
    town.owe(50_000).await;
    let query = "query($code: String!) { tracking(code: $code) { waysToPay { reference } } }";
    let told = town.ask(None, query, json!({"code": town.code})).await;
    assert_eq!(told["tracking"]["waysToPay"], json!(null));
    let query = "query($code: String!) { dossier(by: {code: $code}) { waysToPay { reference } } }";
    let variables = json!({"code": town.code});
    let told = town.ask(Some(Role::Cashier), query, variables).await;
    let reference = &told["dossier"]["waysToPay"][0]["reference"];
    assert_eq!(reference, &json!(town.reference().await));
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_came_is_recorded_once_however_often_it_is_told() {
    let town = Town::given().await;
    town.owe(50_000).await;
    let reference = town.reference().await;
    let content = format!("MBVCB.81.{} CT tu 0011 NGUYEN", reference.to_lowercase());
    let told = received("FT26332-0001", 50_000, &content);
    let first = town.tell(&told).await;
    first.is(200, "RECORDED");
    town.shown(&first.body["position"]).await;
    let after = town.obligations().await;
    assert_eq!(after["obligations"][0]["state"], "PAID");
    assert_eq!(after["obligations"][0]["method"], "BANK_TRANSFER");
    assert_eq!(town.tell(&told).await, first, "the same answer");
    assert_eq!(town.obligations().await, after, "nothing more");
    assert!(town.ways().await.is_empty());
    let history = town
        .ask(
            Some(Role::Auditor),
            "query($code: String!) { auditTrail(first: 100, filter: {code: $code, role: PAYMENT_GATEWAY}) { nodes { actor } } }",
            json!({"code": town.code}),
        )
        .await
        .to_string();
    assert!(history.contains("bank-01"), "{history}");
    assert_eq!(town.stray(), 0);

    // The same transaction told otherwise, and another one for what is paid already.
    let more = received("FT26332-0001", 60_000, &content);
    town.tell(&more).await.is(409, "IDEMPOTENCY_CONFLICT");
    let twice = received("FT26332-0002", 50_000, &content);
    town.tell(&twice).await.is(409, "OBLIGATION_NOT_OPEN");
    assert_eq!(town.obligations().await, after);
    assert_eq!(town.stray(), 2, "somebody has to look at it");
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_fits_nothing_is_refused_by_a_code_and_counted() {
    let town = Town::given().await;
    town.owe(50_000).await;
    let reference = town.reference().await;
    let before = town.obligations().await;
    let slip = reference.replace(
        &reference[10..11],
        if &reference[10..11] == "A" { "B" } else { "A" },
    );
    for (told, status, code) in [
        (received("T-1", 49_999, &reference), 422, "AMOUNT_MISMATCH"),
        (received("T-2", 50_001, &reference), 422, "AMOUNT_MISMATCH"),
        (
            received("T-3", 50_000, &slip),
            422,
            "PAYMENT_REFERENCE_UNKNOWN",
        ),
        (
            received("T-4", 50_000, "le phi"),
            422,
            "PAYMENT_REFERENCE_UNKNOWN",
        ),
        (
            refunded("T-5", 50_000, &reference),
            409,
            "OBLIGATION_NOT_OPEN",
        ),
    ] {
        town.tell(&told).await.is(status, code);
    }
    assert_eq!(town.stray(), 5);
    let cancel =
        json!({"commandId": id(), "dossier": town.code, "number": 1, "reason": "AGENCY_ERROR"});
    town.act(Role::Cashier, "cancelFinancialObligation", cancel)
        .await;
    let late = received("T-6", 50_000, &reference);
    town.tell(&late).await.is(409, "OBLIGATION_NOT_OPEN");
    assert_eq!(town.stray(), 6);
    let metrics = town.served.get("/metrics").await.text().await;
    assert!(
        metrics
            .expect("a text")
            .contains("motcua_payments_stray_total 6")
    );
    let after = town.obligations().await;
    assert_eq!(after["obligations"][0]["state"], "CANCELLED");
    assert_eq!(
        after["version"].as_u64(),
        before["version"].as_u64().map(|version| version + 1),
        "the cancellation alone"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bank_has_not_signed_now_is_not_believed() {
    let town = Town::given().await;
    town.owe(50_000).await;
    let body = received("T-1", 50_000, &town.reference().await).to_string();
    let sign = |secret, second| signed(secret, "msg-1", second, body.as_bytes());
    let send = |second: u64, signature: String| {
        let body = body.clone();
        let town = &town;
        async move {
            town.send("bank-01", body, &["msg-1", &second.to_string(), &signature])
                .await
        }
    };
    let at = now();
    let stranger = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let wrong = "PAYMENT_SIGNATURE_WRONG";
    send(at, sign(stranger, at)).await.is(401, wrong);
    send(at, sign(SECRET, at - 1)).await.is(401, wrong);
    send(at, "v1,!!".into()).await.is(401, wrong);
    town.send("bank-01", body.clone(), &[]).await.is(401, wrong);
    let stale = "PAYMENT_NOTICE_STALE";
    send(at - 400, sign(SECRET, at - 400)).await.is(401, stale);
    send(at + 400, sign(SECRET, at + 400)).await.is(401, stale);
    let malformed = "PAYMENT_NOTICE_MALFORMED";
    let mut elsewhere = received("T-1", 50_000, &town.reference().await);
    elsewhere["data"]["account"] = "999".into();
    town.tell(&elsewhere).await.is(400, malformed);
    let mut dollars = received("T-1", 50_000, &town.reference().await);
    dollars["data"]["currency"] = "USD".into();
    town.tell(&dollars).await.is(400, malformed);
    let named = received("Nguyễn Văn A 1", 50_000, &town.reference().await);
    town.tell(&named).await.is(400, malformed);
    town.tell(&json!([])).await.is(400, malformed);
    let large = "x".repeat(65 * 1024);
    let headers = ["msg-1", "1", "v1,x"];
    town.send("bank-01", large, &headers)
        .await
        .is(413, "PAYLOAD_TOO_LARGE");
    town.send("nobody-01", body.clone(), &headers)
        .await
        .is(404, "PAYMENT_GATEWAY_UNKNOWN");
    let other = town
        .tell(&json!({"type": "statement.ready", "data": {}}))
        .await;
    other.is(200, "NOTED");
    assert_eq!(
        town.obligations().await["obligations"][0]["state"],
        "REQUESTED"
    );
    assert_eq!(
        town.stray(),
        4,
        "what the bank signed and nobody can read is looked at; nobody's word is no money"
    );
    send(at, sign(OLD_SECRET, at)).await.is(200, "RECORDED");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bank_gave_back_is_recorded_with_its_reason() {
    let town = Town::given().await;
    town.owe(50_000).await;
    let reference = town.reference().await;
    town.tell(&received("T-1", 50_000, &reference))
        .await
        .is(200, "RECORDED");
    let too_much = refunded("R-1", 60_000, &reference);
    town.tell(&too_much).await.is(422, "AMOUNT_MISMATCH");
    // A bank may count what comes and what goes by the same numbers.
    let back = refunded("T-1", 50_000, &reference);
    let first = town.tell(&back).await;
    first.is(200, "RECORDED");
    town.shown(&first.body["position"]).await;
    assert_eq!(town.tell(&back).await, first);
    let after = town.obligations().await;
    assert_eq!(after["obligations"][0]["refundedVnd"], "50000");
}
