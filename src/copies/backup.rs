//! What a backup says of itself, and whether it is still what it was.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::rows::{self, Database, Sum};
use super::{Carried, CarryError, Result, VAULT, WORK, Whole};
use crate::acts;
use crate::domain::text::hex;
use crate::domain::time::Moment;
use crate::integrity::durable;
use crate::journal::Journal;

/// Lies in the folder of a backup. A node never opens such a folder to write.
pub const FILE: &str = "backup.json";

/// Backups of personal data are kept no longer.
pub const DAYS_KEPT: i64 = 30;

/// What lies in the folder of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Backup {
    /// Version of the program that made it.
    pub program: String,
    pub journal: Uuid,
    pub origin: String,
    /// How many facts, and the leaf hash of the newest, hexadecimal.
    pub size: u64,
    pub newest: String,
    pub made_at: Moment,
    /// Of each table of the vault and of the work.
    pub tables: BTreeMap<String, Sum>,
}

impl Backup {
    #[must_use]
    pub fn of(carried: &Carried, made_at: Moment) -> Self {
        Self {
            program: env!("CARGO_PKG_VERSION").to_owned(),
            journal: carried.journal,
            origin: carried.origin.clone(),
            size: carried.to,
            newest: hex(&carried.newest),
            made_at,
            tables: carried.tables.clone(),
        }
    }

    /// What a folder says of itself; none where there is no backup.
    ///
    /// # Errors
    /// [`CarryError::BackupDamaged`] where it cannot be read.
    pub fn read(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(FILE);
        let Some(text) = durable::read(&path)? else {
            return Ok(None);
        };
        let read = serde_json::from_slice(&text);
        let damaged = |error| CarryError::BackupDamaged(format!("{}: {error}", path.display()));
        read.map(Some).map_err(damaged)
    }

    /// Notes it in the folder, whole or not at all.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(FILE);
        let mut text = serde_json::to_vec_pretty(self).map_err(|error| CarryError::File {
            path: path.clone(),
            source: error.into(),
        })?;
        text.push(b'\n');
        Ok(durable::replace(&path, &text, 0o644)?)
    }
}

/// Whether a backup is what it says: as many facts, the same newest one, the same rows.
///
/// # Errors
/// [`CarryError::NoBackup`] and [`CarryError::BackupDamaged`].
pub async fn check(folder: &Path, whole: &Whole) -> Result<Backup> {
    let backup = Backup::read(folder)?;
    let backup = backup.ok_or_else(|| CarryError::NoBackup(PathBuf::from(folder)))?;
    let damaged = |what: String| Err(CarryError::BackupDamaged(what));
    let journal = Journal::open_read_only(&whole.journal).await?;
    let head = journal.head().await?;
    if acts::opened(&journal).await?.id != backup.journal {
        return damaged("its journal is another one".into());
    }
    if (head.size, head.leaf_hash.map(|hash| hex(&hash)))
        != (backup.size, Some(backup.newest.clone()))
    {
        return damaged(format!(
            "it has {} facts, and had {} when it was made",
            head.size, backup.size
        ));
    }
    for table in VAULT.iter().chain(&WORK) {
        let name = format!("{}.{}", table.schema, table.name);
        let place = match table.schema {
            "vault" => &whole.vault,
            _ => &whole.work, // foreign: the names of two schemas
        };
        let found = match Database::read(place, table.schema).await? {
            Some(mut database) => Some(rows::sum(table, &mut database).await?),
            None => None,
        };
        // A database that was not there, and one without rows, are the same.
        let noted = backup.tables.get(&name).filter(|sum| sum.rows > 0);
        if found.as_ref().filter(|sum| sum.rows > 0) != noted {
            return damaged(format!("{name} is not what it was when it was made"));
        }
    }
    Ok(backup)
}
