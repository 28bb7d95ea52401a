//! An office ends: what it had goes where the decision says, and nothing of its clock changes.

use super::given::*;
use crate::domain::actor::{Actor, Role};
use crate::domain::dossier::{
    DossierCommand as C, DossierEvent as E, Phase, Stage, Transferred, WaitsFor,
};
use crate::domain::law::Certainty;
use crate::domain::reason::Reason;
use crate::domain::reference::ReferenceEvent;
use crate::domain::reorganisation::{Reorganisation, ReorganisationError as R, Route};

const DECISION: &str = "1685/NQ-UBTVQH15";
/// Takes over but for permits, which go to [`THERE`].
const REST: &str = "H38.43";

fn route(procedures: &[&str], to: &str) -> Route {
    Route {
        from: office(HERE),
        procedures: procedures.iter().map(|code| procedure(code)).collect(),
        fields: Vec::new(),
        to: office(to),
    }
}

fn decided(from: &str) -> Reorganisation {
    Reorganisation {
        decision: DECISION.to_owned(),
        decided_on: at("2026-11-02 00:00").date(),
        effective_from: at(from).date(),
        closes: vec![office(HERE)],
        routes: vec![route(&[PERMIT], THERE), route(&[], REST)],
        legal_basis: "Law 72/2025/QH15".to_owned(),
        certainty: Certainty::Illustrative,
    }
}

fn opened() -> ReferenceEvent {
    let known = reference().offices[THERE].as_ref().clone();
    ReferenceEvent::OfficeOpened(crate::domain::office::Office {
        code: REST.to_owned(),
        ..known
    })
}

/// Known since the beginning: the office ends with 23 November 2026.
fn ending(events: impl IntoIterator<Item = Past>) -> Given {
    given(events)
        .knowing(&opened())
        .knowing(&ReferenceEvent::OfficesReorganised(decided(
            "2026-11-24 00:00",
        )))
        .by_actor(Actor::system())
}

fn transfer() -> C {
    C::Transfer {
        decision: DECISION.to_owned(),
        cause: 41,
    }
}

fn moved(to: &str) -> E {
    E::Transferred(Transferred {
        from: office(HERE),
        to: office(to),
        decision: DECISION.to_owned(),
    })
}

#[test]
fn what_an_office_had_goes_from_the_day_on_by_the_first_route_that_fits() {
    let early = ending(in_processing()).at("2026-11-23 23:59:59");
    early.when(&transfer()).then_refused("NOT_DUE_YET");
    let day = "2026-11-24 00:00";
    ending(in_processing())
        .at(day)
        .when(&transfer())
        .then(&[moved(REST)]);
    let permit = [submitted("2026-11-20 08:00", PERMIT)];
    ending(permit)
        .at(day)
        .when(&transfer())
        .then(&[moved(THERE)]);
}

#[test]
fn what_is_moved_or_done_is_not_moved_again() {
    let day = "2026-11-24 00:00";
    let gone = [past(day, moved(REST)).by(Role::System)];
    ending(in_processing().into_iter().chain(gone))
        .when(&transfer())
        .then_refused("ALREADY_RECORDED");
    let refused = past("2026-11-20 09:00", E::AcceptanceRefused(NOTHING));
    ending([submitted("2026-11-20 08:00", PERMIT), refused])
        .at(day)
        .when(&transfer())
        .then_refused("ALREADY_CLOSED");
}

#[test]
fn promise_clock_and_misses_are_kept_and_the_desk_is_the_receivers() {
    let before = given(in_processing()).dossier;
    let day = "2026-11-24 00:00";
    let after = given(in_processing().into_iter().chain([past(day, moved(REST))])).dossier;
    let (was, is) = (
        before.turn().expect("a turn"),
        after.turn().expect("a turn"),
    );
    assert_eq!(after.turns.len(), 1, "no new acceptance");
    assert_eq!(
        (was.received_at, was.due_at, was.original_due_at),
        (is.received_at, is.due_at, is.original_due_at)
    );
    assert_eq!(is.office, office(HERE), "the hours that made the promise");
    assert_eq!(is.office_at(at(day)), &office(REST));
    let desk = after.desk().expect("a desk");
    assert_eq!(
        (desk.office.as_str(), desk.role, &desk.officer),
        (REST, Role::Receiver, &None)
    );
    assert_eq!(
        (&after.handler, after.phase, &after.code),
        (&None, Phase::InProcessing, &before.code)
    );
    let spells: Vec<_> = after
        .spells()
        .map(|spell| (spell.office.clone(), spell.since))
        .collect();
    assert_eq!(
        spells,
        [(office(HERE), None), (office(REST), Some(at(day)))]
    );
}

#[test]
fn a_clock_that_stands_goes_on_standing_and_the_answer_comes_to_the_new_office() {
    let asked = [asked("2026-11-20 11:00", Stage::Appraisal, 1)];
    let waiting = || in_processing().into_iter().chain(asked.clone());
    let gone = [past("2026-11-24 00:00", moved(REST))];
    let stands = given(waiting().chain(gone.clone())).dossier;
    let desk = stands.desk().expect("a desk");
    assert_eq!(
        (desk.office.as_str(), desk.waits_for),
        (REST, WaitsFor::Applicant)
    );
    assert!(stands.turn().expect("a turn").paused_since.is_some());
    let back = given(waiting().chain(gone).chain([answered("2026-11-25 09:00")])).dossier;
    let desk = back.desk().expect("a desk");
    assert_eq!(
        (desk.office.as_str(), desk.role, desk.waits_for),
        (REST, Role::Receiver, WaitsFor::Officer)
    );
}

#[test]
fn a_wrong_route_is_put_right_among_those_that_took_over_and_nowhere_else() {
    let gone = [past("2026-11-24 00:00", moved(REST)).by(Role::System)];
    let manager = |office: &str| Actor::new("centre_manager", office, Role::CentreManager);
    let passed = |by: &str| {
        let events = in_processing().into_iter().chain(gone.clone());
        ending(events).at("2026-11-24 08:00").by_actor(manager(by))
    };
    let to = |code: &str| C::PassOn { to: office(code) };
    passed(REST)
        .when(&to(THERE))
        .then_refused("REASON_REQUIRED");
    passed(REST)
        .because(Reason::AgencyError)
        .when(&to(THERE))
        .then(&[E::Transferred(Transferred {
            from: office(REST),
            to: office(THERE),
            decision: DECISION.to_owned(),
        })]);
    for (wrong, code) in [
        (HERE, "NOT_A_SUCCESSOR"),
        (REST, "WRONG_OFFICE"),
        (ABOLISHED, "NOT_A_SUCCESSOR"),
    ] {
        passed(REST)
            .because(Reason::Other)
            .when(&to(wrong))
            .then_refused(code);
    }
    passed(HERE)
        .because(Reason::Other)
        .when(&to(THERE))
        .then_refused("WRONG_OFFICE");
}

#[test]
fn a_closed_office_takes_nothing_in_and_its_last_day_stays_whatever_it_posts() {
    let given = ending([]);
    let reference = &given.reference;
    let last = at("2026-11-23 00:00").date();
    assert!(reference.office(HERE, last).is_some());
    assert!(
        reference
            .office(HERE, at("2026-11-24 00:00").date())
            .is_none()
    );
    let mut posted = super::given::reference().offices[HERE].as_ref().clone();
    posted.phone = "0000000001".to_owned();
    let again = given
        .knowing(&ReferenceEvent::OfficeOpened(posted))
        .reference;
    assert_eq!(again.offices[HERE].valid_to, Some(last));
    assert_eq!(
        again.successors(HERE).into_iter().collect::<Vec<_>>(),
        [THERE, REST]
    );
    assert_eq!(
        again.predecessors(REST).into_iter().collect::<Vec<_>>(),
        [HERE]
    );
}

#[test]
fn what_an_office_gave_is_kept_by_whoever_took_over_that_procedure_and_by_nobody_before_the_day() {
    let reference = ending([]).reference;
    let day = |text: &str| at(text).date();
    let keepers = |office: &'static str, procedure: &str, day| {
        let keepers = reference.keepers(office, procedure, day);
        keepers.into_iter().collect::<Vec<_>>()
    };
    let (eve, first) = (day("2026-11-23 00:00"), day("2026-11-24 00:00"));
    assert_eq!(keepers(HERE, PERMIT, eve), [HERE]);
    assert_eq!(keepers(HERE, PERMIT, first), [THERE]);
    assert_eq!(keepers(HERE, CERTIFICATE, first), [REST]);

    // The one that took over ends itself, by the end that its own entry gives, and another names it.
    let office = |code: &str| crate::domain::office::Office {
        code: code.to_owned(),
        ..reference.offices[THERE].as_ref().clone()
    };
    let mut ended = office(REST);
    ended.valid_to = Some(day("2027-03-31 00:00"));
    let mut heir = office("H38.44");
    heir.predecessors = vec![REST.to_owned()];
    let again = ending([])
        .knowing(&ReferenceEvent::OfficeOpened(ended))
        .knowing(&ReferenceEvent::OfficeOpened(heir))
        .reference;
    let april = day("2027-04-01 00:00");
    let kept = |procedure| {
        again
            .keepers(HERE, procedure, april)
            .into_iter()
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (kept(CERTIFICATE), kept(PERMIT)),
        (vec!["H38.44"], vec![THERE])
    );
    assert!(again.keepers("H99.99", CERTIFICATE, april).is_empty());
}

#[test]
fn a_decision_that_cannot_be_carried_out_is_refused_by_name() {
    let given = given([]).knowing(&opened());
    let refused = |change: &dyn Fn(&mut Reorganisation)| {
        let mut decided = decided("2026-11-24 00:00");
        change(&mut decided);
        decided.check(&given.reference).expect_err("refused")
    };
    assert_eq!(decided("2026-11-24 00:00").check(&given.reference), Ok(()));
    assert_eq!(refused(&|one| one.closes.clear()), R::Empty);
    assert_eq!(
        refused(&|one| one.decision = "số 1".to_owned()),
        R::Decision("số 1".to_owned())
    );
    assert_eq!(
        refused(&|one| one.closes.push(office(HERE))),
        R::ClosedTwice(HERE.to_owned())
    );
    assert_eq!(
        refused(&|one| one.closes.push(office(ABOLISHED))),
        R::NotOpen(ABOLISHED.to_owned())
    );
    assert_eq!(
        refused(&|one| drop(one.routes.pop())),
        R::NoRest(HERE.to_owned())
    );
    assert_eq!(
        refused(&|one| one.routes.reverse()),
        R::NoRest(HERE.to_owned())
    );
    assert_eq!(
        refused(&|one| one.routes[1].to = office(ABOLISHED)),
        R::NoSuccessor(ABOLISHED.to_owned())
    );
    assert_eq!(
        refused(&|one| one.routes[1].to = office(HERE)),
        R::NoSuccessor(HERE.to_owned())
    );
    assert_eq!(
        refused(&|one| one.routes[0].from = office(THERE)),
        R::NotClosed(THERE.to_owned())
    );
    assert_eq!(
        refused(&|one| one.routes[0].fields.push("?".to_owned())),
        R::Field("?".to_owned())
    );
    let many = |one: &mut Reorganisation| {
        let route = one.routes[0].clone();
        one.routes.splice(0..0, vec![route; 600]);
    };
    assert!(matches!(refused(&many), R::TooLarge(_)));
}
