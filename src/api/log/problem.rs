//! Why the log does not answer as asked, each with a code that never changes and a sentence for people.

use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::api::error::Problem;
use crate::integrity::IntegrityError;
use crate::projections::ProjectionError;

/// Seconds after which asking again is worth it.
const RETRY_AFTER: &str = "2";

/// What stands in place of an answer. Deliberately not `Display`, as everything that meets clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogProblem {
    /// Nothing is served at this address; paths of tiles have exactly one spelling.
    PathUnknown,
    /// It lies beyond the newest published checkpoint.
    NotPublished,
    /// No checkpoint is published yet.
    NothingPublished,
    /// The journal is not so long.
    PositionUnknown,
    /// Recorded, and not yet covered by a published checkpoint.
    Pending,
    BadRequest,
    MethodNotAllowed,
    /// Entries are for auditors.
    Unauthenticated,
    Forbidden,
    DossierCodeMalformed,
    UnknownDossier,
    /// The dossier has no fact of the wanted kind yet.
    NoSuchFact,
    /// The log was set back or forked, and nothing is published any more. The code says which.
    Halted(&'static str),
    /// The stored bytes are not those that were sealed.
    EntryAltered {
        position: u64,
    },
    /// This node keeps no tree.
    NotKept,
    Unavailable,
    /// Logged, never shown.
    Internal,
}

impl LogProblem {
    /// One of each, for the table of codes.
    pub const ALL: [Self; 17] = [
        Self::PathUnknown,
        Self::NotPublished,
        Self::NothingPublished,
        Self::PositionUnknown,
        Self::Pending,
        Self::BadRequest,
        Self::MethodNotAllowed,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::DossierCodeMalformed,
        Self::UnknownDossier,
        Self::NoSuchFact,
        Self::Halted("LOG_ROLLED_BACK"),
        Self::Halted("LOG_FORKED"),
        Self::EntryAltered { position: 0 },
        Self::NotKept,
        Self::Unavailable,
    ];

    /// A stable code for machines.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::PathUnknown => "LOG_PATH_UNKNOWN",
            Self::NotPublished => "LOG_NOT_PUBLISHED",
            Self::NothingPublished => "LOG_NOTHING_PUBLISHED",
            Self::PositionUnknown => "LOG_POSITION_UNKNOWN",
            Self::Pending => "RECEIPT_PENDING",
            Self::BadRequest => "BAD_REQUEST",
            Self::MethodNotAllowed => "METHOD_NOT_ALLOWED",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::DossierCodeMalformed => "DOSSIER_CODE_MALFORMED",
            Self::UnknownDossier => "UNKNOWN_DOSSIER",
            Self::NoSuchFact => "RECEIPT_NO_SUCH_FACT",
            Self::Halted(code) => code,
            Self::EntryAltered { .. } => "ENTRY_ALTERED",
            Self::NotKept => "LOG_NOT_KEPT",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL_SERVER_ERROR",
        }
    }

    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::Pending => StatusCode::ACCEPTED,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::PathUnknown
            | Self::NotPublished
            | Self::PositionUnknown
            | Self::DossierCodeMalformed
            | Self::UnknownDossier
            | Self::NoSuchFact => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::EntryAltered { .. } | Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NothingPublished | Self::Halted(_) | Self::NotKept | Self::Unavailable => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }

    /// What happened and what to do: (Vietnamese, English).
    #[must_use]
    pub fn message(self) -> (String, String) {
        let (vietnamese, english) = match self {
            Self::EntryAltered { position } => {
                return (
                    format!(
                        "Ghi nhận ở vị trí {position} không còn đúng như lúc niêm phong. Báo cho kiểm tra viên."
                    ),
                    format!(
                        "The record at position {position} is not the one that was sealed. Tell an auditor."
                    ),
                );
            }
            Self::PathUnknown => (
                "Không có gì ở địa chỉ này; mỗi mảnh của cây chỉ có đúng một cách viết.",
                "There is nothing at this address; each tile has exactly one spelling.",
            ),
            Self::NotPublished => (
                "Nằm ngoài điểm niêm phong mới nhất đã công bố.",
                "This lies beyond the newest published checkpoint.",
            ),
            Self::NothingPublished => (
                "Chưa công bố điểm niêm phong nào. Hỏi lại sau vài giây.",
                "No checkpoint is published yet. Ask again in a few seconds.",
            ),
            Self::PositionUnknown => (
                "Sổ chưa có ghi nhận ở vị trí này.",
                "The journal has no record at this position.",
            ),
            Self::Pending => (
                "Đã ghi, đang chờ niêm phong. Hỏi lại sau vài giây.",
                "Recorded, waiting to be sealed. Ask again in a few seconds.",
            ),
            Self::BadRequest => (
                "Tham số không đúng: cần các số nguyên, from không lớn hơn to; of là acceptance hoặc result.",
                "The parameters are wrong: plain numbers with from not above to; of is acceptance or result.",
            ),
            Self::MethodNotAllowed => ("Chỉ nhận GET và HEAD.", "Use GET or HEAD."),
            Self::Unauthenticated => (
                "Toàn bộ ghi nhận chỉ dành cho kiểm tra viên. Gửi kèm Authorization: Bearer.",
                "Whole entries are for auditors. Send Authorization: Bearer with their token.",
            ),
            Self::Forbidden => (
                "Toàn bộ ghi nhận chỉ dành cho kiểm tra viên của mọi cơ quan và quản trị viên.",
                "Whole entries are for auditors of all offices and administrators.",
            ),
            Self::DossierCodeMalformed => (
                "Đây không phải mã hồ sơ. Kiểm tra lại mã.",
                "This is not the code of a dossier. Check the code.",
            ),
            Self::UnknownDossier => (
                "Không có hồ sơ mang mã này.",
                "There is no dossier of this code.",
            ),
            Self::NoSuchFact => (
                "Hồ sơ chưa có ghi nhận loại này.",
                "The dossier has no record of this kind yet.",
            ),
            Self::Halted(_) => (
                "Sổ đã bị lùi lại hoặc rẽ nhánh: máy chủ này không nhận thao tác và không niêm phong nữa.",
                "The log was set back or forked: this node takes no commands and seals nothing.",
            ),
            Self::NotKept => (
                "Máy chủ này không giữ cây băm.",
                "This node keeps no tree of hashes.",
            ),
            Self::Unavailable => (
                "Kho dữ liệu chưa trả lời. Hỏi lại sau.",
                "A store does not answer. Ask again later.",
            ),
            Self::Internal => (
                "Lỗi hệ thống. Báo cho quản trị viên.",
                "Internal fault. Tell the operator.",
            ),
        };
        (vietnamese.to_owned(), english.to_owned())
    }

    fn header(self) -> Option<(HeaderName, &'static str)> {
        match self {
            Self::Pending | Self::NothingPublished | Self::Unavailable => {
                Some((header::RETRY_AFTER, RETRY_AFTER))
            }
            Self::MethodNotAllowed => Some((header::ALLOW, "GET, HEAD")),
            Self::Unauthenticated => Some((header::WWW_AUTHENTICATE, "Bearer")),
            Self::PathUnknown
            | Self::NotPublished
            | Self::PositionUnknown
            | Self::BadRequest
            | Self::Forbidden
            | Self::DossierCodeMalformed
            | Self::UnknownDossier
            | Self::NoSuchFact
            | Self::Halted(_)
            | Self::EntryAltered { .. }
            | Self::NotKept
            | Self::Internal => None,
        }
    }
}

impl IntoResponse for LogProblem {
    fn into_response(self) -> Response {
        let (vietnamese, english) = self.message();
        let body = json!({"code": self.code(), "messageVi": vietnamese, "messageEn": english});
        let kind = if self.status().is_success() {
            "application/json"
        } else {
            "application/problem+json"
        };
        let mut response = (self.status(), body.to_string()).into_response();
        let headers = response.headers_mut();
        let always = [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "no-store"),
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        ];
        for (name, value) in always.into_iter().chain(self.header()) {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

impl From<IntegrityError> for LogProblem {
    fn from(error: IntegrityError) -> Self {
        match &error {
            IntegrityError::EntryAltered { position } => Self::EntryAltered {
                position: *position,
            },
            IntegrityError::Halted(halted) => Self::Halted(halted.code),
            error if error.is_passing() => {
                tracing::warn!(%error, code = error.code(), "the log cannot be read now");
                Self::Unavailable
            }
            error => {
                tracing::error!(%error, code = error.code(), "the log cannot be read");
                Self::Internal
            }
        }
    }
}

impl From<IntegrityError> for Problem {
    fn from(error: IntegrityError) -> Self {
        match error {
            IntegrityError::EntryAltered { position } => Self::EntryAltered { position },
            error if error.is_passing() => Self::Unavailable(Arc::new(error.into())),
            error => Self::internal(error),
        }
    }
}

impl From<ProjectionError> for LogProblem {
    fn from(error: ProjectionError) -> Self {
        tracing::error!(%error, "a dossier could not be read");
        Self::Unavailable
    }
}
