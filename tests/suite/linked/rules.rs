//! The rules of linked dossiers, one sentence each; and that no order of acts ever breaks them.

use motcua::domain::actor::Role;
use motcua::domain::catalogue::LinkageManner::{Electronic, Paper};
use motcua::domain::dossier::{
    DeliveryMethod, DossierCommand as C, EndKind, LegAt, LegOutcome, ObligationKind, PaymentMethod,
    Phase,
};
use proptest::prelude::*;

use super::group::{AGENCY, COUNTER, Group, home, legs, person};
use crate::life_cycle::town::{every_command, everything, office, reference};
use crate::reactions::ground::at;

const BIRTH: &str = "2.000986";
const DEATH: &str = "1.010824";

fn ask() -> C {
    C::RequestSupplement {
        items: vec![1],
        approved_by: Some("approver-1".to_owned()),
    }
}

#[test]
fn electronic_legs_begin_as_soon_as_what_they_need_is_there() {
    let shelf = reference();
    let mut group = Group::accepted(&shelf, DEATH, Electronic, &[2, 3, 4]);
    assert_eq!(group.opened(), [1]);
    assert_eq!(group.whole().phase, Phase::WithAgencies);
    group.settles(1);
    assert_eq!(group.opened(), [1, 2, 3, 4], "all at once");
    group.check();
}

#[test]
fn on_paper_one_leg_follows_the_other() {
    let shelf = reference();
    let mut group = Group::accepted(&shelf, DEATH, Paper, &[2, 3, 4]);
    for place in 1..=4 {
        let opened: Vec<u32> = (1..=place).collect();
        assert_eq!(group.opened(), opened);
        group.settles(place);
    }
    assert_eq!(group.whole().phase, Phase::Completed);
    group.check();
}

#[test]
fn the_longest_limit_of_the_chosen_legs_is_promised() {
    let shelf = reference();
    let three = Group::accepted(&shelf, BIRTH, Electronic, &[2, 3]);
    let due = |group: &Group<'_>| group.whole().turn().expect("a turn").due_at;
    assert_eq!(due(&three), at("2026-11-05 17:00"), "three working days");
    let with_card = Group::accepted(&shelf, BIRTH, Electronic, &[2, 3, 4]);
    assert_eq!(
        due(&with_card),
        at("2026-11-09 17:00"),
        "the card takes five"
    );
}

#[test]
fn every_leg_that_must_be_is_named_once_with_an_office_that_is_there() {
    let shelf = reference();
    let mut group = Group::lodged(&shelf, BIRTH);
    let whole = group.whole;
    let accept = |legs| C::AcceptLinked {
        manner: Electronic,
        legs,
    };
    let mut refuses = |legs: Vec<LegAt>, code| {
        group.refuses(whole, Role::Receiver, COUNTER, &accept(legs), code);
    };
    refuses(legs(&[2]), "LEGS_INVALID");
    refuses(legs(&[2, 3, 3]), "LEGS_INVALID");
    refuses(legs(&[2, 3, 9]), "LEGS_INVALID");
    let mut nowhere = legs(&[2, 3]);
    nowhere[1].office = office("H38.99");
    refuses(nowhere, "UNKNOWN_OFFICE");
    let mut alone = Group::lodged(&shelf, "1.004222");
    let whole = alone.whole;
    let accept = accept(legs(&[]));
    alone.refuses(
        whole,
        Role::Receiver,
        COUNTER,
        &accept,
        "NOT_A_LINKED_PROCEDURE",
    );
}

#[test]
fn with_the_first_leg_refused_the_others_never_begin_and_the_whole_is_refused() {
    let shelf = reference();
    let mut group = Group::accepted(&shelf, BIRTH, Electronic, &[2, 3]);
    group.works_on(1);
    let first = group.leg(1);
    group.does(first, Role::Signer, COUNTER, &C::RefuseResolution);
    let whole = group.whole();
    let outcomes: Vec<_> = whole
        .legs
        .iter()
        .map(|leg| leg.ended.map(|end| end.0))
        .collect();
    let never = Some(LegOutcome::NotBegun);
    assert_eq!(outcomes, [Some(LegOutcome::Refused), never, never]);
    assert_eq!(whole.phase, Phase::Refused);
    group.check();
}

#[test]
fn what_is_withdrawn_as_a_whole_is_withdrawn_from_every_agency() {
    let shelf = reference();
    let mut group = Group::accepted(&shelf, DEATH, Electronic, &[2, 3]);
    group.settles(1);
    let (whole, second) = (group.whole, group.leg(2));
    let part = "PART_OF_LINKED_DOSSIER";
    group.refuses(second, Role::Receiver, AGENCY, &C::RequestWithdrawal, part);
    group.does(whole, Role::Receiver, COUNTER, &C::RequestWithdrawal);
    group.does(whole, Role::Signer, COUNTER, &C::GrantWithdrawal);
    for place in [2, 3] {
        assert_eq!(group.dossier(group.leg(place)).phase, Phase::Withdrawn);
    }
    assert_eq!(
        group.dossier(group.leg(1)).phase,
        Phase::Completed,
        "that is settled"
    );
    let ending = group.whole().turn().and_then(|turn| turn.ending);
    assert_eq!(ending.expect("an end").kind, EndKind::Withdrawn);
}

#[test]
fn while_a_leg_waits_for_the_applicant_the_promise_of_the_whole_waits_too() {
    let shelf = reference();
    let mut group = Group::accepted(&shelf, DEATH, Electronic, &[2, 3]);
    group.settles(1);
    group.works_on(3);
    let third = group.leg(3);
    // Asked on Tuesday, answered on Thursday: two days that are not counted.
    group.at("2026-11-03 10:00");
    group.does(third, Role::Receiver, COUNTER, &ask());
    group.check();
    group.at("2026-11-05 10:00");
    let submit = C::SubmitSupplement;
    group.does(third, Role::Receiver, COUNTER, &submit);
    let turn = group.whole().turn().cloned().expect("a turn");
    assert_eq!(
        turn.original_due_at,
        at("2026-11-27 17:00"),
        "eighteen days, 24/11 off"
    );
    assert_eq!(turn.due_at, at("2026-12-01 17:00"));
    group.check();
}

#[test]
fn a_request_that_was_taken_back_moves_no_promise() {
    let shelf = reference();
    let mut group = Group::accepted(&shelf, DEATH, Electronic, &[2]);
    group.works_on(1);
    let first = group.leg(1);
    group.at("2026-11-03 10:00");
    group.does(first, Role::Receiver, COUNTER, &ask());
    group.at("2026-11-05 10:00");
    group.does(first, Role::Receiver, COUNTER, &C::RetractSupplementRequest);
    let turn = group.whole().turn().expect("a turn");
    assert_eq!(
        (turn.due_at, turn.stoppages.len()),
        (turn.original_due_at, 0)
    );
    group.check();
}

#[test]
fn money_that_a_leg_waits_for_stops_the_whole_as_well() {
    let shelf = reference();
    let mut group = Group::accepted(&shelf, DEATH, Electronic, &[2]);
    group.works_on(1);
    let first = group.leg(1);
    group.at("2026-11-03 10:00");
    let owe = C::IssueFinancialObligation {
        kind: ObligationKind::Obligation,
        amount_vnd: 8_000,
        due_on: None,
    };
    group.does(first, Role::Handler, COUNTER, &owe);
    group.check();
    group.at("2026-11-04 10:00");
    let pay = C::ConfirmPayment {
        number: 1,
        amount_vnd: 8_000,
        method: PaymentMethod::Cash,
        reference: None,
    };
    group.does(first, Role::Cashier, COUNTER, &pay);
    let turn = group.whole().turn().expect("a turn");
    assert!(turn.due_at > turn.original_due_at);
    group.check();
}

#[test]
fn a_result_that_stands_as_it_is_lets_the_leg_that_asked_go_on() {
    let shelf = reference();
    let mut group = Group::accepted(&shelf, BIRTH, Electronic, &[2, 3]);
    group.settles(1);
    group.works_on(2);
    let (first, second) = (group.leg(1), group.leg(2));
    let none = C::DeclineCorrection { place: 2 };
    group.refuses(first, Role::Signer, COUNTER, &none, "CORRECTION_NOT_ASKED");
    let wrong = C::SendBack { place: 3 };
    group.refuses(second, Role::Handler, AGENCY, &wrong, "LEG_RESULT_UNKNOWN");
    group.at("2026-11-03 10:00");
    group.does(second, Role::Handler, AGENCY, &C::SendBack { place: 1 });
    assert_eq!(group.dossier(second).phase, Phase::AwaitingCorrection);
    assert!(group.whole().turn().expect("a turn").paused_since.is_none());
    group.at("2026-11-05 10:00");
    group.does(first, Role::Signer, COUNTER, &none);
    let waited = group.dossier(second);
    assert_eq!(waited.phase, Phase::InProcessing);
    let turn = waited.turn().expect("a turn");
    assert_eq!(turn.original_due_at, at("2026-11-04 17:00"));
    assert_eq!(turn.due_at, turn.original_due_at, "there was no mistake");
    assert!(group.dossier(first).corrections.is_empty());
    group.check();
}

#[test]
fn the_whole_is_settled_by_its_legs_alone() {
    let shelf = reference();
    let mut group = Group::accepted(&shelf, BIRTH, Electronic, &[2, 3]);
    let whole = group.whole;
    let sign = C::SignResult { signature: None };
    group.refuses(whole, Role::Signer, COUNTER, &sign, "WRONG_STATE");
    for place in 1..=3 {
        group.settles(place);
    }
    assert_eq!(group.whole().phase, Phase::Completed);
    let deliver = C::DeliverResult {
        method: DeliveryMethod::Counter,
    };
    group.refuses(whole, Role::Receiver, COUNTER, &deliver, "SETTLED_BY_LEGS");
    for place in 1..=3 {
        assert_ne!(group.whole().phase, Phase::Returned);
        let leg = group.leg(place);
        group.does(leg, Role::Receiver, COUNTER, &deliver);
    }
    assert_eq!(group.whole().phase, Phase::Returned);
    group.check();
}

#[test]
fn nobody_settles_the_whole_before_its_first_leg_has_begun() {
    let shelf = reference();
    let mut group = Group::lodged(&shelf, BIRTH);
    let whole = group.whole;
    let accept = C::AcceptLinked {
        manner: Electronic,
        legs: legs(&[2, 3]),
    };
    group.does(whole, Role::Receiver, COUNTER, &accept);
    let to = "handler-01".to_owned();
    let forward = C::Forward { to };
    group.refuses(whole, Role::Receiver, COUNTER, &forward, "WRONG_STATE");
}

#[test]
fn a_withdrawn_leg_stays_withdrawn_when_its_correction_comes() {
    let shelf = reference();
    let mut group = Group::accepted(&shelf, BIRTH, Electronic, &[2, 3]);
    group.settles(1);
    group.works_on(2);
    let (whole, first, second) = (group.whole, group.leg(1), group.leg(2));
    group.does(second, Role::Handler, AGENCY, &C::SendBack { place: 1 });
    group.does(whole, Role::Receiver, COUNTER, &C::RequestWithdrawal);
    group.does(whole, Role::Signer, COUNTER, &C::GrantWithdrawal);
    assert!(group.dossier(first).corrections.is_empty());
    let correct = C::CorrectResult { number: None };
    group.does(first, Role::Signer, COUNTER, &correct);
    assert_eq!(group.dossier(second).phase, Phase::Withdrawn);
    let outcome = group.whole().leg(2).and_then(|leg| leg.ended);
    assert_eq!(outcome.expect("an end").0, LegOutcome::Withdrawn);
    group.check();
}

#[test]
fn with_its_last_leg_refused_a_whole_whose_results_were_handed_over_is_returned() {
    let shelf = reference();
    let mut group = Group::accepted(&shelf, DEATH, Electronic, &[2]);
    group.settles(1);
    let deliver = C::DeliverResult {
        method: DeliveryMethod::Counter,
    };
    let (first, second) = (group.leg(1), group.leg(2));
    group.does(first, Role::Receiver, COUNTER, &deliver);
    group.works_on(2);
    group.does(second, Role::Signer, AGENCY, &C::RefuseResolution);
    assert_eq!(group.whole().phase, Phase::Returned);
    group.check();
}

#[test]
fn each_wait_counts_by_itself_whichever_request_is_taken_back_last() {
    let shelf = reference();
    let promise = |retract_first: bool| {
        let mut group = Group::accepted(&shelf, DEATH, Electronic, &[3, 4, 2]);
        group.settles(1);
        group.works_on(3);
        group.works_on(4);
        let (third, fourth) = (group.leg(3), group.leg(4));
        group.at("2026-11-03 10:00");
        group.does(third, Role::Receiver, COUNTER, &ask());
        group.at("2026-11-05 09:00");
        group.does(fourth, Role::Receiver, COUNTER, &ask());
        let (taken_back, answered) = if retract_first {
            (third, fourth)
        } else {
            (fourth, third)
        };
        group.at("2026-11-05 09:30");
        let retract = C::RetractSupplementRequest;
        let submit = C::SubmitSupplement;
        if retract_first {
            group.does(taken_back, Role::Receiver, COUNTER, &retract);
            group.check();
            group.does(answered, Role::Receiver, COUNTER, &submit);
        } else {
            group.does(answered, Role::Receiver, COUNTER, &submit);
            group.check();
            group.does(taken_back, Role::Receiver, COUNTER, &retract);
        }
        group.check();
        let turn = group.whole().turn().expect("a turn");
        (turn.original_due_at, turn.due_at)
    };
    let (original, due) = promise(true);
    assert_eq!(due, original, "half an hour of a real wait moves no day");
    let (original, due) = promise(false);
    assert!(due > original, "two days of a real wait do");
}

/// Who may do what in the two states that only linked dossiers have; everything else is refused to everybody.
const WITH_AGENCIES: [(&str, &[Role]); 20] = [
    (
        "receive_component",
        &[Role::Applicant, Role::Receiver, Role::Handler],
    ),
    ("request_withdrawal", &[Role::Applicant, Role::Receiver]),
    ("issue_apology", &[Role::Signer, Role::CentreManager]),
    // Nothing moves here: the calendar was known when it was promised.
    ("recompute_due_date", &[]),
    ("record_miss", &[Role::System]),
    ("correct_applicant_details", &[Role::Receiver]),
    ("reissue_capability", &[Role::Receiver]),
    (
        "link_dossier",
        &[Role::Receiver, Role::Handler, Role::CentreManager],
    ),
    ("submit_feedback", &[Role::Applicant]),
    ("record_sync", &[Role::System, Role::Admin]),
    (
        "print_paper",
        &[
            Role::Receiver,
            Role::Handler,
            Role::DivisionHead,
            Role::Signer,
            Role::Clerk,
        ],
    ),
    (
        "remark",
        &[
            Role::Receiver,
            Role::Handler,
            Role::DivisionHead,
            Role::Signer,
            Role::Clerk,
            Role::CentreManager,
        ],
    ),
    ("answer_feedback", &[]),
    ("rate", &[]),
    ("cancel_financial_obligation", &[]),
    ("exempt_fee", &[]),
    ("confirm_payment", &[]),
    ("issue_fee_receipt", &[]),
    ("refund_payment", &[]),
    ("send_back", &[]),
];

#[test]
fn with_the_agencies_nobody_does_at_the_counter_what_is_the_agencies_to_do() {
    let shelf = reference();
    let mut group = Group::accepted(&shelf, DEATH, Electronic, &[2]);
    group.belongs_to_applicant();
    // After the promised day, so that a miss can be recorded.
    group.at("2026-12-30 09:00");
    let mut wrong = Vec::new();
    for command in every_command().iter().filter(|command| !command.begins()) {
        let known = WITH_AGENCIES
            .iter()
            .find(|(name, _)| *name == command.name());
        let allowed = known.map_or(&[][..], |(_, roles)| roles);
        for role in Role::ALL {
            let mut group = group.clone();
            let actor = person(role, COUNTER);
            let taken = group.tries(group.whole, &actor, command, &everything());
            if taken.is_ok() != allowed.contains(&role) {
                let said = taken.map(|_| ()).map_err(|no| no.code());
                wrong.push(format!("{} {}: {said:?}", command.name(), role.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// Something that somebody might do next, on the whole or on a leg.
fn an_act() -> impl Strategy<Value = (u32, C)> {
    let number = 1;
    let command = prop_oneof![
        Just(C::Accept),
        Just(C::Forward {
            to: "handler-01".to_owned()
        }),
        Just(ask()),
        Just(C::RetractSupplementRequest),
        Just(C::SubmitSupplement),
        Just(C::AcceptSupplement),
        Just(C::FindStillDeficient),
        Just(C::StopProcessing),
        Just(C::IssueFinancialObligation {
            kind: ObligationKind::Obligation,
            amount_vnd: 1_000,
            due_on: None,
        }),
        Just(C::CancelFinancialObligation { number }),
        Just(C::DraftResult),
        Just(C::SignResult { signature: None }),
        Just(C::RefuseResolution),
        Just(C::RefuseAcceptance),
        Just(C::SendBack { place: 1 }),
        Just(C::SendBack { place: 2 }),
        Just(C::CorrectResult { number: None }),
        Just(C::DeclineCorrection { place: 2 }),
        Just(C::DeclineCorrection { place: 3 }),
        Just(C::DeliverResult {
            method: DeliveryMethod::Counter
        }),
        Just(C::RequestWithdrawal),
        Just(C::RetractWithdrawal),
        Just(C::DenyWithdrawal),
        Just(C::GrantWithdrawal),
    ];
    (0_u32..=3, command)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn no_order_of_acts_parts_the_whole_from_its_legs(
        acts in prop::collection::vec((an_act(), 0_i64..30), 1..60),
        paper in any::<bool>(),
    ) {
        let shelf = reference();
        let manner = if paper { Paper } else { Electronic };
        let mut group = Group::accepted(&shelf, BIRTH, manner, &[2, 3]);
        for ((place, command), hours) in acts {
            group.now = group.now.plus(hours * motcua::domain::time::Moment::HOUR);
            let leg = group.whole().leg(place).and_then(|leg| leg.opened.clone());
            let (id, place) = match leg {
                Some(opened) => (opened.id, home(place)),
                None => (group.whole, COUNTER),
            };
            for role in command.roles() {
                let actor = person(*role, place);
                if group.tries(id, &actor, &command, &everything()).is_ok() {
                    break;
                }
            }
            group.program();
            group.check();
        }
    }
}
