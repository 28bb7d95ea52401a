//! Inputs on the document that settles a dossier.

use async_graphql::InputObject;

use super::OnDossier;
use crate::api::scalar::Digest;
use crate::api::words::{DeliveryMethod, SignatureValidation};
use crate::domain::time::Moment;

/// Input of `draftResult`.
#[derive(InputObject)]
pub struct DraftResultInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}

/// Input of `refuseResolution`.
#[derive(InputObject)]
pub struct RefuseResolutionInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}

/// Input of `signResult`.
#[derive(InputObject)]
pub struct SignResultInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// The digital signature; none when it is signed by hand.
    pub signature: Option<SignatureInput>,
    /// SHA-256 of the signed file. Kept in the vault with a salt; the journal holds the salted commitment only.
    pub document_sha256: Option<Digest>,
    /// The ticket that `POST /files` gave for the file itself.
    pub file: Option<String>,
}

/// Input of `issueResult`.
#[derive(InputObject)]
pub struct IssueResultInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Number of the issued document: `123/QĐ-UBND`.
    pub number: String,
    /// SHA-256 of the issued file. Kept in the vault with a salt; the journal holds the salted commitment only.
    pub document_sha256: Option<Digest>,
    /// The ticket that `POST /files` gave for the file itself.
    pub file: Option<String>,
}

/// Input of `revokeResult`.
#[derive(InputObject)]
pub struct RevokeResultInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Number of the document to take back; the newest one unless told.
    pub number: Option<String>,
}

/// Input of `replaceResult`.
#[derive(InputObject)]
pub struct ReplaceResultInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Number of the new document: `124/QĐ-UBND`.
    pub number: String,
    /// Number of the document it takes the place of; the newest one unless told.
    pub replaces: Option<String>,
    /// SHA-256 of the new file. Kept in the vault with a salt; the journal holds the salted commitment only.
    pub document_sha256: Option<Digest>,
    /// The ticket that `POST /files` gave for the file itself.
    pub file: Option<String>,
}

/// Input of `deliverResult`.
#[derive(InputObject)]
pub struct DeliverResultInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// How it is handed over.
    pub method: DeliveryMethod,
}

/// A digital signature on a result (Law 20/2023/QH15).
#[derive(InputObject)]
pub struct SignatureInput {
    /// Serial number of the signer's certificate: at most 40 hexadecimal digits.
    pub certificate_serial: String,
    /// The signing time that the signature claims. Never in the future.
    pub signed_at: Moment,
    /// What checking it came to.
    pub validation: SignatureValidation,
    /// It attests that an electronic copy is true to the original that was shown: the result is a certified copy.
    #[graphql(default = false)]
    pub certifies_copy: bool,
    /// The signature itself (CMS or PAdES block) in base64, at most 16,384 characters. Kept in the vault beside the
    /// document's hash.
    pub signature_block: Option<String>,
}

/// Input of `approveResult`.
#[derive(InputObject)]
pub struct ApproveResultInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}

/// Input of `correctResult`.
#[derive(InputObject)]
pub struct CorrectResultInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Number of the document to put right; the newest one unless told.
    pub number: Option<String>,
    /// SHA-256 of the corrected file. Kept in the vault with a salt; the journal holds the salted commitment only.
    pub document_sha256: Option<Digest>,
    /// The ticket that `POST /files` gave for the file itself.
    pub file: Option<String>,
}

/// Input of `returnOriginals`.
#[derive(InputObject)]
pub struct ReturnOriginalsInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}
