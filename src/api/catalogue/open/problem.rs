//! Why the open catalogue does not answer, each with a code that never changes.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// What stands in place of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CatalogueProblem {
    /// Nothing is served at this address.
    PathUnknown,
    ProcedureCodeMalformed,
    /// No procedure of this code is in force today.
    UnknownProcedure,
    MethodNotAllowed,
}

impl CatalogueProblem {
    /// One of each, for the table of codes.
    pub const ALL: [Self; 4] = [
        Self::PathUnknown,
        Self::ProcedureCodeMalformed,
        Self::UnknownProcedure,
        Self::MethodNotAllowed,
    ];

    /// A stable code for machines.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::PathUnknown => "CATALOGUE_PATH_UNKNOWN",
            Self::ProcedureCodeMalformed => "PROCEDURE_CODE_MALFORMED",
            Self::UnknownProcedure => "UNKNOWN_PROCEDURE",
            Self::MethodNotAllowed => "METHOD_NOT_ALLOWED",
        }
    }

    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::PathUnknown | Self::ProcedureCodeMalformed | Self::UnknownProcedure => {
                StatusCode::NOT_FOUND
            }
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    /// What happened and what to do: (Vietnamese, English).
    #[must_use]
    pub fn message(self) -> (&'static str, &'static str) {
        match self {
            Self::PathUnknown => (
                "Không có gì ở địa chỉ này. Danh mục ở /catalogue.json, từng thủ tục ở /catalogue/MÃ.json.",
                "There is nothing at this address. The list is /catalogue.json, one procedure /catalogue/CODE.json.",
            ),
            Self::ProcedureCodeMalformed => (
                "Đây không phải mã thủ tục. Mã có dạng 1.001193.",
                "This is not the code of a procedure. Codes look like 1.001193.",
            ),
            Self::UnknownProcedure => (
                "Không có thủ tục mang mã này đang có hiệu lực.",
                "No procedure of this code is in force.",
            ),
            Self::MethodNotAllowed => ("Chỉ nhận GET và HEAD.", "Use GET or HEAD."),
        }
    }
}

impl IntoResponse for CatalogueProblem {
    fn into_response(self) -> Response {
        let (vietnamese, english) = self.message();
        let body = json!({"code": self.code(), "messageVi": vietnamese, "messageEn": english});
        let mut response = (self.status(), body.to_string()).into_response();
        let headers = response.headers_mut();
        let always = [
            (header::CONTENT_TYPE, "application/problem+json"),
            (header::CACHE_CONTROL, "no-store"),
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        ];
        for (name, value) in always {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if self == Self::MethodNotAllowed {
            headers.insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        }
        response
    }
}
