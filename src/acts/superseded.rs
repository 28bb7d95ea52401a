//! Replaced personal details: what a correction leaves behind is deleted, also after a crash in between.

use std::collections::HashSet;

use uuid::Uuid;

use super::OpenError;
use super::request::Act;
use super::states::{self, Held, State};
use crate::domain::dossier::{Dossier, DossierCommand, DossierEvent};
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

/// What an act with these parts replaces, by the states before it.
pub fn by<'a>(act: &Act, parts: &[Part], state: impl Fn(Uuid) -> Option<&'a State>) -> Vec<String> {
    if let Act::Staff(act) = act {
        return match state(act.stream()) {
            Some(State::Staff(before)) => renamed(before, act.of().1, parts),
            Some(_) | None => Vec::new(),
        };
    }
    let corrected = match act {
        Act::Dossier {
            dossier,
            command: DossierCommand::CorrectApplicantDetails,
        } => state(*dossier),
        _ => None,
    };
    match corrected {
        Some(State::Dossier(before)) => replaced(before, parts),
        Some(_) | None => Vec::new(),
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
            match (&decoded.event, held.as_ref().map(|held| &held.state)) {
                (event, Some(State::Dossier(before))) if corrects(event) => {
                    old.extend(replaced(before, parts));
                }
                (Event::Staff(event), Some(State::Staff(before))) => {
                    old.extend(renamed(before, event.of().1, parts));
                }
                _ => {}
            }
            held = states::fold(held, &decoded, entry.leaf_hash);
        }
        vault.forget_superseded(&old, now).await?;
    }
    Ok(())
}

/// Events that may bring details in place of earlier ones.
fn corrects(event: &Event) -> bool {
    matches!(
        event,
        Event::Staff(_) | Event::Dossier(DossierEvent::ApplicantDetailsCorrected(_))
    )
}
