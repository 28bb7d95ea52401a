//! Inputs of what brings a dossier into the office, or puts its papers right.

use async_graphql::{ID, InputObject};
use uuid::Uuid;

use super::SignatureInput;
use super::{ApplicantInput, Around, Filing, OnDossier};
use crate::api::scalar::{Day, Digest, Long};
use crate::api::words::{Channel, ComponentForm, Digitisation, RedirectKind};

/// Input of `draftDossier`.
#[derive(InputObject)]
pub struct DraftDossierInput {
    #[graphql(flatten)]
    pub filing: Filing,
    /// Who applies.
    pub applicant: Option<ApplicantInput>,
}

/// Input of `submitDossier`.
#[derive(InputObject)]
pub struct SubmitDossierInput {
    #[graphql(flatten)]
    pub filing: Filing,
    /// Global id of the draft to submit; a new dossier unless told.
    pub draft: Option<ID>,
    /// Who applies.
    pub applicant: ApplicantInput,
    /// Pseudonym of the officer who helped to file it, such as `receiver-01`. Recorded for ever.
    pub assisted_by: Option<String>,
    /// The applicant agreed to be helped; without it no assisted dossier is taken.
    pub consent: Option<bool>,
}

/// Input of `lodgeDossier`.
#[derive(InputObject)]
pub struct LodgeDossierInput {
    #[graphql(flatten)]
    pub filing: Filing,
    /// How the papers came: at the counter or by post.
    pub channel: Channel,
    /// Who applies.
    pub applicant: ApplicantInput,
}

/// Input of `acceptDossierAtCounter`.
#[derive(InputObject)]
pub struct AcceptDossierAtCounterInput {
    #[graphql(flatten)]
    pub filing: Filing,
    /// The code on a slip that was written by hand while the line was down: of a block reserved for the caller's desk. With the
    /// hour on that slip in `receivedAt`, which must be of the code's day.
    pub code: Option<String>,
    /// Who applies.
    pub applicant: ApplicantInput,
}

/// Input of `acceptDossier`.
#[derive(InputObject)]
pub struct AcceptDossierInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}

/// Input of `refuseAcceptance`.
#[derive(InputObject)]
pub struct RefuseAcceptanceInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}

/// Input of `redirectDossier`.
#[derive(InputObject)]
pub struct RedirectDossierInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Code of the competent office.
    pub to: String,
    /// Why it goes there.
    pub kind: RedirectKind,
}

/// Input of `correctApplicantDetails`.
#[derive(InputObject)]
pub struct CorrectApplicantDetailsInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// All details anew, put right.
    pub applicant: ApplicantInput,
}

/// Input of `reissueCapability`.
#[derive(InputObject)]
pub struct ReissueCapabilityInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}

/// Input of `voidCode`.
#[derive(InputObject)]
pub struct VoidCodeInput {
    /// Code of the office whose next number of today is taken out of use.
    pub office: String,
    #[graphql(flatten)]
    pub around: Around,
}

/// Input of `reserveCodes`.
#[derive(InputObject)]
pub struct ReserveCodesInput {
    /// Chosen by the client: the same again gives the same codes.
    pub command_id: Uuid,
    /// How many, 1 to 50.
    pub count: u32,
}

/// Input of `releaseCodes`.
#[derive(InputObject)]
pub struct ReleaseCodesInput {
    /// Pseudonym of the receiver whose desk it is; one's own unless told. Only the head of the one-stop unit names another.
    pub desk: Option<String>,
    /// The day the codes are of; today unless told.
    pub on: Option<Day>,
    #[graphql(flatten)]
    pub around: Around,
}

/// Input of `receiveComponent`.
#[derive(InputObject)]
pub struct ReceiveComponentInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Which paper: its place in the procedure's list, from 1.
    pub item: u32,
    /// In what form it came.
    pub form: ComponentForm,
    /// Where its digital form comes from.
    pub digitisation: Digitisation,
    /// Size of its file, in bytes.
    pub size_bytes: Option<Long>,
    /// SHA-256 of its file. Kept in the vault with a salt; the journal holds the salted commitment only.
    pub file_sha256: Option<Digest>,
    /// The ticket that `POST /files` gave for the file itself; its size and hash are then those that were measured.
    pub file: Option<String>,
    /// The digital signature of whoever digitised it; with `HERE`.
    pub signature: Option<SignatureInput>,
    /// What it is reused from; with `FROM_DOSSIER` or `FROM_RESULT`.
    pub reused_from: Option<ReusedFromInput>,
}

/// A paper or a result of an earlier dossier.
#[derive(InputObject)]
pub struct ReusedFromInput {
    /// Its global id or its code; left out for a result of the repository that is older than the system.
    pub dossier: Option<ID>,
    /// Place of the paper in its procedure's list, from 1; with `FROM_DOSSIER`.
    pub item: Option<u32>,
    /// Number of the result; with `FROM_RESULT`.
    pub result_number: Option<String>,
    /// `archivedId` of a result of the repository; with `FROM_RESULT`, and nothing else.
    pub archived: Option<ID>,
}
