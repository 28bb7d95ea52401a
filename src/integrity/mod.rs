//! THE PROOF: a Merkle tree over the journal, signed by a signer with its own memory, witnessed by others, provable to
//! anybody.
//!
//! Position = leaf index. The tree is local to each node; checkpoints are shared; exactly one process signs.

pub mod adopt;
pub mod audit;
mod desk;
pub(crate) mod durable;
mod error;
pub mod examine;
pub mod fanout;
pub mod halt;
mod memory;
pub mod mirror;
mod opening;
mod publish;
pub mod recover;
mod sealer;
pub mod seals;
pub mod signer;
mod start;
mod tree;
mod trust;
pub mod witness;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::watch;
use uuid::Uuid;

pub use self::error::{IntegrityError, Result};
pub use self::halt::Halted;
pub use self::publish::{Ask, Question};
pub use self::sealer::Sealer;
pub use self::seals::{Cosignature, Seal, Seals};
pub use self::signer::Signer;
pub use self::start::Said;
pub use self::tree::{Tree, TreeWriter};
pub use self::trust::Trust;
use self::witness::Witnesses;
use crate::domain::event::Event;
use crate::domain::journal::JournalEvent;
use crate::domain::time::Moment;
use crate::journal::{Hash, Journal, Location, fact};
use crate::tlog::{
    Checkpoint, Policy, Receipt, SignedCheckpoint, Standing, VerifierKey, leaf_hash, proof,
};

/// Where a node keeps what belongs to the proof.
#[derive(Debug, Clone)]
pub struct Place {
    /// Folder of the node: tree, evidence and, for an embedded journal, the seals.
    pub data: PathBuf,
    /// Folder of the keys, never inside `data`; the signer's own folder in it is named after the journal.
    pub keys: PathBuf,
    pub journal: Location,
    /// The policy file instead of `policy` in the signer's folder; without either no witness is asked.
    pub policy: Option<PathBuf>,
}

/// Whether this node signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Signer,
    Reader,
}

/// Which log this is, and where its parts lie.
#[derive(Clone)]
pub struct Log {
    pub journal: Journal,
    pub seals: Seals,
    /// The journal's own id.
    pub id: Uuid,
    /// Scheme-less URL prefix: the log's name in every signature.
    pub origin: String,
    pub data: PathBuf,
    pub keys: PathBuf,
    pub policy_file: PathBuf,
}

impl Log {
    /// Reads the journal's first fact and opens the seals, which are made when there are none.
    pub async fn open(place: &Place, journal: Journal) -> Result<Self> {
        let seals = Seals::location(&place.data, &place.journal);
        let seals = Seals::create_or_open(&seals).await?;
        Self::with(place, journal, seals).await
    }

    /// As [`Log::open`], of seals that must exist; nothing is written.
    pub async fn open_read_only(place: &Place, journal: Journal) -> Result<Self> {
        let seals = Seals::location(&place.data, &place.journal);
        let seals = Seals::open_read_only(&seals).await?;
        Self::with(place, journal, seals).await
    }

    async fn with(place: &Place, journal: Journal, seals: Seals) -> Result<Self> {
        let first = journal.read(0, 1).await?;
        let first = first.first().ok_or(IntegrityError::NotOpened)?;
        let Event::Journal(JournalEvent::Opened(opened)) = fact::decode(&first.body)?.event else {
            return Err(IntegrityError::NotOpened);
        };
        let folder = signer::folder(&place.keys, opened.id);
        Ok(Self {
            journal,
            seals,
            id: opened.id,
            origin: opened.origin,
            data: place.data.clone(),
            keys: place.keys.clone(),
            policy_file: place
                .policy
                .clone()
                .unwrap_or_else(|| folder.join("policy")),
        })
    }

    /// Where this node keeps its tree.
    #[must_use]
    pub fn tree_folder(&self) -> PathBuf {
        tree_folder(&self.data)
    }

    /// Where key and memory of the signer lie.
    #[must_use]
    pub fn signer_folder(&self) -> PathBuf {
        signer::folder(&self.keys, self.id)
    }
}

/// Where a node keeps its tree.
#[must_use]
pub fn tree_folder(data: &Path) -> PathBuf {
    data.join("tree")
}

/// A checkpoint that this node serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    pub checkpoint: Checkpoint,
    /// The signed note with the newest cosignature of each witness.
    pub note: String,
    pub standing: Standing,
    /// When the policy's quorum first held.
    pub published_at: Moment,
}

/// How far the proof is.
#[derive(Debug, Clone, Default)]
pub struct Status {
    /// Leaves in this node's tree.
    pub size: u64,
    /// Size of the newest signed checkpoint.
    pub signed: Option<u64>,
    pub published: Option<Arc<Published>>,
    /// Keys and policy; none before the log has a key.
    pub trust: Option<Arc<Trust>>,
    pub signing: Signing,
    /// The log was set back or forked: no command may be taken.
    pub halted: Option<Halted>,
    /// Code of the error that ended sealing, when it was no halt.
    pub stopped: Option<&'static str>,
}

/// Who signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Signing {
    /// Not this node.
    #[default]
    Elsewhere,
    Here,
    /// It should be this node, but it may not: the code says why.
    Refused(&'static str),
}

/// A node's handle on the proof; clones share it.
#[derive(Clone)]
pub struct Integrity {
    log: Arc<Log>,
    tree: Tree,
    status: watch::Receiver<Status>,
    witnesses: Witnesses,
}

impl Integrity {
    /// Opens the proof of a node and compares what was signed with the journal. A log that was set back or forked opens
    /// too: [`Integrity::halted`] says so, and the sealer does nothing.
    pub async fn open(place: &Place, journal: Journal, role: Role) -> Result<(Self, Sealer)> {
        let log = Arc::new(Log::open(place, journal).await?);
        let witnesses = Witnesses::new(log.seals.clone());
        let (sealer, tree, status) =
            Sealer::open(Arc::clone(&log), role, witnesses.clone()).await?;
        let integrity = Self {
            log,
            tree,
            status,
            witnesses,
        };
        Ok((integrity, sealer))
    }

    /// The tree this node keeps.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    #[must_use]
    pub fn log(&self) -> &Log {
        &self.log
    }

    #[must_use]
    pub fn seals(&self) -> &Seals {
        &self.log.seals
    }

    #[must_use]
    pub fn status(&self) -> Status {
        self.status.borrow().clone()
    }

    /// Changes whenever the proof has come further.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    /// The newest checkpoint this node serves.
    #[must_use]
    pub fn published(&self) -> Option<Arc<Published>> {
        self.status.borrow().published.clone()
    }

    /// Why this node takes no commands, if it does not.
    #[must_use]
    pub fn halted(&self) -> Option<Halted> {
        self.status.borrow().halted.clone()
    }

    /// The log's key as verifiers know it; none before the first signer.
    #[must_use]
    pub fn vkey(&self) -> Option<VerifierKey> {
        let status = self.status.borrow();
        status.trust.as_ref().map(|trust| trust.key().clone())
    }

    /// What this log asks of its checkpoints; none before the first signer.
    #[must_use]
    pub fn policy(&self) -> Option<Policy> {
        let status = self.status.borrow();
        status.trust.as_ref().map(|trust| trust.policy.clone())
    }

    /// How the policy's witnesses do; of use on the node that signs.
    #[must_use]
    pub fn witnesses(&self) -> witness::Report {
        let status = self.status.borrow();
        let trust = status.trust.as_ref();
        trust.map_or_else(witness::Report::default, |trust| {
            self.witnesses.report(&trust.policy)
        })
    }

    /// The receipt of the entry at `position`, with its exact bytes; none while no published checkpoint covers it. Rests
    /// on the first that did, so it stays the same for ever.
    ///
    /// # Errors
    /// [`IntegrityError::EntryAltered`] when the journal's bytes are not the ones that were sealed;
    /// [`IntegrityError::TreeDamaged`] when this node's own files are wrong.
    pub async fn receipt(&self, position: u64) -> Result<Option<Receipt>> {
        let Some(trust) = self.status.borrow().trust.clone() else {
            return Ok(None);
        };
        // The newest serves when the policy was raised after the first was published.
        let covering = self.log.seals.published_covering(position).await?;
        let newest = self.log.seals.published().await?;
        for seal in [covering, newest].into_iter().flatten() {
            if seal.size <= position || seal.size > self.tree.size() {
                continue;
            }
            let lines = self.log.seals.cosignatures(seal.size).await?;
            let signed = publish::cosigned(&trust, &seal, lines.iter())?;
            if publish::standing(&trust, &signed)?.quorum {
                return self.receipt_on(position, &signed).await;
            }
        }
        Ok(None)
    }

    async fn receipt_on(
        &self,
        position: u64,
        signed: &SignedCheckpoint,
    ) -> Result<Option<Receipt>> {
        let entries = self.log.journal.read(position, 1).await?;
        let Some(entry) = entries.first() else {
            return Ok(None);
        };
        let Checkpoint { size, root, .. } = signed.checkpoint();
        let path = self.tree.inclusion(position, *size)?;
        let leads = |leaf: &Hash| proof::verify_inclusion(leaf, position, *size, &path, root);
        if leads(&leaf_hash(&entry.body)).is_err() {
            // A path that is good for the tree's own leaf accuses the journal; else the tree is to blame.
            let kept = self.tree.hash(0, position);
            return Err(if kept.is_some_and(|kept| leads(&kept).is_ok()) {
                IntegrityError::EntryAltered { position }
            } else {
                IntegrityError::TreeDamaged { position }
            });
        }
        Ok(Some(Receipt {
            extra: Some(entry.body.to_vec()),
            index: position,
            path,
            checkpoint: signed.to_string(),
        }))
    }

    /// The proof that the tree of `to` leaves continues the one of `from` leaves; none while no published checkpoint
    /// reaches so far.
    pub fn consistency(&self, from: u64, to: u64) -> Result<Option<Vec<Hash>>> {
        let size = self
            .published()
            .map_or(0, |published| published.checkpoint.size);
        if from > to || to > size || to > self.tree.size() {
            return Ok(None);
        }
        self.tree.consistency(from, to).map(Some)
    }
}
