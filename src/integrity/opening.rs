//! Opening the proof of a node: take the signer's place if it is ours, collect every word given before, compare.

use super::desk::Desk;
use super::error::{IntegrityError, Result};
use super::examine::examine;
use super::halt::{self, Halted};
use super::seals::Seal;
use super::start::{self, Said};
use super::tree::{Tree, TreeWriter};
use super::witness::Witnesses;
use super::{Log, Role, Signing, Trust, memory};

/// A node that was compared.
pub struct Opened {
    pub tree: TreeWriter,
    pub desk: Option<Desk>,
    pub trust: Option<Trust>,
    pub newest: Option<Seal>,
    pub signing: Signing,
    pub halted: Option<Halted>,
}

impl Said {
    /// What a checkpoint in the seals says.
    #[must_use]
    pub fn of(seal: &Seal) -> Self {
        Self {
            by: format!("the checkpoint of size {}", seal.size),
            size: seal.size,
            root: seal.root,
            note: Some(seal.note.clone()),
        }
    }
}

pub async fn open(log: &Log, role: Role, witnesses: &Witnesses) -> Result<Opened> {
    let tree = Tree::open(&log.tree_folder())?;
    let (desk, signing) = match role {
        Role::Reader => (None, Signing::Elsewhere),
        Role::Signer => match Desk::take(log).await {
            Ok(desk) => (Some(desk), Signing::Here),
            Err(error) if error.forbids_only_signing() => {
                tracing::error!(%error, code = error.code(), "this node does not sign");
                (None, Signing::Refused(error.code()))
            }
            Err(error) => return Err(error),
        },
    };
    let trust = Trust::load(&log.seals, &log.policy_file).await?;
    let newest = log.seals.latest().await?;
    let mut said = words(log, desk.as_ref(), trust.as_ref(), newest.as_ref())?;
    if let (Role::Signer, Some(trust)) = (role, &trust) {
        said.extend(witnesses.words(trust).await);
    }
    let (tree, mut halted) = start::compare(log, tree, &said).await?;
    let mut opened = Opened {
        tree,
        desk,
        trust,
        newest,
        signing,
        halted: None,
    };
    if halted.is_none() {
        halted = moved(log, &opened, &said).await?;
    }
    if halted.is_some() {
        // Gives up the signer's place: nothing is signed over a contradiction.
        opened.desk = None;
    }
    opened.halted = halted;
    Ok(opened)
}

/// Every tree that somebody vouches for.
fn words(
    log: &Log,
    desk: Option<&Desk>,
    trust: Option<&Trust>,
    newest: Option<&Seal>,
) -> Result<Vec<Said>> {
    let mut said = Vec::new();
    if let Some(desk) = desk {
        let (size, root) = desk.signer().remembered();
        said.push(Said {
            by: "the signer's memory".into(),
            size,
            root,
            note: None,
        });
    }
    if let (Some(seal), Some(trust)) = (newest, trust) {
        let signed = trust.open(&seal.note, seal.size)?;
        if signed.checkpoint().root != seal.root {
            return Err(IntegrityError::SealDamaged {
                size: seal.size,
                why: "its note is of another root".into(),
            });
        }
        said.push(Said::of(seal));
    }
    if let Some(trust) = trust {
        said.extend(memory::recall(log, trust)?);
    }
    said.retain(|said| said.size > 0);
    Ok(said)
}

/// A database that was promoted or restored to a point in time may have lost or changed what lies behind its newest
/// entries (rule R5): all of it is compared before the first signature.
async fn moved(log: &Log, opened: &Opened, said: &[Said]) -> Result<Option<Halted>> {
    let Some(desk) = &opened.desk else {
        return Ok(None);
    };
    let now = log.seals.identity().await?;
    let before = desk.signer().database().map(str::to_owned);
    if before.is_some() && now.is_some() && before != now {
        tracing::warn!("the database was moved, promoted or restored: all entries are compared");
        let tree = opened.tree.tree();
        let found = examine(&log.journal, Some(&tree), &log.seals, |_| {}).await?;
        if !found.holds() {
            let what = "the restored journal is not the one that was sealed".to_owned();
            let halted = start::halt(log, halt::FORKED, what, said, Some(&tree)).await?;
            return Ok(Some(halted));
        }
    }
    desk.signer().signs_for(now);
    Ok(None)
}
