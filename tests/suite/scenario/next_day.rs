//! A story's journal served on another day: the period keeps its figures, the worklist goes on.

use jiff::civil::date;
use motcua::acts::{Act, Personal, Request};
use motcua::domain::actor::{Actor, Role};
use motcua::domain::dossier::DossierCommand;
use motcua::domain::fact::stream;
use motcua::domain::part::PartKind;
use motcua::domain::time::Moment;
use motcua::journal::clock::system;
use serde_json::{Value, json};
use uuid::Uuid;

use super::served::Served;
use super::told::Told;
use super::{plan, small};

const OFFICE: &str = "H99.10";
/// The command of the first dossier after the story.
const FIRST: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
/// Minutes of an office day.
const DAY: i64 = 8 * 60;

const PERIOD: &str = "query($level: Level, $comparison: Comparison!) {
    statistics(from: \"2023-02-01\", to: \"2023-03-31\", level: $level, comparison: $comparison) {
        received { online direct carriedOver total }
        settled { early onTime late undated total }
        settledByOriginal { early onTime late undated total }
        closed { withdrawn stopped redirected total }
        pending { inTime overdue undated total }
        pendingByOriginal { inTime overdue undated total } } }";

const WORKLIST: &str =
    "{ worklist(first: 100) { nodes { code dueAt overdue slackDays slackMinutes } } }";

/// One line of a worklist: its code, and the office minutes left while its clock runs.
type Line = (String, Option<i64>);

/// One sitting: everything that is asked of a served story.
struct Sitting {
    clock: Moment,
    period: Vec<Value>,
    worklist: Vec<Line>,
}

async fn sit(told: &Told) -> Sitting {
    let served = Served::open(told).await;
    let mut period = Vec::new();
    for level in [None, Some("DISTRICT"), Some("COMMUNE")] {
        for comparison in ["DATE", "TIMESTAMP"] {
            let variables = json!({ "level": level, "comparison": comparison });
            period.push(served.ask(None, PERIOD, variables).await);
        }
    }
    let worklist = served.ask(Some(&receiver()), WORKLIST, json!({})).await;
    let nodes = worklist["worklist"]["nodes"].as_array().expect("a list");
    let sitting = Sitting {
        clock: told.counter.clock(),
        period,
        worklist: nodes.iter().map(line).collect(),
    };
    served.close().await;
    sitting
}

fn line(node: &Value) -> Line {
    let code = node["code"].as_str().expect("a code").to_owned();
    let days = node["slackDays"].as_i64();
    let minutes = node["slackMinutes"].as_i64();
    (
        code,
        days.zip(minutes)
            .map(|(days, minutes)| days * DAY + minutes),
    )
}

fn receiver() -> Actor {
    Actor::new("small-tn-01", OFFICE, Role::Receiver)
}

/// A story played to its end and served for the first time.
async fn given_a_served_story() -> (Told, Sitting) {
    let plan = plan(small());
    let told = Told::begin(&plan, "1").await;
    told.play(&plan, "1").await.expect("played");
    let told = told.restart().await;
    let sitting = sit(&told).await;
    (told, sitting)
}

/// A new dossier at the counter, at this hour of the story.
async fn when_a_dossier_is_accepted(told: &Told, at: Moment) -> String {
    let act = Act::Dossier {
        dossier: stream::dossier(FIRST),
        command: DossierCommand::AcceptAtCounter {
            procedure: "1.004873".parse().expect("a procedure code"),
            office: OFFICE.parse().expect("an office code"),
            capability: None,
            code: None,
        },
    };
    let request = Request {
        at: Some(at),
        personal: vec![Personal {
            file: None,
            kind: PartKind::Applicant,
            value: json!({ "full_name": "Công dân 000123" }),
        }],
        ..Request::new(FIRST, receiver(), act)
    };
    let receipt = told.counter.submit(request).await.expect("accepted");
    assert!(!receipt.repeated);
    let day = at.date().strftime("%y%m%d");
    format!("{OFFICE}-{day}-0001")
}

/// The same dossiers in the same order, each with `minutes` less of its time (give or take the test's own).
#[track_caller]
fn then_time_has_passed(before: &[Line], after: &[Line], minutes: i64) {
    let codes = |lines: &[Line]| lines.iter().map(|line| line.0.clone()).collect::<Vec<_>>();
    assert_eq!(codes(before), codes(after));
    for ((code, before), (_, after)) in before.iter().zip(after) {
        let passed = before.zip(*after).map(|(before, after)| before - after);
        let expected = minutes - 1..=minutes + 1; // cut to minutes, towards zero
        assert!(
            passed.is_none_or(|passed| expected.contains(&passed)),
            "{code}: {passed:?}"
        );
    }
}

#[tokio::test]
async fn a_worklist_ranks_in_hours_and_days_on_the_morning_after_the_story() {
    let (_told, first) = given_a_served_story().await;
    let morning = Moment::from_local(date(2023, 4, 3).at(8, 0, 0, 0));
    let since = first.clock.0 - morning.0;
    assert!((0..Moment::HOUR).contains(&since), "{}", first.clock);
    let slacks: Vec<i64> = first.worklist.iter().filter_map(|line| line.1).collect();
    assert!(slacks.len() > 3 && slacks.is_sorted(), "{slacks:?}");
    assert!(slacks.iter().any(|slack| slack.abs() < DAY), "{slacks:?}");
    let limit = 10 * DAY; // the longest of the plan's procedures has seven days
    assert!(slacks.iter().all(|slack| slack.abs() < limit), "{slacks:?}");
}

#[tokio::test]
async fn a_restart_whatever_the_machine_s_clock_says_changes_neither_figures_nor_worklist() {
    let (told, first) = given_a_served_story().await;
    let told = told.restart().await;
    let again = sit(&told).await;
    assert!(
        told.counter.clock().date() < system().date(),
        "stories lie in the past"
    );
    assert_eq!(again.period, first.period);
    then_time_has_passed(&first.worklist, &again.worklist, 0);
}

#[tokio::test]
async fn a_restart_on_the_story_s_next_day_changes_no_figure_and_takes_a_day_off_every_slack() {
    let (told, first) = given_a_served_story().await;
    let next_day = first.clock.plus(Moment::DAY);
    let accepted = when_a_dossier_is_accepted(&told, next_day).await;
    let told = told.restart().await;
    assert!(told.counter.clock() >= next_day, "never set back");
    let mut second = sit(&told).await;
    assert_eq!(second.period, first.period);
    let new = second.worklist.iter().position(|line| line.0 == accepted);
    second
        .worklist
        .remove(new.expect("the new dossier is on the list"));
    then_time_has_passed(&first.worklist, &second.worklist, DAY);
}
