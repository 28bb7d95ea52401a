//! `motcua token`: a sign-in token of this office's own issuer.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;

use super::place::Place;
use crate::acts;
use crate::api::access;
use crate::api::sign_in::SignIn;
use crate::domain::actor::{Actor, NO_OFFICE, Role, is_id};
use crate::domain::code::OfficeCode;
use crate::vault::Keys;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// applicant, receiver, handler, division_head, signer, clerk, centre_manager, auditor or admin
    #[arg(long)]
    role: String,
    /// Pseudonymous id of the person; the staff register maps it to a name.
    #[arg(long, value_name = "ID")]
    actor: String,
    /// Office acted for; needed by officers.
    #[arg(long, value_name = "CODE", default_value = NO_OFFICE)]
    office: String,
    /// Days until it expires.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=366))]
    days: u32,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let Arguments {
        place,
        role,
        actor: id,
        office,
        days,
    } = &arguments;
    let actor = actor(place, id, role, office).await?;
    println!("{}", issue(&place.keys()?, &actor, *days));
    Ok(ExitCode::SUCCESS)
}

/// Somebody as an operator names them: a pseudonym, a role that is not the program's own, and an office of the journal for those
/// who work for one.
pub async fn actor(place: &Place, id: &str, role: &str, office: &str) -> anyhow::Result<Actor> {
    let role = self::role(role)?;
    if !is_id(id) {
        bail!(
            "{id} is not an actor id: at most 64 letters, digits and . _ - : with a digit among them, such as receiver-01; never a name"
        );
    }
    if access::is_officer(role) && office == NO_OFFICE {
        bail!(
            "a {} works for an office: name it with --office CODE",
            role.name()
        );
    }
    if office != NO_OFFICE {
        known_office(place, office).await?;
    }
    Ok(Actor::new(id, office, role))
}

fn role(name: &str) -> anyhow::Result<Role> {
    match Role::from_name(name) {
        Some(Role::System) => bail!(
            "system is the program's own role: what it does follows from facts, and nobody signs in as it"
        ),
        Some(role) => Ok(role),
        None => {
            let people = Role::ALL.into_iter().filter(|role| *role != Role::System);
            let known: Vec<&str> = people.map(Role::name).collect();
            bail!("unknown role {name}; one of {}", known.join(", "))
        }
    }
}

/// A token for an office that the journal does not know would open nothing.
/// Refuses an office that the journal does not know.
pub async fn known_office(place: &Place, office: &str) -> anyhow::Result<()> {
    let office: OfficeCode = office
        .parse()
        .with_context(|| format!("--office {office}"))?;
    let journal = place
        .journal_read_only()
        .await
        .context("--office is looked up in the journal")?;
    let reference = acts::reference(&journal).await?;
    if reference.offices.contains_key(office.as_str()) {
        return Ok(());
    }
    let known: Vec<&str> = reference.offices.keys().map(String::as_str).collect();
    bail!(
        "this journal knows no office {office}; it knows {}",
        some(&known)
    )
}

/// The first few of a list, and how many more there are.
fn some(codes: &[&str]) -> String {
    const SHOWN: usize = 5;
    match codes {
        [] => "none".to_owned(),
        few if few.len() <= SHOWN => few.join(", "),
        many => format!(
            "{} and {} more",
            many[..SHOWN].join(", "),
            many.len() - SHOWN
        ),
    }
}

/// A token for `days`.
pub fn issue(keys: &Keys, actor: &Actor, days: u32) -> String {
    let issuer = SignIn::new(&keys.derive(SignIn::KEY));
    issuer.issue(actor, Duration::from_secs(u64::from(days) * 86_400))
}
