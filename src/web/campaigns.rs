//! Satisfaction campaigns for people: the list, and what one was answered, question by question.

use askama::Template;

use super::dates;
use super::frame::Frame;
use super::lang::Lang;
use super::say::score_words;
use crate::api::campaigns::{Campaign, CampaignResult};
use crate::api::words::Label;

#[derive(Template)]
#[template(path = "campaigns.html")]
pub struct CampaignsPage {
    frame: Frame,
    campaigns: Vec<CampaignLine>,
}

struct CampaignLine {
    code: String,
    name: String,
    days: String,
    running: bool,
}

impl CampaignsPage {
    #[must_use]
    pub fn new(frame: Frame, campaigns: &[Campaign]) -> Self {
        let lang = frame.lang;
        let line = |one: &Campaign| CampaignLine {
            code: one.code.clone(),
            name: named(&one.name, lang),
            days: days(one, lang),
            running: one.running,
        };
        Self {
            campaigns: campaigns.iter().map(line).collect(),
            frame: frame.titled(
                lang.of("Khảo sát sự hài lòng", "Satisfaction campaigns"),
                None,
            ),
        }
    }
}

#[derive(Template)]
#[template(path = "campaign.html")]
pub struct CampaignPage {
    frame: Frame,
    name: String,
    decision: String,
    days: String,
    running: bool,
    closed_on: Option<String>,
    scope: Vec<String>,
    responses: String,
    tables: Vec<QuestionTable>,
}

/// One question with its answers: together, by office and by field.
struct QuestionTable {
    text: String,
    rows: Vec<AnswerRow>,
    /// The meaning of each score, from the lowest.
    heads: Vec<&'static str>,
}

struct AnswerRow {
    group: String,
    answers: String,
    /// None while so few answered that it would tell of people.
    satisfied: Option<String>,
    /// Empty where `satisfied` is none.
    scores: Vec<String>,
}

impl CampaignPage {
    /// `results`: together, by office, by field.
    #[must_use]
    pub fn new(
        frame: Frame,
        campaign: &Campaign,
        responses: u64,
        results: &[Vec<CampaignResult>; 3],
    ) -> Self {
        let lang = frame.lang;
        let table = |question: &crate::api::campaigns::CampaignQuestion| {
            let of_this = results.iter().flatten();
            let of_this = of_this.filter(|one| one.question.key == question.key);
            let scores = 1..=campaign.scale;
            QuestionTable {
                text: named(&question.text, lang),
                rows: of_this.map(|one| row(one, lang)).collect(),
                heads: scores
                    .map(|score| lang.pick(score_words(score, campaign.scale)))
                    .collect(),
            }
        };
        let name = named(&campaign.name, lang);
        let scope = campaign.fields.iter().chain(&campaign.procedures);
        Self {
            decision: campaign.decision.clone(),
            days: days(campaign, lang),
            running: campaign.running,
            closed_on: campaign.closed_on.map(|day| dates::day(day.0, lang)),
            scope: scope.chain(&campaign.offices).cloned().collect(),
            responses: lang.count(responses),
            tables: campaign.questions.iter().map(table).collect(),
            frame: frame.titled(name.clone(), None),
            name,
        }
    }
}

fn row(one: &CampaignResult, lang: Lang) -> AnswerRow {
    let group = match &one.name {
        Some(name) => named(name, lang),
        None => lang.of("Tất cả", "All").to_owned(),
    };
    AnswerRow {
        group,
        answers: lang.count(one.answers),
        satisfied: one
            .satisfied
            .and_then(|ratio| lang.percent(ratio.numerator, ratio.denominator)),
        scores: one.scores.iter().map(|one| lang.count(one.count)).collect(),
    }
}

fn named(name: &Label, lang: Lang) -> String {
    lang.of(&name.vi, &name.en).clone()
}

fn days(campaign: &Campaign, lang: Lang) -> String {
    let (from, to) = (campaign.from.0, campaign.to.0);
    format!("{} – {}", dates::day(from, lang), dates::day(to, lang))
}
