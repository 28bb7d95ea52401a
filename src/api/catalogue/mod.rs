//! The procedures an office offers, each part with how sure it is.

pub mod open;
mod parts;
mod rehearsal;
mod statistics;

use std::sync::Arc;

use async_graphql::connection::{Connection, EmptyFields};
use async_graphql::{Context, Enum, ID, Object, SimpleObject};

pub use self::parts::Component;
use self::parts::{
    Abolition, ChannelTerms, Delegation, InternalProcess, LegalBasis, Linkage, Marked, OpinionRule,
    OutcomeDocument, ProcedureAgency, ProcedureCase, PublicationDecision, VerticalSector, marked,
};
pub use self::rehearsal::{RehearsalQuery, RehearsedDossierPage};
pub use self::statistics::CatalogueStatisticsQuery;
use super::access::api;
use super::error::{Answered, Result};
use super::paging::{self, Cursor, global_id};
use super::scalar::Day;
use super::words::{
    ApplicantKind, Certainty, ContentPart, Label, Level, OnlineLevel, SupplementClock, Territory,
};
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

impl From<&catalogue::Fee> for Fee {
    fn from(fee: &catalogue::Fee) -> Self {
        Self {
            vnd: fee.vnd,
            note_vi: fee.note_vi.clone(),
            certainty: fee.certainty.into(),
        }
    }
}

/// Whether a version was published as it must be (Decision 766/QĐ-TTg 1.1–1.3).
#[derive(Debug, SimpleObject)]
pub struct PublicationCheck {
    /// The day it was published here.
    published_on: Day,
    /// Decided 5 working days (a ministry: 20) before effect; null when the decision is not known, or no calendar reaches.
    decided_in_time: Option<bool>,
    /// Published within 5 working days (a ministry: 10) of the decision; null likewise.
    published_in_time: Option<bool>,
    /// Nothing is missing.
    content_full: bool,
    /// Required parts that the record does not hold (Decree 63/2010 art. 8.2).
    missing: Vec<ContentPart>,
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
        let components = (1..).zip(&self.0.components);
        components
            .map(|(item, component)| Component::new(item, component))
            .collect()
    }

    /// How sure the list of papers is.
    async fn components_certainty(&self) -> Certainty {
        self.0.components_certainty.into()
    }

    /// What it costs.
    async fn fee(&self) -> Fee {
        (&self.0.fee).into()
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

    /// Supplement requests without a special legal basis; null when the policy decides.
    async fn max_supplement_requests(&self) -> Option<u8> {
        self.0.max_supplement_requests
    }

    /// How other agencies are asked for their opinion; null when the policy decides, and silence means nothing.
    async fn opinion(&self) -> Option<OpinionRule> {
        self.0.opinion.as_ref().map(Into::into)
    }

    /// The steps the applicant goes through, in Vietnamese; null when not known.
    async fn sequence_vi(&self) -> Option<Marked<Vec<String>>> {
        marked(self.0.sequence_vi.as_ref(), Clone::clone)
    }

    /// The ways to apply; empty when not known.
    async fn channels(&self) -> Vec<ChannelTerms> {
        self.0.channels.iter().map(Into::into).collect()
    }

    /// The cases that need different papers; empty when all need the same, or not known.
    async fn cases(&self) -> Vec<ProcedureCase> {
        self.0.cases.iter().map(Into::into).collect()
    }

    /// How many sets of papers; null when not known.
    async fn number_of_sets(&self) -> Option<Marked<u16>> {
        marked(self.0.number_of_sets.as_ref(), |sets| *sets)
    }

    /// Who may apply; null when not known.
    async fn applicant_kinds(&self) -> Option<Marked<Vec<ApplicantKind>>> {
        let kinds = self.0.applicant_kinds.as_ref();
        marked(kinds, |kinds| {
            kinds
                .iter()
                .map(|kind| ApplicantKind::from(*kind))
                .collect()
        })
    }

    /// The agencies that take part; empty when not known.
    async fn agencies(&self) -> Vec<ProcedureAgency> {
        self.0.agencies.iter().map(Into::into).collect()
    }

    /// The texts it rests on; empty when not known.
    async fn legal_basis(&self) -> Vec<LegalBasis> {
        self.0.legal_basis.iter().map(Into::into).collect()
    }

    /// Requirements and conditions, in Vietnamese; null when none or not known.
    async fn conditions_vi(&self) -> Option<Marked<String>> {
        marked(self.0.conditions_vi.as_ref(), Clone::clone)
    }

    /// The documents the applicant gets, one by one; empty when only `resultVi` tells.
    async fn results(&self) -> Vec<OutcomeDocument> {
        self.0.results.iter().map(Into::into).collect()
    }

    /// The decision that published this version; null when not known.
    async fn publication(&self) -> Option<PublicationDecision> {
        self.0.publication.as_ref().map(Into::into)
    }

    /// Whether it was published in time and whole.
    async fn publication_check(&self, context: &Context<'_>) -> Answered<PublicationCheck> {
        let checked = async {
            let models = &api(context).models;
            let day = records::published_on(models, &self.0.code, self.0.version).await?;
            Ok(day.map(|day| {
                let calendar = &models.reference().calendar;
                let check = catalogue::publication::check(&self.0, day, calendar);
                PublicationCheck {
                    published_on: Day(day),
                    decided_in_time: check.decided_in_time,
                    published_in_time: check.published_in_time,
                    content_full: check.content_full(),
                    missing: check.missing.into_iter().map(Into::into).collect(),
                }
            }))
        };
        checked.await.transpose()
    }

    /// The online level as counted before Decree 42/2022, 1 to 4; null when not known.
    async fn historical_level(&self) -> Option<Marked<u16>> {
        marked(self.0.historical_level.as_ref(), |level| u16::from(*level))
    }

    /// The agencies behind one counter; null when not known.
    async fn linkage(&self) -> Option<Linkage> {
        self.0.linkage.as_ref().map(Into::into)
    }

    /// The vertical agency whose procedure it is; null when none or not known.
    async fn vertical(&self) -> Option<VerticalSector> {
        self.0.vertical.as_ref().map(Into::into)
    }

    /// Who lets whom settle it; null when nobody or not known.
    async fn delegation(&self) -> Option<Delegation> {
        self.0.delegation.as_ref().map(Into::into)
    }

    /// Where else it may be filed; null when not known.
    async fn non_territorial(&self) -> Option<Marked<Territory>> {
        let territory = self.0.non_territorial.as_ref();
        marked(territory, |territory| (*territory).into())
    }

    /// The levels whose one-stops take it in; null for its own only.
    async fn received_at(&self) -> Option<Marked<Vec<Level>>> {
        let levels = self.0.received_at.as_ref();
        marked(levels, |levels| {
            levels.iter().map(|level| Level::from(*level)).collect()
        })
    }

    /// The offices here need an approved internal process for it; null when nobody said.
    async fn needs_process(&self) -> Option<Marked<bool>> {
        marked(self.0.needs_process.as_ref(), |needed| *needed)
    }

    /// The decision that ends this version, also when its day is still to come; null when there is none.
    async fn abolition(&self, context: &Context<'_>) -> Option<Abolition> {
        let reference = api(context).models.reference();
        let abolished = reference.abolition(&self.0.code, self.0.version)?;
        Some(abolished.as_ref().into())
    }

    /// The approved internal process that a dossier accepted on the day would follow; null when there is none.
    async fn internal_process(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Accepted on this day; today unless told.")] on: Option<Day>,
    ) -> Option<InternalProcess> {
        let api = api(context);
        let on = on.map_or_else(|| api.office.clock().date(), |day| day.0);
        let reference = api.models.reference();
        let process = reference.process(&self.0.code, on)?;
        Some(process.as_ref().into())
    }

    /// Every approved version of its internal process, oldest first.
    async fn internal_processes(&self, context: &Context<'_>) -> Vec<InternalProcess> {
        let reference = api(context).models.reference();
        let approved = reference.processes.get(&self.0.code).into_iter().flatten();
        approved.map(|process| process.as_ref().into()).collect()
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
