//! Reading: only at its own place, and unknown is never erased.

use serde_json::json;

use super::{
    NOW, assert_unavailable, deposit,
    ground::{Ground, grounds},
    present, put,
};
use crate::{
    domain::part::{Part, PartKind},
    vault::{Opened, draft},
};

/// A part's commitment as a literal of the back end's SQL.
fn c(ground: &Ground, part: &Part) -> String {
    ground.bytes(&draft::commitment(&part.c).expect("32 bytes"))
}

#[tokio::test]
async fn a_part_is_read_only_with_the_stream_command_subject_and_kind_of_its_fact() {
    for ground in grounds().await {
        let vault = ground.vault().await;
        let (mine, other) = (put(&vault, &deposit(1)).await, deposit(2));
        put(&vault, &other).await;
        let (stream, command, part) = mine[0].clone();
        let moved = [
            (other.stream, command, part.clone()),
            (stream, other.command, part.clone()),
            (
                stream,
                command,
                Part {
                    s: other.parts[0].subject,
                    ..part.clone()
                },
            ),
            (
                stream,
                command,
                Part {
                    kind: PartKind::Contact,
                    ..part.clone()
                },
            ),
            (
                stream,
                command,
                Part {
                    c: mine[1].2.c.clone(),
                    ..part
                },
            ),
        ];
        assert_unavailable(&vault.open(&moved).await.expect("read"));
    }
}

#[tokio::test]
async fn ciphertexts_swapped_between_two_parts_stay_shut() {
    for ground in grounds().await {
        let vault = ground.vault().await;
        let mut second = deposit(1);
        second.parts[0].value = json!({"name": "Công dân 999999"});
        let asked = [
            put(&vault, &deposit(1)).await[0].clone(),
            put(&vault, &second).await[0].clone(),
        ];
        let (a, b) = (c(&ground, &asked[0].2), c(&ground, &asked[1].2));
        ground
            .tamper(&format!(
                "create table swap as select c, sealed from part;
                 update part set sealed = (select sealed from swap where swap.c = {b}) where c = {a};
                 update part set sealed = (select sealed from swap where swap.c = {a}) where c = {b};"
            ))
            .await;
        assert_unavailable(&vault.open(&asked).await.expect("read"));
    }
}

#[tokio::test]
async fn a_part_given_the_key_of_another_person_stays_shut() {
    for ground in grounds().await {
        let vault = ground.vault().await;
        let mine = put(&vault, &deposit(1)).await;
        let other = put(&vault, &deposit(2)).await;
        let (mine_c, other_c) = (c(&ground, &mine[0].2), c(&ground, &other[0].2));
        ground
            .tamper(&format!(
                "update part set data_key = (select data_key from part where c = {other_c}) where c = {mine_c};"
            ))
            .await;
        assert_unavailable(&vault.open(&mine[..1]).await.expect("read"));
        ground
            .tamper(&format!(
                "update data_key set wrapped = (
                     select other.wrapped from data_key as other
                     where other.subject = {} and other.purpose = 'contact')
                 where subject = {} and purpose = 'contact'",
                ground.id(other[1].2.s),
                ground.id(mine[1].2.s),
            ))
            .await;
        assert_unavailable(&vault.open(&mine[1..]).await.expect("read"));
    }
}

#[tokio::test]
async fn an_unknown_part_or_key_is_unavailable_and_never_erased() {
    for ground in grounds().await {
        let vault = ground.vault().await;
        let mut asked = put(&vault, &deposit(1)).await;
        ground
            .tamper("delete from data_key where purpose = 'identity'")
            .await;
        ground
            .tamper(&format!(
                "delete from part where c = {}",
                c(&ground, &asked[1].2)
            ))
            .await;
        let mut malformed = asked[0].clone();
        malformed.2.c = "not a commitment".into();
        asked.push(malformed);
        assert_unavailable(&vault.open(&asked).await.expect("read"));
    }
}

#[tokio::test]
async fn a_destroyed_key_erases_its_purpose_alone_and_takes_nothing_new() {
    for ground in grounds().await {
        let vault = ground.vault().await;
        let asked = put(&vault, &deposit(1)).await;
        ground
            .tamper("update data_key set wrapped = null, erased_at = 1 where purpose = 'identity'")
            .await;
        let read = vault.open(&asked).await.expect("read");
        assert_eq!(read, [Opened::Erased, present(&deposit(1))[1].clone()]);

        ground
            .tamper(&format!(
                "delete from part where c = {}",
                c(&ground, &asked[0].2)
            ))
            .await;
        let read = vault.open(&asked[..1]).await.expect("read");
        assert_eq!(read, [Opened::Erased], "also when the ciphertext is gone");

        let refused = vault.put(&[deposit(2), deposit(1)], NOW).await;
        let refused = refused.expect_err("refused");
        assert_eq!(refused.code(), "SUBJECT_ERASED");
        assert!(refused.to_string().contains(&asked[0].2.s.to_string()));
        assert_eq!(ground.count("select count(*) from part").await, 1);
        put(&vault, &deposit(2)).await;
    }
}

#[test]
fn printing_personal_data_shows_none() {
    let deposit = deposit(1);
    let printed = format!("{deposit:?} {:?}", present(&deposit));
    for secret in ["Công dân", "003000000001", "0000000001"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}
