//! The two languages of every page. Each text is written in both at the place where it is used.

use std::borrow::Borrow;

/// Vietnamese first; English, as complete, by `?lang=en`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    #[default]
    Vi,
    En,
}

/// One text in both languages: (Vietnamese, English).
pub type Pair = (&'static str, &'static str);

impl Lang {
    pub const ALL: [Self; 2] = [Self::Vi, Self::En];

    /// The language a reader asked for; everything unknown reads as Vietnamese.
    #[must_use]
    pub fn asked(lang: Option<&str>) -> Self {
        if lang.is_some_and(|lang| lang.eq_ignore_ascii_case("en")) {
            Self::En
        } else {
            Self::Vi
        }
    }

    /// The BCP 47 tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Vi => Self::En,
            Self::En => Self::Vi,
        }
    }

    /// The one of two texts that is in this language.
    #[must_use]
    pub fn of<T>(self, vi: T, en: T) -> T {
        match self {
            Self::Vi => vi,
            Self::En => en,
        }
    }

    /// As [`Lang::of`] for a pair; templates pass references.
    #[must_use]
    pub fn pick(self, pair: impl Borrow<Pair>) -> &'static str {
        let (vi, en) = pair.borrow();
        self.of(*vi, *en)
    }

    /// A count with the language's separator: `1.234` or `1,234`.
    #[must_use]
    pub fn count(self, number: impl Borrow<u64>) -> String {
        let digits = number.borrow().to_string();
        let mut text = String::with_capacity(digits.len() + digits.len() / 3);
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(self.of('.', ','));
            }
            text.push(digit);
        }
        text
    }

    /// A share in per cent with one decimal, cut and never rounded up: 99.96 % is not shown as 100.
    #[must_use]
    pub fn percent(self, part: u64, whole: u64) -> Option<String> {
        let tenths = (part.checked_mul(1000)?).checked_div(whole)?;
        let point = self.of(',', '.');
        Some(format!("{}{point}{} %", tenths / 10, tenths % 10))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vietnamese_is_what_nobody_had_to_ask_for() {
        assert_eq!(Lang::asked(None), Lang::Vi);
        assert_eq!(Lang::asked(Some("fr")), Lang::Vi);
        assert_eq!(Lang::asked(Some("EN")), Lang::En);
    }

    #[test]
    fn counts_are_grouped_as_the_language_groups_them() {
        assert_eq!(Lang::Vi.count(1_234_567), "1.234.567");
        assert_eq!(Lang::En.count(12_345), "12,345");
        assert_eq!(Lang::En.count(999), "999");
    }

    #[test]
    fn one_late_dossier_among_many_keeps_the_share_below_a_hundred() {
        assert_eq!(Lang::Vi.percent(9_999, 10_000).as_deref(), Some("99,9 %"));
        assert_eq!(Lang::En.percent(3, 3).as_deref(), Some("100.0 %"));
        assert_eq!(Lang::En.percent(0, 0), None);
    }
}
