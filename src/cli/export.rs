//! `motcua export`: the exact bytes of the facts, one per line, for tools that we did not write.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use futures_util::TryStreamExt as _;

use super::place::Place;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Position of the first fact; line n holds position N + n - 1.
    #[arg(long, value_name = "N", default_value_t = 0)]
    since: u64,
    /// Write to a file instead of the standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let journal = arguments.place.journal_read_only().await?;
    let size = journal.head().await?.size;
    if arguments.since >= size {
        eprintln!(
            "nothing to export: the journal holds {size} facts, so position {} is beyond its end",
            arguments.since
        );
    }
    let mut out: Box<dyn std::io::Write> = match &arguments.out {
        Some(path) => {
            let file = std::fs::File::create(path)
                .with_context(|| format!("cannot write {}", path.display()))?;
            Box::new(std::io::BufWriter::new(file))
        }
        None => Box::new(std::io::BufWriter::new(std::io::stdout().lock())),
    };
    let mut chunks = std::pin::pin!(journal.chunks(arguments.since));
    while let Some(chunk) = chunks.try_next().await? {
        for entry in chunk {
            out.write_all(&entry.body)?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
