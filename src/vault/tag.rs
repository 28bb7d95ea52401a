//! Blind index: a part can be found by the number or telephone it holds, by whoever has the wrapping key and nobody else.
//!
//! Exact matches only, and only of what few share: a tag of a birth date or a name would tell by how often it stands there.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;

use super::{keys::derive, seal::Secret};
use crate::domain::part::{CITIZEN_NUMBER, PHONE, PartKind};

pub type Tag = [u8; 16];

/// Kinds of parts that may bear a tag.
pub const TAGGED: [PartKind; 2] = [PartKind::Applicant, PartKind::Contact];

/// What a person can be looked for by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    CitizenNumber,
    Phone,
}

impl Field {
    fn name(self) -> &'static str {
        match self {
            Self::CitizenNumber => CITIZEN_NUMBER,
            Self::Phone => PHONE,
        }
    }

    /// Whether two texts are one number.
    pub fn is_same(self, one: &str, other: &str) -> bool {
        self.normalised(one) == self.normalised(other)
    }

    /// Digits only; a telephone of this country begins with 0, however it was typed.
    fn normalised(self, text: &str) -> String {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let abroad = text.trim_start().starts_with('+') || digits.len() > 10;
        let country = digits.strip_prefix("00").unwrap_or(&digits);
        match (self, country.strip_prefix("84")) {
            (Self::Phone, Some(rest)) if abroad => format!("0{rest}"),
            _ => digits,
        }
    }
}

/// `HMAC-SHA-256(HKDF(wrapping key, "motcua/blind-index/v1/FIELD"), digits)`, the first 16 bytes. Where there is no digit there is no tag.
pub fn tag(wrapping: &Secret, field: Field, text: &str) -> Option<Tag> {
    let digits = field.normalised(text);
    if digits.is_empty() {
        return None;
    }
    let mut info = String::from("motcua/blind-index/v1/");
    write!(info, "{}", field.name()).expect("a text takes everything");
    let key = zeroize::Zeroizing::new(derive(wrapping, &info));
    let mut mac =
        <Hmac<Sha256>>::new_from_slice(key.as_slice()).expect("HMAC takes a key of any length");
    mac.update(digits.as_bytes());
    mac.finalize().into_bytes()[..16].try_into().ok()
}

/// What a part of this kind can be found by.
pub fn of(kind: PartKind, value: &Value) -> Option<(Field, &str)> {
    let field = match kind {
        PartKind::Applicant => Field::CitizenNumber,
        PartKind::Contact => Field::Phone,
        PartKind::Note | PartKind::Officer | PartKind::Document => return None,
    };
    Some((field, value.get(field.name())?.as_str()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_is_the_same_however_it_is_typed() {
        let key = Secret::new([7; 32]);
        let of = |text| tag(&key, Field::Phone, text);
        assert_eq!(of("0912 345 678"), of("+84 912.345.678"));
        assert_eq!(of("0912345678"), of("84912345678"));
        assert_eq!(of("0912345678"), of("0084912345678"));
        assert_ne!(of("0912345678"), of("0912345679"));
        // Ten digits that begin with 84 are a number of their own.
        assert_ne!(of("8491234567"), of("091234567"));
    }

    #[test]
    fn a_tag_tells_nothing_without_its_key_and_its_field() {
        let (one, other) = (Secret::new([7; 32]), Secret::new([8; 32]));
        let number = "001203004567";
        assert_ne!(
            tag(&one, Field::CitizenNumber, number),
            tag(&other, Field::CitizenNumber, number)
        );
        assert_ne!(
            tag(&one, Field::CitizenNumber, number),
            tag(&one, Field::Phone, number)
        );
        assert_eq!(tag(&one, Field::CitizenNumber, " - "), None);
    }
}
