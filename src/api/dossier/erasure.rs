//! What was destroyed of a dossier's personal data: the certificate.

use async_graphql::SimpleObject;
use uuid::Uuid;

use crate::api::Api;
use crate::api::error::Result;
use crate::api::scalar::Long;
use crate::api::words::{DataPurpose, Label, ReasonCode};
use crate::domain::time::Moment;
use crate::projections::erasures::{self, ErasureRow};

/// Personal data of a dossier that was to be destroyed, and what became of it.
#[derive(SimpleObject)]
pub struct DossierErasure {
    /// Position of the fact that asked for it: from there on nothing of it is shown.
    pub position: Long,
    /// When it was asked for.
    pub asked_at: Moment,
    /// Which data.
    pub purposes: Vec<DataPurpose>,
    /// Which data, in words.
    pub purpose_labels: Vec<Label>,
    /// Number of the decision.
    pub decision: String,
    /// Why.
    pub reason: Option<ReasonCode>,
    /// Why, in words.
    pub reason_label: Option<Label>,
    /// Legal basis, where one was given.
    pub basis: Option<String>,
    /// When all of it was destroyed; null while it is being done.
    pub done_at: Option<Moment>,
    /// Position of the fact that says so.
    pub done_position: Option<Long>,
    /// Keys that were destroyed.
    pub keys: Option<Long>,
    /// Values under them.
    pub parts: Option<Long>,
    /// Files.
    pub files: Option<Long>,
    /// Since when no backup of this node can tell it either; null until the key is destroyed that wrapped it in them.
    pub backups_unreadable_at: Option<Moment>,
}

/// What was to be destroyed of a dossier's data, in order.
pub async fn of_dossier(api: &Api, dossier: Uuid) -> Result<Vec<DossierErasure>> {
    let rows = erasures::of_dossier(&api.models, dossier).await?;
    Ok(rows.into_iter().map(told).collect())
}

fn told(row: ErasureRow) -> DossierErasure {
    let done = row.done;
    DossierErasure {
        position: Long(row.position),
        asked_at: row.asked_at,
        purpose_labels: row
            .asked
            .purposes
            .iter()
            .map(|purpose| purpose.label().into())
            .collect(),
        purposes: row.asked.purposes.into_iter().map(Into::into).collect(),
        decision: row.asked.decision,
        reason: row.reason.map(Into::into),
        reason_label: row.reason.map(|reason| reason.label().into()),
        basis: row.basis,
        done_at: done.map(|done| done.at),
        done_position: done.map(|done| Long(done.position)),
        keys: done.map(|done| Long(done.keys)),
        parts: done.map(|done| Long(done.parts)),
        files: done.map(|done| Long(done.files)),
        backups_unreadable_at: done.and_then(|done| done.backups_unreadable_at),
    }
}
