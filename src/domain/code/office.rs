//! The code of an office in the state's list of agencies.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::reader::Reader;
use super::{CodeError, normalised};

/// `H38.40`: one letter and two digits (ministry `G`, province `H`), then up to four sub-levels
/// (Decision 20/2020/QD-TTg). Written in upper case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OfficeCode(String);

impl OfficeCode {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

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

impl TryFrom<String> for OfficeCode {
    type Error = CodeError;
    fn try_from(text: String) -> Result<Self, CodeError> {
        text.parse()
    }
}

impl From<OfficeCode> for String {
    fn from(code: OfficeCode) -> Self {
        code.0
    }
}

impl fmt::Display for OfficeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
