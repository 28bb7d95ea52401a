//! A working one-stop office on a fresh ground: journal, vault, keys, reference shelf and counter.

use std::path::PathBuf;

use motcua::acts::{Act, Counter, Personal, Request, found, shelf};
use motcua::domain::actor::{Actor, Role};
use motcua::domain::catalogue::Level;
use motcua::domain::dossier::DossierCommand;
use motcua::domain::fact::stream;
use motcua::domain::journal::FORMAT;
use motcua::domain::law::Certainty;
use motcua::domain::office::Office;
use motcua::domain::part::PartKind;
use motcua::domain::reference::{ClockKind, JournalKind, Opened};
use motcua::journal::{Journal, Location};
use motcua::vault::{self, Keys, Vault};
use uuid::Uuid;

/// Code of the office the tests work at.
pub const OFFICE: &str = "H38.40.01";
/// A real procedure with a limit of three working days.
pub const PROCEDURE: &str = "1.004873";

/// What a node is made of.
pub struct Node {
    pub journal: Journal,
    pub vault: Vault,
    pub keys: Keys,
    pub counter: Counter,
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are clients: they choose command ids"
)]
pub fn id() -> Uuid {
    Uuid::new_v4()
}

/// Opens a node; the first one opens the journal and furnishes it.
pub async fn node(location: &Location, keys_folder: &std::path::Path) -> Node {
    let journal = Journal::create_or_open(location)
        .await
        .expect("a journal opens");
    let keys = Keys::load_or_create(keys_folder).expect("keys load");
    let vault = Vault::create_or_open(&vault_location(location), &keys)
        .await
        .expect("a vault opens");
    if journal.head().await.expect("a head").size == 0 {
        let opened = Opened {
            id: id(),
            origin: "localhost/test".into(),
            kind: JournalKind::Live,
            clock: ClockKind::Database,
            format: FORMAT,
            story: None,
            teller: None,
        };
        found(&journal, opened, id(), None)
            .await
            .expect("the journal opens");
    }
    let counter = Counter::open(journal.clone(), vault.clone(), &keys)
        .await
        .expect("a counter opens");
    let mut acts = shelf::shipped(None).expect("the shipped shelf loads");
    acts.push(Act::OpenOffice(office(OFFICE)));
    acts.push(Act::OpenOffice(office("H38.40.02")));
    counter
        .furnish(acts, None)
        .await
        .expect("the shelf is furnished");
    Node {
        journal,
        vault,
        keys,
        counter,
    }
}

pub fn vault_location(location: &Location) -> vault::Location {
    match location {
        Location::Sqlite(path) => vault::Location::Sqlite(path.with_file_name("vault.db")),
        Location::Postgres(address) => vault::Location::Postgres(address.clone()),
    }
}

/// Where the keys of a test node lie: beside a file, or in a folder of the caller's.
pub fn keys_folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("keys");
    (folder, path)
}

pub fn office(code: &str) -> Office {
    Office {
        code: code.into(),
        name_vi: format!("Bộ phận Một cửa {code}"),
        name_en: format!("One-stop unit {code}"),
        level: Level::Commune,
        parent: None,
        valid_from: jiff::civil::date(2020, 1, 1),
        valid_to: None,
        predecessors: Vec::new(),
        hours: None,
        address_vi: String::new(),
        phone: String::new(),
        contacts: Vec::new(),
        certainty: Certainty::Illustrative,
    }
}

pub fn actor(role: Role) -> Actor {
    Actor::new(format!("{}-01", role.name()), OFFICE, role)
}

/// Complete papers accepted at the counter: the dossier and the request.
pub fn acceptance(command: Uuid, name: &str) -> (Uuid, Request) {
    let dossier = stream::dossier(command);
    let act = Act::Dossier {
        dossier,
        command: DossierCommand::AcceptAtCounter {
            procedure: PROCEDURE.parse().expect("a procedure code"),
            office: OFFICE.parse().expect("an office code"),
            capability: None,
            code: None,
        },
    };
    let personal = vec![Personal {
        file: None,
        kind: PartKind::Applicant,
        value: serde_json::json!({ "full_name": name }),
    }];
    (
        dossier,
        Request {
            personal,
            ..Request::new(command, actor(Role::Receiver), act)
        },
    )
}

/// A command on an existing dossier.
pub fn on(dossier: Uuid, role: Role, command: DossierCommand) -> Request {
    Request::new(id(), actor(role), Act::Dossier { dossier, command })
}
