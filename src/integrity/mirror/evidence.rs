//! Two things that a log has signed and that cannot both be true, kept for whoever has to be shown.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::error::Result;
use crate::integrity::durable;
use crate::journal::clock;
use crate::tlog::Hash;
use crate::tlog::text::encode;

pub struct Evidence {
    pub code: &'static str,
    pub what: String,
    /// Where it was shown.
    pub address: String,
    /// The log's key; both notes bear its signature.
    pub key: String,
    /// The note seen before.
    pub before: Option<String>,
    /// The note shown now.
    pub now: String,
    pub prefix: Option<Prefix>,
}

/// The tree signed now, cut back to the size signed before: its root is another, and `proof` proves that it is a part.
pub struct Prefix {
    pub size: u64,
    pub root: Hash,
    pub proof: Vec<Hash>,
}

#[derive(Serialize)]
struct Written<'a> {
    code: &'a str,
    what: &'a str,
    found_at: String,
    address: &'a str,
    key: &'a str,
    before: Option<&'a str>,
    now: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<WrittenPrefix>,
}

/// Hashes in base64.
#[derive(Serialize)]
struct WrittenPrefix {
    size: u64,
    root: String,
    consistency: Vec<String>,
}

impl Evidence {
    /// Writes it into the folder's `evidence/` and gives the file.
    pub fn keep(&self, data: &Path) -> Result<PathBuf> {
        let folder = data.join("evidence");
        durable::private_folder(&folder)?;
        let now = clock::system();
        let written = Written {
            code: self.code,
            what: &self.what,
            found_at: now.to_string(),
            address: &self.address,
            key: &self.key,
            before: self.before.as_deref(),
            now: &self.now,
            prefix: self.prefix.as_ref().map(|prefix| WrittenPrefix {
                size: prefix.size,
                root: encode(&prefix.root),
                consistency: prefix.proof.iter().map(|hash| encode(hash)).collect(),
            }),
        };
        let mut text = serde_json::to_vec_pretty(&written).expect("texts and numbers are JSON");
        text.push(b'\n');
        let code = self.code.to_lowercase().replace('_', "-");
        let file = folder.join(format!("{code}-{}.json", now.0));
        durable::replace(&file, &text, 0o600)?;
        Ok(file)
    }
}
