//! The detector's findings with the facts they rest on, and what each rule can and cannot show.

use askama::Template;

use super::framed;
use crate::domain::detector::{Rule, Unit, rules};
use crate::projections::detector::{Finding, Place, Window};
use crate::web::dates;
use crate::web::frame::Frame;
use crate::web::lang::{Lang, Pair};
use crate::web::words;

/// Findings on a page.
pub const PAGE: u32 = 30;
/// Facts of one finding that are shown; the newest.
const FACTS: usize = 12;

#[derive(Template)]
#[template(path = "audit_findings.html")]
pub struct FindingsPage {
    frame: Frame,
    /// Why none are shown.
    withheld: bool,
    doubts: Vec<&'static str>,
    rules: Vec<RuleLine>,
    office: String,
    own: bool,
    from: String,
    to: String,
    findings: Vec<FindingLine>,
    more: Option<String>,
}

pub struct RuleLine {
    code: &'static str,
    version: u32,
    name: &'static str,
    suggests: &'static str,
    innocent: &'static str,
    basis: &'static str,
    mark: Option<&'static str>,
    chosen: bool,
}

pub struct FindingLine {
    rule: RuleLine,
    office: String,
    days: String,
    amount: String,
    rate: Option<String>,
    positions: Vec<u64>,
    /// Facts that are not shown.
    further: usize,
    codes: Vec<String>,
}

/// What is asked, as typed and as understood.
pub struct Asked {
    pub rule: String,
    pub office: String,
    pub own: bool,
    pub window: Window,
    pub doubts: Vec<Pair>,
}

impl FindingsPage {
    /// `found`: none where findings are withheld; with the place after which there are more.
    #[must_use]
    pub fn new(frame: Frame, asked: Asked, found: Option<(Vec<Finding>, Option<Place>)>) -> Self {
        let lang = frame.lang;
        let title = lang.of("Phát hiện", "Findings").to_owned();
        let withheld = found.is_none();
        let (findings, next) = found.unwrap_or_default();
        let (from, to) = (asked.window.from.to_string(), asked.window.to.to_string());
        let more = next.map(|place| {
            format!(
                "/audit/findings?rule={}&office={}&from={from}&to={to}&after={}.{}.{}",
                asked.rule, asked.office, place.position, place.rule, place.office
            )
        });
        let chosen = |rule: &'static Rule| rule_line(rule, asked.rule == rule.code, lang);
        Self {
            withheld,
            doubts: asked.doubts.iter().map(|pair| lang.pick(*pair)).collect(),
            rules: rules().iter().map(chosen).collect(),
            findings: findings.iter().map(|one| line(one, lang)).collect(),
            more,
            office: asked.office,
            own: asked.own,
            from,
            to,
            frame: framed(frame, title),
        }
    }

    /// The rule that is filtered by.
    fn only(&self) -> Option<&RuleLine> {
        self.rules.iter().find(|rule| rule.chosen)
    }
}

fn rule_line(rule: &'static Rule, chosen: bool, lang: Lang) -> RuleLine {
    RuleLine {
        code: &rule.code,
        version: rule.version,
        name: lang.of(&rule.name_vi, &rule.name_en),
        suggests: lang.of(&rule.suggests_vi, &rule.suggests_en),
        innocent: lang.of(&rule.innocent_vi, &rule.innocent_en),
        basis: &rule.legal_basis,
        mark: words::basis_mark(rule.certainty).map(|pair| lang.pick(pair)),
        chosen,
    }
}

fn line(finding: &Finding, lang: Lang) -> FindingLine {
    let unit = match finding.rule.measure.unit() {
        Unit::Minutes => ("phút", "minute"),
        Unit::WorkingHours => ("giờ làm việc", "working hour"),
        Unit::WorkingDays => ("ngày làm việc", "working day"),
        Unit::Dossiers => ("hồ sơ", "dossier"),
        Unit::Numbers => ("số", "number"),
        Unit::Times => ("lần", "time"),
    };
    let days = if finding.from == finding.to {
        dates::day(finding.from, lang)
    } else {
        format!(
            "{} – {}",
            dates::day(finding.from, lang),
            dates::day(finding.to, lang)
        )
    };
    let rate = finding.rate.map(|(part, whole)| {
        let percent = lang.percent(part, whole).unwrap_or_default();
        format!("{} / {} ({percent})", lang.count(part), lang.count(whole))
    });
    let further = finding.positions.len().saturating_sub(FACTS);
    FindingLine {
        rule: rule_line(finding.rule, false, lang),
        office: finding.office.clone(),
        days,
        amount: dates::plural(finding.amount, unit, lang),
        rate,
        positions: finding.positions[further..].to_vec(),
        further,
        codes: finding.codes.iter().take(FACTS).cloned().collect(),
    }
}
