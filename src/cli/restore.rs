//! `motcua restore`: a backup made into a node's data again, checked before and after.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::copy::{carried, tell, whole};
use super::place::Place;
use super::verify;
use crate::copies::{self, DAYS_KEPT};
use crate::domain::time::Moment;
use crate::integrity::signer::{self, State};
use crate::journal::clock;
use crate::vault::MASTER_FILE;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Folder of the backup.
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// Look whether the backup is good, and restore nothing.
    #[arg(long, conflicts_with = "verify")]
    check: bool,
    /// Then verify what was restored: every hash, every link, every seal.
    #[arg(long)]
    verify: bool,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let (place, began) = (&arguments.place, std::time::Instant::now());
    let source = Place::of_folder(arguments.from.clone());
    let from = whole(&source)?;
    let backup = copies::check(&arguments.from, &from).await?;
    let age = clock::system().0 - backup.made_at.0;
    println!(
        "Backup of {}: {} facts, made {} by version {}; every row of it is as it was.",
        backup.origin, backup.size, backup.made_at, backup.program
    );
    if age > DAYS_KEPT * Moment::DAY {
        println!(
            "WARNING  it is older than {DAYS_KEPT} days: what was erased since can be read in it until a node has destroyed it again."
        );
    }
    if arguments.check {
        return Ok(ExitCode::SUCCESS);
    }
    copies::bring_up(&from).await?;
    tell(&carried("Restoring", &from, &whole(place)?).await?);
    let mut code = 0;
    if arguments.verify {
        let journal = place.journal_read_only().await?;
        let asked = verify::Arguments::of(place.clone());
        let verified = verify::look(&asked, &journal, None).await?;
        code = verify::tell(&verified);
    }
    println!("Restored in {:.1} s.", began.elapsed().as_secs_f64());
    next(place, backup.journal, &backup.origin, backup.size)?;
    Ok(ExitCode::from(code))
}

/// What to do before the node serves, which depends on what is left of the signer.
fn next(place: &Place, journal: uuid::Uuid, origin: &str, size: u64) -> anyhow::Result<()> {
    let options = place.options();
    let folder = signer::folder(&place.keys_folder()?, journal);
    let state = State::read(&State::path_in(&folder), origin)?;
    println!("\nNext:");
    match state {
        Some(state) if state.size > size => println!(
            "  motcua recover --from-mirror URL|DIR{options}   # {} facts were signed since: they are in a mirror",
            state.size - size
        ),
        Some(_) => {}
        None if folder.join("log.key").exists() => println!(
            "  motcua recover --from-mirror URL|DIR{options}   # what a mirror has and the backup has not, if there is one\n  \
             motcua signer adopt{options}                    # what was signed: the signer's memory is in no backup"
        ),
        None if place.keys_folder()?.join(MASTER_FILE).exists() => {}
        None => println!(
            "  bring the keys back from their backup, to {}",
            place.keys_folder()?.display()
        ),
    }
    println!(
        "  motcua doctor{options}\n  motcua rebuild{options}                          # then `motcua verify --replay`; serve does it too\n  \
         motcua serve{options}"
    );
    Ok(())
}
