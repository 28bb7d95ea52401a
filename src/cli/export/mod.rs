//! `motcua export`: the exact bytes of the facts, one per line, or the acts on dossiers as an event log, for tools that we did
//! not write.

mod log;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use futures_util::TryStreamExt as _;

use self::log::{Form, Ocel, Table};
use super::place::Place;
use crate::journal::Entry;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Position of the first fact; line n holds position N + n - 1.
    #[arg(long, value_name = "N", default_value_t = 0)]
    since: u64,
    /// ndjson: the exact bytes of every fact. csv: one row per act on a dossier. ocel: the same as an object-centric event log
    /// (OCEL 2.0, JSON).
    #[arg(long, value_enum, default_value_t)]
    form: Wanted,
    /// Write to a file instead of the standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Wanted {
    #[default]
    Ndjson,
    Csv,
    Ocel,
}

/// The bytes as they are.
struct Lines;

impl Form for Lines {
    fn take(&mut self, out: &mut dyn std::io::Write, entry: &Entry) -> anyhow::Result<()> {
        out.write_all(&entry.body)?;
        Ok(out.write_all(b"\n")?)
    }

    fn end(&mut self, _: &mut dyn std::io::Write) -> anyhow::Result<()> {
        Ok(())
    }
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    if arguments.since > 0 && !matches!(arguments.form, Wanted::Ndjson) {
        bail!(
            "--since goes with --form ndjson: rows name what a dossier was lodged as, so a log begins at its beginning"
        );
    }
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
    let mut form: Box<dyn Form> = match arguments.form {
        Wanted::Ndjson => Box::new(Lines),
        Wanted::Csv => Box::new(Table::default()),
        Wanted::Ocel => Box::new(Ocel::default()),
    };
    let mut chunks = std::pin::pin!(journal.chunks(arguments.since));
    while let Some(chunk) = chunks.try_next().await? {
        for entry in chunk {
            form.take(&mut out, &entry)?;
        }
    }
    form.end(&mut out)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
