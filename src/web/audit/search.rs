//! Facts of the whole journal that answer a question.

use askama::Template;

use super::Line;
use super::question::{BREACHES, Question};
use crate::domain::actor::Role;
use crate::projections::audit::{AuditRow, Order};
use crate::web::frame::{Door, Frame};

/// Facts on one page.
pub const PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "audit/search.html")]
pub struct SearchPage {
    frame: Frame,
    question: Question,
    problems: Vec<&'static str>,
    /// Chosen by the auditor's own office: it cannot be another.
    own: Option<String>,
    roles: Vec<(&'static str, &'static str, bool)>,
    breaches: Vec<(&'static str, &'static str, bool)>,
    oldest: bool,
    lines: Vec<Line>,
    more: Option<String>,
    exports: [String; 2],
}

impl SearchPage {
    #[must_use]
    pub fn new(
        frame: Frame,
        question: Question,
        own: Option<&str>,
        rows: &[AuditRow],
        sealed: u64,
        next: Option<u64>,
    ) -> Self {
        let lang = frame.lang;
        let chosen = |value: &str, wanted: &str| value == wanted.trim();
        let roles = Role::ALL.map(|role| {
            (
                role.name(),
                lang.pick(role.label()),
                chosen(role.name(), &question.raw.role),
            )
        });
        let any = (
            "any",
            lang.of("mọi vi phạm", "any breach"),
            chosen("any", &question.raw.breach),
        );
        let rules = BREACHES.map(|(name, rule)| {
            (
                name,
                lang.pick(rule.label()),
                chosen(name, &question.raw.breach),
            )
        });
        let query = question.query(None);
        Self {
            problems: question
                .problems
                .iter()
                .map(|pair| lang.pick(*pair))
                .collect(),
            own: own.map(str::to_owned),
            roles: roles.to_vec(),
            breaches: std::iter::once(any).chain(rules).collect(),
            oldest: question.order == Order::OldestFirst,
            lines: rows.iter().map(|row| Line::of(row, sealed, lang)).collect(),
            more: next
                .map(|after| frame.to(&format!("/audit/search{}", question.query(Some(after))))),
            exports: ["csv", "ndjson"].map(|kind| format!("/audit/export.{kind}{query}")),
            question,
            frame: frame
                .titled(
                    lang.of("Tra cứu sổ ghi nhận", "Search the journal"),
                    Some(Door::Audit),
                )
                .wide(),
        }
    }
}
