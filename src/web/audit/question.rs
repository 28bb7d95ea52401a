//! What an auditor asks of the journal, as it stands in the address of a page.

use std::fmt::Write as _;

use jiff::civil::Date;
use serde::Deserialize;

use crate::domain::actor::Role;
use crate::domain::code::DossierCode;
use crate::domain::fact::BreachRule;
use crate::domain::time::Moment;
use crate::projections::audit::{Filter, Order};
use crate::projections::word::from_word;
use crate::web::lang::Pair;

/// The rules that an act can break, as the choice shows them.
pub const BREACHES: [(&str, BreachRule); 9] = [
    ("repeated_supplement", BreachRule::RepeatedSupplement),
    ("late_apology", BreachRule::LateApology),
    ("repeated_apology", BreachRule::RepeatedApology),
    ("entered_late", BreachRule::EnteredLate),
    ("late_refusal", BreachRule::LateRefusal),
    ("late_result", BreachRule::LateResult),
    ("late_intake", BreachRule::LateIntake),
    ("late_supplement_notice", BreachRule::LateSupplementNotice),
    (
        "unscheduled_verification",
        BreachRule::UnscheduledVerification,
    ),
];

/// Longer texts are nobody's code or name.
const CHARS_MAX: usize = 80;

/// The parameters as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Raw {
    pub kind: String,
    pub role: String,
    pub office: String,
    pub actor: String,
    pub code: String,
    /// `any`, or a rule.
    pub breach: String,
    pub from: String,
    pub to: String,
    /// Recorded so many hours after it is claimed to have happened.
    pub late: String,
    /// `oldest` or nothing.
    pub order: String,
    pub after: String,
}

/// The question as understood, and what of it was not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    pub raw: Raw,
    pub filter: Filter,
    pub code: Option<DossierCode>,
    pub order: Order,
    pub after: Option<u64>,
    pub problems: Vec<Pair>,
}

impl Question {
    /// `own`: the one office the asker supervises, if it is one.
    #[must_use]
    pub fn of(raw: Raw, own: Option<&str>) -> Self {
        let mut problems = Vec::new();
        let mut read = |text: &str, wrong: Pair, good: &dyn Fn(&str) -> bool| {
            let text = text.trim();
            let fits = text.is_empty() || (text.chars().count() <= CHARS_MAX && good(text));
            if !fits {
                problems.push(wrong);
            }
            (fits && !text.is_empty()).then(|| text.to_owned())
        };
        let any = |_: &str| true;
        let kind = read(
            &raw.kind,
            ("Loại việc quá dài.", "The kind is too long."),
            &any,
        );
        let actor = read(
            &raw.actor,
            ("Mã người thao tác quá dài.", "The actor is too long."),
            &any,
        );
        let office = read(
            &raw.office,
            ("Mã cơ quan quá dài.", "The office is too long."),
            &any,
        );
        let role = read(
            &raw.role,
            ("Không có vai trò đó.", "There is no such role."),
            &|text| Role::from_name(text).is_some(),
        );
        let breach = read(
            &raw.breach,
            ("Không có vi phạm đó.", "There is no such breach."),
            &|text| text == "any" || breach(text).is_some(),
        );
        let date = (
            "Ngày viết dạng 2026-11-28.",
            "Dates are written 2026-11-28.",
        );
        let is_date = |text: &str| text.parse::<Date>().is_ok();
        let from = read(&raw.from, date, &is_date);
        let to = read(&raw.to, date, &is_date);
        let late = read(
            &raw.late,
            ("Số giờ là một số.", "Hours are a number."),
            &|text| text.parse::<u32>().is_ok(),
        );
        let code = read(
            &raw.code,
            ("Không phải mã hồ sơ.", "This is no dossier code."),
            &|text| text.parse::<DossierCode>().is_ok(),
        );
        let after = read(
            &raw.after,
            ("Không có trang đó.", "There is no such page."),
            &|text| text.parse::<u64>().is_ok(),
        );
        let day = |text: Option<String>| text.and_then(|text| text.parse::<Date>().ok());
        let filter = Filter {
            dossier: None,
            actor,
            office: own.map(str::to_owned).or(office),
            kind,
            role: role.and_then(|role| Role::from_name(&role)),
            breach: breach.as_deref().and_then(self::breach),
            breaches_only: breach.as_deref() == Some("any"),
            from: day(from).map(|day| Moment::from_local(day.at(0, 0, 0, 0))),
            to: day(to).map(|day| Moment::from_local(day.at(23, 59, 59, 999_999_000))),
            late_hours_min: late.and_then(|hours| hours.parse().ok()),
        };
        let order = if raw.order == "oldest" {
            Order::OldestFirst
        } else {
            Order::NewestFirst
        };
        Self {
            filter,
            code: code.and_then(|code| code.parse().ok()),
            order,
            after: after.and_then(|after| after.parse().ok()),
            problems,
            raw,
        }
    }

    /// The parameters again, from another place in the list.
    #[must_use]
    pub fn query(&self, after: Option<u64>) -> String {
        let raw = &self.raw;
        let parts = [
            ("kind", &raw.kind),
            ("role", &raw.role),
            ("office", &raw.office),
            ("actor", &raw.actor),
            ("code", &raw.code),
            ("breach", &raw.breach),
            ("from", &raw.from),
            ("to", &raw.to),
            ("late", &raw.late),
            ("order", &raw.order),
        ];
        let mut query = String::new();
        for (name, value) in parts
            .into_iter()
            .filter(|(_, value)| !value.trim().is_empty())
        {
            let _ = write!(
                query,
                "{}{name}={}",
                if query.is_empty() { "?" } else { "&" },
                escaped(value)
            );
        }
        if let Some(after) = after {
            let _ = write!(
                query,
                "{}after={after}",
                if query.is_empty() { "?" } else { "&" }
            );
        }
        query
    }
}

fn breach(name: &str) -> Option<BreachRule> {
    from_word(name.to_owned()).ok()
}

/// Percent-encoded (RFC 3986 section 2.1).
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.trim().bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_is_said_and_left_out() {
        let raw = Raw {
            role: "emperor".into(),
            from: "yesterday".into(),
            late: "-3".into(),
            breach: "late_result".into(),
            ..Raw::default()
        };
        let question = Question::of(raw, Some("H99.40"));
        assert_eq!(question.problems.len(), 3);
        assert_eq!(question.filter.breach, Some(BreachRule::LateResult));
        assert_eq!(question.filter.office.as_deref(), Some("H99.40"));
        assert_eq!(question.filter.role, None);
    }

    #[test]
    fn a_question_goes_on_at_its_own_address() {
        let raw = Raw {
            kind: "dossier.accepted".into(),
            actor: "a&b \"<".into(),
            ..Raw::default()
        };
        let question = Question::of(raw, None);
        assert_eq!(
            question.query(Some(7)),
            "?kind=dossier.accepted&actor=a%26b%20%22%3C&after=7"
        );
        assert_eq!(Question::default().query(None), "");
    }

    #[test]
    fn the_choice_of_breaches_is_whole() {
        for (name, rule) in BREACHES {
            assert_eq!(breach(name), Some(rule), "{name}");
        }
    }
}
