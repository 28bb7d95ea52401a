//! Why a file is not taken or given, in both languages.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::api::error::Problem;
use crate::vault::VaultError;

/// Why no file is taken or given. Wrong dossier, wrong key and no right to it are one answer.
#[derive(Debug)]
pub enum FileProblem {
    Unknown,
    Erased,
    Damaged,
    Address,
    MediaType,
    TooLarge,
    Empty,
    CutOff,
    Full,
    Unauthenticated,
    Forbidden,
    RateLimited(HeaderValue),
    ReadOnlyNode,
    Problem(Problem),
}

impl From<Problem> for FileProblem {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Withheld => Self::ReadOnlyNode,
            problem => Self::Problem(problem),
        }
    }
}

impl From<VaultError> for FileProblem {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::FolderFull { .. } => Self::Full,
            error => Self::Problem(error.into()),
        }
    }
}

impl FileProblem {
    fn told(&self) -> (StatusCode, &'static str, &'static str, &'static str) {
        match self {
            Self::Unknown => (
                StatusCode::NOT_FOUND,
                "FILE_UNKNOWN",
                "Không có tệp này, hoặc mã trên giấy tiếp nhận không đúng.",
                "There is no such file, or the receipt's code is not right.",
            ),
            Self::Erased => (
                StatusCode::GONE,
                "FILE_ERASED",
                "Tệp này đã được xóa theo quy định.",
                "This file has been erased, as the law asks.",
            ),
            Self::Damaged => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "FILE_DAMAGED",
                "Tệp không còn nguyên vẹn trong kho. Báo cho quản trị viên: cần khôi phục từ bản sao lưu.",
                "The file is not whole in the store. Tell the operator: it must come back from a backup.",
            ),
            Self::Address => (
                StatusCode::BAD_REQUEST,
                "BAD_REQUEST",
                "Địa chỉ cần `commandId` (UUID của lệnh sẽ dùng tệp) và `name` (tên tệp, tối đa 200 ký tự).",
                "The address wants `commandId` (UUID of the command that will use the file) and `name` (its name, at most 200 characters).",
            ),
            Self::MediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "FILE_TYPE",
                "Chỉ nhận tệp PDF, PNG, JPEG hoặc XML, đúng với Content-Type.",
                "Taken are PDF, PNG, JPEG and XML files that are what Content-Type says.",
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "FILE_TOO_LARGE",
                "Tệp lớn hơn 20 MB. Hãy nén hoặc chia nhỏ.",
                "The file is larger than 20 MB. Compress or divide it.",
            ),
            Self::Empty => (
                StatusCode::BAD_REQUEST,
                "FILE_EMPTY",
                "Tệp rỗng. Kiểm tra lại tệp rồi gửi lại.",
                "The file is empty. Look at it and send it again.",
            ),
            Self::CutOff => (
                StatusCode::REQUEST_TIMEOUT,
                "FILE_CUT_OFF",
                "Tệp chưa tới đủ trong năm phút. Gửi lại, hoặc gửi tệp nhỏ hơn.",
                "The file did not come whole within five minutes. Send it again, or a smaller one.",
            ),
            Self::Full => (
                StatusCode::INSUFFICIENT_STORAGE,
                "FILES_FULL",
                "Kho tệp sắp đầy, tạm chưa nhận thêm. Báo cho quản trị viên; hồ sơ giấy vẫn nộp được tại quầy.",
                "The store of files is almost full and takes no more. Tell the operator; papers are still taken at the counter.",
            ),
            Self::Forbidden => (
                StatusCode::FORBIDDEN,
                "FORBIDDEN",
                "Chỉ cán bộ và người nộp hồ sơ gửi tệp; khóa dịch vụ cần phạm vi của một lệnh nhận tệp.",
                "Officers and applicants bring files; a service key needs the scope of a command that takes one.",
            ),
            Self::Unauthenticated => (
                StatusCode::UNAUTHORIZED,
                "UNAUTHENTICATED",
                "Hãy đăng nhập.",
                "Sign in.",
            ),
            Self::RateLimited(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                "RATE_LIMITED",
                "Gửi quá nhiều. Thử lại sau ít giây.",
                "Too much was sent. Try again in some seconds.",
            ),
            Self::ReadOnlyNode => (
                StatusCode::CONFLICT,
                "WITHHELD",
                "Máy chủ này không giữ tệp và dữ liệu cá nhân. Hãy hỏi máy chủ của cơ quan.",
                "This node holds no files and no personal data. Ask the office's own.",
            ),
            Self::Problem(Problem::Unavailable(_)) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "UNAVAILABLE",
                "Kho dữ liệu chưa trả lời. Hãy thử lại sau.",
                "A store does not answer. Try again later.",
            ),
            Self::Problem(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "INTERNAL_SERVER_ERROR",
                "Lỗi hệ thống. Báo cho quản trị viên.",
                "Internal fault. Tell the operator.",
            ),
        }
    }
}

impl IntoResponse for FileProblem {
    fn into_response(self) -> Response {
        let (status, code, vietnamese, english) = self.told();
        if status.is_server_error() {
            tracing::error!(problem = ?self, "a file cannot be taken or given");
        }
        let body = json!({"code": code, "messageVi": vietnamese, "messageEn": english});
        let mut response = written(status, "application/problem+json", &body);
        if let Self::RateLimited(after) = self {
            response.headers_mut().insert(header::RETRY_AFTER, after);
        }
        response
    }
}

pub fn written(status: StatusCode, media_type: &'static str, body: &serde_json::Value) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, body.to_string()).into_response()
}
