//! Whom a mirror believes: the key and the policy it was told once, kept beside the copy.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::{MirrorError, Result};
use super::source::Source;
use super::{Wanted, read_policy};
use crate::integrity::durable;
use crate::journal::Journal;
use crate::tlog::{Policy, VerifierKey};

const FILE: &str = "mirror.json";
pub const POLICY_FILE: &str = "mirror.policy";

/// On whose word the log's key is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pin {
    /// It was given now.
    Given,
    /// It was kept from the first time.
    Kept,
    /// On nobody's but the server's own, which anybody between here and there could have changed.
    FirstUse,
}

/// What a mirror was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinned {
    pub address: String,
    pub key: VerifierKey,
    pub policy: Policy,
    /// The policy as it is to be kept; none without one.
    policy_text: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    address: String,
    key: String,
}

impl Pinned {
    /// What was told to the mirror in this folder; none before its first checkpoint.
    pub fn load(data: &Path) -> Result<Option<Self>> {
        let path = data.join(FILE);
        let Some(bytes) = durable::read(&path)? else {
            return Ok(None);
        };
        let damaged = |why: String| MirrorError::Folder {
            path: path.clone(),
            why,
        };
        let written: Written =
            serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
        let key: VerifierKey = written
            .key
            .parse()
            .map_err(|error: crate::tlog::note::NoteError| damaged(error.to_string()))?;
        let file = data.join(POLICY_FILE);
        let (policy, policy_text) = if file.exists() {
            let policy = read_policy(&file, Some(&key))?;
            (policy.clone(), Some(policy.to_string()))
        } else {
            (Policy::unwitnessed(key.clone()), None)
        };
        Ok(Some(Self {
            address: written.address,
            key,
            policy,
            policy_text,
        }))
    }

    /// Keeps it, once something was proved by it.
    pub fn keep(&self, data: &Path) -> Result<()> {
        if Self::load(data)?.as_ref() == Some(self) {
            return Ok(());
        }
        if let Some(policy) = &self.policy_text {
            durable::replace(&data.join(POLICY_FILE), policy.as_bytes(), 0o644)?;
        }
        let written = Written {
            address: self.address.clone(),
            key: self.key.to_string(),
        };
        let mut text = serde_json::to_vec_pretty(&written).expect("texts are JSON");
        text.push(b'\n');
        durable::replace(&data.join(FILE), &text, 0o644)?;
        Ok(())
    }
}

/// Puts together what is wanted now and what was told before.
pub async fn settle(
    wanted: Wanted,
    known: Option<Pinned>,
    own: &Journal,
) -> Result<(Pinned, Source, Pin)> {
    let known_address = known.as_ref().map(|known| known.address.clone());
    let address = wanted.address.or(known_address);
    let address = address.ok_or_else(|| MirrorError::Folder {
        path: wanted.data.clone(),
        why: "no mirror yet: say which log is to be copied, motcua mirror URL".into(),
    })?;
    let source = Source::new(&address, wanted.token, own)?;
    let kept = known.as_ref().map(|known| known.key.clone());
    if let (Some(given), Some(kept)) = (&wanted.key, &kept)
        && given != kept
    {
        return Err(MirrorError::OtherKey {
            pinned: kept.to_string(),
        });
    }
    let told = kept.clone().or(wanted.key);
    let policy = match &wanted.policy {
        Some(path) => Some(read_policy(path, told.as_ref())?),
        None => known
            .filter(|known| known.policy_text.is_some())
            .map(|known| known.policy),
    };
    let of_policy = || policy.as_ref().and_then(Policy::log).cloned();
    let (key, pin) = match told.or_else(of_policy) {
        Some(key) if kept.is_some() => (key, Pin::Kept),
        Some(key) => (key, Pin::Given),
        None => (source.vkey().await?, Pin::FirstUse),
    };
    let pinned = Pinned {
        address,
        policy_text: policy.as_ref().map(ToString::to_string),
        policy: policy.unwrap_or_else(|| Policy::unwitnessed(key.clone())),
        key,
    };
    Ok((pinned, source, pin))
}
