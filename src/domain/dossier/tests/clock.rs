//! The processing clock: apologies, supplements, endings. In processing since Friday 20 November 2026,
//! due on Thursday 26; Tuesday 24 is a day off.

use jiff::civil::date;

use super::given::*;
use crate::domain::actor::Role;
use crate::domain::dossier::{
    ApologyIssued, DossierCommand as C, DossierEvent as E, DueDateCause, DueDateRecomputed,
    EndKind, ResultSigned, Stage,
};
use crate::domain::fact::BreachRule;
use crate::domain::law::{Certainty, SupplementClock};
use crate::domain::reason::Reason;

const DUE: &str = "2026-11-26 17:00";

fn apologise(month: i8, day: i8) -> C {
    C::IssueApology {
        new_due_on: date(2026, month, day),
        responsible: None,
    }
}

fn apologising(when: &str) -> Given {
    given(in_processing())
        .at(when)
        .by(Role::Signer)
        .because(Reason::Workload)
}

#[test]
fn a_lawful_apology_moves_the_current_and_never_the_original_due_date() {
    let apology = ApologyIssued {
        number: 1,
        old_due_at: at(DUE),
        new_due_at: at("2026-12-01 17:00"),
        due_certainty: Certainty::Verified,
        moves_promise: true,
        responsible: None,
    };
    apologising("2026-11-25 16:00")
        .when(&apologise(12, 1))
        .then(&[E::ApologyIssued(apology)])
        .with_breach(None)
        .with_promise("2026-12-01 17:00", DUE);
}

#[test]
fn a_late_apology_is_a_breach_and_moves_no_promise() {
    for late in ["2026-11-26 08:00", "2026-11-27 08:00"] {
        apologising(late)
            .when(&apologise(12, 1))
            .then_taken()
            .with_breach(Some(BreachRule::LateApology))
            .with_promise(DUE, DUE);
    }
}

#[test]
fn a_second_apology_is_a_breach_and_moves_no_promise() {
    let once = apologising("2026-11-23 08:00")
        .when(&apologise(12, 1))
        .then_taken();
    once.and()
        .at("2026-11-27 08:00")
        .because(Reason::Workload)
        .when(&apologise(12, 8))
        .then_taken()
        .with_breach(Some(BreachRule::RepeatedApology))
        .with_promise("2026-12-01 17:00", DUE);
}

#[test]
fn an_apology_says_why_and_names_a_day_that_is_still_to_come() {
    given(in_processing())
        .by(Role::Signer)
        .when(&apologise(12, 1))
        .then_refused("REASON_REQUIRED");
    apologising("2026-11-23 08:00")
        .when(&apologise(11, 26))
        .then_refused("NEW_DATE_TOO_EARLY");
    apologising("2026-12-03 08:00")
        .when(&apologise(12, 2))
        .then_refused("NEW_DATE_TOO_EARLY");
}

#[test]
fn an_apology_into_a_year_without_a_notice_is_provisional() {
    let into_2027 = C::IssueApology {
        new_due_on: date(2027, 1, 5),
        responsible: None,
    };
    let after = apologising("2026-11-23 08:00")
        .when(&into_2027)
        .then_taken();
    let turn = after.dossier.turn().expect("a turn");
    assert_eq!(turn.due_certainty, Certainty::Provisional);
    let into_2028 = C::IssueApology {
        new_due_on: date(2028, 1, 5),
        responsible: None,
    };
    apologising("2026-11-23 08:00")
        .when(&into_2028)
        .then_refused("CALENDAR_YEAR_UNKNOWN");
}

/// Asked on Monday 23, answered a week later, under the policy and model named.
fn supplemented(policy: &str, model: SupplementClock) -> Given {
    given([
        submitted("2026-11-20 08:00", CERTIFICATE),
        accepted_under(policy, model, "2026-11-20 09:00", 3, DUE),
        forwarded("2026-11-20 10:00"),
        asked("2026-11-23 09:00", Stage::Appraisal, 1),
        answered("2026-11-30 09:00"),
    ])
}

#[track_caller]
fn then_moved_to(given: Given, new: &str) {
    let moved = DueDateRecomputed {
        old: at(DUE),
        new: at(new),
        cause: DueDateCause::Supplement,
        due_certainty: Certainty::Verified,
        notice: None,
    };
    given
        .when(&C::AcceptSupplement)
        .then(&[E::SupplementAccepted(NOTHING), E::DueDateRecomputed(moved)])
        .with_promise(new, DUE);
}

#[test]
fn a_paused_clock_moves_the_due_date_by_a_fact_of_its_own() {
    let paused = supplemented("one-stop-2025/1", SupplementClock::Pause);
    then_moved_to(paused, "2026-12-02 17:00");
}

#[test]
fn a_reset_clock_counts_the_whole_limit_again() {
    let reset = supplemented("one-stop-2025/1", SupplementClock::Reset);
    then_moved_to(reset, "2026-12-03 17:00");
}

#[test]
fn a_supplement_answered_within_the_day_moves_nothing() {
    let mut past = in_processing();
    past.push(asked("2026-11-23 09:00", Stage::Appraisal, 1));
    past.push(answered("2026-11-23 11:00"));
    given(past)
        .when(&C::AcceptSupplement)
        .then(&[E::SupplementAccepted(NOTHING)])
        .with_promise(DUE, DUE);
}

#[test]
fn a_supplement_never_brings_an_apologised_date_forward() {
    let apologised = apologising("2026-11-20 11:00")
        .when(&apologise(12, 22))
        .then_taken();
    let asked = apologised
        .and()
        .at("2026-11-23 09:00")
        .by(Role::Receiver)
        .because(Reason::MissingComponent)
        .when(&C::RequestSupplement {
            items: vec![1],
            approved_by: None,
        })
        .then_taken();
    let answered = asked
        .and()
        .at("2026-11-30 09:00")
        .by_actor(applicant())
        .when(&C::SubmitSupplement)
        .then_taken();
    answered
        .and()
        .by(Role::Handler)
        .when(&C::AcceptSupplement)
        .then(&[E::SupplementAccepted(NOTHING)])
        .with_promise("2026-12-22 17:00", DUE);
}

#[test]
fn an_accepted_dossier_stays_under_the_policy_it_was_received_under() {
    let asked = given([
        submitted("2025-06-27 08:00", PERMIT),
        accepted_under(
            "one-stop-2018/1",
            SupplementClock::Reset,
            "2025-06-27 09:00",
            7,
            "2025-07-08 17:00",
        ),
        forwarded("2025-06-27 10:00"),
    ])
    .at("2025-07-02 09:00")
    .by(Role::Receiver)
    .because(Reason::MissingComponent)
    .when(&C::RequestSupplement {
        items: vec![1],
        approved_by: None,
    })
    .then_taken();
    let policy = asked.drafts[0].circumstances.policy.as_deref();
    assert_eq!(policy, Some("one-stop-2018/1"));
    let answered = asked
        .and()
        .at("2025-07-07 09:00")
        .by_actor(applicant())
        .when(&C::SubmitSupplement)
        .then_taken();
    answered
        .and()
        .by(Role::Handler)
        .when(&C::AcceptSupplement)
        .then_taken()
        .with_promise("2025-07-16 17:00", "2025-07-08 17:00");
}

#[test]
fn what_is_still_deficient_pauses_the_clock_again() {
    let again = supplemented("one-stop-2025/1", SupplementClock::Pause)
        .at("2026-12-01 09:00")
        .because(Reason::IncorrectComponent)
        .when(&C::FindStillDeficient)
        .then(&[E::SupplementStillDeficient(NOTHING)]);
    let turn = again.dossier.turn().expect("a turn");
    assert_eq!(turn.paused_since, Some(at("2026-12-01 09:00")));
    assert_eq!(turn.pauses.len(), 1);
}

#[test]
fn the_clock_ends_when_the_signature_is_recorded_whatever_is_claimed() {
    let after = given(in_processing())
        .at("2026-11-27 09:00")
        .by(Role::Signer)
        .because(Reason::Workload)
        .with(|given| given.occurred_at = Some(at("2026-11-25 09:00")))
        .when(&C::SignResult { signature: None })
        .then(&[
            E::ResultSigned(ResultSigned::default()),
            E::ProcessingCompleted(NOTHING),
        ]);
    let ending = after.dossier.turn().and_then(|turn| turn.ending);
    let ending = ending.expect("an ended turn");
    assert_eq!(ending.at, at("2026-11-27 09:00"));
    assert_eq!(ending.kind, EndKind::Completed);
    let claimed = after.drafts[0].circumstances.occurred_at;
    assert_eq!(claimed, Some(at("2026-11-25 09:00")), "kept, not counted");
}

#[test]
fn a_refusal_after_the_due_day_is_a_breach() {
    let refusing = |when: &str| {
        given(in_processing())
            .at(when)
            .by(Role::Signer)
            .because(Reason::NotEligible)
            .when(&C::RefuseResolution)
            .then(&[E::ResolutionRefused(NOTHING)])
    };
    refusing("2026-11-26 18:00").with_breach(None);
    refusing("2026-11-27 07:00").with_breach(Some(BreachRule::LateRefusal));
}

#[test]
fn a_signature_after_the_promised_day_is_recorded_as_a_breach_whatever_is_claimed() {
    let signing = |when: &str| {
        let after = given(in_processing())
            .at(when)
            .by(Role::Signer)
            .with(|given| {
                given.occurred_at = Some(at("2026-11-25 09:00"));
                given.reason = Some(Reason::Workload);
            })
            .when(&C::SignResult { signature: None })
            .then(&[
                E::ResultSigned(ResultSigned::default()),
                E::ProcessingCompleted(NOTHING),
            ]);
        after.dossier.breaches
    };
    assert_eq!(signing("2026-11-26 18:00"), []);
    assert_eq!(signing("2026-11-27 07:00"), [BreachRule::LateResult]);
}

#[test]
fn a_late_signature_says_why_unless_an_apology_has() {
    let sign = C::SignResult { signature: None };
    given(in_processing())
        .at("2026-11-27 07:00")
        .by(Role::Signer)
        .when(&sign)
        .then_refused("REASON_REQUIRED");
    given(in_processing())
        .at("2026-11-26 16:00")
        .by(Role::Signer)
        .when(&sign)
        .then(&[
            E::ResultSigned(ResultSigned::default()),
            E::ProcessingCompleted(NOTHING),
        ]);
}

#[test]
fn a_signature_within_a_renewed_promise_is_no_breach() {
    let apologised = given(in_processing())
        .at("2026-11-24 09:00")
        .by(Role::Signer)
        .because(Reason::Workload)
        .when(&C::IssueApology {
            new_due_on: at("2026-12-03 09:00").date(),
            responsible: None,
        })
        .then_taken();
    let signed = apologised
        .and()
        .at("2026-12-03 18:00")
        .by(Role::Signer)
        .when(&C::SignResult { signature: None })
        .then_taken();
    assert_eq!(signed.dossier.breaches, []);
}
