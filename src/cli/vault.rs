//! `motcua vault`: the keys that wrap the keys of personal data, changed and destroyed so that old backups cannot be read.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};

use super::place::{Place, pseudonym};
use super::progress;
use crate::acts::erasing;
use crate::domain::actor::{Actor, NO_OFFICE, Role};
use crate::domain::erasure::KeyDestroyed;
use crate::domain::time::Moment;
use crate::vault::{Vault, WrappingState};

/// Data keys stayed under an older key, because it is not here.
const UNFINISHED: u8 = 3;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Print the wrapping keys: since when, until when, what is under them, whether they are here.
    Keys {
        #[command(flatten)]
        place: Place,
    },
    /// Begin the next wrapping key and wrap all living data keys with it. Cut off, `--resume` goes on. Exit 3 when some could
    /// not be opened.
    Rotate {
        #[command(flatten)]
        place: Place,
        /// Only make the key, so that it can be handed to the other nodes first.
        #[arg(long, conflicts_with = "resume")]
        prepare: bool,
        /// Begin no key: go on with the current one where the last time was cut off.
        #[arg(long)]
        resume: bool,
    },
    /// Destroy a retired wrapping key, for good: backups from before it was retired cannot be read any more.
    DestroyKey(DestroyKey),
}

#[derive(Debug, Args)]
struct DestroyKey {
    #[command(flatten)]
    place: Place,
    /// Its name, as `motcua vault keys` prints it.
    key: String,
    /// Days that backups of the vault are kept here: the key must have been retired for so long.
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    kept_days: u16,
    /// Pseudonyms of the two who see to it; twice.
    #[arg(long, value_name = "ID", required = true, num_args = 1)]
    custodian: Vec<String>,
    /// Pseudonym of the administrator who does it.
    #[arg(long, value_name = "ID", default_value = "admin-01")]
    actor: String,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    match arguments.what {
        What::Keys { place } => {
            let stores = place.open().await?;
            list(&stores.vault.wrapping_keys().await?);
        }
        What::Rotate {
            place,
            prepare,
            resume,
        } => return rotate(&place, prepare, resume).await,
        What::DestroyKey(wanted) => destroy(&wanted).await?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(states: &[WrappingState]) {
    let day = |moment: Option<Moment>| moment.map_or("-".to_owned(), |at| at.date().to_string());
    println!(
        "{:<6}{:<12}{:<12}{:<12}{:>10}  here",
        "key", "begun", "retired", "destroyed", "wraps"
    );
    for state in states
        .iter()
        .filter(|state| !state.is_of_master() || state.data_keys > 0)
    {
        println!(
            "{:<6}{:<12}{:<12}{:<12}{:>10}  {}",
            state.id,
            day(state.begun_at),
            day(state.retired_at),
            day(state.destroyed_at),
            state.data_keys,
            match &state.fault {
                Some(fault) => fault,
                None if state.is_here => "yes",
                None => "no",
            },
        );
    }
}

async fn rotate(place: &Place, prepare: bool, resume: bool) -> anyhow::Result<ExitCode> {
    let stores = place.open().await?;
    let vault = &stores.vault;
    if prepare {
        let (_, was_here) = vault.next_wrapping_key_is_here().await?;
        let number = vault.prepare_wrapping_key().await?;
        let made = if was_here {
            "was made before"
        } else {
            "is made"
        };
        println!(
            "Wrapping key w{number} {made} and not used yet. Bring it to every node of this journal and into the backup of \
             the keys, then run `motcua vault rotate{}`.",
            place.options()
        );
        return Ok(ExitCode::SUCCESS);
    }
    if !resume {
        let key = vault.begin_wrapping_key(stores.counter.clock()).await?;
        println!(
            "Wrapping key {key} takes new data from now on. Put it into the backup of the keys."
        );
    }
    rewrap(vault).await
}

async fn rewrap(vault: &Vault) -> anyhow::Result<ExitCode> {
    let states = vault.wrapping_keys().await?;
    let old = states.iter().filter(|state| state.retired_at.is_some());
    let bar = progress::bar("wrapping anew");
    bar.set_length(old.map(|state| state.data_keys).sum());
    let done = vault
        .rewrap(|done| bar.set_position(done.keys + done.unopened))
        .await?;
    bar.finish_and_clear();
    println!(
        "{} data keys were wrapped anew, {} parts can be found under the new key.",
        done.keys, done.parts
    );
    if done.unopened > 0 {
        eprintln!(
            "{} data keys cannot be opened, because the key that wraps them is not here (see `motcua vault keys`): what is \
             under them is unavailable. Bring the key back from its backup and run this again with --resume.",
            done.unopened
        );
        return Ok(ExitCode::from(UNFINISHED));
    }
    if states
        .iter()
        .all(|state| state.retired_at.is_none() || state.destroyed_at.is_some())
    {
        println!("No wrapping key is retired: nothing was begun that could be resumed.");
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "When no backup of the vault is older than today, destroy the retired key: `motcua vault destroy-key`."
    );
    Ok(ExitCode::SUCCESS)
}

async fn destroy(wanted: &DestroyKey) -> anyhow::Result<()> {
    let custodians: [String; 2] = wanted
        .custodian
        .clone()
        .try_into()
        .ok()
        .filter(|[one, other]: &[String; 2]| one != other)
        .context("a key is destroyed by two: name both with --custodian, by their pseudonyms")?;
    for id in custodians.iter().chain([&wanted.actor]) {
        pseudonym(id)?;
    }
    let stores = wanted.place.open().await?;
    let now = stores.counter.clock();
    let before = match wanted.kept_days {
        0 => Moment(i64::MAX),
        days => now.plus(-i64::from(days) * Moment::DAY),
    };
    let condemned = stores.vault.condemn_wrapping_key(&wanted.key, before, now);
    let condemned = condemned.await.with_context(|| {
        format!(
            "with --kept-days {0} a key is destroyed that was retired {0} days ago or earlier; `motcua vault keys` says when each was",
            wanted.kept_days
        )
    })?;
    if wanted.kept_days == 0 {
        println!(
            "At your word no backup of the vault is kept: whatever was made before today cannot be restored."
        );
    }
    let destroyed = KeyDestroyed {
        key: wanted.key.clone(),
        retired_at: condemned.retired_at.unwrap_or(now),
        kept_days: wanted.kept_days,
        custodians,
    };
    let by = Actor::new(wanted.actor.as_str(), NO_OFFICE, Role::Admin);
    erasing::destroy_key(&stores.counter, &stores.vault, by, destroyed).await?;
    println!(
        "Wrapping key {} is destroyed, and that is on record. Take it out of the backup of the keys as well: with it, backups \
         from before {} could be read again.",
        wanted.key,
        condemned.retired_at.unwrap_or(now).date()
    );
    Ok(())
}
