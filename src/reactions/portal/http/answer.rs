//! What an answer of the portal means: `error_code` "00" or 0 is well; another one is for good; anything else is no answer.

use reqwest::StatusCode;
use serde_json::Value;

use crate::reactions::portal::{Answer, Unanswered};

/// Characters of a refusal's code that a fact may hold: a code, never a text.
const CODE_MAX: usize = 32;
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
        return Err(Unanswered(format!("{status} without an error_code")));
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
        return Err(Unanswered(format!(
            "signing in is refused: error_code {code}"
        )));
    }
    let given = ["session", "token", "access_token"]
        .iter()
        .find_map(|name| body.get(name)?.as_str());
    let given = given.filter(|session| !session.is_empty());
    given
        .map(str::to_owned)
        .ok_or_else(|| Unanswered(format!("{status} without a session")))
}

/// A JSON object, of an answer that says of itself that it counts.
fn body(status: StatusCode, bytes: &[u8]) -> Result<Value, Unanswered> {
    let counts = status.is_success()
        || matches!(
            status,
            StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY
        );
    if !counts {
        return Err(Unanswered(status.to_string()));
    }
    let body: Value =
        serde_json::from_slice(bytes).map_err(|_| Unanswered(format!("{status} without JSON")))?;
    Ok(body)
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

/// Whatever the other side writes there, nothing but the letters of a code goes into a fact.
fn short(code: &str) -> String {
    let good = |c: &char| c.is_ascii_alphanumeric() || "._-".contains(*c);
    let kept: String = code.chars().filter(good).take(CODE_MAX).collect();
    if kept.is_empty() {
        "?".to_owned()
    } else {
        kept
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
        let Ok(Reply::Answer(Answer::Refused(code))) = of(422, body) else {
            panic!("a refusal");
        };
        assert!(code.is_ascii() && code.len() <= CODE_MAX);
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
