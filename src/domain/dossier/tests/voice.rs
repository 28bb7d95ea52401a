//! Feedback with the day of each of its steps; campaigns answered once.

use super::given::*;
use crate::domain::actor::{Actor, Role};
use crate::domain::campaign::CampaignEvent;
use crate::domain::dossier::{
    DossierCommand, FeedbackKind, FeedbackState, RatingDevice, SurveyAnswer, VoiceCommand as V,
};
use crate::domain::fact::BreachRule;
use crate::domain::reason::Reason;
use crate::domain::reference::ReferenceEvent;

const LATE: Option<BreachRule> = Some(BreachRule::LateFeedback);

fn voice(command: V) -> DossierCommand {
    DossierCommand::Voice(command)
}

fn answer() -> DossierCommand {
    DossierCommand::AnswerFeedback {
        number: 1,
        published: false,
    }
}

/// Sent on Monday 23 November 2026 at nine; the 24th is off.
fn reported() -> Given {
    let send = DossierCommand::SubmitFeedback {
        kind: FeedbackKind::Report,
        capability: None,
    };
    let monday = given(in_processing()).at("2026-11-23 09:00");
    monday.by_actor(applicant()).when(&send).then_taken().and()
}

/// Within so many working days it is in time, and the day after it is done late and recorded so.
#[track_caller]
fn then_has_until(last: &str, next: &str, command: &DossierCommand) {
    let manager = || reported().by(Role::CentreManager).because(Reason::Other);
    let in_time = manager().at(last).when(command).then_taken();
    in_time.with_breach(None);
    let late = manager().at(next).when(command).then_taken();
    late.with_breach(LATE);
}

#[test]
fn each_step_of_a_feedback_has_its_own_day_and_a_late_one_is_recorded_and_not_refused() {
    let number = 1;
    let to = office(THERE);
    let refuse = voice(V::RefuseFeedback { number });
    then_has_until("2026-11-26 17:00", "2026-11-27 08:00", &refuse);
    let ask = voice(V::AskFeedbackSender { number });
    then_has_until("2026-12-01 17:00", "2026-12-02 08:00", &ask);
    let forward = voice(V::ForwardFeedback { number, to });
    then_has_until("2026-12-01 17:00", "2026-12-02 08:00", &forward);
    then_has_until("2026-12-15 17:00", "2026-12-16 08:00", &answer());
}

#[test]
fn a_refusal_and_a_passing_on_say_why() {
    let manager = || reported().by(Role::CentreManager);
    let to = office(THERE);
    for command in [
        V::RefuseFeedback { number: 1 },
        V::ForwardFeedback { number: 1, to },
    ] {
        manager()
            .when(&voice(command))
            .then_refused("REASON_REQUIRED");
    }
}

#[test]
fn while_its_sender_is_waited_for_no_clock_runs_and_then_it_runs_anew() {
    let number = 1;
    let ask = voice(V::AskFeedbackSender { number });
    let clarify = voice(V::ClarifyFeedback {
        number,
        capability: None,
    });
    let early = reported().by_actor(applicant());
    early.when(&clarify).then_refused("CLARIFICATION_NOT_ASKED");
    let asked = reported().by(Role::CentreManager).at("2026-11-25 09:00");
    let asked = asked.when(&ask).then_taken();
    assert!(asked.dossier.to_do(uuid::Uuid::from_u128(7)).len() < 2);
    let asked = asked.and();
    asked.clone().when(&ask).then_refused("ALREADY_RECORDED");
    let clear = asked.by_actor(applicant()).at("2027-01-04 09:00");
    let clear = clear.when(&clarify).then_taken();
    let feedback = &clear.dossier.feedback[0];
    assert_eq!(feedback.state, FeedbackState::Open);
    assert_eq!(feedback.due_at, Some(at("2027-01-25 17:00")));
    let answered = clear.and().by(Role::CentreManager).at("2027-01-25 16:00");
    answered.when(&answer()).then_taken().with_breach(None);
}

#[test]
fn what_is_passed_on_is_answered_by_the_other_office_alone_and_its_day_stands() {
    let to = office(THERE);
    let forward = voice(V::ForwardFeedback { number: 1, to });
    let here = |given: Given| given.by(Role::CentreManager).because(Reason::NotCompetent);
    let itself = office(HERE);
    here(reported())
        .when(&voice(V::ForwardFeedback {
            number: 1,
            to: itself,
        }))
        .then_refused("WRONG_OFFICE");
    let passed = here(reported()).when(&forward).then_taken();
    let due = passed.dossier.feedback[0].due_at;
    assert_eq!(due, Some(at("2026-12-15 17:00")));
    let passed = passed.and();
    let there = Actor::new("manager-9", THERE, Role::CentreManager);
    here(passed.clone())
        .when(&answer())
        .then_refused("WRONG_OFFICE");
    let answered = passed.by_actor(there).when(&answer()).then_taken();
    assert_eq!(answered.dossier.feedback[0].due_at, due);
    assert!(answered.dossier.open_feedback().is_none());
}

#[test]
fn an_answer_is_published_within_two_days_and_judged_once_by_its_sender() {
    let number = 1;
    let publish = voice(V::PublishFeedback { number });
    let judge = voice(V::JudgeFeedback {
        number,
        satisfied: false,
        capability: None,
    });
    let manager = reported().by(Role::CentreManager).at("2026-11-25 09:00");
    manager
        .clone()
        .when(&publish)
        .then_refused("FEEDBACK_NOT_ANSWERED");
    let answered = manager.when(&answer()).then_taken();
    let until = answered.dossier.feedback[0].publish_due_at;
    assert_eq!(until, Some(at("2026-11-27 17:00")));
    let answered = answered.and();
    let late = answered.clone().at("2026-11-30 08:00").when(&publish);
    late.then_taken().with_breach(LATE);
    let published = answered.when(&publish).then_taken().with_breach(None);
    let published = published.and();
    published
        .clone()
        .when(&publish)
        .then_refused("ALREADY_RECORDED");
    let judged = published.by_actor(applicant()).when(&judge).then_taken();
    assert_eq!(judged.dossier.feedback[0].satisfied, Some(false));
    judged.and().when(&judge).then_refused("ALREADY_RECORDED");
}

#[test]
fn a_missed_answer_is_recorded_once_at_its_hour_whatever_became_of_the_dossier() {
    let miss = voice(V::RecordFeedbackMiss { number: 1 });
    let watch = |when: &str| reported().by(Role::System).at(when);
    let to_do = reported().dossier().to_do(uuid::Uuid::from_u128(7));
    let told = to_do.iter().find(|one| one.command == miss);
    assert_eq!(told.map(|one| one.due_at), Some(at("2026-12-15 17:00")));
    watch("2026-12-15 17:00")
        .when(&miss)
        .then_refused("NOT_DUE_YET");
    let missed = watch("2026-12-15 17:01").when(&miss).then_taken();
    assert!(missed.dossier.feedback[0].overdue);
    let missed = missed.and();
    assert!(missed.dossier().to_do(uuid::Uuid::from_u128(7)).len() < 2);
    missed.clone().when(&miss).then_refused("ALREADY_RECORDED");
    let late = missed.by(Role::CentreManager).when(&answer());
    late.then_taken().with_breach(LATE);
}

fn campaign(field: &str) -> ReferenceEvent {
    let record = format!(
        r#"{{"code":"KS-1","name_vi":"K","name_en":"S","decision":"1","from":"2026-11-01","to":"2026-11-30","scale":5,
            "fields":[{field}],"questions":[{{"key":"a","vi":"A?","en":"A?","about":"settlement"}},
            {{"key":"b","vi":"B?","en":"B?","about":"agencies"}}],"certainty":"illustrative"}}"#
    );
    let record = serde_json::from_str(&record).expect("a campaign");
    ReferenceEvent::Campaign(CampaignEvent::Opened(record))
}

fn survey(scores: &[(&str, u8)]) -> DossierCommand {
    let answer = |(question, score): &(&str, u8)| SurveyAnswer {
        question: (*question).to_owned(),
        score: *score,
    };
    voice(V::AnswerSurvey {
        campaign: "KS-1".to_owned(),
        answers: scores.iter().map(answer).collect(),
        device: RatingDevice::Own,
        assisted_by: None,
        capability: None,
    })
}

fn refused_dossier() -> Given {
    let refused = given(in_processing())
        .by(Role::Signer)
        .because(Reason::NotEligible);
    let refused = refused.when(&DossierCommand::RefuseResolution).then_taken();
    refused.and().by_actor(applicant())
}

#[test]
fn a_campaign_is_answered_once_after_the_end_on_its_days_and_in_its_scope() {
    let both = survey(&[("b", 5), ("a", 4)]);
    let asked = || refused_dossier().knowing(&campaign(""));
    refused_dossier()
        .when(&both)
        .then_refused("CAMPAIGN_UNKNOWN");
    given(in_processing())
        .by_actor(applicant())
        .knowing(&campaign(""))
        .when(&both)
        .then_refused("WRONG_STATE");
    asked()
        .at("2026-12-01 00:00")
        .when(&both)
        .then_refused("CAMPAIGN_CLOSED");
    refused_dossier()
        .knowing(&campaign(r#""Đất đai""#))
        .when(&both)
        .then_refused("CAMPAIGN_OUT_OF_SCOPE");
    let one = &[("a", 4)][..];
    for wrong in [
        one,
        &[("a", 4), ("a", 4)],
        &[("a", 6), ("b", 1)],
        &[("a", 4), ("c", 1)],
    ] {
        asked()
            .when(&survey(wrong))
            .then_refused("SURVEY_ANSWERS_INVALID");
    }
    let answered = asked().when(&both).then_taken();
    assert_eq!(answered.dossier.surveys[0].campaign, "KS-1");
    answered.and().when(&both).then_refused("SURVEY_ANSWERED");
}
