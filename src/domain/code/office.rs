//! The code of an office in the state's list of agencies.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::reader::Reader;
use super::{CodeError, normalised, written_as_text};

/// `H38.40`: one letter and two digits (ministry `G`, province `H`), then up to four sub-levels
/// (Decision 20/2020/QD-TTg). Written in upper case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OfficeCode(String);

impl FromStr for OfficeCode {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let text = normalised(text)?;
        let mut reader = Reader::new(&text);
        let matches = reader.office() && reader.is_done();
        if matches {
            Ok(Self(text))
        } else {
            Err(CodeError::Office)
        }
    }
}

written_as_text!(OfficeCode);
