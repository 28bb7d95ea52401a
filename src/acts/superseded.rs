//! Replaced personal details: what a correction or a strike leaves behind is deleted, also after a crash in between.

use std::collections::HashSet;

use super::OpenError;
use super::states::{self, Held, State};
use crate::domain::archive::ArchiveEvent;
use crate::domain::dossier::{Dossier, DossierEvent};
use crate::domain::event::Event;
use crate::domain::part::{Part, PartKind};
use crate::domain::staff::Staff;
use crate::domain::time::Moment;
use crate::journal::{Journal, Until, fact};
use crate::vault::Vault;

/// Facts looked through at start for corrections whose old ciphertext may still be there.
const LOOK_BACK: u64 = 4_000;

/// Commitments of `before` that a correction's details replace. What else it brings, such as a note, stands beside what
/// others said before.
fn replaced(before: &Dossier, parts: &[Part]) -> Vec<String> {
    let details = |part: &&Part| matches!(part.kind, PartKind::Applicant | PartKind::Contact);
    parts
        .iter()
        .filter(details)
        .filter_map(|part| before.part(part.kind))
        .map(|(old, _)| old.c.clone())
        .collect()
}

/// The commitment to an officer's name and telephone that new ones replace.
fn renamed(before: &Staff, officer: &str, parts: &[Part]) -> Vec<String> {
    let known = before.officers.get(officer);
    let old = known.and_then(|held| held.part.as_ref());
    let anew = parts.iter().any(|part| part.kind == PartKind::Officer);
    let old = old.filter(|_| anew);
    old.map(|(part, _)| part.c.clone()).into_iter().collect()
}

/// What an event with these parts replaces, by the state of its stream before it.
pub fn by(event: &Event, parts: &[Part], before: Option<&State>) -> Vec<String> {
    match (event, before) {
        (Event::Staff(event), Some(State::Staff(before))) => renamed(before, event.of().1, parts),
        // It should never have been there: whose it was and its file go with it.
        (Event::Archive(ArchiveEvent::Struck(_)), Some(State::Archive(before))) => {
            before.parts.iter().map(|part| part.c.clone()).collect()
        }
        (event, Some(State::Dossier(before))) if corrects(event) => replaced(before, parts),
        (_, Some(_) | None) => Vec::new(),
    }
}

/// A crash between a correction and the deletion of the old ciphertext is made good at the next start.
pub async fn bury(journal: &Journal, vault: &Vault, now: Moment) -> Result<(), OpenError> {
    let size = journal.head().await?.size;
    let mut from = size.saturating_sub(LOOK_BACK);
    let mut corrected = HashSet::new();
    while from < size {
        let entries = journal.read(from, 1_000).await?;
        from += entries.len() as u64;
        for entry in &entries {
            if corrects(&fact::decode(&entry.body)?.event) {
                corrected.insert(entry.stream);
            }
        }
    }
    for id in corrected {
        let mut held: Option<Held> = None;
        let mut old = Vec::new();
        for entry in journal.read_stream(id, 0, Until::End).await? {
            let decoded = fact::decode(&entry.body)?;
            let parts = &decoded.circumstances.parts;
            let before = held.as_ref().map(|held| &held.state);
            old.extend(by(&decoded.event, parts, before));
            held = states::fold(held, &decoded, entry.leaf_hash);
        }
        vault.forget_superseded(&old, now).await?;
    }
    Ok(())
}

/// Events that may bring details in place of earlier ones, or take them away.
fn corrects(event: &Event) -> bool {
    matches!(
        event,
        Event::Staff(_)
            | Event::Archive(ArchiveEvent::Struck(_))
            | Event::Dossier(DossierEvent::ApplicantDetailsCorrected(_))
    )
}
