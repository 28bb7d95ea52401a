//! That a file was taken in: by whom, from which system, by which mapping, and what could not be read.

use serde::{Deserialize, Serialize};

/// A file is taken in from here on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportBegun {
    /// SHA-256 (hex) of the file: the facts from it carry `source: import:<this>`.
    pub file: String,
    pub bytes: u64,
    /// SHA-256 (hex) of the mapping by which it was read.
    pub mapping: String,
    /// Code of the system it comes from.
    pub system: String,
}

/// The file was read to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportEnded {
    pub file: String,
    /// Cases met in it.
    pub cases: u64,
    /// Acts that it tells.
    pub acts: u64,
    /// Of these, told by an earlier file already.
    pub known: u64,
    /// Rows or acts that could not be taken in: the report says which and why.
    pub unread: u64,
}

/// On the stream of all imports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ImportEvent {
    Begun(ImportBegun),
    Ended(ImportEnded),
}

impl ImportEvent {
    /// The fact's `type`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Begun(_) => "import.begun",
            Self::Ended(_) => "import.ended",
        }
    }

    /// Reads an event of imports; `None` when `kind` is none of ours.
    pub(in crate::domain) fn parse(kind: &str, data: &str) -> Option<serde_json::Result<Self>> {
        match kind {
            "import.begun" => Some(serde_json::from_str(data).map(Self::Begun)),
            "import.ended" => Some(serde_json::from_str(data).map(Self::Ended)),
            _ => None, // foreign: types of other streams
        }
    }
}
