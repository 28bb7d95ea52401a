//! Two districts become three communes by one command, which is killed in the middle and given again: nothing is lost, nothing
//! moves twice, no promise changes, and the figures of both sides add up. 10,000 dossiers with `MOTCUA_MERGER=10000`.

mod town;

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use motcua::domain::deadline::Comparison;
use motcua::domain::dossier::{Dossier, DossierEvent, Feedback, Turn};
use motcua::domain::event::Event;
use motcua::domain::time::Moment;
use motcua::journal::{Journal, Location, Until, fact};
use motcua::projections::statistics::{Counts, Query, Scope, Transferred};
use motcua::projections::tracking::DossierRow;
use motcua::projections::{ReadModels, history, statistics, tracking};
use motcua::vault::{Keys, Vault};
use tempfile::TempDir;
use uuid::Uuid;

use self::town::{COMMUNES, DISTRICTS, Town};
use crate::grounds::{Ground, grounds};
use crate::kit::Said;
use crate::office::vault_location;

/// Moved by more than one batch of the writer, so that a kill finds it half done.
const SIZE: usize = 900;
/// Killed when so many facts have come.
const HALF: u64 = 200;
const PATIENCE: Duration = Duration::from_mins(1);

struct Office {
    ground: Ground,
    folder: TempDir,
}

impl Office {
    async fn furnish(&self) {
        let keys = Keys::load_or_create(&self.folder.path().join("keys")).expect("keys");
        let vault = Vault::create_or_open(&vault_location(&self.ground.location), &keys).await;
        vault.expect("a vault");
        for (name, text) in town::files() {
            std::fs::write(self.folder.path().join(name), text).expect("a file");
        }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
        command
            .args(words)
            .arg("--keys")
            .arg(self.folder.path().join("keys"))
            .env_remove("MOTCUA_JOURNAL");
        match &self.ground.location {
            Location::Sqlite(journal) => {
                command
                    .arg("--data")
                    .arg(journal.parent().expect("a folder"));
            }
            Location::Postgres(address) => {
                let data = self.folder.path().join("data");
                command
                    .arg("--data")
                    .arg(data)
                    .arg("--journal")
                    .arg(address);
            }
        }
        command
    }

    fn reorganise(&self, further: &[&str]) -> Command {
        let file = |name: &str| self.folder.path().join(name).display().to_string();
        let (plan, offices) = (file("plan.json"), file("communes.json"));
        let words = ["reorganise", "--plan", &plan, "--office-files", &offices];
        self.command(&[&words, further].concat())
    }

    fn run(mut command: Command) -> Said {
        let output = command.output().expect("it runs");
        Said {
            code: output.status.code().expect("it was not killed"),
            out: String::from_utf8(output.stdout).expect("text"),
            error: String::from_utf8(output.stderr).expect("text"),
        }
    }

    async fn journal(&self) -> Journal {
        self.ground.journal().await
    }
}

/// Everything but who has it and what was noted since.
fn kept(dossier: &Dossier) -> Dossier {
    let turns = dossier.turns.iter().map(|turn| Turn {
        passed: Vec::new(),
        missed: Vec::new(),
        ..turn.clone()
    });
    Dossier {
        turns: turns.collect(),
        version: 0,
        acted: 0,
        changed_at: Moment::default(),
        office: None,
        handler: None,
        stays: Vec::new(),
        transfers: Vec::new(),
        untold: Vec::new(),
        // What the program found overdue meanwhile is no doing of the merger.
        feedback: dossier
            .feedback
            .iter()
            .map(|one| Feedback {
                overdue: false,
                ..one.clone()
            })
            .collect(),
        ..dossier.clone()
    }
}

/// The row that everybody is shown, without what has to differ.
fn shown(row: DossierRow) -> DossierRow {
    DossierRow {
        office: String::new(),
        handler: None,
        desk: None,
        version: 0,
        missed: 0,
        changed_at: Moment::default(),
        position: 0,
        ..row
    }
}

fn year(town: &Town, scope: Scope) -> Query {
    Query {
        scope,
        channel: None,
        procedure: None,
        from: town.first_day,
        to: town.last_day,
        comparison: Comparison::Date,
    }
}

async fn read(office: &Office) -> (TempDir, ReadModels) {
    let home = tempfile::tempdir().expect("a folder");
    let journal = office.journal().await;
    let (models, mut projector) = ReadModels::open(home.path(), journal)
        .await
        .expect("models");
    while projector.step(5_000).await.expect("a step") {}
    (home, models)
}

async fn head(journal: &Journal) -> u64 {
    journal.head().await.expect("a head").size
}

/// Starts it, and kills it once enough has come.
async fn killed_in_the_middle(office: &Office, journal: &Journal, from: u64) -> u64 {
    let mut process: Child = office
        .reorganise(&[])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let begun = Instant::now();
    while head(journal).await < from + HALF {
        assert!(begun.elapsed() < PATIENCE * 10, "it moves something");
        assert_eq!(
            process.try_wait().expect("a process"),
            None,
            "it was too fast"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    process.kill().expect("SIGKILL");
    process.wait().expect("it ends");
    head(journal).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_districts_become_three_communes_though_the_command_is_killed_in_the_middle() {
    let size = std::env::var("MOTCUA_MERGER").map_or(SIZE, |size| size.parse().expect("a number"));
    for ground in grounds().await {
        let folder = tempfile::tempdir().expect("a folder");
        let office = Office { ground, folder };
        let town = Town::live(office.journal().await, size).await;
        office.furnish().await;
        let (_home, before) = read(&office).await;
        let all_before = statistics::count(&before, &year(&town, Scope::All)).await;
        let journal = office.journal().await;

        let dry = Office::run(office.reorganise(&["--dry-run"])).succeeded();
        let in_all = format!("{:>9}  in all", town.unfinished());
        assert!(dry.out.contains(&in_all), "{}", dry.out);
        let from = head(&journal).await;
        let then = killed_in_the_middle(&office, &journal, from).await;
        let begun = Instant::now();
        let said = Office::run(office.reorganise(&[])).succeeded();
        let seconds = begun.elapsed().as_secs_f64();
        println!(
            "merger: {} dossiers, {} unfinished, killed after {} facts, finished in {seconds:.1} s ({})",
            town.dossiers.len(),
            town.unfinished(),
            then - from,
            if matches!(office.ground.location, Location::Sqlite(_)) {
                "SQLite"
            } else {
                "PostgreSQL"
            },
        );
        assert!(said.out.contains("Nothing is left"), "{}", said.out);
        let size = head(&journal).await;
        Office::run(office.reorganise(&[])).succeeded();
        assert_eq!(
            head(&journal).await,
            size,
            "the same command again does nothing"
        );

        let (_later, after) = read(&office).await;
        then_each_has_moved_once_and_kept_everything(&town, &journal, &before, &after).await;
        let all_before = all_before.expect("counts");
        then_the_figures_of_both_sides_add_up(&town, &all_before, &after).await;
        let good = Office::run(office.command(&["verify", "--replay"])).succeeded();
        assert!(good.out.contains("Good"), "{}", good.out);
    }
}

async fn transfers(journal: &Journal, id: Uuid) -> Vec<(String, String)> {
    let entries = journal.read_stream(id, 0, Until::End).await.expect("facts");
    let events = entries
        .iter()
        .map(|entry| fact::decode(&entry.body).expect("a fact").event);
    let moved = events.filter_map(|event| match event {
        Event::Dossier(DossierEvent::Transferred(moved)) => {
            Some((moved.from.to_string(), moved.to.to_string()))
        }
        _ => None,
    });
    moved.collect()
}

async fn then_each_has_moved_once_and_kept_everything(
    town: &Town,
    journal: &Journal,
    before: &ReadModels,
    after: &ReadModels,
) {
    for (id, was) in &town.dossiers {
        let is = history::fold(journal, *id, Until::End)
            .await
            .expect("facts");
        let is = is.expect("a dossier");
        assert_eq!(kept(&is), kept(was));
        let moved = transfers(journal, *id).await;
        let expected = Town::route(was);
        assert_eq!(
            moved,
            expected.iter().cloned().collect::<Vec<_>>(),
            "{was:?}"
        );
        if let Some((_, to)) = expected {
            assert_eq!(
                is.office.as_ref().map(ToString::to_string),
                Some(to.clone())
            );
            assert!(is.handler.is_none());
            assert!(is.desk().is_none_or(|desk| desk.office == to));
        }
        let rows = [before, after].map(|models| tracking::by_id(models, *id));
        let [was, is] = rows.map(async |row| shown(row.await.expect("a row").expect("a dossier")));
        assert_eq!(was.await, is.await);
    }
}

async fn then_the_figures_of_both_sides_add_up(town: &Town, before: &Counts, models: &ReadModels) {
    let mut sum = Transferred::default();
    for code in DISTRICTS.into_iter().chain(COMMUNES) {
        let query = year(town, Scope::Office(code.to_owned()));
        let counts = statistics::count(models, &query).await.expect("counts");
        assert!(counts.is_balanced(), "{code}: {counts:?}");
        let ended = DISTRICTS.contains(&code);
        assert_eq!(counts.pending.total() == 0, ended, "{code}: {counts:?}");
        assert_eq!(
            counts.received.fresh() == 0,
            !ended,
            "never new: {code}: {counts:?}"
        );
        sum.r#in += counts.transferred.r#in;
        sum.out += counts.transferred.out;
    }
    assert_eq!((sum.r#in, sum.out), (town.running(), town.running()));
    let all = statistics::count(models, &year(town, Scope::All)).await;
    let expected = Counts {
        transferred: sum,
        size: models.size(),
        ..*before
    };
    assert_eq!(all.expect("counts"), expected, "as if no office had ended");
}
