//! Scripts against the rules alone: no journal, no counter, no statistics of ours.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::*;
use crate::acts::{Act, Request};
use crate::domain::deadline::{Comparison, Timeliness, classify};
use crate::domain::dossier::{self, Context, Dossier, EndKind, Ending};
use crate::domain::event::Event;
use crate::domain::fact::{BreachRule, Circumstances, Part};
use crate::domain::register;
use crate::scenario::Source;
use crate::scenario::player::request::Clerk;

/// A plan of invented figures with something of everything.
pub fn small() -> String {
    include_str!("../../../tests/scenarios/small.json").to_owned()
}

fn plan(name: &str) -> Plan {
    let source = if name == "small" {
        Source::new("small", small())
    } else {
        Source::find(name).expect("shipped")
    };
    Plan::load(&source).expect("a plan")
}

/// Folds a script as the counter would; every command must be accepted by the rules.
fn rehearse(reference: &Reference, clerk: &Clerk<'_>, script: &Script) -> Dossier {
    let mut dossier = Dossier::default();
    for step in 0..script.steps.len() {
        let request = clerk.request(script, step);
        let now = request.at.expect("the story's hour");
        let given = given(&request);
        let Act::Dossier {
            dossier: id,
            command,
        } = &request.act
        else {
            panic!("scripts act on dossiers only");
        };
        let context = Context {
            dossier: *id,
            now,
            actor: &request.actor,
            reference,
            register: &register::EMPTY,
            given: &given,
            kin: &[],
        };
        let drafts = dossier::decide(&dossier, command, &context)
            .unwrap_or_else(|why| panic!("dossier {} {}: {why}", script.number, command.name()));
        for draft in drafts {
            if let Event::Dossier(event) = draft.event {
                dossier.evolve(
                    &event,
                    &request.actor,
                    request.id,
                    now,
                    &draft.circumstances,
                );
            }
        }
    }
    dossier
}

fn given(request: &Request) -> Circumstances {
    let parts = request.personal.iter().map(|personal| Part {
        c: String::new(),
        kind: personal.kind,
        s: Uuid::nil(),
    });
    Circumstances {
        reason: request.reason,
        parts: parts.collect(),
        ..Circumstances::default()
    }
}

/// Counts of one load: early, on time, late, open, closed.
type Found = [u32; 5];

/// What the rules find for each load of a plan, by (unit, place of the load).
fn found(plan: &Plan, scripts: &[Script]) -> (BTreeMap<(usize, usize), Found>, Vec<Dossier>) {
    let reference = plan.reference();
    let clerk = Clerk::new(plan, "test");
    let mut found: BTreeMap<(usize, usize), Found> = BTreeMap::new();
    let mut dossiers = Vec::new();
    for script in scripts {
        let dossier = rehearse(&reference, &clerk, script);
        let turn = dossier.turns.first().expect("accepted");
        let received = turn.received_at.date();
        let loads = plan.units[script.unit].loads.iter();
        let (index, load) = loads
            .enumerate()
            .find(|(_, load)| {
                load.channel == script.channel && (load.from..=load.to).contains(&received)
            })
            .expect("received within a load");
        let place = match turn.ending {
            None => 3,
            Some(ending) if !ending.kind.is_settlement() => 4,
            Some(ending) => match classify(ending.at, turn.due_at, load.comparison) {
                Timeliness::Early => 0,
                Timeliness::OnTime => 1,
                Timeliness::Late => 2,
            },
        };
        if let Some(ending) = turn.ending {
            assert!(ending.at.date() <= load.to, "ended after its load");
        } else {
            assert!(turn.due_at.date() > plan.ends, "open and overdue");
        }
        found.entry((script.unit, index)).or_default()[place] += 1;
        dossiers.push(dossier);
    }
    (found, dossiers)
}

#[track_caller]
fn then_every_load_comes_out(plan: &Plan, scripts: &[Script], scale: u32) -> Vec<Dossier> {
    let (found, dossiers) = found(plan, scripts);
    for (unit_index, unit) in plan.units.iter().enumerate() {
        for (load_index, load) in unit.loads.iter().enumerate() {
            let Counts {
                early,
                on_time,
                late,
                open,
                closed,
            } = load.counts;
            let wanted = [early, on_time, late, open, closed].map(|count| count * scale);
            let found = found
                .get(&(unit_index, load_index))
                .copied()
                .unwrap_or_default();
            assert_eq!(found, wanted, "{} loads[{load_index}]", unit.code);
        }
    }
    dossiers
}

use crate::scenario::plan::Counts;

#[test]
fn a_small_plan_of_invented_figures_comes_out_to_the_unit_with_any_seed() {
    let plan = plan("small");
    for seed in ["1", "2", "three", ""] {
        let scripts = write(&plan, seed, 1).expect("scripts");
        then_every_load_comes_out(&plan, &scripts, 1);
    }
}

#[test]
fn a_scaled_plan_comes_out_scaled() {
    let plan = plan("small");
    let scripts = write(&plan, "1", 3).expect("scripts");
    assert_eq!(scripts.len() as u64, plan.dossiers(3));
    then_every_load_comes_out(&plan, &scripts, 3);
}

#[test]
fn luc_yen_comes_out_by_the_rules_alone() {
    comes_out("luc-yen-2023");
}

#[test]
fn lang_son_comes_out_by_the_rules_alone() {
    comes_out("lang-son-2022");
}

#[test]
fn dinh_hoa_comes_out_by_the_rules_alone() {
    comes_out("dinh-hoa-2021");
}

#[test]
fn hue_comes_out_by_the_rules_alone() {
    comes_out("hue-2024");
}

#[track_caller]
fn comes_out(name: &str) {
    let plan = plan(name);
    let scripts = write(&plan, "1", 1).expect("scripts");
    let dossiers = then_every_load_comes_out(&plan, &scripts, 1);
    for dossier in dossiers {
        let turn = dossier.turns.first().expect("accepted");
        let late = |ending: Ending| {
            ending.kind == EndKind::Completed && ending.at.date() > turn.due_at.date()
        };
        // What the office has published as late, and nothing else that the law forbids.
        let published = turn
            .ending
            .filter(|ending| late(*ending))
            .map(|_| BreachRule::LateResult);
        let found = &dossier.breaches;
        assert!(
            found.iter().eq(&published),
            "abuse under a real office's name: {found:?} instead of {published:?}"
        );
    }
}

#[test]
fn the_same_seed_writes_the_same_scripts() {
    let plan = plan("small");
    let write = |seed| write(&plan, seed, 1).expect("scripts");
    assert_eq!(write("1"), write("1"));
    assert_ne!(write("1"), write("2"));
}

#[test]
fn another_seed_changes_the_numbers_of_days_and_officers() {
    let plan = plan("luc-yen-2023");
    let numbers = |seed: &str| {
        let mut days: BTreeMap<(usize, Date), u32> = BTreeMap::new();
        let mut officers: BTreeMap<(usize, u16), u32> = BTreeMap::new();
        for script in write(&plan, seed, 1).expect("scripts") {
            *days
                .entry((script.unit, script.steps[0].at.date()))
                .or_default() += 1;
            for step in &script.steps {
                if let Who::Handler(number) = step.who {
                    *officers.entry((step.unit, number)).or_default() += 1;
                }
            }
        }
        (days, officers)
    };
    let ((days, officers), (other_days, other_officers)) = (numbers("1"), numbers("2"));
    assert_ne!(days, other_days);
    assert_eq!(officers.len(), other_officers.len());
    let same = officers
        .iter()
        .filter(|(who, count)| other_officers.get(who) == Some(count));
    assert!(
        same.count() * 4 < officers.len(),
        "officers' numbers hardly differ"
    );
}

#[test]
fn apologies_of_both_kinds_and_supplements_are_played_where_a_plan_says_so() {
    let plan = plan("small");
    let mut dossiers = Vec::new();
    for seed in ["1", "2", "3", "4"] {
        let scripts = write(&plan, seed, 5).expect("scripts");
        dossiers.extend(found(&plan, &scripts).1);
    }
    let count = |wanted: fn(&Dossier) -> bool| dossiers.iter().filter(|one| wanted(one)).count();
    let moved = |one: &Dossier| {
        one.apologies > 0
            && one.turns[0].due_at != one.turns[0].original_due_at
            && !one.breaches.contains(&BreachRule::LateApology)
    };
    assert!(count(moved) > 0);
    assert!(count(|one| one.breaches.contains(&BreachRule::LateApology)) > 0);
    assert!(count(|one| one.supplement_requests == 1) > dossiers.len() / 20);
    for kind in [EndKind::Withdrawn, EndKind::Stopped, EndKind::Redirected] {
        let ended = dossiers.iter().filter_map(|one| one.turns[0].ending);
        assert!(
            ended.filter(|ending| ending.kind == kind).count() > 0,
            "{kind:?}"
        );
    }
    assert!(
        dossiers
            .iter()
            .any(|one| one.turns[0].received_at.local().hour() >= 15)
    );
}

#[test]
fn steps_are_in_order_and_officers_keep_office_hours() {
    let plan = plan("small");
    let hours = OfficeHours::default();
    for script in write(&plan, "1", 2).expect("scripts") {
        assert!(script.steps.is_sorted_by_key(|step| step.at));
        assert!(script.steps.iter().all(|step| step.at.date() <= plan.ends));
        let officers = script
            .steps
            .iter()
            .filter(|step| step.who != Who::Applicant);
        for step in officers {
            let day = step.at.date();
            let mut spans = hours.instants(day);
            let inside = spans.any(|(opens, closes)| opens <= step.at && step.at < closes);
            let closing = hours.end_of_day(day);
            let on_the_minute = step.at.0 - closing.0;
            assert!(
                inside || (0..60 * Moment::SECOND).contains(&on_the_minute),
                "{step:?}"
            );
        }
    }
}

#[test]
fn early_by_the_minute_is_mostly_on_time_by_the_day_for_same_day_procedures() {
    let plan = plan("small");
    let scripts = write(&plan, "1", 1).expect("scripts");
    let (_, dossiers) = found(&plan, &scripts);
    let ends = dossiers.iter().filter_map(|one| {
        let turn = &one.turns[0];
        let ending = turn.ending.filter(|ending| ending.kind.is_settlement())?;
        Some((ending.at, turn.due_at))
    });
    let early = |by: Comparison| {
        let ends = ends.clone();
        ends.filter(|(end, due)| classify(*end, *due, by) == Timeliness::Early)
            .count()
    };
    assert!(early(Comparison::Timestamp) > early(Comparison::Date));
}

#[test]
fn a_load_that_cannot_be_says_so() {
    let text = small().replace("\"open\": 4", "\"open\": 0").replace(
        "\"procedures\": [{\"code\": \"1.004873\", \"weight\": 3}",
        "\"procedures\": [{\"code\": \"2.000635\", \"weight\": 3}",
    );
    let text = text.replace("{\"code\": \"1.004222\", \"weight\": 2}, ", "");
    assert_ne!(text, small());
    let plan = Plan::load(&Source::new("small", text)).expect("a plan");
    let error = write(&plan, "1", 1).expect_err("same-day only cannot be early by date");
    assert_eq!(error.code(), "SCENARIO_IMPOSSIBLE");
}
