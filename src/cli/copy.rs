//! `motcua copy`: a journal and all that belongs to it to another place or another kind of database, unchanged.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::place::Place;
use super::progress;
use crate::copies::{self, Carried, Whole};
use crate::integrity::Seals;
use crate::journal::Location;
use crate::reactions::work::Work;

/// The journal at the place it came from went on meanwhile.
pub const BEHIND: u8 = 3;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Where it is: a data folder, or postgres://user:password@host:port/database
    #[arg(long, value_name = "DIR|URL")]
    from: String,
    /// Where it goes: an empty place, or one that it was copied to before.
    #[arg(long, value_name = "DIR|URL")]
    to: String,
    /// Folder of the enciphered files where it is; `files` in the data folder unless told.
    #[arg(long, value_name = "DIR")]
    from_files: Option<PathBuf>,
    /// Folder of the enciphered files where it goes.
    #[arg(long, value_name = "DIR")]
    to_files: Option<PathBuf>,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let from = Place::of(&arguments.from, arguments.from_files)?;
    let to = Place::of(&arguments.to, arguments.to_files)?;
    let carried = carried("Copying", &whole(&from)?, &whole(&to)?).await?;
    tell(&carried);
    if carried.behind > 0 {
        println!(
            "{} facts were appended meanwhile where it came from. Stop the nodes there, and copy again: only what is new is carried.",
            carried.behind
        );
        return Ok(ExitCode::from(BEHIND));
    }
    println!(
        "Stop the nodes where it came from for good, before any is started here: two journals that go on are two histories.\n\
         Keys are not copied: use the same ones (--keys).\n\nNext:\n  motcua verify{0}\n  motcua serve{0}",
        to.options()
    );
    Ok(ExitCode::SUCCESS)
}

/// All that belongs to a journal, where it lies.
pub fn whole(place: &Place) -> anyhow::Result<Whole> {
    let journal = place.journal_location()?;
    let beside = |name| match &journal {
        Location::Sqlite(_) => Location::Sqlite(place.data.join(name)),
        Location::Postgres(url) => Location::Postgres(url.clone()),
    };
    Ok(Whole {
        seals: Seals::location(&place.data, &journal),
        work: Work::location(&place.data, &journal),
        vault: beside("vault.db"),
        files: place.files_folder(),
        journal,
    })
}

/// Carries all of it while a bar says how far it is.
pub async fn carried(what: &str, from: &Whole, to: &Whole) -> anyhow::Result<Carried> {
    let bar = progress::bar(what);
    let carried = copies::carry(from, to, |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    let carried = carried.await;
    bar.finish_and_clear();
    Ok(carried?)
}

pub fn tell(carried: &Carried) {
    println!(
        "{} facts ({} new), each held against its hash; {} row(s) of {} tables; {} new and {} gone file(s).",
        carried.to,
        carried.to - carried.from,
        carried.tables.values().map(|table| table.rows).sum::<u64>(),
        carried.tables.len(),
        carried.files,
        carried.files_gone
    );
}
