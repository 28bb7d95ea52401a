//! Codes that get into facts: short, of few characters, and never what a person's name is written with.

use super::form::Form;
use crate::api::error::UserError;

/// RFC 5280 section 4.1.2.2: at most 20 octets.
const SERIAL_DIGITS_MAX: usize = 40;
const RECEIPT_CHARS_MAX: usize = 16;
/// Series of a receipt without a digit (`AA`) are no longer.
const LETTERS_ONLY_MAX: usize = 3;
const SYSTEM_CHARS_MAX: usize = 32;
const REFERENCE_CHARS_MAX: usize = 64;

impl Form {
    /// The number of a certificate, in lower-case hexadecimal digits.
    pub fn certificate_serial(&mut self, path: &str, input: &str) -> Option<String> {
        let serial = input.trim().to_ascii_lowercase();
        let fits = (1..=SERIAL_DIGITS_MAX).contains(&serial.len())
            && serial.bytes().all(|byte| byte.is_ascii_hexdigit());
        self.kept(
            fits.then_some(serial),
            path,
            "Số sê-ri chứng thư gồm tối đa 40 chữ số thập lục phân.",
            "the serial number of a certificate has at most 40 hexadecimal digits",
        )
    }

    /// Form or series as printed on a receipt: `01BLP3-001`, `AA-26E`, `AA`.
    pub fn printed_code(&mut self, path: &str, input: &str) -> Option<String> {
        let code = input.trim();
        let good =
            |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"/-".contains(&byte);
        let fits = (1..=RECEIPT_CHARS_MAX).contains(&code.len())
            && code.bytes().all(good)
            && (has_digit(code) || code.len() <= LETTERS_ONLY_MAX);
        self.kept(
            fits.then(|| code.to_owned()),
            path,
            "Mẫu số, ký hiệu biên lai gồm chữ in hoa không dấu, chữ số và / -, ví dụ 01BLP3-001.",
            "form and series of a receipt are capital letters, digits and / - such as 01BLP3-001",
        )
    }

    /// The number printed on a receipt.
    pub fn receipt_number(&mut self, path: &str, input: &str) -> Option<String> {
        let number = input.trim();
        let fits = (1..=RECEIPT_CHARS_MAX).contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_digit());
        self.kept(
            fits.then(|| number.to_owned()),
            path,
            "Số biên lai chỉ gồm chữ số, tối đa 16.",
            "the number of a receipt has digits only, at most 16",
        )
    }

    /// A bank's or gateway's own reference.
    pub fn payment_reference(&mut self, path: &str, input: &str) -> Option<String> {
        let reference = input.trim();
        let good = |byte: u8| byte.is_ascii_alphanumeric() || b"._-:".contains(&byte);
        let fits = (1..=REFERENCE_CHARS_MAX).contains(&reference.len())
            && reference.bytes().all(good)
            && has_digit(reference);
        self.kept(
            fits.then(|| reference.to_owned()),
            path,
            "Mã tham chiếu gồm chữ không dấu, chữ số và . _ - :, có ít nhất một chữ số, tối đa 64 ký tự.",
            "a reference has letters, digits and . _ - : with a digit among them, at most 64",
        )
    }

    /// The code of another system: `national-portal`.
    pub fn system(&mut self, path: &str, input: &str) -> Option<String> {
        let code = input.trim();
        let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let fits = (1..=SYSTEM_CHARS_MAX).contains(&code.len()) && code.bytes().all(good);
        self.kept(
            fits.then(|| code.to_owned()),
            path,
            "Mã hệ thống gồm chữ thường không dấu, chữ số và dấu -, tối đa 32 ký tự, ví dụ national-portal.",
            "the code of a system has small letters, digits and - , at most 32, such as national-portal",
        )
    }

    fn kept(
        &mut self,
        value: Option<String>,
        path: &str,
        vietnamese: &str,
        english: &str,
    ) -> Option<String> {
        if value.is_none() {
            let error = UserError::malformed(path, vietnamese, english);
            self.errors.push(error);
        }
        value
    }
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Check = fn(&mut Form, &str, &str) -> Option<String>;

    #[track_caller]
    fn then(check: Check, good: &[&str], bad: &[&str]) {
        let mut form = Form::default();
        for text in good {
            assert_eq!(check(&mut form, "input.x", text).as_deref(), Some(*text));
        }
        assert_eq!(form.errors, []);
        for text in bad {
            assert_eq!(check(&mut form, "input.x", text), None, "{text}");
        }
        assert_eq!(form.errors.len(), bad.len());
    }

    #[test]
    fn codes_are_short_and_no_name_passes_for_one() {
        let name = "Nguyễn Văn A";
        let long = "1".repeat(65);
        then(
            Form::certificate_serial,
            &["5404fffeb7033fb316d672201b", "0"],
            &["", name, "abcdefg", &long],
        );
        then(
            Form::printed_code,
            &["01BLP3-001", "AA-26E", "AA", "1C24TAA"],
            &["", name, "NGUYENVANA", "aa", &long],
        );
        then(Form::receipt_number, &["0000123"], &["", name, "A1", &long]);
        then(
            Form::payment_reference,
            &["VCB-20261128-0001"],
            &["", name, "nguyenvana", "a b1", &long],
        );
        then(
            Form::system,
            &["national-portal", "tax"],
            &["", name, "Tax", "a_b", &long],
        );
    }
}
