//! `motcua verify --statistics`: a published statistic, counted again from this journal.

use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;

use super::{DIFFERS, cannot_check};
use crate::cli::{progress, scratch::Scratch};
use crate::journal::Journal;
use crate::projections::statistics::{Record, recount};
use crate::projections::{Pace, ProjectionError};

/// Reads the record, from the standard input for `-`.
pub fn read(file: &Path) -> anyhow::Result<Record> {
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes)?;
    } else {
        bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    }
    Ok(Record::parse(&bytes)?)
}

/// Counts it again as of its size, and says what comes out.
pub async fn check(journal: &Journal, record: &Record) -> anyhow::Result<ExitCode> {
    let own = crate::acts::opened(journal).await?;
    if own.id != record.journal.id {
        return Ok(cannot_check(&format!(
            "the record was counted from the journal {}; this one is {}",
            record.journal.id, own.id
        )));
    }
    let scratch = Scratch::make().context("no folder to count in")?;
    let bar = progress::bar("Counting again");
    let counted = recount(
        journal,
        record,
        &scratch.path().join("then.db"),
        |pace: Pace| {
            bar.set_length(pace.total);
            bar.set_position(pace.done);
        },
    )
    .await;
    bar.finish_and_clear();
    let differing = match counted {
        Ok(differing) => differing,
        Err(error @ ProjectionError::BeyondEnd { .. }) => {
            return Ok(cannot_check(&format!(
                "{error}: let the mirror catch up first"
            )));
        }
        Err(error) => return Ok(cannot_check(&error.to_string())),
    };
    let scope = (record.office.clone())
        .or_else(|| {
            record
                .level
                .map(|level| format!("level {level:?}").to_lowercase())
        })
        .unwrap_or_else(|| "all offices".to_owned());
    println!(
        "Counted again: {scope}, {} to {}, by definition {}, at size {} (last position {}).",
        record.from, record.to, record.definition.version, record.size, record.position
    );
    if differing.is_empty() {
        println!("Good: every figure of the record comes out of this journal.");
        return Ok(ExitCode::SUCCESS);
    }
    for one in &differing {
        println!(
            "DIFFERS  {}: published {}, counted {}",
            one.field, one.published, one.counted
        );
    }
    println!(
        "{} value(s) of the record do not come out of this journal.",
        differing.len()
    );
    Ok(ExitCode::from(DIFFERS))
}
