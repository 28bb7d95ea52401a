//! A node killed before and after every sync of changing a wrapping key and destroying the old one: whoever does it again finishes
//! it, what lives can be read, what was erased stays so, and a key that was said to be destroyed never comes back.

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use motcua::acts::erasing::{carry_out, destroy_key};
use motcua::acts::{Act, Request};
use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use motcua::domain::erasure::{ErasureAct, ErasureRequested, KeyDestroyed};
use motcua::domain::fact::stream;
use motcua::domain::part::Purpose;
use motcua::domain::reason::Reason;
use motcua::journal::Until;
use motcua::projections::ReadModels;
use motcua::reactions::erasing::at_start;
use motcua::vault::Opened;
use uuid::Uuid;

use super::killed::{CLOSING, Node, POINTS_MAX, opened_in, parts, refused};
use crate::commands::ground::{Premises, person, premises};
use crate::faults::{KILL_AT, library};
use crate::integrity::copy_folder;
use crate::office::id;

const CHILD: &str = "MOTCUA_TEST_ROTATING";
const PURPOSES: [Purpose; 2] = [Purpose::Identity, Purpose::Contact];

/// Not a test of its own: the body of the child process (returns at once without the environment).
#[tokio::test(flavor = "multi_thread")]
async fn child_changes_the_key_once() {
    let Ok(folder) = std::env::var(CHILD) else {
        return;
    };
    let node = opened_in(Path::new(&folder)).await;
    changed(&node).await;
    println!("\ndestroyed");
    drop(node);
    tokio::time::sleep(CLOSING).await;
}

/// As an operator does it, who looks first at what is done already.
async fn changed(node: &Node) {
    let (vault, now) = (&node.vault, node.counter.clock());
    let states = vault.wrapping_keys().await.expect("told");
    let first = states
        .iter()
        .find(|state| state.id == "w1")
        .expect("a first key");
    if first.retired_at.is_none() {
        vault.begin_wrapping_key(now).await.expect("begun");
    }
    vault.rewrap(|_| {}).await.expect("wrapped anew");
    if first.destroyed_at.is_some() {
        return;
    }
    let condemned = vault
        .condemn_wrapping_key("w1", now, now)
        .await
        .expect("condemned");
    println!("\ncondemned");
    let destroyed = KeyDestroyed {
        key: "w1".to_owned(),
        retired_at: condemned.retired_at.unwrap_or(now),
        kept_days: 0,
        custodians: ["keeper-1".to_owned(), "keeper-2".to_owned()],
    };
    let by = Actor::new("admin-01", NO_OFFICE, Role::Admin);
    let done = destroy_key(&node.counter, vault, by, destroyed).await;
    done.expect("destroyed");
}

async fn erase(
    Premises {
        vault,
        counter,
        journal,
        ..
    }: &Premises,
    dossier: Uuid,
) {
    let entries = journal
        .read_stream(dossier, 0, Until::End)
        .await
        .expect("facts");
    let fact = motcua::journal::fact::decode(&entries[0].body).expect("a fact");
    let asked = ErasureRequested {
        subject: fact.circumstances.parts[0].s,
        dossier,
        purposes: PURPOSES.to_vec(),
        decision: "12/QĐ-UBND".to_owned(),
    };
    let request = Request {
        reason: Some(Reason::Other),
        ..Request::new(
            id(),
            person(Role::CentreManager),
            Act::Erase(ErasureAct::Request(asked.clone())),
        )
    };
    let receipt = counter.submit(request).await.expect("recorded");
    let done = carry_out(counter, vault, receipt.position, &asked).await;
    done.expect("carried out");
}

/// What can be read of a dossier: parts that are there, and parts that were erased.
async fn read(node: &Node, dossier: Uuid) -> (usize, usize) {
    let opened = node
        .vault
        .open(&parts(node, dossier).await)
        .await
        .expect("read");
    let count = |is: fn(&Opened) -> bool| opened.iter().filter(|one| is(one)).count();
    (
        count(|one| matches!(one, Opened::Present(_))),
        count(|one| *one == Opened::Erased),
    )
}

async fn facts(node: &Node) -> usize {
    let facts = node
        .journal
        .read_stream(stream::wrapping_keys(), 0, Until::End)
        .await;
    facts.expect("facts").len()
}

async fn then_it_can_be_finished(folder: &Path, erased: Uuid, living: Uuid, said: &str) {
    let key = folder.join("keys/wrapping-1.key");
    if said.contains("\ndestroyed") {
        assert!(!key.exists(), "it was said to be destroyed");
    }
    for _ in 0..2 {
        let node = opened_in(folder).await;
        let open = ReadModels::open(&folder.join("read"), node.journal.clone()).await;
        let (models, mut projector) = open.expect("read models");
        while projector.step(1_000).await.expect("a step") {}
        let again = at_start(&node.counter, &models, &node.vault).await;
        assert_eq!(again.expect("looked"), 0, "nothing came back");
        assert_eq!(
            read(&node, living).await,
            (3, 0),
            "what lives is read at every point"
        );
        assert_eq!(read(&node, erased).await, (1, 2));
        assert!(
            facts(&node).await == 0 || !key.exists(),
            "what is on record is done"
        );
        changed(&node).await;
        assert!(!key.exists());
        assert_eq!(facts(&node).await, 1);
        assert_eq!(read(&node, living).await, (3, 0));
        assert_eq!(read(&node, erased).await, (1, 2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_every_sync_of_changing_the_key_loses_nothing_and_brings_nothing_back() {
    let home = tempfile::tempdir().expect("a folder");
    let library = library(home.path());
    let premises = premises().await;
    let (erased, living) = (refused(&premises).await, refused(&premises).await);
    erase(&premises, erased).await;
    let Premises { folder: first, .. } = premises;
    tokio::time::sleep(CLOSING).await;
    let (mut condemned, mut points) = (0, 0);
    for point in 1.. {
        assert!(point < POINTS_MAX, "the kill hits without end");
        let folder = home.path().join(format!("point-{point}"));
        copy_folder(first.path(), &folder);
        let ended = Command::new(std::env::current_exe().expect("this binary"))
            .args([
                "--exact",
                "privacy::rotated::child_changes_the_key_once",
                "--nocapture",
            ])
            .env(CHILD, &folder)
            .env("LD_PRELOAD", &library)
            .env(KILL_AT, point.to_string())
            .stderr(Stdio::null())
            .output()
            .expect("a child");
        let killed = ended.status.signal() == Some(9);
        assert!(killed || ended.status.success(), "{:?}", ended.status);
        let said = String::from_utf8_lossy(&ended.stdout);
        then_it_can_be_finished(&folder, erased, living, &said).await;
        condemned += usize::from(killed && said.contains("\ncondemned"));
        std::fs::remove_dir_all(&folder).expect("cleared");
        if !killed {
            assert!(
                said.contains("\ndestroyed"),
                "the child that lives finishes"
            );
            break;
        }
        points = point;
    }
    println!("killed at {points} syncs, {condemned} of them after it was condemned");
    assert!(condemned > 3, "no kill while it was destroyed");
}
