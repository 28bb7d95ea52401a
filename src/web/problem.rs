//! What went wrong and what to do now, with the right status.

use std::time::Duration;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::frame::Frame;
use super::lang::Pair;
use super::{respond, sign_in};
use crate::api::rates::Exceeded;
use crate::api::sign_in::oidc::Refused;
use crate::projections::ProjectionError;

/// Why a page cannot be shown.
#[derive(Debug)]
pub enum Problem {
    /// Not the shape of a dossier code.
    CodeMalformed(String),
    /// A code like any other, and nobody's.
    DossierUnknown(String),
    /// The dossier is another office's.
    DossierElsewhere(String),
    ProcedureUnknown,
    OfficeUnknown,
    PageUnknown,
    /// There is a page, and it is read, not sent to (or the other way round).
    MethodNotAllowed,
    /// The page is for officers.
    SignInNeeded,
    /// Signed in, but as nobody who has a worklist.
    NoWorklist,
    /// Signed in, but as nobody who supervises.
    NotForAuditors,
    /// No fact has this position.
    FactUnknown,
    /// A sign-in link that is none (any more), or not opened on the machine itself.
    LinkRefused,
    /// Too many dossiers were looked up by their codes alone; how long to wait.
    TooMany(Duration),
    /// The identity provider's answer signs nobody in.
    SignIn(Refused),
    /// Nothing can be read now.
    Unavailable(&'static str),
}

impl From<ProjectionError> for Problem {
    fn from(error: ProjectionError) -> Self {
        tracing::error!(%error, "a page could not be read");
        Self::Unavailable(error.code())
    }
}

impl From<Exceeded> for Problem {
    fn from(exceeded: Exceeded) -> Self {
        Self::TooMany(exceeded.retry_after)
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
pub struct ProblemPage {
    frame: Frame,
    headline: &'static str,
    advice: Vec<&'static str>,
    /// Whether a search form helps.
    searches: bool,
    /// What was typed, to be put right.
    typed: String,
    /// Where to sign in, when that helps.
    ways: Vec<(&'static str, String)>,
    code: &'static str,
}

impl Problem {
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::CodeMalformed(_) => "DOSSIER_CODE_MALFORMED",
            Self::DossierUnknown(_) => "DOSSIER_UNKNOWN",
            Self::ProcedureUnknown => "PROCEDURE_UNKNOWN",
            Self::OfficeUnknown => "OFFICE_UNKNOWN",
            Self::PageUnknown => "PAGE_UNKNOWN",
            Self::MethodNotAllowed => "METHOD_NOT_ALLOWED",
            Self::SignInNeeded => "UNAUTHENTICATED",
            Self::DossierElsewhere(_) | Self::NoWorklist | Self::NotForAuditors => "FORBIDDEN",
            Self::FactUnknown => "FACT_UNKNOWN",
            Self::LinkRefused => "SIGN_IN_LINK_REFUSED",
            Self::TooMany(_) => "RATE_LIMITED",
            Self::SignIn(refused) => refused.code(),
            Self::Unavailable(code) => code,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::CodeMalformed(_)
            | Self::DossierUnknown(_)
            | Self::ProcedureUnknown
            | Self::OfficeUnknown
            | Self::FactUnknown
            | Self::PageUnknown => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::SignInNeeded => StatusCode::UNAUTHORIZED,
            Self::DossierElsewhere(_)
            | Self::NoWorklist
            | Self::NotForAuditors
            | Self::LinkRefused => StatusCode::FORBIDDEN,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::SignIn(refused) => sign_in::status(refused),
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Seconds after which the same can be asked again, where that is known.
    fn retry_after(&self) -> Option<u64> {
        if let Self::TooMany(wait) = self {
            Some(wait.as_secs())
        } else {
            None
        }
    }

    fn headline(&self) -> Pair {
        match self {
            Self::CodeMalformed(_) => ("Đây không phải mã hồ sơ", "This is not a dossier code"),
            Self::DossierUnknown(_) => ("Không tìm thấy hồ sơ", "No such dossier"),
            Self::DossierElsewhere(_) => {
                ("Hồ sơ ở cơ quan khác", "This dossier is another office’s")
            }
            Self::ProcedureUnknown => ("Không tìm thấy thủ tục", "No such procedure"),
            Self::OfficeUnknown => ("Không tìm thấy cơ quan", "No such office"),
            Self::PageUnknown => ("Không có trang này", "There is no such page"),
            Self::MethodNotAllowed => (
                "Trang này không mở theo cách đó",
                "This page is not opened that way",
            ),
            Self::SignInNeeded | Self::NoWorklist => {
                ("Trang này dành cho cán bộ", "This page is for officers")
            }
            Self::NotForAuditors => (
                "Trang này dành cho kiểm tra viên",
                "This page is for auditors",
            ),
            Self::FactUnknown => ("Không có ghi nhận này", "There is no such record"),
            Self::LinkRefused => (
                "Liên kết đăng nhập không dùng được",
                "This sign-in link cannot be used",
            ),
            Self::TooMany(_) => ("Xin chờ ít phút", "Please wait a few minutes"),
            Self::SignIn(_) => ("Chưa đăng nhập được", "You are not signed in"),
            Self::Unavailable(_) => ("Tạm thời không xem được", "This cannot be shown right now"),
        }
    }

    fn advice(&self) -> &'static [Pair] {
        match self {
            Self::CodeMalformed(_) => &[
                (
                    "Mã hồ sơ gồm mã cơ quan, ngày nhận và số thứ tự, cách nhau bằng dấu gạch ngang, ví dụ H38.40-261122-0001.",
                    "A code is the office, the day and a number, joined by hyphens: H38.40-261122-0001.",
                ),
                (
                    "Xin kiểm tra lại từng chữ số trên giấy tiếp nhận và nhập lại.",
                    "Please compare it with your receipt, digit by digit, and type it again.",
                ),
            ],
            Self::DossierUnknown(_) => &[
                (
                    "Mã đúng dạng nhưng chưa có hồ sơ nào mang mã này tại hệ thống này.",
                    "The code looks right, but no dossier here has it.",
                ),
                (
                    "Xin kiểm tra lại từng chữ số; nếu vẫn không thấy, mang giấy tiếp nhận đến bộ phận một cửa nơi đã nộp.",
                    "Please check every digit; if it still cannot be found, take your receipt to the one-stop unit where you filed.",
                ),
            ],
            Self::DossierElsewhere(_) => &[(
                "Mã đúng và có hồ sơ, nhưng cơ quan đang giữ là cơ quan khác. Trang theo dõi cho biết cơ quan nào và hồ sơ đang ở bước nào.",
                "The code is right and there is a dossier, but another office has it. Its tracking page tells which, and where it stands.",
            )],
            Self::ProcedureUnknown => &[(
                "Xin tìm theo tên trong danh sách thủ tục.",
                "Please look it up by name in the list of procedures.",
            )],
            Self::OfficeUnknown => &[(
                "Xin chọn trong danh sách cơ quan.",
                "Please choose from the list of offices.",
            )],
            Self::PageUnknown => &[(
                "Địa chỉ có thể bị gõ sai. Xin bắt đầu lại từ trang đầu.",
                "The address may be mistyped. Please start from the first page.",
            )],
            Self::MethodNotAllowed => &[(
                "Trang chỉ để đọc: xin mở bằng địa chỉ, không gửi dữ liệu đến. Lệnh được gửi qua /graphql.",
                "The page is for reading: open its address instead of sending something to it. Commands go to /graphql.",
            )],
            Self::SignInNeeded => &[(
                "Xin đăng nhập bằng tài khoản cán bộ; với dữ liệu mô phỏng, dùng liên kết in ra khi khởi động.",
                "Please sign in as an officer; on simulated data use the link printed at the start.",
            )],
            Self::NoWorklist => &[(
                "Chỉ cán bộ của một cơ quan có danh sách việc; kiểm tra viên xem của một cơ quan bằng /desk?office=MÃ.",
                "Officers of an office have a worklist; auditors read that of an office at /desk?office=CODE.",
            )],
            Self::NotForAuditors => &[(
                "Chỉ kiểm tra viên, cán bộ kiểm soát thủ tục và người đứng đầu bộ phận một cửa (đối với cơ quan mình) xem được. Xin đăng nhập lại bằng tài khoản khác; ghi nhận công khai của một hồ sơ nằm ở /history/MÃ.",
                "Auditors, procedure controllers and the head of a one-stop unit (for the own office) may read it. Please sign in as one of them; the public record of a dossier is at /history/CODE.",
            )],
            Self::FactUnknown => &[(
                "Vị trí là một số đếm từ 0. Có thể ghi nhận chưa có, hoặc thuộc cơ quan khác.",
                "A position is a number, counted from zero. It may not be recorded yet, or belong to another office.",
            )],
            Self::LinkRefused => &[(
                "Liên kết chỉ dùng được với dữ liệu mô phỏng, trên chính máy đang chạy, và đúng như được in ra.",
                "Links work on simulated data only, on the machine itself, and exactly as printed.",
            )],
            Self::TooMany(_) => &[
                (
                    "Từ mạng này vừa có quá nhiều lượt tra cứu chỉ bằng mã. Xin thử lại sau một phút.",
                    "Too many dossiers were just looked up from this network by code alone. Please try again in a minute.",
                ),
                (
                    "Mở bằng mã QR trên giấy tiếp nhận thì không phải chờ.",
                    "The QR code on your receipt opens the page without waiting.",
                ),
            ],
            Self::SignIn(refused) => sign_in::advice(refused),
            Self::Unavailable(_) => &[(
                "Không có gì bị mất. Xin thử lại sau ít phút.",
                "Nothing is lost. Please try again in a few minutes.",
            )],
        }
    }

    fn typed(self) -> Option<String> {
        match self {
            Self::CodeMalformed(typed) | Self::DossierUnknown(typed) => Some(typed),
            Self::DossierElsewhere(_)
            | Self::ProcedureUnknown
            | Self::OfficeUnknown
            | Self::PageUnknown
            | Self::MethodNotAllowed
            | Self::SignInNeeded
            | Self::NoWorklist
            | Self::NotForAuditors
            | Self::FactUnknown
            | Self::LinkRefused
            | Self::TooMany(_)
            | Self::SignIn(_)
            | Self::Unavailable(_) => None,
        }
    }

    fn ways(&self, frame: &Frame) -> Vec<(&'static str, String)> {
        let lang = frame.lang;
        match self {
            Self::SignInNeeded => vec![(
                lang.of("Đăng nhập", "Sign in"),
                frame.to(&sign_in::address(&frame.place)),
            )],
            Self::DossierElsewhere(code) => vec![(
                lang.of("Trang theo dõi", "Tracking page"),
                frame.to_dossier("/t/", code, ""),
            )],
            Self::SignIn(refused) => sign_in::ways(refused, frame),
            Self::CodeMalformed(_)
            | Self::DossierUnknown(_)
            | Self::ProcedureUnknown
            | Self::OfficeUnknown
            | Self::NotForAuditors
            | Self::FactUnknown
            | Self::PageUnknown
            | Self::MethodNotAllowed
            | Self::NoWorklist
            | Self::LinkRefused
            | Self::TooMany(_)
            | Self::Unavailable(_) => Vec::new(),
        }
    }

    #[must_use]
    pub fn page(self, frame: Frame) -> ProblemPage {
        let lang = frame.lang;
        let headline = lang.pick(self.headline());
        let advice = self.advice().iter().map(|pair| lang.pick(*pair)).collect();
        let code = self.code();
        let ways = self.ways(&frame);
        let typed = self.typed();
        ProblemPage {
            frame: frame.titled(headline, None),
            headline,
            advice,
            searches: typed.is_some(),
            typed: typed.unwrap_or_default(),
            ways,
            code,
        }
    }

    #[must_use]
    pub fn respond(self, frame: Frame) -> Response {
        let (status, wait) = (self.status(), self.retry_after());
        let mut response = respond::html(status, &self.page(frame));
        if let Some(seconds) = wait {
            let seconds = HeaderValue::from(seconds);
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}
