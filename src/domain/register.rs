//! The daily register of an office: every number of the day is a dossier's or is voided with a reason.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::code::{CodeError, DossierCode, OfficeCode};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entered {
    pub office: OfficeCode,
    pub sequence: u32,
    pub code: DossierCode,
    pub dossier: Uuid,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeVoided {
    pub office: OfficeCode,
    pub sequence: u32,
    pub code: DossierCode,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum RegisterEvent {
    Entered(Entered),
    CodeVoided(CodeVoided),
}

/// One office, one day. The next number follows the last one, used or voided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Register {
    pub last: u32,
}

impl Register {
    pub fn evolve(&mut self, event: &RegisterEvent) {
        match event {
            RegisterEvent::Entered(Entered { sequence, .. })
            | RegisterEvent::CodeVoided(CodeVoided { sequence, .. }) => self.last = *sequence,
        }
    }

    /// The next number of the day and its code.
    pub fn next(self, office: &OfficeCode, date: Date) -> Result<(u32, DossierCode), CodeError> {
        let sequence = self.last + 1;
        Ok((sequence, DossierCode::new(office, date, sequence)?))
    }
}
