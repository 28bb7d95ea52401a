//! Proofs for those who do not read tiles themselves.

use motcua::domain::actor::{NO_OFFICE, Role};
use motcua::tlog::{Receipt, proof, text};
use reqwest::Method;

use super::ground::*;

#[tokio::test(flavor = "multi_thread")]
async fn every_published_entry_has_a_proof_of_inclusion() {
    let mut door = given_an_office().await;
    let size = door.seal().await;
    let (policy, journal) = (door.policy(), door.api.journal.clone());
    for position in [0, 1, size / 2, size - 1] {
        let path = format!("/log/proof/inclusion/{position}");
        let response = door.get(&path).await;
        assert_eq!(
            header(&response, "content-type"),
            "text/plain; charset=utf-8"
        );
        let disposition = format!("attachment; filename=\"{position}.tlog-proof\"");
        assert_eq!(header(&response, "content-disposition"), disposition);
        let receipt: Receipt = response.text().await.expect("text").parse().expect("one");
        assert_eq!((receipt.index, &receipt.extra), (position, &None));
        let entry = journal.read(position, 1).await.expect("read").remove(0);
        let verified = receipt.verify(&entry.body, &policy).expect("holds");
        assert_eq!(verified.checkpoint.size, size);
        let auditor = door.token(Role::Auditor, NO_OFFICE);
        let request = door.request(Method::GET, &path).bearer_auth(auditor);
        let seen = request.send().await.expect("an answer").text().await;
        let seen: Receipt = seen.expect("text").parse().expect("a receipt");
        assert_eq!(seen.extra.as_deref(), Some(&*entry.body), "for auditors");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_entry_is_pending_and_one_that_never_was_is_unknown() {
    let mut door = given_an_office().await;
    let size = door.seal().await;
    door.accept().await;
    let response = door.get(&format!("/log/proof/inclusion/{size}")).await;
    assert_eq!(header(&response, "retry-after"), "2");
    then_refused(response, 202, "RECEIPT_PENDING").await;
    let response = door.get("/log/proof/inclusion/1000000").await;
    then_refused(response, 404, "LOG_POSITION_UNKNOWN").await;
    for position in ["00", "+1", "-1", "x", "%30", "18446744073709551616"] {
        let response = door.get(&format!("/log/proof/inclusion/{position}")).await;
        then_refused(response, 404, "LOG_PATH_UNKNOWN").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_published_tree_is_proved_to_continue_every_smaller_one() {
    let mut door = given_an_office().await;
    let first = door.seal().await;
    door.accept().await;
    let size = door.seal().await;
    let root = |size| door.integrity.tree().root(size).expect("a root");
    for (from, to) in [
        (1, first),
        (first, size),
        (2, size),
        (size, size),
        (0, size),
    ] {
        let path = format!("/log/proof/consistency?from={from}&to={to}");
        let lines = door.text(&path).await;
        let path = text::parse_hash_lines(&lines).expect("hashes");
        let held = proof::verify_consistency(from, &old(from, root), to, &root(to), &path);
        assert_eq!(held, Ok(()), "{from} to {to}");
    }
    for query in [
        "",
        "?from=1",
        "?from=2&to=1",
        "?from=01&to=2",
        "?from=a&to=2",
    ] {
        let response = door.get(&format!("/log/proof/consistency{query}")).await;
        then_refused(response, 400, "BAD_REQUEST").await;
    }
    let path = format!("/log/proof/consistency?from=1&to={}", size + 1);
    then_refused(door.get(&path).await, 404, "LOG_NOT_PUBLISHED").await;
}

fn old(size: u64, root: impl Fn(u64) -> motcua::tlog::Hash) -> motcua::tlog::Hash {
    match size {
        0 => motcua::tlog::empty_root(),
        size => root(size),
    }
}
