//! "Check this yourself", as a browser meets it: no script, both languages, never more than is true.

use motcua::domain::actor::Role;
use motcua::domain::dossier::DossierCommand;
use reqwest::header::{CONTENT_SECURITY_POLICY, REFRESH};

use super::ground::*;
use crate::office::OFFICE;

/// Words that would claim more than a log without witnesses can keep.
const TOO_MUCH: [&str; 2] = ["tamper-evident", "Sealed and witnessed"];

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_just_accepted_is_pending_and_the_page_asks_again() {
    let door = given_an_office().await;
    let page = door.get(&format!("/t/{}/proof?lang=en", door.code)).await;
    assert_eq!(page.status().as_u16(), 202);
    assert_eq!(page.headers()[REFRESH], "5");
    let text = page.text().await.expect("a page");
    assert!(text.contains("waiting to be sealed") && text.contains("RECEIPT_PENDING"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_dossier_is_checked_step_by_step_and_no_more_is_said_than_that() {
    let mut door = given_an_office().await;
    door.seal().await;
    let position = door.accepted_at().await;
    let page = door.get(&format!("/t/{}/proof?lang=en", door.code)).await;
    assert_eq!(page.status().as_u16(), 200);
    let policy = page.headers()[CONTENT_SECURITY_POLICY].to_str();
    assert!(policy.expect("a policy").starts_with("default-src 'none'"));
    let text = page.text().await.expect("a page");
    let good = "<span class=\"tag good\"><span aria-hidden=\"true\">✓</span>";
    assert_eq!(text.matches(good).count(), 5, "{text}");
    assert!(text.contains("Sealed, not witnessed") && text.contains(&position.to_string()));
    assert!(!text.contains("<script") && !text.contains("000123"));
    for claim in TOO_MUCH {
        assert!(!text.contains(claim), "{claim}");
    }
    let receipt = format!("href=\"/receipts/{}\"", door.code);
    assert!(text.contains(&receipt));
    let vietnamese = door.text(&format!("/t/{}/proof", door.code)).await;
    assert!(vietnamese.contains("Đã niêm phong, chưa có người chứng"));
    assert!(!vietnamese.contains("Sealed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_quorum_of_witnesses_the_page_names_them() {
    let mut door = given_a_witnessed_office().await;
    door.seal().await;
    let text = door.text(&format!("/t/{}/proof?lang=en", door.code)).await;
    assert!(text.contains("Sealed and witnessed") && text.contains("tamper-evident"));
    assert!(text.contains("w1 (15 Nov 2023 05:13)"), "{text}");
    let vietnamese = door.text(&format!("/t/{}/proof", door.code)).await;
    assert!(vietnamese.contains("Đã niêm phong, có người chứng"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_record_is_shown_as_what_it_is() {
    let mut door = given_an_office().await;
    door.seal().await;
    let position = door.accepted_at().await;
    door.edit(position, OFFICE, "H38.40.02").await;
    let page = door.get(&format!("/t/{}/proof?lang=en", door.code)).await;
    assert_eq!(page.status().as_u16(), 500);
    let text = page.text().await.expect("a page");
    assert!(text.contains("NOT the one that was sealed") && text.contains("ENTRY_ALTERED"));
    assert!(text.contains(&format!("position {position} ")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_has_a_page_of_its_own_and_the_receipt_a_sheet_to_print() {
    let mut door = given_an_office().await;
    let none = door
        .get(&format!("/t/{}/proof?of=result&lang=en", door.code))
        .await;
    assert_eq!(none.status().as_u16(), 404);
    assert!(
        none.text()
            .await
            .expect("a page")
            .contains("There is no result yet")
    );
    let to = "handler-01".to_owned();
    door.act(Role::Receiver, DossierCommand::Forward { to })
        .await;
    door.act(Role::Handler, DossierCommand::DraftResult).await;
    door.act(Role::Signer, DossierCommand::SignResult { signature: None })
        .await;
    door.seal().await;
    let text = door
        .text(&format!("/t/{}/proof?of=result&lang=en", door.code))
        .await;
    assert!(text.contains("Result signed") && text.contains("?of=result\""));
    let sheet = door
        .text(&format!("/t/{}/proof?print&lang=en", door.code))
        .await;
    let receipt = door.text(&format!("/receipts/{}", door.code)).await;
    for line in receipt.lines() {
        let escaped = line.replace('+', "&#43;");
        assert!(sheet.contains(line) || sheet.contains(&escaped), "{line}");
    }
    let address = format!("{}/t/{}", door.base, door.code);
    assert!(sheet.contains(&address) && sheet.contains("<svg"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_pages_lead_to_the_proof() {
    let mut door = given_an_office().await;
    let history = format!("/history/{}?lang=en", door.code);
    assert!(door.text(&history).await.contains("waiting to be sealed"));
    assert!(!door.text("/?lang=en").await.contains("The sealed log"));
    door.seal().await;
    let position = door.accepted_at().await;
    let link = format!("href=\"/log/proof/inclusion/{position}\"");
    assert!(door.text(&history).await.contains(&link));
    let tracking = door.text(&format!("/t/{}", door.code)).await;
    assert!(tracking.contains(&format!("href=\"/t/{}/proof\"", door.code)));
    let home = door.text("/?lang=en").await;
    let root = door
        .integrity
        .published()
        .expect("published")
        .checkpoint
        .root;
    let root = motcua::tlog::text::encode(&root);
    let escaped = |text: &str| text.replace('+', "&#43;");
    assert!(home.contains("The sealed log") && home.contains("Sealed, not witnessed"));
    assert!(home.contains(&root) || home.contains(&escaped(&root)));
    assert!(home.contains("href=\"/log/checkpoint\""));
}
