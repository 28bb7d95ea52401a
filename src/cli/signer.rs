//! `motcua signer`: who signs this log, and moving that to another node.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};

use super::place::Place;
use crate::integrity::signer::{self, State};
use crate::integrity::{IntegrityError, Log, Trust, adopt, witness};

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make this node the log's signer: copy the folder with `log.key` into --keys first. It then remembers the largest tree
    /// that the old state, the checkpoints and the policy's witnesses vouch for, once the journal is proved to continue it.
    Adopt {
        #[command(flatten)]
        place: Place,
        /// `signer.json` of the signer before, when its folder was not copied whole.
        #[arg(long, value_name = "FILE")]
        state: Option<PathBuf>,
        /// Policy that names the witnesses to ask, instead of `policy` beside the log's key.
        #[arg(long, value_name = "FILE", env = "MOTCUA_POLICY")]
        policy: Option<PathBuf>,
    },
    /// Print the log's key, what its signer remembers and how far the log is sealed.
    Status {
        #[command(flatten)]
        place: Place,
    },
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    match arguments.what {
        What::Adopt {
            place,
            state,
            policy,
        } => adopt_signer(&place, state, policy).await,
        What::Status { place } => status(&place).await,
    }
}

async fn adopt_signer(
    place: &Place,
    state: Option<PathBuf>,
    policy: Option<PathBuf>,
) -> anyhow::Result<ExitCode> {
    let journal = place.journal_read_only().await?;
    let log = Log::open(&place.proof(policy)?, journal).await?;
    let trust = Trust::load(&log.seals, &log.policy_file).await?;
    let held = match &trust {
        Some(trust) => witness::words(trust).await,
        None => Vec::new(),
    };
    if held.is_empty() && was_witnessed(&log).await? {
        println!(
            "WARNING  the newest checkpoint was witnessed, and no witness was heard now: name the policy with --policy FILE, or one \
             that is set back may be signed on."
        );
    }
    let adopted = adopt::adopt(&log, state.as_deref(), held)
        .await
        .context(
            "nothing was signed. Stop the signer before and the node on this data folder, and try again",
        )?;
    for said in &adopted.said {
        println!("size {:>12}  {}", said.size, said.by);
    }
    println!(
        "The signer in {} now remembers size {}. Never bring back an older state.\n\nNext:\n  motcua serve --signer{}",
        log.signer_folder().display(),
        adopted.size,
        place.options()
    );
    Ok(ExitCode::SUCCESS)
}

async fn was_witnessed(log: &Log) -> anyhow::Result<bool> {
    Ok(match log.seals.published().await? {
        Some(seal) => !log.seals.cosignatures(seal.size).await?.is_empty(),
        None => false,
    })
}

async fn status(place: &Place) -> anyhow::Result<ExitCode> {
    let journal = place.journal_read_only().await?;
    let log = match Log::open_read_only(&place.proof(None)?, journal).await {
        Err(IntegrityError::SealsMissing(_)) => {
            println!("Nothing is sealed yet: `motcua serve` begins with the first fact.");
            return Ok(ExitCode::SUCCESS);
        }
        log => log?,
    };
    let folder = log.signer_folder();
    println!("log           {}", log.origin);
    for key in log.seals.keys().await? {
        println!("key           {key}");
    }
    match signer::verifier(&folder, &log.origin)? {
        Some(_) => println!("key here      {}", folder.display()),
        None => println!("key here      none in {}", folder.display()),
    }
    match State::read(&State::path_in(&folder), &log.origin)? {
        Some(state) => println!("remembered    size {}", state.size),
        None => println!("remembered    nothing here"),
    }
    let size = |seal: Option<crate::integrity::Seal>| {
        seal.map_or_else(
            || "nothing yet".to_owned(),
            |seal| format!("size {} on {}", seal.size, seal.signed_at),
        )
    };
    println!("signed        {}", size(log.seals.latest().await?));
    println!("published     {}", size(log.seals.published().await?));
    println!("journal       size {}", log.journal.head().await?.size);
    match log.seals.claim().await {
        Ok(_) => println!("signer        none is running"),
        Err(IntegrityError::SignerElsewhere(_)) => println!("signer        running"),
        Err(error) => println!("signer        cannot be told: {error}"),
    }
    Ok(ExitCode::SUCCESS)
}
