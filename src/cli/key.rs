//! `motcua key`: keys for machines that ask or act here.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use async_graphql::parser::types::{ServiceDocument, TypeKind, TypeSystemDefinition};
use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::place::Place;
use super::token;
use crate::acts;
use crate::api::schema;
use crate::api::sign_in::{Scope, service};
use crate::domain::actor::{NO_OFFICE, Role};
use crate::integrity::signer;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make a key and print its secret, once.
    Add(Add),
    /// Print the keys: name, role, office, until when, scopes. No secret is known here.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Take a key back; running nodes refuse it within two seconds.
    Revoke {
        #[command(flatten)]
        place: Place,
        /// Name of the key.
        name: String,
    },
}

#[derive(Debug, Args)]
struct Add {
    #[command(flatten)]
    place: Place,
    /// Pseudonym of the machine, as facts will hold it, such as roll-up-01.
    #[arg(long, value_name = "ID")]
    name: String,
    /// What it is here: a role as for `motcua token`.
    #[arg(long)]
    role: String,
    /// Office acted for; needed by officers.
    #[arg(long, value_name = "CODE", default_value = NO_OFFICE)]
    office: String,
    /// What it may do: read (queries), subscribe, act:MUTATION or act:*; several with commas.
    #[arg(long, value_name = "SCOPE", required = true, value_delimiter = ',')]
    scope: Vec<Scope>,
    /// Days until it ends.
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=366))]
    days: u32,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    match arguments.what {
        What::Add(wanted) => add(wanted).await?,
        What::List { place } => list(&folder(&place).await?)?,
        What::Revoke { place, name } => {
            let revoked = service::revoke(&folder(&place).await?, &name);
            revoked.with_context(|| format!("no key was revoked: {name}"))?;
            println!("{name} is revoked.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Beside the log's key.
async fn folder(place: &Place) -> anyhow::Result<PathBuf> {
    let opened = acts::opened(&place.journal_read_only().await?).await?;
    Ok(signer::folder(&place.keys_folder()?, opened.id))
}

async fn add(wanted: Add) -> anyhow::Result<()> {
    let actor = token::actor(&wanted.place, &wanted.name, &wanted.role, &wanted.office).await?;
    if actor.role == Role::Applicant {
        bail!("an applicant is a person, and signs in");
    }
    let known = mutations();
    let named = wanted.scope.iter().filter_map(Scope::mutation);
    if let Some(unknown) = named
        .into_iter()
        .find(|name| !known.iter().any(|known| known == name))
    {
        bail!("there is no mutation {unknown}; docs/commands.md lists those there are");
    }
    let mut scopes = wanted.scope;
    scopes.sort_unstable();
    scopes.dedup();
    let until = jsonwebtoken::get_current_timestamp() + u64::from(wanted.days) * 86_400;
    let secret = service::add(&folder(&wanted.place).await?, &actor, scopes, until)?;
    eprintln!(
        "Key of {} until {}. It is shown this once; only its hash is kept.",
        actor.id,
        day(until)
    );
    println!("{secret}");
    Ok(())
}

fn list(folder: &std::path::Path) -> anyhow::Result<()> {
    for key in service::list(folder)? {
        let scopes: Vec<String> = key.scopes.iter().map(ToString::to_string).collect();
        println!(
            "{:<24} {:<20} {:<16} {} {:<5} {}",
            key.name,
            key.role.name(),
            key.office,
            day(key.until),
            if key.is_good() { "" } else { "ended" },
            scopes.join(",")
        );
    }
    Ok(())
}

/// The mutations of the schema, for which scopes can be given.
fn mutations() -> Vec<String> {
    let document: ServiceDocument =
        async_graphql::parser::parse_schema(schema::sdl()).expect("the schema is GraphQL");
    let definitions = document.definitions.into_iter();
    let fields = definitions.filter_map(|definition| match definition {
        TypeSystemDefinition::Type(named) if named.node.name.node == "Mutation" => {
            match named.node.kind {
                TypeKind::Object(object) => Some(object.fields),
                _ => None,
            }
        }
        _ => None,
    });
    let names = fields.flatten().map(|field| field.node.name.node);
    names.map(|name| name.to_string()).collect()
}

fn day(until: u64) -> String {
    let moment = i64::try_from(until).ok().map(Timestamp::from_second);
    moment
        .and_then(Result::ok)
        .map_or_else(String::new, |moment| moment.to_string())
}
