//! Coming in: entering, accepting, passing on, asking for what is missing.

use super::given::*;
use crate::domain::actor::{Actor, Role};
use crate::domain::dossier::{
    Channel, DossierCommand as C, DossierEvent as E, EndKind, Phase, RedirectKind, Redirected,
    Stage, SupplementRequested,
};
use crate::domain::event::Event;
use crate::domain::fact::BreachRule;
use crate::domain::law::{Certainty, SupplementClock};
use crate::domain::reason::Reason;
use crate::domain::reference::ReferenceEvent;
use crate::domain::register::RegisterEvent;

fn at_counter(code: &str, place: &str) -> C {
    C::AcceptAtCounter {
        procedure: procedure(code),
        office: office(place),
        capability: None,
        code: None,
    }
}

fn request(items: &[u32]) -> C {
    C::RequestSupplement {
        items: items.to_vec(),
        approved_by: Some("signer".to_owned()),
    }
}

fn redirect(place: &str) -> C {
    C::Redirect {
        to: office(place),
        kind: RedirectKind::WrongOffice,
    }
}

#[test]
fn papers_accepted_at_the_counter_get_the_next_number_of_the_day_and_a_promise() {
    let after = given([])
        .at("2026-11-20 09:00")
        .with(|given| given.parts.push(details()))
        .when(&at_counter(PERMIT, HERE))
        .then_taken()
        .with_promise("2026-12-02 17:00", "2026-12-02 17:00");
    let kinds: Vec<&str> = after
        .drafts
        .iter()
        .map(|draft| draft.event.kind())
        .collect();
    let expected = ["dossier.lodged", "register.entered", "dossier.accepted"];
    assert_eq!(kinds, expected);
    let Event::Register(RegisterEvent::Entered(entered)) = &after.drafts[1].event else {
        panic!("the register's event");
    };
    assert_eq!(entered.code.as_str(), "H38.40-261120-0005");
    assert_eq!(after.dossier.code.as_ref(), Some(&entered.code));
    assert_eq!(after.dossier.phase, Phase::Accepted);
}

#[test]
fn nothing_is_entered_without_the_applicants_details() {
    given([])
        .when(&at_counter(PERMIT, HERE))
        .then_refused("DETAILS_REQUIRED");
}

#[test]
fn papers_of_an_earlier_day_need_a_reason_and_beyond_the_window_are_a_breach() {
    let entered = |slip: &str| {
        given([submitted("2026-11-16 08:00", CERTIFICATE)])
            .at("2026-11-20 09:00")
            .with(|given| given.received_at = Some(at(slip)))
    };
    entered("2026-11-19 16:00")
        .when(&C::Accept)
        .then_refused("REASON_REQUIRED");
    entered("2026-11-19 16:00")
        .because(Reason::EnteredLate)
        .when(&C::Accept)
        .then_taken()
        .with_breach(None)
        .with_promise("2026-11-25 17:00", "2026-11-25 17:00");
    entered("2026-11-18 16:00")
        .because(Reason::EnteredLate)
        .when(&C::Accept)
        .then_taken()
        .with_breach(Some(BreachRule::EnteredLate))
        .with_promise("2026-11-23 17:00", "2026-11-23 17:00");
}

#[test]
fn a_claim_about_the_future_is_refused() {
    let accepted = || given([submitted("2026-11-20 08:00", CERTIFICATE)]).at("2026-11-20 09:00");
    accepted()
        .with(|given| given.received_at = Some(at("2026-11-20 09:01")))
        .when(&C::Accept)
        .then_refused("FUTURE_CLAIM");
    accepted()
        .with(|given| given.occurred_at = Some(at("2026-11-20 09:01")))
        .when(&C::Accept)
        .then_refused("FUTURE_CLAIM");
    accepted()
        .with(|given| given.received_at = Some(at("2026-11-20 09:00")))
        .when(&C::Accept)
        .then_taken();
}

#[test]
fn an_unknown_or_abolished_office_takes_nothing_in() {
    let lodged_at = |place: &str| {
        given([])
            .by_actor(Actor::new("receiver", place, Role::Receiver))
            .with(|given| given.parts.push(details()))
            .when(&at_counter(PERMIT, place))
    };
    lodged_at("H38.99").then_refused("UNKNOWN_OFFICE");
    lodged_at(ABOLISHED).then_refused("UNKNOWN_OFFICE");
    given([submitted("2026-11-20 08:00", PERMIT)])
        .because(Reason::NotCompetent)
        .when(&redirect(ABOLISHED))
        .then_refused("UNKNOWN_OFFICE");
}

#[test]
fn an_unknown_procedure_or_one_not_yet_in_force_is_not_taken_in() {
    let lodged = |code: &str| {
        given([])
            .at("2025-06-20 09:00")
            .with(|given| given.parts.push(details()))
            .when(&at_counter(code, HERE))
    };
    lodged("1.999999").then_refused("UNKNOWN_PROCEDURE");
    lodged("1.001612").then_refused("UNKNOWN_PROCEDURE");
    lodged(PERMIT).then_taken();
}

#[test]
fn the_procedure_and_the_policy_of_the_slips_day_are_pinned() {
    let mut second = record(PERMIT);
    second.version = 2;
    second.valid_from = Some(jiff::civil::date(2025, 7, 1));
    second.limit = crate::domain::law::Limit::WorkingDays(2);
    let published = ReferenceEvent::ProcedurePublished(second);
    let accepted_on = |slip: &str| {
        let after = given([submitted("2025-06-30 08:00", PERMIT)])
            .at("2025-07-01 08:00")
            .knowing(&published)
            .because(Reason::EnteredLate)
            .with(|given| given.received_at = Some(at(slip)))
            .when(&C::Accept)
            .then_taken();
        after.dossier.turn().cloned().expect("accepted")
    };
    let old = accepted_on("2025-06-30 16:00");
    assert_eq!(
        (old.policy.as_str(), old.procedure_version),
        ("one-stop-2018/1", 1)
    );
    assert_eq!(old.supplement_clock, SupplementClock::Reset);
    assert_eq!(old.due_at, at("2025-07-09 17:00"));
    let new = accepted_on("2025-07-01 07:30");
    assert_eq!(
        (new.policy.as_str(), new.procedure_version),
        ("one-stop-2025/1", 2)
    );
    assert_eq!(new.supplement_clock, SupplementClock::Pause);
    assert_eq!(new.due_at, at("2025-07-03 17:00"));
}

#[test]
fn a_promise_into_a_year_without_a_notice_is_provisional() {
    let accepted_on = |when: &str| {
        let dossier = given([submitted(when, PERMIT)])
            .when(&C::Accept)
            .then_taken()
            .dossier;
        dossier.turn().expect("accepted").due_certainty
    };
    assert_eq!(accepted_on("2026-12-21 09:00"), Certainty::Verified);
    assert_eq!(accepted_on("2026-12-28 09:00"), Certainty::Provisional);
}

#[test]
fn a_promise_into_a_year_nobody_declared_is_refused() {
    given([submitted("2027-12-28 09:00", PERMIT)])
        .when(&C::Accept)
        .then_refused("CALENDAR_YEAR_UNKNOWN");
}

#[test]
fn a_second_supplement_needs_a_legal_basis_and_is_a_breach() {
    let asked_once = || {
        let mut past = in_processing();
        past.push(asked("2026-11-20 11:00", Stage::Appraisal, 1));
        past.push(answered("2026-11-20 14:00"));
        past.push(super::given::past(
            "2026-11-20 15:00",
            E::SupplementAccepted(NOTHING),
        ));
        given(past)
            .at("2026-11-23 09:00")
            .by(Role::Receiver)
            .because(Reason::IncorrectComponent)
    };
    asked_once()
        .when(&request(&[2]))
        .then_refused("BASIS_REQUIRED");
    let second = SupplementRequested {
        stage: Stage::Appraisal,
        number: 2,
        items: vec![2],
        approved_by: Some("signer".to_owned()),
        answer_due_at: None,
    };
    asked_once()
        .with(|given| given.basis = Some("Decree 63/2010/ND-CP art. 20.4".to_owned()))
        .when(&request(&[2]))
        .then(&[E::SupplementRequested(second)])
        .with_breach(Some(BreachRule::RepeatedSupplement));
}

#[test]
fn a_supplement_asked_before_acceptance_counts_as_the_first() {
    let mut past = vec![
        submitted("2026-11-19 08:00", CERTIFICATE),
        asked("2026-11-19 09:00", Stage::Intake, 1),
        answered("2026-11-19 10:00"),
    ];
    past.extend(in_processing().into_iter().skip(1));
    given(past)
        .by(Role::Receiver)
        .because(Reason::MissingComponent)
        .when(&request(&[1]))
        .then_refused("BASIS_REQUIRED");
}

#[test]
fn a_supplement_request_lists_its_items_and_says_why() {
    let processing = || given(in_processing()).by(Role::Receiver);
    processing()
        .when(&request(&[1]))
        .then_refused("REASON_REQUIRED");
    processing()
        .because(Reason::MissingComponent)
        .when(&request(&[]))
        .then_refused("ITEMS_REQUIRED");
    processing()
        .because(Reason::MissingComponent)
        .when(&request(&[1]))
        .then_taken()
        .with_breach(None);
}

#[test]
fn only_the_counter_asks_for_a_supplement_and_a_handler_proposes_one() {
    let submitted =
        || given([submitted("2026-11-20 08:00", CERTIFICATE)]).because(Reason::MissingComponent);
    let processing = || given(in_processing()).because(Reason::MissingComponent);
    for asking in [submitted, processing as fn() -> Given] {
        asking()
            .by(Role::Handler)
            .when(&request(&[1]))
            .then_refused("WRONG_ROLE");
    }
    submitted().when(&request(&[1])).then_taken();
    let proposed = processing()
        .by(Role::Handler)
        .when(&C::ProposeSupplement { items: vec![2] })
        .then_taken();
    assert_eq!(proposed.dossier.proposed_items, [2]);
}

#[test]
fn a_further_request_names_somebody_else_who_approved_it() {
    let again = |approved_by: Option<&str>| {
        let mut past = in_processing();
        past.push(asked("2026-11-20 11:00", Stage::Appraisal, 1));
        past.push(answered("2026-11-20 14:00"));
        past.push(super::given::past(
            "2026-11-20 15:00",
            E::SupplementAccepted(NOTHING),
        ));
        given(past)
            .at("2026-11-23 09:00")
            .by(Role::Receiver)
            .because(Reason::IncorrectComponent)
            .with(|given| given.basis = Some("63/2010/ND-CP:20.4".to_owned()))
            .when(&C::RequestSupplement {
                items: vec![2],
                approved_by: approved_by.map(str::to_owned),
            })
    };
    again(None).then_refused("APPROVER_REQUIRED");
    again(Some("receiver")).then_refused("SEPARATION_OF_DUTIES");
    again(Some("signer"))
        .then_taken()
        .with_breach(Some(BreachRule::RepeatedSupplement));
}

#[test]
fn a_request_taken_back_still_counts_and_its_time_is_the_offices() {
    let mut past = in_processing();
    past.push(asked("2026-11-23 09:00", Stage::Appraisal, 1));
    let after = given(past)
        .at("2026-11-25 09:00")
        .because(Reason::AgencyError)
        .when(&C::RetractSupplementRequest)
        .then_taken()
        .with_promise("2026-11-26 17:00", "2026-11-26 17:00");
    assert_eq!(after.dossier.phase, Phase::InProcessing);
    assert_eq!(after.dossier.supplement_requests, 1);
    let turn = after.dossier.turn().expect("a turn");
    assert_eq!((turn.paused_since, turn.pauses.len()), (None, 0));
}

#[test]
fn only_what_was_not_supplemented_is_stopped_and_the_program_may_do_it() {
    given(in_processing())
        .because(Reason::Other)
        .when(&C::StopProcessing)
        .then_refused("WRONG_STATE");
    let mut waiting = in_processing();
    waiting.push(asked("2026-11-23 09:00", Stage::Appraisal, 1));
    given(waiting.clone())
        .at("2026-12-23 09:00")
        .by_actor(Actor::system())
        .because(Reason::NotSupplemented)
        .when(&C::StopProcessing)
        .then_refused("NOT_DUE_YET");
    waiting.pop();
    waiting.push(asked_until("2026-11-23 09:00", "2026-12-02 17:00"));
    let after = given(waiting)
        .at("2026-12-23 09:00")
        .by_actor(Actor::system())
        .because(Reason::NotSupplemented)
        .when(&C::StopProcessing)
        .then(&[E::ProcessingStopped(NOTHING)]);
    let ending = after.dossier.turn().and_then(|turn| turn.ending);
    assert_eq!(ending.map(|ending| ending.kind), Some(EndKind::Stopped));
}

#[test]
fn a_redirection_after_acceptance_closes_the_first_turn_and_the_next_acceptance_starts_another() {
    let redirected = Redirected {
        from: office(HERE),
        to: office(THERE),
        kind: RedirectKind::WrongOffice,
    };
    let after = given(in_processing().into_iter().take(2))
        .at("2026-11-23 09:00")
        .because(Reason::NotCompetent)
        .when(&redirect(THERE))
        .then(&[E::Redirected(redirected)]);
    let first = after.dossier.turn().cloned().expect("a first turn");
    let ending = first.ending.expect("an ended turn");
    assert_eq!(
        (ending.kind, ending.at),
        (EndKind::Redirected, at("2026-11-23 09:00"))
    );
    let after = after
        .and()
        .at("2026-11-25 09:00")
        .by_actor(Actor::new("receiver", THERE, Role::Receiver))
        .when(&C::Accept)
        .then_taken()
        .with_promise("2026-11-30 17:00", "2026-11-30 17:00");
    assert_eq!(after.dossier.turns.len(), 2);
    assert_eq!(after.dossier.turns[0], first);
    assert_eq!(after.dossier.turns[1].office, office(THERE));
}

#[test]
fn a_dossier_is_not_redirected_to_the_office_that_has_it() {
    given(in_processing().into_iter().take(2))
        .because(Reason::NotCompetent)
        .when(&redirect(HERE))
        .then_refused("WRONG_OFFICE");
}

#[test]
fn an_officer_does_not_file_as_online() {
    let lodge = |channel| C::Lodge {
        procedure: procedure(PERMIT),
        office: office(HERE),
        channel,
        capability: None,
    };
    let counter = || given([]).with(|given| given.parts.push(details()));
    counter()
        .when(&lodge(Channel::Online))
        .then_refused("WRONG_ROLE");
    counter().when(&lodge(Channel::Post)).then_taken();
}
