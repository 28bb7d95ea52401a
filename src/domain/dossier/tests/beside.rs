//! Beside the main line: opinions, money, papers, voices, the watch.

use super::given::*;
use crate::domain::actor::{Actor, NO_OFFICE, Role};
use crate::domain::dossier::{
    ComponentForm, Digitisation, DossierCommand as C, DossierEvent as E, DueDateCause,
    DueDateRecomputed, FeedbackKind, LinkKind, ObligationKind, ObligationState, OpinionState,
    PaymentMethod, Phase, RatingDevice, ResultDelivered, ResultSigned, Signature,
    SignatureValidation,
};
use crate::domain::fact::BreachRule;
use crate::domain::law::Certainty;
use crate::domain::reason::Reason;

fn processing(when: &str, role: Role) -> Given {
    given(in_processing()).at(when).by(role)
}

fn levy() -> C {
    C::IssueFinancialObligation {
        kind: ObligationKind::Obligation,
        amount_vnd: 810_000,
        due_on: None,
    }
}

fn pay(amount_vnd: u64) -> C {
    C::ConfirmPayment {
        number: 1,
        amount_vnd,
        method: PaymentMethod::NationalGateway,
        reference: Some("PG-1".to_owned()),
    }
}

fn gateway() -> Actor {
    Actor::new("gateway-1", NO_OFFICE, Role::PaymentGateway)
}

#[test]
fn a_levy_stops_the_clock_until_it_is_paid_and_the_move_is_a_fact() {
    let issued = processing("2026-11-23 09:00", Role::Handler)
        .when(&levy())
        .then_taken();
    assert_eq!(issued.dossier.phase, Phase::AwaitingPayment);
    let paid = issued
        .and()
        .at("2026-11-30 09:00")
        .by_actor(gateway())
        .when(&pay(810_000))
        .then_taken()
        .with_promise("2026-12-02 17:00", "2026-11-26 17:00");
    assert_eq!(paid.dossier.phase, Phase::InProcessing);
    assert_eq!(paid.dossier.obligations[0].state, ObligationState::Paid);
    let moved = DueDateRecomputed {
        old: at("2026-11-26 17:00"),
        new: at("2026-12-02 17:00"),
        cause: DueDateCause::Payment,
        due_certainty: Certainty::Verified,
        notice: None,
    };
    assert_eq!(
        paid.drafts[1].event,
        crate::domain::event::Event::Dossier(E::DueDateRecomputed(moved))
    );
}

#[test]
fn a_fee_at_the_counter_moves_neither_state_nor_clock() {
    let issued = given([submitted("2026-11-20 08:00", CERTIFICATE)])
        .at("2026-11-20 09:00")
        .when(&C::IssueFinancialObligation {
            kind: ObligationKind::Charge,
            amount_vnd: 8_000,
            due_on: None,
        })
        .then_taken();
    assert_eq!(issued.dossier.phase, Phase::Submitted);
    assert!(!issued.dossier.awaits_payment());
}

#[test]
fn money_is_paid_once_in_full_and_given_back_at_most_in_full() {
    let issued = || {
        processing("2026-11-23 09:00", Role::Handler)
            .when(&levy())
            .then_taken()
            .and()
            .by_actor(gateway())
    };
    issued().when(&pay(809_999)).then_refused("AMOUNT_MISMATCH");
    let paid = || {
        issued()
            .when(&pay(810_000))
            .then_taken()
            .and()
            .by_actor(gateway())
    };
    paid()
        .when(&pay(810_000))
        .then_refused("OBLIGATION_NOT_OPEN");
    let refund = |amount_vnd| C::RefundPayment {
        number: 1,
        amount_vnd,
    };
    paid()
        .when(&refund(810_000))
        .then_refused("REASON_REQUIRED");
    let because = || paid().because(Reason::AgencyError);
    because()
        .when(&refund(810_001))
        .then_refused("AMOUNT_MISMATCH");
    let refunded = because().when(&refund(810_000)).then_taken();
    assert_eq!(refunded.dossier.obligations[0].refunded_vnd, 810_000);
    refunded
        .and()
        .by(Role::Cashier)
        .when(&C::IssueFeeReceipt {
            number: 1,
            form: "01BLP".to_owned(),
            series: "AA".to_owned(),
            receipt_number: "1".to_owned(),
        })
        .then_refused("OBLIGATION_NOT_OPEN");
}

#[test]
fn only_the_agency_that_was_asked_gives_its_opinion() {
    let asked = || {
        processing("2026-11-20 13:30", Role::Handler)
            .when(&C::RequestOpinion {
                agency: office(THERE),
                due_on: None,
            })
            .then_taken()
            .and()
    };
    let answer = C::GiveOpinion {
        number: 1,
        agrees: false,
    };
    asked()
        .by_actor(Actor::new("tax-1", "H38.43", Role::VerticalAgency))
        .when(&answer)
        .then_refused("NOT_ADDRESSED");
    let given = asked()
        .by_actor(Actor::new("tax-1", THERE, Role::VerticalAgency))
        .when(&answer)
        .then_taken();
    assert_eq!(given.dossier.opinions[0].state, OpinionState::Disagreed);
    given
        .and()
        .by_actor(Actor::new("tax-1", THERE, Role::VerticalAgency))
        .when(&answer)
        .then_refused("OPINION_NOT_OPEN");
}

#[test]
fn silence_is_overdue_unless_the_procedure_makes_it_consent() {
    let asked = || {
        processing("2026-11-20 13:30", Role::Handler)
            .when(&C::RequestOpinion {
                agency: office(THERE),
                due_on: None,
            })
            .then_taken()
            .and()
            .by_actor(Actor::system())
    };
    let (overdue, agreed) = (
        C::NoteOpinionOverdue { number: 1 },
        C::DeemOpinionAgreed { number: 1 },
    );
    asked()
        .at("2026-11-24 09:00")
        .when(&overdue)
        .then_refused("NOT_DUE_YET");
    asked()
        .at("2026-12-01 09:00")
        .when(&agreed)
        .then_refused("OPINION_NOT_OPEN");
    let noted = asked().at("2026-12-01 09:00").when(&overdue).then_taken();
    assert_eq!(noted.dossier.opinions[0].state, OpinionState::Overdue);
    noted
        .and()
        .by_actor(Actor::system())
        .when(&overdue)
        .then_refused("ALREADY_RECORDED");
}

#[test]
fn a_check_on_site_is_announced_first_or_is_a_breach() {
    processing("2026-11-23 09:00", Role::Handler)
        .when(&C::RecordFieldVerification)
        .then_taken()
        .with_breach(Some(BreachRule::UnscheduledVerification));
    processing("2026-11-23 09:00", Role::Handler)
        .when(&C::ScheduleFieldVerification {
            on: at("2026-11-23 14:00").date(),
        })
        .then_taken()
        .and()
        .at("2026-11-23 16:00")
        .by(Role::Handler)
        .when(&C::RecordFieldVerification)
        .then_taken()
        .with_breach(None);
}

#[test]
fn the_watch_records_a_miss_once_and_not_before_the_hour() {
    let watch = |when: &str| given(in_processing()).at(when).by_actor(Actor::system());
    watch("2026-11-26 17:00")
        .when(&C::RecordMiss)
        .then_refused("NOT_DUE_YET");
    let missed = watch("2026-11-26 17:01").when(&C::RecordMiss).then_taken();
    let turn = missed.dossier.turn().expect("a turn");
    assert_eq!(turn.missed, [at("2026-11-26 17:00")]);
    missed
        .and()
        .by_actor(Actor::system())
        .when(&C::RecordMiss)
        .then_refused("ALREADY_RECORDED");
    watch("2026-11-26 17:01")
        .by(Role::Handler)
        .when(&C::RecordMiss)
        .then_refused("WRONG_ROLE");
}

fn returned() -> Vec<Past> {
    let mut all = in_processing();
    all.push(past(
        "2026-11-23 09:00",
        E::ResultSigned(ResultSigned::default()),
    ));
    all.push(past("2026-11-23 09:00", E::ProcessingCompleted(NOTHING)));
    let method = crate::domain::dossier::DeliveryMethod::Counter;
    all.push(past(
        "2026-11-23 10:00",
        E::ResultDelivered(ResultDelivered { method }),
    ));
    all
}

fn rate(score: u8, scale: u8, capability: Option<&str>) -> C {
    C::Rate {
        score,
        scale,
        device: RatingDevice::Own,
        capability: capability.map(str::to_owned),
    }
}

#[test]
fn the_applicant_rates_once_after_the_end_and_nobody_else_does() {
    let done = || {
        given(returned())
            .at("2026-11-24 09:00")
            .by_actor(applicant())
    };
    done()
        .when(&rate(6, 5, None))
        .then_refused("RATING_OUT_OF_SCALE");
    done()
        .when(&rate(1, 4, None))
        .then_refused("RATING_OUT_OF_SCALE");
    done()
        .when(&rate(5, 5, None))
        .then_taken()
        .and()
        .by_actor(applicant())
        .when(&rate(1, 5, None))
        .then_refused("ALREADY_RATED");
    let stranger = Actor::new("stranger-1", NO_OFFICE, Role::Applicant);
    done()
        .by_actor(stranger)
        .when(&rate(5, 5, Some("guess")))
        .then_refused("NOT_THE_APPLICANT");
    done()
        .by(Role::Receiver)
        .when(&rate(5, 5, None))
        .then_refused("WRONG_ROLE");
    given(in_processing())
        .by_actor(applicant())
        .when(&rate(5, 5, None))
        .then_refused("WRONG_STATE");
}

#[test]
fn feedback_has_its_own_clock_and_one_is_open_at_a_time() {
    let send = C::SubmitFeedback {
        kind: FeedbackKind::Report,
        capability: None,
    };
    let first = given(in_processing())
        .at("2026-11-23 09:00")
        .by_actor(applicant())
        .when(&send)
        .then_taken();
    assert_eq!(
        first.dossier.feedback[0].due_at,
        Some(at("2026-12-15 17:00"))
    );
    let first = first.and();
    first
        .clone()
        .by_actor(applicant())
        .when(&send)
        .then_refused("FEEDBACK_OPEN");
    first
        .clone()
        .by(Role::CentreManager)
        .when(&C::AnswerFeedback {
            number: 2,
            published: true,
        })
        .then_refused("FEEDBACK_NOT_OPEN");
    first
        .by(Role::CentreManager)
        .when(&C::AnswerFeedback {
            number: 1,
            published: true,
        })
        .then_taken();
}

#[test]
fn only_papers_the_procedure_lists_are_taken_and_a_dossier_is_never_linked_to_itself() {
    let paper = |item| C::ReceiveComponent {
        item,
        form: ComponentForm::Original,
        digitisation: Digitisation::Here,
        size_bytes: Some(12),
        signature: None,
        reused_from: None,
    };
    let processing = || given(in_processing()).by(Role::Receiver);
    processing()
        .when(&paper(0))
        .then_refused("COMPONENT_UNKNOWN");
    processing()
        .when(&paper(99))
        .then_refused("COMPONENT_UNKNOWN");
    processing().when(&paper(1)).then_taken();
    let itself = C::LinkDossier {
        other: uuid::Uuid::from_u128(7),
        kind: LinkKind::Duplicate,
    };
    processing().when(&itself).then_refused("LINK_INVALID");
}

#[test]
fn a_digital_signature_never_claims_the_future() {
    let sign = |signed_at: &str| C::SignResult {
        signature: Some(Signature {
            certifies_copy: false,
            certificate_serial: "5404ff".to_owned(),
            signed_at: at(signed_at),
            validation: SignatureValidation::Valid,
        }),
    };
    let processing = || processing("2026-11-23 09:00", Role::Signer);
    processing()
        .when(&sign("2026-11-23 09:01"))
        .then_refused("FUTURE_CLAIM");
    processing().when(&sign("2026-11-23 08:59")).then_taken();
}

#[test]
fn an_intake_that_took_too_long_is_recorded_and_not_refused() {
    let lodged = given([])
        .at("2026-11-20 09:00")
        .by_actor(applicant())
        .with(|given| given.parts.push(details()))
        .when(&C::Submit {
            procedure: procedure(CERTIFICATE),
            office: office(HERE),
            capability: None,
            assisted_by: None,
        })
        .then_taken();
    assert_eq!(lodged.dossier.intake_due_at, Some(at("2026-11-23 09:00")));
    let lodged = lodged.and();
    lodged
        .clone()
        .at("2026-11-23 08:59")
        .by(Role::Receiver)
        .when(&C::Accept)
        .then_taken()
        .with_breach(None);
    lodged
        .at("2026-11-25 10:00")
        .by(Role::Receiver)
        .when(&C::Accept)
        .then_taken()
        .with_breach(Some(BreachRule::LateIntake));
}
