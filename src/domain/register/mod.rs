//! The daily register of an office: every number of the day is a dossier's, is voided with a reason, or lies in a block that
//! was reserved for a desk.

mod block;
#[cfg(test)]
mod tests;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::block::{BLOCK_MAX, Block, BlockError};
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

/// Numbers that one desk may give on paper while the line is down; everybody else's next number lies behind them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodesReserved {
    pub office: OfficeCode,
    /// Actor id of the receiver whose desk it is.
    pub desk: String,
    pub first: u32,
    pub last: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum RegisterEvent {
    Entered(Entered),
    CodeVoided(CodeVoided),
    CodesReserved(CodesReserved),
}

impl RegisterEvent {
    /// Whose register it is.
    #[must_use]
    pub fn office(&self) -> &OfficeCode {
        match self {
            Self::Entered(Entered { office, .. })
            | Self::CodeVoided(CodeVoided { office, .. })
            | Self::CodesReserved(CodesReserved { office, .. }) => office,
        }
    }
}

/// One office, one day. The next number follows the last one, used, voided or reserved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Register {
    pub last: u32,
    pub blocks: Vec<Block>,
}

/// A register in which nothing stands yet.
pub static EMPTY: Register = Register {
    last: 0,
    blocks: Vec::new(),
};

impl Register {
    pub fn evolve(&mut self, event: &RegisterEvent) {
        match event {
            RegisterEvent::Entered(Entered { sequence, .. })
            | RegisterEvent::CodeVoided(CodeVoided { sequence, .. }) => {
                self.last = self.last.max(*sequence);
                for block in &mut self.blocks {
                    block.unused.retain(|unused| unused != sequence);
                }
            }
            RegisterEvent::CodesReserved(reserved) => {
                self.last = self.last.max(reserved.last);
                self.blocks.push(Block::of(reserved));
            }
        }
    }

    /// The next number of the day and its code.
    pub fn next(&self, office: &OfficeCode, date: Date) -> Result<(u32, DossierCode), CodeError> {
        let sequence = self.last + 1;
        Ok((sequence, DossierCode::new(office, date, sequence)?))
    }
}
