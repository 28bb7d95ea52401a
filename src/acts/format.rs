//! The format that facts may have: read when a journal is opened, looked at with each batch, and raised by an operator.

use uuid::Uuid;

use super::{OpenError, complete};
use crate::domain::actor::Actor;
use crate::domain::event::Event;
use crate::domain::fact::{Circumstances, Draft, stream};
use crate::domain::journal::{JournalEvent, RaiseRefusal, raise};
use crate::domain::reference::{ClockKind, Opened};
use crate::domain::time::Moment;
use crate::journal::{Entry, Journal, JournalError, Look, Looked, NewCommand, Until, Writer, fact};

/// Why the format was not raised.
#[derive(Debug, thiserror::Error)]
pub enum RaiseError {
    #[error(transparent)]
    Refused(#[from] RaiseRefusal),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// A journal's first fact, and the format that facts may have now.
///
/// # Errors
/// [`OpenError::Empty`], [`OpenError::NotOpened`]; [`fact::FactError::NewerFormat`] where this program reads less.
pub async fn of(journal: &Journal) -> Result<(Opened, u32), OpenError> {
    let size = journal.head().await?.size;
    let entries = journal.read_stream(stream::journal(), 0, Until::End);
    folded(size, &entries.await?)
}

/// The same of a journal of this size, from its own stream.
fn folded(size: u64, entries: &[Entry]) -> Result<(Opened, u32), OpenError> {
    if size == 0 {
        return Err(OpenError::Empty);
    }
    let (mut opened, mut format) = (None, 0);
    for entry in entries {
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
/// [`RaiseError::Refused`] while a node that was seen within a day reads less, or does not say so any more.
pub async fn raised(journal: &Journal, command: Uuid) -> Result<u32, RaiseError> {
    let nodes = journal.nodes().await?;
    let mut writer = journal.writer().await?;
    let looked = writer
        .lock(Look {
            streams: &[(stream::journal(), 0)],
            commands: &[],
            ..Look::default()
        })
        .await?;
    let decided = folded(looked.head.size, &looked.missing)
        .map_err(RaiseError::from)
        .and_then(|(opened, format)| Ok((opened, raise(format, &nodes)?)));
    let (opened, event) = match decided {
        Ok(decided) => decided,
        Err(refused) => {
            writer.release().await?;
            return Err(refused);
        }
    };
    let format = event.format();
    // A story's clock stands when nobody plays it.
    let at = match opened.clock {
        ClockKind::Story => looked.head.recorded_at.unwrap_or(looked.now),
        ClockKind::Database => looked.now,
    };
    record(&mut writer, &looked, event, command, at).await?;
    Ok(format)
}

/// Records what a journal says of itself, under the lock, where its own stream was looked at.
pub(super) async fn record(
    writer: &mut Writer,
    looked: &Looked,
    event: JournalEvent,
    command: Uuid,
    recorded_at: Moment,
) -> Result<(), OpenError> {
    let draft = Draft {
        stream: stream::journal(),
        event: Event::Journal(event),
        circumstances: Circumstances::default(),
    };
    let tail = looked.tails.get(&draft.stream);
    let (version, prev) = tail.map_or((1, None), |tail| (tail.version + 1, Some(tail.leaf_hash)));
    let position = looked.head.size;
    let by = Actor::system();
    let entry = complete(draft, version, prev, position, command, by, recorded_at)?.0;
    let known = NewCommand {
        id: command,
        mac: [0; 32],
        position,
        entries: 1,
    };
    Ok(writer.commit(&[entry], &[known]).await?)
}
