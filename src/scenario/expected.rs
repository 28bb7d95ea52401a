//! What an article reports, and whether the statistics found it. Nothing that plays a story reads this.

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::expected_catalogue::{self, CatalogueFigure};
use super::plan::comparison;
use super::source::{ScenarioError, Source};
use crate::domain::catalogue::Level;
use crate::domain::code::OfficeCode;
use crate::domain::deadline::Comparison;
use crate::domain::dossier::Channel;

/// The second part of a scenario file.
#[derive(Debug, Clone)]
pub struct Expected {
    /// Of the dossiers.
    pub figures: Vec<Figure>,
    /// Of the procedures.
    pub catalogue: Vec<CatalogueFigure>,
}

/// One figure of an article.
#[derive(Debug, Clone)]
pub struct Figure {
    pub name: String,
    pub question: Question,
    pub measure: Measure,
    pub value: Value,
    /// The words of the article it is read from.
    pub sentence: String,
    pub source: String,
}

/// Over what is counted: the statistics' question, in words of our own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Question {
    pub scope: Scope,
    pub channel: Option<Channel>,
    /// First and last day, both included.
    pub from: Date,
    pub to: Date,
    pub comparison: Comparison,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    All,
    Unit(OfficeCode),
    Level(Level),
}

/// The answer: dossiers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// New in the period.
    pub received: u64,
    /// Of these, received online.
    pub online: u64,
    pub settled: u64,
    pub early: u64,
    pub on_time: u64,
    pub late: u64,
    /// Ended without settlement.
    pub closed: u64,
    /// Neither settled nor closed at the period's end.
    pub pending: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    Received,
    Settled,
    Early,
    OnTime,
    Late,
    EarlyAndOnTime,
    Closed,
    Pending,
    Online,
    /// Of received.
    OnlineShare,
    /// Of settled.
    EarlyShare,
    /// Of settled.
    EarlyAndOnTimeShare,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    #[default]
    HalfUp,
    Truncate,
}

/// A figure as it is printed, and how it is met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// As in the file: `21.7%`, `>4100`.
    pub text: String,
    more_than: bool,
    /// The digits without the point; a share has `decimals` of them after it.
    digits: u64,
    decimals: u32,
    percent: bool,
    rounding: Rounding,
}

/// One row of the comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub figure: String,
    pub sentence: String,
    pub source: String,
    pub question: Question,
    pub expected: String,
    /// A number, or a percentage with its numerator and denominator; `–` where nothing can be divided.
    pub measured: String,
    /// The same measured by DATE, beside a figure that is meant by TIMESTAMP.
    pub by_date: Option<String>,
    pub met: bool,
}

/// What was counted for a figure's question, and by DATE for the question [`Question::by_date`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    pub tally: Tally,
    pub by_date: Option<Tally>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "plan")]
    _plan: IgnoredAny,
    #[serde(default)]
    expected: Vec<serde_json::Map<String, serde_json::Value>>,
    #[serde(default, rename = "outcomes")]
    _outcomes: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    figure: String,
    from: Date,
    to: Date,
    unit: Option<OfficeCode>,
    level: Option<Level>,
    channel: Option<Channel>,
    #[serde(deserialize_with = "comparison")]
    comparison: Comparison,
    measure: Measure,
    value: String,
    #[serde(default)]
    rounding: Rounding,
    sentence: String,
    source: String,
}

impl Expected {
    /// Reads the expected figures of a scenario.
    ///
    /// # Errors
    /// [`ScenarioError::Malformed`] or [`ScenarioError::Impossible`], naming the figure.
    pub fn load(source: &Source) -> Result<Self, ScenarioError> {
        let file: File = source.parse()?;
        let mut expected = Self {
            figures: Vec::new(),
            catalogue: Vec::new(),
        };
        for entry in file.expected {
            let name = entry.get("figure").and_then(|name| name.as_str());
            let name = name.unwrap_or("expected").to_owned();
            let impossible = |why: String| source.impossible(name.clone(), why);
            let of_catalogue = entry.contains_key("catalogue");
            let entry = serde_json::Value::Object(entry);
            if of_catalogue {
                let written: expected_catalogue::Written =
                    serde_json::from_value(entry).map_err(|error| impossible(error.to_string()))?;
                expected.catalogue.push(written.read().map_err(impossible)?);
            } else {
                let written: Written =
                    serde_json::from_value(entry).map_err(|error| impossible(error.to_string()))?;
                expected
                    .figures
                    .push(Figure::read(written).map_err(impossible)?);
            }
        }
        Ok(expected)
    }

    /// One row per figure; `answers` in the order of the figures.
    #[must_use]
    pub fn compare(&self, answers: &[Answer]) -> Vec<Row> {
        let pairs = self.figures.iter().zip(answers);
        pairs.map(|(figure, answer)| figure.row(*answer)).collect()
    }
}

impl Question {
    /// The question to ask besides, when this one is meant by the minute.
    #[must_use]
    pub fn by_date(&self) -> Option<Self> {
        (self.comparison == Comparison::Timestamp).then(|| Self {
            comparison: Comparison::Date,
            ..self.clone()
        })
    }
}

impl Figure {
    fn read(written: Written) -> Result<Self, String> {
        let scope = match (written.unit, written.level) {
            (None, None) => Scope::All,
            (Some(unit), None) => Scope::Unit(unit),
            (None, Some(level)) => Scope::Level(level),
            (Some(_), Some(_)) => return Err("unit and level at once".into()),
        };
        let value = Value::read(&written.value, written.rounding)
            .ok_or_else(|| format!("{:?} is not a figure", written.value))?;
        if value.percent != written.measure.is_share() {
            return Err(format!("{:?} does not fit the measure", written.value));
        }
        let question = Question {
            scope,
            channel: written.channel,
            from: written.from,
            to: written.to,
            comparison: written.comparison,
        };
        Ok(Self {
            name: written.figure,
            question,
            measure: written.measure,
            value,
            sentence: written.sentence,
            source: written.source,
        })
    }

    fn row(&self, answer: Answer) -> Row {
        let measured = self.measure.of(&answer.tally);
        let by_date = answer.by_date.map(|tally| self.measure.of(&tally));
        Row {
            figure: self.name.clone(),
            sentence: self.sentence.clone(),
            source: self.source.clone(),
            question: self.question.clone(),
            expected: self.value.text.clone(),
            measured: self.value.print(measured),
            by_date: by_date.map(|measured| self.value.print(measured)),
            met: self.value.is_met(measured),
        }
    }
}

impl Measure {
    fn is_share(self) -> bool {
        match self {
            Self::OnlineShare | Self::EarlyShare | Self::EarlyAndOnTimeShare => true,
            Self::Received
            | Self::Settled
            | Self::Early
            | Self::OnTime
            | Self::Late
            | Self::EarlyAndOnTime
            | Self::Closed
            | Self::Pending
            | Self::Online => false,
        }
    }

    /// Numerator and denominator; a count has the denominator 1.
    fn of(self, tally: &Tally) -> (u64, u64) {
        match self {
            Self::Received => (tally.received, 1),
            Self::Settled => (tally.settled, 1),
            Self::Early => (tally.early, 1),
            Self::OnTime => (tally.on_time, 1),
            Self::Late => (tally.late, 1),
            Self::EarlyAndOnTime => (tally.early + tally.on_time, 1),
            Self::Closed => (tally.closed, 1),
            Self::Pending => (tally.pending, 1),
            Self::Online => (tally.online, 1),
            Self::OnlineShare => (tally.online, tally.received),
            Self::EarlyShare => (tally.early, tally.settled),
            Self::EarlyAndOnTimeShare => (tally.early + tally.on_time, tally.settled),
        }
    }
}

impl Value {
    pub(super) fn is_percent(&self) -> bool {
        self.percent
    }

    pub(super) fn read(text: &str, rounding: Rounding) -> Option<Self> {
        let (more_than, rest) = text
            .strip_prefix('>')
            .map_or((false, text), |rest| (true, rest));
        let (percent, rest) = rest
            .strip_suffix('%')
            .map_or((false, rest), |rest| (true, rest));
        let (whole, part) = rest.split_once('.').unwrap_or((rest, ""));
        let digits = format!("{whole}{part}");
        let plain = !whole.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !plain || part.len() > 6 || (!percent && rest.contains('.')) {
            return None;
        }
        Some(Self {
            text: text.to_owned(),
            more_than,
            digits: digits.parse().ok()?,
            decimals: u32::try_from(part.len()).ok()?,
            percent,
            rounding,
        })
    }

    pub(super) fn is_met(&self, (numerator, denominator): (u64, u64)) -> bool {
        if denominator == 0 {
            return false;
        }
        match (self.percent, self.more_than) {
            (false, false) => numerator == self.digits,
            (false, true) => numerator > self.digits,
            (true, false) => {
                rounded(numerator, denominator, self.decimals, self.rounding)
                    == u128::from(self.digits)
            }
            (true, true) => {
                let measured = u128::from(numerator) * 100 * 10_u128.pow(self.decimals);
                measured > u128::from(self.digits) * u128::from(denominator)
            }
        }
    }

    pub(super) fn print(&self, (numerator, denominator): (u64, u64)) -> String {
        if !self.percent {
            return numerator.to_string();
        }
        if denominator == 0 {
            return "–".to_owned();
        }
        let decimals = if self.more_than { 2 } else { self.decimals };
        let scaled = rounded(numerator, denominator, decimals, self.rounding);
        let unit = 10_u128.pow(decimals);
        let (whole, part) = (scaled / unit, scaled % unit);
        let width = usize::try_from(decimals).unwrap_or(0);
        let share = if decimals == 0 {
            format!("{whole}%")
        } else {
            format!("{whole}.{part:0width$}%")
        };
        format!("{share} ({numerator}/{denominator})")
    }
}

/// A percentage times ten to the power of `decimals`, exact before it is rounded.
fn rounded(numerator: u64, denominator: u64, decimals: u32, rounding: Rounding) -> u128 {
    let scaled = u128::from(numerator) * 100 * 10_u128.pow(decimals);
    let denominator = u128::from(denominator);
    match rounding {
        Rounding::HalfUp => (scaled * 2 + denominator) / (denominator * 2),
        Rounding::Truncate => scaled / denominator,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, rounding: Rounding) -> Value {
        Value::read(text, rounding).expect("a figure")
    }

    #[track_caller]
    fn met(text: &str, rounding: Rounding, measured: (u64, u64), expected: bool) {
        assert_eq!(value(text, rounding).is_met(measured), expected);
    }

    #[test]
    fn a_count_is_met_exactly_or_by_more() {
        met("120", Rounding::HalfUp, (120, 1), true);
        met("120", Rounding::HalfUp, (121, 1), false);
        met(">120", Rounding::HalfUp, (120, 1), false);
        met(">120", Rounding::HalfUp, (121, 1), true);
    }

    #[test]
    fn a_share_is_met_after_its_own_rounding() {
        met("33.3%", Rounding::HalfUp, (1, 3), true);
        met("66.7%", Rounding::HalfUp, (2, 3), true);
        met("66.6%", Rounding::Truncate, (2, 3), true);
        met("66.7%", Rounding::Truncate, (2, 3), false);
        met("100%", Rounding::Truncate, (9_999, 10_000), false);
        met("100%", Rounding::HalfUp, (0, 0), false);
        met(">97%", Rounding::HalfUp, (97, 100), false);
        met(">97%", Rounding::HalfUp, (9_701, 10_000), true);
    }

    #[test]
    fn a_share_is_printed_with_what_it_was_divided_from() {
        assert_eq!(
            value("0.5%", Rounding::HalfUp).print((1, 200)),
            "0.5% (1/200)"
        );
        assert_eq!(
            value(">97%", Rounding::Truncate).print((2, 3)),
            "66.66% (2/3)"
        );
        assert_eq!(value("1%", Rounding::HalfUp).print((0, 0)), "–");
    }

    #[test]
    fn what_is_not_a_figure_is_refused() {
        for bad in ["", ">", "%", "1.5", "-1", "1,5%", "many", "1.%2"] {
            assert_eq!(Value::read(bad, Rounding::HalfUp), None, "{bad}");
        }
    }

    #[test]
    fn the_shipped_figures_load_and_none_is_met_by_an_empty_journal() {
        for name in Source::names() {
            let expected = Expected::load(&Source::find(name).expect("shipped")).expect("figures");
            let nothing = Answer {
                tally: Tally::default(),
                by_date: None,
            };
            let rows = expected.compare(&vec![nothing; expected.figures.len()]);
            assert_eq!(rows.len(), expected.figures.len());
            assert!(rows.iter().all(|row| !row.met && !row.sentence.is_empty()));
        }
    }
}
