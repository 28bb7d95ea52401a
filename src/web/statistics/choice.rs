//! What a reader of the statistics asks for, from the address and back into it.

use jiff::civil::Date;
use serde::Deserialize;

use super::scope_name;
use crate::domain::catalogue::Level;
use crate::domain::deadline::Comparison;
use crate::domain::dossier::Channel;
use crate::domain::reference::Reference;
use crate::projections::statistics::{Query, Scope};
use crate::web::lang::{Lang, Pair};
use crate::web::words;

pub const LEVELS: [Level; 5] = [
    Level::Ministry,
    Level::Province,
    Level::District,
    Level::Commune,
    Level::Vertical,
];
const CHANNELS: [Channel; 3] = [Channel::Counter, Channel::Online, Channel::Post];

/// The address's parameters as they came.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Params {
    pub from: Option<String>,
    pub to: Option<String>,
    pub level: Option<String>,
    pub office: Option<String>,
    pub channel: Option<String>,
    pub procedure: Option<String>,
    pub comparison: Option<String>,
    /// What offices are ranked by.
    pub indicator: Option<String>,
    /// Offices with a smaller denominator have no place.
    pub least: Option<u64>,
}

/// What will be counted, and what of the question could not be understood.
#[derive(Debug, Clone)]
pub struct Asked {
    pub query: Query,
    pub problems: Vec<Pair>,
    /// The period goes on: it is counted up to today.
    pub running: bool,
    /// What was asked is small and sensitive, and something larger is answered.
    pub kept_back: bool,
}

impl Asked {
    /// One sensitive procedure with a small number is not told alone: all procedures are.
    pub fn keep_back(&mut self) {
        self.kept_back = true;
        self.query.procedure = None;
        self.problems.push((
            "Số nhỏ hơn 5 của một thủ tục nhạy cảm không được nêu riêng; hiện mọi thủ tục.",
            "Numbers below 5 of a sensitive procedure are not told alone; all procedures are shown.",
        ));
    }
}

/// One list to choose from.
pub struct Choice {
    pub id: &'static str,
    pub label: Pair,
    pub options: Vec<Entry>,
}

pub struct Entry {
    pub value: String,
    pub name: String,
    pub selected: bool,
}

impl Params {
    /// Reads the question; what is missing or wrong falls back to the year up to `usual`, and nothing is counted after
    /// `today`.
    #[must_use]
    pub fn asked(&self, usual: Date, today: Date, reference: &Reference) -> Asked {
        let mut problems = Vec::new();
        let first = usual.first_of_year();
        let mut from = date(self.from.as_deref(), first, &mut problems);
        let mut to = date(self.to.as_deref(), usual, &mut problems);
        if from > to {
            problems.push((
                "Ngày đầu kỳ ở sau ngày cuối kỳ; hiện năm nay.",
                "The period ends before it begins; this year is shown.",
            ));
            (from, to) = (first, usual);
        }
        if from > today {
            problems.push((
                "Kỳ này chưa bắt đầu; hiện năm nay.",
                "The period has not begun; this year is shown.",
            ));
            (from, to) = (first, usual);
        }
        let running = to > today;
        let to = to.min(today);
        let comparison = self.comparison(&mut problems);
        let channel = self.channel(&mut problems);
        let procedure = self.procedure(reference, &mut problems);
        let scope = self.scope(reference, &mut problems);
        let query = Query {
            scope,
            channel,
            procedure,
            from,
            to,
            comparison,
        };
        Asked {
            query,
            problems,
            running,
            kept_back: false,
        }
    }

    fn scope(&self, reference: &Reference, problems: &mut Vec<Pair>) -> Scope {
        if let Some(office) = given(self.office.as_deref()) {
            if reference.offices.contains_key(office) {
                return Scope::Office(office.to_owned());
            }
            problems.push((
                "Không có cơ quan mang mã này; hiện tất cả cơ quan.",
                "No office has this code; all offices are shown.",
            ));
        }
        let Some(name) = given(self.level.as_deref()) else {
            return Scope::All;
        };
        let level = LEVELS.into_iter().find(|one| level_name(*one) == name);
        if level.is_none() {
            problems.push((
                "Không có cấp này; hiện tất cả các cấp.",
                "There is no such level; all levels are shown.",
            ));
        }
        level.map_or(Scope::All, Scope::Level)
    }

    fn comparison(&self, problems: &mut Vec<Pair>) -> Comparison {
        match given(self.comparison.as_deref()) {
            Some("timestamp") => Comparison::Timestamp,
            Some("date") | None => Comparison::Date,
            Some(_) => {
                problems.push((
                    "Không có cách so sánh này; đã so sánh theo ngày.",
                    "There is no such comparison; days are compared.",
                ));
                Comparison::Date
            }
        }
    }

    fn channel(&self, problems: &mut Vec<Pair>) -> Option<Channel> {
        let name = given(self.channel.as_deref())?;
        let channel = CHANNELS.into_iter().find(|one| one.name() == name);
        if channel.is_none() {
            problems.push((
                "Không có cách nộp này; hiện mọi cách nộp.",
                "There is no such channel; all channels are shown.",
            ));
        }
        channel
    }

    fn procedure(&self, reference: &Reference, problems: &mut Vec<Pair>) -> Option<String> {
        let code = given(self.procedure.as_deref())?;
        let known = reference.procedures.contains_key(code);
        if !known {
            problems.push((
                "Không có thủ tục mang mã này; hiện mọi thủ tục.",
                "No procedure has this code; all procedures are shown.",
            ));
        }
        known.then(|| code.to_owned())
    }
}

fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

fn date(text: Option<&str>, otherwise: Date, problems: &mut Vec<Pair>) -> Date {
    let Some(text) = given(text) else {
        return otherwise;
    };
    text.parse().unwrap_or_else(|_| {
        problems.push((
            "Một ngày không đọc được; đã dùng ngày mặc định.",
            "A date could not be read; the usual one is used.",
        ));
        otherwise
    })
}

/// The name in addresses.
#[must_use]
pub fn level_name(level: Level) -> &'static str {
    match level {
        Level::Ministry => "ministry",
        Level::Province => "province",
        Level::District => "district",
        Level::Commune => "commune",
        Level::Vertical => "vertical",
    }
}

/// The name in addresses.
#[must_use]
pub fn comparison_name(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Date => "date",
        Comparison::Timestamp => "timestamp",
    }
}

/// The address that asks this question.
#[must_use]
pub fn place(path: &str, query: &Query) -> String {
    let mut place = format!("{path}?from={}&to={}", query.from, query.to);
    let mut add = |name: &str, value: &str| {
        place.push('&');
        place.push_str(name);
        place.push('=');
        place.push_str(value);
    };
    match &query.scope {
        Scope::All => {}
        Scope::Level(level) => add("level", level_name(*level)),
        Scope::Office(code) => add("office", code),
    }
    if let Some(channel) = query.channel {
        add("channel", channel.name());
    }
    if let Some(procedure) = &query.procedure {
        add("procedure", procedure);
    }
    match query.comparison {
        Comparison::Date => {}
        Comparison::Timestamp => add("comparison", "timestamp"),
    }
    place
}

/// The lists of the form, with what was asked selected.
#[must_use]
pub fn all(query: &Query, reference: &Reference, lang: Lang) -> Vec<Choice> {
    let everything = |name: Pair, selected| Entry {
        value: String::new(),
        name: lang.pick(name).to_owned(),
        selected,
    };
    let offices = reference.offices.values();
    let levels = LEVELS
        .into_iter()
        .filter(|level| offices.clone().any(|office| office.level == *level));
    let mut level_options = vec![everything(("Mọi cấp", "All levels"), false)];
    level_options.extend(levels.map(|level| Entry {
        value: level_name(level).to_owned(),
        name: lang.pick(words::level(level)).to_owned(),
        selected: query.scope == Scope::Level(level),
    }));
    let mut office_options = vec![everything(("Mọi cơ quan", "All offices"), false)];
    office_options.extend(offices.map(|office| {
        let scope = Scope::Office(office.code.clone());
        Entry {
            value: office.code.clone(),
            name: scope_name(&scope, reference, lang),
            selected: query.scope == scope,
        }
    }));
    let mut channel_options = vec![everything(("Mọi cách nộp", "All channels"), false)];
    channel_options.extend(CHANNELS.map(|channel| Entry {
        value: channel.name().to_owned(),
        name: lang.pick(words::channel(channel)).to_owned(),
        selected: query.channel == Some(channel),
    }));
    let by = |value: &str, name: Pair, comparison| Entry {
        value: value.to_owned(),
        name: lang.pick(name).to_owned(),
        selected: query.comparison == comparison,
    };
    let comparisons = vec![
        by("date", ("Theo ngày", "By day"), Comparison::Date),
        by(
            "timestamp",
            ("Theo phút", "By the minute"),
            Comparison::Timestamp,
        ),
    ];
    [
        ("level", ("Cấp", "Level"), level_options),
        ("office", ("Cơ quan", "Office"), office_options),
        ("channel", ("Cách nộp", "Channel"), channel_options),
        ("comparison", ("So sánh", "Comparison"), comparisons),
    ]
    .map(|(id, label, options)| Choice { id, label, options })
    .into()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date as day;

    use super::*;

    #[track_caller]
    fn asked(params: &Params) -> Asked {
        params.asked(day(2023, 12, 31), day(2024, 1, 2), &Reference::default())
    }

    #[test]
    fn without_a_question_the_year_so_far_is_counted() {
        let asked = asked(&Params::default());
        assert_eq!(asked.query.from, day(2023, 1, 1));
        assert_eq!(asked.query.to, day(2023, 12, 31));
        assert_eq!(asked.query.scope, Scope::All);
        assert!(asked.problems.is_empty());
    }

    #[test]
    fn what_cannot_be_understood_is_said_and_never_counted_as_something_else_in_silence() {
        let asked = asked(&Params {
            from: Some("2023-31-12".into()),
            office: Some("H99".into()),
            level: Some("village".into()),
            channel: Some("pigeon".into()),
            procedure: Some("9.999999".into()),
            comparison: Some("hour".into()),
            ..Params::default()
        });
        assert_eq!(asked.problems.len(), 6);
    }

    #[test]
    fn nothing_is_counted_after_today() {
        let period = |from: &str, to: &str| {
            asked(&Params {
                from: Some(from.into()),
                to: Some(to.into()),
                ..Params::default()
            })
        };
        let running = period("2023-12-01", "2024-12-31");
        assert!(running.running && running.problems.is_empty());
        assert_eq!(running.query.to, day(2024, 1, 2));
        assert!(!period("2023-12-01", "2024-01-02").running);
        let not_begun = period("2024-01-03", "2024-12-31");
        assert_eq!(not_begun.problems.len(), 1);
        assert_eq!(not_begun.query.to, day(2023, 12, 31));
        assert!(!not_begun.running);
    }

    #[test]
    fn a_question_survives_the_address() {
        let params = Params {
            from: Some("2023-02-01".into()),
            level: Some("commune".into()),
            channel: Some("online".into()),
            comparison: Some("timestamp".into()),
            ..Params::default()
        };
        assert_eq!(
            place("/statistics", &asked(&params).query),
            "/statistics?from=2023-02-01&to=2023-12-31&level=commune&channel=online&comparison=timestamp"
        );
    }
}
