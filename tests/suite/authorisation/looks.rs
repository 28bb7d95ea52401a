//! Whoever is shown a person is on record for it, by every door there is; what cannot be recorded is masked or refused.

use std::time::Duration;

use motcua::domain::access::is_recorded;
use motcua::projections::looks;
use serde_json::{Value, json};

use super::doors::{pages, visit, visitor};
use super::ground::{Ground, KEY, NAME, READERS, actor, given};

const ASKED: [&str; 6] = [
    "{ dossier(by: {code: $code}) { applicant { fullName } } }",
    "{ dossier(by: {code: $code}) { applicant(reveal: true) { fullName phone } files { name } code } }",
    "{ node(id: $id) { ... on Dossier { applicant { fullName } } } }",
    "{ worklist(first: 5) { nodes { code applicant { fullName } } } }",
    "{ tracking(code: $code, capability: $capability) { applicant { fullName } written { text } } }",
    "{ findDossiers(by: {name: \"thi anh\"}) { dossiers { code applicant { fullName } } } }",
];

/// How often the dossier's person was looked at by this reader, as the applicant's own list has it.
async fn looked(ground: &Ground, reader: &str) -> usize {
    let models = &ground.door.api.models;
    let head = ground.door.api.journal.head().await.expect("a journal");
    assert!(models.reach(head.size - 1, Duration::from_secs(10)).await);
    let rows = looks::of_dossier(models, ground.dossier, None, 10_000).await;
    let own = actor(reader);
    let by = |id: &str| own.as_ref().is_some_and(|own| own.id == id);
    let rows = rows.expect("rows");
    rows.iter().filter(|row| by(&row.actor)).count()
}

fn is_officer(reader: &str) -> bool {
    actor(reader).is_some_and(|actor| is_recorded(actor.role))
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_shown_the_person_is_on_record_once_for_each_request() {
    let mut ground = given().await;
    ground.door.seal().await;
    let visitor = visitor();
    let mut recorded = 0;
    for reader in READERS {
        for document in ASKED {
            let before = looked(&ground, reader).await;
            let answer = ground.ask(reader, document).await.to_string();
            let shown = answer.contains(NAME) && is_officer(reader);
            let times = looked(&ground, reader).await - before;
            assert_eq!(
                times,
                usize::from(shown),
                "{reader} by {document}: {answer}"
            );
            recorded += times;
        }
        for (_, path) in pages(&ground) {
            let before = looked(&ground, reader).await;
            let (status, text) = visit(&ground, &visitor, reader, &path).await;
            // What is drawn in a form cannot be read in its bytes.
            let drawn = [".pdf", "/registers/"]
                .iter()
                .any(|part| path.contains(part));
            let shown = text.contains(NAME) || (drawn && status == 200);
            let named_all = reader == "clerk" || reader == "centre_manager";
            let shown = shown && is_officer(reader) && !(path.contains("/registers/") && named_all);
            let times = looked(&ground, reader).await - before;
            assert_eq!(times, usize::from(shown), "{reader} at {path}: {status}");
            recorded += times;
        }
    }
    assert!(recorded > 30, "{recorded}");

    let document =
        "{ tracking(code: $code, capability: $capability) { looks(first: 100) { edges { node {
        at role office { code } purpose actor } } } } }";
    let told = ground.ask("receipt", document).await;
    let edges = &told["data"]["tracking"]["looks"]["edges"];
    assert_eq!(edges.as_array().map(Vec::len), Some(recorded.min(100)));
    let told = edges.to_string();
    for word in ["DOSSIER", "PAPER", "RECEIVER", "AUDITOR"] {
        assert!(told.contains(word), "{word}: {told}");
    }
    assert!(!told.contains("auditor-01"), "pseudonyms are for auditors");
    let public = ground.ask("public", document).await;
    assert_eq!(public["data"]["tracking"]["looks"], Value::Null);
    let page = format!("/t/{}?k={KEY}", ground.code);
    let (_, page) = visit(&ground, &visitor, "public", &page).await;
    assert!(page.contains("id=\"looks\""), "{page}");
    let of_dossier =
        "{ dossier(by: {code: $code}) { looks(first: 1) { edges { node { actor } } } } }";
    for (reader, list) in [("own", true), ("auditor", true), ("receiver", false)] {
        let told = ground.ask(reader, of_dossier).await;
        assert_eq!(told["data"]["dossier"]["looks"].is_object(), list, "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_recorded_is_masked_or_not_shown() {
    let ground = given().await;
    let counter = ground.door.api.counter().expect("a counter");
    counter.halt("LOG_SET_BACK");
    let document =
        "{ dossier(by: {code: $code}) { applicant(reveal: true) { fullName phone masked } } }";
    let told = ground.ask("receiver", document).await;
    let applicant = &told["data"]["dossier"]["applicant"];
    assert_eq!(
        (
            &applicant["fullName"],
            &applicant["phone"],
            &applicant["masked"]
        ),
        (&json!("N••• T••• Á•••"), &json!("•••123"), &json!(true)),
        "{told}"
    );
    let visitor = visitor();
    for path in [
        format!("/papers/{}/receipt.pdf", ground.code),
        format!("/desk/d/{}", ground.code),
    ] {
        let (_, text) = visit(&ground, &visitor, "receiver", &path).await;
        assert!(!text.contains(NAME), "{path}");
    }
    // Who holds the receipt or is the applicant looks at what is theirs.
    let told = ground.ask("own", document).await;
    assert_eq!(told["data"]["dossier"]["applicant"]["fullName"], NAME);
}
