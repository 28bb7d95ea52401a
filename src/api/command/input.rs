//! Inputs of the mutations: one type each, so that each can grow alone.

use async_graphql::{ID, InputObject};
use uuid::Uuid;

use crate::api::scalar::{Day, Digest};
use crate::api::words::{Channel, DeliveryMethod, ReasonCode, RedirectKind};
use crate::domain::time::Moment;

/// The circumstances of a command.
#[derive(InputObject)]
pub struct Around {
    /// Chosen by the client, new for every act: the same id with the same content is answered once and for all.
    pub command_id: Uuid,
    /// Refuse with `CONFLICT` when the dossier has another version by now.
    pub expected_version: Option<u32>,
    /// When it happened, if not now: a claim, recorded beside the time of recording. Never in the future.
    pub occurred_at: Option<Moment>,
    /// The hour on the slip, at acceptance: the clock starts then. A slip of an earlier day needs a reason.
    pub received_at: Option<Moment>,
    /// Why; some commands need it.
    pub reason: Option<ReasonCode>,
    /// Code of the legal basis of an exception: `61/2018/ND-CP:19.4`. Not a text.
    pub basis: Option<String>,
    /// What you want to say about it, at most 2,000 characters. Kept in the vault, never in the journal.
    pub note: Option<String>,
    /// Pseudonym of the person it is done for, when an officer acts for an applicant.
    pub on_behalf_of: Option<String>,
}

/// A command on a dossier that exists.
#[derive(InputObject)]
pub struct OnDossier {
    /// Its global id or its code.
    pub dossier: ID,
    #[graphql(flatten)]
    pub around: Around,
}

/// A command that begins a dossier.
#[derive(InputObject)]
pub struct Filing {
    /// Code of the procedure.
    pub procedure: String,
    /// Code of the office.
    pub office: String,
    #[graphql(flatten)]
    pub around: Around,
}

/// Who applies. Kept in the vault; the journal holds salted commitments only.
#[derive(InputObject)]
pub struct ApplicantInput {
    /// Family name, middle names, given name; at most 100 characters.
    pub full_name: String,
    /// Identity number: 12 digits, old ones 9.
    pub citizen_number: Option<String>,
    /// Date of birth.
    pub birth_date: Option<Day>,
    /// Telephone number: 8 to 15 digits.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Postal address; at most 300 characters.
    pub address: Option<String>,
}

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
    /// Who applies.
    pub applicant: ApplicantInput,
}

/// Input of `requestSupplement`.
#[derive(InputObject)]
pub struct RequestSupplementInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Papers asked for, by their place in the procedure's list, from 1; all at once.
    #[graphql(validator(max_items = 100))]
    pub items: Vec<u32>,
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

/// Input of `forwardDossier`.
#[derive(InputObject)]
pub struct ForwardDossierInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Pseudonym of the handler, such as `handler-01`. Only its shape is checked: there is no staff register yet.
    pub to: String,
}

/// Input of `assignHandler`.
#[derive(InputObject)]
pub struct AssignHandlerInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Pseudonym of the handler, such as `handler-01`. Only its shape is checked: there is no staff register yet.
    pub to: String,
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
}

/// Input of `deliverResult`.
#[derive(InputObject)]
pub struct DeliverResultInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// How it is handed over.
    pub method: DeliveryMethod,
}

/// Input of `issueApology`.
#[derive(InputObject)]
pub struct IssueApologyInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// The new date promised; on a day off it becomes the next working day.
    pub new_due_on: Day,
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

/// Input of `submitSupplement`.
#[derive(InputObject)]
pub struct SubmitSupplementInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}

/// Input of `acceptSupplement`.
#[derive(InputObject)]
pub struct AcceptSupplementInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}

/// Input of `findSupplementDeficient`.
#[derive(InputObject)]
pub struct FindSupplementDeficientInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}

/// Input of `stopProcessing`.
#[derive(InputObject)]
pub struct StopProcessingInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}

/// Input of `draftResult`.
#[derive(InputObject)]
pub struct DraftResultInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}

/// Input of `returnStep`.
#[derive(InputObject)]
pub struct ReturnStepInput {
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
}

/// Input of `requestWithdrawal`.
#[derive(InputObject)]
pub struct RequestWithdrawalInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}

/// Input of `grantWithdrawal`.
#[derive(InputObject)]
pub struct GrantWithdrawalInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}

/// Input of `denyWithdrawal`.
#[derive(InputObject)]
pub struct DenyWithdrawalInput {
    #[graphql(flatten)]
    pub on: OnDossier,
}
