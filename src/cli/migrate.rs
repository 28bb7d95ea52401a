//! `motcua migrate`: tables made and brought up to date by the role that owns them, so that the one that serves need not.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;
use uuid::Uuid;

use super::copy::whole;
use super::place::Place;
use crate::acts::format::{RaiseError, raised};
use crate::copies;
use crate::databases::Servers;
use crate::databases::tables::{May, grant};
use crate::domain::journal::RaiseRefusal;
use crate::journal::{Journal, Location};

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// A role of PostgreSQL that nodes serve with: may add facts and seals, keep and destroy personal data, and no more.
    #[arg(long, value_name = "ROLE")]
    serving: Vec<String>,
    /// Raise the format of facts to the newest that this program knows, once every node of the last day reads it: what needs it is
    /// enabled then, and no older program serves this journal any more.
    #[arg(long)]
    raise: bool,
    /// A role of PostgreSQL that reads facts and seals: no personal data.
    #[arg(long, value_name = "ROLE")]
    reading: Vec<String>,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let whole = whole(&arguments.place)?;
    if matches!(whole.journal, Location::Sqlite(_)) {
        // Nothing is made where nothing is.
        drop(arguments.place.journal_read_only().await?);
    }
    copies::bring_up(&whole).await?;
    println!("The tables of journal, seals, vault and work are of this program's format.");
    if arguments.raise {
        let journal = Journal::create_or_open(&whole.journal).await?;
        match raised(&journal, command()).await {
            Ok(raised) => println!("Facts may have format {raised} from here on."),
            Err(RaiseError::Refused(RaiseRefusal::Newest(format))) => {
                println!(
                    "Facts may have format {format} already: this program knows no newer one."
                );
            }
            Err(error) => return Err(error.into()),
        }
    }
    let roles = arguments.serving.iter().map(|role| (role, May::Serve));
    let roles = roles.chain(arguments.reading.iter().map(|role| (role, May::Read)));
    let roles: Vec<_> = roles.collect();
    if roles.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let Location::Postgres(address) = &whole.journal else {
        bail!("roles are of PostgreSQL: give the owner's address with --journal");
    };
    let mut connection = Servers::of(address, "motcua migrate")?.connect().await?;
    for (role, may) in roles {
        let granted = grant(&mut connection, role, may).await;
        granted.with_context(|| format!("{role}: it must be there (`create role {role} login`), and this address that of the tables' owner"))?;
        let told = match may {
            May::Serve => "may serve: it adds facts and seals, and changes none",
            May::Read => "may read facts and seals, and no personal data",
        };
        println!("{role} {told}.");
    }
    Ok(ExitCode::SUCCESS)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the command line is the edge: ids are made here"
)]
fn command() -> Uuid {
    Uuid::now_v7()
}
