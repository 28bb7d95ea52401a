//! Files of a dossier's papers and results: brought before the command that names them, fetched by whoever may read them.

mod bring;
mod door;
mod problem;

use async_graphql::{Enum, SimpleObject};
use uuid::Uuid;

pub use self::door::router;

use crate::api::Api;
use crate::api::dossier::Reader;
use crate::api::dossier::result::SHA256;
use crate::api::error::Result;
use crate::api::repository;
use crate::api::scalar::Long;
use crate::domain::dossier::DossierEvent;
use crate::domain::event::Event;
use crate::domain::fact::{Fact, Part, PartKind};
use crate::domain::time::Moment;
use crate::journal::Entry;
use crate::projections::history::Change;
use crate::vault::{Opened, Opening};

/// Whether a file can be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum FileStanding {
    /// At `url`.
    Present,
    /// Destroyed on purpose, as the law asks.
    Erased,
}

/// The file of a paper or a result, as it was when it was handed in.
#[derive(Debug, Clone, SimpleObject)]
pub struct DossierFile {
    /// Position of the fact that it came with, which has committed to its hash.
    pub position: Long,
    /// When it came.
    pub at: Moment,
    /// Place of the paper in the procedure's list, from 1; null for a result.
    pub item: Option<u32>,
    /// As it was called; null when it was erased.
    pub name: Option<String>,
    /// Such as application/pdf; null when it was erased.
    pub media_type: Option<String>,
    /// Its size; null when it was erased.
    pub size_bytes: Option<Long>,
    /// SHA-256, in 64 lower-case hexadecimal digits; null when it was erased.
    pub sha256: Option<String>,
    /// Whether it can be fetched.
    pub standing: FileStanding,
    /// Where it is fetched, by who may: with a token, or with the receipt's key as `k`. Null when it was erased.
    pub url: Option<String>,
}

/// A fact that came with a file.
struct Bearer {
    position: u64,
    at: Moment,
    /// Stream, command and part, as the vault is asked.
    part: (Uuid, Uuid, Part),
    item: Option<u32>,
}

impl Bearer {
    fn all(entry: &Entry, fact: &Fact) -> Vec<Self> {
        let item = match &fact.event {
            Event::Dossier(DossierEvent::ComponentReceived(received)) => Some(received.item),
            _ => None,
        };
        let parts = fact.circumstances.parts.iter();
        let documents = parts.filter(|part| part.kind == PartKind::Document);
        let bearer = |part: &Part| Self {
            position: entry.position,
            at: fact.recorded_at,
            part: (entry.stream, fact.command, part.clone()),
            item,
        };
        documents.map(bearer).collect()
    }
}

/// The applicant has a result's file once the result was handed over.
fn bearers(changes: &[Change], reader: Reader) -> Vec<Bearer> {
    let handed_over = changes
        .last()
        .is_some_and(|change| change.after.delivered_at.is_some());
    let theirs = handed_over || reader == Reader::Staff;
    let facts = changes.iter();
    let bearers = facts.flat_map(|change| Bearer::all(&change.entry, &change.fact));
    bearers
        .filter(|bearer| bearer.item.is_some() || theirs)
        .collect()
}

/// The files of a dossier, oldest first; [`Problem::Withheld`] where there are papers but no vault.
pub async fn of(api: &Api, changes: &[Change], reader: Reader) -> Result<Vec<DossierFile>> {
    told(api, &bearers(changes, reader)).await
}

/// The file of a result older than the system.
pub async fn archived(api: &Api, stream: Uuid) -> Result<Vec<DossierFile>> {
    told(api, &archived_bearers(api, stream).await?).await
}

async fn archived_bearers(api: &Api, stream: Uuid) -> Result<Vec<Bearer>> {
    let entered = repository::entered(api, stream).await?;
    let bearers = entered.map(|(entry, fact)| Bearer::all(&entry, &fact));
    Ok(bearers.unwrap_or_default())
}

async fn told(api: &Api, bearers: &[Bearer]) -> Result<Vec<DossierFile>> {
    let opened = open(api, bearers).await?;
    let mut files = Vec::new();
    for (bearer, opened) in bearers.iter().zip(opened) {
        files.extend(shown(bearer, opened)?);
    }
    Ok(files)
}

async fn open(api: &Api, bearers: &[Bearer]) -> Result<Vec<Opened<Opening>>> {
    if bearers.is_empty() {
        return Ok(Vec::new());
    }
    let wanted: Vec<_> = bearers.iter().map(|bearer| bearer.part.clone()).collect();
    Ok(api.vault()?.disclose(&wanted).await?)
}

/// None where a hash came without its file.
fn shown(bearer: &Bearer, opened: Opened<Opening>) -> Result<Option<DossierFile>> {
    let (stream, position) = (bearer.part.0, bearer.position);
    let erased = DossierFile {
        position: Long(position),
        at: bearer.at,
        item: bearer.item,
        name: None,
        media_type: None,
        size_bytes: None,
        sha256: None,
        standing: FileStanding::Erased,
        url: None,
    };
    match opened.readable()? {
        None => Ok(Some(erased)),
        Some(opening) => {
            let sha256 = opening.value.get(SHA256).and_then(|hash| hash.as_str());
            let sha256 = sha256.map(str::to_owned);
            Ok(opening.file.map(|kept| DossierFile {
                size_bytes: Some(Long(kept.bytes)),
                name: Some(kept.name),
                media_type: Some(kept.media_type),
                sha256,
                standing: FileStanding::Present,
                url: Some(format!("/files/{stream}/{position}")),
                ..erased
            }))
        }
    }
}
