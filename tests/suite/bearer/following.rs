//! What goes on for long ends with the token or the key that opened it.

use std::time::{Duration, Instant};

use motcua::api::sign_in::service;
use motcua::domain::actor::Role;
use reqwest::StatusCode;
use serde_json::json;

use super::issuer::{Issuer, Signing};
use super::{given_an_office, refusal};
use crate::live::wire::{Events, Heard, Socket};

const BOARD: &str = "subscription { boardChanged(office: \"H38.40.01\") { position } }";
/// Seconds that a token is good for.
const SHORT: u64 = 3;

fn is_unauthenticated(heard: Option<&Heard>) -> bool {
    match heard {
        Some(Heard::Next(told)) => told["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED",
        Some(Heard::Place(_) | Heard::Complete) | None => false,
    }
}

/// What comes next but places.
async fn next(events: &mut Events) -> Option<Heard> {
    loop {
        match events.next().await {
            Some(Heard::Place(_)) => {}
            heard => return heard,
        }
    }
}

/// How the other side closes in the end.
async fn closed(socket: &mut Socket) -> u16 {
    loop {
        if let Err(code) = socket.hear().await {
            return code;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_and_a_connection_end_when_their_token_does() {
    let key = Signing::ed25519("ed");
    let issuer = Issuer::serve(&[&key]).await;
    let office = given_an_office(&issuer.url).await;
    let end = jsonwebtoken::get_current_timestamp() + SHORT;
    let token = key.sign(&issuer.claims(&json!({"exp": end})));
    let began = Instant::now();
    let mut events = Events::open(&office.url, Some(&token), BOARD, None).await;
    let mut socket = Socket::open(&office.url, Some(&token)).await;
    socket.subscribe("1", BOARD, None).await;
    let told = next(&mut events).await;
    assert!(is_unauthenticated(told.as_ref()), "{told:?}");
    assert_eq!(next(&mut events).await, Some(Heard::Complete));
    assert_eq!(closed(&mut socket).await, 4403);
    let after = began.elapsed();
    let (soonest, latest) = (
        Duration::from_secs(SHORT - 1),
        Duration::from_secs(SHORT + 2),
    );
    assert!(after >= soonest && after < latest, "{after:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_and_a_connection_end_when_their_key_is_revoked() {
    let office = given_an_office("https://id.example.org").await;
    let key = office.key("notice-01", Role::Receiver, &["subscribe"]);
    let mut events = Events::open(&office.url, Some(&key), BOARD, None).await;
    let mut socket = Socket::open(&office.url, Some(&key)).await;
    socket.subscribe("1", BOARD, None).await;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let folder = office.folder.path().join("service");
    service::revoke(&folder, "notice-01").expect("revoked");
    let revoked = Instant::now();
    let told = next(&mut events).await;
    assert!(is_unauthenticated(told.as_ref()), "{told:?}");
    assert_eq!(closed(&mut socket).await, 4403);
    let after = revoked.elapsed();
    println!("ended after {after:?}");
    assert!(after < Duration::from_millis(2_500), "{after:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_follows_only_with_the_scope_for_it() {
    let office = given_an_office("https://id.example.org").await;
    let key = office.key("roll-up-01", Role::Receiver, &["read"]);
    let request = office.client.post(format!("{}/graphql", office.url));
    let request = request
        .header("accept", "text/event-stream")
        .bearer_auth(&key);
    let answer = request.json(&json!({ "query": BOARD })).send().await;
    let answer = answer.expect("an answer");
    let status = answer.status();
    let (status, code, message) = refusal((status, answer.json().await.expect("JSON")));
    assert_eq!(
        (status, code.as_str()),
        (StatusCode::FORBIDDEN, "FORBIDDEN")
    );
    assert!(message.contains("scope subscribe;"), "{message}");
    let mut socket = Socket::open(&office.url, Some(&key)).await;
    socket.subscribe("1", BOARD, None).await;
    let told = socket.hear().await.expect("a message");
    assert_eq!(told["type"], "error", "{told}");
    assert_eq!(told["payload"][0]["extensions"]["code"], "FORBIDDEN");
}
