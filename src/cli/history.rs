//! `motcua history`: what happened to a dossier, read from the journal alone.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;
use uuid::Uuid;

use super::place::Place;
use crate::domain::code::DossierCode;
use crate::domain::event::Event;
use crate::domain::fact::stream;
use crate::domain::register::RegisterEvent;
use crate::domain::text::hex;
use crate::journal::{Journal, Until, fact};
use crate::projections::AsOf;
use crate::projections::history::{self, Change};

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Code of the dossier.
    code: DossierCode,
    /// As it stood then: 2023-06-30 (the whole day), 2023-06-30T17:00 (office time), position:N or size:N.
    #[arg(long, value_name = "T")]
    as_of: Option<AsOf>,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let journal = arguments.place.journal_read_only().await?;
    let dossier = find(&journal, &arguments.code).await?;
    let changes = history::changes(&journal, dossier).await?;
    let size = match arguments.as_of {
        Some(as_of) => as_of.size(&journal).await?,
        None => u64::MAX,
    };
    let known = changes.into_iter();
    let known = known.filter(|change| change.entry.position < size);
    let known: Vec<Change> = known.collect();
    let numbered = |change: &Change| change.after.code.as_ref() == Some(&arguments.code);
    if let Some(as_of) = arguments.as_of
        && !known.last().is_some_and(numbered)
    {
        bail!("{} was not recorded yet: {as_of}", arguments.code);
    }
    println!("{}  (stream {dossier})", arguments.code);
    if let Some(as_of) = arguments.as_of {
        println!("as of {as_of}, at size {size}");
    }
    for change in &known {
        print(change);
    }
    Ok(ExitCode::SUCCESS)
}

/// The register of the office's day says whose number it is.
async fn find(journal: &Journal, code: &DossierCode) -> anyhow::Result<Uuid> {
    let (office, date) = code
        .office_and_date()
        .with_context(|| format!("{code} names no day"))?;
    for entry in journal
        .read_stream(stream::register(office.as_str(), date), 0, Until::End)
        .await?
    {
        if let Event::Register(RegisterEvent::Entered(entered)) = fact::decode(&entry.body)?.event
            && entered.code == *code
        {
            return Ok(entered.dossier);
        }
    }
    bail!("there is no dossier {code} in this journal: check the code, or --data")
}

fn print(change: &Change) {
    let fact = &change.fact;
    let around = &fact.circumstances;
    println!(
        "\n#{} v{}  {}  {}",
        change.entry.position,
        fact.version,
        fact.recorded_at.local().strftime("%d/%m/%Y %H:%M:%S"),
        fact.event.kind()
    );
    println!(
        "    by      {} ({}, {})",
        fact.actor.id,
        fact.actor.role.name(),
        fact.actor.office
    );
    for (name, claim) in [
        ("claimed", around.occurred_at),
        ("slip", around.received_at),
    ] {
        if let Some(claim) = claim {
            println!(
                "    {name:<7} {}",
                claim.local().strftime("%d/%m/%Y %H:%M:%S")
            );
        }
    }
    if let Some(reason) = around.reason {
        println!("    why     {} / {}", reason.label().0, reason.label().1);
    }
    if let Some(breach) = &around.breach {
        println!(
            "    BREACH  {} / {} ({})",
            breach.rule.label().0,
            breach.rule.label().1,
            breach.basis
        );
    }
    println!(
        "    state   {} → {}",
        change.before.phase.name(),
        change.after.phase.name()
    );
    let due = |dossier: &crate::domain::dossier::Dossier| {
        dossier.turn().map_or_else(
            || "–".to_owned(),
            |turn| turn.due_at.local().strftime("%d/%m/%Y %H:%M").to_string(),
        )
    };
    if due(&change.before) != due(&change.after) {
        println!(
            "    due     {} → {}",
            due(&change.before),
            due(&change.after)
        );
    }
    println!("    leaf    {}", hex(&change.entry.leaf_hash));
}
