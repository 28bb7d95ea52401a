//! Putting: in order, whole or not at all, and never readable on disk.

use std::collections::HashSet;

use serde_json::json;

use super::{
    NOW, deposit,
    ground::{Ground, grounds},
    present, put, wanted,
};
use crate::vault::{Deposit, Keys, Location, Vault, draft};

#[tokio::test]
async fn what_was_put_is_read_back_in_order() {
    for ground in grounds().await {
        let vault = ground.vault().await;
        let deposits: Vec<_> = (0..300).map(deposit).collect();
        let parts = vault.put(&deposits, NOW).await.expect("stored");
        assert_eq!(parts.len(), deposits.len());
        for (deposit, parts) in deposits.iter().zip(&parts) {
            let read = vault.open(&wanted(deposit, parts)).await.expect("read");
            assert_eq!(read, present(deposit));
            for (personal, part) in deposit.parts.iter().zip(parts) {
                assert_eq!((part.kind, part.s), (personal.kind, personal.subject));
            }
        }
    }
}

#[tokio::test]
async fn deposits_without_parts_keep_their_place() {
    for ground in grounds().await {
        let vault = ground.vault().await;
        let empty = Deposit {
            parts: Vec::new(),
            ..deposit(1)
        };
        let deposits = [empty.clone(), deposit(2), empty];
        let parts = vault.put(&deposits, NOW).await.expect("stored");
        assert_eq!(parts.iter().map(Vec::len).collect::<Vec<_>>(), [0, 2, 0]);
        let nothing = vault.put(&deposits[..1], NOW).await.expect("nothing to do");
        assert_eq!(nothing, [vec![]]);
    }
}

#[tokio::test]
async fn the_same_values_put_again_get_other_commitments_under_the_same_keys() {
    for ground in grounds().await {
        let vault = ground.vault().await;
        let mut seen = HashSet::new();
        for _ in 0..3 {
            let asked = put(&vault, &deposit(1)).await;
            assert!(asked.iter().all(|(_, _, part)| seen.insert(part.c.clone())));
            assert_eq!(
                vault.open(&asked).await.expect("read"),
                present(&deposit(1))
            );
        }
        let keys = ground.count("select count(*) from data_key").await;
        assert_eq!(keys, 2, "one per subject and purpose");
    }
}

#[tokio::test]
async fn a_batch_with_something_that_is_no_object_of_texts_stores_nothing() {
    for ground in grounds().await {
        let vault = ground.vault().await;
        for wrong in [
            json!("text"),
            json!({"name": 1}),
            json!({"name": {"a": "b"}}),
        ] {
            let mut deposits = [deposit(1), deposit(2)];
            deposits[1].parts[1].value = wrong;
            let refused = vault.put(&deposits, NOW).await.expect_err("refused");
            assert_eq!(refused.code(), "VAULT_MISUSE");
        }
        assert_eq!(ground.count("select count(*) from part").await, 0);
    }
}

#[tokio::test]
async fn a_batch_that_the_database_refuses_at_its_end_stores_nothing() {
    for ground in grounds().await {
        let vault = ground.vault().await;
        let deposits: Vec<_> = (0..200).map(deposit).collect();
        let last = ground.id(deposits[199].stream);
        ground
            .tamper(&match ground.location {
                Location::Sqlite(_) => format!(
                    "create trigger refuse before insert on part when new.stream = {last}
                     begin select raise(abort, 'refused'); end"
                ),
                Location::Postgres(_) => {
                    format!("alter table part add constraint refuse check (stream <> {last})")
                }
            })
            .await;
        let refused = vault.put(&deposits, NOW).await.expect_err("refused");
        assert_eq!(refused.code(), "VAULT_SQL");
        assert_eq!(ground.count("select count(*) from part").await, 0);
        assert_eq!(ground.count("select count(*) from data_key").await, 0);
        vault.put(&deposits[..199], NOW).await.expect("the rest");
        assert_eq!(ground.count("select count(*) from part").await, 398);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nodes_that_meet_at_the_same_subjects_share_their_keys() {
    for ground in grounds().await {
        let nodes = [ground.vault().await, ground.vault().await];
        let mut tasks = Vec::new();
        for round in 0..8_usize {
            let vault = nodes[round % 2].clone();
            let mut deposits: Vec<_> = (0..40).map(deposit).collect();
            if round % 2 == 1 {
                deposits.reverse();
            }
            tasks.push(tokio::spawn(async move {
                let parts = vault.put(&deposits, NOW).await.expect("stored");
                let asked = deposits.iter().zip(&parts);
                asked
                    .flat_map(|(deposit, parts)| {
                        wanted(deposit, parts).into_iter().zip(present(deposit))
                    })
                    .collect::<Vec<_>>()
            }));
        }
        for task in tasks {
            let (asked, expected): (Vec<_>, Vec<_>) = task.await.expect("done").into_iter().unzip();
            assert_eq!(nodes[0].open(&asked).await.expect("read"), expected);
        }
        assert_eq!(ground.count("select count(*) from data_key").await, 80);
    }
}

#[tokio::test]
async fn nothing_readable_lies_in_any_file() {
    let ground = Ground::file();
    let vault = ground.vault().await;
    let mut planted = deposit(1);
    planted.parts[0].value = json!({"name": "Nguyễn Thị Rất Riêng", "cccd": "003987654321"});
    let asked = put(&vault, &planted).await;
    let committed = draft::commitment(&asked[0].2.c).expect("32 bytes");
    let on_disk = |bytes: &[u8]| {
        ground.files().iter().any(|file| {
            let content = std::fs::read(file).expect("a file");
            content.windows(bytes.len()).any(|window| window == bytes)
        })
    };
    assert!(
        on_disk(&committed),
        "what is stored is found by this search"
    );
    for secret in ["Rất Riêng", "Riêng", "003987654321", "0000000001", "cccd"] {
        assert!(!on_disk(secret.as_bytes()), "{secret}");
    }
    drop(vault);
    assert_eq!(
        ground.vault().await.open(&asked).await.expect("read"),
        present(&planted)
    );
}

#[tokio::test]
async fn an_embedded_vault_belongs_to_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let ground = Ground::file();
    let vault = ground.vault().await;
    put(&vault, &deposit(1)).await;
    let files = ground.files();
    assert!(files.len() > 1, "the log lies beside the file");
    for file in files {
        let mode = std::fs::metadata(&file)
            .expect("a file")
            .permissions()
            .mode();
        assert_eq!(mode & 0o077, 0, "{}", file.display());
    }
}

#[tokio::test]
async fn a_vault_is_opened_only_with_the_master_key_it_was_filled_under() {
    for ground in grounds().await {
        let asked = put(&ground.vault().await, &deposit(1)).await;
        let other = Keys::given([8; 32], [(1, [9; 32])]);
        let refused = Vault::create_or_open(&ground.location, &other).await;
        assert_eq!(refused.err().expect("refused").code(), "VAULT_WRONG_KEY");
        let read = ground.vault().await.open(&asked).await.expect("read");
        assert_eq!(read, present(&deposit(1)));
    }
}

#[tokio::test]
async fn a_vault_of_a_newer_program_is_refused() {
    for ground in grounds().await {
        drop(ground.vault().await);
        ground
            .tamper("update migration set version = 9000 where version = 1")
            .await;
        let refused = Vault::create_or_open(&ground.location, &super::ground::keys()).await;
        assert_eq!(
            refused.err().expect("refused").code(),
            "VAULT_NEWER_THAN_PROGRAM"
        );
    }
}

#[tokio::test]
async fn on_postgresql_everything_lies_in_the_schema_of_the_vault() {
    for ground in grounds().await {
        if matches!(ground.location, Location::Sqlite(_)) {
            continue;
        }
        drop(ground.vault().await);
        let elsewhere = "select count(*) from information_schema.tables
             where table_schema not in ('vault', 'pg_catalog', 'information_schema')";
        assert_eq!(ground.count(elsewhere).await, 0);
    }
}
