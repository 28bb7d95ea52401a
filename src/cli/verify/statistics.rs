//! `motcua verify --statistics`: a published statistic, counted again from this journal.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, bail};

use super::{DIFFERS, Unchecked};
use crate::cli::{progress, scratch::Scratch};
use crate::journal::Journal;
use crate::projections::statistics::{Record, recount};
use crate::projections::{Pace, ProjectionError};

/// Reads the record, from the standard input for `-`.
pub fn read(file: &Path) -> Result<Record, Unchecked> {
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes)?;
    } else {
        bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    }
    Ok(Record::parse(&bytes)?)
}

/// Counts it again as of its size, and says what comes out; the exit code.
pub async fn check(journal: &Journal, record: &Record) -> Result<u8, Unchecked> {
    let own = crate::acts::opened(journal).await?;
    if own.id != record.journal.id {
        bail!(
            "the record was counted from the journal {}; this one is {}",
            record.journal.id,
            own.id
        );
    }
    let scratch = Scratch::make().context("no folder to count in")?;
    let file = scratch.path().join("then.db");
    let bar = progress::bar("Counting again");
    let counted = recount(journal, record, &file, |pace: Pace| {
        bar.set_length(pace.total);
        bar.set_position(pace.done);
    })
    .await;
    bar.finish_and_clear();
    let differing = match counted {
        Err(error @ ProjectionError::BeyondEnd { .. }) => {
            bail!("{error}: let the mirror catch up first")
        }
        other => other?,
    };
    println!(
        "Counted again: {}, {} to {}, by definition {}, at size {} (last position {}).",
        scope(record),
        record.from,
        record.to,
        record.definition.version,
        record.size,
        record.position
    );
    if differing.is_empty() {
        println!("Every figure of the record comes out of this journal.");
        return Ok(0);
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
    Ok(DIFFERS)
}

fn scope(record: &Record) -> String {
    match (&record.office, record.level) {
        (Some(code), _) => code.clone(),
        (None, Some(level)) => format!("level {level:?}").to_lowercase(),
        (None, None) => "all offices".to_owned(),
    }
}
