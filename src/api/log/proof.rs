//! Proofs made for those who do not read tiles: one entry's inclusion, and that one tree continues another.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde::Deserialize;

use super::respond::{self, Keep};
use super::{LogProblem, Result, below, entries};
use crate::api::Api;
use crate::tlog::text;

/// `/log/proof/inclusion/{position}`: a receipt (c2sp.org/tlog-proof), with the entry for those who may read it.
pub async fn inclusion(State(api): State<Api>, uri: Uri, headers: HeaderMap) -> Result<Response> {
    let position = below(&uri, "/log/proof/inclusion/")?;
    let position = text::decimal(position).ok_or(LogProblem::PathUnknown)?;
    let log = api.log()?;
    let mut receipt = log.receipt(position).await?;
    if !entries::may_read(&api, log, &headers).await {
        receipt.extra = None;
    }
    Ok(respond::receipt(receipt.to_string(), &position.to_string()))
}

/// Sizes of two trees.
#[derive(Deserialize)]
pub struct Sizes {
    from: String,
    to: String,
}

/// `/log/proof/consistency?from=&to=`: one base64 hash per line (RFC 9162 §2.1.4); nothing from 0 or to the same size.
pub async fn consistency(
    State(api): State<Api>,
    sizes: Result<Query<Sizes>, QueryRejection>,
) -> Result<Response> {
    let Query(sizes) = sizes.map_err(|_| LogProblem::BadRequest)?;
    let (Some(from), Some(to)) = (text::decimal(&sizes.from), text::decimal(&sizes.to)) else {
        return Err(LogProblem::BadRequest);
    };
    if from > to {
        return Err(LogProblem::BadRequest);
    }
    let log = api.log()?;
    if to > log.published()?.checkpoint.size {
        return Err(LogProblem::NotPublished);
    }
    let proof = log.integrity.consistency(from, to)?;
    let proof = proof.ok_or(LogProblem::NotPublished)?;
    Ok(respond::text(text::hash_lines(&proof), Keep::Forever))
}
