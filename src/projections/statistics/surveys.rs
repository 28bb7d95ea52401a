//! What campaigns were answered: one row per answer, counted by question, office and field when somebody asks.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use sqlx::{Row, query};

use super::deeds::{COLUMNS, placed};
use super::groups::field_of;
use super::measure::Rows;
use super::sql::begin;
use super::suppress::FEWEST;
use crate::databases::insert::{Insert, Writes};
use crate::domain::campaign::{CampaignEvent, Topic};
use crate::domain::dossier::{DossierEvent, VoiceEvent};
use crate::domain::event::Event;
use crate::domain::reference::ReferenceEvent;
use crate::projections::fold::Batch;
use crate::projections::{Model, ReadModels, Result};

pub(in crate::projections) const MODEL: Model = Model {
    version: 1,
    tables: "
        create table question ( -- of campaigns
            campaign text not null,
            question text not null,
            topic    text not null, -- `settlement`, `agencies`, `other`
            primary key (campaign, question)
        ) strict, without rowid;
        create table survey (
            number      integer not null,
            turn        integer not null,
            position    integer not null,
            recorded_at integer not null,
            deed        text    not null, -- whose device: `own`, `office`
            campaign    text    not null,
            question    text    not null,
            score       integer not null, -- from 1
            scale       integer not null, -- the best score
            primary key (position, question)
        ) strict, without rowid;",
    indexes: "
        create index survey_campaign on survey (campaign, question);
        create index survey_recorded on survey (recorded_at);",
};

static INSERT: LazyLock<Insert> = LazyLock::new(|| {
    let columns = [
        &COLUMNS[..],
        &["campaign", "question", "score", "scale"][..],
    ]
    .concat();
    Insert::new("survey", &columns, "")
});

static QUESTION: LazyLock<Insert> = LazyLock::new(|| {
    Insert::new(
        "question",
        &["campaign", "question", "topic"],
        " on conflict do nothing",
    )
});

/// Answers of the period to questions about the settlement of dossiers. Satisfied is one of the two best scores, as with
/// ratings; those from an office's device count neither way.
pub(super) static SETTLEMENT: Rows = Rows {
    from: "survey cross join question cross join turn",
    condition: "survey.recorded_at >= since and survey.recorded_at < until
        and question.campaign = survey.campaign and question.question = survey.question and question.topic = 'settlement'
        and turn.number = survey.number and turn.turn = max(survey.turn, 1)",
    numerator: "survey.score >= survey.scale - 1",
    excluded: "survey.deed = 'office'",
};

/// The same to questions about the service of agencies.
pub(super) static AGENCIES: Rows = Rows {
    condition: "survey.recorded_at >= since and survey.recorded_at < until
        and question.campaign = survey.campaign and question.question = survey.question and question.topic = 'agencies'
        and turn.number = survey.number and turn.turn = max(survey.turn, 1)",
    ..SETTLEMENT
};

/// Writes the questions and answers of the batch.
pub(super) fn write(to: &mut Writes, batch: &Batch) {
    let opened = batch
        .reads
        .iter()
        .filter_map(|read| match &read.fact.event {
            Event::Reference(ReferenceEvent::Campaign(CampaignEvent::Opened(campaign))) => {
                Some(campaign)
            }
            _ => None, // foreign: of nothing else is asked
        });
    let questions: Vec<_> = opened
        .flat_map(|campaign| {
            let all = campaign.questions.iter();
            all.map(|one| (campaign.code.clone(), one.key.clone(), one.about))
        })
        .collect();
    QUESTION.put(to, &questions, |columns, (campaign, key, about)| {
        let columns = columns.bind(campaign.clone()).bind(key.clone());
        columns.bind(about.name())
    });
    let mut answers = Vec::new();
    for (place, _, event) in placed(batch) {
        if let DossierEvent::Voice(VoiceEvent::SurveyAnswered(survey)) = event {
            answers.extend(survey.answers.iter().map(|one| (place, survey, one)));
        }
    }
    INSERT.put(to, &answers, |columns, (place, survey, one)| {
        place
            .bind(columns, survey.device.name())
            .bind(survey.campaign.clone())
            .bind(one.question.clone())
            .bind(one.score)
            .bind(survey.scale)
    });
}

/// Whether a campaign with a question about this topic has a day in the period: its answers are then what is counted.
#[must_use]
pub fn is_asked(models: &ReadModels, topic: Topic, from: Date, to: Date) -> bool {
    let reference = models.reference();
    let mut campaigns = reference.campaigns.values();
    campaigns.any(|held| {
        let opened = &held.opened;
        let asks = opened.questions.iter().any(|one| one.about == topic);
        asks && opened.from <= to && from <= opened.to
    })
}

/// What results are split by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    Together,
    Office,
    /// Field of the procedure's newest version.
    Field,
}

/// The answers to one question, of one group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answers {
    /// How often each score was given, from 1; on the rater's own device.
    pub scores: Vec<u64>,
    /// Given on an office's device: they count neither way.
    pub excluded: u64,
}

impl Answers {
    #[must_use]
    pub fn counted(&self) -> u64 {
        self.scores.iter().sum()
    }

    /// One of the two best scores.
    #[must_use]
    pub fn satisfied(&self) -> u64 {
        self.scores.iter().rev().take(2).sum()
    }

    /// So few that they tell of people: neither the share nor the scores are said.
    fn is_small(&self) -> bool {
        (1..FEWEST).contains(&self.counted())
    }
}

/// Groups of one question whose answers are not told: those that are small. What is hidden can be reckoned from the total as one
/// sum: where that is of one group, or of fewer than [`FEWEST`] answers, the next smallest are hidden too.
#[must_use]
pub fn withheld<'a>(groups: &[(&'a str, &Answers)]) -> Vec<&'a str> {
    let answered = groups.iter().copied().filter(|(_, one)| one.counted() > 0);
    let (mut hidden, mut rest): (Vec<(&str, &Answers)>, Vec<_>) =
        answered.partition(|(_, one)| one.is_small());
    rest.sort_by_key(|(_, one)| one.counted());
    let mut others = rest.into_iter();
    while !hidden.is_empty() && !is_enough(&hidden) {
        let Some(next) = others.next() else { break };
        hidden.push(next);
    }
    hidden.into_iter().map(|(group, _)| group).collect()
}

fn is_enough(hidden: &[(&str, &Answers)]) -> bool {
    let answers = hidden.iter().map(|(_, one)| one.counted());
    hidden.len() > 1 && answers.sum::<u64>() >= FEWEST
}

/// By the question's key and the group's; the group is empty when nothing is split.
pub type Results = BTreeMap<(String, String), Answers>;

/// The answers to a campaign up to the end of a day.
pub async fn results(
    models: &ReadModels,
    campaign: &str,
    scale: u8,
    split: Split,
    to: Date,
) -> Result<Results> {
    let key = match split {
        Split::Together => "''",
        Split::Office => "turn.office",
        Split::Field => "turn.procedure",
    };
    let sql = format!(
        "select survey.question as question, {key} as grouped, survey.score as score,
             survey.deed = 'office' as excluded, count(*) as answers
         from survey cross join turn
         where survey.campaign = ?1 and survey.recorded_at < ?2
           and turn.number = survey.number and turn.turn = max(survey.turn, 1)
         group by 1, 2, 3, 4"
    );
    let found = query(sqlx::AssertSqlSafe(sql))
        .bind(campaign.to_owned())
        .bind(begin(to.tomorrow().ok()))
        .fetch_all(models.pool())
        .await?;
    let reference = models.reference();
    let mut results = Results::new();
    for row in &found {
        let (question, group): (String, String) =
            (row.try_get("question")?, row.try_get("grouped")?);
        let group = match split {
            Split::Together | Split::Office => group,
            Split::Field => field_of(&group, &reference).map_or(group, |(vi, _)| vi),
        };
        let answers = row.try_get::<i64, _>("answers")?.cast_unsigned();
        let entry = results.entry((question, group)).or_default();
        entry.scores.resize(usize::from(scale), 0);
        let score = usize::try_from(row.try_get::<i64, _>("score")?).unwrap_or_default();
        if row.try_get("excluded")? {
            entry.excluded += answers;
        } else if let Some(place) = score.checked_sub(1).and_then(|at| entry.scores.get_mut(at)) {
            *place += answers;
        }
    }
    Ok(results)
}

/// How many dossiers have answered a campaign up to the end of a day.
pub async fn responses(models: &ReadModels, campaign: &str, to: Date) -> Result<u64> {
    let found: i64 = sqlx::query_scalar(
        "select count(distinct position) from survey where campaign = ?1 and recorded_at < ?2",
    )
    .bind(campaign.to_owned())
    .bind(begin(to.tomorrow().ok()))
    .fetch_one(models.pool())
    .await?;
    Ok(found.cast_unsigned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(count: u64) -> Answers {
        Answers {
            scores: vec![0, 0, count],
            excluded: 0,
        }
    }

    #[test]
    fn a_small_group_cannot_be_reckoned_from_the_others_and_the_total() {
        let hidden = |counts: &[u64]| {
            let answers: Vec<Answers> = counts.iter().map(|count| given(*count)).collect();
            let names = ["a", "b", "c", "d"];
            let groups: Vec<_> = names.into_iter().zip(&answers).collect();
            withheld(&groups)
        };
        assert_eq!(hidden(&[50, 3, 20, 9]), ["b", "d"], "the next smallest too");
        assert_eq!(hidden(&[50, 3, 2, 9]), ["b", "c"], "two hide each other");
        assert_eq!(
            hidden(&[50, 1, 1, 9]),
            ["b", "c", "d"],
            "two people are as few together as alone"
        );
        assert_eq!(
            hidden(&[50, 0, 20, 9]),
            [""; 0],
            "nobody answered: nobody is told of"
        );
        assert_eq!(hidden(&[3]), ["a"], "there is no other");
    }
}
