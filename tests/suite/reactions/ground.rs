//! An office on a story's clock: what was done has its hour, and a node that is opened goes on from the newest.

use std::path::{Path, PathBuf};
use std::time::Duration;

use motcua::acts::{Act, Counter, Receipt, Request, found, shelf};
use motcua::api::Api;
use motcua::domain::actor::{Actor, Role};
use motcua::domain::calendar::{Calendar, Notice, NoticeChange};
use motcua::domain::catalogue;
use motcua::domain::dossier::{Dossier, DossierCommand};
use motcua::domain::fact::Fact;
use motcua::domain::journal::FORMAT;
use motcua::domain::law::{Certainty, Limit};
use motcua::domain::policy::Policy;
use motcua::domain::reason::Reason;
use motcua::domain::reference::{ClockKind, JournalKind, Opened, Story};
use motcua::domain::time::Moment;
use motcua::journal::{Journal, Until, fact};
use motcua::projections::{ReadModels, history};
use motcua::reactions::{self, Reactions};
use motcua::vault::{Keys, Vault};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::grounds::Ground;
use crate::office::{self, OFFICE, PROCEDURE, id};

const PATIENCE: Duration = Duration::from_secs(20);

/// Local time in Hanoi.
#[track_caller]
pub fn at(text: &str) -> Moment {
    Moment::from_local(text.parse().expect("a local time"))
}

/// Where an office's journal lies, and the folders of its nodes.
pub struct Place {
    pub ground: Ground,
    folder: tempfile::TempDir,
}

/// One process of an office.
pub struct Node {
    pub counter: Counter,
    pub models: ReadModels,
    pub journal: Journal,
    stop: CancellationToken,
}

impl Drop for Node {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Place {
    /// A furnished journal whose story began on 2 November 2026 and ends on this day; the certificate takes `days` working
    /// days.
    pub async fn begin(ground: Ground, ends_on: &str, days: u16) -> Self {
        Self::begin_with(ground, ends_on, shelf_with(days)).await
    }

    /// The same with this on the reference shelf.
    pub async fn begin_with(ground: Ground, ends_on: &str, shelf: Vec<Act>) -> Self {
        let place = Self {
            ground,
            folder: tempfile::tempdir().expect("a temporary folder"),
        };
        let journal = place.ground.journal().await;
        let opened = Opened {
            id: id(),
            origin: "localhost/test".to_owned(),
            kind: JournalKind::Simulated,
            clock: ClockKind::Story,
            format: FORMAT,
            story: Some(Story {
                scenario: "test".to_owned(),
                seed: "1".to_owned(),
                ends_on: ends_on.parse().expect("a day"),
                invented: false,
            }),
            teller: None,
        };
        let first = at("2026-11-02 07:00");
        found(&journal, opened, id(), Some(first))
            .await
            .expect("it opens");
        let counter = place.counter(&journal).await;
        counter
            .furnish(shelf, Some(first))
            .await
            .expect("furnished");
        place
    }

    async fn counter(&self, journal: &Journal) -> Counter {
        let keys = Keys::load_or_create(&self.folder.path().join("keys")).expect("keys");
        let location = office::vault_location(&self.ground.location);
        let vault = Vault::create_or_open(&location, &keys)
            .await
            .expect("a vault");
        Counter::open(journal.clone(), vault, &keys)
            .await
            .expect("a counter")
    }

    /// The doors of a node.
    pub async fn api(&self, node: &Node) -> Api {
        let keys = Keys::load_or_create(&self.folder.path().join("keys")).expect("keys");
        let location = office::vault_location(&self.ground.location);
        let vault = Vault::create_or_open(&location, &keys).await;
        let (counter, models) = (node.counter.clone(), node.models.clone());
        Api::new(
            counter,
            models,
            node.journal.clone(),
            vault.expect("a vault"),
            &keys,
        )
    }

    /// The folder of a node.
    pub fn data(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A node with read models of its own, which follow; nothing reacts yet.
    pub async fn node(&self, name: &str) -> Node {
        let journal = Journal::create_or_open(&self.ground.location)
            .await
            .expect("a journal");
        let counter = self.counter(&journal).await;
        open(counter, journal, &self.data(name)).await
    }
}

async fn open(counter: Counter, journal: Journal, data: &Path) -> Node {
    let opened = ReadModels::open(data, journal.clone()).await;
    let (models, projector) = opened.expect("read models open");
    let stop = CancellationToken::new();
    tokio::spawn(projector.run(stop.clone()));
    Node {
        counter,
        models,
        journal,
        stop,
    }
}

fn shelf_with(days: u16) -> Vec<Act> {
    let mut procedures = catalogue::load(shelf::CATALOGUE).expect("the catalogue");
    procedures.retain(|procedure| procedure.code == PROCEDURE);
    procedures[0].limit = Limit::WorkingDays(days);
    let calendars = Calendar::shipped().into_iter().map(Act::Declare);
    let policies = Policy::shipped().into_iter().map(Act::Adopt);
    let procedures = procedures.into_iter().map(Box::new).map(Act::Publish);
    let office = Act::OpenOffice(office::office(OFFICE));
    calendars
        .chain(policies)
        .chain(procedures)
        .chain([office])
        .collect()
}

impl Node {
    /// Does something at an hour of the story.
    pub async fn submit(&self, when: &str, request: Request) -> Receipt {
        let request = Request {
            at: Some(at(when)),
            ..request
        };
        let receipt = self.counter.submit(request).await.expect("it is taken");
        assert!(
            self.models.reach(receipt.size() - 1, PATIENCE).await,
            "shown"
        );
        receipt
    }

    /// Papers accepted at the counter.
    pub async fn accept(&self, when: &str) -> Uuid {
        let (dossier, request) = office::acceptance(id(), "Công dân 000001");
        self.submit(when, request).await;
        dossier
    }

    pub async fn act(&self, when: &str, dossier: Uuid, role: Role, command: DossierCommand) {
        let request = Request {
            reason: Some(Reason::MissingComponent),
            ..office::on(dossier, role, command)
        };
        self.submit(when, request).await;
    }

    /// Accepted and forwarded within the hour.
    pub async fn in_processing(&self, when: &str) -> Uuid {
        let dossier = self.accept(when).await;
        let to = "handler-01".to_owned();
        let forward = DossierCommand::Forward { to };
        self.act(when, dossier, Role::Receiver, forward).await;
        dossier
    }

    /// A notice of days off and worked.
    pub async fn notice(&self, when: &str, number: &str, off: &[&str], worked: &[&str]) -> Receipt {
        let days = |days: &[&str]| days.iter().map(|day| day.parse().expect("a day")).collect();
        let notice = Notice {
            number: number.to_owned(),
            issued_on: at(when).date(),
            legal_basis: "Labour Code 45/2019/QH14 art. 112.3".to_owned(),
            certainty: Certainty::Verified,
            change: NoticeChange::Days {
                off: days(off),
                worked: days(worked),
            },
        };
        let admin = Actor::new("admin-01", "*", Role::Admin);
        let act = Act::Notify(Box::new(notice));
        self.submit(when, Request::new(id(), admin, act)).await
    }

    /// One look of all reactions.
    pub async fn pass(&self) -> usize {
        self.follow().await;
        Reactions::new(self.counter.clone(), self.models.clone())
            .pass()
            .await
    }

    /// Reacts until the node goes.
    pub fn react(&self) {
        let (counter, models) = (self.counter.clone(), self.models.clone());
        tokio::spawn(reactions::run(counter, models, self.stop.clone()));
    }

    /// Until the read models show all there is.
    pub async fn follow(&self) {
        let size = self.journal.head().await.expect("a head").size;
        assert!(self.models.reach(size - 1, PATIENCE).await, "shown");
    }

    pub async fn dossier(&self, dossier: Uuid) -> Dossier {
        let found = history::fold(&self.journal, dossier, Until::End).await;
        found.expect("the journal answers").expect("a dossier")
    }

    /// Every fact of this type, in order.
    pub async fn facts(&self, kind: &str) -> Vec<Fact> {
        let mut facts = Vec::new();
        let size = self.journal.head().await.expect("a head").size;
        let mut position = 0;
        while position < size {
            let entries = self.journal.read(position, 1_000).await.expect("entries");
            position += entries.len() as u64;
            let decoded = entries
                .iter()
                .map(|entry| fact::decode(&entry.body).expect("a fact"));
            facts.extend(decoded.filter(|fact| fact.event.kind() == kind));
        }
        facts
    }
}
