//! Forgetting: with and without a tombstone, and what no fact names.

use std::{convert::Infallible, sync::Mutex};

use uuid::Uuid;

use super::{
    NOW, assert_unavailable, deposit,
    ground::{Ground, grounds},
    present, put,
};
use crate::{
    domain::{part::Part, time::Moment},
    vault::{Opened, Vault, draft},
};

fn commitments(asked: &[(Uuid, Uuid, Part)]) -> Vec<String> {
    asked.iter().map(|(_, _, part)| part.c.clone()).collect()
}

#[tokio::test]
async fn a_forgotten_part_leaves_nothing_and_its_neighbour_stays() {
    for ground in grounds().await {
        let vault = ground.vault().await;
        let asked = put(&vault, &deposit(1)).await;
        for _ in 0..2 {
            vault
                .forget(&commitments(&asked[..1]))
                .await
                .expect("forgotten");
        }
        let read = vault.open(&asked).await.expect("read");
        assert_unavailable(&read[..1]);
        assert_eq!(read[1], present(&deposit(1))[1]);
        assert_eq!(ground.count("select count(*) from part").await, 1);
        vault.forget(&[]).await.expect("nothing to do");
        let refused = vault.forget(&["?".into()]).await.expect_err("refused");
        assert_eq!(refused.code(), "VAULT_MISUSE");
    }
}

#[tokio::test]
async fn a_superseded_part_reads_as_erased_for_ever() {
    for ground in grounds().await {
        let vault = ground.vault().await;
        let old = put(&vault, &deposit(1)).await;
        let new = put(&vault, &deposit(1)).await;
        let superseded = commitments(&old[..1]);
        for now in [NOW, NOW.plus(Moment::DAY)] {
            vault
                .forget_superseded(&superseded, now)
                .await
                .expect("destroyed");
        }
        vault.forget(&superseded).await.expect("passed over");
        vault
            .sweep(
                Moment(i64::MAX),
                Moment(0),
                async |asked: Vec<(Uuid, String)>| {
                    let used = asked.iter().map(|(_, c)| !superseded.contains(c));
                    Ok::<_, Infallible>(used.collect())
                },
            )
            .await
            .expect("swept");
        let read = vault.open(&old).await.expect("read");
        assert_eq!(read, [Opened::Erased, present(&deposit(1))[1].clone()]);
        assert_eq!(vault.open(&new).await.expect("read"), present(&deposit(1)));
        let erased_at = ground.count("select max(erased_at) from part").await;
        assert_eq!(erased_at, NOW.0, "the first time counts");
    }
}

#[tokio::test]
async fn the_ciphertext_of_a_superseded_part_is_gone_from_every_file() {
    let ground = Ground::file();
    let vault = ground.vault().await;
    let asked = put(&vault, &deposit(1)).await;
    let on_disk = |bytes: &[u8]| {
        ground.files().iter().any(|file| {
            let content = std::fs::read(file).expect("a file");
            content.windows(bytes.len()).any(|window| window == bytes)
        })
    };
    let all: Vec<_> = asked
        .iter()
        .map(|(_, _, part)| draft::commitment(&part.c).expect("32 bytes"))
        .collect();
    let stored = vault.shared.store.parts(&all).await.expect("rows");
    let sealed = |at: usize| {
        let row = stored.iter().find(|row| row.c == all[at]).expect("a row");
        row.sealed.clone().expect("ciphertext")
    };
    assert!(on_disk(&sealed(0)) && on_disk(&sealed(1)));
    vault
        .forget_superseded(&commitments(&asked[..1]), NOW)
        .await
        .expect("destroyed");
    assert!(!on_disk(&sealed(0)));
    assert!(on_disk(&sealed(1)));
}

/// Puts deposits 1 to 4 at 0, 2, 10 and 40 days before [`NOW`].
async fn aged(vault: &Vault) -> Vec<(Uuid, Uuid, Part)> {
    let mut asked = Vec::new();
    for (n, days) in [(1, 0), (2, 2), (3, 10), (4, 40)] {
        let deposit = deposit(n);
        let at = NOW.plus(-days * Moment::DAY);
        let parts = vault
            .put(std::slice::from_ref(&deposit), at)
            .await
            .expect("stored");
        asked.push((deposit.stream, deposit.command, parts[0][0].clone()));
    }
    asked
}

fn window() -> (Moment, Moment) {
    (NOW.plus(-Moment::DAY), NOW.plus(-30 * Moment::DAY))
}

#[tokio::test]
async fn the_sweep_deletes_what_no_fact_names_within_its_window_alone() {
    for ground in grounds().await {
        let vault = ground.vault().await;
        let asked = aged(&vault).await;
        let (older_than, younger_than) = window();
        let used = asked[1].1;
        let seen = Mutex::new(Vec::new());
        let swept = vault
            .sweep(older_than, younger_than, |pairs| {
                let answers = pairs.iter().map(|(command, _)| *command == used).collect();
                seen.lock().expect("a lock").extend(pairs);
                async { Ok::<_, Infallible>(answers) }
            })
            .await
            .expect("swept");
        assert_eq!(swept, 2, "both parts of the third deposit");
        let read = vault.open(&asked).await.expect("read");
        for kept in [0, 1, 3] {
            assert!(matches!(read[kept], Opened::Present(_)), "{kept}");
        }
        assert_unavailable(&read[2..3]);
        let seen = seen.into_inner().expect("a lock");
        assert_eq!(seen.len(), 4);
        assert!(seen.contains(&(asked[1].1, asked[1].2.c.clone())));
    }
}

#[tokio::test]
async fn a_sweep_asks_for_every_part_once_however_many_there_are() {
    for ground in grounds().await {
        let vault = ground.vault().await;
        let deposits: Vec<_> = (0..620).map(deposit).collect();
        let at = NOW.plus(-2 * Moment::DAY);
        vault.put(&deposits, at).await.expect("stored");
        let keep = deposits[17].command;
        let (older_than, younger_than) = window();
        let (sweeper, is_used) = (
            vault.clone(),
            move |pairs: Vec<(Uuid, String)>| async move {
                Ok::<_, Infallible>(pairs.iter().map(|(command, _)| *command == keep).collect())
            },
        );
        let task = async move { sweeper.sweep(older_than, younger_than, is_used).await };
        let swept = tokio::spawn(task).await.expect("done").expect("swept");
        assert_eq!(swept, 1238);
        assert_eq!(ground.count("select count(*) from part").await, 2);
    }
}

#[tokio::test]
async fn a_sweep_that_gets_no_clear_answer_deletes_nothing() {
    for ground in grounds().await {
        let vault = ground.vault().await;
        aged(&vault).await;
        let (older_than, younger_than) = window();
        let refused = vault
            .sweep(older_than, younger_than, async |_| {
                Err("the journal is away")
            })
            .await;
        assert_eq!(refused.expect_err("refused").code(), "VAULT_LOOKUP");
        let refused = vault
            .sweep(older_than, younger_than, async |_| {
                Ok::<_, Infallible>(vec![false])
            })
            .await;
        assert_eq!(refused.expect_err("refused").code(), "VAULT_MISUSE");
        assert_eq!(ground.count("select count(*) from part").await, 8);
    }
}
