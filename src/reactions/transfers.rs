//! Dossiers of offices that have ended, given to the office that took over: whatever the read models still show at a closed
//! office, by the decision that closed it. The rules say to whom.

use std::collections::HashMap;

use uuid::Uuid;

use super::desk::{AT_ONCE, Desk, Outcome};
use crate::domain::dossier::DossierCommand;
use crate::domain::fact::stream;
use crate::domain::time::Moment;
use crate::projections::Result;
use crate::projections::reorganisation::{self, Waiting};

/// What the rules would not move is asked about again this much later.
const AGAIN_AFTER: i64 = 60 * Moment::SECOND;

/// Remembers nothing that a restart could lose: what is moved is at its office no more.
#[derive(Default)]
pub(super) struct Transfers {
    /// By command id, until when nobody is asked again.
    asked: HashMap<Uuid, Moment>,
}

impl Transfers {
    /// Everything whose office has ended; how many dossiers moved.
    pub async fn pass(&mut self, desk: &Desk) -> Result<usize> {
        let now = desk.now();
        self.asked.retain(|_, until| *until > now);
        let (mut moved, mut last) = (0, 0);
        loop {
            let page = reorganisation::waiting(&desk.models, now, last, AT_ONCE).await?;
            let Some(newest) = page.last() else {
                return Ok(moved);
            };
            last = newest.number;
            let commands = page.into_iter().map(command);
            let commands: Vec<_> = commands
                .filter(|(id, _, _)| !self.asked.contains_key(id))
                .collect();
            let ids: Vec<Uuid> = commands.iter().map(|(id, _, _)| *id).collect();
            for (id, outcome) in ids.into_iter().zip(desk.give(commands).await) {
                match outcome {
                    Outcome::Taken => moved += 1,
                    Outcome::Done | Outcome::Refused => {
                        self.asked.insert(id, now.plus(AGAIN_AFTER));
                    }
                    Outcome::Unknown => return Ok(moved),
                }
            }
        }
    }
}

fn command(waiting: Waiting) -> (Uuid, Uuid, DossierCommand) {
    let Waiting {
        dossier, position, ..
    } = waiting;
    let id = stream::reaction(&format!("transfer:{dossier}:{position}"));
    let command = DossierCommand::Transfer {
        decision: waiting.decision,
        cause: position,
    };
    (id, dossier, command)
}
