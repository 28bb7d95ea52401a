//! `motcua reorganise`: closes offices by a decision, and moves what they have; run again it goes on where it was cut off.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use tokio_util::sync::CancellationToken;

use super::place::{Place, Stores, pseudonym};
use super::progress;
use super::scratch::models_of;
use super::serve::{is_in_use, open_models};
use crate::acts::{Act, Refusal, Request};
use crate::domain::actor::{Actor, NO_OFFICE, Role};
use crate::domain::dossier::Rejection;
use crate::domain::fact::stream;
use crate::domain::office::Office;
use crate::domain::reference::Reference;
use crate::domain::reorganisation::Reorganisation;
use crate::projections::{ReadModels, reorganisation};
use crate::reactions::Reactions;

/// The rules refuse the plan, or an office of it; nothing was recorded.
const REFUSED: u8 = 1;
/// Recorded, and dossiers are still at closed offices: run it again, or serve.
const UNFINISHED: u8 = 3;
/// How often the bar looks.
const LOOK: Duration = Duration::from_millis(200);
/// Passes that move nothing before it gives up.
const IDLE_MAX: u32 = 5;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// The decision as JSON: what it closes, and where what they have goes.
    #[arg(long, value_name = "FILE")]
    plan: PathBuf,
    /// Offices to open first, each file a JSON list of their records; those that are open already are passed over.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    office_files: Vec<PathBuf>,
    /// Print how many dossiers would go where, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Pseudonym of the administrator who does it.
    #[arg(long, value_name = "ID", default_value = "admin-01")]
    actor: String,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    pseudonym(&arguments.actor)?;
    let plan: Reorganisation = read(&arguments.plan)?;
    let mut offices: Vec<Office> = Vec::new();
    for file in &arguments.office_files {
        let listed: Vec<Office> = read(file)?;
        offices.extend(listed);
    }
    let stores = arguments.place.open().await?;
    let known = crate::acts::reference(&stores.journal).await?;
    let decided = known.reorganisation(&plan.decision);
    if decided.is_some_and(|decided| **decided != plan) {
        return Ok(refused(&Refusal::Rejected(Rejection::DuplicateRecord)));
    }
    if decided.is_none()
        && let Err(error) = foreseen(&known, &offices, &plan)
    {
        return Ok(refused(&Refusal::Rejected(error)));
    }
    if arguments.dry_run {
        return dry_run(&arguments.place, &stores, &plan, &offices).await;
    }
    if decided.is_none() {
        let by = Actor::new(arguments.actor.as_str(), NO_OFFICE, Role::Admin);
        if let Err(refusal) = record(&stores, &by, &plan, offices).await {
            return Ok(refused(&refusal));
        }
        println!(
            "Recorded: {} closes {} offices from {}.",
            plan.decision,
            plan.closes.len(),
            plan.effective_from
        );
    } else {
        println!("{} is on record already; going on.", plan.decision);
    }
    if !plan.in_effect(stores.counter.clock().date()) {
        println!(
            "It comes into effect on {}. Whatever node serves then moves the dossiers by itself; or run this again.",
            plan.effective_from
        );
        return Ok(ExitCode::SUCCESS);
    }
    finish(&arguments.place, stores).await
}

fn read<T: serde::de::DeserializeOwned>(file: &Path) -> anyhow::Result<T> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_str(&text)
        .with_context(|| format!("{} is not as it should be", file.display()))
}

/// In both languages, as every door says it.
fn refused(refusal: &Refusal) -> ExitCode {
    let (vietnamese, english) = refusal.message();
    eprintln!("{}: {vietnamese}\n{english}", refusal.code());
    ExitCode::from(REFUSED)
}

/// Whether the rules will take it all, before anything is recorded.
fn foreseen(known: &Reference, offices: &[Office], plan: &Reorganisation) -> Result<(), Rejection> {
    plan.check(&with_offices(known, offices)?)?;
    Ok(())
}

fn with_offices(known: &Reference, offices: &[Office]) -> Result<Reference, Rejection> {
    let mut reference = known.clone();
    for office in offices {
        let office = office
            .clone()
            .checked()
            .map_err(|error| Rejection::InvalidRecord(error.to_string()))?;
        reference.evolve(&crate::domain::reference::ReferenceEvent::OfficeOpened(
            office,
        ));
    }
    Ok(reference)
}

/// The ids follow from the decision: recorded once, however often this is run.
async fn record(
    stores: &Stores,
    by: &Actor,
    plan: &Reorganisation,
    offices: Vec<Office>,
) -> Result<(), Refusal> {
    let opened = offices.into_iter().map(|office| {
        let id = stream::reaction(&format!("reorganise:{}:{}", plan.decision, office.code));
        (id, Act::OpenOffice(office))
    });
    let id = stream::reaction(&format!("reorganise:{}", plan.decision));
    let decided = (id, Act::Reorganise(Box::new(plan.clone())));
    for (id, act) in opened.chain([decided]) {
        match stores
            .counter
            .submit(Request::new(id, by.clone(), act))
            .await
        {
            Ok(_) | Err(Refusal::Rejected(Rejection::DuplicateRecord)) => {}
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(())
}

/// Who gets how much: one line per office that ends and office that takes over.
async fn dry_run(
    place: &Place,
    stores: &Stores,
    plan: &Reorganisation,
    offices: &[Office],
) -> anyhow::Result<ExitCode> {
    let (models, _projector, _scratch) = models_of(place, &stores.journal).await?;
    let reference = with_offices(&models.reference(), offices)?;
    let name = |code: &str| {
        let office = reference.offices.get(code);
        office.map_or_else(String::new, |office| office.name_vi.clone())
    };
    let mut moved: BTreeMap<(String, String), u64> = BTreeMap::new();
    for from in &plan.closes {
        for (procedure, count) in reorganisation::unfinished(&models, from.as_str()).await? {
            let newest = reference.procedures.get(&procedure);
            let field = newest.and_then(|all| all.last());
            let field = field.map(|procedure| procedure.field_vi.as_str());
            let to = plan.successor(from.as_str(), &procedure, field);
            let to = to.map(ToString::to_string).unwrap_or_default();
            *moved.entry((from.to_string(), to)).or_default() += count;
        }
    }
    println!(
        "{}: {} offices end, from {}. Nothing is changed.",
        plan.decision,
        plan.closes.len(),
        plan.effective_from
    );
    println!("{:>9}  from → to", "dossiers");
    for ((from, to), count) in &moved {
        println!("{count:>9}  {from} {} → {to} {}", name(from), name(to));
    }
    println!("{:>9}  in all", moved.values().sum::<u64>());
    Ok(ExitCode::SUCCESS)
}

/// Lets the reactions run until nothing is left at a closed office.
async fn finish(place: &Place, stores: Stores) -> anyhow::Result<ExitCode> {
    let (models, projector) = match open_models(place, &stores.journal).await {
        Err(error) if is_in_use(&error) => {
            println!("The node that serves this folder moves the dossiers by itself.");
            return Ok(ExitCode::SUCCESS);
        }
        opened => opened?,
    };
    let stop = CancellationToken::new();
    let following = tokio::spawn(projector.run(stop.clone()));
    let size = stores.journal.head().await?.size;
    if let Some(last) = size.checked_sub(1) {
        while models.size() < size && !following.is_finished() {
            models.reach(last, LOOK).await;
        }
    }
    let left = moved(&stores, &models).await;
    stop.cancel();
    following.await??;
    match left? {
        0 => {
            println!("Nothing is left at a closed office.");
            Ok(ExitCode::SUCCESS)
        }
        left => {
            println!("{left} dossiers are still at closed offices: run this again, or serve.");
            Ok(ExitCode::from(UNFINISHED))
        }
    }
}

/// How many are left.
async fn moved(stores: &Stores, models: &ReadModels) -> anyhow::Result<u64> {
    let now = || stores.counter.clock();
    let all = reorganisation::count(models, now()).await?;
    let bar = progress::bar("Moving dossiers");
    bar.set_length(all);
    let mut reactions = Reactions::new(stores.counter.clone(), models.clone());
    let mut idle = 0;
    let mut left = all;
    while left > 0 && idle < IDLE_MAX {
        let passed = {
            let pass = reactions.pass();
            tokio::pin!(pass);
            loop {
                tokio::select! {
                    passed = &mut pass => break passed,
                    () = tokio::time::sleep(LOOK) => {
                        let left = reorganisation::count(models, now()).await?;
                        bar.set_position(all.saturating_sub(left));
                    }
                }
            }
        };
        idle = if passed == 0 { idle + 1 } else { 0 };
        if passed == 0 {
            tokio::time::sleep(LOOK).await;
        }
        left = reorganisation::count(models, now()).await?;
        bar.set_position(all.saturating_sub(left));
    }
    bar.finish_and_clear();
    if left == 0 {
        println!("{all} dossiers have gone to the offices that took over.");
    }
    Ok(left)
}
