//! What settled a dossier, and what becomes of it later: numbered, taken back, replaced.

use super::given::*;
use crate::domain::actor::{Actor, Role};
use crate::domain::dossier::{
    DeliveryMethod, DossierCommand as C, DossierEvent as E, Phase, ResultDelivered, ResultIssued,
    ResultReplaced, ResultRevoked, ResultSigned, ResultStanding,
};
use crate::domain::fact::{Part, PartKind};
use crate::domain::reason::Reason;

const FIRST: &str = "12/GP-UBND";
const SECOND: &str = "13/GP-UBND";

/// Signed on Monday 23 November 2026, three days before it was due.
fn signed() -> Vec<Past> {
    let mut past_acts = in_processing();
    past_acts.push(past(
        "2026-11-23 09:00",
        E::ResultSigned(ResultSigned::default()),
    ));
    past_acts.push(past("2026-11-23 09:00", E::ProcessingCompleted(NOTHING)));
    past_acts
}

fn issued() -> Vec<Past> {
    let mut past_acts = signed();
    let number = FIRST.to_owned();
    let issued = E::ResultIssued(ResultIssued { number });
    past_acts.push(past("2026-11-23 10:00", issued));
    past_acts
}

fn handed_over() -> Vec<Past> {
    let mut past_acts = issued();
    let method = DeliveryMethod::Counter;
    let delivered = E::ResultDelivered(ResultDelivered { method });
    past_acts.push(past("2026-11-24 08:00", delivered));
    past_acts
}

fn revoked(number: Option<&str>) -> E {
    let number = number.map(str::to_owned);
    E::ResultRevoked(ResultRevoked { number })
}

fn revoke(number: Option<&str>) -> C {
    let number = number.map(str::to_owned);
    C::RevokeResult { number }
}

fn replace(number: &str, replaces: Option<&str>) -> C {
    C::ReplaceResult {
        number: number.to_owned(),
        replaces: replaces.map(str::to_owned),
    }
}

fn document(letter: &str) -> Part {
    Part {
        c: letter.repeat(43) + "=",
        kind: PartKind::Document,
        ..details()
    }
}

/// By the signer, because the office erred.
fn erring(events: Vec<Past>) -> Given {
    given(events)
        .at("2026-12-07 09:00")
        .by(Role::Signer)
        .because(Reason::AgencyError)
}

fn standings(after: &After) -> Vec<(Option<&str>, ResultStanding)> {
    let results = after.dossier.results.iter();
    results
        .map(|result| (result.number.as_deref(), result.standing))
        .collect()
}

#[test]
fn an_issued_result_is_in_force_under_its_number_and_committed_to() {
    let number = FIRST.to_owned();
    let after = given(signed())
        .at("2026-11-23 10:00")
        .by(Role::Clerk)
        .with(|given| given.parts.push(document("D")))
        .when(&C::IssueResult { number })
        .then(&[E::ResultIssued(ResultIssued {
            number: FIRST.to_owned(),
        })]);
    assert_eq!(standings(&after), [(Some(FIRST), ResultStanding::Valid)]);
    let result = after.dossier.result(None).expect("a result");
    assert_eq!(result.since, at("2026-11-23 10:00"));
    let committed = result.document.as_ref().map(|(part, _)| part);
    assert_eq!(committed, Some(&document("D")));
}

#[test]
fn a_revoked_result_stays_in_the_record_and_moves_no_clock() {
    for events in [issued(), handed_over()] {
        let before = given(events.clone()).dossier;
        let after = erring(events)
            .when(&revoke(None))
            .then(&[revoked(Some(FIRST))])
            .with_breach(None);
        assert_eq!(standings(&after), [(Some(FIRST), ResultStanding::Revoked)]);
        assert!(after.dossier.nothing_in_force());
        let found = &after.dossier;
        assert_eq!((found.phase, &found.turns), (before.phase, &before.turns));
        assert_eq!(found.delivered_at, before.delivered_at);
    }
}

#[test]
fn a_result_that_was_never_numbered_can_be_revoked() {
    let after = erring(signed()).when(&revoke(None)).then(&[revoked(None)]);
    assert_eq!(standings(&after), [(None, ResultStanding::Revoked)]);
}

#[test]
fn a_replacement_comes_into_force_and_the_earlier_one_points_to_it() {
    let after = erring(handed_over())
        .with(|given| given.parts.push(document("E")))
        .when(&replace(SECOND, None))
        .then(&[E::ResultReplaced(ResultReplaced {
            number: SECOND.to_owned(),
            replaces: Some(FIRST.to_owned()),
        })]);
    let expected = [
        (Some(FIRST), ResultStanding::Superseded),
        (Some(SECOND), ResultStanding::Valid),
    ];
    assert_eq!(standings(&after), expected);
    assert_eq!(after.dossier.phase, Phase::Returned);
    let first = after.dossier.result(Some(FIRST)).expect("the first");
    assert_eq!(first.replaced_by.as_deref(), Some(SECOND));
    assert_eq!(first.document, None);
    let second = after.dossier.result(None).expect("the second");
    let committed = second.document.as_ref().map(|(part, _)| part);
    assert_eq!(committed, Some(&document("E")));
}

#[test]
fn what_was_revoked_is_replaced_and_stays_revoked() {
    let revoked = erring(issued()).when(&revoke(None)).then_taken();
    let after = revoked
        .and()
        .because(Reason::AgencyError)
        .when(&replace(SECOND, Some(FIRST)))
        .then_taken();
    let expected = [
        (Some(FIRST), ResultStanding::Revoked),
        (Some(SECOND), ResultStanding::Valid),
    ];
    assert_eq!(standings(&after), expected);
    assert!(!after.dossier.nothing_in_force());
}

#[test]
fn what_is_not_in_force_is_neither_revoked_again_nor_issued_nor_handed_over() {
    let revoked = || {
        let taken = erring(issued()).when(&revoke(None)).then_taken();
        taken.and().because(Reason::AgencyError)
    };
    revoked()
        .when(&revoke(None))
        .then_refused("RESULT_NOT_IN_FORCE");
    let (number, method) = (SECOND.to_owned(), DeliveryMethod::Counter);
    revoked()
        .by(Role::Clerk)
        .when(&C::IssueResult { number })
        .then_refused("RESULT_NOT_IN_FORCE");
    revoked()
        .by(Role::Receiver)
        .when(&C::DeliverResult { method })
        .then_refused("RESULT_NOT_IN_FORCE");
    let replaced = erring(issued()).when(&replace(SECOND, None)).then_taken();
    replaced
        .and()
        .because(Reason::AgencyError)
        .when(&replace("14/GP-UBND", Some(FIRST)))
        .then_refused("RESULT_NOT_IN_FORCE");
    erring(issued())
        .when(&revoke(Some(SECOND)))
        .then_refused("RESULT_NOT_IN_FORCE");
}

#[test]
fn the_program_numbers_what_has_no_number_and_only_the_clerk_issues_another() {
    let issue = |number: &str| C::IssueResult {
        number: number.to_owned(),
    };
    given(signed())
        .at("2026-11-23 10:00")
        .by(Role::System)
        .when(&issue(FIRST))
        .then_taken();
    given(issued())
        .by(Role::System)
        .when(&issue(SECOND))
        .then_refused("ALREADY_RECORDED");
    given(issued())
        .at("2026-11-23 11:00")
        .by(Role::Clerk)
        .when(&issue(SECOND))
        .then_taken();
}

#[test]
fn one_number_names_one_document() {
    let number = FIRST.to_owned();
    given(issued())
        .by(Role::Clerk)
        .when(&C::IssueResult { number })
        .then_refused("RESULT_NUMBER_TAKEN");
    erring(issued())
        .when(&replace(FIRST, None))
        .then_refused("RESULT_NUMBER_TAKEN");
}

#[test]
fn only_a_signer_takes_back_or_replaces_and_says_why() {
    for command in [revoke(None), replace(SECOND, None)] {
        given(issued())
            .by(Role::Signer)
            .when(&command)
            .then_refused("REASON_REQUIRED");
        erring(issued())
            .by(Role::Clerk)
            .when(&command)
            .then_refused("WRONG_ROLE");
        erring(in_processing())
            .when(&command)
            .then_refused("WRONG_STATE");
        let elsewhere = Actor::new("signer", THERE, Role::Signer);
        erring(issued())
            .by_actor(elsewhere)
            .when(&command)
            .then_refused("WRONG_OFFICE");
    }
}

#[test]
fn a_replacement_is_signed_by_another_than_the_handler_where_the_first_one_had_to_be() {
    let events = vec![
        submitted("2026-11-20 08:00", PERMIT),
        accepted("2026-11-20 09:00", 7, "2026-12-02 17:00"),
        forwarded("2026-11-20 10:00"),
        past("2026-11-23 09:00", E::ResultSigned(ResultSigned::default())),
        past("2026-11-23 09:00", E::ProcessingCompleted(NOTHING)),
    ];
    let handler = Actor::new(Role::Handler.name(), HERE, Role::Signer);
    erring(events)
        .by_actor(handler)
        .when(&replace(SECOND, None))
        .then_refused("SIGNER_IS_HANDLER");
}
