//! A node killed before and after every sync of an erasure: at the next start it is finished, and nothing comes back.

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use motcua::acts::erasing::carry_out;
use motcua::acts::{Act, Counter, Personal, Request, opened};
use motcua::domain::actor::Role;
use motcua::domain::dossier::DossierCommand;
use motcua::domain::erasure::{ErasureAct, ErasureEvent, ErasureRequested};
use motcua::domain::event::Event;
use motcua::domain::fact::stream;
use motcua::domain::part::{PartKind, Purpose};
use motcua::domain::reason::Reason;
use motcua::journal::{Journal, Location, Until, fact};
use motcua::projections::ReadModels;
use motcua::reactions::erasing::at_start;
use motcua::vault::{self, Folder, Keys, Opened, Upload, Vault};
use serde_json::json;
use uuid::Uuid;

use crate::commands::ground::{OFFICES, PROCEDURE, Premises, person, premises};
use crate::faults::{KILL_AT, library};
use crate::integrity::copy_folder;
use crate::office::id;

const CHILD: &str = "MOTCUA_TEST_ERASING";
const DOSSIER: &str = "MOTCUA_TEST_ERASED_DOSSIER";
pub const POINTS_MAX: usize = 400;
/// Closing syncs too, in threads of the driver's that nobody waits for.
pub const CLOSING: Duration = Duration::from_millis(400);
const PURPOSES: [Purpose; 3] = [Purpose::Identity, Purpose::Contact, Purpose::Attachment];

/// What lies in a folder, opened.
pub struct Node {
    pub journal: Journal,
    pub vault: Vault,
    pub counter: Counter,
}

pub async fn opened_in(folder: &Path) -> Node {
    let location = Location::Sqlite(folder.join("journal.db"));
    let journal = Journal::create_or_open(&location).await.expect("a journal");
    let keys = Keys::load_or_create(&folder.join("keys")).expect("keys");
    let safe = vault::Location::Sqlite(folder.join("vault.db"));
    let vault = Vault::create_or_open(&safe, &keys).await.expect("a vault");
    let journal_id = opened(&journal).await.expect("opened").id;
    let files = Folder::open(folder.join("files"), journal_id).await;
    let vault = vault.with_files(files.expect("a folder"));
    let counter = Counter::open(journal.clone(), vault.clone(), &keys).await;
    Node {
        counter: counter.expect("a counter"),
        journal,
        vault,
    }
}

/// The parts of a dossier's facts, as the vault is asked.
pub async fn parts(node: &Node, dossier: Uuid) -> Vec<(Uuid, Uuid, motcua::domain::part::Part)> {
    let entries = node.journal.read_stream(dossier, 0, Until::End).await;
    let mut all = Vec::new();
    for entry in entries.expect("facts") {
        let fact = fact::decode(&entry.body).expect("a fact");
        let parts = fact.circumstances.parts.into_iter();
        all.extend(parts.map(|part| (dossier, fact.command, part)));
    }
    all
}

/// Not a test of its own: the body of the child process (returns at once without the environment).
#[tokio::test(flavor = "multi_thread")]
async fn child_erases_once() {
    let (Ok(folder), Ok(dossier)) = (std::env::var(CHILD), std::env::var(DOSSIER)) else {
        return;
    };
    let dossier: Uuid = dossier.parse().expect("an id");
    let node = opened_in(Path::new(&folder)).await;
    let subject = parts(&node, dossier).await[0].2.s;
    let asked = ErasureRequested {
        subject,
        dossier,
        purposes: PURPOSES.to_vec(),
        decision: "12/QĐ-UBND".to_owned(),
    };
    let act = ErasureAct::Request(asked.clone());
    let request = Request {
        reason: Some(Reason::Other),
        ..Request::new(id(), person(Role::CentreManager), Act::Erase(act))
    };
    let receipt = node.counter.submit(request).await.expect("recorded");
    println!("\nordered");
    let done = carry_out(&node.counter, &node.vault, receipt.position, &asked).await;
    done.expect("carried out");
    println!("\nerased");
    drop(node);
    tokio::time::sleep(CLOSING).await;
}

/// A closed dossier with a name, a telephone and a file.
pub async fn refused(Premises { vault, counter, .. }: &Premises) -> Uuid {
    let command = id();
    let upload = Upload {
        command,
        by: "citizen-1".to_owned(),
        name: "a.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
    };
    let (_, arrived) = vault
        .receive(upload, b"%PDF-1.7 a secret paper", counter.clock())
        .await
        .expect("kept");
    let personal = [
        (
            PartKind::Applicant,
            json!({ "full_name": "Nguyễn Bí Mật" }),
            None,
        ),
        (PartKind::Contact, json!({ "phone": "0999888777" }), None),
        (
            PartKind::Document,
            json!({ "sha256": arrived.sha256 }),
            Some(arrived.kept),
        ),
    ];
    let dossier = stream::dossier(command);
    let submit = DossierCommand::Submit {
        procedure: PROCEDURE.parse().expect("a code"),
        office: OFFICES[0].parse().expect("a code"),
        capability: None,
        assisted_by: None,
    };
    let filed = Request {
        personal: personal
            .into_iter()
            .map(|(kind, value, file)| Personal { kind, value, file })
            .collect(),
        ..Request::new(
            command,
            person(Role::Applicant),
            Act::Dossier {
                dossier,
                command: submit,
            },
        )
    };
    counter.submit(filed).await.expect("filed");
    let refused = Request {
        reason: Some(Reason::Other),
        ..Request::new(
            id(),
            person(Role::Receiver),
            Act::Dossier {
                dossier,
                command: DossierCommand::RefuseAcceptance,
            },
        )
    };
    counter.submit(refused).await.expect("refused");
    dossier
}

/// Whether it was ordered; then it is done once and for all.
async fn then_it_is_finished(folder: &Path, dossier: Uuid, said: &str) -> bool {
    let node = opened_in(folder).await;
    let read = folder.join("read");
    let open = ReadModels::open(&read, node.journal.clone()).await;
    let (models, mut projector) = open.expect("read models");
    while projector.step(1_000).await.expect("a step") {}
    let again = at_start(&node.counter, &models, &node.vault).await;
    assert_eq!(again.expect("finished"), 0);
    let wanted = parts(&node, dossier).await;
    let facts = stream::subject(wanted[0].2.s);
    let facts = node.journal.read_stream(facts, 0, Until::End).await;
    let facts = facts.expect("facts").into_iter();
    let facts: Vec<Event> = facts
        .map(|entry| fact::decode(&entry.body).expect("a fact").event)
        .collect();
    let read_now = node.vault.open(&wanted).await.expect("read");
    if facts.is_empty() {
        assert!(!said.contains("ordered"), "what was acknowledged is lost");
        let present = |one: &Opened| matches!(one, Opened::Present(_));
        assert!(read_now.iter().all(present), "nothing was ordered");
        return false;
    }
    let [
        Event::Erasure(ErasureEvent::Requested(_)),
        Event::Erasure(ErasureEvent::Done(done)),
    ] = facts.as_slice()
    else {
        panic!("asked for once, done once: {facts:?}");
    };
    assert_eq!((done.keys, done.parts, done.files), (3, 3, 1));
    assert!(
        read_now.iter().all(|one| *one == Opened::Erased),
        "{read_now:?}"
    );
    let shelves = std::fs::read_dir(folder.join("files")).expect("a folder");
    let shelves = shelves.map(|one| one.expect("an entry").path());
    let lying = shelves.filter(|path| path.is_dir()).map(|shelf| {
        let files = std::fs::read_dir(shelf).expect("a folder");
        files.count()
    });
    assert_eq!(lying.sum::<usize>(), 0, "no file is left");
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_every_sync_of_an_erasure_leaves_it_finished_by_the_next_start() {
    let home = tempfile::tempdir().expect("a folder");
    let library = library(home.path());
    let premises = premises().await;
    let dossier = refused(&premises).await;
    let Premises { folder: first, .. } = premises;
    tokio::time::sleep(CLOSING).await;
    let (mut ordered, mut points) = (0, 0);
    for point in 1.. {
        assert!(point < POINTS_MAX, "the kill hits without end");
        let folder = home.path().join(format!("point-{point}"));
        copy_folder(first.path(), &folder);
        let ended = Command::new(std::env::current_exe().expect("this binary"))
            .args([
                "--exact",
                "privacy::killed::child_erases_once",
                "--nocapture",
            ])
            .env(CHILD, &folder)
            .env(DOSSIER, dossier.to_string())
            .env("LD_PRELOAD", &library)
            .env(KILL_AT, point.to_string())
            .stderr(Stdio::null())
            .output()
            .expect("a child");
        let killed = ended.status.signal() == Some(9);
        assert!(killed || ended.status.success(), "{:?}", ended.status);
        let said = String::from_utf8_lossy(&ended.stdout);
        let done = then_it_is_finished(&folder, dossier, &said).await;
        ordered += usize::from(done && killed);
        std::fs::remove_dir_all(&folder).expect("cleared");
        if !killed {
            assert!(said.contains("erased"), "the child that lives finishes");
            break;
        }
        points = point;
    }
    println!("killed at {points} syncs, {ordered} of them after it was ordered");
    assert!(ordered > 3, "no kill between the order and its end");
}
