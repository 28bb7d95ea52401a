//! Ratios of all kinds, each counted from rows for one question: numerator, denominator and what was left out, or why it
//! cannot be counted here.

use std::collections::BTreeMap;

use sqlx::{QueryBuilder, Row, Sqlite};

use super::experience::{DIGITISED, FEEDBACK, PAID, RATINGS, REUSED};
use super::groups::{self, Dimension};
use super::sql::{begin, restrict};
use super::surveys;
use super::{Counts, Query, Scope, Settled};
use crate::domain::campaign::Topic;
use crate::domain::catalogue::{OnlineLevel, Procedure, publication};
use crate::domain::reference::Reference;
use crate::domain::target::Indicator;
use crate::domain::text;
use crate::projections::{ReadModels, Result};

/// Two counts, and what stands in neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    pub numerator: u64,
    pub denominator: u64,
    pub excluded: u64,
}

impl Share {
    pub fn add(&mut self, other: Self) {
        self.numerator += other.numerator;
        self.denominator += other.denominator;
        self.excluded += other.excluded;
    }
}

/// A share, or why there is none: (Vietnamese, English).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Counted(Share),
    Outside((&'static str, &'static str)),
}

/// Fields of the catalogue, without diacritics, that "land, construction and investment" means.
const LAND_CONSTRUCTION_INVESTMENT: &[&str] = &["dat dai", "xay dung", "dau tu"];
pub(super) const CERTIFICATION: &[&str] = &["chung thuc"];

/// How an indicator is counted.
enum Way {
    /// From the published counts.
    Counts(fn(&Counts) -> Share),
    /// From rows that lie beside the turns; of procedures in these fields, or of all.
    Rows(&'static Rows, &'static [&'static str]),
    /// The same of a campaign's answers on this topic, while one has a day in the period; else of the ratings, where they tell
    /// of it.
    Asked {
        topic: Topic,
        answers: &'static Rows,
        ratings: Option<&'static Rows>,
        fields: &'static [&'static str],
    },
    /// From the procedures in force on the last day.
    Procedures(fn(&Procedure) -> bool),
    Outside((&'static str, &'static str)),
}

/// What is counted: one row of `from` each that meets `condition`. Expressions over it, `turn`, `since` and `until`.
pub(super) struct Rows {
    pub from: &'static str,
    pub condition: &'static str,
    pub numerator: &'static str,
    pub excluded: &'static str,
}

/// Settled by a result in the period: with an electronic one or not.
pub(super) const RESULTS: Rows = Rows {
    from: "turn",
    condition: "turn.end_kind = 'completed' and turn.ended_at >= since and turn.ended_at < until",
    numerator: "exists (select 1 from document where document.number = turn.number
        and document.turn = turn.turn and document.recorded_at < until)",
    excluded: "0",
};

/// The same of electronic copies certified from the original.
pub(super) static CERTIFIED: Rows = Rows {
    numerator: "exists (select 1 from document where document.number = turn.number
        and document.turn = turn.turn and document.recorded_at < until and document.deed = 'certified')",
    ..RESULTS
};

fn way(indicator: Indicator) -> Way {
    use Indicator as I;
    match indicator {
        I::OnTimeOfSettled => Way::Counts(|counts| on_time(counts.settled)),
        I::OnTimeOfSettledByOriginal => Way::Counts(|counts| on_time(counts.settled_by_original)),
        I::OnTimeOfReceived => Way::Counts(|counts| Share {
            numerator: counts.settled.early + counts.settled.on_time,
            denominator: counts.answered_for(),
            excluded: 0,
        }),
        I::EarlyOfSettled => Way::Counts(|counts| Share {
            numerator: counts.settled.early,
            ..on_time(counts.settled)
        }),
        I::SettledOfReceived => Way::Counts(|counts| Share {
            numerator: counts.settled.total(),
            denominator: counts.answered_for(),
            excluded: 0,
        }),
        I::OnlineOfNew => Way::Counts(|counts| Share {
            numerator: counts.received.online,
            denominator: counts.received.fresh(),
            excluded: counts.received.carried_over,
        }),
        I::OverdueOfPending => Way::Counts(|counts| Share {
            numerator: counts.pending.overdue,
            denominator: counts.pending.in_time + counts.pending.overdue,
            excluded: counts.pending.undated,
        }),
        I::OnlineProcedures => Way::Procedures(is_online),
        I::FullOnlineProcedures => {
            Way::Procedures(|procedure| procedure.online_level == OnlineLevel::Full)
        }
        I::PublishedProcedures => Way::Procedures(is_published_in_full),
        I::DigitisedResults => Way::Rows(&RESULTS, NO_FIELDS),
        I::ElectronicCertification => Way::Rows(&CERTIFIED, CERTIFICATION),
        I::DigitisedComponents => Way::Rows(&DIGITISED, NO_FIELDS),
        I::ReusedComponents => Way::Rows(&REUSED, NO_FIELDS),
        I::OnlinePayment => Way::Rows(&PAID, NO_FIELDS),
        I::Satisfaction => settlement(NO_FIELDS),
        I::SatisfactionLandConstructionInvestment => settlement(LAND_CONSTRUCTION_INVESTMENT),
        I::FeedbackOnTime => Way::Rows(&FEEDBACK, NO_FIELDS),
        I::SatisfactionWithAgencies => Way::Asked {
            topic: Topic::Agencies,
            answers: &surveys::AGENCIES,
            ratings: None,
            fields: NO_FIELDS,
        },
        I::ReviewedProcedures => Way::Outside((
            "Sổ nhật ký chỉ ghi đề xuất từ rà soát; thủ tục đã rà soát mà không có đề xuất thì không được ghi.",
            "The journal holds what reviews proposed; what was reviewed without a proposal is not recorded.",
        )),
    }
}

fn settlement(fields: &'static [&'static str]) -> Way {
    Way::Asked {
        topic: Topic::Settlement,
        answers: &surveys::SETTLEMENT,
        ratings: Some(&RATINGS),
        fields,
    }
}

/// The rows that tell of a topic in the period: a campaign's answers go before ratings.
fn rows_of(
    models: &ReadModels,
    query: &Query,
    topic: Topic,
    (answers, ratings): (&'static Rows, Option<&'static Rows>),
) -> Option<&'static Rows> {
    let asked = surveys::is_asked(models, topic, query.from, query.to);
    if asked { Some(answers) } else { ratings }
}

const NOT_ASKED: (&str, &str) = (
    "Cần khảo sát về sự phục vụ của cơ quan; trong kỳ không có đợt khảo sát nào hỏi điều này.",
    "A survey of agencies' service is needed; no campaign of the period asks about it.",
);

async fn sum_of(models: &ReadModels, query: &Query, rows: &Rows, fields: &[&str]) -> Result<Share> {
    let mut sum = Share::default();
    let shares = shares_by(models, query, rows, fields, OFFICE).await?;
    for share in shares.into_values() {
        sum.add(share);
    }
    Ok(sum)
}

fn on_time(settled: Settled) -> Share {
    Share {
        numerator: settled.early + settled.on_time,
        denominator: settled.total() - settled.undated,
        excluded: settled.undated,
    }
}

pub(super) fn is_online(procedure: &Procedure) -> bool {
    match procedure.online_level {
        OnlineLevel::Full | OnlineLevel::Partial => true,
        OnlineLevel::InformationOnly => false,
    }
}

/// Every part that Decree 63/2010 art. 8.2 asks for is in the record (Decision 766, element 1.3).
pub(super) fn is_published_in_full(procedure: &Procedure) -> bool {
    publication::missing(procedure).is_empty()
}

/// Procedures in force on the last day that the offices asked about settle, in their newest version of that day.
pub(super) fn procedures_of<'a>(
    query: &'a Query,
    reference: &'a Reference,
) -> impl Iterator<Item = &'a Procedure> {
    let level = match &query.scope {
        Scope::All => None,
        Scope::Level(level) => Some(*level),
        Scope::Office(code) => reference.offices.get(code).map(|office| office.level),
    };
    let in_force = reference.procedures.keys().filter_map(move |code| {
        let found = reference.procedure(code, query.to)?;
        Some(found.as_ref())
    });
    in_force.filter(move |one| level.is_none_or(|level| one.level == level))
}

/// Counts one indicator.
pub async fn measure(models: &ReadModels, query: &Query, indicator: Indicator) -> Result<Outcome> {
    let share = match way(indicator) {
        Way::Counts(share) => share(&super::count(models, query).await?),
        Way::Rows(rows, fields) => sum_of(models, query, rows, fields).await?,
        Way::Asked {
            topic,
            answers,
            ratings,
            fields,
        } => match rows_of(models, query, topic, (answers, ratings)) {
            Some(rows) => sum_of(models, query, rows, fields).await?,
            None => return Ok(Outcome::Outside(NOT_ASKED)),
        },
        Way::Procedures(holds) => {
            let reference = models.reference();
            let mut share = Share::default();
            for procedure in procedures_of(query, &reference) {
                share.denominator += 1;
                share.numerator += u64::from(holds(procedure));
            }
            share
        }
        Way::Outside(why) => return Ok(Outcome::Outside(why)),
    };
    Ok(Outcome::Counted(share))
}

/// Counts one indicator for each office with anything to tell; none for indicators that are no office's own.
pub async fn by_office(
    models: &ReadModels,
    query: &Query,
    indicator: Indicator,
) -> Result<Option<BTreeMap<String, Share>>> {
    Ok(match way(indicator) {
        Way::Counts(share) => {
            let groups = groups::by(models, query, Dimension::Office).await?;
            let shares = groups.into_iter().filter_map(|(office, tally)| {
                let share = share(&tally.counts);
                Some((office?, share))
            });
            Some(shares.collect())
        }
        Way::Rows(rows, fields) => Some(shares_by(models, query, rows, fields, OFFICE).await?),
        Way::Asked {
            topic,
            answers,
            ratings,
            fields,
        } => match rows_of(models, query, topic, (answers, ratings)) {
            Some(rows) => Some(shares_by(models, query, rows, fields, OFFICE).await?),
            None => None,
        },
        Way::Procedures(_) | Way::Outside(_) => None,
    })
}

/// What rows are counted by.
pub(super) const OFFICE: &str = "turn.office";
pub(super) const PROCEDURE: &str = "turn.procedure";
pub(super) const NO_FIELDS: &[&str] = &[];

/// Counts rows for each value of `key`, [`OFFICE`] or [`PROCEDURE`].
pub(super) async fn shares_by(
    models: &ReadModels,
    query: &Query,
    rows: &Rows,
    fields: &[&str],
    key: &'static str,
) -> Result<BTreeMap<String, Share>> {
    let reference = models.reference();
    let found = share_of(query, rows, fields, key, &reference)
        .build()
        .fetch_all(models.pool())
        .await?;
    let mut shares = BTreeMap::new();
    for row in &found {
        let number = |column: &str| row.try_get::<i64, _>(column).map(i64::cast_unsigned);
        let share = Share {
            numerator: number("numerator")?,
            denominator: number("denominator")?,
            excluded: number("excluded")?,
        };
        shares.insert(row.try_get("key")?, share);
    }
    Ok(shares)
}

fn share_of(
    query: &Query,
    rows: &Rows,
    fields: &[&str],
    key: &'static str,
    reference: &Reference,
) -> QueryBuilder<Sqlite> {
    let Rows {
        from,
        condition,
        numerator,
        excluded,
    } = rows;
    let mut sql = asked(query);
    sql.push(" judged as (select ")
        .push(key)
        .push(" as key, (")
        .push(excluded)
        .push(") as excluded, (")
        .push(numerator)
        .push(") as held from asked cross join ")
        .push(from)
        .push(" where ")
        .push(condition);
    restrict(&mut sql, query);
    if !fields.is_empty() {
        sql.push(" and turn.procedure in (");
        let mut codes = sql.separated(", ");
        for code in procedures_in(fields, reference) {
            codes.push_bind(code);
        }
        sql.push(")");
    }
    sql.push(
        ")
        select key,
            count(*) filter (where held and not excluded) as numerator,
            count(*) filter (where not excluded) as denominator,
            count(*) filter (where excluded) as excluded
        from judged group by key",
    );
    sql
}

/// `since` and `until` of the period, for further tables.
pub(super) fn asked(query: &Query) -> QueryBuilder<Sqlite> {
    let mut sql = QueryBuilder::new("with asked (since, until) as (select ");
    sql.push_bind(begin(Some(query.from)))
        .push(", ")
        .push_bind(begin(query.to.tomorrow().ok()))
        .push("),");
    sql
}

/// Codes of the procedures in whose field one of these words stands, in any version.
fn procedures_in(fields: &[&str], reference: &Reference) -> Vec<String> {
    let of_field = |procedure: &Procedure| {
        let field = text::fold(&procedure.field_vi);
        fields.iter().any(|word| field.contains(word))
    };
    let found = reference.procedures.iter();
    let found = found.filter(|(_, versions)| versions.iter().any(|one| of_field(one)));
    found.map(|(code, _)| code.clone()).collect()
}
