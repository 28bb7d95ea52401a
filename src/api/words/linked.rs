//! Words of linked dossiers.

use async_graphql::Enum;

/// How a linked dossier goes from agency to agency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::catalogue::LinkageManner")]
pub enum LinkageManner {
    /// To all agencies at once; a leg waits only for the results it needs.
    Electronic,
    /// From one agency to the next, in the order of the legs.
    Paper,
}

/// For what a leg waits that no agency can hasten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::dossier::LegWait")]
pub enum LegWait {
    /// The applicant's supplement.
    Supplement,
    /// The applicant's payment.
    Payment,
}

/// How a leg of a linked dossier ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::dossier::LegOutcome")]
pub enum LegOutcome {
    /// Its result is signed.
    Completed,
    /// Refused after appraisal.
    Refused,
    /// Stopped.
    Stopped,
    /// Withdrawn with the whole.
    Withdrawn,
    /// Not accepted by its agency.
    NotAccepted,
    /// Never begun: a result that it needs will never be.
    NotBegun,
}
