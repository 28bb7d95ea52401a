//! The person whose dossier it is, opened from the vault for those who need to know.

use async_graphql::SimpleObject;
use serde_json::Value;
use uuid::Uuid;

use crate::api::Api;
use crate::api::error::Result;
use crate::domain::part::{ADDRESS, BIRTH_DATE, CITIZEN_NUMBER, EMAIL, FULL_NAME, PHONE, PartKind};
use crate::journal::Until;
use crate::projections::history;
use crate::vault::Opened;

/// An applicant's personal data. What is masked shows its first or last characters and dots.
#[derive(Debug, Clone, PartialEq, Eq, Default, SimpleObject)]
pub struct Applicant {
    /// Family name, middle names, given name.
    pub full_name: Option<String>,
    /// Identity number.
    pub citizen_number: Option<String>,
    /// Date of birth.
    pub birth_date: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Postal address.
    pub address: Option<String>,
    /// Something above is masked.
    pub masked: bool,
    /// The data was destroyed, as the law asks; what is null was there.
    pub erased: bool,
}

/// Reads the newest parts before `until`; [`Problem::Withheld`] where there are some but no vault. Names are masked unless `named`, the rest unless `revealed` as well.
pub async fn open(
    api: &Api,
    dossier: Uuid,
    until: Until,
    named: bool,
    revealed: bool,
) -> Result<Option<Applicant>> {
    let Some(state) = history::fold(&api.journal, dossier, until).await? else {
        return Ok(None);
    };
    // A leg has no personal data of its own: its applicant is the whole's.
    let (dossier, state) = match &state.leg_of {
        Some(leg_of) => match history::fold(&api.journal, leg_of.whole, until).await? {
            Some(whole) => (leg_of.whole, whole),
            None => return Ok(None),
        },
        None => (dossier, state),
    };
    let kinds = [PartKind::Applicant, PartKind::Contact];
    let wanted: Vec<_> = kinds
        .into_iter()
        .filter_map(|kind| state.part(kind))
        .map(|(part, command)| (dossier, *command, part.clone()))
        .collect();
    if wanted.is_empty() {
        return Ok(None);
    }
    let opened = api.vault()?.open(&wanted).await?;
    of(opened, named, named && revealed).map(Some)
}

/// What parts tell of a person. Names are masked unless `named`, the rest unless `revealed`.
pub fn of(opened: Vec<Opened>, named: bool, revealed: bool) -> Result<Applicant> {
    let mut applicant = Applicant::default();
    for opened in opened {
        match opened.readable()? {
            Some(value) => applicant.fill(&value),
            None => applicant.erased = true,
        }
    }
    applicant.mask(named, revealed);
    Ok(applicant)
}

impl Applicant {
    fn fill(&mut self, value: &Value) {
        let fields = [
            (FULL_NAME, &mut self.full_name),
            (CITIZEN_NUMBER, &mut self.citizen_number),
            (BIRTH_DATE, &mut self.birth_date),
            (PHONE, &mut self.phone),
            (EMAIL, &mut self.email),
            (ADDRESS, &mut self.address),
        ];
        for (key, field) in fields {
            if let Some(text) = value.get(key).and_then(Value::as_str) {
                *field = Some(text.to_owned());
            }
        }
    }

    fn mask(&mut self, named: bool, revealed: bool) {
        if !named {
            self.masked |= self.full_name.is_some();
            self.full_name = self.full_name.as_deref().map(initials);
        }
        if revealed {
            return;
        }
        let numbers = [&mut self.citizen_number, &mut self.phone];
        let rest = [&mut self.birth_date, &mut self.email, &mut self.address];
        for field in numbers {
            self.masked |= field.is_some();
            *field = field.as_deref().map(last_three);
        }
        for field in rest {
            self.masked |= field.is_some();
            *field = field.as_ref().map(|_| "•••".to_owned());
        }
    }
}

/// `Nguyễn Văn An` → `N••• V••• A•••`.
fn initials(name: &str) -> String {
    let words = name.split_whitespace();
    let short = words.map(|word| word.chars().take(1).chain("•••".chars()).collect());
    short.collect::<Vec<String>>().join(" ")
}

fn last_three(number: &str) -> String {
    let chars: Vec<char> = number.chars().collect();
    let shown = &chars[chars.len().saturating_sub(3)..];
    format!("•••{}", shown.iter().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given() -> Applicant {
        let mut applicant = Applicant::default();
        applicant.fill(&serde_json::json!({
            FULL_NAME: "Công dân 000123", CITIZEN_NUMBER: "003000000123", PHONE: "0000000456", EMAIL: "a@example.org",
        }));
        applicant
    }

    #[test]
    fn whoever_needs_no_name_sees_initials_and_no_number() {
        let mut applicant = given();
        applicant.mask(false, false);
        assert_eq!(applicant.full_name.as_deref(), Some("C••• d••• 0•••"));
        assert_eq!(applicant.citizen_number.as_deref(), Some("•••123"));
        assert_eq!(applicant.email.as_deref(), Some("•••"));
        assert_eq!(applicant.address, None);
        assert!(applicant.masked);
    }

    #[test]
    fn numbers_are_masked_until_they_are_asked_for() {
        let mut applicant = given();
        applicant.mask(true, false);
        assert_eq!(applicant.full_name, given().full_name);
        assert_eq!(applicant.phone.as_deref(), Some("•••456"));
        let mut applicant = given();
        applicant.mask(true, true);
        assert_eq!(applicant, given());
    }
}
