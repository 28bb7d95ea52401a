//! One dossier as it was: folded from its stream when asked for, never stored.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::fold::{Read, decode};
use super::{ReadModels, Result};
use crate::domain::dossier::Dossier;
use crate::domain::event::Event;
use crate::domain::fact::Fact;
pub use crate::journal::Entry;
use crate::journal::{Journal, Until};

/// One fact of a dossier and what it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub entry: Entry,
    pub fact: Fact,
    pub before: Arc<Dossier>,
    pub after: Arc<Dossier>,
}

/// The dossier as of a time or a size; `None` when it did not exist then.
pub async fn fold(journal: &Journal, dossier: Uuid, until: Until) -> Result<Option<Dossier>> {
    let mut state = Dossier::default();
    for read in decode(journal.read_stream(dossier, 0, until).await?)? {
        evolve(&mut state, &read);
    }
    Ok((state.version > 0).then_some(state))
}

/// The dossiers that this one is linked with, as they are now: the whole of a leg and the legs beside it, the legs of a whole.
pub async fn kin(journal: &Journal, dossier: &Dossier) -> Result<Vec<(Uuid, Dossier)>> {
    let mut found: Vec<(Uuid, Dossier)> = Vec::new();
    let mut wanted: Vec<Uuid> = dossier.kin().collect();
    while let Some(id) = wanted.pop() {
        if found.iter().any(|(known, _)| *known == id) {
            continue;
        }
        if let Some(state) = fold(journal, id, Until::End).await? {
            wanted.extend(state.kin());
            found.push((id, state));
        }
    }
    Ok(found)
}

/// As [`changes`], from the journal that these read models follow.
pub async fn of_dossier(models: &ReadModels, dossier: Uuid) -> Result<Vec<Change>> {
    changes(models.journal(), dossier).await
}

/// Every fact of a dossier, with the states before and after it.
pub async fn changes(journal: &Journal, dossier: Uuid) -> Result<Vec<Change>> {
    changes_until(journal, dossier, Until::End).await
}

/// The facts of any stream, from the journal that these read models follow.
pub async fn facts(models: &ReadModels, stream: Uuid) -> Result<Vec<Fact>> {
    let entries = models.journal().read_stream(stream, 0, Until::End).await?;
    let reads = decode(entries)?;
    Ok(reads.into_iter().map(|read| read.fact).collect())
}

/// As [`changes`], as of a time or a size.
pub async fn changes_until(journal: &Journal, dossier: Uuid, until: Until) -> Result<Vec<Change>> {
    let entries = journal.read_stream(dossier, 0, until).await?;
    Ok(told(decode(entries)?))
}

/// The facts of several dossiers as of then, for each that existed.
pub async fn of_several(
    models: &ReadModels,
    dossiers: &[Uuid],
    until: Until,
) -> Result<HashMap<Uuid, Vec<Change>>> {
    let entries = models.journal().read_streams(dossiers, until).await?;
    let mut streams: HashMap<Uuid, Vec<Read>> = HashMap::new();
    for read in decode(entries)? {
        streams.entry(read.entry.stream).or_default().push(read);
    }
    let each = streams.into_iter().map(|(id, reads)| (id, told(reads)));
    Ok(each.collect())
}

fn told(reads: Vec<Read>) -> Vec<Change> {
    let mut state = Arc::new(Dossier::default());
    let mut changes = Vec::new();
    for read in reads {
        let mut after = Dossier::clone(&state);
        evolve(&mut after, &read);
        if after == *state {
            continue;
        }
        let (Read { entry, fact }, after) = (read, Arc::new(after));
        changes.push(Change {
            entry,
            fact,
            before: std::mem::replace(&mut state, Arc::clone(&after)),
            after,
        });
    }
    changes
}

/// Facts of other streams change no dossier.
fn evolve(state: &mut Dossier, Read { fact, .. }: &Read) {
    match &fact.event {
        Event::Dossier(event) => state.evolve(
            event,
            &fact.actor,
            fact.command,
            fact.at(),
            &fact.circumstances,
        ),
        Event::Journal(_)
        | Event::Reference(_)
        | Event::Register(_)
        | Event::Archive(_)
        | Event::Staff(_)
        | Event::Access(_)
        | Event::Erasure(_)
        | Event::Import(_) => {}
    }
}
