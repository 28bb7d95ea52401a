//! Looking for a person's dossiers. What is typed goes in the body, never in an address: addresses end in logs.

use askama::Template;
use serde::Deserialize;
use serde_json::{Value, json};

use super::told::{Applicant, Named, Text};
use super::{Choice, when};
use crate::domain::time::Moment;
use crate::web::dates::When;
use crate::web::frame::{Door, Frame};
use crate::web::lang::{Lang, Pair};

/// Months back that can be chosen, with their words; none: all.
const PERIODS: [(&str, Option<i64>, Pair); 3] = [
    ("3", Some(92), ("3 tháng qua", "last 3 months")),
    ("12", Some(366), ("12 tháng qua", "last 12 months")),
    ("all", None, ("Tất cả", "any time")),
];

/// The form as it was sent.
#[derive(Debug, Default, Deserialize)]
pub struct Sent {
    #[serde(default)]
    pub who: String,
    #[serde(default)]
    pub period: String,
}

/// As the API tells it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    has_more: bool,
    incomplete: bool,
    dossiers: Vec<Line>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    code: Option<String>,
    status_label: Text,
    procedure: Option<Named>,
    received_at: Option<String>,
    applicant: Option<Applicant>,
}

#[derive(Template)]
#[template(path = "desk_people.html")]
pub struct PeoplePage {
    frame: Frame,
    who: String,
    period: String,
    periods: Vec<Choice>,
    /// None before anything was asked.
    rows: Option<Vec<Row>>,
    more: bool,
    /// Some could not be looked into.
    incomplete: bool,
    fault: Option<String>,
}

struct Row {
    code: String,
    name: String,
    number: String,
    procedure: String,
    status: String,
    received: Option<When>,
}

impl Sent {
    /// What the API is asked: a number is told from a name by its digits, an identity number from a telephone by their count.
    #[must_use]
    pub fn question(&self, now: Moment) -> Value {
        let typed = self.who.trim();
        let letters = typed.chars().any(char::is_alphabetic);
        let digits = typed.chars().filter(char::is_ascii_digit).count();
        let by = match (letters, digits) {
            (true, _) | (false, 0) => json!({ "name": typed }),
            (false, 9 | 12) if !typed.starts_with('+') => json!({ "citizenNumber": typed }),
            (false, _) => json!({ "phone": typed }),
        };
        let days = self.period().1;
        let from = days.map(|days| now.plus(-days * Moment::DAY).to_string());
        json!({ "by": by, "filter": { "receivedAt": { "from": from } } })
    }

    fn period(&self) -> &'static (&'static str, Option<i64>, Pair) {
        let chosen = PERIODS.iter().find(|(value, ..)| *value == self.period);
        chosen.unwrap_or(&PERIODS[0])
    }
}

impl PeoplePage {
    #[must_use]
    pub fn new(frame: Frame, sent: &Sent, found: Option<Found>, failure: Option<&str>) -> Self {
        let lang = frame.lang;
        let title = lang.of("Tìm người", "Find a person");
        let periods = PERIODS.iter();
        Self {
            who: sent.who.clone(),
            period: sent.period().0.to_owned(),
            periods: periods
                .map(|(value, _, words)| ((*value).to_owned(), lang.pick(*words).to_owned()))
                .collect(),
            more: found.as_ref().is_some_and(|found| found.has_more),
            incomplete: found.as_ref().is_some_and(|found| found.incomplete),
            rows: found.map(|found| {
                let dossiers = found.dossiers.into_iter();
                dossiers.filter_map(|line| Row::new(line, lang)).collect()
            }),
            fault: failure.map(|code| lang.pick(fault(code)).to_owned()),
            frame: frame
                .titled(title, Some(Door::Desk))
                .wide()
                .styled("desk.css"),
        }
    }
}

/// What to do about an answer that did not come.
fn fault(code: &str) -> Pair {
    match code {
        "SEARCH_TOO_WIDE" => (
            "Quá nhiều hồ sơ để tìm theo tên. Chọn kỳ ngắn hơn, hoặc tìm bằng số định danh, số điện thoại.",
            "Too many dossiers to look for a name. Choose a shorter period, or look by identity number or telephone.",
        ),
        "BAD_USER_INPUT" => (
            "Gõ ít nhất hai chữ cái của tên, hoặc đủ số định danh hay số điện thoại.",
            "Type two letters of the name or more, or a whole identity or telephone number.",
        ),
        "FORBIDDEN" => (
            "Vai trò này không xem họ tên người nộp nên không tìm người được.",
            "This role does not see applicants' names, so it cannot look for people.",
        ),
        _ => (
            // foreign: codes of the API
            "Hiện chưa tìm được. Vui lòng thử lại sau.",
            "It cannot be looked for now. Please try again later.",
        ),
    }
}

impl Row {
    fn new(line: Line, lang: Lang) -> Option<Self> {
        let procedure = line.procedure.as_ref();
        let applicant = line.applicant.as_ref();
        Some(Self {
            name: applicant
                .and_then(|one| one.full_name.clone())
                .unwrap_or_default(),
            number: applicant
                .and_then(|one| one.citizen_number.clone())
                .unwrap_or_default(),
            procedure: procedure.map_or_else(String::new, |one| one.name.said(lang)),
            status: line.status_label.said(lang),
            received: when(line.received_at.as_ref(), lang),
            code: line.code?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_says_what_it_is() {
        let by = |who: &str| {
            let sent = Sent {
                who: who.to_owned(),
                ..Sent::default()
            };
            sent.question(Moment(1_795_831_200_000_000))["by"].take()
        };
        assert_eq!(by(" Nguyễn Văn "), json!({ "name": "Nguyễn Văn" }));
        assert_eq!(
            by("001203 004567"),
            json!({ "citizenNumber": "001203 004567" })
        );
        assert_eq!(by("012345678"), json!({ "citizenNumber": "012345678" }));
        assert_eq!(by("0912.345.678"), json!({ "phone": "0912.345.678" }));
        assert_eq!(by("+84912345678"), json!({ "phone": "+84912345678" }));
        assert_eq!(by(""), json!({ "name": "" }));
        let all = Sent {
            period: "all".to_owned(),
            ..Sent::default()
        };
        assert_eq!(
            all.question(Moment(0))["filter"]["receivedAt"]["from"],
            Value::Null
        );
    }
}
