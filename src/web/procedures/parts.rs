//! The parts of a record as lists: papers, steps, agencies, links and legal basis.

use super::terms::Place;
use super::{Mark, Marked, decided, name};
use crate::domain::catalogue::{Component, LinkageKind, OutcomeDocument, Procedure};
use crate::domain::law::Certainty;
use crate::web::dates;
use crate::web::lang::Lang;
use crate::web::words;

pub struct Paper {
    /// Its place in the list, from 1: officers name it by this number.
    pub item: u32,
    pub name: String,
    /// `1 bản chính, 2 bản sao`; empty when not known.
    pub copies: String,
    pub form: Option<String>,
    pub reusable: Option<Marked>,
    pub digitised: Option<Marked>,
}

/// The papers of one case; without a name when all cases need the same.
pub struct Papers {
    pub name: Option<Marked>,
    pub papers: Vec<Paper>,
}

pub struct WorkStep {
    pub name: String,
    pub role: String,
    /// Empty for a step in which the clock does not run.
    pub hours: String,
}

/// A procedure that this one is linked with.
pub struct Linked {
    pub code: String,
    pub name: String,
    /// None when it is not in this catalogue.
    pub link: Option<String>,
}

/// The papers of every case, or of all cases at once.
pub fn papers(one: &Procedure, lang: Lang) -> Vec<Papers> {
    let paper = |item: u32| {
        let place = usize::try_from(item).ok()?.checked_sub(1)?;
        Some(Paper::new(item, one.components.get(place)?, lang))
    };
    let all = || {
        (1..)
            .zip(&one.components)
            .map(|(item, component)| Paper::new(item, component, lang))
    };
    if one.cases.is_empty() {
        let papers: Vec<Paper> = all().collect();
        return (!papers.is_empty())
            .then_some(Papers { name: None, papers })
            .into_iter()
            .collect();
    }
    let cases = one.cases.iter().map(|case| {
        let name = lang.of(&case.name_vi, &case.name_en).clone();
        Papers {
            name: Some(Marked::new(name, case.certainty, lang)),
            papers: case.items.iter().filter_map(|item| paper(*item)).collect(),
        }
    });
    cases.collect()
}

impl Paper {
    fn new(item: u32, component: &Component, lang: Lang) -> Self {
        let counted = [
            (component.originals, ("bản chính", "original")),
            (component.copies, ("bản sao", "copy")),
        ];
        let counted = counted
            .into_iter()
            .filter_map(|(count, unit)| Some((count.filter(|count| *count > 0)?, unit)))
            .map(|(count, (vi, en))| lang.of(format!("{count} {vi}"), format!("{en} × {count}")));
        let reusable = component.reusable_from.as_ref();
        let order = component.must_digitise.as_ref();
        Self {
            item,
            name: component.name_vi.clone(),
            copies: counted.collect::<Vec<_>>().join(", "),
            form: component.form.clone(),
            reusable: reusable
                .map(|source| Marked::new(source.source_vi.clone(), source.certainty, lang)),
            digitised: order
                .map(|order| Marked::new(order.decision.clone(), order.certainty, lang)),
        }
    }
}

/// The approved internal process where there is one, else the record's own steps.
pub fn steps(
    one: &Procedure,
    place: &Place<'_>,
    lang: Lang,
) -> (Vec<WorkStep>, Mark, Option<String>) {
    let hours = |hours: u16| match hours {
        0 => String::new(),
        hours => dates::plural(hours.into(), ("giờ làm việc", "working hour"), lang),
    };
    let role = |role: &str| lang.pick(words::step_role(role)).to_owned();
    if let Some(process) = place.reference.process(&one.code, place.today) {
        let steps = process.steps.iter().map(|step| WorkStep {
            name: lang.of(&step.name_vi, &step.name_en).clone(),
            role: step.unit.clone().unwrap_or_else(|| role(&step.role)),
            hours: hours(step.hours),
        });
        let decision = decided(&process.decision, process.decided_on, lang);
        let approved = lang.of(
            format!("Quy trình nội bộ được phê duyệt tại {decision}."),
            format!("Internal process approved by {decision}."),
        );
        return (
            steps.collect(),
            Mark::new(process.certainty, lang),
            Some(approved),
        );
    }
    let steps = one.steps.iter().map(|step| WorkStep {
        name: lang.of(&step.name_vi, &step.name_en).clone(),
        role: role(&step.role),
        hours: hours(step.hours),
    });
    (steps.collect(), Mark::new(one.steps_certainty, lang), None)
}

pub fn sequence(one: &Procedure) -> Vec<String> {
    let sequence = one.sequence_vi.as_ref();
    sequence.map_or_else(Vec::new, |marked| marked.value.clone())
}

pub fn sequence_certainty(one: &Procedure) -> Certainty {
    let sequence = one.sequence_vi.as_ref();
    sequence.map_or(Certainty::Verified, |marked| marked.certainty)
}

pub fn result_of(result: &OutcomeDocument, lang: Lang) -> Marked {
    let forms = [
        (result.paper, lang.of("bản giấy", "on paper")),
        (result.electronic, lang.of("bản điện tử", "electronic")),
    ];
    let forms = forms
        .into_iter()
        .filter_map(|(has, word)| has.then_some(word));
    let mut said: Vec<&str> = forms.collect();
    said.extend(result.validity_vi.as_deref());
    let said = if said.is_empty() {
        result.name_vi.clone()
    } else {
        format!("{} ({})", result.name_vi, said.join("; "))
    };
    Marked::new(said, result.certainty, lang)
}

pub fn who(one: &Procedure, lang: Lang) -> Option<Marked> {
    let kinds = one.applicant_kinds.as_ref()?;
    let words = kinds
        .value
        .iter()
        .map(|kind| lang.pick(words::applicant(*kind)));
    let words: Vec<&str> = words.collect();
    Some(Marked::new(words.join(", "), kinds.certainty, lang))
}

pub fn agencies(one: &Procedure, lang: Lang) -> Vec<(&'static str, Marked)> {
    let agencies = one.agencies.iter().map(|agency| {
        let role = lang.pick(words::agency(agency.role));
        (
            role,
            Marked::new(agency.name_vi.clone(), agency.certainty, lang),
        )
    });
    let vertical = one.vertical.as_ref().map(|sector| {
        let role = lang.of(
            "Ngành dọc tiếp nhận tại một cửa",
            "Vertical agency at the one-stop unit",
        );
        let decision = sector.decision.as_ref();
        let decision = decision.map_or_else(String::new, |number| format!(" ({number})"));
        let text = format!("{}{decision}", sector.agency_vi);
        (role, Marked::new(text, sector.certainty, lang))
    });
    let delegation = one.delegation.as_ref().map(|delegation| {
        let role = lang.of("Ủy quyền, phân cấp", "Delegated");
        let level = |level| lang.pick(words::level(level));
        let text = format!("{} → {}", level(delegation.from), level(delegation.to));
        let decision = delegation.decision.as_ref();
        let decision = decision.map_or_else(String::new, |number| format!(" ({number})"));
        (
            role,
            Marked::new(format!("{text}{decision}"), delegation.certainty, lang),
        )
    });
    agencies.chain(vertical).chain(delegation).collect()
}

/// The legs of a linked procedure, and the linked procedures that this one is a leg of.
pub fn linked(one: &Procedure, place: &Place<'_>, lang: Lang) -> Vec<Linked> {
    let (reference, today) = (place.reference, place.today);
    let legs = one
        .linkage
        .iter()
        .flat_map(|linkage| linkage.procedures.clone());
    let wholes = reference.procedures.keys().filter(|code| {
        let whole = reference.procedure(code, today);
        whole.is_some_and(|whole| {
            let linkage = whole.linkage.as_ref();
            linkage.is_some_and(|linkage| {
                linkage.kind != LinkageKind::None && linkage.procedures.contains(&one.code)
            })
        })
    });
    let codes = legs.chain(wholes.cloned());
    let linked = codes.map(|code| {
        let known = reference.procedure(&code, today);
        Linked {
            name: known.map_or_else(String::new, |known| name(known, lang).to_owned()),
            link: known.map(|known| format!("/p/{}", known.code)),
            code,
        }
    });
    linked.collect()
}

pub fn basis(one: &Procedure, lang: Lang) -> Vec<Marked> {
    let basis = one.legal_basis.iter().map(|basis| {
        let article = basis.article.as_ref();
        let article = article.map_or_else(String::new, |article| format!(", {article}"));
        let text = format!("{}{article}", basis.instrument_vi);
        Marked::new(text, basis.certainty, lang)
    });
    basis.collect()
}
