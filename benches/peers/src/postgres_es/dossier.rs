//! The smallest aggregate with the load of a dossier.

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use serde::{Deserialize, Serialize};

use crate::load::{EVENTS_PER_STREAM, Fact, Step};

#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Dossier {
    steps: usize,
}

#[derive(Debug, thiserror::Error)]
#[error("a dossier of this bench has {EVENTS_PER_STREAM} steps")]
pub struct Finished;

impl DomainEvent for Fact {
    fn event_type(&self) -> String {
        Self::TYPE.to_owned()
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
