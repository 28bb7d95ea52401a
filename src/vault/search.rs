//! Looking for people: by what a part is tagged with, or by opening the names of given dossiers.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use uuid::Uuid;

use super::{
    Opened, Result, Vault, VaultError, draft,
    rows::Findable,
    seal::{self, PartPlace},
    tag::{self, Field},
    wrapping::Wrappings,
};
use crate::domain::part::{FULL_NAME, Part, PartKind};

/// Parts with one tag that are looked at: nobody has more dossiers.
const TAGGED_MAX: u32 = 1_000;
/// Names read in one step, and steps at once.
const STEP: usize = 1_700;
const STEPS_AT_ONCE: usize = 3;

/// A part, with the stream and the command of the fact that should name it.
pub type Located = (Uuid, Uuid, Part);

/// A name as it is stored, with its key.
pub struct SealedName {
    pub at: Findable,
    pub sealed: Vec<u8>,
    pub key: super::rows::KeyRow,
}

impl Findable {
    /// As a fact would name it.
    pub fn located(&self) -> Option<Located> {
        let kind = tag::TAGGED
            .into_iter()
            .find(|kind| kind.name() == self.kind)?;
        let part = Part {
            c: draft::text(&self.c),
            kind,
            s: self.subject,
        };
        Some((self.stream, self.command, part))
    }
}

impl Vault {
    /// Living parts that are tagged with this number or telephone, newest first; and whether there may be others that cannot
    /// be looked into, because their wrapping key is not here.
    ///
    /// # Errors
    /// When the vault does not answer.
    pub async fn tagged(&self, field: Field, text: &str) -> Result<(Vec<Located>, bool)> {
        let store = &self.shared.store;
        let (mut tags, mut incomplete) = (Vec::new(), self.shared.wrappings.lacks());
        for row in store.wrapping_keys().await? {
            match self.shared.wrappings.get(&row.id) {
                Some(key) => tags.extend(tag::tag(&key.secret, field, text)),
                None => incomplete |= row.destroyed_at.is_none(),
            }
        }
        let found = store.tagged(&tags, TAGGED_MAX).await?;
        let found = found.iter().filter_map(Findable::located).collect();
        Ok((found, incomplete))
    }

    /// Those of these parts that hold this number or telephone.
    ///
    /// # Errors
    /// When the vault does not answer.
    pub async fn holding(
        &self,
        tagged: Vec<Located>,
        field: Field,
        text: &str,
    ) -> Result<Vec<Located>> {
        let opened = self.open(&tagged).await?;
        let holds = |part: &Part, opened: &Opened| match opened {
            Opened::Present(value) => tag::of(part.kind, value)
                .is_some_and(|(of, held)| of == field && field.is_same(held, text)),
            Opened::Erased | Opened::Unavailable(_) => false,
        };
        let found = tagged.into_iter().zip(&opened);
        Ok(found
            .filter(|((_, _, part), opened)| holds(part, opened))
            .map(|(located, _)| located)
            .collect())
    }

    /// Living parts of these streams whose name is one that `is_sought`, in no order, and how many names could not be opened.
    /// Every name is opened here and leaves only as an answer of yes or no.
    ///
    /// # Errors
    /// When the vault does not answer.
    pub async fn named<Ask>(
        &self,
        streams: &[Uuid],
        is_sought: Ask,
    ) -> Result<(Vec<Located>, usize)>
    where
        Ask: Fn(&str) -> bool + Clone + Send + Sync + 'static,
    {
        // In the order of their index: each step then reads its own stretch of it.
        let mut streams = streams.to_vec();
        streams.sort_unstable();
        let steps: Vec<Vec<Uuid>> = streams.chunks(STEP).map(<[Uuid]>::to_vec).collect();
        let steps = steps.into_iter().map(|step| {
            let (shared, is_sought) = (self.shared.clone(), is_sought.clone());
            async move {
                let names = shared.store.names(&step).await?;
                let looked = tokio::task::spawn_blocking(move || {
                    let (mut found, mut unopened) = (Vec::new(), 0);
                    for name in &names {
                        match open(&shared.wrappings, name) {
                            None => unopened += 1,
                            Some(full) if is_sought(&full) => found.extend(name.at.located()),
                            Some(_) => {}
                        }
                    }
                    (found, unopened)
                });
                let looked = looked.await;
                looked.map_err(|_| VaultError::Misuse("a search ended before its answer"))
            }
        });
        let looked: Vec<(Vec<Located>, usize)> = stream::iter(steps)
            .buffer_unordered(STEPS_AT_ONCE)
            .try_collect()
            .await?;
        let unopened = looked.iter().map(|(_, unopened)| unopened).sum();
        Ok((
            looked.into_iter().flat_map(|(found, _)| found).collect(),
            unopened,
        ))
    }
}

/// None where it cannot be opened; a part without a name has an empty one.
fn open(wrappings: &Wrappings, name: &SealedName) -> Option<String> {
    let secret = wrappings.unwrap(&name.key, name.key.wrapped.as_ref()?)?;
    let place = PartPlace {
        stream: name.at.stream,
        command: name.at.command,
        subject: name.at.subject,
        data_key: name.key.id,
        kind: PartKind::Applicant,
    };
    let full = seal::peek(&secret, &place, &name.sealed, FULL_NAME)?;
    Some(full.unwrap_or_default())
}
