//! A table of figures once, for the page, as CSV and as JSON: the same columns, the same numbers, and what they mean.

use askama::Template;
use serde_json::{Map, Value, json};

use super::csv::quoted;
use super::figures::Share;
use crate::web::lang::{Lang, Pair};

/// Under which terms tables may be used.
pub const LICENCE: &str = "CC-BY-4.0";

/// What a row is about, in both languages, and as machines call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    pub key: String,
    pub vi: String,
    pub en: String,
}

impl Label {
    #[must_use]
    pub fn new(key: impl Into<String>, (vi, en): (&str, &str)) -> Self {
        Self {
            key: key.into(),
            vi: vi.to_owned(),
            en: en.to_owned(),
        }
    }

    #[must_use]
    pub fn text(&self, lang: Lang) -> &str {
        lang.of(&self.vi, &self.en)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Count(u64),
    /// How much more or less than before.
    Change(i64),
    Share(Share),
    /// Tenths of a percentage point more or less than before.
    Points(i64),
    /// Hundredths.
    Hundredths(u64),
    /// Tenths of a day.
    Days(u64),
    Text(Label),
    /// Nothing to tell.
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub key: &'static str,
    pub name: Pair,
    /// What it counts, for the dictionary.
    pub means: Pair,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub label: Label,
    /// Within the site, without the language.
    pub link: Option<String>,
    /// `sum`, `sub`, or nothing.
    pub class: &'static str,
    pub cells: Vec<Cell>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// In addresses.
    pub name: &'static str,
    pub title: Pair,
    /// The first column, that of the labels.
    pub head: Column,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    pub notes: Vec<Pair>,
}

/// What a table was asked about, for those who take it away.
pub struct Source<'a> {
    /// `live` or `simulated:<story>`.
    pub data: &'a str,
    /// What was asked, in order: name and value.
    pub asked: &'a [(&'static str, String)],
    /// Facts of the journal that were counted.
    pub size: u64,
}

fn signed(number: i64, text: String) -> String {
    match number.signum() {
        1 => format!("+{text}"),
        -1 => format!("−{text}"),
        _ => text,
    }
}

fn decimal(number: u64, unit: u64, digits: usize, lang: Lang) -> String {
    let (whole, rest) = (lang.count(number / unit), number % unit);
    format!("{whole}{}{rest:0digits$}", lang.of(',', '.'))
}

impl Cell {
    /// For people: what is large, and what it is made of.
    fn shown(&self, lang: Lang) -> (String, Option<String>) {
        let plain = |text: String| (text, None);
        match self {
            Self::Count(number) => plain(lang.count(*number)),
            Self::Change(number) => plain(signed(*number, lang.count(number.unsigned_abs()))),
            Self::Share(share) => {
                let of = format!("{} / {}", lang.count(share.part), lang.count(share.whole));
                (share.percent(&lang), Some(of))
            }
            Self::Points(tenths) => {
                let text = decimal(tenths.unsigned_abs(), 10, 1, lang);
                plain(format!(
                    "{} {}",
                    signed(*tenths, text),
                    lang.of("điểm %", "pp")
                ))
            }
            Self::Hundredths(number) => plain(decimal(*number, 100, 2, lang)),
            Self::Days(tenths) => plain(decimal(*tenths, 10, 1, lang)),
            Self::Text(label) => plain(label.text(lang).to_owned()),
            Self::Nothing => plain("–".to_owned()),
        }
    }

    /// For people, without what it is made of.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        self.shown(lang).0
    }

    /// For machines: the columns' further names, and values.
    fn told(&self) -> Vec<(&'static str, Value)> {
        match self {
            Self::Count(number) | Self::Hundredths(number) | Self::Days(number) => {
                vec![("", json!(number))]
            }
            Self::Change(number) | Self::Points(number) => vec![("", json!(number))],
            Self::Share(share) => vec![
                ("_numerator", json!(share.part)),
                ("_denominator", json!(share.whole)),
            ],
            Self::Text(label) => vec![("", json!(label.key))],
            Self::Nothing => vec![("", Value::Null)],
        }
    }
}

impl Table {
    /// The names of the columns with numbers, as machines read them; a share has two.
    fn keys(&self) -> Vec<(String, Pair)> {
        let mut keys = Vec::new();
        for (place, column) in self.columns.iter().enumerate() {
            let cells = || self.rows.iter().filter_map(|row| row.cells.get(place));
            let has_shares = cells().any(|cell| matches!(cell, Cell::Share(_)));
            if !has_shares || cells().any(|cell| !matches!(cell, Cell::Share(_) | Cell::Nothing)) {
                keys.push((column.key.to_owned(), column.means));
            }
            if has_shares {
                keys.push((format!("{}_numerator", column.key), column.means));
                keys.push((format!("{}_denominator", column.key), column.means));
            }
        }
        keys
    }

    fn values(&self, row: &Row) -> Map<String, Value> {
        let mut values = Map::new();
        for (column, cell) in self.columns.iter().zip(&row.cells) {
            for (further, value) in cell.told() {
                values.insert(format!("{}{further}", column.key), value);
            }
        }
        values
    }

    /// RFC 4180, UTF-8; what was asked stands in every row.
    #[must_use]
    pub fn csv(&self, source: &Source<'_>) -> String {
        let keys = self.keys();
        let mut head = vec!["data".to_owned()];
        head.extend(source.asked.iter().map(|(name, _)| (*name).to_owned()));
        head.push(self.head.key.to_owned());
        head.push(format!("{}_name", self.head.key));
        head.extend(keys.iter().map(|(key, _)| key.clone()));
        head.extend(["journal_size", "licence"].map(str::to_owned));
        let mut text = head.join(",") + "\r\n";
        for row in &self.rows {
            let values = self.values(row);
            let mut cells = vec![quoted(source.data)];
            cells.extend(source.asked.iter().map(|(_, value)| quoted(value)));
            cells.extend([quoted(&row.label.key), quoted(&row.label.vi)]);
            cells.extend(keys.iter().map(|(key, _)| match values.get(key) {
                None | Some(Value::Null) => String::new(),
                Some(Value::String(text)) => quoted(text),
                Some(value) => value.to_string(),
            }));
            cells.extend([source.size.to_string(), LICENCE.to_owned()]);
            text.push_str(&cells.join(","));
            text.push_str("\r\n");
        }
        text
    }

    /// The table with its dictionary.
    #[must_use]
    pub fn json(&self, source: &Source<'_>) -> Value {
        let both = |(vi, en): Pair| json!({ "vi": vi, "en": en });
        let asked: Map<String, Value> = source
            .asked
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect();
        let mut columns = vec![json!({ "name": self.head.key, "means": both(self.head.means) })];
        let keys = self.keys().into_iter();
        columns.extend(keys.map(|(name, means)| json!({ "name": name, "means": both(means) })));
        let rows = self.rows.iter().map(|row| {
            let mut values = self.values(row);
            let Label { key, vi, en } = &row.label;
            values.insert(self.head.key.to_owned(), json!(key));
            values.insert("label".to_owned(), json!({ "vi": vi, "en": en }));
            Value::Object(values)
        });
        json!({
            "form": "motcua-table/1",
            "table": self.name,
            "title": both(self.title),
            "data": source.data,
            "licence": LICENCE,
            "asked": asked,
            "journal_size": source.size,
            "columns": columns,
            "notes": self.notes.iter().copied().map(both).collect::<Vec<_>>(),
            "rows": rows.collect::<Vec<_>>(),
        })
    }
}

/// A table as people read it.
#[derive(Template)]
#[template(path = "table.html")]
pub struct Shown<'a> {
    pub table: &'a Table,
    pub lang: Lang,
    /// The question, as it follows the address of a file.
    pub query: &'a str,
}

impl Shown<'_> {
    fn link(&self, place: &str) -> String {
        crate::web::frame::in_language(place, self.lang)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let column = |key| Column {
            key,
            name: ("Cột", "Column"),
            means: ("Nghĩa", "Meaning"),
        };
        Table {
            name: "offices",
            title: ("Bảng", "Table"),
            head: column("office"),
            columns: vec![column("settled"), column("rate"), column("change")],
            rows: vec![
                Row {
                    label: Label::new("H1", ("=Một", "One")),
                    link: Some("/x?a=1".into()),
                    class: "sub",
                    cells: vec![
                        Cell::Count(1_234),
                        Cell::Share(Share { part: 1, whole: 3 }),
                        Cell::Points(-4),
                    ],
                },
                Row {
                    label: Label::new("H2", ("Hai", "Two")),
                    link: None,
                    class: "",
                    cells: vec![Cell::Count(0), Cell::Nothing, Cell::Change(7)],
                },
            ],
            notes: Vec::new(),
        }
    }

    #[test]
    fn a_table_is_the_same_on_the_page_and_taken_away() {
        let table = table();
        let asked = [("from", "2023-01-01".to_owned())];
        let source = Source {
            data: "simulated:x",
            asked: &asked,
            size: 9,
        };
        assert_eq!(
            table.csv(&source),
            "data,from,office,office_name,settled,rate_numerator,rate_denominator,change,journal_size,licence\r\n\
             \"simulated:x\",\"2023-01-01\",\"H1\",\"'=Một\",1234,1,3,-4,9,CC-BY-4.0\r\n\
             \"simulated:x\",\"2023-01-01\",\"H2\",\"Hai\",0,,,7,9,CC-BY-4.0\r\n"
        );
        let told = table.json(&source);
        assert_eq!(told["rows"][0]["rate_denominator"], 3);
        assert_eq!(told["columns"].as_array().map(Vec::len), Some(5));
        let shown = Shown {
            table: &table,
            lang: Lang::Vi,
            query: "?from=2023-01-01",
        };
        let text = shown.render().expect("a table");
        for wanted in [
            "1.234",
            "33,3 %",
            "1 / 3",
            "−0,4 điểm %",
            "+7",
            "offices.csv?from=",
        ] {
            assert!(text.contains(wanted), "{wanted}: {text}");
        }
    }
}
