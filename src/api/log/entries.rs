//! Entry bundles: the exact bytes of up to 256 facts, for auditors, or for everybody where the operator says so.

use std::io::Write as _;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::respond::{self, Keep};
use super::{LogProblem, PublicLog, Readers, Result, below};
use crate::api::Api;
use crate::domain::actor::{Actor, NO_OFFICE, Role};
use crate::integrity::{IntegrityError, Tree};
use crate::journal::Entry;
use crate::tlog::tile::WIDTH;
use crate::tlog::{Bundle, leaf_hash};

/// `/log/tile/entries/{path}`. What does not hash to its leaf is never served: it would be kept for ever.
pub async fn bundle(State(api): State<Api>, uri: Uri, headers: HeaderMap) -> Result<Response> {
    let bundle: Bundle = below(&uri, "/log/tile/entries/")?
        .parse()
        .map_err(|_| LogProblem::PathUnknown)?;
    let log = api.log()?;
    let keep = keep(&api, log, &headers).await?;
    let start = bundle.index * u64::from(WIDTH);
    if start + u64::from(bundle.width) > log.published()?.checkpoint.size {
        return Err(LogProblem::NotPublished);
    }
    let journal = &log.integrity.log().journal;
    let read = journal.read(start, u32::from(bundle.width)).await;
    let entries = read.map_err(IntegrityError::from)?;
    let (tree, gzip) = (log.integrity.tree().clone(), accepts_gzip(&headers));
    let packing = tokio::task::spawn_blocking(move || pack(&entries, &bundle, &tree, gzip));
    let bytes = packing.await.map_err(|_| LogProblem::Internal)??;
    let mut response = respond::octets(bytes, keep);
    let headers = response.headers_mut();
    headers.insert(
        header::VARY,
        HeaderValue::from_static("Accept-Encoding, Authorization, Cookie"),
    );
    if gzip {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(response)
}

/// Whether the one who asks may read whole entries, and how long the answer may be kept.
async fn keep(api: &Api, log: &PublicLog, headers: &HeaderMap) -> Result<Keep> {
    match log.entries {
        Readers::Everybody => Ok(Keep::Forever),
        Readers::Auditors => {
            let actor = api.sign_in.reader(headers).await;
            let actor = actor.ok_or(LogProblem::Unauthenticated)?;
            let reads = reads_entries(&actor);
            reads
                .then_some(Keep::ForeverPrivate)
                .ok_or(LogProblem::Forbidden)
        }
    }
}

/// Whether a request may see whole entries.
pub async fn may_read(api: &Api, log: &PublicLog, headers: &HeaderMap) -> bool {
    keep(api, log, headers).await.is_ok()
}

/// Whether somebody who is signed in may read the exact bytes of all facts here.
#[must_use]
pub fn reads_bytes(api: &Api, actor: &Actor) -> bool {
    let everybody = |log: &PublicLog| log.entries == Readers::Everybody;
    reads_entries(actor) || api.log().is_ok_and(everybody)
}

fn reads_entries(actor: &Actor) -> bool {
    match actor.role {
        Role::Auditor => actor.office == NO_OFFICE,
        Role::Admin => true,
        Role::Applicant
        | Role::Receiver
        | Role::Handler
        | Role::DivisionHead
        | Role::Signer
        | Role::Clerk
        | Role::CentreManager
        | Role::Cashier
        | Role::PaymentGateway
        | Role::PostalAgent
        | Role::ProcedureController
        | Role::VerticalAgency
        | Role::System => false,
    }
}

fn pack(entries: &[Entry], bundle: &Bundle, tree: &Tree, gzip: bool) -> Result<Vec<u8>> {
    if entries.len() != usize::from(bundle.width) {
        return Err(LogProblem::NotPublished);
    }
    for entry in entries {
        let position = entry.position;
        if tree.hash(0, position) != Some(leaf_hash(&entry.body)) {
            return Err(IntegrityError::EntryAltered { position }.into());
        }
    }
    let bodies: Vec<&[u8]> = entries.iter().map(|entry| &*entry.body).collect();
    let bytes = Bundle::encode(&bodies).map_err(|_| LogProblem::Internal)?;
    if !gzip {
        return Ok(bytes);
    }
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    let written = packed.write_all(&bytes).and_then(|()| packed.finish());
    written.map_err(|_| LogProblem::Internal)
}

/// Whether `Accept-Encoding` names gzip and does not rule it out (RFC 9110 §12.5.3).
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter();
    let mut codings = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    codings.any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let refused = |weight: &str| {
            let weight = weight.trim_start_matches(['q', 'Q']).trim_start();
            let weight = weight.strip_prefix('=').map(str::trim);
            weight.is_some_and(|weight| weight.parse() == Ok(0.0))
        };
        named && !parts.any(refused)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_those_who_ask_for_it() {
        let accepts = |value: &'static str| {
            let value = HeaderValue::from_static(value);
            accepts_gzip(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, value)]))
        };
        assert!(accepts("gzip") && accepts("br, GZIP;q=0.5") && accepts("gzip; q=1"));
        assert!(!accepts("identity") && !accepts("gzip;q=0") && !accepts("gzip; q=0.000"));
        assert!(!accepts_gzip(&HeaderMap::new()));
    }

    #[test]
    fn only_auditors_of_all_offices_and_administrators_read_everything() {
        let reads = |role, office: &str| reads_entries(&Actor::new("a", office, role));
        assert!(reads(Role::Auditor, NO_OFFICE) && reads(Role::Admin, NO_OFFICE));
        assert!(!reads(Role::Auditor, "H38.40") && !reads(Role::Receiver, "H38.40"));
    }
}
