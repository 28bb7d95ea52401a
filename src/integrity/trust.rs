//! Whom to believe: the log's keys, and the policy that says how many witnesses a checkpoint needs.

use std::path::Path;

use super::durable;
use super::error::{IntegrityError, Result};
use super::seals::Seals;
use crate::tlog::{Policy, SignatureLine, SignedCheckpoint, VerifierKey, cosignature};

/// Keys and policy of one log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// The log's keys, the one in use last; at least one.
    keys: Vec<VerifierKey>,
    pub policy: Policy,
}

impl Trust {
    /// From the keys noted beside the seals and the policy file; none before the log has a key.
    ///
    /// Without a file nobody else is asked: the log is sealed, not witnessed.
    pub async fn load(seals: &Seals, policy_file: &Path) -> Result<Option<Self>> {
        let damaged = |why: &str| IntegrityError::SealDamaged {
            size: 0,
            why: why.to_owned(),
        };
        let texts = seals.keys().await?;
        let keys: Result<Vec<VerifierKey>, _> = texts.iter().map(|text| text.parse()).collect();
        let keys = keys.map_err(|_| damaged("a noted key cannot be read"))?;
        let Some(newest) = keys.last() else {
            return Ok(None);
        };
        let policy = match durable::read(policy_file)? {
            None => Policy::unwitnessed(newest.clone()),
            Some(bytes) => read_policy(&bytes, newest).map_err(|why| IntegrityError::Policy {
                path: policy_file.to_owned(),
                why,
            })?,
        };
        Ok(Some(Self { keys, policy }))
    }

    /// One key, and nobody else asked.
    #[must_use]
    pub fn of(key: VerifierKey) -> Self {
        Self {
            policy: Policy::unwitnessed(key.clone()),
            keys: vec![key],
        }
    }

    /// The key in use.
    #[must_use]
    pub fn key(&self) -> &VerifierKey {
        &self.keys[self.keys.len() - 1]
    }

    /// All keys that ever signed this log, as text.
    #[must_use]
    pub fn key_texts(&self) -> Vec<String> {
        self.keys.iter().map(ToString::to_string).collect()
    }

    /// Reads a note of this log; its signature must be good.
    pub fn open(&self, note: &str, size: u64) -> Result<SignedCheckpoint> {
        let damaged = |error: &dyn std::fmt::Display| IntegrityError::SealDamaged {
            size,
            why: error.to_string(),
        };
        let signed =
            SignedCheckpoint::open_with(note, &self.keys).map_err(|error| damaged(&error))?;
        if signed.checkpoint().size != size {
            return Err(damaged(&"the note is of another size"));
        }
        Ok(signed)
    }

    /// Whether a line is a good cosignature of one of the policy's witnesses.
    #[must_use]
    pub fn is_cosignature(&self, line: &SignatureLine, body: &str) -> bool {
        let mut witnesses = self.policy.witnesses().iter();
        witnesses.any(|witness| cosignature::verify(line, &witness.key, body).is_ok())
    }
}

fn read_policy(bytes: &[u8], key: &VerifierKey) -> Result<Policy, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    let policy: Policy = text.parse().map_err(|error| format!("{error}"))?;
    if policy.logs().iter().any(|log| log.key == *key) {
        Ok(policy)
    } else {
        Err(format!("it does not name this log: add `log {key}`"))
    }
}
