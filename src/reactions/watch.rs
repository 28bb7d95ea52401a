//! The deadline watch: misses and opinions that did not come, recorded by the program itself at the hour; legs of linked
//! dossiers, given to their agencies as soon as what they need is there.

use std::collections::HashMap;

use uuid::Uuid;

use super::desk::{AT_ONCE, Desk, Outcome};
use crate::domain::dossier::DossierCommand;
use crate::domain::time::Moment;
use crate::projections::{Result, agenda};

/// The rules are asked again this much later: what changes their answer may be the hour alone.
const AGAIN_AFTER: i64 = 60 * Moment::SECOND;

/// Remembers nothing that a restart could lose: the read models say what is to be done, and its id says whether it was.
#[derive(Default)]
pub(super) struct Watch {
    /// By command id, until when nobody is asked again.
    asked: HashMap<Uuid, Moment>,
}

impl Watch {
    /// Everything whose hour has passed; how many commands were taken.
    pub async fn pass(&mut self, desk: &Desk) -> Result<usize> {
        let now = desk.now();
        self.asked.retain(|_, until| *until > now);
        let mut taken = 0;
        let mut last: Option<agenda::Entry> = None;
        loop {
            let page = agenda::due(&desk.models, now, last.as_ref(), AT_ONCE).await?;
            let Some(newest) = page.last().cloned() else {
                return Ok(taken);
            };
            let commands: Vec<_> = page
                .into_iter()
                .map(|entry| {
                    let id = entry.to_do.command_id(entry.dossier);
                    let stream = entry.to_do.stream(entry.dossier);
                    (id, stream, today(entry.to_do.command, desk))
                })
                .filter(|(id, _, _)| !self.asked.contains_key(id))
                .collect();
            let ids: Vec<Uuid> = commands.iter().map(|(id, _, _)| *id).collect();
            for (id, outcome) in ids.into_iter().zip(desk.give(commands).await) {
                match outcome {
                    Outcome::Taken => taken += 1,
                    Outcome::Done | Outcome::Refused => {
                        self.asked.insert(id, now.plus(AGAIN_AFTER));
                    }
                    Outcome::Unknown => return Ok(taken),
                }
            }
            last = Some(newest);
        }
    }
}

/// A leg goes to the agency of its plan, or to the office that has taken over since.
fn today(command: DossierCommand, desk: &Desk) -> DossierCommand {
    if let DossierCommand::OpenLeg {
        whole,
        place,
        procedure,
        office,
    } = &command
    {
        let reference = desk.models.reference();
        let day = desk.now().date();
        return DossierCommand::OpenLeg {
            whole: *whole,
            place: *place,
            procedure: procedure.clone(),
            office: reference.in_place_of(office, procedure, day).clone(),
        };
    }
    command
}
