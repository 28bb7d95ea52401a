//! Files: enciphered one by one, found by their part alone, gone with it.

use std::path::Path;
use std::time::Duration;

use serde_json::json;
use uuid::Uuid;

use super::NOW;
use super::ground::{grounds, keys};
use crate::domain::part::{Part, PartKind, Purpose};
use crate::domain::time::Moment;
use crate::vault::{
    Arrived, Deposit, Folder, NoTicket, Opened, Opening, Personal, TICKET_HOURS, Upload, Vault,
};

const PAPER: &[u8] = b"%PDF-1.7 the same paper of two people";
const BY: &str = "receiver-01";
const HOUR: i64 = 3_600_000_000;

fn command(n: u128) -> Uuid {
    Uuid::from_u128(0xc000 + n)
}

fn subject(n: u128) -> Uuid {
    Uuid::from_u128(0x5000 + n)
}

async fn brought(vault: &Vault, n: u128) -> (String, Arrived) {
    let upload = Upload {
        command: command(n),
        by: BY.into(),
        name: "Giấy khai sinh.pdf".into(),
        media_type: "application/pdf".into(),
    };
    vault.receive(upload, PAPER, NOW).await.expect("kept")
}

/// The n-th person's paper, brought and put.
async fn kept(vault: &Vault, n: u128) -> (Uuid, Uuid, Part) {
    let (ticket, _) = brought(vault, n).await;
    let arrived = vault.redeem(&ticket, command(n), BY).expect("taken");
    let stream = Uuid::from_u128(0xd000 + n);
    let deposit = Deposit {
        command: command(n),
        stream,
        parts: vec![Personal {
            kind: PartKind::Document,
            subject: subject(n),
            value: json!({ "sha256": arrived.sha256 }),
            file: Some(arrived.kept),
        }],
    };
    let parts = vault.put(&[deposit], NOW).await.expect("stored");
    (stream, command(n), parts[0][0].clone())
}

async fn opened(vault: &Vault, wanted: &(Uuid, Uuid, Part)) -> Opened<Opening> {
    let mut opened = vault
        .disclose(std::slice::from_ref(wanted))
        .await
        .expect("read");
    opened.pop().expect("one answer")
}

async fn bytes(vault: &Vault, wanted: &(Uuid, Uuid, Part)) -> Option<Vec<u8>> {
    let Opened::Present(opening) = opened(vault, wanted).await else {
        return None;
    };
    let file = opening.file.expect("with a file");
    vault.file(&file).await.expect("the folder answers")
}

fn lying(folder: &Path) -> Vec<Vec<u8>> {
    let Ok(listed) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let listed = listed.map(|one| one.expect("an entry").path());
    let files = listed.filter(|path| path.is_dir()).flat_map(|shelf| {
        let files = std::fs::read_dir(shelf).expect("a folder");
        files.map(|file| std::fs::read(file.expect("a file").path()).expect("bytes"))
    });
    files.collect()
}

#[tokio::test]
async fn equal_files_of_two_people_are_two_files_and_erasing_one_leaves_the_other() {
    for ground in grounds().await {
        let folder = tempfile::tempdir().expect("a folder");
        let files = folder.path().join("files");
        let vault = ground.vault().await;
        let vault = vault.with_files(kept_in(&files).await);
        let (first, second) = (kept(&vault, 1).await, kept(&vault, 2).await);
        let lie = lying(&files);
        assert_eq!(lie.len(), 2);
        assert_ne!(lie[0], lie[1]);
        let clear = |bytes: &Vec<u8>| bytes.windows(8).any(|run| run == &PAPER[..8]);
        assert!(!lie.iter().any(clear), "nothing lies there in clear");
        for wanted in [&first, &second] {
            assert_eq!(bytes(&vault, wanted).await.as_deref(), Some(PAPER));
        }
        for now in [NOW, NOW.plus(Moment::DAY)] {
            let erased = vault.erase(subject(1), &[Purpose::Attachment], now).await;
            erased.expect("erased, and again");
        }
        assert!(matches!(opened(&vault, &first).await, Opened::Erased));
        assert_eq!(lying(&files).len(), 1, "the file went with its key");
        assert_eq!(bytes(&vault, &second).await.as_deref(), Some(PAPER));
        let stored = ground.count("select count(*) from part where sealed is not null");
        assert_eq!(stored.await, 1);
    }
}

#[tokio::test]
async fn the_commitment_is_that_of_the_hash_alone() {
    for ground in grounds().await {
        let folder = tempfile::tempdir().expect("a folder");
        let vault = ground.vault().await;
        let vault = vault.with_files(kept_in(folder.path()).await);
        let wanted = kept(&vault, 1).await;
        let Opened::Present(opening) = opened(&vault, &wanted).await else {
            panic!("it opens");
        };
        assert_eq!(opening.commitment().as_deref(), Some(wanted.2.c.as_str()));
        let file = opening.file.clone().expect("with a file");
        assert_eq!((file.bytes, file.name.as_str()), (37, "Giấy khai sinh.pdf"));
        let without = Opening {
            file: None,
            ..opening
        };
        assert_eq!(without.commitment().as_deref(), Some(wanted.2.c.as_str()));
    }
}

#[tokio::test]
async fn a_ticket_is_good_for_one_command_of_one_person_and_for_a_day() {
    for ground in grounds().await {
        let folder = tempfile::tempdir().expect("a folder");
        let vault = ground.vault().await;
        let vault = vault.with_files(kept_in(folder.path()).await);
        let (ticket, arrived) = brought(&vault, 1).await;
        let redeem = |ticket: &str, command, by: &str| vault.redeem(ticket, command, by).err();
        let redeemed = vault.redeem(&ticket, command(1), BY).expect("taken");
        let late = |hours: i64| redeemed.is_late(Moment(NOW.0 + hours * HOUR));
        assert_eq!((late(TICKET_HOURS), late(TICKET_HOURS + 1)), (false, true));
        let other = redeem(&ticket, command(2), BY);
        assert_eq!(other, Some(NoTicket::NotForThis));
        let somebody = redeem(&ticket, command(1), "receiver-02");
        assert_eq!(somebody, Some(NoTicket::NotForThis));
        for wrong in ["", "?", "AAAA", &ticket[..ticket.len() - 1]] {
            assert_eq!(redeem(wrong, command(1), BY), Some(NoTicket::Unknown));
        }
        let elsewhere = crate::vault::Keys::given([8; 32], [(1, [9; 32])]);
        let foreign = super::ground::Ground::file();
        let foreign = Vault::create_or_open(&foreign.location, &elsewhere).await;
        let unknown = foreign
            .expect("another vault")
            .redeem(&ticket, command(1), BY);
        assert_eq!(unknown, Err(NoTicket::Unknown));
        let printed = format!("{arrived:?}");
        assert!(!printed.contains("khai sinh"), "{printed}");
    }
}

#[tokio::test]
async fn what_no_part_names_is_swept_when_it_is_old_enough_and_a_half_written_file_too() {
    for ground in grounds().await {
        let folder = tempfile::tempdir().expect("a folder");
        let vault = ground.vault().await;
        let vault = vault.with_files(kept_in(folder.path()).await);
        let wanted = kept(&vault, 1).await;
        brought(&vault, 2).await;
        let shelf = folder.path().join("00");
        std::fs::create_dir_all(&shelf).expect("a folder");
        let half = shelf.join(format!("{}.new", Uuid::from_u128(7).simple()));
        std::fs::write(&half, b"half").expect("written");
        let foreign = [
            "README".to_owned(),
            format!("{}.bak", Uuid::from_u128(7).simple()),
        ];
        for name in &foreign {
            std::fs::write(shelf.join(name), b"not ours").expect("written");
        }
        let young = vault
            .sweep_files(Duration::from_hours(1), || Ok::<_, &str>(()))
            .await;
        assert_eq!(young.expect("swept"), 0);
        tokio::time::sleep(Duration::from_millis(20)).await;
        let halted = vault.sweep_files(Duration::from_millis(5), || Err("halted"));
        let halted = halted.await.expect_err("nothing is deleted");
        assert_eq!(halted.code(), "VAULT_LOOKUP");
        let swept = vault
            .sweep_files(Duration::from_millis(5), || Ok::<_, &str>(()))
            .await;
        assert_eq!(swept.expect("swept"), 1);
        assert!(!half.exists());
        for name in &foreign {
            assert!(shelf.join(name).exists(), "what is not ours is left alone");
        }
        assert_eq!(bytes(&vault, &wanted).await.as_deref(), Some(PAPER));
    }
}

#[tokio::test]
async fn a_changed_moved_or_missing_file_is_not_given() {
    let ground = super::ground::Ground::file();
    let folder = tempfile::tempdir().expect("a folder");
    let vault = Vault::create_or_open(&ground.location, &keys()).await;
    let vault = vault.expect("a vault");
    let without = vault.clone();
    let vault = vault.with_files(kept_in(folder.path()).await);
    let (first, second) = (kept(&vault, 1).await, kept(&vault, 2).await);
    let path = |opened: Opened<Opening>| {
        let Opened::Present(Opening {
            file: Some(file), ..
        }) = opened
        else {
            panic!("with a file");
        };
        let name = file.id().simple().to_string();
        folder.path().join(&name[..2]).join(&name)
    };
    let one = path(opened(&vault, &first).await);
    let other = path(opened(&vault, &second).await);
    std::fs::copy(&other, &one).expect("swapped");
    assert_eq!(bytes(&vault, &first).await, None, "another's file");
    let mut changed = std::fs::read(&other).expect("bytes");
    changed[40] ^= 1;
    std::fs::write(&other, changed).expect("changed");
    assert_eq!(bytes(&vault, &second).await, None, "one bit");
    std::fs::remove_file(&other).expect("taken away");
    assert_eq!(bytes(&vault, &second).await, None, "gone");
    let upload = Upload {
        command: command(3),
        by: BY.into(),
        name: "a".into(),
        media_type: "application/pdf".into(),
    };
    let refused = without.receive(upload, PAPER, NOW).await;
    assert_eq!(refused.expect_err("no place").code(), "VAULT_MISUSE");
}

#[tokio::test]
async fn a_folder_is_of_one_journal_and_what_is_missing_in_it_is_told() {
    for ground in grounds().await {
        let folder = tempfile::tempdir().expect("a folder");
        let vault = ground.vault().await;
        let vault = vault.with_files(kept_in(folder.path()).await);
        kept_in(folder.path()).await;
        let other = Folder::open(folder.path().to_owned(), Uuid::from_u128(2)).await;
        let refused = other.err().expect("another journal's");
        assert_eq!(refused.code(), "VAULT_FOLDER_OF_ANOTHER");

        kept(&vault, 1).await;
        kept(&vault, 2).await;
        let missing = vault.missing_files().await.expect("looked for");
        assert_eq!(missing, (2, vec![]));
        let elsewhere = tempfile::tempdir().expect("a folder");
        let elsewhere = vault.with_files(kept_in(elsewhere.path()).await);
        let (named, missing) = elsewhere.missing_files().await.expect("looked for");
        assert_eq!((named, missing.len()), (2, 2));
    }
}

/// The folder of the one journal of these tests.
async fn kept_in(folder: &Path) -> Folder {
    let folder = Folder::open(folder.to_owned(), Uuid::from_u128(1)).await;
    folder.expect("a folder")
}
