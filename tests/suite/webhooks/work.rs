//! The work table, on both back ends: one owner at a time, and nothing moves that is not one's own.

use std::time::Duration;

use motcua::reactions::work::{LEASE, Settled, Work};

use crate::grounds::grounds;

const NOW: Duration = Duration::ZERO;

async fn works() -> Vec<(crate::grounds::Ground, Work)> {
    let mut works = Vec::new();
    for ground in grounds().await {
        drop(ground.journal().await);
        let data = tempfile::tempdir().expect("a folder");
        let data = data.keep();
        let work = Work::create_or_open(&Work::location(&data, &ground.location)).await;
        works.push((ground, work.expect("the work opens")));
    }
    works
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_that_claim_one_row_one_gets_it() {
    for (_ground, work) in works().await {
        work.begin("hook:a-1", 5).await.expect("begun");
        work.begin("hook:a-1", 9).await.expect("begun once");
        let claims = (0..20).map(|node| {
            let work = work.clone();
            tokio::spawn(async move { work.claim("hook", 10, &format!("node {node}")).await })
        });
        let mut got = Vec::new();
        for claim in futures_util::future::join_all(claims).await {
            got.extend(claim.expect("no panic").expect("the table answers"));
        }
        assert_eq!(got.len(), 1);
        assert_eq!((got[0].position, got[0].subject()), (5, "a-1"));
        assert_eq!(work.next_due("hook", 10).await.expect("asked"), None);
        work.release(&got[0]).await.expect("released");
        assert_eq!(work.next_due("hook", 10).await.expect("asked"), Some(NOW));
        assert_eq!(
            work.claim("hook", 5, "late").await.expect("asked"),
            None,
            "nothing to do"
        );
        assert_eq!(work.claim("other", 10, "other").await.expect("asked"), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_lost_a_row_moves_it_no_more() {
    for (_ground, work) in works().await {
        work.begin("hook:a-1", 5).await.expect("begun");
        let mut lost = work
            .claim("hook", 10, "first")
            .await
            .expect("asked")
            .expect("a claim");
        assert!(work.advance(&mut lost, 6).await.expect("asked"));
        work.reset("hook:a-1", 2).await.expect("reset");
        let mut kept = work
            .claim("hook", 10, "second")
            .await
            .expect("asked")
            .expect("a claim");
        assert_eq!(kept.position, 2);
        assert!(!work.advance(&mut lost, 7).await.expect("asked"));
        work.postpone(&lost, LEASE).await.expect("asked");
        work.release(&lost).await.expect("asked");
        assert!(work.advance(&mut kept, 3).await.expect("asked"));
        let standing = work
            .standing("hook:a-1")
            .await
            .expect("asked")
            .expect("a row");
        assert_eq!(
            (standing.position, standing.attempts, standing.claimed),
            (3, 0, true)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_is_due_again_after_its_wait_and_others_go_first() {
    for (_ground, work) in works().await {
        work.begin("hook:a-1", 0).await.expect("begun");
        let claim = work
            .claim("hook", 1, "node")
            .await
            .expect("asked")
            .expect("a claim");
        work.postpone(&claim, Duration::from_millis(400))
            .await
            .expect("postponed");
        work.begin("hook:b-1", 0).await.expect("begun");
        let other = work
            .claim("hook", 1, "node")
            .await
            .expect("asked")
            .expect("a claim");
        assert_eq!(other.subject(), "b-1");
        assert_eq!(work.claim("hook", 1, "node").await.expect("asked"), None);
        let due = work
            .next_due("hook", 1)
            .await
            .expect("asked")
            .expect("a row");
        tokio::time::sleep(due + Duration::from_millis(20)).await;
        let again = work
            .claim("hook", 1, "node")
            .await
            .expect("asked")
            .expect("a claim");
        assert_eq!((again.subject(), again.attempts), ("a-1", 1));
        work.close(&other).await.expect("closed");
        assert_eq!(work.standing("hook:b-1").await.expect("asked"), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_claims_of_one_node_are_told_apart() {
    for (_ground, work) in works().await {
        work.begin("hook:a-1", 5).await.expect("begun");
        let claim = || async { work.claim("hook", 10, "node").await.expect("asked") };
        let mut old = claim().await.expect("a claim");
        work.reset("hook:a-1", 5).await.expect("taken back");
        let mut new = claim().await.expect("a claim");
        assert_eq!(old.position, new.position);
        work.hold(&old).await.expect("asked");
        work.refused(&old, NOW).await.expect("asked");
        work.close(&old).await.expect("asked");
        assert!(!work.advance(&mut old, 6).await.expect("asked"));
        assert!(work.advance(&mut new, 6).await.expect("asked"));
        work.hold(&new).await.expect("held");
        assert_eq!(claim().await, None, "until somebody says so");
        work.reset("hook:a-1", 6).await.expect("said so");
        assert!(claim().await.is_some());
        let back = work.set_back("hook", 3).await.expect("asked");
        assert_eq!(back, ["hook:a-1"], "the journal has lost its end");
        assert_eq!(work.claim("hook", 3, "node").await.expect("asked"), None);
        assert_eq!(claim().await.expect("a claim").position, 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_an_answer_and_an_outage_is_counted_from_its_first_failure() {
    for (_ground, work) in works().await {
        work.begin("hook:a-1", 5).await.expect("begun");
        let claim = || async {
            let claim = work.claim("hook", 100, "node").await.expect("asked");
            claim.expect("a claim")
        };
        let mut one = claim().await;
        assert_eq!((one.attempts, one.refusals, one.failing_for), (0, 0, None));
        for _ in 0..2 {
            work.postpone(&one, NOW).await.expect("postponed");
            tokio::time::sleep(Duration::from_millis(30)).await;
            one = claim().await;
        }
        let failing = one.failing_for.expect("it fails");
        assert!(failing >= Duration::from_millis(60), "{failing:?}");
        assert_eq!((one.attempts, one.refusals), (2, 0));
        work.refused(&one, NOW).await.expect("refused");
        one = claim().await;
        assert_eq!((one.attempts, one.refusals, one.failing_for), (3, 1, None));
        for aside in 1..=2 {
            let next = one.position + 1;
            assert!(
                work.settle(&mut one, next, Settled::LaidAside)
                    .await
                    .expect("asked")
            );
            assert_eq!((one.aside, one.refusals), (aside, 0));
            assert!(work.advance(&mut one, next + 1).await.expect("asked"));
        }
        let next = one.position + 1;
        work.settle(&mut one, next, Settled::Accepted)
            .await
            .expect("asked");
        work.release(&one).await.expect("released");
        assert_eq!(claim().await.aside, 0);
    }
}
