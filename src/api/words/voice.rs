//! Words of feedback and campaigns.

use async_graphql::Enum;

/// How a feedback stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::dossier::FeedbackState")]
pub enum FeedbackState {
    /// Waits for the office.
    Open,
    /// Waits for its sender to say more: the office's clock stands.
    AwaitingSender,
    /// Refused, with a reason.
    Refused,
    /// Answered.
    Answered,
}

/// What a campaign's question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::campaign::Topic")]
pub enum Topic {
    /// How this dossier was settled.
    Settlement,
    /// The service of the agencies in general.
    Agencies,
    /// Something else: measured by no target.
    Other,
}
