//! `motcua token`: a sign-in token of this office's own issuer.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use clap::Args;

use super::place::Place;
use crate::api::sign_in::SignIn;
use crate::domain::actor::{Actor, NO_OFFICE, Role, is_id};
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

#[expect(clippy::unused_async, reason = "every subcommand is called alike")]
pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let Some(role) = Role::from_name(&arguments.role) else {
        let known: Vec<&str> = Role::ALL.into_iter().map(Role::name).collect();
        bail!(
            "unknown role {}; one of {}",
            arguments.role,
            known.join(", ")
        );
    };
    if !is_id(&arguments.actor) {
        bail!(
            "{} is not an actor id: at most 64 letters, digits and . _ - : with a digit among them, such as receiver-01; never a name",
            arguments.actor
        );
    }
    let keys = arguments.place.keys()?;
    let actor = Actor::new(arguments.actor, arguments.office, role);
    println!("{}", issue(&keys, &actor, arguments.days));
    Ok(ExitCode::SUCCESS)
}

/// A token for `days`.
pub fn issue(keys: &Keys, actor: &Actor, days: u32) -> String {
    let issuer = SignIn::new(&keys.derive(SignIn::KEY));
    issuer.issue(actor, Duration::from_secs(u64::from(days) * 86_400))
}
