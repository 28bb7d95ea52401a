//! What the program records of a dossier by itself, and from when on, unless something happens before.

use uuid::Uuid;

use super::{Dossier, DossierCommand, FeedbackState, OpinionState, VoiceCommand};
use crate::domain::fact::stream;
use crate::domain::time::Moment;

/// One command that the program gives once its hour has passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToDo {
    /// The last moment at which it is too early.
    pub due_at: Moment,
    pub command: DossierCommand,
}

impl Dossier {
    /// Misses of the promise in force, and opinions that did not come. A paused clock, an ended one and what is on record
    /// already leave nothing to do. The rules have the last word when the hour has come.
    #[must_use]
    pub fn to_do(&self, id: Uuid) -> Vec<ToDo> {
        let unanswered = self.unanswered();
        let Some(turn) = self.turn().filter(|turn| turn.ending.is_none()) else {
            return unanswered.into_iter().collect();
        };
        let runs =
            turn.paused_since.is_none() && !turn.undated && !turn.missed.contains(&turn.due_at);
        let miss = runs.then_some(ToDo {
            due_at: turn.due_at,
            command: DossierCommand::RecordMiss,
        });
        let opinions = self.opinions.iter();
        let silent = opinions
            .filter(|opinion| opinion.state == OpinionState::Awaited)
            .map(|opinion| {
                let number = opinion.number;
                ToDo {
                    due_at: opinion.due_at,
                    command: if opinion.silence_consents {
                        DossierCommand::DeemOpinionAgreed { number }
                    } else {
                        DossierCommand::NoteOpinionOverdue { number }
                    },
                }
            });
        miss.into_iter()
            .chain(silent)
            .chain(self.legs_to_open(id))
            .chain(unanswered)
            .collect()
    }

    /// A feedback whose day will pass while the office is waited for, whatever has become of the dossier.
    fn unanswered(&self) -> Option<ToDo> {
        let open = self.open_feedback()?;
        let waits = open.state == FeedbackState::Open && !open.overdue;
        let number = open.number;
        let command = VoiceCommand::RecordFeedbackMiss { number };
        waits.then_some(ToDo {
            due_at: open.due_at?,
            command: DossierCommand::Voice(command),
        })
    }
}

impl ToDo {
    /// The number of the opinion or feedback, or the place of the leg, it is about; 0 for the promise itself.
    #[must_use]
    pub fn number(&self) -> u32 {
        if let DossierCommand::DeemOpinionAgreed { number }
        | DossierCommand::NoteOpinionOverdue { number } = &self.command
        {
            *number
        } else if let DossierCommand::OpenLeg { place, .. } = &self.command {
            *place
        } else if let DossierCommand::Voice(command) = &self.command {
            command.feedback().unwrap_or(0)
        } else {
            0
        }
    }

    /// The stream it is recorded on: the dossier's own, or that of the leg which begins.
    #[must_use]
    pub fn stream(&self, dossier: Uuid) -> Uuid {
        if self.command.begins() {
            stream::dossier(self.command_id(dossier))
        } else {
            dossier
        }
    }

    /// The id of its command: the same on every node and after every restart, so that it is recorded once.
    #[must_use]
    pub fn command_id(&self, dossier: Uuid) -> Uuid {
        let (name, number) = (self.command.name(), self.number());
        // A leg is opened once, whatever the hour at which it could be.
        if self.command.begins() {
            return stream::reaction(&format!("{name}:{dossier}:{number}"));
        }
        stream::reaction(&format!("{name}:{dossier}:{number}:{}", self.due_at))
    }
}
