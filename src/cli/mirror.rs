//! `motcua mirror`: somebody else's published log, copied and proved as it comes.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use indicatif::ProgressBar;

use super::progress;
use crate::integrity::mirror::{Mirror, MirrorError, Pin, Pulled, Wanted};
use crate::journal::clock;
use crate::tlog::VerifierKey;

/// A witness says something at least this often while nothing happens; twice as long without a word is stale.
const HEARTBEAT_SECONDS: u64 = 600;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Where the office's pages are, e.g. https://motcua.office.example; as last time when absent.
    #[arg(value_name = "URL")]
    address: Option<String>,
    /// Folder of the copy.
    #[arg(
        long,
        value_name = "DIR",
        default_value = "motcua-mirror",
        env = "MOTCUA_DATA"
    )]
    data: PathBuf,
    /// The log's key as the office printed it. Kept with the copy; without it the one that the log shows is believed once.
    #[arg(long, value_name = "VKEY")]
    vkey: Option<VerifierKey>,
    /// Policy that says which witnesses must have cosigned. Kept with the copy; without it none is asked for.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// An auditor's token, where entries are not for everybody.
    #[arg(
        long,
        value_name = "TOKEN",
        env = "MOTCUA_TOKEN",
        hide_env_values = true
    )]
    token: Option<String>,
    /// Go on and look for more so often, until stopped.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    every: Option<u64>,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let Arguments {
        address,
        data,
        vkey,
        policy,
        token,
        every,
    } = arguments;
    let wanted = Wanted {
        data: data.clone(),
        address,
        key: vkey,
        policy,
        token,
    };
    let mut mirror = match Mirror::open(wanted).await {
        Ok((mirror, pin)) => {
            tell_whom_to_believe(&mirror, pin);
            mirror
        }
        Err(error) => return Ok(failed(&error)),
    };
    let mut first = true;
    loop {
        match pull(&mut mirror).await {
            Ok(pulled) => {
                print(&pulled);
                if first {
                    println!(
                        "\nNext:\n  motcua verify --data {0}\n  motcua serve --data {0}",
                        data.display()
                    );
                }
                first = false;
            }
            Err(error) if every.is_some() && error.is_passing() => {
                eprintln!("cannot check now: {error}");
            }
            Err(error) => return Ok(failed(&error)),
        }
        let Some(seconds) = every else {
            return Ok(ExitCode::SUCCESS);
        };
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }
}

async fn pull(mirror: &mut Mirror) -> Result<Pulled, MirrorError> {
    let mut bar: Option<ProgressBar> = None;
    let pulled = mirror
        .pull(|done, wanted| {
            let bar = bar.get_or_insert_with(|| progress::bar("Copying and proving"));
            bar.set_length(wanted);
            bar.set_position(done);
        })
        .await;
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    pulled
}

fn tell_whom_to_believe(mirror: &Mirror, pin: Pin) {
    let key = mirror.key();
    match pin {
        Pin::Given => println!("Believing the key given: {key}"),
        Pin::Kept => println!("Believing the key kept from before: {key}"),
        Pin::FirstUse => eprintln!(
            "WARNING: nobody has said whose log this is. The key that the address itself shows is believed from now on:\n\n  \
             {key}\n\nCompare it with what the office printed, or begin again in an empty folder with --vkey or --policy.\n"
        ),
    }
}

fn print(pulled: &Pulled) {
    let (from, size) = (pulled.from, pulled.size());
    if size == from {
        println!("Nothing new: {size} facts, as signed.");
    } else {
        println!(
            "Copied {} facts ({from} → {size}); every one belongs to the signed tree, which continues what was seen before.",
            size - from
        );
    }
    let standing = &pulled.standing;
    if !standing.witnessed {
        println!("The checkpoint is sealed, not witnessed: only the log's own key vouches for it.");
        return;
    }
    let names: Vec<&str> = standing
        .witnesses
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    println!("Witnessed by {}.", names.join(", "));
    let newest = standing.witnesses.iter().map(|(_, time)| *time).max();
    let now = u64::try_from(clock::system().0 / 1_000_000).unwrap_or(0);
    let age = newest.map_or(u64::MAX, |newest| now.saturating_sub(newest));
    if age > 2 * HEARTBEAT_SECONDS {
        println!(
            "WARNING  no witness has said anything for {} minutes: an old checkpoint may be shown again. Ask a witness itself.",
            age / 60
        );
    }
}

/// Says what went wrong and what it means; see `motcua mirror --help` for the codes.
pub fn failed(error: &MirrorError) -> ExitCode {
    let meaning = match error.exit_code() {
        1 => "REFUSED: what is shown is not proved",
        2 => "ALARM: the log contradicts itself",
        _ => "cannot check",
    };
    eprintln!("{meaning}: {error} [{}]", error.code());
    ExitCode::from(error.exit_code())
}
