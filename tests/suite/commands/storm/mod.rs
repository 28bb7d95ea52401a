//! A storm of commands at the counter: all kinds, by anybody, in any order, some twice, many at once. Nothing breaks.

mod invariants;
mod thrown;

use std::collections::BTreeMap;

use motcua::acts::{Counter, Receipt, Refusal, Request};
use motcua::api::{Api, schema};
use motcua::domain::time::Moment;
use motcua::projections::{ReadModels, tracking, verify};
use serde_json::Value;
use tokio::task::JoinSet;
use uuid::Uuid;

use self::invariants::Seen;
use self::thrown::Thrower;
use super::ground::{Premises, premises};
use crate::story::Dice;

/// Whatever number is set here is thrown again.
const SEED: &str = "MOTCUA_STORM_SEED";
const DOSSIERS: usize = 1_000;
const ROUNDS: u64 = 80;
const COMMANDS_PER_ROUND: usize = 700;
/// Between two rounds, at most.
const HOURS_MAX: u64 = 20;

fn seed() -> u64 {
    let told = std::env::var(SEED).ok();
    let told = told.map(|text| text.parse().expect("a number"));
    told.unwrap_or_else(|| crate::office::id().as_u64_pair().0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_commands_over_a_thousand_dossiers_breaks_nothing() {
    let seed = seed();
    println!("storm: {SEED}={seed}");
    let premises = premises().await;
    let (mut dice, mut known) = (Dice(seed), Seen::default());
    known.follow(&premises.journal).await;
    let mut thrower = Thrower::new(super::ground::morning());
    let begun: Vec<Request> = (0..DOSSIERS).map(|_| thrower.begin(&mut dice)).collect();
    let mut told = BTreeMap::new();
    throw(&premises, begun, &mut told, &mut known).await;
    let ids = known.ids();
    assert_eq!(ids.len(), DOSSIERS);
    for _ in 0..ROUNDS {
        thrower.wait(i64::try_from(dice.roll(HOURS_MAX)).expect("hours") * Moment::HOUR);
        let mut requests = Vec::with_capacity(COMMANDS_PER_ROUND);
        while requests.len() < COMMANDS_PER_ROUND {
            let id = *dice.pick(&ids);
            let request = thrower.throw(id, &known.dossiers[&id], &mut dice);
            // The network is lost and the client sends the same again.
            if dice.roll(10) == 0 {
                requests.push(request.clone());
            }
            requests.push(request);
        }
        throw(&premises, requests, &mut told, &mut known).await;
    }
    println!("storm: {} facts, {told:?}, {:?}", known.size, known.kinds);
    let [done, refused] = ["DONE", "WRONG_STATE"].map(|code| told.get(code).copied());
    assert!(done.unwrap_or_default() > 3_000, "{told:?}");
    assert!(refused.unwrap_or_default() > 100, "{told:?}");
    then_everything_was_tried(&known);
    then_read_models_are_what_a_replay_gives(&premises, &known).await;
}

/// Hands them in all at once, waits for the answers and reads what they brought.
async fn throw(
    premises: &Premises,
    requests: Vec<Request>,
    told: &mut BTreeMap<&'static str, u32>,
    seen: &mut Seen,
) {
    let mut answers = JoinSet::new();
    for request in requests {
        let counter = premises.counter.clone();
        answers.spawn(async move { (request.id, counter.submit(request).await) });
    }
    let mut receipts: BTreeMap<Uuid, Receipt> = BTreeMap::new();
    while let Some(answered) = answers.join_next().await {
        let (command, answer) = answered.expect("the counter stands");
        match answer {
            Ok(receipt) => {
                *told.entry("DONE").or_default() += 1;
                let first = receipts.entry(command).or_insert(receipt);
                let same = (first.position, first.entries);
                assert_eq!(same, (receipt.position, receipt.entries), "answered twice");
            }
            Err(Refusal::Rejected(rejection)) => {
                *told.entry(rejection.code()).or_default() += 1;
                let (vi, en) = rejection.message();
                assert!(!vi.is_empty() && !en.is_empty());
                assert!(!receipts.contains_key(&command), "done and refused");
            }
            Err(refusal) => panic!("{refusal:?}"),
        }
    }
    let brought: u64 = receipts.values().map(|one| u64::from(one.entries)).sum();
    let before = seen.size;
    seen.follow(&premises.journal).await;
    assert_eq!(
        seen.size - before,
        brought,
        "a refused command left a trace"
    );
}

/// A storm that leaves kinds of facts untouched tries nothing. The rarest may stay away once in a while.
fn then_everything_was_tried(known: &Seen) {
    // Linked dossiers have their own: `linked::rules`.
    let linked = |kind: &&str| {
        let kind = kind.trim_start_matches("dossier.");
        ["leg_", "sent_back", "correction_"]
            .iter()
            .any(|start| kind.starts_with(start))
    };
    let kinds = crate::golden::dossier_kinds().into_iter();
    // No office ends in a storm: `merger` and `projections::transfers` try it. Other systems tell nothing in it: `imports`.
    let elsewhere = [
        "dossier.transferred",
        "dossier.feedback_overdue",
        "dossier.noted",
    ];
    let kinds = kinds.filter(|kind| !linked(kind) && !elsewhere.contains(kind));
    let missing: Vec<_> = kinds
        .filter(|kind| !known.kinds.contains_key(kind))
        .collect();
    assert!(missing.len() <= 1, "never happened: {missing:?}");
}

/// The read models of the served file, those of a replay, and the states folded here: all the same; and figures add up.
async fn then_read_models_are_what_a_replay_gives(premises: &Premises, seen: &Seen) {
    let home = premises.folder.path().join("read");
    let opened = ReadModels::open(&home, premises.journal.clone()).await;
    let (models, mut projector) = opened.expect("read models open");
    while projector.step(2_000).await.expect("a step") {}
    let report = verify::replay(&home, &premises.journal, |_| {}).await;
    let report = report.expect("it can be checked");
    assert!(report.holds(), "{:?}", report.findings);
    assert_eq!(report.entries, seen.size);
    for (id, dossier) in &seen.dossiers {
        let row = tracking::by_id(&models, *id).await.expect("a row");
        let row = row.expect("a dossier");
        assert_eq!(row.phase, dossier.phase);
        let due = dossier.turn().map(|turn| turn.due_at);
        assert_eq!(row.due_at, due, "{id}");
        let first = dossier.turn().map(|turn| turn.original_due_at);
        assert_eq!(row.original_due_at, first, "{id}");
    }
    // Opened anew, the office's clock shows the hour of the newest fact.
    let Premises {
        journal,
        vault,
        keys,
        ..
    } = premises;
    let counter = Counter::open(journal.clone(), vault.clone(), keys).await;
    let counter = counter.expect("a counter");
    let api = Api::new(counter, models, journal.clone(), vault.clone(), keys);
    for scope in ["", "office: \"H38.40.01\"", "office: \"H38.40.02\""] {
        for (from, to) in [
            ("2026-11-01", "2026-11-30"),
            ("2026-11-05", "2026-11-05"),
            ("2026-11-12", "2027-02-28"),
        ] {
            then_figures_add_up(&api, scope, from, to).await;
        }
    }
}

async fn then_figures_add_up(api: &Api, scope: &str, from: &str, to: &str) {
    let query = format!(
        "{{ statistics(from: \"{from}\", to: \"{to}\" {scope}) {{ balanced
            received {{ carriedOver direct online total }}
            settled {{ early onTime late undated total }} closed {{ withdrawn stopped redirected total }}
            pending {{ inTime overdue undated total }} pendingByOriginal {{ total }}
            settledByOriginal {{ total late }} }} }}"
    );
    let answer = schema::schema(api.clone()).execute(query).await;
    assert!(answer.errors.is_empty(), "{:?}", answer.errors);
    let figures = answer.data.into_json().expect("JSON")["statistics"].take();
    let count = |path: [&str; 2]| figures[path[0]][path[1]].as_u64().expect("a count");
    let sum = |of: &str, parts: &[&str]| {
        let parts = parts.iter().map(|part| count([of, part]));
        assert_eq!(parts.sum::<u64>(), count([of, "total"]), "{of}: {figures}");
    };
    sum("received", &["carriedOver", "direct", "online"]);
    sum("settled", &["early", "onTime", "late", "undated"]);
    sum("closed", &["withdrawn", "stopped", "redirected"]);
    sum("pending", &["inTime", "overdue", "undated"]);
    let total = |of: &str| count([of, "total"]);
    let parts = total("settled") + total("closed") + total("pending");
    assert_eq!(total("received"), parts, "{figures}");
    assert_eq!(total("settledByOriginal"), total("settled"), "{figures}");
    assert_eq!(total("pendingByOriginal"), total("pending"), "{figures}");
    let late = count(["settledByOriginal", "late"]);
    assert!(
        late >= count(["settled", "late"]),
        "a later promise made something late: {figures}"
    );
    assert_eq!(figures["balanced"], Value::Bool(true));
}
