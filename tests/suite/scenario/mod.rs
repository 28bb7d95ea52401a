//! A story played through the real counter, counted by the statistics and, from the facts alone, by the recount.

mod catalogue;
mod figures;
mod next_day;
mod served;
mod told;

use std::path::Path;
use std::process::Command;

use motcua::domain::catalogue::Level;
use motcua::domain::deadline::Comparison;
use motcua::domain::reference::JournalKind;
use motcua::scenario::expected::{Answer, Question, Row, Scope, Tally};
use motcua::scenario::{Expected, Plan, PlayError, Source};
use serde_json::Value;

use self::served::Served;
use self::told::Told;
use crate::grounds::grounds;

const SMALL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios/small.json");
const RECOUNT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recount.py");

fn small() -> String {
    std::fs::read_to_string(SMALL).expect("the small scenario")
}

fn plan(text: String) -> Plan {
    Plan::load(&Source::new("small", text)).expect("a plan")
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
    let told = Told::begin(plan, "1").await;
    told.play(plan, "1").await.expect("played");
    let questions = [
        question(Scope::All, Comparison::Date),
        question(Scope::All, Comparison::Timestamp),
        question(Scope::Level(Level::District), Comparison::Date),
        question(
            Scope::Unit("H99.10.02".parse().expect("a code")),
            Comparison::Timestamp,
        ),
    ];
    let served = Served::open(&told).await;
    let mut tallies = Vec::new();
    for question in &questions {
        tallies.push(served.tally(question).await);
    }
    served.close().await;
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
            let told = Told::begin_at(&ground.location, &plan, seed).await;
            let played = told.play(&plan, seed).await.expect("played");
            assert_eq!(played.dossiers, plan.dossiers(1));
            assert_eq!(told.counter.opened().kind, JournalKind::Simulated);
            then_every_figure_is_met(&told, &expected, SMALL).await;
        }
    }
}

/// By the statistics over GraphQL, and by the recount of the same facts.
async fn then_every_figure_is_met(told: &Told, expected: &Expected, file: &str) -> Vec<Row> {
    let served = Served::open(told).await;
    let mut answers = Vec::new();
    for figure in &expected.figures {
        answers.push(Answer {
            tally: served.tally(&figure.question).await,
            by_date: None,
        });
    }
    served.close().await;
    let rows = expected.compare(&answers);
    let missed: Vec<_> = rows.iter().filter(|row| !row.met).collect();
    assert!(missed.is_empty(), "{missed:#?}");
    let (met, answer) = recount(&told.export().await, Some(file));
    assert!(met, "{answer:#}");
    rows
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
    let told = Told::begin(&plan, "1").await;
    let first = told.play(&plan, "1").await.expect("played");
    let again = told.play(&plan, "1").await.expect("played again");
    assert_eq!(first, again);
    assert_eq!(told.journal.head().await.expect("a head").size, first.size);
}

#[tokio::test]
async fn a_refusal_stops_the_story_and_names_dossier_and_step() {
    let mut plan = plan(small());
    let told = Told::begin(&plan, "1").await;
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

/// Every figure of every article, by the statistics over GraphQL and by the recount, with three seeds.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes in a debug build: cargo test --release --test suite shipped -- --ignored --nocapture"]
async fn the_shipped_scenarios_meet_every_figure_with_three_seeds() {
    for name in Source::names() {
        then_a_shipped_scenario_meets_its_figures(name, &["1", "2", "3"]).await;
    }
}

async fn then_a_shipped_scenario_meets_its_figures(name: &str, seeds: &[&str]) {
    let source = Source::find(name).expect("shipped");
    let plan = Plan::load(&source).expect("a plan");
    let expected = Expected::load(&source).expect("figures");
    let file = format!("{}/scenarios/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let mut days = Vec::new();
    for seed in seeds {
        let told = Told::begin(&plan, seed).await;
        let began = std::time::Instant::now();
        let played = told.play(&plan, seed).await.expect("played");
        let seconds = began.elapsed().as_secs_f64();
        let rows = then_every_figure_is_met(&told, &expected, &file).await;
        eprintln!(
            "{name}, seed {seed}: {} facts in {seconds:.1} s, {} figures met over GraphQL",
            played.facts,
            rows.len()
        );
        for row in rows {
            eprintln!(
                "  {:<50} {:>10}  {}",
                row.figure, row.expected, row.measured
            );
        }
        days.push(first_weeks(&told, &plan).await);
    }
    for (at, one) in days.iter().enumerate() {
        assert!(!days[..at].contains(one), "{name}: two seeds, one story");
    }
}

/// What came in on each day of the first four weeks.
async fn first_weeks(told: &Told, plan: &Plan) -> Vec<u64> {
    let served = Served::open(told).await;
    let mut received = Vec::new();
    for day in plan.period.from.series(jiff::Span::new().days(1)).take(28) {
        let question = Question {
            from: day,
            to: day,
            ..question(Scope::All, Comparison::Date)
        };
        received.push(served.tally(&question).await.received);
    }
    served.close().await;
    received
}

#[tokio::test(flavor = "multi_thread")]
async fn people_of_a_story_are_found_by_name_and_number_as_everybody_is() {
    let plan = plan(small());
    let told = Told::begin(&plan, "1").await;
    told.play(&plan, "1").await.expect("played");
    let entries = told.journal.read(0, 10_000).await.expect("entries");
    let streams: std::collections::BTreeSet<_> = entries.iter().map(|entry| entry.stream).collect();
    let streams: Vec<_> = streams.into_iter().collect();
    let is_invented = |name: &str| name.starts_with("Công dân ");
    let named = told.vault.named(&streams, is_invented).await;
    let (named, unopened) = named.expect("names");
    assert_eq!(unopened, 0);
    assert!(named.len() > 10, "{}", named.len());
    let first = told.vault.open(&named[..1]).await.expect("read");
    let motcua::vault::Opened::Present(first) = &first[0] else {
        panic!("{first:?}");
    };
    let number = first["citizen_number"].as_str().expect("a number");
    let field = motcua::vault::Field::CitizenNumber;
    let (tagged, _) = told.vault.tagged(field, number).await.expect("tagged");
    let held = told.vault.holding(tagged, field, number).await;
    assert_eq!(held.expect("found"), named[..1]);
}
