//! A journal that was set back, forked or edited: halted with evidence, never signed, the position named.

use std::fs;

use motcua::integrity::examine::examine;
use motcua::integrity::{Integrity, Role, Signing};
use motcua::journal::{Journal, Location};

use super::ground::{Archive, archives, evidence};
use super::sealing::{copy_folder, then_free};

async fn sealed(archive: &Archive, count: u64) {
    archive.append(count).await;
    let (_integrity, mut sealer) = archive.open(Role::Signer).await;
    sealer.step().await.expect("sealed");
    drop(sealer);
    then_free(archive).await;
}

async fn newest_seal(integrity: &Integrity) -> Option<u64> {
    let newest = integrity.seals().latest().await.expect("an answer");
    newest.map(|seal| seal.size)
}

/// Opens, and nothing may be signed; gives the evidence.
async fn then_halted(archive: &Archive, role: Role, code: &str) -> serde_json::Value {
    let (integrity, mut sealer) = archive.open(role).await;
    let halted = integrity.halted().expect("halted");
    assert_eq!(halted.code, code, "{halted}");
    let before = newest_seal(&integrity).await;
    archive.append(20).await;
    let refused = sealer.step().await.expect_err("nothing is sealed");
    assert_eq!(refused.code(), code);
    assert!(sealer.sign().await.expect("an answer").is_none());
    assert_eq!(newest_seal(&integrity).await, before);
    assert_eq!(integrity.published(), None);
    assert!(halted.evidence.starts_with(archive.data().join("evidence")));
    evidence(&halted.evidence)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_older_than_the_last_checkpoint_halts_the_node_without_a_signature() {
    for archive in archives().await {
        sealed(&archive, 9).await;
        sealed(&archive, 5).await;
        archive.set_back(12).await;
        let found = then_halted(&archive, Role::Signer, "LOG_ROLLED_BACK").await;
        assert_eq!(found["journal"]["size"], 12);
        assert_eq!(found["said"][0]["size"], 15);
        assert_eq!(
            found["first_difference"], 12,
            "the first entry that is gone"
        );
        let good = found["last_good"].as_str().expect("a note");
        assert_eq!(
            good.lines().nth(1),
            Some("10"),
            "the newest checkpoint that still holds"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_older_data_folder_is_known_from_the_signers_memory_alone() {
    let archive = Archive::embedded().await;
    archive.append(9).await;
    // Idle but open while it is copied: a database that is being closed moves its newest pages.
    let (_open, mut sealer) = archive.open(Role::Signer).await;
    sealer.step().await.expect("sealed");
    let mut restored = archive.place_at("restored", "keys");
    copy_folder(&archive.data(), &restored.data);
    restored.journal = Location::Sqlite(restored.data.join("journal.db"));
    archive.append(5).await;
    sealer.step().await.expect("sealed");
    drop(sealer);
    let journal = Journal::create_or_open(&restored.journal)
        .await
        .expect("restored");
    assert_eq!(journal.head().await.expect("a head").size, 10);
    let opened = Integrity::open(&restored, journal, Role::Signer).await;
    let (integrity, _sealer) = opened.expect("the proof opens");
    assert_eq!(integrity.halted().expect("halted").code, "LOG_ROLLED_BACK");
    assert_eq!(newest_seal(&integrity).await, Some(10));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_does_not_sign_remembers_what_it_served() {
    for archive in archives().await {
        if matches!(archive.location, Location::Sqlite(_)) {
            continue;
        }
        let reader = archive.place_at("reader", "no-keys");
        sealed(&archive, 9).await;
        let (integrity, mut reading) = archive.open_at(&reader, Role::Reader).await;
        reading.step().await.expect("it reads");
        assert_eq!(
            integrity.published().map(|newest| newest.checkpoint.size),
            Some(10)
        );
        drop((integrity, reading));
        archive.set_back(8).await;
        let (integrity, _reading) = archive.open_at(&reader, Role::Reader).await;
        assert_eq!(integrity.halted().expect("halted").code, "LOG_ROLLED_BACK");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_is_set_back_while_it_is_sealed_halts_the_sealer() {
    for archive in archives().await {
        archive.append(9).await;
        let (integrity, mut sealer) = archive.open(Role::Signer).await;
        sealer.step().await.expect("sealed");
        archive.set_back(6).await;
        let refused = sealer.step().await.expect_err("set back");
        assert_eq!(refused.code(), "LOG_ROLLED_BACK");
        assert_eq!(integrity.halted().expect("halted").code, "LOG_ROLLED_BACK");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_journal_of_the_same_size_is_a_fork() {
    for tree_is_kept in [true, false] {
        for archive in archives().await {
            sealed(&archive, 9).await;
            archive.edit(9, true).await;
            if !tree_is_kept {
                fs::remove_dir_all(archive.data().join("tree")).expect("lost");
            }
            let found = then_halted(&archive, Role::Signer, "LOG_FORKED").await;
            let contradicted = found["first_contradicted"].as_str().expect("a note");
            assert_eq!(contradicted.lines().nth(1), Some("10"));
            if tree_is_kept {
                assert_eq!(found["first_difference"], 9);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_body_that_is_not_sealed_yet_stops_the_sealer_at_its_position() {
    for archive in archives().await {
        sealed(&archive, 9).await;
        archive.append(5).await;
        archive.edit(12, false).await;
        let (integrity, mut sealer) = archive.open(Role::Signer).await;
        let refused = sealer.step().await.expect_err("altered");
        assert_eq!(refused.code(), "ENTRY_ALTERED");
        let halted = integrity.halted().expect("halted");
        assert!(halted.to_string().contains("position 12"), "{halted}");
        assert_eq!(
            newest_seal(&integrity).await,
            Some(10),
            "nothing after it is sealed"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_superusers_edit_of_a_sealed_body_is_named_with_its_position() {
    for with_hash in [false, true] {
        for archive in archives().await {
            sealed(&archive, 300).await;
            let (integrity, _sealer) = archive.open(Role::Reader).await;
            let look = || {
                examine(
                    &archive.journal,
                    Some(integrity.tree()),
                    integrity.seals(),
                    |_| {},
                )
            };
            assert!(look().await.expect("a look").holds());
            archive.edit(123, with_hash).await;
            let found = look().await.expect("a look");
            assert!(!found.holds());
            assert_eq!(found.differs, Some(123));
            assert_eq!(found.altered, (!with_hash).then_some(123));
            assert_eq!(found.first_difference(), Some(123));
            assert_eq!(found.contradicted.map(|seal| seal.size), Some(301));
            let refused = integrity
                .receipt(123)
                .await
                .expect_err("no receipt over it");
            assert_eq!(refused.code(), "ENTRY_ALTERED");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hole_and_a_cut_tail_are_named_with_their_position() {
    for archive in archives().await {
        sealed(&archive, 30).await;
        let (integrity, _sealer) = archive.open(Role::Reader).await;
        let look = || {
            examine(
                &archive.journal,
                Some(integrity.tree()),
                integrity.seals(),
                |_| {},
            )
        };
        let cut = |condition: &str| {
            (
                format!(
                    "drop trigger if exists entry_is_never_deleted; delete from entry where {condition}"
                ),
                format!(
                    "alter table journal.entry disable trigger all; delete from journal.entry where {condition}"
                ),
            )
        };
        let (sqlite, postgres) = cut("position >= 25");
        archive.by_hand(&sqlite, &postgres).await;
        assert_eq!(look().await.expect("a look").missing, Some(25));
        let (sqlite, postgres) = cut("position = 7");
        archive.by_hand(&sqlite, &postgres).await;
        assert_eq!(look().await.expect("a look").missing, Some(7));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_tree_is_filled_anew_and_sealing_goes_on() {
    for archive in archives().await {
        sealed(&archive, 300).await;
        for (file, at) in [("1", 5), ("0", 32 * 299)] {
            let path = archive.data().join("tree").join(file);
            let mut bytes = fs::read(&path).expect("a level");
            bytes[at] ^= 1;
            fs::write(&path, bytes).expect("damaged");
            let (integrity, mut sealer) = archive.open(Role::Signer).await;
            assert_eq!(integrity.halted(), None);
            assert_eq!(integrity.status().signing, Signing::Here);
            archive.append(1).await;
            sealer.step().await.expect("sealed");
            let size = integrity.tree().size();
            let root = integrity.tree().root(size).expect("a root");
            assert_eq!(root, archive.fresh_root(size).await);
            drop((integrity, sealer));
            then_free(&archive).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_tree_gives_no_receipt_and_accuses_nobody() {
    let archive = Archive::embedded().await;
    sealed(&archive, 300).await;
    let path = archive.data().join("tree/0");
    let mut bytes = fs::read(&path).expect("the leaves");
    bytes[32 * 40] ^= 1;
    fs::write(&path, bytes).expect("damaged");
    let (integrity, _sealer) = archive.open(Role::Signer).await;
    let refused = integrity.receipt(41).await.expect_err("its path is wrong");
    assert_eq!(refused.code(), "TREE_DAMAGED");
    let receipt = integrity.receipt(40).await.expect("an answer");
    let policy = integrity.policy().expect("a policy");
    let receipt = receipt.expect("its own leaf is not asked of the tree");
    receipt.verify_carried(&policy).expect("it verifies");
}
