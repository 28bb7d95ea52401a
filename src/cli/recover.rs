//! `motcua recover`: entries that were signed and lost, back from a mirror.

use std::process::ExitCode;

use clap::Args;

use super::mirror::failed;
use super::place::Place;
use super::progress;
use crate::integrity::Log;
use crate::integrity::mirror::MirrorError;
use crate::integrity::recover::{self, Recovered, Spare};

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Who holds them: the folder of a mirror, or the address of a node that publishes this log.
    #[arg(long, value_name = "URL|DIR")]
    from_mirror: String,
    /// An auditor's token, where entries are not for everybody.
    #[arg(
        long,
        value_name = "TOKEN",
        env = "MOTCUA_TOKEN",
        hide_env_values = true
    )]
    token: Option<String>,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let place = &arguments.place;
    // Nothing is made where nothing is: a journal is restored from its backup first, however old.
    drop(place.journal_read_only().await?);
    let journal = place.journal().await?;
    let log = Log::open(&place.proof(None)?, journal).await?;
    match bring_back(&log, &arguments).await {
        Ok(recovered) => {
            print(&recovered, place);
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => Ok(failed(&error)),
    }
}

async fn bring_back(log: &Log, arguments: &Arguments) -> Result<Recovered, MirrorError> {
    let from = arguments.from_mirror.as_str();
    let spare = Spare::open(from, arguments.token.clone()).await?;
    let bar = progress::bar("Proving, then appending");
    let recovered = recover::recover(log, &spare, from, |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })
    .await;
    bar.finish_and_clear();
    recovered
}

fn print(recovered: &Recovered, place: &Place) {
    for said in &recovered.said {
        println!("size {:>12}  {}", said.size, said.by);
    }
    let (from, to) = (recovered.from, recovered.to);
    if to == from {
        println!(
            "Nothing is missing: the journal holds {from} facts and continues all that was signed."
        );
        return;
    }
    println!(
        "Brought back {} facts ({from} → {to}), byte by byte; the journal continues all that was signed.\n\
         Personal data of that time comes back with a backup of the vault; until then it cannot be shown. A command of that \
         time that is sent again is refused: look before you enter it anew.\n\nNext:\n  motcua verify{1}\n  motcua serve{1}",
        to - from,
        place.options()
    );
}
