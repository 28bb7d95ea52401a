//! Text from people: one normal form, nothing that cannot be seen, a known length; and the folding that search uses.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Why a text is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// A NUL, a line break inside, or any other control character.
    #[error("the text holds a control character (U+{0:04X})")]
    ControlCharacter(u32),
    /// A character of no width, or one that turns the direction of writing: two texts would look alike and differ.
    #[error("the text holds a character that cannot be seen (U+{0:04X})")]
    InvisibleCharacter(u32),
    /// More characters than the field takes, counted after normalising and trimming.
    #[error("the text has {chars} characters, at most {chars_max} are taken")]
    TooLong { chars: usize, chars_max: usize },
    /// Nothing but white space.
    #[error("the text is empty")]
    Empty,
}

impl TextError {
    /// The stable code that clients may rely on.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ControlCharacter(_) => "TEXT_CONTROL_CHARACTER",
            Self::InvisibleCharacter(_) => "TEXT_INVISIBLE_CHARACTER",
            Self::TooLong { .. } => "TEXT_TOO_LONG",
            Self::Empty => "TEXT_EMPTY",
        }
    }
}

/// The text in NFC without white space around it; an empty text is fine.
///
/// # Errors
/// [`TextError::ControlCharacter`] for a control character left after trimming, [`TextError::InvisibleCharacter`]
/// for one that cannot be seen wherever it stands, [`TextError::TooLong`] for more than `chars_max` characters (Unicode scalar values, not bytes).
pub fn clean(input: &str, chars_max: usize) -> Result<String, TextError> {
    let normal: String = input.nfc().collect();
    let text = normal.trim();
    if let Some(control) = text.chars().find(|c| c.is_control()) {
        return Err(TextError::ControlCharacter(control.into()));
    }
    if let Some(invisible) = text.chars().find(|c| is_invisible(*c)) {
        return Err(TextError::InvisibleCharacter(invisible.into()));
    }
    let chars = text.chars().count();
    if chars > chars_max {
        return Err(TextError::TooLong { chars, chars_max });
    }
    Ok(text.to_owned())
}

/// Characters that take no room or turn the direction of writing (Unicode's format characters and default ignorables):
/// no Vietnamese name or address needs one.
fn is_invisible(c: char) -> bool {
    matches!(u32::from(c),
        0xAD | 0x34F | 0x61C | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180B..=0x180F
        | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0x3164
        | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB
        | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF)
}

/// As [`clean`], and something must be left.
///
/// # Errors
/// Those of [`clean`], and [`TextError::Empty`].
pub fn required(input: &str, chars_max: usize) -> Result<String, TextError> {
    let text = clean(input, chars_max)?;
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    Ok(text)
}

/// Longest number or code in the record, in characters.
pub const TOKEN_CHARS_MAX: usize = 64;

/// Whether a text is a number of a document such as `123/QĐ-UBND`: one word with a digit in it, so that nobody's name is one.
#[must_use]
pub fn is_document_number(text: &str) -> bool {
    is_token(text, |c| c.is_alphanumeric() || "._-/".contains(c))
}

/// As [`is_document_number`], of a decision: number, stroke, who decided.
#[must_use]
pub fn is_decision_number(text: &str) -> bool {
    is_document_number(text) && text.contains('/')
}

/// Whether a text is the code of a legal basis such as `61/2018/ND-CP:19.4`: it stands in the journal for ever, so it is never
/// free text.
#[must_use]
pub fn is_basis(text: &str) -> bool {
    is_token(text, |c| c.is_ascii_alphanumeric() || "._-/:".contains(c))
}

fn is_token(text: &str, good: impl Fn(char) -> bool) -> bool {
    // Every number has a digit; a name written as one word has none.
    let numbered = text.bytes().any(|byte| byte.is_ascii_digit());
    numbered && text.chars().all(good) && text.chars().count() <= TOKEN_CHARS_MAX
}

/// Lower case without diacritics, for search: "Đăng ký khai sinh" → "dang ky khai sinh".
pub fn fold(text: &str) -> String {
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            // ð stands in for đ on some foreign keyboards and in old code pages.
            'đ' | 'ð' => 'd',
            other => other,
        })
        .collect()
}

/// Lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The 67 lower-case letters that carry a mark, by the letter they fold to; with upper case 134.
    const LETTERS: [(char, &str); 7] = [
        ('a', "àáảãạăằắẳẵặâầấẩẫậ"),
        ('d', "đ"),
        ('e', "èéẻẽẹêềếểễệ"),
        ('i', "ìíỉĩị"),
        ('o', "òóỏõọôồốổỗộơờớởỡợ"),
        ('u', "ùúủũụưừứửữự"),
        ('y', "ỳýỷỹỵ"),
    ];

    #[test]
    fn all_134_vietnamese_letters_fold_to_their_base_letter() {
        let mut letters = 0;
        for (base, marked) in LETTERS {
            for letter in marked.chars() {
                for form in [letter.to_string(), letter.to_uppercase().to_string()] {
                    let decomposed: String = form.nfd().collect();
                    assert_eq!(fold(&form), base.to_string(), "{form}");
                    assert_eq!(fold(&decomposed), base.to_string(), "{form} decomposed");
                    letters += 1;
                }
            }
        }
        assert_eq!(letters, 134);
    }

    #[test]
    fn a_sentence_folds_and_keeps_its_digits_and_spaces() {
        assert_eq!(
            fold("Cấp đổi Giấy chứng nhận 1.012783"),
            "cap doi giay chung nhan 1.012783"
        );
        assert_eq!(fold("TRỢ CẤP XÃ HỘI"), "tro cap xa hoi");
    }

    #[test]
    fn both_normal_forms_of_a_name_become_the_same_text() {
        let composed = clean("Nguyễn Thị Hồng", 50);
        let decomposed: String = "Nguyễn Thị Hồng".nfd().collect();
        assert_eq!(clean(&decomposed, 50), composed);
        assert_eq!(clean("  Nguyễn Thị Hồng\n", 50), composed);
    }

    #[test]
    fn control_characters_inside_are_refused() {
        for text in ["a\0b", "a\nb", "a\tb", "\u{1b}[31m", "a\u{85}b", "a\u{7f}"] {
            let error = clean(text, 50).expect_err(text);
            assert_eq!(error.code(), "TEXT_CONTROL_CHARACTER", "{text:?}");
        }
    }

    #[test]
    fn what_cannot_be_seen_is_refused_wherever_it_stands() {
        for text in [
            "Nguyễn \u{202e}A nệìV", // turned around
            "Lê\u{200b} Thị B",      // no width
            "\u{feff}Lê Thị B",
            "Lê Thị B\u{200f}",
            "Lê\u{ad}Thị",
            "Lê\u{2066}Thị\u{2069}",
            "\u{3164}",
            "Lê\u{e0041}",
        ] {
            let error = clean(text, 50).expect_err(text);
            assert_eq!(error.code(), "TEXT_INVISIBLE_CHARACTER", "{text:?}");
        }
    }

    #[test]
    fn the_length_is_counted_in_characters_after_normalising() {
        let decomposed: String = "ệệệ".nfd().collect();
        assert_eq!(clean(&decomposed, 3).as_deref(), Ok("ệệệ"));
        let error = clean("ệệệệ", 3).expect_err("four");
        assert_eq!(
            error,
            TextError::TooLong {
                chars: 4,
                chars_max: 3
            }
        );
        assert_eq!(error.code(), "TEXT_TOO_LONG");
    }

    #[test]
    fn only_a_required_text_must_not_be_empty() {
        assert_eq!(clean(" \u{a0} ", 5).as_deref(), Ok(""));
        let error = required(" \u{a0} ", 5).expect_err("blank");
        assert_eq!(error.code(), "TEXT_EMPTY");
        assert_eq!(required(" a ", 5).as_deref(), Ok("a"));
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC*") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn cleaned_text_is_in_nfc_and_clean(text in any::<String>()) {
            if let Ok(cleaned) = clean(&text, 10_000) {
                prop_assert!(unicode_normalization::is_nfc(&cleaned));
                let again = clean(&cleaned, 10_000);
                prop_assert_eq!(again.as_deref(), Ok(cleaned.as_str()));
            }
        }
    }
}
