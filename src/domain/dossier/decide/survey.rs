//! The answer to a campaign's questions: once per dossier, after its end, while the campaign runs.

use super::drafting::plain;
use super::{Context, Decision, Dossier};
use crate::domain::dossier::VoiceRefusal;
use crate::domain::dossier::event::{
    DossierEvent, RatingDevice, SurveyAnswer, SurveyAnswered, VoiceEvent,
};

/// Each question once, in the campaign's order, on its scale.
pub(super) fn answer_survey(
    dossier: &Dossier,
    campaign: &str,
    answers: &[SurveyAnswer],
    device: RatingDevice,
    assisted_by: Option<&String>,
    context: &Context<'_>,
) -> Decision {
    let today = context.now.date();
    let held = context.reference.campaigns.get(campaign);
    let held = held.ok_or(VoiceRefusal::CampaignUnknown)?;
    if !held.runs_on(today) {
        return Err(VoiceRefusal::CampaignClosed.into());
    }
    let opened = &held.opened;
    if !dossier.is_asked_by(opened, context.reference, today) {
        return Err(VoiceRefusal::OutOfScope.into());
    }
    if dossier.has_answered(campaign) {
        return Err(VoiceRefusal::SurveyAnswered.into());
    }
    let mut sorted = Vec::new();
    for question in &opened.questions {
        let mut given = answers.iter().filter(|one| one.question == question.key);
        match (given.next(), given.next()) {
            (Some(one), None) if (1..=opened.scale).contains(&one.score) => {
                sorted.push(one.clone());
            }
            _ => return Err(VoiceRefusal::AnswersInvalid.into()), // foreign: none, two, or off the scale
        }
    }
    if sorted.len() != answers.len() {
        return Err(VoiceRefusal::AnswersInvalid.into());
    }
    let answered = SurveyAnswered {
        campaign: campaign.to_owned(),
        scale: opened.scale,
        answers: sorted,
        device,
        assisted_by: assisted_by.cloned(),
    };
    let event = VoiceEvent::SurveyAnswered(answered);
    plain(DossierEvent::Voice(event), context)
}
