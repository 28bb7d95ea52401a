//! What the program does by itself, tried on every back end: at the hour, once, whoever tries, also after a fall.

pub mod ground;
mod told;
mod voices;

use std::time::Duration;

use motcua::domain::actor::Role;
use motcua::domain::dossier::{DossierCommand as C, DossierEvent, DueDateCause};
use motcua::domain::event::Event;

use self::ground::{Place, at};
use crate::grounds::grounds;

const MISSED: &str = "dossier.deadline_missed";
const MOVED: &str = "dossier.due_date_recomputed";

#[tokio::test(flavor = "multi_thread")]
async fn a_miss_is_recorded_at_the_hour_and_once_by_two_nodes() {
    for ground in grounds().await {
        let place = Place::begin(ground, "2026-11-25", 3).await;
        let first = place.node("first").await;
        let late = first.in_processing("2026-11-20 09:00").await;
        let paused = first.in_processing("2026-11-20 09:00").await;
        let ended = first.in_processing("2026-11-20 09:00").await;
        let ask = C::RequestSupplement {
            items: vec![1],
            approved_by: None,
        };
        let when = "2026-11-23 09:00";
        first.act(when, paused, Role::Receiver, ask).await;
        let sign = C::SignResult { signature: None };
        first.act(when, ended, Role::Signer, sign).await;
        assert_eq!(first.pass().await, 0, "too early");
        // Two seconds before five the clocks of both nodes go on.
        let second_late = first.in_processing("2026-11-26 16:59:58").await;
        drop(first);
        let nodes = [place.node("first").await, place.node("second").await];
        nodes.iter().for_each(ground::Node::react);
        tokio::time::sleep(Duration::from_secs(5)).await;
        let missed = nodes[0].facts(MISSED).await;
        assert_eq!(missed.len(), 1, "one fact of two nodes");
        assert_eq!(missed[0].stream, late);
        assert_eq!(missed[0].actor.role, Role::System);
        let due = at("2026-11-26 17:00");
        let Event::Dossier(DossierEvent::DeadlineMissed(miss)) = &missed[0].event else {
            panic!("a miss");
        };
        assert_eq!(miss.due_at, due);
        let after = missed[0].recorded_at.0 - due.0;
        assert!((1..4_000_000).contains(&after), "{after} µs after five");
        let turn = nodes[1]
            .dossier(late)
            .await
            .turn()
            .cloned()
            .expect("a turn");
        assert_eq!((turn.missed, turn.due_at), (vec![due], due));
        let other = nodes[1].dossier(second_late).await;
        assert!(
            other.turn().expect("a turn").missed.is_empty(),
            "not due yet"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_miss_that_nobody_was_there_to_record_is_recorded_at_the_next_start() {
    for ground in grounds().await {
        let place = Place::begin(ground, "2026-11-26", 3).await;
        let node = place.node("first").await;
        let late = node.in_processing("2026-11-20 09:00").await;
        drop(node);
        // Opened on Friday at eight.
        let node = place.node("first").await;
        assert_eq!(node.pass().await, 1);
        assert_eq!(node.pass().await, 0);
        drop(node);
        let again = place.node("lost its read models").await;
        assert_eq!(again.pass().await, 0, "a new start finds it done");
        let missed = again.facts(MISSED).await;
        assert_eq!(missed.len(), 1);
        assert_eq!(missed[0].stream, late);
        assert!(missed[0].recorded_at >= at("2026-11-27 08:00"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pass_that_is_cut_off_leaves_nothing_out_and_nothing_twice() {
    for ground in grounds().await {
        let place = Place::begin(ground, "2026-11-26", 3).await;
        let node = place.node("first").await;
        for _ in 0..20 {
            node.in_processing("2026-11-20 09:00").await;
        }
        drop(node);
        let node = place.node("first").await;
        node.follow().await;
        let cut = tokio::time::timeout(Duration::from_millis(3), node.pass()).await;
        drop(node);
        let node = place.node("first").await;
        node.pass().await;
        let missed = node.facts(MISSED).await;
        assert_eq!(missed.len(), 20, "cut off: {}", cut.is_err());
        assert_eq!(node.pass().await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_moves_the_promises_of_live_dossiers_alone() {
    for ground in grounds().await {
        let place = Place::begin(ground, "2026-11-20", 2).await;
        let node = place.node("first").await;
        let live = node.in_processing("2026-11-20 09:00").await;
        let paused = node.in_processing("2026-11-20 09:05").await;
        let ended = node.in_processing("2026-11-20 09:10").await;
        let ask = C::RequestSupplement {
            items: vec![1],
            approved_by: None,
        };
        node.act("2026-11-20 10:00", paused, Role::Receiver, ask)
            .await;
        let sign = C::SignResult { signature: None };
        node.act("2026-11-20 10:05", ended, Role::Signer, sign)
            .await;
        let promise = node.dossier(live).await.turn().cloned().expect("a turn");
        assert_eq!(promise.due_at, at("2026-11-25 17:00"));
        let number = "9999/TB-BNV";
        let notice = node
            .notice("2026-11-21 09:00", number, &["2026-11-23"], &["2026-11-28"])
            .await;
        let later = node.in_processing("2026-11-21 10:00").await;
        assert_eq!(node.pass().await, 2);
        let moved = node.facts(MOVED).await;
        let streams: Vec<_> = moved.iter().map(|fact| fact.stream).collect();
        assert_eq!(streams, [live, paused]);
        for fact in &moved {
            let Event::Dossier(DossierEvent::DueDateRecomputed(step)) = &fact.event else {
                panic!("a move");
            };
            assert_eq!(step.old, at("2026-11-25 17:00"));
            assert_eq!(step.new, at("2026-11-26 17:00"));
            assert_eq!(step.cause, DueDateCause::Notice);
            assert_eq!(step.notice.as_deref(), Some(number));
            assert_eq!(fact.circumstances.cause, Some(notice.position));
        }
        let turn = node.dossier(live).await.turn().cloned().expect("a turn");
        assert_eq!(turn.due_at, at("2026-11-26 17:00"));
        assert_eq!(
            turn.original_due_at,
            at("2026-11-25 17:00"),
            "kept for ever"
        );
        let turn = node.dossier(later).await.turn().cloned().expect("a turn");
        assert_eq!(turn.due_at, turn.original_due_at, "it knew the notice");
        drop(node);
        let nodes = [place.node("first").await, place.node("second").await];
        for node in &nodes {
            assert_eq!(node.pass().await, 0, "nothing is left to move");
        }
        assert_eq!(nodes[1].facts(MOVED).await.len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_that_came_while_nobody_reacted_is_followed_at_the_next_start() {
    for ground in grounds().await {
        let place = Place::begin(ground, "2026-11-20", 2).await;
        let node = place.node("first").await;
        let live = node.in_processing("2026-11-20 09:00").await;
        node.notice("2026-11-20 10:00", "1/TB", &["2026-11-23"], &[])
            .await;
        node.notice("2026-11-20 11:00", "2/TB", &["2026-11-25"], &[])
            .await;
        drop(node);
        let node = place.node("first").await;
        node.react();
        tokio::time::sleep(Duration::from_secs(2)).await;
        let turn = node.dossier(live).await.turn().cloned().expect("a turn");
        assert_eq!(turn.due_at, at("2026-11-27 17:00"), "both at once");
        assert_eq!(node.facts(MOVED).await.len(), 1);
        node.notice("2026-11-23 09:00", "3/TB", &["2026-11-27"], &[])
            .await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let turn = node.dossier(live).await.turn().cloned().expect("a turn");
        assert_eq!(turn.due_at, at("2026-11-30 17:00"), "and each as it comes");
    }
}
