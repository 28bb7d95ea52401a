//! The log over HTTP, for whoever wants to check: checkpoint, tiles, entries, keys, proofs and receipts (c2sp.org).

mod checkpoint;
pub mod entries;
mod problem;
mod proof;
pub mod query;
pub mod receipt;
mod respond;
pub mod sealed;
mod tile;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::Uri;
use axum::routing::get;

pub use self::problem::LogProblem;
use super::Api;
use crate::integrity::{Integrity, Published, Status};
use crate::tlog::Receipt;

pub type Result<T, E = LogProblem> = std::result::Result<T, E>;

/// The proof as this node shows it.
#[derive(Clone)]
pub struct PublicLog {
    pub integrity: Integrity,
    /// Who may read whole entries.
    pub entries: Readers,
}

/// Who may read the exact bytes of all facts. They hold no personal data, but every officer's pseudonym.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    Everybody,
    /// Auditors of all offices, and administrators.
    Auditors,
}

impl PublicLog {
    /// The newest checkpoint; nothing beyond its size is served.
    fn published(&self) -> Result<Arc<Published>> {
        let published = self.integrity.published();
        published.ok_or_else(|| self.halted().unwrap_or(LogProblem::NothingPublished))
    }

    fn halted(&self) -> Option<LogProblem> {
        let halted = self.integrity.halted();
        halted.map(|halted| LogProblem::Halted(halted.code))
    }

    /// The newest checkpoint once it covers so many facts; none if it does not within `wait`.
    pub async fn covering(&self, size: u64, wait: Duration) -> Option<Arc<Published>> {
        let mut status = self.integrity.watch();
        let covers = |status: &Status| {
            let published = status.published.as_ref();
            published.is_some_and(|published| published.checkpoint.size >= size)
        };
        let covered = tokio::time::timeout(wait, status.wait_for(covers)).await;
        covered.ok()?.ok()?.published.clone()
    }

    /// The receipt of the entry at `position`, or why there is none (yet).
    pub async fn receipt(&self, position: u64) -> Result<Receipt> {
        match self.integrity.receipt(position).await? {
            Some(receipt) => Ok(receipt),
            None => Err(self.without_receipt(position).await),
        }
    }

    async fn without_receipt(&self, position: u64) -> LogProblem {
        match self.integrity.log().journal.head().await {
            Err(error) => LogProblem::from(crate::integrity::IntegrityError::from(error)),
            Ok(head) if position >= head.size => LogProblem::PositionUnknown,
            Ok(_) => self.halted().unwrap_or(LogProblem::Pending),
        }
    }
}

impl Api {
    /// The log, where one is kept.
    pub fn log(&self) -> Result<&PublicLog> {
        self.log.as_ref().ok_or(LogProblem::NotKept)
    }
}

/// Everything below `/log/`, and `/receipts/`.
pub fn router(api: Api) -> Router {
    Router::new()
        .route("/log/checkpoint", get(checkpoint::checkpoint))
        .route("/log/vkey", get(checkpoint::vkey))
        .route("/log/policy", get(checkpoint::policy))
        .route("/log/tile/entries/{*path}", get(entries::bundle))
        .route("/log/tile/{*path}", get(tile::tile))
        .route("/log/proof/inclusion/{position}", get(proof::inclusion))
        .route("/log/proof/consistency", get(proof::consistency))
        .route("/log", get(unknown))
        .route("/log/{*path}", get(unknown))
        .route("/receipts/{code}", get(receipt::of_dossier))
        .method_not_allowed_fallback(not_allowed)
        .with_state(api)
}

async fn unknown() -> LogProblem {
    LogProblem::PathUnknown
}

async fn not_allowed() -> LogProblem {
    LogProblem::MethodNotAllowed
}

/// What a path names below a prefix, as it was sent: `%30` is not `0`.
fn below<'a>(uri: &'a Uri, prefix: &str) -> Result<&'a str> {
    uri.path()
        .strip_prefix(prefix)
        .ok_or(LogProblem::PathUnknown)
}
