//! Where a fact stands in the proof, as GraphQL tells it.

use async_graphql::SimpleObject;

use crate::api::Api;
use crate::api::error::Result;
use crate::api::scalar::{Digest, Long};
use crate::domain::time::Moment;
use crate::tlog::leaf_hash;

/// A fact's place in the published tree (RFC 6962).
#[derive(Debug, SimpleObject)]
pub struct EntryIntegrity {
    /// Which leaf it is, from zero: its position.
    index: Long,
    /// SHA-256 of its exact bytes as a leaf, computed again now.
    leaf_hash: Digest,
    /// When the first published checkpoint that covers it was signed.
    sealed_at: Moment,
    /// Leaves under the checkpoint in `proof`.
    checkpoint_size: Long,
    /// A receipt (c2sp.org/tlog-proof) without the fact's bytes.
    proof: String,
}

impl EntryIntegrity {
    /// Of the fact at this position; none until a published checkpoint covers it.
    pub async fn of(api: &Api, position: u64) -> Result<Option<Self>> {
        let Some(log) = &api.log else {
            return Ok(None);
        };
        let receipt = log.integrity.receipt(position).await?;
        let seal = log.integrity.seals().published_covering(position).await?;
        let Some((mut receipt, seal)) = receipt.zip(seal) else {
            return Ok(None);
        };
        let entry = receipt.extra.take().unwrap_or_default();
        Ok(Some(Self {
            index: Long(position),
            leaf_hash: Digest(leaf_hash(&entry)),
            sealed_at: seal.signed_at,
            checkpoint_size: Long(receipt_size(&receipt.checkpoint)),
            proof: receipt.to_string(),
        }))
    }
}

/// The signed checkpoint that covers the first `size` entries; none until one is published.
pub async fn checkpoint_over(api: &Api, size: u64) -> Result<Option<String>> {
    let (Some(log), Some(position)) = (&api.log, size.checked_sub(1)) else {
        return Ok(None);
    };
    let receipt = log.integrity.receipt(position).await?;
    Ok(receipt.map(|receipt| receipt.checkpoint))
}

/// The tree size that stands in the second line of a checkpoint.
fn receipt_size(checkpoint: &str) -> u64 {
    let line = checkpoint.lines().nth(1);
    line.and_then(|line| line.parse().ok()).unwrap_or(0)
}
