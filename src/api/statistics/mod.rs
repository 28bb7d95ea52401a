//! What offices publish, with every numerator and denominator.

use async_graphql::{Context, Enum, Object, SimpleObject};
use jiff::civil::Date;

mod figures;
mod forecast;
mod forms;
mod groups;
mod quality;
mod ratio;
mod score;
mod targets;

pub use self::figures::Figures;
pub use self::forecast::ForecastQuery;
pub use self::forms::FormQuery;
pub use self::groups::{GroupPage, GroupQuery};
pub use self::quality::QualityQuery;
pub use self::ratio::{Ratio, Rounding};
pub use self::score::ScoreQuery;
pub use self::targets::{Indicator, TargetQuery};

use super::Api;
use super::access::{api, passing, signed_in};
use super::error::{Answered, Problem, Result};
use super::log::sealed::checkpoint_over;
use super::scalar::{Day, Long};
use super::wait_for;
use super::words::{Certainty, Channel, Comparison, Level};
use crate::domain::code::{OfficeCode, ProcedureCode};
use crate::domain::period as domain;
use crate::projections::ReadModels;
use crate::projections::statistics::{self, Counts, Query, Scope, suppress};

/// The counts of a period.
pub struct Statistics {
    counts: Counts,
    query: Query,
    /// The last day asked for.
    asked_to: Date,
}

impl Statistics {
    pub async fn of(models: &ReadModels, query: Query, asked_to: Date) -> Result<Self> {
        let counts = statistics::count(models, &query).await?;
        Ok(Self {
            counts,
            query,
            asked_to,
        })
    }
}

/// The counts of a period. Received + transferred in = settled + closed + pending + transferred out, for every history.
#[expect(
    clippy::unused_async,
    reason = "a flattened field is told by an async function, like any other"
)]
#[Object]
impl Statistics {
    /// First day.
    async fn from(&self) -> Day {
        Day(self.query.from)
    }

    /// Last day counted; pending and overdue are as of its end. Of a running period it is today.
    async fn to(&self) -> Day {
        Day(self.query.to)
    }

    /// The period asked for goes on after today: it is counted up to today.
    async fn running(&self) -> bool {
        self.asked_to > self.query.to
    }

    /// How an end is compared with a promise.
    async fn comparison(&self) -> Comparison {
        self.query.comparison.into()
    }

    #[graphql(flatten)]
    async fn figures(&self) -> Figures {
        Figures(self.counts)
    }

    /// The signed checkpoint that covers what was counted; null until one is published.
    #[graphql(complexity = "5")]
    async fn checkpoint(&self, context: &Context<'_>) -> Answered<String> {
        passing(context);
        checkpoint_over(api(context), self.counts.size)
            .await
            .transpose()
    }

    /// Size of the journal at which it was counted.
    async fn size(&self) -> Long {
        Long(self.counts.size)
    }

    /// Position of the last fact counted.
    async fn position(&self) -> Option<Long> {
        self.counts.size.checked_sub(1).map(Long)
    }
}

/// What offices publish.
#[derive(Default)]
pub struct StatisticsQuery;

#[Object]
impl StatisticsQuery {
    /// The counts of a period, for everybody; of a sensitive procedure only when none is below 5 (`TOO_FEW_TO_TELL`). Nothing is counted after today: `to` and `running` say so.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is an argument of the field"
    )]
    #[graphql(complexity = "50 + child_complexity")]
    async fn statistics(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "First day.")] from: Day,
        #[graphql(desc = "Last day; today when that comes first.")] to: Day,
        #[graphql(desc = "Code of an office; all offices unless told.")] office: Option<String>,
        #[graphql(desc = "All offices of a level; not together with office.")] level: Option<Level>,
        #[graphql(desc = "How they came in; all unless told.")] channel: Option<Channel>,
        #[graphql(desc = "Code of a procedure; all unless told.")] procedure: Option<String>,
        #[graphql(default, desc = "By day, as offices publish, or by minute.")]
        comparison: Comparison,
        #[graphql(desc = "Wait up to 2 s until this position is shown; else NOT_YET.")]
        min_position: Option<Long>,
    ) -> Answered<Statistics> {
        let asked = Question {
            from,
            to,
            office,
            level,
            channel,
            procedure,
            comparison,
        };
        let counted = async {
            let api = api(context);
            wait_for(api, min_position).await?;
            let query = asked.query(api)?;
            may_tell(context, &query).await?;
            Statistics::of(&api.models, query, to.0).await
        };
        Some(counted.await)
    }

    /// The days of a reporting period. A period is only ever a first and a last day: which convention they follow is said.
    async fn reporting_period(
        &self,
        #[graphql(desc = "How long.")] kind: PeriodKind,
        #[graphql(desc = "Of which year.")] year: i16,
        #[graphql(default = 1, desc = "Which of the year, from 1.")] number: u8,
        #[graphql(default, desc = "Whose calendar.")] convention: Convention,
    ) -> Answered<ReportingPeriod> {
        let period = domain::PeriodKind::from(kind).of(year, number, convention.into());
        let period = period.map(|period| ReportingPeriod {
            from: Day(period.from),
            to: Day(period.to),
            certainty: period.certainty.into(),
            basis: period.basis,
        });
        Some(period.ok_or_else(|| Problem::bad_input("a year has no such period")))
    }
}

/// How long a reporting period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::period::PeriodKind")]
pub enum PeriodKind {
    /// One month.
    Month,
    /// Three months.
    Quarter,
    /// Six months.
    HalfYear,
    /// Twelve months.
    Year,
}

/// Whose calendar a report follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum)]
#[graphql(remote = "crate::domain::period::Convention")]
pub enum Convention {
    /// Reports of agencies (Decree 09/2019): from the 15th before to the 14th.
    #[default]
    Decree09,
    /// Plain months, quarters and years, as the national portal's index.
    Calendar,
}

/// The days of a reporting period; both count.
#[derive(Debug, SimpleObject)]
pub struct ReportingPeriod {
    /// First day.
    from: Day,
    /// Last day.
    to: Day,
    /// How sure the days are.
    certainty: Certainty,
    /// Where they were read.
    basis: &'static str,
}

/// To those who are not signed in, small numbers of one sensitive procedure are not told.
///
/// # Errors
/// [`Problem::TooFewToTell`].
pub(super) async fn may_tell(context: &Context<'_>, query: &Query) -> Result<()> {
    let everybody = signed_in(context).is_err();
    may_tell_to(api(context), everybody, query).await
}

/// As [`may_tell`], to whoever asked before: everybody, or somebody who is signed in.
pub async fn may_tell_to(api: &Api, everybody: bool, query: &Query) -> Result<()> {
    if everybody && !suppress::may_tell(&api.models, query).await? {
        return Err(Problem::TooFewToTell);
    }
    Ok(())
}

fn known_procedure(code: &str) -> Result<String> {
    Ok(code.trim().parse::<ProcedureCode>()?.into())
}

/// What is asked of a period, as every field of the statistics takes it.
#[derive(Debug, Clone)]
pub struct Question {
    pub from: Day,
    pub to: Day,
    pub office: Option<String>,
    pub level: Option<Level>,
    pub channel: Option<Channel>,
    pub procedure: Option<String>,
    pub comparison: Comparison,
}

impl Question {
    /// A period of an office, a level or all, with everything in it compared by the day.
    pub fn plain(from: Day, to: Day, office: Option<String>, level: Option<Level>) -> Self {
        Self {
            from,
            to,
            office,
            level,
            channel: None,
            procedure: None,
            comparison: Comparison::Date,
        }
    }

    /// Checked: a period that has begun, an office that is known.
    pub fn query(self, api: &Api) -> Result<Query> {
        let query = Query {
            scope: scope(self.office, self.level)?,
            channel: self.channel.map(Into::into),
            procedure: self
                .procedure
                .map(|code| known_procedure(&code))
                .transpose()?,
            from: self.from.0,
            to: self.to.0.min(api.office.clock().date()),
            comparison: self.comparison.into(),
        };
        if self.to.0 < self.from.0 {
            return Err(Problem::bad_input("to lies before from"));
        }
        if query.to < query.from {
            return Err(Problem::bad_input("the period has not begun"));
        }
        if let Scope::Office(code) = &query.scope
            && !api.models.reference().offices.contains_key(code)
        {
            return Err(Problem::bad_input("no office has this code"));
        }
        Ok(query)
    }
}

fn scope(office: Option<String>, level: Option<Level>) -> Result<Scope> {
    match (office, level) {
        (Some(_), Some(_)) => Err(Problem::bad_input("office and level exclude each other")),
        (Some(code), None) => Ok(Scope::Office(code.trim().parse::<OfficeCode>()?.into())),
        (None, Some(level)) => Ok(Scope::Level(level.into())),
        (None, None) => Ok(Scope::All),
    }
}
