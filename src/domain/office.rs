//! Offices with the days they existed, so that what an abolished office did stays readable.

use super::{
    calendar::OfficeHours,
    catalogue::{Level, valid_between},
    law::Certainty,
    text,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

const NAME_CHARS_MAX: usize = 200;
const ADDRESS_CHARS_MAX: usize = 300;
/// Posts, and fields of one post, that one office lists.
const CONTACTS_MAX: usize = 60;

/// An agency that receives or settles dossiers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// Agency identifier of Decision 20/2020: `H63.40.01`, or the older order `000.00.06.H56`.
    pub code: String,
    pub name_vi: String,
    pub name_en: String,
    pub level: Level,
    /// The code of the office above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// First day of the office.
    pub valid_from: Date,
    /// Last day of the office; absent while it works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    /// Codes of the offices whose work it took over.
    #[serde(default)]
    pub predecessors: Vec<String>,
    /// Office hours of a working day; absent for the usual 07:00–11:30 and 13:30–17:00.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<OfficeHours>,
    #[serde(default)]
    pub address_vi: String,
    #[serde(default)]
    pub phone: String,
    /// The posted list of staff: posts, never people, for a fact is for ever and people change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Post>,
    pub certainty: Certainty,
}

/// A post that the public may call: what it is called, its phone, and what it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    pub post_vi: String,
    pub post_en: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// Fields of work as the catalogue names them; none for one who is asked about everything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
}

/// A field of work by its two names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    pub vi: String,
    pub en: String,
}

/// Why an office cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OfficeError {
    #[error("{0:?} is not an agency code")]
    Code(String),
    #[error("office {office}: {field}: {error}")]
    Text {
        office: String,
        field: &'static str,
        error: text::TextError,
    },
    #[error("office {0}: it ends before it begins")]
    Validity(String),
    #[error("office {0}: it cannot be its own parent or predecessor")]
    OwnAncestor(String),
    #[error("office {0}: at most 60 posts, and at most 60 fields of a post, are listed")]
    TooManyContacts(String),
}

impl OfficeError {
    /// The stable code that clients may rely on.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Code(_) => "OFFICE_CODE_MALFORMED",
            Self::Text { .. } => "OFFICE_TEXT_MALFORMED",
            Self::Validity(_) => "OFFICE_VALIDITY_REVERSED",
            Self::OwnAncestor(_) => "OFFICE_OWN_ANCESTOR",
            Self::TooManyContacts(_) => "OFFICE_TOO_MANY_CONTACTS",
        }
    }
}

impl Office {
    /// Whether the office worked on `date`; its first and last day count.
    pub fn valid_on(&self, date: Date) -> bool {
        valid_between(Some(self.valid_from), self.valid_to, date)
    }

    /// Its own hours, or the usual ones.
    pub fn office_hours(&self) -> OfficeHours {
        self.hours.clone().unwrap_or_default()
    }

    /// Whether this is `known` with another address, phone or list of posts, and nothing else changed: offices move and
    /// staff change, while level, parent and days are what dossiers were taken in under.
    pub fn posts_anew(&self, known: &Self) -> bool {
        let as_known = Self {
            address_vi: known.address_vi.clone(),
            phone: known.phone.clone(),
            contacts: known.contacts.clone(),
            ..self.clone()
        };
        as_known == *known && self != known
    }

    /// The same office with its texts cleaned.
    ///
    /// # Errors
    /// The first [`OfficeError`] met.
    pub fn checked(mut self) -> Result<Self, OfficeError> {
        let relatives = self.parent.iter().chain(&self.predecessors);
        for code in std::iter::once(&self.code).chain(relatives.clone()) {
            if !is_office_code(code) {
                return Err(OfficeError::Code(code.clone()));
            }
        }
        if relatives.clone().any(|relative| *relative == self.code) {
            return Err(OfficeError::OwnAncestor(self.code));
        }
        if self.valid_to.is_some_and(|to| to < self.valid_from) {
            return Err(OfficeError::Validity(self.code));
        }
        let wrap = |field| {
            let office = self.code.clone();
            move |error| OfficeError::Text {
                office,
                field,
                error,
            }
        };
        self.name_vi = text::required(&self.name_vi, NAME_CHARS_MAX).map_err(wrap("name_vi"))?;
        self.name_en = text::required(&self.name_en, NAME_CHARS_MAX).map_err(wrap("name_en"))?;
        self.address_vi =
            text::clean(&self.address_vi, ADDRESS_CHARS_MAX).map_err(wrap("address_vi"))?;
        self.phone = text::clean(&self.phone, NAME_CHARS_MAX).map_err(wrap("phone"))?;
        let too_many = |post: &Post| post.fields.len() > CONTACTS_MAX;
        if self.contacts.len() > CONTACTS_MAX || self.contacts.iter().any(too_many) {
            return Err(OfficeError::TooManyContacts(self.code));
        }
        for post in &mut self.contacts {
            post.clean().map_err(wrap("contacts"))?;
        }
        Ok(self)
    }
}

impl Post {
    fn clean(&mut self) -> Result<(), text::TextError> {
        self.post_vi = text::required(&self.post_vi, NAME_CHARS_MAX)?;
        self.post_en = text::required(&self.post_en, NAME_CHARS_MAX)?;
        self.phone = text::clean(&self.phone, NAME_CHARS_MAX)?;
        for field in &mut self.fields {
            field.vi = text::required(&field.vi, NAME_CHARS_MAX)?;
            field.en = text::required(&field.en, NAME_CHARS_MAX)?;
        }
        Ok(())
    }
}

/// `H63`, `H15.50.05.13`, `H26.103.25.7`, or sub-units first: `000.00.06.H56`.
fn is_office_code(code: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let is_agency = |part: &str| {
        part.len() == 3 && part.starts_with(|c: char| c.is_ascii_uppercase()) && digits(&part[1..])
    };
    let parts: Vec<&str> = code.split('.').collect();
    match parts.as_slice() {
        [a, b, c, agency] if !is_agency(a) => {
            [a, b, c].map(|part| part.len()) == [3, 2, 2]
                && [a, b, c].into_iter().all(|part| digits(part))
                && is_agency(agency)
        }
        [agency, units @ ..] => {
            is_agency(agency)
                && units.len() <= 4
                && units
                    .iter()
                    .all(|unit| (1..=3).contains(&unit.len()) && digits(unit))
        }
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn office() -> Office {
        serde_json::from_str(
            r#"{"code": "H63.40", "name_vi": "Huyện Lục Yên (mô phỏng)", "name_en": "Luc Yen (simulated)",
                "level": "district", "parent": "H63", "valid_from": "2021-01-01", "valid_to": "2025-06-30",
                "hours": [{"from": "07:30", "to": "11:30"}, {"from": "13:30", "to": "17:00"}], "certainty": "illustrative"}"#,
        )
        .expect("an office")
    }

    #[track_caller]
    fn refused(change: impl FnOnce(&mut Office), code: &str) {
        let mut office = office();
        change(&mut office);
        assert_eq!(office.checked().expect_err("refused").code(), code);
    }

    #[test]
    fn an_office_exists_on_its_first_and_last_day() {
        let office = office().checked().expect("good");
        let on = |day: &str| office.valid_on(day.parse().expect("a date"));
        assert_eq!(
            ["2020-12-31", "2021-01-01", "2025-06-30", "2025-07-01"].map(on),
            [false, true, true, false]
        );
    }

    #[test]
    fn an_office_that_lists_no_posts_is_written_as_before() {
        let office = office().checked().expect("good");
        let text = serde_json::to_string(&office).expect("JSON");
        assert!(!text.contains("contacts"), "{text}");
    }

    #[test]
    fn an_office_may_post_another_phone_and_nothing_else() {
        let known = office();
        let with = |change: fn(&mut Office)| {
            let mut office = office();
            change(&mut office);
            office.posts_anew(&known)
        };
        assert!(with(|office| office.phone = "0000000001".into()));
        assert!(!with(|_| ()), "nothing is new");
        assert!(!with(|office| {
            office.phone = "0000000001".into();
            office.level = Level::Province;
        }));
    }

    #[test]
    fn an_office_without_certainty_is_refused() {
        let mut value = serde_json::to_value(office()).expect("JSON");
        value
            .as_object_mut()
            .expect("an object")
            .remove("certainty");
        let error = serde_json::from_value::<Office>(value).expect_err("refused");
        assert!(error.to_string().contains("certainty"), "{error}");
    }

    #[test]
    fn office_codes_seen_in_practice_are_taken_and_others_refused() {
        for good in [
            "H63",
            "H63.40.01",
            "000.00.06.H56",
            "H15.50.05.13",
            "H26.103.25.7",
            "G09.20",
        ] {
            assert!(is_office_code(good), "{good}");
        }
        for bad in [
            "",
            "H6",
            "H63.",
            "H63.4000",
            "63.H",
            "H63.a",
            "000.00.H56",
            "H1.1.1.1.1.1",
            "h63",
        ] {
            assert!(!is_office_code(bad), "{bad}");
        }
    }

    #[test]
    fn an_office_that_cannot_be_is_refused() {
        refused(
            |office| office.code = "Lục Yên".into(),
            "OFFICE_CODE_MALFORMED",
        );
        refused(
            |office| office.predecessors = vec!["x".into()],
            "OFFICE_CODE_MALFORMED",
        );
        refused(
            |office| office.parent = Some("H63.40".into()),
            "OFFICE_OWN_ANCESTOR",
        );
        refused(
            |office| office.valid_to = Some(jiff::civil::date(2020, 1, 1)),
            "OFFICE_VALIDITY_REVERSED",
        );
        refused(
            |office| office.name_vi = "  ".into(),
            "OFFICE_TEXT_MALFORMED",
        );
        refused(
            |office| office.phone = "0000\u{0}".into(),
            "OFFICE_TEXT_MALFORMED",
        );
        let post = Post {
            post_vi: " ".into(),
            post_en: "Reception".into(),
            phone: String::new(),
            fields: Vec::new(),
        };
        refused(
            |office| office.contacts = vec![post.clone()],
            "OFFICE_TEXT_MALFORMED",
        );
        refused(
            |office| office.contacts = vec![post.clone(); CONTACTS_MAX + 1],
            "OFFICE_TOO_MANY_CONTACTS",
        );
    }
}
