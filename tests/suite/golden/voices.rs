//! Samples of what becomes of a feedback, and of campaigns and their answers.

use motcua::domain::campaign::{CampaignClosed, CampaignEvent};
use motcua::domain::dossier::{
    DossierEvent, FeedbackClarified, FeedbackForwarded, FeedbackJudged, Numbered, RatingDevice,
    SurveyAnswer, SurveyAnswered, VoiceEvent,
};
use motcua::domain::event::Event;
use motcua::domain::fact::BreachRule;
use motcua::domain::reference::ReferenceEvent;
use motcua::domain::supervision::{
    CorrectionDone, CorrectionOrdered, FindingKind, FindingNoted, InspectionClosed,
    InspectionOpened, InspectionSubject, ReminderAnswered, ReminderSent, ReviewPlan,
    SupervisionEvent,
};

use super::{at, office};

/// The one after this, from the first that is told when the others are through.
pub fn next(event: Option<&VoiceEvent>) -> Option<DossierEvent> {
    use VoiceEvent as V;
    let number = 1;
    let numbered = Numbered { number };
    let next = match event {
        None => V::FeedbackRefused(numbered),
        Some(V::FeedbackRefused(_)) => V::ClarificationAsked(numbered),
        Some(V::ClarificationAsked(_)) => V::FeedbackClarified(FeedbackClarified {
            number,
            due_at: Some(at(480)),
        }),
        Some(V::FeedbackClarified(_)) => V::FeedbackForwarded(FeedbackForwarded {
            number,
            from: office(),
            to: "H38.41".parse().expect("an office's code"),
        }),
        Some(V::FeedbackForwarded(_)) => V::FeedbackPublished(numbered),
        Some(V::FeedbackPublished(_)) => V::FeedbackJudged(FeedbackJudged {
            number,
            satisfied: true,
        }),
        Some(V::FeedbackJudged(_)) => V::FeedbackOverdue(numbered),
        Some(V::FeedbackOverdue(_)) => V::SurveyAnswered(SurveyAnswered {
            campaign: "KS-2026".to_owned(),
            scale: 5,
            answers: vec![SurveyAnswer {
                question: "result".to_owned(),
                score: 4,
            }],
            device: RatingDevice::Own,
            assisted_by: Some("receiver-2".to_owned()),
        }),
        Some(V::SurveyAnswered(_)) => return None,
    };
    Some(DossierEvent::Voice(next))
}

/// What stands on the shelf of campaigns.
pub fn campaigns() -> [Event; 2] {
    let opened = serde_json::from_str(
        r#"{"code":"KS-2026","name_vi":"Khảo sát hài lòng","name_en":"Satisfaction survey","decision":"01/KH-UBND",
            "from":"2026-11-01","to":"2026-12-31","scale":5,"fields":["Hộ tịch"],
            "questions":[{"key":"result","vi":"Kết quả?","en":"The result?","about":"settlement"}],
            "certainty":"illustrative"}"#,
    );
    let closed = CampaignClosed {
        code: "KS-2026".to_owned(),
        on: at(480).date(),
    };
    [
        CampaignEvent::Opened(opened.expect("a campaign")),
        CampaignEvent::Closed(closed),
    ]
    .map(|event| Event::Reference(ReferenceEvent::Campaign(event)))
}

/// What stands on the shelf of inspections, reminders and plans.
pub fn supervision() -> [Event; 8] {
    let (inspection, finding, number) = ("KT-2026-01".to_owned(), 1, 1);
    let (on, due_on) = (at(2).date(), at(240).date());
    let (from, to) = ("H38.40".to_owned(), "H38.41".to_owned());
    [
        SupervisionEvent::InspectionOpened(InspectionOpened {
            code: inspection.clone(),
            decision: "12/QĐ-UBND".to_owned(),
            team: vec!["truong-doan-1".to_owned(), "thanh-vien-1".to_owned()],
            office: from.clone(),
            from: on,
            to: due_on,
            subject: InspectionSubject::Reform,
        }),
        SupervisionEvent::FindingNoted(FindingNoted {
            inspection: inspection.clone(),
            number,
            kind: FindingKind::Lateness,
            facts: vec![12],
            breach: Some(BreachRule::LateResult),
        }),
        SupervisionEvent::CorrectionOrdered(CorrectionOrdered {
            inspection: inspection.clone(),
            finding,
            due_on,
        }),
        SupervisionEvent::CorrectionDone(CorrectionDone {
            inspection: inspection.clone(),
            finding,
            on,
        }),
        SupervisionEvent::InspectionClosed(InspectionClosed { inspection, on }),
        SupervisionEvent::ReminderSent(ReminderSent {
            number,
            from,
            to,
            dossiers: vec!["H38.40-261123-0001".to_owned()],
            period: None,
            on,
            due_on,
        }),
        SupervisionEvent::ReminderAnswered(ReminderAnswered { number, on }),
        SupervisionEvent::ReviewPlanned(ReviewPlan {
            year: 2026,
            decision: "438/KH-UBND".to_owned(),
            procedures: vec!["1.004222".to_owned()],
            time_cut_percent: Some(20),
            cost_cut_percent: None,
        }),
    ]
    .map(|event| Event::Reference(ReferenceEvent::Supervision(event)))
}
