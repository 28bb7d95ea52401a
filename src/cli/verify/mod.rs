//! `motcua verify`: does the journal hold together, is it the one that was sealed, and does every answer follow from it?

mod anchors;
mod statistics;
mod words;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use self::anchors::Anchors;
use super::{place::Place, progress};
use crate::acts;
use crate::domain::reference::Opened;
use crate::integrity::audit::{Audit, Audited};
use crate::journal::Journal;
use crate::projections::statistics::Record;
use crate::projections::verify::{self, Report, Walk};
use crate::projections::{Pace, ProjectionError};
use crate::tlog::checkpoint::CheckpointError;
use crate::tlog::note::NoteError;

/// Something differs; the position is named.
pub const DIFFERS: u8 = 1;
/// A signed checkpoint is not continued: the log was set back or forked. The evidence is kept.
pub const HALTED: u8 = 2;
/// Nothing can be said: no journal, no read models, no key, no access.
pub const CANNOT_CHECK: u8 = 3;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Fold everything again and compare every row of the read models in --data.
    #[arg(long)]
    replay: bool,
    /// Your own policy file: believe only its log keys and ask its quorum of witnesses.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// A checkpoint you saved earlier (`/log/checkpoint`): the journal must continue it.
    #[arg(long, value_name = "FILE")]
    old: Vec<PathBuf>,
    /// As --old, and read only the facts after it: the ones before are covered by its root.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["statistics", "replay"])]
    since: Option<PathBuf>,
    /// Count a published statistic again (what /statistics.json answered; `-`: the standard input).
    #[arg(long, value_name = "FILE")]
    statistics: Option<PathBuf>,
}

impl Arguments {
    /// Of a place, with nothing brought along.
    pub fn of(place: Place) -> Self {
        Self {
            place,
            replay: false,
            policy: None,
            old: Vec::new(),
            since: None,
            statistics: None,
        }
    }
}

/// What was found of the journal, and of what lies beside it.
pub struct Verified {
    pub report: Report,
    /// None when the first fact could not be read.
    pub audited: Option<Audited>,
}

impl Verified {
    pub fn code(&self) -> u8 {
        match &self.audited {
            Some(audited) if audited.halted.is_some() => HALTED,
            Some(audited) if !audited.holds() => DIFFERS,
            Some(_) | None if !self.report.holds() => DIFFERS,
            Some(_) | None => 0,
        }
    }

    /// The first thing that is wrong, with its position if it has one.
    pub fn first(&self) -> Option<String> {
        let at = |position: Option<u64>| {
            position.map_or_else(String::new, |position| format!(" at position {position}"))
        };
        let halted = self
            .audited
            .iter()
            .find_map(|audited| audited.halted.as_ref());
        if let Some(halted) = halted {
            return Some(format!("{}: {halted}", halted.code));
        }
        let report = self.report.findings.iter();
        let report = report.map(|one| (one.check.name(), one.position, &one.what));
        let audited = self.audited.iter().flat_map(|audited| &audited.findings);
        let audited = audited.map(|one| (one.check, one.position, &one.what));
        let mut all = report.chain(audited);
        all.next()
            .map(|(check, position, what)| format!("{check}{}: {what}", at(position)))
    }

    /// Every position at which something is wrong.
    pub fn positions(&self) -> Vec<u64> {
        let report = self.report.findings.iter().map(|one| one.position);
        let audited = self.audited.iter().flat_map(|audited| &audited.findings);
        let audited = audited.map(|one| one.position);
        report.chain(audited).flatten().collect()
    }
}

pub use self::words::tell;

/// Why nothing can be said.
pub type Unchecked = anyhow::Error;

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    match checked(&arguments).await {
        Ok(code) => Ok(ExitCode::from(code)),
        Err(error) if is_forged(&error) => {
            println!("DIFFERS  signature: {error:#}");
            Ok(ExitCode::from(DIFFERS))
        }
        Err(error) => {
            eprintln!("cannot check: {error:#}");
            Ok(ExitCode::from(CANNOT_CHECK))
        }
    }
}

/// A signature that claims to be by the log's key, and is not.
fn is_forged(error: &Unchecked) -> bool {
    let forged = CheckpointError::Note(NoteError::Signature);
    error.downcast_ref::<CheckpointError>() == Some(&forged)
}

async fn checked(arguments: &Arguments) -> Result<u8, Unchecked> {
    let record = arguments.statistics.as_deref().map(statistics::read);
    let record = record.transpose()?;
    let journal = arguments.place.journal_read_only().await?;
    let mut verified = look(arguments, &journal, record.as_ref()).await?;
    let mut code = words::tell(&verified);
    if arguments.replay && code == 0 {
        compare_tables(arguments, &journal, &mut verified.report).await?;
        code = words::tell_tables(&verified.report);
    }
    if let Some(record) = record.filter(|_| code == 0) {
        code = statistics::check(&journal, &record).await?;
    }
    words::conclude(code);
    Ok(code)
}

pub async fn look(
    arguments: &Arguments,
    journal: &Journal,
    record: Option<&Record>,
) -> Result<Verified, Unchecked> {
    if journal.head().await?.size == 0 {
        anyhow::bail!("the journal is empty, which no journal ever is");
    }
    let (standing, needed) = journal.guards().await?;
    if standing < needed {
        println!(
            "WARNING  {standing} of {needed} triggers that keep the journal append-only stand: somebody took them away."
        );
    }
    compare(arguments, journal, record, Anchors::tell).await
}

/// [`look`] at a journal that is not empty, without a word of what it is compared with.
pub async fn quietly(place: &Place, journal: &Journal) -> Result<Verified, Unchecked> {
    let arguments = Arguments::of(place.clone());
    compare(&arguments, journal, None, |_| {}).await
}

async fn compare(
    arguments: &Arguments,
    journal: &Journal,
    record: Option<&Record>,
    tell: impl Fn(&Anchors),
) -> Result<Verified, Unchecked> {
    // Without a first fact there is no log to compare with; the walk says what is wrong with it.
    let Ok(opened) = acts::opened(journal).await else {
        let (report, _) = walk(journal, None).await?;
        return Ok(Verified {
            report,
            audited: None,
        });
    };
    let anchors = Anchors::load(arguments, &opened, record).await?;
    tell(&anchors);
    whole(arguments, journal, &opened, anchors).await
}

async fn whole(
    arguments: &Arguments,
    journal: &Journal,
    opened: &Opened,
    anchors: Anchors,
) -> Result<Verified, Unchecked> {
    let Anchors {
        beside,
        saved,
        since,
        ..
    } = anchors;
    let audit = Audit::begin(beside, opened.kind, saved, since).await?;
    let (report, audit) = walk(journal, Some(audit)).await?;
    let audited = match audit {
        Some(audit) => Some(audit.finish(journal, &arguments.place.data).await?),
        None => None,
    };
    Ok(Verified { report, audited })
}

/// Reads the journal once; every check sees the same entries.
async fn walk(
    journal: &Journal,
    mut audit: Option<Audit>,
) -> Result<(Report, Option<Audit>), Unchecked> {
    let bar = progress::bar("Checking");
    let first = audit.as_ref().map_or(0, Audit::first);
    let mut walk = Walk::begin(journal, first).await?;
    while let Some(checked) = walk.next().await? {
        if let Some(audit) = &mut audit {
            audit.take_earlier(&checked.earlier);
            audit.take(&checked.entries, &checked.altered).await?;
        }
        let pace = walk.pace();
        bar.set_length(pace.total);
        bar.set_position(pace.done);
    }
    bar.finish_and_clear();
    Ok((walk.finish().await?, audit))
}

async fn compare_tables(
    arguments: &Arguments,
    journal: &Journal,
    report: &mut Report,
) -> Result<(), Unchecked> {
    let bar = progress::bar("Folding again");
    let compared = verify::tables(&arguments.place.data, journal, report, |pace: Pace| {
        bar.set_length(pace.total);
        bar.set_position(pace.done);
    });
    let compared = compared.await;
    bar.finish_and_clear();
    match compared {
        Err(error @ ProjectionError::Missing(_)) => {
            Err(anyhow::Error::from(error).context("`motcua rebuild` fills the read models first"))
        }
        other => Ok(other?),
    }
}
