//! What changed between two sizes of the journal: only the dossiers touched between them are folded.

use std::collections::{HashMap, HashSet};

use futures_util::StreamExt;
use serde::Serialize;
use uuid::Uuid;

use super::error::Result;
use super::fold::{Read, decode};
use super::rebuild::{Pace, decode_aside};
use crate::domain::code::{DossierCode, OfficeCode};
use crate::domain::dossier::Dossier;
use crate::domain::event::Event;
use crate::domain::time::Moment;
use crate::journal::{Journal, Until};

/// What is compared of a dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// The phase's stable name.
    pub phase: &'static str,
    /// The office that has it.
    pub office: Option<OfficeCode>,
    /// The promise in force.
    pub due_at: Option<Moment>,
    /// The handler's pseudonym.
    pub handler: Option<String>,
}

/// A fact, and which of the compared it changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deed {
    pub position: u64,
    pub recorded_at: Moment,
    /// The fact's `type`.
    pub kind: &'static str,
    /// Of `phase`, `office`, `due_at`, `handler`.
    pub changed: Vec<&'static str>,
}

/// One dossier that facts were recorded of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    pub dossier: Uuid,
    /// None for drafts, which have no number yet.
    pub code: Option<DossierCode>,
    /// None when it began between the two.
    pub before: Option<Seen>,
    pub after: Seen,
    pub facts: Vec<Deed>,
}

/// How many; a dossier counts once in each line that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Facts between the two sizes, of whatever stream and office.
    pub facts: u64,
    /// Dossiers that facts were recorded of.
    pub dossiers: u64,
    /// Of these: begun between the two.
    pub begun: u64,
    /// Of those that were there before: in another phase, with another due date, handler, office.
    pub phase: u64,
    pub due_at: u64,
    pub handler: u64,
    pub office: u64,
}

/// What changed between two sizes of one journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    pub from_size: u64,
    pub to_size: u64,
    /// In the order in which the dossiers were first touched.
    pub changes: Vec<Change>,
    pub counts: Counts,
}

/// A dossier touched between the two sizes.
#[derive(Default)]
struct Touched {
    before: Option<Seen>,
    now: Dossier,
    facts: Vec<Deed>,
}

/// Compares the journal of one size with the same journal of a later size; `office` keeps the dossiers that it had at
/// either end. What happened at another office meanwhile is told with them.
pub async fn between(
    journal: &Journal,
    from_size: u64,
    to_size: u64,
    office: Option<&OfficeCode>,
    mut tell: impl FnMut(Pace) + Send,
) -> Result<Difference> {
    let mut touched: HashMap<Uuid, Touched> = HashMap::new();
    let mut order = Vec::new();
    let mut counts = Counts::default();
    let mut chunks = Box::pin(journal.chunks(from_size));
    while let Some(chunk) = chunks.next().await {
        let mut entries = chunk?;
        entries.retain(|entry| entry.position < to_size);
        if entries.is_empty() {
            break;
        }
        counts.facts += entries.len() as u64;
        let reads = decode_aside(entries).await?;
        fetch_missing(journal, from_size, &reads, &mut touched, &mut order).await?;
        for read in &reads {
            if let Some(one) = touched.get_mut(&read.entry.stream) {
                one.take(read);
            }
        }
        let (done, total) = (counts.facts, to_size.saturating_sub(from_size));
        tell(Pace { done, total });
    }
    let changes = order.into_iter().filter_map(|id| {
        let one = touched.remove(&id)?;
        let change = one.change(id);
        change.is_of(office).then_some(change)
    });
    let changes: Vec<Change> = changes.collect();
    for change in &changes {
        counts.add(change);
    }
    Ok(Difference {
        from_size,
        to_size,
        changes,
        counts,
    })
}

/// Folds the dossiers met for the first time as they were before.
async fn fetch_missing(
    journal: &Journal,
    from_size: u64,
    reads: &[Read],
    touched: &mut HashMap<Uuid, Touched>,
    order: &mut Vec<Uuid>,
) -> Result<()> {
    let mut earlier = Vec::new();
    let mut met = HashSet::new();
    for Read { entry, fact } in reads {
        let is_dossier = matches!(fact.event, Event::Dossier(_));
        if !is_dossier || touched.contains_key(&entry.stream) || !met.insert(entry.stream) {
            continue;
        }
        order.push(entry.stream);
        if entry.version > 1 {
            earlier.push(entry.stream);
        }
    }
    for id in met {
        touched.insert(id, Touched::default());
    }
    if earlier.is_empty() {
        return Ok(());
    }
    let until = Until::Size(from_size);
    for read in decode(journal.read_streams(&earlier, until).await?)? {
        if let Some(one) = touched.get_mut(&read.entry.stream) {
            evolve(&mut one.now, &read);
        }
    }
    for id in earlier {
        if let Some(one) = touched.get_mut(&id) {
            one.before = Some(Seen::of(&one.now));
        }
    }
    Ok(())
}

fn evolve(state: &mut Dossier, Read { fact, .. }: &Read) {
    if let Event::Dossier(event) = &fact.event {
        let at = fact.at();
        state.evolve(event, &fact.actor, fact.command, at, &fact.circumstances);
    }
}

impl Touched {
    fn take(&mut self, read: &Read) {
        let before = Seen::of(&self.now);
        evolve(&mut self.now, read);
        self.facts.push(Deed {
            position: read.entry.position,
            recorded_at: read.entry.recorded_at,
            kind: read.fact.event.kind(),
            changed: before.changed(&Seen::of(&self.now)),
        });
    }

    fn change(self, dossier: Uuid) -> Change {
        Change {
            dossier,
            before: self.before,
            after: Seen::of(&self.now),
            code: self.now.code,
            facts: self.facts,
        }
    }
}

impl Seen {
    fn of(dossier: &Dossier) -> Self {
        Self {
            phase: dossier.phase.name(),
            office: dossier.office.clone(),
            due_at: dossier.turn().map(|turn| turn.due_at),
            handler: dossier.handler.clone(),
        }
    }

    /// The names of what differs.
    pub fn changed(&self, other: &Self) -> Vec<&'static str> {
        let compared = [
            ("phase", self.phase != other.phase),
            ("office", self.office != other.office),
            ("due_at", self.due_at != other.due_at),
            ("handler", self.handler != other.handler),
        ];
        let changed = compared.into_iter().filter(|(_, differs)| *differs);
        changed.map(|(name, _)| name).collect()
    }
}

impl Change {
    fn is_of(&self, office: Option<&OfficeCode>) -> bool {
        let had = self.before.as_ref().and_then(|seen| seen.office.as_ref());
        office.is_none() || had == office || self.after.office.as_ref() == office
    }
}

impl Counts {
    fn add(&mut self, change: &Change) {
        self.dossiers += 1;
        let Some(before) = &change.before else {
            self.begun += 1;
            return;
        };
        let after = &change.after;
        self.phase += u64::from(before.phase != after.phase);
        self.due_at += u64::from(before.due_at != after.due_at);
        self.handler += u64::from(before.handler != after.handler);
        self.office += u64::from(before.office != after.office);
    }
}
