//! From a signed checkpoint to one that is served: ask the policy's witnesses, keep what they say, see whether it is enough.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::timeout;

use super::error::{IntegrityError, Result};
use super::seals::{Cosignature, Seal};
use super::tree::Tree;
use super::trust::Trust;
use super::{Log, Published};
use crate::journal::clock;
use crate::tlog::{SignatureLine, SignedCheckpoint, Standing};

/// How long witnesses may take together.
const ANSWER_MAX: Duration = Duration::from_secs(2);

/// What witnesses are asked: to cosign this checkpoint. Consistency proofs come from the tree.
#[derive(Clone)]
pub struct Question {
    pub signed: SignedCheckpoint,
    pub tree: Tree,
    pub trust: Arc<Trust>,
}

/// Asks all witnesses of the policy at once and gives the lines of those that answered in time.
pub type Ask = Arc<dyn Fn(Question) -> BoxFuture<'static, Vec<SignatureLine>> + Send + Sync>;

/// The signed note with the first line of each witness in `lines`.
pub fn cosigned<'a>(
    trust: &Trust,
    seal: &Seal,
    lines: impl Iterator<Item = &'a Cosignature>,
) -> Result<SignedCheckpoint> {
    let mut signed = trust.open(&seal.note, seal.size)?;
    let mut heard = HashSet::new();
    for cosignature in lines {
        let line: SignatureLine =
            cosignature
                .line
                .parse()
                .map_err(|error| IntegrityError::SealDamaged {
                    size: seal.size,
                    why: format!("a cosignature: {error}"),
                })?;
        // A witness that left the policy says nothing any more.
        if trust.is_cosignature(&line, &signed.note().text)
            && heard.insert((line.name.clone(), line.id))
        {
            signed.add(line);
        }
    }
    Ok(signed)
}

/// What the policy makes of it.
pub fn standing(trust: &Trust, signed: &SignedCheckpoint) -> Result<Standing> {
    let checked = trust.policy.check(signed);
    checked.map_err(|error| IntegrityError::SealDamaged {
        size: signed.checkpoint().size,
        why: error.to_string(),
    })
}

/// Asks the policy's witnesses for their word, again if they gave it before, and keeps it.
pub async fn ask_witnesses(
    log: &Log,
    ask: &Ask,
    trust: &Arc<Trust>,
    seal: &Seal,
    tree: Tree,
) -> Result<()> {
    if trust.policy.witnesses().is_empty() {
        return Ok(());
    }
    let signed = trust.open(&seal.note, seal.size)?;
    let body = signed.note().text.clone();
    let question = Question {
        signed,
        tree,
        trust: Arc::clone(trust),
    };
    let answered = timeout(ANSWER_MAX, ask(question)).await.unwrap_or_default();
    let good = answered
        .iter()
        .filter(|line| trust.is_cosignature(line, &body));
    let lines: Vec<String> = good.map(ToString::to_string).collect();
    log.seals.cosign(seal.size, &lines, clock::system()).await
}

/// What is served of a checkpoint; none while the quorum is not reached. Notes in the seals when it first is.
pub async fn publish(log: &Log, trust: &Trust, seal: &mut Seal) -> Result<Option<Published>> {
    let lines = log.seals.cosignatures(seal.size).await?;
    let signed = cosigned(trust, seal, lines.iter().rev())?;
    let standing = standing(trust, &signed)?;
    if !standing.quorum {
        return Ok(None);
    }
    if seal.published_at.is_none() {
        let now = clock::system();
        log.seals.publish(seal.size, now).await?;
        seal.published_at = Some(now);
    }
    let published_at = seal.published_at.unwrap_or_default();
    Ok(Some(served(&signed, standing, published_at)))
}

/// What a node that does not sign serves of a published checkpoint.
pub async fn shown(log: &Log, trust: &Trust, seal: &Seal) -> Result<Option<Published>> {
    let Some(published_at) = seal.published_at else {
        return Ok(None);
    };
    let lines = log.seals.cosignatures(seal.size).await?;
    let signed = cosigned(trust, seal, lines.iter().rev())?;
    let standing = standing(trust, &signed)?;
    Ok(standing
        .quorum
        .then(|| served(&signed, standing, published_at)))
}

fn served(
    signed: &SignedCheckpoint,
    standing: Standing,
    published_at: crate::domain::time::Moment,
) -> Published {
    Published {
        checkpoint: signed.checkpoint().clone(),
        note: signed.to_string(),
        standing,
        published_at,
    }
}
