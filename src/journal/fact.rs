//! The fact's exact bytes: one RFC 8785 (JCS) object, made once and never made again.
//!
//! Always: `actor`, `command`, `data`, `recorded_at`, `stream`, `type`, `v`, `version`; the rest when it applies.
//! Never: position, node, personal data, a bare hash of it, anything a person typed.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::canonical::canonical;
use crate::domain::actor::Actor;
use crate::domain::event::{Event, EventError};
use crate::domain::fact::{Breach, Circumstances, Fact, Part};
use crate::domain::journal::{FORMAT, JournalEvent};
use crate::domain::reason::Reason;
use crate::domain::time::Moment;
use crate::tlog::Hash;

/// Version of the envelope.
const ENVELOPE: u8 = 1;
/// A fact is never larger (a proof carries it in one line).
pub const BYTES_MAX: usize = 32 * 1024;

/// Why bytes are not a fact of ours.
#[derive(Debug, thiserror::Error)]
pub enum FactError {
    #[error("not a fact: {0}")]
    Malformed(#[from] serde_json::Error),
    #[error("envelope version {0} is not known: a newer program wrote it")]
    Envelope(u8),
    #[error("prev is not 32 bytes of base64")]
    Prev,
    #[error(transparent)]
    Event(#[from] EventError),
    #[error("a fact of {0} bytes is larger than 32 KB")]
    TooLarge(usize),
    /// What follows may be of types that this program does not know.
    #[error(
        "the journal has format {found}, and this program reads formats up to {FORMAT}: use {}",
        program.as_deref().map_or("a newer release".to_owned(), |program| format!("motcua {program} or newer"))
    )]
    NewerFormat {
        found: u32,
        /// The version that raised it.
        program: Option<String>,
    },
}

/// In the order of their names, so that little is left to sort.
#[derive(Serialize)]
struct Out<'a> {
    actor: &'a Actor,
    #[serde(skip_serializing_if = "Option::is_none")]
    basis: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    breach: Option<&'a Breach>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<u64>,
    command: Uuid,
    data: &'a Event,
    #[serde(skip_serializing_if = "Option::is_none")]
    occurred_at: Option<Moment>,
    #[serde(skip_serializing_if = "<[Part]>::is_empty")]
    parts: &'a [Part],
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prev: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    received_at: Option<Moment>,
    recorded_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    stream: Uuid,
    #[serde(rename = "type")]
    kind: &'static str,
    v: u8,
    version: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct In<'a> {
    v: u8,
    stream: Uuid,
    version: u32,
    command: Uuid,
    actor: Actor,
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    data: &'a RawValue,
    recorded_at: Moment,
    prev: Option<&'a str>,
    occurred_at: Option<Moment>,
    received_at: Option<Moment>,
    reason: Option<Reason>,
    basis: Option<String>,
    breach: Option<Breach>,
    policy: Option<String>,
    #[serde(default)]
    parts: Vec<Part>,
    cause: Option<u64>,
    source: Option<String>,
}

/// The bytes that are hashed, stored and served for ever.
pub fn encode(fact: &Fact) -> Result<Vec<u8>, FactError> {
    let around = &fact.circumstances;
    let bytes = canonical(&Out {
        actor: &fact.actor,
        basis: around.basis.as_deref(),
        breach: around.breach.as_ref(),
        cause: around.cause,
        command: fact.command,
        data: &fact.event,
        occurred_at: around.occurred_at,
        parts: &around.parts,
        policy: around.policy.as_deref(),
        prev: fact.prev.map(|hash| BASE64.encode(hash)),
        reason: around.reason,
        received_at: around.received_at,
        recorded_at: fact.recorded_at,
        source: around.source.as_deref(),
        stream: fact.stream,
        kind: fact.event.kind(),
        v: ENVELOPE,
        version: fact.version,
    })?;
    if bytes.len() > BYTES_MAX {
        return Err(FactError::TooLarge(bytes.len()));
    }
    Ok(bytes)
}

fn readable(event: &JournalEvent) -> Result<(), FactError> {
    let found = event.format();
    if found <= FORMAT {
        return Ok(());
    }
    let program = match event {
        JournalEvent::Opened(_) => None,
        JournalEvent::FormatRaised(raised) => Some(raised.program.clone()),
    };
    Err(FactError::NewerFormat { found, program })
}

/// Reads the bytes of an entry. An unknown envelope, event or format is an error, never a guess.
pub fn decode(bytes: &[u8]) -> Result<Fact, FactError> {
    let wire: In<'_> = serde_json::from_slice(bytes)?;
    if wire.v != ENVELOPE {
        return Err(FactError::Envelope(wire.v));
    }
    let prev = wire.prev.map(|text| -> Result<Hash, FactError> {
        let bytes = BASE64.decode(text).map_err(|_| FactError::Prev)?;
        bytes.try_into().map_err(|_| FactError::Prev)
    });
    let event = Event::parse(&wire.kind, wire.data)?;
    if let Event::Journal(event) = &event {
        readable(event)?;
    }
    Ok(Fact {
        stream: wire.stream,
        version: wire.version,
        command: wire.command,
        actor: wire.actor,
        recorded_at: wire.recorded_at,
        prev: prev.transpose()?,
        event,
        circumstances: Circumstances {
            occurred_at: wire.occurred_at,
            received_at: wire.received_at,
            reason: wire.reason,
            basis: wire.basis,
            breach: wire.breach,
            policy: wire.policy,
            parts: wire.parts,
            cause: wire.cause,
            source: wire.source,
        },
    })
}
