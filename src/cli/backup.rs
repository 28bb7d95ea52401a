//! `motcua backup`: a copy of all of it in one folder, made beside a running node and continued when it is made again.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;

use super::copy::{carried, whole};
use super::place::{Place, lies_in};
use crate::copies::{self, Backup, DAYS_KEPT};
use crate::journal::clock;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Folder of the backup; made when there is none. One from before is brought up to date.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Carry the keys too, into a folder of their own on another disk: whoever has both can read.
    #[arg(long, value_name = "DIR")]
    keys_to: Option<PathBuf>,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let place = &arguments.place;
    let folder = &arguments.to;
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let target = Place::of_folder(folder.clone());
    if folder.join("journal.db").exists() && Backup::read(folder)?.is_none() && target.has_vault() {
        bail!(
            "{} holds a node's data and is no backup: choose an empty folder",
            folder.display()
        );
    }
    if let Some(keys) = &arguments.keys_to {
        std::fs::create_dir_all(keys)?;
        if lies_in(keys, folder)? {
            bail!("the keys would lie inside the backup: choose a folder elsewhere with --keys-to");
        }
    }
    let began = std::time::Instant::now();
    let carried = carried("Backing up", &whole(place)?, &whole(&target)?).await?;
    Backup::of(&carried, clock::system()).write(folder)?;
    println!(
        "{}: {} facts ({} new), {} new and {} gone file(s), in {:.1} s. Every fact was held against its hash.",
        folder.display(),
        carried.to,
        carried.to - carried.from,
        carried.files,
        carried.files_gone,
        began.elapsed().as_secs_f64()
    );
    match &arguments.keys_to {
        Some(to) => {
            let keys = copies::carry_keys(&place.keys_folder()?, to)?;
            println!(
                "{}: {} keys, {} destroyed one(s) taken away.",
                to.display(),
                keys.kept,
                keys.destroyed
            );
        }
        None => println!(
            "The keys are not in it: back them up elsewhere (--keys-to DIR); without them no name can be read again."
        ),
    }
    println!(
        "Keep it at most {DAYS_KEPT} days: it tells what is erased after it was made, until its wrapping key is destroyed."
    );
    Ok(ExitCode::SUCCESS)
}
