//! Public statistics: every figure against the date in force and against the first promise.

pub mod breakdown;
pub mod chart;
pub mod choice;
pub mod csv;
pub mod earlier;
pub mod figures;
pub mod form;
pub mod page;
pub mod periods;
pub mod scored;
pub mod spread;
pub mod table;

use askama::Template;

use self::breakdown::By;
pub use self::choice::{Asked, Params, level_name};
use self::choice::{Choice, place};
use self::figures::Figures;
use self::page::{Around, Section};
use self::table::Label;
use super::dates;
use super::frame::{Door, Frame};
use super::lang::Lang;
use super::words;
use crate::domain::catalogue::Level;
use crate::domain::deadline::Comparison;
use crate::domain::reference::Reference;
use crate::projections::statistics::{Counts, Query, Scope};

/// A level or an office with its counts.
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
    procedure: Option<String>,
    problems: Vec<&'static str>,
    running: bool,
    figures: Figures,
    sections: Vec<Section>,
    from: String,
    to: String,
    choices: Vec<Choice>,
    csv: String,
    form: String,
    record: String,
    comparison: &'static str,
    size: u64,
    last: String,
    around: Option<Around>,
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
            sections: offices(parts, query, reference, lang).into_iter().collect(),
            from: query.from.to_string(),
            to: query.to.to_string(),
            choices: choice::all(query, reference, lang),
            csv: place("/statistics.csv", query),
            form: place("/forms/II.06a.csv", query),
            record: place("/statistics.json", query),
            comparison: lang.pick(comparison(query.comparison)),
            size: counts.size,
            last: counts
                .size
                .checked_sub(1)
                .map_or_else(|| "–".to_owned(), |last| last.to_string()),
            around: None,
            frame: frame
                .titled(lang.of("Thống kê", "Statistics"), Some(Door::Statistics))
                .wide(),
        }
    }

    /// With further sections before and after the one of the offices, and what stands around them.
    #[must_use]
    pub fn with(mut self, mut before: Vec<Section>, after: Vec<Section>, around: Around) -> Self {
        before.append(&mut self.sections);
        before.extend(after);
        self.sections = before;
        self.around = Some(around);
        self
    }
}

/// The levels and offices as a section; none when there is only one.
fn offices(parts: &[Part], query: &Query, reference: &Reference, lang: Lang) -> Option<Section> {
    if parts.is_empty() {
        return None;
    }
    let parts = of_offices(parts, query, reference);
    let chart = breakdown::parts_drawn(By::Office, &parts, lang);
    let table = breakdown::parts(By::Office, &parts, 0);
    let heading = ("by-office", ("Theo cấp và cơ quan", "By level and office"));
    Some(Section::new(
        heading,
        &[chart],
        &table,
        lang,
        &place("", query),
    ))
}

/// Levels and offices as parts of a table.
#[must_use]
pub fn of_offices(parts: &[Part], query: &Query, reference: &Reference) -> Vec<breakdown::Part> {
    let parts = parts.iter().map(|part| {
        let (key, class) = match &part.scope {
            Scope::All => ("*".to_owned(), "sum"),
            Scope::Level(level) => (level_name(*level).to_owned(), "sum"),
            Scope::Office(code) => (code.clone(), "sub"),
        };
        let asked = Query {
            scope: part.scope.clone(),
            ..query.clone()
        };
        let name = |lang| scope_name(&part.scope, reference, lang);
        breakdown::Part {
            label: Label::new(key, (&name(Lang::Vi), &name(Lang::En))),
            link: Some(place("/statistics", &asked)),
            class,
            counts: part.counts,
        }
    });
    parts.collect()
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
