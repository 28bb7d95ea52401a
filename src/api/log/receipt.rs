//! A dossier's receipt: the proof that its acceptance, or its result, stands in the log.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::Uri;
use axum::response::Response;
use serde::Deserialize;

use super::respond;
use super::{LogProblem, Result, below};
use crate::api::Api;
use crate::domain::code::DossierCode;
use crate::domain::dossier::DossierEvent;
use crate::domain::event::Event;
use crate::projections::history::{self, Change};
use crate::projections::tracking;

/// Which fact of a dossier a receipt is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Of {
    /// The newest acceptance; before it, the lodging.
    #[default]
    Acceptance,
    /// The newest signing, issue, replacement or revocation of a result.
    Result,
}

impl Of {
    /// As it stands in an address; none for a word that means neither.
    #[must_use]
    pub fn asked(word: Option<&str>) -> Option<Self> {
        match word {
            None | Some("acceptance") => Some(Self::Acceptance),
            Some("result") => Some(Self::Result),
            Some(_) => None,
        }
    }

    /// The fact itself; none while there is none.
    #[must_use]
    pub fn of(self, changes: &[Change]) -> Option<&Change> {
        let newest = |wanted: fn(&DossierEvent) -> bool| {
            changes
                .iter()
                .rev()
                .find(|change| match &change.fact.event {
                    Event::Dossier(event) => wanted(event),
                    Event::Journal(_)
                    | Event::Reference(_)
                    | Event::Register(_)
                    | Event::Archive(_)
                    | Event::Staff(_)
                    | Event::Access(_)
                    | Event::Erasure(_)
                    | Event::Import(_) => false,
                })
        };
        match self {
            Self::Acceptance => {
                let accepted = newest(|event| matches!(event, DossierEvent::Accepted(_)));
                accepted.or_else(|| newest(is_lodging))
            }
            Self::Result => newest(is_result),
        }
    }
}

fn is_lodging(event: &DossierEvent) -> bool {
    matches!(event, DossierEvent::Submitted(_) | DossierEvent::Lodged(_))
}

fn is_result(event: &DossierEvent) -> bool {
    matches!(
        event,
        DossierEvent::ResultSigned(_)
            | DossierEvent::ResultIssued(_)
            | DossierEvent::ResultReplaced(_)
            | DossierEvent::ResultRevoked(_)
    )
}

#[derive(Deserialize)]
pub struct Asked {
    of: Option<String>,
}

/// `/receipts/{code}`: the receipt with the fact's exact bytes in `extra`; below 48 kB, for a fact is at most 32 kB.
pub async fn of_dossier(
    State(api): State<Api>,
    uri: Uri,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response> {
    let Query(asked) = asked.map_err(|_| LogProblem::BadRequest)?;
    let of = Of::asked(asked.of.as_deref()).ok_or(LogProblem::BadRequest)?;
    let code: DossierCode = below(&uri, "/receipts/")?
        .parse()
        .map_err(|_| LogProblem::DossierCodeMalformed)?;
    let log = api.log()?;
    let row = tracking::by_code(&api.models, code.as_str()).await?;
    let row = row.ok_or(LogProblem::UnknownDossier)?;
    let changes = history::of_dossier(&api.models, row.id).await?;
    let fact = of.of(&changes).ok_or(LogProblem::NoSuchFact)?;
    let receipt = log.receipt(fact.entry.position).await?;
    let name = match of {
        Of::Acceptance => code.to_string(),
        Of::Result => format!("{code}-result"),
    };
    Ok(respond::receipt(receipt.to_string(), &name))
}

#[cfg(test)]
mod tests {
    use crate::journal::fact::BYTES_MAX;
    use crate::tlog::{Checkpoint, KeyKind, Receipt, SignedCheckpoint, SigningKey, cosignature};

    #[test]
    fn the_largest_receipt_stays_below_48_kb() {
        let origin = "log.province.example/dossier".to_owned();
        let key = |name: &str, kind| SigningKey::from_seed(name, &[7; 32], kind).expect("a key");
        let log = key(&origin, KeyKind::Log);
        let checkpoint = Checkpoint {
            origin,
            size: u64::MAX >> 1,
            root: [0; 32],
        };
        let mut signed = SignedCheckpoint::sign(checkpoint, &log).expect("signed");
        for number in 0..8 {
            let witness = key(&format!("w{number}.example.org/witness"), KeyKind::Witness);
            let line = cosignature::cosign(&signed.note().text, &witness, 1_700_000_000);
            signed.add(line.expect("cosigned"));
        }
        let receipt = Receipt {
            extra: Some(vec![b'x'; BYTES_MAX]),
            index: u64::MAX >> 2,
            path: vec![[0; 32]; 40],
            checkpoint: signed.to_string(),
        };
        let length = receipt.to_string().len();
        assert!(length <= 48 * 1024, "{length} bytes");
    }
}
