//! The two faces every paper is set in, and how wide their letters are.

use std::sync::LazyLock;

use ttf_parser::Face as Table;

/// Drawn in place of a letter that the font does not have: seen, and never an empty box.
const STAND_IN: char = '?';

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Face {
    Regular,
    Bold,
}

static REGULAR: LazyLock<Widths> = LazyLock::new(|| Widths::of(Face::Regular));
static BOLD: LazyLock<Widths> = LazyLock::new(|| Widths::of(Face::Bold));

impl Face {
    /// The font file, a subset of Tinos with every Vietnamese letter.
    #[must_use]
    pub fn bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => include_bytes!("fonts/tinos-regular.ttf"),
            Self::Bold => include_bytes!("fonts/tinos-bold.ttf"),
        }
    }

    /// How wide a text is at a size, in points.
    #[must_use]
    pub fn width(self, text: &str, size: f32) -> f32 {
        text.chars()
            .map(|letter| self.widths().of_letter(letter))
            .sum::<f32>()
            * size
    }

    /// The text with only letters that can be drawn.
    #[must_use]
    pub fn drawable(self, text: &str) -> String {
        let known = |letter: char| {
            if self.widths().table.glyph_index(letter).is_some() {
                letter
            } else if letter.is_whitespace() {
                ' '
            } else {
                STAND_IN
            }
        };
        text.chars().map(known).collect()
    }

    fn widths(self) -> &'static Widths {
        match self {
            Self::Regular => &REGULAR,
            Self::Bold => &BOLD,
        }
    }
}

struct Widths {
    table: Table<'static>,
    unit: f32,
}

impl Widths {
    fn of(face: Face) -> Self {
        let table = Table::parse(face.bytes(), 0).expect("a font that was built in");
        let unit = f32::from(table.units_per_em());
        Self { table, unit }
    }

    fn of_letter(&self, letter: char) -> f32 {
        let glyph = self.table.glyph_index(letter);
        let advance = glyph.and_then(|glyph| self.table.glyph_hor_advance(glyph));
        f32::from(advance.unwrap_or_default()) / self.unit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The 134 letters with a mark of their own, as quốc ngữ has them: small and capital.
    pub const LETTERS: &str = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ";

    #[test]
    fn both_faces_have_every_vietnamese_letter() {
        assert_eq!(LETTERS.chars().count() * 2, 134);
        for face in [Face::Regular, Face::Bold] {
            let all = format!("{LETTERS}{}₫–—“”‘’…•", LETTERS.to_uppercase());
            assert_eq!(face.drawable(&all), all, "{face:?}");
        }
    }

    #[test]
    fn a_letter_that_is_not_there_is_seen_to_be_missing() {
        assert_eq!(Face::Regular.drawable("Ngô 山\tA"), "Ngô ? A");
    }
}
