//! What each scripted abuse is to come to, and whether it did. Nothing that plays a story reads this.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::source::{ScenarioError, Source};

/// The third part of a scenario file: what the record must show of each abuse.
#[derive(Debug, Clone)]
pub struct Outcomes {
    pub rows: Vec<Outcome>,
}

/// What one scripted dossier, or an office, must come to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// From 1 to 16.
    pub abuse: u8,
    /// Name of the scripted dossier; none for what an office as a whole comes to.
    #[serde(default)]
    pub dossier: Option<String>,
    /// Codes of the rules that must find it, and no other need to.
    #[serde(default)]
    pub findings: Vec<String>,
    /// Breaches that stand in its record, in their order: `late_apology`.
    #[serde(default)]
    pub breaches: Vec<String>,
    /// Kinds of facts that stand in its record: `dossier.apology_issued`.
    #[serde(default)]
    pub facts: Vec<String>,
    /// Late against the first promise.
    #[serde(default)]
    pub late: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "plan")]
    _plan: IgnoredAny,
    #[serde(default, rename = "expected")]
    _expected: IgnoredAny,
    #[serde(default)]
    outcomes: Vec<Outcome>,
}

impl Outcomes {
    /// Reads what a scenario's scripted abuses are to come to.
    ///
    /// # Errors
    /// [`ScenarioError::Malformed`].
    pub fn load(source: &Source) -> Result<Self, ScenarioError> {
        let File { outcomes, .. } = source.parse()?;
        Ok(Self { rows: outcomes })
    }
}
