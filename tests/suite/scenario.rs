//! A story played through the real counter, counted by the statistics and, from the facts alone, by the recount.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use motcua::acts::{Counter, found};
use motcua::domain::catalogue::Level;
use motcua::domain::deadline::Comparison;
use motcua::domain::reference::JournalKind;
use motcua::journal::{Journal, Location};
use motcua::projections::{ReadModels, statistics};
use motcua::scenario::expected::{Answer, Question, Scope, Tally};
use motcua::scenario::{Expected, Plan, PlayError, Played, Source, play};
use motcua::vault::{self, Keys, Vault};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::grounds::grounds;
use crate::office::{id, keys_folder};

const SMALL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios/small.json");
const RECOUNT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recount.py");

fn small() -> String {
    std::fs::read_to_string(SMALL).expect("the small scenario")
}

fn plan(text: String) -> Plan {
    Plan::load(&Source::new("small", text)).expect("a plan")
}

fn at(folder: &Path) -> Location {
    Location::Sqlite(folder.join("journal.db"))
}

/// A journal on which a story is told.
struct Told {
    folder: tempfile::TempDir,
    journal: Journal,
    counter: Counter,
    _keys: tempfile::TempDir,
}

impl Told {
    async fn open(location: &Location, plan: &Plan, seed: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (keys_kept, keys_path) = keys_folder();
        let keys = Keys::load_or_create(&keys_path).expect("keys load");
        let journal = Journal::create_or_open(location)
            .await
            .expect("a journal opens");
        let safe = vault::Location::Sqlite(folder.path().join("vault.db"));
        let vault = Vault::create_or_open(&safe, &keys)
            .await
            .expect("a vault opens");
        found(
            &journal,
            plan.opened(id(), seed),
            id(),
            Some(plan.opens_at()),
        )
        .await
        .expect("the journal is begun");
        let counter = Counter::open(journal.clone(), vault, &keys)
            .await
            .expect("a counter opens");
        Self {
            folder,
            journal,
            counter,
            _keys: keys_kept,
        }
    }

    async fn play(&self, plan: &Plan, seed: &str) -> Result<Played, PlayError> {
        play(&self.counter, plan, seed, 1, |_, _| {}).await
    }

    /// The facts, one per line, as `motcua export` writes them.
    async fn export(&self) -> std::path::PathBuf {
        let path = self.folder.path().join("facts.ndjson");
        let mut file = std::fs::File::create(&path).expect("a file");
        let mut position = 0;
        loop {
            let entries = self.journal.read(position, 5_000).await.expect("entries");
            if entries.is_empty() {
                return path;
            }
            for entry in &entries {
                file.write_all(&entry.body).expect("written");
                file.write_all(b"\n").expect("written");
            }
            position += entries.len() as u64;
        }
    }

    async fn tallies(&self, size: u64, questions: &[Question]) -> Vec<Tally> {
        let folder = self.folder.path().join("read");
        let (models, projector) = ReadModels::open(&folder, self.journal.clone())
            .await
            .expect("read models open");
        let stop = CancellationToken::new();
        let following = tokio::spawn(projector.run(stop.clone()));
        assert!(models.reach(size - 1, Duration::from_mins(5)).await);
        let mut tallies = Vec::new();
        for question in questions {
            tallies.push(tally(&models, question).await);
        }
        stop.cancel();
        following.await.expect("it ran").expect("it followed");
        tallies
    }
}

async fn tally(models: &ReadModels, question: &Question) -> Tally {
    let scope = match &question.scope {
        Scope::All => statistics::Scope::All,
        Scope::Unit(code) => statistics::Scope::Office(code.to_string()),
        Scope::Level(level) => statistics::Scope::Level(*level),
    };
    let query = statistics::Query {
        scope,
        channel: question.channel,
        procedure: None,
        from: question.from,
        to: question.to,
        comparison: question.comparison,
    };
    let counts = statistics::count(models, &query).await.expect("counts");
    Tally {
        received: counts.received.online + counts.received.direct,
        online: counts.received.online,
        settled: counts.settled.total(),
        early: counts.settled.early,
        on_time: counts.settled.on_time,
        late: counts.settled.late,
        closed: counts.closed.total(),
        pending: counts.pending.total(),
    }
}

/// The recount's answer, and whether it found everything as it should be.
fn recount(facts: &Path, expect: Option<&str>) -> (bool, Value) {
    let mut command = Command::new("python3");
    command.arg(RECOUNT).arg(facts);
    command.args(["--from", "2023-02-01", "--to", "2023-03-31"]);
    if let Some(scenario) = expect {
        command.args(["--expect", scenario]);
    }
    let output = command.output().expect("python3 runs");
    let said = String::from_utf8_lossy(&output.stderr);
    let answer = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"));
    (output.status.success(), answer)
}

fn question(scope: Scope, comparison: Comparison) -> Question {
    Question {
        scope,
        channel: None,
        from: jiff::civil::date(2023, 2, 1),
        to: jiff::civil::date(2023, 3, 31),
        comparison,
    }
}

/// The same row out of the recount's table.
fn row(answer: &Value, comparison: &str, row: &str) -> Tally {
    let number = |name: &str| answer[comparison][row][name].as_u64().expect("a number");
    Tally {
        received: number("received"),
        online: number("online"),
        settled: number("settled"),
        early: number("early"),
        on_time: number("on_time"),
        late: number("late"),
        closed: number("closed"),
        pending: number("pending"),
    }
}

/// The statistics and the recount of a story that was told on a file.
async fn both(plan: &Plan) -> (Vec<Tally>, Value) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let told = Told::open(&at(folder.path()), plan, "1").await;
    let played = told.play(plan, "1").await.expect("played");
    let questions = [
        question(Scope::All, Comparison::Date),
        question(Scope::All, Comparison::Timestamp),
        question(Scope::Level(Level::District), Comparison::Date),
        question(
            Scope::Unit("H99.10.02".parse().expect("a code")),
            Comparison::Timestamp,
        ),
    ];
    let tallies = told.tallies(played.size, &questions).await;
    let (_, answer) = recount(&told.export().await, None);
    let rows = [
        row(&answer, "DATE", "all"),
        row(&answer, "TIMESTAMP", "all"),
        row(&answer, "DATE", "level district"),
        row(&answer, "TIMESTAMP", "office H99.10.02"),
    ];
    assert_eq!(tallies, rows);
    assert_eq!(answer["due_differences"], serde_json::json!([]));
    (tallies, answer)
}

#[tokio::test]
async fn a_story_meets_its_figures_in_the_statistics_and_in_the_recount_with_any_seed() {
    let plan = plan(small());
    let expected = Expected::load(&Source::new("small", small())).expect("figures");
    for seed in ["1", "2", "3"] {
        for ground in grounds().await {
            let told = Told::open(&ground.location, &plan, seed).await;
            let played = told.play(&plan, seed).await.expect("played");
            assert_eq!(played.dossiers, plan.dossiers(1));
            assert_eq!(told.counter.opened().kind, JournalKind::Simulated);
            then_every_figure_is_met(&told, played, &expected, SMALL).await;
        }
    }
}

/// By the statistics, and by the recount of the same facts.
async fn then_every_figure_is_met(told: &Told, played: Played, expected: &Expected, file: &str) {
    let questions = expected
        .figures
        .iter()
        .map(|figure| figure.question.clone());
    let tallies = told
        .tallies(played.size, &questions.collect::<Vec<_>>())
        .await;
    let answers = tallies.into_iter().map(|tally| Answer {
        tally,
        by_date: None,
    });
    let rows = expected.compare(&answers.collect::<Vec<_>>());
    let missed: Vec<_> = rows.iter().filter(|row| !row.met).collect();
    assert!(missed.is_empty(), "{missed:#?}");
    let (met, answer) = recount(&told.export().await, Some(file));
    assert!(met, "{answer:#}");
}

#[tokio::test]
async fn one_more_late_dossier_moves_late_by_exactly_one() {
    let text = small().replacen("\"late\": 3", "\"late\": 4", 1);
    let (before, _) = both(&plan(small())).await;
    let (after, _) = both(&plan(text)).await;
    for (before, after) in before.iter().zip(&after).take(3) {
        assert_eq!(after.late, before.late + 1);
        assert_eq!(after.received, before.received + 1);
        assert_eq!(
            (after.early, after.on_time, after.closed),
            (before.early, before.on_time, before.closed)
        );
    }
    assert_eq!(before[3], after[3]);
}

#[tokio::test]
async fn a_declared_day_off_moved_changes_what_both_count() {
    let moved =
        "\"calendar_changes\": [{\"from\": \"2023-05-02\", \"to\": \"2023-02-22\"}], \"units\":";
    let text = small().replacen("\"units\":", moved, 1);
    let (planned, _) = both(&plan(small())).await;
    let (found, _) = both(&plan(text)).await;
    assert_ne!(planned[0], found[0]);
    assert_eq!(planned[0].received, found[0].received);
}

#[tokio::test]
async fn a_story_played_again_is_taken_up_where_it_stopped() {
    let plan = plan(small());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let told = Told::open(&at(folder.path()), &plan, "1").await;
    let first = told.play(&plan, "1").await.expect("played");
    let again = told.play(&plan, "1").await.expect("played again");
    assert_eq!(first, again);
    assert_eq!(told.journal.head().await.expect("a head").size, first.size);
}

#[tokio::test]
async fn a_refusal_stops_the_story_and_names_dossier_and_step() {
    let mut plan = plan(small());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let told = Told::open(&at(folder.path()), &plan, "1").await;
    plan.units[0].valid_to = Some(jiff::civil::date(2023, 2, 2));
    let error = told
        .play(&plan, "1")
        .await
        .expect_err("the office is no more");
    let PlayError::Refused {
        dossier,
        step,
        refusal,
        ..
    } = &error
    else {
        panic!("{error}");
    };
    assert_eq!((*step, refusal.code()), (1, "UNKNOWN_OFFICE"));
    assert!(
        error.to_string().contains(&format!("dossier {dossier}")),
        "{error}"
    );
}

/// Every figure of every article, by the statistics and by the recount, with three seeds.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes in a debug build: cargo test --release --test suite shipped -- --ignored --nocapture"]
async fn the_shipped_scenarios_meet_every_figure_with_three_seeds() {
    for name in Source::names() {
        let source = Source::find(name).expect("shipped");
        let plan = Plan::load(&source).expect("a plan");
        let expected = Expected::load(&source).expect("figures");
        let file = format!("{}/scenarios/{name}.json", env!("CARGO_MANIFEST_DIR"));
        for seed in ["1", "2", "3"] {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let told = Told::open(&at(folder.path()), &plan, seed).await;
            let began = std::time::Instant::now();
            let played = told.play(&plan, seed).await.expect("played");
            let seconds = began.elapsed().as_secs_f64();
            eprintln!(
                "{name}, seed {seed}: {} facts in {seconds:.1} s",
                played.facts
            );
            then_every_figure_is_met(&told, played, &expected, &file).await;
        }
    }
}
