//! What the program records by itself: the miss at the hour, the move by a notice; and hours and outages on the way.

use super::given::{CERTIFICATE, in_processing};
use super::given::{Given, Past, accepted, answered, asked, at, forwarded, given, past, submitted};
use crate::domain::actor::{Actor, Role};
use crate::domain::calendar::{Notice, NoticeChange, OfficeHours};
use crate::domain::dossier::{
    DossierCommand as C, DossierEvent as E, DueDateCause, DueDateRecomputed, Stage,
};
use crate::domain::law::Certainty;
use crate::domain::reference::ReferenceEvent;

const NUMBER: &str = "9999/TB-BNV";

fn notice(change: NoticeChange) -> ReferenceEvent {
    ReferenceEvent::NoticeIssued(Notice {
        number: NUMBER.to_owned(),
        issued_on: "2026-11-20".parse().expect("a day"),
        legal_basis: "Labour Code 45/2019/QH14 art. 112.3".to_owned(),
        certainty: Certainty::Verified,
        change,
    })
}

fn days(off: &[&str], worked: &[&str]) -> ReferenceEvent {
    let all = |days: &[&str]| days.iter().map(|day| day.parse().expect("a day")).collect();
    notice(NoticeChange::Days {
        off: all(off),
        worked: all(worked),
    })
}

/// Monday 23 November off, Saturday 28 worked.
fn swap() -> ReferenceEvent {
    days(&["2026-11-23"], &["2026-11-28"])
}

fn outage(from: &str, to: Option<&str>) -> ReferenceEvent {
    notice(NoticeChange::Outage {
        office: None,
        from: at(from),
        to: to.map(at),
    })
}

fn by_itself(given: Given) -> Given {
    given.by_actor(Actor::system())
}

fn recompute() -> C {
    C::RecomputeDueDate {
        notice: NUMBER.to_owned(),
        cause: 77,
    }
}

/// Accepted on Friday 20 November for two working days: due on Wednesday 25, for the 24th is off.
fn two_days() -> Vec<Past> {
    vec![
        submitted("2026-11-20 08:00", CERTIFICATE),
        accepted("2026-11-20 09:00", 2, "2026-11-25 17:00"),
        forwarded("2026-11-20 10:00"),
    ]
}

#[test]
fn a_notice_after_acceptance_moves_wednesday_to_thursday() {
    let moved = DueDateRecomputed {
        old: at("2026-11-25 17:00"),
        new: at("2026-11-26 17:00"),
        cause: DueDateCause::Notice,
        due_certainty: Certainty::Verified,
        notice: Some(NUMBER.to_owned()),
    };
    let after = by_itself(given(two_days()).knowing(&swap()))
        .at("2026-11-21 09:00")
        .when(&recompute())
        .then(&[E::DueDateRecomputed(moved)])
        .with_promise("2026-11-26 17:00", "2026-11-25 17:00");
    assert_eq!(after.drafts[0].circumstances.cause, Some(77));
    after
        .and()
        .when(&recompute())
        .then_refused("ALREADY_RECORDED");
}

#[test]
fn a_notice_never_brings_a_promise_forward() {
    let worked = days(&[], &["2026-11-21"]);
    by_itself(given(two_days()).knowing(&worked))
        .at("2026-11-20 16:00")
        .when(&recompute())
        .then_refused("ALREADY_RECORDED");
}

#[test]
fn a_paper_that_nobody_recorded_moves_nothing_and_nobody_but_the_program_may() {
    by_itself(given(two_days()))
        .when(&recompute())
        .then_refused("INVALID_RECORD");
    given(two_days())
        .knowing(&swap())
        .by(Role::Signer)
        .when(&recompute())
        .then_refused("WRONG_ROLE");
}

#[test]
fn a_date_named_by_an_apology_moves_off_a_day_that_is_off_by_now() {
    let apology = E::ApologyIssued(crate::domain::dossier::ApologyIssued {
        number: 1,
        old_due_at: at("2026-11-25 17:00"),
        new_due_at: at("2026-11-30 17:00"),
        due_certainty: Certainty::Verified,
        moves_promise: true,
        responsible: None,
    });
    let mut events = two_days();
    events.push(past("2026-11-23 09:00", apology));
    let off = days(&["2026-11-30"], &[]);
    by_itself(given(events).knowing(&off))
        .when(&recompute())
        .then_taken()
        .with_promise("2026-12-01 17:00", "2026-11-25 17:00");
}

#[test]
fn an_answered_supplement_is_no_doing_of_the_notice() {
    let mut events = two_days();
    events.push(asked("2026-11-20 11:00", Stage::Appraisal, 1));
    events.push(answered("2026-11-27 09:00"));
    let late = by_itself(given(events).knowing(&swap())).at("2026-11-27 10:00");
    late.when(&recompute())
        .then_taken()
        .with_promise("2026-11-26 17:00", "2026-11-25 17:00");
}

#[test]
fn the_miss_waits_for_a_supplement_that_was_answered_and_not_yet_accepted() {
    let mut events = two_days();
    events.push(asked("2026-11-20 11:00", Stage::Appraisal, 1));
    events.push(answered("2026-11-27 09:00"));
    by_itself(given(events.clone()))
        .at("2026-11-27 10:00")
        .when(&C::RecordMiss)
        .then_refused("NOT_DUE_YET");
    let missed = by_itself(given(events))
        .at("2026-12-01 17:01")
        .when(&C::RecordMiss);
    let turn = missed.then_taken().dossier.turn().cloned();
    assert_eq!(turn.expect("a turn").missed, [at("2026-12-01 17:00")]);
}

#[test]
fn no_miss_is_recorded_while_the_system_is_down_and_the_clock_continues_from_recovery() {
    let down = || given(in_processing()).knowing(&outage("2026-11-25 08:00", None));
    by_itself(down())
        .at("2026-11-26 17:01")
        .when(&C::RecordMiss)
        .then_refused("NOT_DUE_YET");
    let back = || down().knowing(&outage("2026-11-25 08:00", Some("2026-11-27 09:00")));
    by_itself(back())
        .at("2026-11-27 09:30")
        .when(&C::RecordMiss)
        .then_refused("NOT_DUE_YET");
    let moved = DueDateRecomputed {
        old: at("2026-11-26 17:00"),
        new: at("2026-11-30 17:00"),
        cause: DueDateCause::Outage,
        due_certainty: Certainty::Verified,
        notice: Some(NUMBER.to_owned()),
    };
    by_itself(back())
        .at("2026-11-27 09:30")
        .when(&recompute())
        .then(&[E::DueDateRecomputed(moved)]);
}

#[test]
fn a_promise_is_due_when_the_office_closes_by_the_newest_notice() {
    let until_noon: OfficeHours =
        serde_json::from_str(r#"[{"from":"07:00","to":"12:00"}]"#).expect("hours");
    let change = |office: Option<&str>| {
        notice(NoticeChange::Hours {
            office: office.map(str::to_owned),
            from: "2026-11-26".parse().expect("a day"),
            to: None,
            hours: until_noon.clone(),
        })
    };
    let accept = |events: &ReferenceEvent| {
        given([submitted("2026-11-20 08:00", CERTIFICATE)])
            .knowing(events)
            .at("2026-11-20 09:00")
            .when(&C::Accept)
            .then_taken()
    };
    let due = |event: &ReferenceEvent| accept(event).dossier.turn().expect("a turn").due_at;
    let usual = due(&days(&["2027-03-01"], &[]));
    assert_eq!(usual.local().hour(), 17);
    assert_eq!(due(&change(None)).local().hour(), 12);
    assert_eq!(due(&change(Some("H99"))), usual, "another office's hours");
}
