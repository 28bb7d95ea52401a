//! The table of status codes, checked state by state; what is owed, and what is beyond its limit.

use uuid::Uuid;

use super::*;
use crate::domain::actor::Actor;
use crate::domain::calendar::Calendar;
use crate::domain::code::{DossierCode, OfficeCode, ProcedureCode};
use crate::domain::dossier::{
    Channel, DeliveryMethod, Dossier, DossierEvent, HandedOver, Lodged, Nothing, Obligation,
    ObligationKind, ObligationState, Phase, RedirectKind, Redirected, Stage, SyncOutcome,
    SyncRecorded,
};
use crate::domain::fact::Circumstances;
use crate::domain::law::Certainty;
use crate::domain::reference::Reference;
use crate::domain::time::Moment;

const OFFICE: &str = "H38.40.01";
const MINUTE: i64 = 60 * Moment::SECOND;

#[track_caller]
fn at(text: &str) -> Moment {
    Moment::from_local(text.parse().expect("a local time"))
}

fn office(code: &str) -> OfficeCode {
    code.parse().expect("an office")
}

fn happens(dossier: &mut Dossier, event: &DossierEvent, when: &str) {
    let around = Circumstances::default();
    dossier.evolve(event, &Actor::system(), Uuid::nil(), at(when), &around);
}

fn lodged(when: &str) -> Dossier {
    let mut dossier = Dossier::default();
    let event = DossierEvent::Lodged(Lodged {
        code: "H38.40.01-261123-0001"
            .parse::<DossierCode>()
            .expect("a code"),
        procedure: "1.001193".parse::<ProcedureCode>().expect("a procedure"),
        office: office(OFFICE),
        channel: Channel::Counter,
        capability: None,
        intake_due_at: None,
        assisted_by: None,
        leg_of: None,
        case: None,
    });
    happens(&mut dossier, &event, when);
    dossier
}

fn told(outcome: SyncOutcome, status: Option<u16>, of: Option<u32>) -> DossierEvent {
    DossierEvent::SyncRecorded(SyncRecorded {
        system: SYSTEM.to_owned(),
        outcome,
        remote_status: status,
        attempt: 1,
        of,
        refusal: None,
    })
}

/// The table of `TrangThaiHoSo`, row by row.
fn expected(phase: Phase) -> Option<u8> {
    Some(match phase {
        Phase::Absent | Phase::Draft => return None,
        Phase::Submitted | Phase::Redirected => 1,
        Phase::Accepted => 2,
        Phase::NotAccepted => 3,
        Phase::WithAgencies
        | Phase::AwaitingCorrection
        | Phase::InProcessing
        | Phase::Supplemented
        | Phase::ResultDrafted
        | Phase::ResultApproved => 4,
        Phase::AwaitingSupplement(Stage::Intake | Stage::Appraisal) => 5,
        Phase::AwaitingPayment => 6,
        Phase::WithdrawalRequested | Phase::Withdrawn => 7,
        Phase::Refused | Phase::Stopped => 8,
        Phase::Completed => 9,
        Phase::Returned => 10,
    })
}

#[test]
fn every_state_has_the_code_of_the_table() {
    for phase in Phase::ALL {
        let dossier = Dossier {
            phase,
            ..Dossier::default()
        };
        let code = PortalStatus::of(&dossier).map(PortalStatus::code);
        assert_eq!(code, expected(phase), "{phase:?}");
        assert_eq!(phase.portal_code(), expected(phase), "{phase:?}");
    }
}

#[test]
fn money_that_is_waited_for_and_a_result_handed_over_show_whatever_the_state_says() {
    let obligation = Obligation {
        number: 1,
        kind: ObligationKind::Obligation,
        amount_vnd: 1_000,
        due_on: None,
        pauses: true,
        state: ObligationState::Requested,
        method: None,
        receipt: None,
        refunded_vnd: 0,
    };
    let mut dossier = Dossier {
        phase: Phase::InProcessing,
        obligations: vec![obligation],
        ..Dossier::default()
    };
    let of = |dossier: &Dossier| PortalStatus::of(dossier).map(PortalStatus::code);
    assert_eq!(of(&dossier), Some(6));
    dossier.phase = Phase::AwaitingSupplement(Stage::Appraisal);
    assert_eq!(of(&dossier), Some(5), "the applicant is waited for first");
    dossier.phase = Phase::Completed;
    assert_eq!(of(&dossier), Some(9));
    dossier.delivered = Some(DeliveryMethod::Post);
    assert_eq!(of(&dossier), Some(10));
}

#[test]
fn codes_from_one_to_ten_are_statuses_and_no_others() {
    let known: Vec<u16> = (0..=40)
        .filter(|code| PortalStatus::from_code(*code).is_some())
        .collect();
    assert_eq!(known, (1..=10).collect::<Vec<_>>());
}

#[test]
fn what_is_owed_is_owed_until_the_portal_acknowledges_that_very_fact() {
    let mut dossier = lodged("2026-11-23T08:00");
    happens(
        &mut dossier,
        &DossierEvent::ProcessingStopped(Nothing {}),
        "2026-11-23T09:00",
    );
    let standing = Standing::of(&dossier);
    assert_eq!(standing.owed_since, Some(at("2026-11-23T08:00")));
    assert_eq!(standing.end_owed_since, Some(at("2026-11-23T09:00")));
    let first = told(SyncOutcome::Acknowledged, Some(1), Some(1));
    happens(&mut dossier, &first, "2026-11-23T09:01");
    let standing = Standing::of(&dossier);
    assert_eq!(standing.owed_since, Some(at("2026-11-23T09:00")));
    assert_eq!(
        (standing.remote_status, standing.differs()),
        (Some(1), true)
    );
    let second = told(SyncOutcome::Acknowledged, Some(8), Some(2));
    happens(&mut dossier, &second, "2026-11-23T09:02");
    let standing = Standing::of(&dossier);
    assert_eq!((standing.owed_since, standing.end_owed_since), (None, None));
    assert!(!standing.differs());
}

#[test]
fn an_answer_of_another_system_is_no_act_and_owes_nothing() {
    let mut dossier = lodged("2026-11-23T08:00");
    let failed = told(SyncOutcome::Failed, None, Some(1));
    happens(&mut dossier, &failed, "2026-11-23T08:01");
    assert_eq!((dossier.version, dossier.acted), (2, 1));
    assert_eq!(dossier.untold.len(), 1);
}

#[test]
fn an_acknowledgement_noted_by_hand_settles_all_when_the_status_is_the_same() {
    let mut dossier = lodged("2026-11-23T08:00");
    let other = told(SyncOutcome::Acknowledged, Some(14), None);
    happens(&mut dossier, &other, "2026-11-23T08:01");
    let standing = Standing::of(&dossier);
    assert!(standing.owed_since.is_some());
    assert_eq!(standing.remote_status, Some(14), "data, not an error");
    let same = told(SyncOutcome::Acknowledged, Some(1), None);
    happens(&mut dossier, &same, "2026-11-23T08:02");
    assert_eq!(Standing::of(&dossier).owed_since, None);
}

#[test]
fn every_alarm_has_one_limit_with_its_legal_basis() {
    for alarm in [
        Alarm::EndNotSynchronised,
        Alarm::NextAgencySilent,
        Alarm::NextLegNotOpened,
        Alarm::OutageNotFixed,
    ] {
        let found = limits().iter().filter(|limit| limit.alarm == alarm);
        assert_eq!(found.count(), 1, "{alarm:?}");
        let limit = limit(alarm).expect("a limit");
        assert!(limit.legal_basis.contains("301/2026"));
        assert_ne!(limit.certainty, Certainty::Illustrative);
    }
}

fn raised(standing: &Standing, now: Moment) -> Vec<Alarm> {
    let mut reference = Reference::default();
    for year in Calendar::shipped() {
        reference.calendar.declare(year);
    }
    let alarms = alarms(standing, now, &reference, true);
    alarms.iter().map(|limit| limit.alarm).collect()
}

#[test]
fn an_end_that_is_not_acknowledged_after_ten_minutes_raises_the_alarm() {
    let mut dossier = lodged("2026-11-23T08:00");
    happens(
        &mut dossier,
        &DossierEvent::ProcessingStopped(Nothing {}),
        "2026-11-23T09:00",
    );
    let standing = Standing::of(&dossier);
    let end = at("2026-11-23T09:00");
    assert!(raised(&standing, end.plus(10 * MINUTE)).is_empty());
    let late = end.plus(10 * MINUTE + 1);
    assert_eq!(raised(&standing, late), [Alarm::EndNotSynchronised]);
    assert!(alarms(&standing, late, &Reference::default(), false).is_empty());
    let next_day = at("2026-11-24T08:01");
    assert_eq!(
        raised(&standing, next_day),
        [Alarm::EndNotSynchronised, Alarm::OutageNotFixed]
    );
}

#[test]
fn what_was_refused_for_good_is_owed_and_is_no_outage() {
    let mut dossier = lodged("2026-11-23T08:00");
    let refused = DossierEvent::SyncRecorded(SyncRecorded {
        system: SYSTEM.to_owned(),
        outcome: SyncOutcome::Failed,
        remote_status: None,
        attempt: 1,
        of: Some(1),
        refusal: Some("07".to_owned()),
    });
    happens(&mut dossier, &refused, "2026-11-23T08:01");
    let stopped = DossierEvent::ProcessingStopped(Nothing {});
    let before = Standing::of(&dossier);
    assert_eq!(before.owed_since, Some(at("2026-11-23T08:00")));
    assert_eq!(before.unanswered_since, None);
    assert!(raised(&before, at("2026-11-25T08:00")).is_empty());
    happens(&mut dossier, &stopped, "2026-11-24T09:00");
    let unanswered = told(SyncOutcome::Failed, None, Some(3));
    happens(&mut dossier, &unanswered, "2026-11-24T09:01");
    let after = Standing::of(&dossier);
    assert_eq!(after.unanswered_since, Some(at("2026-11-24T09:00")));
    assert_eq!(
        raised(&after, at("2026-11-24T10:00")),
        [Alarm::EndNotSynchronised]
    );
}

#[test]
fn the_next_agency_has_two_working_hours() {
    let mut dossier = lodged("2026-11-20T15:00");
    let passed_on = DossierEvent::Redirected(Redirected {
        from: office(OFFICE),
        to: office("H38.40.02"),
        kind: RedirectKind::WrongOffice,
    });
    happens(&mut dossier, &passed_on, "2026-11-20T16:00");
    let standing = Standing::of(&dossier);
    assert_eq!(
        standing.next_agency,
        Some((at("2026-11-20T16:00"), "H38.40.02".to_owned()))
    );
    // An hour on Friday, and the second one on Monday: the weekend does not count.
    assert!(raised(&standing, at("2026-11-20T17:00")).is_empty());
    let monday = raised(&standing, at("2026-11-23T08:00"));
    assert!(!monday.contains(&Alarm::NextAgencySilent));
    let later = raised(&standing, at("2026-11-23T08:02"));
    assert!(later.contains(&Alarm::NextAgencySilent));
}

#[test]
fn a_hand_over_within_the_office_waits_for_no_other_agency() {
    let mut dossier = lodged("2026-11-23T08:00");
    let handed = DossierEvent::HandedOver(HandedOver {
        to: "handler-02".to_owned(),
        role: crate::domain::actor::Role::Handler,
        office: None,
        step: None,
    });
    happens(&mut dossier, &handed, "2026-11-23T09:00");
    assert_eq!(Standing::of(&dossier).next_agency, None);
}
