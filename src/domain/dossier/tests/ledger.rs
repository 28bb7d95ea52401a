//! The promise ledger: every promise with what touched it, and whose the lost days are. In processing since Friday
//! 20 November 2026, due on Thursday 26; Tuesday 24 is a day off.

use super::given::*;
use crate::domain::actor::Role;
use crate::domain::dossier::desk::Worktime;
use crate::domain::dossier::ledger::{
    Cause, DaysLost, Entry, Lateness, Placed, PromiseAct as Act, days_lost, entries, lateness,
};
use crate::domain::dossier::{
    ApologyIssued, Dossier, DossierEvent as E, DueDateCause, DueDateRecomputed, EndKind,
    FinancialObligationIssued, ObligationKind, OpinionReceived, OpinionRequested, PaymentConfirmed,
    PaymentMethod, ResultSigned, Stage,
};
use crate::domain::fact::Breach;
use crate::domain::fact::BreachRule;
use crate::domain::law::Certainty;
use crate::domain::reason::Reason;

struct Told {
    dossier: Dossier,
    entries: Vec<Entry>,
}

fn told(past: Vec<Past>) -> Told {
    let facts = facts(past.clone());
    let placed = (100..).zip(&facts);
    let placed = placed.map(|(position, fact)| Placed { position, fact });
    let reference = reference();
    Told {
        entries: entries(placed, Worktime::new(&reference)).expect("a known year"),
        dossier: given(past).dossier(),
    }
}

impl Told {
    fn acts(&self) -> Vec<(Act, Option<Cause>, Option<u32>)> {
        let entries = self.entries.iter();
        entries
            .map(|entry| (entry.act, entry.cause, entry.days))
            .collect()
    }

    fn lost(&self, now: &str) -> DaysLost {
        let reference = reference();
        let (worktime, now) = (Worktime::new(&reference), at(now));
        days_lost(&self.dossier, 0, &self.entries, worktime, now).expect("a known year")
    }

    fn late(&self, now: &str) -> Lateness {
        let (reference, turn) = (reference(), self.dossier.turn().expect("accepted"));
        let (worktime, now) = (Worktime::new(&reference), at(now));
        lateness(turn, 0, &self.entries, worktime, now).expect("a known year")
    }
}

fn recomputed(when: &str, old: &str, new: &str, cause: DueDateCause) -> Past {
    let moved = DueDateRecomputed {
        old: at(old),
        new: at(new),
        cause,
        due_certainty: Certainty::Verified,
        notice: None,
    };
    past(when, E::DueDateRecomputed(moved))
}

fn apology(when: &str, old: &str, new: &str, moves_promise: bool, late: Option<&str>) -> Past {
    let apology = ApologyIssued {
        number: 1,
        old_due_at: at(old),
        new_due_at: at(new),
        due_certainty: Certainty::Verified,
        moves_promise,
        responsible: late.map(office),
    };
    past(when, E::ApologyIssued(apology))
        .by(Role::Signer)
        .because(Reason::Workload)
}

fn signed(when: &str) -> Past {
    past(when, E::ResultSigned(ResultSigned::default())).by(Role::Signer)
}

fn story(more: impl IntoIterator<Item = Past>) -> Vec<Past> {
    let mut past = in_processing();
    past.extend(more);
    past
}

#[test]
fn nothing_that_touched_the_promise_is_missing() {
    let mut late = apology(
        "2026-12-04 09:00",
        "2026-12-03 17:00",
        "2026-12-10 17:00",
        false,
        None,
    );
    late = late.with(|around| {
        around.breach = Some(Breach {
            rule: BreachRule::LateApology,
            basis: "61/2018/ND-CP:19.9".into(),
        });
    });
    let told = told(story([
        asked("2026-11-23 09:00", Stage::Appraisal, 1).because(Reason::MissingComponent),
        answered("2026-11-30 09:00"),
        recomputed(
            "2026-11-30 09:00",
            "2026-11-26 17:00",
            "2026-12-03 17:00",
            DueDateCause::Supplement,
        ),
        past(
            "2026-12-04 07:00",
            E::DeadlineMissed(crate::domain::dossier::DeadlineMissed {
                due_at: at("2026-12-03 17:00"),
            }),
        ),
        late,
        signed("2026-12-08 10:00"),
    ]));
    assert_eq!(
        told.acts(),
        [
            (Act::Promised, None, None),
            (Act::Paused, Some(Cause::Applicant), None),
            (Act::Resumed, Some(Cause::Applicant), Some(4)),
            (Act::Recomputed, Some(Cause::Applicant), Some(5)),
            (Act::Missed, None, None),
            (Act::ApologyWithoutEffect, Some(Cause::Office), Some(0)),
            (Act::Ended(EndKind::Completed), Some(Cause::Office), Some(3)),
        ]
    );
    let [promised, paused, _, moved, _, sorry, _] = &told.entries[..] else {
        panic!("seven entries");
    };
    assert_eq!((promised.position, promised.turn), (101, 1));
    assert_eq!(promised.due_after, Some(at("2026-11-26 17:00")));
    assert_eq!(paused.reason, Some(Reason::MissingComponent));
    assert_eq!(moved.due_before, Some(at("2026-11-26 17:00")));
    assert_eq!(moved.due_after, Some(at("2026-12-03 17:00")));
    assert_eq!(sorry.author.role, Role::Signer);
    assert_eq!(sorry.due_before, sorry.due_after);
    let rule = sorry.breach.as_ref().map(|breach| breach.rule);
    assert_eq!(rule, Some(BreachRule::LateApology));
    let lost = DaysLost {
        applicant: 4,
        office: 3,
        ..DaysLost::default()
    };
    assert_eq!(told.lost("2026-12-30 10:00"), lost);
    let late = Lateness {
        late: true,
        late_by_original: true,
        days: 3,
        days_by_original: 8,
        apologised: true,
    };
    assert_eq!(told.late("2026-12-30 10:00"), late);
}

#[test]
fn days_that_a_lawful_apology_bridged_are_still_the_offices() {
    let told = told(story([
        apology(
            "2026-11-25 16:00",
            "2026-11-26 17:00",
            "2026-12-01 17:00",
            true,
            None,
        ),
        signed("2026-12-01 10:00"),
    ]));
    assert_eq!(
        told.acts()[1],
        (Act::Extended, Some(Cause::Office), Some(3))
    );
    assert_eq!(told.lost("2026-12-30 10:00").office, 3);
    let late = told.late("2026-12-30 10:00");
    assert_eq!((late.days, late.days_by_original), (0, 3));
    assert!(!late.late && late.late_by_original && late.apologised);
}

#[test]
fn an_apology_names_the_agency_that_is_late() {
    let told = told(story([apology(
        "2026-11-25 16:00",
        "2026-11-26 17:00",
        "2026-12-01 17:00",
        true,
        Some(THERE),
    )]));
    let entry = told.entries.last().expect("an apology");
    assert_eq!(entry.cause, Some(Cause::OtherAgency));
    assert_eq!(entry.agency.as_deref(), Some(THERE));
}

#[test]
fn a_day_is_waited_once_whoever_else_is_waited_for() {
    let opinion = OpinionRequested {
        number: 1,
        agency: office(THERE),
        due_at: at("2026-11-27 17:00"),
        silence_consents: false,
    };
    let answer = OpinionReceived {
        number: 1,
        agrees: true,
    };
    let told = told(story([
        past("2026-11-23 10:00", E::OpinionRequested(opinion)).by(Role::Handler),
        asked("2026-11-25 09:00", Stage::Appraisal, 1),
        answered("2026-11-27 09:00"),
        past("2026-11-30 10:00", E::OpinionReceived(answer)),
        signed("2026-11-30 16:00"),
    ]));
    let lost = DaysLost {
        applicant: 2,
        other_agency: 2,
        office: 1,
        ..DaysLost::default()
    };
    assert_eq!(told.lost("2026-12-30 10:00"), lost);
    let answered = told
        .entries
        .iter()
        .find(|entry| entry.act == Act::OpinionAnswered)
        .expect("an answer");
    assert_eq!(answered.agency.as_deref(), Some(THERE));
    assert_eq!(answered.days, Some(4));
}

#[test]
fn a_payment_and_a_notice_are_causes_of_their_own() {
    let owed = FinancialObligationIssued {
        number: 1,
        kind: ObligationKind::Obligation,
        amount_vnd: 120_000,
        due_on: None,
        pauses: true,
    };
    let paid = PaymentConfirmed {
        number: 1,
        amount_vnd: 120_000,
        method: PaymentMethod::Cash,
        reference: None,
    };
    let told = told(story([
        past("2026-11-23 10:00", E::FinancialObligationIssued(owed)),
        past("2026-11-26 10:00", E::PaymentConfirmed(paid)),
        recomputed(
            "2026-11-26 10:00",
            "2026-11-26 17:00",
            "2026-11-30 17:00",
            DueDateCause::Payment,
        ),
        recomputed(
            "2026-11-27 10:00",
            "2026-11-30 17:00",
            "2026-12-01 17:00",
            DueDateCause::Notice,
        ),
        signed("2026-12-01 16:00"),
    ]));
    let lost = DaysLost {
        payment: 2,
        notice: 1,
        ..DaysLost::default()
    };
    assert_eq!(told.lost("2026-12-30 10:00"), lost);
    assert_eq!(told.acts()[1], (Act::Paused, Some(Cause::Payment), None));
    assert!(!told.late("2026-12-30 10:00").late);
}

#[test]
fn while_a_clock_stands_nobody_gets_later() {
    let waiting = told(story([asked("2026-11-25 09:00", Stage::Appraisal, 1)]));
    let late = waiting.late("2026-12-04 10:00");
    assert!(!late.late && late.days == 0);
    let running = told(in_processing());
    let late = running.late("2026-11-30 10:00");
    assert!(late.late && !late.apologised);
    assert_eq!((late.days, running.lost("2026-11-30 10:00").office), (2, 2));
}
