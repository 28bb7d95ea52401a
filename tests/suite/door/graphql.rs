//! The proof through GraphQL: nullable until it is published, then checkable.

use motcua::domain::actor::Role;
use motcua::projections::statistics::Record;
use motcua::tlog::{Receipt, SignedCheckpoint};
use serde_json::Value;

use super::ground::*;

#[tokio::test(flavor = "multi_thread")]
async fn each_fact_of_a_history_tells_its_place_in_the_proof_once_it_is_published() {
    let mut door = given_an_office().await;
    let query = format!(
        "{{ dossierHistory(code: \"{}\") {{ nodes {{ position leafHash
            integrity {{ index leafHash sealedAt checkpointSize proof }} }} }} }}",
        door.code
    );
    let before = door.ask(Some(Role::Auditor), &query).await;
    assert_eq!(
        before["dossierHistory"]["nodes"][0]["integrity"],
        Value::Null
    );
    let size = door.seal().await;
    let after = door.ask(Some(Role::Auditor), &query).await;
    let nodes = after["dossierHistory"]["nodes"].as_array().expect("facts");
    for node in nodes {
        let integrity = &node["integrity"];
        assert_eq!(integrity["index"], node["position"]);
        assert_eq!(integrity["leafHash"], node["leafHash"]);
        assert_eq!(integrity["checkpointSize"], size.to_string());
        assert!(integrity["sealedAt"].is_string());
        let receipt: Receipt = integrity["proof"]
            .as_str()
            .expect("text")
            .parse()
            .expect("one");
        let read = door.api.journal.read(receipt.index, 1).await;
        let entry = read.expect("read").remove(0);
        assert!(receipt.verify(&entry.body, &door.policy()).is_ok());
        assert_eq!(receipt.extra, None, "who acted is not for everybody");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_reads_how_far_the_log_is_sealed_and_which_checkpoint_covers_a_figure() {
    let mut door = given_an_office().await;
    let query = "{ log { size root checkpoint publishedAt vkey witnessed halted }
        statistics(from: \"2026-01-01\", to: \"2026-12-31\") { size checkpoint } }";
    let before = door.ask(None, query).await;
    assert_eq!(before["log"]["size"], Value::Null);
    assert_eq!(before["statistics"]["checkpoint"], Value::Null);
    let size = door.seal().await;
    let after = door.ask(None, query).await;
    assert_eq!(after["log"]["size"], size.to_string());
    assert_eq!(after["log"]["witnessed"], false);
    assert_eq!(after["log"]["halted"], Value::Null);
    for note in [
        &after["log"]["checkpoint"],
        &after["statistics"]["checkpoint"],
    ] {
        let note = note.as_str().expect("a note");
        let signed = SignedCheckpoint::open(note, &door.vkey()).expect("signed");
        assert_eq!(signed.checkpoint().size, size);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_downloaded_statistic_brings_the_checkpoint_that_covers_it() {
    let mut door = given_an_office().await;
    door.seal().await;
    let text = door.text("/statistics.json").await;
    let record = Record::parse(text.as_bytes()).expect("a record");
    let note = record.checkpoint.expect("a checkpoint");
    let signed = SignedCheckpoint::open(&note, &door.vkey()).expect("signed by the log");
    assert!(signed.checkpoint().size >= record.size);
}
