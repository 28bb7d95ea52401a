//! An office that tells the portal, by one node or two.

use std::path::Path;
use std::time::Duration;

use motcua::acts::{Counter, Receipt, Request};
use motcua::domain::actor::Role;
use motcua::domain::dossier::{Dossier, DossierCommand as C, SyncOutcome, SyncRecorded};
use motcua::domain::event::Event;
use motcua::domain::portal::{self, News, PortalStatus};
use motcua::domain::reason::Reason;
use motcua::journal::{Journal, Location, Until, fact};
use motcua::projections::{ReadModels, history};
use motcua::reactions::portal::{HttpPortal, ObjectKinds, Settings, Teller};
use motcua::reactions::work::Work;
use motcua::vault::{Keys, Vault};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::theirs::{PASSWORD, Theirs, USER};
use crate::grounds::{Ground, grounds};
use crate::office;

/// A node's part in telling.
pub struct Telling {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Telling {
    /// Ends as a node does that is told to.
    pub async fn end(self) {
        self.stop.cancel();
        self.task.await.expect("it ends well");
    }
}

/// Where the portal is, to a node.
pub fn portal(theirs: &Theirs, object_kinds: ObjectKinds) -> HttpPortal {
    HttpPortal::new(Settings {
        url: theirs.url.parse().expect("an address"),
        sign_in_path: "mapi/login".to_owned(),
        service_path: "/mapi/g".to_owned(),
        user: USER.to_owned(),
        password: PASSWORD.to_owned(),
        unit: Some("000.00.01.H38".to_owned()),
        destination: None,
        object_kinds,
    })
    .expect("addresses")
}

/// Starts telling.
pub fn tell(
    theirs: &Theirs,
    work: Work,
    (counter, models): (Counter, ReadModels),
    (journal, vault): (Journal, Vault),
) -> Telling {
    let portal = portal(theirs, ObjectKinds::Current);
    let teller = Teller::new(
        portal,
        work,
        (counter, models),
        (journal, vault),
        office::id(),
    );
    let stop = CancellationToken::new();
    let task = tokio::spawn(teller.run(stop.clone()));
    Telling { stop, task }
}

/// An office on the first back end.
pub async fn given() -> Place {
    let mut grounds = grounds().await;
    Place::new(grounds.swap_remove(0)).await
}

/// An office on any back end.
pub struct Place {
    ground: Ground,
    folder: tempfile::TempDir,
    pub node: office::Node,
}

impl Place {
    pub async fn new(ground: Ground) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        if let Location::Sqlite(file) = &ground.location {
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        }
        let node = office::node(&ground.location, &folder.path().join("keys")).await;
        Self {
            ground,
            folder,
            node,
        }
    }

    pub async fn work(&self) -> Work {
        let location = Work::location(self.folder.path(), &self.ground.location);
        Work::create_or_open(&location).await.expect("the work")
    }

    /// A node with a counter and read models of its own that tells; what it follows with ends with it.
    pub async fn tells(&self, name: &str, theirs: &Theirs) -> Telling {
        let location = &self.ground.location;
        let journal = Journal::create_or_open(location).await.expect("a journal");
        let keys = Keys::load_or_create(&self.folder.path().join("keys")).expect("keys");
        let vault = office::vault_location(location);
        let vault = Vault::create_or_open(&vault, &keys).await.expect("a vault");
        let counter = Counter::open(journal.clone(), vault.clone(), &keys);
        let counter = counter.await.expect("a counter");
        let data: &Path = &self.folder.path().join(name);
        let opened = ReadModels::open(data, journal.clone()).await;
        let (models, projector) = opened.expect("read models open");
        let telling = tell(
            theirs,
            self.work().await,
            (counter, models),
            (journal, vault),
        );
        tokio::spawn(projector.run(telling.stop.clone()));
        telling
    }

    pub async fn submit(&self, request: Request) -> Receipt {
        self.node
            .counter
            .submit(request)
            .await
            .expect("it is taken")
    }

    pub async fn act(&self, dossier: Uuid, role: Role, command: C) {
        let request = Request {
            reason: Some(Reason::MissingComponent),
            ..office::on(dossier, role, command)
        };
        self.submit(request).await;
    }

    /// Papers accepted at the counter.
    pub async fn accept(&self) -> Uuid {
        let (dossier, request) = office::acceptance(office::id(), "Công dân 000123");
        self.submit(request).await;
        dossier
    }

    pub async fn forward(&self, dossier: Uuid) {
        let to = "handler-01".to_owned();
        self.act(dossier, Role::Receiver, C::Forward { to }).await;
    }

    pub async fn dossier(&self, dossier: Uuid) -> Dossier {
        let found = history::fold(&self.node.journal, dossier, Until::End).await;
        found.expect("the journal answers").expect("a dossier")
    }

    /// The portal's answers on record about a dossier, in order.
    pub async fn answers(&self, dossier: Uuid) -> Vec<SyncRecorded> {
        let entries = self.node.journal.read_stream(dossier, 0, Until::End).await;
        let facts = entries.expect("entries").into_iter().map(|entry| {
            let fact = fact::decode(&entry.body).expect("a fact");
            (fact.circumstances.cause, fact.event)
        });
        facts
            .filter_map(|(cause, event)| match event {
                Event::Dossier(motcua::domain::dossier::DossierEvent::SyncRecorded(told)) => {
                    assert!(cause.is_some(), "every answer names the fact it is about");
                    Some(told)
                }
                _ => None,
            })
            .collect()
    }

    /// Versions of the facts that the portal is owed of a dossier.
    pub async fn owed(&self, dossier: Uuid) -> Vec<u32> {
        let entries = self.node.journal.read_stream(dossier, 0, Until::End).await;
        let owed = entries.expect("entries").into_iter().filter(|entry| {
            let fact = fact::decode(&entry.body).expect("a fact");
            let Event::Dossier(event) = fact.event else {
                return false;
            };
            portal::news(&event) != News::Nothing
        });
        owed.map(|entry| entry.version).collect()
    }

    /// Until the portal has answered for good to all that it is owed of these.
    pub async fn settled(&self, dossiers: &[Uuid], patience: Duration) {
        let waiting = async {
            for dossier in dossiers {
                loop {
                    let state = self.dossier(*dossier).await;
                    let last = self.owed(*dossier).await.last().copied().unwrap_or(0);
                    let sync = state.sync(portal::SYSTEM);
                    if sync.is_some_and(|sync| sync.has_settled(last)) {
                        break;
                    }
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        };
        let waited = tokio::time::timeout(patience, waiting).await;
        assert!(waited.is_ok(), "the portal has not answered");
    }

    /// Every fact owed was acknowledged exactly once, and the portal shows the status that the office has.
    pub async fn then_all_is_known(&self, theirs: &Theirs, dossier: Uuid) {
        let answers = self.answers(dossier).await;
        let acknowledged: Vec<u32> = answers
            .iter()
            .filter(|told| told.outcome == SyncOutcome::Acknowledged)
            .filter_map(|told| told.of)
            .collect();
        assert_eq!(
            acknowledged,
            self.owed(dossier).await,
            "once each, in order"
        );
        let state = self.dossier(dossier).await;
        let own = PortalStatus::of(&state).map(|status| status.code().to_string());
        let code = state.code.as_ref().expect("a code").to_string();
        let there = theirs.statuses().remove(&code).expect("it was told");
        assert_eq!(there.last(), own.as_ref(), "{code}");
        assert!(state.untold.is_empty());
    }
}
