//! What lies beside a journal, and whom an auditor believes.

use crate::domain::reference::Opened;
use crate::integrity::error::{IntegrityError, Result};
use crate::integrity::mirror::{MirrorError, Pinned};
use crate::integrity::seals::Seals;
use crate::integrity::tree::Tree;
use crate::integrity::trust::Trust;
use crate::integrity::{Place, signer, tree_folder};
use crate::tlog::policy::PolicyError;
use crate::tlog::{Edge, Policy, SignatureLine, SignedCheckpoint, Standing, VerifierKey, proof};

/// Seals, tree and keys as they were found.
pub struct Beside {
    pub origin: String,
    /// None where nothing was ever sealed.
    pub seals: Option<Seals>,
    /// None where this folder keeps no tree.
    pub tree: Option<Tree>,
    /// The log's keys; none where nobody told them.
    pub keys: Vec<VerifierKey>,
    policy: Option<Policy>,
    pub believed: Believed,
}

/// On whose word the log's keys and its policy are believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Believed {
    /// The auditor brought them along.
    Auditor,
    /// This mirror was told them once, or saw them first.
    Mirror,
    /// They lie beside the journal.
    Office,
}

/// A checkpoint that somebody kept.
#[derive(Debug, Clone)]
pub struct Saved {
    /// The file, for people.
    pub name: String,
    pub signed: SignedCheckpoint,
}

/// What a mirror kept of whom it believes cannot be read.
fn unreadable(error: MirrorError) -> IntegrityError {
    match error {
        MirrorError::Folder { path, why } => IntegrityError::Policy { path, why },
        MirrorError::Integrity(error) => error,
        other => IntegrityError::Policy {
            path: "mirror.json".into(),
            why: other.to_string(),
        },
    }
}

impl Beside {
    /// Opens what there is. A policy in `place` is the auditor's own: keys and witnesses are then believed by it alone.
    pub async fn open(place: &Place, opened: &Opened) -> Result<Self> {
        let seals = Seals::location(&place.data, &place.journal);
        let seals = match Seals::open_read_only(&seals).await {
            Ok(seals) => Some(seals),
            Err(IntegrityError::SealsMissing(_)) => None,
            Err(error) => return Err(error),
        };
        let mut beside = Self {
            origin: opened.origin.clone(),
            tree: Tree::open_read_only(&tree_folder(&place.data)).ok(),
            seals,
            keys: Vec::new(),
            policy: None,
            believed: Believed::Office,
        };
        if let Some(path) = &place.policy {
            let why = |why: String| IntegrityError::Policy {
                path: path.clone(),
                why,
            };
            let text = std::fs::read_to_string(path).map_err(|error| why(error.to_string()))?;
            let policy: Policy = text
                .parse()
                .map_err(|error: PolicyError| why(error.to_string()))?;
            let keys = policy.logs().iter().map(|log| log.key.clone());
            beside.keys = keys.filter(|key| key.name == opened.origin).collect();
            if beside.keys.is_empty() {
                return Err(why(format!("it names no key of the log {}", opened.origin)));
            }
            beside.policy = Some(policy);
            beside.believed = Believed::Auditor;
        } else if let Some(told) = Pinned::load(&place.data).map_err(unreadable)? {
            beside.keys.push(told.key);
            beside.policy = Some(told.policy);
            beside.believed = Believed::Mirror;
        } else if let Some(seals) = &beside.seals {
            let policy_file = signer::folder(&place.keys, opened.id).join("policy");
            if let Some(trust) = Trust::load(seals, &policy_file).await? {
                let texts = trust.key_texts();
                beside.keys = texts.iter().filter_map(|text| text.parse().ok()).collect();
                beside.policy = Some(trust.policy);
            }
        }
        Ok(beside)
    }

    /// The names of the witnesses that count.
    #[must_use]
    pub fn witnesses(&self) -> Vec<String> {
        let policy = self.policy.iter();
        let witnesses = policy.flat_map(Policy::witnesses);
        witnesses.map(|one| one.name.clone()).collect()
    }

    /// Whether the clock can be held against somebody else's.
    pub(super) fn has_witnesses(&self) -> bool {
        let policy = self.policy.as_ref();
        policy.is_some_and(|policy| !policy.witnesses().is_empty())
    }

    /// The right edge at a saved checkpoint, when the tree kept here gives its root.
    pub(super) fn edge_at(&self, saved: &Saved) -> Option<Edge> {
        let said = saved.signed.checkpoint();
        let tree = self.tree.as_ref()?;
        let edge = proof::edge(tree, said.size).filter(|_| said.size <= tree.size())?;
        (edge.root() == said.root).then_some(edge)
    }

    /// How a checkpoint with these cosignatures stands. Lines of unknown witnesses mean nothing.
    pub(super) fn standing(
        &self,
        signed: &mut SignedCheckpoint,
        lines: &[String],
    ) -> Result<Standing, PolicyError> {
        let Some(policy) = &self.policy else {
            return Ok(Standing {
                witnesses: Vec::new(),
                quorum: true,
                witnessed: false,
            });
        };
        for line in lines {
            let line: SignatureLine = line.parse()?;
            signed.add(line);
        }
        policy.check(signed)
    }
}
