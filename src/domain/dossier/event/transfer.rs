//! What the event carries that moves a dossier of an office that has ended.

use serde::{Deserialize, Serialize};

use crate::domain::code::OfficeCode;

/// Its office has ended by this decision, and another one has it now; or it is passed on among those that took over. The
/// promise and the clock are what they were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transferred {
    pub from: OfficeCode,
    pub to: OfficeCode,
    /// Number of the decision.
    pub decision: String,
}
