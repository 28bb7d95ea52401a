//! Targets and offices side by side: what was set, what was counted, and how it stands.

use async_graphql::{Context, Enum, Object, SimpleObject};

use super::{Question, Ratio};
use crate::api::access::api;
use crate::api::error::{Answered, Problem};
use crate::api::scalar::{Day, Long};
use crate::api::wait_for;
use crate::api::words::{Certainty, Label, Level};
use crate::domain::target as domain;
use crate::projections::statistics::ranking as ranks;
use crate::projections::statistics::targets::{self, Judged};

/// A ratio that is counted from the record, or that only somebody outside can count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::target::Indicator")]
pub enum Indicator {
    /// (Early + on time) of the settled with a promised date, against the promise in force.
    OnTimeOfSettled,
    /// The same against the first promise.
    OnTimeOfSettledByOriginal,
    /// (Early + on time) of all received (Circular 01/2018 art. 30.2c).
    OnTimeOfReceived,
    /// Early of the settled with a promised date.
    EarlyOfSettled,
    /// Settled of all received.
    SettledOfReceived,
    /// New online of all new.
    OnlineOfNew,
    /// Overdue of the pending with a promised date: less is better.
    OverdueOfPending,
    /// Procedures offered online, fully or in part, of all in force.
    OnlineProcedures,
    /// Procedures offered fully online of all in force.
    FullOnlineProcedures,
    /// Procedures whose public record is complete of all in force.
    PublishedProcedures,
    /// Dossiers with an electronic result of those with a result.
    DigitisedResults,
    /// Dossiers with a digitised or reused paper of those with papers entered.
    DigitisedComponents,
    /// Dossiers with a reused paper of those with papers entered.
    ReusedComponents,
    /// Certifications with an electronic result of all certifications.
    ElectronicCertification,
    /// Dossiers paid online of those with something to pay.
    OnlinePayment,
    /// Satisfied of those who rated on their own device.
    Satisfaction,
    /// The same for land, construction and investment.
    SatisfactionLandConstructionInvestment,
    /// Satisfied with an agency's service in general: only a survey tells.
    SatisfactionWithAgencies,
    /// Feedback answered on time of all due.
    FeedbackOnTime,
    /// Procedures reviewed of all.
    ReviewedProcedures,
}

/// How a target stands; computed whenever it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::projections::statistics::targets::Standing")]
pub enum TargetState {
    /// Its days are over, and it was reached.
    Met,
    /// Its days are over, and it was not.
    Missed,
    /// Its days are not over.
    OnTheWay,
    /// There is nothing to count, or only somebody outside can.
    NotMeasurable,
}

/// What an authority set itself to reach.
#[derive(SimpleObject)]
pub struct Target {
    /// What is measured.
    indicator: Indicator,
    /// What people call it.
    label: Label,
    /// Code of the one office; null for all, or all of a level.
    office: Option<String>,
    /// All offices of a level; null for one office, or all.
    level: Option<Level>,
    /// First day.
    from: Day,
    /// Last day.
    to: Day,
    /// What is to be reached.
    value: Ratio,
    /// Less is better: the value is an upper limit.
    lower_is_better: bool,
    /// Number of the plan or decision.
    basis: String,
    /// How sure the record is.
    certainty: Certainty,
    /// A later target took its place; it stays on record.
    superseded: bool,
    /// How it stands.
    state: TargetState,
    /// Why it stands so.
    why: Label,
    /// What was counted; null before its first day and when only somebody outside can.
    counted: Option<Ratio>,
    /// Last day counted.
    counted_to: Option<Day>,
    /// What was counted reaches it, whether or not its days are over; null when nothing was.
    reached: Option<bool>,
}

impl From<Judged> for Target {
    fn from(judged: Judged) -> Self {
        let target = judged.target.as_ref();
        let label = target.indicator.label();
        let value = Ratio {
            numerator: target.value.numerator.into(),
            denominator: target.value.denominator.into(),
            excluded: 0,
            meaning: label.1,
        };
        Self {
            indicator: target.indicator.into(),
            label: label.into(),
            office: target.office.clone(),
            level: target.level.map(Into::into),
            from: Day(target.from),
            to: Day(target.to),
            value,
            lower_is_better: target.indicator.is_lower_better(),
            basis: target.basis.clone(),
            certainty: target.certainty.into(),
            superseded: judged.superseded,
            state: judged.standing.into(),
            why: judged.why.into(),
            counted: judged.share.map(|share| Ratio::counted(share, label.1)),
            counted_to: judged.counted_to.map(Day),
            reached: judged.reached,
        }
    }
}

/// An office among others.
#[derive(SimpleObject)]
pub struct RankedOffice {
    /// From 1; equal shares have the same place, and the next ones are left out (1, 1, 3). Null below the minimum.
    place: Option<u32>,
    /// Its code.
    office: String,
    /// Its name.
    name: Label,
    /// By what it is ranked.
    ratio: Ratio,
}

/// Offices side by side.
#[derive(SimpleObject)]
pub struct Ranking {
    /// By what.
    indicator: Indicator,
    /// What people call it.
    label: Label,
    /// Less is better: the lowest share is first.
    lower_is_better: bool,
    /// Offices with a smaller denominator have no place.
    denominator_min: u64,
    /// How many offices have a place.
    ranked: u32,
    /// The first ones, then those without a place, by code.
    offices: Vec<RankedOffice>,
}

const RANKED_MAX: i32 = 500;

/// Targets and ranking.
#[derive(Default)]
pub struct TargetQuery;

#[Object]
impl TargetQuery {
    /// The targets that were set, newest last, for everybody. Their states are computed from what is recorded.
    #[graphql(complexity = "200 + 20 * child_complexity")]
    async fn targets(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Code of an office; all unless told.")] office: Option<String>,
        #[graphql(desc = "Of a level; all unless told.")] level: Option<Level>,
        #[graphql(desc = "What is measured; all unless told.")] indicator: Option<Indicator>,
        #[graphql(default, desc = "Also those whose place a later one took.")] superseded: bool,
        #[graphql(desc = "Wait up to 2 s until this position is shown; else NOT_YET.")]
        min_position: Option<Long>,
    ) -> Answered<Vec<Target>> {
        let answer = async {
            let api = api(context);
            wait_for(api, min_position).await?;
            let (level, indicator) = (level.map(Into::into), indicator.map(Into::into));
            let wanted = |target: &domain::Target| {
                office
                    .as_ref()
                    .is_none_or(|code| target.office.as_ref() == Some(code))
                    && level.is_none_or(|level| target.level == Some(level))
                    && indicator.is_none_or(|indicator| target.indicator == indicator)
            };
            let today = api.office.clock().date();
            let judged = targets::targets(&api.models, today, wanted).await?;
            let shown = judged
                .into_iter()
                .filter(|one| superseded || !one.superseded);
            Ok(shown.map(Into::into).collect())
        };
        Some(answer.await)
    }

    /// Offices side by side by one indicator, for everybody. Equal shares share a place; a small denominator gives none.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is an argument of the field"
    )]
    #[graphql(complexity = "100 + 50 * child_complexity")]
    async fn ranking(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "By what; an office's own indicator.")] indicator: Indicator,
        #[graphql(desc = "First day.")] from: Day,
        #[graphql(desc = "Last day; today when that comes first.")] to: Day,
        #[graphql(desc = "All offices of a level; all offices unless told.")] level: Option<Level>,
        #[graphql(
            default = 1,
            desc = "Offices with a smaller denominator have no place."
        )]
        denominator_min: u32,
        #[graphql(default = 100, desc = "How many offices, at most 500.")] first: i32,
        #[graphql(desc = "Wait up to 2 s until this position is shown; else NOT_YET.")]
        min_position: Option<Long>,
    ) -> Answered<Ranking> {
        let answer = async {
            let api = api(context);
            wait_for(api, min_position).await?;
            let count = usize::try_from(first).ok().filter(|_| first <= RANKED_MAX);
            let count = count.ok_or_else(|| Problem::bad_input("first must be from 0 to 500"))?;
            let query = Question::plain(from, to, None, level).query(api)?;
            let asked = domain::Indicator::from(indicator);
            let denominator_min = u64::from(denominator_min.max(1));
            let ranked = ranks::ranking(&api.models, &query, asked, denominator_min).await?;
            let no_office = "no office has this indicator of its own: ask targets or score766";
            let ranked = ranked.ok_or_else(|| Problem::bad_input(no_office))?;
            let label = asked.label();
            let places = ranked.iter().filter(|one| one.place.is_some()).count();
            let names = api.models.reference();
            let offices = ranked.into_iter().take(count).map(|one| {
                let name = names
                    .offices
                    .get(&one.office)
                    .map(|office| Label::from((office.name_vi.as_str(), office.name_en.as_str())));
                RankedOffice {
                    place: one.place,
                    name: name.unwrap_or_else(|| (one.office.as_str(), one.office.as_str()).into()),
                    office: one.office,
                    ratio: Ratio::counted(one.share, label.1),
                }
            });
            Ok(Ranking {
                indicator,
                label: label.into(),
                lower_is_better: asked.is_lower_better(),
                denominator_min,
                ranked: u32::try_from(places).unwrap_or(u32::MAX),
                offices: offices.collect(),
            })
        };
        Some(answer.await)
    }
}
