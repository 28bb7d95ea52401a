//! `motcua demo`: a real office's period played through the real commands, compared with what was published, served.

use std::process::ExitCode;

use anyhow::bail;
use clap::Args;
use uuid::Uuid;

use super::place::{Place, Stores};
use super::sealing::Sealing;
use super::serve::{Listen, Node, bind, open_models, serve};
use super::{abuses, progress, table};
use crate::acts::{self, Counter, found};
use crate::domain::journal::FORMAT;
use crate::domain::reference::{ClockKind, JournalKind, Opened, Story};
use crate::journal::Journal;
use crate::projections::catalogue::counts;
use crate::projections::statistics::{self, Query};
use crate::projections::{Projector, ReadModels};
use crate::scenario::expected::{Answer, Question, Scope, Tally};
use crate::scenario::expected_catalogue::{CatalogueQuestion, CatalogueRow, CatalogueTally};
use crate::scenario::{self, Expected, Plan, Source};

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    listen: Listen,
    #[command(flatten)]
    sealing: Sealing,
    /// luc-yen-2023, lang-son-2022, dinh-hoa-2021, hue-2024, abuses (an invented district), or a file of one's own.
    #[arg(long, value_name = "NAME", default_value = "luc-yen-2023")]
    scenario: String,
    /// Another seed gives other days and officers, and the same totals.
    #[arg(long, default_value = "1")]
    seed: String,
    /// Multiplies the load.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    scale: u32,
    /// Stop after the table; exit 1 when a figure differs.
    #[arg(long)]
    no_serve: bool,
    /// While serving, arrivals go on at the office's pace.
    #[arg(long, conflicts_with = "no_serve")]
    live: bool,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let source = Source::find(&arguments.scenario)?;
    let plan = Plan::load(&source)?;
    let listener = if arguments.no_serve {
        None
    } else {
        Some(bind(arguments.listen.listen).await?)
    };
    let stores = open(&arguments, &plan).await?;
    let mut proof = arguments
        .sealing
        .open(&arguments.place, &stores.journal)
        .await?;
    let (models, projector) = open_models(&arguments.place, &stores.journal).await?;
    let projector = follow_to_the_end(projector, &models, &stores.journal).await?;
    let met = if arguments.scale == 1 {
        let expected = Expected::load(&source)?;
        let met = compare(&plan, &expected, &models).await?;
        let shown = abuses::show(&source, &plan, &arguments.seed, &models).await?;
        met && shown
    } else {
        println!("The load was multiplied: the published figures are not compared.");
        true
    };
    let Some(listener) = listener else {
        proof.sealer.step().await?;
        return Ok(if met {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        });
    };
    if arguments.live {
        let (counter, seed) = (stores.counter.clone(), arguments.seed.clone());
        tokio::spawn(async move {
            if let Err(error) = scenario::live::go_on(&counter, &plan, &seed).await {
                tracing::error!(%error, "arrivals stopped");
            }
        });
    }
    let node = Node::new(stores, (models, projector), proof);
    serve(&arguments.place, &arguments.listen, listener, node).await
}

/// Opens the story's journal, and plays it as far as it has not been played.
async fn open(arguments: &Arguments, plan: &Plan) -> anyhow::Result<Stores> {
    let place = &arguments.place;
    let keys = place.keys_or_new()?;
    let journal = place.journal().await?;
    let story = Story {
        scenario: if arguments.scale == 1 {
            plan.name.clone()
        } else {
            format!("{}×{}", plan.name, arguments.scale)
        },
        seed: arguments.seed.clone(),
        ends_on: plan.ends,
        invented: plan.invented,
    };
    let begun = journal.head().await?.size == 0;
    if begun {
        begin(&journal, plan, story).await?;
    } else {
        let opened = acts::opened(&journal).await?;
        if opened.story.as_ref() != Some(&story) {
            bail!(
                "{} holds another journal ({}). Choose another folder with --data, or serve this one: motcua serve{}",
                place.data.display(),
                opened.story.map_or_else(
                    || "a live one".to_owned(),
                    |story| format!("{}, seed {}", story.scenario, story.seed)
                ),
                place.options()
            );
        }
    }
    let stores = if begun {
        place.open_new(keys).await?
    } else {
        place.open().await?
    };
    let mark = place
        .data
        .join(format!("played-{}", stores.counter.opened().id));
    if !mark.exists() {
        play(&stores.counter, plan, arguments).await?;
        std::fs::write(
            &mark,
            "The story of this journal has been played to its end.\n",
        )?;
    }
    Ok(stores)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the edge makes the ids of a new journal"
)]
async fn begin(journal: &Journal, plan: &Plan, story: Story) -> anyhow::Result<()> {
    let id = Uuid::now_v7();
    let opened = Opened {
        id,
        origin: format!("localhost/{id}"),
        kind: JournalKind::Simulated,
        clock: ClockKind::Story,
        format: FORMAT,
        story: Some(story),
        teller: None,
    };
    found(journal, opened, Uuid::now_v7(), Some(plan.opens_at())).await?;
    Ok(())
}

async fn play(counter: &Counter, plan: &Plan, arguments: &Arguments) -> anyhow::Result<()> {
    println!("{} — {}", plan.title_vi, plan.title_en);
    let started = std::time::Instant::now();
    let bar = progress::bar("Playing the period");
    let played = scenario::play(
        counter,
        plan,
        &arguments.seed,
        arguments.scale,
        |done, total| {
            bar.set_length(total);
            bar.set_position(done);
        },
    )
    .await?;
    bar.finish_and_clear();
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "Played {} dossiers: {} commands, {} facts, in {seconds:.1} s.",
        played.dossiers, played.commands, played.facts
    );
    if played.refused > 0 {
        println!(
            "{} attempts were refused, each with the code that it was to be refused with.",
            played.refused
        );
    }
    Ok(())
}

/// The table must count the whole story, also when the read models were there before it went on.
async fn follow_to_the_end(
    mut projector: Projector,
    models: &ReadModels,
    journal: &Journal,
) -> anyhow::Result<Projector> {
    let size = journal.head().await?.size;
    while models.size() < size {
        projector.step(5_000).await?;
    }
    Ok(projector)
}

/// Prints the measured figures beside the published ones; true when all are met.
async fn compare(plan: &Plan, expected: &Expected, models: &ReadModels) -> anyhow::Result<bool> {
    let mut answers = Vec::with_capacity(expected.figures.len());
    for figure in &expected.figures {
        let by_date = match figure.question.by_date() {
            Some(question) => Some(tally(models, &question).await?),
            None => None,
        };
        answers.push(Answer {
            tally: tally(models, &figure.question).await?,
            by_date,
        });
    }
    let rows = expected.compare(&answers);
    println!("\n{}", table::periods(plan, models).await?);
    println!("{}", table::figures(&rows));
    let of_catalogue: Vec<CatalogueRow> = expected
        .catalogue
        .iter()
        .map(|figure| figure.row(&catalogue_tally(models, figure.question)))
        .collect();
    if !of_catalogue.is_empty() {
        println!("{}", table::catalogue_figures(&of_catalogue));
    }
    let met = rows.iter().map(|row| row.met);
    let met = met.chain(of_catalogue.iter().map(|row| row.met));
    let (met, all) = met.fold((0, 0), |(met, all), one| (met + u32::from(one), all + 1));
    println!(
        "{met} of {all} published figures are met (journal size {}).\n",
        models.size()
    );
    Ok(met == all)
}

/// The catalogue's own statistics, put as a scenario asks.
pub fn catalogue_tally(models: &ReadModels, question: CatalogueQuestion) -> CatalogueTally {
    let counted = |level| {
        let question = counts::Question {
            level,
            field: None,
            on: question.on,
        };
        counts::count(&models.reference(), &question)
    };
    let counts = counted(question.level);
    let all = counted(None);
    let at = question.level.map(|level| all.levels.get(&level).copied());
    let at = at.map(Option::unwrap_or_default);
    CatalogueTally {
        procedures: counts.procedures,
        placements: at.map_or_else(|| all.placements(), |at| at.placements),
        linked_placements: at.map_or_else(|| all.linked_placements(), |at| at.linked_placements),
        linked_same_level: counts.linked_same_level,
        linked_cross_level: counts.linked_cross_level,
        fields: counts.fields.len() as u64,
        full: counts.online.full,
        partial: counts.online.partial,
        historical: counts.historical,
        vertical: counts.vertical,
        vertical_received: counts.vertical_received,
        processes: counts.processes(),
        in_scope: counts.in_scope,
        in_scope_approved: counts.in_scope_approved,
        review_proposals: counts.reviews.values().sum(),
        must_digitise_components: counts.digitised_components,
        must_digitise_decisions: counts.digitisation_decisions,
        units: at.map_or_else(|| all.units(), |at| at.units),
    }
}

pub async fn tally(models: &ReadModels, question: &Question) -> anyhow::Result<Tally> {
    let scope = match &question.scope {
        Scope::All => statistics::Scope::All,
        Scope::Unit(code) => statistics::Scope::Office(code.to_string()),
        Scope::Level(level) => statistics::Scope::Level(*level),
    };
    let query = Query {
        scope,
        channel: question.channel,
        procedure: None,
        from: question.from,
        to: question.to,
        comparison: question.comparison,
    };
    let counts = statistics::count(models, &query).await?;
    Ok(Tally {
        received: counts.received.online + counts.received.direct,
        online: counts.received.online,
        settled: counts.settled.total(),
        early: counts.settled.early,
        on_time: counts.settled.on_time,
        late: counts.settled.late,
        closed: counts.closed.total(),
        pending: counts.pending.total(),
    })
}
