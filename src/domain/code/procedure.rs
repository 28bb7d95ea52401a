//! The code of a procedure in the national catalogue.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::reader::Reader;
use super::{CodeError, normalised, written_as_text};

/// `1.001193` (national), `1.012753.H19` or the older `2.000815.000.00.00.H55` (local).
/// `SIM-0001` is a simulated one, on the shelf of simulated journals only. Written in upper case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProcedureCode(String);

impl ProcedureCode {
    /// Whether it stands for a procedure that was invented for a simulation.
    #[must_use]
    pub fn is_simulated(&self) -> bool {
        self.0.starts_with(SIMULATED)
    }
}

/// What the code of an invented procedure begins with.
const SIMULATED: &str = "SIM-";

/// `[1-3]\.\d{6}(?:\.(?:000\.00\.00\.)?[GH]\d{2})?|SIM-\d{4}`
fn matches(text: &str) -> bool {
    let mut reader = Reader::new(text);
    if reader.literal(SIMULATED) {
        return reader.digits(4) && reader.is_done();
    }
    let national = reader.one_of(|byte| matches!(byte, b'1'..=b'3'))
        && reader.literal(".")
        && reader.digits(6);
    if !national || reader.is_done() {
        return national;
    }
    if !reader.literal(".") {
        return false;
    }
    reader.literal("000.00.00.");
    reader.one_of(|byte| matches!(byte, b'G' | b'H')) && reader.digits(2) && reader.is_done()
}

impl FromStr for ProcedureCode {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let text = normalised(text)?;
        if matches(&text) {
            Ok(Self(text))
        } else {
            Err(CodeError::Procedure)
        }
    }
}

written_as_text!(ProcedureCode);
