//! What a node tells other systems, and whom it may call.

use std::sync::Arc;

use clap::Args;
use ipnet::IpNet;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::place::Place;
use crate::api::Api;
use crate::outside::{Allowed, Guarded};
use crate::reactions::webhooks::{ANSWER_MAX, Webhooks};
use crate::reactions::work::Work;
use crate::vault::Keys;

/// Whom this node may call.
#[derive(Debug, Clone, Default, Args)]
pub struct Outside {
    /// Networks of one's own in which receivers of webhooks may be, also without https; several with commas. Every other
    /// private address is refused.
    #[arg(
        long,
        value_name = "CIDR",
        value_delimiter = ',',
        env = "MOTCUA_WEBHOOK_ALLOW"
    )]
    pub webhook_allow: Vec<IpNet>,
}

impl Outside {
    /// The client for addresses that receivers have chosen.
    pub fn guarded(&self) -> Guarded {
        Guarded::new(Allowed::new(self.webhook_allow.clone()), ANSWER_MAX)
    }

    /// Starts telling the subscribers of an office's own node.
    pub async fn start(
        &self,
        place: &Place,
        api: &Api,
        keys: Arc<Keys>,
        stop: CancellationToken,
    ) -> anyhow::Result<JoinHandle<()>> {
        let work = work(place).await?;
        let journal = (api.office.opened().id, api.journal.clone());
        let node = Uuid::from_bytes(random()?);
        let webhooks = Webhooks::new(
            work,
            journal,
            api.models.clone(),
            keys,
            self.guarded(),
            node,
        );
        Ok(tokio::spawn(webhooks.run(stop)))
    }
}

/// The work beside the journal, made when there is none.
pub async fn work(place: &Place) -> anyhow::Result<Work> {
    let location = Work::location(&place.data, &place.journal_location()?);
    Ok(Work::create_or_open(&location).await?)
}

/// For what must be this process's or this subscription's own.
pub fn random() -> anyhow::Result<[u8; 16]> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}
