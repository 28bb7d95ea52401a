//! What an auditor asks of the journal: read from an address, checked, and written back as the same address.

use jiff::civil::Date;
use serde::Deserialize;

use crate::domain::actor::{Role, is_id};
use crate::domain::code::{DossierCode, OfficeCode, ProcedureCode};
use crate::domain::fact::BreachRule;
use crate::domain::reason::Reason;
use crate::domain::time::Moment;
use crate::projections::audit::{Filter, Order};
use crate::web::lang::Pair;

/// As typed; an empty field is none.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    pub kind: String,
    pub actor: String,
    pub role: String,
    pub office: String,
    pub procedure: String,
    pub code: String,
    pub reason: String,
    pub breach: String,
    pub from: String,
    pub to: String,
    pub later: String,
    pub off: String,
    pub order: String,
    /// Position of the last fact seen.
    pub after: String,
}

/// Something typed that cannot be meant: the field, and what to do.
pub type Doubt = (&'static str, Pair);

/// A question that is understood.
#[derive(Debug, Clone, Default)]
pub struct Question {
    pub filter: Filter,
    /// The dossier meant; looked up by whoever asks.
    pub code: Option<DossierCode>,
    pub newest_first: bool,
    pub after: Option<u64>,
    /// What of it was given, in the order of the form: field and plain value.
    given: Vec<(&'static str, String)>,
}

impl Question {
    #[must_use]
    pub fn order(&self) -> Order {
        if self.newest_first {
            Order::NewestFirst
        } else {
            Order::OldestFirst
        }
    }

    /// The query of this question's address, from `?` on, without its place in the list. Every value is made of letters that
    /// need no escape.
    #[must_use]
    pub fn query(&self) -> String {
        let pairs: Vec<String> = self
            .given
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        format!("?{}", pairs.join("&"))
    }

    /// The same after a position.
    #[must_use]
    pub fn query_after(&self, position: u64) -> String {
        let query = self.query();
        let and = if query == "?" { "" } else { "&" };
        format!("{query}{and}after={position}")
    }

    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.given.iter().all(|(name, _)| *name == "order")
    }
}

impl Params {
    /// What is asked; every field that cannot be read is told.
    pub fn question(&self) -> Result<Question, Vec<Doubt>> {
        let mut doubts = Vec::new();
        let mut asked = Question::default();
        let mut read = Reader {
            doubts: &mut doubts,
            given: &mut asked.given,
        };
        let filter = &mut asked.filter;
        filter.kind = read.field("kind", &self.kind, KIND, kind);
        filter.actor = read.field("actor", &self.actor, ACTOR, |text| {
            is_id(text).then(|| text.to_owned())
        });
        filter.role = read.word("role", &self.role, UNKNOWN, Role::from_name, Role::name);
        let office = |text: &str| text.to_uppercase().parse::<OfficeCode>().ok();
        filter.office = read
            .field("office", &self.office, OFFICE, office)
            .map(|code| code.to_string());
        let procedure = |text: &str| text.parse::<ProcedureCode>().ok();
        filter.procedure = read
            .field("procedure", &self.procedure, PROCEDURE, procedure)
            .map(|code| code.to_string());
        let code = |text: &str| text.parse::<DossierCode>().ok();
        asked.code = read.field("code", &self.code, CODE, code);
        filter.reason = read.word("reason", &self.reason, UNKNOWN, reason, reason_name);
        match self.breach.trim() {
            "any" => {
                filter.breaches_only = true;
                read.given.push(("breach", "any".to_owned()));
            }
            text => filter.breach = read.word("breach", text, UNKNOWN, breach, breach_name),
        }
        let day = |text: &str| text.parse::<Date>().ok();
        let from = read.field("from", &self.from, DAY, day);
        let to = read.field("to", &self.to, DAY, day);
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            read.doubts.push(("to", REVERSED));
        }
        filter.from = from.map(|day| Moment::from_local(day.at(0, 0, 0, 0)));
        filter.to = to.map(|day| Moment::from_local(day.at(23, 59, 59, 999_999_000)));
        let hours = |text: &str| {
            text.parse()
                .ok()
                .filter(|hours| (1..=87_600).contains(hours))
        };
        filter.later_hours = read.field("later", &self.later, HOURS, hours);
        let yes = |text: &str| (text == "1").then_some(1);
        filter.off_hours = read.field("off", &self.off, UNKNOWN, yes).is_some();
        let order = |text: &str| {
            ["newest", "oldest"]
                .into_iter()
                .find(|known| *known == text)
        };
        let order = read.field("order", &self.order, UNKNOWN, order);
        asked.newest_first = order != Some("oldest");
        let after = self.after.trim();
        if !after.is_empty() {
            asked.after = after
                .parse()
                .ok()
                .filter(|at| *at < i64::MAX.cast_unsigned());
            if asked.after.is_none() {
                doubts.push(("after", POSITION));
            }
        }
        if doubts.is_empty() {
            Ok(asked)
        } else {
            Err(doubts)
        }
    }
}

struct Reader<'a> {
    doubts: &'a mut Vec<Doubt>,
    given: &'a mut Vec<(&'static str, String)>,
}

impl Reader<'_> {
    fn field<T: ToString>(
        &mut self,
        name: &'static str,
        typed: &str,
        help: Pair,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let typed = typed.trim();
        if typed.is_empty() {
            return None;
        }
        let value = read(typed);
        match &value {
            Some(value) => self.given.push((name, value.to_string())),
            None => self.doubts.push((name, help)),
        }
        value
    }

    /// One of our own words.
    fn word<T: Copy>(
        &mut self,
        name: &'static str,
        typed: &str,
        help: Pair,
        read: impl FnOnce(&str) -> Option<T>,
        write: impl FnOnce(T) -> &'static str,
    ) -> Option<T> {
        let mut found = None;
        self.field(name, typed, help, |text| {
            found = read(text);
            found.map(write)
        });
        found
    }
}

fn kind(text: &str) -> Option<String> {
    let good = |byte: u8| byte.is_ascii_lowercase() || byte == b'.' || byte == b'_';
    (text.len() <= 64 && text.bytes().all(good)).then(|| text.to_owned())
}

/// The breach rules, as the form offers them.
pub const BREACHES: [BreachRule; 10] = [
    BreachRule::RepeatedSupplement,
    BreachRule::LateApology,
    BreachRule::RepeatedApology,
    BreachRule::EnteredLate,
    BreachRule::LateRefusal,
    BreachRule::LateResult,
    BreachRule::LateIntake,
    BreachRule::LateSupplementNotice,
    BreachRule::UnscheduledVerification,
    BreachRule::NotByTheRules,
];

fn breach(name: &str) -> Option<BreachRule> {
    BREACHES.into_iter().find(|rule| breach_name(*rule) == name)
}

/// As in facts.
#[must_use]
pub fn breach_name(rule: BreachRule) -> &'static str {
    match rule {
        BreachRule::RepeatedSupplement => "repeated_supplement",
        BreachRule::LateApology => "late_apology",
        BreachRule::RepeatedApology => "repeated_apology",
        BreachRule::EnteredLate => "entered_late",
        BreachRule::LateRefusal => "late_refusal",
        BreachRule::LateResult => "late_result",
        BreachRule::LateIntake => "late_intake",
        BreachRule::LateSupplementNotice => "late_supplement_notice",
        BreachRule::UnscheduledVerification => "unscheduled_verification",
        BreachRule::LateFeedback => "late_feedback",
        BreachRule::NotByTheRules => "not_by_the_rules",
    }
}

fn reason(name: &str) -> Option<Reason> {
    Reason::ALL
        .into_iter()
        .find(|one| reason_name(*one) == name)
}

/// As in facts.
#[must_use]
pub fn reason_name(reason: Reason) -> &'static str {
    match reason {
        Reason::MissingComponent => "missing_component",
        Reason::IncorrectComponent => "incorrect_component",
        Reason::NotCompetent => "not_competent",
        Reason::NotEligible => "not_eligible",
        Reason::NotSupplemented => "not_supplemented",
        Reason::ApplicantRequest => "applicant_request",
        Reason::Workload => "workload",
        Reason::WaitingForOtherAgency => "waiting_for_other_agency",
        Reason::FieldVerification => "field_verification",
        Reason::SystemOutage => "system_outage",
        Reason::EnteredLate => "entered_late",
        Reason::TypingError => "typing_error",
        Reason::PaperSpoiled => "paper_spoiled",
        Reason::SentBackForCorrection => "sent_back_for_correction",
        Reason::StaffChange => "staff_change",
        Reason::LostByApplicant => "lost_by_applicant",
        Reason::AgencyError => "agency_error",
        Reason::RetentionExpired => "retention_expired",
        Reason::Other => "other",
    }
}

const UNKNOWN: Pair = (
    "giá trị không có trong danh sách",
    "is none of the values offered",
);
const KIND: Pair = (
    "loại ghi nhận viết như dossier.accepted",
    "a kind is written like dossier.accepted",
);
const ACTOR: Pair = (
    "mã người thao tác gồm chữ, số và . _ - :, có ít nhất một chữ số",
    "a person's code is made of letters, digits and . _ - :, with a digit among them",
);
const OFFICE: Pair = (
    "mã cơ quan viết như H38.40",
    "an office's code is written like H38.40",
);
const PROCEDURE: Pair = (
    "mã thủ tục viết như 1.004873",
    "a procedure's code is written like 1.004873",
);
const CODE: Pair = (
    "mã hồ sơ viết như H38.40-261122-0001",
    "a dossier's code is written like H38.40-261122-0001",
);
const DAY: Pair = (
    "ngày viết như 2026-11-28",
    "a day is written like 2026-11-28",
);
const REVERSED: Pair = (
    "ngày cuối đứng trước ngày đầu",
    "the last day lies before the first",
);
const HOURS: Pair = (
    "số giờ là số nguyên từ 1 đến 87600",
    "hours are a whole number from 1 to 87600",
);
const POSITION: Pair = (
    "vị trí là số nguyên từ 0",
    "a position is a whole number from 0",
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projections::word::to_word;

    #[test]
    fn the_words_of_the_form_are_those_of_the_facts() {
        for rule in BREACHES {
            assert_eq!(to_word(&rule), breach_name(rule));
        }
        for reason in Reason::ALL {
            assert_eq!(to_word(&reason), reason_name(reason));
        }
    }

    #[test]
    fn a_question_is_its_address() {
        let params = Params {
            kind: " dossier.accepted ".into(),
            office: "h38.40".into(),
            breach: "any".into(),
            later: "24".into(),
            order: "oldest".into(),
            ..Params::default()
        };
        let asked = params.question().expect("understood");
        assert_eq!(
            asked.query(),
            "?kind=dossier.accepted&office=H38.40&breach=any&later=24&order=oldest"
        );
        assert_eq!(asked.order(), Order::OldestFirst);
        assert!(Question::default().query_after(7).ends_with("?after=7"));
    }

    #[test]
    fn what_cannot_be_meant_is_told_field_by_field() {
        let params = Params {
            kind: "'; drop table audit".into(),
            actor: "<script>".into(),
            role: "king".into(),
            from: "2026-12-01".into(),
            to: "2026-11-01".into(),
            later: "0".into(),
            after: "-1".into(),
            ..Params::default()
        };
        let doubts = params.question().expect_err("not understood");
        let fields: Vec<&str> = doubts.iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, ["kind", "actor", "role", "to", "later", "after"]);
    }
}
