//! Why a document system's notification was not taken, each with a code that never changes.

use axum::http::StatusCode;

use crate::ports::documents::Unread;

/// What stands in place of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentProblem {
    SystemUnknown,
    SignatureWrong,
    Stale,
    Malformed,
    TooLarge,
    ReferenceUnknown,
    RateLimited,
    MethodNotAllowed,
}

impl DocumentProblem {
    /// One of each, for the table of codes.
    pub const ALL: [Self; 8] = [
        Self::SystemUnknown,
        Self::SignatureWrong,
        Self::Stale,
        Self::Malformed,
        Self::TooLarge,
        Self::ReferenceUnknown,
        Self::RateLimited,
        Self::MethodNotAllowed,
    ];

    /// A stable code for machines.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::SystemUnknown => "DOCUMENT_SYSTEM_UNKNOWN",
            Self::SignatureWrong => "DOCUMENT_SIGNATURE_WRONG",
            Self::Stale => "DOCUMENT_NOTICE_STALE",
            Self::Malformed => "DOCUMENT_NOTICE_MALFORMED",
            Self::TooLarge => "PAYLOAD_TOO_LARGE",
            Self::ReferenceUnknown => "DOCUMENT_REFERENCE_UNKNOWN",
            Self::RateLimited => "RATE_LIMITED",
            Self::MethodNotAllowed => "METHOD_NOT_ALLOWED",
        }
    }

    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::SystemUnknown => StatusCode::NOT_FOUND,
            Self::SignatureWrong | Self::Stale => StatusCode::UNAUTHORIZED,
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::ReferenceUnknown => StatusCode::UNPROCESSABLE_ENTITY,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    /// What happened and what to do: (Vietnamese, English).
    #[must_use]
    pub fn message(self) -> (&'static str, &'static str) {
        match self {
            Self::SystemUnknown => (
                "Không có hệ thống quản lý văn bản mang tên này.",
                "There is no document system of this name.",
            ),
            Self::SignatureWrong => (
                "Thiếu chữ ký hoặc chữ ký không đúng. Chưa ghi gì.",
                "The signature is missing or not right. Nothing was recorded.",
            ),
            Self::Stale => (
                "Thông báo quá năm phút hoặc đồng hồ hai bên lệch nhau. Ký lại rồi gửi lại.",
                "The notification is older than five minutes, or the clocks differ. Sign it anew and send it again.",
            ),
            Self::Malformed => (
                "Không hiểu được thông báo, hoặc số văn bản không đúng mẫu. Chưa ghi gì.",
                "The notification cannot be understood, or the number is none. Nothing was recorded.",
            ),
            Self::TooLarge => (
                "Thông báo lớn hơn 64 kB.",
                "The notification is larger than 64 kB.",
            ),
            Self::ReferenceUnknown => (
                "Không có văn bản nào đã ký mang mã tham chiếu này.",
                "No signed document has this reference.",
            ),
            Self::RateLimited => (
                "Quá nhiều yêu cầu. Gửi lại sau.",
                "Too many requests. Send it again later.",
            ),
            Self::MethodNotAllowed => ("Chỉ nhận POST.", "Use POST."),
        }
    }
}

impl From<Unread> for DocumentProblem {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Unsigned => Self::SignatureWrong,
            Unread::Stale => Self::Stale,
            Unread::Malformed => Self::Malformed,
        }
    }
}
