//! `motcua doctor`: looks at everything around this node and says what to do.

use std::os::unix::fs::PermissionsExt as _;
use std::process::ExitCode;

use clap::Args;

use super::place::{Place, Unopened};
use crate::acts;
use crate::domain::law::Certainty;
use crate::domain::reference::JournalKind;
use crate::integrity::signer::{self, State};
use crate::journal::{Journal, clock};
use crate::projections::verify;
use crate::vault::{self, Vault, VaultError, WrappingState};

/// How far ahead promised dates may reach: calendars must be declared so far.
const CALENDAR_DAYS_AHEAD: i64 = 90;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
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
    let mut findings = vec![folder(place)];
    if !place.is_mirror() {
        findings.push(keys(place)?);
    }
    match place.journal_read_only().await {
        Ok(journal) => {
            findings.extend(look_at_journal(&journal).await);
            findings.extend(record(&journal).await);
            findings.extend(vault(place, &journal).await);
            findings.push(read_models(place));
            findings.push(proof(place, &journal).await);
        }
        Err(error) => findings.push(match error.downcast::<Unopened>() {
            Ok(unopened) => bad(format!("journal: {}", unopened.error), unopened.advice),
            Err(error) => bad(format!("journal: {error:#}"), "choose it with --journal"),
        }),
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

fn folder(place: &Place) -> Finding {
    match std::fs::metadata(&place.data) {
        Ok(found) if found.permissions().readonly() => bad(
            format!("data folder {} is read-only", place.data.display()),
            "make it writable for the user who runs motcua",
        ),
        Ok(_) => good(format!("data folder {}", place.data.display())),
        Err(error) => bad(
            format!("data folder {}: {error}", place.data.display()),
            "choose it with --data",
        ),
    }
}

fn keys(place: &Place) -> anyhow::Result<Finding> {
    let folder = place.keys_folder()?;
    let file = folder.join(vault::MASTER_FILE);
    if std::env::var_os(vault::MASTER_VARIABLE).is_some_and(|text| !text.is_empty()) {
        return Ok(good(format!("keys given by {}", vault::MASTER_VARIABLE)));
    }
    let inside = std::fs::canonicalize(&folder)
        .ok()
        .zip(std::fs::canonicalize(&place.data).ok())
        .is_some_and(|(keys, data)| keys.starts_with(data));
    Ok(match std::fs::metadata(&file) {
        Ok(_) if inside => bad(
            format!("keys lie inside the data folder ({})", folder.display()),
            "move them out and name the new place with --keys: whoever copies the data must not copy its key",
        ),
        Ok(found) if found.permissions().mode() & 0o077 != 0 => bad(
            format!("{} can be read by others", file.display()),
            format!("chmod 600 {}", file.display()),
        ),
        Ok(found) if found.len() != 32 => bad(
            format!(
                "{} is no key: it has {} bytes instead of 32",
                file.display(),
                found.len()
            ),
            "restore the key from its backup",
        ),
        Ok(_) => good(format!("keys in {}", folder.display())),
        Err(error) => bad(
            format!("{}: {error}", file.display()),
            "restore the key from its backup; a new key is made only for a new journal",
        ),
    })
}

/// Whether the journal is at least as long as what was signed of it. What it says there is `verify`'s to compare.
async fn proof(place: &Place, journal: &Journal) -> Finding {
    match sealed(place, journal).await {
        Ok((0, _)) => good("proof: nothing is sealed yet"),
        Ok((signed, size)) if signed > size => bad(
            format!(
                "proof: {signed} facts were signed, and the journal has {size}: it was set back"
            ),
            "keep the files; `motcua verify` says what differs, `motcua recover --from-mirror URL|DIR` brings back what was lost",
        ),
        Ok((signed, size)) => good(format!("proof: {signed} of {size} facts are signed")),
        Err(error) => bad(format!("proof: {error:#}"), "motcua signer status"),
    }
}

/// The most that this node's signer or a checkpoint says was signed, and how many facts there are.
async fn sealed(place: &Place, journal: &Journal) -> anyhow::Result<(u64, u64)> {
    let opened = acts::opened(journal).await?;
    let size = journal.head().await?.size;
    let folder = signer::folder(&place.keys_folder()?, opened.id);
    let remembered = State::read(&State::path_in(&folder), &opened.origin)?;
    Ok((
        place
            .sealed()
            .await?
            .max(remembered.map_or(0, |state| state.size)),
        size,
    ))
}

async fn look_at_journal(journal: &Journal) -> Vec<Finding> {
    let mut findings = Vec::new();
    match (acts::opened(journal).await, journal.head().await) {
        (Ok(opened), Ok(head)) => {
            let kind = match opened.kind {
                JournalKind::Live => "live",
                JournalKind::Simulated => "simulated",
            };
            findings.push(good(format!(
                "journal {} ({kind}), {} facts, format {}",
                opened.id, head.size, opened.format
            )));
            let ahead = head
                .recorded_at
                .map_or(0, |newest| newest.0 - clock::system().0);
            if opened.kind == JournalKind::Live && ahead > 30_000_000 {
                findings.push(bad(
                    format!(
                        "the newest fact is {} s ahead of this machine's clock",
                        ahead / 1_000_000
                    ),
                    "set the clock right (chrony); recorded times wait until it has caught up",
                ));
            }
            findings.push(
                calendars(
                    journal,
                    head.recorded_at.unwrap_or_default().max(match opened.kind {
                        JournalKind::Live => clock::system(),
                        JournalKind::Simulated => head.recorded_at.unwrap_or_default(),
                    }),
                )
                .await,
            );
        }
        (Err(error), _) => findings.push(bad(
            format!("journal: {error}"),
            "restore it from a backup, or open a new one with `motcua init`",
        )),
        (_, Err(error)) => findings.push(bad(
            format!("journal: {error}"),
            "check that the database answers",
        )),
    }
    findings
}

/// Every fact, and what keeps the facts from being changed.
async fn record(journal: &Journal) -> Vec<Finding> {
    let guards = match journal.guards().await {
        Ok((standing, needed)) if standing >= needed => {
            good("the database refuses to change or delete facts")
        }
        Ok((standing, needed)) => bad(
            format!("{standing} of {needed} triggers that keep the journal append-only stand"),
            "find out who took them away; then restore the journal from a copy that verifies",
        ),
        Err(error) => bad(
            format!("triggers: {error}"),
            "check that the database answers",
        ),
    };
    let chain = match verify::journal(journal, |_| {}).await {
        Ok(report) => match report.findings.first() {
            None => good(format!("{} facts hold together", report.entries)),
            Some(finding) => bad(
                format!(
                    "{} at position {:?}: {}",
                    finding.check.name(),
                    finding.position,
                    finding.what
                ),
                "keep the files as they are, call an auditor, and see `motcua verify`",
            ),
        },
        Err(error) => bad(
            format!("the journal cannot be checked: {error}"),
            "motcua verify",
        ),
    };
    vec![guards, chain]
}

async fn calendars(journal: &Journal, now: crate::domain::time::Moment) -> Finding {
    let Ok(reference) = acts::reference(journal).await else {
        return bad("the reference shelf cannot be read", "motcua verify");
    };
    let until = now
        .plus(CALENDAR_DAYS_AHEAD * crate::domain::time::Moment::DAY)
        .date();
    match reference.calendar.certainty_of(until) {
        Ok(Certainty::Provisional) => good(format!(
            "calendars reach {until}; {} is provisional until its notice is declared",
            until.year()
        )),
        Ok(_) => good(format!("calendars reach {until}")),
        Err(error) => bad(
            format!("{error}: promised dates will soon reach into it"),
            "declare the calendar of that year, provisional if its notice is not out",
        ),
    }
}

/// The keys that wrap the keys of personal data.
async fn wrapping(vault: &Vault, now: crate::domain::time::Moment) -> Finding {
    let states = match vault.wrapping_keys().await {
        Ok(states) => states,
        Err(error) => {
            return bad(
                format!("wrapping keys: {error}"),
                "check that the database answers",
            );
        }
    };
    let living = states.iter().filter(|state| state.destroyed_at.is_none());
    let mut destroyed = states.iter().filter(|state| state.destroyed_at.is_some());
    if let Some(state) = destroyed.clone().find(|state| state.data_keys > 0) {
        return bad(
            format!(
                "{} data keys are under wrapping key {}, which is destroyed: nobody can read what is under them",
                state.data_keys, state.id
            ),
            "the vault is of a backup from before: restore a younger one",
        );
    }
    if let Some(state) =
        destroyed.find(|state| !state.is_of_master() && (state.is_here || state.fault.is_some()))
    {
        return bad(
            format!(
                "wrapping key {} is on record as destroyed, and something of it is here",
                state.id
            ),
            "take it out of the folder of keys or the environment of every node, and out of the backup of the keys",
        );
    }
    let needed = |state: &&WrappingState| state.data_keys > 0 || state.retired_at.is_none();
    let missing = living.clone().filter(needed).find(|state| !state.is_here);
    if let Some(state) = missing {
        let (what, cure) = match &state.fault {
            Some(fault) => (
                format!("wrapping key {} cannot be used: {fault}", state.id),
                "bring the right file back from the backup of the keys, for its owner alone (chmod 600); do not change keys before",
            ),
            None => (
                format!(
                    "wrapping key {} is missing: {} data keys cannot be opened",
                    state.id, state.data_keys
                ),
                "bring it back from the backup of the keys; if it is lost for good, `motcua vault rotate` begins another one for what is to come",
            ),
        };
        return bad(what, cure);
    }
    if let Some(state) = living.clone().find(|state| state.is_condemned) {
        return bad(
            format!("the destruction of wrapping key {} was cut off", state.id),
            format!("motcua vault destroy-key {}", state.id),
        );
    }
    let mut retired = living.clone().filter(|state| state.retired_at.is_some());
    if let Some(state) = retired.clone().find(|state| state.data_keys > 0) {
        return bad(
            format!(
                "{} data keys are still under wrapping key {}",
                state.data_keys, state.id
            ),
            "motcua vault rotate --resume",
        );
    }
    let month = 31 * crate::domain::time::Moment::DAY;
    let due = retired.find(|state| {
        !state.is_of_master() && state.retired_at.is_some_and(|at| at.0 + month < now.0)
    });
    match due {
        Some(state) => bad(
            format!(
                "wrapping key {} was retired more than a month ago: backups from before can still be read",
                state.id
            ),
            format!(
                "motcua vault destroy-key {} --custodian ID --custodian ID",
                state.id
            ),
        ),
        None => good("every living data key is under the current wrapping key"),
    }
}

async fn vault(place: &Place, journal: &Journal) -> Vec<Finding> {
    if place.is_mirror() {
        return vec![good("a mirror: no vault, no names, nothing to lose")];
    }
    if !place.has_vault() {
        return vec![bad(
            format!("the vault is missing from {}", place.data.display()),
            "restore it from its backup; without it no name can be read",
        )];
    }
    let Ok(keys) = place.keys() else {
        return vec![bad(
            "the vault cannot be opened without keys",
            "see the keys above",
        )];
    };
    let vault = match place.vault(&keys, journal).await {
        Ok(vault) => vault,
        Err(error) => {
            let cure = match error.downcast_ref() {
                Some(VaultError::FolderOfAnother { .. } | VaultError::File { .. }) => {
                    "give the folder of this journal's files, writable for the user who runs motcua, with --files"
                }
                Some(VaultError::WrongWrappingKey { .. } | VaultError::KeyExposed { .. }) => {
                    "bring the right file back from the backup of the keys, for its owner alone (chmod 600)"
                }
                Some(VaultError::Sql(_) | VaultError::Unavailable(_)) => {
                    "look at the vault's database; if it is damaged, restore the vault from its backup: the keys are not the matter"
                }
                _ => "use the keys this vault was filled under, with --keys",
            };
            return vec![bad(format!("vault: {error:#}"), cure)];
        }
    };
    let files = match vault.missing_files().await {
        Ok((named, missing)) if missing.is_empty() => good(format!(
            "{named} file(s) of papers and results are in their place"
        )),
        Ok((named, missing)) => bad(
            format!(
                "{} of {named} files of papers and results are missing, such as {}",
                missing.len(),
                missing[0].simple()
            ),
            if place.keeps_files_to_itself() {
                "nodes of one journal share the folder of files: name it with --files; or restore it from its backup"
            } else {
                "restore the folder of files from its backup, or name the right one with --files"
            },
        ),
        Err(error) => bad(
            format!("files: {error}"),
            "make the folder of files readable, or name the right one with --files",
        ),
    };
    vec![
        good("vault opens with these keys"),
        wrapping(&vault, clock::system()).await,
        files,
    ]
}

fn read_models(place: &Place) -> Finding {
    let files = std::fs::read_dir(&place.data)
        .into_iter()
        .flatten()
        .flatten();
    let found = files.filter(|file| {
        let name = file.file_name();
        let name = name.to_string_lossy();
        name.starts_with("read-") && name.ends_with(".db")
    });
    match found.count() {
        0 => good("no read models yet: `serve` fills them, or `motcua rebuild`"),
        count => good(format!(
            "{count} file(s) of read models; `motcua verify --replay` compares them with the journal"
        )),
    }
}
