//! How a node takes part in the proof: whether it signs, whom it asks, for whom it witnesses, where it tells of it.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::place::Place;
use crate::integrity::fanout::Address;
use crate::integrity::witness::Witness;
use crate::integrity::{Integrity, Role, Sealer, mirror};
use crate::journal::{Journal, Location};
use crate::tlog::VerifierKey;

/// How this node takes part in the proof.
#[derive(Debug, Clone, Args)]
pub struct Sealing {
    /// Sign the log here; exactly one process does. On by itself for an embedded journal.
    #[arg(
        long,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        env = "MOTCUA_SIGNER"
    )]
    signer: Option<bool>,
    /// Policy that names the witnesses, instead of `policy` beside the log's key.
    #[arg(long, value_name = "FILE", env = "MOTCUA_POLICY")]
    policy: Option<PathBuf>,
    /// Keys of sister offices' logs to witness, under /witness/; what was cosigned is kept under --keys.
    #[arg(long, value_name = "VKEY", num_args = 1..)]
    witness_for: Vec<VerifierKey>,
    /// Name of this office's witness; given once, with the first --witness-for.
    #[arg(long, value_name = "NAME", requires = "witness_for")]
    witness_name: Option<String>,
    /// Put facts and checkpoints on NATS JetStream too, under a name of this log's own: nats://user:password@host:port/NAME.
    /// Any number of nodes may.
    #[arg(long, value_name = "URL", env = "MOTCUA_NATS", hide_env_values = true)]
    nats: Option<String>,
}

impl Sealing {
    /// Opens the proof of a node. A log that was set back or forked opens too, and says so.
    pub async fn open(&self, place: &Place, journal: &Journal) -> anyhow::Result<Proof> {
        let embedded = matches!(place.journal_location()?, Location::Sqlite(_));
        // A copy of somebody else's journal is never signed, whatever is asked.
        let role = if self.signer.unwrap_or(embedded) && !place.is_mirror() {
            Role::Signer
        } else {
            Role::Reader
        };
        let witness = self.witness(place)?;
        let nats = self.nats.as_deref().map(str::parse).transpose();
        let nats = nats.map_err(|why: String| anyhow::anyhow!("--nats: {why}"))?;
        let kept = || mirror::policy_file(&place.data).filter(|_| place.is_mirror());
        let place = place.proof(self.policy.clone().or_else(kept))?;
        let (integrity, sealer) = Integrity::open(&place, journal.clone(), role).await?;
        Ok(Proof {
            integrity,
            sealer,
            witness,
            nats,
        })
    }

    /// The witness that this office is for its sisters, if it is one.
    fn witness(&self, place: &Place) -> anyhow::Result<Option<Arc<Witness>>> {
        if self.witness_for.is_empty() {
            return Ok(None);
        }
        let folder = place.keys_folder()?.join("witness");
        let logs = self.witness_for.clone();
        super::witness::open(&folder, logs, self.witness_name.as_deref()).map(Some)
    }
}

/// A node's part in the proof.
pub struct Proof {
    pub integrity: Integrity,
    pub sealer: Sealer,
    /// What it is for other logs.
    pub witness: Option<Arc<Witness>>,
    /// Where it is told.
    pub nats: Option<Address>,
}
