//! The log as a whole, over GraphQL.

use async_graphql::{Context, Object, SimpleObject};

use crate::api::access::{api, passing};
use crate::api::scalar::{Digest, Long};
use crate::domain::time::Moment;

/// The log over the journal: anybody can check that it only grows. Its tiles and proofs are under `/log/`.
#[derive(Debug, Default, SimpleObject)]
pub struct LogState {
    /// Leaves under the newest published checkpoint; null while there is none.
    size: Option<Long>,
    /// Root of that tree (RFC 6962).
    root: Option<Digest>,
    /// The checkpoint itself: a signed note with the cosignatures of witnesses.
    checkpoint: Option<String>,
    /// When it was published.
    published_at: Option<Moment>,
    /// The log's key, as verifiers write it.
    vkey: Option<String>,
    /// Whether outside witnesses are asked for and enough of them have cosigned. Without, the log is sealed, not witnessed.
    witnessed: bool,
    /// Since when signed checkpoints wait for the quorum of witnesses, on the node that signs. Null while they do not.
    waiting_since: Option<Moment>,
    /// Why this node takes no commands: the log was set back or forked. Null when all is well.
    halted: Option<String>,
}

/// The log.
#[derive(Default)]
pub struct LogQuery;

#[Object]
impl LogQuery {
    /// The log over the journal, for everybody.
    async fn log(&self, context: &Context<'_>) -> LogState {
        passing(context);
        let Some(log) = &api(context).log else {
            return LogState::default();
        };
        let published = log.integrity.published();
        let published = published.as_deref();
        LogState {
            size: published.map(|published| Long(published.checkpoint.size)),
            root: published.map(|published| Digest(published.checkpoint.root)),
            checkpoint: published.map(|published| published.note.clone()),
            published_at: published.map(|published| published.published_at),
            vkey: log.integrity.vkey().map(|key| key.to_string()),
            witnessed: published.is_some_and(|published| published.standing.witnessed),
            waiting_since: log.integrity.witnesses().waiting_since,
            halted: log.integrity.halted().map(|halted| halted.code.to_owned()),
        }
    }
}
