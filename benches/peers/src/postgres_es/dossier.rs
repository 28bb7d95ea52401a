//! The smallest aggregate with the load of a dossier: twelve facts of about 260 bytes, one per command.

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use serde::{Deserialize, Serialize};

/// Facts in one dossier's stream.
pub const EVENTS_PER_STREAM: usize = 12;

#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Dossier {
    steps: usize,
}

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

#[derive(Debug, thiserror::Error)]
#[error("a dossier of this bench has {EVENTS_PER_STREAM} steps")]
pub struct Finished;

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

impl DomainEvent for Fact {
    fn event_type(&self) -> String {
        "dossier.forwarded".to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

impl Aggregate for Dossier {
    const TYPE: &'static str = "dossier";
    type Command = Step;
    type Event = Fact;
    type Error = Finished;
    type Services = ();

    async fn handle(
        &mut self,
        command: Step,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Finished> {
        if self.steps == EVENTS_PER_STREAM {
            return Err(Finished);
        }
        sink.write(Fact::Forwarded(command), self).await;
        Ok(())
    }

    fn apply(&mut self, fact: Fact) {
        match fact {
            Fact::Forwarded(_) => self.steps += 1,
        }
    }
}
