//! Reading a catalogue: nothing without its certainty, nothing twice, no step plan longer than the limit.

use super::Procedure;
use crate::domain::{
    law::{Certainty, Limit},
    text,
};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashSet};

/// The largest integer that every JSON reader keeps exactly (RFC 8259 section 6).
const EXACT_INTEGER_MAX: u64 = (1 << 53) - 1;
const NAME_CHARS_MAX: usize = 500;

/// A record as written: fields by name.
pub type Record = serde_json::Map<String, serde_json::Value>;

/// Why a catalogue is not taken. `record` is the procedure's code, or `#3` for the third when it has none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    #[error("the catalogue is not a JSON list of procedures: {0}")]
    NotAList(String),
    /// A field is missing, unknown or of another type; `field` is empty when the record itself is at fault.
    #[error("procedure {record}: {field}{}{detail}", if field.is_empty() { "" } else { ": " })]
    Malformed {
        record: String,
        field: String,
        detail: String,
    },
    /// A field has the right type and a value that cannot be.
    #[error("procedure {record}: {field}: {detail}")]
    Impossible {
        record: String,
        field: &'static str,
        detail: String,
    },
    #[error("procedure {record}: version {version} is listed twice")]
    Duplicate { record: String, version: u32 },
    #[error("procedure {record}: steps: {hours} hours in all, the limit gives {hours_max}")]
    StepsTooLong {
        record: String,
        hours: u32,
        hours_max: u32,
    },
}

impl CatalogueError {
    /// The stable code that clients may rely on.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAList(_) => "CATALOGUE_NOT_A_LIST",
            Self::Malformed { .. } => "CATALOGUE_RECORD_MALFORMED",
            Self::Impossible { .. } => "CATALOGUE_RECORD_IMPOSSIBLE",
            Self::Duplicate { .. } => "CATALOGUE_DUPLICATE",
            Self::StepsTooLong { .. } => "CATALOGUE_STEPS_TOO_LONG",
        }
    }
}

/// The procedures of a JSON list, checked one by one.
///
/// # Errors
/// The first [`CatalogueError`] met, naming record and field.
pub fn load(json: &str) -> Result<Vec<Procedure>, CatalogueError> {
    let records: Vec<&RawValue> =
        serde_json::from_str(json).map_err(|error| CatalogueError::NotAList(error.to_string()))?;
    let mut seen = HashSet::new();
    let mut procedures = Vec::with_capacity(records.len());
    for (index, record) in records.into_iter().enumerate() {
        let procedure = read(index, record.get())?;
        check(&procedure)?;
        if !seen.insert((procedure.code.clone(), procedure.version)) {
            return Err(CatalogueError::Duplicate {
                record: procedure.code,
                version: procedure.version,
            });
        }
        procedures.push(procedure);
    }
    Ok(procedures)
}

/// The records of `json` that `changes` names by `code`, with the fields given there replaced (`null` removes
/// one), checked as by [`load`]. A scenario offers the procedures of another time this way.
///
/// # Errors
/// Those of [`load`]; [`CatalogueError::Impossible`] for a code that `json` does not hold.
pub fn load_changed(json: &str, changes: &[Record]) -> Result<Vec<Procedure>, CatalogueError> {
    let records: Vec<Record> =
        serde_json::from_str(json).map_err(|error| CatalogueError::NotAList(error.to_string()))?;
    let mut offered = Vec::with_capacity(changes.len());
    for change in changes {
        let found = records
            .iter()
            .find(|record| record.get("code") == change.get("code"));
        let mut record = found.cloned().ok_or_else(|| CatalogueError::Impossible {
            record: change
                .get("code")
                .map(ToString::to_string)
                .unwrap_or_default(),
            field: "code",
            detail: "no such record to change".into(),
        })?;
        record.extend(change.clone());
        offered.push(record);
    }
    let text = serde_json::to_string(&offered)
        .map_err(|error| CatalogueError::NotAList(error.to_string()))?;
    load(&text)
}

fn read(index: usize, record: &str) -> Result<Procedure, CatalogueError> {
    serde_json::from_str(record).map_err(|error| CatalogueError::Malformed {
        record: name(index, record),
        field: field_at(record, &error).unwrap_or_default(),
        detail: error.to_string(),
    })
}

/// The code a record gives itself, or its place in the list.
fn name(index: usize, record: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(record).unwrap_or_default();
    match value["code"].as_str() {
        Some(code) => code.to_owned(),
        None => format!("#{}", index + 1),
    }
}

/// The field of the record inside whose value the reader stopped; serde's own words name what is missing in it.
fn field_at(record: &str, error: &serde_json::Error) -> Option<String> {
    let fields: BTreeMap<String, &RawValue> = serde_json::from_str(record).ok()?;
    let lines_before: usize = record
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum();
    let stopped = lines_before + error.column();
    fields.into_iter().find_map(|(field, value)| {
        let start = value.get().as_ptr().addr() - record.as_ptr().addr();
        let end = start + value.get().len();
        (start < stopped && stopped <= end).then_some(field)
    })
}

fn check(procedure: &Procedure) -> Result<(), CatalogueError> {
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
    check_steps(procedure)
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

/// At most this many working hours lie within a limit: 8 for a day, 23 working days in a month.
fn working_hours_max(limit: Limit) -> u32 {
    match limit {
        Limit::SameDay => 8,
        Limit::WorkingDays(days) | Limit::CalendarDays(days) => 8 * u32::from(days),
        Limit::WorkingHours(hours) => u32::from(hours),
        Limit::Months(months) => 8 * 23 * u32::from(months),
    }
}

/// `1.001193`, `1.012753.H19` or `2.000815.000.00.00.H55`.
fn is_procedure_code(code: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let Some((national, local)) = code.split_at_checked(8) else {
        return false;
    };
    let national_fits = national.starts_with(['1', '2', '3'])
        && national.as_bytes()[1] == b'.'
        && digits(&national[2..]);
    let agency = local
        .strip_prefix(".000.00.00.")
        .or_else(|| local.strip_prefix('.'));
    let local_fits = local.is_empty()
        || agency.is_some_and(|agency| {
            agency.len() == 3 && agency.starts_with(['G', 'H']) && digits(&agency[1..])
        });
    national_fits && local_fits
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
        ];
        for code in bad {
            assert!(!is_procedure_code(code), "{code}");
        }
    }
}
