//! From desk to desk: who has it, since when, signed for by whom.

use super::given::*;
use crate::domain::actor::Role;
use crate::domain::dossier::{DossierCommand as C, Phase, WaitsFor};
use crate::domain::reason::Reason;

fn to(person: &str, role: Role) -> C {
    C::HandOver {
        to: person.to_owned(),
        role,
        office: None,
        step: None,
    }
}

#[test]
fn every_hour_lies_on_one_desk() {
    let mut past = in_processing();
    past.push(asked(
        "2026-11-23 09:00",
        crate::domain::dossier::Stage::Appraisal,
        1,
    ));
    past.push(answered("2026-11-30 09:00"));
    let dossier = given(past).dossier();
    let desks: Vec<_> = dossier
        .stays
        .iter()
        .map(|stay| (stay.role, stay.waits_for, stay.step))
        .collect();
    assert_eq!(
        desks,
        [
            (Role::Receiver, WaitsFor::Officer, None),
            (Role::Receiver, WaitsFor::Officer, Some(1)),
            (Role::Handler, WaitsFor::Officer, None),
            (Role::Handler, WaitsFor::Applicant, None),
            (Role::Handler, WaitsFor::Officer, None),
        ]
    );
    for pair in dossier.stays.windows(2) {
        assert_eq!(pair[0].until, Some(pair[1].since));
    }
    assert!(dossier.desk().is_some());
}

#[test]
fn only_the_holder_hands_over_and_only_the_one_addressed_signs_for_it() {
    let processing = || given(in_processing());
    processing()
        .by(Role::Clerk)
        .when(&to("signer", Role::Signer))
        .then_refused("NOT_THE_HOLDER");
    processing()
        .by(Role::Handler)
        .when(&to("handler", Role::Handler))
        .then_refused("SEPARATION_OF_DUTIES");
    let handed = processing()
        .at("2026-11-23 10:00")
        .by(Role::Handler)
        .when(&to("signer", Role::Signer))
        .then_taken();
    let handed = handed.and();
    handed
        .clone()
        .by(Role::Clerk)
        .when(&C::ReceiveHandOver { complete: true })
        .then_refused("NOT_ADDRESSED");
    let received = handed
        .at("2026-11-23 14:00")
        .by(Role::Signer)
        .when(&C::ReceiveHandOver { complete: false })
        .then_taken();
    let desk = received.dossier.desk().expect("a desk");
    assert_eq!(desk.giver.as_deref(), Some("handler"));
    assert_eq!(desk.received_at, Some(at("2026-11-23 14:00")));
    assert_eq!(desk.complete, Some(false));
}

#[test]
fn the_giver_takes_back_what_nobody_has_signed_for() {
    let forwarded = || given(in_processing()).because(Reason::TypingError);
    forwarded()
        .by(Role::Handler)
        .when(&C::RecallStep)
        .then_refused("NOT_THE_HOLDER");
    let recalled = forwarded()
        .by(Role::Receiver)
        .when(&C::RecallStep)
        .then_taken();
    assert_eq!(recalled.dossier.phase, Phase::Accepted);
    assert_eq!(recalled.dossier.handler, None);
    let received = forwarded()
        .by(Role::Handler)
        .when(&C::ReceiveHandOver { complete: true })
        .then_taken();
    received
        .and()
        .by(Role::Receiver)
        .because(Reason::TypingError)
        .when(&C::RecallStep)
        .then_refused("NO_HAND_OVER");
}
