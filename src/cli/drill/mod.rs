//! `motcua drill`: what an attack would look like, tried on a copy.

mod copy;
mod forger;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use serde_json::Value;

use self::forger::Forgery;
use super::place::Place;
use super::scratch::Scratch;
use super::verify;
use crate::acts;
use crate::domain::reference::Opened;
use crate::integrity::audit::Beside;
use crate::integrity::signer;
use crate::journal::Journal;
use crate::projections::verify::journal as check_journal;

/// The forgery was not found.
const NOT_FOUND: u8 = 1;
/// There is nothing to try it on.
const CANNOT_TRY: u8 = 3;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Change one old fact in a copy of the data, as a database's administrator could, and verify the copy.
    Tamper {
        #[command(flatten)]
        place: Place,
    },
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let What::Tamper { place } = arguments.what;
    match tamper(&place).await {
        Ok(true) => Ok(ExitCode::SUCCESS),
        Ok(false) => Ok(ExitCode::from(NOT_FOUND)),
        Err(error) => {
            eprintln!("cannot try: {error:#}");
            Ok(ExitCode::from(CANNOT_TRY))
        }
    }
}

/// Whether the forgery was found.
async fn tamper(place: &Place) -> anyhow::Result<bool> {
    let scratch = Scratch::make().context("no folder for a copy")?;
    let copied = copy::data(place, scratch.path()).await?;
    println!(
        "1. The journal, its seals and its tree are copied to {}. The original is left alone.",
        copied.data.display()
    );
    let journal = copied.journal_read_only().await?;
    let opened = acts::opened(&journal).await?;
    let sealed = sealed(&copied, &journal).await?;
    let forgery = forger::prepare(&journal, sealed).await?;
    drop(journal);
    forgery.commit(&copied.data.join("journal.db")).await?;
    tell_forgery(&forgery);

    let journal = copied.journal_read_only().await?;
    let alone = check_journal(&journal, |_| {}).await?;
    if alone.holds() {
        println!(
            "\n3. The journal by itself holds together: every hash, every link, every version. It was done well."
        );
    }
    println!("\n4. motcua verify, on the copy:\n");
    let asked = verify::Arguments::of(copied.clone());
    let verified = verify::look(&asked, &journal, None).await?;
    verify::tell(&verified);
    let found = verified.positions().contains(&forgery.first().position);
    tell_difference(&forgery, found);
    tell_needed(&place.proof(None)?, &copied, &opened).await?;
    Ok(found)
}

/// Facts that a checkpoint covers.
async fn sealed(place: &Place, journal: &Journal) -> anyhow::Result<u64> {
    let size = place.sealed().await?;
    if size == 0 {
        bail!(
            "nothing of this journal is sealed yet: let `motcua serve` or `motcua demo` run for a moment"
        );
    }
    Ok(size.min(journal.head().await?.size))
}

fn tell_forgery(forgery: &Forgery) {
    let first = forgery.first();
    println!(
        "\n2. With the rights of the database's owner: triggers dropped, the fact at position {} rewritten, its hash computed \
         again, {} later fact(s) of the dossier made to name the new hashes, the index of tails put right, triggers put back.",
        first.position,
        forgery.entries.len() - 1
    );
    println!("   {}", forgery.why);
}

fn tell_difference(forgery: &Forgery, found: bool) {
    let first = forgery.first();
    if !found {
        println!(
            "\nNOT FOUND: the fact at position {} was changed, and nobody noticed.",
            first.position
        );
        return;
    }
    println!(
        "\n5. Found at position {}. What was, and what is:\n",
        first.position
    );
    let parse = |bytes: &[u8]| serde_json::from_slice(bytes).unwrap_or(Value::Null);
    differences("", &parse(&first.was), &parse(&first.is));
}

fn differences(path: &str, was: &Value, is: &Value) {
    match (was, is) {
        (Value::Object(left), Value::Object(right)) => {
            for (name, value) in left {
                let path = format!("{path}.{name}");
                let path = path.trim_start_matches('.');
                differences(path, value, right.get(name).unwrap_or(&Value::Null));
            }
        }
        (was, is) if was != is => println!("   {path}\n     was  {was}\n     is   {is}"),
        _ => {} // the same
    }
}

/// What the forger did not have.
async fn tell_needed(
    original: &crate::integrity::Place,
    copied: &Place,
    opened: &Opened,
) -> anyhow::Result<()> {
    let beside = Beside::open(&copied.proof(None)?, opened).await?;
    let key = signer::folder(&original.keys, opened.id).join("log.key");
    println!("\n6. To hide it, the forger would also have needed:");
    println!(
        "   - the log's key ({}), to sign every checkpoint since again;",
        key.display()
    );
    println!(
        "   - the tree that each node keeps for itself, to be rewritten on every one of them;"
    );
    let witnesses = beside.witnesses();
    if witnesses.is_empty() {
        println!(
            "   - no witness: this log has none, so whoever holds its key could do it. Ask a partner to run `motcua witness`;"
        );
    } else {
        println!(
            "   - the keys of enough witnesses: {};",
            witnesses.join(", ")
        );
    }
    println!("   - every mirror, every receipt and every saved checkpoint that anybody has kept.");
    Ok(())
}

fn is_sqlite(place: &Place) -> bool {
    place
        .journal
        .as_deref()
        .is_none_or(|address| !address.starts_with("postgres"))
}

/// Says where the drill can be done instead.
fn refuse_postgres(place: &Place) -> anyhow::Result<()> {
    if is_sqlite(place) {
        return Ok(());
    }
    bail!(
        "the drill copies an embedded journal; with one on PostgreSQL, run it on a mirror (`motcua mirror URL`), or on `motcua demo`"
    )
}

/// The parts of a data folder that the drill needs.
fn parts(data: &Path) -> [std::path::PathBuf; 3] {
    ["tree", "seals.db", "journal.db"].map(|name| data.join(name))
}
