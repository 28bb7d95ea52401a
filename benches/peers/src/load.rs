//! The load of every peer: dossiers of twelve facts of about 260 bytes, one per command.

use serde::{Deserialize, Serialize};

/// Writers at the same time.
pub const WRITERS: usize = 128;

/// Facts in one dossier's stream.
pub const EVENTS_PER_STREAM: usize = 12;

/// One act at the counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub actor: String,
    pub office: String,
    pub procedure: String,
    pub unit: String,
    pub recorded_at: String,
    pub commitment: String,
    pub number: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fact {
    Forwarded(Step),
}

impl Fact {
    pub const TYPE: &'static str = "dossier.forwarded";
}

impl Step {
    /// The step with this number (from 0) with about 260 bytes of JSON.
    pub fn numbered(number: usize) -> Self {
        Self {
            actor: "officer-0000000017".to_owned(),
            office: "000.00.17.H00".to_owned(),
            procedure: "1.004227.000.00.00.H00".to_owned(),
            unit: "land-registry".to_owned(),
            recorded_at: "2023-03-01T01:23:45.678901Z".to_owned(),
            commitment: "5f0c4a1be2d39786a4b1c0d2e3f405162738495a6b7c8d9e".to_owned(),
            number,
        }
    }
}

/// The id of a writer's dossier.
pub fn dossier_id(writer: usize, dossier: usize) -> String {
    format!("dossier-{writer:03}-{dossier:012}")
}
