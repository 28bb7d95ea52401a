//! Offices that end: one decision closes them on a day and says where what they had goes.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::code::{OfficeCode, ProcedureCode};
use super::law::Certainty;
use super::office::Office;
use super::reference::Reference;
use super::text;

const LINE_CHARS_MAX: usize = 120;
/// The record alone, so that its fact stays under 32 KB.
const BYTES_MAX: usize = 30 * 1024;

/// Where what an office had goes: the first route that fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// The office that is closed.
    pub from: OfficeCode,
    /// These procedures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub procedures: Vec<ProcedureCode>,
    /// Procedures of these fields, by their Vietnamese names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// The office that takes it over.
    pub to: OfficeCode,
}

impl Route {
    /// Whatever no earlier route has taken.
    #[must_use]
    pub fn is_rest(&self) -> bool {
        self.procedures.is_empty() && self.fields.is_empty()
    }

    fn fits(&self, procedure: &str, field: Option<&str>) -> bool {
        let mut procedures = self.procedures.iter();
        self.is_rest()
            || procedures.any(|code| code.as_str() == procedure)
            || field.is_some_and(|field| self.fields.iter().any(|one| one == field))
    }
}

/// A decision that closes offices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reorganisation {
    /// Number of the decision, as printed: `1685/NQ-UBTVQH15`. No two have the same.
    pub decision: String,
    pub decided_on: Date,
    /// First day without the offices it closes.
    pub effective_from: Date,
    pub closes: Vec<OfficeCode>,
    pub routes: Vec<Route>,
    pub legal_basis: String,
    pub certainty: Certainty,
}

/// Why a decision cannot be carried out as it is written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReorganisationError {
    /// Letters, digits and `. _ - /` only, at most 120 characters.
    #[error("{0:?} is not the number of a decision")]
    Decision(String),
    #[error("the legal basis must be told in at most 120 characters")]
    LegalBasis,
    #[error("it closes no office")]
    Empty,
    #[error("{0} bytes are more than one fact holds")]
    TooLarge(usize),
    #[error("office {0} is closed twice")]
    ClosedTwice(String),
    /// Unknown, or ended before.
    #[error("there is no office {0} on the day before")]
    NotOpen(String),
    #[error("a route leads from office {0}, which is not closed")]
    NotClosed(String),
    /// No route without procedures and fields, or another one behind it.
    #[error("the last route of office {0} must take whatever is left")]
    NoRest(String),
    /// Unknown, not open on the day, or closed itself.
    #[error("office {0} cannot take anything over")]
    NoSuccessor(String),
    #[error("no procedure {0}")]
    Procedure(String),
    #[error("no procedure is of field {0:?}")]
    Field(String),
}

impl ReorganisationError {
    /// The stable code that clients see.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Decision(_) | Self::LegalBasis | Self::Empty => "REORGANISATION_MALFORMED",
            Self::TooLarge(_) => "REORGANISATION_TOO_LARGE",
            Self::ClosedTwice(_) | Self::NotOpen(_) => "REORGANISATION_CLOSES_WRONGLY",
            Self::NotClosed(_) | Self::NoRest(_) => "REORGANISATION_ROUTES_INCOMPLETE",
            Self::NoSuccessor(_) => "REORGANISATION_NO_SUCCESSOR",
            Self::Procedure(_) => "UNKNOWN_PROCEDURE",
            Self::Field(_) => "UNKNOWN_FIELD",
        }
    }

    /// What is wrong and what to do: (Vietnamese, English).
    #[must_use]
    pub fn message(&self) -> (String, String) {
        match self {
            Self::Decision(number) => (
                format!(
                    "“{number}” không phải số quyết định. Ghi như trên văn bản, ví dụ 1685/NQ-UBTVQH15."
                ),
                format!(
                    "“{number}” is not the number of a decision. Write it as printed, such as 1685/NQ-UBTVQH15."
                ),
            ),
            Self::LegalBasis => (
                "Ghi căn cứ pháp lý của quyết định, tối đa 120 ký tự.".to_owned(),
                "Give the decision's legal basis in at most 120 characters.".to_owned(),
            ),
            Self::Empty => (
                "Quyết định không kết thúc cơ quan nào. Ghi ít nhất một cơ quan ở “closes”."
                    .to_owned(),
                "The decision closes no office. Name at least one in `closes`.".to_owned(),
            ),
            Self::TooLarge(bytes) => (
                format!(
                    "Phương án dài {bytes} byte, quá mức một bản ghi chứa được. Chia thành nhiều quyết định, mỗi quyết định ít cơ quan hơn."
                ),
                format!(
                    "The plan takes {bytes} bytes, more than one fact holds. Split it: fewer offices in each decision."
                ),
            ),
            Self::ClosedTwice(code) => (
                format!("Cơ quan {code} ghi hai lần ở “closes”. Bỏ một lần."),
                format!("Office {code} stands twice in `closes`. Take one out."),
            ),
            Self::NotOpen(code) => (
                format!(
                    "Không có cơ quan {code} vào ngày trước khi quyết định có hiệu lực, hoặc cơ quan đã kết thúc. Kiểm tra lại mã và ngày."
                ),
                format!(
                    "There is no office {code} on the eve of the day, or it had ended before. Check its code and the day."
                ),
            ),
            Self::NotClosed(code) => (
                format!(
                    "Có tuyến chuyển từ cơ quan {code} nhưng cơ quan này không kết thúc. Ghi ở “closes” hoặc bỏ tuyến."
                ),
                format!(
                    "A route leads from office {code}, which is not closed. Name it in `closes`, or take the route out."
                ),
            ),
            Self::NoRest(code) => (
                format!(
                    "Tuyến cuối cùng của cơ quan {code} phải nhận phần còn lại (không ghi thủ tục, lĩnh vực), và chỉ tuyến cuối cùng. Bổ sung tuyến đó."
                ),
                format!(
                    "The last route of office {code}, and no other, must take whatever is left (no procedures, no fields). Add it."
                ),
            ),
            Self::NoSuccessor(code) => (
                format!(
                    "Cơ quan {code} không tiếp nhận được: chưa có vào ngày hiệu lực, hoặc cũng kết thúc. Mở cơ quan bằng openOffice trước, hoặc đổi nơi nhận."
                ),
                format!(
                    "Office {code} cannot take anything over: it does not exist on the day, or ends itself. Open it by openOffice first, or name another."
                ),
            ),
            Self::Procedure(code) => (
                format!("Không có thủ tục {code} trong danh mục. Kiểm tra lại mã thủ tục."),
                format!("The catalogue has no procedure {code}. Check its code."),
            ),
            Self::Field(field) => (
                format!(
                    "Không có thủ tục nào thuộc lĩnh vực “{field}”. Ghi đúng tên lĩnh vực trong danh mục."
                ),
                format!(
                    "No procedure is of the field “{field}”. Write the Vietnamese name as in the catalogue."
                ),
            ),
        }
    }
}

impl Reorganisation {
    /// Whether it closes this office.
    #[must_use]
    pub fn closes(&self, office: &str) -> bool {
        self.closes.iter().any(|code| code.as_str() == office)
    }

    /// Whether it has come into effect by `day`.
    #[must_use]
    pub fn in_effect(&self, day: Date) -> bool {
        self.effective_from <= day
    }

    /// The last day of the offices it closes.
    #[must_use]
    pub fn last_day(&self) -> Date {
        self.effective_from.yesterday().unwrap_or(Date::MIN)
    }

    /// Who takes over what this office had of a procedure of this field (its Vietnamese name).
    #[must_use]
    pub fn successor(
        &self,
        office: &str,
        procedure: &str,
        field: Option<&str>,
    ) -> Option<&OfficeCode> {
        let mut routes = self.routes_of(office);
        let found = routes.find(|route| route.fits(procedure, field));
        found.map(|route| &route.to)
    }

    /// All that take something over, each once.
    #[must_use]
    pub fn successors(&self) -> BTreeSet<&OfficeCode> {
        self.routes.iter().map(|route| &route.to).collect()
    }

    fn routes_of(&self, office: &str) -> impl DoubleEndedIterator<Item = &Route> {
        let routes = self.routes.iter();
        routes.filter(move |route| route.from.as_str() == office)
    }

    /// Refuses what cannot be carried out on the shelf as it stands. The same number twice is the caller's to refuse.
    ///
    /// # Errors
    /// The first [`ReorganisationError`] met.
    pub fn check(&self, reference: &Reference) -> Result<(), ReorganisationError> {
        use ReorganisationError as E;
        let token = |c: char| c.is_alphanumeric() || "._-/".contains(c);
        if self.decision.is_empty()
            || self.decision.chars().count() > LINE_CHARS_MAX
            || !self.decision.chars().all(token)
        {
            return Err(E::Decision(self.decision.clone()));
        }
        let basis = text::required(&self.legal_basis, LINE_CHARS_MAX);
        if !basis.is_ok_and(|clean| clean == self.legal_basis) {
            return Err(E::LegalBasis);
        }
        let bytes = serde_json::to_vec(self).map_or(usize::MAX, |bytes| bytes.len());
        if bytes > BYTES_MAX {
            return Err(E::TooLarge(bytes));
        }
        self.check_closed(reference)?;
        self.check_routes(reference)
    }

    fn check_closed(&self, reference: &Reference) -> Result<(), ReorganisationError> {
        use ReorganisationError as E;
        if self.closes.is_empty() {
            return Err(E::Empty);
        }
        let mut seen = BTreeSet::new();
        for code in &self.closes {
            if !seen.insert(code) {
                return Err(E::ClosedTwice(code.to_string()));
            }
            let open = reference.office(code.as_str(), self.last_day()).is_some();
            if !open || reference.closing(code.as_str()).is_some() {
                return Err(E::NotOpen(code.to_string()));
            }
            let mut newest_first = self.routes_of(code.as_str()).rev();
            let ends_in_rest = newest_first.next().is_some_and(Route::is_rest);
            if !ends_in_rest || newest_first.any(Route::is_rest) {
                return Err(E::NoRest(code.to_string()));
            }
        }
        Ok(())
    }

    fn check_routes(&self, reference: &Reference) -> Result<(), ReorganisationError> {
        use ReorganisationError as E;
        for route in &self.routes {
            if !self.closes(route.from.as_str()) {
                return Err(E::NotClosed(route.from.to_string()));
            }
            let to = route.to.as_str();
            let open = reference.office(to, self.effective_from).is_some();
            if !open || self.closes(to) {
                return Err(E::NoSuccessor(route.to.to_string()));
            }
            let known = |code: &&ProcedureCode| reference.procedures.contains_key(code.as_str());
            if let Some(code) = route.procedures.iter().find(|code| !known(code)) {
                return Err(E::Procedure(code.to_string()));
            }
            if let Some(field) = route
                .fields
                .iter()
                .find(|field| !has_field(reference, field))
            {
                return Err(E::Field((*field).clone()));
            }
        }
        Ok(())
    }
}

/// Whether a procedure is, or was, of this field.
fn has_field(reference: &Reference, field: &str) -> bool {
    let mut versions = reference.procedures.values().flatten();
    versions.any(|procedure| procedure.field_vi == field)
}

impl Reference {
    /// The decision that closed this office, or will.
    #[must_use]
    pub fn closing(&self, office: &str) -> Option<&Arc<Reorganisation>> {
        let mut all = self.reorganisations.iter();
        all.find(|one| one.closes(office))
    }

    /// The decision of this number.
    #[must_use]
    pub fn reorganisation(&self, decision: &str) -> Option<&Arc<Reorganisation>> {
        let mut all = self.reorganisations.iter();
        all.find(|one| one.decision == decision)
    }

    /// Who takes over what this office had of a procedure, by the decision that closed it.
    #[must_use]
    pub fn successor(&self, office: &str, procedure: &str) -> Option<&OfficeCode> {
        let newest = self.procedures.get(procedure).and_then(|all| all.last());
        let field = newest.map(|procedure| procedure.field_vi.as_str());
        self.closing(office)?.successor(office, procedure, field)
    }

    /// The office itself, or the one that has taken over by `day` what it had of a procedure.
    #[must_use]
    pub fn in_place_of<'a>(
        &'a self,
        office: &'a OfficeCode,
        procedure: &ProcedureCode,
        day: Date,
    ) -> &'a OfficeCode {
        let ended = |code: &&OfficeCode| {
            let closing = self.closing(code.as_str());
            closing.is_some_and(|one| one.in_effect(day))
        };
        let next = |code: &&'a OfficeCode| {
            let ended = Some(*code).filter(ended)?;
            self.successor(ended.as_str(), procedure.as_str())
        };
        // Nobody takes over from itself: the way is no longer than the list of decisions.
        let way = std::iter::successors(Some(office), next);
        let way = way.take(self.reorganisations.len() + 1);
        way.last().unwrap_or(office)
    }

    /// Who keeps on `day` what this office gave in a procedure: itself while it stands; then whoever took its work over, as
    /// the decision that closed it said or, without one, as they name it themselves; and so on when these have ended too.
    #[must_use]
    pub fn keepers<'a>(&'a self, office: &'a str, procedure: &str, day: Date) -> BTreeSet<&'a str> {
        let (mut keepers, mut seen) = (BTreeSet::new(), BTreeSet::new());
        let mut ahead = vec![office];
        while let Some(one) = ahead.pop() {
            if !seen.insert(one) {
                continue;
            }
            if self.office(one, day).is_some() {
                keepers.insert(one);
            } else if self.closing(one).is_some() {
                ahead.extend(self.successor(one, procedure).map(OfficeCode::as_str));
            } else {
                let offices = self.offices.values();
                let naming =
                    offices.filter(|other| other.predecessors.iter().any(|code| code == one));
                ahead.extend(naming.map(|other| other.code.as_str()));
            }
        }
        keepers
    }

    /// Codes of the offices whose work this one took over: as it was opened, and as decisions said.
    #[must_use]
    pub fn predecessors(&self, office: &str) -> BTreeSet<String> {
        let opened = self.offices.get(office);
        let named = opened.map_or(&[][..], |office| &office.predecessors);
        let routes = self.reorganisations.iter().flat_map(|one| &one.routes);
        let leading = routes.filter(|route| route.to.as_str() == office);
        named
            .iter()
            .cloned()
            .chain(leading.map(|route| route.from.to_string()))
            .collect()
    }

    /// Codes of the offices that took its work over: as decisions said, and as they name it themselves.
    #[must_use]
    pub fn successors(&self, office: &str) -> BTreeSet<String> {
        let routes = self.reorganisations.iter().flat_map(|one| &one.routes);
        let leading = routes.filter(|route| route.from.as_str() == office);
        let offices = self.offices.values();
        let naming = offices.filter(|one| one.predecessors.iter().any(|code| code == office));
        leading
            .map(|route| route.to.to_string())
            .chain(naming.map(|one| one.code.clone()))
            .collect()
    }

    /// The office with the last day that a decision gave it: posting a new phone does not open it again.
    #[must_use]
    pub fn ended(&self, office: Office) -> Office {
        let closed = self.closing(&office.code).map(|one| one.last_day());
        let last = [office.valid_to, closed].into_iter().flatten().min();
        Office {
            valid_to: last,
            ..office
        }
    }

    pub(super) fn reorganise(&mut self, decided: &Reorganisation) {
        self.reorganisations.push(Arc::new(decided.clone()));
        for code in &decided.closes {
            let Some(office) = self.offices.get(code.as_str()) else {
                continue;
            };
            let ended = self.ended(office.as_ref().clone());
            self.offices.insert(ended.code.clone(), Arc::new(ended));
        }
    }
}
