//! Public statistics: a period's figures with numerators and denominators, for all, a level or one office.

mod choice;
pub mod csv;
mod figures;
pub mod form;

use askama::Template;

pub use self::choice::{Choice, Params, level_name};
pub use self::figures::{FigureRow, Figures, Share};

use super::dates;
use super::frame::{Door, Frame};
use super::lang::Lang;
use super::words;
use crate::domain::catalogue::Level;
use crate::domain::deadline::Comparison;
use crate::domain::reference::Reference;
use crate::projections::statistics::{Counts, Query, Scope};

/// One level or office with its counts, below the whole.
#[derive(Debug, Clone)]
pub struct Part {
    pub scope: Scope,
    pub counts: Counts,
}

#[derive(Template)]
#[template(path = "statistics.html")]
pub struct StatisticsPage {
    frame: Frame,
    period: String,
    scope: String,
    channel: Option<&'static str>,
    /// Code of the one procedure that is counted.
    procedure: Option<String>,
    /// What was asked and could not be understood.
    problems: Vec<&'static str>,
    running: bool,
    figures: Figures,
    parts: Vec<PartRow>,
    from: String,
    to: String,
    choices: Vec<Choice>,
    csv: String,
    form: String,
    record: String,
    comparison: &'static str,
    size: u64,
    last: String,
}

struct PartRow {
    name: String,
    link: String,
    is_level: bool,
    figures: Figures,
}

impl PartRow {
    fn class(&self) -> &'static str {
        if self.is_level { "sum" } else { "sub" }
    }
}

impl StatisticsPage {
    #[must_use]
    pub fn new(
        frame: Frame,
        asked: &choice::Asked,
        counts: &Counts,
        parts: &[Part],
        reference: &Reference,
    ) -> Self {
        let (lang, query) = (frame.lang, &asked.query);
        let row = |part: &Part| PartRow {
            name: scope_name(&part.scope, reference, lang),
            link: frame.to(&choice::place(
                "/statistics",
                &Query {
                    scope: part.scope.clone(),
                    ..query.clone()
                },
            )),
            is_level: match part.scope {
                Scope::All | Scope::Level(_) => true,
                Scope::Office(_) => false,
            },
            figures: Figures::from(&part.counts),
        };
        let (from, to) = (dates::day(query.from, lang), dates::day(query.to, lang));
        Self {
            period: format!("{from} – {to}"),
            scope: scope_name(&query.scope, reference, lang),
            channel: query
                .channel
                .map(|channel| lang.pick(words::channel(channel))),
            procedure: query.procedure.clone(),
            problems: asked.problems.iter().map(|pair| lang.pick(*pair)).collect(),
            running: asked.running,
            figures: Figures::from(counts),
            parts: parts.iter().map(row).collect(),
            from: query.from.to_string(),
            to: query.to.to_string(),
            choices: choice::all(query, reference, lang),
            csv: choice::place("/statistics.csv", query),
            form: choice::place("/forms/II.06a.csv", query),
            record: choice::place("/statistics.json", query),
            comparison: lang.pick(comparison(query.comparison)),
            size: counts.size,
            last: counts
                .size
                .checked_sub(1)
                .map_or_else(|| "–".to_owned(), |last| last.to_string()),
            frame: frame
                .titled(lang.of("Thống kê", "Statistics"), Some(Door::Statistics))
                .wide(),
        }
    }
}

fn comparison(comparison: Comparison) -> (&'static str, &'static str) {
    match comparison {
        Comparison::Date => (
            "So sánh theo ngày (giờ Hà Nội).",
            "Compared by calendar day (Hanoi).",
        ),
        Comparison::Timestamp => (
            "So sánh theo phút; bằng nhau đến phút là đúng hẹn.",
            "Compared by the minute; equal to the minute is on time.",
        ),
    }
}

/// A scope as people call it.
#[must_use]
pub fn scope_name(scope: &Scope, reference: &Reference, lang: Lang) -> String {
    match scope {
        Scope::All => lang.of("Tất cả cơ quan", "All offices").to_owned(),
        Scope::Level(level) => lang.pick(words::level(*level)).to_owned(),
        Scope::Office(code) => reference.offices.get(code).map_or_else(
            || code.clone(),
            |office| lang.of(&office.name_vi, &office.name_en).clone(),
        ),
    }
}

/// Rows of a page at most: every row is a count of its own.
const PARTS_MAX: usize = 120;

/// The scopes that a scope falls into: levels, each with its offices.
#[must_use]
pub fn parts_of(scope: &Scope, reference: &Reference) -> Vec<Scope> {
    let of_level = |level: Level| {
        let offices = reference.offices.values();
        let offices = offices.filter(move |office| office.level == level);
        offices.map(|office| Scope::Office(office.code.clone()))
    };
    let mut parts = match scope {
        Scope::Office(_) => Vec::new(),
        Scope::Level(level) => of_level(*level).collect(),
        Scope::All => {
            let mut parts = Vec::new();
            for level in choice::LEVELS {
                let offices: Vec<Scope> = of_level(level).collect();
                if !offices.is_empty() {
                    parts.push(Scope::Level(level));
                    parts.extend(offices);
                }
            }
            parts
        }
    };
    parts.truncate(PARTS_MAX);
    parts
}
