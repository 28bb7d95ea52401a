//! The citizen's receipt: first pending, then for ever the same.

use motcua::domain::actor::Role;
use motcua::domain::dossier::DossierCommand;
use motcua::tlog::Receipt;

use super::ground::*;

async fn kind(door: &Door, path: &str) -> String {
    let receipt: Receipt = door.text(path).await.parse().expect("a receipt");
    let (entry, _) = receipt.verify_carried(&door.policy()).expect("holds");
    let fact: serde_json::Value = serde_json::from_slice(entry).expect("a fact");
    fact["type"].as_str().expect("a type").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_dossier_has_a_receipt_that_stays_the_same_for_ever() {
    let mut door = given_an_office().await;
    let path = format!("/receipts/{}", door.code);
    let pending = door.get(&path).await;
    assert_eq!(header(&pending, "retry-after"), "2");
    then_refused(pending, 202, "RECEIPT_PENDING").await;
    door.seal().await;
    let first = door.text(&path).await;
    assert!(first.len() <= 48 * 1024 && !first.contains("000123"));
    assert_eq!(kind(&door, &path).await, "dossier.accepted");
    door.accept().await;
    door.seal().await;
    assert_eq!(door.text(&path.to_lowercase()).await, first);
    let name = format!("attachment; filename=\"{}.tlog-proof\"", door.code);
    assert_eq!(header(&door.get(&path).await, "content-disposition"), name);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_has_a_receipt_once_it_is_signed() {
    let mut door = given_an_office().await;
    let path = format!("/receipts/{}?of=result", door.code);
    then_refused(door.get(&path).await, 404, "RECEIPT_NO_SUCH_FACT").await;
    let to = "handler-01".to_owned();
    door.act(Role::Receiver, DossierCommand::Forward { to })
        .await;
    door.act(Role::Handler, DossierCommand::DraftResult).await;
    door.act(Role::Signer, DossierCommand::SignResult { signature: None })
        .await;
    then_refused(door.get(&path).await, 202, "RECEIPT_PENDING").await;
    door.seal().await;
    assert_eq!(kind(&door, &path).await, "dossier.result_signed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_nobodys_code_has_no_receipt() {
    let door = given_an_office().await;
    for (path, status, code) in [
        ("H38.40.01-200101-0001", 404, "UNKNOWN_DOSSIER"),
        ("nothing", 404, "DOSSIER_CODE_MALFORMED"),
        ("a%FF", 404, "DOSSIER_CODE_MALFORMED"),
        ("H38.40.01-200101-0001?of=everything", 400, "BAD_REQUEST"),
    ] {
        let response = door.get(&format!("/receipts/{path}")).await;
        then_refused(response, status, code).await;
    }
}
