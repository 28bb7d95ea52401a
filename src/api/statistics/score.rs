//! The index of Decision 766 over GraphQL: every element with its formula, its two numbers and its points, or why it has none.

use async_graphql::{Context, Enum, Object, SimpleObject};

use super::{Question, Ratio, Statistics};
use crate::api::access::api;
use crate::api::error::Answered;
use crate::api::scalar::{Day, Long};
use crate::api::wait_for;
use crate::api::words::{Certainty, Label, Level};
use crate::projections::statistics::score::{self, Scored};

/// How an element came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::projections::statistics::score::ElementState")]
pub enum ElementState {
    /// From what is recorded.
    Computed,
    /// Only somebody outside can count it: its points are neither reached nor among those that could be.
    NeedsOutsideData,
    /// There was nothing to divide by: it gives what the index says for that.
    NoDenominator,
}

/// One element of the index.
pub struct ScoreElement(Scored);

/// One element of the index.
#[Object]
impl ScoreElement {
    /// Its number.
    async fn code(&self) -> &str {
        &self.0.element.code
    }

    /// What it is called.
    async fn name(&self) -> Label {
        (
            self.0.element.name_vi.as_str(),
            self.0.element.name_en.as_str(),
        )
            .into()
    }

    /// Points that can be had.
    async fn max(&self) -> u32 {
        self.0.element.max
    }

    /// How the points come from the ratio.
    async fn formula(&self) -> &str {
        &self.0.element.formula
    }

    /// The ratio, in per cent, from which all points are given.
    async fn threshold_percent(&self) -> u32 {
        self.0.element.threshold_percent
    }

    /// How sure formula and threshold are.
    async fn certainty(&self) -> Certainty {
        self.0.element.certainty.into()
    }

    /// Whether it could be counted.
    async fn state(&self) -> ElementState {
        self.0.state.into()
    }

    /// What was counted, or why nothing was.
    async fn why(&self) -> Label {
        self.0.why.into()
    }

    /// The two numbers; null when only somebody outside knows them.
    async fn ratio(&self) -> Option<Ratio> {
        let share = self.0.share?;
        Some(Ratio::counted(share, self.0.why.1))
    }

    /// Points to two decimals, half up; null when it is not counted.
    async fn score(&self) -> Option<String> {
        self.0.hundredths.map(points)
    }
}

/// A group of elements.
#[derive(SimpleObject)]
pub struct ScoreGroup {
    /// Its number.
    code: String,
    /// What it is called.
    name: Label,
    /// Points that can be had.
    max: u32,
    /// Points of what was counted, to two decimals.
    score: String,
    /// Points that could be had of what was counted.
    out_of: String,
    /// Its elements.
    elements: Vec<ScoreElement>,
}

/// A rule by which dossiers are judged.
#[derive(SimpleObject)]
pub struct ScoreRule {
    /// Its name.
    code: String,
    /// In words.
    text: Label,
    /// How sure it is.
    certainty: Certainty,
}

/// The index of Decision 766.
pub struct Score766 {
    score: score::Score,
    counts: Statistics,
}

/// The index of Decision 766, on 100 points. Its total stands only over what is counted, and says out of how many points.
#[Object]
impl Score766 {
    /// Name and version of the record that its formulas stand in.
    async fn index(&self) -> String {
        format!("{}/{}", self.score.index.code, self.score.index.version)
    }

    /// The decision.
    async fn legal_basis(&self) -> &str {
        &self.score.index.legal_basis
    }

    /// How sure the record is as a whole.
    async fn certainty(&self) -> Certainty {
        self.score.index.certainty.into()
    }

    /// What is not sure about it.
    async fn note(&self) -> Label {
        let index = &self.score.index;
        (index.note_vi.as_str(), index.note_en.as_str()).into()
    }

    /// Points reached, to two decimals.
    async fn total(&self) -> String {
        points(self.score.total().0)
    }

    /// Points that could be had of what was counted.
    async fn out_of(&self) -> String {
        points(self.score.total().1)
    }

    /// The groups with their elements.
    async fn groups(&self) -> Vec<ScoreGroup> {
        let index = &self.score.index;
        let groups = index.groups.iter().map(|group| {
            let of_group = |one: &&Scored| group.elements.contains(&one.element);
            let elements: Vec<&Scored> = self.score.elements.iter().filter(of_group).collect();
            let (reached, of) = score::sum(elements.iter().copied());
            ScoreGroup {
                code: group.code.clone(),
                name: (group.name_vi.as_str(), group.name_en.as_str()).into(),
                max: group.max,
                score: points(reached),
                out_of: points(of),
                elements: elements.into_iter().cloned().map(ScoreElement).collect(),
            }
        });
        groups.collect()
    }

    /// How dossiers are judged here; not as offices publish.
    async fn rules(&self) -> Vec<ScoreRule> {
        let rules = self.score.index.rules.iter().map(|rule| ScoreRule {
            code: rule.code.clone(),
            text: (rule.text_vi.as_str(), rule.text_en.as_str()).into(),
            certainty: rule.certainty.into(),
        });
        rules.collect()
    }

    /// Period and counts as offices publish them, to compare.
    async fn counts(&self) -> &Statistics {
        &self.counts
    }
}

/// Hundredths of a point as a decimal number.
fn points(hundredths: u64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// The index.
#[derive(Default)]
pub struct ScoreQuery;

#[Object]
impl ScoreQuery {
    /// The index of Decision 766 for a period, for everybody.
    #[graphql(name = "score766", complexity = "300 + child_complexity")]
    async fn score_766(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "First day; the portal counts plain months, see reportingPeriod.")]
        from: Day,
        #[graphql(desc = "Last day; today when that comes first.")] to: Day,
        #[graphql(desc = "Code of an office; all offices unless told.")] office: Option<String>,
        #[graphql(desc = "All offices of a level; not together with office.")] level: Option<Level>,
        #[graphql(desc = "Wait up to 2 s until this position is shown; else NOT_YET.")]
        min_position: Option<Long>,
    ) -> Answered<Score766> {
        let answer = async {
            let api = api(context);
            wait_for(api, min_position).await?;
            let query = Question::plain(from, to, office, level).query(api)?;
            let score = score::score(&api.models, &query).await?;
            let counts = Statistics::of(&api.models, query, to.0).await?;
            Ok(Score766 { score, counts })
        };
        Some(answer.await)
    }
}
