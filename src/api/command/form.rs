//! Input as people type it, cleaned and checked field by field; what is wrong with it is told all at once.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::input::ApplicantInput;
use crate::acts::Personal;
use crate::api::error::UserError;
use crate::domain::actor::is_id;
use crate::domain::code::CodeError;
use crate::domain::part::{ADDRESS, BIRTH_DATE, CITIZEN_NUMBER, EMAIL, FULL_NAME, PHONE, PartKind};
use crate::domain::text;

const NAME_CHARS_MAX: usize = 100;
const ADDRESS_CHARS_MAX: usize = 300;
const EMAIL_CHARS_MAX: usize = 254;
const NOTE_CHARS_MAX: usize = 2_000;
const PARTICIPANTS_CHARS_MAX: usize = 500;
/// A CMS signature with its chain of certificates in base64.
const SIGNATURE_BLOCK_CHARS_MAX: usize = 16_384;

/// Collects what is wrong.
#[derive(Default)]
pub struct Form {
    pub errors: Vec<UserError>,
}

impl Form {
    fn fail<T>(&mut self, error: UserError) -> Option<T> {
        self.errors.push(error);
        None
    }

    /// A code of the kind wanted.
    pub fn code<T: std::str::FromStr<Err = CodeError>>(
        &mut self,
        path: &str,
        input: &str,
    ) -> Option<T> {
        match input.trim().parse() {
            Ok(code) => Some(code),
            Err(error) => self.fail(UserError::malformed_code(path, error)),
        }
    }

    /// The pseudonym of a person at work. Its shape is all that is checked: not every agency registers its staff here.
    pub fn person(&mut self, path: &str, input: &str) -> Option<String> {
        let id = input.trim();
        if is_id(id) {
            return Some(id.to_owned());
        }
        self.fail(UserError::malformed(
            path,
            "Không phải mã nhân viên: chỉ gồm chữ không dấu, số và dấu . _ - :, có ít nhất một chữ số, ví dụ handler-01.",
            "not a person's pseudonym: letters, digits and . _ - : only, with a digit, such as handler-01",
        ))
    }

    /// The code of a legal basis: it stands in the journal for ever, so it is never free text.
    pub fn basis(&mut self, input: Option<&str>) -> Option<String> {
        self.token(
            "input.basis",
            input?,
            text::is_basis,
            "Căn cứ phải là mã văn bản, ví dụ 61/2018/ND-CP:19.4",
            "the basis must be a code such as 61/2018/ND-CP:19.4",
        )
    }

    /// The number of a document: `123/QĐ-UBND`.
    pub fn document_number(&mut self, path: &str, input: &str) -> Option<String> {
        self.token(
            path,
            input,
            text::is_document_number,
            "Số văn bản không đúng mẫu, ví dụ 123/QĐ-UBND",
            "not the number of a document such as 123/QĐ-UBND",
        )
    }

    /// The code of a policy: it stands in every fact that follows it.
    pub fn policy_code(&mut self, path: &str, input: &str) -> Option<String> {
        let good = |text: &str| text::is_basis(text) && !text.contains(['/', ':']);
        self.token(
            path,
            input,
            good,
            "Mã chính sách chỉ gồm chữ không dấu, số và dấu . _ -, ví dụ one-stop-2025",
            "the code of a policy has letters, digits and . _ - only, such as one-stop-2025",
        )
    }

    /// One line of a public record.
    pub fn line(&mut self, path: &str, input: &str, chars_max: usize) -> Option<String> {
        self.required(path, input, chars_max)
    }

    fn token(
        &mut self,
        path: &str,
        input: &str,
        good: impl Fn(&str) -> bool,
        vietnamese: &str,
        english: &str,
    ) -> Option<String> {
        let token = self.required(path, input, text::TOKEN_CHARS_MAX)?;
        if good(&token) {
            return Some(token);
        }
        self.fail(UserError::malformed(path, vietnamese, english))
    }

    fn required(&mut self, path: &str, input: &str, chars_max: usize) -> Option<String> {
        match text::required(input, chars_max) {
            Ok(text) => Some(text),
            Err(error) => self.fail(UserError::text(path, &error)),
        }
    }

    /// Nothing for an empty text.
    fn optional(&mut self, path: &str, input: Option<&str>, chars_max: usize) -> Option<String> {
        match text::clean(input?, chars_max) {
            Ok(text) => Some(text).filter(|text| !text.is_empty()),
            Err(error) => self.fail(UserError::text(path, &error)),
        }
    }

    /// What an officer typed goes to the vault, beside what the command itself brings of that kind.
    pub fn note(&mut self, input: Option<&str>, personal: &mut Vec<Personal>) {
        let Some(text) = self.optional("input.note", input, NOTE_CHARS_MAX) else {
            return;
        };
        let mut brought = personal.iter_mut();
        match brought.find(|part| part.kind == PartKind::Note) {
            Some(part) => part.value["note"] = Value::String(text),
            None => personal.push(noted([("text", text)])),
        }
    }

    /// What somebody has to say, for the vault.
    pub fn said(&mut self, path: &str, input: &str) -> Option<Personal> {
        let text = self.required(path, input, NOTE_CHARS_MAX)?;
        Some(noted([("text", text)]))
    }

    /// What somebody has to say, in other words.
    pub fn wording(&mut self, path: &str, input: &str) -> Option<String> {
        self.required(path, input, NOTE_CHARS_MAX)
    }

    /// Where an on-site check is made and by whom, for the vault.
    pub fn field_check(&mut self, place: &str, participants: &str) -> Option<Personal> {
        let place = self.required("input.place", place, ADDRESS_CHARS_MAX);
        let path = "input.participants";
        let participants = self.required(path, participants, PARTICIPANTS_CHARS_MAX);
        let (place, participants) = place.zip(participants)?;
        Some(noted([("place", place), ("participants", participants)]))
    }

    /// A signature in base64, for the vault.
    pub fn signature_block(&mut self, path: &str, input: &str) -> Option<String> {
        let block = self.required(path, input, SIGNATURE_BLOCK_CHARS_MAX)?;
        if STANDARD.decode(&block).is_ok() {
            return Some(block);
        }
        self.fail(UserError::malformed(
            path,
            "Khối chữ ký phải ở dạng base64.",
            "the signature block must be base64",
        ))
    }

    /// Who applies, and how to be reached: two parts, under keys of their own.
    pub fn applicant(&mut self, input: &ApplicantInput) -> Vec<Personal> {
        let path = |field: &str| format!("input.applicant.{field}");
        let name = self.required(&path("fullName"), &input.full_name, NAME_CHARS_MAX);
        let number = self.citizen_number(&path("citizenNumber"), input.citizen_number.as_deref());
        let birth_date = input.birth_date.map(|day| day.0.to_string());
        let phone = self.phone(&path("phone"), input.phone.as_deref());
        let email = self.email(&path("email"), input.email.as_deref());
        let address = self.optional(
            &path("address"),
            input.address.as_deref(),
            ADDRESS_CHARS_MAX,
        );
        let identity = [
            (FULL_NAME, name),
            (CITIZEN_NUMBER, number),
            (BIRTH_DATE, birth_date),
        ];
        let contact = [(PHONE, phone), (EMAIL, email), (ADDRESS, address)];
        let parts = [
            (PartKind::Applicant, identity),
            (PartKind::Contact, contact),
        ];
        let filled = parts.into_iter().filter_map(|(kind, fields)| {
            let given = fields.into_iter().filter_map(|(key, value)| {
                let value = Value::String(value?);
                Some((key.to_owned(), value))
            });
            let value: Map<String, Value> = given.collect();
            (!value.is_empty()).then_some(Personal {
                file: None,
                kind,
                value: Value::Object(value),
            })
        });
        filled.collect()
    }

    /// Says that the dossier is none whose person is known.
    pub fn nobody(&mut self, path: &str) {
        self.errors.push(UserError::malformed(
            path,
            "Hồ sơ này không có dữ liệu cá nhân, hoặc không có hồ sơ này.",
            "there is no such dossier, or it holds no personal data",
        ));
    }

    /// An officer's name and telephone, if a name is given; both are one part, so a telephone alone would take the name away.
    pub fn officer(&mut self, name: Option<&str>, phone: Option<&str>) -> Option<Personal> {
        let name = self.optional("input.fullName", name, NAME_CHARS_MAX);
        let phone = self.phone("input.phone", phone);
        if name.is_none() && phone.is_some() {
            self.errors.push(UserError::malformed(
                "input.phone",
                "Ghi cả họ tên khi đổi số điện thoại.",
                "give `fullName` too: name and telephone are changed together",
            ));
        }
        let given = [(FULL_NAME, Some(name?)), (PHONE, phone)];
        let given = given
            .into_iter()
            .filter_map(|(key, text)| Some((key.to_owned(), Value::String(text?))));
        Some(Personal {
            file: None,
            kind: PartKind::Officer,
            value: Value::Object(given.collect()),
        })
    }

    fn citizen_number(&mut self, path: &str, input: Option<&str>) -> Option<String> {
        let number = self.optional(path, input, text::TOKEN_CHARS_MAX)?;
        let digits = number.bytes().all(|byte| byte.is_ascii_digit());
        if digits && matches!(number.len(), 9 | 12) {
            return Some(number);
        }
        self.fail(UserError::malformed(
            path,
            "Số định danh gồm 12 chữ số (chứng minh cũ: 9).",
            "an identity number has 12 digits (old ones 9)",
        ))
    }

    /// Digits with an optional plus; dots, dashes and spaces between them are dropped.
    fn phone(&mut self, path: &str, input: Option<&str>) -> Option<String> {
        let text = self.optional(path, input, text::TOKEN_CHARS_MAX)?;
        let number = text.replace(['.', ' ', '-'], "");
        let digits = number.strip_prefix('+').unwrap_or(&number);
        if digits.bytes().all(|byte| byte.is_ascii_digit()) && (8..=15).contains(&digits.len()) {
            return Some(number);
        }
        self.fail(UserError::malformed(
            path,
            "Số điện thoại gồm 8 đến 15 chữ số.",
            "a telephone number has 8 to 15 digits",
        ))
    }

    fn email(&mut self, path: &str, input: Option<&str>) -> Option<String> {
        let address = self.optional(path, input, EMAIL_CHARS_MAX)?;
        let parts = address.split_once('@');
        let good = parts.is_some_and(|(name, host)| {
            !name.is_empty() && host.contains('.') && !host.contains('@')
        });
        if good && !address.contains(char::is_whitespace) {
            return Some(address);
        }
        self.fail(UserError::malformed(
            path,
            "Địa chỉ thư điện tử không đúng mẫu.",
            "not an e-mail address",
        ))
    }
}

/// What is not given stays so; what is given is read, and `None` when that fails.
#[expect(clippy::option_option, reason = "refused, not given, or given")]
pub fn optional<I, T>(input: Option<I>, read: impl FnOnce(I) -> Option<T>) -> Option<Option<T>> {
    match input {
        None => Some(None),
        Some(input) => read(input).map(Some),
    }
}

fn noted<const N: usize>(texts: [(&str, String); N]) -> Personal {
    let texts = texts.map(|(key, text)| (key.to_owned(), Value::String(text)));
    Personal {
        file: None,
        kind: PartKind::Note,
        value: Value::Object(Map::from_iter(texts)),
    }
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization as _;

    use super::*;
    use crate::api::error::ErrorCode;

    fn given(full_name: &str) -> ApplicantInput {
        ApplicantInput {
            full_name: full_name.into(),
            citizen_number: None,
            birth_date: None,
            phone: None,
            email: None,
            address: None,
        }
    }

    #[test]
    fn a_name_is_kept_in_one_normal_form_and_a_part_without_values_is_not_made() {
        let mut form = Form::default();
        let decomposed: String = " Nguyễn Thị Hồng ".nfd().collect();
        let parts = form.applicant(&given(&decomposed));
        assert_eq!(form.errors, []);
        assert_eq!(parts.len(), 1);
        assert_eq!(parts[0].value[FULL_NAME], "Nguyễn Thị Hồng");
    }

    #[test]
    fn everything_wrong_is_told_at_once_with_its_place() {
        let mut form = Form::default();
        let input = ApplicantInput {
            citizen_number: Some("12".into()),
            phone: Some("call me".into()),
            email: Some("a@b".into()),
            address: Some("x".repeat(301)),
            ..given("a\0b")
        };
        form.applicant(&input);
        let found = form.errors.iter();
        let found: Vec<_> = found
            .map(|error| (error.field[2].as_str(), error.code))
            .collect();
        assert_eq!(
            found,
            [
                ("fullName", ErrorCode::TextControlCharacter),
                ("citizenNumber", ErrorCode::ValueMalformed),
                ("phone", ErrorCode::ValueMalformed),
                ("email", ErrorCode::ValueMalformed),
                ("address", ErrorCode::TextTooLong),
            ]
        );
    }

    #[test]
    fn nothing_that_could_be_a_name_gets_into_a_fact() {
        let mut form = Form::default();
        assert_eq!(
            form.basis(Some("61/2018/ND-CP:19.4")).as_deref(),
            Some("61/2018/ND-CP:19.4")
        );
        assert_eq!(
            form.document_number("input.number", "12/QĐ-UBND")
                .as_deref(),
            Some("12/QĐ-UBND")
        );
        assert_eq!(form.errors, []);
        assert_eq!(form.basis(Some("ông Nguyễn Văn A")), None);
        assert_eq!(form.document_number("input.number", "bà Lê Thị B"), None);
        assert_eq!(form.person("input.to", "Nguyễn Văn A"), None);
        assert_eq!(form.person("input.to", "nguyenvana"), None);
        assert_eq!(form.document_number("input.number", "NguyễnVănA"), None);
        assert_eq!(form.basis(Some("nguyen-van-a")), None);
        assert_eq!(form.errors.len(), 6);
    }
}
