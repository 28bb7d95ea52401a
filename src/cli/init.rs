//! `motcua init`: a live journal for an office.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use uuid::Uuid;

use super::place::Place;
use super::token;
use crate::acts::{Act, found, shelf};
use crate::domain::actor::{Actor, NO_OFFICE, Role};
use crate::domain::catalogue::Level;
use crate::domain::code::OfficeCode;
use crate::domain::journal::FORMAT;
use crate::domain::law::Certainty;
use crate::domain::office::Office;
use crate::domain::reference::{ClockKind, JournalKind, Opened};
use crate::integrity::signer;
use crate::journal::clock::system;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Agency code of the office, e.g. H38.40.01
    #[arg(long, value_name = "CODE")]
    office: OfficeCode,
    /// Name of the office in Vietnamese.
    #[arg(long, value_name = "TEXT")]
    name: String,
    /// Name of the office in English; the Vietnamese one when absent.
    #[arg(long, value_name = "TEXT")]
    name_en: Option<String>,
    #[arg(long, value_enum, default_value_t = OfficeLevel::Commune)]
    level: OfficeLevel,
    /// A catalogue of procedures (JSON list) instead of the one that comes with the program.
    #[arg(long, value_name = "FILE")]
    catalogue: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum OfficeLevel {
    Ministry,
    Province,
    Commune,
    Vertical,
}

impl From<OfficeLevel> for Level {
    fn from(level: OfficeLevel) -> Self {
        match level {
            OfficeLevel::Ministry => Self::Ministry,
            OfficeLevel::Province => Self::Province,
            OfficeLevel::Commune => Self::Commune,
            OfficeLevel::Vertical => Self::Vertical,
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the edge makes the ids of a new journal"
)]
pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let place = &arguments.place;
    let catalogue = match &arguments.catalogue {
        Some(path) => Some(
            std::fs::read_to_string(path)
                .with_context(|| format!("cannot read {}", path.display()))?,
        ),
        None => None,
    };
    let mut acts = shelf::shipped(catalogue.as_deref())?;
    let office = Office {
        code: arguments.office.to_string(),
        name_vi: arguments.name.clone(),
        name_en: arguments
            .name_en
            .clone()
            .unwrap_or_else(|| arguments.name.clone()),
        level: arguments.level.into(),
        parent: None,
        valid_from: system().date(),
        valid_to: None,
        predecessors: Vec::new(),
        hours: None,
        address_vi: String::new(),
        phone: String::new(),
        contacts: Vec::new(),
        certainty: Certainty::Stated,
    };
    acts.push(Act::OpenOffice(office.checked()?));
    let keys = place.keys_or_new()?;
    let journal = place.journal().await?;
    if journal.head().await?.size > 0 {
        bail!(
            "there is a journal already in {}; nothing was changed. Serve it: motcua serve{}",
            place.journal.as_ref().map_or_else(
                || place.data.display().to_string(),
                |_| "that database".to_owned()
            ),
            place.options()
        );
    }
    let id = Uuid::now_v7();
    let origin = format!("localhost/{id}");
    let key = signer::make_key(&signer::folder(&place.keys_folder()?, id), &origin)?;
    let opened = Opened {
        id,
        origin,
        kind: JournalKind::Live,
        clock: ClockKind::Database,
        format: FORMAT,
        story: None,
        teller: None,
    };
    found(&journal, opened, Uuid::now_v7(), None).await?;
    let stores = place.open_new(keys).await?;
    let records = acts.len();
    stores.counter.furnish(acts, None).await?;
    let admin = Actor::new("admin-01", NO_OFFICE, Role::Admin);
    println!("Opened journal {id} with {records} calendars, policies, procedures and offices.");
    println!("\nKey of its log, for whoever checks it:\n{key}");
    println!(
        "\nAdministrator's token (30 days; keep it secret):\n{}\n",
        token::issue(&stores.keys, &admin, 30)
    );
    println!("Next:");
    println!(
        "  motcua token --role receiver --actor receiver-01 --office {}{}",
        arguments.office,
        place.options()
    );
    println!("  motcua serve{}", place.options());
    Ok(ExitCode::SUCCESS)
}
