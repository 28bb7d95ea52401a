//! Keys and the vault.

use std::os::unix::fs::PermissionsExt as _;

use super::{Finding, bad, good};
use crate::cli::place::{Place, lies_in};
use crate::journal::{Journal, clock};
use crate::vault::{self, Vault, VaultError, WrappingState};

pub fn keys(place: &Place) -> anyhow::Result<Finding> {
    let folder = place.keys_folder()?;
    let file = folder.join(vault::MASTER_FILE);
    if std::env::var_os(vault::MASTER_VARIABLE).is_some_and(|text| !text.is_empty()) {
        return Ok(good(format!("keys given by {}", vault::MASTER_VARIABLE)));
    }
    let inside = lies_in(&folder, &place.data).unwrap_or(false);
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

/// Whether an embedded vault is for its owner alone.
pub fn permissions(place: &Place) -> Option<Finding> {
    let path = place.data.join("vault.db");
    let found = std::fs::metadata(&path).ok()?;
    (place.journal.is_none() && found.permissions().mode() & 0o077 != 0).then(|| {
        bad(
            format!("{} can be read by others", path.display()),
            format!("chmod 600 {0} {0}-wal {0}-shm", path.display()),
        )
    })
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

pub async fn vault(place: &Place, journal: &Journal) -> Vec<Finding> {
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
