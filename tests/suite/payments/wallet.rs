//! A gateway that is altogether unlike the bank: an address to follow, a call with parameters, and its own words for answers.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha512;
use url::Url;
use url::form_urlencoded::Serializer;

use super::ground::{Answer, Town, WALLET_SECRET};

/// Sorted, and signed without the program's help.
fn told(secret: &str, amount: u64, transaction: &str, reference: &str, outcome: &str) -> String {
    let hundredths = (amount * 100).to_string();
    let mut parameters = [
        ("vnp_Amount", hundredths.as_str()),
        ("vnp_BankCode", "NCB"),
        ("vnp_OrderInfo", reference),
        ("vnp_PayDate", "20261128093000"),
        ("vnp_ResponseCode", outcome),
        ("vnp_TmnCode", "DEMO0001"),
        ("vnp_TransactionNo", transaction),
        ("vnp_TransactionStatus", outcome),
        ("vnp_TxnRef", reference),
    ];
    parameters.sort_unstable();
    let text = Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    let mut mac = <Hmac<Sha512>>::new_from_slice(secret.as_bytes()).expect("a key");
    mac.update(text.as_bytes());
    let mut query = text + "&vnp_SecureHash=";
    for byte in mac.finalize().into_bytes() {
        write!(query, "{byte:02x}").expect("text");
    }
    query
}

#[track_caller]
fn says(answer: &Answer, code: &str) {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.body["RspCode"], code, "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fee_is_paid_at_the_wallet_and_told_by_its_call() {
    let town = Town::given().await;
    town.owe(18_060).await;
    let ways = town.ways().await;
    let link: Url = ways[1]["link"]
        .as_str()
        .expect("a link")
        .parse()
        .expect("an address");
    let asked: std::collections::BTreeMap<_, _> = link.query_pairs().into_owned().collect();
    assert_eq!(asked["vnp_Amount"], "1806000");
    let order = &asked["vnp_TxnRef"];
    let call = |query: String| {
        let town = &town;
        async move { town.call("wallet-01", &query).await }
    };
    says(&call(told("another", 18_060, "1", order, "00")).await, "97");
    says(
        &call(told(WALLET_SECRET, 18_061, "1", order, "00")).await,
        "04",
    );
    says(
        &call(told(WALLET_SECRET, 18_060, "1", "MC1", "00")).await,
        "01",
    );
    let given_up = told(WALLET_SECRET, 18_060, "1", order, "24");
    says(&call(given_up).await, "00");
    assert_eq!(
        town.obligations().await["obligations"][0]["state"],
        "REQUESTED"
    );
    let paid = told(WALLET_SECRET, 18_060, "13423248", order, "00");
    let first = call(paid.clone()).await;
    says(&first, "00");
    assert_eq!(call(paid).await, first);
    let again = told(WALLET_SECRET, 18_060, "13423249", order, "00");
    says(&call(again).await, "02");
    assert_eq!(town.stray(), 3);
    // The answer has no place for a position: look until it is shown.
    let mut tries = 0..100;
    let paid = loop {
        let obligations = town.obligations().await["obligations"].clone();
        if obligations[0]["state"] == "PAID" || tries.next().is_none() {
            break obligations;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    assert_eq!(
        paid,
        json!([{"state": "PAID", "method": "LOCAL_GATEWAY", "refundedVnd": "0"}])
    );
}
