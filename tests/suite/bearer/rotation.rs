//! The provider exchanges its keys while people work.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::json;

use super::issuer::{Issuer, Signing};
use super::{given_an_office, refusal};

const CLIENTS: usize = 8;
/// Shorter than the pause between two questions for the keys: a new key comes right after the one before.
const BETWEEN: Duration = Duration::from_millis(700);

/// What one client saw.
#[derive(Default)]
struct Seen {
    answered: usize,
    refused: Vec<String>,
    slowest: Duration,
    /// Of those with a token whose key the node must know.
    slowest_known: Duration,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_exchanged_three_times_under_load_and_no_request_is_refused() {
    let keys = [
        Signing::rsa("first", 2048),
        Signing::p256("second"),
        Signing::ed25519("third"),
        Signing::rsa("fourth", 2048),
    ];
    let issuer = Issuer::serve(&[&keys[0]]).await;
    let office = Arc::new(given_an_office(&issuer.url).await);
    let tokens = keys
        .each_ref()
        .map(|key| key.sign(&issuer.claims(&json!({}))));
    let now = Arc::new(RwLock::new(tokens[0].clone()));
    let stop = Arc::new(AtomicBool::new(false));
    office.opens(&tokens[0]).await;
    let clients = (0..CLIENTS).map(|_| {
        let (office, now, stop) = (Arc::clone(&office), Arc::clone(&now), Arc::clone(&stop));
        tokio::spawn(async move {
            let (mut seen, mut before) = (Seen::default(), String::new());
            while !stop.load(Ordering::Relaxed) {
                let token = now.read().expect("nobody panicked").clone();
                let began = Instant::now();
                let (status, body) = office.ask(&token, "{ __typename }").await;
                let took = began.elapsed();
                seen.answered += 1;
                seen.slowest = seen.slowest.max(took);
                if token == before {
                    seen.slowest_known = seen.slowest_known.max(took);
                }
                if status != StatusCode::OK {
                    seen.refused.push(format!("{status} {body}"));
                }
                before = token;
            }
            seen
        })
    });
    let clients: Vec<_> = clients.collect();
    for at in 1..keys.len() {
        tokio::time::sleep(BETWEEN).await;
        // As usual: the new key is published beside the one before, and signs from then on.
        issuer.publish(&[&keys[at], &keys[at - 1]]);
        now.write()
            .expect("nobody panicked")
            .clone_from(&tokens[at]);
    }
    tokio::time::sleep(BETWEEN * 2).await;
    stop.store(true, Ordering::Relaxed);
    let mut all = Seen::default();
    for client in clients {
        let seen = client.await.expect("a client ends");
        all.answered += seen.answered;
        all.refused.extend(seen.refused);
        all.slowest = all.slowest.max(seen.slowest);
        all.slowest_known = all.slowest_known.max(seen.slowest_known);
    }
    println!(
        "{} requests, {} refused, slowest {:?}, slowest with a known key {:?}, keys asked for {} times",
        all.answered,
        all.refused.len(),
        all.slowest,
        all.slowest_known,
        issuer.asked()
    );
    assert_eq!(all.refused, Vec::<String>::new());
    assert!(all.answered > CLIENTS * keys.len(), "{}", all.answered);
    assert!(issuer.asked() <= keys.len() + 1, "{}", issuer.asked());
    // What is published no more is taken no more.
    let (status, code, _) = refusal(office.ask(&tokens[0], "{ __typename }").await);
    assert_eq!(
        (status, code.as_str()),
        (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED")
    );
    office.opens(&tokens[2]).await;
}
