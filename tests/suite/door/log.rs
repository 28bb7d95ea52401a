//! Checkpoint, keys and tiles over HTTP: enough for anybody's own verifier.

use std::collections::HashMap;

use motcua::tlog::{Hash, Policy, SignedCheckpoint, Tile, VerifierKey, proof, tiles_of};
use reqwest::Method;

use super::ground::*;

#[tokio::test(flavor = "multi_thread")]
async fn before_the_first_checkpoint_the_log_asks_for_patience() {
    let door = given_an_office().await;
    for path in ["/log/checkpoint", "/log/tile/0/000.p/1"] {
        let response = door.get(path).await;
        assert_eq!(header(&response, "retry-after"), "2");
        then_refused(response, 503, "LOG_NOTHING_PUBLISHED").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_checkpoint_carries_the_signature_of_the_key_beside_it_and_satisfies_the_policy() {
    let mut door = given_an_office().await;
    let size = door.seal().await;
    let response = door.get("/log/checkpoint").await;
    assert_eq!(
        header(&response, "content-type"),
        "text/plain; charset=utf-8"
    );
    assert_eq!(header(&response, "cache-control"), "no-store");
    assert_eq!(header(&response, "access-control-allow-origin"), "*");
    let note = response.text().await.expect("a note");
    let key = door.text("/log/vkey").await;
    let key: VerifierKey = key.trim_end().parse().expect("a key");
    let signed = SignedCheckpoint::open(&note, &key).expect("signed");
    assert_eq!(signed.checkpoint().size, size);
    let policy: Policy = door.text("/log/policy").await.parse().expect("a policy");
    let (_, standing) = policy.open(&note).expect("known");
    assert!(standing.quorum && !standing.witnessed);
}

#[tokio::test(flavor = "multi_thread")]
async fn tiles_of_every_published_size_give_the_root_that_was_signed() {
    let mut door = given_an_office().await;
    let mut sizes = vec![];
    sizes.push(door.seal().await);
    let more = (0..100).map(|_| door.accept());
    futures_util::future::join_all(more).await;
    sizes.push(door.seal().await);
    assert!(sizes[1] > 256, "a full tile: {sizes:?}");
    for size in sizes {
        let mut tree: HashMap<(u8, u64), Hash> = HashMap::new();
        for tile in tiles_of(size) {
            let response = door.get(&format!("/log/tile/{tile}")).await;
            assert_eq!(response.status().as_u16(), 200, "{tile}");
            assert_eq!(
                header(&response, "content-type"),
                "application/octet-stream"
            );
            let kept = "public, max-age=31536000, immutable";
            assert_eq!(header(&response, "cache-control"), kept);
            assert_eq!(header(&response, "access-control-allow-origin"), "*");
            let bytes = response.bytes().await.expect("a tile");
            assert_eq!(bytes.len(), usize::from(tile.width) * 32);
            for (place, hash) in (tile.index * 256..).zip(hashes(&bytes)) {
                tree.insert((tile.level, place), hash);
            }
        }
        let read = |level: u8, index: u64| tree.get(&(level, index)).copied();
        let seal = door.integrity.seals().at(size).await.expect("an answer");
        let signed = seal.expect("a checkpoint").root;
        assert_eq!(proof::root(&read, size), Some(signed), "size {size}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tile_has_one_address_and_none_beyond_what_is_published() {
    let mut door = given_an_office().await;
    let size = door.seal().await;
    for path in [
        "0/0",
        "0/00",
        "0/0000",
        "0/x000/000",
        "00/000",
        "+0/000",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/07",
        "0/000.p/",
        "0/000.p",
        "64/000",
        "-1/000",
        "0/%30%30%30.p/1",
        "0",
        "0/",
        "0/000.p/1/",
        "0/000.p/+1",
        "data/000.p/1",
        "a/b",
    ] {
        let response = door.get(&format!("/log/tile/{path}")).await;
        then_refused(response, 404, "LOG_PATH_UNKNOWN").await;
    }
    for path in ["/log", "/log/nothing", "/log/proof", "/log/checkpoint/"] {
        then_refused(door.get(path).await, 404, "LOG_PATH_UNKNOWN").await;
    }
    let newest = Tile::covering(0, size - 1, size).expect("a tile");
    let beyond = [
        Tile {
            width: newest.width + 1,
            ..newest
        },
        Tile {
            width: 256,
            ..newest
        },
        Tile {
            index: newest.index + 1,
            width: 1,
            ..newest
        },
        Tile {
            level: 63,
            index: 0,
            width: 1,
        },
    ];
    for tile in beyond {
        let response = door.get(&format!("/log/tile/{tile}")).await;
        then_refused(response, 404, "LOG_NOT_PUBLISHED").await;
    }
    door.accept().await;
    let wider = Tile {
        width: newest.width + 1,
        ..newest
    };
    let response = door.get(&format!("/log/tile/{wider}")).await;
    then_refused(response, 404, "LOG_NOT_PUBLISHED").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_only_read() {
    let mut door = given_an_office().await;
    door.seal().await;
    let code = door.code.clone();
    let paths = [
        "/log/checkpoint".to_owned(),
        "/log/vkey".into(),
        "/log/policy".into(),
        "/log/tile/0/000.p/1".into(),
        "/log/tile/entries/000.p/1".into(),
        "/log/proof/inclusion/0".into(),
        "/log/proof/consistency?from=1&to=1".into(),
        format!("/receipts/{code}"),
    ];
    for path in paths {
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let sent = door.request(method, &path).send().await;
            let response = sent.expect("an answer");
            assert_eq!(header(&response, "allow"), "GET, HEAD", "{path}");
            then_refused(response, 405, "METHOD_NOT_ALLOWED").await;
        }
    }
    let got = door.get("/log/checkpoint").await;
    let head = door.request(Method::HEAD, "/log/checkpoint").send().await;
    let head = head.expect("an answer");
    assert_eq!(head.status(), got.status());
    for name in ["content-type", "content-length", "cache-control"] {
        assert_eq!(header(&head, name), header(&got, name));
    }
    assert!(head.bytes().await.expect("no body").is_empty());
}
