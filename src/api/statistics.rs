//! What offices publish, with every numerator and denominator.

use async_graphql::{Context, Enum, Object, SimpleObject};
use jiff::civil::Date;

use super::access::api;
use super::error::{Answered, Problem, Result};
use super::log::sealed::checkpoint_over;
use super::scalar::{Day, Long};
use super::wait_for;
use super::words::{Channel, Comparison, Level};
use crate::domain::code::{OfficeCode, ProcedureCode};
use crate::projections::statistics::record::{DEFINITION, DEFINITION_VERSION};
use crate::projections::statistics::{self, Counts, Query, Scope};

/// How the last digit of a printed ratio is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum)]
pub enum Rounding {
    /// To the nearest; a half upwards.
    #[default]
    HalfUp,
    /// Cut off: 99.9576 % is printed as 99.95.
    Down,
}

/// Two counts and what one is of the other.
#[derive(Debug, Clone, Copy)]
pub struct Ratio {
    numerator: u64,
    denominator: u64,
}

/// Two counts and what one is of the other.
#[Object]
impl Ratio {
    /// How many.
    async fn numerator(&self) -> u64 {
        self.numerator
    }

    /// Of how many.
    async fn denominator(&self) -> u64 {
        self.denominator
    }

    /// As a decimal number; null when the denominator is zero.
    async fn decimal(
        &self,
        #[graphql(default = 4, desc = "Digits after the point, at most 9.")] digits: u8,
        #[graphql(default, desc = "How the last one is chosen.")] rounding: Rounding,
    ) -> Option<String> {
        self.printed(1, digits, rounding)
    }

    /// In per cent; null when the denominator is zero.
    async fn percent(
        &self,
        #[graphql(default = 2, desc = "Digits after the point, at most 9.")] digits: u8,
        #[graphql(default, desc = "How the last one is chosen.")] rounding: Rounding,
    ) -> Option<String> {
        self.printed(100, digits, rounding)
    }
}

impl Ratio {
    /// So many of so many.
    pub const fn of(numerator: u64, denominator: u64) -> Self {
        Self {
            numerator,
            denominator,
        }
    }

    fn printed(self, times: u128, digits: u8, rounding: Rounding) -> Option<String> {
        let digits = usize::from(digits.min(9));
        let scale = 10u128.pow(u32::try_from(digits).unwrap_or_default());
        let (over, under) = (u128::from(self.numerator), u128::from(self.denominator));
        let scaled = over * times * scale;
        let units = match rounding {
            Rounding::HalfUp => (scaled * 2 + under).checked_div(under * 2)?,
            Rounding::Down => scaled.checked_div(under)?,
        };
        let (whole, rest) = (units / scale, units % scale);
        if digits == 0 {
            return Some(whole.to_string());
        }
        Some(format!("{whole}.{rest:0digits$}"))
    }
}

/// What came in, or was there.
#[derive(Debug, SimpleObject)]
pub struct ReceivedCounts {
    /// New in the period, on-line.
    online: u64,
    /// New in the period, at the counter or by post.
    direct: u64,
    /// Received before the period and not ended when it began.
    carried_over: u64,
    /// All of these.
    total: u64,
}

/// Settled in the period.
#[derive(Debug, SimpleObject)]
pub struct SettledCounts {
    /// Before the promised day or minute.
    early: u64,
    /// On it.
    on_time: u64,
    /// After it.
    late: u64,
    /// Without a promised date: left out of every rate.
    undated: u64,
    /// All of these.
    total: u64,
}

/// Closed without settlement in the period.
#[derive(Debug, SimpleObject)]
pub struct ClosedCounts {
    /// Withdrawn by the applicant.
    withdrawn: u64,
    /// Stopped.
    stopped: u64,
    /// Passed on to another office, which counts it as received.
    redirected: u64,
    /// All of these.
    total: u64,
}

/// Not ended when the period ended.
#[derive(Debug, SimpleObject)]
pub struct PendingCounts {
    /// The promised moment had not passed.
    in_time: u64,
    /// It had.
    overdue: u64,
    /// Without a promised date.
    undated: u64,
    /// All of these.
    total: u64,
}

/// What the figures mean; another way of counting has another version.
#[derive(Debug, SimpleObject)]
pub struct StatisticsDefinition {
    /// From 1.
    version: u32,
    /// In words.
    text: &'static str,
}

/// The counts of a period.
pub struct Statistics {
    counts: Counts,
    query: Query,
    /// The last day asked for.
    asked_to: Date,
}

/// The counts of a period. Received = settled + closed + pending, for every history.
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

    /// What came in, or was there.
    async fn received(&self) -> ReceivedCounts {
        let counts = self.counts.received;
        ReceivedCounts {
            online: counts.online,
            direct: counts.direct,
            carried_over: counts.carried_over,
            total: counts.total(),
        }
    }

    /// Settled in the period, against the promise as it stood: the headline that offices publish.
    async fn settled(&self) -> SettledCounts {
        self.counts.settled.into()
    }

    /// The same dossiers against the first promise.
    async fn settled_by_original(&self) -> SettledCounts {
        self.counts.settled_by_original.into()
    }

    /// Closed without settlement in the period.
    async fn closed(&self) -> ClosedCounts {
        let counts = self.counts.closed;
        ClosedCounts {
            withdrawn: counts.withdrawn,
            stopped: counts.stopped,
            redirected: counts.redirected,
            total: counts.total(),
        }
    }

    /// Not ended when the period ended, against the promise as it stood.
    async fn pending(&self) -> PendingCounts {
        self.counts.pending.into()
    }

    /// The same dossiers against the first promise.
    async fn pending_by_original(&self) -> PendingCounts {
        self.counts.pending_by_original.into()
    }

    /// (Early + on time) of all settled with a promised date.
    async fn early_and_on_time_rate(&self) -> Ratio {
        let settled = self.counts.settled;
        Ratio {
            numerator: settled.early + settled.on_time,
            denominator: settled.total() - settled.undated,
        }
    }

    /// The same against the first promise.
    async fn early_and_on_time_rate_by_original(&self) -> Ratio {
        let settled = self.counts.settled_by_original;
        Ratio {
            numerator: settled.early + settled.on_time,
            denominator: settled.total() - settled.undated,
        }
    }

    /// On-line of all that came in new.
    async fn online_rate(&self) -> Ratio {
        let received = self.counts.received;
        Ratio {
            numerator: received.online,
            denominator: received.online + received.direct,
        }
    }

    /// Settled dossiers left out of the rates because nothing was promised.
    async fn excluded_from_rate(&self) -> u64 {
        self.counts.settled.undated
    }

    /// Received = settled + closed + pending holds for these counts.
    async fn balanced(&self) -> bool {
        let counts = &self.counts;
        counts.received.total()
            == counts.settled.total() + counts.closed.total() + counts.pending.total()
    }

    /// What the figures mean.
    async fn definition(&self) -> StatisticsDefinition {
        StatisticsDefinition {
            version: DEFINITION_VERSION,
            text: DEFINITION,
        }
    }

    /// The signed checkpoint that covers what was counted; null until one is published.
    #[graphql(complexity = "5")]
    async fn checkpoint(&self, context: &Context<'_>) -> Answered<String> {
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

impl From<statistics::Settled> for SettledCounts {
    fn from(counts: statistics::Settled) -> Self {
        Self {
            early: counts.early,
            on_time: counts.on_time,
            late: counts.late,
            undated: counts.undated,
            total: counts.total(),
        }
    }
}

impl From<statistics::Pending> for PendingCounts {
    fn from(counts: statistics::Pending) -> Self {
        Self {
            in_time: counts.in_time,
            overdue: counts.overdue,
            undated: counts.undated,
            total: counts.total(),
        }
    }
}

/// What offices publish.
#[derive(Default)]
pub struct StatisticsQuery;

#[Object]
impl StatisticsQuery {
    /// The counts of a period, for everybody. Nothing is counted after today: `to` and `running` say so.
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
        let counted = async {
            let query = Query {
                scope: scope(office, level)?,
                channel: channel.map(Into::into),
                procedure: procedure.map(|code| known_procedure(&code)).transpose()?,
                from: from.0,
                to: to.0.min(api(context).office.clock().date()),
                comparison: comparison.into(),
            };
            if to.0 < from.0 {
                return Err(Problem::bad_input("to lies before from"));
            }
            if query.to < query.from {
                return Err(Problem::bad_input("the period has not begun"));
            }
            let api = api(context);
            wait_for(api, min_position).await?;
            if let Scope::Office(code) = &query.scope
                && !api.models.reference().offices.contains_key(code)
            {
                return Err(Problem::bad_input("no office has this code"));
            }
            let counts = statistics::count(&api.models, &query).await?;
            Ok(Statistics {
                counts,
                query,
                asked_to: to.0,
            })
        };
        Some(counted.await)
    }
}

fn known_procedure(code: &str) -> Result<String> {
    Ok(code.trim().parse::<ProcedureCode>()?.into())
}

fn scope(office: Option<String>, level: Option<Level>) -> Result<Scope> {
    match (office, level) {
        (Some(_), Some(_)) => Err(Problem::bad_input("office and level exclude each other")),
        (Some(code), None) => Ok(Scope::Office(code.trim().parse::<OfficeCode>()?.into())),
        (None, Some(level)) => Ok(Scope::Level(level.into())),
        (None, None) => Ok(Scope::All),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percent(numerator: u64, denominator: u64, digits: u8, rounding: Rounding) -> Option<String> {
        let ratio = Ratio {
            numerator,
            denominator,
        };
        ratio.printed(100, digits, rounding)
    }

    #[test]
    fn a_ratio_is_rounded_or_cut_without_floating_point() {
        let told = [
            (2_999, 3_000, 2, Rounding::HalfUp, "99.97"),
            (2_999, 3_000, 2, Rounding::Down, "99.96"),
            (1, 3, 0, Rounding::HalfUp, "33"),
            (2, 3, 0, Rounding::HalfUp, "67"),
            (0, 5, 1, Rounding::Down, "0.0"),
            (7, 7, 1, Rounding::HalfUp, "100.0"),
        ];
        for (over, under, digits, rounding, printed) in told {
            assert_eq!(
                percent(over, under, digits, rounding).as_deref(),
                Some(printed)
            );
        }
        assert!(percent(u64::MAX, 1, 200, Rounding::HalfUp).is_some());
    }

    #[test]
    fn nothing_of_nothing_is_no_number() {
        assert_eq!(percent(0, 0, 2, Rounding::HalfUp), None);
        assert_eq!(percent(0, 0, 2, Rounding::Down), None);
    }
}
