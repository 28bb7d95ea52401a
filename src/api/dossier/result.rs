//! What a dossier came to: the standing of its documents for everybody, their hashes for those who hold them.

use async_graphql::SimpleObject;
use uuid::Uuid;

use crate::api::Api;
use crate::api::error::{Problem, Result};
use crate::api::scalar::Long;
use crate::api::words::{Label, ResultKind, ResultStanding};
use crate::domain::dossier;
use crate::domain::fact::Part;
use crate::domain::time::Moment;
use crate::journal::Until;
use crate::projections::history;
use crate::vault::Opened;

/// Key of the value in the vault.
pub const SHA256: &str = "sha256";

/// A document that settled a dossier, and what has become of it.
#[derive(Debug, SimpleObject)]
pub struct DossierResult {
    /// Under which it was issued; null when it was signed and never numbered. In public, null for a sensitive procedure
    /// unless the receipt is shown.
    number: Option<String>,
    /// What it is.
    kind: ResultKind,
    /// What it is, in words.
    kind_label: Label,
    /// Whether it counts.
    standing: ResultStanding,
    /// Whether it counts, in words.
    standing_label: Label,
    /// When the fact that gave it its number or its standing was recorded.
    since: Moment,
    /// Number of the document that has taken its place; null where `number` is.
    replaced_by: Option<String>,
}

/// What a fact has committed to of a result's file. Whoever holds the file computes its SHA-256, then
/// `SHA-256("dossier/pii-commit/v1" || 0x00 || {"salt":…,"value":{"sha256":…}})`, and finds that in the fact at `position`.
#[derive(Debug, SimpleObject)]
pub struct ResultDocument {
    /// SHA-256 of the file, in 64 lower-case hexadecimal digits; null when it was erased.
    sha256: Option<String>,
    /// The salt, in base64; null when it was erased.
    salt: Option<String>,
    /// The commitment, in base64, as it stands in the fact.
    commitment: String,
    /// Position of that fact in the journal.
    position: Long,
}

/// The documents as of then, oldest first; without their numbers unless `numbered`.
pub async fn results(
    api: &Api,
    dossier: Uuid,
    until: Until,
    numbered: bool,
) -> Result<Vec<DossierResult>> {
    let state = history::fold(&api.journal, dossier, until).await?;
    let results = state.map_or_else(Vec::new, |state| state.results);
    let shown = results.into_iter().map(|result| shown(result, numbered));
    Ok(shown.collect())
}

fn shown(result: dossier::DossierResult, numbered: bool) -> DossierResult {
    DossierResult {
        number: result.number.filter(|_| numbered),
        kind: result.kind.into(),
        kind_label: result.kind.label().into(),
        standing: result.standing.into(),
        standing_label: result.standing.label().into(),
        since: result.since,
        replaced_by: result.replaced_by.filter(|_| numbered),
    }
}

/// The hash of the document of this number, or of the newest; [`Problem::Withheld`] where there is one but no vault.
pub async fn document(
    api: &Api,
    dossier: Uuid,
    until: Until,
    number: Option<&str>,
) -> Result<Option<ResultDocument>> {
    let state = history::fold(&api.journal, dossier, until).await?;
    let committed = state.and_then(|state| state.result(number)?.document.clone());
    let Some((part, command)) = committed else {
        return Ok(None);
    };
    let mut opened = api
        .vault()?
        .disclose(&[(dossier, command, part.clone())])
        .await?;
    let opening = opened.pop().map(Opened::readable).transpose()?.flatten();
    let position = position(api, dossier, &part).await?;
    let sha256 = opening.as_ref().and_then(|opening| {
        let text = opening.value.get(SHA256)?.as_str()?;
        Some(text.to_owned())
    });
    Ok(Some(ResultDocument {
        sha256,
        salt: opening.map(|opening| opening.salt),
        commitment: part.c,
        position: Long(position),
    }))
}

/// Where the fact stands that names the part.
async fn position(api: &Api, dossier: Uuid, part: &Part) -> Result<u64> {
    let changes = history::changes(&api.journal, dossier).await?;
    let found = changes
        .iter()
        .find(|change| change.fact.circumstances.parts.contains(part));
    found
        .map(|change| change.entry.position)
        .ok_or_else(|| Problem::internal(anyhow::anyhow!("no fact names a part of the state")))
}
