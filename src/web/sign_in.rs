//! Signing in: the page before the door, the page behind it, and what went wrong between.

use askama::Template;
use axum::http::StatusCode;

use super::frame::Frame;
use super::lang::Pair;
use crate::api::sign_in::oidc::Refused;
use crate::domain::reference::JournalKind;

/// What the page before the door knows.
pub struct Ways<'a> {
    pub kind: JournalKind,
    /// Host of the identity provider, if there is one.
    pub provider: Option<String>,
    /// Whether somebody has just signed out, and where the session at the provider is ended too.
    pub left: Option<Option<String>>,
    /// The page that was wanted.
    pub to: &'a str,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    frame: Frame,
    provider: Option<String>,
    simulated: bool,
    left: bool,
    farewell: Option<String>,
    go: String,
}

impl SignInPage {
    #[must_use]
    pub fn new(frame: Frame, ways: Ways<'_>) -> Self {
        let title = frame.lang.of("Đăng nhập", "Sign in");
        Self {
            provider: ways.provider,
            simulated: match ways.kind {
                JournalKind::Simulated => true,
                JournalKind::Live | JournalKind::Imported => false,
            },
            left: ways.left.is_some(),
            farewell: ways.left.flatten(),
            go: frame.to(&with_to("/sign-in/oidc", ways.to)),
            frame: frame.titled(title, None),
        }
    }
}

/// Behind the door. A page of our own: a cookie for this site alone is not sent on the way back from another.
#[derive(Template)]
#[template(path = "signed_in.html")]
pub struct SignedInPage {
    frame: Frame,
    to: String,
}

impl SignedInPage {
    #[must_use]
    pub fn new(frame: Frame, to: &str) -> Self {
        let title = frame.lang.of("Đã đăng nhập", "Signed in");
        Self {
            to: frame.to(to),
            frame: frame.titled(title, None),
        }
    }

    #[must_use]
    pub fn to(&self) -> &str {
        &self.to
    }
}

/// The longest address that is gone back to.
const PLACE_MAX: usize = 500;

/// A page of this site and of no other; the first one when it is none.
#[must_use]
pub fn own_place(place: Option<&str>) -> &str {
    let is_own = |place: &&str| {
        let rest = place.strip_prefix('/');
        let stays = rest.is_some_and(|rest| !rest.starts_with(['/', '\\']));
        let plain = place
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        stays && plain && place.len() <= PLACE_MAX && !place.starts_with("/sign-in")
    };
    place.filter(is_own).unwrap_or("/")
}

/// The door, for somebody who wanted a page.
#[must_use]
pub fn address(wanted: &str) -> String {
    with_to("/sign-in", wanted)
}

fn with_to(door: &str, to: &str) -> String {
    if own_place(Some(to)) == "/" {
        return door.to_owned();
    }
    let byte = |byte: u8| match byte {
        byte if byte.is_ascii_alphanumeric() || b"/-._".contains(&byte) => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    };
    let to: String = to.bytes().map(byte).collect();
    format!("{door}?to={to}")
}

#[must_use]
pub fn status(refused: &Refused) -> StatusCode {
    match refused {
        Refused::NotSetUp => StatusCode::NOT_FOUND,
        Refused::Random | Refused::Unreachable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Refused::FlowLost | Refused::Code(_) => StatusCode::BAD_REQUEST,
        Refused::Provider(_)
        | Refused::Token(_)
        | Refused::RoleUnknown
        | Refused::RoleAmbiguous(_)
        | Refused::OfficeUnknown
        | Refused::IdUnfit => StatusCode::FORBIDDEN,
    }
}

/// What to do now.
#[must_use]
pub fn advice(refused: &Refused) -> &'static [Pair] {
    match refused {
        Refused::NotSetUp => &[(
            "Hệ thống này chưa nối với dịch vụ xác thực nào. Quản trị viên đặt bằng --oidc-issuer.",
            "No identity provider is set here. The operator sets one by --oidc-issuer.",
        )],
        Refused::Random | Refused::Unreachable(_) => &[(
            "Dịch vụ xác thực của cơ quan hiện không trả lời. Không có gì bị mất; xin thử lại sau ít phút.",
            "The office's identity provider does not answer. Nothing is lost; please try again in a few minutes.",
        )],
        Refused::Provider(_) => &[(
            "Dịch vụ xác thực không cho đăng nhập, hoặc bạn đã bấm hủy.",
            "The identity provider let nobody in, or you cancelled.",
        )],
        Refused::FlowLost => &[(
            "Lần đăng nhập này đã quá 10 phút, đã dùng rồi, hoặc không bắt đầu từ trình duyệt này. Xin bắt đầu lại.",
            "This sign-in is older than ten minutes, was used before, or did not begin in this browser. Please start again.",
        )],
        Refused::Code(_) => &[(
            "Mã đăng nhập đã dùng rồi hoặc hết hạn. Xin bắt đầu lại.",
            "The sign-in code was used before or has expired. Please start again.",
        )],
        Refused::Token(_) => &[(
            "Xác nhận của dịch vụ xác thực không hợp lệ, nên không được tin. Xin thử lại; nếu vẫn vậy, báo quản trị viên.",
            "What the identity provider vouched for is not valid and is not believed. Please try again; if it stays, tell the operator.",
        )],
        Refused::RoleUnknown => &[(
            "Tài khoản của bạn đúng, nhưng chưa được giao vai trò nào tại hệ thống này. Xin liên hệ quản trị viên của cơ quan.",
            "Your account is right, but it has no role here. Please ask your office's administrator.",
        )],
        Refused::RoleAmbiguous(_) => &[(
            "Bạn có nhiều vai trò. Xin chọn một vai trò cho phiên làm việc này.",
            "You have several roles. Please choose one for this session.",
        )],
        Refused::OfficeUnknown => &[(
            "Tài khoản của bạn không ghi cơ quan nào có trong hệ thống này. Xin liên hệ quản trị viên của cơ quan.",
            "Your account names no office that is known here. Please ask your office's administrator.",
        )],
        Refused::IdUnfit => &[(
            "Tài khoản của bạn không có mã cán bộ dùng được (chữ không dấu, số và . _ - :, có ít nhất một chữ số, ví dụ receiver-07); tên người không được ghi vào sổ.",
            "Your account has no usable staff code (plain letters, digits and . _ - :, with a digit, such as receiver-07); names are never put on record.",
        )],
    }
}

/// Where to go from here.
pub(super) fn ways(refused: &Refused, frame: &Frame) -> Vec<(&'static str, String)> {
    let lang = frame.lang;
    match refused {
        Refused::NotSetUp => Vec::new(),
        Refused::RoleAmbiguous(roles) => {
            let way = |role: &crate::domain::actor::Role| {
                let place = format!("/sign-in/oidc?role={}", role.name());
                (lang.pick(role.label()), frame.to(&place))
            };
            roles.iter().map(way).collect()
        }
        Refused::Random
        | Refused::Unreachable(_)
        | Refused::Provider(_)
        | Refused::FlowLost
        | Refused::Code(_)
        | Refused::Token(_)
        | Refused::RoleUnknown
        | Refused::OfficeUnknown
        | Refused::IdUnfit => vec![(
            lang.of("Đăng nhập lại", "Sign in again"),
            frame.to("/sign-in"),
        )],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_site_are_gone_back_to() {
        for good in ["/", "/desk", "/desk/d/H38?tab=a&b=%20c"] {
            assert_eq!(own_place(Some(good)), good);
        }
        for bad in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "evil",
            "/a\r\nb",
            "/\u{e9}",
            "/sign-in/oidc",
        ] {
            assert_eq!(own_place(Some(bad)), "/", "{bad}");
        }
        assert_eq!(own_place(None), "/");
        assert_eq!(address("/desk?a=b"), "/sign-in?to=/desk%3Fa%3Db");
        assert_eq!(address("//evil.example"), "/sign-in");
    }
}
