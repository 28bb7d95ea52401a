//! The nine indicators of Circular 01/2018 over GraphQL.

use async_graphql::{Context, Object, SimpleObject};

use super::Question;
use super::groups::office_of;
use crate::api::access::{api, may_see_officers, signed_in};
use crate::api::error::{Answered, Problem};
use crate::api::scalar::{Day, Long};
use crate::api::wait_for;
use crate::api::words::{Certainty, Label, Level};
use crate::domain::actor::is_id;
use crate::domain::score::Class;
use crate::projections::statistics::quality::{self, Rating};

/// One indicator, 0 to 2 points.
#[derive(SimpleObject)]
pub struct QualityIndicator {
    /// 1 to 9.
    number: u8,
    /// What it is called.
    name: Label,
    /// Sum of points; null when it is dropped.
    points: Option<u64>,
    /// Over how many dossiers; 1 when the agency is judged as a whole; null when it is dropped.
    dossiers: Option<u64>,
    /// Points by dossiers, to one decimal; null when it is dropped.
    score: Option<String>,
    /// What was judged, or why it is dropped.
    why: Label,
}

/// A class with the points from which it is reached.
#[derive(SimpleObject)]
pub struct QualityClass {
    /// What it is called.
    name: Label,
    /// From so many points on.
    from_points: String,
}

impl From<&Class> for QualityClass {
    fn from(class: &Class) -> Self {
        Self {
            name: (class.name_vi.as_str(), class.name_en.as_str()).into(),
            from_points: class.from_points.clone(),
        }
    }
}

/// The nine indicators.
pub struct ServiceQuality(Rating);

/// The nine indicators of Circular 01/2018. What the journal cannot tell is dropped: it takes no points and gives none.
#[Object]
impl ServiceQuality {
    /// Name and version of the record that the thresholds stand in.
    async fn record(&self) -> String {
        format!("{}/{}", self.0.quality.code, self.0.quality.version)
    }

    /// The circular.
    async fn legal_basis(&self) -> &str {
        &self.0.quality.legal_basis
    }

    /// How sure the record is.
    async fn certainty(&self) -> Certainty {
        self.0.quality.certainty.into()
    }

    /// What is not sure about it.
    async fn note(&self) -> Label {
        let quality = &self.0.quality;
        (quality.note_vi.as_str(), quality.note_en.as_str()).into()
    }

    /// The indicators that apply.
    async fn indicators(&self) -> Vec<QualityIndicator> {
        let named = self.0.indicators.iter().map(|one| {
            let mut names = self.0.quality.indicators.iter();
            let name = names.find(|named| named.number == one.number);
            let name = name.map_or(("", ""), |named| (&named.name_vi, &named.name_en));
            QualityIndicator {
                number: one.number,
                name: name.into(),
                points: one.points.map(|(points, _)| points),
                dossiers: one.points.map(|(_, dossiers)| dossiers),
                score: one.tenths().map(tenths),
                why: one.why.into(),
            }
        });
        named.collect()
    }

    /// Sum of the scores.
    async fn total(&self) -> String {
        tenths(self.0.total().0)
    }

    /// What the sum could be, of the indicators that are not dropped.
    async fn out_of(&self) -> String {
        tenths(self.0.total().1)
    }

    /// The class reached, in proportion when indicators are dropped; null when all are.
    async fn class(&self) -> Option<QualityClass> {
        self.0.class().map(Into::into)
    }
}

fn tenths(tenths: u64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// The nine indicators.
#[derive(Default)]
pub struct QualityQuery;

#[Object]
impl QualityQuery {
    /// The nine indicators of Circular 01/2018 for a period: for everybody; of one officer, for the office's own people and
    /// auditors.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is an argument of the field"
    )]
    #[graphql(complexity = "150 + child_complexity")]
    async fn service_quality(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "First day; see reportingPeriod.")] from: Day,
        #[graphql(desc = "Last day; today when that comes first.")] to: Day,
        #[graphql(desc = "Code of an office; all offices unless told.")] office: Option<String>,
        #[graphql(desc = "All offices of a level; not together with office.")] level: Option<Level>,
        #[graphql(desc = "Pseudonym of a handler; the whole agency unless told.")] officer: Option<
            String,
        >,
        #[graphql(desc = "Wait up to 2 s until this position is shown; else NOT_YET.")]
        min_position: Option<Long>,
    ) -> Answered<ServiceQuality> {
        let answer = async {
            let api = api(context);
            wait_for(api, min_position).await?;
            let query = Question::plain(from, to, office, level).query(api)?;
            if let Some(officer) = &officer {
                may_see_officers(signed_in(context)?, office_of(&query))?;
                if !is_id(officer) {
                    return Err(Problem::bad_input("officer is not a pseudonym"));
                }
            }
            let rating = quality::rate(&api.models, &query, officer.as_deref()).await?;
            Ok(ServiceQuality(rating))
        };
        Some(answer.await)
    }
}
