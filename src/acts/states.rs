//! The newest states of the streams in use: a cache of the journal, which knows at which head it is current.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use crate::domain::archive::Archived;
use crate::domain::dossier::Dossier;
use crate::domain::erasure::Erasures;
use crate::domain::event::Event;
use crate::domain::fact::{Fact, stream};
use crate::domain::reference::Reference;
use crate::domain::register::Register;
use crate::domain::staff::Staff;
use crate::journal::{Entry, Head, Journal, JournalError, Looked, Tail, Until, fact};
use crate::tlog::Hash;

use super::OpenError;

/// Streams kept in each of the two generations of the cache.
const HELD_MAX: usize = 50_000;

/// The folded state of one stream.
#[derive(Debug, Clone)]
pub enum State {
    Dossier(Box<Dossier>),
    Register(Register),
    Archive(Archived),
    Staff(Staff),
    Erasures(Erasures),
    /// Nothing is decided on what was looked at.
    Access,
    /// Nor on what was taken in before.
    Imports,
    Reference(Box<Reference>),
    /// The format that facts may have.
    Journal(u32),
}

/// A state with the tail it was folded up to.
#[derive(Debug, Clone)]
pub struct Held {
    pub version: u32,
    pub leaf_hash: Hash,
    pub state: State,
}

macro_rules! of_kind {
    ($name:ident, $kind:ident, $what:ty) => {
        /// The state, if its stream is of this kind.
        pub fn $name(&self) -> Option<&$what> {
            match self {
                Self::$kind(state) => Some(state),
                _ => None,
            }
        }
    };
}

impl State {
    of_kind!(dossier, Dossier, Dossier);
    of_kind!(register, Register, Register);
    of_kind!(archived, Archive, Archived);
    of_kind!(staff, Staff, Staff);
    of_kind!(erasures, Erasures, Erasures);
    of_kind!(reference, Reference, Reference);
    of_kind!(format, Journal, u32);

    /// The state before the first event of this kind.
    fn before(event: &Event) -> Self {
        match event {
            Event::Journal(event) => Self::Journal(event.format()),
            Event::Reference(_) => Self::Reference(Box::default()),
            Event::Register(_) => Self::Register(Register::default()),
            Event::Archive(_) => Self::Archive(Archived::default()),
            Event::Staff(_) => Self::Staff(Staff::default()),
            Event::Access(_) => Self::Access,
            Event::Import(_) => Self::Imports,
            Event::Erasure(_) => Self::Erasures(Erasures::default()),
            Event::Dossier(_) => Self::Dossier(Box::default()),
        }
    }

    /// Folds one fact; false when it is of another kind than the stream.
    fn evolve(&mut self, fact: &Fact) -> bool {
        match (self, &fact.event) {
            (Self::Dossier(dossier), Event::Dossier(event)) => {
                dossier.evolve(
                    event,
                    &fact.actor,
                    fact.command,
                    fact.at(),
                    &fact.circumstances,
                );
                true
            }
            (Self::Register(register), Event::Register(event)) => {
                register.evolve(event);
                true
            }
            (Self::Reference(reference), Event::Reference(event)) => {
                reference.evolve(event);
                true
            }
            (Self::Archive(archived), Event::Archive(event)) => {
                archived.evolve(event, fact);
                true
            }
            (Self::Staff(staff), Event::Staff(event)) => {
                staff.evolve(event, fact);
                true
            }
            (Self::Erasures(erasures), Event::Erasure(event)) => {
                erasures.evolve(event);
                true
            }
            (Self::Journal(format), Event::Journal(event)) => {
                *format = event.format();
                true
            }
            (Self::Access, Event::Access(_)) | (Self::Imports, Event::Import(_)) => true,
            (
                Self::Dossier(_)
                | Self::Register(_)
                | Self::Reference(_)
                | Self::Archive(_)
                | Self::Staff(_)
                | Self::Access
                | Self::Imports
                | Self::Erasures(_)
                | Self::Journal(_),
                _,
            ) => false,
        }
    }
}

/// Folds a fact onto what is held of its stream.
pub fn fold(held: Option<Held>, fact: &Fact, leaf_hash: Hash) -> Option<Held> {
    let mut state = held.map_or_else(|| State::before(&fact.event), |held| held.state);
    state.evolve(fact).then_some(Held {
        version: fact.version,
        leaf_hash,
        state,
    })
}

/// Two generations: what was used since the last turn, and what was used before it.
#[derive(Default)]
pub struct States {
    young: HashMap<Uuid, Held>,
    old: HashMap<Uuid, Held>,
    /// Where every state here is its stream's newest, or newer; none where that is not known.
    current: Option<Head>,
    /// Some of them were written on since.
    behind: bool,
}

impl States {
    pub fn version(&self, id: Uuid) -> u32 {
        self.get(id).map_or(0, |held| held.version)
    }

    pub fn get(&self, id: Uuid) -> Option<&Held> {
        self.young.get(&id).or_else(|| self.old.get(&id))
    }

    pub fn put(&mut self, id: Uuid, held: Held) {
        if self.young.len() >= HELD_MAX {
            self.old = std::mem::take(&mut self.young);
        }
        // No older state of it stays behind, to be kept one day in its place.
        self.old.remove(&id);
        self.young.insert(id, held);
    }

    /// Forgets these: what was taken for theirs was not written.
    pub fn forget(&mut self, ids: &[Uuid]) {
        for id in ids {
            self.young.remove(id);
            self.old.remove(id);
        }
    }

    /// Forgets everything: the next look reads it again.
    pub fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
        self.current = None;
        self.behind = false;
    }

    pub fn current(&self) -> Option<Head> {
        self.current
    }

    /// The head from which on the record is to be followed: others wrote on streams that are held.
    pub fn behind(&self) -> Option<Head> {
        self.current.filter(|_| self.behind)
    }

    pub fn put_all(&mut self, held: impl IntoIterator<Item = (Uuid, Held)>) {
        for (id, held) in held {
            self.put(id, held);
        }
    }

    /// What is held by now was written after one head, up to the other. Where more was to be followed, it still is.
    pub fn advance(&mut self, from: Head, to: Head) {
        if self.current == Some(from) {
            self.are_current(to);
        }
    }

    /// Everything held is its stream's newest at this head.
    pub fn are_current(&mut self, head: Head) {
        self.current = Some(head);
        self.behind = false;
    }

    /// What is about to be asked for stays, however much else comes in with it.
    pub fn keep(&mut self, ids: impl IntoIterator<Item = Uuid>) {
        for id in ids {
            if let Some(held) = self.old.remove(&id) {
                self.young.insert(id, held);
            }
        }
    }

    /// Concludes a look under the lock, once the streams asked for are read. Others that were written meanwhile stay as they are, and
    /// so does the head from which on they are asked about.
    pub fn catch_up(&mut self, looked: &Looked, asked: &HashSet<Uuid>) -> Result<(), JournalError> {
        let is_behind = |id: &Uuid| !asked.contains(id) && self.get(*id).is_some();
        self.behind = looked.since.iter().flatten().any(is_behind);
        if looked.since.is_none() {
            self.young.retain(|id, _| asked.contains(id));
            self.old.retain(|id, _| asked.contains(id));
        }
        self.take_in(looked)?;
        if !self.behind {
            self.current = Some(looked.head);
        }
        Ok(())
    }

    /// Takes in what was written since [`States::current`], beginning with that head's newest entry. What is of another record
    /// is left to the next look.
    pub fn follow(&mut self, entries: &[Entry]) -> Result<(), JournalError> {
        let Some((newest, written)) = entries.split_first() else {
            return Ok(());
        };
        if self.current != Some(Head::of(newest)) {
            return Ok(());
        }
        for entry in written {
            let held = self.get(entry.stream).map(|held| held.version);
            if held.is_some_and(|held| held < entry.version) {
                self.read(std::slice::from_ref(entry))?;
            }
        }
        self.current = entries.last().map(Head::of);
        self.behind = false;
        Ok(())
    }

    /// Takes in what was seen under the lock. Where it does not continue what is held, nothing is held any more.
    pub fn take_in(&mut self, looked: &Looked) -> Result<(), JournalError> {
        let taken = self.whole(looked);
        if taken.is_err() {
            self.clear();
        }
        taken
    }

    /// Takes in entries that continue what is held of their streams. Where they do not, nothing is held any more.
    pub fn read(&mut self, entries: &[Entry]) -> Result<(), JournalError> {
        let taken = self.continued(entries);
        if taken.is_err() {
            self.clear();
        }
        taken
    }

    fn continued(&mut self, entries: &[Entry]) -> Result<(), JournalError> {
        let position = entries.first().map_or(0, |entry| entry.position);
        let damaged = |why| Err(JournalError::Damaged { position, why });
        match self.absorb(entries) {
            Ok(true) => Ok(()),
            Ok(false) => damaged("a stream does not continue"),
            Err(fact::FactError::NewerFormat { found, .. }) => {
                let format = found.into();
                Err(JournalError::NewerThanProgram { format })
            }
            Err(error) => {
                tracing::error!(%error, "an entry cannot be read");
                damaged("an entry cannot be read")
            }
        }
    }

    fn whole(&mut self, looked: &Looked) -> Result<(), JournalError> {
        self.continued(&looked.missing)?;
        // The held version with another hash: the record was set back, and grew again.
        let is_beside = |(id, tail): &(&Uuid, &Tail)| {
            let held = self.get(**id);
            held.is_some_and(|held| held.leaf_hash != tail.leaf_hash)
        };
        match looked.tails.iter().find(is_beside) {
            Some((stream, _)) => Err(JournalError::SetBack { stream: *stream }),
            None => Ok(()),
        }
    }

    /// Takes in entries that the cache lacked. False when they do not continue what is held.
    fn absorb(&mut self, entries: &[Entry]) -> Result<bool, fact::FactError> {
        for entry in entries {
            if entry.version != self.version(entry.stream) + 1 {
                return Ok(false);
            }
            let decoded = fact::decode(&entry.body)?;
            let held = self
                .young
                .remove(&entry.stream)
                .or_else(|| self.old.remove(&entry.stream));
            match fold(held, &decoded, entry.leaf_hash) {
                Some(held) => self.put(entry.stream, held),
                None => return Ok(false),
            }
        }
        Ok(true)
    }
}

/// The reference shelf as it stands now: calendars, policies, procedures, offices.
pub async fn reference(journal: &Journal) -> Result<Reference, OpenError> {
    let mut reference = Reference::default();
    for entry in journal
        .read_stream(stream::reference(), 0, Until::End)
        .await?
    {
        if let Event::Reference(event) = fact::decode(&entry.body)?.event {
            reference.evolve(&event);
        }
    }
    Ok(reference)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::domain::time::Moment;

    fn id(number: usize) -> Uuid {
        Uuid::from_u128(number as u128)
    }

    fn held(version: u32) -> Held {
        Held {
            version,
            leaf_hash: [u8::try_from(version).expect("small"); 32],
            state: State::Journal(1),
        }
    }

    fn looked(since: Option<Vec<Uuid>>, tails: &[(Uuid, Held)]) -> Looked {
        let tail = |(id, held): &(Uuid, Held)| {
            let (version, leaf_hash) = (held.version, held.leaf_hash);
            (*id, Tail { version, leaf_hash })
        };
        Looked {
            head: Head::default(),
            now: Moment::default(),
            tails: tails.iter().map(tail).collect(),
            known: HashMap::new(),
            missing: Vec::new(),
            since,
        }
    }

    #[test]
    fn what_others_wrote_on_held_streams_is_to_be_followed_unless_it_was_asked_for() {
        let before = Head {
            size: 7,
            ..Head::default()
        };
        for (since, left, behind) in [
            (Some(vec![]), 3, None),
            (Some(vec![id(1), id(9)]), 3, None),
            (Some(vec![id(1), id(2)]), 3, Some(before)),
            (None, 1, None),
        ] {
            let mut states = States::default();
            (1..=3).for_each(|number| states.put(id(number), held(1)));
            states.are_current(before);
            let asked = HashSet::from([id(1)]);
            let caught = states.catch_up(&looked(since, &[]), &asked);
            caught.expect("nothing to read");
            let held = (1..=3).filter(|number| states.get(id(*number)).is_some());
            assert_eq!((held.count(), states.behind()), (left, behind));
            let current = behind.unwrap_or_default();
            assert_eq!(
                states.current(),
                Some(current),
                "the looked head is the default one"
            );
        }
    }

    #[test]
    fn what_is_asked_for_outlives_a_turn_of_the_generations() {
        let mut states = States::default();
        states.put(id(0), held(1));
        (1..=HELD_MAX).for_each(|number| states.put(id(number), held(1)));
        states.keep([id(0)]);
        states.put(id(HELD_MAX + 1), held(1));
        states.put(id(HELD_MAX + 2), held(1));
        assert!(states.get(id(0)).is_some());
    }

    #[test]
    fn an_older_state_never_comes_back_after_a_turn_of_the_generations() {
        let mut states = States::default();
        (1..=HELD_MAX).for_each(|number| states.put(id(number), held(1)));
        states.keep([id(1)]);
        states.put(id(1), held(2));
        states.keep([id(1)]);
        assert_eq!(states.version(id(1)), 2);
    }

    #[test]
    fn a_tail_of_the_held_version_with_another_hash_is_seen() {
        let mut states = States::default();
        states.put(id(1), held(1));
        let same = looked(None, &[(id(1), held(1))]);
        states.take_in(&same).expect("as it is held");
        let other = Held {
            leaf_hash: [9; 32],
            ..held(1)
        };
        let beside = states.take_in(&looked(None, &[(id(1), other)]));
        assert!(matches!(beside, Err(JournalError::SetBack { stream }) if stream == id(1)));
        assert!(
            states.get(id(1)).is_none(),
            "what is held is believed no more"
        );
    }
}
