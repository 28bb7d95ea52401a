//! The signer: the log's key and a memory of its own. It signs a tree only when it is proved to continue the last one it
//! signed, so neither a restored backup nor a second sealer can make it say two things.

mod key;
mod state;

use std::fs::File;
use std::path::{Path, PathBuf};

use uuid::Uuid;

pub use self::state::State;
use super::durable;
use super::error::{IntegrityError, Result};
use super::seals::lock;
use crate::tlog::{Checkpoint, Hash, SignedCheckpoint, SigningKey, VerifierKey, proof};

/// Where key and memory of a journal's log lie.
#[must_use]
pub fn folder(keys: &Path, journal: Uuid) -> PathBuf {
    keys.join(journal.to_string())
}

/// Makes the key of a new log and gives it as verifiers know it; a key that is there already is given.
///
/// # Errors
/// [`IntegrityError::LogKeyMissing`] when something was signed already: a second key would make another log.
pub fn make_key(folder: &Path, origin: &str) -> Result<VerifierKey> {
    if !key::exists(folder) {
        let held = State::read(&State::path_in(folder), origin)?;
        if held.is_some_and(|held| held.size > 0) {
            return Err(key::missing(folder));
        }
        durable::private_folder(folder)?;
        // The memory first: a key without one is a lost memory.
        State::new(origin).begin(folder)?;
        key::make(folder)?;
    }
    let key = key::load(folder, origin)?.ok_or_else(|| key::missing(folder))?;
    Ok(key.verifier().clone())
}

/// The log's key as verifiers know it, if the key lies here.
pub fn verifier(folder: &Path, origin: &str) -> Result<Option<VerifierKey>> {
    Ok(key::load(folder, origin)?.map(|key| key.verifier().clone()))
}

/// The one that signs a log; alone on its state file until it is dropped.
pub struct Signer {
    key: SigningKey,
    folder: PathBuf,
    state: State,
    _lock: File,
}

impl Signer {
    /// Opens the signer of a log. Key and memory must be there.
    ///
    /// # Errors
    /// [`IntegrityError::LogKeyMissing`], [`IntegrityError::SignerStateMissing`], and
    /// [`IntegrityError::SignerElsewhere`] when another process signs from this folder.
    pub fn open(folder: &Path, origin: &str) -> Result<Self> {
        let (key, lock) = Self::alone(folder, origin)?;
        let path = State::path_in(folder);
        let state = State::read(&path, origin)?;
        let state = state.ok_or(IntegrityError::SignerStateMissing(path))?;
        Ok(Self {
            key,
            folder: folder.to_owned(),
            state,
            _lock: lock,
        })
    }

    fn alone(folder: &Path, origin: &str) -> Result<(SigningKey, File)> {
        let key = key::load(folder, origin)?.ok_or_else(|| key::missing(folder))?;
        Ok((key, lock(&folder.join("signer.lock"))?))
    }

    /// Opens a signer that is to remember what was proved to be the largest signed tree: its own memory was lost, or it
    /// moved here. Never goes back behind a memory that is there.
    pub fn adopt(folder: &Path, origin: &str, largest: (u64, Hash)) -> Result<Self> {
        let (key, lock) = Self::alone(folder, origin)?;
        let held = State::read(&State::path_in(folder), origin)?;
        let mut state = held.unwrap_or_else(|| State::new(origin));
        if largest.0 > state.size {
            (state.size, state.root) = largest;
        }
        state.write(folder)?;
        Ok(Self {
            key,
            folder: folder.to_owned(),
            state,
            _lock: lock,
        })
    }

    /// The log's key as verifiers know it.
    #[must_use]
    pub fn verifier(&self) -> &VerifierKey {
        self.key.verifier()
    }

    /// Size and root of the largest tree it ever signed.
    #[must_use]
    pub fn remembered(&self) -> (u64, Hash) {
        (self.state.size, self.state.root)
    }

    /// The database server it last signed for.
    #[must_use]
    pub fn database(&self) -> Option<&str> {
        self.state.database.as_deref()
    }

    /// Remembers, with the next signature, which database server it signs for.
    pub fn signs_for(&mut self, database: Option<String>) {
        self.state.database = database;
    }

    /// Signs a tree that `proof` proves to continue the last signed one, or exactly that one again, to the same bytes.
    /// The memory is durable before the signature leaves.
    ///
    /// # Errors
    /// [`IntegrityError::NotConsistent`]; nothing is signed and nothing remembered.
    pub fn sign(&mut self, checkpoint: &Checkpoint, proof: &[Hash]) -> Result<SignedCheckpoint> {
        let (signed, root) = self.remembered();
        let not_consistent = || IntegrityError::NotConsistent {
            signed,
            asked: checkpoint.size,
        };
        let again = (checkpoint.size, checkpoint.root) == (signed, root);
        if checkpoint.origin != self.state.origin || checkpoint.size == 0 {
            return Err(not_consistent());
        }
        if !again {
            if checkpoint.size <= signed {
                return Err(not_consistent());
            }
            proof::verify_consistency(signed, &root, checkpoint.size, &checkpoint.root, proof)
                .map_err(|_| not_consistent())?;
            let state = State {
                size: checkpoint.size,
                root: checkpoint.root,
                ..self.state.clone()
            };
            state.write(&self.folder)?;
            self.state = state;
        }
        SignedCheckpoint::sign(checkpoint.clone(), &self.key).map_err(|_| not_consistent())
    }
}
