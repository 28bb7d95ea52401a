//! Satisfaction campaigns and what they were answered, for everybody: shares and scores, no person and no dossier.

use async_graphql::{ComplexObject, Context, Enum, Object, SimpleObject};

use super::Api;
use super::access::api;
use super::error::{Answered, Result};
use super::scalar::{Day, Long};
use super::statistics::Ratio;
use super::wait_for;
use super::words::{Certainty, Label, Topic};
use crate::domain::campaign::{self as domain, HeldCampaign};
use crate::projections::statistics::surveys::{self, Answers, Split};

/// One question.
#[derive(Debug, Clone, SimpleObject)]
pub struct CampaignQuestion {
    /// Within its campaign.
    pub key: String,
    /// What is asked.
    pub text: Label,
    /// What it is about.
    pub about: Topic,
}

/// How often one score was given.
#[derive(Debug, Clone, SimpleObject)]
pub struct ScoreCount {
    /// From 1; the highest is best.
    pub score: u8,
    /// How often.
    pub count: u64,
}

/// What a campaign's results are split by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::projections::statistics::surveys::Split")]
pub enum CampaignSplit {
    /// Not at all.
    Together,
    /// The office.
    Office,
    /// The field of the procedure.
    Field,
}

/// What was answered to one question, in one group.
#[derive(Debug, Clone, SimpleObject)]
pub struct CampaignResult {
    /// Which question.
    pub question: CampaignQuestion,
    /// Code of the office or Vietnamese name of the field; null when nothing is split.
    pub group: Option<String>,
    /// What the group is called; null when nothing is split.
    pub name: Option<Label>,
    /// How many answered it on a device of their own.
    pub answers: u64,
    /// Answers from an office's device: they count neither way.
    pub excluded: u64,
    /// Answers with one of the two best scores of all; null while fewer than five answered, for they would tell of people, and of the
    /// next smallest group where only one is so small, or that one could be reckoned from the total.
    pub satisfied: Option<Ratio>,
    /// Each score from the lowest; empty where `satisfied` is null.
    pub scores: Vec<ScoreCount>,
}

/// A campaign.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct Campaign {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Label,
    /// Number of the plan or decision that orders it.
    pub decision: String,
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
    /// The first day on which nobody could answer any more, when it was ended early.
    pub closed_on: Option<Day>,
    /// Answers are taken today.
    pub running: bool,
    /// The best score: 3 or 5.
    pub scale: u8,
    /// Fields asked about; empty for all.
    pub fields: Vec<String>,
    /// Procedures asked about; empty for all.
    pub procedures: Vec<String>,
    /// Offices asked about; empty for all.
    pub offices: Vec<String>,
    /// What is asked.
    pub questions: Vec<CampaignQuestion>,
    /// How sure the record is.
    pub certainty: Certainty,
}

#[ComplexObject]
impl Campaign {
    /// How many dossiers have answered.
    #[graphql(complexity = "20")]
    async fn responses(&self, context: &Context<'_>) -> Result<u64> {
        let api = api(context);
        let today = api.office.clock().date();
        let found = surveys::responses(&api.models, &self.code, today).await?;
        Ok(found)
    }

    /// What was answered to each question, in the order of the questions.
    #[graphql(complexity = "50 + 5 * child_complexity")]
    async fn results(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Split by what; together unless told.")] by: Option<CampaignSplit>,
    ) -> Result<Vec<CampaignResult>> {
        results(api(context), self, by.map_or(Split::Together, Into::into)).await
    }
}

/// The campaigns.
#[derive(Default)]
pub struct CampaignQuery;

#[Object]
impl CampaignQuery {
    /// Satisfaction campaigns, the newest first, for everybody.
    #[graphql(complexity = "20 + 10 * child_complexity")]
    async fn campaigns(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only one with this code.")] code: Option<String>,
        #[graphql(default, desc = "Only those that take answers today.")] running: bool,
        #[graphql(desc = "Wait up to 2 s until this position is shown; else NOT_YET.")]
        min_position: Option<Long>,
    ) -> Answered<Vec<Campaign>> {
        let found = async {
            let api = api(context);
            wait_for(api, min_position).await?;
            let mut all = all(api);
            all.retain(|one| code.as_ref().is_none_or(|code| *code == one.code));
            all.retain(|one| !running || one.running);
            Ok(all)
        };
        Some(found.await)
    }
}

/// All campaigns, the newest first.
pub fn all(api: &Api) -> Vec<Campaign> {
    let today = api.office.clock().date();
    let reference = api.models.reference();
    let mut held: Vec<&HeldCampaign> = reference.campaigns.values().collect();
    held.sort_by(|a, b| {
        let key = |one: &HeldCampaign| (one.opened.from, one.opened.code.clone());
        key(b).cmp(&key(a))
    });
    held.into_iter()
        .map(|one| told(one, one.runs_on(today)))
        .collect()
}

/// The campaign with this code.
pub fn by_code(api: &Api, code: &str) -> Option<Campaign> {
    all(api).into_iter().find(|one| one.code == code)
}

fn told(held: &HeldCampaign, running: bool) -> Campaign {
    let opened = held.opened.as_ref();
    Campaign {
        code: opened.code.clone(),
        name: (opened.name_vi.as_str(), opened.name_en.as_str()).into(),
        decision: opened.decision.clone(),
        from: Day(opened.from),
        to: Day(opened.to),
        closed_on: held.closed_on.map(Day),
        running,
        scale: opened.scale,
        fields: opened.fields.clone(),
        procedures: opened.procedures.clone(),
        offices: opened.offices.clone(),
        questions: opened.questions.iter().map(question).collect(),
        certainty: opened.certainty.into(),
    }
}

fn question(one: &domain::Question) -> CampaignQuestion {
    CampaignQuestion {
        key: one.key.clone(),
        text: (one.vi.as_str(), one.en.as_str()).into(),
        about: one.about.into(),
    }
}

/// A campaign's results up to today.
pub async fn results(api: &Api, campaign: &Campaign, split: Split) -> Result<Vec<CampaignResult>> {
    let today = api.office.clock().date();
    let found = surveys::results(&api.models, &campaign.code, campaign.scale, split, today);
    let found = found.await?;
    let name = |group: &str| match split {
        Split::Together => None,
        Split::Office => Some(office_name(api, group)),
        Split::Field => Some(field_name(api, group)),
    };
    let mut all = Vec::new();
    for question in &campaign.questions {
        let of_this = found.iter().filter(|((key, _), _)| *key == question.key);
        let groups: Vec<_> = of_this
            .map(|((_, group), answers)| (group.as_str(), answers))
            .collect();
        let hidden = surveys::withheld(&groups);
        for (group, answers) in groups {
            let told = !hidden.contains(&group);
            all.push(result(question, name(group), group, answers, told));
        }
    }
    Ok(all)
}

fn result(
    question: &CampaignQuestion,
    name: Option<Label>,
    group: &str,
    answers: &Answers,
    told: bool,
) -> CampaignResult {
    let counted = answers.counted();
    let scores = (1..).zip(&answers.scores);
    CampaignResult {
        question: question.clone(),
        group: name.is_some().then(|| group.to_owned()),
        name,
        answers: counted,
        excluded: answers.excluded,
        satisfied: told.then(|| Ratio {
            numerator: answers.satisfied(),
            denominator: counted,
            excluded: answers.excluded,
            meaning: "one of the two best scores, of the answers from own devices",
        }),
        scores: scores
            .filter(|_| told)
            .map(|(score, count)| ScoreCount {
                score,
                count: *count,
            })
            .collect(),
    }
}

fn office_name(api: &Api, code: &str) -> Label {
    let reference = api.models.reference();
    reference.offices.get(code).map_or_else(
        || (code, code).into(),
        |one| (one.name_vi.as_str(), one.name_en.as_str()).into(),
    )
}

fn field_name(api: &Api, field: &str) -> Label {
    let reference = api.models.reference();
    let mut newest = reference.procedures.values().filter_map(|all| all.last());
    let known = newest.find(|one| one.field_vi == field);
    known.map_or_else(
        || (field, field).into(),
        |one| (field, one.field_en.as_str()).into(),
    )
}
