//! When a dossier is likely to be finished, shown only where such a forecast held.

use async_graphql::{Context, Object, SimpleObject};

use crate::api::access::api;
use crate::api::error::{Answered, Problem};
use crate::api::scalar::{Day, Long};
use crate::api::wait_for;
use crate::api::words::Label;
use crate::domain::code::{OfficeCode, ProcedureCode};
use crate::projections::statistics::forecast::{
    self as from_rows, Percentiles, SAMPLE_MIN, working_day_after,
};

/// Working days from receipt to settlement, supplements included; the day of receipt is not counted.
#[derive(SimpleObject)]
pub struct ForecastDays {
    /// Half took no longer.
    p50_days: u32,
    /// Nine tenths took no longer.
    p90_days: u32,
    /// Dossiers that they are taken of.
    sample: u64,
}

impl From<Percentiles> for ForecastDays {
    fn from(of: Percentiles) -> Self {
        Self {
            p50_days: of.p50_days,
            p90_days: of.p90_days,
            sample: of.sample as u64,
        }
    }
}

/// What a forecast made on the eve of a quarter was worth in it.
#[derive(SimpleObject)]
pub struct ForecastTest {
    /// First day of the quarter.
    from: Day,
    /// Last day of the quarter.
    to: Day,
    /// As it was known on the eve; null when too few dossiers were settled by then.
    forecast: Option<ForecastDays>,
    /// Received in the quarter and settled within P90.
    held: u64,
    /// Received in the quarter and not settled within P90.
    exceeded: u64,
    /// Closed without settlement, or still open within P90: nobody knows.
    unresolved: u64,
    /// P90 held for 85 to 95 % of at least 30 dossiers.
    good: bool,
}

/// A forecast with the tests that decide whether it is shown.
#[derive(SimpleObject)]
pub struct Forecast {
    /// Code of the procedure.
    procedure: String,
    /// Code of the office.
    office: String,
    /// From what is known today; null unless the newest test was good.
    days: Option<ForecastDays>,
    /// A dossier received today is finished by this day with even chances; null unless shown.
    p50_on: Option<Day>,
    /// A dossier received today is finished by this day in nine of ten cases; null unless shown. No promise.
    p90_on: Option<Day>,
    /// Why it is shown or not.
    why: Label,
    /// The last four quarters, newest first.
    tests: Vec<ForecastTest>,
    /// Dossiers that a forecast or a test needs at least.
    sample_min: u64,
}

/// Forecasts.
#[derive(Default)]
pub struct ForecastQuery;

#[Object]
impl ForecastQuery {
    /// How long a procedure is likely to take at an office, for everybody: from its own history, and only where the same way
    /// of foretelling held for the last quarter.
    #[graphql(complexity = "50 + child_complexity")]
    async fn forecast(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Code of the procedure.")] procedure: String,
        #[graphql(desc = "Code of the office.")] office: String,
        #[graphql(desc = "Wait up to 2 s until this position is shown; else NOT_YET.")]
        min_position: Option<Long>,
    ) -> Answered<Forecast> {
        let answer = async {
            let api = api(context);
            wait_for(api, min_position).await?;
            let procedure: String = procedure.trim().parse::<ProcedureCode>()?.into();
            let office: String = office.trim().parse::<OfficeCode>()?.into();
            let reference = api.models.reference();
            if !reference.offices.contains_key(&office) {
                return Err(Problem::bad_input("no office has this code"));
            }
            let today = api.office.clock().date();
            let found = from_rows::forecast(&api.models, &procedure, &office, today).await?;
            let finished =
                |days: Option<u32>| working_day_after(&reference.calendar, today, days?).map(Day);
            let tests = found.backtests.iter().map(|test| ForecastTest {
                from: Day(test.from),
                to: Day(test.to),
                forecast: test.forecast.map(Into::into),
                held: test.held,
                exceeded: test.exceeded,
                unresolved: test.unresolved,
                good: test.is_good(),
            });
            Ok(Forecast {
                tests: tests.collect(),
                p50_on: finished(found.shown.map(|shown| shown.p50_days)),
                p90_on: finished(found.shown.map(|shown| shown.p90_days)),
                days: found.shown.map(Into::into),
                why: found.why.into(),
                procedure,
                office,
                sample_min: SAMPLE_MIN as u64,
            })
        };
        Some(answer.await)
    }
}
