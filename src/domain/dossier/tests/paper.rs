//! Slips written by hand while the line was down, under codes that were reserved for the desk.

use super::given::*;
use crate::domain::actor::{Actor, Role};
use crate::domain::dossier::{DossierCommand as C, DossierEvent as E};
use crate::domain::event::Event;
use crate::domain::fact::{BreachRule, stream};

fn under(code: &str) -> C {
    C::AcceptAtCounter {
        procedure: procedure(PERMIT),
        office: office(HERE),
        capability: None,
        code: Some(code.parse().expect("a code")),
    }
}

/// Numbers 5 to 8 are the desk's.
fn reserved() -> Given {
    given([])
        .at("2026-11-20 09:30")
        .reserved("receiver", 5, 8)
        .with(|given| given.parts.push(details()))
}

#[test]
fn a_dossier_keeps_the_code_on_its_slip_and_says_that_it_was_entered_late() {
    let after = reserved()
        .with(|given| given.received_at = Some(at("2026-11-20 09:12")))
        .when(&under("H38.40-261120-0007"))
        .then_taken()
        .with_breach(None);
    let code = after.dossier.code.as_ref().map(ToString::to_string);
    assert_eq!(code.as_deref(), Some("H38.40-261120-0007"));
    let accepted = after.drafts.last().expect("an acceptance");
    let Event::Dossier(E::Accepted(fact)) = &accepted.event else {
        panic!("the acceptance comes last");
    };
    assert!(fact.on_paper);
    let received = accepted.circumstances.received_at;
    assert_eq!(received, Some(at("2026-11-20 09:12")));
}

#[test]
fn the_next_working_day_needs_no_reason_touches_the_slips_register_and_later_is_a_breach() {
    let entered = |when: &str| {
        reserved()
            .at(when)
            .with(|given| given.received_at = Some(at("2026-11-20 16:00")))
            .when(&under("H38.40-261120-0005"))
            .then_taken()
    };
    let next = entered("2026-11-23 08:00").with_breach(None);
    let register = stream::register(HERE, at("2026-11-20 16:00").date());
    assert!(next.drafts.iter().any(|draft| draft.stream == register));
    entered("2026-11-27 08:00").with_breach(Some(BreachRule::EnteredLate));
}

#[test]
fn a_code_that_is_not_the_desks_or_not_of_the_slips_day_is_refused() {
    let refused = |code: &str, why: &str| reserved().when(&under(code)).then_refused(why);
    refused("H38.40-261120-0009", "CODE_NOT_RESERVED");
    refused("H38.40-261120-0004", "CODE_NOT_RESERVED");
    refused("H38.41-261120-0005", "CODE_NOT_RESERVED");
    refused("H38.40-261119-0005", "CODE_OF_ANOTHER_DAY");
    reserved()
        .by_actor(Actor::new("receiver-02", HERE, Role::Receiver))
        .when(&under("H38.40-261120-0005"))
        .then_refused("CODE_OF_ANOTHER_DESK");
}
