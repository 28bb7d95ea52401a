//! Every change in order, at least once, exactly once after dropping repeated ids: whatever is lost or killed.

use std::time::Duration;

use super::place::Place;
use super::receiver::{Receiver, Told, free_port, once};
use crate::grounds::{Ground, grounds, postgres};

/// Everything about dossiers, in order, none missing; repeats have the same bytes.
#[track_caller]
fn then_every_one_in_order(told: Vec<Told>, expected: &[u64]) -> usize {
    let came = told.len();
    let mut bodies = std::collections::HashMap::new();
    for one in &told {
        let known = bodies.entry(one.id.clone()).or_insert(&one.body);
        assert_eq!(*known, &one.body, "the same fact is told in the same bytes");
    }
    let heard: Vec<u64> = once(told).iter().map(|one| one.position).collect();
    let first = heard
        .iter()
        .zip(expected)
        .find(|(heard, happened)| heard != happened);
    assert_eq!(first, None, "in order");
    assert_eq!(heard.len(), expected.len(), "to the end");
    came - heard.len()
}

/// Two nodes send to a receiver that loses one answer in ten and is down for a while; each node is killed once.
#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_of_which_one_is_killed_tell_a_lossy_receiver_everything_in_order() {
    let Some(ground) = postgres().await else {
        return;
    };
    let Some(mut receiver) = Receiver::new(free_port()) else {
        return;
    };
    let place = Place::new(ground).await;
    let secret = place.add("gateway-1", &receiver.url("/lossy"), &["--from", "0"]);
    receiver.start_with(&secret);
    let (first, second) = (place.serve("a"), place.serve("b"));
    place.accept(100).await;
    receiver.has(100).await;
    place.accept(400).await;
    drop(first);
    receiver.has(500).await;
    let first = place.serve("a");
    place.accept(100).await;
    drop(second);
    receiver.kill();
    place.accept(100).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    receiver.start();
    place.accept(300).await;
    let expected = place.of_dossiers().await;
    assert_eq!(expected.len(), 2_000);
    receiver.has_different(expected.len()).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let repeats = then_every_one_in_order(receiver.told(), &expected);
    assert!(repeats >= 100, "{repeats} answers were lost");
    println!("{} facts, {repeats} told again", expected.len());
    drop(first);
}

async fn after_a_while(ground: Ground) {
    let Some(mut receiver) = Receiver::new(free_port()) else {
        return;
    };
    let place = Place::new(ground).await;
    let secret = place.add("gateway-1", &receiver.url("/"), &["--from", "0"]);
    let serving = place.serve("a");
    place.accept(20).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let listed = place.did(&["list"]);
    assert!(listed.contains("; failed "), "{listed}");
    receiver.start_with(&secret);
    let expected = place.of_dossiers().await;
    receiver.has(expected.len()).await;
    // A node that is stopped in order gives its row back.
    drop(serving);
    place.accept(10).await;
    let serving = place.serve("a");
    let expected = place.of_dossiers().await;
    receiver.has(expected.len()).await;
    then_every_one_in_order(receiver.told(), &expected);
    drop(serving);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_was_down_gets_everything_in_order() {
    for ground in grounds().await {
        after_a_while(ground).await;
    }
}
