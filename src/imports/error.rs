//! Why an import does not begin or go on, and why a part of a file was not taken in.

use std::path::PathBuf;

use crate::acts::Refusal;

/// Why an import stops. What was taken in until then stays, and is known when it is begun again.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("{}: {source}", file.display())]
    File {
        file: PathBuf,
        source: std::io::Error,
    },
    #[error("the mapping {} cannot be used: {why}", file.display())]
    Mapping { file: PathBuf, why: String },
    #[error("the mapping's record {0} cannot be used: {1}")]
    Record(String, String),
    #[error("{}: not a table, log or list that can be read: {why}", file.display())]
    Form { file: PathBuf, why: String },
    #[error(
        "this journal holds what {holds} tells, not {asked}: each system has a journal of its own"
    )]
    OtherTeller { holds: String, asked: String },
    #[error(
        "this journal is not one of imported history: import into a folder of its own (--data)"
    )]
    NotImported,
    #[error("furnishing the journal was refused: {0}")]
    Records(Refusal),
    #[error("the import was refused: {0}")]
    Refused(Refusal),
}

/// A part of a file that was not taken in. It names the place, and never what stands there.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Unread {
    /// Row, line or event of the file, from 1; the header of a table is row 1.
    pub row: u64,
    /// Column, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    pub why: &'static str,
}
