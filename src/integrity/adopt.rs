//! Moving the signer, or giving it back a lost memory: it takes the largest tree that anybody vouches for, once the journal
//! is proved to continue it.

use std::path::Path;

use super::error::{IntegrityError, Result};
use super::signer::{self, Signer, State};
use super::start::{self, Said};
use super::tree::Tree;
use super::{Log, Trust};

/// What the signer remembers from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    pub size: u64,
    /// Everybody who was asked, and the size each vouched for.
    pub said: Vec<Said>,
}

/// Makes this node's key folder the place of the log's signer. `old_state`: the state file of the signer before, if it
/// was kept; `more`: what witnesses and mirrors hold.
///
/// No other signer may run, nor a node on the same data folder.
///
/// # Errors
/// [`IntegrityError::Halted`] when the journal does not continue all of it.
pub async fn adopt(log: &Log, old_state: Option<&Path>, more: Vec<Said>) -> Result<Adopted> {
    let _claim = log.seals.claim().await?;
    let folder = log.signer_folder();
    let key = signer::verifier(&folder, &log.origin)?;
    let key = key.ok_or_else(|| IntegrityError::LogKeyMissing(folder.join("log.key")))?;
    let known = log.seals.keys().await?;
    if !known.is_empty() && !known.contains(&key.to_string()) {
        return Err(IntegrityError::LogKeyForeign(folder));
    }
    let mut said = more;
    let own = State::path_in(&folder);
    for path in [Some(own.as_path()), old_state].into_iter().flatten() {
        match State::read(path, &log.origin)? {
            Some(state) => said.push(Said {
                by: path.display().to_string(),
                size: state.size,
                root: state.root,
                note: None,
            }),
            None if Some(path) == old_state => {
                return Err(IntegrityError::SignerStateMissing(path.to_owned()));
            }
            None => {}
        }
    }
    if let (Some(seal), Some(trust)) = (
        log.seals.latest().await?,
        Trust::load(&log.seals, &log.policy_file).await?,
    ) {
        trust.open(&seal.note, seal.size)?;
        said.push(Said::of(&seal));
    }
    said.retain(|said| said.size > 0);
    let (tree, halted) = start::compare(log, Tree::open(&log.tree_folder())?, &said).await?;
    if let Some(halted) = halted {
        return Err(halted.into());
    }
    let size = tree.size();
    Signer::adopt(&folder, &log.origin, (size, tree.root()))?;
    Ok(Adopted { size, said })
}
