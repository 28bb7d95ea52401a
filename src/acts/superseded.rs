//! Replaced personal details: what a correction leaves behind is deleted, also after a crash in between.

use std::collections::HashSet;

use super::OpenError;
use super::states::{self, Held, State};
use crate::domain::dossier::{Dossier, DossierEvent};
use crate::domain::event::Event;
use crate::domain::part::{Part, PartKind};
use crate::domain::time::Moment;
use crate::journal::{Journal, Until, fact};
use crate::vault::Vault;

/// Facts looked through at start for corrections whose old ciphertext may still be there.
const LOOK_BACK: u64 = 4_000;

/// Commitments of `before` that a correction's details replace. What else it brings, such as a note, stands beside what
/// others said before.
pub fn replaced(before: &Dossier, parts: &[Part]) -> Vec<String> {
    let details = |part: &&Part| matches!(part.kind, PartKind::Applicant | PartKind::Contact);
    parts
        .iter()
        .filter(details)
        .filter_map(|part| before.part(part.kind))
        .map(|(old, _)| old.c.clone())
        .collect()
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
            if let Event::Dossier(DossierEvent::ApplicantDetailsCorrected(_)) =
                fact::decode(&entry.body)?.event
            {
                corrected.insert(entry.stream);
            }
        }
    }
    for id in corrected {
        let mut held: Option<Held> = None;
        let mut old = Vec::new();
        for entry in journal.read_stream(id, 0, Until::End).await? {
            let decoded = fact::decode(&entry.body)?;
            let corrects = matches!(
                decoded.event,
                Event::Dossier(DossierEvent::ApplicantDetailsCorrected(_))
            );
            if let (
                true,
                Some(Held {
                    state: State::Dossier(before),
                    ..
                }),
            ) = (corrects, &held)
            {
                old.extend(replaced(before, &decoded.circumstances.parts));
            }
            held = states::fold(held, &decoded, entry.leaf_hash);
        }
        vault.forget_superseded(&old, now).await?;
    }
    Ok(())
}
