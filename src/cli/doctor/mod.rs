//! `motcua doctor`: looks at everything around this node and says what to do.

mod machine;
mod record;
mod safe;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::place::{Place, Unopened};

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Folder of the newest backup: look whether it is young and whole.
    #[arg(long, value_name = "DIR", env = "MOTCUA_BACKUP")]
    backup: Option<PathBuf>,
}

/// What was found, and what to do when it is not good.
struct Finding {
    what: String,
    cure: Option<String>,
}

fn good(what: impl Into<String>) -> Finding {
    Finding {
        what: what.into(),
        cure: None,
    }
}

fn bad(what: impl Into<String>, cure: impl Into<String>) -> Finding {
    Finding {
        what: what.into(),
        cure: Some(cure.into()),
    }
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let place = &arguments.place;
    let mut findings = vec![machine::folder(place)];
    findings.extend(machine::disk(&place.data, place.journal.is_none()));
    if !place.is_mirror() {
        findings.push(safe::keys(place)?);
        findings.extend(safe::permissions(place));
    }
    findings.extend(machine::database(place).await);
    match place.journal_read_only().await {
        Ok(journal) => {
            findings.extend(record::look_at_journal(&journal).await);
            findings.extend(record::record(place, &journal).await);
            findings.extend(safe::vault(place, &journal).await);
            findings.push(machine::read_models(place));
            findings.push(record::proof(place, &journal).await);
            findings.extend(record::signer(place, &journal).await);
        }
        Err(error) => findings.push(match error.downcast::<Unopened>() {
            Ok(unopened) => bad(format!("journal: {}", unopened.error), unopened.advice),
            Err(error) => bad(format!("journal: {error:#}"), "choose it with --journal"),
        }),
    }
    if let Some(folder) = &arguments.backup {
        findings.push(machine::backup(folder).await);
    }
    let mut sick = 0;
    for finding in &findings {
        match &finding.cure {
            None => println!("good  {}", finding.what),
            Some(cure) => {
                sick += 1;
                println!("BAD   {}\n      do: {cure}", finding.what);
            }
        }
    }
    println!("\n{} checks, {sick} to look at.", findings.len());
    Ok(if sick == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
