//! `motcua rollup`: many offices' logs, each copied and proved, and answered together.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use tokio_util::sync::CancellationToken;

use super::place::Place;
use super::serve::{bind, until_signalled};
use crate::api::http::limits::Limits;
use crate::api::rates::{Rates, Settings};
use crate::api::sign_in::SignIn;
use crate::integrity::fanout::is_name;
use crate::integrity::mirror::{Source, Wanted};
use crate::outside;
use crate::rollup::{self, Following, Member, Rollup};
use crate::tlog::VerifierKey;

#[derive(Debug, Args)]
pub struct Arguments {
    /// A journal and where its log is: H38=nats://host:port/H38, or H38=https://motcua.office.example
    #[arg(value_name = "NAME=ADDRESS", required = true, value_parser = named)]
    members: Vec<(String, String)>,
    /// A log's key as its office printed it, NAME=VKEY. Kept with the copy; without it the one that is shown first is believed.
    #[arg(long, value_name = "NAME=VKEY", value_parser = named, num_args = 1)]
    vkey: Vec<(String, String)>,
    /// Policy that says which witnesses must have cosigned, NAME=FILE.
    #[arg(long, value_name = "NAME=FILE", value_parser = named, num_args = 1)]
    policy: Vec<(String, String)>,
    /// File with an auditor's token, NAME=FILE: over HTTP, where entries are not for everybody.
    #[arg(long, value_name = "NAME=FILE", value_parser = named, num_args = 1)]
    token_file: Vec<(String, String)>,
    /// Folder of the copies: one in it for each journal.
    #[arg(
        long,
        value_name = "DIR",
        default_value = "motcua-rollup",
        env = "MOTCUA_DATA"
    )]
    data: PathBuf,
    /// Folder of this node's own keys; never inside --data.
    #[arg(long, value_name = "DIR", env = "MOTCUA_KEYS")]
    keys: Option<PathBuf>,
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(
        long,
        value_name = "ADDR:PORT",
        default_value = "127.0.0.1:8090",
        env = "MOTCUA_LISTEN"
    )]
    listen: SocketAddr,
    /// Address people reach this node at, for links and QR codes.
    #[arg(long, value_name = "URL", env = "MOTCUA_PUBLIC_URL")]
    public_url: Option<String>,
    /// Look for more so often.
    #[arg(long, value_name = "SECONDS", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    every: u64,
    #[command(flatten)]
    limits: Limits,
    #[command(flatten)]
    rates: Settings,
}

/// `NAME=VALUE`; the name is that of a folder and stands in addresses.
fn named(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("NAME=… is wanted")?;
    if !is_name(name) {
        return Err("a name is at most 64 letters, digits, - and _".into());
    }
    Ok((name.to_owned(), value.to_owned()))
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let listener = bind(arguments.listen).await?;
    let address = listener.local_addr()?;
    let place = Place {
        keys: arguments.keys.clone(),
        ..Place::of_folder(arguments.data.clone())
    };
    let keys = Arc::new(place.keys_or_new()?);
    let _alone = alone(&arguments.data)?;
    let stop = CancellationToken::new();
    let limits = Arc::new(arguments.limits.clone());
    let rates = Rates::new(&arguments.rates);
    let (mut members, mut following) = (Vec::new(), Vec::new());
    for wanted in wanted(&arguments)? {
        let (member, task) = Member::follow(
            Following {
                name: wanted.0,
                wanted: wanted.1,
                keys: Arc::clone(&keys),
                limits: Arc::clone(&limits),
                rates: rates.clone(),
                public_url: arguments.public_url.clone(),
                every: Duration::from_secs(arguments.every),
            },
            stop.clone(),
        );
        members.push(member);
        following.push(task);
    }
    let url = arguments
        .public_url
        .clone()
        .unwrap_or_else(|| format!("http://{address}"));
    println!(
        "Following {} journals into {}:",
        members.len(),
        arguments.data.display()
    );
    for (name, source) in &arguments.members {
        println!("  {name:<14} {}", outside::without_secrets(source));
    }
    println!(
        "\nServing all of them:\n  GraphQL        {url}/graphql\n  one journal's  {url}/m/NAME/graphql\n  a dossier      {url}/t/CODE"
    );
    let rollup = Rollup::new(members, limits, rates);
    let sign_in = SignIn::new(&keys.derive(SignIn::KEY));
    let router = rollup::router(rollup, sign_in, stop.clone());
    until_signalled(listener, router, &stop).await?;
    for task in following {
        task.await?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What to follow of each, by its name.
fn wanted(arguments: &Arguments) -> anyhow::Result<Vec<(String, Wanted)>> {
    let names: BTreeSet<&str> = arguments
        .members
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    if names.len() < arguments.members.len() {
        bail!("two journals have one name");
    }
    let of = |told: &[(String, String)]| -> anyhow::Result<BTreeMap<String, String>> {
        if let Some((unknown, _)) = told.iter().find(|(name, _)| !names.contains(name.as_str())) {
            bail!("{unknown} is none of the journals named");
        }
        Ok(told.iter().cloned().collect())
    };
    let (keys, policies) = (of(&arguments.vkey)?, of(&arguments.policy)?);
    let mut tokens = of(&arguments.token_file)?;
    for file in tokens.values_mut() {
        let token =
            std::fs::read_to_string(&*file).with_context(|| format!("the token in {file}"))?;
        token.trim().clone_into(file);
    }
    if let Some(missing) = policies.values().find(|file| !Path::new(file).exists()) {
        bail!("there is no policy {missing}");
    }
    let each = arguments.members.iter().map(|(name, address)| {
        // What is no address of a log will never be one.
        Source::check(address).with_context(|| name.clone())?;
        let key = keys.get(name).map(|key| key.parse::<VerifierKey>());
        let wanted = Wanted {
            data: rollup::folder(&arguments.data, name),
            address: Some(address.clone()),
            key: key
                .transpose()
                .with_context(|| format!("the key of {name}"))?,
            policy: policies.get(name).map(PathBuf::from),
            token: tokens.get(name).cloned(),
        };
        Ok((name.clone(), wanted))
    });
    each.collect()
}

/// Holds the folder for as long as it lives: two would copy into it by turns.
fn alone(data: &Path) -> anyhow::Result<File> {
    std::fs::create_dir_all(data).with_context(|| format!("cannot make {}", data.display()))?;
    let file = File::create(data.join("rollup.lock"))?;
    if file.try_lock().is_err() {
        bail!("another `motcua rollup` works in {}", data.display());
    }
    Ok(file)
}
