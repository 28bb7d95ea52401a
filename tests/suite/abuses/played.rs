//! The scenario that plays all sixteen rows, by the program itself.

use std::process::Command;

use motcua::scenario::{Outcomes, Plan, Source};

#[test]
fn the_scenario_plays_all_sixteen_rows_and_says_what_each_came_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, keys) = (folder.path().join("data"), folder.path().join("keys"));
    let play = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
        command.args(["demo", "--scenario", "abuses", "--no-serve", "--data"]);
        command.arg(&data).arg("--keys").arg(&keys);
        command.output().expect("the program runs")
    };
    let output = play();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}\n{said}");
    for row in 1..=16 {
        let begins = format!("{row:>2}. ");
        assert!(
            told.lines().any(|line| line.starts_with(&begins)),
            "row {row}:\n{told}"
        );
    }
    assert!(told.contains("attempts were refused"), "{told}");
    assert!(!told.contains('≠'), "{told}");
    // Asked again, what was played is not played twice, and comes to the same.
    let again = play();
    let again = String::from_utf8_lossy(&again.stdout).into_owned();
    let end = |text: &str| {
        text.split_once("What each abuse")
            .map(|(_, end)| end.to_owned())
    };
    assert_eq!(end(&told), end(&again));
    assert!(end(&told).is_some());
}

#[test]
fn every_row_has_an_outcome_and_no_real_office_plays_one() {
    let source = Source::find("abuses").expect("the shipped scenario");
    let outcomes = Outcomes::load(&source).expect("outcomes");
    for row in 1..=16 {
        assert!(
            outcomes.rows.iter().any(|outcome| outcome.abuse == row),
            "{row}"
        );
    }
    for name in Source::names().filter(|name| *name != "abuses") {
        let plan = Plan::load(&Source::find(name).expect("shipped")).expect("a plan");
        assert!(!plan.invented && plan.scripted.is_empty(), "{name}");
    }
}
