//! What a journal says of itself: that it was opened, and in which format facts are written since.
//!
//! A program reads formats 1 to [`FORMAT`] and writes the journal's own. A type of fact that came later belongs to a later
//! format, and is written only once that has been raised: no node of the release before meets what it cannot read.

#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::event::Event;
use super::reference::Opened;

/// The newest format that this program reads and may write.
pub const FORMAT: u32 = 2;
/// A node that was not seen for so long is not waited for: it was taken away, or reads anew when it starts.
const SEEN_WITHIN: Duration = Duration::from_hours(24);
/// A node tells every minute. One that has not told for so long is off, or is one of a release that does not tell.
const TOLD_WITHIN: Duration = Duration::from_mins(5);

/// Types of facts that the first format did not have, and the format that each belongs to.
const LATER: [(&str, u32); 1] = [("dossier.remarked", 2)];

/// What is recorded on the journal's own stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum JournalEvent {
    /// Position 0.
    Opened(Opened),
    FormatRaised(FormatRaised),
}

/// From here on facts of this format may be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormatRaised {
    pub format: u32,
    /// Version of the program that raised it: the oldest that is known to read it.
    pub program: String,
}

impl JournalEvent {
    pub(super) const OPENED: &str = "journal.opened";
    pub(super) const FORMAT_RAISED: &str = "journal.format_raised";

    /// The fact's `type`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Opened(_) => Self::OPENED,
            Self::FormatRaised(_) => Self::FORMAT_RAISED,
        }
    }

    /// The format that facts may have from here on.
    #[must_use]
    pub fn format(&self) -> u32 {
        match self {
            Self::Opened(opened) => opened.format,
            Self::FormatRaised(raised) => raised.format,
        }
    }
}

impl Event {
    /// The format that a fact of this type belongs to.
    #[must_use]
    pub fn format(&self) -> u32 {
        let kind = self.kind();
        let later = LATER.iter().find(|(later, _)| *later == kind);
        later.map_or(1, |(_, format)| *format)
    }
}

/// A program that serves the journal, as it told last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Host and folder.
    pub name: String,
    /// Its version.
    pub program: String,
    /// The newest format that it reads.
    pub reads: u32,
    /// How long ago it told, by the clock that it told by.
    pub ago: Duration,
}

impl Node {
    /// Whether it counts among those that serve.
    #[must_use]
    pub fn was_seen(&self) -> bool {
        self.ago <= SEEN_WITHIN
    }
}

/// Why a format is not raised.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RaiseRefusal {
    #[error(
        "the journal has format {0}, the newest that this program knows: there is nothing to raise"
    )]
    Newest(u32),
    #[error(
        "no node has told yet that it serves this journal: start the nodes with this release first"
    )]
    NobodySeen,
    #[error(
        "not every node reads format {FORMAT}, or is there to say so: {}. Start them with this release and let them run; one that is \
         gone for good is not waited for a day after it was seen last",
        told(.0)
    )]
    Behind(Vec<Node>),
}

fn told(behind: &[Node]) -> String {
    let one = |node: &Node| {
        let Node {
            name,
            program,
            reads,
            ago,
        } = node;
        let minutes = ago.as_secs() / 60;
        format!("{name} (motcua {program}) reads up to format {reads}, seen {minutes} minutes ago")
    };
    behind.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Raises the format of a journal to the newest that this program reads, where every node that was seen within a day reads it and
/// still says so: one that does not may have been given its program of before again, which says nothing.
///
/// # Errors
/// [`RaiseRefusal`].
pub fn raise(now: u32, nodes: &[Node]) -> Result<JournalEvent, RaiseRefusal> {
    if now >= FORMAT {
        return Err(RaiseRefusal::Newest(now));
    }
    let seen: Vec<&Node> = nodes.iter().filter(|node| node.was_seen()).collect();
    if seen.is_empty() {
        return Err(RaiseRefusal::NobodySeen);
    }
    let is_behind = |node: &&Node| node.reads < FORMAT || node.ago > TOLD_WITHIN;
    let behind: Vec<Node> = seen.into_iter().filter(is_behind).cloned().collect();
    if !behind.is_empty() {
        return Err(RaiseRefusal::Behind(behind));
    }
    Ok(JournalEvent::FormatRaised(FormatRaised {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
    }))
}
