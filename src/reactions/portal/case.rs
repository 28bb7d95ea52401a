//! What the portal is told of: a dossier as it was after one fact, with the person opened from the vault. Made when it is sent,
//! and never kept.

use std::sync::Arc;

use serde_json::Value;
use uuid::Uuid;

use crate::domain::dossier::{Dossier, DossierEvent};
use crate::domain::event::Event;
use crate::domain::fact::{Fact, Part, PartKind};
use crate::domain::portal::{self, News};
use crate::domain::reference::Reference;
use crate::journal::{Journal, Until};
use crate::projections::history::{self, Change};
use crate::vault::{Opened, Vault};

/// A dossier as it was after one fact.
pub struct Case {
    /// Its facts up to that one, oldest first; never empty.
    changes: Vec<Change>,
    pub reference: Arc<Reference>,
    /// None when it was erased, or never given.
    pub person: Option<Person>,
    /// Why the person can be read neither as there nor as erased; somebody must look into it.
    pub unreadable: Option<&'static str>,
    /// The portal has acknowledged it before: it is changed there, and not made.
    pub is_known: bool,
}

/// What the portal gets of a person: who applies, and how to reach them. Neither birth nor home.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Person {
    pub full_name: Option<String>,
    pub citizen_number: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
}

/// Why a case cannot be told now.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    #[error("the journal: {0}")]
    Journal(#[from] crate::projections::ProjectionError),
    #[error("the vault: {0}")]
    Vault(#[from] crate::vault::VaultError),
}

impl Case {
    /// The dossier as of the fact at `position`; none when the portal is not told of it, or is told already.
    pub async fn of(
        journal: &Journal,
        vault: &Vault,
        reference: Arc<Reference>,
        (dossier, version): (Uuid, u32),
    ) -> Result<Option<Self>, CaseError> {
        let mut changes = history::changes_until(journal, dossier, Until::End).await?;
        let newest = changes.last().map(|change| change.after.clone());
        let known = newest.as_ref().and_then(|state| state.sync(portal::SYSTEM));
        if known.is_some_and(|sync| sync.has_settled(version)) {
            return Ok(None);
        }
        let is_known = known.is_some_and(|sync| sync.acknowledged > 0);
        // What has been put right or erased since is told as it is now.
        let (person, unreadable) = match &newest {
            Some(state) => person(vault, dossier, state).await?,
            None => (None, None),
        };
        changes.truncate(version as usize);
        let entered = changes
            .last()
            .is_some_and(|change| change.after.is_entered() && change.entry.version == version);
        // The citizen has one code there: legs are told by their whole.
        let is_leg = changes
            .last()
            .is_some_and(|change| change.after.leg_of.is_some());
        Ok((entered && !is_leg).then_some(Self {
            changes,
            reference,
            person,
            unreadable,
            is_known,
        }))
    }

    /// What its newest fact is to the portal. What the portal does not know yet must be put before it can progress.
    #[must_use]
    pub fn news(&self) -> News {
        let news = self.event().map_or(News::Nothing, portal::news);
        match news {
            News::Progress if !self.is_known => News::DossierAndProgress,
            News::Nothing | News::Progress | News::Dossier | News::DossierAndProgress => news,
        }
    }

    /// The event it is told of.
    #[must_use]
    pub fn event(&self) -> Option<&DossierEvent> {
        match &self.fact()?.event {
            Event::Dossier(event) => Some(event),
            Event::Journal(_)
            | Event::Reference(_)
            | Event::Register(_)
            | Event::Archive(_)
            | Event::Staff(_)
            | Event::Access(_)
            | Event::Erasure(_)
            | Event::Import(_) => None,
        }
    }

    /// The fact it is told of.
    #[must_use]
    pub fn fact(&self) -> Option<&Fact> {
        self.changes.last().map(|change| &change.fact)
    }

    /// The dossier after that fact.
    #[must_use]
    pub fn dossier(&self) -> Option<&Dossier> {
        self.changes.last().map(|change| &*change.after)
    }

    /// Its facts up to that one, each with the dossier before it.
    pub fn facts(&self) -> impl Iterator<Item = (&Fact, &DossierEvent, &Dossier)> {
        self.changes
            .iter()
            .filter_map(|change| match &change.fact.event {
                Event::Dossier(event) => Some((&change.fact, event, &*change.before)),
                Event::Journal(_)
                | Event::Reference(_)
                | Event::Register(_)
                | Event::Archive(_)
                | Event::Staff(_)
                | Event::Access(_)
                | Event::Erasure(_)
                | Event::Import(_) => None,
            })
    }
}

/// Opened from the vault as it is now: none when nothing of it is left; and why it cannot be read, when it cannot.
async fn person(
    vault: &Vault,
    dossier: Uuid,
    state: &Dossier,
) -> Result<(Option<Person>, Option<&'static str>), CaseError> {
    let kinds = [PartKind::Applicant, PartKind::Contact];
    let wanted: Vec<(Uuid, Uuid, Part)> = kinds
        .into_iter()
        .filter_map(|kind| state.part(kind))
        .map(|(part, command)| (dossier, *command, part.clone()))
        .collect();
    let mut found = None;
    for opened in vault.open(&wanted).await? {
        match opened {
            Opened::Present(value) => found.get_or_insert_with(Person::default).fill(&value),
            Opened::Erased => {}
            Opened::Unavailable(why) => return Ok((None, Some(why))),
        }
    }
    // Without the identity nothing else of the person goes out.
    Ok((found.filter(|person| person.full_name.is_some()), None))
}

impl Person {
    fn fill(&mut self, value: &Value) {
        let fields = [
            ("full_name", &mut self.full_name),
            ("citizen_number", &mut self.citizen_number),
            ("phone", &mut self.phone),
            ("email", &mut self.email),
        ];
        for (key, field) in fields {
            if let Some(text) = value.get(key).and_then(Value::as_str) {
                *field = Some(text.to_owned());
            }
        }
    }
}
