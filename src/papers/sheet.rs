//! Paper to write on, from top to bottom: lines break and pages turn by themselves. What comes of it is a list of marks,
//! which [`super::pdf`] turns into a file.

use unicode_normalization::UnicodeNormalization as _;

use super::face::Face;

/// Size of a page and its margin, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Format {
    pub width: f32,
    pub height: f32,
    pub margin: f32,
}

/// 148 × 210 mm, upright: the slips (Circular 01/2018/TT-VPCP art. 9).
pub const A5: Format = Format {
    width: 419.53,
    height: 595.28,
    margin: 30.0,
};

/// 297 × 210 mm, lying: the register.
pub const A4_LYING: Format = Format {
    width: 841.89,
    height: 595.28,
    margin: 34.0,
};

/// Something on a page; y counts from the top.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    Text {
        x: f32,
        y: f32,
        size: f32,
        face: Face,
        text: String,
    },
    Rule {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
    },
    /// A QR code whose quiet zone is the paper around it.
    Qr {
        x: f32,
        y: f32,
        side: f32,
        text: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Left,
    Centre,
}

/// A column of a table: its head and its share of the width.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    pub head: &'static str,
    pub share: f32,
    pub align: Align,
}

/// Height of a line over the size of its letters.
const LEADING: f32 = 1.22;
const CELL: f32 = 3.0;
const THIN: f32 = 0.5;
/// Room for the number of the page and the foot.
const FOOT: f32 = 26.0;

/// A paper being written.
pub struct Sheet {
    pub format: Format,
    pub size: f32,
    pages: Vec<Vec<Mark>>,
    y: f32,
}

impl Sheet {
    #[must_use]
    pub fn new(format: Format, size: f32) -> Self {
        Self {
            format,
            size,
            pages: vec![Vec::new()],
            y: format.margin,
        }
    }

    #[must_use]
    pub fn left(&self) -> f32 {
        self.format.margin
    }

    #[must_use]
    pub fn width(&self) -> f32 {
        self.format.width - 2.0 * self.format.margin
    }

    #[must_use]
    pub fn y(&self) -> f32 {
        self.y
    }

    pub fn go_to(&mut self, y: f32) {
        self.y = y;
    }

    pub fn gap(&mut self, points: f32) {
        self.y += points;
    }

    fn bottom(&self) -> f32 {
        self.format.height - self.format.margin - FOOT
    }

    fn put(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// Turns the page when less than this is left of it.
    pub fn need(&mut self, points: f32) {
        if self.y + points > self.bottom() && self.y > self.format.margin {
            self.turn();
        }
    }

    fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.y = self.format.margin;
    }

    /// One paragraph in a column that begins at `x`.
    pub fn write(&mut self, x: f32, width: f32, text: &str, face: Face, size: f32, align: Align) {
        for line in lines(text, face, size, width) {
            self.need(size * LEADING);
            self.y += size * LEADING;
            let free = width - face.width(&line, size);
            let x = match align {
                Align::Left => x,
                Align::Centre => x + free / 2.0,
            };
            let y = self.y - size * (LEADING - 1.0);
            self.put(Mark::Text {
                x,
                y,
                size,
                face,
                text: line,
            });
        }
    }

    /// A paragraph over the whole width.
    pub fn paragraph(&mut self, text: &str) {
        self.write(
            self.left(),
            self.width(),
            text,
            Face::Regular,
            self.size,
            Align::Left,
        );
        self.gap(self.size * 0.2);
    }

    pub fn centred(&mut self, text: &str, face: Face, size: f32) {
        self.write(self.left(), self.width(), text, face, size, Align::Centre);
    }

    /// `Label: value`, the value bold; beside the QR code the line is narrower.
    pub fn field(&mut self, label: &str, value: &str, width: f32) {
        let size = self.size;
        let label = format!("{label}: ");
        let indent = Face::Regular.width(&label, size);
        let value = if value.trim().is_empty() {
            "…………………………"
        } else {
            value
        };
        self.need(size * LEADING);
        let (x, top, page) = (self.left(), self.y, self.pages.len());
        // Short labels share the line with their value, long ones stand above it.
        if indent > width * 0.6 {
            self.write(x, width, &label, Face::Regular, size, Align::Left);
            self.write(x + 10.0, width - 10.0, value, Face::Bold, size, Align::Left);
        } else {
            self.write(x, width, &label, Face::Regular, size, Align::Left);
            if page == self.pages.len() {
                self.y = top;
            }
            self.write(
                x + indent,
                width - indent,
                value,
                Face::Bold,
                size,
                Align::Left,
            );
        }
        self.gap(size * 0.18);
    }

    pub fn rule(&mut self, x: f32, width: f32) {
        self.put(Mark::Rule {
            x,
            y: self.y,
            width,
            height: THIN,
        });
    }

    pub fn qr(&mut self, x: f32, y: f32, side: f32, text: &str) {
        self.put(Mark::Qr {
            x,
            y,
            side,
            text: text.to_owned(),
        });
    }

    /// A table with lines around its cells; its head stands again on each page.
    pub fn table(&mut self, columns: &[Column], rows: &[Vec<String>]) {
        let size = self.size - 0.5;
        let heads: Vec<String> = columns
            .iter()
            .map(|column| column.head.to_owned())
            .collect();
        self.row(columns, &heads, Face::Bold, size, true);
        for row in rows {
            let height = self.row_height(columns, row, Face::Regular, size);
            if self.y + height > self.bottom() {
                self.turn();
                self.row(columns, &heads, Face::Bold, size, true);
            }
            self.row(columns, row, Face::Regular, size, false);
        }
        self.gap(4.0);
    }

    fn widths(&self, columns: &[Column]) -> Vec<f32> {
        let all: f32 = columns.iter().map(|column| column.share).sum();
        columns
            .iter()
            .map(|column| self.width() * column.share / all)
            .collect()
    }

    fn row_height(&self, columns: &[Column], row: &[String], face: Face, size: f32) -> f32 {
        let counts = self.widths(columns).into_iter().zip(row);
        let most = counts
            .map(|(width, text)| lines(text, face, size, width - 2.0 * CELL).len())
            .max();
        #[expect(clippy::cast_precision_loss, reason = "a cell has a few lines")]
        let lines = most.unwrap_or(1).max(1) as f32;
        lines * size * LEADING + 2.0 * CELL
    }

    fn row(&mut self, columns: &[Column], row: &[String], face: Face, size: f32, head: bool) {
        let height = self.row_height(columns, row, face, size);
        self.need(height);
        let (top, mut x) = (self.y, self.left());
        for ((column, width), text) in columns.iter().zip(self.widths(columns)).zip(row) {
            for (x, y, width, height) in [
                (x, top, width, THIN),
                (x, top + height, width + THIN, THIN),
                (x, top, THIN, height),
                (x + width, top, THIN, height),
            ] {
                self.put(Mark::Rule {
                    x,
                    y,
                    width,
                    height,
                });
            }
            self.y = top + CELL;
            let align = if head { Align::Centre } else { column.align };
            for line in lines(text, face, size, width - 2.0 * CELL) {
                self.y += size * LEADING;
                let free = width - 2.0 * CELL - face.width(&line, size);
                let shift = match align {
                    Align::Left => 0.0,
                    Align::Centre => free / 2.0,
                };
                let y = self.y - size * (LEADING - 1.0);
                self.put(Mark::Text {
                    x: x + CELL + shift,
                    y,
                    size,
                    face,
                    text: line,
                });
            }
            x += width;
        }
        self.y = top + height;
    }

    /// Who signs, side by side: what they sign as, and what stands under the space for it.
    pub fn signatures(&mut self, people: &[(&str, &str)]) {
        let size = self.size;
        self.need(size * 8.0);
        self.gap(size * 0.8);
        #[expect(clippy::cast_precision_loss, reason = "two or three people sign")]
        let width = self.width() / people.len() as f32;
        let top = self.y;
        let mut lowest = top;
        let mut x = self.left();
        for (title, name) in people {
            // A place that nobody signs stays empty.
            if title.is_empty() {
                x += width;
                continue;
            }
            self.y = top;
            self.write(x, width, title, Face::Bold, size, Align::Centre);
            self.write(
                x,
                width,
                "(Ký và ghi rõ họ tên)",
                Face::Regular,
                size - 1.5,
                Align::Centre,
            );
            self.gap(size * 3.4);
            self.write(x, width, name, Face::Regular, size, Align::Centre);
            lowest = lowest.max(self.y);
            x += width;
        }
        self.y = lowest + size * 0.6;
    }

    /// The pages, each with its foot: what paper this is, and its number when there are several.
    #[must_use]
    pub fn finish(mut self, foot: &[String]) -> Vec<Vec<Mark>> {
        let (format, size) = (self.format, 7.0);
        let total = self.pages.len();
        for (number, page) in self.pages.iter_mut().enumerate() {
            let mut y = format.height - format.margin - FOOT + 8.0;
            let width = format.width - 2.0 * format.margin;
            page.push(Mark::Rule {
                x: format.margin,
                y,
                width,
                height: THIN,
            });
            for text in foot {
                for line in lines(text, Face::Regular, size, width - 40.0) {
                    y += size * LEADING;
                    page.push(Mark::Text {
                        x: format.margin,
                        y,
                        size,
                        face: Face::Regular,
                        text: line,
                    });
                }
            }
            if total > 1 {
                let text = format!("Trang {}/{total}", number + 1);
                let x = format.width - format.margin - Face::Regular.width(&text, size);
                let y = format.height - format.margin - FOOT + 8.0 + size * LEADING;
                page.push(Mark::Text {
                    x,
                    y,
                    size,
                    face: Face::Regular,
                    text,
                });
            }
        }
        self.pages
    }
}

/// Breaks a text between words; a word longer than the line breaks inside.
fn lines(text: &str, face: Face, size: f32, width: f32) -> Vec<String> {
    let text: String = text.nfc().collect();
    let text = face.drawable(&text);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let longer = if line.is_empty() {
            word.to_owned()
        } else {
            format!("{line} {word}")
        };
        if face.width(&longer, size) <= width {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for letter in word.chars() {
            if face.width(&line, size) + face.width(letter.encode_utf8(&mut [0; 4]), size) > width
                && !line.is_empty()
            {
                lines.push(std::mem::take(&mut line));
            }
            line.push(letter);
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_every_word_and_fit() {
        let text =
            "Thủ tục đăng ký khai sinh có yếu tố nước ngoài tại Ủy ban nhân dân xã ".repeat(4);
        let broken = lines(&text, Face::Regular, 10.0, 120.0);
        assert!(
            broken
                .iter()
                .all(|line| Face::Regular.width(line, 10.0) <= 120.0)
        );
        assert_eq!(broken.join(" "), text.trim());
        let long = "x".repeat(200);
        assert_eq!(lines(&long, Face::Regular, 10.0, 50.0).concat(), long);
        // Decomposed letters come out whole.
        assert_eq!(lines("e\u{302}\u{301}", Face::Regular, 10.0, 50.0), ["ế"]);
    }

    #[test]
    fn a_long_table_turns_the_page_and_repeats_its_head() {
        let columns = [
            Column {
                head: "TT",
                share: 1.0,
                align: Align::Centre,
            },
            Column {
                head: "Tên",
                share: 5.0,
                align: Align::Left,
            },
        ];
        let rows: Vec<Vec<String>> = (1..=120)
            .map(|number| vec![number.to_string(), format!("Giấy tờ {number}")])
            .collect();
        let mut sheet = Sheet::new(A5, 10.0);
        sheet.table(&columns, &rows);
        let pages = sheet.finish(&["Mẫu số 01".into()]);
        let on = |page: &Vec<Mark>, wanted: &str| {
            page.iter()
                .filter(|mark| matches!(mark, Mark::Text { text, .. } if text == wanted))
                .count()
        };
        assert!(pages.len() > 2);
        assert!(pages.iter().all(|page| on(page, "Tên") == 1));
        assert_eq!(pages.iter().map(|page| on(page, "120")).sum::<usize>(), 1);
        for mark in pages.iter().flatten() {
            if let Mark::Text { y, .. } = mark {
                assert!(*y < A5.height - 8.0, "{mark:?}");
            }
        }
    }
}
