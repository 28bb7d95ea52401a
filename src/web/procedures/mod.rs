//! Procedures: found by any of their words, one in full with how sure each part of it is, and sheets for the wall.

mod list;
mod lived;
mod page;
mod parts;
mod past;
mod sheet;
mod terms;

use std::fmt;

use jiff::civil::Date;

use super::lang::Lang;
use super::{dates, words};
use crate::domain::catalogue::Procedure;
use crate::domain::law::Certainty;

pub use self::list::{Asked, PAGE, ProceduresPage};
pub use self::page::{ProcedurePage, Subject};
pub use self::sheet::{LeafletPage, SheetPage, Wall};
pub use self::terms::Place;

/// How sure a part is, as a mark beside it; nothing for what was read in the law.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark(Option<&'static str>);

impl Mark {
    pub fn new(certainty: Certainty, lang: Lang) -> Self {
        Self(words::basis_mark(certainty).map(|pair| lang.pick(pair)))
    }

    pub fn is_sure(self) -> bool {
        self.0.is_none()
    }
}

impl askama::filters::HtmlSafe for Mark {}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(mark) => write!(f, " <span class=\"tag warn\">{mark}</span>"),
            None => Ok(()),
        }
    }
}

/// A text with how sure it is.
#[derive(Debug, Clone)]
pub struct Marked {
    text: String,
    mark: Mark,
}

impl Marked {
    fn new(text: impl Into<String>, certainty: Certainty, lang: Lang) -> Self {
        Self {
            text: text.into(),
            mark: Mark::new(certainty, lang),
        }
    }
}

/// A name in the reader's language.
fn name(one: &Procedure, lang: Lang) -> &str {
    lang.of(&one.name_vi, &one.name_en)
}

fn fee(vnd: u64, lang: Lang) -> String {
    match vnd {
        0 => lang.of("Không thu", "Free of charge").to_owned(),
        vnd => format!("{} đồng", lang.count(vnd)),
    }
}

/// As a value in a query.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// A decision by its number and date; some records name more than the number.
fn decided(number: &str, on: Date, lang: Lang) -> String {
    let day = dates::day(on, lang);
    let names_itself = number.to_lowercase().starts_with("quyết định");
    match (lang, names_itself) {
        (Lang::Vi, true) => format!("{number} ngày {day}"),
        (Lang::Vi, false) => format!("Quyết định {number} ngày {day}"),
        (Lang::En, true) => format!("{number} of {day}"),
        (Lang::En, false) => format!("Decision {number} of {day}"),
    }
}
