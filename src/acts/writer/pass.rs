//! Deciding a batch: every command on the newest states, and on what those before it in the batch did.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::civil::Date;
use uuid::Uuid;

use super::super::deposit::Item;
use super::super::request::{Receipt, Refusal, Request, Submission};
use super::super::ruling::rule;
use super::super::states::{self, Held, State, States};
use super::super::{complete, superseded};
use crate::domain::dossier::Rejection;
use crate::domain::fact::{Draft, stream};
use crate::domain::reference::JournalKind;
use crate::domain::time::Moment;
use crate::journal::{Entry, Head, KnownCommand, NewCommand, fact};

pub type Answer = Result<Receipt, Refusal>;

/// What deciding a batch brought: rows to write and an answer for each command.
#[derive(Default)]
pub struct Pass {
    /// The journal it continues.
    pub on: Head,
    pub entries: Vec<Entry>,
    pub commands: Vec<NewCommand>,
    pub answers: Vec<Answer>,
    /// When the first and the last command of it were decided.
    pub stamps: Option<(Moment, Moment)>,
    /// States after this batch; they become the cache when it is sent.
    pub after: HashMap<Uuid, Held>,
    /// Commands of this batch.
    known: HashMap<Uuid, KnownCommand>,
    /// Commitments that a correction replaced.
    pub superseded: Vec<String>,
}

impl Pass {
    pub fn on(head: Head) -> Self {
        Self {
            on: head,
            ..Self::default()
        }
    }

    /// The journal as this batch leaves it.
    pub fn newest(&self) -> Head {
        self.entries.last().map_or(self.on, Head::of)
    }

    /// Commands of this batch that it refuses.
    pub fn refused(&self, batch: &[Item]) -> Vec<Uuid> {
        let refused = batch.iter().zip(&self.answers);
        let refused = refused.filter(|(_, answer)| answer.is_err());
        refused.map(|(item, _)| item.id()).collect()
    }

    /// A stream as this batch leaves it so far.
    pub fn held<'a>(&'a self, id: Uuid, states: &'a States) -> Option<&'a Held> {
        self.after.get(&id).or_else(|| states.get(id))
    }
}

/// By what commands are decided.
pub struct Deciding<'a> {
    pub states: &'a States,
    /// What is recorded in the journal, and since which day.
    pub journal: (JournalKind, Date),
    /// Commands that were answered before.
    pub known: &'a HashMap<Uuid, KnownCommand>,
}

impl Deciding<'_> {
    /// One command on the newest state; the next command of the batch sees the result.
    pub fn decide(&self, item: &Item, now: Moment, pass: &mut Pass) {
        let first = pass.stamps.map_or(now, |(first, _)| first);
        pass.stamps = Some((first, now));
        let answer = self.decided(item, now, pass);
        pass.answers.push(answer);
    }

    fn decided(&self, item: &Item, now: Moment, pass: &mut Pass) -> Answer {
        let Submission { request, mac, .. } = &item.submission;
        if let Some(known) = pass
            .known
            .get(&request.id)
            .or_else(|| self.known.get(&request.id))
        {
            return if known.mac == *mac {
                Ok(Receipt {
                    position: known.position,
                    entries: known.entries,
                    repeated: true,
                })
            } else {
                Err(Rejection::IdempotencyConflict.into())
            };
        }
        if item.erased {
            return Err(Rejection::SubjectErased.into());
        }
        let ruled = catch_unwind(AssertUnwindSafe(|| self.ruled(item, now, pass)));
        let Ok(drafts) = ruled else {
            tracing::error!(command = %request.id, "a rule panicked");
            return Err(Refusal::Fault);
        };
        let drafts = drafts?;
        self.writable(&drafts)?;
        let superseded = self.superseded(&drafts, pass);
        let position = pass.newest().size;
        let (entries, after) = self.facts(drafts, request, now, position, pass)?;
        let known = KnownCommand {
            mac: *mac,
            position,
            entries: u32::try_from(entries.len()).unwrap_or(u32::MAX),
        };
        pass.superseded.extend(superseded);
        pass.commands.push(NewCommand {
            id: request.id,
            mac: *mac,
            position,
            entries: known.entries,
        });
        let receipt = Receipt {
            position,
            entries: known.entries,
            repeated: false,
        };
        pass.known.insert(request.id, known);
        pass.entries.extend(entries);
        pass.after.extend(after);
        Ok(receipt)
    }

    /// Nothing is written that a node of the release before could not read.
    fn writable(&self, drafts: &[Draft]) -> Result<(), Refusal> {
        let journal = self.states.get(stream::journal());
        let has = journal.and_then(|held| held.state.format()).copied();
        let has = has.unwrap_or(1);
        let needs = drafts.iter().map(|draft| draft.event.format()).max();
        match needs {
            Some(needs) if needs > has => Err(Refusal::NotYetEnabled { needs, has }),
            Some(_) | None => Ok(()),
        }
    }

    fn ruled(&self, item: &Item, now: Moment, pass: &Pass) -> Result<Vec<Draft>, Rejection> {
        let state = |id| self.state(id, pass);
        rule(
            &item.submission.request,
            &item.parts,
            now,
            self.journal,
            state,
        )
    }

    fn state<'a>(&'a self, id: Uuid, pass: &'a Pass) -> Option<&'a State> {
        pass.held(id, self.states).map(|held| &held.state)
    }

    /// A correction replaces the parts of the same kinds.
    fn superseded(&self, drafts: &[Draft], pass: &Pass) -> Vec<String> {
        let each = drafts.iter().flat_map(|draft| {
            let before = self.state(draft.stream, pass);
            superseded::by(&draft.event, &draft.circumstances.parts, before)
        });
        each.collect()
    }

    /// Exact bytes, prev, leaf hash and next position of each draft, and the states after them.
    fn facts(
        &self,
        drafts: Vec<Draft>,
        request: &Request,
        now: Moment,
        first: u64,
        pass: &Pass,
    ) -> Result<(Vec<Entry>, HashMap<Uuid, Held>), Refusal> {
        let mut entries = Vec::with_capacity(drafts.len());
        let mut after: HashMap<Uuid, Held> = HashMap::new();
        for (position, draft) in (first..).zip(drafts) {
            let id = draft.stream;
            let held = after
                .remove(&id)
                .or_else(|| pass.held(id, self.states).cloned());
            let (version, prev) = held
                .as_ref()
                .map_or((1, None), |held| (held.version + 1, Some(held.leaf_hash)));
            let (entry, fact) = complete(
                draft,
                version,
                prev,
                position,
                request.id,
                request.actor.clone(),
                now,
            )
            .map_err(|error| too_large(&error))?;
            let held = states::fold(held, &fact, entry.leaf_hash).ok_or(Refusal::Fault)?;
            after.insert(id, held);
            entries.push(entry);
        }
        Ok((entries, after))
    }
}

fn too_large(error: &fact::FactError) -> Refusal {
    match error {
        fact::FactError::TooLarge(bytes) => Refusal::TooLarge(*bytes),
        fact::FactError::Malformed(_)
        | fact::FactError::Envelope(_)
        | fact::FactError::Prev
        | fact::FactError::NewerFormat { .. }
        | fact::FactError::Event(_) => {
            tracing::error!(%error, "a fact could not be written");
            Refusal::Fault
        }
    }
}
