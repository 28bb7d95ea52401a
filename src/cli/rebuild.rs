//! `motcua rebuild`: the read models anew, beside the ones in use.

use std::process::ExitCode;

use clap::Args;

use super::{place::Place, progress};
use crate::projections;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let journal = arguments.place.journal_read_only().await?;
    std::fs::create_dir_all(&arguments.place.data)?;
    let started = std::time::Instant::now();
    let bar = progress::bar("Filling the read models");
    projections::rebuild(&arguments.place.data, &journal, |pace| {
        bar.set_length(pace.total);
        bar.set_position(pace.done);
    })
    .await?;
    let facts = bar.position();
    bar.finish_and_clear();
    let seconds = started.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = facts as f64 / seconds.max(0.001);
    println!("Filled from {facts} facts in {seconds:.1} s ({rate:.0} facts/s).");
    Ok(ExitCode::SUCCESS)
}
