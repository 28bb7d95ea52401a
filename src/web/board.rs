//! The board in an office's lobby: what can be collected, what is under way, what is promised for today; codes alone.

use std::borrow::Borrow;
use std::fmt;

use askama::Template;

use super::dates;
use super::frame::Frame;
use super::lang::{Lang, Pair};
use crate::domain::office::Office;
use crate::domain::time::Moment;
use crate::projections::board::{Board, Line};

/// Lines of a list that are seen at a time, at most: more would not be readable from five metres.
pub const ROWS: u32 = 8;

/// Lines of a list that are turned over in pages; what is beyond them is told as a number.
pub const LINES_MAX: u32 = 6 * ROWS;

#[derive(Template)]
#[template(path = "board.html")]
pub struct BoardPage {
    frame: Frame,
    langs: Vec<Lang>,
    office: Vec<(Lang, String)>,
    /// How every code that was given here begins.
    prefix: String,
    lists: [List; 3],
    rows: u32,
    now: Moment,
}

struct List {
    id: &'static str,
    sign: &'static str,
    name: Pair,
    none: Pair,
    count: u64,
    lines: Vec<Shown>,
    /// Not among the lines.
    further: u64,
}

struct Shown {
    /// The part that all codes of this office share, and the rest.
    code: (String, String),
    mark: Mark,
    at: dates::When,
}

/// How a promise stands: told by a sign and words, never by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    None,
    Late,
    Waits,
}

impl Mark {
    fn sign(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Late => "!",
            Self::Waits => "‖",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Late => "late",
            Self::Waits => "waits",
        }
    }

    fn words(self) -> Pair {
        match self {
            Self::None => ("", ""),
            Self::Late => ("quá hẹn", "overdue"),
            Self::Waits => ("chờ người nộp", "waits for the applicant"),
        }
    }
}

/// The languages of a board, the first one first: Vietnamese when nothing was understood.
#[must_use]
pub fn langs(asked: Option<&str>) -> Vec<Lang> {
    let mut langs = Vec::new();
    for tag in asked.unwrap_or_default().split(',') {
        let found = Lang::ALL.into_iter().find(|lang| lang.tag() == tag.trim());
        langs.extend(found.filter(|lang| !langs.contains(lang)));
    }
    if langs.is_empty() {
        langs.push(Lang::default());
    }
    langs
}

impl BoardPage {
    #[must_use]
    pub fn new(
        frame: Frame,
        langs: Vec<Lang>,
        office: &Office,
        board: &Board,
        now: Moment,
        rows: u32,
    ) -> Self {
        let lang = langs.first().copied().unwrap_or_default();
        let prefix = format!("{}-", office.code);
        let counts = &board.counts;
        let list =
            |id, sign, name, none, count: u64, lines: &[Line], show: &dyn Fn(&Line) -> Shown| {
                List {
                    id,
                    sign,
                    name,
                    none,
                    count,
                    further: count.saturating_sub(lines.len() as u64),
                    lines: lines.iter().map(show).collect(),
                }
            };
        let ready = |line: &Line| Shown {
            code: parted(&line.code, &prefix),
            mark: Mark::None,
            at: dates::day_and_month(line.at),
        };
        let promised = |line: &Line| Shown {
            mark: mark(line, now),
            ..ready(line)
        };
        let today = |line: &Line| Shown {
            at: dates::clock(line.at),
            ..promised(line)
        };
        let lists = [
            list(
                "collect",
                "✓",
                ("Nhận kết quả", "To collect"),
                ("Chưa có kết quả chờ nhận", "Nothing to collect now"),
                counts.to_collect,
                &board.to_collect,
                &ready,
            ),
            list(
                "processing",
                "…",
                ("Đang giải quyết", "In progress"),
                ("Không có hồ sơ", "None now"),
                counts.processing,
                &board.processing,
                &promised,
            ),
            list(
                "today",
                "◷",
                ("Hẹn trả hôm nay", "Due today"),
                ("Không có hẹn hôm nay", "Nothing is due today"),
                counts.due_today,
                &board.due_today,
                &today,
            ),
        ];
        let names = langs.iter().map(|lang| {
            let name = lang.of(&office.name_vi, &office.name_en);
            (*lang, name.clone())
        });
        let mut frame = frame
            .titled(office.code.clone(), None)
            .live(format!("/board/{}/events", office.code))
            .styled("board.css")
            .script("board.js");
        frame.lang = lang;
        Self {
            office: names.collect(),
            frame,
            langs,
            prefix,
            lists,
            rows,
            now,
        }
    }

    /// A text in every language of the board.
    fn says(&self, vi: &'static str, en: &'static str) -> Says {
        let texts = self.langs.iter().map(|lang| (*lang, lang.of(vi, en)));
        Says(texts.collect())
    }

    fn tells(&self, pair: impl Borrow<Pair>) -> Says {
        let (vi, en) = *pair.borrow();
        self.says(vi, en)
    }

    /// Milliseconds since 1970, for the script that goes on counting.
    fn now_ms(&self) -> i64 {
        self.now.0.div_euclid(1_000)
    }

    fn clock(&self) -> dates::When {
        dates::clock(self.now)
    }

    fn day(&self) -> String {
        dates::day(self.now.date(), self.frame.lang)
    }
}

/// One's own texts side by side, each with its language. They hold no character that HTML minds.
struct Says(Vec<(Lang, &'static str)>);

impl askama::filters::HtmlSafe for Says {}

impl fmt::Display for Says {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (lang, text)) in self.0.iter().enumerate() {
            let between = if place > 0 { " <i>·</i> " } else { "" };
            write!(f, "{between}<span lang=\"{}\">{text}</span>", lang.tag())?;
        }
        Ok(())
    }
}

fn mark(line: &Line, now: Moment) -> Mark {
    if line.paused {
        Mark::Waits
    } else if now > line.at {
        Mark::Late
    } else {
        Mark::None
    }
}

fn parted(code: &str, prefix: &str) -> (String, String) {
    match code.strip_prefix(prefix) {
        Some(rest) => (prefix.to_owned(), rest.to_owned()),
        None => (String::new(), code.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_board_speaks_the_languages_it_was_asked_for_in_their_order() {
        assert_eq!(langs(None), [Lang::Vi]);
        assert_eq!(langs(Some("fr")), [Lang::Vi]);
        assert_eq!(langs(Some("en")), [Lang::En]);
        assert_eq!(langs(Some("vi,en")), [Lang::Vi, Lang::En]);
        assert_eq!(langs(Some("en, vi,en")), [Lang::En, Lang::Vi]);
    }

    #[test]
    fn a_code_of_another_office_is_shown_whole() {
        let own = parted("H63.40-231110-0001", "H63.40-");
        assert_eq!(own, ("H63.40-".to_owned(), "231110-0001".to_owned()));
        let other = parted("H63.40.01-231110-0001", "H63.40-");
        assert_eq!(other, (String::new(), "H63.40.01-231110-0001".to_owned()));
    }

    #[test]
    fn whoever_waits_for_the_applicant_is_never_called_late() {
        let line = |paused| Line {
            code: "X".into(),
            at: Moment(5),
            paused,
        };
        assert_eq!(mark(&line(false), Moment(5)), Mark::None);
        assert_eq!(mark(&line(false), Moment(6)), Mark::Late);
        assert_eq!(mark(&line(true), Moment(6)), Mark::Waits);
    }
}
