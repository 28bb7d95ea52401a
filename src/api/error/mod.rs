//! What goes wrong, for machines: codes of failed requests, and typed user errors for what was refused.
//!
//! [`Problem`] is deliberately not `Display`: no database text can become a message to a client.

mod code;

pub use self::code::ErrorCode;

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Enum, ErrorExtensions as _, SimpleObject};

use crate::acts::Refusal;
use crate::domain::code::CodeError;
use crate::domain::dossier::{LinkedRefusal, Rejection, VoiceRefusal};
use crate::domain::register::BlockError;
use crate::domain::reorganisation::ReorganisationError;
use crate::domain::text::TextError;
use crate::journal::JournalError;
use crate::projections::ProjectionError;
use crate::vault::VaultError;

/// `extensions.code` of an error in the response's `errors`: the request failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum FailureCode {
    /// The HTTP request is not a GraphQL request: no JSON object, no `query`, or a batch.
    BadRequest,
    /// Mutations go by POST; other methods than GET and POST are not served.
    MethodNotAllowed,
    /// No media type of `Accept` is offered: `application/graphql-response+json` or `application/json`.
    NotAcceptable,
    /// The body must be `application/json` in UTF-8.
    UnsupportedMediaType,
    /// The body is larger than 256 kB.
    PayloadTooLarge,
    /// The document is not GraphQL.
    GraphqlParseFailed,
    /// The document does not fit the schema, or is deeper, wider or costlier than the limits.
    GraphqlValidationFailed,
    /// There is no document of this `documentId`; `/graphql/documents.json` lists those there are.
    PersistedQueryNotFound,
    /// This node answers its own documents only, named by `documentId`, and no query text.
    UntrustedDocument,
    /// An argument has a value that cannot be: a malformed code, a foreign cursor, a page too large.
    BadUserInput,
    /// No token, or one that is expired, damaged or from elsewhere. Sign in again.
    Unauthenticated,
    /// `Motcua-Actor` names somebody else than who is signed in: somebody took the place. Nothing was done.
    AnotherActor,
    /// Signed in, but not allowed to see this; or a service key without the scope that the message names.
    Forbidden,
    /// Personal data, which this node does not hold: it shows a copy of the journal. Ask the office's own node.
    Withheld,
    /// Findings, on a simulation that bears a real office's name: it must accuse nobody.
    NoFindingsHere,
    /// Counts of a sensitive procedure so small that they describe people. Ask for a longer period, or for all procedures.
    TooFewToTell,
    /// More dossiers than names are looked for in (20,000). Narrow the filter: a shorter period, a procedure, a state.
    SearchTooWide,
    /// Too much was asked for in a short time (`extensions.reason` `COST`, status 429), or too many dossiers by their codes alone
    /// (`LOOK_UPS`). `extensions.retryAfter` and the header `Retry-After` say after how many seconds to ask again.
    RateLimited,
    /// `minPosition` is not reached yet. Ask again.
    NotYet,
    /// It took longer than ten seconds. A command may be sent again with the same `commandId`.
    Timeout,
    /// The stored bytes of a fact are not those that were sealed: somebody changed them. Tell an auditor.
    EntryAltered,
    /// The journal or the vault does not answer. Send the same again later.
    Unavailable,
    /// A fault of the program. The message says nothing; give `extensions.requestId` to the operator.
    InternalServerError,
}

impl FailureCode {
    /// The code of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let all = <Self as async_graphql::resolver_utils::EnumType>::items();
        all.iter()
            .map(|item| item.value)
            .find(|code| code.name() == name)
    }

    /// As it stands in `extensions.code`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::BadRequest => "BAD_REQUEST",
            Self::MethodNotAllowed => "METHOD_NOT_ALLOWED",
            Self::NotAcceptable => "NOT_ACCEPTABLE",
            Self::UnsupportedMediaType => "UNSUPPORTED_MEDIA_TYPE",
            Self::PayloadTooLarge => "PAYLOAD_TOO_LARGE",
            Self::GraphqlParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::GraphqlValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::UntrustedDocument => "UNTRUSTED_DOCUMENT",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::AnotherActor => "ANOTHER_ACTOR",
            Self::Forbidden => "FORBIDDEN",
            Self::Withheld => "WITHHELD",
            Self::NoFindingsHere => "NO_FINDINGS_HERE",
            Self::TooFewToTell => "TOO_FEW_TO_TELL",
            Self::SearchTooWide => "SEARCH_TOO_WIDE",
            Self::RateLimited => "RATE_LIMITED",
            Self::NotYet => "NOT_YET",
            Self::Timeout => "TIMEOUT",
            Self::EntryAltered => "ENTRY_ALTERED",
            Self::Unavailable => "UNAVAILABLE",
            Self::InternalServerError => "INTERNAL_SERVER_ERROR",
        }
    }
}

const MALFORMED_VI: &str = "Mã không đúng mẫu. Kiểm tra lại mã.";

/// Why a field could not be answered.
#[derive(Debug, Clone)]
pub enum Problem {
    BadInput(String),
    /// A text that is not the code it should be.
    Malformed(CodeError),
    Unauthenticated,
    Forbidden,
    /// Only the vault knows, and this node has none.
    Withheld,
    /// A simulation of a real office shows no findings.
    NoFindingsHere,
    /// Small numbers of a sensitive procedure.
    TooFewToTell,
    /// More dossiers than names are looked for in: so many at most.
    SearchTooWide(usize),
    /// Too many look-ups by code: ask again after this.
    RateLimited(Duration),
    /// The position waited for, and how far the read models are.
    NotYet {
        wanted: u64,
        size: u64,
    },
    /// The fact at this position is not the one that was sealed.
    EntryAltered {
        position: u64,
    },
    Unavailable(Arc<anyhow::Error>),
    /// Logged, never shown.
    Internal(Arc<anyhow::Error>),
}

pub type Result<T, E = Problem> = std::result::Result<T, E>;

/// A nullable field that may fail: it then is null, and the error stands in `errors`.
///
/// `Result` as a field's outermost type would leave the field out of the response altogether.
pub type Answered<T> = Option<Result<T>>;

impl Problem {
    pub fn internal(error: impl Into<anyhow::Error>) -> Self {
        Self::Internal(Arc::new(error.into()))
    }

    pub fn bad_input(message: impl Into<String>) -> Self {
        Self::BadInput(message.into())
    }
}

impl From<CodeError> for Problem {
    fn from(error: CodeError) -> Self {
        Self::Malformed(error)
    }
}

impl From<ProjectionError> for Problem {
    fn from(error: ProjectionError) -> Self {
        Self::internal(error)
    }
}

impl From<JournalError> for Problem {
    fn from(error: JournalError) -> Self {
        if error.is_retryable() {
            Self::Unavailable(Arc::new(error.into()))
        } else {
            Self::internal(error)
        }
    }
}

impl From<VaultError> for Problem {
    fn from(error: VaultError) -> Self {
        if error.is_retryable() {
            Self::Unavailable(Arc::new(error.into()))
        } else {
            Self::internal(error)
        }
    }
}

impl From<Problem> for async_graphql::Error {
    fn from(problem: Problem) -> Self {
        let retry_after = if let Problem::RateLimited(after) = &problem {
            Some(after.as_secs())
        } else {
            None
        };
        let reason = match &problem {
            Problem::Malformed(error) => Some((error.code(), MALFORMED_VI)),
            Problem::BadInput(_)
            | Problem::Unauthenticated
            | Problem::Forbidden
            | Problem::Withheld
            | Problem::NoFindingsHere
            | Problem::TooFewToTell
            | Problem::SearchTooWide(_)
            | Problem::RateLimited(_)
            | Problem::NotYet { .. }
            | Problem::EntryAltered { .. }
            | Problem::Unavailable(_)
            | Problem::Internal(_) => None,
        };
        let (code, message) = match problem {
            Problem::Malformed(error) => (FailureCode::BadUserInput, error.to_string()),
            Problem::BadInput(message) => (FailureCode::BadUserInput, message),
            Problem::Unauthenticated => (FailureCode::Unauthenticated, "sign in first".into()),
            Problem::Forbidden => (FailureCode::Forbidden, "not allowed to see this".into()),
            Problem::Withheld => (
                FailureCode::Withheld,
                "this node holds no personal data; ask the office's own node".into(),
            ),
            Problem::NoFindingsHere => (
                FailureCode::NoFindingsHere,
                "a simulation that bears a real office's name shows no findings".into(),
            ),
            Problem::TooFewToTell => (
                FailureCode::TooFewToTell,
                "so few dossiers of a sensitive procedure are not told; ask for a longer period or for all procedures".into(),
            ),
            Problem::SearchTooWide(max) => (
                FailureCode::SearchTooWide,
                format!("names are looked for in at most {max} dossiers; narrow the filter: a shorter period, a procedure, a state"),
            ),
            Problem::RateLimited(after) => (
                FailureCode::RateLimited,
                format!(
                    "too many dossiers were looked up by their codes alone; ask again in {} s, or with the key on the receipt",
                    after.as_secs()
                ),
            ),
            Problem::NotYet { wanted, size } => (
                FailureCode::NotYet,
                format!("position {wanted} is not readable here yet (size {size}); ask again"),
            ),
            Problem::EntryAltered { position } => (
                FailureCode::EntryAltered,
                format!("the fact at position {position} is not the one that was sealed"),
            ),
            Problem::Unavailable(error) => {
                tracing::warn!(error = format!("{error:#}"), "a store does not answer");
                (
                    FailureCode::Unavailable,
                    "not available now; send the same again later".into(),
                )
            }
            Problem::Internal(error) => {
                tracing::error!(error = format!("{error:#}"), "a field failed");
                (FailureCode::InternalServerError, "internal error".into())
            }
        };
        Self::new(message).extend_with(|_, extensions| {
            extensions.set("code", code.name());
            if let Some(seconds) = retry_after {
                extensions.set("retryAfter", seconds);
                extensions.set("reason", "LOOK_UPS");
            }
            if let Some((reason, vietnamese)) = reason {
                extensions.set("reason", reason);
                extensions.set("messageVi", vietnamese);
            }
        })
    }
}

/// Why a command was refused: expected in an office's daily work, so it is data and not a failed request.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct UserError {
    /// Where in the arguments, from `input` on; empty when it is about the command as a whole.
    pub field: Vec<String>,
    /// Stable over releases.
    pub code: ErrorCode,
    /// What happened and what to do next, in Vietnamese.
    pub message_vi: String,
    /// The same in English.
    pub message_en: String,
    /// The dossier's version now, with `CONFLICT`.
    pub current_version: Option<u32>,
}

impl UserError {
    #[must_use]
    pub fn new(path: &str, code: ErrorCode, message: (String, String)) -> Self {
        Self {
            field: path.split('.').map(str::to_owned).collect(),
            code,
            message_vi: message.0,
            message_en: message.1,
            current_version: None,
        }
    }

    /// Whether the same is to be sent again: nothing was wrong with it.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(
            self.code,
            ErrorCode::Overloaded | ErrorCode::Unavailable | ErrorCode::Stopping
        )
    }

    #[must_use]
    pub fn rejected(rejection: &Rejection) -> Self {
        let path = match rejection {
            Rejection::UnknownDossier => "input.dossier",
            Rejection::Conflict { .. } => "input.expectedVersion",
            Rejection::IdempotencyConflict => "input.commandId",
            Rejection::FutureClaim { .. } => "input.occurredAt",
            Rejection::ReasonRequired => "input.reason",
            Rejection::BasisRequired => "input.basis",
            Rejection::ItemsRequired => "input.items",
            Rejection::ApproverRequired => "input.approvedBy",
            Rejection::AmountMismatch => "input.amountVnd",
            Rejection::ComponentUnknown => "input.item",
            Rejection::RatingOutOfScale => "input.score",
            Rejection::LinkInvalid => "input.other",
            Rejection::PaperUnknown => "input.form",
            Rejection::UnknownOffice(_) | Rejection::NotOwnOffice { .. } => "input.office",
            Rejection::AlreadyThere { .. } | Rejection::NotASuccessor(_) => "input.to",
            Rejection::UnknownProcedure(_) => "input.procedure",
            Rejection::NewDateTooEarly => "input.newDueOn",
            Rejection::ResultNumberTaken => "input.number",
            Rejection::DetailsRequired => "input.applicant",
            Rejection::AlreadyExists
            | Rejection::WrongState { .. }
            | Rejection::AlreadyClosed { .. }
            | Rejection::WrongRole { .. }
            | Rejection::WrongOffice { .. }
            | Rejection::NotTheApplicant
            | Rejection::NoPolicy
            | Rejection::CalendarYearUnknown(_)
            | Rejection::SamePerson
            | Rejection::NotTheHolder
            | Rejection::NoHandOver
            | Rejection::NotAddressed
            | Rejection::OpinionNotOpen
            | Rejection::NotDueYet
            | Rejection::AlreadyRecorded
            | Rejection::SubjectErased
            | Rejection::ObligationNotOpen
            | Rejection::AlreadyRated
            | Rejection::FeedbackOpen
            | Rejection::FeedbackNotOpen
            | Rejection::SignerIsHandler
            | Rejection::ResultNotInForce
            | Rejection::DuplicateRecord
            | Rejection::InvalidRecord(_)
            | Rejection::Unfit(..)
            | Rejection::WrongJournal { .. }
            | Rejection::InvalidNotice(_) => "input",
            Rejection::ProcessTooLong { .. } => "input.process.steps",
            Rejection::Linked(refusal) => match refusal {
                LinkedRefusal::Legs => "input.legs",
                LinkedRefusal::NoResult | LinkedRefusal::NoCorrection => "input.place",
                LinkedRefusal::NotLinked | LinkedRefusal::Whole | LinkedRefusal::Leg(_) => {
                    "input.dossier"
                }
            },
            Rejection::Voice(refusal) => match refusal {
                VoiceRefusal::NotAsked | VoiceRefusal::NotAnswered => "input.number",
                VoiceRefusal::CampaignUnknown
                | VoiceRefusal::CampaignClosed
                | VoiceRefusal::OutOfScope
                | VoiceRefusal::SurveyAnswered => "input.campaign",
                VoiceRefusal::AnswersInvalid => "input.answers",
            },
            Rejection::Block(error) => match error {
                BlockError::Size(_) => "input.count",
                BlockError::OtherDay { .. } => "input.receivedAt",
                BlockError::NotReserved(_) | BlockError::OtherDesk(_) | BlockError::Spent(_) => {
                    "input.code"
                }
                BlockError::StillOpen(_) | BlockError::NoneOpen(_) => "input",
            },
            Rejection::Reorganisation(error) => match error {
                ReorganisationError::Decision(_) => "input.decision",
                ReorganisationError::LegalBasis => "input.legalBasis",
                ReorganisationError::Empty
                | ReorganisationError::ClosedTwice(_)
                | ReorganisationError::NotOpen(_) => "input.closes",
                ReorganisationError::TooLarge(_) => "input",
                ReorganisationError::NotClosed(_)
                | ReorganisationError::NoRest(_)
                | ReorganisationError::NoSuccessor(_)
                | ReorganisationError::Procedure(_)
                | ReorganisationError::Field(_) => "input.routes",
            },
            Rejection::SimulatedCode(_) => "input.procedure.code",
        };
        let mut error = Self::new(path, rejection.into(), rejection.message());
        if let Rejection::Conflict { current, .. } = rejection {
            error.current_version = Some(*current);
        }
        error
    }

    /// Of whatever the counter refused; `None` for a fault of the program.
    #[must_use]
    pub fn refused(refusal: &Refusal) -> Option<Self> {
        let code = match refusal {
            Refusal::Rejected(rejection) => return Some(Self::rejected(rejection)),
            Refusal::TooLarge(_) => ErrorCode::TooLarge,
            Refusal::Overloaded => ErrorCode::Overloaded,
            Refusal::Stopping => ErrorCode::Stopping,
            Refusal::Halted(_) => ErrorCode::NodeHalted,
            Refusal::Unavailable => ErrorCode::Unavailable,
            Refusal::ClocksApart(_) => ErrorCode::ClocksApart,
            Refusal::NotYetEnabled { .. } => ErrorCode::NotYetEnabled,
            Refusal::ReadOnlyNode => ErrorCode::ReadOnlyNode,
            Refusal::Fault => return None,
        };
        Some(Self::new("input", code, refusal.message()))
    }

    #[must_use]
    pub fn text(path: &str, error: &TextError) -> Self {
        let (code, vietnamese) = match error {
            TextError::ControlCharacter(_) => (
                ErrorCode::TextControlCharacter,
                "Văn bản chứa ký tự điều khiển. Hãy nhập lại.".into(),
            ),
            TextError::InvisibleCharacter(character) => (
                ErrorCode::TextInvisibleCharacter,
                format!(
                    "Văn bản chứa ký tự không nhìn thấy được (U+{character:04X}). Hãy gõ lại thay vì sao chép."
                ),
            ),
            TextError::TooLong { chars, chars_max } => (
                ErrorCode::TextTooLong,
                format!("Văn bản dài {chars} ký tự, tối đa {chars_max}."),
            ),
            TextError::Empty => (ErrorCode::TextEmpty, "Không được để trống.".into()),
        };
        Self::new(path, code, (vietnamese, error.to_string()))
    }

    #[must_use]
    pub fn malformed_code(path: &str, error: CodeError) -> Self {
        let code = match error {
            CodeError::TooLong => ErrorCode::CodeTooLong,
            CodeError::Dossier => ErrorCode::DossierCodeMalformed,
            CodeError::Procedure => ErrorCode::ProcedureCodeMalformed,
            CodeError::Office => ErrorCode::OfficeCodeMalformed,
            CodeError::Sequence => ErrorCode::DossierSequenceOutOfRange,
        };
        Self::new(path, code, (MALFORMED_VI.into(), error.to_string()))
    }

    #[must_use]
    pub fn malformed(path: &str, vietnamese: &str, english: &str) -> Self {
        let message = (vietnamese.into(), english.into());
        Self::new(path, ErrorCode::ValueMalformed, message)
    }
}
