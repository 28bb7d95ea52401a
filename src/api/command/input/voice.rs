//! Inputs of what others say of a dossier.

use async_graphql::{ID, InputObject};

use super::OnDossier;
use crate::api::words::{FeedbackKind, LinkKind, SyncOutcome};

/// Input of `linkDossiers`.
#[derive(InputObject)]
pub struct LinkDossiersInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Global id or code of the other one.
    pub other: ID,
    /// How they belong together.
    pub kind: LinkKind,
}

/// Input of `rateService`.
#[derive(InputObject)]
pub struct RateServiceInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// The 16 characters on the receipt; whoever shows them need not sign in.
    pub capability: Option<String>,
    /// How satisfied, from 1; the highest is best.
    pub score: u8,
    /// The highest possible score: 3 or 5.
    pub scale: u8,
}

/// Input of `submitFeedback`.
#[derive(InputObject)]
pub struct SubmitFeedbackInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// The 16 characters on the receipt; whoever shows them need not sign in.
    pub capability: Option<String>,
    /// What it is.
    pub kind: FeedbackKind,
    /// What is said, at most 2,000 characters. Kept in the vault, never in the journal.
    pub text: String,
}

/// Input of `answerFeedback`.
#[derive(InputObject)]
pub struct AnswerFeedbackInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Which feedback on the dossier, from 1.
    pub number: u32,
    /// The answer, at most 2,000 characters. Kept in the vault, never in the journal.
    pub text: String,
    /// The answer in words that everybody may read, at most 2,000 characters: no name, no number, nothing that points to
    /// the applicant. The fact says that there is one; the words stay in the vault, where they can be erased. Without it the
    /// public reads that there is an answer, and not which.
    pub published: Option<String>,
}

/// Input of `recordSync`.
#[derive(InputObject)]
pub struct RecordSyncInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Code of the other system: `national-portal`.
    pub system: String,
    /// What became of telling it.
    pub outcome: SyncOutcome,
    /// The status code it gave, as it gave it.
    pub remote_status: Option<u16>,
    /// Which attempt this was, from 1.
    pub attempt: u32,
}
