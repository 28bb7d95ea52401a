//! The work table, on both back ends: one owner at a time, and nothing moves that is not one's own.

use std::time::Duration;

use motcua::reactions::work::{LEASE, Work};

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
        work.end("hook:b-1").await.expect("ended");
        assert_eq!(work.standing("hook:b-1").await.expect("asked"), None);
    }
}
