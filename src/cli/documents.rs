//! Who numbers the offices' documents: the operator's file of systems, and telling them.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::outside::{random, work};
use super::payments::secret;
use super::place::Place;
use crate::api::Api;
use crate::domain::reference::JournalKind;
use crate::ports::documents::{Registry, Settings};
use crate::reactions::documents::Documents;

/// The offices' document management.
#[derive(Debug, Clone, Args)]
pub struct DocumentSystems {
    /// File that names the systems which number signed results: docs/ports/documents.md says how. Secrets stay in files or in the
    /// environment.
    #[arg(long, value_name = "FILE", env = "MOTCUA_DOCUMENT_SYSTEMS")]
    document_systems: Option<PathBuf>,
}

impl DocumentSystems {
    /// The systems of the file; none without a file.
    pub fn registries(&self) -> anyhow::Result<Vec<Registry>> {
        let Some(path) = &self.document_systems else {
            return Ok(Vec::new());
        };
        let read = || -> anyhow::Result<Vec<Registry>> {
            let settings: Settings = serde_json::from_str(&fs::read_to_string(path)?)?;
            settings.registries(|entry| {
                secret(entry.secret_file.as_deref(), entry.secret_env.as_deref())
                    .with_context(|| format!("system {}", entry.name()))
            })
        };
        read().with_context(|| format!("{} names no document systems", path.display()))
    }

    /// Starts telling them of what the office's own node records; none when there is no system.
    pub async fn start(
        &self,
        place: &Place,
        api: &Api,
        stop: CancellationToken,
    ) -> anyhow::Result<Option<JoinHandle<()>>> {
        let registries = self.registries()?;
        let Some(desk) = api.desk.as_ref().filter(|_| !registries.is_empty()) else {
            return Ok(None);
        };
        anyhow::ensure!(
            api.office.opened().kind == JournalKind::Live,
            "--document-systems: the results of a simulated journal are nobody's; live ones alone get a number"
        );
        let documents = Documents::new(
            registries,
            work(place).await?,
            (api.office.opened().id, api.journal.clone()),
            api.models.clone(),
            desk.counter.clone(),
            Uuid::from_bytes(random()?),
        );
        Ok(Some(tokio::spawn(documents.run(stop))))
    }
}
