//! Files of papers and results: each enciphered on its own and kept under a random id, outside the database.
//!
//! A file comes before the command that names it. It is enciphered under a key made for it alone, and whoever brought it
//! gets a [`Ticket`]: id, key, hash and size, sealed for this vault and good for one command of that person. The command
//! brings id and key into a part ([`Kept`]), enciphered under the subject's `attachment` key: without that key, or
//! without the part, nobody can read the file again, and equal files of two people share nothing.

use std::fmt;
use std::time::Duration;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::seal::{self, Secret};
use super::{Result, Vault, VaultError, random};
use crate::domain::text::hex;
use crate::domain::time::Moment;

/// A file is never larger.
pub const BYTES_MAX: usize = 20 * 1024 * 1024;

/// A ticket is good for so long; a file that no part names is deleted some hours later.
pub const TICKET_HOURS: i64 = 24;

/// Tickets are sealed under a key derived for this use.
pub(super) const TICKETS: &str = "motcua/file-ticket/v1";

/// Where a file lies, its key, and what was said of it. Only ever stored enciphered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    id: Uuid,
    /// 32 bytes in base64.
    key: String,
    /// Size of the file, in bytes.
    pub bytes: u64,
    /// As it was called by whoever brought it.
    pub name: String,
    pub media_type: String,
}

impl fmt::Debug for Kept {
    /// Without key and name: what is printed ends in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kept({}, {} bytes)", self.id, self.bytes)
    }
}

impl Kept {
    /// Under which it lies in the store.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }

    fn secret(&self) -> Option<Secret> {
        let bytes = Zeroizing::new(STANDARD.decode(&self.key).ok()?);
        bytes.as_slice().try_into().ok().map(Zeroizing::new)
    }
}

/// What is said of a file when it is brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The command that will name it.
    pub command: Uuid,
    /// Actor id of who brings it, and will give that command.
    pub by: String,
    pub name: String,
    pub media_type: String,
}

/// A file that has arrived: durable, and nobody's yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arrived {
    /// SHA-256 of the file, in lower-case hexadecimal digits.
    pub sha256: String,
    pub kept: Kept,
    command: Uuid,
    by: String,
    /// Until when the ticket is good: microseconds since 1970, UTC.
    until: Moment,
}

impl Arrived {
    /// Its ticket is more than [`TICKET_HOURS`] old: the file may be gone, unless its command was recorded.
    #[must_use]
    pub fn is_late(&self, now: Moment) -> bool {
        self.until < now
    }
}

/// Why a ticket is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoTicket {
    /// Not one of this vault's.
    Unknown,
    /// Of another command or another person.
    NotForThis,
}

impl Vault {
    /// Enciphers a file and keeps it; it is on disk when this returns. Gives the ticket, and what it says.
    pub async fn receive(
        &self,
        upload: Upload,
        file: &[u8],
        now: Moment,
    ) -> Result<(String, Arrived)> {
        if file.len() > BYTES_MAX {
            return Err(VaultError::Misuse("a file is at most 20 MiB"));
        }
        let id = uuid::Builder::from_random_bytes(random()?).into_uuid();
        let secret: Secret = Zeroizing::new(random()?);
        let sealed = seal::seal_file(&secret, &random()?, id, file);
        self.folder()?.put(id, sealed).await?;
        let arrived = Arrived {
            sha256: hex(&Sha256::digest(file)),
            kept: Kept {
                id,
                key: STANDARD.encode(secret.as_slice()),
                bytes: file.len() as u64,
                name: upload.name,
                media_type: upload.media_type,
            },
            command: upload.command,
            by: upload.by,
            until: now.plus(TICKET_HOURS * Moment::HOUR),
        };
        let text = serde_json::to_vec(&arrived).expect("a ticket is JSON");
        let sealed = seal::seal_ticket(&self.shared.tickets, &random()?, &Zeroizing::new(text));
        Ok((URL_SAFE_NO_PAD.encode(sealed), arrived))
    }

    /// What a ticket says, for the command and the person it was made for. It may be [too old](Arrived::is_late).
    pub fn redeem(&self, ticket: &str, command: Uuid, by: &str) -> Result<Arrived, NoTicket> {
        let sealed = URL_SAFE_NO_PAD.decode(ticket).ok();
        let text = sealed.and_then(|sealed| seal::unseal_ticket(&self.shared.tickets, &sealed));
        let read = text.and_then(|text| serde_json::from_slice(&text).ok());
        let arrived: Arrived = read.ok_or(NoTicket::Unknown)?;
        if arrived.command != command || arrived.by != by {
            return Err(NoTicket::NotForThis);
        }
        Ok(arrived)
    }

    /// The bytes of a file that a part names; none when it is gone or is not what was put there.
    pub async fn file(&self, kept: &Kept) -> Result<Option<Vec<u8>>> {
        let sealed = self.folder()?.get(kept.id).await?;
        Ok(sealed
            .zip(kept.secret())
            .and_then(|(sealed, key)| seal::unseal_file(&key, kept.id, &sealed)))
    }

    /// Deletes files of more than this age that no living part names, and says how many. Longer than a ticket is good, or
    /// a file might go whose command is on its way. `may` is asked before each page; an error ends the sweep.
    pub async fn sweep_files<E>(
        &self,
        age: Duration,
        may: impl Fn() -> Result<(), E>,
    ) -> Result<u64>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let Some(folder) = &self.folder else {
            return Ok(0);
        };
        let mut deleted = 0;
        for page in folder.older(age).await?.chunks(PAGE) {
            let used = self.shared.store.files(page).await?;
            let unused = page.iter().filter(|id| !used.contains(id)).copied();
            may().map_err(|error| VaultError::Lookup(error.into()))?;
            deleted += folder.delete(unused.collect()).await?;
        }
        Ok(deleted)
    }

    /// How many files living parts name, and which of them are not in their place.
    pub async fn missing_files(&self) -> Result<(u64, Vec<Uuid>)> {
        let (mut named, mut missing) = (0, Vec::new());
        let mut after = Uuid::nil();
        loop {
            let page = self.shared.store.living_files(after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok((named, missing));
            };
            after = *last;
            named += page.len() as u64;
            missing.extend(self.folder()?.missing(page).await?);
        }
    }
}

/// Ids asked about in one step of the sweep.
const PAGE: usize = 500;
