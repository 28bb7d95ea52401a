//! What is found by a list, a search or a subscription can be got by itself: `list ∪ search ∪ subscription ⊆ get`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::ground::{READERS, given};

/// Lists, with the way to the ids of dossiers in each of their rows.
const LISTS: [(&str, &str, &str); 6] = [
    (
        "{ worklist(filter: {office: $office}, first: 50) { nodes { id } } }",
        "/data/worklist/nodes",
        "/id",
    ),
    (
        "{ worklist(first: 50) { nodes { id } } }",
        "/data/worklist/nodes",
        "/id",
    ),
    (
        "{ myDossiers(first: 50) { nodes { id } } }",
        "/data/myDossiers/nodes",
        "/id",
    ),
    (
        "{ dossiers(first: 50) { nodes { id } } }",
        "/data/dossiers/nodes",
        "/id",
    ),
    (
        "{ dossiers(last: 50, filter: {search: \"hon nhan\"}) { nodes { id } } }",
        "/data/dossiers/nodes",
        "/id",
    ),
    (
        "{ findDossiers(by: {name: \"thi anh\"}, first: 50) { dossiers { id } } }",
        "/data/findDossiers/dossiers",
        "/id",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_list_or_a_subscription_tells_of_can_be_got() {
    let ground = given().await;
    for _ in 0..5 {
        ground.door.accept().await;
    }
    let mut found_any = 0;
    for reader in READERS {
        let mut ids = BTreeSet::new();
        for (document, rows, id) in LISTS {
            let answer = ground.ask(reader, document).await;
            let rows = answer.pointer(rows).and_then(Value::as_array);
            let told = rows
                .into_iter()
                .flatten()
                .filter_map(|row| row.pointer(id)?.as_str());
            ids.extend(told.map(str::to_owned));
        }
        for followed in [
            "worklistChanged(filter: {office: $office}) { dossier { id } }",
            "dossierChanged(by: {code: $code}) { dossier { id } }",
        ] {
            let told = ground.follow(reader, followed).await;
            let id = told
                .pointer("/data/told/dossier/id")
                .and_then(Value::as_str);
            ids.extend(id.map(str::to_owned));
        }
        found_any += ids.len();
        for id in ids {
            let quoted = serde_json::json!(id);
            let got = ground
                .ask(
                    reader,
                    &format!(
                        "{{ node(id: {quoted}) {{ id }} dossier(by: {{id: {quoted}}}) {{ id }} }}"
                    ),
                )
                .await;
            assert_eq!(got["data"]["node"]["id"], id, "{reader}: {got}");
            assert_eq!(got["data"]["dossier"]["id"], id, "{reader}: {got}");
        }
    }
    assert!(found_any > 20, "{found_any}");
}
