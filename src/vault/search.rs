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
const STEP: usize = 1_000;
const STEPS_AT_ONCE: usize = 4;

/// A part, with the stream and the command of the fact that should name it.
pub type Located = (Uuid, Uuid, Part);

/// A name as it is stored, with its key.
pub struct SealedName {
    pub at: Findable,
    pub sealed: Vec<u8>,
    pub key: super::rows::KeyRow,
}

impl Findable {
    fn located(&self) -> Option<Located> {
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
    /// Living parts that hold this number or telephone, newest first.
    ///
    /// # Errors
    /// When the vault does not answer.
    pub async fn holding(&self, field: Field, text: &str) -> Result<Vec<Located>> {
        let store = &self.shared.store;
        let mut tags = Vec::new();
        for row in store.wrapping_keys().await? {
            let key = self.shared.wrappings.get(&row.id);
            tags.extend(key.and_then(|key| tag::tag(&key.secret, field, text)));
        }
        let found = store.tagged(&tags, TAGGED_MAX).await?;
        let found: Vec<Located> = found.iter().filter_map(Findable::located).collect();
        let opened = self.open(&found).await?;
        let holds = |part: &Part, opened: &Opened| match opened {
            Opened::Present(value) => tag::of(part.kind, value)
                .is_some_and(|(of, held)| of == field && field.is_same(held, text)),
            Opened::Erased | Opened::Unavailable(_) => false,
        };
        let found = found.into_iter().zip(&opened);
        Ok(found
            .filter(|((_, _, part), opened)| holds(part, opened))
            .map(|(located, _)| located)
            .collect())
    }

    /// Living parts of these streams whose name is one that `is_sought`, in no order. Every name is opened here and leaves
    /// only as an answer of yes or no.
    ///
    /// # Errors
    /// When the vault does not answer.
    pub async fn named<Ask>(&self, streams: &[Uuid], is_sought: Ask) -> Result<Vec<Located>>
    where
        Ask: Fn(&str) -> bool + Clone + Send + Sync + 'static,
    {
        let steps: Vec<Vec<Uuid>> = streams.chunks(STEP).map(<[Uuid]>::to_vec).collect();
        let steps = steps.into_iter().map(|step| {
            let (shared, is_sought) = (self.shared.clone(), is_sought.clone());
            async move {
                let names = shared.store.names(&step).await?;
                let opened = tokio::task::spawn_blocking(move || {
                    let sought = names.iter().filter(|name| {
                        open(&shared.wrappings, name).is_some_and(|name| is_sought(&name))
                    });
                    sought
                        .filter_map(|name| name.at.located())
                        .collect::<Vec<_>>()
                });
                let opened = opened.await;
                opened.map_err(|_| VaultError::Misuse("a search ended before its answer"))
            }
        });
        let found: Vec<Vec<Located>> = stream::iter(steps)
            .buffer_unordered(STEPS_AT_ONCE)
            .try_collect()
            .await?;
        Ok(found.into_iter().flatten().collect())
    }
}

fn open(wrappings: &Wrappings, name: &SealedName) -> Option<String> {
    let secret = wrappings.unwrap(&name.key, name.key.wrapped.as_ref()?)?;
    let place = PartPlace {
        stream: name.at.stream,
        command: name.at.command,
        subject: name.at.subject,
        data_key: name.key.id,
        kind: PartKind::Applicant,
    };
    seal::peek(&secret, &place, &name.sealed, FULL_NAME)
}
