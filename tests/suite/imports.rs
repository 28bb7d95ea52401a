//! What another system tells, on both back ends: taken in once, counted by its claims, and never mixed with what is done here.

use std::path::PathBuf;

use motcua::acts::{Act, Counter, Refusal, Request, found, shelf};
use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use motcua::domain::deadline::Comparison;
use motcua::domain::dossier::{DossierCommand, Rejection};
use motcua::domain::fact::{BreachRule, stream};
use motcua::domain::journal::FORMAT;
use motcua::domain::reference::{ClockKind, JournalKind, Opened};
use motcua::domain::time::Moment;
use motcua::imports::{ImportError, Mapping, Report, Taker};
use motcua::journal::{Journal, fact};
use motcua::projections::statistics::{self, Counts, Query, Scope};
use motcua::projections::{ReadModels, history, tracking, verify};
use motcua::vault::{Keys, Vault};
use tempfile::TempDir;

use crate::grounds::{Ground, grounds};
use crate::office::{acceptance, id, keys_folder, node, vault_location};

const TABLE: &str = include_str!("../../examples/import/table.csv");
const MAPPING: &str = "examples/import/table.json";

/// A journal for what the example's system tells.
struct Place {
    _keys: TempDir,
    folder: TempDir,
    _ground: Ground,
    journal: Journal,
    counter: Counter,
    mapping: Mapping,
    hash: String,
}

impl Place {
    async fn on(ground: Ground) -> Self {
        let mapping = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(MAPPING);
        Self::mapped(
            ground,
            Mapping::load(&mapping).expect("the example's mapping"),
        )
        .await
    }

    async fn mapped(ground: Ground, (mapping, hash): (Mapping, String)) -> Self {
        let (held, keys) = keys_folder();
        let journal = ground.journal().await;
        let opened = Opened {
            id: id(),
            origin: "localhost/test".into(),
            kind: JournalKind::Imported,
            clock: ClockKind::Database,
            format: FORMAT,
            story: None,
            teller: Some(mapping.teller()),
        };
        found(&journal, opened, id(), None).await.expect("opened");
        let keys = Keys::load_or_create(&keys).expect("keys");
        let vault = Vault::create_or_open(&vault_location(&ground.location), &keys).await;
        let counter = Counter::open(journal.clone(), vault.expect("a vault"), &keys).await;
        let counter = counter.expect("a counter");
        let shipped = shelf::shipped(None).expect("the shipped shelf");
        counter.furnish(shipped, None).await.expect("furnished");
        Self {
            _keys: held,
            folder: tempfile::tempdir().expect("a folder"),
            _ground: ground,
            journal,
            counter,
            mapping,
            hash,
        }
    }

    fn taker(&self) -> Taker<'_> {
        Taker {
            counter: &self.counter,
            by: Actor::new("admin-01", NO_OFFICE, Role::Admin),
            mapping: &self.mapping,
            mapping_hash: self.hash.clone(),
            secret: [7; 32],
        }
    }

    async fn take(&self, text: &str) -> Report {
        let file = self.folder.path().join("export.csv");
        std::fs::write(&file, text).expect("a file");
        let taker = self.taker();
        taker.prepare().await.expect("prepared");
        taker.take(&file, |_, _| {}).await.expect("taken in")
    }

    async fn models(&self, name: &str) -> ReadModels {
        let folder = self.folder.path().join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        let opened = ReadModels::open(&folder, self.journal.clone()).await;
        opened.expect("read models").0
    }
}

async fn counted(models: &ReadModels) -> Counts {
    let query = Query {
        scope: Scope::All,
        channel: None,
        procedure: None,
        from: jiff::civil::date(2026, 3, 1),
        to: jiff::civil::date(2026, 3, 31),
        comparison: Comparison::Date,
    };
    statistics::count(models, &query).await.expect("counted")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_taken_in_once_and_counted_by_its_claims() {
    for ground in grounds().await {
        let place = Place::on(ground).await;
        let first = place.take(TABLE).await;
        assert_eq!((first.rows, first.cases, first.acts), (4, 4, 9));
        assert_eq!(
            (first.taken, first.known, first.left()),
            (9, 0, 0),
            "{first:?}"
        );
        let models = place.models("models").await;
        let counts = counted(&models).await;
        assert_eq!((counts.received.online, counts.received.direct), (1, 3));
        let settled = &counts.settled;
        assert_eq!((settled.early, settled.on_time, settled.late), (1, 1, 1));
        assert_eq!(counts.pending.total(), 1);

        let size = place.journal.head().await.expect("a head").size;
        let again = place.take(TABLE).await;
        assert_eq!((again.taken, again.known, again.moved), (0, 9, 0));
        let same = place.journal.head().await.expect("a head").size;
        assert_eq!(size, same, "told again, nothing is written");
        let facts = place.journal.read(0, 1_000).await.expect("facts");
        for entry in facts {
            let fact = fact::decode(&entry.body).expect("a fact");
            let claimed = fact.circumstances.source.is_some();
            assert_eq!(
                claimed,
                fact.event.kind().starts_with("dossier."),
                "{fact:?}"
            );
            let text = String::from_utf8_lossy(&entry.body);
            assert!(
                !text.contains("Ví Dụ") && !text.contains("0011880"),
                "no person in a fact"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_changes_its_story_is_seen_doing_it() {
    for ground in grounds().await {
        let place = Place::on(ground).await;
        place.take(TABLE).await;
        // The late one is on time by a new promise; the other's end is moved back; a third changes its procedure.
        let changed = TABLE
            .replace(
                "20260302101000,20260305170000,20260306",
                "20260302101000,20260306170000,20260306",
            )
            .replace("20260304101500", "20260303101500")
            .replace("0001,1.001193", "0001,1.004873");
        let report = place.take(&changed).await;
        assert_eq!((report.moved, report.taken), (1, 1), "{report:?}");
        assert_eq!(
            report.otherwise, 2,
            "two acts of the case with another procedure"
        );
        assert_eq!(place.take(&changed).await.moved, 0, "once");
        let models = place.models("models").await;
        let row = tracking::by_code(&models, "H38.40-260302-0002").await;
        let row = row.expect("an answer").expect("a dossier");
        let promised = |text: &str| Some(text.parse::<Moment>().expect("a time"));
        assert_eq!(row.original_due_at, promised("2026-03-05T17:00:00+07:00"));
        assert_eq!(row.due_at, promised("2026-03-06T17:00:00+07:00"));
        let told = stream::told("old-system.example", "H38.40-260302-0001");
        let story = history::changes(&place.journal, told).await;
        let story = story.expect("a history");
        let last = story.last().expect("a second end");
        let breach = last.fact.circumstances.breach.as_ref().expect("a breach");
        assert_eq!(breach.rule, BreachRule::NotByTheRules);
        let ending = last
            .after
            .turn()
            .and_then(|turn| turn.ending)
            .expect("an end");
        assert_eq!(
            ending.at,
            "2026-03-04T10:15:00+07:00"
                .parse::<Moment>()
                .expect("a time")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_and_acts_have_journals_of_their_own() {
    for ground in grounds().await {
        let place = Place::on(ground).await;
        place.take(TABLE).await;
        let (_, own) = acceptance(id(), "Công dân 000001");
        let refused = place.counter.submit(own).await;
        let wrong = |told| Err(Refusal::Rejected(Rejection::WrongJournal { told }));
        assert_eq!(refused, wrong(false));
        let told = stream::told("old-system.example", "H38.40-260302-0001");
        let act = Act::Dossier {
            dossier: told,
            command: DossierCommand::Accept,
        };
        let receiver = Actor::new("receiver-01", "H38.40", Role::Receiver);
        let refused = place
            .counter
            .submit(Request::new(id(), receiver, act))
            .await;
        assert_eq!(refused, wrong(false));

        let live = grounds().await.swap_remove(0);
        let (_held, keys) = keys_folder();
        let live = node(&live.location, &keys).await;
        let taker = Taker {
            counter: &live.counter,
            ..place.taker()
        };
        let refused = taker.prepare().await;
        assert!(
            matches!(refused, Err(ImportError::NotImported)),
            "{refused:?}"
        );
        let mut other = place.mapping.teller();
        other.system = "another".into();
        assert_ne!(Some(other), place.counter.opened().teller);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_imported_replays_to_the_same_rows() {
    for numbered in [false, true] {
        for ground in grounds().await {
            let mapping = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(MAPPING);
            let (mut mapping, hash) = Mapping::load(&mapping).expect("the example's mapping");
            mapping.numbered = numbered;
            let place = Place::mapped(ground, (mapping, hash)).await;
            place.take(TABLE).await;
            let changed = TABLE.replace("20260309170000", "20260312170000");
            assert_eq!(place.take(&changed).await.moved, 1);
            drop(place.models("shown").await);
            let folder = place.folder.path().join("shown");
            let checked = verify::replay(&folder, &place.journal, |_| {}).await;
            let checked = checked.expect("a replay");
            assert!(checked.holds(), "{checked:?}");
        }
    }
}
