//! Whose desk cost which day, which step took too long, and the control slip. In processing since Friday 20 November
//! 2026, due on Thursday 26; Tuesday 24 is a day off.

use super::given::*;
use crate::domain::actor::Role;
use crate::domain::dossier::desk::{
    Day, Held, Line, Plan, PlanStep, StepState, Verdict, Worktime, costs, days, lines, step_clocks,
};
use crate::domain::dossier::{
    Dossier, DossierEvent as E, HandOverReceived, HandedOver, ResultSigned, Stage,
};
use crate::domain::law::Certainty;

const LATER: &str = "2026-12-30 10:00";

fn handed(when: &str, to: &str, role: Role) -> Past {
    let handed = HandedOver {
        to: to.into(),
        role,
        office: None,
        step: Some(3),
    };
    past(when, E::HandedOver(handed)).by(Role::Handler)
}

/// Handed to the signer, signed for two days later, signed on the day after the due one.
fn signed_late() -> Dossier {
    let mut told = in_processing();
    told.extend([
        handed("2026-11-23 10:00", "signer", Role::Signer),
        past(
            "2026-11-25 14:00",
            E::HandOverReceived(HandOverReceived { complete: true }),
        )
        .by(Role::Signer),
        past("2026-11-27 09:00", E::ResultSigned(ResultSigned::default())).by(Role::Signer),
        past("2026-11-27 09:00", E::ProcessingCompleted(NOTHING)).by(Role::Signer),
    ]);
    given(told).dossier()
}

fn plan() -> Plan {
    let step = |role, hours| PlanStep {
        name_vi: String::new(),
        name_en: String::new(),
        role: Some(role),
        hours,
    };
    Plan {
        steps: vec![
            step(Role::Receiver, 2),
            step(Role::Handler, 14),
            step(Role::Signer, 6),
            step(Role::Clerk, 0),
        ],
        process: None,
        certainty: Certainty::Illustrative,
    }
}

fn transit(giver: &str) -> Held {
    Held::Transit {
        giver: giver.into(),
    }
}

#[test]
fn every_working_day_is_on_somebodys_desk() {
    let (dossier, reference) = (signed_late(), reference());
    let turn = dossier.turn().expect("accepted");
    let days = days(&dossier, turn, Worktime::new(&reference), at(LATER)).expect("a known year");
    let told: Vec<_> = days
        .iter()
        .map(|day| {
            (
                day.date.to_string(),
                day.desk.role,
                day.held.clone(),
                day.late,
            )
        })
        .collect();
    let day = |date: &str, held, late| (date.to_owned(), Role::Signer, held, late);
    assert_eq!(
        told,
        [
            day("2026-11-23", transit("handler"), false),
            day("2026-11-25", Held::Desk, false),
            day("2026-11-26", Held::Desk, false),
            day("2026-11-27", Held::Desk, true),
        ]
    );
}

#[test]
fn the_way_from_desk_to_desk_is_nobodys_desk() {
    let (dossier, reference) = (signed_late(), reference());
    let costs = costs(&dossier, Worktime::new(&reference), at("2026-11-27 11:00"));
    let costs = costs.expect("a known year");
    let told: Vec<_> = costs
        .iter()
        .map(|cost| {
            let desk = &cost.desk;
            (
                desk.role,
                cost.held.clone(),
                cost.minutes,
                cost.days,
                cost.late_days,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (Role::Receiver, Held::Desk, 60, 0, 0), // before acceptance: nobody in particular
            (Role::Receiver, Held::Desk, 60, 0, 0),
            (Role::Handler, Held::Desk, 480, 0, 0),
            (Role::Signer, transit("handler"), 600, 1, 0),
            (Role::Signer, Held::Desk, 780, 3, 1),
            (Role::Clerk, Held::Desk, 120, 0, 0),
        ]
    );
}

#[test]
fn what_is_taken_back_was_on_its_way_and_waiting_is_the_applicants() {
    let mut told = in_processing();
    told.extend([
        past("2026-11-20 14:00", E::StepRecalled(NOTHING)),
        forwarded("2026-11-20 15:00"),
        asked("2026-11-23 08:00", Stage::Appraisal, 1),
    ]);
    let (dossier, reference) = (given(told).dossier(), reference());
    let costs = costs(&dossier, Worktime::new(&reference), at("2026-11-25 17:00"));
    let costs = costs.expect("a known year");
    let minutes = |held: &Held| {
        let of_kind = costs.iter().filter(|cost| cost.held == *held);
        of_kind
            .map(|cost| (cost.minutes, cost.days))
            .collect::<Vec<_>>()
    };
    assert_eq!(minutes(&transit("receiver")), [(120, 0)]);
    // From eight on Monday to five on Wednesday, a day off between.
    assert_eq!(minutes(&Held::Applicant), [(420 + 480, 2)]);
}

#[test]
fn a_step_has_its_hours_and_the_slip_says_who_kept_them() {
    let (dossier, reference) = (signed_late(), reference());
    let worktime = Worktime::new(&reference);
    let clocks = step_clocks(&dossier, &plan(), worktime, at("2026-11-27 11:00"));
    let clocks = clocks.expect("a known year");
    let told: Vec<_> = clocks
        .iter()
        .map(|clock| (clock.number, clock.state, clock.minutes, clock.overdue))
        .collect();
    assert_eq!(
        told,
        [
            (1, StepState::Done, 60, false),
            (2, StepState::Done, 480, false),
            (3, StepState::Done, 1_380, true),
            (4, StepState::Running, 120, false),
        ]
    );
    let lines = lines(&dossier, &plan(), worktime).expect("a known year");
    let told: Vec<_> = lines.iter().map(summary).collect();
    assert_eq!(
        told,
        [
            (Role::Receiver, Role::Handler, None, Some(Verdict::Before)),
            (
                Role::Handler,
                Role::Signer,
                Some(true),
                Some(Verdict::Before)
            ),
            (Role::Signer, Role::Clerk, None, Some(Verdict::After)),
        ]
    );
    assert_eq!(lines[1].received_at, Some(at("2026-11-25 14:00")));
    assert!(lines[1].signed_by_giver && !lines[2].signed_by_giver);
}

fn summary(line: &Line) -> (Role, Role, Option<bool>, Option<Verdict>) {
    (line.from.role, line.to.role, line.complete, line.verdict)
}

#[test]
fn the_days_of_a_running_clock_end_today() {
    let (dossier, reference) = (given(in_processing()).dossier(), reference());
    let turn = dossier.turn().expect("accepted");
    let now = at("2026-11-30 08:00");
    let days = days(&dossier, turn, Worktime::new(&reference), now).expect("a known year");
    let late = |day: &Day| (day.date.day(), day.late);
    assert_eq!(
        days.iter().map(late).collect::<Vec<_>>(),
        [
            (23, false),
            (25, false),
            (26, false),
            (27, true),
            (30, true)
        ]
    );
    // Handed over by the receiver and not signed for: the handler has not said that it came.
    assert!(days.iter().all(|day| day.held == transit("receiver")));
}
