//! The commands on what is said of a dossier: one of each, and what each answers to.

use motcua::domain::campaign::{Campaign, CampaignEvent, Question, Topic};
use motcua::domain::code::OfficeCode;
use motcua::domain::dossier::{
    Dossier, DossierCommand, Feedback, FeedbackKind, FeedbackState, RatingDevice, SurveyAnswer,
    VoiceCommand,
};
use motcua::domain::law::Certainty;
use motcua::domain::reference::ReferenceEvent;
use motcua::domain::time::Moment;

use super::town::{OFFICES, office};

/// A campaign that asks one question about every dossier.
pub const CAMPAIGN: &str = "KS-1";

pub fn opened() -> ReferenceEvent {
    ReferenceEvent::Campaign(CampaignEvent::Opened(campaign()))
}

pub fn campaign() -> Campaign {
    Campaign {
        code: CAMPAIGN.to_owned(),
        name_vi: "Khảo sát (mô phỏng)".to_owned(),
        name_en: "Survey (simulated)".to_owned(),
        decision: "01/KH-UBND".to_owned(),
        from: jiff::civil::date(2021, 1, 1),
        to: jiff::civil::date(2029, 12, 31),
        scale: 5,
        fields: Vec::new(),
        procedures: Vec::new(),
        offices: Vec::new(),
        questions: vec![Question {
            key: "result".to_owned(),
            vi: "Kết quả?".to_owned(),
            en: "The result?".to_owned(),
            about: Topic::Settlement,
        }],
        certainty: Certainty::Illustrative,
    }
}

/// Passes a feedback on to this office, if it is passed on.
pub fn passed_on_to(command: &mut VoiceCommand, office: OfficeCode) {
    if let VoiceCommand::ForwardFeedback { to, .. } = command {
        *to = office;
    }
}

/// Names every command without a wildcard: a new one stops the compiler here.
pub fn next(command: Option<&VoiceCommand>) -> Option<DossierCommand> {
    use VoiceCommand as V;
    let (number, capability) = (1, None);
    Some(DossierCommand::Voice(match command {
        None => V::RefuseFeedback { number },
        Some(V::RefuseFeedback { .. }) => V::AskFeedbackSender { number },
        Some(V::AskFeedbackSender { .. }) => V::ClarifyFeedback { number, capability },
        Some(V::ClarifyFeedback { .. }) => V::ForwardFeedback {
            number,
            to: office(OFFICES[1]),
        },
        Some(V::ForwardFeedback { .. }) => V::PublishFeedback { number },
        Some(V::PublishFeedback { .. }) => V::JudgeFeedback {
            number,
            satisfied: true,
            capability,
        },
        Some(V::JudgeFeedback { .. }) => V::RecordFeedbackMiss { number },
        Some(V::RecordFeedbackMiss { .. }) => V::AnswerSurvey {
            campaign: CAMPAIGN.to_owned(),
            answers: vec![SurveyAnswer {
                question: "result".to_owned(),
                score: 5,
            }],
            device: RatingDevice::Own,
            assisted_by: None,
            capability,
        },
        Some(V::AnswerSurvey { .. }) => return None,
    }))
}

/// The feedback that a command answers to; an open one for an answer.
pub fn prepare(dossier: &mut Dossier, command: Option<&VoiceCommand>, past: Moment) {
    use VoiceCommand as V;
    let state = match command {
        None
        | Some(
            V::RefuseFeedback { .. }
            | V::AskFeedbackSender { .. }
            | V::ForwardFeedback { .. }
            | V::RecordFeedbackMiss { .. },
        ) => FeedbackState::Open,
        Some(V::ClarifyFeedback { .. }) => FeedbackState::AwaitingSender,
        Some(V::PublishFeedback { .. } | V::JudgeFeedback { .. }) => FeedbackState::Answered,
        Some(V::AnswerSurvey { .. }) => {
            dossier.surveys.clear();
            return;
        }
    };
    let due_at = matches!(command, Some(V::RecordFeedbackMiss { .. })).then_some(past);
    dossier.feedback = vec![Feedback {
        state,
        ..Feedback::new(1, FeedbackKind::Report, past, due_at)
    }];
}

/// Whether a dossier has what such a command answers to; none for commands that are none of these.
pub fn is_open(seen: &Dossier, command: &str, now: Moment) -> Option<bool> {
    let holds = |state: FeedbackState| seen.feedback.iter().any(|one| one.state == state);
    Some(match command {
        "answer_feedback" | "refuse_feedback" | "forward_feedback" => {
            seen.open_feedback().is_some()
        }
        "ask_feedback_sender" => holds(FeedbackState::Open),
        "clarify_feedback" => holds(FeedbackState::AwaitingSender),
        "publish_feedback" | "judge_feedback" => holds(FeedbackState::Answered),
        "record_feedback_miss" => {
            let mut all = seen.feedback.iter();
            all.any(|one| one.state == FeedbackState::Open && one.is_late(now) && !one.overdue)
        }
        "answer_survey" => seen.surveys.is_empty(),
        _ => return None,
    })
}
