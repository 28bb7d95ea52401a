//! The list of procedures: what was asked, how many there are, and where the list goes on.

use std::sync::Arc;

use askama::Template;

use super::{Mark, encoded, name};
use crate::domain::catalogue::{Level, OnlineLevel, Procedure};
use crate::domain::office::Office;
use crate::projections::catalogue::sought;
use crate::web::dates;
use crate::web::frame::{Door, Frame};
use crate::web::lang::Lang;
use crate::web::words;

/// Procedures on one page of the list.
pub const PAGE: usize = 30;

/// What was asked, as the form shows it again.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub words: String,
    pub field: String,
    pub level: Option<Level>,
    pub online: Option<OnlineLevel>,
    pub office: Option<Arc<Office>>,
}

const LEVELS: [Level; 5] = [
    Level::Commune,
    Level::District,
    Level::Province,
    Level::Ministry,
    Level::Vertical,
];

const ONLINE: [OnlineLevel; 3] = [
    OnlineLevel::Full,
    OnlineLevel::Partial,
    OnlineLevel::InformationOnly,
];

impl Asked {
    /// A level as in the address: the word of the record.
    #[must_use]
    pub fn level(word: &str) -> Option<Level> {
        LEVELS.into_iter().find(|level| level_word(*level) == word)
    }

    #[must_use]
    pub fn online(word: &str) -> Option<OnlineLevel> {
        ONLINE
            .into_iter()
            .find(|online| online_word(*online) == word)
    }

    /// The same question in the catalogue.
    #[must_use]
    pub fn sought(&self) -> sought::Sought {
        let field = self.field.trim();
        sought::Sought {
            words: self.words.clone(),
            field: (!field.is_empty()).then(|| field.to_owned()),
            level: self.level,
            online: self.online,
            office: self.office.as_ref().map(|office| office.code.clone()),
        }
    }

    /// Whether the list is narrowed beside the words.
    fn is_narrowed(&self) -> bool {
        !self.field.is_empty()
            || self.level.is_some()
            || self.online.is_some()
            || self.office.is_some()
    }

    /// The question in an address, ready for one more pair.
    fn query(&self) -> String {
        let level = self.level.map(level_word).unwrap_or_default();
        let online = self.online.map(online_word).unwrap_or_default();
        let office = self.office.as_ref().map_or("", |office| &office.code);
        let pairs = [
            ("q", self.words.as_str()),
            ("field", &self.field),
            ("level", level),
            ("online", online),
            ("office", office),
        ];
        let given = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let pairs: Vec<String> = given
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        format!("/p?{}", pairs.join("&"))
    }
}

fn level_word(level: Level) -> &'static str {
    match level {
        Level::Ministry => "ministry",
        Level::Province => "province",
        Level::District => "district",
        Level::Commune => "commune",
        Level::Vertical => "vertical",
    }
}

fn online_word(online: OnlineLevel) -> &'static str {
    match online {
        OnlineLevel::Full => "full",
        OnlineLevel::Partial => "partial",
        OnlineLevel::InformationOnly => "information_only",
    }
}

/// One choice of a list.
struct Choice {
    value: String,
    name: String,
    chosen: bool,
}

struct Row {
    link: String,
    code: String,
    name: String,
    field: String,
    limit: String,
    mark: Mark,
    online: &'static str,
}

#[derive(Template)]
#[template(path = "procedures.html")]
pub struct ProceduresPage {
    frame: Frame,
    words: String,
    /// `28 thủ tục`.
    count: String,
    partly: bool,
    narrowed: bool,
    fields: Vec<Choice>,
    levels: Vec<Choice>,
    online: Vec<Choice>,
    offices: Vec<Choice>,
    /// The office that was asked for: its name, and its sheet for the wall.
    office: Option<(String, String)>,
    rows: Vec<Row>,
    /// Where the list goes on, when it does.
    more: Option<String>,
    /// The whole list from its beginning, when this is not it.
    first: Option<String>,
}

impl ProceduresPage {
    /// `after`: the code after which this page begins. `offices`: those at work.
    #[must_use]
    pub fn new(
        frame: Frame,
        asked: &Asked,
        found: &sought::Found,
        after: Option<&str>,
        offices: &[Arc<Office>],
    ) -> Self {
        let lang = frame.lang;
        let all = &found.procedures;
        let begin = after.map_or(0, |after| all.partition_point(|one| *one.code <= *after));
        let rest = &all[begin..];
        let shown = &rest[..rest.len().min(PAGE)];
        let last = shown.last().filter(|_| rest.len() > PAGE);
        let query = asked.query();
        let office = asked.office.as_ref().map(|office| {
            let name = lang.of(&office.name_vi, &office.name_en).clone();
            (name, format!("/o/{}/sheet", office.code))
        });
        let title = lang.of("Thủ tục hành chính", "Procedures");
        Self {
            words: asked.words.clone(),
            count: dates::plural(all.len() as u64, ("thủ tục", "procedure"), lang),
            partly: found.partly,
            narrowed: asked.is_narrowed(),
            fields: fields(asked, found, lang),
            levels: levels(asked, lang),
            online: online(asked, lang),
            offices: offices_of(asked, offices, lang),
            office,
            rows: shown
                .iter()
                .map(|one| Row::new(one, asked.office.as_deref(), lang))
                .collect(),
            more: last.map(|last| frame.to(&format!("{query}&after={}", last.code))),
            first: (begin > 0).then(|| frame.to(&query)),
            frame: frame.titled(title, Some(Door::Procedures)),
        }
    }
}

impl Row {
    fn new(one: &Procedure, office: Option<&Office>, lang: Lang) -> Self {
        let at = office.map_or_else(String::new, |office| format!("?office={}", office.code));
        Self {
            link: format!("/p/{}{at}", one.code),
            code: one.code.clone(),
            name: name(one, lang).to_owned(),
            field: lang.of(&one.field_vi, &one.field_en).clone(),
            limit: words::limit(one.limit, lang),
            mark: Mark::new(one.limit_certainty, lang),
            online: lang.pick(words::online_level(one.online_level)),
        }
    }
}

fn fields(asked: &Asked, found: &sought::Found, lang: Lang) -> Vec<Choice> {
    let fields = found.fields.iter().map(|((vi, en), count)| Choice {
        value: vi.clone(),
        name: format!("{} ({})", lang.of(vi, en), lang.count(*count)),
        chosen: asked.field == *vi || asked.field == *en,
    });
    let mut fields: Vec<Choice> = fields.collect();
    if !asked.field.is_empty() && !fields.iter().any(|one| one.chosen) {
        // Asked for and empty: still what was asked.
        fields.push(Choice {
            value: asked.field.clone(),
            name: format!("{} (0)", asked.field),
            chosen: true,
        });
    }
    fields
}

fn levels(asked: &Asked, lang: Lang) -> Vec<Choice> {
    let level = |level: Level| Choice {
        value: level_word(level).to_owned(),
        name: lang.pick(words::level(level)).to_owned(),
        chosen: asked.level == Some(level),
    };
    LEVELS.into_iter().map(level).collect()
}

fn online(asked: &Asked, lang: Lang) -> Vec<Choice> {
    let online = |online: OnlineLevel| Choice {
        value: online_word(online).to_owned(),
        name: lang.pick(words::online_level(online)).to_owned(),
        chosen: asked.online == Some(online),
    };
    ONLINE.into_iter().map(online).collect()
}

fn offices_of(asked: &Asked, offices: &[Arc<Office>], lang: Lang) -> Vec<Choice> {
    let chosen = asked.office.as_ref().map(|office| &office.code);
    let choice = |office: &Arc<Office>| Choice {
        value: office.code.clone(),
        name: lang.of(&office.name_vi, &office.name_en).clone(),
        chosen: chosen == Some(&office.code),
    };
    offices.iter().map(choice).collect()
}
