//! The signing desk: the log's one signer together with the claim that makes it the only one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Log;
use super::error::{IntegrityError, Result};
use super::seals::{Claim, Seal};
use super::signer::{self, Signer};
use super::tree::TreeWriter;
use crate::journal::clock;
use crate::tlog::{Checkpoint, SignedCheckpoint};

/// Alone at its log until it is dropped.
pub struct Desk {
    signer: Arc<Mutex<Signer>>,
    claim: Claim,
}

impl Desk {
    /// Takes the place of the log's signer, and makes the key of a log that never had one.
    ///
    /// # Errors
    /// Those for which [`IntegrityError::forbids_only_signing`] holds leave a node that reads.
    pub async fn take(log: &Log) -> Result<Self> {
        let claim = log.seals.claim().await?;
        let folder = log.signer_folder();
        let (newest, known) = (log.seals.latest().await?, log.seals.keys().await?);
        if newest.is_none() && known.is_empty() {
            signer::make_key(&folder, &log.origin)?;
        }
        let signer = Signer::open(&folder, &log.origin)?;
        let key = signer.verifier().to_string();
        if !known.is_empty() && !known.contains(&key) {
            return Err(IntegrityError::LogKeyForeign(folder));
        }
        is_not_behind(&signer, newest.as_ref())?;
        log.seals.note_key(&key, clock::system()).await?;
        Ok(Self {
            signer: Arc::new(Mutex::new(signer)),
            claim,
        })
    }

    /// Takes the claim again after the database was away.
    pub async fn take_again(&mut self, log: &Log) -> Result<()> {
        if let Claim::Session(session) = &mut self.claim
            && !session.answers().await
        {
            self.claim = log.seals.claim().await?;
        }
        let newest = log.seals.latest().await?;
        is_not_behind(&self.signer(), newest.as_ref())
    }

    pub fn signer(&self) -> MutexGuard<'_, Signer> {
        held(&self.signer)
    }

    /// Signs the tree as it is, after it is durable. The root is taken from the tiles and from the edge, and both agree.
    pub async fn sign(&self, origin: &str, tree: &Arc<Mutex<TreeWriter>>) -> Result<Seal> {
        let (signer, tree) = (Arc::clone(&self.signer), Arc::clone(tree));
        let origin = origin.to_owned();
        let signing = tokio::task::spawn_blocking(move || {
            let (mut signer, mut tree) = (held(&signer), held(&tree));
            sign(&mut signer, &mut tree, origin)
        });
        let done = signing.await.map_err(|_| IntegrityError::Cut)??;
        let Checkpoint { size, root, .. } = *done.checkpoint();
        Ok(Seal {
            size,
            root,
            note: done.to_string(),
            signed_at: clock::system(),
            published_at: None,
        })
    }

    /// Keeps what was signed where every node finds it.
    pub async fn keep(&mut self, log: &Log, seal: &Seal) -> Result<()> {
        log.seals.insert(seal, &mut self.claim).await
    }
}

fn sign(signer: &mut Signer, tree: &mut TreeWriter, origin: String) -> Result<SignedCheckpoint> {
    tree.sync()?;
    let (size, root) = (tree.size(), tree.root());
    let (last, _) = signer.remembered();
    let reader = tree.tree();
    if reader.root(size)? != root || last > size {
        return Err(IntegrityError::NotConsistent {
            signed: last,
            asked: size,
        });
    }
    let proof = reader.consistency(last, size)?;
    signer.sign(&Checkpoint { origin, size, root }, &proof)
}

fn is_not_behind(signer: &Signer, newest: Option<&Seal>) -> Result<()> {
    let (remembered, _) = signer.remembered();
    match newest {
        Some(newest) if newest.size > remembered => Err(IntegrityError::SignerBehind {
            remembered,
            sealed: newest.size,
        }),
        Some(_) | None => Ok(()),
    }
}

/// A lock that a panic left behind is taken over: what it guards checks itself.
pub fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
