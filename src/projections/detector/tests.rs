//! The computations on facts that no command can make, and at the edges of their thresholds.

use jiff::civil::date;
use uuid::Uuid;

use super::sightings::Sighting;
use super::*;
use crate::domain::calendar::Calendar;
use crate::domain::detector::rule;
use crate::projections::trace::Seen;

fn at(text: &str) -> Moment {
    Moment::from_local(text.parse().expect("a local time"))
}

/// A fact of the district's office.
fn fact(position: u64, kind: &str, when: &str) -> Sighting {
    Sighting {
        position,
        kind: kind.to_owned(),
        office: "H99.40".to_owned(),
        at: at(when),
        actor: "signer-01".to_owned(),
        claimed_at: None,
        received_at: None,
        is_breach: false,
        documented: false,
        seen: Seen::Plain,
        number: Some(position),
        dossier: None,
        code: Some(format!("H99.40-250304-{position:04}")),
        procedure: "1.004222".to_owned(),
        channel: Some("counter".to_owned()),
        applicant: None,
        lodged_at: None,
        delivered_at: None,
        accepted_at: None,
        due_at: None,
        taken_in: None,
        apologies: 0,
        told_of: None,
    }
}

fn decision(position: u64, when: &str) -> Sighting {
    fact(position, "dossier.result_signed", when)
}

fn number(position: u64, sequence: u32) -> Sighting {
    Sighting {
        number: None,
        code: None,
        seen: Seen::Number {
            sequence,
            code: format!("H99.40-250304-{sequence:04}"),
        },
        ..fact(position, "register.entered", "2025-03-04T09:00")
    }
}

fn reference() -> Reference {
    let mut reference = Reference::default();
    reference.calendar = calendar();
    reference
}

fn calendar() -> Calendar {
    Calendar::shipped().into_iter().collect()
}

fn known(code: &str) -> &'static Rule {
    rule(code).expect("a shipped rule")
}

#[test]
fn a_number_that_no_fact_accounts_for_is_found_between_its_neighbours() {
    let rule = known("missing_numbers");
    let whole = [number(3, 1), number(5, 2), number(9, 3)];
    assert!(numbers::missing(rule, &whole).is_empty());
    let holed = [number(3, 2), number(5, 3), number(9, 6)];
    let found = numbers::missing(rule, &holed);
    let told: Vec<_> = found
        .iter()
        .map(|one| (one.amount, one.positions.clone()))
        .collect();
    assert_eq!(told, [(1, vec![3]), (2, vec![5, 9])]);
}

#[test]
fn a_number_in_a_block_is_accounted_for_and_what_is_left_of_it_is_no_spoiled_slip() {
    let block = |position, first, last| Sighting {
        seen: Seen::Block { first, last },
        ..number(position, first)
    };
    let missing = |numbers: &[Sighting]| numbers::missing(known("missing_numbers"), numbers).len();
    let all = [number(3, 1), block(4, 2, 9), number(5, 10), number(6, 4)];
    assert_eq!(missing(&all), 0);
    assert_eq!(missing(&[number(3, 1), block(4, 3, 9), number(5, 11)]), 2);
    let late = Sighting {
        at: at("2025-03-05T08:00"),
        ..number(7, 8)
    };
    assert_eq!(
        missing(std::slice::from_ref(&late)),
        0,
        "of yesterday's block"
    );
    let voided = |position, sequence| Sighting {
        kind: "register.code_voided".to_owned(),
        ..number(position, sequence)
    };
    let (left, spoiled) = (
        [block(4, 1, 9), voided(5, 2), voided(6, 3), voided(7, 4)],
        [voided(5, 2), voided(6, 3), voided(7, 4)],
    );
    let rule = known("voided_numbers");
    assert!(numbers::voided(rule, &left, 3).is_empty());
    assert_eq!(numbers::voided(rule, &spoiled, 3).len(), 1);
}

#[test]
fn a_month_is_crowded_when_enough_of_enough_fall_on_its_last_working_days() {
    let rule = known("month_end_burst");
    // The last two working days of March 2025 are Friday 28 and Monday 31.
    let days = [
        "2025-03-10T09:00",
        "2025-03-27T16:00",
        "2025-03-28T09:00",
        "2025-03-31T16:00",
    ];
    let all: Vec<Sighting> = (0..4)
        .zip(days)
        .map(|(at, day)| decision(at, day))
        .collect();
    let found = decisions::month_ends(rule, &all, &calendar(), (2, 50, 4));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].rate, Some((2, 4)));
    assert_eq!(
        (found[0].from, found[0].to),
        (date(2025, 3, 1), date(2025, 3, 31))
    );
    assert_eq!(found[0].positions, [2, 3]);
    let none = |thresholds| decisions::month_ends(rule, &all, &calendar(), thresholds).is_empty();
    assert!(none((2, 51, 4)), "not enough of them");
    assert!(none((2, 50, 5)), "not of enough");
    assert!(none((1, 50, 4)), "of one day only one");
}

#[test]
fn the_break_at_noon_is_nobodys_business_and_the_program_keeps_no_hours() {
    let rule = known("out_of_hours");
    let by_program = Sighting {
        actor: crate::domain::actor::Actor::system().id,
        ..decision(5, "2025-03-05T23:00")
    };
    let all = [
        decision(1, "2025-03-05T12:30"),
        decision(2, "2025-03-05T17:59"),
        decision(3, "2025-03-05T18:00"),
        decision(4, "2025-03-08T10:00"),
        by_program,
    ];
    let all: Vec<&Sighting> = all.iter().collect();
    let found = decisions::out_of_hours(rule, &all, &reference(), 60);
    let told: Vec<_> = found
        .iter()
        .map(|one| (one.positions[0], one.amount))
        .collect();
    assert_eq!(told, [(3, 60), (4, 24 * 60)]);
}

#[test]
fn papers_go_on_the_same_day_and_those_of_the_afternoon_by_the_next_morning() {
    let rule = known("forwarded_late");
    let thresholds = (
        jiff::civil::time(15, 0, 0, 0),
        jiff::civil::time(10, 0, 0, 0),
    );
    let late = |accepted: &str, forwarded: &str, channel: &str| {
        let forward = Sighting {
            accepted_at: Some(at(accepted)),
            channel: Some(channel.to_owned()),
            ..fact(1, "dossier.forwarded", forwarded)
        };
        !numbers::forwarded_late(rule, &[forward], &calendar(), thresholds).is_empty()
    };
    assert!(!late("2025-03-07T15:00", "2025-03-07T16:59", "counter"));
    assert!(late("2025-03-07T15:00", "2025-03-10T07:01", "counter"));
    // Friday afternoon: until Monday at ten.
    assert!(!late("2025-03-07T15:01", "2025-03-10T10:00", "post"));
    assert!(late("2025-03-07T15:01", "2025-03-10T10:01", "post"));
    assert!(!late("2025-03-07T09:00", "2025-03-12T09:00", "online"));
}

#[test]
fn only_what_stops_the_clock_is_a_suspension() {
    let rule = known("suspended_without_document");
    let asked = |at_appraisal, documented| Sighting {
        documented,
        seen: Seen::Supplement {
            at_appraisal,
            number: 1,
            items: 1,
        },
        ..fact(1, "dossier.supplement_requested", "2025-03-05T09:00")
    };
    let found = |one| promises::without_document(rule, &[one]).len();
    assert_eq!(found(asked(true, false)), 1);
    assert_eq!(found(asked(true, true)), 0);
    assert_eq!(found(asked(false, false)), 0, "at intake no clock runs");
    let tax = |pauses| Sighting {
        seen: Seen::Obligation { pauses },
        ..fact(2, "dossier.financial_obligation_issued", "2025-03-05T09:00")
    };
    assert_eq!(found(tax(true)), 1);
    assert_eq!(found(tax(false)), 0);
}

#[test]
fn findings_have_an_order_of_their_own() {
    let place = |position, rule, office: &str| Place {
        position,
        rule,
        office: office.to_owned(),
    };
    let mut places = [
        place(9, 0, "H99.40"),
        place(3, 2, "H99.40"),
        place(3, 1, "H99.41"),
    ];
    places.sort();
    assert_eq!(
        places.map(|place| (place.position, place.rule)),
        [(3, 1), (3, 2), (9, 0)]
    );
}

#[test]
fn a_dossier_that_comes_back_to_who_passed_it_on_is_found_and_one_that_goes_on_is_not() {
    let passed = |position, from: &str, to: &str| Sighting {
        number: Some(7),
        seen: Seen::Redirect {
            from: from.to_owned(),
            to: to.to_owned(),
        },
        ..fact(position, "dossier.redirected", "2025-03-04T09:00")
    };
    let rule = known("passed_back");
    let on = [passed(1, "A", "B"), passed(2, "B", "C")];
    assert!(withdrawals::passed_back(rule, &on).is_empty());
    let back = [
        passed(1, "A", "B"),
        passed(2, "B", "A"),
        passed(3, "A", "B"),
    ];
    let found = withdrawals::passed_back(rule, &back);
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].amount, found[0].positions.as_slice()),
        (2, &[1, 2, 3][..])
    );
    let other = Sighting {
        number: Some(8),
        ..passed(2, "B", "A")
    };
    assert!(withdrawals::passed_back(rule, &[passed(1, "A", "B"), other]).is_empty());
}

#[test]
fn a_leg_sent_back_twice_is_found_and_once_is_not() {
    let sent = |position, number, leg| Sighting {
        number: Some(number),
        seen: Seen::SentBack {
            leg: Uuid::from_u128(leg),
        },
        ..fact(position, "dossier.sent_back", "2025-03-04T09:00")
    };
    let rule = known("sent_back_repeatedly");
    // Leg 9 found mistakes in two others once each; the first of these is sent back by another one too.
    let all = [sent(1, 9, 7), sent(2, 9, 8), sent(3, 10, 7)];
    let found = withdrawals::sent_back(rule, &all, 2);
    let told: Vec<_> = found
        .iter()
        .map(|one| (one.amount, &one.positions))
        .collect();
    assert_eq!(told, [(2, &vec![1, 3])]);
}

#[test]
fn three_dossiers_of_one_applicant_and_procedure_on_one_day_are_found_as_one_that_was_split() {
    let filed = |position, applicant: Option<&str>, procedure: &str, when: &str| Sighting {
        applicant: applicant.map(str::to_owned),
        procedure: procedure.to_owned(),
        ..fact(position, "dossier.submitted", when)
    };
    let rule = known("split_dossiers");
    let split = |all: &[Sighting]| withdrawals::split(rule, &all.iter().collect::<Vec<_>>(), 3);
    let (who, day) = (Some("citizen-1"), "2025-03-04T09:00");
    let three = [
        filed(1, who, "P", day),
        filed(2, who, "P", day),
        filed(3, who, "P", day),
    ];
    let found = split(&three);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].amount, found[0].codes.len()), (3, 3));
    for third in [
        filed(3, Some("citizen-2"), "P", day),
        filed(3, None, "P", day),
        filed(3, who, "Q", day),
        filed(3, who, "P", "2025-03-05T09:00"),
    ] {
        let [first, second, _] = three.clone();
        assert!(split(&[first, second, third]).is_empty());
    }
}
