//! The procedures an office offers, each part with how sure it is.

use std::sync::Arc;

use async_graphql::connection::{Connection, EmptyFields};
use async_graphql::{Context, Enum, ID, Object, SimpleObject};

use super::access::api;
use super::error::{Answered, Result};
use super::paging::{self, Cursor, global_id};
use super::scalar::Day;
use super::words::{Certainty, Label, Level, OnlineLevel, SupplementClock};
use crate::domain::catalogue;
use crate::domain::code::ProcedureCode;
use crate::domain::law;
use crate::projections::catalogue as records;

/// What a limit is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum LimitUnit {
    /// The same day; the next working day when received after the cut-off.
    SameDay,
    /// Working days; the day of receipt is not counted.
    WorkingDays,
    /// Plain days; a due date on a day off moves to the next working day.
    CalendarDays,
    /// Working hours within office hours.
    WorkingHours,
    /// Months.
    Months,
}

/// How long an office has.
#[derive(Debug, SimpleObject)]
pub struct Limit {
    /// Counted in what.
    unit: LimitUnit,
    /// How many; null for the same day.
    value: Option<u16>,
}

impl From<law::Limit> for Limit {
    fn from(limit: law::Limit) -> Self {
        let (unit, value) = match limit {
            law::Limit::SameDay => (LimitUnit::SameDay, None),
            law::Limit::WorkingDays(days) => (LimitUnit::WorkingDays, Some(days)),
            law::Limit::CalendarDays(days) => (LimitUnit::CalendarDays, Some(days)),
            law::Limit::WorkingHours(hours) => (LimitUnit::WorkingHours, Some(hours)),
            law::Limit::Months(months) => (LimitUnit::Months, Some(months)),
        };
        Self { unit, value }
    }
}

/// One step of the internal process.
#[derive(Debug, SimpleObject)]
pub struct ProcedureStep {
    /// Its name.
    name: Label,
    /// The role that does it.
    role: String,
    /// Working hours; 0 for a step in which the clock does not run.
    hours: u16,
}

/// One paper of a dossier.
#[derive(Debug, SimpleObject)]
pub struct Component {
    /// Its place in the list, from 1: give it when asking for a supplement.
    item: u32,
    /// Its name, in Vietnamese.
    name_vi: String,
    /// How many originals; null when not known or only shown.
    originals: Option<u16>,
    /// How many copies; null when not known.
    copies: Option<u16>,
}

/// What it costs.
#[derive(Debug, SimpleObject)]
pub struct Fee {
    /// Đồng for one unit, at most 2^53 − 1; null when a province sets it.
    vnd: Option<u64>,
    /// What the unit is, in Vietnamese.
    note_vi: String,
    /// How sure that is.
    certainty: Certainty,
}

/// One version of one procedure of the national catalogue.
pub struct Procedure(pub Arc<catalogue::Procedure>);

/// One version of one procedure of the national catalogue.
#[Object]
impl Procedure {
    /// Good for `node`; always the newest version.
    pub async fn id(&self) -> ID {
        global_id("Procedure", &self.0.code)
    }

    /// Its code.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Which version of it, from 1.
    async fn version(&self) -> u32 {
        self.0.version
    }

    /// Its name.
    async fn name(&self) -> Label {
        (self.0.name_vi.as_str(), self.0.name_en.as_str()).into()
    }

    /// Its field.
    async fn field(&self) -> Label {
        (self.0.field_vi.as_str(), self.0.field_en.as_str()).into()
    }

    /// The level that settles it.
    async fn level(&self) -> Level {
        self.0.level.into()
    }

    /// How long an office has.
    async fn limit(&self) -> Limit {
        self.0.limit.into()
    }

    /// How sure the limit is.
    async fn limit_certainty(&self) -> Certainty {
        self.0.limit_certainty.into()
    }

    /// Where the limit was read.
    async fn limit_basis(&self) -> &str {
        &self.0.limit_basis
    }

    /// More about the limit.
    async fn limit_note(&self) -> Option<Label> {
        let vietnamese = self.0.limit_note_vi.as_deref();
        let english = self.0.limit_note_en.as_deref();
        let text = vietnamese.or(english)?;
        Some((text, english.unwrap_or(text)).into())
    }

    /// First day it applies; null for as long as known.
    async fn valid_from(&self) -> Option<Day> {
        self.0.valid_from.map(Day)
    }

    /// Last day it applies; null while it does.
    async fn valid_to(&self) -> Option<Day> {
        self.0.valid_to.map(Day)
    }

    /// What a supplement request does to the clock; null when the policy in force decides.
    async fn supplement_clock(&self) -> Option<SupplementClock> {
        self.0.supplement_clock.map(Into::into)
    }

    /// The internal process.
    async fn steps(&self) -> Vec<ProcedureStep> {
        let step = |step: &catalogue::Step| ProcedureStep {
            name: (step.name_vi.as_str(), step.name_en.as_str()).into(),
            role: step.role.clone(),
            hours: step.hours,
        };
        self.0.steps.iter().map(step).collect()
    }

    /// How sure the steps are.
    async fn steps_certainty(&self) -> Certainty {
        self.0.steps_certainty.into()
    }

    /// The papers of a dossier.
    async fn components(&self) -> Vec<Component> {
        let component = |(item, component): (u32, &catalogue::Component)| Component {
            item,
            name_vi: component.name_vi.clone(),
            originals: component.originals,
            copies: component.copies,
        };
        (1..).zip(&self.0.components).map(component).collect()
    }

    /// How sure the list of papers is.
    async fn components_certainty(&self) -> Certainty {
        self.0.components_certainty.into()
    }

    /// What it costs.
    async fn fee(&self) -> Fee {
        Fee {
            vnd: self.0.fee.vnd,
            note_vi: self.0.fee.note_vi.clone(),
            certainty: self.0.fee.certainty.into(),
        }
    }

    /// How much can be done on-line.
    async fn online_level(&self) -> OnlineLevel {
        self.0.online_level.into()
    }

    /// How sure that is.
    async fn online_certainty(&self) -> Certainty {
        self.0.online_certainty.into()
    }

    /// What the applicant gets, in Vietnamese.
    async fn result_vi(&self) -> &str {
        &self.0.result_vi
    }

    /// The public view of a dossier leaves its name out.
    async fn sensitive(&self) -> bool {
        self.0.sensitive
    }

    /// How sure the record is as a whole.
    async fn certainty(&self) -> Certainty {
        self.0.certainty.into()
    }
}

pub type ProcedurePage = Connection<Cursor, Procedure, EmptyFields, EmptyFields>;

/// The procedures.
#[derive(Default)]
pub struct CatalogueQuery;

#[Object]
impl CatalogueQuery {
    /// Procedures in which every word occurs, with or without diacritics, in code order.
    #[graphql(complexity = "paging::cost(first, child_complexity)")]
    async fn procedures(
        &self,
        context: &Context<'_>,
        #[graphql(default, desc = "Words of code, name or field; all unless told.")] search: String,
        #[graphql(desc = "In force on this day; the newest of each unless told.")] on: Option<Day>,
        #[graphql(desc = "How many, at most 100; 20 unless told.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
    ) -> Answered<ProcedurePage> {
        let found = async {
            let first = paging::first(first)?;
            let after = after.map(|text| Cursor::read("c", &text)).transpose()?;
            let on = on.map(|day| day.0);
            let models = &api(context).models;
            let mut found =
                records::search(models, &search, on, after.as_deref(), first + 1).await?;
            let has_next = found.len() > first as usize;
            found.truncate(first as usize);
            let rows = found.into_iter().map(|procedure| {
                let cursor = Cursor::new("c", &procedure.code);
                (cursor, Procedure(Arc::new(procedure)))
            });
            Ok(paging::connection(rows, after.is_some(), has_next))
        };
        Some(found.await)
    }

    /// One procedure; null when there is none of this code, or none in force on the day.
    async fn procedure(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its code.")] code: String,
        #[graphql(desc = "In force on this day; the newest unless told.")] on: Option<Day>,
    ) -> Answered<Procedure> {
        let found = |code: ProcedureCode| -> Result<Option<Procedure>> {
            let models = &api(context).models;
            let on = on.map(|day| day.0);
            Ok(records::procedure(models, code.as_str(), on).map(Procedure))
        };
        code.trim()
            .parse()
            .map_err(Into::into)
            .and_then(found)
            .transpose()
    }
}
