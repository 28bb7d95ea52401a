//! What every page of statistics is made of: sections with drawings and a table, periods to choose, and where it all comes
//! from.

use askama::Template;

use super::chart::Chart;
use super::choice::{self, Asked, Choice};
use super::periods::{self, Presets};
use super::scope_name;
use super::table::{Shown, Table};
use crate::api::log::PublicLog;
use crate::domain::reference::Reference;
use crate::domain::time::Moment;
use crate::projections::statistics::Query;
use crate::web::dates::{self, When};
use crate::web::frame::{Door, Frame};
use crate::web::lang::{Lang, Pair};
use crate::web::words;

/// A heading with drawings and the table that holds their numbers, written out.
pub struct Section {
    pub id: &'static str,
    pub heading: &'static str,
    pub says: Vec<String>,
    pub charts: Vec<String>,
    pub table: String,
}

impl Section {
    #[must_use]
    pub fn new(
        (id, heading): (&'static str, Pair),
        charts: &[Chart],
        table: &Table,
        lang: Lang,
        query: &str,
    ) -> Self {
        let shown = Shown { table, lang, query };
        let drawn = charts.iter().filter(|chart| !chart.shapes.is_empty());
        Self {
            id,
            heading: lang.pick(heading),
            says: Vec::new(),
            charts: drawn.filter_map(|chart| chart.render().ok()).collect(),
            table: shown.render().unwrap_or_default(),
        }
    }

    #[must_use]
    pub fn saying(mut self, says: Vec<String>) -> Self {
        self.says = says;
        self
    }
}

/// Where the figures come from, and how to count them again.
pub struct Source {
    /// When the last fact counted was recorded.
    pub as_of: Option<When>,
    pub size: String,
    pub last: String,
    pub sealed: Option<Sealed>,
    pub commands: Vec<String>,
}

/// The newest published checkpoint.
pub struct Sealed {
    pub size: String,
    pub at: When,
    /// It covers everything that was counted.
    pub covers: bool,
}

/// What a source is told from.
pub struct Origin<'a> {
    pub size: u64,
    pub recorded_at: Option<Moment>,
    pub log: Option<&'a PublicLog>,
    /// Scheme and host.
    pub base: &'a str,
}

impl Source {
    #[must_use]
    pub fn new(origin: &Origin<'_>, query: &Query, lang: Lang) -> Self {
        let published = origin.log.and_then(|log| log.integrity.published());
        let key = origin.log.and_then(|log| log.integrity.vkey());
        let key = key.map_or_else(|| "KEY".to_owned(), |key| key.to_string());
        let base = origin.base;
        let last = origin.size.checked_sub(1);
        Self {
            as_of: origin.recorded_at.map(|at| dates::short(at, lang)),
            size: lang.count(origin.size),
            last: last.map_or_else(|| "–".to_owned(), |last| last.to_string()),
            sealed: published.map(|published| Sealed {
                size: lang.count(published.checkpoint.size),
                at: dates::short(published.published_at, lang),
                covers: published.checkpoint.size >= origin.size,
            }),
            commands: vec![
                format!(
                    "curl -o statistics.json '{base}{}'",
                    choice::place("/statistics.json", query)
                ),
                format!("motcua mirror {base} --data copy --vkey '{key}'"),
                "motcua verify --data copy --statistics statistics.json".to_owned(),
                "motcua export --data copy | python3 tests/recount.py".to_owned(),
            ],
        }
    }
}

/// A further page, with the same question.
pub struct Tab {
    pub name: &'static str,
    pub link: String,
    pub is_current: bool,
}

const TABS: [(&str, Pair); 4] = [
    ("/statistics", ("Tổng quan", "Overview")),
    ("/statistics/offices", ("Cơ quan", "Offices")),
    ("/statistics/procedures", ("Thủ tục", "Procedures")),
    ("/statistics/score", ("Điểm 766", "Score 766")),
];

/// What stands around the sections.
pub struct Around {
    pub tabs: Vec<Tab>,
    pub presets: Vec<Presets>,
    pub source: Source,
}

impl Around {
    #[must_use]
    pub fn new(
        path: &str,
        query: &Query,
        today: jiff::civil::Date,
        source: Source,
        frame: &Frame,
    ) -> Self {
        let tabs = TABS.into_iter().map(|(place, name)| Tab {
            name: frame.lang.pick(name),
            link: frame.to(&choice::place(place, query)),
            is_current: place == path,
        });
        Self {
            tabs: tabs.collect(),
            presets: periods::presets(path, query, today, frame),
            source,
        }
    }
}

/// One page with a question of its own: offices, procedures, or the score.
#[derive(Template)]
#[template(path = "breakdown.html")]
pub struct BreakdownPage {
    frame: Frame,
    heading: &'static str,
    /// Where the form leads.
    action: &'static str,
    period: String,
    scope: String,
    channel: Option<&'static str>,
    procedure: Option<String>,
    problems: Vec<&'static str>,
    running: bool,
    says: Vec<String>,
    sections: Vec<Section>,
    from: String,
    to: String,
    choices: Vec<Choice>,
    around: Around,
}

impl BreakdownPage {
    #[must_use]
    pub fn new(
        frame: Frame,
        (action, heading): (&'static str, Pair),
        asked: &Asked,
        reference: &Reference,
        sections: Vec<Section>,
        around: Around,
    ) -> Self {
        let (lang, query) = (frame.lang, &asked.query);
        let (from, to) = (dates::day(query.from, lang), dates::day(query.to, lang));
        Self {
            heading: lang.pick(heading),
            action,
            period: format!("{from} – {to}"),
            scope: scope_name(&query.scope, reference, lang),
            channel: query
                .channel
                .map(|channel| lang.pick(words::channel(channel))),
            procedure: query.procedure.clone(),
            problems: asked.problems.iter().map(|pair| lang.pick(*pair)).collect(),
            running: asked.running,
            says: Vec::new(),
            sections,
            from: query.from.to_string(),
            to: query.to.to_string(),
            choices: choice::all(query, reference, lang),
            around,
            frame: frame
                .titled(lang.pick(heading), Some(Door::Statistics))
                .wide(),
        }
    }

    #[must_use]
    pub fn saying(mut self, says: Vec<String>) -> Self {
        self.says = says;
        self
    }

    /// A further list in the form.
    #[must_use]
    pub fn choosing(mut self, choice: Choice) -> Self {
        self.choices.insert(0, choice);
        self
    }
}
