//! Tiles of hashes. They leak nothing: every leaf holds random ids and salted commitments (c2sp.org/tlog-tiles).

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;

use super::respond::{self, Keep};
use super::{LogProblem, Result, below};
use crate::api::Api;
use crate::tlog::Tile;
use crate::tlog::tile::{WIDTH, hashes_at};

/// `/log/tile/{level}/{path}`: full tiles, and partial ones of every width within the published tree.
pub async fn tile(State(api): State<Api>, uri: Uri) -> Result<Response> {
    let tile: Tile = below(&uri, "/log/tile/")?
        .parse()
        .map_err(|_| LogProblem::PathUnknown)?;
    let log = api.log()?;
    let size = log.published()?.checkpoint.size;
    let end = tile.index * u64::from(WIDTH) + u64::from(tile.width);
    if end > hashes_at(tile.level, size) {
        return Err(LogProblem::NotPublished);
    }
    // A published tree that cannot be read is a fault of the node, and told in its log.
    let bytes = log.integrity.tree().tile(&tile);
    let bytes = bytes.ok_or(LogProblem::Unavailable)?;
    Ok(respond::octets(bytes, Keep::Forever))
}
