//! `motcua verify`: does the journal hold together, and does every answer follow from it?

mod statistics;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{place::Place, progress};
use crate::projections::verify::{self, Report};
use crate::projections::{Pace, ProjectionError};

/// Something differs; the position is named.
const DIFFERS: u8 = 1;
/// Nothing can be said: no journal, no read models, no access.
const CANNOT_CHECK: u8 = 3;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Fold everything again and compare every row of the read models in --data.
    #[arg(long)]
    replay: bool,
    /// Count a published statistic again (what /statistics.json answered; `-`: the standard input).
    #[arg(long, value_name = "FILE")]
    statistics: Option<PathBuf>,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let record = arguments.statistics.as_deref().map(statistics::read);
    let record = match record.transpose() {
        Ok(record) => record,
        Err(error) => return Ok(cannot_check(&format!("{error:#}"))),
    };
    let journal = match arguments.place.journal_read_only().await {
        Ok(journal) => journal,
        Err(error) => return Ok(cannot_check(&format!("{error:#}"))),
    };
    if journal.head().await?.size == 0 {
        return Ok(cannot_check(
            "the journal is empty, which no journal ever is",
        ));
    }
    let (standing, needed) = journal.guards().await?;
    if standing < needed {
        println!(
            "WARNING  {standing} of {needed} triggers that keep the journal append-only stand: somebody took them away."
        );
    }
    let bar = progress::bar("Checking");
    let tell = |pace: Pace| {
        bar.set_length(pace.total);
        bar.set_position(pace.done);
    };
    let checked = if arguments.replay {
        verify::replay(&arguments.place.data, &journal, tell).await
    } else {
        verify::journal(&journal, tell).await
    };
    bar.finish_and_clear();
    match checked {
        Ok(report) => {
            print(&report, arguments.replay);
            match record {
                _ if !report.holds() => Ok(ExitCode::from(DIFFERS)),
                Some(record) => statistics::check(&journal, &record).await,
                None => Ok(ExitCode::SUCCESS),
            }
        }
        Err(error @ ProjectionError::Missing(_)) => Ok(cannot_check(&format!(
            "{error}. `motcua rebuild` fills the read models first"
        ))),
        Err(error) => Ok(cannot_check(&error.to_string())),
    }
}

fn cannot_check(why: &str) -> ExitCode {
    eprintln!("cannot check: {why}");
    ExitCode::from(CANNOT_CHECK)
}

fn print(report: &Report, replay: bool) {
    println!(
        "Checked {} facts in {} streams: positions, versions, prev links, leaf hashes, clock, bytes, registers, tails.",
        report.entries, report.streams
    );
    if replay && report.holds() {
        let rows: u64 = report.tables.iter().map(|table| table.rows).sum();
        println!(
            "Folded again and compared {rows} rows of {} tables at size {}.",
            report.tables.len(),
            report.size
        );
    }
    for finding in &report.findings {
        let place = finding
            .position
            .map_or_else(String::new, |position| format!(" at position {position}"));
        println!("DIFFERS  {}{place}: {}", finding.check.name(), finding.what);
    }
    if report.holds() {
        println!("Good: nothing differs.");
    } else {
        println!(
            "{} finding(s). Keep the files as they are and call an auditor.",
            report.findings.len()
        );
    }
}
