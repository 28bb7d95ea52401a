//! What an auditor should look at: no verdicts. Each with its rule, what else it may be, and the facts it rests on.

use askama::Template;

use crate::domain::detector::{Rule, rules};
use crate::projections::detector::Finding;
use crate::web::frame::{Door, Frame};
use crate::web::words;

/// Findings on one page.
pub const PAGE: u32 = 30;

/// What was asked for, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default)]
pub struct Wanted {
    pub rule: String,
    pub office: String,
    pub from: String,
    pub to: String,
    /// How many to leave out.
    pub skip: usize,
}

#[derive(Template)]
#[template(path = "audit/findings.html")]
pub struct FindingsPage {
    frame: Frame,
    shown: bool,
    wanted: Wanted,
    rules: Vec<(String, String, bool)>,
    items: Vec<Item>,
    total: usize,
    more: Option<String>,
}

struct Item {
    rule: String,
    office: String,
    suggests: String,
    innocent: String,
    basis: String,
    mark: Option<&'static str>,
    positions: Vec<u64>,
    further: usize,
}

/// Facts named on the page.
const FACTS: usize = 12;

impl FindingsPage {
    /// None where findings are not shown.
    #[must_use]
    pub fn new(frame: Frame, wanted: Wanted, found: Option<&[Finding]>) -> Self {
        let lang = frame.lang;
        let pick = |vietnamese: &String, english: &String| lang.of(vietnamese, english).clone();
        let rules = rules().iter().map(|rule: &Rule| {
            (
                rule.code.clone(),
                pick(&rule.name_vi, &rule.name_en),
                rule.code == wanted.rule,
            )
        });
        let items = found
            .unwrap_or_default()
            .iter()
            .skip(wanted.skip)
            .take(PAGE as usize)
            .map(|finding| {
                let rule = finding.rule;
                Item {
                    rule: pick(&rule.name_vi, &rule.name_en),
                    office: finding.office.clone(),
                    suggests: pick(&rule.suggests_vi, &rule.suggests_en),
                    innocent: pick(&rule.innocent_vi, &rule.innocent_en),
                    basis: rule.legal_basis.clone(),
                    mark: words::basis_mark(rule.certainty).map(|mark| lang.pick(mark)),
                    positions: finding
                        .positions
                        .iter()
                        .rev()
                        .take(FACTS)
                        .rev()
                        .copied()
                        .collect(),
                    further: finding.positions.len().saturating_sub(FACTS),
                }
            });
        let total = found.map_or(0, <[Finding]>::len);
        let next = wanted.skip + PAGE as usize;
        let more = (next < total).then(|| {
            let Wanted {
                rule,
                office,
                from,
                to,
                ..
            } = &wanted;
            frame.to(&format!(
                "/audit/findings?rule={rule}&office={office}&from={from}&to={to}&skip={next}"
            ))
        });
        Self {
            shown: found.is_some(),
            rules: rules.collect(),
            items: items.collect(),
            total,
            more,
            wanted,
            frame: frame
                .titled(lang.of("Dấu hiệu cần xem", "Findings"), Some(Door::Audit))
                .wide(),
        }
    }
}
