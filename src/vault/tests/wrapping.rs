//! Wrapping keys: changed while data comes in, missing, and destroyed with every backup that they could open.

use std::fs;

use serde_json::json;
use uuid::Uuid;

use super::{
    NOW, assert_unavailable, deposit,
    ground::{Ground, grounds, keys},
    present, put,
};
use crate::{
    domain::{part::PartKind, time::Moment},
    vault::{Deposit, Field, Keys, Personal, Rewrap, Vault, VaultError},
};

const MONTH: i64 = 30 * Moment::DAY;

/// A place for keys, as nodes share one.
struct Holder(tempfile::TempDir);

impl Holder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    async fn vault(&self, ground: &Ground) -> Vault {
        let keys = Keys::load_or_create(self.0.path()).expect("keys");
        let vault = Vault::create_or_open(&ground.location, &keys).await;
        vault.expect("a vault opens")
    }

    fn file(&self, number: u32) -> std::path::PathBuf {
        self.0.path().join(format!("wrapping-{number}.key"))
    }
}

fn code<T>(refused: Result<T, VaultError>) -> &'static str {
    refused.err().map_or("DONE", |error| error.code())
}

/// The streams of what holds this, and whether there may be more.
async fn held(vault: &Vault, field: Field, text: &str) -> (Vec<Uuid>, bool) {
    let (tagged, incomplete) = vault.tagged(field, text).await.expect("tagged");
    let found = vault.holding(tagged, field, text).await.expect("found");
    (
        found.into_iter().map(|(stream, ..)| stream).collect(),
        incomplete,
    )
}

async fn rewrap(vault: &Vault) -> Rewrap {
    vault.rewrap(|_| {}).await.expect("wrapped anew")
}

#[tokio::test]
async fn everything_is_read_and_found_after_the_key_was_changed() {
    for ground in grounds().await {
        let holder = Holder::new();
        let vault = holder.vault(&ground).await;
        let other = holder.vault(&ground).await;
        let deposits: Vec<_> = (0..700).map(deposit).collect();
        vault.put(&deposits, NOW).await.expect("stored");
        let old = put(&vault, &deposit(900)).await;
        assert_eq!(vault.begin_wrapping_key(NOW).await.expect("begun"), "w2");
        // Another node has not heard of it, and goes on all the same; also for a person whose keys the old one wraps.
        let young = put(&other, &deposit(901)).await;
        let beside = put(&other, &deposit(900)).await;
        let under =
            |id: &'static str| format!("select count(*) from data_key where wrapping_key = '{id}'");
        assert_eq!(ground.count(&under("w2")).await, 2, "one person's two");
        let done = rewrap(&vault).await;
        assert_eq!((done.keys, done.unopened), (1402, 0));
        assert_eq!(ground.count(&under("w1")).await, 0);
        assert_eq!(rewrap(&other).await, Rewrap::default(), "nothing is left");
        for (asked, of) in [(&old, 900), (&beside, 900), (&young, 901)] {
            let read = other.open(asked).await.expect("read");
            assert_eq!(read, present(&deposit(of)));
        }
        for phone in ["0000000003", "0000000901"] {
            let (found, incomplete) = held(&other, Field::Phone, phone).await;
            assert_eq!((found.len(), incomplete), (1, false), "{phone}");
        }
        fs::remove_file(holder.file(1)).expect("not needed any more");
        let read = holder.vault(&ground).await.open(&old).await.expect("read");
        assert_eq!(read, present(&deposit(900)));
    }
}

#[tokio::test]
async fn a_backup_cannot_be_read_once_its_key_is_destroyed() {
    for ground in grounds().await {
        let holder = Holder::new();
        let vault = holder.vault(&ground).await;
        let asked = put(&vault, &deposit(1)).await;
        ground
            .tamper("create table backup as select id, wrapping_key, wrapped from data_key")
            .await;
        let back =
            "update data_key set wrapping_key = backup.wrapping_key, wrapped = backup.wrapped
             from backup where backup.id = data_key.id";
        let later = NOW.plus(MONTH);
        let condemn =
            async |key, before| code(vault.condemn_wrapping_key(key, before, later).await);
        assert_eq!(
            condemn("w1", later).await,
            "VAULT_KEY_NEEDED",
            "it is in use"
        );
        assert_eq!(
            condemn("w9", later).await,
            "VAULT_KEY_NEEDED",
            "there is none"
        );
        vault.begin_wrapping_key(NOW).await.expect("begun");
        assert_eq!(
            condemn("w1", later).await,
            "VAULT_KEY_NEEDED",
            "data is under it"
        );
        rewrap(&vault).await;
        let day_before = NOW.plus(-Moment::DAY);
        assert_eq!(
            condemn("w1", day_before).await,
            "VAULT_KEY_NEEDED",
            "backups are kept"
        );

        ground.tamper(back).await;
        let restored = holder.vault(&ground).await;
        let read = restored.open(&asked).await.expect("read");
        assert_eq!(read, present(&deposit(1)), "its key is still there");
        rewrap(&restored).await;

        assert_eq!(condemn("w1", NOW).await, "DONE");
        for _ in 0..2 {
            vault.destroy_wrapping_key("w1").expect("destroyed");
            vault
                .wrapping_key_destroyed("w1", later)
                .await
                .expect("noted");
        }
        assert!(!holder.file(1).exists() && holder.file(2).exists());
        let read = vault.open(&asked).await.expect("read");
        assert_eq!(read, present(&deposit(1)), "what lives can be read");
        ground.tamper(back).await;
        let reopened = holder.vault(&ground).await;
        assert!(
            held(&reopened, Field::Phone, "0000000001").await.1,
            "something cannot be looked into"
        );
        for vault in [vault, reopened] {
            assert_unavailable(&vault.open(&asked).await.expect("read"));
        }
    }
}

#[tokio::test]
async fn a_missing_key_is_no_erasure_and_stops_nothing_else() {
    for ground in grounds().await {
        let holder = Holder::new();
        let asked = put(&holder.vault(&ground).await, &deposit(1)).await;
        let key = fs::read(holder.file(1)).expect("a key");
        fs::rename(holder.file(1), holder.0.path().join("aside")).expect("moved");
        let vault = holder.vault(&ground).await;
        assert!(!holder.file(1).exists(), "none is made in its place");
        assert_unavailable(&vault.open(&asked).await.expect("read"));
        assert_eq!(
            code(vault.put(&[deposit(2)], NOW).await),
            "VAULT_KEY_MISSING"
        );
        let states = vault.wrapping_keys().await.expect("told");
        assert!(
            states
                .iter()
                .any(|state| state.id == "w1" && !state.is_here && state.data_keys == 2)
        );

        assert!(
            held(&vault, Field::Phone, "0000000001").await.1,
            "it may be there all the same"
        );

        // It goes on under another one; what was there waits for its key.
        vault.begin_wrapping_key(NOW).await.expect("begun");
        let young = put(&vault, &deposit(2)).await;
        assert_eq!(
            vault.open(&young).await.expect("read"),
            present(&deposit(2))
        );
        assert_eq!(rewrap(&vault).await.unopened, 2);
        assert_eq!(
            code(vault.put(&[deposit(1)], NOW).await),
            "VAULT_KEY_MISSING"
        );
        fs::rename(holder.0.path().join("aside"), holder.file(1)).expect("brought back");
        assert_eq!(rewrap(&vault).await.keys, 2);
        assert_eq!(
            vault.open(&asked).await.expect("read"),
            present(&deposit(1))
        );

        // Another key in its place is refused.
        let wrong: Vec<u8> = key.iter().map(|byte| byte ^ 1).collect();
        fs::write(holder.file(2), wrong).expect("written");
        let keys = Keys::load_or_create(holder.0.path()).expect("keys");
        let refused = Vault::create_or_open(&ground.location, &keys).await;
        assert_eq!(code(refused), "VAULT_WRONG_WRAPPING_KEY");
    }
}

#[tokio::test]
async fn keys_that_are_given_are_neither_made_nor_taken_away() {
    const TEXT: &str = "CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg=";
    let master = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
    for wrong in ["1", "0=CAgI", "1=?", &format!("1={TEXT},1={TEXT}")] {
        assert_eq!(
            code(Keys::from_texts(master, wrong)),
            "VAULT_KEY_DAMAGED",
            "{wrong}"
        );
    }
    assert_eq!(code(Keys::from_texts("short", "")), "VAULT_KEY_DAMAGED");
    for ground in grounds().await {
        let given = Keys::from_texts(master, &format!(" 1={TEXT} ,")).expect("keys");
        let vault = Vault::create_or_open(&ground.location, &given).await;
        let vault = vault.expect("a vault");
        let asked = put(&vault, &deposit(1)).await;
        assert_eq!(
            code(vault.begin_wrapping_key(NOW).await),
            "VAULT_KEY_NOT_GIVEN"
        );
        let vault = ground.vault().await;
        assert_eq!(
            vault.open(&asked).await.expect("read"),
            present(&deposit(1))
        );
        vault
            .begin_wrapping_key(NOW)
            .await
            .expect("the second is given");
        rewrap(&vault).await;
        assert_eq!(
            code(vault.destroy_wrapping_key("w1")),
            "VAULT_KEY_STILL_GIVEN"
        );
    }
}

#[tokio::test]
async fn a_vault_from_before_there_were_wrapping_keys_is_taken_over() {
    for ground in grounds().await {
        drop(ground.vault().await);
        ground
            .tamper(
                "delete from wrapping_key where id = 'w1';
                 update wrapping_key set retired_at = null, destroyed_at = null",
            )
            .await;
        let vault = ground.vault().await;
        let asked = put(&vault, &deposit(1)).await;
        assert_eq!(
            ground
                .count("select count(*) from data_key where wrapping_key = 'm1'")
                .await,
            2
        );
        vault.begin_wrapping_key(NOW).await.expect("begun");
        assert_eq!(rewrap(&vault).await.keys, 2);
        assert_eq!(
            vault.open(&asked).await.expect("read"),
            present(&deposit(1))
        );
        let later = NOW.plus(2 * MONTH);
        let refused = vault.condemn_wrapping_key("m1", later, later).await;
        assert_eq!(
            code(refused),
            "VAULT_KEY_NEEDED",
            "it lasts as long as the master key"
        );
        assert_eq!(
            Vault::create_or_open(&ground.location, &keys())
                .await
                .map(drop)
                .map_err(|error| error.code()),
            Ok(())
        );
    }
}

/// The n-th person of this name, in a dossier of their own.
fn person(n: u128, name: &str) -> Deposit {
    let parts = vec![Personal {
        file: None,
        kind: PartKind::Applicant,
        subject: Uuid::from_u128(0x6000_0000 + n),
        value: json!({"full_name": name, "citizen_number": format!("001203{n:06}")}),
    }];
    Deposit {
        parts,
        ..deposit(n)
    }
}

#[tokio::test]
async fn people_are_found_by_number_and_by_name_until_they_are_erased() {
    for ground in grounds().await {
        let vault = ground.vault().await;
        let people = ["Nguyễn Văn Ánh", "Trần Thị Đào", "Lê Văn An"];
        let deposits: Vec<_> = people
            .iter()
            .zip(1..)
            .map(|(name, n)| person(n, name))
            .collect();
        vault.put(&deposits, NOW).await.expect("stored");
        let streams: Vec<Uuid> = deposits.iter().map(|deposit| deposit.stream).collect();
        let named = async |asked: &[Uuid], name: &'static str| {
            let found = vault.named(asked, move |full| full.contains(name)).await;
            let (found, unopened) = found.expect("found");
            assert_eq!(unopened, 0);
            let mut found: Vec<Uuid> = found.into_iter().map(|(stream, ..)| stream).collect();
            found.sort_unstable();
            found
        };
        assert_eq!(named(&streams, "Văn").await, [streams[0], streams[2]]);
        assert_eq!(
            named(&streams[1..], "Văn").await,
            [streams[2]],
            "of these alone"
        );
        assert_eq!(named(&[], "Văn").await, Vec::<Uuid>::new());
        let held = async |number: &str| held(&vault, Field::CitizenNumber, number).await.0;
        assert_eq!(held("001203 000002").await, [streams[1]]);
        assert_eq!(held("001203000009").await, Vec::<Uuid>::new());

        // A tag on another row finds nobody: what is found is opened.
        let to = ground.id(deposits[2].parts[0].subject);
        let from = ground.id(deposits[1].parts[0].subject);
        ground
            .tamper(&format!(
                "update part set tag = (select tag from part where subject = {from}) where subject = {to}"
            ))
            .await;
        assert_eq!(held("001203000002").await, [streams[1]]);

        let purposes = [crate::domain::part::Purpose::Identity];
        vault
            .erase(deposits[1].parts[0].subject, &purposes, NOW)
            .await
            .expect("erased");
        assert_eq!(held("001203000002").await, Vec::<Uuid>::new());
        assert_eq!(named(&streams, "Đào").await, Vec::<Uuid>::new());
        let tags = format!("select count(*) from part where tag is not null and subject = {from}");
        assert_eq!(ground.count(&tags).await, 0, "no tag stays");
    }
}
