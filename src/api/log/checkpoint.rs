//! The newest published checkpoint, and whose signatures to expect on it.

use axum::extract::State;
use axum::response::Response;

use super::respond::{self, Keep};
use super::{LogProblem, Result};
use crate::api::Api;

/// `/log/checkpoint`: the signed note with its cosignatures (c2sp.org/tlog-checkpoint).
pub async fn checkpoint(State(api): State<Api>) -> Result<Response> {
    let published = api.log()?.published()?;
    Ok(respond::text(published.note.clone(), Keep::Never))
}

/// `/log/vkey`: the log's key as verifiers write it (c2sp.org/signed-note).
pub async fn vkey(State(api): State<Api>) -> Result<Response> {
    let key = api.log()?.integrity.vkey();
    let key = key.ok_or(LogProblem::NothingPublished)?;
    Ok(respond::text(format!("{key}\n"), Keep::Never))
}

/// `/log/policy`: what this log asks of its checkpoints (c2sp.org/tlog-policy). Verifiers keep a copy of their own.
pub async fn policy(State(api): State<Api>) -> Result<Response> {
    let policy = api.log()?.integrity.policy();
    let policy = policy.ok_or(LogProblem::NothingPublished)?;
    Ok(respond::text(policy.to_string(), Keep::Never))
}
