//! Who may: offices, applicants, signers, and the details of a person.

use super::given::*;
use crate::domain::actor::{Actor, NO_OFFICE, Role};
use crate::domain::dossier::{DossierCommand as C, DossierEvent as E, Phase};
use crate::domain::fact::{Part, PartKind};
use crate::domain::reason::Reason;

fn processed(code: &str) -> Vec<Past> {
    vec![
        submitted("2026-11-20 08:00", code),
        accepted("2026-11-20 09:00", 7, "2026-12-02 17:00"),
        forwarded("2026-11-20 10:00"),
    ]
}

fn handler_who_signs() -> Actor {
    Actor::new(Role::Handler.name(), HERE, Role::Signer)
}

#[test]
fn an_office_acts_only_on_what_it_has() {
    let elsewhere = || Actor::new("signer", THERE, Role::Signer);
    given(processed(CERTIFICATE))
        .by_actor(elsewhere())
        .when(&C::SignResult { signature: None })
        .then_refused("WRONG_OFFICE");
    let lodge_elsewhere = C::Draft {
        procedure: procedure(PERMIT),
        office: office(THERE),
    };
    given([])
        .when(&lodge_elsewhere)
        .then_refused("WRONG_OFFICE");
}

#[test]
fn an_applicant_acts_only_on_their_own_dossier() {
    let other = Actor::new("somebody", NO_OFFICE, Role::Applicant);
    given(processed(CERTIFICATE))
        .by_actor(other)
        .when(&C::RequestWithdrawal)
        .then_refused("NOT_THE_APPLICANT");
    given(processed(CERTIFICATE))
        .by_actor(applicant())
        .when(&C::RequestWithdrawal)
        .then(&[E::WithdrawalRequested(NOTHING)]);
}

#[test]
fn what_an_officer_drafts_names_the_applicant_who_alone_can_submit_it() {
    let (code, place) = (procedure(PERMIT), office(HERE));
    let draft = C::Draft {
        procedure: code.clone(),
        office: place.clone(),
    };
    given([]).when(&draft).then_refused("DETAILS_REQUIRED");
    let mut receiver = officer(Role::Receiver);
    receiver.on_behalf_of = Some(applicant().id);
    let drafted = || {
        let taken = given([])
            .by_actor(receiver.clone())
            .when(&draft)
            .then_taken();
        taken.and().with(|given| given.parts.push(details()))
    };
    let submit = C::Submit {
        procedure: code,
        office: place,
        capability: None,
        assisted_by: None,
    };
    drafted().when(&submit).then_refused("WRONG_ROLE");
    drafted()
        .by_actor(Actor::new("somebody", NO_OFFICE, Role::Applicant))
        .when(&submit)
        .then_refused("NOT_THE_APPLICANT");
    let submitted = drafted().by_actor(applicant()).when(&submit).then_taken();
    assert_eq!(submitted.dossier.phase, Phase::Submitted);
}

#[test]
fn the_handler_signs_only_where_the_procedure_lets_one_person_do_both() {
    given(processed(PERMIT))
        .by_actor(handler_who_signs())
        .when(&C::SignResult { signature: None })
        .then_refused("SIGNER_IS_HANDLER");
    given(processed(PERMIT))
        .by(Role::Signer)
        .when(&C::SignResult { signature: None })
        .then_taken();
    given(processed(CERTIFICATE))
        .by_actor(handler_who_signs())
        .when(&C::SignResult { signature: None })
        .then_taken();
}

#[test]
fn a_new_version_of_the_procedure_does_not_loosen_the_rules_of_an_accepted_dossier() {
    let mut second = record(PERMIT);
    second.version = 2;
    second.same_signer_allowed = true;
    given(processed(PERMIT))
        .knowing(&crate::domain::reference::ReferenceEvent::ProcedurePublished(second))
        .by_actor(handler_who_signs())
        .when(&C::SignResult { signature: None })
        .then_refused("SIGNER_IS_HANDLER");
}

#[test]
fn correcting_details_keeps_the_state_and_replaces_the_part() {
    let corrected = || Part {
        c: "B".repeat(43) + "=",
        ..details()
    };
    let mut before = processed(CERTIFICATE);
    before.push(past("2026-11-20 11:00", E::ResultDrafted(NOTHING)));
    given(before.clone())
        .because(Reason::TypingError)
        .when(&C::CorrectApplicantDetails)
        .then_refused("DETAILS_REQUIRED");
    given(before.clone())
        .with(|given| given.parts.push(corrected()))
        .when(&C::CorrectApplicantDetails)
        .then_refused("REASON_REQUIRED");
    let after = given(before)
        .because(Reason::TypingError)
        .with(|given| given.parts.push(corrected()))
        .when(&C::CorrectApplicantDetails)
        .then(&[E::ApplicantDetailsCorrected(NOTHING)])
        .with_promise("2026-12-02 17:00", "2026-12-02 17:00");
    assert_eq!(after.dossier.phase, Phase::ResultDrafted);
    let part = after.dossier.part(PartKind::Applicant);
    assert_eq!(part.map(|(part, _)| part), Some(&corrected()));
}

#[test]
fn a_denied_withdrawal_returns_to_the_state_before_and_leaves_the_clock_alone() {
    let mut waiting = processed(CERTIFICATE);
    waiting.push(asked(
        "2026-11-23 09:00",
        crate::domain::dossier::Stage::Appraisal,
        1,
    ));
    let before = given(waiting)
        .by_actor(applicant())
        .when(&C::RequestWithdrawal)
        .then_taken();
    let turn = before.dossier.turn().cloned();
    assert_eq!(before.dossier.phase, Phase::WithdrawalRequested);
    let after = before
        .and()
        .by(Role::Signer)
        .because(Reason::Other)
        .when(&C::DenyWithdrawal)
        .then(&[E::WithdrawalDenied(NOTHING)]);
    let waiting = Phase::AwaitingSupplement(crate::domain::dossier::Stage::Appraisal);
    assert_eq!(after.dossier.phase, waiting);
    assert_eq!(after.dossier.turn().cloned(), turn);
}

#[test]
fn a_denied_withdrawal_says_why() {
    let mut asked = processed(CERTIFICATE);
    asked.push(past("2026-11-23 09:00", E::WithdrawalRequested(NOTHING)));
    given(asked)
        .by(Role::Signer)
        .when(&C::DenyWithdrawal)
        .then_refused("REASON_REQUIRED");
}
