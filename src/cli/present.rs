//! A node tells that it is there, so that no format is raised which it could not read.

use std::time::Duration;

use anyhow::Context as _;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::place::Place;
use crate::domain::journal::FORMAT;
use crate::journal::{Journal, JournalError};

/// How often it tells.
const EVERY: Duration = Duration::from_mins(1);

/// Tells it once before the node serves, and every minute from then on until `stop`.
///
/// # Errors
/// When it cannot be told the first time: nobody would know of this node.
pub async fn tell(
    place: &Place,
    journal: Journal,
    stop: CancellationToken,
) -> anyhow::Result<JoinHandle<()>> {
    let name = name(place);
    told(&journal, &name).await.context(
        "this node cannot tell that it serves the journal: let the tables' owner run `motcua migrate --serving ROLE` again",
    )?;
    Ok(tokio::spawn(async move {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
            if let Err(error) = told(&journal, &name).await {
                tracing::warn!(%error, "this node could not tell that it is there");
            }
        }
    }))
}

async fn told(journal: &Journal, name: &str) -> Result<(), JournalError> {
    journal.tell(name, env!("CARGO_PKG_VERSION"), FORMAT).await
}

/// The host and the folder: the same after a start, and two nodes on a machine have two.
fn name(place: &Place) -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname");
    let host = host.unwrap_or_else(|_| "localhost".to_owned());
    let folder = std::path::absolute(&place.data);
    let folder = folder.unwrap_or_else(|_| place.data.clone());
    format!("{}:{}", host.trim(), folder.display())
}
