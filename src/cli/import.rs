//! `motcua import`: the history of another system, in a journal of its own; and `serve --told-by`: the same all the time.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::place::{Place, Stores};
use super::{place, progress};
use crate::acts::{self, found, shelf};
use crate::api::Api;
use crate::domain::actor::{Actor, NO_OFFICE, Role};
use crate::domain::journal::FORMAT;
use crate::domain::reference::{ClockKind, JournalKind, Opened};
use crate::imports::{Mapping, Plan, Report, Taker, Unread, follow};
use crate::integrity::signer;
use crate::vault::Keys;

/// What pseudonyms of people of another system are made with.
const SECRET: &str = "motcua/import-pseudonym/v1";

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// How the files are read: docs/operate/import.md.
    #[arg(long, value_name = "FILE")]
    mapping: PathBuf,
    /// Who takes them in: a pseudonym, as it will stand in the record.
    #[arg(long, value_name = "ID", default_value = "admin-01")]
    by: String,
    /// Read them and say what would be taken in, and take nothing.
    #[arg(long)]
    dry_run: bool,
    /// Write what could not be taken in, and why, to this file (JSON).
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Tables (CSV), lists (NDJSON) or logs (XES) of the other system.
    #[arg(value_name = "FILE", required = true)]
    exports: Vec<PathBuf>,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    place::pseudonym(&arguments.by)?;
    let (mapping, mapping_hash) = Mapping::load(&arguments.mapping)?;
    if arguments.dry_run {
        return look(&arguments, &mapping);
    }
    let stores = open(&arguments.place, &mapping).await?;
    let taker = Taker {
        counter: &stores.counter,
        by: Actor::new(arguments.by.clone(), NO_OFFICE, Role::Admin),
        mapping: &mapping,
        mapping_hash,
        secret: stores.keys.derive(SECRET),
    };
    taker.prepare().await?;
    let mut reports = Vec::new();
    for file in &arguments.exports {
        let bar = progress::bar("Taking in");
        let report = taker
            .take(file, |done, total| {
                bar.set_length(total);
                bar.set_position(done);
            })
            .await;
        bar.finish_and_clear();
        let report = report?;
        println!("{}: {}", file.display(), told(&report));
        reports.push(report);
    }
    if let Some(path) = &arguments.report {
        let text = serde_json::to_string_pretty(&reports)?;
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    println!("\nLook at it: motcua serve{}", arguments.place.options());
    let left: u64 = reports.iter().map(Report::left).sum();
    let all = reports.iter();
    by_code(all.flat_map(|report| report.unread.iter().chain(&report.refused)));
    Ok(if left == 0 {
        ExitCode::SUCCESS
    } else {
        println!(
            "{left} rows or acts were not taken in{}.",
            if arguments.report.is_some() {
                ""
            } else {
                "; --report FILE says which and why"
            }
        );
        ExitCode::from(3)
    })
}

fn told(report: &Report) -> String {
    let counted = |count: u64, what: &str| match count {
        0 => String::new(),
        count => format!(", {count} {what}"),
    };
    format!(
        "{} rows, {} cases, {} acts: {} taken in, {} known already{}{}{}",
        report.rows,
        report.cases,
        report.acts,
        report.taken,
        report.known,
        counted(report.otherwise, "of them told otherwise now"),
        counted(report.moved, "promised dates changed by the source"),
        counted(report.left(), "not taken in"),
    )
}

/// How much was not taken in, by why.
fn by_code<'a>(left: impl Iterator<Item = &'a Unread>) {
    let mut codes: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for one in left {
        let (count, _) = codes.entry(one.why).or_insert((0, one.row));
        *count += 1;
    }
    for (code, (count, row)) in codes {
        println!("  {code}: {count}, first in row {row}");
    }
}

/// Reads without a journal.
fn look(arguments: &Arguments, mapping: &Mapping) -> anyhow::Result<ExitCode> {
    let (mut left, mut unread) = (0, Vec::new());
    for file in &arguments.exports {
        let plan = Plan::read(file, mapping, &[0; 32])?;
        println!(
            "{}: {} rows, {} cases, {} acts, {} rows not read",
            file.display(),
            plan.rows,
            plan.cases,
            plan.sendings.len(),
            plan.unread.len()
        );
        by_code(plan.unread.iter());
        left += plan.unread.len();
        unread.push(plan.unread);
    }
    if let Some(path) = &arguments.report {
        let text = serde_json::to_string_pretty(&unread)?;
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    println!("Offices, procedures and times to come are looked at when it is taken in.");
    Ok(if left == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(3)
    })
}

/// The journal of this system's history, begun when the folder is empty.
async fn open(place: &Place, mapping: &Mapping) -> anyhow::Result<Stores> {
    let journal = place.journal().await?;
    if journal.head().await?.size > 0 {
        let opened = acts::opened(&journal).await?;
        if opened.kind != JournalKind::Imported {
            bail!(
                "{} holds a {} journal: what another system tells goes into a folder of its own, with --data",
                place.data.display(),
                opened.data()
            );
        }
        return place.open().await;
    }
    let keys = place.keys_or_new()?;
    begin(place, mapping, &journal).await?;
    let stores = place.open_new(keys).await?;
    stores.counter.furnish(shelf::shipped(None)?, None).await?;
    Ok(stores)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the edge makes the ids of a new journal"
)]
async fn begin(
    place: &Place,
    mapping: &Mapping,
    journal: &crate::journal::Journal,
) -> anyhow::Result<()> {
    let id = Uuid::now_v7();
    let origin = format!("localhost/{id}");
    let key = signer::make_key(&signer::folder(&place.keys_folder()?, id), &origin)?;
    let opened = Opened {
        id,
        origin,
        kind: JournalKind::Imported,
        clock: ClockKind::Database,
        format: FORMAT,
        story: None,
        teller: Some(mapping.teller()),
    };
    found(journal, opened, Uuid::now_v7(), None).await?;
    println!(
        "Opened journal {id} for what {} tells.\n\nKey of its log, for whoever checks it:\n{key}\n",
        mapping.name_en
    );
    Ok(())
}

/// Shadow mode: the office's own system keeps running, and what it writes out is followed here.
#[derive(Debug, Clone, Args)]
pub struct Shadow {
    /// Take in what another system tells while serving: how its files are read (docs/operate/import.md).
    #[arg(
        long,
        value_name = "FILE",
        requires = "told_in",
        env = "MOTCUA_TOLD_BY"
    )]
    told_by: Option<PathBuf>,
    /// The folder into which it writes them; each is taken in when it is new or has changed.
    #[arg(long, value_name = "DIR", requires = "told_by", env = "MOTCUA_TOLD_IN")]
    told_in: Option<PathBuf>,
}

/// How often the folder is looked at.
const PAUSE: Duration = Duration::from_secs(5);

impl Shadow {
    /// Follows until `stop`; nothing where nobody tells.
    pub fn start(
        &self,
        api: &Api,
        keys: &Arc<Keys>,
        stop: CancellationToken,
    ) -> anyhow::Result<Option<JoinHandle<()>>> {
        let (Some(file), Some(folder)) = (&self.told_by, &self.told_in) else {
            return Ok(None);
        };
        let Some(desk) = &api.desk else {
            bail!("--told-by: a copy takes in nothing; name it on the office's own node");
        };
        let (mapping, mapping_hash) = Mapping::load(file)?;
        mapping.fits(desk.counter.opened()).context("--told-by")?;
        let (counter, folder) = (desk.counter.clone(), folder.clone());
        let secret = keys.derive(SECRET);
        Ok(Some(tokio::spawn(async move {
            let taker = Taker {
                counter: &counter,
                by: Actor::system(),
                mapping: &mapping,
                mapping_hash,
                secret,
            };
            if let Err(error) = taker.prepare().await {
                tracing::error!(%error, "--told-by: nothing is taken in");
                return;
            }
            follow(&taker, folder, PAUSE, stop).await;
        })))
    }
}
