//! The figures of the catalogue: counted from the records when asked, each with its denominator.

use async_graphql::{Context, Object, SimpleObject};
use jiff::civil::Date;

use crate::api::access::api;
use crate::api::error::{Answered, Result};
use crate::api::scalar::{Day, Long};
use crate::api::statistics::Ratio;
use crate::api::words::{ContentPart, Label, Level, ReviewKind, part_label, review_label};
use crate::api::{Api, wait_for};
use crate::domain::catalogue::publication::{self, ContentPart as Part};
use crate::projections::catalogue::all_published_on;
use crate::projections::catalogue::counts::{self, Counts, Question};

/// One level of government.
#[derive(Debug, SimpleObject)]
pub struct CatalogueLevel {
    /// Which.
    level: Level,
    /// Distinct procedures settled at it.
    procedures: u64,
    /// Of these, with an approved internal process in effect.
    processes: u64,
    /// Procedures received at its one-stops: one procedure can be received at several levels.
    placements: u64,
    /// Of these, linked with other agencies.
    linked_placements: u64,
    /// Offices at work.
    units: u64,
}

/// One field.
#[derive(Debug, SimpleObject)]
pub struct CatalogueField {
    /// Its name.
    name: Label,
    /// Distinct procedures.
    procedures: u64,
}

/// How much can be done on-line.
#[derive(Debug, SimpleObject)]
pub struct CatalogueOnline {
    /// Everything.
    full: u64,
    /// Not everything.
    partial: u64,
    /// Nothing: only described.
    information_only: u64,
    /// Of all three, those whose level is neither verified nor stated.
    unsure: u64,
    /// Full and partial, of all procedures.
    online_rate: Ratio,
    /// Full, of all procedures.
    full_rate: Ratio,
}

/// Levels as they were counted before Decree 42/2022; procedures without such a level are in none.
#[derive(Debug, SimpleObject)]
pub struct HistoricalLevels {
    /// Described.
    level1: u64,
    /// Described, with forms to print.
    level2: u64,
    /// Filed on-line, paid and fetched in person.
    level3: u64,
    /// Everything on-line.
    level4: u64,
}

/// Proposals of a yearly review.
#[derive(Debug, SimpleObject)]
pub struct ReviewCount {
    /// Of the review.
    year: i32,
    /// Of the units that propose.
    level: Level,
    /// What they ask for.
    kind: ReviewKind,
    /// That in words.
    label: Label,
    /// How many procedures.
    proposals: u64,
}

/// How often a part is missing.
#[derive(Debug, SimpleObject)]
pub struct MissingPart {
    /// Which part.
    part: ContentPart,
    /// Its name.
    label: Label,
    /// In how many procedures.
    procedures: u64,
}

/// The publication checks of all procedures (Decision 766/QĐ-TTg 1.1–1.3).
#[derive(Debug, SimpleObject)]
pub struct PublicationCounts {
    /// Decided long enough before effect, of those whose decision is known and can be counted.
    decided_in_time_rate: Ratio,
    /// Published soon enough after the decision, of those whose decision is known and can be counted.
    published_in_time_rate: Ratio,
    /// Nothing missing, of all procedures.
    content_full_rate: Ratio,
    /// What is missing how often.
    missing: Vec<MissingPart>,
}

/// The figures of the catalogue on a day.
pub struct CatalogueStatistics {
    counts: Counts,
    question: Question,
}

/// The figures of the catalogue on a day.
#[Object]
impl CatalogueStatistics {
    /// The day.
    async fn on(&self) -> Day {
        Day(self.question.on)
    }

    /// Distinct procedures in force.
    async fn procedures(&self) -> u64 {
        self.counts.procedures
    }

    /// Procedures times the levels they are received at. Never the same figure as `procedures`, where one is received at
    /// two levels.
    async fn placements(&self) -> u64 {
        self.counts.placements()
    }

    /// Of these, linked with other agencies.
    async fn linked_placements(&self) -> u64 {
        self.counts.linked_placements()
    }

    /// Level by level, from the top.
    async fn levels(&self) -> Vec<CatalogueLevel> {
        let levels = self.counts.levels.iter();
        let row = |(level, counts): (&_, &counts::LevelCounts)| CatalogueLevel {
            level: Level::from(*level),
            procedures: counts.procedures,
            processes: counts.processes,
            placements: counts.placements,
            linked_placements: counts.linked_placements,
            units: counts.units,
        };
        levels.map(row).collect()
    }

    /// How many fields there are.
    async fn fields_total(&self) -> u64 {
        self.counts.fields.len() as u64
    }

    /// Field by field.
    async fn fields(&self) -> Vec<CatalogueField> {
        let fields = self.counts.fields.iter();
        let row = |((vi, en), procedures): (&(String, String), &u64)| CatalogueField {
            name: (vi.as_str(), en.as_str()).into(),
            procedures: *procedures,
        };
        fields.map(row).collect()
    }

    /// By online level.
    async fn online(&self) -> CatalogueOnline {
        let counts = self.counts.online;
        let all = self.counts.procedures;
        CatalogueOnline {
            full: counts.full,
            partial: counts.partial,
            information_only: counts.information_only,
            unsure: counts.unsure,
            online_rate: Ratio::of(counts.full + counts.partial, all),
            full_rate: Ratio::of(counts.full, all),
        }
    }

    /// By online level as counted before Decree 42/2022.
    async fn historical_levels(&self) -> HistoricalLevels {
        let [level1, level2, level3, level4] = self.counts.historical;
        HistoricalLevels {
            level1,
            level2,
            level3,
            level4,
        }
    }

    /// Distinct procedures linked between agencies of one level.
    async fn linked_same_level(&self) -> u64 {
        self.counts.linked_same_level
    }

    /// Distinct procedures linked across levels.
    async fn linked_cross_level(&self) -> u64 {
        self.counts.linked_cross_level
    }

    /// Procedures of vertical agencies (police, tax, social insurance).
    async fn vertical(&self) -> u64 {
        self.counts.vertical
    }

    /// Received at a one-stop, of the procedures of vertical agencies.
    async fn vertical_received_rate(&self) -> Ratio {
        Ratio::of(self.counts.vertical_received, self.counts.vertical)
    }

    /// Procedures settled in the name of another level.
    async fn delegated(&self) -> u64 {
        self.counts.delegated
    }

    /// Procedures that any office of the province takes in.
    async fn non_territorial_province(&self) -> u64 {
        self.counts.received_in_province
    }

    /// Procedures that any office of the country takes in.
    async fn non_territorial_nationwide(&self) -> u64 {
        self.counts.received_nationwide
    }

    /// Procedures with an approved internal process in effect.
    async fn processes_approved(&self) -> u64 {
        self.counts.processes()
    }

    /// Procedures with an approved process, of those **in scope**: the ones that need a process here. Not of all.
    async fn process_coverage(&self) -> Ratio {
        Ratio::of(self.counts.in_scope_approved, self.counts.in_scope)
    }

    /// Papers that must be digitised by decision.
    async fn must_digitise_components(&self) -> u64 {
        self.counts.digitised_components
    }

    /// Distinct decisions that say so.
    async fn must_digitise_decisions(&self) -> u64 {
        self.counts.digitisation_decisions
    }

    /// Offices at work, of the level asked for.
    async fn units(&self) -> u64 {
        self.counts.units()
    }

    /// Procedures that were offered before and are abolished, of all levels and fields.
    async fn abolished(&self) -> u64 {
        self.counts.abolished
    }

    /// Proposals of yearly reviews up to the day's year, by year, level and kind.
    async fn reviews(&self) -> Vec<ReviewCount> {
        let reviews = self.counts.reviews.iter();
        let row = |((year, level, kind), proposals): (&(i16, _, _), &u64)| ReviewCount {
            year: i32::from(*year),
            level: Level::from(*level),
            kind: ReviewKind::from(*kind),
            label: review_label(*kind).into(),
            proposals: *proposals,
        };
        reviews.map(row).collect()
    }

    /// The publication checks, all procedures together.
    #[graphql(complexity = "20 + child_complexity")]
    async fn publication(&self, context: &Context<'_>) -> Answered<PublicationCounts> {
        Some(publication_counts(api(context), &self.question).await)
    }
}

async fn publication_counts(api: &Api, question: &Question) -> Result<PublicationCounts> {
    let published = all_published_on(&api.models).await?;
    let reference = api.models.reference();
    let (mut decided, mut in_time, mut full) = ((0, 0), (0, 0), (0, 0));
    let mut missing = std::collections::BTreeMap::<Part, u64>::new();
    let count = |(yes, all): (u64, u64), good: Option<bool>| {
        good.map_or((yes, all), |good| (yes + u64::from(good), all + 1))
    };
    for procedure in counts::chosen(&reference, question) {
        let key = (procedure.code.clone(), procedure.version);
        let Some(day) = published.get(&key) else {
            continue;
        };
        let check = publication::check(&procedure, *day, &reference.calendar);
        decided = count(decided, check.decided_in_time);
        in_time = count(in_time, check.published_in_time);
        full = count(full, Some(check.content_full()));
        for part in check.missing {
            *missing.entry(part).or_default() += 1;
        }
    }
    let ratio = |(yes, all)| Ratio::of(yes, all);
    let missing = missing.into_iter().map(|(part, procedures)| MissingPart {
        part: part.into(),
        label: part_label(part).into(),
        procedures,
    });
    Ok(PublicationCounts {
        decided_in_time_rate: ratio(decided),
        published_in_time_rate: ratio(in_time),
        content_full_rate: ratio(full),
        missing: missing.collect(),
    })
}

/// One line of form II.07b.
#[derive(Debug, SimpleObject)]
pub struct FormII07bRow {
    /// The level that settles the procedures; null in the line of all.
    level: Option<Level>,
    /// Distinct procedures in force.
    procedures: u64,
    /// Of these, with an approved internal process in effect.
    processes: u64,
}

/// Form II.07b: how many procedures and approved internal processes there are.
#[derive(SimpleObject)]
pub struct FormII07b {
    /// The day.
    on: Day,
    /// Level by level, from the top.
    rows: Vec<FormII07bRow>,
    /// All levels.
    total: FormII07bRow,
}

/// What can be counted in the catalogue.
#[derive(Default)]
pub struct CatalogueStatisticsQuery;

#[Object]
impl CatalogueStatisticsQuery {
    /// The figures of the catalogue, for everybody.
    #[graphql(complexity = "20 + child_complexity")]
    async fn catalogue_statistics(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only procedures settled at this level; all unless told.")] level: Option<
            Level,
        >,
        #[graphql(desc = "Only procedures of this field, by its name in either language.")]
        field: Option<String>,
        #[graphql(desc = "In force on this day; today unless told.")] on: Option<Day>,
        #[graphql(desc = "Wait up to 2 s until this position is shown; else NOT_YET.")]
        min_position: Option<Long>,
    ) -> Answered<CatalogueStatistics> {
        let counted = async {
            let api = api(context);
            wait_for(api, min_position).await?;
            let question = Question {
                level: level.map(Into::into),
                field,
                on: day(api, on),
            };
            let counts = counts::count(&api.models.reference(), &question);
            Ok(CatalogueStatistics { counts, question })
        };
        Some(counted.await)
    }

    /// Form II.07b: how many procedures and approved internal processes there are at each level.
    #[graphql(name = "formII07b", complexity = "20 + child_complexity")]
    async fn form_ii07b(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "In force on this day; today unless told.")] on: Option<Day>,
    ) -> Answered<FormII07b> {
        let api = api(context);
        let question = Question {
            level: None,
            field: None,
            on: day(api, on),
        };
        let counts = counts::count(&api.models.reference(), &question);
        let settled = counts.levels.iter().filter(|(_, of)| of.procedures > 0);
        let rows = settled.map(|(level, of)| FormII07bRow {
            level: Some(Level::from(*level)),
            procedures: of.procedures,
            processes: of.processes,
        });
        Some(Ok(FormII07b {
            on: Day(question.on),
            rows: rows.collect(),
            total: FormII07bRow {
                level: None,
                procedures: counts.procedures,
                processes: counts.processes(),
            },
        }))
    }
}

fn day(api: &Api, on: Option<Day>) -> Date {
    on.map_or_else(|| api.office.clock().date(), |day| day.0)
}
