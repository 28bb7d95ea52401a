//! What a record must keep, whichever way it comes: from a file, a scenario or a command.

use super::leg::check_legs;
use super::{CatalogueError, Procedure};
use crate::domain::{
    code::ProcedureCode,
    law::{Certainty, Limit},
    text,
};
use std::collections::HashSet;

/// The largest integer that every JSON reader keeps exactly (RFC 8259 section 6).
const EXACT_INTEGER_MAX: u64 = (1 << 53) - 1;
const NAME_CHARS_MAX: usize = 500;
const PART_CHARS_MAX: usize = 2_000;

/// Whether a record can stand: every text clean, every number possible, every list in order.
///
/// # Errors
/// The first [`CatalogueError`] met, naming the field.
pub fn check(procedure: &Procedure) -> Result<(), CatalogueError> {
    let impossible = |field, detail: String| CatalogueError::Impossible {
        record: procedure.code.clone(),
        field,
        detail,
    };
    if !is_procedure_code(&procedure.code) {
        return Err(impossible(
            "code",
            format!("{:?} is not a procedure code", procedure.code),
        ));
    }
    let texts = [
        ("name_vi", &procedure.name_vi),
        ("name_en", &procedure.name_en),
        ("field_vi", &procedure.field_vi),
        ("field_en", &procedure.field_en),
        ("limit_basis", &procedure.limit_basis),
        ("result_vi", &procedure.result_vi),
    ];
    for (field, value) in texts {
        match text::required(value, NAME_CHARS_MAX) {
            Ok(clean) if clean == *value => {}
            Ok(_) => {
                return Err(impossible(
                    field,
                    "not in NFC, or white space around it".into(),
                ));
            }
            Err(error) => return Err(impossible(field, error.to_string())),
        }
    }
    if let (Some(from), Some(to)) = (procedure.valid_from, procedure.valid_to)
        && to < from
    {
        return Err(impossible("valid_to", format!("{to} is before {from}")));
    }
    if procedure.fee.vnd.is_some_and(|vnd| vnd > EXACT_INTEGER_MAX) {
        return Err(impossible("fee", "larger than 2^53 - 1".into()));
    }
    check_parts(procedure).map_err(|(field, detail)| impossible(field, detail))?;
    check_steps(procedure)
}

/// The optional parts; the name of the field comes with what is wrong in it.
fn check_parts(procedure: &Procedure) -> Result<(), (&'static str, String)> {
    for (field, value) in part_texts(procedure) {
        let clean = text::required(value, PART_CHARS_MAX);
        match clean {
            Ok(clean) if clean == *value => {}
            Ok(_) => return Err((field, "not in NFC, or white space around it".into())),
            Err(error) => return Err((field, error.to_string())),
        }
    }
    let mut channels = HashSet::new();
    for terms in &procedure.channels {
        if !channels.insert(terms.channel) {
            return Err(("channels", "a channel stands twice".into()));
        }
        if terms
            .limit
            .is_some_and(|limit| working_hours_max(limit) == 0)
        {
            return Err(("channels", "nothing can be done in no time".into()));
        }
        let vnd = terms.fee.as_ref().and_then(|fee| fee.vnd);
        if vnd.is_some_and(|vnd| vnd > EXACT_INTEGER_MAX) {
            return Err(("channels", "a fee larger than 2^53 - 1".into()));
        }
    }
    for case in &procedure.cases {
        let mut items = HashSet::new();
        let known = |item: u32| item >= 1 && item as usize <= procedure.components.len();
        if !case
            .items
            .iter()
            .all(|item| known(*item) && items.insert(*item))
        {
            let detail = format!(
                "{:?}: an item is not in the list, or stands twice",
                case.name_vi
            );
            return Err(("cases", detail));
        }
    }
    if let Some(level) = &procedure.historical_level
        && !(1..=4).contains(&level.value)
    {
        return Err(("historical_level", format!("{} is not 1 to 4", level.value)));
    }
    if procedure
        .number_of_sets
        .as_ref()
        .is_some_and(|sets| sets.value == 0)
    {
        return Err(("number_of_sets", "no dossier has no set".into()));
    }
    if procedure
        .received_at
        .as_ref()
        .is_some_and(|levels| repeats(&levels.value))
    {
        return Err(("received_at", "a level stands twice".into()));
    }
    if procedure
        .applicant_kinds
        .as_ref()
        .is_some_and(|kinds| repeats(&kinds.value))
    {
        return Err(("applicant_kinds", "a kind stands twice".into()));
    }
    let legs = procedure
        .linkage
        .iter()
        .flat_map(|linkage| &linkage.procedures);
    if let Some(leg) = legs.into_iter().find(|leg| !is_procedure_code(leg)) {
        return Err(("linkage", format!("{leg:?} is not a procedure code")));
    }
    check_legs(procedure.legs())
}

fn repeats<T: Copy + Eq + std::hash::Hash>(list: &[T]) -> bool {
    let distinct: HashSet<T> = list.iter().copied().collect();
    distinct.len() < list.len()
}

/// Every text of the optional parts, with the field it stands in.
fn part_texts(procedure: &Procedure) -> impl Iterator<Item = (&'static str, &String)> {
    let sequence = procedure
        .sequence_vi
        .iter()
        .flat_map(|marked| &marked.value);
    let fees = procedure
        .channels
        .iter()
        .filter_map(|terms| terms.fee.as_ref());
    let notes = procedure
        .channels
        .iter()
        .filter_map(|terms| terms.note_vi.as_ref());
    let cases = procedure.cases.iter();
    let components = procedure.components.iter();
    let forms = components
        .clone()
        .filter_map(|component| component.form.as_ref());
    let orders = components
        .clone()
        .filter_map(|component| component.must_digitise.as_ref());
    let sources = components.filter_map(|component| component.reusable_from.as_ref());
    let bases = procedure.legal_basis.iter();
    let results = procedure.results.iter();
    let decisions = [
        procedure
            .publication
            .as_ref()
            .map(|decision| &decision.number),
        procedure
            .delegation
            .as_ref()
            .and_then(|delegation| delegation.decision.as_ref()),
    ];
    let vertical = procedure.vertical.iter();
    let legs = procedure.legs().iter().flat_map(|leg| {
        let notes = [leg.limit_note_vi.as_ref(), leg.limit_note_en.as_ref()];
        [&leg.name_vi, &leg.name_en, &leg.agency_vi, &leg.limit_basis]
            .into_iter()
            .chain(notes.into_iter().flatten())
    });
    let field = |name: &'static str| move |value| (name, value);
    sequence
        .map(field("sequence_vi"))
        .chain(legs.map(field("linkage")))
        .chain(fees.map(|fee| ("channels", &fee.note_vi)))
        .chain(notes.map(field("channels")))
        .chain(cases.flat_map(|case| [("cases", &case.name_vi), ("cases", &case.name_en)]))
        .chain(forms.map(field("components")))
        .chain(orders.map(|order| ("components", &order.decision)))
        .chain(sources.map(|source| ("components", &source.source_vi)))
        .chain(
            procedure
                .agencies
                .iter()
                .map(|agency| ("agencies", &agency.name_vi)),
        )
        .chain(
            bases
                .clone()
                .map(|basis| ("legal_basis", &basis.instrument_vi)),
        )
        .chain(bases.filter_map(|basis| Some(("legal_basis", basis.article.as_ref()?))))
        .chain(
            procedure
                .conditions_vi
                .iter()
                .map(|text| ("conditions_vi", &text.value)),
        )
        .chain(results.clone().map(|result| ("results", &result.name_vi)))
        .chain(results.filter_map(|result| Some(("results", result.validity_vi.as_ref()?))))
        .chain(decisions.into_iter().flatten().map(field("publication")))
        .chain(
            vertical
                .clone()
                .map(|sector| ("vertical", &sector.agency_vi)),
        )
        .chain(vertical.filter_map(|sector| Some(("vertical", sector.decision.as_ref()?))))
}

/// Steps that are only examples need not fit; steps said to be the office's own must.
fn check_steps(procedure: &Procedure) -> Result<(), CatalogueError> {
    let hours_max = working_hours_max(procedure.limit);
    if hours_max == 0 {
        return Err(CatalogueError::Impossible {
            record: procedure.code.clone(),
            field: "limit",
            detail: "nothing can be done in no time".into(),
        });
    }
    let hours = procedure
        .steps
        .iter()
        .map(|step| u32::from(step.hours))
        .sum();
    match procedure.steps_certainty {
        Certainty::Illustrative | Certainty::Uncertain => Ok(()),
        Certainty::Verified | Certainty::Stated | Certainty::Provisional if hours <= hours_max => {
            Ok(())
        }
        Certainty::Verified | Certainty::Stated | Certainty::Provisional => {
            Err(CatalogueError::StepsTooLong {
                record: procedure.code.clone(),
                hours,
                hours_max,
            })
        }
    }
}

/// The shortest time any channel of the procedure gives.
pub(super) fn shortest_limit(procedure: &Procedure) -> Limit {
    let of_channels = procedure.channels.iter().filter_map(|terms| terms.limit);
    let all = std::iter::once(procedure.limit).chain(of_channels);
    all.min_by_key(|limit| working_hours_max(*limit))
        .unwrap_or(procedure.limit)
}

/// At most this many working hours lie within a limit: 8 for a day, 23 working days in a month.
pub(super) fn working_hours_max(limit: Limit) -> u32 {
    match limit {
        Limit::SameDay => 8,
        Limit::WorkingDays(days) | Limit::CalendarDays(days) => 8 * u32::from(days),
        Limit::WorkingHours(hours) => u32::from(hours),
        Limit::Months(months) => 8 * 23 * u32::from(months),
    }
}

/// `1.001193`, `1.012753.H19`, `2.000815.000.00.00.H55`, or `SIM-0001` in a simulation; written in upper case.
pub(super) fn is_procedure_code(code: &str) -> bool {
    let read = code.parse::<ProcedureCode>();
    read.is_ok_and(|read| read.as_str() == code)
}

#[cfg(test)]
mod tests {
    use super::is_procedure_code;

    #[test]
    fn a_procedure_code_is_national_or_names_its_agency() {
        for good in [
            "1.001193",
            "3.000333",
            "1.012753.H19",
            "2.000815.000.00.00.H55",
            "1.000001.G15",
            "SIM-0001",
        ] {
            assert!(is_procedure_code(good), "{good}");
        }
        let bad = [
            "",
            "1",
            "4.001193",
            "1-001193",
            "1.00119",
            "1.0011931",
            "1.001193.",
            "1.001193.H1",
            "1.001193.X19",
            "1.001193.000.00.00.",
            "1.00119ế",
            "1.001193.02",
            "1.001193H19",
            "1.012753.h19",
            "SIM-1",
            "SIM-00001",
            "sim-0001",
        ];
        for code in bad {
            assert!(!is_procedure_code(code), "{code}");
        }
    }
}
