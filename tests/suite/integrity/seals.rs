//! The store of checkpoints: append-only on both back ends.

use motcua::domain::time::Moment;
use motcua::integrity::seals::Claim;
use motcua::integrity::{IntegrityError, Seal, Seals};
use motcua::journal::Location;

use super::ground::{Archive, archives, by_hand_in};

fn seal(size: u64, root: u8) -> Seal {
    Seal {
        size,
        root: [root; 32],
        note: format!("note {size} {root}"),
        signed_at: Moment(size.cast_signed()),
        published_at: None,
    }
}

async fn opened(archive: &Archive) -> (Seals, Claim) {
    let location = Seals::location(&archive.data(), &archive.location);
    let seals = Seals::create_or_open(&location).await.expect("seals open");
    let claim = seals.claim().await.expect("nobody signs");
    (seals, claim)
}

#[tokio::test]
async fn a_checkpoint_stands_for_ever_and_no_other_takes_its_place() {
    for archive in archives().await {
        let (seals, mut claim) = opened(&archive).await;
        assert_eq!(seals.latest().await.expect("an answer"), None);
        for size in [3, 7, 20] {
            let new = seal(size, 1);
            seals.insert(&new, &mut claim).await.expect("inserted");
            seals
                .insert(&new, &mut claim)
                .await
                .expect("the same again");
        }
        for wrong in [seal(7, 2), seal(8, 1), seal(20, 2)] {
            let refused = seals.insert(&wrong, &mut claim).await;
            assert!(
                matches!(refused, Err(IntegrityError::SealTaken { newest: 20, .. })),
                "{refused:?}"
            );
        }
        assert_eq!(seals.latest().await.expect("one"), Some(seal(20, 1)));
        assert_eq!(seals.at(7).await.expect("one"), Some(seal(7, 1)));
        assert_eq!(seals.at(8).await.expect("none"), None);
        let all = seals.all(4, 10).await.expect("two");
        assert_eq!(all, [seal(7, 1), seal(20, 1)]);
    }
}

#[tokio::test]
async fn a_receipt_rests_on_the_first_published_checkpoint_that_covers_it() {
    for archive in archives().await {
        let (seals, mut claim) = opened(&archive).await;
        for size in [3, 7, 20] {
            seals
                .insert(&seal(size, 1), &mut claim)
                .await
                .expect("inserted");
        }
        assert_eq!(seals.published().await.expect("an answer"), None);
        for size in [7, 20] {
            seals.publish(size, Moment(50)).await.expect("published");
        }
        seals.publish(7, Moment(60)).await.expect("known");
        let size = |seal: Option<Seal>| seal.map(|seal| (seal.size, seal.published_at));
        let covering = |position| seals.published_covering(position);
        let (at_seven, at_twenty) = ((7, Some(Moment(50))), (20, Some(Moment(50))));
        assert_eq!(size(covering(0).await.expect("one")), Some(at_seven));
        assert_eq!(size(covering(6).await.expect("one")), Some(at_seven));
        assert_eq!(size(covering(7).await.expect("one")), Some(at_twenty));
        assert_eq!(size(covering(20).await.expect("none")), None);
        assert_eq!(size(seals.published().await.expect("one")), Some(at_twenty));
    }
}

#[tokio::test]
async fn what_witnesses_said_is_kept_in_order_and_once() {
    for archive in archives().await {
        let (seals, mut claim) = opened(&archive).await;
        seals
            .insert(&seal(3, 1), &mut claim)
            .await
            .expect("inserted");
        let lines = |texts: &[&str]| {
            texts
                .iter()
                .map(|text| (*text).to_owned())
                .collect::<Vec<_>>()
        };
        seals
            .cosign(3, &lines(&["z", "a"]), Moment(1))
            .await
            .expect("kept");
        seals
            .cosign(3, &lines(&["a", "m"]), Moment(2))
            .await
            .expect("kept");
        let kept = seals.cosignatures(3).await.expect("lines");
        let kept: Vec<(&str, i64)> = kept
            .iter()
            .map(|one| (one.line.as_str(), one.received_at.0))
            .collect();
        assert_eq!(kept, [("z", 1), ("a", 1), ("m", 2)]);
        assert!(seals.cosignatures(4).await.expect("none").is_empty());
    }
}

#[tokio::test]
async fn keys_are_noted_once_in_their_order() {
    for archive in archives().await {
        let (seals, _claim) = opened(&archive).await;
        for (key, at) in [("z", 1), ("a", 2), ("z", 3)] {
            seals.note_key(key, Moment(at)).await.expect("noted");
        }
        assert_eq!(seals.keys().await.expect("keys"), ["z", "a"]);
    }
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_seals() {
    for archive in archives().await {
        let (seals, mut claim) = opened(&archive).await;
        for size in [3, 7] {
            seals
                .insert(&seal(size, 1), &mut claim)
                .await
                .expect("inserted");
        }
        seals.publish(3, Moment(5)).await.expect("published");
        seals
            .cosign(3, &["a".to_owned()], Moment(5))
            .await
            .expect("kept");
        seals.note_key("k", Moment(5)).await.expect("noted");
        let (standing, needed) = seals.guards().await.expect("guards");
        assert_eq!(standing, needed);
        let zeros = match &archive.location {
            Location::Sqlite(_) => "zeroblob(32)",
            Location::Postgres(_) => "decode(repeat('00', 32), 'hex')",
        };
        for sql in [
            "update checkpoint set note = 'other' where size = 3".to_owned(),
            "update checkpoint set published_at = 9 where size = 3".to_owned(),
            "update checkpoint set published_at = null where size = 3".to_owned(),
            "update checkpoint set size = 8, published_at = 9 where size = 7".to_owned(),
            format!("update checkpoint set root = {zeros}, published_at = 9 where size = 7"),
            "delete from checkpoint where size = 7".to_owned(),
            format!(
                "insert into checkpoint (size, root, note, signed_at) values (5, {zeros}, '', 1)"
            ),
            "update cosignature set line = 'b'".to_owned(),
            "delete from cosignature".to_owned(),
            "update log_key set vkey = 'l'".to_owned(),
            "delete from log_key".to_owned(),
        ] {
            assert!(refuses(&archive, sql.clone()).await, "{sql}");
        }
        if let Location::Sqlite(_) = archive.location {
            let replace = format!(
                "insert or replace into checkpoint (size, root, note, signed_at) values (7, {zeros}, '', 1)"
            );
            assert!(refuses(&archive, replace).await);
        }
        assert_eq!(seals.at(7).await.expect("one"), Some(seal(7, 1)));
    }
}

async fn refuses(archive: &Archive, sql: String) -> bool {
    let location = archive.location.clone();
    let seals = archive.data().join("seals.db");
    let tried = tokio::spawn(async move {
        match location {
            Location::Sqlite(_) => by_hand_in(&seals, &sql).await,
            Location::Postgres(url) => {
                let mut sql = sql;
                for table in ["checkpoint", "cosignature", "log_key"] {
                    sql = sql.replace(&format!(" {table}"), &format!(" integrity.{table}"));
                }
                super::ground::by_hand_on(&url, &sql).await;
            }
        }
    });
    tried.await.is_err()
}

#[tokio::test]
async fn a_log_has_one_signer_at_a_time() {
    for archive in archives().await {
        let (seals, claim) = opened(&archive).await;
        let refused = seals.claim().await.err().expect("taken");
        assert_eq!(refused.code(), "SIGNER_ELSEWHERE");
        drop(claim);
        then_free(&seals).await;
    }
}

/// A server hears of the end of a session a moment later.
async fn then_free(seals: &Seals) {
    for _ in 0..100 {
        if seals.claim().await.is_ok() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the place of the signer is not free again");
}
