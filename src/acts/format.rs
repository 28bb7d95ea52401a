//! The format that facts may have: read when a journal is opened, looked at with each batch, and raised by an operator.

use uuid::Uuid;

use super::{OpenError, complete};
use crate::domain::actor::Actor;
use crate::domain::event::Event;
use crate::domain::fact::{Circumstances, Draft, stream};
use crate::domain::journal::{JournalEvent, RaiseRefusal, raise};
use crate::domain::reference::{ClockKind, Opened};
use crate::journal::{Journal, JournalError, Look, NewCommand, Until, fact};

/// Why the format was not raised.
#[derive(Debug, thiserror::Error)]
pub enum RaiseError {
    #[error(transparent)]
    Refused(#[from] RaiseRefusal),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Fact(#[from] fact::FactError),
}

/// A journal's first fact, and the format that facts may have now.
///
/// # Errors
/// [`OpenError::Empty`], [`OpenError::NotOpened`]; [`fact::FactError::NewerFormat`] where this program reads less.
pub async fn of(journal: &Journal) -> Result<(Opened, u32), OpenError> {
    if journal.head().await?.size == 0 {
        return Err(OpenError::Empty);
    }
    let (mut opened, mut format) = (None, 0);
    for entry in journal
        .read_stream(stream::journal(), 0, Until::End)
        .await?
    {
        if let Event::Journal(event) = fact::decode(&entry.body)?.event {
            format = event.format();
            if let (JournalEvent::Opened(first), 0) = (event, entry.position) {
                opened = Some(first);
            }
        }
    }
    Ok((opened.ok_or(OpenError::NotOpened)?, format))
}

/// Raises the format to the newest that this program knows; the new format, from the fact that says so on.
///
/// # Errors
/// [`RaiseError::Refused`] while a node that was seen within a day reads less.
pub async fn raised(journal: &Journal, command: Uuid) -> Result<u32, RaiseError> {
    let (opened, _) = of(journal).await?;
    let nodes = journal.nodes().await?;
    let mut writer = journal.writer().await?;
    let id = stream::journal();
    let looked = writer
        .lock(Look {
            streams: &[(id, 0)],
            commands: &[],
        })
        .await?;
    let mut format = 1;
    for entry in &looked.missing {
        if let Event::Journal(event) = fact::decode(&entry.body)?.event {
            format = event.format();
        }
    }
    let event = match raise(format, &nodes) {
        Ok(event) => event,
        Err(refusal) => {
            writer.release().await?;
            return Err(refusal.into());
        }
    };
    let raised = event.format();
    let draft = Draft {
        stream: id,
        event: Event::Journal(event),
        circumstances: Circumstances::default(),
    };
    let tail = looked.tails.get(&id);
    let (version, prev) = tail.map_or((1, None), |tail| (tail.version + 1, Some(tail.leaf_hash)));
    // A story's clock stands when nobody plays it.
    let recorded_at = match opened.clock {
        ClockKind::Story => looked.head.recorded_at.unwrap_or(looked.now),
        ClockKind::Database => looked.now,
    };
    let position = looked.head.size;
    let entry = complete(
        draft,
        version,
        prev,
        position,
        command,
        Actor::system(),
        recorded_at,
    )?
    .0;
    let known = NewCommand {
        id: command,
        mac: [0; 32],
        position,
        entries: 1,
    };
    writer.commit(&[entry], &[known]).await?;
    Ok(raised)
}
