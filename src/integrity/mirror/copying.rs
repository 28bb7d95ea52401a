//! From proved tiles to appended facts: every run of 256 entries is proved before any of it is kept.

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::Mirror;
use super::error::{MirrorError, Result};
use super::remote::Remote;
use super::source::Source;
use crate::domain::event::Event;
use crate::domain::journal::JournalEvent;
use crate::journal::fact;
use crate::tlog::tile::WIDTH;
use crate::tlog::{Bundle, Hash, leaf_hash};

/// Bundles on their way at a time.
const AHEAD: usize = 8;
/// Facts per transaction.
const BATCH: usize = 4_096;

impl Mirror {
    /// Fetches, proves and appends the entries from `from` on.
    pub(super) async fn copy(
        &mut self,
        from: u64,
        size: u64,
        remote: &mut Remote,
        tell: &mut impl FnMut(u64, u64),
    ) -> Result<()> {
        let own = self.own_last_run(from).await?;
        let width = u64::from(WIDTH);
        if own.len() == usize::from(WIDTH) || from == size && !own.is_empty() {
            let run = (from - 1) / width;
            let changed = |error| match error {
                MirrorError::Proof { .. } => MirrorError::LocalDiffers {
                    position: run * width,
                },
                other => other,
            };
            remote.check(run, &own).await.map_err(changed)?;
        }
        if from == size {
            return Ok(());
        }
        let runs = stream::iter(from / width..size.div_ceil(width));
        let source = self.source.clone();
        let fetching = runs.map(move |run| fetch(source.clone(), run, size));
        let mut bundles = Box::pin(fetching.buffered(AHEAD));
        let (mut at, mut waiting) = (from, Vec::new());
        tell(from, size);
        while let Some((run, entries)) = bundles.try_next().await? {
            let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
            remote.check(run, &leaves).await?;
            let held = usize::try_from(from.saturating_sub(run * width)).unwrap_or(usize::MAX);
            if let Some(place) = (0..held.min(leaves.len())).find(|at| leaves[*at] != own[*at]) {
                return Err(MirrorError::LocalDiffers {
                    position: run * width + place as u64,
                });
            }
            waiting.extend(entries.into_iter().skip(held));
            if waiting.len() >= BATCH {
                at = self.append(at, std::mem::take(&mut waiting)).await?;
                tell(at, size);
            }
        }
        at = self.append(at, waiting).await?;
        tell(at, size);
        Ok(())
    }

    /// Leaf hashes of this copy from the last multiple of 256 before its end on, hashed from the bytes.
    async fn own_last_run(&self, size: u64) -> Result<Vec<Hash>> {
        let Some(last) = size.checked_sub(1) else {
            return Ok(Vec::new());
        };
        let width = u64::from(WIDTH);
        let entries = self
            .journal
            .read(last / width * width, u32::from(WIDTH))
            .await?;
        Ok(entries.iter().map(|entry| leaf_hash(&entry.body)).collect())
    }

    /// Appends proved entries and gives the size then.
    async fn append(&mut self, from: u64, bodies: Vec<Bytes>) -> Result<u64> {
        if let Some(first) = bodies.first().filter(|_| from == 0) {
            self.opens_as_signed(first)?;
        }
        self.copier.append(from, &bodies).await?;
        Ok(from + bodies.len() as u64)
    }

    /// The first fact must name the log that the key signs.
    fn opens_as_signed(&self, first: &Bytes) -> Result<()> {
        let signed = self.pinned.key.name.clone();
        let found = match fact::decode(first).map(|fact| fact.event) {
            Ok(Event::Journal(JournalEvent::Opened(opened))) => opened.origin,
            Ok(_) | Err(_) => "no journal".to_owned(),
        };
        if found == signed {
            Ok(())
        } else {
            Err(MirrorError::Origin { found, signed })
        }
    }
}

/// The entries of one run, as wide as in a tree of this size.
async fn fetch(source: Source, run: u64, size: u64) -> Result<(u64, Vec<Bytes>)> {
    let entries = match Bundle::covering(run * u64::from(WIDTH), size) {
        Some(bundle) => source.bundle(bundle).await?,
        None => Vec::new(),
    };
    Ok((run, entries))
}
