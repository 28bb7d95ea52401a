//! Whole entries: for auditors, or for everybody where the operator says so, and never altered ones.

use std::io::Read as _;

use flate2::read::GzDecoder;
use motcua::api::log::Readers;
use motcua::domain::actor::{NO_OFFICE, Role};
use motcua::tlog::{Bundle, leaf_hash};
use reqwest::{Method, Response};

use super::ground::*;
use crate::office::OFFICE;

async fn as_role(door: &Door, role: Role, office: &str, path: &str) -> Response {
    let request = door.request(Method::GET, path);
    let request = request.bearer_auth(door.token(role, office));
    request.send().await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_are_for_auditors_of_all_offices_and_administrators() {
    let mut door = given_an_office().await;
    let size = door.seal().await;
    let bundle = Bundle::covering(0, size).expect("a bundle");
    let path = format!("/log/tile/entries/{bundle}");
    let refused = door.get(&path).await;
    assert_eq!(header(&refused, "www-authenticate"), "Bearer");
    then_refused(refused, 401, "UNAUTHENTICATED").await;
    for (role, office) in [(Role::Receiver, OFFICE), (Role::Auditor, OFFICE)] {
        let refused = as_role(&door, role, office, &path).await;
        then_refused(refused, 403, "FORBIDDEN").await;
    }
    for role in [Role::Auditor, Role::Admin] {
        let response = as_role(&door, role, NO_OFFICE, &path).await;
        assert_eq!(response.status().as_u16(), 200);
        let kept = "private, max-age=31536000, immutable";
        assert_eq!(header(&response, "cache-control"), kept);
        let bytes = response.bytes().await.expect("a bundle");
        let entries = bundle.decode(&bytes).expect("entries");
        for (position, entry) in (0..).zip(entries) {
            assert_eq!(
                door.integrity.tree().hash(0, position),
                Some(leaf_hash(entry))
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn public_entries_come_plain_or_packed_and_hold_no_name() {
    let mut door = given_an_office_with(Readers::Everybody, None).await;
    let size = door.seal().await;
    let bundle = Bundle::covering(0, size).expect("a bundle");
    let path = format!("/log/tile/entries/{bundle}");
    let response = door.get(&path).await;
    assert_eq!(
        header(&response, "content-type"),
        "application/octet-stream"
    );
    let kept = "public, max-age=31536000, immutable";
    assert_eq!(header(&response, "cache-control"), kept);
    assert_eq!(response.headers().get("content-encoding"), None);
    let plain = response.bytes().await.expect("a bundle");
    let request = door.request(Method::GET, &path);
    let packed = request.header("accept-encoding", "br, gzip").send().await;
    let packed = packed.expect("an answer");
    assert_eq!(header(&packed, "content-encoding"), "gzip");
    assert!(header(&packed, "vary").contains("Accept-Encoding"));
    let packed = packed.bytes().await.expect("a bundle");
    assert!(packed.len() < plain.len());
    let mut unpacked = Vec::new();
    GzDecoder::new(&*packed)
        .read_to_end(&mut unpacked)
        .expect("gzip");
    assert_eq!(unpacked, plain);
    let text = String::from_utf8_lossy(&plain);
    assert!(text.contains("dossier.accepted") && !text.contains("000123"));
    let wider = Bundle {
        width: bundle.width + 1,
        ..bundle
    };
    let response = door.get(&format!("/log/tile/entries/{wider}")).await;
    then_refused(response, 404, "LOG_NOT_PUBLISHED").await;
    for path in ["0", "x000/000", "000.p/0", "000.p/01", "%30%30%30.p/1"] {
        let response = door.get(&format!("/log/tile/entries/{path}")).await;
        then_refused(response, 404, "LOG_PATH_UNKNOWN").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_entry_is_named_and_never_handed_out() {
    let mut door = given_an_office_with(Readers::Everybody, None).await;
    let size = door.seal().await;
    let position = door.accepted_at().await;
    door.edit(position, OFFICE, "H38.40.02").await;
    let bundle = Bundle::covering(position, size).expect("a bundle");
    let response = door.get(&format!("/log/tile/entries/{bundle}")).await;
    then_refused(response, 500, "ENTRY_ALTERED").await;
    let response = door.get(&format!("/log/proof/inclusion/{position}")).await;
    let body: serde_json::Value = response.json().await.expect("JSON");
    let message = body["messageEn"].as_str().expect("a message");
    assert!(
        message.contains(&format!("position {position} ")),
        "{message}"
    );
}
