//! Opening and ending a satisfaction campaign: facts on the reference shelf.

use async_graphql::{Context, InputObject, Object};

use super::form::Form;
use super::input::Around;
use super::perform::{Asked, CommandPayload, Target, perform};
use crate::acts::Act;
use crate::api::error::Answered;
use crate::api::scalar::Day;
use crate::api::words::{Certainty, Topic};
use crate::domain::campaign::{Campaign, CampaignAct, Question};

/// One question of a campaign.
#[derive(InputObject)]
pub struct QuestionInput {
    /// Within its campaign: small letters, digits and `-`.
    key: String,
    /// In Vietnamese, at most 200 characters.
    vi: String,
    /// In English, at most 200 characters.
    en: String,
    /// What it is about: targets are measured by that.
    about: Topic,
}

/// Input of `openCampaign`.
#[derive(InputObject)]
pub struct OpenCampaignInput {
    /// Letters, digits, `.` and `-`, a digit among them: `KS-2023`.
    code: String,
    /// Its name in Vietnamese, at most 200 characters.
    name_vi: String,
    /// Its name in English, at most 200 characters.
    name_en: String,
    /// Number of the plan or decision that orders it, at most 200 characters. It stands in the journal for ever: no names.
    decision: String,
    /// First day.
    from: Day,
    /// Last day.
    to: Day,
    /// The best score: 3 or 5.
    scale: u8,
    /// Vietnamese names of the fields asked about; all unless told.
    #[graphql(default, validator(max_items = 200))]
    fields: Vec<String>,
    /// Codes of the procedures asked about; all unless told.
    #[graphql(default, validator(max_items = 200))]
    procedures: Vec<String>,
    /// Codes of the offices asked about; all unless told.
    #[graphql(default, validator(max_items = 200))]
    offices: Vec<String>,
    /// 1 to 12 questions.
    #[graphql(validator(max_items = 12))]
    questions: Vec<QuestionInput>,
    /// How sure the record is.
    certainty: Certainty,
    #[graphql(flatten)]
    around: Around,
}

/// Input of `closeCampaign`.
#[derive(InputObject)]
pub struct CloseCampaignInput {
    /// Its code.
    code: String,
    #[graphql(flatten)]
    around: Around,
}

/// What procedure control can ask of citizens.
#[derive(Default)]
pub struct CampaignMutation;

#[Object]
impl CampaignMutation {
    /// Open a satisfaction campaign: procedure control. Applicants of ended dossiers in its scope answer it between its days.
    async fn open_campaign(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What is asked, of whom, how long.")] input: OpenCampaignInput,
    ) -> Answered<CommandPayload> {
        let question = |one: QuestionInput| Question {
            key: one.key,
            vi: one.vi,
            en: one.en,
            about: one.about.into(),
        };
        let campaign = Campaign {
            code: input.code.trim().to_owned(),
            name_vi: input.name_vi,
            name_en: input.name_en,
            decision: input.decision,
            from: input.from.0,
            to: input.to.0,
            scale: input.scale,
            fields: input.fields,
            procedures: input.procedures,
            offices: input.offices,
            questions: input.questions.into_iter().map(question).collect(),
            certainty: input.certainty.into(),
        };
        given(context, input.around, CampaignAct::Open(campaign)).await
    }

    /// End a campaign before its last day, with a reason. What was answered stays.
    async fn close_campaign(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which one, and why.")] input: CloseCampaignInput,
    ) -> Answered<CommandPayload> {
        let code = input.code.trim().to_owned();
        given(context, input.around, CampaignAct::Close { code }).await
    }
}

async fn given(
    context: &Context<'_>,
    around: Around,
    act: CampaignAct,
) -> Answered<CommandPayload> {
    let mut asked = Asked::new(around, Target::New, Form::default(), None);
    asked.other = Some(Act::Campaign(act));
    perform(context, asked).await
}
