//! What an answer of the portal means: `error_code` "00" or 0 is well; another one is for good; anything else is no answer.

use reqwest::StatusCode;
use serde_json::Value;

use crate::reactions::portal::{Answer, Unanswered};

/// Characters of a refusal's code that a fact may hold: a code, never a text.
const CODE_MAX: usize = 16;
/// So many digits in a row may be a person's: of an identity number, a telephone, a birthday.
const DIGITS_MAX: usize = 5;
/// Codes with which portals say that a session is no more.
const SESSION_OVER: [&str; 2] = ["401", "-401"];

/// What a service said.
#[derive(Debug, PartialEq, Eq)]
pub enum Reply {
    Answer(Answer),
    SessionOver,
}

/// The answer of a service.
pub fn read(status: StatusCode, bytes: &[u8]) -> Result<Reply, Unanswered> {
    let body = body(status, bytes)?;
    let Some(code) = error_code(&body) else {
        return Err(Unanswered::by(status, "without an error_code"));
    };
    Ok(match code.as_str() {
        code if is_well(code) => Reply::Answer(Answer::Acknowledged(remote_status(&body))),
        code if SESSION_OVER.contains(&code) => Reply::SessionOver,
        code => Reply::Answer(Answer::Refused(short(code))),
    })
}

/// The session that signing in gave.
pub fn session(status: StatusCode, bytes: &[u8]) -> Result<String, Unanswered> {
    let body = body(status, bytes)?;
    if let Some(code) = error_code(&body).filter(|code| !is_well(code)) {
        let code = short(&code);
        return Err(Unanswered::silent(format!("refused: error_code {code}")));
    }
    let given = ["session", "token", "access_token"]
        .iter()
        .find_map(|name| body.get(name)?.as_str());
    let given = given.filter(|session| !session.is_empty());
    given
        .map(str::to_owned)
        .ok_or_else(|| Unanswered::by(status, "without a session"))
}

/// A JSON object, of an answer that says of itself that it counts.
fn body(status: StatusCode, bytes: &[u8]) -> Result<Value, Unanswered> {
    let counts = status.is_success()
        || matches!(
            status,
            StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY
        );
    if !counts {
        return Err(Unanswered::by(status, "is no answer"));
    }
    serde_json::from_slice(bytes).map_err(|_| Unanswered::by(status, "without JSON"))
}

/// As text, whether it came as a text or as a number.
fn error_code(body: &Value) -> Option<String> {
    match body.get("error_code")? {
        Value::String(code) => Some(code.trim().to_owned()),
        Value::Number(code) => Some(code.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn is_well(code: &str) -> bool {
    !code.is_empty() && code.bytes().all(|byte| byte == b'0')
}

/// The status it tells of itself, when it does: of the answer, or of the only result in it.
fn remote_status(body: &Value) -> Option<u16> {
    let results = [
        "/TrangThaiHoSo",
        "/result/TrangThaiHoSo",
        "/result/0/TrangThaiHoSo",
        "/data/0/TrangThaiHoSo",
    ];
    let told = results.iter().find_map(|place| body.pointer(place))?;
    match told {
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => number.as_u64().and_then(|code| u16::try_from(code).ok()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// What goes into a fact and the log: a code as it is, and nothing of a text or of what may be a person's number.
fn short(code: &str) -> String {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let is_code = (1..=CODE_MAX).contains(&code.len()) && code.bytes().all(good);
    let digits = code.split(|c: char| !c.is_ascii_digit());
    let longest = digits.map(str::len).max().unwrap_or(0);
    if is_code && longest <= DIGITS_MAX {
        code.to_owned()
    } else {
        "?".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, body: &str) -> Result<Reply, Unanswered> {
        let status = StatusCode::from_u16(status).expect("a status");
        read(status, body.as_bytes())
    }

    #[test]
    fn all_zeros_are_well_as_text_and_as_number() {
        for body in [
            r#"{"error_code":"00"}"#,
            r#"{"error_code":0}"#,
            r#"{"error_code":"0"}"#,
        ] {
            let expected = Reply::Answer(Answer::Acknowledged(None));
            assert_eq!(of(200, body), Ok(expected), "{body}");
        }
    }

    #[test]
    fn a_status_of_its_own_is_taken_as_it_is() {
        let body = r#"{"error_code":"00","result":[{"MaHoSo":"x","TrangThaiHoSo":"14"}]}"#;
        assert_eq!(
            of(200, body),
            Ok(Reply::Answer(Answer::Acknowledged(Some(14))))
        );
    }

    #[test]
    fn a_refusal_keeps_its_code_and_no_text() {
        let body = r#"{"error_code":"07","message":"Nguyễn Văn An đã nộp hồ sơ"}"#;
        assert_eq!(
            of(200, body),
            Ok(Reply::Answer(Answer::Refused("07".into())))
        );
        let body = r#"{"error_code":"Hồ sơ của ông An không hợp lệ"}"#;
        let refused = Reply::Answer(Answer::Refused("?".into()));
        assert_eq!(of(422, body), Ok(refused));
    }

    #[test]
    fn a_code_is_kept_whole_and_what_may_be_a_person_is_not() {
        for code in ["07", "-1", "99", "HS_05", "E.12-b", "12345", "a"] {
            assert_eq!(short(code), code);
        }
        for text in [
            "",
            "CCCD 001099012345 da nop",
            "001099012345",
            "-001099012345",
            "CCCD_001099012",
            "0912-345678",
            "NGUYEN VAN AN",
            "Nguyễn",
            "19900101",
            "a.code.that.is.too.long",
        ] {
            assert_eq!(short(text), "?", "{text}");
        }
        let body = r#"{"error_code":1099012345}"#;
        let refused = Reply::Answer(Answer::Refused("?".into()));
        assert_eq!(of(200, body), Ok(refused), "a number as well");
    }

    #[test]
    fn an_answer_about_the_dossier_is_told_from_a_portal_that_is_not_there() {
        for (status, body, about) in [
            (500, "", Some(500)),
            (404, "{}", Some(404)),
            (413, "", Some(413)),
            (200, "<html>", Some(200)),
            (429, "", None),
            (502, "", None),
            (503, "", None),
            (504, "", None),
        ] {
            let unanswered = of(status, body).expect_err("no answer");
            assert_eq!(unanswered.http, about, "{status} {body}");
        }
    }

    #[test]
    fn what_is_no_answer_is_told_again() {
        for (status, body) in [
            (200, "<html>"),
            (200, "{}"),
            (503, r#"{"error_code":"00"}"#),
            (404, "{}"),
        ] {
            assert!(of(status, body).is_err(), "{status} {body}");
        }
    }

    #[test]
    fn a_session_is_given_or_nothing_is_told() {
        let ok = StatusCode::OK;
        assert_eq!(
            session(ok, br#"{"error_code":"00","session":"s1"}"#),
            Ok("s1".into())
        );
        assert!(session(ok, br#"{"error_code":"05"}"#).is_err());
        assert!(session(ok, br#"{"session":""}"#).is_err());
    }
}
