//! Procedures: found by any of their words, and one in full, with how sure each part of it is.

use askama::Template;

use super::frame::{Door, Frame};
use super::lang::Lang;
use super::{dates, qr, words};
use crate::domain::catalogue::{Component, Procedure};
use crate::domain::law::Certainty;

/// Procedures on one page of the list.
pub const PAGE: u32 = 30;

#[derive(Template)]
#[template(path = "procedures.html")]
pub struct ProceduresPage {
    frame: Frame,
    words: String,
    found: Vec<Found>,
    more: Option<String>,
}

struct Found {
    link: String,
    code: String,
    name: String,
    field: String,
    limit: String,
    mark: Option<&'static str>,
}

impl ProceduresPage {
    /// `more`: where the list goes on, when it does.
    #[must_use]
    pub fn new(frame: Frame, words: String, found: &[Procedure], more: Option<String>) -> Self {
        let lang = frame.lang;
        let title = lang.of("Thủ tục hành chính", "Procedures");
        Self {
            found: found.iter().map(|one| Found::new(one, lang)).collect(),
            words,
            more: more.map(|place| frame.to(&place)),
            frame: frame.titled(title, Some(Door::Procedures)),
        }
    }
}

impl Found {
    fn new(one: &Procedure, lang: Lang) -> Self {
        Self {
            link: format!("/p/{}", one.code),
            code: one.code.clone(),
            name: lang.of(&one.name_vi, &one.name_en).clone(),
            field: lang.of(&one.field_vi, &one.field_en).clone(),
            limit: words::limit(one.limit, lang),
            mark: mark(one.limit_certainty, lang),
        }
    }
}

#[derive(Template)]
#[template(path = "procedure.html")]
pub struct ProcedurePage {
    frame: Frame,
    code: String,
    name: String,
    field: String,
    level: &'static str,
    limit: String,
    limit_mark: Option<&'static str>,
    limit_note: Option<String>,
    limit_basis: String,
    components: Vec<Paper>,
    components_mark: Option<&'static str>,
    fee: Option<String>,
    fee_note: String,
    fee_mark: Option<&'static str>,
    steps: Vec<WorkStep>,
    steps_mark: Option<&'static str>,
    result: String,
    online: &'static str,
    online_mark: Option<&'static str>,
    version: u32,
    valid: String,
    address: String,
    qr: String,
}

struct Paper {
    name: String,
    /// `1 bản chính, 2 bản sao`; empty when not known.
    copies: String,
}

struct WorkStep {
    name: String,
    role: &'static str,
    /// Empty for a step in which the clock does not run.
    hours: String,
}

impl ProcedurePage {
    #[must_use]
    pub fn new(frame: Frame, one: &Procedure, base: &str) -> Self {
        let lang = frame.lang;
        let name = lang.of(&one.name_vi, &one.name_en).clone();
        let note = lang.of(&one.limit_note_vi, &one.limit_note_en);
        let address = format!("{base}/p/{}", one.code);
        Self {
            frame: frame.titled(name.clone(), Some(Door::Procedures)),
            code: one.code.clone(),
            name,
            field: lang.of(&one.field_vi, &one.field_en).clone(),
            level: lang.pick(words::level(one.level)),
            limit: words::limit(one.limit, lang),
            limit_mark: mark(one.limit_certainty, lang),
            limit_note: note.clone(),
            limit_basis: one.limit_basis.clone(),
            components: one
                .components
                .iter()
                .map(|component| Paper::new(component, lang))
                .collect(),
            components_mark: mark(one.components_certainty, lang),
            fee: one.fee.vnd.map(|vnd| fee(vnd, lang)),
            fee_note: one.fee.note_vi.clone(),
            fee_mark: mark(one.fee.certainty, lang),
            steps: steps(one, lang),
            steps_mark: mark(one.steps_certainty, lang),
            result: one.result_vi.clone(),
            online: lang.pick(words::online_level(one.online_level)),
            online_mark: mark(one.online_certainty, lang),
            version: one.version,
            valid: valid(one, lang),
            qr: qr::svg(
                &address,
                lang.of("Mã QR của trang này", "QR code of this page"),
            ),
            address,
        }
    }
}

impl Paper {
    fn new(component: &Component, lang: Lang) -> Self {
        let counted = [
            (component.originals, ("bản chính", "original")),
            (component.copies, ("bản sao", "copy")),
        ];
        let counted = counted
            .into_iter()
            .filter_map(|(count, unit)| Some((count.filter(|count| *count > 0)?, unit)))
            .map(|(count, (vi, en))| match lang {
                Lang::Vi => format!("{count} {vi}"),
                Lang::En => format!("{en} × {count}"),
            });
        Self {
            name: component.name_vi.clone(),
            copies: counted.collect::<Vec<_>>().join(", "),
        }
    }
}

fn steps(one: &Procedure, lang: Lang) -> Vec<WorkStep> {
    let steps = one.steps.iter().map(|step| WorkStep {
        name: lang.of(&step.name_vi, &step.name_en).clone(),
        role: lang.pick(words::step_role(&step.role)),
        hours: match step.hours {
            0 => String::new(),
            hours => dates::plural(hours.into(), ("giờ làm việc", "working hour"), lang),
        },
    });
    steps.collect()
}

fn fee(vnd: u64, lang: Lang) -> String {
    match vnd {
        0 => lang.of("Không thu", "Free of charge").to_owned(),
        vnd => format!("{} đồng", lang.count(vnd)),
    }
}

fn valid(one: &Procedure, lang: Lang) -> String {
    let from = one.valid_from.map(|from| dates::day(from, lang));
    let to = one.valid_to.map(|to| dates::day(to, lang));
    match (from, to) {
        (None, None) => String::new(),
        (Some(from), None) => format!("{} {from}", lang.of("áp dụng từ", "from")),
        (None, Some(to)) => format!("{} {to}", lang.of("áp dụng đến", "until")),
        (Some(from), Some(to)) => format!("{from} – {to}"),
    }
}

fn mark(certainty: Certainty, lang: Lang) -> Option<&'static str> {
    words::basis_mark(certainty).map(|pair| lang.pick(pair))
}
