//! Late dossiers: which were overdue when, whose days they cost, and for which nobody apologised.

use async_graphql::Object;
use async_graphql::connection::{Connection, EmptyFields};
use async_graphql::{Context, SimpleObject};

use super::access::{self, api, is_officer};
use super::dossier::account::{DaysLost, DeskPlace, place};
use super::error::{Answered, Problem, Result};
use super::paging::{self, Cursor};
use super::scalar::{Day, Long};
use super::wait_for;
use super::words::DeskUse;
use crate::domain::actor::{Actor, NO_OFFICE, Role};
use crate::domain::dossier::desk::Held;
use crate::domain::reference::Reference;
use crate::domain::time::Moment;
use crate::projections::lateness::{self, Answer, Late, LateDesk as Row, Overdue};

pub type OverduePage = Connection<Cursor, OverdueDossier, EmptyFields, EmptyFields>;

/// Late dossiers, against each promise.
#[derive(Debug, SimpleObject)]
pub struct LateCounts {
    /// Against the promise as it stood.
    count: u64,
    /// Against the first promise.
    by_original: u64,
    /// Of `count`, those for which nobody had apologised.
    without_apology: u64,
    /// Of `byOriginal`, those for which nobody had apologised.
    without_apology_by_original: u64,
}

impl From<Late> for LateCounts {
    fn from(late: Late) -> Self {
        Self {
            count: late.count,
            by_original: late.by_original,
            without_apology: late.without_apology,
            without_apology_by_original: late.without_apology_by_original,
        }
    }
}

/// What the lateness of a period was made of. Settled dossiers are compared by the day, open ones by the moment; those whose
/// clock stands, and those closed without settlement, are left out.
#[derive(Debug, SimpleObject)]
pub struct OfficeLateness {
    /// First day.
    from: Day,
    /// Last day.
    to: Day,
    /// Code of the office; null for all.
    office: Option<String>,
    /// Settled late in the period.
    settled: LateCounts,
    /// Open and overdue when it ended, or now.
    overdue: LateCounts,
    /// Working days of all these, from acceptance on, by cause.
    days_lost: DaysLost,
    /// Working days of the period after a promise, by the desk that had the dossier at closing time; worst first.
    desks: Vec<LateDesk>,
}

/// Days after the promise that one desk had.
#[derive(Debug, SimpleObject)]
pub struct LateDesk {
    /// Whose. The officer is named to auditors and to the head of the one-stop unit.
    desk: DeskPlace,
    /// What the days were spent on.
    used_for: DeskUse,
    /// After the promise as it stood.
    days: u64,
    /// After the first promise.
    days_by_original: u64,
}

/// A dossier that was overdue.
#[derive(Debug, SimpleObject)]
pub struct OverdueDossier {
    /// Its code.
    code: Option<String>,
    /// The id of its stream in the journal.
    stream: uuid::Uuid,
    /// Code of its procedure.
    procedure_code: String,
    /// The promise as it stood then.
    due_at: Moment,
    /// The first promise.
    original_due_at: Moment,
    /// Had it then.
    desk: Option<DeskPlace>,
    /// What its time was spent on then.
    used_for: Option<DeskUse>,
    /// Working days after the promise as it stood.
    days: u32,
    /// Working days after the first promise.
    days_by_original: u32,
    /// The office had apologised, lawfully or not.
    apologised: bool,
    /// That this promise was missed was on record.
    miss_recorded: bool,
}

/// Late dossiers.
#[derive(Default)]
pub struct LatenessQuery;

#[Object]
impl LatenessQuery {
    /// What the lateness of a period was made of, as known at its end; null over a year without a calendar.
    #[graphql(complexity = "100 + child_complexity")]
    async fn lateness(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "First day.")] from: Day,
        #[graphql(desc = "Last day.")] to: Day,
        #[graphql(desc = "Code of an office; all unless told.")] office: Option<String>,
        #[graphql(desc = "Wait up to 2 s until this position is shown; else NOT_YET.")]
        min_position: Option<Long>,
    ) -> Answered<OfficeLateness> {
        counted(context, from, to, office, min_position)
            .await
            .transpose()
    }

    /// The dossiers of an office that were overdue at a moment, as known at that moment: what was recorded later changes
    /// nothing. For officers of the office and auditors; null over a year without a calendar.
    #[graphql(complexity = "100 + paging::cost(first, child_complexity)")]
    async fn overdue(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Code of the office.")] office: String,
        #[graphql(desc = "When; now unless told.")] at: Option<Moment>,
        #[graphql(desc = "How many, at most 100; 20 unless told.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
    ) -> Answered<OverduePage> {
        listed(context, &office, at, first, after.as_deref())
            .await
            .transpose()
    }
}

async fn counted(
    context: &Context<'_>,
    from: Day,
    to: Day,
    office: Option<String>,
    min_position: Option<Long>,
) -> Result<Option<OfficeLateness>> {
    let api = api(context);
    if to.0 < from.0 {
        return Err(Problem::bad_input("to must not be before from"));
    }
    wait_for(api, min_position).await?;
    let now = api.office.clock();
    let found = lateness::count(&api.models, office.as_deref(), from.0, to.0, now).await?;
    let counts = match found {
        Answer::Counted(counts) => counts,
        Answer::NoCalendar => return Ok(None),
        Answer::TooMany => {
            return Err(Problem::bad_input(format!(
                "more than {} late dossiers: ask for one office, or for a shorter period",
                lateness::CASES_MAX
            )));
        }
    };
    let sees_people =
        access::actor(context).is_some_and(|actor| supervises(actor, office.as_deref()));
    let desks = if sees_people {
        counts.desks
    } else {
        without_people(counts.desks)
    };
    let reference = api.models.reference();
    let desk = |row: Row| LateDesk {
        used_for: (&row.held).into(),
        desk: place(&reference, row.desk, sees_people),
        days: row.days,
        days_by_original: row.days_by_original,
    };
    Ok(Some(OfficeLateness {
        from,
        to,
        office,
        settled: counts.settled.into(),
        overdue: counts.overdue.into(),
        days_lost: counts.days_lost.into(),
        desks: desks.into_iter().map(desk).collect(),
    }))
}

/// The desks of an agency's role together, whoever had the dossier.
fn without_people(rows: Vec<Row>) -> Vec<Row> {
    let mut merged: Vec<Row> = Vec::new();
    for mut row in rows {
        row.desk.officer = None;
        if let Held::Transit { giver } = &mut row.held {
            giver.clear();
        }
        let same = |one: &&mut Row| one.desk == row.desk && one.held == row.held;
        if let Some(one) = merged.iter_mut().find(same) {
            one.days += row.days;
            one.days_by_original += row.days_by_original;
        } else {
            merged.push(row);
        }
    }
    merged.sort_by_key(|one| std::cmp::Reverse((one.days_by_original, one.days)));
    merged
}

async fn listed(
    context: &Context<'_>,
    office: &str,
    at: Option<Moment>,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<Option<OverduePage>> {
    let (api, actor) = (api(context), access::signed_in(context)?);
    let own = is_officer(actor.role) && actor.office == office;
    if !own && !supervises(actor, Some(office)) {
        return Err(Problem::Forbidden);
    }
    let (now, first, after) = (
        api.office.clock(),
        paging::first(first)?,
        paging::turn(after)?,
    );
    let at = at.unwrap_or(now).min(now);
    let Some(found) = lateness::overdue(&api.models, office, at, after, first).await? else {
        return Ok(None);
    };
    let reference = api.models.reference();
    let rows = found.rows.into_iter();
    let rows = rows.map(|(place, row)| (paging::turn_cursor(place), shown(row, &reference)));
    Ok(Some(paging::connection(
        rows,
        after.is_some(),
        found.has_next,
    )))
}

fn shown(row: Overdue, reference: &Reference) -> OverdueDossier {
    let (desk, held) = row.desk.unzip();
    OverdueDossier {
        code: row.code,
        stream: row.id,
        procedure_code: row.procedure,
        due_at: row.due_at,
        original_due_at: row.original_due_at,
        desk: desk.map(|desk| place(reference, desk, true)),
        used_for: held.as_ref().map(Into::into),
        days: row.lateness.days,
        days_by_original: row.lateness.days_by_original,
        apologised: row.lateness.apologised,
        miss_recorded: row.missed,
    }
}

/// Reads who had what: auditors and controllers where they are appointed, the head of a one-stop unit at home.
fn supervises(actor: &Actor, office: Option<&str>) -> bool {
    let at_home = office == Some(actor.office.as_str());
    match actor.role {
        Role::Auditor | Role::ProcedureController => actor.office == NO_OFFICE || at_home,
        Role::CentreManager => at_home,
        Role::Applicant
        | Role::Receiver
        | Role::Handler
        | Role::DivisionHead
        | Role::Signer
        | Role::Clerk
        | Role::Cashier
        | Role::PaymentGateway
        | Role::PostalAgent
        | Role::VerticalAgency
        | Role::Admin
        | Role::System => false,
    }
}
