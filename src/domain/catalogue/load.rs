//! Reading a catalogue: nothing without its certainty, nothing twice, no step plan longer than the limit.

use super::{Procedure, check};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashSet};

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
