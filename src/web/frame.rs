//! What every page has around its content: language, doors, the notice of a journal that is not live, who is signed in.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::lang::{Lang, Pair};
use super::words;
use crate::api::access;
use crate::domain::actor::{Actor, NO_OFFICE};
use crate::domain::reference::{JournalKind, Opened, Story, Teller};

/// The one stylesheet, inlined in every page.
pub const STYLE: &str = include_str!("templates/style.css");

/// The stylesheet's source in a content security policy.
pub static STYLE_SOURCE: LazyLock<String> =
    LazyLock::new(|| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(STYLE))));

/// The pages that every page leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    Tracking,
    Procedures,
    Statistics,
    Desk,
    Audit,
}

impl Door {
    const PUBLIC: [Self; 3] = [Self::Tracking, Self::Procedures, Self::Statistics];

    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Tracking => "/t",
            Self::Procedures => "/p",
            Self::Statistics => "/statistics",
            Self::Desk => "/desk",
            Self::Audit => "/audit",
        }
    }

    #[must_use]
    pub fn name(self) -> Pair {
        match self {
            Self::Tracking => ("Tra cứu hồ sơ", "Track a dossier"),
            Self::Procedures => ("Thủ tục", "Procedures"),
            Self::Statistics => ("Thống kê", "Statistics"),
            Self::Desk => ("Bàn làm việc", "Desk"),
            Self::Audit => ("Kiểm tra", "Audit"),
        }
    }
}

/// Who is signed in, as the head of the page says it.
#[derive(Debug, Clone)]
pub struct Who {
    pub role: Pair,
    /// Has a worklist: works for an office.
    pub has_work: bool,
    pub audits: bool,
    pub office: Option<String>,
    pub id: String,
}

impl From<&Actor> for Who {
    fn from(actor: &Actor) -> Self {
        Self {
            role: words::office_role(actor.role),
            has_work: has_work(actor),
            audits: access::supervised(actor).is_ok(),
            office: (actor.office != NO_OFFICE).then(|| actor.office.clone()),
            id: actor.id.clone(),
        }
    }
}

/// Whether somebody has a worklist of their own.
#[must_use]
pub fn has_work(actor: &Actor) -> bool {
    access::is_officer(actor.role) && actor.office != NO_OFFICE
}

/// Everything around a page's content.
#[derive(Debug, Clone)]
pub struct Frame {
    pub lang: Lang,
    pub title: String,
    /// The door this page belongs to.
    pub door: Option<Door>,
    /// Path and query of this page, without the language.
    pub place: String,
    /// What is said of a simulated or imported journal on every page.
    pub notice: Option<Notice>,
    pub who: Option<Who>,
    /// Code of what was found when the record is not the one that was sealed: said on every page.
    pub halted: Option<&'static str>,
    /// For pages that are mostly tables.
    pub wide: bool,
    /// The stream by which an open page learns that it is old.
    pub live: Option<String>,
    /// Scripts of the page, by their place under `assets/`; every page is whole without them.
    pub scripts: Vec<&'static str>,
    /// Further stylesheets, by their place under `assets/`.
    pub styles: Vec<&'static str>,
}

impl Frame {
    #[must_use]
    pub fn new(lang: Lang, place: impl Into<String>, opened: &Opened, who: Option<&Actor>) -> Self {
        Self {
            lang,
            title: String::new(),
            door: None,
            place: place.into(),
            notice: notice(opened, lang),
            who: who.map(Who::from),
            halted: None,
            wide: false,
            live: None,
            scripts: Vec::new(),
            styles: Vec::new(),
        }
    }

    /// What the notice says in two or three words; nothing on a live journal.
    #[must_use]
    pub fn mark(&self) -> String {
        let mark = self.notice.as_ref().map(|notice| notice.mark);
        mark.map_or_else(String::new, |mark| self.lang.pick(mark).to_uppercase())
    }

    /// Whether every time is what another system claims.
    #[must_use]
    pub fn claims(&self) -> bool {
        self.notice.as_ref().is_some_and(|notice| notice.claimed)
    }

    #[must_use]
    pub fn titled(mut self, title: impl Into<String>, door: Option<Door>) -> Self {
        self.title = title.into();
        self.door = door;
        self
    }

    #[must_use]
    pub fn halted(mut self, why: Option<&'static str>) -> Self {
        self.halted = why;
        self
    }

    #[must_use]
    pub fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// The page follows the stream at `place`.
    #[must_use]
    pub fn live(mut self, place: impl Into<String>) -> Self {
        self.live = Some(place.into());
        self.script("live.js")
    }

    #[must_use]
    pub fn script(mut self, file: &'static str) -> Self {
        self.scripts.push(file);
        self
    }

    #[must_use]
    pub fn styled(mut self, file: &'static str) -> Self {
        self.styles.push(file);
        self
    }

    /// Where a file under `assets/` is served.
    #[must_use]
    pub fn asset(&self, file: &str) -> String {
        super::assets::address(file)
    }

    #[must_use]
    pub fn style(&self) -> &'static str {
        STYLE
    }

    #[must_use]
    pub fn doors(&self) -> Vec<Door> {
        let who = self.who.as_ref();
        let own = [
            (who.is_some_and(|who| who.has_work), Door::Desk),
            (who.is_some_and(|who| who.audits), Door::Audit),
        ];
        let own = own.into_iter().filter(|(has, _)| *has);
        Door::PUBLIC
            .into_iter()
            .chain(own.map(|(_, door)| door))
            .collect()
    }

    #[must_use]
    pub fn is_at(&self, door: &Door) -> bool {
        self.door == Some(*door)
    }

    /// A link inside the site that keeps the language.
    #[must_use]
    pub fn to(&self, place: &str) -> String {
        in_language(place, self.lang)
    }

    /// A link to a page of one dossier: `/t/` or `/history/`, the code, and a query with its mark or nothing.
    #[must_use]
    pub fn to_dossier(&self, door: &str, code: &str, query: &str) -> String {
        self.to(&format!("{door}{code}{query}"))
    }

    /// This page in the other language.
    #[must_use]
    pub fn in_other_language(&self) -> String {
        in_language(&self.place, self.lang.other())
    }
}

/// The place in a language.
#[must_use]
pub fn in_language(place: &str, lang: Lang) -> String {
    match lang {
        Lang::Vi => place.to_owned(),
        Lang::En if place.contains('?') => format!("{place}&lang=en"),
        Lang::En => format!("{place}?lang=en"),
    }
}

/// What is said on every page of a journal that is not a live one.
#[derive(Debug, Clone)]
pub struct Notice {
    /// In two or three words, for where there is no more room.
    pub mark: Pair,
    pub name: String,
    pub says: String,
    /// Its times are what another system claims.
    pub claimed: bool,
}

fn notice(opened: &Opened, lang: Lang) -> Option<Notice> {
    match opened.kind {
        JournalKind::Live => None,
        JournalKind::Simulated => {
            let story = opened.story.as_ref();
            Some(Notice {
                mark: ("Dữ liệu mô phỏng", "Simulated data"),
                name: story.map_or_else(String::new, |story| story.scenario.clone()),
                says: lang.pick(story.map_or(("", ""), Story::says)).to_owned(),
                claimed: false,
            })
        }
        JournalKind::Imported => {
            let teller = opened.teller.as_ref();
            let (vi, en) = teller.map(Teller::says).unwrap_or_default();
            Some(Notice {
                mark: ("Dữ liệu nhập", "Imported data"),
                name: teller.map_or_else(String::new, |teller| teller.system.clone()),
                says: match lang {
                    Lang::Vi => vi,
                    Lang::En => en,
                },
                claimed: true,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stylesheet_is_small_and_asks_nobody_for_anything() {
        assert!(STYLE.len() <= 9_216, "{} bytes", STYLE.len());
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
    }

    #[test]
    fn links_keep_the_language() {
        assert_eq!(in_language("/t", Lang::Vi), "/t");
        assert_eq!(in_language("/t", Lang::En), "/t?lang=en");
        assert_eq!(in_language("/p?q=a", Lang::En), "/p?q=a&lang=en");
    }
}
