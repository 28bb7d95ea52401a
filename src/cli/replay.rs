//! `motcua replay`: every read model as it was at some time, as one file.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::Args;

use super::{place::Place, progress};
use crate::domain::text::hex;
use crate::projections::{self, AsOf};

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// As of when: 2023-06-30 (the whole day), 2023-06-30T17:00 (office time), position:N or size:N.
    #[arg(long, value_name = "T")]
    until: AsOf,
    /// The SQLite file to make; one that exists is never overwritten.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let journal = arguments.place.journal_read_only().await?;
    let size = arguments.until.size(&journal).await?;
    let Some(last) = size.checked_sub(1) else {
        bail!("the journal had no fact yet at {}", arguments.until);
    };
    let bar = progress::bar("Filling the read models");
    projections::replay_until(&arguments.out, &journal, size, |pace| {
        bar.set_length(pace.total);
        bar.set_position(pace.done);
    })
    .await?;
    bar.finish_and_clear();
    let newest = journal.read(last, 1).await?;
    println!("As of      {}", arguments.until);
    println!("Size       {size} facts; the last at position {last}");
    if let Some(newest) = newest.first() {
        let recorded = newest.recorded_at.local().strftime("%d/%m/%Y %H:%M:%S");
        println!("Recorded   {recorded} (UTC+7)");
        println!("Leaf hash  {}", hex(&newest.leaf_hash));
    }
    println!("File       {}", arguments.out.display());
    Ok(ExitCode::SUCCESS)
}
