//! Codes people read and type: dossiers, procedures, offices. External keys, upper case, never reused.

mod dossier;
mod office;
mod procedure;
mod reader;
#[cfg(test)]
mod tests;

pub use dossier::DossierCode;
pub use office::OfficeCode;
pub use procedure::ProcedureCode;

/// Longer text is refused before it is looked at.
pub const LENGTH_MAX: usize = 64;

/// Why a text is not a code. Names the kind, never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    #[error("a code has at most {LENGTH_MAX} characters")]
    TooLong,
    #[error("not the code of a dossier")]
    Dossier,
    #[error("not the code of a procedure")]
    Procedure,
    #[error("not the code of an office")]
    Office,
    #[error("the sequence of a day runs from 1 to 99,999,999")]
    Sequence,
}

impl CodeError {
    /// The stable code that clients see.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLong => "CODE_TOO_LONG",
            Self::Dossier => "DOSSIER_CODE_MALFORMED",
            Self::Procedure => "PROCEDURE_CODE_MALFORMED",
            Self::Office => "OFFICE_CODE_MALFORMED",
            Self::Sequence => "DOSSIER_SEQUENCE_OUT_OF_RANGE",
        }
    }
}

/// A code is stored, sent and printed as its text.
macro_rules! written_as_text {
    ($code:ident) => {
        impl $code {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $code {
            type Error = CodeError;
            fn try_from(text: String) -> Result<Self, CodeError> {
                text.parse()
            }
        }

        impl From<$code> for String {
            fn from(code: $code) -> Self {
                code.0
            }
        }

        impl std::fmt::Display for $code {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}
use written_as_text;

/// Upper-cases ASCII and refuses what is too long; other letters fail in the parsers.
fn normalised(text: &str) -> Result<String, CodeError> {
    if text.len() > LENGTH_MAX {
        return Err(CodeError::TooLong);
    }
    Ok(text.to_ascii_uppercase())
}
