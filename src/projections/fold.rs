//! From facts to states: what every dossier is after each batch, by the domain's own fold.

use std::collections::hash_map::Entry as Held;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use uuid::Uuid;

use super::change::Changed;
use super::error::{ProjectionError, Result};
use crate::domain::actor::NO_OFFICE;
use crate::domain::code::OfficeCode;
use crate::domain::dossier::{Dossier, DossierEvent};
use crate::domain::event::Event;
use crate::domain::fact::{Fact, stream};
use crate::domain::reference::{Reference, ReferenceEvent};
use crate::domain::time::Moment;
use crate::journal::{Entry, Journal, Until, fact};

/// One entry, read.
#[derive(Debug)]
pub struct Read {
    pub entry: Entry,
    pub fact: Fact,
}

/// Reads the entries; the first that cannot be read is named.
pub fn decode(entries: Vec<Entry>) -> Result<Vec<Read>> {
    let mut reads = Vec::with_capacity(entries.len());
    for entry in entries {
        let fact = fact::decode(&entry.body).map_err(|source| ProjectionError::Fact {
            position: entry.position,
            source,
        })?;
        reads.push(Read { entry, fact });
    }
    Ok(reads)
}

/// A dossier with what the read models need beside the domain's state.
#[derive(Debug, Default)]
pub struct State {
    /// Position of its first fact: its key in every table.
    pub number: u64,
    pub id: Uuid,
    /// Where it was lodged first.
    pub reception_office: Option<OfficeCode>,
    /// Position of its newest fact.
    pub position: u64,
    /// So many stays at desks are written, and change no more.
    pub stays_settled: usize,
    /// How often the due date of each spell moved, from acceptance on.
    pub moves: Vec<u32>,
    pub dossier: Dossier,
}

/// A due date that moved.
#[derive(Debug)]
pub struct DueChange {
    pub number: u64,
    /// The spell, from 1.
    pub turn: usize,
    pub position: u64,
    pub recorded_at: Moment,
    pub old: Moment,
    pub new: Moment,
    /// `supplement`, `payment`, `notice`, `outage` or `apology`.
    pub cause: &'static str,
}

impl State {
    fn evolve(&mut self, read: &Read, event: &DossierEvent) -> Result<Option<DueChange>> {
        let Read { entry, fact } = read;
        if self.dossier.version + 1 != entry.version {
            return Err(ProjectionError::OutOfOrder {
                position: entry.position,
            });
        }
        if entry.version == 1 {
            self.number = entry.position;
            self.id = entry.stream;
        }
        self.position = entry.position;
        self.dossier.evolve(
            event,
            &fact.actor,
            fact.command,
            fact.at(),
            &fact.circumstances,
        );
        if let DossierEvent::Submitted(lodged) | DossierEvent::Lodged(lodged) = event {
            self.reception_office
                .get_or_insert_with(|| match &lodged.leg_of {
                    Some(leg_of) => leg_of.office.clone(),
                    None => lodged.office.clone(),
                });
        }
        // Another office goes on with the same promise, moved as often as it was.
        let goes_on = matches!(event, DossierEvent::Transferred(_));
        let moved = self.moves.last().copied().filter(|_| goes_on);
        let spells = self.dossier.spells().count();
        self.moves.resize(spells, moved.unwrap_or(0));
        Ok(self.due_change(read, event))
    }

    fn due_change(&mut self, read: &Read, event: &DossierEvent) -> Option<DueChange> {
        let (old, new, cause) = event.moved_due_date()?;
        *self.moves.last_mut()? += 1;
        Some(DueChange {
            number: self.number,
            turn: self.moves.len(),
            position: read.entry.position,
            recorded_at: read.fact.at(),
            old,
            new,
            cause,
        })
    }
}

/// What one batch of facts changes.
#[derive(Default)]
pub struct Batch {
    pub reads: Vec<Read>,
    /// The dossier of each entry, by its number; `None` for facts of other streams.
    pub numbers: Vec<Option<u64>>,
    /// The spell of its dossier that each entry belongs to, from 1; 0 before the first and for other streams.
    pub turns: Vec<u32>,
    pub due_changes: Vec<DueChange>,
    /// Dossiers with a new fact, in the order of their numbers.
    pub touched: Vec<Uuid>,
    /// Each fact with the offices it concerns.
    pub changed: Vec<Changed>,
}

/// The states of all open dossiers, and the reference shelf.
pub struct Folding {
    journal: Journal,
    states: HashMap<Uuid, Box<State>>,
    pub reference: Arc<Reference>,
    /// Earlier facts are too old to be followed from.
    pub changes_from: u64,
}

impl Folding {
    /// As of a journal of this size. States are folded when they are first needed.
    pub async fn at(journal: &Journal, size: u64) -> Result<Self> {
        let mut reference = Reference::default();
        let known = journal.read_stream(stream::reference(), 0, Until::Size(size));
        for read in decode(known.await?)? {
            if let Event::Reference(event) = &read.fact.event {
                reference.evolve(event);
            }
        }
        Ok(Self {
            journal: journal.clone(),
            states: HashMap::new(),
            reference: Arc::new(reference),
            changes_from: 0,
        })
    }

    /// Folds the next facts. After an error the states are worthless and must be made anew.
    pub async fn take(&mut self, reads: Vec<Read>) -> Result<Batch> {
        self.fetch_missing(&reads).await?;
        let mut batch = Batch {
            numbers: Vec::with_capacity(reads.len()),
            ..Batch::default()
        };
        let mut changed_dossiers = BTreeSet::new();
        let mut changed: Option<Reference> = None;
        for read in &reads {
            let mut turn = 0;
            let (mut had, mut has) = (None, None);
            let number = match &read.fact.event {
                Event::Dossier(event) => {
                    let state = self.states.entry(read.entry.stream).or_default();
                    had.clone_from(&state.dossier.office);
                    batch.due_changes.extend(state.evolve(read, event)?);
                    has.clone_from(&state.dossier.office);
                    changed_dossiers.insert((state.number, read.entry.stream));
                    turn = u32::try_from(state.moves.len()).unwrap_or(u32::MAX);
                    Some(state.number)
                }
                Event::Reference(event) => {
                    evolve_copy(&mut changed, &self.reference, event);
                    None
                }
                Event::Register(event) => {
                    has = Some(event.office().clone());
                    None
                }
                Event::Archive(event) => {
                    has = Some(event.of().0.clone());
                    None
                }
                Event::Staff(event) => {
                    has = Some(event.of().0.clone());
                    None
                }
                Event::Journal(_) | Event::Access(_) | Event::Erasure(_) | Event::Import(_) => None,
            };
            if read.entry.position >= self.changes_from {
                batch.changed.extend(changed_rows(read, had, has));
            }
            batch.numbers.push(number);
            batch.turns.push(turn);
        }
        if let Some(reference) = changed {
            self.reference = Arc::new(reference);
        }
        batch.touched = changed_dossiers.into_iter().map(|(_, id)| id).collect();
        batch.reads = reads;
        Ok(batch)
    }

    /// Folds the earlier facts of dossiers that are not in memory: closed ones, and all after a start.
    async fn fetch_missing(&mut self, reads: &[Read]) -> Result<()> {
        let Some(first) = reads.first() else {
            return Ok(());
        };
        let mut seen = HashSet::new();
        let mut missing = Vec::new();
        for Read { entry, fact } in reads {
            let is_dossier = matches!(fact.event, Event::Dossier(_));
            if is_dossier
                && entry.version > 1
                && !self.states.contains_key(&entry.stream)
                && seen.insert(entry.stream)
            {
                missing.push(entry.stream);
            }
            if entry.version == 1 {
                seen.insert(entry.stream);
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let until = Until::Size(first.entry.position);
        for read in decode(self.journal.read_streams(&missing, until).await?)? {
            if let Event::Dossier(event) = &read.fact.event {
                let state = self.states.entry(read.entry.stream).or_default();
                state.evolve(&read, event)?;
            }
        }
        Ok(())
    }

    /// The dossiers of a batch as they are now, in the order of their numbers.
    pub fn touched(&self, batch: &Batch) -> Vec<&State> {
        let states = batch.touched.iter();
        states
            .filter_map(|id| self.states.get(id).map(Box::as_ref))
            .collect()
    }

    /// What the batch touched is written. Closed dossiers are forgotten: what happens to them later is rare and read back.
    pub fn written(&mut self, batch: &Batch) {
        self.take_closed(batch);
        for id in &batch.touched {
            if let Some(state) = self.states.get_mut(id) {
                // Only the last stay changes any more.
                state.stays_settled = state.dossier.stays.len().saturating_sub(1);
            }
        }
    }

    /// Takes out the dossiers of a batch that are closed now.
    #[expect(
        clippy::vec_box,
        reason = "a state is large, and goes as it lay in memory"
    )]
    pub fn take_closed(&mut self, batch: &Batch) -> Vec<Box<State>> {
        let closed = |id: &Uuid| match self.states.entry(*id) {
            Held::Occupied(found) if found.get().dossier.phase.is_closed() => Some(found.remove()),
            Held::Occupied(_) | Held::Vacant(_) => None,
        };
        batch.touched.iter().filter_map(closed).collect()
    }

    /// All dossiers in memory, in the order of their numbers.
    #[expect(
        clippy::vec_box,
        reason = "a state is large, and goes as it lay in memory"
    )]
    pub fn into_states(self) -> Vec<Box<State>> {
        let mut all: Vec<Box<State>> = self.states.into_values().collect();
        all.sort_unstable_by_key(|state| state.number);
        all
    }
}

/// One row for the office that has the dossier after a fact, and one for that which had it before.
fn changed_rows(
    read: &Read,
    had: Option<OfficeCode>,
    has: Option<OfficeCode>,
) -> impl Iterator<Item = Changed> {
    let position = read.entry.position;
    let left = had.filter(|had| has.as_ref() != Some(had));
    let has = has.map_or_else(|| NO_OFFICE.to_owned(), |office| office.to_string());
    let offices = [Some(has), left.map(|office| office.to_string())];
    let concerned = offices.into_iter().flatten();
    concerned.map(move |office| Changed { office, position })
}

/// The shelf is shared with readers: a batch that changes it changes a copy.
fn evolve_copy(copy: &mut Option<Reference>, shared: &Reference, event: &ReferenceEvent) {
    copy.get_or_insert_with(|| shared.clone()).evolve(event);
}
