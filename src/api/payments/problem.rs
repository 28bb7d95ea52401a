//! Why a gateway's notification was not taken, each with a code that never changes.

use axum::http::StatusCode;

use crate::ports::payment::Unread;

/// What stands in place of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentProblem {
    GatewayUnknown,
    SignatureWrong,
    Stale,
    Malformed,
    TooLarge,
    ReferenceUnknown,
    RateLimited,
    MethodNotAllowed,
}

impl PaymentProblem {
    /// One of each, for the table of codes.
    pub const ALL: [Self; 8] = [
        Self::GatewayUnknown,
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
            Self::GatewayUnknown => "PAYMENT_GATEWAY_UNKNOWN",
            Self::SignatureWrong => "PAYMENT_SIGNATURE_WRONG",
            Self::Stale => "PAYMENT_NOTICE_STALE",
            Self::Malformed => "PAYMENT_NOTICE_MALFORMED",
            Self::TooLarge => "PAYLOAD_TOO_LARGE",
            Self::ReferenceUnknown => "PAYMENT_REFERENCE_UNKNOWN",
            Self::RateLimited => "RATE_LIMITED",
            Self::MethodNotAllowed => "METHOD_NOT_ALLOWED",
        }
    }

    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::GatewayUnknown => StatusCode::NOT_FOUND,
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
            Self::GatewayUnknown => (
                "Không có cổng thanh toán mang tên này.",
                "There is no payment gateway of this name.",
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
                "Không hiểu được thông báo. Chưa ghi gì.",
                "The notification cannot be understood. Nothing was recorded.",
            ),
            Self::TooLarge => (
                "Thông báo lớn hơn 64 kB.",
                "The notification is larger than 64 kB.",
            ),
            Self::ReferenceUnknown => (
                "Nội dung không có mã thanh toán nào của nơi này. Tiền đã về mà chưa biết của ai: báo cho thủ quỹ.",
                "The text holds no payment reference of this office. Money came and nobody knows for what: tell the cashier.",
            ),
            Self::RateLimited => (
                "Quá nhiều yêu cầu. Gửi lại sau.",
                "Too many requests. Send it again later.",
            ),
            Self::MethodNotAllowed => ("Chỉ nhận POST và GET.", "Use POST or GET."),
        }
    }
}

impl From<Unread> for PaymentProblem {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Unsigned => Self::SignatureWrong,
            Unread::Stale => Self::Stale,
            Unread::Malformed => Self::Malformed,
        }
    }
}
