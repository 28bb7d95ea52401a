//! What comes of claims, as given/when/then.

use jiff::civil::DateTime;
use proptest::prelude::*;
use uuid::Uuid;

use super::{Case, Claim, Claimed, ClaimedAct as A, Told, decide, is_case_id};
use crate::domain::actor::Actor;
use crate::domain::calendar::Calendar;
use crate::domain::catalogue;
use crate::domain::dossier::{Channel, DeliveryMethod, Dossier, EndKind, Phase, Rejection};
use crate::domain::event::Event;
use crate::domain::fact::{BreachRule, Draft};
use crate::domain::policy::Policy;
use crate::domain::reference::{Reference, ReferenceEvent};
use crate::domain::register::Register;
use crate::domain::time::Moment;

/// Three working days.
const CERTIFICATE: &str = "1.004873";

fn at(text: &str) -> Moment {
    let local = text.parse::<DateTime>();
    Moment::from_local(local.expect("a day and an hour"))
}

fn reference() -> Reference {
    let mut reference = Reference::default();
    let calendars = Calendar::shipped().into_iter();
    calendars.for_each(|year| reference.evolve(&ReferenceEvent::CalendarDeclared(year)));
    let policies = Policy::shipped().into_iter();
    policies.for_each(|policy| reference.evolve(&ReferenceEvent::PolicyAdopted(policy)));
    let shipped = catalogue::load(include_str!("../../../data/catalogue.json"));
    for procedure in shipped.expect("the shipped catalogue") {
        reference.evolve(&ReferenceEvent::ProcedurePublished(procedure));
    }
    let office = r#"{"code":"H38.40","name_vi":"Trung tâm","name_en":"Centre","level":"commune",
        "valid_from":"2021-01-01","valid_to":null,"certainty":"illustrative"}"#;
    let office = serde_json::from_str(office).expect("an office");
    reference.evolve(&ReferenceEvent::OfficeOpened(office));
    reference
}

/// A case as far as it has been told.
struct Story {
    reference: Reference,
    dossier: Dossier,
    due: Option<Moment>,
    now: Moment,
}

impl Story {
    fn new() -> Self {
        Self {
            reference: reference(),
            dossier: Dossier::default(),
            due: None,
            now: at("2026-11-20 08:00"),
        }
    }

    fn claim(&self, act: A, when: Option<Moment>) -> Claim {
        Claim {
            case: Case {
                system: "old-system".into(),
                id: "case-1".into(),
            },
            act,
            at: when,
            office: "H38.40".parse().expect("an office"),
            procedure: CERTIFICATE.parse().expect("a procedure"),
            channel: Channel::Counter,
            code: None,
            told: Told {
                file: "ab".repeat(32),
                due_at: self.due,
            },
        }
    }

    fn decide(&self, claim: &Claim) -> Result<Vec<Draft>, Rejection> {
        let actor = Actor::new("told-1", "H38.40", claim.role());
        let claimed = Claimed {
            claim,
            actor: &actor,
            now: self.now,
            reference: &self.reference,
            register: &Register::default(),
            parts: &[],
        };
        decide(&self.dossier, &claimed)
    }

    fn take(&mut self, claim: &Claim) -> Result<Vec<Draft>, Rejection> {
        let drafts = self.decide(claim)?;
        for draft in &drafts {
            assert!(draft.circumstances.source.is_some(), "{draft:?}");
            if let Event::Dossier(event) = &draft.event {
                let when = draft.circumstances.occurred_at.unwrap_or(self.now);
                let by = Actor::new("told-1", "H38.40", claim.role());
                self.dossier
                    .evolve(event, &by, Uuid::nil(), when, &draft.circumstances);
            }
        }
        Ok(drafts)
    }

    fn tell(&mut self, act: A, when: &str) -> Vec<Draft> {
        let claim = self.claim(act, Some(at(when)));
        self.take(&claim).expect("taken in")
    }
}

fn breaches(drafts: &[Draft]) -> Vec<(BreachRule, &str)> {
    let around = drafts
        .iter()
        .filter_map(|draft| draft.circumstances.breach.as_ref());
    around
        .map(|breach| (breach.rule, breach.basis.as_str()))
        .collect()
}

#[test]
fn a_case_told_in_three_dates_is_settled_late_by_its_own_claims() {
    let mut story = Story::new();
    story.due = Some(at("2026-03-05 17:00"));
    let accepted = story.tell(A::Accept, "2026-03-02 09:00");
    assert_eq!(
        accepted.len(),
        3,
        "lodged, entered in the register, accepted"
    );
    assert!(breaches(&accepted).is_empty(), "{accepted:?}");
    let turn = story.dossier.turn().expect("a clock").clone();
    assert_eq!(
        (turn.received_at, turn.due_at),
        (at("2026-03-02 09:00"), at("2026-03-05 17:00"))
    );
    let signed = story.tell(A::SignResult, "2026-03-06 10:00");
    let rules: Vec<BreachRule> = breaches(&signed).iter().map(|(rule, _)| *rule).collect();
    assert_eq!(
        rules,
        [BreachRule::LateResult],
        "what the rules flag here they flag there"
    );
    let ending = story
        .dossier
        .turn()
        .and_then(|turn| turn.ending)
        .expect("an end");
    assert_eq!(
        (ending.at, ending.kind),
        (at("2026-03-06 10:00"), EndKind::Completed)
    );
    assert!(
        breaches(&story.tell(
            A::DeliverResult(DeliveryMethod::Counter),
            "2026-03-06 11:00"
        ))
        .is_empty()
    );
    assert_eq!(story.dossier.phase, Phase::Returned);
}

#[test]
fn steps_that_the_source_leaves_out_are_no_breach_and_impossible_ones_are() {
    let mut story = Story::new();
    story.tell(A::Accept, "2026-03-02 09:00");
    assert!(breaches(&story.tell(A::SignResult, "2026-03-04 09:00")).is_empty());
    let again = story.tell(A::SignResult, "2026-03-05 09:00");
    assert_eq!(breaches(&again).len(), 1, "{again:?}");
    assert_eq!(breaches(&again)[0].0, BreachRule::NotByTheRules);
    let ending = story
        .dossier
        .turn()
        .and_then(|turn| turn.ending)
        .expect("an end");
    assert_eq!(ending.at, at("2026-03-04 09:00"), "the first end stands");
}

#[test]
fn an_end_before_the_beginning_is_an_end_and_a_breach() {
    let mut story = Story::new();
    story.tell(A::Accept, "2026-03-02 09:00");
    let signed = story.tell(A::SignResult, "2026-03-02 00:00");
    assert_eq!(
        breaches(&signed),
        [(BreachRule::NotByTheRules, "BEFORE_IT_BEGAN")]
    );
    assert!(
        story
            .dossier
            .turn()
            .is_some_and(|turn| turn.ending.is_some())
    );
}

#[test]
fn without_a_promised_date_the_procedures_limit_counts() {
    let mut story = Story::new();
    story.tell(A::Accept, "2026-03-02 09:00");
    let turn = story.dossier.turn().expect("a clock");
    assert_eq!(
        turn.due_at.date(),
        at("2026-03-05 00:00").date(),
        "three working days"
    );
}

#[test]
fn a_promise_that_the_source_changes_is_on_record_and_the_first_one_stays() {
    let mut story = Story::new();
    story.due = Some(at("2026-03-05 17:00"));
    story.tell(A::Accept, "2026-03-02 09:00");
    let same = story.claim(A::Promise(at("2026-03-05 17:00")), None);
    assert_eq!(story.take(&same), Err(Rejection::AlreadyRecorded));
    let other = story.claim(A::Promise(at("2026-03-12 17:00")), None);
    let drafts = story.take(&other).expect("taken in");
    assert_eq!(drafts.len(), 1);
    assert_eq!(
        drafts[0].circumstances.occurred_at, None,
        "nobody tells when"
    );
    let turn = story.dossier.turn().expect("a clock");
    assert_eq!(turn.original_due_at, at("2026-03-05 17:00"));
    assert_eq!(turn.due_at, at("2026-03-12 17:00"));
}

#[test]
fn what_was_told_first_stays_when_a_case_is_told_again() {
    let mut story = Story::new();
    story.due = Some(at("2026-03-05 17:00"));
    story.tell(A::Accept, "2026-03-02 09:00");
    story.tell(A::SignResult, "2026-03-20 09:00");
    story.tell(
        A::DeliverResult(DeliveryMethod::Counter),
        "2026-03-21 09:00",
    );
    let before = story.dossier.clone();
    story.due = Some(at("2026-03-23 17:00"));
    for act in [
        A::Accept,
        A::SignResult,
        A::DeliverResult(DeliveryMethod::Counter),
    ] {
        let again = story.tell(act, "2026-03-18 09:00");
        assert_eq!(breaches(&again).len(), 1, "{again:?}");
    }
    let after = &story.dossier;
    assert_eq!(
        after.turns, before.turns,
        "received, promised and ended as told first"
    );
    assert_eq!(
        (after.phase, after.delivered_at),
        (before.phase, before.delivered_at)
    );
    assert_eq!(after.version, before.version + 3);
}

#[test]
fn what_cannot_be_is_refused() {
    let mut story = Story::new();
    let future = story.claim(A::Accept, Some(at("2026-11-21 08:00")));
    assert!(matches!(
        story.take(&future),
        Err(Rejection::FutureClaim { .. })
    ));
    let mut nowhere = story.claim(A::Accept, Some(at("2026-03-02 09:00")));
    nowhere.office = "H99".parse().expect("an office");
    assert!(matches!(
        story.take(&nowhere),
        Err(Rejection::UnknownOffice(_))
    ));
    let unpromised = story.claim(A::Promise(at("2026-03-12 17:00")), None);
    assert_eq!(story.take(&unpromised), Err(Rejection::UnknownDossier));
    story.tell(A::Lodge, "2026-03-02 09:00");
    let twice = story.claim(A::Lodge, Some(at("2026-03-02 10:00")));
    assert_eq!(story.take(&twice), Err(Rejection::AlreadyExists));
}

#[test]
fn a_number_is_a_code_and_never_a_name() {
    for good in [
        "case-10011",
        "H38.40-260302-0001",
        "000.00.06.H38/2024",
        "7",
    ] {
        assert!(is_case_id(good), "{good}");
    }
    let long = "1".repeat(65);
    for bad in [
        "",
        "Nguyễn Văn A",
        "nguyenvana",
        "a 1",
        "001188000001",
        "012345678",
        &long,
    ] {
        assert!(!is_case_id(bad), "{bad}");
    }
}

fn acts() -> impl Strategy<Value = A> {
    prop_oneof![
        Just(A::Lodge),
        Just(A::Accept),
        Just(A::RefuseAcceptance),
        Just(A::Forward("told-2".into())),
        Just(A::RequestSupplement),
        Just(A::SubmitSupplement),
        Just(A::AcceptSupplement),
        Just(A::StopProcessing),
        Just(A::DraftResult),
        Just(A::ApproveResult),
        Just(A::RefuseResolution),
        Just(A::SignResult),
        Just(A::IssueResult("12/GP".into())),
        Just(A::DeliverResult(DeliveryMethod::Post)),
        Just(A::RequestWithdrawal),
        Just(A::GrantWithdrawal),
        Just(A::Note("t02".into())),
    ]
}

proptest! {
    /// Whatever is told, in whatever order and at whatever times: it is on record, no rule panics, and the version counts it.
    #[test]
    fn any_order_of_claims_is_taken_in(told in prop::collection::vec((acts(), 0_i64..400), 1..25)) {
        let mut story = Story::new();
        for (act, days) in told {
            let when = at("2025-06-02 09:00").plus(days * Moment::DAY);
            let claim = story.claim(act.clone(), Some(when));
            let before = story.dossier.version;
            match story.take(&claim) {
                Ok(drafts) => {
                    let own = drafts.iter().filter(|draft| matches!(draft.event, Event::Dossier(_)));
                    prop_assert_eq!(story.dossier.version as usize, before as usize + own.count());
                    prop_assert!(story.dossier.version > before);
                    prop_assert!(drafts.iter().all(|draft| draft.circumstances.occurred_at == Some(when)));
                }
                Err(rejection) => prop_assert_eq!((act, rejection), (A::Lodge, Rejection::AlreadyExists)),
            }
        }
    }
}
