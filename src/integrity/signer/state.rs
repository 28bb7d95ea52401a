//! What the signer remembers: the largest tree it ever signed, outside the database it watches.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use crate::integrity::durable;
use crate::integrity::error::{IntegrityError, Result};
use crate::tlog::{Hash, empty_root};

const FILE: &str = "signer.json";

/// Never taken from a backup, never edited: whoever can set it back can fork the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    pub origin: String,
    /// 0 before the first signature.
    pub size: u64,
    pub root: Hash,
    /// Which database server held the journal then, and on which timeline (R5); none for a file.
    pub database: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    origin: String,
    size: u64,
    root: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    database: Option<String>,
}

impl State {
    /// Of a log without any checkpoint.
    pub fn new(origin: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            size: 0,
            root: empty_root(),
            database: None,
        }
    }

    pub fn path_in(folder: &Path) -> PathBuf {
        folder.join(FILE)
    }

    /// Reads a state of this log; none when there is no such file.
    pub fn read(path: &Path, origin: &str) -> Result<Option<Self>> {
        let Some(bytes) = durable::read(path)? else {
            return Ok(None);
        };
        let state = Self::parse(&bytes).filter(|state| state.origin == origin);
        match state {
            Some(state) => Ok(Some(state)),
            None => Err(IntegrityError::SignerStateDamaged(path.to_owned())),
        }
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let written: Written = serde_json::from_slice(bytes).ok()?;
        let root = BASE64.decode(written.root).ok()?;
        Some(Self {
            origin: written.origin,
            size: written.size,
            root: root.try_into().ok()?,
            database: written.database,
        })
    }

    fn text(&self) -> Vec<u8> {
        let written = Written {
            origin: self.origin.clone(),
            size: self.size,
            root: BASE64.encode(self.root),
            database: self.database.clone(),
        };
        let mut text = serde_json::to_vec_pretty(&written).expect("texts and numbers are JSON");
        text.push(b'\n');
        text
    }

    /// Durable when it returns.
    pub fn write(&self, folder: &Path) -> Result<()> {
        durable::replace(&Self::path_in(folder), &self.text(), 0o600)
    }

    /// Writes the first state; one that is there already is left alone.
    pub fn begin(&self, folder: &Path) -> Result<()> {
        durable::create(&Self::path_in(folder), &self.text(), 0o600)?;
        Ok(())
    }
}
