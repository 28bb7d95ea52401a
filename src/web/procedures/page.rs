//! One procedure in full: what is needed, how long it takes by law and in fact, what it costs, and how sure all of it is.

use std::sync::Arc;

use askama::Template;
use jiff::civil::Date;

use super::lived::{self, Lived};
use super::parts::{self, Linked, Papers, WorkStep};
use super::past::{self, Version};
use super::terms::{self, Example, Place, Way};
use super::{Mark, Marked, name};
use crate::api::words::part_label;
use crate::domain::catalogue::{Procedure, publication};
use crate::domain::office::Office;
use crate::projections::statistics::forecast::Forecast;
use crate::projections::statistics::taken::Taken;
use crate::web::frame::{Door, Frame};
use crate::web::lang::Lang;
use crate::web::{dates, qr, words};

/// What the page is about, and what was counted for it.
pub struct Subject<'a> {
    pub procedure: &'a Procedure,
    pub place: Place<'a>,
    /// The offices that take it in.
    pub takers: &'a [Arc<Office>],
    pub taken: Option<Taken>,
    /// Of the chosen office.
    pub forecast: Option<Forecast>,
    /// The days on which the versions were recorded here.
    pub recorded: &'a dyn Fn(u32) -> Option<Date>,
    /// Scheme and host, for the QR code.
    pub base: &'a str,
}

/// An office in the choice of offices.
struct Taker {
    code: String,
    name: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "procedure.html")]
pub struct ProcedurePage {
    frame: Frame,
    code: String,
    name: String,
    field: String,
    level: &'static str,
    warning: Option<String>,
    limit: String,
    limit_mark: Mark,
    limit_note: Option<String>,
    limit_basis: String,
    examples: Vec<Example>,
    /// Ways with another limit: name, limit, examples.
    others: Vec<(&'static str, String, Vec<Example>)>,
    takers: Vec<Taker>,
    office: Option<String>,
    fact: Option<Lived>,
    /// What is said instead of a fact.
    no_fact: Option<&'static str>,
    forecast: Option<Lived>,
    papers: Vec<Papers>,
    papers_mark: Mark,
    sets: Option<Marked>,
    fee: String,
    fee_note: String,
    fee_mark: Mark,
    ways: Vec<Way>,
    sequence: Vec<String>,
    sequence_mark: Mark,
    steps: Vec<WorkStep>,
    steps_mark: Mark,
    /// The decision that approved the steps.
    approved: Option<String>,
    results: Vec<Marked>,
    result: String,
    online: &'static str,
    online_mark: Mark,
    who: Option<Marked>,
    conditions: Option<Marked>,
    /// (what, who, how sure).
    agencies: Vec<(&'static str, Marked)>,
    where_else: Option<Marked>,
    linkage: Option<Marked>,
    linked: Vec<Linked>,
    basis: Vec<Marked>,
    missing: Vec<&'static str>,
    versions: Vec<Version>,
    leaflet: String,
    address: String,
    qr: String,
}

impl ProcedurePage {
    #[must_use]
    pub fn new(frame: Frame, subject: &Subject<'_>) -> Self {
        let lang = frame.lang;
        let (one, place) = (subject.procedure, &subject.place);
        let reference = place.reference;
        let warning = past::warning(reference, one, place.today, lang);
        let in_force = reference
            .procedure(&one.code, place.today)
            .is_some_and(|in_force| in_force.version == one.version);
        let examples = |limit| {
            if in_force {
                terms::examples(limit, place, lang)
            } else {
                Vec::new()
            }
        };
        let others = terms::other_limits(one, lang);
        let at = place
            .office
            .map_or_else(String::new, |office| format!("?office={}", office.code));
        let address = format!("{}/p/{}", subject.base, one.code);
        let label = lang.of("Mã QR của trang này", "QR code of this page");
        let (steps, steps_mark, approved) = parts::steps(one, place, lang);
        let results = one
            .results
            .iter()
            .map(|result| parts::result_of(result, lang));
        Self {
            code: one.code.clone(),
            name: name(one, lang).to_owned(),
            field: lang.of(&one.field_vi, &one.field_en).clone(),
            level: lang.pick(words::level(one.level)),
            warning,
            limit: words::limit(one.limit, lang),
            limit_mark: Mark::new(one.limit_certainty, lang),
            limit_note: lang.of(&one.limit_note_vi, &one.limit_note_en).clone(),
            limit_basis: one.limit_basis.clone(),
            examples: examples(one.limit),
            others: others
                .into_iter()
                .map(|(way, limit)| (way, words::limit(limit, lang), examples(limit)))
                .collect(),
            takers: takers(subject, lang),
            office: place
                .office
                .map(|office| lang.of(&office.name_vi, &office.name_en).clone()),
            no_fact: subject.taken.and_then(|taken| lived::nothing(taken, lang)),
            fact: subject.taken.and_then(|taken| lived::most(taken, lang)),
            forecast: subject
                .forecast
                .as_ref()
                .and_then(|one| lived::foretold(one, lang)),
            papers: parts::papers(one, lang),
            papers_mark: Mark::new(one.components_certainty, lang),
            sets: one.number_of_sets.as_ref().map(|sets| {
                let text = dates::plural(sets.value.into(), ("bộ", "set"), lang);
                Marked::new(text, sets.certainty, lang)
            }),
            fee: terms::amount(one.fee.vnd, lang),
            fee_note: one.fee.note_vi.clone(),
            fee_mark: Mark::new(one.fee.certainty, lang),
            ways: terms::ways(one, lang),
            sequence: parts::sequence(one),
            sequence_mark: Mark::new(parts::sequence_certainty(one), lang),
            steps,
            steps_mark,
            approved,
            results: results.collect(),
            result: one.result_vi.clone(),
            online: lang.pick(words::online_level(one.online_level)),
            online_mark: Mark::new(one.online_certainty, lang),
            who: parts::who(one, lang),
            conditions: one
                .conditions_vi
                .as_ref()
                .map(|text| Marked::new(text.value.clone(), text.certainty, lang)),
            agencies: parts::agencies(one, lang),
            where_else: one.non_territorial.as_ref().map(|marked| {
                let text = lang.pick(words::territory(marked.value));
                Marked::new(text, marked.certainty, lang)
            }),
            linkage: one.linkage.as_ref().and_then(|linkage| {
                let text = lang.pick(words::linkage(linkage.kind)?);
                Some(Marked::new(text, linkage.certainty, lang))
            }),
            linked: parts::linked(one, place, lang),
            basis: parts::basis(one, lang),
            missing: publication::missing(one)
                .into_iter()
                .map(|part| lang.pick(part_label(part)))
                .collect(),
            versions: past::versions(reference, one, place.today, subject.recorded, lang),
            leaflet: frame.to(&format!("/p/{}/sheet{at}", one.code)),
            qr: qr::svg(&address, label),
            address,
            frame: frame.titled(name(one, lang).to_owned(), Some(Door::Procedures)),
        }
    }
}

fn takers(subject: &Subject<'_>, lang: Lang) -> Vec<Taker> {
    let chosen = subject.place.office.map(|office| office.code.as_str());
    let taker = |office: &Arc<Office>| Taker {
        code: office.code.clone(),
        name: lang.of(&office.name_vi, &office.name_en).clone(),
        chosen: chosen == Some(office.code.as_str()),
    };
    subject.takers.iter().map(taker).collect()
}
